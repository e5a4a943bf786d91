"""Turn what the strategies start from into the arrays that the cheapest mix is found in.

Every figure comes from the lines of the plan, run for one workload and one engine at a time.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from costcore.portfolio.portfolio import Array, Flags
from costcore.portfolio.portfolio import Portfolio as Arrays
from workbooks.plan.lines.monthly import YEARS
from workbooks.plan.lines.owing.terms import term_name
from workbooks.plan.mixing import amounts
from workbooks.plan.mixing.naming import Names
from workbooks.plan.mixing.routing.staying import leased
from workbooks.plan.mixing.starting import Inputs, inputs, names
from workbooks.plan.plan import plan
from workbooks.portfolio.terms import Agreement, Engine, Portfolio
from workbooks.scenario.contracts import NUMBERS, SPEND


def arrays(portfolio: Portfolio, starting: Inputs | None = None) -> Arrays:
    """Return the base case as arrays, every amount at its present value.

    Parameters
    ----------
    starting
        What the strategies start from, where it is known already.

    Raises
    ------
    ValueError
        If the workloads' load shapes do not fit into one week.
    """
    series, fixed = starting or inputs(portfolio)
    called, months = names(portfolio), portfolio.frame.horizon_months
    frame = amounts.run(plan(portfolio.frame), YEARS)
    due, shapes = paid(frame), np.stack([*map(amounts.week, portfolio.workloads)])

    def each(kind: str, name: str) -> Array:
        numbers = called.pools if kind == "p" else called.billed
        found = [np.broadcast_to(series[f"{kind}{n}_{name}"], months) for n in numbers]
        return np.asarray(np.array(found, float).reshape(-1, months).T * due[:, None])

    return Arrays(
        tokens=_tokens(called, series),
        shapes=shapes,
        hour_shares=np.full(shapes.shape[1], 1 / shapes.shape[1]),
        prices=_prices(called, series, months) * due[:, None, None],
        losses=_on_each(called, fixed, "breach_per_month") * due[:, None, None],
        capacity=_pairs(called, fixed, [f"p{p}" for p in called.pools], "capacity_tokens_per_hour"),
        **_nodes(portfolio, frame, each("p", "running_per_month")),
        pool_costs=np.zeros((months, len(called.pools))),
        people=series["people_per_month"] * due,
        own_prices=each("p", "own_price_per_mtok"),
        owned=_each(portfolio.pools, "existing_nodes"),
        spares=_each(portfolio.pools, "spare_nodes"),
        least=np.maximum(_each(portfolio.pools, "min_nodes"), 1.0),
        most=np.full(len(called.pools), np.inf),
        fees=each("b", "fee_per_month"),
        minimums=each("b", "minimum_per_month") + _owed(portfolio, series) * due[:, None],
        signed=_signed(portfolio),
        moving=_on_each(called, fixed, "moving_cost") * due[0],
        movable=np.array([workload.movable for workload in portfolio.workloads]),
        hours_per_month=float(frame["hours_per_month"]),
    )


def _tokens(called: Names, series: Any) -> Array:
    return np.stack([series[f"w{w}_tokens_per_month"] for w in called.workloads], axis=1)


def searchable(each: Agreement) -> bool:
    """Say whether a search may take a contract: none, or a minimum of each month to its end."""
    usual = {name: default for name, (default, *_) in NUMBERS.items() if name not in OF_MINIMUM}
    plain = all(getattr(each, name) == value for name, value in usual.items())
    return not each.is_signed or (each.kind in SPEND and plain)


OF_MINIMUM = ("first_month", "term_months", "minimum_per_month")


def _bound(portfolio: Portfolio, engine: Engine) -> list[tuple[int, Agreement]]:
    """Return the contracts on an engine that a search takes, by their place."""
    placed = enumerate(portfolio.contracts, start=1)
    return [
        (place, each)
        for place, each in placed
        if each.engine == engine.name and each.is_signed and searchable(each)
    ]


def _owed(portfolio: Portfolio, series: Any) -> Array:
    """Return what contracts let each token-billed engine bill at least, t x k."""
    months = np.arange(1, portfolio.frame.horizon_months + 1)
    found = np.zeros((months.size, len(portfolio.billed)))
    for b, engine in enumerate(portfolio.billed):
        for place, each in _bound(portfolio, engine):
            ends = each.first_month, each.first_month + each.term_months - 1
            runs = (months >= ends[0]) & (months <= ends[1])
            found[:, b] += np.where(runs, series[term_name(place, "minimum_per_month")], 0.0)
    return found


def _signed(portfolio: Portfolio) -> Flags:
    each = (engine.signed or bool(_bound(portfolio, engine)) for engine in portfolio.billed)
    return np.fromiter(each, dtype=bool)


def paid(frame: Any) -> Array:
    """Return what a bill of each month is worth at present, after tax."""
    return np.asarray(frame["bill_factor"] * (1 - frame["tax_rate_share"]))


def _prices(called: Names, series: Any, months: int) -> Array:
    """Return the price of every pair by month; inf where forbidden."""
    found = np.full((months, len(called.workloads), len(called.billed)), np.inf)
    for w in called.workloads:
        for b in called.billed:
            if (w, f"b{b}") not in called.forbidden:
                found[:, w - 1, b - 1] = series[f"w{w}_b{b}_price_per_mtok"]
    return found


def _on_each(called: Names, fixed: Any, name: str) -> Array:
    return _pairs(called, fixed, [e for e, _ in called.engines], name)


def _pairs(called: Any, fixed: Any, engines: list[str], name: str) -> Array:
    rows = [[float(fixed[f"w{w}_{e}_{name}"]) for e in engines] for w in called.workloads]
    return np.array(rows, float).reshape(len(called.workloads), len(engines))


def _nodes(portfolio: Portfolio, frame: Any, running: Array) -> dict[str, Array]:
    """Return what a node costs by month and once; a leased one is paid until the plan ends."""
    is_leased = np.array([leased(pool.scenario) for pool in portfolio.pools], dtype=bool)
    left = np.cumsum(running[::-1], axis=0)[::-1]
    once = np.where(is_leased, left, _purchases(portfolio, frame))
    return {"node_costs": np.where(is_leased, 0.0, running), "purchases": once}


def _purchases(portfolio: Portfolio, frame: Any) -> Array:
    """Return what a node bought in each month costs, less its rest and the tax that it saves.

    Of shape t x p, and nan where it is rented.
    """
    found = []
    for told in (amounts.of_pool(plan(pool.scenario)) for pool in portfolio.pools):
        saved = amounts.tax_saved(told, frame) if portfolio.is_taxed else 0.0
        found.append(amounts.purchase(told, frame) - saved)
    return np.array(found, float).reshape(-1, portfolio.frame.horizon_months).T


def _each(pools: tuple[Engine, ...], name: str) -> Array:
    return np.array([float(pool.scenario.entries[name].base) for pool in pools])
