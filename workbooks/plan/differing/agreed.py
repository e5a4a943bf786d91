"""Price steps that follow from what is agreed: at other rates, or of another mix, they are others.

A price in euros over one in dollars moves with the dollar though nobody agreed on anything. So the
steps of a plan between two budgets are reckoned anew, wherever those of the budget they come from
are what its own prices, rates and mix of tokens give.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from workbooks.plan.dated import alike, price_steps
from workbooks.plan.plan import Plan
from workbooks.rows import TokenPrice
from workbooks.scenario.steps import OPTIONS


@dataclass(frozen=True)
class Agreed:
    """A budget, and the prices of all days that were known when it was made."""

    plan: Plan
    prices: Sequence[TokenPrice]

    @cached_property
    def options(self) -> tuple[str, ...]:
        """Options whose steps follow from those prices; steps that somebody typed do not."""
        return tuple(
            option
            for option in OPTIONS
            if option in self.plan.options and self._follows(f"{option}_steps", option)
        )

    def _follows(self, name: str, option: str) -> bool:
        held: tuple[float, ...] = getattr(self.plan.scenario, name)
        return bool(held) and alike(held, price_steps(self.plan, option, self.prices))

    def anew(self, plan: Plan) -> Plan:
        """Return a plan with prices of this budget, with the steps that follow from them there."""
        held: dict[str, Any] = {
            f"{option}_steps": price_steps(plan, option, self.prices) for option in self.options
        }
        return replace(plan, scenario=replace(plan.scenario, **held)) if held else plan
