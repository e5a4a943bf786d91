"""Which nodes, people and engines to pay for in every month: the search in whole numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from costcore.nodes.capacity import whole_nodes
from costcore.portfolio.portfolio import Array, Flags, Portfolio
from costcore.portfolio.search.bounds import Bound, alone_worth, bound
from costcore.portfolio.search.work import Row, Rules, SpentError, Work, row_matrix

ABOVE = 1e-9


@dataclass(frozen=True)
class Chosen:
    """What is paid for beside tokens, and what everything costs at least."""

    nodes: Array
    """Without spares, t x p."""
    bought: Array
    """Nodes bought in a month, t x p."""
    running: Flags
    """Which engines are paid for, t x (k + p)."""
    moved: Flags
    """Which workloads may use which engines, for they are moved or need not be, w x (k + p)."""
    tokens_cost: Array
    """What the tokens of each month cost at least, t."""
    fixed_cost: float
    bound: float
    """No plan costs less."""

    @property
    def opened(self) -> Flags:
        """Which engines a workload may use, t x w x (k + p)."""
        return np.asarray(self.running[:, None, :] & self.moved)


@dataclass
class Master:
    """A mixed-integer program over nodes, which learns what tokens cost from bounds."""

    portfolio: Portfolio
    work: Work
    rows: list[Row] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    rented: bool = False
    """Whether moves are rented by the month: they are then chosen with the tokens, not here."""
    links: dict[tuple[int, ...], int] = field(default_factory=dict)
    """The rows that tie months together: of a pool (t, p), of a move (t, w, k + p)."""
    spans: list[int] = field(default_factory=list)
    """The rows that hold the nodes of each month and pool below their most."""
    most: Array = field(init=False)
    """Nodes above which no plan is the best, t x p."""

    def __post_init__(self) -> None:
        self.most = self.busiest
        self._rules()
        for month in range(self.portfolio.months):
            self._start(month)

    @cached_property
    def places(self) -> dict[str, NDArray[np.intp]]:
        """Where each variable stands, by name: months first."""
        p = self.portfolio
        t = p.months
        shapes = {
            "nodes": (t, p.pools),
            "bought": (t, p.pools),
            "pool": (t, p.pools),
            "people": (t,),
            "engine": (t, p.billed),
            "moved": (p.workloads, p.billed + p.pools),
            "moved_now": (t, p.workloads, p.billed + p.pools),
            "tokens_cost": (t,),
            "saved": (t, p.pools),
        }
        found, start = {}, 0
        for name, shape in shapes.items():
            size = int(np.prod(shape))
            found[name] = np.arange(start, start + size).reshape(shape)
            start += size
        return found

    @property
    def size(self) -> int:
        """Number of variables."""
        return int(self.places["saved"].max(initial=self.places["tokens_cost"].max())) + 1

    @cached_property
    def busiest(self) -> Array:
        """Nodes above which a pool idles in every hour of a month, t x p."""
        p = self.portfolio
        able = p.capacity > 0
        hour = np.where(able, 1 / np.where(able, p.capacity, 1.0), 0.0)
        shapes = np.where(p.movable[:, None], 1.0, p.shapes)
        moved = p.tokens[:, :, None] / p.hours_per_month
        need = np.einsum("twh,wp->tph", moved * shapes, hour).max(axis=2)
        return np.minimum(np.maximum(whole_nodes(need), p.least), p.most)

    def costs(self) -> Array:
        """Cost of each variable."""
        p, at = self.portfolio, self.places
        cost = np.zeros(self.size)
        cost[at["nodes"]] = p.node_costs
        cost[at["bought"]] = np.where(p.bought, p.purchases, 0.0)
        cost[at["pool"]] = p.pool_costs + p.spares * p.node_costs
        cost[at["people"]] = p.people
        cost[at["engine"]] = p.fees
        cost[at["moved"]] = p.moving
        cost[at["tokens_cost"]] = 1.0
        return cost

    def add(self, columns: Any, values: Any, low: float, high: float) -> None:
        """Add a row."""
        columns, values = np.asarray(columns).ravel(), np.asarray(values, float).ravel()
        kept = values != 0
        self.rows.append((columns[kept], values[kept]))
        self.lower.append(low)
        self.upper.append(high)

    def _rules(self) -> None:
        p, at = self.portfolio, self.places
        for t, q in np.ndindex(p.months, p.pools):
            nodes, pool = at["nodes"][t, q], at["pool"][t, q]
            self.spans.append(len(self.rows))
            self.add([nodes, pool], [1, -self.most[t, q]], -np.inf, 0)
            self.add([nodes, pool], [1, -float(np.maximum(p.least[q], 1.0))], 0, np.inf)
            self.add([pool, at["people"][t]], [1, -1], -np.inf, 0)
            if p.bought[q]:
                before = at["bought"][: t + 1, q]
                self.links[t, q] = len(self.rows)
                self.add(
                    [nodes, pool, *before],
                    [1, p.spares[q], *-np.ones(t + 1)],
                    -np.inf,
                    float(p.owned[q]),
                )
        for w, o in zip(*np.nonzero(p.moving), strict=True) if not self.rented else ():
            for t in range(p.months):
                now = at["moved_now"][t, w, o]
                self.links[t, w, o] = len(self.rows)
                self.add([now, at["moved"][w, o]], [1, -1], -np.inf, 0)
                if o >= p.billed:
                    self.add([now, at["pool"][t, o - p.billed]], [1, -1], -np.inf, 0)
                elif p.optional(t)[o]:
                    self.add([now, at["engine"][t, o]], [1, -1], -np.inf, 0)

    def _opening(self, month: int) -> NDArray[np.intp]:
        """Return the variable that opens an engine to a workload, w x (k + p)."""
        p, at = self.portfolio, self.places
        engines = np.concatenate([at["engine"][month], at["pool"][month]])
        return np.where((p.moving > 0) & (not self.rented), at["moved_now"][month], engines)

    def _saved(self, found: Bound) -> Array:
        """Return what opening an engine saves at most, less the rent of the move."""
        rent = self.portfolio.moving if self.rented else 0.0
        return np.asarray(np.maximum(found.opened - rent, 0.0))

    def _start(self, month: int) -> None:
        """Bound what each pool alone would save, with one node, two, four and so on."""
        p, at = self.portfolio, self.places
        opening, share = self._opening(month), np.ones(p.billed)
        none = np.zeros((p.workloads, p.billed + p.pools), dtype=bool)
        most, nodes = self.most[month], np.ones(p.pools)
        while True:
            nodes = np.minimum(nodes, most)
            found = bound(p, month, alone_worth(p, month, nodes), share, none)
            opened = self._saved(found)
            for q in range(p.pools):
                pool = opening[:, p.billed + q]
                saved = opened[:, p.billed + q]
                columns = [at["saved"][month, q], at["nodes"][month, q], *pool]
                self.add(columns, [-1, found.nodes[q], *saved], 0, np.inf)
            if (nodes >= most).all():
                break
            nodes = nodes * 2
        billed = opening[:, : p.billed]
        columns = [at["tokens_cost"][month], *at["saved"][month], *billed.ravel()]
        values = [1, *np.ones(p.pools), *opened[:, : p.billed].ravel()]
        self.add(columns, values, found.constant, np.inf)

    def learn(self, month: int, found: Bound) -> None:
        """Add a bound of a month."""
        at = self.places
        columns = [at["tokens_cost"][month], *at["engine"][month]]
        columns += [*self._opening(month).ravel(), *at["nodes"][month]]
        values = [1, *-found.engines, *self._saved(found).ravel(), *found.nodes]
        self.add(columns, values, found.constant, np.inf)

    def narrow(self, cost: float) -> None:
        """Leave out what alone costs more than a plan that is known: large numbers of nodes."""
        p, at = self.portfolio, self.places
        node = self.costs()[at["nodes"]]
        room = cost - (p.people[:, None] + p.pool_costs + p.spares * node)
        fits = np.where(node > 0, room / np.where(node > 0, node, 1.0), np.inf)
        self.most = np.clip(np.floor(fits), 0.0, self.busiest)
        for row, (t, q) in zip(self.spans, np.ndindex(p.months, p.pools), strict=True):
            columns = np.array([at["nodes"][t, q], at["pool"][t, q]])
            self.rows[row] = columns, np.array([1.0, -self.most[t, q]])

    def learn_month(self, month: int, nodes: Array, moving: Array, least: float) -> None:
        """Add what a month costs at least, with bought nodes and moves rented at a price."""
        p, at = self.portfolio, self.places
        node = p.node_costs[month] + nodes
        pool = p.pool_costs[month] + p.spares * node
        moved = at["moved_now"][month].ravel()
        columns = [at["nodes"][month], at["pool"][month], at["engine"][month], moved]
        values = [node, pool, p.fees[month], moving.ravel()]
        columns.append(np.array([at["people"][month], at["tokens_cost"][month]]))
        values.append(np.array([p.people[month], 1.0]))
        self.add(np.concatenate(columns), np.concatenate(values), least, np.inf)

    def relaxed(self) -> tuple[float, Array, Array]:
        """Return what any plan costs at least, and what a month should pay for what lasts."""
        low, high = np.array(self.lower), np.array(self.upper)
        side, limit = (np.where(np.isfinite(high), *each) for each in ((1.0, -1.0), (high, -low)))
        matrix = row_matrix(self.rows, self.size).multiply(side[:, None]).tocsr()
        bounds = np.column_stack([np.zeros(self.size), self._highest()])
        found = self.work.linear(self.costs(), A_ub=matrix, b_ub=limit, bounds=bounds)
        nodes, moving = np.zeros(self.most.shape), np.zeros(self.places["moved_now"].shape)
        for place, row in self.links.items() if found.success else ():
            (nodes if len(place) == 2 else moving)[place] = -found.ineqlin.marginals[row]
        return (float(found.fun) if found.success else -np.inf), nodes, moving

    def unpaid(self, nodes: Array, moving: Array) -> float:
        """Return what rents of all months leave unpaid, or pay too much, of what lasts."""
        p, ahead = self.portfolio, np.cumsum(nodes[::-1], axis=0)[::-1]
        dear = np.where(p.bought, np.minimum(np.nan_to_num(p.purchases) - ahead, 0.0), 0.0)
        most = (self.busiest + p.spares).max(axis=0)
        moves = np.minimum(p.moving - moving.sum(axis=0), 0.0)
        return float((dear * most).sum() + moves.sum() - (nodes * p.owned).sum())

    def plan(self, nodes: Array, bought: Array, opened: Flags, moved: Flags) -> Chosen:
        """Return what a plan made of months costs beside its tokens."""
        x, at, p = np.zeros(self.size), self.places, self.portfolio
        optional = np.stack([p.optional(month) for month in range(p.months)])
        x[at["nodes"]], x[at["pool"]], x[at["bought"]] = nodes, nodes > 0, bought
        x[at["people"]], x[at["moved"]] = (nodes > 0).any(axis=1), moved
        x[at["engine"]] = opened[:, :, : p.billed].any(axis=1) & optional
        return self._chosen(x, self.costs(), -np.inf)

    def nothing(self) -> Chosen:
        """Return the plan without nodes, fees and moves."""
        return self._chosen(np.zeros(self.size), self.costs(), -np.inf)

    def everything(self) -> Chosen:
        """Return the plan with all engines open, and nodes for everything on each of them."""
        p = self.portfolio
        wanted = np.where(self.busiest > 0, self.busiest + p.spares, 0.0) - p.owned
        held = np.maximum.accumulate(np.maximum(wanted, 0.0), axis=0)
        bought = np.where(p.bought, np.diff(held, axis=0, prepend=0.0), 0.0)
        opened = np.ones((p.months, p.workloads, p.billed + p.pools), dtype=bool)
        return self.plan(self.busiest, bought, opened, np.ones(p.moving.shape, dtype=bool))

    def solve(self, gap: float, whole: bool = True) -> Chosen:
        """Return the best plan as far as the bounds know, in whole nodes or not."""
        cost, matrix = self.costs(), row_matrix(self.rows, self.size)
        whole_number = self._whole() if whole else np.zeros(self.size)
        rules = Rules(cost, matrix, self.lower, self.upper, whole_number, self._highest())
        found = self.work.whole(rules, gap)
        if found is None:
            raise SpentError
        return self._chosen(found.x, cost, found.bound)

    def _whole(self) -> Array:
        whole = np.zeros(self.size)
        for name in ("nodes", "bought", "pool", "people", "engine"):
            whole[self.places[name]] = 1
        whole[self.places["moved"]] = not self.rented
        return whole

    def _highest(self) -> Array:
        p, at = self.portfolio, self.places
        high = np.ones(self.size)
        high[at["nodes"]] = self.most
        high[at["bought"]] = np.where(p.bought, (self.most + p.spares).max(axis=0), 0.0)
        high[at["tokens_cost"]] = high[at["saved"]] = np.inf
        return high

    def _chosen(self, x: Array, cost: Array, least: float) -> Chosen:
        p, at = self.portfolio, self.places
        used = np.stack([~p.optional(t) for t in range(p.months)]) | (x[at["engine"]] > ABOVE)
        nodes = np.where(x[at["pool"]] > ABOVE, x[at["nodes"]], 0.0)
        running = np.concatenate([used, nodes > ABOVE], axis=1)
        moved = (p.moving == 0) | (x[at["moved"]] > ABOVE) | self.rented
        tokens_cost = x[at["tokens_cost"]]
        fixed = float(cost @ x - tokens_cost.sum())
        return Chosen(nodes, x[at["bought"]], running, moved, tokens_cost, fixed, least)
