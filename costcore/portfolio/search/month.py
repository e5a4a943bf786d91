"""The cheapest way through one month, once its nodes stand: a linear program."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from costcore.language.quantities import TOKENS_PER_MTOK
from costcore.portfolio.portfolio import Array, Flags, Portfolio
from costcore.portfolio.search.work import UnsolvedError, Work


@dataclass(frozen=True)
class Month:
    """What goes where in a month, what is paid for it, and what more nodes would save."""

    cost: float
    """Bills for tokens, what they cost on a pool, and losses; no nodes, people, fees or moves."""
    rent: float
    """Of the moves that are rented, in parts where only a part is needed."""
    moved_share: Array
    """Part of each move that is rented, workloads x engines; 1 where a move takes no rent."""
    mtok: Array
    """Million tokens, workloads x engines: the token-billed ones, then the pools."""
    unserved_mtok: float
    level: Array
    """What one more million tokens of an hour would cost, workloads x hours."""
    node_hour_worth: Array
    """What one more node-hour would save, pools x hours."""
    bill_share: Array
    """Part of an engine's price that a token adds to its bill: less than 1 below a minimum."""

    @property
    def total(self) -> float:
        """Cost and rent."""
        return self.cost + self.rent


@dataclass
class Program:
    """The linear program of a month: variables in blocks, rows as triples."""

    portfolio: Portfolio
    month: int
    nodes: Array
    opened: Flags
    """Which engines a workload may use, w x (k + p)."""
    rents: Array
    """What a move costs in this month, w x (k + p); 0: nothing."""
    per_node: Array | None = None
    """What a node costs where any number may be had, and parts of one, p."""

    @cached_property
    def pairs(self) -> tuple[NDArray[np.intp], ...]:
        """Workload and engine of each token-billed pair that can be in the cheapest month.

        Of engines whose bill has no minimum, and that need no move, a workload takes the one
        with the least price.
        """
        p = self.portfolio
        price = np.where(
            self.opened[:, : p.billed], p.token_costs(self.month)[:, : p.billed], np.inf
        )
        price = np.where(self.hourly, np.inf, price)
        least = self.beside | (self.rents[:, : p.billed] > 0)
        free = np.where(least, np.inf, price)
        cheapest = np.zeros(price.shape, dtype=bool)
        if p.billed:
            cheapest[np.arange(p.workloads), free.argmin(axis=1)] = True
        return np.nonzero(np.isfinite(price) & (least | cheapest))

    @property
    def beside(self) -> Flags:
        """Which token-billed engines may cost something beside their tokens, k."""
        return np.isin(np.arange(self.portfolio.billed), self.least_billed)

    @cached_property
    def hourly(self) -> Flags:
        """Token-billed pairs that take a part of each hour, w x k: of the move that it pays."""
        p = self.portfolio
        rented = self.opened[:, : p.billed] & (self.rents[:, : p.billed] > 0)
        rented &= np.isfinite(p.prices[self.month]) & ~p.movable[:, None]
        return np.asarray(rented & ~np.isin(np.arange(p.billed), self.least_billed))

    @cached_property
    def cells(self) -> tuple[NDArray[np.intp], ...]:
        """Workload, engine and hour of each place for the tokens of an hour."""
        p = self.portfolio
        able = (p.capacity > 0) & (self.nodes > 0) & self.opened[:, p.billed :]
        able = np.concatenate([self.hourly, able], axis=1)
        return np.nonzero(np.broadcast_to(able[..., None], (*able.shape, p.hours.size)))

    @cached_property
    def least_billed(self) -> NDArray[np.intp]:
        """Engines whose bill has a minimum."""
        p = self.portfolio
        used = self.opened[:, : p.billed].any(axis=0) | p.signed
        return np.flatnonzero((p.minimums[self.month] > 0) & used)

    @cached_property
    def moves(self) -> tuple[NDArray[np.intp], NDArray[np.intp], Array]:
        """Places of tokens that take a move, the pair of each, and the most tokens it may take."""
        p = self.portfolio
        (w, k), (v, o, g) = self.pairs, self.cells
        workload = np.concatenate([w, v])
        pair = workload * self.rents.shape[1] + np.concatenate([k, o])
        total = p.tokens[self.month] / TOKENS_PER_MTOK
        load = np.where(p.movable[v], total[v], p.load(self.month)[v, g])
        at = np.flatnonzero(self.rents.ravel()[pair] > 0)
        return at, pair[at], np.concatenate([total[w], load])[at]

    @cached_property
    def costs(self) -> Array:
        """Cost of each variable: tokens of months, of hours, bills, tokens not served, moves."""
        p, t, (w, k), (v, o, _) = self.portfolio, self.month, self.pairs, self.cells
        each, lost = p.token_costs(t), p.token_losses(t)
        price = np.where(np.isin(k, self.least_billed), lost[w, k], each[w, k])
        bills = np.ones(self.least_billed.size)
        moves = self.rents.ravel()[np.unique(self.moves[1])]
        nodes = np.zeros(0) if self.per_node is None else self.per_node
        dear = np.full(p.workloads, p.dearest)
        return np.concatenate([price, each[v, o], bills, dear, moves, nodes])

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
        return csr_matrix(
            (np.ones(rows.size), (rows, places)),
            shape=(self.portfolio.workloads, self.costs.size),
        )

    def limits(self) -> tuple[Any, Array]:
        """Rows of capacity (p x g), of load (w x g), of minimum bills and moves, and limits."""
        from scipy.sparse import csr_matrix  # noqa: PLC0415  # as above

        p, t = self.portfolio, self.month
        (pw, pk), (w, o, g) = self.pairs, self.cells
        hours = p.hours
        x, y, bills = pw.size, w.size, self.least_billed.size
        spread, own, q = ~p.movable[w], o >= p.billed, o - p.billed
        hourly = x + np.arange(y)
        billed = np.flatnonzero(np.isin(pk, self.least_billed))
        first_load, first_bill = p.pools * hours.size, (p.pools + p.workloads) * hours.size
        bill_of = first_bill + np.searchsorted(self.least_billed, pk[billed])
        each = np.arange(bills)
        taken, pair, most = self.moves
        moves, move = np.unique(pair, return_inverse=True)
        first_move = x + y + bills + p.workloads
        row = first_bill + bills + np.arange(taken.size)
        triples = (
            ((q * hours.size + g)[own], hourly[own], TOKENS_PER_MTOK / p.capacity[w[own], q[own]]),
            ((first_load + w * hours.size + g)[spread], hourly[spread], np.ones(spread.sum())),
            (bill_of, billed, p.prices[t, pw[billed], pk[billed]]),
            (first_bill + each, x + y + each, -np.ones(bills)),
            (row, taken, np.ones(row.size)),
            (row, first_move + move, -most),
            self._free_nodes(first_move + moves.size),
        )
        rows, columns, values = (np.concatenate(part) for part in zip(*triples, strict=True))
        shape = (first_bill + bills + row.size, self.costs.size)
        held = self.nodes * (self.per_node is None)
        capacity = (held[:, None] * hours).ravel()
        limit = np.concatenate([capacity, p.load(t).ravel(), np.zeros(bills + row.size)])
        return csr_matrix((values, (rows, columns)), shape=shape), limit

    def _free_nodes(self, first: int) -> tuple[NDArray[np.intp], NDArray[np.intp], Array]:
        """Room that each node brings, where any number may be had."""
        p, hours = self.portfolio, self.portfolio.hours
        pools = np.arange(0 if self.per_node is None else p.pools)
        rows = pools[:, None] * hours.size + np.arange(hours.size)
        columns = np.repeat(first + pools, hours.size)
        return rows.ravel(), columns, -np.tile(hours, pools.size)

    def solve(self, work: Work) -> Month:
        """Return the cheapest month.

        Raises
        ------
        UnsolvedError
            If the solver does not find it.
        """
        p, t = self.portfolio, self.month
        matrix, limit = self.limits()
        x, y, bills = self.pairs[0].size, self.cells[0].size, self.least_billed
        lower, costs = np.zeros(matrix.shape[1]), self.costs
        lower[:x] = self.lowest()
        lower[x + y : x + y + bills.size] = p.minimums[t, bills]
        found = work.linear(
            costs,
            A_ub=matrix,
            b_ub=limit,
            A_eq=self.served(),
            b_eq=p.tokens[t] / TOKENS_PER_MTOK,
            bounds=np.column_stack([lower, np.full(lower.size, np.inf)]),
        )
        if not found.success:
            raise UnsolvedError(found.message)
        mtok = np.zeros((p.workloads, p.billed + p.pools))
        mtok[self.pairs] = found.x[:x]
        np.add.at(mtok, self.cells[:2], found.x[x : x + y])
        first_move = x + y + bills.size + p.workloads
        move = np.unique(self.moves[1])
        moved = np.where(self.rents > 0, 0.0, 1.0)
        moved.ravel()[move] = found.x[first_move : first_move + move.size]
        rent = float(costs[first_move:] @ found.x[first_move:])
        unserved = float(found.x[x + y + bills.size : first_move].sum())
        return Month(float(found.fun) - rent, rent, moved, mtok, unserved, *self.worths(found))

    def worths(self, found: Any) -> tuple[Array, Array, Array]:
        """Return what more tokens would cost and more node-hours save, and shares of prices."""
        p, hours, worth = self.portfolio, self.portfolio.hours.size, -found.ineqlin.marginals
        parts = np.cumsum([p.pools * hours, p.workloads * hours, self.least_billed.size])
        nodes, load, billed, _ = np.split(worth, parts)
        level = found.eqlin.marginals[:, None] - load.reshape(p.workloads, hours)
        share = np.ones(p.billed)
        share[self.least_billed] = billed
        return level, nodes.reshape(p.pools, hours), share


def cheapest_month(
    portfolio: Portfolio,
    month: int,
    nodes: Array,
    opened: Flags,
    rents: Array,
    work: Work,
    per_node: Array | None = None,
) -> Month:
    """Send every token of a month to the cheapest engine that has room for it.

    Parameters
    ----------
    nodes
        Of each pool, without spares; a part of a node is allowed.
    opened
        Which engines a workload may use, w x (k + p).
    rents
        What each then pays in the month for having been moved, w x (k + p).
    per_node
        What a node costs where any number may be had of pools that have some, p; part of the rent.
    """
    return Program(portfolio, month, nodes, opened, rents, per_node).solve(work)
