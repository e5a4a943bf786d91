"""Find the rows of a filled-in workbook that are not those that ship for its day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from workbooks import tables
from workbooks.plan.shipped import Tables, shipped
from workbooks.rows import ExchangeRate, TokenPrice
from workbooks.scenario.own_rows import RANGES, TABLES, Beside
from workbooks.scenario.scenario import OwnRows, Scenario
from workbooks.sheets.pages.tables import HARDWARE, MODELS, PRICES, RATES, SYSTEMS

SHEETS = {
    "price": PRICES,
    "accelerator": HARDWARE,
    "throughput": SYSTEMS,
    "rate": RATES,
    "model": MODELS,
}


def own_rows(scenario: Scenario, found: Tables) -> OwnRows:
    """Return the rows that somebody has typed or changed: they outlast another day.

    A price that our list has ended is nobody's own, nor one beside which our note of before stands.
    """
    ours = shipped(scenario)
    parts = {}
    for section, table in TABLES.items():
        theirs, known = (getattr(each, table.part) for each in (found, ours))
        fields = SHEETS[section].fields
        if section == "rate":
            fields, known = (*fields, *RANGES), list(_listed(scenario, found))
        if section == "price":
            theirs, known = map(_with_our_notes, (theirs, [*known, *_ended(known)]))
        same = {_cells(row, fields) for row in known}
        parts[table.part] = tuple(row for row in theirs if _cells(row, fields) not in same)
    return OwnRows(**parts)


def _ended(prices: Sequence[TokenPrice]) -> Iterator[TokenPrice]:
    """Yield what our list has had of models that it has no price of on the day."""
    today = {price.model for price in prices}
    return (price for price in tables.token_prices() if price.model not in today)


def _with_our_notes(prices: Sequence[TokenPrice]) -> list[TokenPrice]:
    """Return prices with the latest note of their model, if their own is one of ours."""
    every = tables.token_prices()
    ours, latest = {(p.model, p.note) for p in every}, {p.model: p.note for p in every}
    return [
        replace(price, note=latest[price.model]) if (price.model, price.note) in ours else price
        for price in prices
    ]


def _listed(scenario: Scenario, found: Tables) -> Iterator[ExchangeRate]:
    """Yield what is shipped of the currencies that a workbook has a rate of."""
    for row in found.rates:
        with suppress(LookupError):
            yield Beside(OwnRows()).rate(row.from_currency, scenario.currency, scenario.as_of)


def _cells(row: Any, fields: Sequence[str]) -> tuple[Any, ...]:
    """Return the cells of a row as a file keeps them: 15 digits of a number are sure."""
    held = (getattr(row, field) for field in fields)
    return tuple(float(f"{each:.15g}") if isinstance(each, float) else each for each in held)
