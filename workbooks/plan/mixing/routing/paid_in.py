"""Which currency each part of a portfolio is paid in, and what of a node or of people that is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from workbooks.plan.foreign import TYPED, listed_code
from workbooks.plan.lines.hosted import COMPUTE
from workbooks.plan.lines.owing.currencies import SPACE
from workbooks.plan.mixing.amounts import amount
from workbooks.plan.mixing.naming import Names, alike
from workbooks.plan.plan import Plan, plan
from workbooks.portfolio.terms import BUY, Portfolio

PEOPLE = {
    "salary_per_year": "staff",
    "mlops_per_month": "tools",
    "incident_cost_per_hour": "incidents",
}
"""Amounts of people and tools, and what each is behind."""


def paid_in(portfolio: Portfolio) -> Iterator[tuple[str, str]]:
    """Yield what is paid in another currency than the plan's, and in which."""
    for b, engine in enumerate(portfolio.billed, start=1):
        ours = plan(engine.scenario)
        yield f"b{b}", _of_price(ours, engine.inputs)
        for part in ("fee", "commit"):
            yield f"b{b}_{part}", _of_amount(ours, f"{engine.inputs}_{part}_per_month")
    for p, pool in enumerate(portfolio.pools, start=1):
        ours = plan(pool.scenario)
        yield from ((f"p{p}", code) for code in sorted({*_of_node(ours).values()}))
        if pool.scenario.entries["acquisition_kind"].base == BUY:
            yield f"p{p}_buy", _of_price(ours, "buy")
        yield f"p{p}_own", _of_amount(ours, "own_price_per_mtok")
    shared = plan(portfolio.frame)
    yield from (("people", code) for code in sorted({_of_amount(shared, x) for x in PEOPLE}))
    for place, each in enumerate(portfolio.contracts, start=1):
        yield f"contract{place}", each.currency


def _of_amount(ours: Plan, name: str) -> str:
    return ours.currencies.code_of.get(name, "")


def _of_price(ours: Plan, price: str) -> str:
    """Return the currency of a price, typed or listed; blank for the plan's own."""
    scenario, name = ours.scenario, TYPED[price]
    if scenario.entries[name].base is not None:
        return scenario.entries[name].currency
    if price in ("rent", "buy"):
        code = listed_code(name, scenario, ours.tables)
    else:
        model = scenario.entries[f"{price}_model"].base
        code = next((row.currency for row in ours.tables.prices if row.model == model), "")
    return "" if code == scenario.currency else code


def _of_node(ours: Plan) -> dict[str, str]:
    """Return the currency of each part of what a node costs in a month."""
    kind = ours.scenario.entries["acquisition_kind"].base
    rents = {"rent": _of_price(ours, "rent"), "lease": _of_amount(ours, "lease_per_gpu_month")}
    return {
        "rent": rents.get(kind, ""),
        "support": _of_price(ours, "buy") if ours.holdings.any else "",
        "power": _of_amount(ours, "price_per_kwh"),
        "space": _of_amount(ours, SPACE[0]),
        "opex": _of_amount(ours, SPACE[1]),
    }


def _parts_of(ours: Plan, told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a node costs beside its rent, by part; other cost of it apart from its space."""
    nodes, *costs = alike(told["own_nodes"], *(told[f"own_{x}_per_month"] for x in COMPUTE[1:]))
    each = {part: cost / nodes for part, cost in zip(COMPUTE[1:], costs, strict=True)}
    other = amount(ours, SPACE[1]) * told["space_now_factor"]
    return {**each, "space": each["space"] - other, "opex": other}


def of_node(ours: Plan, told: Mapping[str, Any], code: str) -> dict[str, Any]:
    """Return what of a node is paid in a currency: of one that runs, stays, or need not."""
    parts = {part for part, each in _of_node(ours).items() if each == code}
    each = _parts_of(ours, told)
    running = sum((each[part] for part in parts & each.keys()), np.zeros_like(each["space"]))
    if "rent" in parts:
        running = running + told["running_per_month"] - sum(each.values())
    found = {"running_per_month": running}
    if "stays_per_month" in told:
        is_leased = told["acquisition_kind"] == "lease"
        stays = running if is_leased else told["stays_per_month"] * ("rent" in parts)
        found |= {"stays_per_month": stays}
        found |= {"flexes_per_month": told["flexes_per_month"] * ("rent" in parts)}
    return found


def of_people(ours: Plan, told: Mapping[str, Any], code: str) -> Any:
    """Return what people and tools take of a month in a currency, of all their parts."""
    return sum(told[part] for name, part in PEOPLE.items() if _of_amount(ours, name) == code)


def labelled(names: Names) -> Iterator[tuple[str, str]]:
    """Yield each of these lines, with its label."""
    for code in names.codes:
        for p, pool in zip(names.pools, names.each_pool, strict=True):
            stays = STAYING if p in names.staying else {}
            for part, text in {"running": "that runs", **stays}.items():
                if names.pays(f"p{p}", code):
                    line = f"p{p}_{code.lower()}_{part}_per_month"
                    yield line, f"{pool}: of a node {text}, paid in {code}"
        if names.pays("people", code):
            yield f"{code.lower()}_people_per_month", f"People and tools: paid in {code}"


STAYING = {"stays": "leased or reserved", "flexes": "that need not stay"}
