"""What the rival asks in a month: its price, its least, and all that hangs on no token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from costcore.language.timeline import Line, Rule
from costcore.tokens.api import priced
from workbooks.plan.lines.option import Option
from workbooks.plan.lines.owing.currencies import amount_of
from workbooks.plan.lines.owing.deals import Deals
from workbooks.plan.lines.owing.usage import BILLED
from workbooks.plan.results.comparison import of_rival
from workbooks.scenario.contracts import SPEND
from workbooks.scenario.scenario import Contract


@dataclass(frozen=True, slots=True)
class Evened(Option):
    """A strategy bound by contracts, as if their minimums were settled month by month."""

    deals: Deals

    def _of(self, kind: str) -> Rule:
        """What the minimums of a kind come to in a month; the typed one where it has none."""
        deals = self.deals.of(kind)
        if kind == self.name and not deals:
            return lambda m: amount_of(m, f"{self.name}_commit_per_month")
        return lambda m: sum((deal.part(m, "owed_per_month") for deal in deals), 0.0)

    def _used(self, m: Any, kind: str) -> Any:
        """What burns them: tokens of that kind, which self-hosting buys while both run."""
        if kind == self.name:
            return self.get(m, "usage_per_month")
        return m.own_api_usage_per_month if (self.name, kind) == ("own", "api") else 0.0

    def _short(self, m: Any) -> Any:
        kinds = [kind for kind in SPEND if self.deals.of(kind)]
        return sum((np.maximum(self._of(kind)(m) - self._used(m, kind), 0) for kind in kinds), 0.0)

    def lines(self) -> tuple[Line, ...]:
        """Return the least of a month, and what the month is due when it is settled each month."""

        def even(m: Any) -> Any:
            settled = self.get(m, "settled_per_month") if self.deals.all else 0.0
            return self.get(m, "due_per_month") + self.get(m, "short_per_month") - settled

        least = self.line("least_per_month", "least of the month", self._of(self.name))
        return (
            *((least,) if self.name in BILLED else ()),
            self.line("short_per_month", "minimums, were they settled each month", self._short),
            self.line("even_per_month", "cost of the month, were they settled so", even),
        )


def _floor(options: tuple[str, ...], bound: bool) -> Rule:
    """What the rival takes at least: by contract where there is one, or its commitment."""
    billed = [option for option in BILLED if option in options]

    def rule(m: Any) -> Any:
        if bound:
            return of_rival(m, options, "least_per_month")
        api, *managed = (amount_of(m, f"{option}_commit_per_month") for option in billed)
        return np.where(m.rival_count == 2, managed[0], api) if managed else api

    return rule


def terms(options: tuple[str, ...], contracts: tuple[Contract, ...] = ()) -> tuple[Line, ...]:
    """Return what the rival asks in a month.

    A minimum counts as the least of its month, whenever it is settled. What else a contract costs
    is what it costs at the planned volume: fees, overage, tokens that its capacity serves.
    """
    bound = [o for o in (*BILLED, "own") if o in options and contracts]

    def rest(m: Any) -> Any:
        even = of_rival(m, options, "even_per_month" if contracts else "due_per_month")
        return even - m.rival_tokens_per_month + m.rival_later_per_month

    def tokens(m: Any) -> Any:
        use = priced(m.volume_tokens_per_month, m.rival_price_per_mtok)
        return np.maximum(use, m.rival_floor_per_month)

    def later(m: Any) -> Any:
        moving = m.managed_moving_per_month if "managed" in options else 0.0
        return m.rival_oneoff_per_month - np.where(m.rival_count == 2, moving, 0)

    return (
        *(line for each in bound for line in Evened(each, Deals(each, contracts)).lines()),
        Line(
            "rival_price_per_mtok",
            "Rival: price",
            lambda m: of_rival(m, options, "price_now_per_mtok"),
        ),
        Line("rival_floor_per_month", "Rival: commitment", _floor(options, bool(contracts))),
        Line("rival_tokens_per_month", "Rival: all tokens, the commitment at least", tokens),
        Line("rival_later_per_month", "Rival: paid once, less what it pays in this month", later),
        Line("rival_fee_per_month", "Rival: fee and all else that is no token of it", rest),
    )
