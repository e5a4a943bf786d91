"""Volumes, prices and costs of a portfolio by month, from the lines of the plan.

Each workload and engine is run through the plan's own lines: once for the base case, or for many
draws of its inputs at a time.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from costcore.language.timeline import Line, figures, needed, values
from costcore.portfolio.pools import over_mean
from costcore.portfolio.portfolio import Array
from costcore.portfolio.volume import service_share
from workbooks.plan import foreign
from workbooks.plan.dated import agreed_steps
from workbooks.plan.lines.hosted import COMPUTE
from workbooks.plan.lines.monthly import VOLUME
from workbooks.plan.lines.owing.contracts import Deal
from workbooks.plan.lines.owing.currencies import rate_factor
from workbooks.plan.lines.owing.terms import term_name
from workbooks.plan.lines.vintages import BY_AGE, TAX_YEARS, Holdings, Vintages
from workbooks.plan.mixing.naming import alike
from workbooks.plan.mixing.routing.staying import added, staying, stays
from workbooks.plan.plan import Plan
from workbooks.portfolio.terms import API, MANAGED, Engine, Workload
from workbooks.sizing.shapes import hourly

WEEK = 168
PEOPLE = ("staff", "tools", "incidents")
PRICES = {
    name: [f"{name}_{part}_per_mtok" for part in ("path", "held", "price_now")]
    for name in (API, MANAGED)
}
"""The price of each month, last; before it what a contract holds, and without contracts."""
COMPOSITION = (
    "output_share",
    "cached_share",
    "cache_write_share",
    "cache_write_1h_share",
    "long_context_share",
    "second_long_context_share",
    "batch_share",
)
Known = Mapping[str, Any]
NOTHING: Known = {}


def run(
    ours: Plan,
    lines: Sequence[Line],
    drawn: Known = NOTHING,
    keep: Collection[str] | None = None,
) -> dict[str, Any]:
    """Run lines by month for the base case of a plan, with what was drawn in its place."""
    months = ours.scenario.horizon_months
    known = foreign.drawn(ours, drawn)
    known |= figures(ours.drivers, known)
    return {**known, **values(lines, known, months, series=ours.series, keep=keep)}


def tokens(workload: Workload, ours: Plan, drawn: Known = NOTHING) -> Array:
    """Return the tokens of each month of its life."""
    known = {**ours.constants("base"), **drawn}  # no table is asked for a volume
    keep = ("level_tokens_per_month", "volume_tokens_per_month")
    horizon = ours.scenario.horizon_months
    volume = values(VOLUME, known, horizon, series=ours.series, keep=keep)[keep[1]]
    months = np.arange(1.0, workload.scenario.horizon_months + 1)
    ends = workload.first_month, workload.last_month, workload.ramp_months
    served = np.asarray(service_share(months, *ends))
    return np.asarray((volume.T * served).T)


def week(workload: Workload) -> Array:
    """Return the load of each hour of a week over its mean, in whatever it was counted.

    A day is repeated, several weeks are averaged.
    """
    hours = np.asarray(workload.scenario.load_factors or hourly(workload.scenario.load_shape))
    if WEEK % hours.size == 0:
        hours = np.tile(hours, WEEK // hours.size)
    weeks = hours[: hours.size // WEEK * WEEK].reshape(-1, WEEK)
    if not weeks.size:
        raise ValueError(f"workload {workload.name!r}: a load of {hours.size} hours is no week")
    mean = weeks.mean(axis=0)
    return np.asarray(over_mean(mean, mean.mean()), float)


def burst(workload: Workload, shape: Array, drawn: Known = NOTHING) -> Any:
    """Peak that is planned for over the busiest hour of the shape: bursts, or a peak of one's own.

    A workload that may run in any hour has no busiest one of its own: only bursts remain.
    """
    peak = drawn.get("peak_factor", float(workload.scenario.entries["peak_factor"].base))
    return peak / float(shape.max())


def prices(
    workload: Workload,
    engine: Engine,
    ours: Plan,
    on_workload: Known = NOTHING,
    on_engine: Known = NOTHING,
) -> Array:
    """Price per million tokens of the workload's own composition and hours, by month.

    Parameters
    ----------
    ours
        The engine's plan in the hours of the workload's load.
    """
    *_, paid = _priced(workload, engine, ours, _composed(workload, ours, on_workload, on_engine))
    return paid


def held_parts(workload: Workload, engine: Engine, ours: Plan) -> tuple[Array, Array]:
    """Return a price that a contract holds as it is without, and what the held one is paid at.

    That is at the rate of the month over today's, and at what is agreed for later days.
    """
    path, held, paid = _priced(workload, engine, ours, _composed(workload, ours))
    return path, np.where(held > 0, paid / np.where(held > 0, held, 1), 1.0)


def _priced(workload: Workload, engine: Engine, ours: Plan, known: Known) -> list[Array]:
    """Return the price of each month, last; before it what a contract holds, and without."""
    paths = [line for line in ours.monthly if line.name in PRICES[engine.inputs]]
    months = engine.scenario.horizon_months
    lines = (*ours.currencies.by_month((engine.inputs,)), *paths)
    told = values(lines, known, months, series=ours.series)
    found = [np.asarray(told[line.name]) for line in paths]
    if steps := _steps(workload, engine, ours):
        found[-1] = (found[-1].T * [*steps, *(1.0,) * (months - len(steps))]).T
    return found


def _steps(workload: Workload, engine: Engine, ours: Plan) -> tuple[float, ...]:
    """Return the price of each month over that of the plan's day, for the workload's own mix."""
    if engine.has_all_steps:
        return ()
    mix = {name: workload.scenario.entries[name] for name in COMPOSITION}
    entries = {**ours.scenario.entries, **mix}
    composed = replace(ours, scenario=replace(ours.scenario, entries=entries))
    return agreed_steps(composed, engine.inputs)


def _composed(
    workload: Workload, ours: Plan, on_workload: Known = NOTHING, on_engine: Known = NOTHING
) -> dict[str, Any]:
    """Return the drivers of an engine's plan for the workload's own composition."""
    known = foreign.drawn(ours, on_engine)
    known |= {
        name: on_workload.get(name, workload.scenario.entries[name].base) for name in COMPOSITION
    }
    return known | figures(ours.drivers, known)


def kinds(
    workload: Workload, engine: Engine, ours: Plan
) -> tuple[tuple[float, ...], float, tuple[float, ...]]:
    """Return input, cached and output: their shares, the price of their mix, and their prices."""
    known = _composed(workload, ours)
    output, cached = float(known["output_share"]), float(known["cached_share"])
    shares = (1 - output) * (1 - cached), (1 - output) * cached, output
    names = ("blend", "mixed_input", "cached", "mixed_output")
    blend, *parts = (float(known[f"{engine.inputs}_{name}_per_mtok"]) for name in names)
    return shares, blend, tuple(parts)


def of_pool(ours: Plan, drawn: Known = NOTHING) -> dict[str, Any]:
    """Run a pool alone: what its nodes cost by month, and what becomes of those that are bought."""
    bought = ("node_now_capex", "market_age_share") if ours.holdings.buys else ()
    beside = ("own_nodes", "rent_now_factor", "space_now_factor", *bought)
    told = _wanted(ours, (*(f"own_{part}_per_month" for part in COMPUTE), *beside), drawn)
    running, nodes = alike(added(told, COMPUTE), np.asarray(told["own_nodes"]))
    told = {**told, "running_per_month": running / nodes}
    return {**told, **staying(told)} if stays(ours.scenario) else told


def purchase(told: Known, frame: Known) -> Array:
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


def tax_saved(told: Known, frame: Known) -> Array:
    """Present value of the tax that buying a node in each month saves; nan if not bought."""
    months = frame["start_factor"].size
    if told["acquisition_kind"] != "buy":
        return np.full(months, np.nan)
    node = Vintages("own")
    needed_now = Line("own_needed_nodes", "", lambda m: np.where(m.month >= m.begun_months, 1, 0))
    ages = (line for line in BY_AGE if line.name != "node_now_capex")
    lines = (
        *(needed_now, *ages, *TAX_YEARS),
        *(*node.nodes(Holdings(buys=True)), *node.assets(), *node.tax()),
    )
    known = {**told, "existing_nodes": 0.0, "begun_months": np.arange(1.0, months + 1)}
    series = {"node_now_capex": told["node_now_capex"]}
    found = values(lines, known, months, series=series)
    deducted = found["own_tax_depreciation_per_month"] * told["tax_rate_share"]
    return np.asarray(frame["bill_factor"] @ (deducted + found["own_terminal_tax_per_month"]))


def people(ours: Plan, drawn: Known = NOTHING) -> Array:
    """Pay of the people and tools that all pools share, by month."""
    return added(_people(ours, drawn), PEOPLE)


def people_parts(ours: Plan) -> dict[str, Array]:
    """Return what that pay is made of, by part and month."""
    told = _people(ours, NOTHING)
    return {part: told[f"own_{part}_per_month"] for part in PEOPLE}


def _people(ours: Plan, drawn: Known) -> dict[str, Any]:
    return _wanted(ours, [f"own_{part}_per_month" for part in PEOPLE], drawn)


def _wanted(ours: Plan, wanted: Sequence[str], drawn: Known) -> dict[str, Any]:
    """Run no more lines by month than those behind the wanted ones."""
    known = [*ours.given(), *(line.name for line in ours.drivers), "month", *ours.series]
    lines, kept = needed(ours.monthly, known, wanted)
    return run(ours, lines, drawn, kept | set(wanted))


def term(engine: Engine, ours: Plan, name: str, drawn: Known = NOTHING) -> Any:
    """Return a fee or a minimum of a token-billed engine by month; it may have none.

    One in another currency is at the budget rates.
    """
    return amount(ours, f"{engine.inputs}_{name}", drawn)


def amount(ours: Plan, name: str, drawn: Known = NOTHING) -> Any:
    """Return an amount of a plan by month, at the budget rates where it is in another currency."""
    value = foreign.drawn(ours, drawn).get(name, 0.0)
    if name not in ours.currencies.code_of:
        return monthly(value, ours.scenario.horizon_months)
    moved = rates(ours, name, drawn)
    return np.multiply(*alike(moved, np.broadcast_to(value, (*moved.shape[:1], *np.shape(value)))))


def rates(ours: Plan, name: str, drawn: Known = NOTHING) -> Array:
    """Return what the rate of an amount's currency is over today's by month."""
    factor, lines = rate_factor(name), ours.currencies.by_month(())
    return np.asarray(run(ours, lines, drawn, {factor})[factor])


def monthly(value: Any, months: int) -> Array:
    """Return what is the same in every month for each of them, whatever is drawn beside it.

    >>> monthly(np.array([1.0, 2.0]), 2).tolist()  # two draws, in two months
    [[1.0, 2.0], [1.0, 2.0]]
    """
    return np.broadcast_to(np.asarray(value, float), (months, *np.shape(value)))


def minimums(ours: Plan, drawn: Known = NOTHING) -> dict[str, Any]:
    """Return the minimum of each contract of a plan by month, in the plan's currency."""
    contracts, lines = ours.scenario.contracts, ours.currencies.by_month(())
    named = [term_name(place, "minimum_per_month") for place in range(1, len(contracts) + 1)]
    deals = [
        Deal(API, place, each, others=ours.currencies)
        for place, each in enumerate(contracts, start=1)
    ]
    told = {deal.place: line for deal in deals for line in deal.converted()}
    found = run(ours, (*lines, *told.values()), drawn)
    return {
        name: found[told[place].name]
        if place in told
        else monthly(found[name], ours.scenario.horizon_months)
        for place, name in enumerate(named, start=1)
    }
