"""What each strategy costs, month by month: every workload routed, every pool built for its need.

Lines are named by position (``w1``, ``b1``, ``p1``, ``s1``), so that twenty workloads and one are
the same rules. A strategy, a pool and a workload stand before the name as options do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from costcore.language.timeline import Line
from costcore.language.trace import Cell, in_array
from costcore.nodes.capacity import whole_nodes
from costcore.portfolio.pools import mean_nodes
from costcore.tokens.api import priced

PARTS = ("tokens", "nodes", "purchases", "people", "moving")
"""What a strategy pays for."""


def column(m: Any, names: Sequence[str]) -> Any:
    """Return neighbouring lines of one month, as a column of cells or of numbers."""
    values = [getattr(m, name) for name in names]
    if isinstance(values[0], Cell):
        return Cell(f"{values[0].text}:{values[-1].text}")
    return np.array(values, dtype=float)[:, None]


@dataclass(frozen=True, slots=True)
class Names:
    """What workloads, token-billed engines and pools are called; their lines have numbers."""

    each_workload: tuple[str, ...]
    each_billed: tuple[str, ...]
    each_pool: tuple[str, ...]

    @property
    def workloads(self) -> int:
        """How many there are."""
        return len(self.each_workload)

    @property
    def billed(self) -> int:
        """How many there are."""
        return len(self.each_billed)

    @property
    def pools(self) -> int:
        """How many there are."""
        return len(self.each_pool)


@dataclass(frozen=True, slots=True)
class Strategic:
    """The lines of one strategy."""

    number: int
    title: str
    sizes: Names

    def name(self, *parts: str) -> str:
        """Return the name of one of its lines."""
        return "_".join((f"s{self.number}", *parts))

    def lines(self) -> tuple[Line, ...]:
        """Return usage and bills by engine, need and nodes by pool, people, and the sum."""
        return (
            *self._bills(),
            *(line for pool in range(1, self.sizes.pools + 1) for line in self._pool(pool)),
            *self._totals(),
        )

    def _line(self, name: str, label: str, rule: Any, sums: bool = False) -> Line:
        return Line(self.name(name), f"{self.title}: {label}", rule, sums)

    def _bills(self) -> Iterator[Line]:
        for b in range(1, self.sizes.billed + 1):

            def usage(m: Any, b: int = b) -> Any:
                return sum(
                    priced(
                        getattr(m, f"w{w}_tokens_per_month") * self.sent(m, w, b),
                        getattr(m, f"w{w}_b{b}_price_per_mtok"),
                    )
                    for w in range(1, self.sizes.workloads + 1)
                )

            def bill(m: Any, b: int = b) -> Any:
                used = getattr(m, self.name(f"b{b}_usage_per_month"))
                least = getattr(m, f"b{b}_minimum_per_month")
                owed = np.maximum(used, least) + getattr(m, f"b{b}_fee_per_month")
                return np.where(used > 0, owed, getattr(m, f"b{b}_owed_per_month"))

            yield self._line(
                f"b{b}_usage_per_month", f"{self.sizes.each_billed[b - 1]}, tokens", usage, True
            )
            yield self._line(
                f"b{b}_bill_per_month", f"{self.sizes.each_billed[b - 1]}, bill", bill, True
            )

    def sent(self, m: Any, w: int, b: int) -> Any:
        """Share of a workload that an engine bills: the first one what pools take too, at first."""
        share = getattr(m, self.name(f"w{w}_b{b}_share"))
        if b > 1:
            return share
        pools = range(1, self.sizes.pools + 1)
        moved = sum((getattr(m, self.name(f"w{w}_p{p}_share")) for p in pools), start=0.0)
        return share + np.where(m.month <= m.dual_run_months, moved, 0)

    def _moving(self, m: Any) -> Any:
        """Pay for each workload once that it is moved to an engine."""
        return sum(self.moved(m, w) for w in range(1, self.sizes.workloads + 1))

    def moved(self, m: Any, w: int) -> Any:
        """Pay for one workload in the first month."""
        kinds = (("b", self.sizes.billed), ("p", self.sizes.pools))
        once = sum(
            np.where(getattr(m, self.name(f"w{w}_{kind}{e}_share")) > 0, 1, 0)
            * getattr(m, f"w{w}_{kind}{e}_moving_cost")
            for kind, count in kinds
            for e in range(1, count + 1)
        )
        return np.where(m.month == 1, once, 0)

    def _filled(self, p: int) -> Iterator[Line]:
        """Yield the nodes that each workload fills, below each other, and the busiest hour."""
        names, pool = [], self.sizes.each_pool[p - 1]
        for w in range(1, self.sizes.workloads + 1):

            def used(m: Any, w: int = w) -> Any:
                sent = getattr(m, f"w{w}_tokens_per_month")
                sent = sent * getattr(m, self.name(f"w{w}_p{p}_share"))
                served = getattr(m, f"w{w}_p{p}_capacity_tokens_per_hour")
                return np.where(sent > 0, mean_nodes(sent, served, m.hours_per_month), 0)

            names.append(self.name(f"w{w}_p{p}_used_nodes"))
            label = f"{pool}: nodes that {self.sizes.each_workload[w - 1]} fills"
            yield self._line(f"w{w}_p{p}_used_nodes", label, used)

        def peak(m: Any) -> Any:
            need = column(m, names)
            busiest = in_array(np.max(np.matmul(m.fixed_factors, need)))
            return np.maximum(busiest, sum(getattr(m, name) for name in names))

        yield self._line(f"p{p}_peak_nodes", f"{pool}: nodes in its busiest hour", peak)

    def _pool(self, p: int) -> Iterator[Line]:
        pool = self.sizes.each_pool[p - 1]
        yield from self._filled(p)

        def nodes(m: Any) -> Any:
            busiest = getattr(m, self.name(f"p{p}_peak_nodes"))
            least = np.maximum(getattr(m, f"p{p}_min_nodes"), whole_nodes(busiest))
            return np.where(busiest > 0, least + getattr(m, f"p{p}_spare_nodes"), 0)

        def owned(m: Any) -> Any:
            kept = np.where(m.month == 1, getattr(m, f"p{p}_existing_nodes"), 0)
            kept = np.maximum(kept, m.last(self.name(f"p{p}_owned_nodes")))
            return np.maximum(kept, getattr(m, self.name(f"p{p}_nodes")))

        def bought(m: Any) -> Any:
            before = np.where(
                m.month == 1,
                getattr(m, f"p{p}_existing_nodes"),
                m.last(self.name(f"p{p}_owned_nodes")),
            )
            return getattr(m, self.name(f"p{p}_owned_nodes")) - before

        yield self._line(f"p{p}_nodes", f"{pool}: nodes, spares included", nodes)
        yield self._line(f"p{p}_owned_nodes", f"{pool}: nodes ever needed", owned)
        yield self._line(f"p{p}_bought_nodes", f"{pool}: nodes more than before", bought, True)

    def _tokens(self, m: Any) -> Any:
        billed, pools = range(1, self.sizes.billed + 1), range(1, self.sizes.pools + 1)
        bills = sum(getattr(m, self.name(f"b{b}_bill_per_month")) for b in billed)
        own = sum(
            priced(
                getattr(m, f"w{w}_tokens_per_month") * getattr(m, self.name(f"w{w}_p{p}_share")),
                getattr(m, f"p{p}_own_price_per_mtok"),
            )
            for p in pools
            for w in range(1, self.sizes.workloads + 1)
        )
        return bills + own

    def _of_pools(self, m: Any, count: str, cost: str) -> Any:
        """Nodes of all pools, each kind at its cost."""
        each = (
            getattr(m, self.name(f"p{p}_{count}_nodes" if count else f"p{p}_nodes"))
            * (getattr(m, f"p{p}_{cost}") if cost else 1.0)
            for p in range(1, self.sizes.pools + 1)
        )
        return sum(each, start=0.0)

    def _people(self, m: Any) -> Any:
        return np.where(self._of_pools(m, "", "") > 0, m.people_per_month, 0)

    def _totals(self) -> Iterator[Line]:
        rules = (
            self._tokens,
            lambda m: self._of_pools(m, "", "running_per_month"),
            lambda m: self._of_pools(m, "bought", "capital_cost"),
            self._people,
            self._moving,
        )
        for part, rule in zip(PARTS, rules, strict=True):
            yield self._line(f"{part}_per_month", f"{part}, present value", rule, True)

        def present(m: Any) -> Any:
            return sum(getattr(m, self.name(f"{part}_per_month")) for part in PARTS)

        yield self._line("present_per_month", "present value", present, True)
