"""What all months cost at least where each pays its part of the moves, which are made once.

At any rents the cheapest months cost no more than the best plan. With few hours told apart they
are quickly found; more hours, and moves that are rented whole or not at all, prove more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from costcore.portfolio.portfolio import Array, Portfolio
from costcore.portfolio.search.bounds import coarse
from costcore.portfolio.search.master import Master
from costcore.portfolio.search.moving.whole import Settled, Whole
from costcore.portfolio.search.work import Work

FEW, CELLS = 12, 2_000
"""Hours that are told apart at first; and then, times pairs that may be used."""


@dataclass
class Renting:
    """Rents of what lasts, and what months cost at them."""

    portfolio: Portfolio
    master: Master
    nodes: Array
    """Rent of a node, t x p."""
    moving: Array
    """Rent of a move, t x w x (k + p)."""
    work: Work
    roughly: float = 0.0
    """Work that the first look took."""

    def __post_init__(self) -> None:
        self.unpaid = self.master.unpaid(self.nodes, self.moving)
        self.least = np.full(self.portfolio.months, -np.inf)

    @property
    def bound(self) -> float:
        """No plan costs less; -inf until all months were looked at."""
        return float(self.unpaid + self.least.sum())

    @property
    def hours(self) -> int:
        """Hours that are told apart where a month is looked at closely."""
        p = self.portfolio
        pairs = np.isfinite(p.prices).all(axis=0).sum() + (p.capacity > 0).sum()
        return max(FEW, int(CELLS // max(pairs, 1)))

    @property
    def closely(self) -> float:
        """Work of looking at all months closely: steps grow with the hours."""
        return self.roughly * self.hours / FEW

    def look(self, hours: int, gap: float) -> Iterator[Settled | None]:
        """Yield the months with so many hours told apart, and with whole moves if not with few."""
        p, told, left = self.portfolio, coarse(self.portfolio, hours)[0], self.work.left
        first = np.isinf(self.bound)
        every, some = np.ones(p.moving.shape, dtype=bool), np.ones(p.pools)
        costs = p.node_costs + self.nodes
        for t, rents in enumerate(self.moving):
            month = Whole(told, t, some, every, rents, costs[t], self.master.busiest[t])
            if found := month.settle(self.work, gap, whole_moves=not first):
                self.least[t] = max(self.least[t], found.least)
            yield found
        if first:
            self.roughly = left - self.work.left
