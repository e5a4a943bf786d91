"""What a strategy owes by contract on its engines: the rules of a plan of one workload, by engine.

A contract is left when no workload is routed to its engine any more, whatever the volume.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from costcore.language.timeline import Line, Rule, highest_ahead
from workbooks.plan.lines.owing.contracts import USES, Deal
from workbooks.plan.lines.owing.deals import Deals
from workbooks.plan.mixing.naming import Names, column
from workbooks.scenario.contracts import SPEND


@dataclass(frozen=True, slots=True)
class EngineDeal(Deal):
    """A contract on an engine as one strategy has it; `name` is the strategy's number."""

    called: str = ""
    """What its engine is called."""
    engine: str = ""
    """Its number: ``b1`` or ``p1``."""
    uses: Rule = bool
    """What is routed to its engine in a month, in shares; above 0 it is in use."""

    @property
    def title(self) -> str:
        """The engine."""
        return self.called

    def _noticed(self) -> tuple[Line, ...]:
        """Return the last month in which its engine is in use, and when notice is then given."""

        def used(m: Any) -> Any:
            return np.where(self.uses(m) > 0, m.month, 0)

        def stays(m: Any) -> Any:
            ahead = self.part(m, "ahead_count")
            return np.where(m.month == 1, ahead, self.before(m, "stays_count"))

        ahead = f"{self.name}_c{self.place}_ahead_count"
        label = f"{self.title}, {self.contract.contract}: last month in use, from here on"
        return (
            self.each("used_count", "the month, if its engine is in use", used),
            highest_ahead(ahead, label, f"{self.name}_c{self.place}_used_count"),
            self.each("stays_count", "last month in use", stays),
            self.noticed(lambda m: self.part(m, "stays_count")),
        )

    def _end(self, m: Any) -> Any:
        """Nobody gives notice of what is in use to the end of the plan."""
        to_the_end = self.part(m, "stays_count") >= m.horizon_months
        return np.where(to_the_end, self.part(m, "last_count"), self.left(m))

    def converted(self) -> tuple[Line, ...]:
        """Return nothing: the minimum is given by month, in the plan's currency."""
        return ()


@dataclass(frozen=True, slots=True)
class EngineDeals(Deals):
    """The contracts that a strategy owes, or those of one engine."""

    called: str = ""
    each: tuple[EngineDeal, ...] = ()

    @property
    def title(self) -> str:
        """The strategy."""
        return self.called

    def of(self, *kinds: str) -> list[Deal]:
        """Return those of some kinds."""
        return [deal for deal in self.each if deal.contract.kind in kinds]

    def on(self, engine: str, *kinds: str) -> list[Deal]:
        """Return those on an engine, by its number."""
        return [d for d in self.each if d.engine == engine and d.contract.kind in (kinds or USES)]

    def groups(self) -> dict[str, tuple[str, Sequence[Deal]]]:
        """Return those that owe a minimum, by the number of their engine, with its title."""
        found: dict[str, tuple[str, list[Deal]]] = {}
        for deal in (deal for deal in self.each if deal.contract.kind in SPEND):
            found.setdefault(deal.engine, (deal.title, []))[1].append(deal)
        return dict(found)


def routed(strategy: str, names: Names, part: str) -> Rule:
    """Return the shares of all workloads that an engine takes, or another part of them."""
    listed = [f"{strategy}_w{w}_{part}_share" for w in names.workloads]
    return lambda m: np.sum(column(m, listed), axis=0)


def deals_of(
    strategy: str, names: Names, signs: Collection[str], uses: Callable[[str], Rule]
) -> tuple[EngineDeal, ...]:
    """Return the contracts that a strategy owes: all that are signed, and those that it signs.

    Parameters
    ----------
    strategy
        Its number, which its lines begin with.
    uses
        Gives what is routed to an engine in a month.
    """
    numbers = {title: number for number, title in names.engines}
    return tuple(
        EngineDeal(
            strategy,
            place,
            each,
            called=each.engine,
            engine=numbers[each.engine],
            uses=uses(numbers[each.engine]),
        )
        for place, each in enumerate(names.contracts, start=1)
        if each.is_signed or each.contract in signs
    )
