"""The rounds of the search: months alone and joined, then all months in one program.

A month alone is quick to choose for, and what it costs at least, at rents for what lasts, bounds
the plan. Where moves cost something, a rough look at all months says which to make and what each
month should pay: a plan with these is found first; of many moves, the unlikely ones pay tolls. What
is left unproven goes to a Benders decomposition: a mixed-integer program chooses nodes, people and
engines of all months; a linear one for each says what tokens cost then, until both agree.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from costcore.portfolio.portfolio import Array, Flags, Portfolio
from costcore.portfolio.search.bounds import coarse
from costcore.portfolio.search.joined import Joining, Known
from costcore.portfolio.search.month import cheapest_month
from costcore.portfolio.search.monthly import Alone, Rents, first_rents
from costcore.portfolio.search.moves import better_moves
from costcore.portfolio.search.parted import parted
from costcore.portfolio.search.search import HALF, Search
from costcore.portfolio.search.tolls import CHARGED, charged, tolls
from costcore.portfolio.search.work import SpentError

GAP = 1e-3
"""Of the cost: what may be left unproven."""
ROUGH, PARTS = 0.04, 4
"""Nodes are chosen to a part of the gap that there is still: the first choices are quick."""
EXACT = 1e-9
"""Smallest gap that floating point can prove."""
SOLVER = 1e-5
"""Gap below which the solver's own tolerance may hide that there is none."""
ROUGH_ROUNDS = 12
STRETCHED = 12
"""Hours that are told apart where stretches of months are chosen for together."""
NEAR = 4
"""Cheapest numbers of nodes of a month that the next begins with."""
OFTEN = 6
"""Months after which the search says how far it is."""
FIRST = 6
"""Months that the first of all gets the work of: the next ones begin with what it shows."""
WIDE, WIDENED = 4, 2
"""Months priced, for each month, to widen what plans can be made of, and how often in a row."""
LAST = 2.5
"""Work that is added to put an end to a search."""
LATER = 0.4
"""Part of the work that is kept for after the moves are known."""
WORTHWHILE, NEARLY = 0.2, 3
"""Part of what is unproven that another look at all months should take away, and times the gap
below which one program of all months is quicker."""


class Rounds(Search):
    """The search, round by round."""

    parts = PARTS
    spent = False
    """Whether there was no work left."""

    def finish(self) -> None:
        """Make the best of what is known where there is no work left."""
        self.spent = True
        self.work.more(LAST)
        with suppress(SpentError):
            if self.alone:
                self.join(GAP)
                self.relax()
            if not np.isfinite(self.cost):
                self.priced(self.master.everything())

    def rounds(self, gap: float) -> Iterator[None]:
        """Search until the best plan is good enough; yield after every round."""
        yield from self.month_by_month(gap) if self.alone else self.look_roughly()
        while self.gap > gap and not self.step(gap):
            yield

    def look_roughly(self) -> Iterator[None]:
        """Learn from parts of nodes and hours taken together, which is quick."""
        told, group = coarse(self.portfolio)
        for _ in range(ROUGH_ROUNDS):
            chosen = self.master.solve(0.0, whole=False)
            for month in range(self.portfolio.months):
                nodes, opened = chosen.nodes[month], chosen.opened[month]
                found = cheapest_month(told, month, nodes, opened, self.no_rents, self.work)
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

    def month_by_month(self, gap: float) -> Iterator[None]:
        """Find the cheapest months, at rents for what lasts, and join them; then mend the rents."""
        rents = first_rents(self.portfolio)
        self.relax()
        yield
        few = coarse(self.portfolio, STRETCHED)[0]
        if moves := parted(few, self.work) if few.moving.any() else None:
            yield from self.stay(moves.moved, gap)
            yield from self.charge(replace(rents, moving=moves.rents), gap)
        else:
            yield from self.looks(rents, gap)

    def looks(self, rents: Rents, gap: float) -> Iterator[None]:
        """Look at all months at rents, and mend these, as long as that is worth its while."""
        while self.gap > gap:
            before = self.cheapest.cost - self.least
            yield from self.look(rents, gap)
            little = self.cheapest.cost - self.least > before * (1 - WORTHWHILE)
            if little or self.gap < NEARLY * gap:
                return
            rents = self.relax()

    def look(self, rents: Rents, gap: float, kept: float = 0.0) -> Iterator[None]:
        """Find the cheapest months and join them, with some work kept."""
        yield from self.settle(rents, gap / 2, kept)
        if not self.bounding:
            yield from self.widen(gap)

    def settle(self, rents: Rents, aim: float, kept: float) -> Iterator[None]:
        """Find what each month costs at least, with some work kept; yield now and then."""
        p, least_of_all = self.portfolio, self.master.unpaid(rents.nodes, rents.moving)
        self.all_loosely(rents)
        for one in self.alone:
            if one.month and (len(one.known) == 1 or rents.moving.any()):
                self.begin(one, self.alone[one.month - 1])
            first = 1 if one.month else FIRST
            part = first / (len(self.alone) - one.month + first - 1)
            floor = self.work.left - (self.work.left - kept) * part
            self.loosen(one, p, np.arange(p.hours.size))
            least, here = one.least(aim, partial(self._at_rents, one), floor)
            self.settled(one, here)
            least_of_all += least
            at = one.month
            self.master.learn_month(at, rents.nodes[at], rents.moving[at], least)
            if (at + 1) % OFTEN == 0 and at + 1 < self.portfolio.months:
                self.join(aim)
                yield
        self.least = max(self.least, least_of_all)
        self.join(aim)
        yield

    def all_loosely(self, rents: Rents) -> None:
        """Charge rents, and bound all months by few hours each: there may be no work for more."""
        told, group = coarse(self.portfolio)
        for one in self.alone:
            one.at(rents)
            self.loosen(one, told, group)
        if rents.moving.any():
            self.relax()

    def relax(self) -> Rents:
        """Raise what any plan costs to what parts of nodes do, and return what months would pay."""
        least, nodes, moving = self.master.relaxed()
        self.least = max(self.least, least)
        return Rents(nodes, moving)

    def loosen(self, one: Alone, told: Portfolio, group: NDArray[np.intp]) -> None:
        """Learn from a month with parts of nodes: no bound is as close in all directions."""
        p, rents, t = self.portfolio, one.rents, one.month
        if not rents.moving[t].any():
            return
        (best, *_), node = one.best()[1], p.node_costs[t] + rents.nodes[t]
        likely = np.where((best.nodes > 0) & (told is p), best.nodes, self.master.busiest[t])
        per_node = node + (p.pool_costs[t] + p.spares * node) / np.maximum(likely, 1.0)
        some, opened = np.ones(p.pools), np.ones_like(best.opened)
        found = cheapest_month(told, t, some, opened, rents.moving[t], self.work, per_node)
        self.learn(t, some, opened, found, group)

    def settled(self, one: Alone, here: Known) -> None:
        """Price a month with the moves that it rents for the most part, paid in full."""
        rents = one.rents.moving[one.month]
        if rents.any() and not self.bounding:
            found = self.month(one.month, here.nodes, here.opened, rents)
            moved = here.opened & (found.moved_share > HALF)
            self.month(one.month, here.nodes, moved, self.no_rents)

    def _at_rents(self, one: Alone, nodes: Array, opened: Flags) -> float:
        """Return what a month costs with some nodes, bought ones and moves at their rents."""
        month = self.month(one.month, nodes, opened, one.rents.moving[one.month])
        rent = one.rents.nodes[one.month] @ (nodes + self.portfolio.spares * (nodes > 0))
        return float(self.portfolio.standing(one.month, nodes, opened) + rent + month.total)

    def begin(self, one: Alone, before: Alone) -> None:
        """Begin a month with what is known of the one before."""
        for bound_of in before.recent:
            one.learn(bound_of)
        for known in before.best()[1][: 1 if self.portfolio.moving.any() else NEAR]:
            self._at_rents(one, known.nodes, known.opened)

    def widen(self, gap: float) -> Iterator[None]:
        """Price what else a better plan may be made of."""
        before = np.inf
        for _ in range(WIDENED):
            if self.gap <= gap or self.cheapest.cost >= before:
                return
            before, every = self.cheapest.cost, list(self._others())
            found = [each for one in self.alone for each in one.wider(every)]
            for more, month, place in sorted(found)[: WIDE * len(self.alone)]:
                if more < before - self.least:
                    self.month(month, every[place].nodes, every[place].opened, self.no_rents)
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

    def stay(self, moved: Flags, gap: float) -> Iterator[None]:
        """Look for a plan with some moves and no more, which is quick to find; learn from it."""
        p, moved = self.portfolio, moved | (self.portfolio.moving == 0)
        prices = np.where(moved[:, : p.billed], p.prices, np.inf)
        capacity = np.where(moved[:, p.billed :], p.capacity, 0.0)
        few = replace(p, prices=prices, capacity=capacity, moving=np.zeros_like(p.moving))
        inner = Rounds(few, self.work, unit=1.0)
        look = inner.look(first_rents(few), gap, LATER * self.work.left)
        yield from self.within(inner, look, moved)

    def charge(self, rents: Rents, gap: float) -> Iterator[None]:
        """Bound plans by those that pay tolls for unlikely moves, which months choose alone."""
        p, best = self.portfolio, self.choice[0]
        found = tolls(p, *self.choice, p.node_costs + rents.nodes, self.work)
        few, rents = charged(p, rents, found, best.moved)
        if few.tolls is None:
            yield from self.looks(rents, gap)
            return
        inner, free = Rounds(few, self.work, unit=1.0), (few.moving > 0) | (p.moving == 0)
        for month, known, opened, priced in self.months.values():
            if not (opened & ~free).any():  # it pays no toll, and costs the same
                inner.take(month, known, opened, self.no_rents, priced)
        inner.priced(best)
        try:
            for _ in self.within(inner, inner.looks(rents, CHARGED * gap), free):
                self.least = max(self.least, inner.least)
                yield
        finally:
            self.least = max(self.least, inner.least)

    def within(self, inner: Rounds, rounds: Iterator[None], moved: Flags) -> Iterator[None]:
        """Search a portfolio in which some moves are free, and take over its plan with others."""
        try:
            yield from rounds
        except SpentError:
            inner.finish()
            raise
        finally:
            for month, nodes, opened, found in inner.months.values():
                if inner.portfolio.tolls is None:
                    self.take(month, nodes, opened & moved, self.no_rents, found)
            best = inner.choice[0]
            moved = moved & best.moved
            opened = best.running[:, None, :] & moved
            self.priced(self.master.plan(best.nodes, best.bought, opened, moved))
            self.move()

    def _others(self) -> Iterator[Known]:
        """Yield choices known in any month, and near the best plan, with its moves only."""
        moved = self.choice[0].moved
        known = (each for one in self.alone for each in one.known)
        near = (each for known in self.chosen for each in known.near(self.portfolio))
        every: dict[tuple[bytes, bytes], Known] = {}
        for each in itertools.chain(known, near):
            opened = each.opened & moved
            every.setdefault((each.nodes.tobytes(), opened.tobytes()), replace(each, opened=opened))
        yield from every.values()

    def join(self, gap: float) -> None:
        """Price the best plan of known months."""
        p, known = self.portfolio, [one.known for one in self.alone]
        if found := None if self.bounding else Joining(p, self.work, known).solve(gap / PARTS):
            self.chosen = found.months
            moved = (p.moving == 0) | found.moved
            nodes = np.stack([month.nodes for month in found.months])
            opened = np.stack([month.opened & moved for month in found.months])
            self.priced(self.master.plan(nodes, found.bought, opened, found.moved))
            if self.portfolio.moving.any():
                self.move()
