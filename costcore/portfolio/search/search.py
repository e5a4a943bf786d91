"""What a search knows: plans and months that were priced, and what they teach."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from costcore.language.quantities import TOKENS_PER_MTOK
from costcore.portfolio.portfolio import Array, Flags, Portfolio
from costcore.portfolio.search.bounds import bound, first_worth, lowest, option_costs
from costcore.portfolio.search.joined import Known
from costcore.portfolio.search.master import Chosen, Master
from costcore.portfolio.search.month import Month, cheapest_month
from costcore.portfolio.search.monthly import Alone
from costcore.portfolio.search.work import Work

SERVED = 1e-9
"""Tokens that a program may leave over, of the largest volume."""
LEAST_COST = 1.0
"""A cost below it is proven to a part of this."""
SCALE = 1e4
"""All money is counted so that the cost is about this, where the solver is at its best."""
HALF = 0.5
"""Part of a move above which a month is priced with all of it, and below which with nothing."""


class UnservedError(ValueError):
    """A workload has tokens that no engine can serve."""


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

    def __init__(self, portfolio: Portfolio, work: Work, unit: float | None = None) -> None:
        self.unit = unit or portfolio.size / SCALE
        self.portfolio = portfolio.worthwhile.distinct.in_units(self.unit)
        self.work = work
        self.master = Master(self.portfolio, self.work)
        self.least = -np.inf
        self.no_rents = np.zeros_like(self.portfolio.moving)
        self.months: dict[tuple[object, ...], tuple[int, Array, Flags, Month]] = {}
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
        UnservedError
            If it leaves tokens that nothing serves.
        """
        plan = self.cheapest
        if (short := self.unserved(plan.mtok)).any():
            month, workload = np.argwhere(short)[0]
            raise UnservedError(f"no engine can serve workload {workload + 1} in month {month + 1}")
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

    def priced(self, chosen: Chosen) -> bool:
        """Price a plan in all hours; say whether a month of it was new."""
        known = len(self.months)
        found = [
            self.month(month, chosen.nodes[month], chosen.opened[month], self.no_rents)
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

    def month(self, month: int, nodes: Array, opened: Flags, rents: Array) -> Month:
        """Price a month with some nodes, once, and learn from it."""
        key = _key(month, nodes, opened, rents)
        if key not in self.months:
            found = cheapest_month(self.portfolio, month, nodes, opened, rents, self.work)
            self.take(month, nodes, opened, rents, found)
        return self.months[key][-1]

    def take(self, month: int, nodes: Array, opened: Flags, rents: Array, found: Month) -> None:
        """Keep a month that was priced, and learn from it."""
        key = _key(month, nodes, opened, rents)
        if key in self.months:
            return
        self.months[key] = month, nodes, opened, found
        if self.alone:
            cost = self.portfolio.standing(month, nodes, opened) + found.cost
            used = found.mtok * TOKENS_PER_MTOK > SERVED * self.portfolio.tokens.max()
            self.alone[month].known.append(Known(nodes, opened, used, cost))
        self.learn(month, nodes, opened, found, np.arange(self.portfolio.hours.size))

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


def _key(month: int, nodes: Array, opened: Flags, rents: Array) -> tuple[object, ...]:
    """Return what a month chooses, as no other does."""
    return month, nodes.tobytes(), opened.tobytes(), rents.tobytes()
