"""What tokens pay on their way to an engine, in place of the move there that is paid once.

Whatever the tolls, a plan pays no more of them than of moves, if all tokens of a workload pay no
more to an engine than the move costs. So a plan with tolls for moves costs no more, and its months
can be looked at alone. The best tolls, at given prices of node-hours, are the dual solution of a
facility location problem: each hour of a workload is a customer, each engine a place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from costcore.portfolio.portfolio import Array, Flags, Portfolio
from costcore.portfolio.search.bounds import first_worth, option_costs
from costcore.portfolio.search.master import Chosen
from costcore.portfolio.search.month import Month
from costcore.portfolio.search.monthly import Rents
from costcore.portfolio.search.work import Work, row_matrix

CUTS = 40
"""Parts of moves that are tried for a workload at most."""
CLOSE = 1e-5
"""Part of a workload's cost below which other tolls are no better."""
RENTED = 16_000
"""Moves, times workloads squared, that months pay rents for: with more a month takes too long."""
CHARGED = 4
"""Times the gap that may be left where unlikely moves pay tolls, which are no closer."""
FULL = 1e-12
"""What adding up parts of a load may lose of it."""


def charged(
    portfolio: Portfolio, rents: Rents, tolls: Array, moved: Flags, most: int = RENTED
) -> tuple[Portfolio, Rents]:
    """Return a portfolio with tolls in place of unlikely moves, and what months pay for the rest.

    Parameters
    ----------
    tolls
        Of all moves, t x w x (k + p) x h.
    moved
        Moves that are likely for a known plan makes them.
    most
        Moves, times workloads squared, that are likely: those that pay most of their cost.

    Returns
    -------
    Portfolio
        Its best plan costs no more than that of the one that is given.
    Rents
        Those of the moves that are left.
    """
    p = portfolio
    load = np.stack([p.load(t) for t in range(p.months)])
    paid = np.einsum("twoh,twh->wo", tolls, load)
    part = np.where(p.moving > 0, np.where(moved, np.inf, paid / np.maximum(p.moving, FULL)), -1.0)
    rank = np.argsort(np.argsort(-part, axis=None, kind="stable")).reshape(part.shape)
    likely = (p.moving > 0) & (rank < most // p.workloads**2)
    few = np.where(likely[..., None], 0.0, tolls)
    charged = few if few.any() else None
    left = replace(p, moving=np.where(likely, p.moving, 0.0), tolls=charged)
    return left, replace(rents, moving=np.where(likely, rents.moving, 0.0))


def tolls(
    portfolio: Portfolio, plan: Chosen, months: Sequence[Month], nodes: Array, work: Work
) -> Array:
    """Return the tolls that are best at the prices that node-hours have in a plan.

    Parameters
    ----------
    months
        What was found for the plan.
    nodes
        What a node costs in a month, with its part of what is bought, t x p.

    Returns
    -------
    ndarray, t x w x (k + p) x h
        Per million tokens; those of a workload add to no more than its moves cost.
    """
    p = portfolio
    costs = np.stack([_costs(p, t, plan, month, nodes[t]) for t, month in enumerate(months)])
    load = np.stack([p.load(t) for t in range(p.months)])
    found = np.zeros((p.months, *p.moving.shape, p.hours.size))
    for w in np.flatnonzero(p.moving.any(axis=1)):
        by_hour = costs[:, w].swapaxes(1, 2).reshape(-1, costs.shape[2])
        each = Workload(by_hour, load[:, w].ravel(), np.append(p.moving[w], 0.0), work).tolls()
        found[:, w] = each[:, :-1].reshape(p.months, p.hours.size, -1).swapaxes(1, 2)
    return _level(p, found, load)


def _costs(portfolio: Portfolio, t: int, plan: Chosen, month: Month, node: Array) -> Array:
    """Cost of a million tokens of an hour by option in a month, w x (k + p + 1) x h.

    The last option is to leave them unserved, which needs no move.

    A pool without nodes is priced as if its first one were just worth its cost: below it tokens
    would pay no toll where the pool might be opened for them.
    """
    p = portfolio
    first = first_worth(p, t, month.node_hour_worth, month.bill_share, plan.opened[t])
    likely = np.maximum(plan.nodes.max(axis=0), 1.0)
    cost = node + (p.pool_costs[t] + p.spares * node) / likely
    total = first @ p.hours
    first *= np.minimum(cost / np.where(total > 0, total, 1.0), 1.0)[:, None]
    worth = np.where((plan.nodes[t] > 0)[:, None], month.node_hour_worth, first)
    costs = option_costs(p, t, worth, month.bill_share)
    none = np.full((p.workloads, 1, p.hours.size), p.dearest)
    return np.asarray(np.minimum(np.concatenate([costs, none], axis=1), p.dearest))


def _level(portfolio: Portfolio, found: Array, load: Array) -> Array:
    """Charge one toll in all hours of a month to an engine whose bill has a minimum."""
    k = portfolio.billed
    total = load.sum(axis=2)[:, :, None]
    mean = np.einsum("twkh,twh->twk", found[:, :, :k], load) / np.where(total > 0, total, 1.0)
    minimum = (portfolio.minimums > 0)[:, None, :, None]
    found[:, :, :k] = np.where(minimum, mean[..., None], found[:, :, :k])
    return found


@dataclass
class Workload:
    """Hours of all months of a workload, that go where they cost least for parts of moves."""

    costs: Array
    """Of a million tokens, hours x engines."""
    load: Array
    """Million tokens of each hour."""
    moving: Array
    """Cost of a move, by engine."""
    work: Work
    constants: list[float] = field(default_factory=list)
    slopes: list[Array] = field(default_factory=list)
    charged: list[Array] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.paid: Flags = self.moving > 0
        self.order = np.argsort(self.costs, axis=1, kind="stable")
        self.sorted = np.take_along_axis(self.costs, self.order, axis=1)

    def cost(self, parts: Array) -> float:
        """Return what the hours cost with parts of moves, and keep what another part would save."""
        most = np.take_along_axis(np.broadcast_to(parts, self.costs.shape), self.order, axis=1)
        full = np.cumsum(most, axis=1)
        last = np.minimum((full < 1 - FULL).sum(axis=1), self.moving.size - 1)
        dearest = self.sorted[np.arange(last.size), last]
        taken = np.minimum(most, np.maximum(1 - full + most, 0.0))
        cost = np.where(taken > 0, self.sorted, 0.0)
        total = float(self.load @ (cost * taken).sum(axis=1))
        self.charged.append(np.maximum(dearest[:, None] - self.costs, 0.0))
        self.slopes.append(-(self.load @ self.charged[-1])[self.paid])
        self.constants.append(total - float(self.slopes[-1] @ parts[self.paid]))
        return total + float(self.moving @ parts)

    def tolls(self) -> Array:
        """Return the tolls of each hour, hours x engines, that keep the most of the cost."""
        whole = np.ones(self.moving.size)
        least = min(self.cost(np.where(self.paid, 0.0, 1.0)), self.cost(whole))
        while True:
            found = self._parts()
            if least - found.fun <= CLOSE * abs(least) or len(self.slopes) >= CUTS:
                break
            whole[self.paid] = found.x[:-1]
            least = min(least, self.cost(whole))
        shares = -found.ineqlin.marginals
        charged = np.tensordot(shares, np.stack(self.charged), axes=1)
        charged[:, ~self.paid] = 0.0
        total = self.load @ charged
        return np.asarray(charged * np.minimum(self.moving / np.where(total > 0, total, 1.0), 1.0))

    def _parts(self) -> Any:
        """Choose parts of moves, as far as is known."""
        moves = int(self.paid.sum())
        columns = np.arange(moves + 1)
        rows = [(columns, np.append(slope, -1.0)) for slope in self.slopes]
        return self.work.linear(
            np.append(self.moving[self.paid], 1.0),
            A_ub=row_matrix(rows, moves + 1),
            b_ub=-np.array(self.constants),
            bounds=[*[(0.0, 1.0)] * moves, (None, None)],
        )
