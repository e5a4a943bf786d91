"""Two portfolios side by side: what each cause adds to the cost of each strategy of both."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from costcore.answers.causes import Array, steps, to_the_cent
from costcore.language.timeline import needed, values
from workbooks.plan.mixing.bridging.best import best_cost
from workbooks.plan.mixing.bridging.cases import BASE, in_case
from workbooks.plan.mixing.bridging.meeting import LOAD, NODES, ROUTES, Sides, meet
from workbooks.plan.mixing.comparing import every_line, routes, strategic
from workbooks.plan.mixing.finding import found
from workbooks.portfolio.flat import decoded, rows
from workbooks.portfolio.terms import Portfolio
from workbooks.scenario.inputs import INPUTS
from workbooks.scenario.scenario import ScenarioError

ONE_BY_ONE = (ROUTES, LOAD, NODES)
"""Causes that change which lines there are, or what no line takes for many sets at once."""


class Changed(NamedTuple):
    """One value that is not the same in both files, and whose it is."""

    whose: str
    name: str
    before: Any
    after: Any


@dataclass(frozen=True)
class PooledDifference:
    """Two portfolios, and what each cause adds to each strategy that both have."""

    one: Portfolio
    other: Portfolio
    view: str
    case: str
    causes: tuple[str, ...]
    strategies: tuple[str, ...]
    before: Array
    after: Array
    found: Array
    """Of shape (causes, strategies)."""
    best: tuple[float, ...] = (math.nan, math.nan)
    """Cost of the best mix of both; nan where none stands, or another case is explained."""

    @property
    def method(self) -> str:
        """How the difference was split, in a sentence."""
        return f"Each cause at its mean over every order of {len(self.causes)}."

    def bridge(self, strategy: str) -> dict[str, float]:
        """Return what each cause adds to a strategy, in cents that add up to the difference."""
        at = self.strategies.index(strategy)
        ends = float(self.before[at]), float(self.after[at])
        each = to_the_cent(ends[0], self.found[:, at].tolist(), ends[1])
        return dict(zip(self.causes, each, strict=True))

    @cached_property
    def changes(self) -> list[Changed]:
        """What is not the same in the two files, as it is in the case."""
        before, after = (dict(_told(each, self.case)) for each in (self.one, self.other))
        names = dict.fromkeys((*before, *after))
        pairs = ((key, before.get(key), after.get(key)) for key in names)
        return [
            Changed(" ".join(filter(None, key[:2])), key[2], one, other)
            for key, one, other in pairs
            if one != other
        ]


def _told(portfolio: Portfolio, case: str) -> Iterator[tuple[tuple[str, str, str], Any]]:
    for row in rows(portfolio.content):
        known = INPUTS.get(row.key) or INPUTS.get(f"api_{row.key}")
        end, base = known.end(case) if known else "base", row.known.get("base")
        value, code = row.known.get(end, base), row.known.get("currency")
        said = f"{code} {value:,g}" if code and isinstance(value, int | float) else decoded(value)
        yield (row.section, row.name, row.key), said


def pooled_difference(
    one: Portfolio, other: Portfolio, view: str = "cash", case: str = "base"
) -> PooledDifference:
    """Explain what the strategies cost more in the other portfolio than in the first, in a case.

    Every set of causes is planned, so each cause is at its mean over every order, to the cent.

    Raises
    ------
    ScenarioError
        If they have other currencies or lengths, or no strategy in common.
    """
    for name, what in (("currency", "in"), ("horizon_months", "over a number of months:")):
        pair = [getattr(each.frame, name) for each in (one, other)]
        if pair[0] != pair[1]:
            raise ScenarioError(
                f"{one.frame.origin} is planned {what} {pair[0]} and {other.frame.origin} {what} "
                f"{pair[1]}; give both the same {name}"
            )
    first, last = (in_case(each, case) for each in (one, other))
    answers = [found(each, None, 0) for each in (first, last)]
    sides = meet(first, last, *answers)
    if not sides.strategies:
        raise ScenarioError(
            f"{one.frame.origin} and {other.frame.origin} have no possible strategy of one name"
        )
    causes = sides.changed
    table = _Table(sides, causes, view).costs()
    each, _ = steps(len(causes), table.__getitem__, every_order=len(causes))
    none, everything = (table[frozenset(range(n))] for n in (0, len(causes)))
    split = causes, sides.strategies, none, everything, each
    costs = (
        best_cost(each, answer.starting, view) if case == BASE else math.nan
        for each, answer in zip((one, other), answers, strict=True)
    )
    return PooledDifference(one, other, view, case, *split, best=tuple(costs))


class _Table:
    """What every strategy costs with every set of causes as in the other portfolio."""

    def __init__(self, sides: Sides, causes: Sequence[str], view: str) -> None:
        self._sides, self._causes, self._view = sides, causes, view
        self._single = [each for each in causes if each in ONE_BY_ONE]
        self._many = [each for each in causes if each not in ONE_BY_ONE]
        count = len(self._many)
        sets = np.array([*itertools.product((False, True), repeat=count)], dtype=bool)
        self._sets = sets.reshape(2**count, count)

    def costs(self) -> dict[frozenset[int], Array]:
        """Return them by the numbers of the causes that are swapped."""
        found = {}
        for swapped in itertools.product((False, True), repeat=len(self._single)):
            single = dict(zip(self._single, swapped, strict=True))
            costs = self._of(single)
            for each, cost in zip(self._sets, costs, strict=True):
                names = single | dict(zip(self._many, each.tolist(), strict=True))
                key = (at for at, cause in enumerate(self._causes) if names[cause])
                found[frozenset(key)] = cost
        return found

    def _of(self, single: Mapping[str, bool]) -> Array:
        """Return the cost of each strategy for each set of the other causes."""
        swapped = {cause: self._sets[:, at] for at, cause in enumerate(self._many)}
        series, fixed = self._sides.mixed(single, swapped)
        listed = self._sides.routed[int(single.get(ROUTES, False))]
        costs = [
            self._cost(number, name, listed[name], series, fixed)
            for number, name in enumerate(self._sides.strategies, start=1)
        ]
        return np.stack(costs, axis=1)

    def _cost(self, number: int, name: str, way: Any, series: Any, fixed: Any) -> Array:
        lines = strategic(number, way, self._sides.names)
        known = {**fixed, **routes(way, lines)}
        wanted = lines.name(f"{self._view}_per_month")
        kept, read = needed(every_line(lines), [*series, *known, "month"], [wanted])
        months = self._sides.months
        told = values(kept, known, months, series=series, keep=read | {wanted})
        return np.broadcast_to(told[wanted].sum(axis=0), len(self._sets))
