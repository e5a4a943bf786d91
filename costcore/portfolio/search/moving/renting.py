"""What all months cost at least where each pays its part of the moves, which are made once.

At any rents the cheapest months cost no more than the best plan. With few hours told apart they
are quickly found; more hours, and moves that are rented whole or not at all, prove more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from costcore.portfolio.portfolio import Array, Portfolio
from costcore.portfolio.search.bounds import coarse
from costcore.portfolio.search.master import Chosen, Master
from costcore.portfolio.search.month import Month
from costcore.portfolio.search.moving.whole import Whole
from costcore.portfolio.search.work import Work

FEW, CELLS = 12, 4_000
"""Hours that are told apart at first; and then, times pairs that may be used."""
STEP, TURNS = 4e-3, 6
"""Part of the cost that one round of mending aims to prove more, and turns that months take."""


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
    """Work that the last look at few hours took."""

    def __post_init__(self) -> None:
        self.unpaid = self.master.unpaid(self.nodes, self.moving)
        self.least = np.full(self.portfolio.months, -np.inf)
        self.wanted = np.zeros_like(self.moving)

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

    def look(
        self, order: Sequence[int], hours: int, gap: float, whole_moves: bool
    ) -> Iterator[None]:
        """Look at the months in turn, with so many hours told apart; yield after each."""
        told, left = coarse(self.portfolio, hours)[0], self.work.left
        for t in order:
            self._month(told, t, gap, whole_moves)
            yield
        if hours == FEW:
            self.roughly = left - self.work.left

    def mend(self, gap: float, cost: float) -> None:
        """Let a month pay more for the moves that it wants, and others less; all pay them once.

        A step along the subgradient of the bound each time some of the months were looked at.
        """
        told, months = coarse(self.portfolio, FEW)[0], self.portfolio.months
        for turn in range(TURNS):
            apart = self.wanted - self.wanted.mean(axis=0)
            aim = STEP / TURNS * abs(cost)
            moving = np.maximum(self.moving + aim / max((apart**2).sum(), 1.0) * apart, 0.0)
            paid = moving.sum(axis=0)
            self.moving = moving * (self.portfolio.moving / np.where(paid > 0, paid, 1.0))
            for t in range(turn, months, TURNS):
                self._month(told, t, gap, whole_moves=True)
        self.least[:] = -np.inf  # at rents that are no longer those

    def unproven(self, plan: Chosen, months: Sequence[Month]) -> Array:
        """Return what each month of a plan costs more at the rents than is proven of it."""
        p, every = self.portfolio, plan.nodes + self.portfolio.spares * (plan.nodes > 0)
        moves = [
            rents[month.mtok > 0].sum() for rents, month in zip(self.moving, months, strict=True)
        ]
        beside = [p.standing(t, plan.nodes[t], plan.opened[t]) for t in range(p.months)]
        tokens = np.array([month.cost for month in months])
        return np.asarray(tokens + beside + moves + (self.nodes * every).sum(axis=1) - self.least)

    def _month(self, told: Portfolio, t: int, gap: float, whole_moves: bool) -> None:
        every, some = np.ones(told.moving.shape, dtype=bool), np.ones(told.pools)
        costs = told.node_costs[t] + self.nodes[t]
        month = Whole(told, t, some, every, self.moving[t], costs, self.master.busiest[t])
        if found := month.settle(self.work, gap, whole_moves):
            self.least[t] = max(self.least[t], found.least)
            self.wanted[t] = found.moved
