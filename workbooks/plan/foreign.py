"""The amounts of a plan that keep their own currency, and the rates they are converted at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from workbooks.plan.lines.lookup import Rows
from workbooks.plan.lines.owing.currencies import (
    Currencies,
    in_plan_currency,
    rate_of,
    series_name,
)
from workbooks.plan.lines.owing.terms import term_name, terms
from workbooks.plan.shipped import Tables
from workbooks.rows import ExchangeRate
from workbooks.scenario.feasibility import FOLLOWING
from workbooks.scenario.inputs import ENDS
from workbooks.scenario.own_rows import Beside, ends
from workbooks.scenario.scenario import Entry, Scenario

if TYPE_CHECKING:
    from workbooks.plan.plan import Plan

Known = Mapping[str, Any]
LISTED = {
    "rent_per_gpu_hour": ("rent", "rent_{end}_per_gpu_hour"),
    "capex_per_gpu": ("buy", "buy_{end}_per_gpu"),
}
"""Inputs that the hardware table answers in its own currency: its part, and its columns."""
PRICED_IN = ("currency", "rent_currency", "buy_currency")
"""Columns that say what the prices of a row are in."""
TYPED = {
    "api": "api_input_price_per_mtok",
    "managed": "managed_input_price_per_mtok",
    "rent": "rent_per_gpu_hour",
    "buy": "capex_per_gpu",
}


def currencies(scenario: Scenario, tables: Tables) -> Currencies:
    """Return the currencies of a plan beside its own: typed, listed for what it names, budgeted."""
    found = {*scenario.in_currencies.values(), *scenario.currency_rates_of}
    models = _named(scenario, "api_model", "managed_model")
    found |= {row.currency for row in tables.prices if row.model in models}
    for row in tables.accelerators:
        if row.hardware in _named(scenario, "hardware"):
            found |= {row.rent_currency, row.buy_currency}
    codes = tuple(sorted(found - {scenario.currency, ""}))
    ranged = frozenset(drawn_rates(tables, codes))
    typed = {price: scenario.entries[name].currency for price, name in TYPED.items()}
    budgeted = frozenset(scenario.currency_rates_of) & {*codes}
    return Currencies(
        codes,
        budgeted,
        ranged,
        tuple((price, code) for price, code in typed.items() if code),
        tuple((n, code) for n in FOLLOWING if (code := scenario.entries[n].currency)),
    )


def _named(scenario: Scenario, *names: str) -> set[str]:
    entries = [scenario.entries[name] for name in names]
    return {getattr(entry, end) for entry in entries for end in ENDS} - {""}


def drawn_rates(tables: Tables, codes: Sequence[str]) -> dict[str, Entry]:
    """Return the rates of some currencies that have a range."""
    rows = [row for row in tables.rates if row.from_currency in codes]
    ranges = {row.from_currency: (row, *ends(row)) for row in rows}
    return {
        code: Entry(low, row.rate, high, row.source)
        for code, (row, low, high) in ranges.items()
        if low < high
    }


def factors(scenario: Scenario, known: Currencies) -> dict[str, Sequence[float]]:
    """Return budget rates over today's month by month: of all other currencies, or by code."""
    if not known.apart:
        return {"currency_factor": scenario.currency_factors(*known.budgeted)}
    return {series_name(code): scenario.currency_factors(code) for code in known.apart}


def amounts(values: Known, scenario: Scenario, tables: Tables) -> dict[str, Any]:
    """Return inputs by name with their amounts in the plan's currency."""
    rates, entries = Rows("from_currency", tables.rates), scenario.entries
    return {
        name: in_plan_currency(value, entries[name].currency, rates)
        if name in entries and entries[name].currency
        else value
        for name, value in values.items()
    }


def converted(scenario: Scenario, tables: Tables, case: str) -> dict[str, Any]:
    """Return the inputs of a case in the plan's currency, and contracts with their rates."""
    rates = Rows("from_currency", tables.rates)
    owed = {
        term_name(place, "exchange_rate"): rate_of(each.currency, rates)
        for place, each in enumerate(scenario.contracts, 1)
        if each.currency
    }
    return amounts(scenario.inputs(case), scenario, tables) | terms(scenario.contracts) | owed


def listed_code(name: str, scenario: Scenario, tables: Tables) -> str:
    """Return the currency of the hardware table's answer to an input; blank where it has none."""
    if name not in LISTED or scenario.entries[name].base is not None:
        return ""
    column = f"{LISTED[name][0]}_currency"
    hardware = scenario.entries["hardware"].base
    codes = [getattr(row, column) for row in tables.accelerators if row.hardware == hardware]
    return codes[0] if codes else ""


def drawn(ours: Plan, values: Known) -> dict[str, Any]:
    """Return what a plan starts from with what was drawn, each in its own currency.

    A rate is drawn by the code of its currency, and a price of the table stays the table's.
    """
    scenario, tables = ours.scenario, ours.tables
    told = drawn_tables(values, scenario, tables)
    moved = ours if told is tables else replace(ours, tables=told)
    typed = {
        name: value
        for name, value in values.items()
        if name in scenario.entries and not listed_code(name, scenario, tables)
    }
    return moved.given() | amounts(typed, scenario, told)


def drawn_tables(drawn: Known, scenario: Scenario, tables: Tables) -> Tables:
    """Return tables with what was drawn of them: rates, and the prices of the plan's hardware."""
    cells = {
        LISTED[name][1].format(end=end): drawn[name]
        for name in LISTED.keys() & drawn
        if listed_code(name, scenario, tables)
        for end in ENDS
    }
    codes = {row.from_currency for row in tables.rates} & drawn.keys()
    if not cells and not codes:
        return tables
    rates = [replace(r, rate=drawn.get(r.from_currency, r.rate)) for r in tables.rates]
    named = scenario.entries["hardware"].base
    rows = [replace(r, **cells) if r.hardware == named else r for r in tables.accelerators]
    return replace(tables, rates=rates, accelerators=rows)


def rates_for(ours: Plan, rows: Iterable[Any]) -> Iterator[ExchangeRate]:
    """Yield the rates of a plan, and of the other currencies that rows are in, where known."""
    yield from ours.tables.rates
    codes = {getattr(row, name, "") for row in rows for name in PRICED_IN}
    known, scenario = Beside(ours.scenario.rows), ours.scenario
    for code in sorted(codes - {each.from_currency for each in ours.tables.rates} - {""}):
        with suppress(LookupError):
            yield known.rate(code, scenario.currency, scenario.as_of)


def said(scenario: Scenario, tables: Tables) -> tuple[Any, ...]:
    """Return what a plan says of other currencies; nothing where it says nothing."""
    ranges = [(r.from_currency, *ends(r)) for r in tables.rates if r.low_rate or r.high_rate]
    told = (scenario.in_currencies, scenario.currency_rates_of, ranges)
    return told if any(told) else ()
