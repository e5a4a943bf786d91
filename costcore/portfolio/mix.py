"""The cheapest mix of engines: which workload goes where, on how many nodes, from which month.

The search is a Benders decomposition. A mixed-integer program chooses nodes, people and engines;
a linear program for each month says what the tokens then cost and what more nodes would save;
that is a bound the first program learns, until what it hopes for and what is found agree.
Both are solved by HiGHS, and the bound proves how far from the best any plan can still be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from costcore.language.quantities import TOKENS_PER_MTOK
from costcore.portfolio.bounds import bound, first_worth
from costcore.portfolio.master import Chosen, Master
from costcore.portfolio.month import Month, cheapest_month
from costcore.portfolio.portfolio import Array, Flags, Portfolio

GAP = 1e-3
"""Of the cost: what may be left unproven."""
ROUGH, PARTS = 0.04, 4
"""Nodes are chosen to a part of the gap that there is still: the first choices are quick."""
EXACT = 1e-9
"""Smallest gap that floating point can prove."""
SOLVER = 1e-5
"""Gap below which the solver's own tolerance may hide that there is none."""
SERVED = 1e-9
"""Tokens that a program may leave over, of the largest volume."""
LEAST_COST = 1.0
"""A cost below it is proven to a part of this."""
SCALE = 1e4
"""All money is counted so that the cost is about this, where the solver is at its best."""
SEED = 0
COARSE = 24
"""Hours that a first, rough look takes all hours of the week together to."""
ROUGH_ROUNDS = 12


@dataclass(frozen=True)
class Mix:
    """The best plan that was found, and how good any other could still be."""

    cost: float
    bound: float
    """No plan costs less than this; that is proven."""
    nodes: Array
    """Of each pool in each month, spares included, t x p."""
    bought: Array
    """Nodes bought in each month, t x p."""
    mtok: Array
    """Million tokens, t x w x (k + p)."""
    tokens_cost: Array
    """What the tokens of each month cost: bills, and the own price of pools, t."""
    stopped: bool = False
    """Whether somebody stopped the search before it was done."""

    @property
    def gap(self) -> float:
        """Part of the cost that another plan could at most save."""
        return max(0.0, self.cost - self.bound) / abs(self.cost) if self.cost else 0.0

    @property
    def shares(self) -> Array:
        """Of a workload's tokens in a month, t x w x (k + p); 0 where it has none."""
        total = self.mtok.sum(axis=2, keepdims=True)
        return np.where(total > 0, self.mtok / np.where(total > 0, total, 1.0), 0.0)

    @property
    def first_month(self) -> float:
        """First month, from 1, in which own nodes are used; inf where none are."""
        used = (self.nodes > 0).any(axis=1)
        return float(np.argmax(used) + 1) if used.any() else np.inf


def cheapest_mix(
    portfolio: Portfolio, gap: float = GAP, told: Callable[[float, float], None] | None = None
) -> Mix:
    """Find the cheapest plan, up to a proven gap.

    Parameters
    ----------
    gap
        Part of the cost that may be left unproven; at 0 the best plan is found.
    told
        Is called after each round with the cost of the best plan so far, inf where none serves
        all, and its gap. KeyboardInterrupt stops the search after the round it came in.

    Returns
    -------
    Mix
        The same one for the same portfolio; `stopped` where the search was interrupted.

    Raises
    ------
    ValueError
        If no engine can serve a workload.

    Examples
    --------
    Two workloads that peak when the other rests; one node, and the API for what is above it:

    >>> from costcore.portfolio.portfolio import one_month
    >>> two = one_month([7.3e9, 7.3e9], [[1.5, 0.5], [0.5, 1.5]], prices=[[0.2], [0.1]],
    ...                 capacity=[[10e6], [10e6]], node_costs=[1_000])
    >>> mix = cheapest_mix(two)
    >>> round(mix.cost, 6), mix.nodes.tolist()
    (1912.5, [[1.0]])

    Where people come with the first node, it no longer pays:

    >>> mix = cheapest_mix(one_month([7.3e9, 7.3e9], [[1.5, 0.5], [0.5, 1.5]], [[0.2], [0.1]],
    ...                          [[10e6], [10e6]], [1_000], people=500))
    >>> round(mix.cost, 6), mix.nodes.tolist()
    (2190.0, [[0.0]])
    """
    search, stopped = _Search(portfolio), False
    try:
        for _ in search.rounds(max(gap, EXACT)):
            if told:
                told(search.cost, search.gap)
    except KeyboardInterrupt:
        if not np.isfinite(search.cost):
            raise
        stopped = True
    return replace(search.best(), stopped=stopped)


class _Search:
    """What is known so far: plans with their costs, and how little any plan can cost."""

    def __init__(self, portfolio: Portfolio) -> None:
        self.unit = portfolio.size / SCALE
        self.portfolio = portfolio.distinct.in_units(self.unit)
        self.master = Master(self.portfolio)
        self.least, self.parts = -np.inf, PARTS
        self.months: dict[tuple[object, ...], Month] = {}
        nothing = np.zeros((portfolio.months, portfolio.pools))
        self.cheapest = Mix(np.inf, -np.inf, nothing, nothing, np.zeros(0), np.zeros(0))
        self.priced(self.master.nothing())

    def best(self) -> Mix:
        """Return the cheapest plan so far.

        Raises
        ------
        ValueError
            If it leaves tokens that nothing serves.
        """
        plan = self.cheapest
        if (short := self.unserved(plan.mtok)).any():
            month, workload = np.argwhere(short)[0]
            raise ValueError(f"no engine can serve workload {workload + 1} in month {month + 1}")
        return replace(
            plan,
            cost=plan.cost * self.unit,
            bound=min(self.least, plan.cost) * self.unit,
            tokens_cost=plan.tokens_cost * self.unit,
        )

    def unserved(self, mtok: Array) -> Flags:
        """Say which workloads lack engines in which months, t x w."""
        short = self.portfolio.tokens - mtok.sum(axis=2) * TOKENS_PER_MTOK
        return np.asarray(short > SERVED * self.portfolio.tokens.max())

    @property
    def cost(self) -> float:
        """Cost of the cheapest plan so far; inf where it leaves tokens that nothing serves."""
        served = not self.unserved(self.cheapest.mtok).any()
        return self.cheapest.cost * self.unit if served else np.inf

    @property
    def gap(self) -> float:
        """Part of the cost that is not proven."""
        unproven = (self.cheapest.cost - self.least) / max(abs(self.cheapest.cost), LEAST_COST)
        return unproven if np.isfinite(unproven) else 1.0

    def rounds(self, gap: float) -> Iterator[None]:
        """Search until the best plan is good enough; yield after every round."""
        for _ in self.look_roughly():
            yield
        while not self.step(gap):
            yield

    def look_roughly(self) -> Iterator[None]:
        """Learn from parts of nodes and hours taken together, which is quick."""
        coarse, group = _coarse(self.portfolio)
        for _ in range(ROUGH_ROUNDS):
            chosen = self.master.solve(0.0, whole=False)
            for month in range(self.portfolio.months):
                nodes, opened = chosen.nodes[month], chosen.opened[month]
                found = cheapest_month(coarse, month, nodes, opened)
                self.learn(month, nodes, opened, found, group)
            risen = chosen.bound - self.least
            self.least = chosen.bound
            if risen <= GAP * abs(chosen.bound):
                return
            yield

    def step(self, gap: float) -> bool:
        """Choose nodes, price them and learn; say whether the best plan is good enough."""
        aim = max(gap, min(self.gap, ROUGH)) / self.parts
        chosen = self.master.solve(aim)
        risen = chosen.bound > self.least
        self.least = max(self.least, chosen.bound)
        if not self.priced(chosen) and not risen:  # the solver has to look more closely
            self.parts *= PARTS
        return self.gap <= gap or aim < EXACT or (self.gap <= SOLVER and self.parts > PARTS)

    def priced(self, chosen: Chosen) -> bool:
        """Price a plan in all hours; say whether a month of it was new."""
        known = len(self.months)
        found = [self._month(chosen, month) for month in range(self.portfolio.months)]
        tokens_cost = np.array([month.cost for month in found])
        cost = chosen.fixed_cost + tokens_cost.sum()
        if cost < self.cheapest.cost:
            nodes = chosen.nodes + self.portfolio.spares * (chosen.nodes > 0)
            mtok = np.stack([month.mtok for month in found])
            self.cheapest = Mix(cost, self.least, nodes, chosen.bought, mtok, tokens_cost)
        return len(self.months) > known

    def _month(self, chosen: Chosen, month: int) -> Month:
        nodes, opened = chosen.nodes[month], chosen.opened[month]
        key = (month, nodes.tobytes(), opened.tobytes())
        if key not in self.months:
            found = cheapest_month(self.portfolio, month, nodes, opened)
            self.months[key] = found
            self.learn(month, nodes, opened, found, np.arange(self.portfolio.hours.size))
        return self.months[key]

    def learn(
        self, month: int, nodes: Array, opened: Flags, found: Month, group: NDArray[np.intp]
    ) -> None:
        """Tell the master what a month showed: near these nodes, and with few of them."""
        share, none = found.bill_share, np.zeros_like(opened)
        worth = found.node_hour_worth[:, group]
        first = first_worth(self.portfolio, month, worth, share, opened)
        worth = np.where((nodes > 0)[:, None], worth, first)
        for level in (opened, none):
            self.master.learn(month, bound(self.portfolio, month, worth, share, level))


def _coarse(portfolio: Portfolio) -> tuple[Portfolio, NDArray[np.intp]]:
    """Take hours together that are nearly alike, and say which."""
    if portfolio.hours.size <= COARSE:
        return portfolio, np.arange(portfolio.hours.size)
    from scipy.cluster.vq import kmeans2  # noqa: PLC0415  # most questions need no solver

    _, group = kmeans2(portfolio.shapes.T, COARSE, minit="++", rng=SEED, missing="warn")
    _, group = np.unique(group, return_inverse=True)
    weights = portfolio.hour_shares
    shares = np.bincount(group, weights)
    means = np.stack([np.bincount(group, weights * row) / shares for row in portfolio.shapes])
    return portfolio.grouped(group, means), group
