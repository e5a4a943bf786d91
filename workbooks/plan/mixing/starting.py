"""What the lines of all strategies start from: values by month, and those that stay."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from costcore.answers.decisions import breach_per_year
from costcore.language.quantities import MONTHS_PER_YEAR
from costcore.portfolio.allocation import CENTRAL
from costcore.tokens.tiers import steps_off
from workbooks.folder.place import without
from workbooks.plan.lines import lookup
from workbooks.plan.lines.owing.terms import terms
from workbooks.plan.mixing import amounts
from workbooks.plan.mixing.amounts import Known
from workbooks.plan.mixing.gates import refusals
from workbooks.plan.mixing.naming import OF_POOL, Names
from workbooks.plan.mixing.routing import mending
from workbooks.plan.mixing.routing.paid_in import of_node, of_people, paid_in
from workbooks.plan.mixing.routing.staying import stays
from workbooks.plan.mixing.speeds import most_per_hour, planned_per_hour
from workbooks.plan.plan import Plan, plan
from workbooks.portfolio.terms import BUY, Engine, Portfolio, Workload
from workbooks.scenario.scenario import Scenario

Drawn = Mapping[tuple[str, str], Mapping[str, Any]]
"""Inputs that were drawn: of a workload or an engine by its kind and name, or of ("", "") all."""
Inputs = tuple[dict[str, Any], dict[str, Any]]
Plans = dict[tuple[str, str], Plan]
FRAME = "", ""
TAX = ("tax_rate_share", "tax_depreciation_kind", "fiscal_start_count")


def names(portfolio: Portfolio) -> Names:
    """Return what everything is called, and which pairs gates keep apart."""
    called = Names(
        tuple(workload.name for workload in portfolio.workloads),
        tuple(engine.name for engine in portfolio.billed),
        tuple(pool.name for pool in portfolio.pools),
    )
    numbers = {w.name: i for i, w in enumerate(portfolio.workloads, start=1)}
    places = {title: number for number, title in called.engines}
    bought = (
        p
        for p, pool in enumerate(portfolio.pools, start=1)
        if pool.scenario.entries["acquisition_kind"].base == BUY
    )
    apart = ((numbers[workload], places[engine]) for workload, engine in refusals(portfolio))
    staying = (p for p, pool in enumerate(portfolio.pools, 1) if stays(pool.scenario))
    tiered = (b for b, each in enumerate(portfolio.billed, start=1) if each.tier_tokens)
    of_pools = replace(called, bought=frozenset(bought), staying=frozenset(staying))
    of_all = replace(of_pools, tiered=frozenset(tiered), forbidden=frozenset(apart))
    words = tuple(each.words for each in portfolio.contracts)
    private = portfolio.privacy is not None
    foreign = tuple(pair for pair in paid_in(portfolio) if pair[1])
    told = replace(of_all, taxed=portfolio.is_taxed, private=private, contracts=words)
    mended = any(mending.foreign(workload) for workload in portfolio.workloads)
    return replace(told, paid_in=foreign, mended=mended)


def inputs(portfolio: Portfolio, drawn: Drawn | None = None, plans: Plans | None = None) -> Inputs:
    """Return the values by month, and those that stay: of the base case, or of many draws.

    Parameters
    ----------
    plans
        Of each workload and engine, to be filled, where this is asked many times.
    """
    with without(portfolio.without):
        starting = _Starting(portfolio, drawn or {}, {} if plans is None else plans)
    return starting.series, starting.fixed


def billed_plan(plans: Plans, workload: Workload, engine: Engine) -> Plan:
    """Return the plan of a token-billed engine in the hours of a workload's load."""
    shape = workload.scenario.load_shape
    return _known(plans, (engine.name, shape), replace(engine.scenario, load_shape=shape))


def _known(plans: Plans, key: tuple[str, str], scenario: Scenario) -> Plan:
    if key not in plans:
        plans[key] = plan(scenario)
    return plans[key]


MOST = re.compile(r"w(\d+)_p(\d+)_most_tokens_per_hour")


def typed_speeds(fixed: Mapping[str, Any]) -> list[tuple[int, int]]:
    """Return the workloads and pools whose typed speed the sizing model has an opinion of."""
    return [(int(found[1]), int(found[2])) for found in map(MOST.fullmatch, fixed) if found]


def expected_loss(portfolio: Portfolio, workload: Workload, engine: Engine) -> float:
    """Loss that is expected of a month in which an engine serves all of a workload."""
    told = portfolio.privacy
    if told is None:
        return 0.0
    outside = engine.is_outside
    share = told.breach_share_per_year if outside else told.own_breach_share_per_year
    known = {
        "breach_share_per_year": share,
        "breach_loss_cost": told.breach_loss_cost,
        "breach_records_share": workload.records_share,
    }
    return (breach_per_year(known) or 0.0) / MONTHS_PER_YEAR


def tiers(engine: Engine) -> dict[str, Any]:
    """Return where tiers begin, and what each takes off: tokens above it, or all of them."""
    above, whole = steps_off(engine.tier_discount_shares, engine.tier_kind)
    tokens = np.array(engine.tier_tokens)
    return {"tier_tokens": tokens, "above_shares": above, "whole_shares": whole}


class _Starting:
    def __init__(self, portfolio: Portfolio, drawn: Drawn, plans: Plans) -> None:
        self.portfolio, self.drawn, self.names = portfolio, drawn, names(portfolio)
        self.plans = plans
        shapes = [amounts.week(workload) for workload in portfolio.workloads]
        self.shapes = np.stack(shapes)
        frame = {name: entry.base for name, entry in portfolio.frame.entries.items()}
        frame |= self._drawn(FRAME)
        shared = ("hours_per_month", "dual_run_months", "discount_rate", "payment_timing_share")
        self.series: dict[str, Any] = {}
        self._people()
        movable = np.array([workload.movable for workload in portfolio.workloads])
        self.fixed: dict[str, Any] = {
            **{name: frame[name] for name in shared},
            "horizon_months": float(portfolio.frame.horizon_months),
            "idle_kind": CENTRAL,
            "load_hours": float(self.shapes.shape[1]),
            "fixed_factors": np.where(movable[:, None], 0.0, self.shapes).T,
        }
        if self.names.taxed:
            self.fixed |= {name: frame[name] for name in TAX}
            self.fixed["start_month"] = lookup.number(portfolio.frame.start_month)
        for w, workload in enumerate(portfolio.workloads, start=1):
            self._workload(w, workload)
        for b, engine in enumerate(portfolio.billed, start=1):
            self._billed(b, engine)
        for p, pool in enumerate(portfolio.pools, start=1):
            self._pool(p, pool)
        self._contracts()

    def _people(self) -> None:
        """Add what people and tools take, and what of it in another currency."""
        ours = self._plan(FRAME, self.portfolio.frame)
        self.series["people_per_month"] = amounts.people(ours, self._drawn(FRAME))
        for code in self._codes("people"):
            paid = of_people(ours, amounts.people_parts(ours), code)
            self.series[f"{code.lower()}_people_per_month"] = paid

    def _contracts(self) -> None:
        """Add the terms of every contract; its minimum by month, in the plan's currency."""
        contracts = self.portfolio.contracts
        if not contracts:
            return
        told = amounts.minimums(self._plan(FRAME, self.portfolio.frame), self._drawn(FRAME))
        for name, value in terms(contracts).items():
            if name in told:
                self.series[name] = told[name]
            else:
                self.fixed[name] = value

    def _codes(self, what: str) -> list[str]:
        """Return the currencies that something is paid in; no draw asks for them."""
        return [c for c in self.names.codes if self.names.pays(what, c) and not self.drawn]

    def _drawn(self, place: tuple[str, str]) -> Known:
        return self.drawn.get(place, {})

    def _plan(self, key: tuple[str, str], scenario: Scenario) -> Plan:
        return _known(self.plans, key, scenario)

    def _workload(self, w: int, workload: Workload) -> None:
        drawn = self._drawn(("workload", workload.name))
        self.series[f"w{w}_tokens_per_month"] = amounts.tokens(
            workload, self._plan(("workload", workload.name), workload.scenario), drawn
        )
        if self.names.mended:
            ours = self._plan(("workload", workload.name), workload.scenario)
            self.series[f"w{w}_mending_factor"] = mending.moved(workload, ours)
        busiest = float(self.shapes[w - 1].max())
        self.fixed[f"w{w}_shape_factor"] = 1.0 if workload.movable else busiest
        self.fixed[f"w{w}_fixed_share"] = 0.0 if workload.movable else 1.0
        engines = (*self.portfolio.billed, *self.portfolio.pools)
        for (number, _), engine in zip(self.names.engines, engines, strict=True):
            self.fixed[f"w{w}_{number}_moving_cost"] = engine.moving_cost
            lost = expected_loss(self.portfolio, workload, engine)
            self.fixed[f"w{w}_{number}_breach_per_month"] = lost
            self._outcomes(w, number, workload, engine)

    def _outcomes(self, w: int, number: str, workload: Workload, engine: Engine) -> None:
        """Outcomes of a million tokens, and what debugging and repair cost with them."""
        known = self._plan(("workload", workload.name), workload.scenario).constants("base")
        done, mended = mending.of_mtok(known, engine.success_share(workload.name))
        self.fixed[f"w{w}_{number}_outcomes_count"] = done
        self.fixed[f"w{w}_{number}_mending_per_mtok"] = mended

    def _billed(self, b: int, engine: Engine) -> None:
        drawn = self._drawn(("engine", engine.name))
        none = np.zeros(self.portfolio.frame.horizon_months)
        for w, workload in enumerate(self.portfolio.workloads, start=1):
            on_workload = self._drawn(("workload", workload.name))
            apart = (w, f"b{b}") in self.names.forbidden
            price = self._price(workload, engine, on_workload, drawn) if not apart else none
            self.series[f"w{w}_b{b}_price_per_mtok"] = price
        ours = self._plan(("engine", engine.name), engine.scenario)
        least = amounts.term(engine, ours, "commit_per_month", drawn)
        self.series[f"b{b}_minimum_per_month"] = least
        self.series[f"b{b}_owed_per_month"] = least if engine.signed else none
        self.series[f"b{b}_fee_per_month"] = amounts.term(engine, ours, "fee_per_month", drawn)
        if engine.tier_tokens:
            self.fixed |= {f"b{b}_{name}": each for name, each in tiers(engine).items()}

    def _price(
        self, workload: Workload, engine: Engine, on_workload: Known, on_engine: Known
    ) -> Any:
        ours = billed_plan(self.plans, workload, engine)
        return amounts.prices(workload, engine, ours, on_workload, on_engine)

    def _pool(self, p: int, pool: Engine) -> None:
        drawn = self._drawn(("engine", pool.name))
        told = amounts.of_pool(self._plan(("engine", pool.name), pool.scenario), drawn)
        for code in self._codes(f"p{p}"):
            paid = of_node(plan(pool.scenario), told, code)
            self.series |= {f"p{p}_{code.lower()}_{name}": x for name, x in paid.items()}
        own_price = amounts.amount(
            self._plan(("engine", pool.name), pool.scenario), "own_price_per_mtok", drawn
        )
        self.series |= {f"p{p}_running_per_month": told["running_per_month"]}
        self.series |= {f"p{p}_own_price_per_mtok": own_price}
        for name in ("min", "spare"):
            least = 1.0 if name == "min" else 0.0
            self.fixed[f"p{p}_{name}_nodes"] = np.maximum(told[f"{name}_nodes"], least)
        if p in self.names.staying:
            for name in ("stays_per_month", "flexes_per_month"):
                self.series[f"p{p}_{name}"] = told[name]
            self.fixed[f"p{p}_stays_share"] = told["stays_share"]
        if p in self.names.bought:
            self.series[f"p{p}_node_now_capex"] = told["node_now_capex"]
            self.fixed |= {f"p{p}_{name}": told[name] for name in OF_POOL & set(_STAYS)}
        for w, workload in enumerate(self.portfolio.workloads, start=1):
            bursts = amounts.burst(
                workload, self.shapes[w - 1], self._drawn(("workload", workload.name))
            )
            apart = (w, f"p{p}") in self.names.forbidden
            served = 0.0 if apart else planned_per_hour(workload, pool, bursts, drawn)
            self.fixed[f"w{w}_p{p}_capacity_tokens_per_hour"] = served
            base = amounts.burst(workload, self.shapes[w - 1])
            if not apart and np.isfinite(most := most_per_hour(workload, pool, base)):
                self.fixed[f"w{w}_p{p}_most_tokens_per_hour"] = most


_STAYS = (
    "acquisition_kind",
    "book_end_share",
    "depreciation_kind",
    "existing_age_months",
    "existing_nodes",
    "life_months",
    "market_36_share",
    "market_60_share",
    "unneeded_kind",
)
