"""The sheets of a portfolio that people edit: volumes, prices, capacity, loads and routes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from costcore.language.trace import Cell
from workbooks.plan.mixing.comparing import Compared
from workbooks.plan.mixing.naming import Names
from workbooks.portfolio.terms import Portfolio
from workbooks.sheets.draft import LABEL
from workbooks.sheets.pages.hints import told
from workbooks.sheets.portfolio.folio import TOP, Folio

SHARED = {
    "hours_per_month": "Hours in a month",
    "dual_run_months": "Months of dual running",
    "discount_rate": "Cost of capital",
    "payment_timing_share": "Bills are paid at, of a month",
    "horizon_months": "Months of the plan",
    "tie_share": "Too close to call: less, of the next one's cost",
    "tolerance_cost": "Amounts count as equal up to",
}
TAXED = {
    "tax_rate_share": "Tax rate",
    "tax_depreciation_kind": "Depreciation for tax: book, macrs or immediate",
    "fiscal_start_count": "First month of the fiscal year",
}
"""What is shared where tax is paid."""
OF_NODES = {
    "min_nodes": "Fewest nodes",
    "spare_nodes": "Spare nodes",
}
OF_BOUGHT = {
    "acquisition_kind": "Rent or buy",
    "existing_nodes": "Nodes owned already",
    "existing_age_months": "Age of them",
    "life_months": "Life of the hardware",
    "market_36_share": "Sells for after 36 months, of the price",
    "market_60_share": "Sells for after 60 months, of the price",
    "book_end_share": "Residual in the books, at the end of life",
    "depreciation_kind": "Depreciation in the books",
    "unneeded_kind": "Nodes no longer needed",
}
SHARE = told("Share", "Part of its tokens that the engine takes, 0 to 1; a row adds to 1", "choice")
ADDS, NOT, GATED = "yes", "no", "a gate forbids it"


def workloads(folio: Folio, portfolio: Portfolio, series: Mapping[str, Any]) -> None:
    """Write the tokens of each workload by month."""
    sheet = folio.sheet("Workloads", "Workloads", "Tokens of each workload by month", True)
    row = TOP
    for w, workload in enumerate(portfolio.workloads, start=1):
        name, centre = f"w{w}_tokens_per_month", workload.cost_centre
        label = f"{workload.name} ({centre})" if centre else workload.name
        row = folio.typed(sheet, row, name, label, series[name])


def engines(folio: Folio, names: Names, series: Mapping[str, Any]) -> None:
    """Write prices of each pair, what engines owe, and what a node of each pool takes."""
    note = "Before discounting; a price of 0 is not offered, or forbidden by a gate"
    sheet = folio.sheet("Engines", "Engines", note, True)
    rows = []
    for b, engine in zip(names.billed, names.each_billed, strict=True):
        rows += [
            (f"w{w}_b{b}_price_per_mtok", f"{engine}: {names.each_workload[w - 1]}")
            for w in names.workloads
        ]
        words = {"fee": "fee once used", "minimum": "least bill once used", "owed": "owed anyway"}
        rows += [(f"b{b}_{part}_per_month", f"{engine}: {text}") for part, text in words.items()]
    for p, pool in zip(names.pools, names.each_pool, strict=True):
        rows.append((f"p{p}_running_per_month", f"{pool}: a node that runs"))
        rows.append((f"p{p}_own_price_per_mtok", f"{pool}: a million tokens beside its nodes"))
        if p in names.bought:
            rows.append((f"p{p}_node_now_capex", f"{pool}: a node bought in the month"))
    rows.append(("people_per_month", "People and tools, once a pool is used"))
    for row, (name, label) in enumerate(rows, start=TOP):
        folio.typed(sheet, row, name, label, series[name])
    for b in names.billed:
        first, last = (
            folio.across(f"w{w}_b{b}_price_per_mtok") for w in (1, len(names.each_workload))
        )
        folio.cells[f"b{b}_token_prices"] = Cell(f"{first.split(':')[0]}:{last.split(':')[1]}")


def capacity(folio: Folio, names: Names, fixed: Mapping[str, Any]) -> None:
    """Write what is the same in all months: capacity of each pair, nodes, moves, outcomes."""
    note = (
        "Tokens an hour that a node is planned to serve; 0 where it cannot or may not. Money is in "
        f"{folio.currency}"
    )
    sheet = folio.sheet("Capacity", "Capacity", note)
    folio.names(sheet, 3, [*names.each_pool, "In its own hours (1) or movable (0)"])
    lines = [f"p{p}_capacity_tokens_per_hour" for p in names.pools]
    row = _matrix(folio, sheet, 4, names, [*lines, "fixed_share"], fixed)
    for part, label in {**OF_NODES, **(OF_BOUGHT if names.bought else {})}.items():
        sheet.write(row, LABEL, label, folio.style("label"))
        for p in names.pools:
            if part in OF_NODES or p in names.bought:
                folio.one(sheet, row, p, f"p{p}_{part}", fixed[f"p{p}_{part}"])
        row += 1
    row = _shared(folio, sheet, row, fixed)
    for title, line in (
        ("Cost of moving a workload, once", "moving_cost"),
        ("Successful outcomes of a million tokens", "outcomes_count"),
        ("Debugging and repair with a million tokens", "mending_per_mtok"),
    ):
        sheet.write(row + 1, LABEL, title, folio.style("heading"))
        folio.names(sheet, row + 2, [title for _, title in names.engines])
        each = [f"{engine}_{line}" for engine, _ in names.engines]
        row = _matrix(folio, sheet, row + 3, names, each, fixed)
    sheet.write(row + 1, LABEL, "Tokens of a mean request", folio.style("heading"))
    folio.names(sheet, row + 2, ["Tokens; blank: not said"])
    _matrix(folio, sheet, row + 3, names, ["request_tokens"], fixed)
    sheet.set_column(1, max(len(names.engines), 3), 18)


def _shared(folio: Folio, sheet: Worksheet, row: int, fixed: Mapping[str, Any]) -> int:
    """Write what all share, each in a cell with a name; return the next row."""
    for name, label in {**SHARED, **(TAXED if "tax_rate_share" in fixed else {})}.items():
        sheet.write(row, LABEL, label, folio.style("label"))
        folio.one(sheet, row, 1, name, fixed[name])
        folio.name(name, sheet, row, 1)
        row += 1
    return row


def _matrix(
    folio: Folio,
    sheet: Worksheet,
    row: int,
    names: Names,
    lines: Sequence[str],
    fixed: Mapping[str, Any],
) -> int:
    """Write a row for each workload; return the next one."""
    for w, workload in enumerate(names.each_workload, start=1):
        sheet.write_string(row, LABEL, workload, folio.style("label"))
        for column, line in enumerate(lines, start=1):
            folio.one(sheet, row, column, f"w{w}_{line}", fixed[f"w{w}_{line}"])
        row += 1
    return row


def load(folio: Folio, names: Names, fixed: Mapping[str, Any]) -> None:
    """Write the load of every hour of the week, and the busiest over the mean."""
    note = "Each hour of the week over the mean hour; movable work has none, it fills the valleys"
    sheet = folio.sheet("Load", "Load", note)
    factors = fixed["fixed_factors"]
    folio.names(sheet, 3, names.each_workload)
    sheet.write(2, LABEL, "Busiest hour over the mean", folio.style("label"))
    first, last = 4, 3 + len(factors)
    for w in names.workloads:
        ends = (xl_rowcol_to_cell(row, w) for row in (first, last))
        text = f"=IF(SUM({(span := ':'.join(ends))}) > 0, MAX({span}), 1)"
        form = folio.style("number", "0.00")
        sheet.write_formula(2, w, text, form, float(fixed[f"w{w}_shape_factor"]))
        folio.cells[f"w{w}_shape_factor"] = folio.cell(sheet, 2, w)
    for hour, row in enumerate(factors):
        sheet.write(first + hour, LABEL, f"Hour {hour + 1}", folio.style("label"))
        for w, factor in enumerate(row, start=1):
            folio.number(sheet, first + hour, w, float(factor), "0.00")
    folio.at_least_0(sheet, first, 1, last, factors.shape[1])
    sheet.set_column(1, factors.shape[1], 14)
    sheet.freeze_panes(4, 1)
    corner = xl_rowcol_to_cell(last, factors.shape[1], True, True)
    folio.cells["fixed_factors"] = Cell(f"'Load'!$B${first + 1}:{corner}")
    folio.cells["load_hours"] = Cell(f"ROWS('Load'!$B${first + 1}:{corner})")


def routes(folio: Folio, ways: Sequence[Compared], fixed: Mapping[str, Any]) -> None:
    """Write one block a strategy: a row for each workload, whose shares add to 1."""
    note = "Share of a workload's tokens that an engine takes; each row adds to 1"
    sheet = folio.sheet("Routes", "Routes", note)
    names = ways[0].lines.names
    for way, first in blocks(ways):
        row = first - 2
        sheet.write_string(row, LABEL, way.strategy.name, folio.style("heading"))
        titles = [title for _, title in names.engines]
        folio.names(sheet, row + 1, [*titles, "On own nodes", "Adds to 1"])
        row += 2
        checks = [_route(folio, sheet, row + at, way, w) for at, w in enumerate(names.workloads)]
        row += len(checks)
        folio.cells[way.lines.name("routes_text")] = Cell(f"'Routes'!{checks[0]}:{checks[-1]}")
        _nodes(folio, sheet, row, way)
    sheet.set_column(1, len(names.engines) + 2, 18)
    sheet.freeze_panes(3, 1)
    folio.cells["idle_kind"] = Cell("'Allocation'!$B$3")


def _route(folio: Folio, sheet: Worksheet, row: int, way: Compared, w: int) -> str:
    """Write the shares of a workload; return the cell that says whether they hold."""
    names = way.lines.names
    workload = names.each_workload[w - 1]
    sheet.write_string(row, LABEL, workload, folio.style("label"))
    shares, gated = way.strategy.routes[workload], []
    for column, (engine, title) in enumerate(names.engines, start=1):
        name = way.lines.name(f"w{w}_{engine}_share")
        folio.one(sheet, row, column, name, shares.get(title, 0.0))
        if (w, engine) in names.forbidden:
            gated.append(xl_rowcol_to_cell(row, column))
    last = len(names.engines)
    between = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1}
    sheet.data_validation(row, 1, row, last, between | SHARE)
    first, on_pools, end = (
        xl_rowcol_to_cell(row, c) for c in (1, len(names.each_billed) + 1, last)
    )
    pooled = f"=SUM({on_pools}:{end})" if names.pools else "=0"
    part = sum(shares.get(title, 0.0) for title in names.each_pool)
    form = folio.style("number", "0.0%")
    sheet.write_formula(row, last + 1, pooled, form, float(part))
    folio.cells[way.lines.name(f"w{w}_pooled_share")] = folio.cell(sheet, row, last + 1)
    text = f'IF(ABS(SUM({first}:{end}) - 1) < 0.000000001, "{ADDS}", "{NOT}")'
    if gated:
        text = f'IF({" + ".join(gated)} > 0, "{GATED}", {text})'
    sheet.write_formula(row, last + 2, f"={text}", folio.style("number"), ADDS)
    return str(xl_rowcol_to_cell(row, last + 2, True, True))


def blocks(ways: Sequence[Compared]) -> Iterator[tuple[Compared, int]]:
    """Yield each strategy with the row of its first workload."""
    row = 5
    for way in ways:
        yield way, row
        row += len(way.lines.names.each_workload) + len(way.strategy.nodes) + 3


def _nodes(folio: Folio, sheet: Worksheet, row: int, way: Compared) -> None:
    """Write the nodes of pools that are not built for their peak."""
    for pool in way.lines.pools:
        if pool.overflow:
            to = way.lines.names.each_billed[pool.overflow - 1]
            label = f"Nodes of {pool.title}; what they cannot take goes to {to}"
            sheet.write_string(row, LABEL, label, folio.style("label"))
            folio.one(sheet, row, 1, pool.name("typed_nodes"), way.strategy.nodes[pool.title])
            folio.at_least_0(sheet, row, 1, row, 1)
            row += 1
