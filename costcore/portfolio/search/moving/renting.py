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
from costcore.portfolio.search.moving.whole import Settled, Whole
from costcore.portfolio.search.work import Work

FEW, CELLS = 12, 2_000
"""Hours that are told apart at first; and then, times pairs that may be used."""


@dataclass
class Renting:
    """Rents of moves, and what months cost at them."""

    portfolio: Portfolio
    busiest: Array
    nodes: Array
    """What a node costs in a month, with its part of what is bought, t x p."""
    work: Work
    gap: float

    @property
    def hours(self) -> int:
        """Hours that are told apart where a month is looked at closely."""
        p = self.portfolio
        pairs = np.isfinite(p.prices).all(axis=0).sum() + (p.capacity > 0).sum()
        return max(FEW, int(CELLS // max(pairs, 1)))

    def look(self, hours: int, rents: Array, whole_moves: bool) -> Iterator[Settled | None]:
        """Yield the months at some rents, with so many hours told apart."""
        p, told = self.portfolio, coarse(self.portfolio, hours)[0]
        every, some = np.ones(p.moving.shape, dtype=bool), np.ones(p.pools)
        for t in range(p.months):
            month = Whole(told, t, some, every, rents[t], self.nodes[t], self.busiest[t])
            yield month.settle(self.work, self.gap, whole_moves)
