"""The budget of one strategy of a portfolio: tokens by engine and workload, pools line by line."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import numpy as np

from costcore.tokens.api import priced
from workbooks.plan.lines.hosted import COMPUTE
from workbooks.plan.lines.owing.together import used_of
from workbooks.plan.mixing import amounts
from workbooks.plan.mixing.comparing import Compared, routes
from workbooks.plan.mixing.finding import found
from workbooks.plan.mixing.pooling import Pooled
from workbooks.plan.mixing.routing import billing
from workbooks.plan.mixing.routing.billing import DEDICATED
from workbooks.plan.mixing.routing.by_month import BEST, by_month
from workbooks.plan.mixing.starting import FRAME, Inputs, Plans, billed_plan, inputs
from workbooks.plan.monthend.actuals import month_end
from workbooks.plan.monthend.bills import ActualsError
from workbooks.plan.monthend.lines import LINES, MOVING
from workbooks.plan.monthend.signed.places import Places
from workbooks.plan.monthend.signed.rows import FEES, Budgeted, Signed
from workbooks.plan.plan import plan
from workbooks.plan.workloads.rules import Rule
from workbooks.portfolio.terms import Portfolio, fingerprint


def pooled(portfolio: Portfolio, option: str = "", rules: Sequence[Rule] = ()) -> Signed:
    """Return the budget of one strategy of a portfolio.

    Parameters
    ----------
    option
        Its name, or Best mix for the one that stands in the workbook; capitals do not count.
        Blank: the only one there is.
    rules
        Which models and projects are whose, for bills that name no workload.

    Raises
    ------
    ActualsError
        If there is none of that name, or nobody has said which of several was run.
    """
    plans: Plans = {}
    starting = inputs(portfolio, plans=plans)
    ways = [way for way in found(portfolio, None, 0).strategies if not way.out]
    way = _chosen(ways, option, portfolio, starting)
    rows = tuple(_Budget(portfolio, way, starting, plans).rows())
    facts = {
        "Strategy": way.strategy.name,
        "Present value": f"{portfolio.frame.currency} {way.present_cost:,.0f}",
        "Fingerprint of the inputs": fingerprint(portfolio),
    }
    places = Places(portfolio, way.strategy, tuple(rules))
    called = way.lines.names.each_workload
    return Signed(plan(portfolio.frame), way.strategy.name, rows, places.placed, called, facts)


def _chosen(
    ways: Sequence[Compared], option: str, portfolio: Portfolio, starting: Inputs
) -> Compared:
    origin, names = portfolio.frame.origin, ", ".join(repr(way.strategy.name) for way in ways)
    if not option:
        if len(ways) == 1:
            return ways[0]
        raise ActualsError(f"{origin} has {len(ways)} strategies; say --option with the one "
                           f"that was run: {names}")  # fmt: skip
    asked = option.strip().casefold()
    named = [way for way in ways if way.strategy.name.casefold() == asked]
    if not named and asked == BEST.casefold():
        return _found(portfolio, starting)
    if not named:
        raise ActualsError(f"{origin} has no strategy {option!r}; it has {names}")
    return named[0]


def _found(portfolio: Portfolio, starting: Inputs) -> Compared:
    """Return the best mix that stands in a workbook, whose values are then the plan."""
    origin = portfolio.frame.origin
    if portfolio.mix is None:
        rule = f"evenpoint mix {origin} --out FILE.xlsx writes a workbook that has it"
        raise ActualsError(f"{origin} has no sheet {BEST}; {rule}")
    if not portfolio.mix.holds:
        rule = "evenpoint update searches again in a budget folder, and evenpoint mix elsewhere"
        raise ActualsError(f"{BEST} of {origin} was found on other inputs; {rule}")
    try:
        return by_month(portfolio, portfolio.mix, starting)
    except ValueError as error:
        raise ActualsError(f"{BEST} of {origin}: {error}") from None


@dataclass(frozen=True)
class _Budget:
    """What one strategy pays month by month, apart by what is billed for it."""

    portfolio: Portfolio
    way: Compared
    starting: Inputs
    plans: Plans

    @property
    def months(self) -> list[datetime.date]:
        return [month_end(day) for day in self.portfolio.frame.months]

    @property
    def month(self) -> Any:
        """All months at once, as the lines read them."""
        series, fixed = self.starting
        shares = routes(self.way.strategy, self.way.lines)
        told = {**fixed, **series, **shares, **self.way.told}  # a mix has shares of each month
        return SimpleNamespace(month=np.arange(1, len(self.months) + 1), **told)

    def rows(self) -> Iterator[Budgeted]:
        """Yield what each month is budgeted at: engines, pools, people, moving."""
        m, lines = self.month, self.way.lines
        for b, engine in enumerate(self.portfolio.billed, start=1):
            for w in lines.names.workloads:
                yield from self._tokens(m, w, b)
            dedicated = used_of(lines.deals.on(f"b{b}", DEDICATED), m)
            left = lines.get(m, f"b{b}_left_per_month") + dedicated
            yield from self._costs(left, FEES, engine.name)
        for pool in lines.pools:
            yield from self._pool(m, pool)
        told = amounts.people_parts(self.plans[FRAME])
        for part, cost in told.items():
            yield from self._costs(np.where(lines.all_nodes(m) > 0, cost, 0), LINES[part])
        yield from self._costs(lines.get(m, "moving_per_month"), MOVING)

    def _costs(self, costs: Any, title: str, engine: str = "") -> Iterator[Budgeted]:
        """Yield a cost line in each month that has it."""
        every = np.broadcast_to(costs, len(self.months)).tolist()
        for month, cost in zip(self.months, every, strict=True):
            if cost:
                yield Budgeted(month, title, math.nan, 0.0, cost, engine=engine)

    def _tokens(self, m: Any, w: int, b: int) -> Iterator[Budgeted]:
        """Yield what a workload is billed by the token."""
        workload, engine = self.portfolio.workloads[w - 1], self.portfolio.billed[b - 1]
        tokens = self.way.lines.billed_tokens(m, w, f"b{b}")
        tokens = tokens * billing.kept(self.way.lines, f"b{b}", m)
        price = self.way.lines.tiered(m, f"b{b}", getattr(m, f"w{w}_b{b}_price_per_mtok"))
        costs = priced(tokens, price)
        ours = billed_plan(self.plans, workload, engine)
        shares, blend, parts = amounts.kinds(workload, engine, ours)
        length = workload.request_tokens or math.nan
        for t, month in enumerate(self.months):
            if used := float(tokens[t]):
                scale = float(price[t]) / blend if blend else 0.0
                fresh, cached, answer = (part * scale for part in parts)
                kinds = used * shares[0], used * shares[1], used * shares[2]
                row = Budgeted(month, engine.name, used / length, used, float(costs[t]),
                               fresh, cached, answer)  # fmt: skip
                yield replace(row, engine=engine.name, workload=workload.name, kinds=kinds)

    def _pool(self, m: Any, pool: Pooled) -> Iterator[Budgeted]:
        """Yield the cost lines of a pool: nodes, purchases less sales, cost per token."""
        told = amounts.of_pool(self.plans["engine", pool.title])
        leased = told["acquisition_kind"] == "lease"
        nodes = pool.standing(m) if leased else pool.get(m, "needed_nodes")
        costs = {
            part: nodes * (told[f"own_{part}_per_month"] / told["own_nodes"])
            for part in COMPUTE[1:]
        }
        costs = {COMPUTE[0]: pool.running(m) - sum(costs.values()), **costs}
        for part, cost in costs.items():
            yield from self._costs(cost, LINES[part], pool.title)
        if pool.p in self.way.lines.names.bought:
            net = pool.get(m, "purchases_per_month") - pool.get(m, "disposals_per_month")
            yield from self._costs(net, LINES["purchases"], pool.title)
        if self.way.lines.deals.on(f"p{pool.p}"):
            owing = self.way.lines.get(m, f"p{pool.p}_owing_per_month")
            yield from self._costs(owing, LINES["contracts"], pool.title)
        own = sum(pool.own_tokens(m, w) for w in self.way.lines.names.workloads)
        marginal = priced(own, getattr(m, f"p{pool.p}_own_price_per_mtok"))
        yield from self._costs(marginal, LINES["marginal"], pool.title)
