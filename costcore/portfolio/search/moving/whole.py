"""A month by itself in one program: nodes, pools, people and engines, with its tokens and moves.

The solver sees all of a month at once, each hour of a workload held by the move and the pool that
it needs; that leaves so little to branch on that this is the quickest way to the best of a month.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from costcore.language.quantities import TOKENS_PER_MTOK
from costcore.portfolio.portfolio import Array, Flags
from costcore.portfolio.search.month import Program
from costcore.portfolio.search.work import Rules, UnsolvedError, Work

ABOVE = 1e-6
"""Part of a move, or of an engine, above which it is chosen."""
BRANCHES = 200
"""Branches that are looked at for a month."""


@dataclass(frozen=True)
class Settled:
    """What was chosen for a month."""

    least: float
    """No choice costs less."""
    cost: float
    nodes: Array
    """Without spares, p."""
    opened: Flags
    """Which engines a workload may use, w x (k + p)."""
    moved: Array
    """Part of each move that is rented, w x (k + p)."""


@dataclass
class Whole(Program):
    """After the variables of the linear program: pools, people and token-billed engines."""

    busiest: Array = field(default_factory=lambda: np.zeros(0))
    """Nodes above which a pool idles in every hour, p."""

    @property
    def beside(self) -> Flags:
        """Which token-billed engines may cost something beside their tokens, k."""
        return np.asarray(super().beside | self.portfolio.optional(self.month))

    @cached_property
    def costs(self) -> Array:
        """Cost of each variable."""
        p, t = self.portfolio, self.month
        node = np.zeros(p.pools) if self.per_node is None else self.per_node
        pools = p.pool_costs[t] + p.spares * node
        return np.concatenate([super().costs, pools, [p.people[t]], p.fees[t]])

    @cached_property
    def places(self) -> dict[str, Any]:
        """Where the variables that open something stand, by name."""
        p = self.portfolio
        x, y = self.pairs[0].size, self.cells[0].size
        move = x + y + self.least_billed.size + p.workloads
        node = move + np.unique(self.moves[1]).size
        pool = node + p.pools
        people = pool + p.pools
        return {
            "bill": x + y + np.arange(self.least_billed.size),
            "move": np.arange(move, node),
            "node": np.arange(node, pool),
            "pool": np.arange(pool, people),
            "people": people,
            "engine": people + 1 + np.arange(p.billed),
        }

    def links(self) -> Iterator[tuple[Any, Any, Any, Any, Any]]:
        """Yield rows a·x <= b·y + c: columns and values of both sides, and what is added."""
        p, t, at = self.portfolio, self.month, self.places
        (w, k), (v, o, g), k0 = self.pairs, self.cells, p.billed
        total = p.tokens[t] / TOKENS_PER_MTOK
        rented = self.rents > 0
        own = np.flatnonzero((o >= k0) & ~rented[v, o])
        load = np.where(p.movable[v], total[v], p.load(t)[v, g])[own]
        yield w.size + own, 1.0, at["pool"][o[own] - k0], load, 0.0
        engine = np.unique(self.moves[1]) % rented.shape[1]
        pool, optional = engine >= k0, np.append(p.optional(t), np.zeros(p.pools, bool))
        yield at["move"][pool], 1.0, at["pool"][engine[pool] - k0], 1.0, 0.0
        fee = optional[engine]
        yield at["move"][fee], 1.0, at["engine"][engine[fee]], 1.0, 0.0
        fee = optional[k] & ~rented[w, k]
        yield np.flatnonzero(fee), 1.0, at["engine"][k[fee]], total[w[fee]], 0.0
        yield at["node"], 1.0, at["pool"], self.busiest, 0.0
        yield at["pool"], np.maximum(p.least, 1.0), at["node"], 1.0, 0.0
        yield at["pool"], 1.0, np.full(p.pools, at["people"]), 1.0, 0.0
        least, offered = p.minimums[t, self.least_billed], optional[self.least_billed]
        engines = at["engine"][self.least_billed]
        yield engines, least * offered, at["bill"], 1.0, least * ~offered

    def rules(self, whole_moves: bool) -> Rules:
        """Return the program in whole numbers."""
        from scipy.sparse import csr_matrix, vstack  # noqa: PLC0415  # most need no solver

        at, size = self.places, self.costs.size
        rows, limit = self.limits()
        blocks, upper = [self.served(), rows], [np.zeros(0), limit]
        for small, less, large, more, beside in self.links():
            shape, each = np.shape(small), np.arange(len(small))
            values = [np.broadcast_to(less, shape), -np.broadcast_to(more, shape)]
            entries = np.concatenate(values), (np.tile(each, 2), np.concatenate([small, large]))
            blocks.append(csr_matrix(entries, shape=(len(small), size)))
            upper.append(-np.broadcast_to(beside, shape))
        served = self.portfolio.tokens[self.month] / TOKENS_PER_MTOK
        whole, high = np.zeros(size), np.full(size, np.inf)
        names = ("move", "node", "pool", "people", "engine")
        for name in names[not whole_moves :]:
            whole[at[name]] = 1.0
        for name in ("move", "pool", "people", "engine"):
            high[at[name]] = 1.0
        highest = np.concatenate([served, *upper])
        lower = np.append(served, np.full(highest.size - served.size, -np.inf))
        least = np.zeros(size)
        least[: self.pairs[0].size] = self.lowest()
        return Rules(self.costs, vstack(blocks, format="csr"), lower, highest, whole, high, least)

    def settle(self, work: Work, gap: float, whole_moves: bool) -> Settled | None:
        """Return the cheapest choice; nothing where none was seen."""
        p, rules, at = self.portfolio, self.rules(whole_moves), self.places
        found = None
        with suppress(UnsolvedError):
            found = work.stepwise(rules, gap, BRANCHES)
        if found is None:
            return None
        nodes = np.where(found.x[at["pool"]] > ABOVE, found.x[at["node"]], 0.0)
        moved = np.zeros(self.rents.shape)
        moved.ravel()[np.unique(self.moves[1])] = found.x[at["move"]]
        engine = (found.x[at["engine"]] > ABOVE) | ~p.optional(self.month)
        opened = np.concatenate([engine, nodes > 0]) & self.opened
        opened &= (moved > ABOVE) | (self.rents == 0)
        cost = float(rules.cost @ found.x)
        return Settled(min(found.bound, cost), cost, nodes, opened, moved)
