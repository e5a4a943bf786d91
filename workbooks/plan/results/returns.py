"""The return of self-hosting on what it costs beyond the API, by halving the interval."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from costcore.language.quantities import MONTHS_PER_YEAR
from costcore.language.timeline import Line
from costcore.language.trace import worksheet
from costcore.money.cashflow import spreadsheet_npv
from workbooks.plan.lines.vintages import Holdings

STEPS = 40
"""Halvings: after them the value is known to a millionth of what is paid, still above rounding."""
LOWEST, HIGHEST = -0.5, 1.0
"""Monthly rates between which the return is sought."""

FACTORS = {"bills": "bill_factor", "start": "start_factor", "end": "end_factor"}
"""Discount factor of a flow by when it is paid."""

EDGE = 1e-4
"""A rate as near as that to either end of the interval lies outside it."""


@dataclass(frozen=True, slots=True)
class Return:
    """The rate at which switching is worth nothing, on the timing of the present value.

    Purchases and sales are at the start of a month, bills when they are paid, the terminal value
    at the end; taxes and opportunity cost count as in the present value.
    """

    taxed: bool
    holdings: Holdings
    terminal: bool = True
    """Whether nodes are sold when the plan ends; else they are worth nothing."""

    def name(self, line: str) -> str:
        """Return the name of a line, which says where the terminal value is left out."""
        return line if self.terminal else f"paid_{line}"

    @property
    def label(self) -> str:
        """What is said beside the return."""
        return "" if self.terminal else ", no terminal value"

    @property
    def read(self) -> tuple[str, ...]:
        """Lines of the monthly plan that are read."""
        taxed = ["api_tax_saved_per_month"] * self.taxed
        factors = (FACTORS[part] for part in self._parts)
        own = ["billed", "opportunity"]
        if self.holdings.buys:
            own += ["purchases", "disposals", "resale", *(["terminal_tax"] * self.taxed)]
        return ("api_cash_per_month", *taxed, *factors, *(f"own_{part}_per_month" for part in own))

    def _bills(self, m: Any) -> Any:
        saved = m.api_tax_saved_per_month if self.taxed else 0.0
        kept = m.own_terminal_tax_per_month if self.taxed and not self.terminal else 0.0
        lost = np.where(m.opportunity_kind == "in", m.own_opportunity_per_month * m.kept_share, 0)
        return m.api_cash_per_month - saved - m.own_billed_per_month - kept - lost

    def flows(self) -> tuple[Line, ...]:
        """Return what switching saves in each month, and how often it turns from loss to gain."""
        return (*self._saved(), *self._turns())

    @property
    def _parts(self) -> dict[str, str]:
        """Flows of a month by when they are paid, with what they are."""
        owned = {"start": "sales less purchases"}
        sold = {"end": "terminal value"} if self.terminal else {}
        bills = {"bills": "bills"}
        return bills | (owned | sold if self.holdings.buys else {})

    def _flow(self, m: Any, part: str) -> Any:
        return getattr(m, self.name(f"{part}_saved_per_month"))

    def _saved(self) -> tuple[Line, ...]:
        rules = {
            "bills": self._bills,
            "start": lambda m: m.own_disposals_per_month - m.own_purchases_per_month,
            "end": lambda m: m.own_resale_per_month,
        }
        heading = f"Switching from the API{self.label}"

        def line(part: str, what: str) -> Line:
            title = heading if part == "bills" else ""
            label = f"Saved: {what}{self.label}"
            return Line(self.name(f"{part}_saved_per_month"), label, rules[part], True, title)

        return tuple(line(part, what) for part, what in self._parts.items())

    def _turns(self) -> tuple[Line, ...]:
        net, to_date = self.name("switch_per_month"), self.name("switched_cost")

        def saved(m: Any) -> Any:
            return sum(self._flow(m, part) for part in self._parts)

        return (
            Line(net, f"Saved in the month{self.label}", saved, sums=True),
            *self._changes(net, "turn", "in the month"),
            Line(
                to_date, f"Saved to date{self.label}", lambda m: m.last(to_date) + getattr(m, net)
            ),
            *self._changes(to_date, "return", "to date"),
            *self._worth_now(),
        )

    def _worth_now(self) -> tuple[Line, ...]:
        """Return what a month's flows save and what they cost, at present value."""

        def line(side: str, label: str, sign: int) -> Line:
            def rule(m: Any) -> Any:
                return sum(
                    np.maximum(sign * self._flow(m, part), 0) * getattr(m, FACTORS[part])
                    for part in self._parts
                )

            title = f"{label}, at present value{self.label}"
            return Line(self.name(f"{side}_present_cost"), title, rule, sums=True)

        return line("gained", "Saved", 1), line("invested", "Paid for it", -1)

    def _changes(self, flow: str, name: str, when: str) -> tuple[Line, Line]:
        """Return which side an amount is on, and when it changes sides."""
        side = self.name(f"{name}_side_count")

        def now(m: Any) -> Any:
            amount = getattr(m, flow)
            return np.where(amount == 0, m.last(side), np.where(amount > 0, 1, -1))

        def change(m: Any) -> Any:
            return np.where(getattr(m, side) * m.last(side) < 0, 1, 0)

        return (
            Line(side, f"Side it is on {when}: -1 paid, 1 saved{self.label}", now),
            Line(self.name(f"{name}_count"), f"It changes sides {when}{self.label}", change, True),
        )

    def _value(self, m: Any, part: str, rate: Any) -> Any:
        """Present value of a flow at a monthly rate; NPV takes each at the end of its month."""
        value = worksheet("NPV", spreadsheet_npv, rate, self._flow(m, part))
        earlier = {"bills": 1 - m.payment_timing_share, "start": 1, "end": 0}[part]
        return value * (1 + rate) ** earlier

    def search(self) -> tuple[Line, ...]:
        """Return the halving of the interval, step by step."""
        low, high = self.name("low_rate"), self.name("high_rate")
        middle, same = self.name("middle_rate"), self.name("same_side_count")

        def kept(m: Any, if_same: str, if_other: str) -> Any:
            return np.where(m.last(same) == 1, m.last(if_same), m.last(if_other))

        def from_low(m: Any) -> Any:
            return np.where(m.step == 1, getattr(m, self.name("from_rate")), kept(m, middle, low))

        def to_high(m: Any) -> Any:
            return np.where(m.step == 1, HIGHEST, kept(m, high, middle))

        def halved(m: Any) -> Any:
            return (getattr(m, low) + getattr(m, high)) / 2

        heading = f"The rate at which it is worth nothing, by halving{self.label}"
        return (
            Line(low, f"From{self.label}", from_low, heading=heading),
            Line(high, f"To{self.label}", to_high),
            Line(middle, f"Middle{self.label}", halved),
            *(self._worth(part, what, middle) for part, what in self._parts.items()),
            Line(same, f"1 where they are worth what at the lowest{self.label}", self._same),
        )

    def _worth(self, part: str, what: str, middle: str) -> Line:
        def rule(m: Any) -> Any:
            return self._value(m, part, getattr(m, middle))

        label = f"Worth at the middle: {what}{self.label}"
        return Line(self.name(f"{part}_worth_cost"), label, rule)

    def _same(self, m: Any) -> Any:
        value = sum(getattr(m, self.name(f"{part}_worth_cost")) for part in self._parts)
        return np.where(value * getattr(m, self.name("lowest_side_count")) >= 0, 1, 0)

    def figures(self) -> tuple[Line, ...]:
        """Return what must hold for a return to exist."""

        def times(line: str) -> Any:
            return lambda m: np.sum(getattr(m, self.name(line)), axis=0)

        return (
            Line(
                self.name("turns_count"),
                f"Times the month changes sides: once for a return{self.label}",
                times("turn_count"),
                heading=f"Return of switching to self-hosting{self.label}",
            ),
            Line(
                self.name("returns_count"),
                f"Or once of all that is saved to date, for one above 0{self.label}",
                times("return_count"),
            ),
            *self._at_lowest(),
        )

    def _at_lowest(self) -> Iterator[Line]:
        """Yield the lowest rate that is tried, and the side of what switching is worth at it."""
        worth = {part: self.name(f"{part}_lowest_cost") for part in self._parts}

        def lowest(m: Any) -> Any:
            return np.where(getattr(m, self.name("turns_count")) == 1, LOWEST, 0)

        def at_lowest(part: str) -> Any:
            return lambda m: self._value(m, part, getattr(m, self.name("from_rate")))

        def side(m: Any) -> Any:
            return np.where(sum(getattr(m, name) for name in worth.values()) >= 0, 1, -1)

        yield Line(self.name("from_rate"), f"Lowest rate, a month{self.label}", lowest)
        for part, name in worth.items():
            yield Line(name, f"Worth at it: {self._parts[part]}{self.label}", at_lowest(part))
        label = f"Side of its value at the lowest rate{self.label}"
        yield Line(self.name("lowest_side_count"), label, side)

    def rates(self) -> tuple[Line, Line]:
        """Return the return, and the modified one that exists where months turn more than once."""
        return self._internal(), self._modified()

    def _internal(self) -> Line:

        def rule(m: Any) -> Any:
            found = getattr(m, self.name("found_rate"))
            above = found - getattr(m, self.name("from_rate")) > EDGE
            turns, returns = (getattr(m, self.name(f"{n}s_count")) for n in ("turn", "return"))
            return np.where(
                ((turns == 1) | (returns == 1)) & above & (HIGHEST - found > EDGE),
                (1 + found) ** MONTHS_PER_YEAR - 1,
                np.inf,
            )

        return Line(self.name("irr_rate"), f"Internal rate of return, a year{self.label}", rule)

    def _modified(self) -> Line:
        """What is paid is borrowed, and what is saved is put by, at the discount rate."""

        def rule(m: Any) -> Any:
            gained, paid = (
                np.sum(getattr(m, self.name(f"{side}_present_cost")), axis=0)
                for side in ("gained", "invested")
            )
            grown = (gained / paid) ** (MONTHS_PER_YEAR / m.horizon_months)
            return np.where((gained > 0) & (paid > 0), (1 + m.discount_rate) * grown - 1, np.inf)

        label = f"Modified return (MIRR), a year{self.label}"
        return Line(self.name("mirr_rate"), label, rule)


def returns(taxed: bool, holdings: Holdings) -> tuple[Return, ...]:
    """Return the returns of a plan: one that buys nodes has another without what they sell for."""
    with_all = Return(taxed, holdings)
    return (with_all, Return(taxed, holdings, terminal=False)) if holdings.buys else (with_all,)
