"""What each strategy costs, month by month: every workload routed, every pool with its nodes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from costcore.language.timeline import Line
from costcore.tokens.api import priced
from workbooks.plan.lines.monthly import TIME
from workbooks.plan.mixing.naming import Names, block, column, multiplied, paired
from workbooks.plan.mixing.pooling import ASSETS, Pooled, by_age

RUNNING = ("tokens", "nodes", "people", "moving")
"""What a strategy pays month by month, beside the purchases of nodes."""
WORDS = {
    "tokens": "tokens",
    "nodes": "nodes: rent, or what those bought take to run",
    "people": "people and tools",
    "moving": "moving workloads",
    "purchases": "purchases",
    "disposals": "nodes sold",
    "resale": "terminal value, when the plan ends",
    "written_off": "book value of nodes sold",
    "depreciation": "depreciation",
}


def shared_lines(names: Names) -> tuple[Line, ...]:
    """Return what all strategies read: discounts by month, and bought nodes by their age."""
    factors = ("start_factor", "bill_factor", "end_factor")
    ages = (by_age(p, names.each_pool[p - 1]) for p in sorted(names.bought))
    return (
        *(line for line in TIME if line.name in factors),
        *(line for each in ages for line in each),
    )


@dataclass(frozen=True, slots=True)
class Strategic:
    """The lines of one strategy."""

    number: int
    title: str
    names: Names
    overflow: Mapping[int, int] = field(default_factory=dict)
    """Token-billed engine, by its number, of each pool that is not built for its peak."""

    def name(self, *parts: str) -> str:
        """Return the name of one of its lines."""
        return "_".join((f"s{self.number}", *parts))

    def get(self, m: Any, *parts: str) -> Any:
        """Read one of its lines."""
        return getattr(m, self.name(*parts))

    @property
    def pools(self) -> tuple[Pooled, ...]:
        """Its pools."""
        return tuple(
            Pooled(self.number, p, self.names, self.overflow.get(p, 0)) for p in self.names.pools
        )

    def pool_lines(self) -> Iterator[Line]:
        """Yield need and nodes by pool."""
        for pool in self.pools:
            yield from pool.lines()

    def lines(self) -> tuple[Line, ...]:
        """Return usage and bills by engine, people, cash, profit and loss, present value."""
        return (*self._bills(), *self._flows(), *self._views(), *self._outcomes())

    def _line(self, name: str, label: str, rule: Any, sums: bool = True) -> Line:
        return Line(self.name(name), f"{self.title}: {label}", rule, sums)

    def _column(self, m: Any, pattern: str) -> Any:
        return column(m, [pattern.format(w=w) for w in self.names.workloads])

    def _shares(self, m: Any, engine: str) -> Any:
        return self._column(m, self.name(f"w{{w}}_{engine}_share"))

    def _bills(self) -> Iterator[Line]:
        for b in self.names.billed:
            title = self.names.each_billed[b - 1]
            yield self._line(f"b{b}_usage_per_month", f"{title}, tokens", self._usage(b))
            yield self._line(f"b{b}_bill_per_month", f"{title}, bill", self._bill(b))

    def _usage(self, b: int) -> Any:
        """Tokens at their prices: the first engine bills what pools take too, at first."""

        def usage(m: Any) -> Any:
            prices = self._column(m, f"w{{w}}_b{b}_price_per_mtok")
            tokens = self._column(m, "w{w}_tokens_per_month")
            used = priced(multiplied(tokens, self._shares(m, f"b{b}"), prices), 1.0)
            if b == 1 and self.pools:
                moved = multiplied(tokens, self._shares(m, "pooled"), prices)
                used = used + np.where(m.month <= m.dual_run_months, priced(moved, 1.0), 0)
            bought = (pool.overflow_bill(m) for pool in self.pools if pool.overflow == b)
            return used + sum(bought, start=0.0)

        return usage

    def _bill(self, b: int) -> Any:
        def bill(m: Any) -> Any:
            used = self.get(m, f"b{b}_usage_per_month")
            least = getattr(m, f"b{b}_minimum_per_month")
            owed = np.maximum(used, least) + getattr(m, f"b{b}_fee_per_month")
            return np.where(used > 0, owed, getattr(m, f"b{b}_owed_per_month"))

        return bill

    def sent(self, m: Any, w: int, engine: str) -> Any:
        """Share of a workload that an engine takes: the first one what pools take too, at first."""
        share = self.get(m, f"w{w}_{engine}_share")
        if engine != "b1" or not self.pools:
            return share
        pooled = self.get(m, f"w{w}_pooled_share")
        return share + np.where(m.month <= m.dual_run_months, pooled, 0)

    def billed_tokens(self, m: Any, w: int, engine: str) -> Any:
        """Tokens of a workload that a token-billed engine bills, those that pools shed included."""
        shed = (
            pool.get(m, "bought_tokens", w) for pool in self.pools if f"b{pool.overflow}" == engine
        )
        sent = getattr(m, f"w{w}_tokens_per_month") * self.sent(m, w, engine)
        return sent + sum(shed, start=0.0)

    def moved(self, m: Any, w: int, engine: str) -> Any:
        """Pay in the first month for a workload that is moved to an engine."""
        share = self.get(m, f"w{w}_{engine}_share")
        once = np.where(share > 0, getattr(m, f"w{w}_{engine}_moving_cost"), 0)
        return np.where(m.month == 1, once, 0)

    def _tokens(self, m: Any) -> Any:
        bills = sum(self.get(m, f"b{b}_bill_per_month") for b in self.names.billed)
        own = (
            priced(self._on(m, pool), getattr(m, f"p{pool.p}_own_price_per_mtok"))
            for pool in self.pools
        )
        return bills + sum(own, start=0.0)

    def _on(self, m: Any, pool: Pooled) -> Any:
        """Tokens that the nodes of a pool serve."""
        sent = multiplied(self._column(m, "w{w}_tokens_per_month"), self._shares(m, f"p{pool.p}"))
        return sent - pool.bought_tokens(m) if pool.overflow else sent

    def all_nodes(self, m: Any) -> Any:
        """Nodes of all pools."""
        return sum((pool.get(m, "needed_nodes") for pool in self.pools), start=0.0)

    def _nodes(self, m: Any) -> Any:
        each = (
            pool.get(m, "needed_nodes") * getattr(m, f"p{pool.p}_running_per_month")
            for pool in self.pools
        )
        return sum(each, start=0.0)

    def _people(self, m: Any) -> Any:
        return np.where(self.all_nodes(m) > 0, m.people_per_month, 0)

    def _moving(self, m: Any) -> Any:
        """Pay for each workload once that it is moved to an engine."""
        moved = paired(1.0, self._pairs(m, "w{w}_{e}_moving_cost"), self._routed(m) > 0)
        return np.where(m.month == 1, moved, 0)

    def _pairs(self, m: Any, pattern: str) -> Any:
        """Return a value of every workload and engine, as a block."""
        numbers = (e for e, _ in self.names.engines)
        each = [[pattern.format(w=w, e=e) for w in self.names.workloads] for e in numbers]
        return block(m, each)

    def _routed(self, m: Any) -> Any:
        return self._pairs(m, self.name("w{w}_{e}_share"))

    def _asset(self, part: str) -> Any:
        def of_all(m: Any) -> Any:
            bought = (pool for pool in self.pools if pool.p in self.names.bought)
            return sum((pool.get(m, f"{part}_per_month") for pool in bought), start=0.0)

        return of_all

    def _flows(self) -> Iterator[Line]:
        rules = (self._tokens, self._nodes, self._people, self._moving)
        for part, rule in zip(RUNNING, rules, strict=True):
            yield self._line(f"{part}_per_month", WORDS[part], rule)
        for part in ASSETS if self.names.bought else ():
            yield self._line(f"{part}_per_month", WORDS[part], self._asset(part))

    def _views(self) -> Iterator[Line]:
        """Yield cash with the terminal value, expense, and present value."""

        def part(m: Any, name: str) -> Any:
            return self.get(m, f"{name}_per_month")

        def running(m: Any) -> Any:
            return sum(part(m, each) for each in RUNNING)

        def asset(m: Any, name: str) -> Any:
            return part(m, name) if self.names.bought else 0.0

        def cash(m: Any) -> Any:
            invested = asset(m, "purchases") - asset(m, "disposals") - asset(m, "resale")
            return part(m, "running") + invested

        def expense(m: Any) -> Any:
            gone = asset(m, "written_off") - asset(m, "disposals")
            return part(m, "running") + asset(m, "depreciation") + gone

        def present(m: Any) -> Any:
            invested = (asset(m, "purchases") - asset(m, "disposals")) * m.start_factor
            return part(m, "running") * m.bill_factor + invested - asset(m, "resale") * m.end_factor

        yield self._line("running_per_month", "running cost", running)
        yield self._line("cash_per_month", "cash, with the terminal value", cash)
        yield self._line("expense_per_month", "profit and loss: expense", expense)
        yield self._line("present_per_month", "present value", present)

    def _outcomes(self) -> Iterator[Line]:
        """Yield successful outcomes, and what debugging and repair cost beside the plan."""
        for line, label, each in (
            ("success_count", "successful outcomes", "outcomes_count"),
            ("mending_per_month", "debugging and repair, in no total above", "mending_per_mtok"),
        ):

            def rule(m: Any, each: str = each) -> Any:
                tokens = self._column(m, "w{w}_tokens_per_month")
                outcomes = self._pairs(m, f"w{{w}}_{{e}}_{each}")
                return priced(paired(tokens, self._routed(m), outcomes), 1.0)

            yield self._line(line, label, rule)
