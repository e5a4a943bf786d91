"""The Drivers, Monthly, Break-even and Checks sheets: formulas only."""

from __future__ import annotations

from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from costcore.language.trace import Cell
from workbooks.plan.lines.breakeven import in_volume, staircase
from workbooks.plan.plan import FINANCE
from workbooks.plan.results.checks import MASTER
from workbooks.sheets.draft import LABEL, PERIODS_ROW, UNIT, VALUE, Draft
from workbooks.sheets.pages import contracts
from workbooks.sheets.pages.months import timeline
from workbooks.sheets.style import BAD


def write_drivers(draft: Draft) -> None:
    """Write the unit figures."""
    note = "From inputs to what a token, a node and the people cost. Each cell carries its name."
    sheet = draft.sheet("Drivers", "Unit figures", note)
    columns(sheet)
    draft.figures(sheet, PERIODS_ROW, draft.plan.drivers)
    draft.protect(sheet)


def columns(sheet: Worksheet) -> None:
    """Set the widths of a sheet of single figures."""
    sheet.set_column(LABEL, LABEL, 58)
    sheet.set_column(UNIT, UNIT, 24)
    sheet.set_column(VALUE, VALUE, 20)


def write_monthly(draft: Draft, series: dict[str, tuple[str, int]]) -> None:
    """Write the plan by month."""
    note = (
        "Costs are positive. Bills and nodes of each option; one formula for all months of a row."
    )
    sheet = draft.sheet("Monthly", "Plan by month", note)
    months = draft.plan.scenario.horizon_months
    timeline(draft, sheet, months)
    owed = contracts.open_owed(draft)
    lines = [line for line in draft.plan.monthly if line.name not in owed]
    places, _ = draft.layout(lines, PERIODS_ROW + 1)
    contracts.write_owed(draft, {name: ("Monthly!", row) for name, row in places.items()})
    draft.across(sheet, PERIODS_ROW + 1, lines, months, "month", series | owed)
    draft.protect(sheet)


def write_breakeven(draft: Draft) -> None:
    """Write the break-even: figures, winning ranges, and the points of the staircase."""
    note = "Self-hosting is a staircase of whole nodes. It wins where a step is below the rival."
    sheet = draft.sheet("Break-even", "Break-even", note)
    columns(sheet)
    sheet.set_column(VALUE + 1, VALUE + 1, 20)
    sheet.set_column(VALUE + 2, VALUE + 8, 16)
    sheet.freeze_panes(PERIODS_ROW - 1, 0)
    row = draft.figures(sheet, PERIODS_ROW, in_volume.FIGURES) + 1
    sheet.write(row, LABEL, "Winning ranges, node by node", draft.style("heading"))
    row = draft.down(sheet, row + 1, LABEL, staircase.BANDS, staircase.BANDS_SHOWN, "band") + 1
    sheet.write(row, LABEL, "The staircase, point by point", draft.style("heading"))
    draft.down(sheet, row + 1, LABEL, staircase.POINTS, in_volume.POINTS_SHOWN, "point")
    draft.protect(sheet)


def write_finance(draft: Draft) -> None:
    """Write what finance asks beside the totals."""
    note = "Rent, lease or buy for one node; and what a successful outcome costs, not a token."
    sheet = draft.sheet("Finance", "Financing and outcomes", note)
    columns(sheet)
    row = PERIODS_ROW
    for lines in FINANCE:
        row = draft.figures(sheet, row, lines)
    draft.protect(sheet)


def write_checks(draft: Draft) -> None:
    """Write the checks: 0 is right, 1 is wrong."""
    note = "Each check is 0 when it holds. The cover and every sheet show their sum."
    sheet = draft.sheet("Checks", "Checks", note)
    columns(sheet)
    last = draft.figures(sheet, PERIODS_ROW, draft.plan.checks)
    first, end = (xl_rowcol_to_cell(row, VALUE, True, True) for row in (PERIODS_ROW, last - 1))
    draft.cells["all_checks"] = Cell(f"Checks!{first}:{end}")
    last = draft.figures(sheet, last + 1, (MASTER,))
    wrong = draft.book.add_format({"font_color": "#FFFFFF", "bg_color": BAD, "bold": True})
    rule = {"type": "cell", "criteria": ">", "value": 0, "format": wrong}
    sheet.conditional_format(PERIODS_ROW, VALUE, last, VALUE, rule)
    draft.protect(sheet)
