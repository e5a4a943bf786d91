"""The rounds of the search: months alone and joined, then all months in one program.

A month alone is quick to choose for, and what it costs at least, at rents for what lasts, bounds
the plan. What is left unproven goes to a Benders decomposition: a mixed-integer program chooses
nodes, people and engines of all months; a linear program for each says what the tokens then cost
and what more nodes would save; that is a bound the first learns, until both agree.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from costcore.language.quantities import TOKENS_PER_MTOK
from costcore.portfolio.portfolio import Array, Flags, Portfolio
from costcore.portfolio.search.bounds import bound, first_worth, lowest, option_costs
from costcore.portfolio.search.joined import Joining, Known
from costcore.portfolio.search.master import Chosen, Master
from costcore.portfolio.search.month import Month, cheapest_month
from costcore.portfolio.search.monthly import Alone, Rents, first_rents
from costcore.portfolio.search.moves import better_moves
from costcore.portfolio.search.work import MOST_WORK, SpentError, Work

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
HALF = 0.5
"""Part of a move above which a month is priced with all of it, and below which with nothing."""
NEAR = 4
"""Cheapest numbers of nodes of a month that the next begins with."""
OFTEN = 6
"""Months after which the search says how far it is."""
WIDE = 4
"""Months priced, for each month, to widen what plans can be made of."""
LAST = 5.0
"""Work that is kept for the end."""
WORTHWHILE = 0.2
"""Part of what is unproven that another look at all months should take away."""


@dataclass(frozen=True)
class Plan:
    """A plan that was priced."""

    cost: float
    nodes: Array
    """Of each pool in each month, spares included, t x p."""
    bought: Array
    """Nodes bought in each month, t x p."""
    mtok: Array
    """Million tokens, t x w x (k + p)."""
    tokens_cost: Array
    """What the tokens of each month cost, t."""


class Search:
    """What is known so far: plans with their costs, and how little any plan can cost."""

    def __init__(self, portfolio: Portfolio, work: float = MOST_WORK) -> None:
        self.unit = portfolio.size / SCALE
        self.portfolio = portfolio.distinct.in_units(self.unit)
        self.work = Work(work)
        self.master = Master(self.portfolio, self.work)
        self.least, self.parts, self.spent = -np.inf, PARTS, False
        self.no_rents = np.zeros_like(self.portfolio.moving)
        self.months: dict[tuple[object, ...], Month] = {}
        several = range(portfolio.months if portfolio.months > 1 else 0)
        self.chosen: list[Known] = []
        self.alone = [Alone(t, self.portfolio, self.work) for t in several]
        nothing = np.zeros((portfolio.months, portfolio.pools))
        self.cheapest = Plan(np.inf, nothing, nothing, np.zeros(0), np.zeros(0))
        self.priced(self.master.nothing())

    def best(self) -> Plan:
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
        cost, tokens_cost = plan.cost * self.unit, plan.tokens_cost * self.unit
        return replace(plan, cost=cost, tokens_cost=tokens_cost)

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

    def finish(self) -> None:
        """Make the best of what is known where there is no work left."""
        self.spent = True
        self.work.more(LAST)
        with suppress(SpentError):
            if self.alone:
                self.join(GAP)
            if not np.isfinite(self.cost):
                self.priced(self.master.everything())

    def rounds(self, gap: float) -> Iterator[None]:
        """Search until the best plan is good enough; yield after every round."""
        yield from self.month_by_month(gap) if self.alone else self.look_roughly()
        while self.gap > gap and not self.step(gap):
            yield

    def look_roughly(self) -> Iterator[None]:
        """Learn from parts of nodes and hours taken together, which is quick."""
        coarse, group = _coarse(self.portfolio)
        for _ in range(ROUGH_ROUNDS):
            chosen = self.master.solve(0.0, whole=False)
            for month in range(self.portfolio.months):
                nodes, opened = chosen.nodes[month], chosen.opened[month]
                found = cheapest_month(coarse, month, nodes, opened, self.no_rents, self.work)
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
        found = [
            self._month(month, chosen.nodes[month], chosen.opened[month], self.no_rents)
            for month in range(self.portfolio.months)
        ]
        tokens_cost = np.array([month.cost for month in found])
        cost = chosen.fixed_cost + tokens_cost.sum()
        if cost < self.cheapest.cost:
            nodes = chosen.nodes + self.portfolio.spares * (chosen.nodes > 0)
            mtok = np.stack([month.mtok for month in found])
            self.choice = chosen, found
            self.cheapest = Plan(cost, nodes, chosen.bought, mtok, tokens_cost)
        return len(self.months) > known

    def month_by_month(self, gap: float) -> Iterator[None]:
        """Find the cheapest months, at rents for what lasts, and join them; then mend the rents."""
        rents = first_rents(self.portfolio)
        self.least, *_ = self.master.relaxed()
        yield
        while True:
            before = self.cheapest.cost - self.least
            yield from self.settle(rents, gap / 2)
            yield from self.widen(gap)
            left = self.cheapest.cost - self.least
            if self.gap <= gap or left > before * (1 - WORTHWHILE):
                return
            least, *prices = self.master.relaxed()
            self.least, rents = max(self.least, least), Rents(*prices)

    def lasting(self, rents: Rents) -> float:
        """Return what the rents of all months leave unpaid, or pay too much, of what lasts."""
        p = self.portfolio
        ahead = np.cumsum(rents.nodes[::-1], axis=0)[::-1]
        dear = np.where(p.bought, np.minimum(np.nan_to_num(p.purchases) - ahead, 0.0), 0.0)
        most = (self.master.busiest + p.spares).max(axis=0)
        moves = np.minimum(p.moving - rents.moving.sum(axis=0), 0.0)
        return float((dear * most).sum() + moves.sum() - (rents.nodes * p.owned).sum())

    def settle(self, rents: Rents, aim: float) -> Iterator[None]:
        """Find what each month costs at least; yield now and then."""
        least_of_all = self.lasting(rents)
        for one in self.alone:
            one.at(rents)
            if one.month and len(one.known) == 1:
                self.begin(one, self.alone[one.month - 1])
            floor = self.work.left - (self.work.left - LAST) / (len(self.alone) - one.month)
            least = one.least(aim, partial(self._at_rents, one), floor)
            least_of_all += least
            at = one.month
            self.master.learn_month(at, rents.nodes[at], rents.moving[at], least)
            if (at + 1) % OFTEN == 0 and at + 1 < self.portfolio.months:
                self.join(aim)
                yield
        self.least = max(self.least, least_of_all)
        self.join(aim)
        yield

    def _at_rents(self, one: Alone, nodes: Array, opened: Flags) -> float:
        """Return what a month costs with some nodes, bought ones and moves at their rents."""
        month = self._month(one.month, nodes, opened, one.rents.moving[one.month])
        rent = one.rents.nodes[one.month] @ (nodes + self.portfolio.spares * (nodes > 0))
        return float(self.portfolio.standing(one.month, nodes, opened) + rent + month.total)

    def begin(self, one: Alone, before: Alone) -> None:
        """Begin a month with what is known of the one before."""
        for bound_of in before.recent:
            one.learn(bound_of)
        for known in before.best()[1][: 1 if self.portfolio.moving.any() else NEAR]:
            self._at_rents(one, known.nodes, known.opened)

    def widen(self, gap: float) -> Iterator[None]:
        """Price what else a better plan may be made of, as long as one is found."""
        before = np.inf
        while self.gap > gap and self.cheapest.cost < before:
            before, p = self.cheapest.cost, self.portfolio
            found: list[tuple[float, int, int]] = []
            every = list(self._others())
            for one in self.alone:
                (best, *_), known = one.best()
                mine = {each.key for each in known}
                costs = one.tokens_cost(every)
                for place, each in enumerate(every):
                    if each.key not in mine:
                        beside = p.standing(one.month, each.nodes, each.opened)
                        more = costs[place] + beside + one.lasting(each) - best
                        found.append((more, one.month, place))
            for more, month, place in sorted(found)[: WIDE * len(self.alone)]:
                if more < before - self.least:
                    self._month(month, every[place].nodes, every[place].opened, self.no_rents)
            self.join(gap)
            yield

    def move(self) -> None:
        """Move workloads elsewhere as long as the best plan is cheaper for it."""
        before = np.inf
        while self.cheapest.cost < before:
            before, (best, months) = self.cheapest.cost, self.choice
            moved = better_moves(self.portfolio, best, months)
            opened = best.running[:, None, :] & moved
            self.priced(self.master.plan(best.nodes, best.bought, opened, moved))

    def _others(self) -> Iterator[Known]:
        """Yield choices known in any month, and near the best plan, with its moves only."""
        moved = self.choice[0].moved
        known = (each for one in self.alone for each in one.known)
        near = (each for known in self.chosen for each in known.near(self.portfolio))
        every = {}
        for each in itertools.chain(known, near):
            opened = each.opened & moved
            every.setdefault((each.nodes.tobytes(), opened.tobytes()), replace(each, opened=opened))
        yield from every.values()

    def join(self, gap: float) -> None:
        """Price the best plan of known months."""
        p = self.portfolio
        found = Joining(p, self.work, [one.known for one in self.alone]).solve(gap / PARTS)
        if found:
            self.chosen = found.months
            moved = (p.moving == 0) | found.moved
            nodes = np.stack([month.nodes for month in found.months])
            opened = np.stack([month.opened & moved for month in found.months])
            self.priced(self.master.plan(nodes, found.bought, opened, found.moved))
            if self.portfolio.moving.any():
                self.move()

    def _month(self, month: int, nodes: Array, opened: Flags, rents: Array) -> Month:
        key = (month, nodes.tobytes(), opened.tobytes(), rents.tobytes())
        if key not in self.months:
            found = cheapest_month(self.portfolio, month, nodes, opened, rents, self.work)
            self.months[key] = found
            if self.alone:
                cost = self.portfolio.standing(month, nodes, opened) + found.cost
                used = found.mtok * TOKENS_PER_MTOK > SERVED * self.portfolio.tokens.max()
                self.alone[month].known.append(Known(nodes, opened, used, cost))
            self.learn(month, nodes, opened, found, np.arange(self.portfolio.hours.size))
            if rents.any():
                moved = opened & (found.moved_share > HALF)
                self._month(month, nodes, moved, self.no_rents)
        return self.months[key]

    def learn(
        self, month: int, nodes: Array, opened: Flags, found: Month, group: NDArray[np.intp]
    ) -> None:
        """Tell what a month showed: near these nodes, and with few of them."""
        share, none = found.bill_share, np.zeros_like(opened)
        worth = found.node_hour_worth[:, group]
        first = first_worth(self.portfolio, month, worth, share, opened)
        worth = np.where((nodes > 0)[:, None], worth, first)
        costs = option_costs(self.portfolio, month, worth, share)
        lift = found.level[:, group] - lowest(self.portfolio, month, costs, opened)
        known = partial(bound, self.portfolio, worth=worth, bill_share=share)
        for of in (partial(known, opened=opened, lift=lift), partial(known, opened=none)):
            self.master.learn(month, of(month))
            if self.alone:
                self.alone[month].learn(of)


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
