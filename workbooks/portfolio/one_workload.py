"""A scenario with one workload, read as the portfolio that it is."""

from __future__ import annotations

from dataclasses import replace

from workbooks.portfolio.dated.contracts import agreed, of_one
from workbooks.portfolio.terms import API, MANAGED, NODES, Engine, Portfolio, Strategy, Workload
from workbooks.scenario.contracts import NODES as CONTRACTED
from workbooks.scenario.feasibility import exchange_rate
from workbooks.scenario.own_rows import Beside
from workbooks.scenario.scenario import Scenario

WORKLOAD = "The workload"
NAMES = {"api": "Cloud API", "managed": "Managed platform", "own": "Own nodes"}
ALONE = {
    "api": "All on the API",
    "managed": "All on the managed platform",
    "own": "All self-hosted",
}
HYBRID = "Hybrid"
ON = {
    API: NAMES["api"],
    MANAGED: NAMES["managed"],
    "dedicated": NAMES["api"],
    **dict.fromkeys(CONTRACTED, NAMES["own"]),
}
"""The engine that a kind of contract is on."""


def _moving(scenario: Scenario, kind: str) -> float:
    """One-off cost of moving there; on the API you are already."""
    cost = {MANAGED: "managed_migration_cost", NODES: "migration_cost"}
    if kind not in cost:
        return 0.0
    entry = scenario.entries[cost[kind]]
    code, rows = entry.currency or scenario.currency, Beside(scenario.rows)
    return float(entry.base) * exchange_rate(code, scenario, rows)


def _offers(scenario: Scenario, option: str) -> frozenset[str]:
    """Return the contracts that an option signs while they are only offered."""
    owed = (each for each in scenario.contracts if each.owed_by(option))
    return frozenset(each.contract for each in owed if not each.is_signed)


def as_portfolio(scenario: Scenario) -> Portfolio:
    """Return one workload, its engines, and a strategy for each of the plan's options.

    The workload, the engines and what they share are all described by the one scenario, the steps
    of its prices too. What is committed is signed: it is owed under every strategy.

    Raises
    ------
    ScenarioError
        If it has a contract for what it does not compare.
    """
    options, bare = scenario.options, replace(scenario, contracts=())
    kinds = {"api": API, "managed": MANAGED, "own": NODES}
    engines = tuple(
        Engine(
            NAMES[name],
            kind,
            bare,
            inputs=kind,
            moving_cost=_moving(scenario, kind),
            signed=kind != NODES,
            has_all_steps=True,
        )
        for name, kind in kinds.items()
        if name in options
    )
    workload = Workload(WORKLOAD, bare, last_month=scenario.horizon_months)
    offers = {option: _offers(scenario, option) for option in options}
    strategies = [
        Strategy(ALONE[name], {WORKLOAD: {NAMES[name]: 1.0}}, signs=offers[name])
        for name in NAMES
        if name in options
    ]
    if "hybrid" in options:
        own = float(scenario.entries["hybrid_share"].base)
        shares = {NAMES["own"]: own, NAMES[scenario.hybrid_rest]: 1 - own}
        strategies.append(Strategy(HYBRID, {WORKLOAD: shares}, signs=offers["hybrid"]))
    portfolio = Portfolio(bare, (workload,), engines, tuple(strategies))
    placed = {kind: name for kind, name in ON.items() if name in {each.name for each in engines}}
    return agreed(portfolio, [of_one(each, placed) for each in scenario.contracts])
