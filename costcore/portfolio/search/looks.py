"""Looks at all months: each alone, at rents for what lasts, then joined to a plan."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from costcore.portfolio.portfolio import Array, Flags, Portfolio
from costcore.portfolio.search.bounds import coarse
from costcore.portfolio.search.joined import Joining, Known
from costcore.portfolio.search.month import cheapest_month
from costcore.portfolio.search.monthly import Alone, Rents
from costcore.portfolio.search.moving.moves import better_moves
from costcore.portfolio.search.moving.renting import FEW, Renting
from costcore.portfolio.search.moving.trying import Trying
from costcore.portfolio.search.search import HALF, Search
from costcore.portfolio.search.work import UnsolvedError

PARTS = 4
"""Parts of the gap that are left to what a plan is made of."""
NEAR = 4
"""Cheapest numbers of nodes of a month that the next begins with."""
OFTEN = 6
"""Months after which the search says how far it is."""
FIRST = 6
"""Months that the first of all gets the work of: the next ones begin with what it shows."""
WIDE, WIDENED = 4, 2
"""Months priced, for each month, to widen what plans can be made of, and how often in a row."""
WORTHWHILE, NEARLY = 0.2, 3
"""Part of what is unproven that another look at all months should take away, and times the gap
below which one program of all months is quicker."""

MENDED, MOST_OF = 2, 6.0
"""Times that rents of moves are mended, where so many times the work of a rough look is left."""


class Looks(Search):
    """All months, looked at one by one."""

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
            if np.isfinite(least):
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
        with suppress(UnsolvedError):  # the bound then stays as it is
            found = cheapest_month(told, t, some, opened, rents.moving[t], self.work, per_node)
            self.learn(t, some, opened, found, group)

    def settled(self, one: Alone, here: Known) -> None:
        """Price a month with the moves that it rents for the most part, paid in full."""
        rents = one.rents.moving[one.month]
        if rents.any():
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
        if found := Joining(p, self.work, known).solve(gap / PARTS):
            self.chosen = found.months
            moved = (p.moving == 0) | found.moved
            nodes = np.stack([month.nodes for month in found.months])
            opened = np.stack([month.opened & moved for month in found.months])
            self.priced(self.master.plan(nodes, found.bought, opened, found.moved))
            if self.portfolio.moving.any():
                self.move()

    def try_moves(
        self, rents: Rents, gap: float, shares: Array, kept: float = 0.0
    ) -> Iterator[None]:
        """Try other sets of moves as long as one is better, with some work kept."""
        p, before, nodes = self.portfolio, np.inf, self.portfolio.node_costs + rents.nodes
        trying = Trying(p, self.master.busiest, nodes, self.work, gap / PARTS, kept)
        while self.cheapest.cost < before and self.gap > gap:
            before, (plan, months) = self.cheapest.cost, self.choice
            if (moved := trying.better(plan, months, shares)) is None:
                return
            for t in range(p.months):
                if found := trying.month(t, moved):
                    self.month(t, found.nodes, found.opened, self.no_rents)
            self.join(gap)
            yield

    def mend(self, renting: Renting, gap: float) -> Iterator[None]:
        """Mend what months pay for moves where there is work for it, and bound the plan anew."""
        if self.gap <= gap or self.work.left < MOST_OF * renting.roughly:
            return
        for _ in range(MENDED):
            renting.mend(gap / PARTS, self.cheapest.cost)
            yield
        yield from self.rent(renting, range(self.portfolio.months), FEW, gap)

    def closely(self, renting: Renting, gap: float) -> Iterator[None]:
        """Look closely at the months of which the least is proven, until enough is."""
        order = np.argsort(-renting.unproven(*self.choice), kind="stable")
        yield from self.rent(renting, order.tolist(), renting.hours, gap)

    def rent(
        self,
        renting: Renting,
        order: Sequence[int],
        hours: int,
        gap: float,
        whole_moves: bool = True,
    ) -> Iterator[None]:
        """Bound the plan by its months at rents, with so many hours told apart."""
        for count, _ in enumerate(renting.look(order, hours, gap / PARTS, whole_moves), start=1):
            self.least = max(self.least, renting.bound)
            if self.gap <= gap:
                return
            if count % OFTEN == 0:
                yield
