"""The sheets of a portfolio that people edit: volumes, capacity and loads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from costcore.language.trace import Cell, excel
from costcore.portfolio.pools import over_mean
from workbooks.plan.mixing.naming import Names
from workbooks.plan.mixing.starting import typed_speeds
from workbooks.portfolio.terms import Portfolio
from workbooks.sheets.draft import LABEL
from workbooks.sheets.portfolio.folio import TOP, Folio, on

SHARED = {
    "hours_per_month": "Hours in a month",
    "dual_run_months": "Months of dual running",
    "discount_rate": "Cost of capital",
    "payment_timing_share": "Bills are paid at, of a month",
    "horizon_months": "Months of the plan",
    "tie_share": "Too close to call: less, of the next one's cost",
    "least_sure_share": "Too close to call: cheapest in fewer draws",
    "tolerance_cost": "Amounts count as equal up to",
}
CLOSE = ("tie_share", "least_sure_share", "tolerance_cost")
"""When two amounts are one."""
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
STAYS = "Leased or reserved, of the most nodes needed: stays paid to the end"
BREACH = "breach_per_month"
OF_PAIRS = {
    "moving_cost": "Cost of moving a workload, once",
    "outcomes_count": "Successful outcomes of a million tokens",
    "mending_per_mtok": "Debugging and repair with a million tokens",
    BREACH: "Expected loss from breaches, with all of it there",
}


def workloads(folio: Folio, portfolio: Portfolio, series: Mapping[str, Any]) -> None:
    """Write the tokens of each workload by month."""
    sheet = folio.sheet("Workloads", "Workloads", "Tokens of each workload by month", True)
    row = TOP
    for w, workload in enumerate(portfolio.workloads, start=1):
        name, centre = f"w{w}_tokens_per_month", workload.cost_centre
        label = f"{workload.name} ({centre})" if centre else workload.name
        row = folio.typed(sheet, row, name, label, series[name])


def capacity(folio: Folio, names: Names, fixed: Mapping[str, Any]) -> None:
    """Write what is the same in all months: capacity of each pair, nodes, moves, outcomes."""
    note = (
        "Tokens an hour that a node is planned to serve; 0 where it cannot or may not. Money is in "
        f"{folio.currency}"
    )
    sheet = folio.sheet("Capacity", "Capacity", note)
    folio.names(sheet, 3, [*names.each_pool, "In its own hours; 0: movable"])
    lines = [f"p{p}_capacity_tokens_per_hour" for p in names.pools]
    row = _matrix(folio, sheet, 4, names, [*lines, "fixed_share"], fixed)
    for part, label in {**OF_NODES, **(OF_BOUGHT if names.bought else {})}.items():
        sheet.write(row, LABEL, label, folio.style("label"))
        for p in names.pools:
            if part in OF_NODES or p in names.bought:
                folio.one(sheet, row, p, f"p{p}_{part}", fixed[f"p{p}_{part}"])
        row += 1
    row = _shared(folio, sheet, _stays(folio, sheet, row, names, fixed), fixed)
    for line, title in OF_PAIRS.items():
        if line == BREACH and not names.private:
            continue
        sheet.write(row + 1, LABEL, title, folio.style("heading"))
        folio.names(sheet, row + 2, [title for _, title in names.engines])
        each = [f"{engine}_{line}" for engine, _ in names.engines]
        row = _matrix(folio, sheet, row + 3, names, each, fixed)
    row = _most(folio, sheet, row, names, fixed)
    for b in sorted(names.tiered):
        row = _tiers(folio, sheet, row, b, names, fixed)
    sheet.write(row + 1, LABEL, "Tokens of a mean request", folio.style("heading"))
    folio.names(sheet, row + 2, ["Tokens; blank: not said"])
    _matrix(folio, sheet, row + 3, names, ["request_tokens"], fixed)
    sheet.set_column(1, max(len(names.engines), 3), 18)


def _stays(folio: Folio, sheet: Worksheet, row: int, names: Names, fixed: Mapping[str, Any]) -> int:
    """Write what part of its nodes a pool pays to the end, if any does; return the next row."""
    if not names.staying:
        return row
    sheet.write(row, LABEL, STAYS, folio.style("label"))
    for p in sorted(names.staying):
        folio.one(sheet, row, p, f"p{p}_stays_share", fixed[f"p{p}_stays_share"])
    return row + 1


def _most(folio: Folio, sheet: Worksheet, row: int, names: Names, fixed: Mapping[str, Any]) -> int:
    """Write what the sizing model believes of typed speeds, if anything; return the next row."""
    if not (known := typed_speeds(fixed)):
        return row
    title = "At most, by the sizing model's high: tokens an hour of a node whose speed is typed"
    sheet.write(row + 1, LABEL, title, folio.style("heading"))
    folio.names(sheet, row + 2, names.each_pool)
    for w, workload in enumerate(names.each_workload, start=1):
        sheet.write_string(row + 2 + w, LABEL, workload, folio.style("label"))
    for w, p in known:
        name = f"w{w}_p{p}_most_tokens_per_hour"
        folio.one(sheet, row + 2 + w, p, name, fixed[name])
    return row + 3 + len(names.each_workload)


TIERS = {
    "tier_tokens": "Above, tokens a month",
    "above_shares": "More off those above",
    "whole_shares": "More off all of the month",
}


def _tiers(
    folio: Folio, sheet: Worksheet, row: int, b: int, names: Names, fixed: Mapping[str, Any]
) -> int:
    """Write what an engine takes off its prices, a row a tier; return the next row."""
    title = f"{names.each_billed[b - 1]}: off its prices, by the tokens of a month"
    sheet.write(row + 1, LABEL, title, folio.style("heading"))
    folio.names(sheet, row + 2, list(TIERS.values()))
    count = len(fixed[f"b{b}_tier_tokens"])
    for tier in range(count):
        sheet.write_string(row + 3 + tier, LABEL, f"Tier {tier + 1}", folio.style("label"))
    for column, part in enumerate(TIERS, start=1):
        for tier, value in enumerate(fixed[f"b{b}_{part}"]):
            folio.one(sheet, row + 3 + tier, column, f"b{b}_{part}", value)
        ends = (xl_rowcol_to_cell(row + 3 + at, column, True, True) for at in (0, count - 1))
        folio.cells[f"b{b}_{part}"] = Cell(f"{on(sheet.get_name())}{':'.join(ends)}")
    return row + 3 + count


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
    """Write the load of every hour of the week, its mean, and the hours over their mean."""
    note = "Load of each hour of the week, over its mean or as counted; movable work has none"
    sheet = folio.sheet("Load", "Load", note)
    factors = fixed["fixed_factors"]
    over = len(names.each_workload) + 2
    for first, title in ((1, "Typed"), (over, "Over the mean hour")):
        sheet.write_row(2, first, [title, *[""] * (over - 3)], folio.style("heading"))
    folio.names(sheet, 3, [*names.each_workload, "", *names.each_workload])
    for at, text in ((4, "Mean hour, which each counts over"), (5, "Busiest hour over the mean")):
        sheet.write(at, LABEL, text, folio.style("label"))
    first, last = LOAD_TOP, LOAD_TOP - 1 + len(factors)
    for hour in range(len(factors)):
        sheet.write(first + hour, LABEL, f"Hour {hour + 1}", folio.style("label"))
    for w in names.workloads:
        _hours(folio, sheet, w, over, factors[:, w - 1])
        mean, hours = _ends(w, over, len(factors))
        busiest = f"=IF({mean} > 0, MAX({hours}), 1)"
        form = folio.style.computed("number", "0.00")
        sheet.write_formula(5, w, busiest, form, float(fixed[f"w{w}_shape_factor"]))
        folio.cells[f"w{w}_shape_factor"] = folio.cell(sheet, 5, w)
        folio.totals["Load"] += float(fixed[f"w{w}_shape_factor"])
    folio.at_least_0(sheet, first, 1, last, factors.shape[1])
    sheet.set_column(1, over + factors.shape[1], 14)
    sheet.freeze_panes(first, 1)
    corners = (
        xl_rowcol_to_cell(row, column, True, True)
        for row, column in ((first, over), (last, over + factors.shape[1] - 1))
    )
    span = f"'Load'!{':'.join(corners)}"
    folio.cells |= {"fixed_factors": Cell(span), "load_hours": Cell(f"ROWS({span})")}


LOAD_TOP = 6
"""Row of the first hour on the sheet Load."""


def _ends(w: int, over: int, hours: int) -> tuple[str, str]:
    """Return the cell of a workload's mean hour, and its hours over that."""
    ends = (xl_rowcol_to_cell(row, over + w - 1) for row in (LOAD_TOP, LOAD_TOP + hours - 1))
    return xl_rowcol_to_cell(4, w, True, True), ":".join(ends)


def _hours(folio: Folio, sheet: Worksheet, w: int, over: int, factors: Any) -> None:
    """Write the typed hours of a workload, their mean, and each of them over it."""
    mean, _ = _ends(w, over, len(factors))
    form = folio.style.computed("number", "0.00")
    span = [xl_rowcol_to_cell(row, w) for row in (LOAD_TOP, LOAD_TOP + len(factors) - 1)]
    sheet.write_formula(4, w, f"=AVERAGE({':'.join(span)})", form, float(np.mean(factors)))
    for row, factor in enumerate(factors, start=LOAD_TOP):
        folio.number(sheet, row, w, float(factor), "0.00")
        typed = xl_rowcol_to_cell(row, w)
        text = f"={excel(over_mean(Cell(typed), Cell(mean)))}"
        sheet.write_formula(row, over + w - 1, text, form, float(factor))
    folio.totals["Load"] += float(np.mean(factors) + np.sum(factors))  # they move with the inputs
