"""Which nodes, people and engines to pay for in every month: the search in whole numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from costcore.nodes.capacity import whole_nodes
from costcore.portfolio.bounds import Bound, alone_worth, bound
from costcore.portfolio.hushed import hushed
from costcore.portfolio.portfolio import Array, Flags, Portfolio

ABOVE = 1e-9


@dataclass(frozen=True)
class Chosen:
    """What is paid for beside tokens, and what everything costs at least."""

    nodes: Array
    """Without spares, t x p."""
    bought: Array
    """Nodes bought in a month, t x p."""
    opened: Flags
    """Which engines a workload may use, t x w x (k + p)."""
    tokens_cost: Array
    """What the tokens of each month cost at least, t."""
    fixed_cost: float
    bound: float
    """No plan costs less."""


@dataclass
class Master:
    """A mixed-integer program over nodes, which learns what tokens cost from bounds."""

    portfolio: Portfolio
    rows: list[tuple[NDArray[np.intp], Array]] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
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
    def most(self) -> Array:
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
            self.add([nodes, pool], [1, -self.most[t, q]], -np.inf, 0)
            self.add([nodes, pool], [1, -float(np.maximum(p.least[q], 1.0))], 0, np.inf)
            self.add([pool, at["people"][t]], [1, -1], -np.inf, 0)
            if p.bought[q]:
                before = at["bought"][: t + 1, q]
                self.add(
                    [nodes, pool, *before],
                    [1, p.spares[q], *-np.ones(t + 1)],
                    -np.inf,
                    float(p.owned[q]),
                )
        for w, o in zip(*np.nonzero(p.moving), strict=True):
            for t in range(p.months):
                now = at["moved_now"][t, w, o]
                self.add([now, at["moved"][w, o]], [1, -1], -np.inf, 0)
                if o >= p.billed:
                    self.add([now, at["pool"][t, o - p.billed]], [1, -1], -np.inf, 0)
                elif p.optional(t)[o]:
                    self.add([now, at["engine"][t, o]], [1, -1], -np.inf, 0)

    def _opening(self, month: int) -> NDArray[np.intp]:
        """Return the variable that opens an engine to a workload, w x (k + p)."""
        p, at = self.portfolio, self.places
        engines = np.concatenate([at["engine"][month], at["pool"][month]])
        return np.where(p.moving > 0, at["moved_now"][month], engines)

    def _start(self, month: int) -> None:
        """Bound what each pool alone would save, with one node, two, four and so on."""
        p, at = self.portfolio, self.places
        opening, share = self._opening(month), np.ones(p.billed)
        none = np.zeros((p.workloads, p.billed + p.pools), dtype=bool)
        most, nodes = self.most[month], np.ones(p.pools)
        while True:
            nodes = np.minimum(nodes, most)
            found = bound(p, month, alone_worth(p, month, nodes), share, none)
            for q in range(p.pools):
                pool = opening[:, p.billed + q]
                saved = found.opened[:, p.billed + q]
                columns = [at["saved"][month, q], at["nodes"][month, q], *pool]
                self.add(columns, [-1, found.nodes[q], *saved], 0, np.inf)
            if (nodes >= most).all():
                break
            nodes = nodes * 2
        billed = opening[:, : p.billed]
        columns = [at["tokens_cost"][month], *at["saved"][month], *billed.ravel()]
        values = [1, *np.ones(p.pools), *found.opened[:, : p.billed].ravel()]
        self.add(columns, values, found.constant, np.inf)

    def learn(self, month: int, found: Bound) -> None:
        """Add a bound of a month."""
        at = self.places
        columns = [at["tokens_cost"][month], *at["engine"][month]]
        columns += [*self._opening(month).ravel(), *at["nodes"][month]]
        values = [1, *-found.engines, *found.opened.ravel(), *found.nodes]
        self.add(columns, values, found.constant, np.inf)

    def nothing(self) -> Chosen:
        """Return the plan without nodes, fees and moves."""
        return self._chosen(np.zeros(self.size), self.costs(), -np.inf)

    def solve(self, gap: float, whole: bool = True) -> Chosen:
        """Return the best plan as far as the bounds know, in whole nodes or not."""
        from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415

        cost = self.costs()
        largest = max(np.abs(cost).max(), 1.0)  # the solver is at ease with costs of about 1
        rules = LinearConstraint(self._matrix(), self.lower, self.upper)
        whole_number = self._whole() if whole else None
        limits = Bounds(0.0, self._highest())
        for presolve in (True, False):  # where one way stumbles over small numbers
            options = {"mip_rel_gap": gap, "presolve": presolve}
            with hushed():
                found = milp(
                    cost / largest,
                    constraints=rules,
                    integrality=whole_number,
                    bounds=limits,
                    options=options,
                )
            if found.x is not None:
                break
        else:
            raise ValueError(f"no mix was found: {found.message}")
        if not whole:
            return self._chosen(found.x, cost, float(found.fun) * largest)
        settled = np.where(self._whole() > 0, np.round(found.x), found.x)
        return self._chosen(settled, cost, float(found.mip_dual_bound) * largest)

    def _matrix(self) -> Any:
        from scipy.sparse import coo_matrix  # noqa: PLC0415

        row = np.repeat(np.arange(len(self.rows)), [columns.size for columns, _ in self.rows])
        columns = np.concatenate([columns for columns, _ in self.rows])
        values = np.concatenate([values for _, values in self.rows])
        return coo_matrix((values, (row, columns)), shape=(len(self.rows), self.size)).tocsr()

    def _whole(self) -> Array:
        whole = np.zeros(self.size)
        for name in ("nodes", "bought", "pool", "people", "engine", "moved"):
            whole[self.places[name]] = 1
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
        engines = np.concatenate([used, nodes > ABOVE], axis=1)
        moved = (p.moving == 0) | (x[at["moved"]] > ABOVE)
        tokens_cost = x[at["tokens_cost"]]
        fixed = float(cost @ x - tokens_cost.sum())
        opened = engines[:, None, :] & moved
        return Chosen(nodes, x[at["bought"]], opened, tokens_cost, fixed, least)
