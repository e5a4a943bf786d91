"""What the engines of a portfolio cost by month: typed, but for prices that a contract holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from xlsxwriter.worksheet import Worksheet

from costcore.language.timeline import values
from costcore.language.trace import Cell
from workbooks.plan.lines.owing.terms import term_name
from workbooks.plan.mixing.naming import Names
from workbooks.plan.mixing.routing import held
from workbooks.plan.mixing.routing.paid_in import labelled
from workbooks.plan.mixing.starting import Inputs
from workbooks.portfolio.terms import Portfolio
from workbooks.sheets.portfolio.folio import TOP, Folio
from workbooks.sheets.portfolio.pricing.terms import MINIMUM

OWED = {"fee": "fee once used", "minimum": "least bill once used", "owed": "owed anyway"}
Rows = Iterator[tuple[str, str]]


def engines(folio: Folio, portfolio: Portfolio, names: Names, starting: Inputs) -> None:
    """Write prices of each pair, what engines owe, and what a node of each pool takes."""
    note = "Before discounting; a price of 0 is not offered, or forbidden by a gate"
    sheet, row, series = folio.fill("Engines", "Engines", note, True), TOP, starting[0]
    for b in names.billed:
        if held.deals(names, b):
            row = _held(folio, sheet, row, b, names, held.parts(portfolio, names, b), starting)
        else:
            row = _typed(folio, sheet, row, _prices(names, b, "price"), series)
        first, *_, last = (folio.across(name) for name, _ in 2 * [*_prices(names, b, "price")])
        folio.cells[f"b{b}_token_prices"] = Cell(f"{first.split(':')[0]}:{last.split(':')[1]}")
    _typed(folio, sheet, row, _rest(names), series)


def _prices(names: Names, b: int, part: str) -> Rows:
    said = names.each_billed[b - 1]
    for w in names.workloads:
        yield held.price_name(w, b, part), f"{said}: {names.each_workload[w - 1]}"


def _typed(folio: Folio, sheet: Worksheet, row: int, rows: Rows, series: Mapping[str, Any]) -> int:
    for name, label in rows:
        row = folio.typed(sheet, row, name, label, series[name])
    return row


def _held(
    folio: Folio,
    sheet: Worksheet,
    row: int,
    b: int,
    names: Names,
    parts: Mapping[str, Any],
    starting: Inputs,
) -> int:
    """Write the prices without the contract, to be edited, and from them those that it holds."""
    labelled_parts = (
        (name, f"{label}, {text}")
        for part, text in held.TYPED.items()
        for name, label in _prices(names, b, part)
        if name in parts
    )
    row = _typed(folio, sheet, row, labelled_parts, parts)
    lines = tuple(held.lines(names, b, moves=len(parts) > len(names.workloads)))
    told = values(lines, starting[1], folio.months, series=parts)
    for line in lines:  # they move with the inputs
        folio.totals["Engines"] += float(np.sum(told[line.name]))
    return folio.lines(sheet, row, names.each_billed[b - 1], lines, told)


def _rest(names: Names) -> Rows:
    for b, engine in zip(names.billed, names.each_billed, strict=True):
        yield from ((f"b{b}_{part}_per_month", f"{engine}: {text}") for part, text in OWED.items())
    for p, pool in zip(names.pools, names.each_pool, strict=True):
        yield f"p{p}_running_per_month", f"{pool}: a node that runs"
        yield f"p{p}_own_price_per_mtok", f"{pool}: a million tokens beside its nodes"
        if p in names.staying:
            yield f"p{p}_stays_per_month", f"{pool}: a node leased or reserved"
            yield f"p{p}_flexes_per_month", f"{pool}: a node that need not stay"
        if p in names.bought:
            yield f"p{p}_node_now_capex", f"{pool}: a node bought in the month"
    for place, each in enumerate(names.contracts, start=1):
        label = f"{each.engine}: {each.contract}, at the rate of the month"
        yield term_name(place, MINIMUM), label
    yield "people_per_month", "People and tools, once a pool is used"
    for w, workload in zip(names.workloads, names.each_workload, strict=True):
        if names.mended:
            yield f"w{w}_mending_factor", f"{workload}: debugging and repair, rate over today's"
    yield from labelled(names)
