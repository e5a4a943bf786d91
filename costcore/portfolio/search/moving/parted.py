"""Which workloads to move where, roughly: parts of moves and nodes, in one linear program.

A move is paid once for all months, so months alone cannot choose it. Here all months are chosen
for together, with stretches of months and hours that are nearly alike taken for one. A workload
takes no more of an hour to an engine than the part of the move that it pays (not: of a month),
which leaves little to choose but whole moves; and what each month would pay for them is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from costcore.language.quantities import TOKENS_PER_MTOK
from costcore.portfolio.portfolio import BY_MONTH, Array, Flags, Portfolio
from costcore.portfolio.search.work import Found, Rules, UnsolvedError, Work

STRETCHES = 4
"""Months are taken together to so many at most."""
SOME, HALF = 1e-6, 0.5
"""Part of a move that is chosen at all, and that is chosen where there is no work for more."""
ROUGH_GAP, BRANCHES = 1e-3, 20
"""What may be left unproven of whole moves, and branches that are looked at for them."""

Block = tuple[NDArray[np.intp], Array, Array]
"""Rows of as many entries each: columns and values, and what they may add to at most."""


@dataclass(frozen=True)
class Parted:
    """What the program chose."""

    moved: Flags
    """Which moves to make, w x (k + p)."""
    rents: Array
    """What a month pays for each move, t x w x (k + p): together no more than it costs."""


def stretches(portfolio: Portfolio) -> tuple[Portfolio, NDArray[np.intp]]:
    """Take months together, and say in which stretch each month is."""
    p = portfolio
    of = np.arange(p.months) * min(STRETCHES, p.months) // p.months
    first = np.flatnonzero(np.diff(of, prepend=-1))
    cut: dict[str, Any] = {name: np.add.reduceat(getattr(p, name), first) for name in BY_MONTH}
    cut["purchases"] = p.purchases[first]
    cut["tokens"] /= np.bincount(of)[:, None]
    return replace(p, **cut), of


@dataclass
class Program:
    """Variables: parts of nodes and pools, people, purchases, moves; and of loads, pair by pair."""

    portfolio: Portfolio
    rows: list[Block] = field(default_factory=list)

    @cached_property
    def pairs(self) -> tuple[NDArray[np.intp], ...]:
        """Workloads and engines that can serve them."""
        p = self.portfolio
        billed = np.isfinite(p.prices).all(axis=0)
        return np.nonzero(np.concatenate([billed, p.capacity > 0], axis=1))

    @cached_property
    def places(self) -> dict[str, NDArray[np.intp]]:
        """Where each variable stands, by name."""
        p = self.portfolio
        t, q, moves = p.months, p.pools, p.moving.shape
        shapes = {
            "nodes": (t, q),
            "bought": (t, q),
            "pool": (t, q),
            "people": (t,),
            "moved": moves,
            "part": (self.pairs[0].size, t, p.hours.size),
        }
        ends = np.cumsum([0, *(int(np.prod(shape)) for shape in shapes.values())])
        each = zip(shapes.items(), ends, ends[1:], strict=False)
        return {name: np.arange(a, b).reshape(shape) for (name, shape), a, b in each}

    @cached_property
    def loads(self) -> Array:
        """Million tokens, t x w x h."""
        p = self.portfolio
        flat = replace(p, shapes=np.where(p.movable[:, None], 1.0, p.shapes))
        return np.stack([flat.load(t) for t in range(p.months)])

    def costs(self) -> Array:
        """Cost of each variable."""
        p, at, (w, o) = self.portfolio, self.places, self.pairs
        cost = np.zeros(int(at["part"].max()) + 1)
        cost[at["nodes"]] = p.node_costs
        cost[at["bought"]] = np.where(p.bought, p.purchases, 0.0)
        cost[at["pool"]] = p.pool_costs + p.spares * p.node_costs
        cost[at["people"]], cost[at["moved"]] = p.people, p.moving
        each = np.stack([p.token_costs(t) for t in range(p.months)])[:, w, o].T
        cost[at["part"]] = each[..., None] * self.loads.swapaxes(0, 1)[w]
        return cost

    def add(self, columns: Any, values: Any, limit: Any) -> None:
        """Add a row for each row of columns."""
        shape = np.shape(columns)
        values, limit = np.broadcast_to(values, shape), np.broadcast_to(limit, shape[:1])
        self.rows.append((columns, values, limit))

    def moves(self) -> NDArray[np.intp]:
        """Add the rows of moves, and return the pair of each."""
        p, at, (w, o) = self.portfolio, self.places, self.pairs
        moved = np.flatnonzero(p.moving[w, o] > 0)
        part = at["part"][moved]
        move = np.broadcast_to(at["moved"][w, o][moved, None, None], part.shape)
        self.add(np.column_stack([part.ravel(), move.ravel()]), [1.0, -1.0], 0.0)
        return moved

    def pools(self) -> None:
        """Add what a part of a load takes of a pool, and a pool of people and purchases."""
        p, at, (w, o) = self.portfolio, self.places, self.pairs
        for q in range(p.pools):
            on = np.flatnonzero(o == p.billed + q)
            part, nodes = at["part"][on], at["nodes"][:, q, None]
            pool = np.broadcast_to(at["pool"][:, q, None], part.shape)
            self.add(np.column_stack([part.ravel(), pool.ravel()]), [1.0, -1.0], 0.0)
            hour = TOKENS_PER_MTOK / p.capacity[w[on], q, None] / p.hours
            taken = self.loads.swapaxes(0, 1)[w[on]] * hour[:, None]
            columns = np.concatenate([part, np.broadcast_to(nodes, (1, *part.shape[1:]))])
            values = np.concatenate([taken, -np.ones((1, *taken.shape[1:]))])
            self.add(columns.reshape(len(columns), -1).T, values.reshape(len(values), -1).T, 0.0)
            least = [float(max(p.least[q], 1.0)), -1.0]
            self.add(np.column_stack([at["pool"][:, q], at["nodes"][:, q]]), least, 0.0)
            for t in range(p.months) if p.bought[q] else ():
                columns = np.append([at["nodes"][t, q], at["pool"][t, q]], at["bought"][: t + 1, q])
                values = np.append([1.0, p.spares[q]], -np.ones(t + 1))
                self.add(columns[None], values[None], float(p.owned[q]))

    def people(self) -> None:
        """Add that no more of a load goes to all pools than the part of the people that is paid."""
        p, at, (w, o) = self.portfolio, self.places, self.pairs
        for workload in range(p.workloads):
            part = at["part"][(w == workload) & (o >= p.billed)]
            people = np.broadcast_to(at["people"][:, None], (1, *part.shape[1:]))
            columns = np.concatenate([part, people]).reshape(len(part) + 1, -1).T
            self.add(columns, np.append(np.ones(len(part)), -1.0), 0.0)

    def highest(self) -> Array:
        """Return the most of each variable."""
        high, at = np.full(self.places["part"].max() + 1, np.inf), self.places
        high[at["pool"]], high[at["people"]], high[at["moved"]] = 1.0, 1.0, 1.0
        high[at["nodes"]] = self.portfolio.most
        return high

    def solve(self, work: Work) -> tuple[Array, Array] | None:
        """Return which moves to make, and what each month pays for each."""
        moved, at, high = self.moves(), self.places, self.highest()
        self.pools()
        self.people()
        found = self.linear(high, work)
        if not found.success:
            return None
        few = high.copy()
        few[at["moved"]] = found.x[at["moved"]] > SOME
        chosen = self.whole(few, work)
        x = chosen.x if chosen else np.where(found.x > HALF, 1.0, 0.0)
        high[at["pool"]], high[at["people"]] = x[at["pool"]], x[at["people"]]
        found = self.linear(high, work) if chosen else found
        return x[at["moved"]], self.rents(moved, found)

    def linear(self, high: Array, work: Work) -> Any:
        """Choose parts."""
        served = block_matrix(self._served(), high.size)
        return work.linear(
            self.costs(),
            A_ub=block_matrix(self.rows, high.size),
            b_ub=np.concatenate([limit for *_, limit in self.rows]),
            A_eq=served,
            b_eq=np.ones(served.shape[0]),
            bounds=np.column_stack([np.zeros(high.size), high]),
        )

    def whole(self, high: Array, work: Work) -> Found | None:
        """Choose whole moves and pools."""
        blocks, at = [*self.rows, *self._served()], self.places
        upper = np.concatenate([limit for *_, limit in blocks])
        least = np.full(sum(limit.size for *_, limit in self.rows), -np.inf)
        lower = np.append(least, np.ones(upper.size - least.size))
        number = np.zeros(high.size)
        number[at["moved"]] = number[at["pool"]] = number[at["people"]] = 1.0
        matrix = block_matrix(blocks, high.size)
        rules = Rules(self.costs(), matrix, lower, upper, number, high)
        with suppress(UnsolvedError):
            return work.whole(rules, ROUGH_GAP, BRANCHES)
        return None

    def rents(self, moved: NDArray[np.intp], found: Any) -> Array:
        """Return what each stretch would pay for each move."""
        p, (w, o) = self.portfolio, self.pairs
        rents, size = np.zeros((p.months, *p.moving.shape)), (moved.size, p.months, p.hours.size)
        paid = -found.ineqlin.marginals[: int(np.prod(size))].reshape(size)
        rents[:, w[moved], o[moved]] = paid.sum(axis=2).T
        return rents

    def _served(self) -> list[Block]:
        """Rows that serve every load."""
        w, part = self.pairs[0], self.places["part"]
        found: list[Block] = []
        for workload in np.unique(w):
            columns = part[w == workload].reshape((w == workload).sum(), -1).T
            found.append((columns, np.ones(columns.shape), np.ones(len(columns))))
        return found


def block_matrix(blocks: Sequence[Block], size: int) -> Any:
    """Return blocks of rows as a sparse matrix."""
    from scipy.sparse import csr_matrix  # noqa: PLC0415  # most questions need no solver

    long = np.concatenate([np.full(len(columns), columns.shape[1]) for columns, *_ in blocks])
    columns = np.concatenate([columns.ravel() for columns, *_ in blocks])
    values = np.concatenate([values.ravel() for _, values, _ in blocks])
    ends = np.append(0, np.cumsum(long))
    return csr_matrix((values, columns, ends), shape=(long.size, size))


def parted(portfolio: Portfolio, work: Work) -> Parted | None:
    """Choose parts of moves; nothing where only nodes or minimums of their own can serve all.

    Parameters
    ----------
    portfolio
        With as few hours as are to be told apart.
    """
    p = portfolio
    few, of = stretches(p)
    found = Program(few).solve(work)
    if found is None:
        return None
    moved, by_stretch = found
    tokens = np.stack([np.bincount(of, each) for each in p.tokens.T], axis=1)[of]
    part = np.where(tokens > 0, p.tokens / np.where(tokens > 0, tokens, 1.0), 0.0)
    rents = by_stretch[of] * part[:, :, None]
    paid = rents.sum(axis=0)
    whole = p.tokens.sum(axis=0)
    even = p.tokens / np.where(whole > 0, whole, 1.0)
    scaled = rents * (p.moving / np.where(paid > 0, paid, 1.0))
    return Parted(moved > HALF, np.where(paid > 0, scaled, even[:, :, None] * p.moving))
