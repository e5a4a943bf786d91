"""The cheapest way through one month, once its nodes stand: a linear program."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from costcore.language.quantities import TOKENS_PER_MTOK
from costcore.portfolio.portfolio import Array, Flags, Portfolio

DEAREST = 10.0
"""Price of a token that nobody serves, over what one can cost that is served."""


@dataclass(frozen=True)
class Month:
    """What goes where in a month, what is paid for it, and what more nodes would save."""

    cost: float
    """Bills for tokens, and what tokens cost on a pool; no nodes, people or fees."""
    mtok: Array
    """Million tokens, workloads x engines: the token-billed ones, then the pools."""
    unserved_mtok: float
    node_hour_worth: Array
    """What one more node-hour would save, pools x hours."""
    bill_share: Array
    """Part of an engine's price that a token adds to its bill: less than 1 below a minimum."""


def dearest(portfolio: Portfolio) -> float:
    """Price that no plan pays if it can be helped."""
    p = portfolio
    finite = p.prices[np.isfinite(p.prices)].max(initial=0.0)
    hour = np.where(p.capacity > 0, TOKENS_PER_MTOK / np.where(p.capacity > 0, p.capacity, 1), 0)
    bought = np.nan_to_num(p.purchases).max(axis=0) + p.node_costs.max(axis=0)
    nodes = (hour * bought).max(initial=0.0) * p.shapes.max() / p.hours_per_month
    fixed = p.pool_costs.sum() + p.people.sum() + p.fees.sum() + p.minimums.sum() + p.moving.sum()
    fixed += ((p.spares + p.least) * bought).sum()
    least = p.tokens[p.tokens > 0].min(initial=p.tokens.max()) / TOKENS_PER_MTOK
    return float(DEAREST * (finite + nodes + fixed / max(least, 1.0)))


@dataclass
class Program:
    """The linear program of a month: variables in blocks, rows as triples."""

    portfolio: Portfolio
    month: int
    nodes: Array
    opened: Flags
    """Which engines a workload may use, w x (k + p)."""

    @cached_property
    def pairs(self) -> tuple[NDArray[np.intp], ...]:
        """Workload and engine of each token-billed pair that can be in the cheapest month.

        Of engines whose bill has no minimum, a workload takes the one with the least price.
        """
        p = self.portfolio
        price = np.where(self.opened[:, : p.billed], p.prices[self.month], np.inf)
        least = np.isin(np.arange(p.billed), self.least_billed)
        free = np.where(least, np.inf, price)
        cheapest = np.zeros(price.shape, dtype=bool)
        if p.billed:
            cheapest[np.arange(p.workloads), free.argmin(axis=1)] = True
        return np.nonzero(np.isfinite(price) & (least | cheapest))

    @cached_property
    def cells(self) -> tuple[NDArray[np.intp], ...]:
        """Workload, pool and hour of each place on a pool."""
        p = self.portfolio
        able = (p.capacity > 0) & (self.nodes > 0) & self.opened[:, p.billed :]
        hours = p.hours.size
        return np.nonzero(np.broadcast_to(able[..., None], (*able.shape, hours)))

    @cached_property
    def least_billed(self) -> NDArray[np.intp]:
        """Engines whose bill has a minimum."""
        p = self.portfolio
        used = self.opened[:, : p.billed].any(axis=0) | p.signed
        return np.flatnonzero((p.minimums[self.month] > 0) & used)

    def costs(self) -> Array:
        """Cost of each variable: tokens bought, tokens on pools, bills, tokens not served."""
        p, t = self.portfolio, self.month
        w, k = self.pairs
        price = np.where(np.isin(k, self.least_billed), 0.0, p.prices[t, w, k])
        own = p.own_prices[t, self.cells[1]]
        bills = np.ones(self.least_billed.size)
        return np.concatenate([price, own, bills, np.full(p.workloads, dearest(p))])

    def lowest(self) -> Array:
        """Least tokens of each token-billed pair: 0, or no limit where other rows imply it.

        The only one of a workload that cannot be moved takes what pools leave of its load; the
        solver then does without it, and sees that hours are nothing to each other.
        """
        workload = self.pairs[0]
        alone = np.bincount(workload, minlength=self.portfolio.workloads) == 1
        return np.where((alone & ~self.portfolio.movable)[workload], -np.inf, 0.0)

    def served(self) -> Any:
        """Rows that serve every token: workloads x variables."""
        from scipy.sparse import csr_matrix  # noqa: PLC0415  # most plans need no solver

        rows = np.concatenate([self.pairs[0], self.cells[0], np.arange(self.portfolio.workloads)])
        x, y = self.pairs[0].size, self.cells[0].size
        bills = self.least_billed.size
        places = np.concatenate([np.arange(x + y), x + y + bills + np.arange(rows.size - x - y)])
        shape = (self.portfolio.workloads, rows.size + bills)
        return csr_matrix((np.ones(rows.size), (rows, places)), shape=shape)

    def limits(self) -> tuple[Any, Array]:
        """Rows of capacity (p x g), of load (w x g) and of minimum bills, and their limits."""
        from scipy.sparse import csr_matrix  # noqa: PLC0415  # as above

        p, t = self.portfolio, self.month
        (pw, pk), (w, q, g) = self.pairs, self.cells
        hours = p.hours
        x, y, bills = pw.size, w.size, self.least_billed.size
        spread = ~p.movable[w]
        on_pool = x + np.arange(y)
        billed = np.flatnonzero(np.isin(pk, self.least_billed))
        first_load, first_bill = p.pools * hours.size, (p.pools + p.workloads) * hours.size
        bill_of = first_bill + np.searchsorted(self.least_billed, pk[billed])
        each = np.arange(bills)
        triples = (
            (q * hours.size + g, on_pool, TOKENS_PER_MTOK / p.capacity[w, q]),
            ((first_load + w * hours.size + g)[spread], on_pool[spread], np.ones(spread.sum())),
            (bill_of, billed, p.prices[t, pw[billed], pk[billed]]),
            (first_bill + each, x + y + each, -np.ones(bills)),
        )
        rows, columns, values = (np.concatenate(part) for part in zip(*triples, strict=True))
        shape = (first_bill + bills, x + y + bills + p.workloads)
        capacity = (self.nodes[:, None] * hours).ravel()
        limit = np.concatenate([capacity, p.load(t).ravel(), np.zeros(bills)])
        return csr_matrix((values, (rows, columns)), shape=shape), limit

    def solve(self) -> Month:
        """Return the cheapest month."""
        from scipy.optimize import linprog  # noqa: PLC0415  # as above

        p, t = self.portfolio, self.month
        matrix, limit = self.limits()
        x, y, bills = self.pairs[0].size, self.cells[0].size, self.least_billed
        lower = np.zeros(matrix.shape[1])
        lower[:x] = self.lowest()
        lower[x + y : x + y + bills.size] = p.minimums[t, bills]
        total = p.tokens[t] / TOKENS_PER_MTOK
        found = linprog(
            self.costs(),
            A_ub=matrix,
            b_ub=limit,
            A_eq=self.served(),
            b_eq=total,
            bounds=np.column_stack([lower, np.full(lower.size, np.inf)]),
        )
        mtok = np.zeros((p.workloads, p.billed + p.pools))
        mtok[self.pairs] = found.x[:x]
        np.add.at(mtok, (self.cells[0], p.billed + self.cells[1]), found.x[x : x + y])
        hours = p.hours
        worth = -found.ineqlin.marginals[: p.pools * hours.size].reshape(p.pools, hours.size)
        share = np.ones(p.billed)
        share[bills] = -found.ineqlin.marginals[matrix.shape[0] - bills.size :]
        unserved = float(found.x[x + y + bills.size :].sum())
        return Month(float(found.fun), mtok, unserved, worth, share)


def cheapest_month(portfolio: Portfolio, month: int, nodes: Array, opened: Flags) -> Month:
    """Send every token of a month to the cheapest engine that has room for it.

    Parameters
    ----------
    nodes
        Of each pool, without spares; a part of a node is allowed.
    opened
        Which engines a workload may use, w x (k + p).
    """
    return Program(portfolio, month, nodes, opened).solve()
