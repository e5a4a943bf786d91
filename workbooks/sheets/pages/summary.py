"""The Summary sheet: the options side by side, year by year, and the six drains."""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from costcore.language.timeline import Line
from costcore.language.trace import Cell
from workbooks.plan.lines.option import TITLES
from workbooks.plan.results.decision import against_nothing
from workbooks.plan.results.verdict.ranking import LEAST, others, standing, turned
from workbooks.sheets.draft import FIRST, LABEL, PERIODS_ROW, UNIT, VALUE, Draft

ROWS = {
    "cash": "Cash, whole plan",
    "paid": "Cash without the terminal value",
    "expense": "Profit and loss, whole plan",
    "present": "Present value",
    "paid_present": "Present value without the terminal value",
    "each": "Cash per million tokens",
    "ratio": "Present value against the API",
    "annual": "Equivalent annual cost",
}


def write(draft: Draft) -> None:
    """Write the Summary sheet."""
    note = "Four ways to serve the same tokens. Cash when it is paid, expense when it is used."
    sheet = draft.sheet("Summary", "Summary", note)
    sheet.set_column(LABEL, LABEL, 50)
    sheet.set_column(UNIT, UNIT, 22)
    sheet.set_column(VALUE, VALUE + 3, 17)
    sheet.set_column(VALUE + 4, VALUE + 8, 14)
    row = _options(draft, sheet, PERIODS_ROW)
    placed = [line.name for lines in _rows(draft).values() for line in lines]
    singles = [line for line in draft.plan.totals if line.name not in placed]
    row = draft.figures(sheet, row + 1, singles) + 1
    row = _years(draft, sheet, row)
    row = _compared(draft, sheet, row + 1)
    row += 1
    sheet.write(row, LABEL, "The six drains of self-hosting, whole plan", draft.style("heading"))
    draft.figures(sheet, row + 1, draft.plan.drains)
    draft.protect(sheet)


def _rows(draft: Draft) -> dict[str, list[Line]]:
    """Return the lines of each row, one for each option; a plan without vintages lacks some."""
    by_name = {line.name: line for line in draft.plan.totals}
    ends = ("cost", "per_mtok", "factor", "per_year")

    def found(view: str) -> list[Line]:
        names = (f"{option}_{view}_{end}" for option in draft.plan.options for end in ends)
        return [by_name[name] for name in names if name in by_name]

    return {view: lines for view in ROWS if (lines := found(view))}


def _label(draft: Draft, view: str) -> str:
    sold = draft.plan.holdings.buys and view in ("cash", "present")
    return f"{ROWS[view]}, terminal value included" if sold else ROWS[view]


def _options(draft: Draft, sheet: Worksheet, row: int) -> int:
    """Write the options as columns and the views as rows."""
    sheet.write(row, LABEL, "Whole plan", draft.style("header"))
    sheet.write(row, UNIT, "Unit", draft.style("header"))
    for column, option in enumerate(draft.plan.options, start=VALUE):
        sheet.write(row, column, TITLES[option], draft.style("figure header"))
    for view, lines in _rows(draft).items():
        row += 1
        for column, line in enumerate(lines, start=VALUE):
            sheet.write(row, LABEL, _label(draft, view), draft.style("label"))
            sheet.write(row, UNIT, draft.unit(line), draft.style("unit"))
            draft.figure(sheet, row, column, line)
    return row + 1


def _years(draft: Draft, sheet: Worksheet, row: int) -> int:
    """Write every view by plan year."""
    sheet.write(row, LABEL, "By year of the plan", draft.style("header"))
    for column, text in ((UNIT, "Unit"), (VALUE, "Total"), (VALUE + 1, "")):
        sheet.write(row, column, text, draft.style("header"))
    for year in range(draft.plan.years):
        before = "N(D{0})" if year == 0 else "N({1}{0})"
        text = f"={before.format(row + 1, chr(ord('A') + FIRST + year - 1))} + 1"
        look = draft.style.computed("header", '"Year "0')
        sheet.write_formula(row, FIRST + year, text, look, year + 1)
    sheet.write_blank(row, VALUE + 1, None, draft.style("label"))
    return draft.across(sheet, row, draft.plan.yearly, draft.plan.years, "year")


def _compared(draft: Draft, sheet: Worksheet, row: int) -> int:
    """Write what the verdict compares, and which strategy is cheapest."""
    sheet.write(row, LABEL, "One comparison behind every sentence", draft.style("heading"))
    row = draft.figures(sheet, row + 1, draft.plan.compared)
    options = draft.plan.options
    row = _across(draft, sheet, row, "npv_costs", against_nothing(options)) + 1
    sheet.write(row, LABEL, "Who is cheapest", draft.style("header"))
    sheet.write(row, UNIT, "Unit", draft.style("header"))
    for column, option in enumerate(options, start=VALUE):
        sheet.write(row, column, TITLES[option], draft.style("figure header"))
    row = _across(draft, sheet, row + 1, "standing_costs", standing(options))
    row = _across(draft, sheet, row, "turned_costs", turned(options))
    row = draft.figures(sheet, row, LEAST)
    return _across(draft, sheet, row, "other_costs", others(options))


def _across(draft: Draft, sheet: Worksheet, row: int, name: str, lines: Sequence[Line]) -> int:
    """Write a figure of each option beside the other, and name them all."""
    for column, line in enumerate(lines, start=VALUE):
        sheet.write(row, LABEL, line.label, draft.style("label"))
        sheet.write(row, UNIT, draft.unit(line), draft.style("unit"))
        draft.figure(sheet, row, column, line)
    ends = (xl_rowcol_to_cell(row, VALUE + i, True, True) for i in (0, len(lines) - 1))
    draft.cells[name] = Cell(f"Summary!{':'.join(ends)}")
    return row + 1
