"""What each strategy costs, month by month: every workload routed, every pool with its nodes."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial, reduce
from typing import Any

import numpy as np

from costcore.language.timeline import Line
from costcore.tokens.api import priced
from workbooks.plan.lines.monthly import YEARS
from workbooks.plan.lines.served import to_date
from workbooks.plan.lines.vintages import TAX_YEARS
from workbooks.plan.mixing.naming import Names, alike, block, column, multiplied, paired
from workbooks.plan.mixing.pooling import ASSETS, Pooled, by_age
from workbooks.plan.mixing.routing import billing, exposed, losing, staged
from workbooks.plan.mixing.routing.owing import EngineDeals, deals_of

RUNNING = ("tokens", "nodes", "people", "moving")
"""What a strategy pays month by month, beside the purchases of nodes."""
MENDING = "mending_per_mtok"
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
    listed = [f"w{w}_tokens_per_month" for w in names.workloads]
    ages = (by_age(p, names.each_pool[p - 1]) for p in sorted(names.bought))
    return (
        *(line for line in YEARS if line.name.endswith("_factor")),
        *(line for each in ages for line in each),
        Line("all_tokens", "Tokens of all workloads", lambda m: np.sum(column(m, listed), axis=0)),
        to_date("all_tokens", "The same to date"),
        *(TAX_YEARS if names.taxed and names.bought else ()),
    )


@dataclass(frozen=True, slots=True)
class Strategic:
    """The lines of one strategy."""

    number: int
    title: str
    names: Names
    overflow: Mapping[int, int] = field(default_factory=dict)
    """Token-billed engine, by its number, of each pool that is not built for its peak."""
    staged: bool = False
    """Whether any workload comes to its route later than in the first month."""
    signs: frozenset[str] = frozenset()
    """Names of the offers that it signs."""

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
            Pooled(self.number, p, self.names, self.overflow.get(p, 0), self.staged, self.signs)
            for p in self.names.pools
        )

    @property
    def deals(self) -> EngineDeals:
        """What it owes by contract."""
        each = deals_of(f"s{self.number}", self.names, self.signs, partial(billing.uses, self))
        return EngineDeals(f"s{self.number}", self.names.contracts, called=self.title, each=each)

    def pool_lines(self) -> Iterator[Line]:
        """Yield need and nodes by pool."""
        for pool in self.pools:
            yield from pool.lines()

    def staged_lines(self) -> Iterator[Line]:
        """Yield the shares of each month, where workloads move later."""
        return staged.lines(self)

    def lines(self) -> tuple[Line, ...]:
        """Return usage and bills by engine, people, cash, profit and loss, present value."""
        bills = billing.lines(self)
        flows = (*self._flows(), *self._views(), *self._outcomes())
        return (*bills, *flows, *exposed.lines(self))

    def line(self, name: str, label: str, rule: Any, sums: bool = True) -> Line:
        """Return one of its lines, titled."""
        return Line(self.name(name), f"{self.title}: {label}", rule, sums)

    def column(self, m: Any, pattern: str) -> Any:
        """Return a value of every workload, as a column."""
        return column(m, [pattern.format(w=w) for w in self.names.workloads])

    def _shares(self, m: Any, engine: str) -> Any:
        return self.column(m, self.name(f"w{{w}}_{engine}_share"))

    def overflowing(self, b: int) -> list[Pooled]:
        """Pools whose full nodes send it what they cannot take."""
        return [pool for pool in self.pools if pool.overflow == b]

    def sent_to(self, m: Any, b: int, *prices: Any) -> Any:
        """Add up the tokens routed to an engine, each at its price."""
        tokens, shares = self.column(m, "w{w}_tokens_per_month"), self._shares(m, f"b{b}")
        if self.staged:
            twice = self.column(m, self.name(f"w{{w}}_b{b}_twice_share"))
            shares = operator.add(*alike(shares, twice))
        return multiplied(tokens, shares, *prices)

    def tiered(self, m: Any, engine: str, cost: Any) -> Any:
        """Return what tokens cost at the tiers of an engine that has them."""
        has = engine[0] == "b" and int(engine[1:]) in self.names.tiered
        return cost * self.get(m, f"{engine}_tier_factor") if has else cost

    def sent(self, m: Any, w: int, engine: str) -> Any:
        """Share of a workload that an engine takes: the first one what pools take too, at first."""
        share = self.get(m, f"w{w}_{engine}_share")
        if self.staged and engine.startswith("b"):
            return share + self.get(m, f"w{w}_{engine}_twice_share")
        if engine != "b1" or not self.names.pools:
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
        """Pay for a workload that is moved to an engine, in the first month that it goes there."""
        cost, share = getattr(m, f"w{w}_{engine}_moving_cost"), self.get(m, f"w{w}_{engine}_share")
        if self.staged:
            goal, before = (self.get(m, f"w{w}_{engine}_{x}_share") for x in ("goal", "before"))
            later = (goal > 0) & (before == 0) & (m.month == self.get(m, f"w{w}_first_months"))
            return np.where(m.month == 1, share > 0, later) * cost
        return ((m.month == 1) & (share > 0)) * cost

    def _tokens(self, m: Any) -> Any:
        bills = sum(self.get(m, f"b{b}_bill_per_month") for b in self.names.billed)
        return bills + sum((self.own_tokens(m, pool) for pool in self.pools), start=0.0)

    def own_tokens(self, m: Any, pool: Pooled) -> Any:
        """Return what the tokens that a pool serves cost beside its nodes."""
        return self.get(m, f"p{pool.p}_marginal_per_month")

    def _marginal(self, pool: Pooled, m: Any) -> Any:
        return priced(self._on(m, pool), getattr(m, f"p{pool.p}_own_price_per_mtok"))

    def _on(self, m: Any, pool: Pooled) -> Any:
        """Tokens that the nodes of a pool serve."""
        sent = multiplied(self.column(m, "w{w}_tokens_per_month"), self._shares(m, f"p{pool.p}"))
        return sent - pool.bought_tokens(m) if pool.overflow else sent

    def all_nodes(self, m: Any) -> Any:
        """Nodes of all pools."""
        return sum((pool.whole(m) for pool in self.pools), start=0.0)

    def _nodes(self, m: Any) -> Any:
        return sum((pool.running(m) for pool in self.pools), start=0.0)

    def _people(self, m: Any) -> Any:
        return np.where(self.all_nodes(m) > 0, m.people_per_month, 0)

    def _moving(self, m: Any) -> Any:
        """Pay for each workload once that it is moved to an engine."""
        costs = self.pairs(m, "w{w}_{e}_moving_cost")
        if not self.staged:
            return np.where(m.month == 1, paired(1.0, costs, self.routed(m) > 0), 0)
        comes = (self.column(m, self.name("w{w}_first_months")) == m.month) * 1
        goal, before = self.routed(m, "goal_share"), self.routed(m, "before_share")
        later = paired(comes, costs, goal > 0, before == 0)
        return np.where(m.month == 1, self.get(m, "starting_per_month"), later)

    def pairs(self, m: Any, pattern: str) -> Any:
        """Return a value of every workload and engine, as a block."""
        numbers = (e for e, _ in self.names.engines)
        each = [[pattern.format(w=w, e=e) for w in self.names.workloads] for e in numbers]
        return block(m, each)

    def routed(self, m: Any, part: str = "share") -> Any:
        """Return the shares of every workload and engine, as a block."""
        return self.pairs(m, self.name(f"w{{w}}_{{e}}_{part}"))

    def _rates(self, m: Any, worth: str) -> list[Any]:
        """Return what moves the worth of each workload in a month, where anything does."""
        moves = self.names.mended and worth == MENDING
        return [self.column(m, "w{w}_mending_factor")] if moves else []

    def _over_routes(self, worth: str, line: str, m: Any) -> Any:
        """Add up what a million tokens of each workload come to on the engines it takes."""
        mtok: Any = priced(self.column(m, "w{w}_tokens_per_month"), 1.0)
        mtok = reduce(operator.mul, alike(mtok, *self._rates(m, worth)))
        found = staged.by_share(self, m, mtok, self.pairs(m, f"w{{w}}_{{e}}_{worth}"), line)
        if line.startswith(staged.BEFORE):
            return found
        return found + priced(self.overflowed(m, "bought_tokens", worth), 1.0)

    def overflowed(self, m: Any, gone: str, worth: str) -> Any:
        """Add up what overflows of each workload times what it is worth more there than here."""
        more: Any = 0.0
        for pool in self.pools:
            if pool.overflow:
                engines = (f"b{pool.overflow}", f"p{pool.p}")
                there, here = alike(*(self.column(m, f"w{{w}}_{e}_{worth}") for e in engines))
                rows = self.column(m, self.name(f"w{{w}}_p{pool.p}_{gone}"))
                more = more + multiplied(rows, there - here, *self._rates(m, worth))
        return more

    def _asset(self, part: str) -> Any:
        def of_all(m: Any) -> Any:
            bought = (pool for pool in self.pools if pool.p in self.names.bought)
            return sum((pool.get(m, f"{part}_per_month") for pool in bought), start=0.0)

        return of_all

    def _tax_saved(self, m: Any) -> Any:
        """Return what running cost, losses and vintages save of the tax."""
        lost = self.get(m, "loss_per_month") if self.names.private else 0.0
        deducted = self._asset("tax_depreciation")(m) + self.get(m, "running_per_month") + lost
        return deducted * m.tax_rate_share + self._asset("terminal_tax")(m)

    def _flows(self) -> Iterator[Line]:
        for pool in self.pools:
            label = f"{pool.title}, tokens, beside its nodes"
            served = partial(self._marginal, pool)
            yield self.line(f"p{pool.p}_marginal_per_month", label, served)
        yield from staged.starting(self)
        rules = (self._tokens, self._nodes, self._people, self._moving)
        for part, rule in zip(RUNNING, rules, strict=True):
            yield self.line(f"{part}_per_month", WORDS[part], rule)
        yield from billing.owing(self)
        for part in ASSETS if self.names.bought else ():
            yield self.line(f"{part}_per_month", WORDS[part], self._asset(part))

    def _views(self) -> Iterator[Line]:
        """Yield cash with the terminal value, expense, and present value."""
        if self.names.private:
            yield from losing.lines(self)

        owed = ("contracts",) if self.deals.each else ()

        def part(m: Any, name: str) -> Any:
            return self.get(m, f"{name}_per_month")

        def running(m: Any) -> Any:
            return sum(part(m, each) for each in (*RUNNING, *owed))

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
            due = part(m, "running") + (part(m, "loss") if self.names.private else 0.0)
            due = due - (part(m, "tax_saved") if self.names.taxed else 0.0)
            return due * m.bill_factor + invested - asset(m, "resale") * m.end_factor

        yield self.line("running_per_month", "running cost", running)
        yield self.line("cash_per_month", "cash, with the terminal value", cash)
        yield self.line("expense_per_month", "profit and loss: expense", expense)
        if self.names.taxed:
            yield self.line("tax_saved_per_month", "tax saved", self._tax_saved)
        label = "present value, after tax" if self.names.taxed else "present value"
        yield self.line("present_per_month", label, present)

    def _outcomes(self) -> Iterator[Line]:
        """Yield successful outcomes, and what debugging and repair cost beside the plan."""
        for line, label, each in (
            ("success_count", "successful outcomes", "outcomes_count"),
            ("mending_per_month", "debugging and repair, in no total above", MENDING),
        ):
            yield from staged.in_turn(self, line, label, partial(self._over_routes, each))
