"""The Sensitivity sheet: two inputs moved at once, by formulas that recalculate anywhere."""

from __future__ import annotations

from collections.abc import Iterator

from xlsxwriter.worksheet import Worksheet

from workbooks.plan.results import sensitivity
from workbooks.plan.results.sensitivity import Table
from workbooks.sheets.draft import LABEL, PERIODS_ROW, Draft
from workbooks.sheets.pages.calculation import columns
from workbooks.sheets.pages.hints import AT_LEAST, AT_LEAST_0, told
from workbooks.sheets.style import BAD, GOOD

FACTOR = 1
FACTORS = told(
    "Factor", f"So many times the plan's own; 1.00 is the plan: {AT_LEAST}", "your choice"
)
MONEY = "#,##0;[Red](#,##0);0"


def write(draft: Draft) -> None:
    """Write both tables; the factors are yellow cells that anybody may change."""
    note = (
        f"{draft.plan.scenario.currency}, present value that self-hosting saves against the rival; "
        "1.00 is the plan. Change the factors: every cell is a formula."
    )
    sheet = draft.sheet("Sensitivity", "Two inputs moved at once", note)
    columns(sheet)
    sheet.set_column(FACTOR, FACTOR + 2 + len(sensitivity.PRICES), 15)
    for name, line in sensitivity.ROWS.items():
        draft.cells[name] = draft.cells[line]
    draft.formula(sheet, PERIODS_ROW, LABEL, "=reason_text", draft.numbers["reason_text"], "label")
    if told := " ".join(_left_out(draft)):
        sheet.write(PERIODS_ROW + 1, LABEL, told, draft.style("note"))
    tables = draft.plan.moved
    row = PERIODS_ROW + 3 + sum(len(table.steps) + 5 for table in tables)
    draft.figures(sheet, row, sensitivity.FIGURES)
    row = PERIODS_ROW + 3
    for table in tables:
        row = _table(draft, sheet, row, table)
    draft.protect(sheet)


def _left_out(draft: Draft) -> Iterator[str]:
    """Say why a table has one row: more or fewer nodes would be bought, or kept, anew."""
    if any(table.steps == sensitivity.STILL for table in draft.plan.moved):
        yield (
            "Owned, reserved or bound nodes: another volume or speed is another plan, so none is "
            "shown here; type it into Inputs."
        )
    if draft.plan.scenario.contracts:
        yield "Contracts: their minimums are settled over months, so no other price is shown."


def _table(draft: Draft, sheet: Worksheet, row: int, table: Table) -> int:
    first = FACTOR + 1 + len(table.lines) - len(table.columns)
    sheet.write(row, LABEL, table.title, draft.style("heading"))
    for place, factor in enumerate(table.columns, start=1):
        column = first + place - 1
        sheet.write_number(row + 1, column, factor, draft.style("input", "0.00"))
        draft.name(f"{table.across}_{place}_factor", sheet, row + 1, column)
    beside = {table.factor: FACTOR}
    last = draft.down(sheet, row + 2, FACTOR, table.lines, len(table.steps), "", beside)
    sheet.write(row + 2, FACTOR, "Factor", draft.style("figure header"))
    still = table.steps == sensitivity.STILL
    for place, factor in enumerate(table.steps, start=row + 3):
        if still:
            draft.formula(sheet, place, FACTOR, f"={factor:g}", factor, "number", "0.00")
        else:
            sheet.write_number(place, FACTOR, factor, draft.style("input", "0.00"))
    above = {"validate": "decimal", "criteria": ">", "value": 0}
    allowed = above if table.factor == "speed_factor" else AT_LEAST_0  # it divides
    allowed = {**allowed, **FACTORS}
    if not still:
        sheet.data_validation(row + 3, FACTOR, last - 1, FACTOR, allowed)
    sheet.data_validation(
        row + 1, first, row + 1, first + len(table.columns) - 1, AT_LEAST_0 | FACTORS
    )
    ends = (row + 3, first, last - 1, first + len(table.columns) - 1)
    for criteria, colour in ((">", GOOD), ("<", BAD)):
        look = draft.book.add_format({"font_color": colour})
        rule = {"type": "cell", "criteria": criteria, "value": 0, "format": look}
        sheet.conditional_format(*ends, rule)
    return last + 2
