"""The difference between two budgets, to the cent, as what each cause adds to each option."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from costcore.answers.causes import EVERY_ORDER, Array, steps, to_the_cent
from costcore.language.timeline import Line, figures, needed, read_by, values
from workbooks import tables
from workbooks.plan.differing.agreed import Agreed
from workbooks.plan.differing.causes import (
    CAUSES,
    READ_BY,
    Cause,
    Change,
    changes,
    joined,
    mixed,
    restated,
    trimmed,
)
from workbooks.plan.plan import Plan
from workbooks.rows import TokenPrice
from workbooks.scenario.scenario import ScenarioError

VIEWS = {"cash": "cash", "expense": "profit and loss", "present": "present value"}


@dataclass(frozen=True)
class Difference:
    """Two plans, what changed between them, and what that adds to the cost of each option."""

    one: Plan
    other: Plan
    case: str
    view: str
    rate: float
    """Units of the other currency for one of the first."""
    changed: Mapping[Cause, Sequence[Change]]
    options: tuple[str, ...]
    before: Array
    after: Array
    found: Array
    """What each cause adds to each option, of shape (causes, options)."""
    spread: Array
    """What of it was spread in proportion."""

    @cached_property
    def priced(self) -> list[Cause]:
        """The causes that changed and that costs follow from."""
        return [cause for cause in self.changed if cause.costs]

    def bridge(self, option: str) -> dict[str, float]:
        """Return what each cause adds to an option, in cents that add up to the difference."""
        at = self.options.index(option)
        ends = float(self.before[at]), float(self.after[at])
        found = to_the_cent(ends[0], self.found[:, at].tolist(), ends[1])
        return dict(zip((cause.title for cause in self.priced), found, strict=True))

    @property
    def method(self) -> str:
        """How the difference was split, in a sentence."""
        count = len(self.priced)
        if count <= EVERY_ORDER:
            return f"Each cause at its mean over every order of {count}."
        most = float(np.abs(self.spread).max(initial=0.0))
        return (
            f"Each of {count} causes at its mean over all orders, exact for up to four that act "
            f"together; at most {most:,.2f} beyond that is spread in proportion."
        )


def difference(
    one: Plan,
    other: Plan,
    case: str = "base",
    view: str = "cash",
    known: tuple[Sequence[TokenPrice], Sequence[TokenPrice]] = ((), ()),
) -> Difference:
    """Explain what an option costs more in the other plan than in the first.

    The first is restated in the other's currency, at its own rate.

    Parameters
    ----------
    known
        Prices of all days that each was made with.

    Raises
    ------
    ScenarioError
        If there is no rate between their currencies.
    """
    rate = _rate(one, other)
    named = {
        each.scenario.entries[name].base for each in (one, other) for name in READ_BY["prices"]
    }
    codes = {row.currency for rows in known for row in rows if row.model in named}
    first, last = trimmed(restated(one, other.scenario.currency, rate), other, codes)
    options = tuple(o for o in first.options if o in last.options)
    totals = Totals(case, view, options)
    agreed = tuple(Agreed(*each) for each in zip((first, last), known, strict=True))
    for causes in (list(CAUSES), joined(CAUSES)):
        found = {cause: tuple(changes(cause, first, last, case)) for cause in causes}
        changed = {cause: each for cause, each in found.items() if each}
        priced = [cause for cause in changed if cause.costs]
        each, spread = _split((first, last), agreed, priced, totals)
        if np.isfinite(each).all():
            before, after = totals.of(first), totals.of(last)
            return Difference(
                one, other, case, view, rate, changed, options, before, after, each, spread
            )
    raise ScenarioError(
        f"{one.scenario.origin} with some inputs of {other.scenario.origin} cannot be costed; "
        "give both the same kind of nodes first"
    )


def _split(
    ends: tuple[Plan, Plan],
    agreed: tuple[Agreed, ...],
    priced: Sequence[Cause],
    totals: Totals,
) -> tuple[Array, Array]:
    def costs(swapped: Collection[int]) -> Array:
        between = mixed(*ends, [priced[at] for at in swapped])
        if 0 < len(swapped) < len(priced):  # at both ends the steps are those that stand there
            has = any("prices" in priced[at].tables for at in swapped)
            between = agreed[has].anew(between)
        return totals.of(between)

    return steps(len(priced), costs)


def _rate(one: Plan, other: Plan) -> float:
    """Units of the other plan's currency for one of the first's, by the first's own table."""
    here, there = one.scenario.currency, other.scenario.currency
    if here == there:
        return 1.0
    for row in one.tables.rates:
        if row.from_currency == there:
            return 1 / row.rate
    try:
        return tables.exchange_rate(here, there, one.scenario.as_of)[0]
    except LookupError as error:
        raise ScenarioError(f"{here} cannot be compared with {there}: {error.args[0]}") from None


class Totals:
    """What the options of a plan cost over its months, by the lines that this takes."""

    def __init__(self, case: str, view: str, options: Sequence[str]) -> None:
        self._case = case
        self._names = [f"{option}_{view}_cost" for option in options]
        self._lines: dict[Any, tuple[tuple[Line, ...], set[str], tuple[Line, ...]]] = {}

    def of(self, plan: Plan) -> Array:
        """Return the cost of each option."""
        known: dict[str, Any] = dict(plan.given(self._case))
        lines, kept, totals = self._needed(plan, known)
        known |= figures(plan.drivers, known)
        months = plan.scenario.horizon_months
        known |= values(lines, known, months, series=plan.series, keep=kept)
        known |= figures(totals, known)
        return np.array([float(known[name]) for name in self._names])

    def _needed(
        self, plan: Plan, given: Mapping[str, Any]
    ) -> tuple[tuple[Line, ...], set[str], tuple[Line, ...]]:
        """Return the lines by month, which to keep, and the totals; alike plans share them."""
        told = (plan.scenario.contracts, plan.scenario.hybrid_rest, plan.currencies)
        shape = (plan.options, plan.taxed, plan.holdings, *told)
        if shape not in self._lines:
            inputs = [*given, *(line.name for line in plan.drivers), "month", *plan.series]
            rows = [line.name for line in plan.monthly]
            totals, _ = needed(plan.totals, [*inputs, *rows], self._names)
            read = read_by(totals, [*inputs, *rows]) & set(rows)
            lines, kept = needed(plan.monthly, inputs, sorted(read))
            self._lines[shape] = (lines, kept | read, totals)
        return self._lines[shape]
