"""Read a strategy: the routes of every workload, and what a full pool sends on."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from workbooks.portfolio import fields
from workbooks.portfolio.terms import Move, Portfolio, Strategy
from workbooks.scenario.entries import is_number, shown
from workbooks.scenario.scenario import ScenarioError

KEYS = ("name", "routes", "overflow", "nodes", "moves")
MOVE_KEYS = ("from", "first_month", "ramp_months", "dual_run_months")
SUM_DUST = 1e-9


def strategy(table: Mapping[str, Any], portfolio: Portfolio) -> Strategy:
    """Return a strategy whose names are known and whose shares add to 1."""
    place = f"strategy {table['name']!r}: "
    fields.keys(table, KEYS, place)
    routes = fields.section(table, "routes", place)
    read = {
        fields.named(name, portfolio.workloads, "workload", place): _route(
            shares, portfolio, name, place
        )
        for name, shares in routes.items()
    }
    for workload in portfolio.workloads:
        if workload.name not in read:
            raise ScenarioError(f"{place}workload {workload.name!r} has no route")
    overflow = _overflow(fields.section(table, "overflow", place), portfolio, place)
    nodes = fields.section(table, "nodes", place)
    for name, count in nodes.items():
        pool = fields.named(name, portfolio.pools, "pool", place)
        if not is_number(count) or count < 0 or count % 1:
            rule = "it must be a whole number; leave the pool out to build it for its peak"
            raise ScenarioError(f"{place}nodes of {pool!r} is {shown(count)}; {rule}")
        if pool not in overflow:
            raise ScenarioError(f"{place}pool {pool!r} has {count:g} nodes and no overflow engine")
    fixed = {name: float(count) for name, count in nodes.items()}
    moves = _moves(fields.section(table, "moves", place), read, portfolio, place)
    return Strategy(table["name"].strip(), read, overflow, fixed, moves)


def _moves(
    table: Mapping[str, Any],
    routes: Mapping[str, Mapping[str, float]],
    portfolio: Portfolio,
    place: str,
) -> dict[str, Move]:
    """Return how each workload comes to its route; one that does not move is there at once."""
    if not table:
        return {}
    dual = int(portfolio.frame.entries["dual_run_months"].base)
    found = {name: _at_once(shares, portfolio, dual) for name, shares in routes.items()}
    for name, each in table.items():
        workload = fields.named(name, portfolio.workloads, "workload", place)
        where = f"{place}move of {workload!r}: "
        if not isinstance(each, Mapping) or "from" not in each:
            rule = 'it must say where it moves from: { from = "API", first_month = 4 }'
            raise ScenarioError(f"{where}{shown(each)}; {rule}")
        fields.keys(each, MOVE_KEYS, where)
        last = portfolio.frame.horizon_months
        found[workload] = Move(
            _route(each["from"], portfolio, workload, where),
            fields.month(each, "first_month", 1, last, where),
            fields.month(each, "ramp_months", 0, last, where, 0),
            fields.month(each, "dual_run_months", dual, last, where, 0),
            "dual_run_months" not in each,
        )
    return found


def _at_once(shares: Mapping[str, float], portfolio: Portfolio, dual: int) -> Move:
    """What goes to pools is billed by the first engine too, as long as both run."""
    pooled = math.fsum(shares.get(pool.name, 0.0) for pool in portfolio.pools)
    first = [engine.name for engine in portfolio.billed[:1]]
    before = {name: shares.get(name, 0.0) + pooled for name in first}
    return Move(before, dual_run_months=dual, as_people=True)


def _route(shares: Any, portfolio: Portfolio, workload: str, place: str) -> dict[str, float]:
    """Return the shares of a workload by engine; one engine's name means all of it."""
    where = f"{place}route of {workload!r}: "
    given = {shares: 1.0} if isinstance(shares, str) else shares
    if not isinstance(given, Mapping):
        raise ScenarioError(f"{where}{shown(shares)} is neither an engine nor shares by engine")
    for engine, share in given.items():
        fields.named(engine, portfolio.engines, "engine", where)
        if not is_number(share) or not 0 <= share <= 1:
            rule = "it must be a share from 0 to 1"
            raise ScenarioError(f"{where}share of {engine!r} is {shown(share)}; {rule}")
    total = math.fsum(given.values())
    if abs(total - 1) > SUM_DUST:
        parts = ", ".join(f"{engine} {share:g}" for engine, share in given.items())
        raise ScenarioError(f"{where}the shares add to {total:g} ({parts}); they must add to 1")
    return {engine: float(share) for engine, share in given.items()}


def _overflow(table: Mapping[str, Any], portfolio: Portfolio, place: str) -> dict[str, str]:
    pools = {engine.name for engine in portfolio.pools}
    for pool, engine in table.items():
        fields.named(pool, portfolio.pools, "pool", place)
        fields.named(engine, portfolio.engines, "engine", f"{place}overflow of {pool!r}: ")
        way = [pool]
        while way[-1] in table and way[-1] not in way[:-1]:
            way.append(table[way[-1]])
        if way[-1] in way[:-1]:
            raise ScenarioError(f"{place}the overflow goes in a circle: {' to '.join(way)}")
        if engine in pools:
            rule = "it must be billed by the token, for a pool can be full too"
            raise ScenarioError(f"{place}overflow of {pool!r} is {engine!r}, a pool; {rule}")
    return dict(table)
