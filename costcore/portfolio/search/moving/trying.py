"""Sets of moves, tried out: every month is then free to choose nodes, and quickly solved.

What a workload would pay with other moves at the prices that node-hours have in a plan says which
to try. A set is given up once the months that were looked at say that it is no better.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from costcore.portfolio.portfolio import Array, Flags, Portfolio
from costcore.portfolio.search.bounds import coarse
from costcore.portfolio.search.master import Chosen
from costcore.portfolio.search.month import Month
from costcore.portfolio.search.moving.moves import costs_at
from costcore.portfolio.search.moving.whole import Settled, Whole
from costcore.portfolio.search.work import Work

TRIED = 30
"""Other sets that are tried for a plan."""
BETTER = 1e-5
"""Part of the cost by which a set has to be better."""
SPREAD = 5
"""Every so many months one is looked at, then the next ones."""
ROUNDED = 0.2, 0.35, 0.5, 0.65
"""Parts of the months that would pay for a move, above which it is tried."""
FEW = 4
"""Months after which a set may be given up."""
FEWEST, CELLS = 24, 4_000
"""Hours that are told apart at least; and then, times pairs that may be used."""


def others(portfolio: Portfolio, plan: Chosen, months: Sequence[Month]) -> Iterator[Flags]:
    """Yield sets in which a workload moves once more, less or elsewhere, the likeliest first."""
    costs, moving = costs_at(portfolio, plan, months), portfolio.moving
    found: list[tuple[float, int, Flags]] = []
    for w in range(portfolio.workloads):
        paid = np.flatnonzero(moving[w])
        able = paid[np.isfinite(costs[:, w, paid]).all(axis=2).any(axis=0)]
        cost = _cost(costs[:, w], moving[w], plan.moved[w])
        pairs = itertools.combinations(able, 2)
        swaps = (pair for pair in pairs if plan.moved[w, list(pair)].sum() == 1)
        for changed in itertools.chain(([o] for o in able), swaps):
            other = plan.moved[w].copy()
            other[list(changed)] ^= True
            found.append((_cost(costs[:, w], moving[w], other) - cost, w, other))
    for more, w, other in sorted(found, key=lambda each: each[0])[:TRIED]:
        if np.isfinite(more):
            moved = plan.moved.copy()
            moved[w] = other
            yield moved


def _cost(costs: Array, moving: Array, moved: Flags) -> float:
    least = np.where(moved[:, None], costs, np.inf).min(axis=1)
    return float(least.sum() + moving[moved].sum())


@dataclass
class Trying:
    """Values of sets of moves, month by month."""

    portfolio: Portfolio
    busiest: Array
    nodes: Array
    """What a node costs in a month, with its part of what is bought, t x p."""
    work: Work
    gap: float
    kept: float = 0.0
    """Work that is not for trying."""
    known: dict[tuple[int, bytes], Settled] = field(default_factory=dict)

    def better(
        self, plan: Chosen, months: Sequence[Month], shares: Array | None = None
    ) -> Flags | None:
        """Return a set that costs less, or nothing.

        Parameters
        ----------
        shares
            Part of the months that would pay for each move, w x (k + p).
        """
        p = self.portfolio
        rounded: list[Flags] = (
            []
            if shares is None
            else [np.asarray((p.moving == 0) | (shares > part)) for part in ROUNDED]
        )
        for moved in itertools.chain(rounded, others(p, plan, months)):
            if self.is_better(plan.moved, moved):
                return moved
        return None

    @cached_property
    def told(self) -> Portfolio:
        """The portfolio with as many hours told apart as there is time for."""
        p = self.portfolio
        pairs = np.isfinite(p.prices).all(axis=0).sum() + (p.capacity > 0).sum()
        return coarse(p, max(FEWEST, int(CELLS // max(pairs, 1))))[0]

    def month(self, t: int, moved: Flags) -> Settled | None:
        """Return the best of a month with some moves; nothing where there is no work for it."""
        key = t, moved.tobytes()
        if key not in self.known:
            p = self.portfolio
            if self.work.left < self.kept:
                return None
            none, some = np.zeros_like(p.moving), np.ones(p.pools)
            program = Whole(self.told, t, some, moved, none, self.nodes[t], self.busiest[t])
            found = program.settle(self.work, self.gap, whole_moves=False)
            if found is None:
                return None
            self.known[key] = found
        return self.known[key]

    def is_better(self, moved: Flags, other: Flags) -> bool:
        """Say whether another set costs less, looking at as few months as will do."""
        p = self.portfolio
        order = [t for first in range(SPREAD) for t in range(first + 2, p.months + 2, SPREAD)]
        once = float(p.moving[other].sum() - p.moving[moved].sum())
        more = total = 0.0
        for count, t in enumerate((t % p.months for t in order), start=1):
            one, two = self.month(t, moved), self.month(t, other)
            if one is None or two is None:
                return False
            more, total = more + two.cost - one.cost, total + one.cost
            if count >= FEW and more * p.months / count + once > -BETTER * total * p.months / count:
                return False
        return True
