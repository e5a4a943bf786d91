"""Each month alone: what lasts from month to month, bought nodes and moves, rented at a price.

Whatever the prices, the cheapest months add up to no more than the cheapest plan (a Lagrangian
bound). At the right prices little is missing, for months that grow slowly want nearly the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from costcore.portfolio.portfolio import Array, Flags, Portfolio
from costcore.portfolio.search.bounds import Bound
from costcore.portfolio.search.joined import Known
from costcore.portfolio.search.master import Master
from costcore.portfolio.search.work import UnsolvedError, Work

FEW = 80
"""Bounds of the month before that a month begins with."""
STEPS = 6
"""Months with a node more or less that are priced before the solver is asked again."""
ROUNDED = 1e-9
"""Part of a cost that adding up may lose."""

AnyMonth = Callable[[int], Bound]
Priced = Callable[[Array, Flags], float]


@dataclass(frozen=True)
class Rents:
    """What months pay for what lasts: t x p for a node, t x w x (k + p) for a move."""

    nodes: Array
    moving: Array


def first_rents(portfolio: Portfolio) -> Rents:
    """Spread what is paid once: a node's price over the months it falls in, a move over tokens."""
    p = portfolio
    spend = np.minimum.accumulate(np.nan_to_num(p.purchases), axis=0)
    nodes = spend - np.vstack([spend[1:], np.zeros(p.pools)])
    total = p.tokens.sum(axis=0)
    part = np.where(total > 0, p.tokens / np.where(total > 0, total, 1.0), 1 / p.months)
    return Rents(np.maximum(nodes, 0.0), part[:, :, None] * p.moving)


@dataclass
class Alone:
    """A month by itself, and what is known of it."""

    month: int
    whole: Portfolio
    work: Work
    known: list[Known] = field(default_factory=list)
    bounds: list[Bound] = field(default_factory=list)
    recent: list[AnyMonth] = field(default_factory=list)
    """Where the last bounds come from: they fit other months too, if less closely."""
    master: Master = field(init=False)

    def __post_init__(self) -> None:
        self.at(first_rents(self.whole))

    def at(self, rents: Rents) -> None:
        """Charge rents, and keep what is known."""
        one = self.whole.alone(self.month)
        nodes = one.node_costs + rents.nodes[self.month]
        self.rents = rents
        one = replace(one, node_costs=nodes, moving=rents.moving[self.month])
        self.master = Master(one, self.work, rented=True)
        for bound in self.bounds:
            self.master.learn(0, bound)

    def learn(self, bound: AnyMonth) -> None:
        """Take in a bound."""
        self.bounds.append(bound(self.month))
        self.master.learn(0, self.bounds[-1])
        self.recent = [*self.recent[1 - FEW :], bound]

    def tokens_cost(self, months: Sequence[Known], rent: Array | float = 0.0) -> Array:
        """What the tokens of some months, and rented moves, cost at least, by the bounds."""
        nodes = np.stack([each.nodes for each in months])
        opened = np.stack([each.opened for each in months])
        used = opened[:, :, : self.whole.billed].any(axis=1)
        cost = np.array([each.constant for each in self.bounds])
        cost = cost + used @ np.stack([each.engines for each in self.bounds]).T
        saved = np.maximum(np.stack([each.opened for each in self.bounds]) - rent, 0.0)
        cost = cost - opened.reshape(len(months), -1) @ saved.reshape(len(saved), -1).T
        cost = cost - nodes @ np.stack([each.nodes for each in self.bounds]).T
        return np.asarray(cost.max(axis=1))

    def lasting(self, month: Known) -> float:
        """Rent of the nodes and moves of a known month."""
        every = month.nodes + self.whole.spares * (month.nodes > 0)
        moved = self.rents.moving[self.month][month.used].sum()
        return float(self.rents.nodes[self.month] @ every + moved)

    def wider(self, every: Sequence[Known]) -> Iterator[tuple[float, int, int]]:
        """Yield what each month that is not known costs more than the best, at least."""
        (best, *_), known = self.best()
        mine, costs = {each.key for each in known}, self.tokens_cost(every)
        for place, each in enumerate(every):
            if each.key not in mine:
                beside = self.whole.standing(self.month, each.nodes, each.opened)
                more = costs[place] + beside + self.lasting(each) - best
                yield more, self.month, place

    def best(self) -> tuple[list[float], list[Known]]:
        """Return the months known, the cheapest first, and before them their costs."""
        costs = np.array([each.cost + self.lasting(each) for each in self.known])
        order = np.argsort(costs, kind="stable")
        return costs[order].tolist(), [self.known[place] for place in order]

    def least(self, aim: float, priced: Priced, work: float = 0.0) -> tuple[float, Known]:
        """Return what the month costs at least, and the last nodes it was priced with.

        Parameters
        ----------
        priced
            Says what the month costs at the rents with some nodes, and learns bounds from it.
        work
            What is to be left of it for other months.
        """
        (cost, *_), (here, *_) = self.best()
        least = -np.inf
        while True:
            cost = min(cost, self.near(here, cost * (1 - aim), priced, work))
            self.master.narrow(cost * (1 + ROUNDED))
            try:
                chosen, known = self.master.solve(aim / 2), len(self.bounds)
            except UnsolvedError:
                return least, here
            least = max(least, chosen.bound)
            nodes, opened = chosen.nodes[0], chosen.opened[0]
            here = Known(nodes, opened, opened, priced(nodes, opened))
            cost = min(cost, here.cost)
            near = cost - least <= aim * abs(cost)
            if near or len(self.bounds) == known or self.work.left < work:
                return least, here

    def near(self, here: Known, most: float, priced: Priced, work: float) -> float:
        """Price months with a node more or less, of which one may cost less than so much."""
        seen, cost = {here.key}, np.inf
        for _ in range(STEPS):
            others = [each for each in here.near(self.whole) if each.key not in seen]
            floors = self.floors(others) if others else np.array([np.inf])
            place = int(floors.argmin())
            if floors[place] > min(cost, most) or self.work.left < work:
                break
            found = replace(others[place], cost=priced(others[place].nodes, others[place].opened))
            seen.add(found.key)
            cost = min(cost, found.cost)
            here = found if found.cost < here.cost else here
        return cost

    def floors(self, months: Sequence[Known]) -> Array:
        """Return what some months cost at least at the rents, as far as the bounds know."""
        one = self.master.portfolio
        beside = [one.standing(0, each.nodes, each.opened) for each in months]
        return np.array(beside) + self.tokens_cost(months, one.moving)
