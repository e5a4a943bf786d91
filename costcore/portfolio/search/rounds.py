"""The rounds of the search: months alone and joined, then all months in one program.

A month alone is quick to choose for, and what it costs at least, at rents for what lasts, bounds
the plan. Where moves cost something, a rough look at all months says which to make and what each
month should pay: a plan with these is found first, then others are tried. What is left unproven
goes to a Benders decomposition: a mixed-integer program chooses nodes, people and engines of all
months; a linear one for each says what tokens cost then, until both agree.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import numpy as np

from costcore.portfolio.portfolio import Flags
from costcore.portfolio.search.bounds import coarse
from costcore.portfolio.search.looks import PARTS, Looks
from costcore.portfolio.search.month import cheapest_month
from costcore.portfolio.search.monthly import first_rents
from costcore.portfolio.search.moving.parted import parted
from costcore.portfolio.search.moving.renting import FEW, Renting
from costcore.portfolio.search.work import SpentError, UnsolvedError

GAP = 1e-3
"""Of the cost: what may be left unproven."""
ROUGH = 0.04
"""Nodes are chosen to a part of the gap that there is still: the first choices are quick."""
EXACT = 1e-9
"""Smallest gap that floating point can prove."""
SOLVER = 1e-5
"""Gap below which the solver's own tolerance may hide that there is none."""
FEWEST = 20
"""Programs of all months with moves that there is to be work for: a few prove nothing."""
ROUGH_ROUNDS = 12
STRETCHED = 12
"""Hours that are told apart where stretches of months are chosen for together."""
LAST = 2.5
"""Work that is added to put an end to a search."""
KEPT = 0.5
"""Part of the work left that is kept for looking closely where other moves are tried."""
LATER = 0.4
"""Part of the work that is kept for after the moves are known."""


class Rounds(Looks):
    """The search, round by round."""

    parts = PARTS
    spent = False
    """Whether there was no work left."""

    def finish(self) -> None:
        """Make the best of what is known where there is no work left, or the solver failed."""
        self.spent = True
        self.work.more(LAST)
        with suppress(SpentError, UnsolvedError):
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
        with suppress(UnsolvedError):  # the bound then stays as it is
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
        entries = sum(columns.size for columns, _ in self.master.rows)
        if self.portfolio.moving.any() and not self.work.is_enough(entries, FEWEST):
            raise SpentError
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
            renting = Renting(self.portfolio, self.master, rents.nodes, moves.rents, self.work)
            every = range(self.portfolio.months)
            yield from self.rent(renting, every, FEW, gap, whole_moves=False)
            yield from self.stay(moves.moved, gap)
            yield from self.mend(renting, gap)
            wanted = renting.wanted.mean(axis=0)
            yield from self.try_moves(rents, gap, wanted, self.work.left * KEPT)
            yield from self.closely(renting, gap)
            yield from self.try_moves(rents, gap, wanted)
        else:
            yield from self.looks(rents, gap)

    def stay(self, moved: Flags, gap: float) -> Iterator[None]:
        """Look for a plan with some moves and no more, which is quick to find; learn from it."""
        p, moved = self.portfolio, moved | (self.portfolio.moving == 0)
        prices = np.where(moved[:, : p.billed], p.prices, np.inf)
        capacity = np.where(moved[:, p.billed :], p.capacity, 0.0)
        few = replace(p, prices=prices, capacity=capacity, moving=np.zeros_like(p.moving))
        inner = Rounds(few, self.work, unit=1.0)
        look = inner.look(first_rents(few), gap, LATER * self.work.left)
        yield from self.within(inner, look, moved)

    def within(self, inner: Rounds, rounds: Iterator[None], moved: Flags) -> Iterator[None]:
        """Search a portfolio in which some moves are free, and take over its plan with others."""
        try:
            yield from rounds
        except (SpentError, UnsolvedError):
            inner.finish()
            raise
        finally:
            for month, nodes, opened, found in inner.months.values():
                self.take(month, nodes, opened & moved, self.no_rents, found)
            best = inner.choice[0]
            moved = moved & best.moved
            opened = best.running[:, None, :] & moved
            self.priced(self.master.plan(best.nodes, best.bought, opened, moved))
            self.move()
