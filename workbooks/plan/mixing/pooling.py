"""The nodes of one pool under one strategy: what each hour needs, what is kept, what is bought."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from costcore.language.timeline import Line
from costcore.language.trace import in_array
from costcore.portfolio.pools import mean_nodes, pool_nodes
from costcore.tokens.api import priced
from workbooks.plan.lines.owing.together import served_of, serving
from workbooks.plan.lines.vintages import BY_AGE, Holdings, Vintages
from workbooks.plan.mixing.naming import Names, alike, beside, column, multiplied, of_pool
from workbooks.plan.mixing.routing import nodes
from workbooks.plan.mixing.routing.owing import EngineDeal, deals_of, routed

LOST_SHARE = 1e-12
"""Of a workload, what adding up may lose: it is no overflow."""
ASSETS = ("purchases", "disposals", "resale", "written_off", "depreciation")


class Bought(Vintages):
    """The vintages of a pool; its lines are titled by whoever shows them."""

    @property
    def title(self) -> str:
        """Nothing: the pool's name comes before it."""
        return ""


def by_age(pool: int, title: str) -> tuple[Line, ...]:
    """Return what a bought node of a pool is worth by its age, the same in all strategies."""
    ages = (line for line in BY_AGE if line.name != "node_now_capex")
    return tuple(of_pool(line, f"p{pool}", title) for line in ages)


@dataclass(frozen=True, slots=True)
class Pooled:
    """One pool `p` under strategy `s`; with `overflow` it has a number of nodes of its own."""

    s: int
    p: int
    names: Names
    overflow: int = 0
    """Number of the token-billed engine that takes what the nodes cannot; 0: built for the peak."""
    staged: bool = False
    """Whether workloads come to it later: its nodes stand from when one does."""
    signs: frozenset[str] = frozenset()
    """Names of the offers that its strategy signs."""

    def name(self, line: str, w: int = 0) -> str:
        """Return the name of one of its lines, or of a workload's on it."""
        workload = f"w{w}_" if w else ""
        return f"s{self.s}_{workload}p{self.p}_{line}"

    def get(self, m: Any, line: str, w: int = 0) -> Any:
        """Read one of its lines."""
        return getattr(m, self.name(line, w))

    @property
    def title(self) -> str:
        """What it is called."""
        return self.names.each_pool[self.p - 1]

    def line(self, line: str, label: str, rule: Any, w: int = 0) -> Line:
        """Return one of its lines, titled."""
        return Line(self.name(line, w), f"{self.title}: {label}", rule)

    def sent(self, m: Any, w: int) -> Any:
        """Tokens of a workload that are routed to it."""
        return getattr(m, f"w{w}_tokens_per_month") * self.get(m, "share", w)

    def lines(self) -> Iterator[Line]:
        """Yield the nodes that each workload fills, the busiest hour, and the nodes that stand."""
        for w in self.names.workloads:
            yield self.line("used_nodes", f"nodes that {self.called(w)} fills", self._used(w), w)
        yield self.line("peak_nodes", "nodes' worth in the busiest hour", self._peak)
        yield from self._needed()
        if self.p in self.names.staying:
            label = "nodes leased or reserved, paid whether needed or not"
            yield self.line("staying_nodes", label, self._staying)
        if self.overflow:
            yield from self._shed()
        yield self.line("mean_nodes", "nodes filled in the mean hour", self._mean)
        yield from nodes.idle(self)
        if not self.overflow:
            yield from nodes.apart(self)
        if self.p in self.names.bought:
            vintages = Bought(f"s{self.s}_p{self.p}")
            tax = vintages.tax() if self.names.taxed else ()
            for line in (*vintages.nodes(Holdings(buys=True)), *vintages.assets(), *tax):
                yield of_pool(line, f"p{self.p}", self.title)

    def _needed(self) -> Iterator[Line]:
        """Yield the nodes it has; with contracts on nodes those that these do not serve."""
        label, rule = "nodes, spares included", self._typed if self.overflow else self._built
        if not (deals := self.deals):
            yield self.line("needed_nodes", label, rule)
            return
        yield self.line("all_nodes", f"{label}, with those of contracts", rule)
        yield from serving(deals, self.whole)
        label = "nodes beyond contracts"
        yield self.line("needed_nodes", label, lambda m: self.whole(m) - served_of(deals, m))

    @property
    def deals(self) -> list[EngineDeal]:
        """Contracts on its nodes that its strategy owes."""
        strategy, names = f"s{self.s}", self.names
        every = deals_of(strategy, names, self.signs, partial(routed, strategy, names))
        return [deal for deal in every if deal.engine == f"p{self.p}"]

    @property
    def whole_line(self) -> str:
        """What the line is called that says how many nodes it has."""
        return "all_nodes" if self.deals else "needed_nodes"

    def whole(self, m: Any) -> Any:
        """Nodes it has, those of contracts included."""
        return self.get(m, self.whole_line)

    def called(self, w: int) -> str:
        """Return what a workload is called."""
        return self.names.each_workload[w - 1]

    def _used(self, w: int) -> Any:
        def used(m: Any) -> Any:
            sent = self.sent(m, w)
            served = getattr(m, f"w{w}_p{self.p}_capacity_tokens_per_hour")
            return np.where(sent > 0, mean_nodes(sent, served, m.hours_per_month), 0)

        return used

    def need(self, m: Any, line: str = "used_nodes") -> Any:
        """Return the nodes that each workload fills, as a column."""
        return column(m, [self.name(line, w) for w in self.names.workloads])

    def _peak(self, m: Any) -> Any:
        need = self.need(m)
        busiest = in_array(np.max(np.matmul(m.fixed_factors, need), axis=0))
        return np.maximum(busiest, np.sum(need, axis=0))

    def _built(self, m: Any) -> Any:
        peak, least, spare = (
            self.get(m, "peak_nodes"),
            *(getattr(m, f"p{self.p}_{part}_nodes") for part in ("min", "spare")),
        )
        return pool_nodes(peak, 1.0, 1.0, 1.0, least, spare)

    def _staying(self, m: Any) -> Any:
        now = self.get(m, "needed_nodes") * getattr(m, f"p{self.p}_stays_share")
        return np.maximum(m.last(self.name("staying_nodes")), now)

    def standing(self, m: Any) -> Any:
        """Nodes that are paid for, needed or not."""
        needed = self.get(m, "needed_nodes")
        if self.p not in self.names.staying:
            return needed
        return np.maximum(needed, self.get(m, "staying_nodes"))

    def paid(self, m: Any) -> Any:
        """Nodes that are paid for, those that contracts serve included."""
        return self.standing(m) + served_of(self.deals, m)

    def running(self, m: Any, of: str = "") -> Any:
        """What nodes cost, beside those bought: all, or `of` one currency; a lease goes on."""
        needed = self.get(m, "needed_nodes")
        cost = needed * getattr(m, f"p{self.p}_{of}running_per_month")
        if self.p not in self.names.staying:
            return cost
        stays, flexes = (getattr(m, f"p{self.p}_{of}{x}_per_month") for x in ("stays", "flexes"))
        staying, meant = self.get(m, "staying_nodes"), needed * getattr(m, f"p{self.p}_stays_share")
        return cost + (staying - meant) * stays - (np.minimum(needed, staying) - meant) * flexes

    def _mean(self, m: Any) -> Any:
        line = "kept_nodes" if self.overflow else "used_nodes"
        return np.sum(column(m, [self.name(line, w) for w in self.names.workloads]), axis=0)

    def _typed(self, m: Any) -> Any:
        """They stand from when something is routed to them, whatever its volume is."""
        typed, comes = self.get(m, "typed_nodes"), routed(f"s{self.s}", self.names, f"p{self.p}")
        return np.where(comes(m) > 0, typed, 0) if self.staged else typed

    def _serving(self, m: Any) -> Any:
        return np.maximum(self.whole(m) - getattr(m, f"p{self.p}_spare_nodes"), 0)

    def _worth(self, w: int) -> Any:
        """What a node-hour of the workload saves: bought tokens less own ones, at its speed."""

        def worth(m: Any) -> Any:
            bought = getattr(m, f"w{w}_b{self.overflow}_price_per_mtok")
            saved = bought - getattr(m, f"p{self.p}_own_price_per_mtok")
            return saved * getattr(m, f"w{w}_p{self.p}_capacity_tokens_per_hour")

        return worth

    def _rank(self, w: int) -> Any:
        """Place in the order in which a full pool keeps workloads, worth most first."""

        def rank(m: Any) -> Any:
            worth = {v: self.get(m, "worth_cost", v) for v in self.names.workloads}
            before = (
                np.where(worth[v] >= worth[w] if v < w else worth[v] > worth[w], 1, 0)
                for v in self.names.workloads
                if v != w
            )
            return sum(before, start=1.0)

        return rank

    def _first(self, m: Any, w: int) -> Any:
        """Nodes that a workload would fill with all that are kept before it."""
        ranks, own = self.need(m, "rank_count"), self.get(m, "rank_count", w)
        need, first = alike(self.need(m), ranks <= own)
        return need * first

    def _firm(self, w: int) -> Any:
        """Mean nodes of what has its own hours, as far as the nodes reach in each of them."""

        def firm(m: Any) -> Any:
            n, need = self.get(m, "serving_nodes"), self._first(m, w)
            fixed_shares = column(m, [f"w{v}_fixed_share" for v in self.names.workloads])
            hours = beside(np.matmul(m.fixed_factors, need), n)
            above = multiplied((hours > n) * (hours - n)) / m.load_hours
            return multiplied(need, fixed_shares) - above

        return firm

    def _upto(self, w: int) -> Any:
        """Mean nodes that are filled together: movable work takes what is left."""

        def upto(m: Any) -> Any:
            fixed_shares = column(m, [f"w{v}_fixed_share" for v in self.names.workloads])
            moved, firm = (
                multiplied(self._first(m, w), 1 - fixed_shares),
                self.get(m, "firm_nodes", w),
            )
            return firm + np.minimum(moved, self.get(m, "serving_nodes") - firm)

        return upto

    def _kept(self, w: int) -> Any:
        """What is filled with it, less what is filled by those that are kept before it."""

        def kept(m: Any) -> Any:
            ranks, own = self.need(m, "rank_count"), self.get(m, "rank_count", w)
            filled, before = alike(self.need(m, "upto_nodes"), ranks == own - 1)
            return self.get(m, "upto_nodes", w) - multiplied(filled * before)

        return kept

    def _bought(self, w: int) -> Any:
        def bought(m: Any) -> Any:
            used, kept = self.get(m, "used_nodes", w), self.get(m, "kept_nodes", w)
            above = 1 - kept / np.where(used > 0, used, 1)
            return self.sent(m, w) * np.where(above > LOST_SHARE, above, 0)

        return bought

    def _shed(self) -> Iterator[Line]:
        """Yield what of each workload is kept on the nodes, and the tokens bought for the rest."""
        yield self.line("serving_nodes", "nodes that serve, spares apart", self._serving)
        for line, label, rule in (
            ("worth_cost", "what a node-hour saves, by the overflow price", self._worth),
            ("rank_count", "order in which they are kept", self._rank),
            ("firm_nodes", "nodes filled in their own hours up to", self._firm),
            ("upto_nodes", "nodes filled up to", self._upto),
            ("kept_nodes", "nodes that are kept for", self._kept),
            ("bought_tokens", "tokens that overflow", self._bought),
        ):
            for w in self.names.workloads:
                yield self.line(line, f"{label}: {self.called(w)}", rule(w), w)

    def mean_nodes(self, m: Any, w: int) -> Any:
        """Nodes that a workload has in the mean hour."""
        return self.get(m, "kept_nodes" if self.overflow else "used_nodes", w)

    def own_tokens(self, m: Any, w: int) -> Any:
        """Tokens of a workload that its nodes serve."""
        bought = self.get(m, "bought_tokens", w) if self.overflow else 0.0
        return self.sent(m, w) - bought

    def bought_tokens(self, m: Any) -> Any:
        """Tokens of all workloads that overflow."""
        names = [self.name("bought_tokens", w) for w in self.names.workloads]
        return np.sum(column(m, names), axis=0)

    def overflow_usage(self, m: Any, w: int) -> Any:
        """What the tokens that overflow cost."""
        price = getattr(m, f"w{w}_b{self.overflow}_price_per_mtok")
        return priced(self.get(m, "bought_tokens", w), price)

    def overflow_bill(self, m: Any) -> Any:
        """What the tokens of all workloads that overflow cost."""
        return sum(self.overflow_usage(m, w) for w in self.names.workloads)
