"""Turn a portfolio of a scenario file into the arrays that the cheapest mix is found in.

Every figure comes from the lines of the plan, run for one workload and one engine at a time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from costcore.language.timeline import Line, figures, values
from costcore.portfolio.portfolio import Array
from costcore.portfolio.portfolio import Portfolio as Arrays
from costcore.portfolio.volume import service_share
from workbooks.plan.lines.hosted import COMPUTE
from workbooks.plan.lines.monthly import TIME
from workbooks.plan.lines.owing.currencies import FACTOR
from workbooks.plan.mixing.gates import refusals
from workbooks.plan.mixing.speeds import planned_per_hour
from workbooks.plan.plan import plan
from workbooks.portfolio.terms import API, MANAGED, Engine, Portfolio, Workload
from workbooks.scenario.scenario import Scenario
from workbooks.sizing.shapes import hourly

WEEK = 168
PEOPLE = ("staff", "tools", "incidents")
PRICES = {name: (f"{name}_path_per_mtok", f"{name}_price_now_per_mtok") for name in (API, MANAGED)}
"""The price of each month on its path, with contracts and without."""
COMPOSITION = (
    "output_share",
    "cached_share",
    "cache_write_share",
    "long_context_share",
    "batch_share",
)


def arrays(portfolio: Portfolio) -> Arrays:
    """Return the base case as arrays, every amount at its present value.

    Raises
    ------
    ValueError
        If the workloads' load shapes do not fit into one week.
    """
    months = np.arange(1.0, portfolio.frame.horizon_months + 1)
    frame = _run(portfolio.frame)
    shapes = np.stack([_week(workload) for workload in portfolio.workloads])
    prices, capacity = _pairs(portfolio, shapes, months.size)
    paid = frame["bill_factor"]
    pools = [_pool(pool, frame) for pool in portfolio.pools]
    return Arrays(
        tokens=np.stack([_tokens(w, months) for w in portfolio.workloads], axis=1),
        shapes=shapes,
        hour_shares=np.full(shapes.shape[1], 1 / shapes.shape[1]),
        prices=prices * paid[:, None, None],
        capacity=capacity,
        node_costs=_columns(pools, "running", months) * paid[:, None],
        pool_costs=np.zeros((months.size, len(pools))),
        people=_people(portfolio.frame) * paid,
        own_prices=_columns(pools, "own_price", months) * paid[:, None],
        purchases=_columns(pools, "purchase", months),
        owned=_each(portfolio.pools, "existing_nodes"),
        spares=_each(portfolio.pools, "spare_nodes"),
        least=np.maximum(_each(portfolio.pools, "min_nodes"), 1.0),
        most=np.full(len(pools), np.inf),
        fees=_terms(portfolio, "fee_per_month", months) * paid[:, None],
        minimums=_terms(portfolio, "commit_per_month", months) * paid[:, None],
        signed=np.array([engine.signed for engine in portfolio.billed], dtype=bool),
        moving=_moving(portfolio) * paid[0],
        movable=np.array([workload.movable for workload in portfolio.workloads]),
        hours_per_month=float(frame["hours_per_month"]),
    )


def _pairs(portfolio: Portfolio, shapes: Array, months: int) -> tuple[Array, Array]:
    """Return the prices and the capacity of every pair, none where a gate forbids it."""
    forbidden = refusals(portfolio)
    billed, pools, rows = portfolio.billed, portfolio.pools, portfolio.workloads
    prices = np.full((months, len(rows), len(billed)), np.inf)
    capacity = np.zeros((len(rows), len(pools)))
    for i, workload in enumerate(rows):
        for j, engine in enumerate(billed):
            if (workload.name, engine.name) not in forbidden:
                prices[:, i, j] = _prices(workload, engine)
        for j, pool in enumerate(pools):
            if (workload.name, pool.name) not in forbidden:
                capacity[i, j] = planned_per_hour(workload, pool, _burst(workload, shapes[i]))
    return prices, capacity


def _run(scenario: Scenario, lines: Sequence[Line] = TIME) -> dict[str, Any]:
    """Run lines by month for the base case of a scenario."""
    ours = plan(scenario)
    known: dict[str, Any] = dict(ours.given("base"))
    known |= figures(ours.drivers, known)
    return {**known, **values(lines, known, scenario.horizon_months, series=ours.series)}


def _tokens(workload: Workload, months: Array) -> Array:
    volume = _run(workload.scenario)["volume_tokens_per_month"]
    ends = workload.first_month, workload.last_month, workload.ramp_months
    return np.asarray(volume * service_share(months, *ends))


def _week(workload: Workload) -> Array:
    """Return the load of each hour of a week; a day is repeated, several weeks are averaged."""
    hours = np.asarray(workload.scenario.load_factors or hourly(workload.scenario.load_shape))
    if WEEK % hours.size == 0:
        return np.asarray(np.tile(hours, WEEK // hours.size), float)
    weeks = hours[: hours.size // WEEK * WEEK].reshape(-1, WEEK)
    if not weeks.size:
        raise ValueError(f"workload {workload.name!r}: a load of {hours.size} hours is no week")
    mean = weeks.mean(axis=0)
    return np.asarray(mean / mean.mean())


def _burst(workload: Workload, shape: Array) -> float:
    """Peak that is planned for over the busiest hour of the shape: bursts, or a peak of one's own.

    A workload that may run in any hour has no busiest one of its own: only bursts remain.
    """
    peak = float(workload.scenario.entries["peak_factor"].base)
    return peak / float(shape.max())


def _prices(workload: Workload, engine: Engine) -> Array:
    """Price per million tokens of the workload's own composition and hours, by month."""
    shape = workload.scenario.load_shape
    ours = plan(replace(engine.scenario, load_shape=shape))
    known: dict[str, Any] = dict(ours.given("base"))
    known |= {name: workload.scenario.entries[name].base for name in COMPOSITION}
    known |= figures(ours.drivers, known)
    line = next(line for line in ours.monthly if line.name in PRICES[engine.inputs])
    months = engine.scenario.horizon_months
    return np.asarray(values((FACTOR, line), known, months, series=ours.series)[line.name])


def _pool(pool: Engine, frame: Mapping[str, Any]) -> dict[str, Array]:
    """Return what a node of a pool takes to run in each month, and to buy less its rest."""
    told = _run(pool.scenario, plan(pool.scenario).monthly)
    running = sum(told[f"own_{part}_per_month"] for part in COMPUTE) / told["own_nodes"]
    own_price = np.full(running.size, told["own_price_per_mtok"])
    return {"running": running, "own_price": own_price, "purchase": _purchase(told, frame)}


def _purchase(told: Mapping[str, Any], frame: Mapping[str, Any]) -> Array:
    """Present value of buying a node in each month and keeping it to the end; nan if not bought.

    At the end of its life, and at the end of the plan, it is sold at what the market then pays.
    """
    months = frame["start_factor"].size
    if told["acquisition_kind"] != "buy":
        return np.full(months, np.nan)
    life, value = int(told["life_months"]), np.zeros(months)
    for start in range(months - 1, -1, -1):
        used = min(life, months - start)
        sold = told["market_age_share"][used - 1] * frame["end_factor"][start + used - 1]
        value[start] = told["node_now_capex"][start] * (frame["start_factor"][start] - sold)
        if start + life < months:
            value[start] += value[start + life]
    return value


def _people(frame: Scenario) -> Array:
    """Pay of the people and tools that all pools share, by month."""
    told = _run(frame, plan(frame).monthly)
    return np.asarray(sum(told[f"own_{part}_per_month"] for part in PEOPLE))


def _columns(pools: list[dict[str, Array]], name: str, months: Array) -> Array:
    return np.array([pool[name] for pool in pools], float).reshape(-1, months.size).T


def _each(pools: tuple[Engine, ...], name: str) -> Array:
    return np.array([float(pool.scenario.entries[name].base) for pool in pools])


def _terms(portfolio: Portfolio, name: str, months: Array) -> Array:
    """Fee or minimum of each token-billed engine; a managed platform may have none."""
    entries = [(e.scenario.entries, f"{e.inputs}_{name}") for e in portfolio.billed]
    each = [float(known[key].base) if key in known else 0.0 for known, key in entries]
    return np.tile(np.array(each), (months.size, 1))


def _moving(portfolio: Portfolio) -> Array:
    engines = (*portfolio.billed, *portfolio.pools)
    return np.tile([engine.moving_cost for engine in engines], (len(portfolio.workloads), 1))
