"""The Commitments, Books and Return sheets: by month, beside the plan they are read from."""

from __future__ import annotations

from xlsxwriter.utility import xl_cell_to_rowcol, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from costcore.language.trace import Cell
from workbooks.plan.results.books import read_by_books
from workbooks.plan.results.returns import STEPS, Return
from workbooks.sheets.draft import FIRST, LABEL, PERIODS_ROW, Draft
from workbooks.sheets.pages.months import timeline


def write(draft: Draft) -> None:
    """Write them all; Books only where a plan has other views of its expense."""
    write_commitments(draft)
    write_return(draft)
    if "Books" in draft.sheets:
        write_books(draft)


def write_commitments(draft: Draft) -> None:
    """Write what is promised beside what is used, below what is owed by contract."""
    sheet, months = draft.sheets["Commitments"], draft.plan.scenario.horizon_months
    read = {name: monthly_row(draft, name) for name in draft.plan.commitments.read}
    _, row = draft.layout(draft.plan.owed, PERIODS_ROW + 1)
    draft.across(sheet, row, draft.plan.commitments.lines, months, "month", read)
    draft.protect(sheet)


def write_books(draft: Draft) -> None:
    """Write other views of profit and loss: of a migration that is spread, and of leases."""
    note = "Cash and verdict are the same in each view. An operating lease (ASC 842) is as paid."
    sheet = draft.sheet("Books", "Other views of profit and loss", note)
    months = draft.plan.scenario.horizon_months
    timeline(draft, sheet, months)
    read = {name: monthly_row(draft, name) for name in read_by_books(draft.plan.scenario)}
    draft.across(sheet, PERIODS_ROW + 1, draft.plan.books, months, "month", read)
    draft.protect(sheet)


def monthly_row(draft: Draft, line: str) -> tuple[str, int]:
    """Return where a line of the monthly plan stands: its sheet and its row."""
    sheet, _, cells = draft.cells[line].text.partition("!")
    return f"{sheet}!", xl_cell_to_rowcol(cells.split(":")[0].replace("$", ""))[0]


def write_return(draft: Draft) -> None:
    """Write the cash of switching, and the rate at which it is worth nothing."""
    note = "It exists where months, or all saved to date, turn once from paid to saved; else never."
    sheet = draft.sheet("Return", "Return of switching to self-hosting", note)
    months = draft.plan.scenario.horizon_months
    timeline(draft, sheet, months)
    row = PERIODS_ROW + 1
    for each in draft.plan.returns:
        row = _return(draft, sheet, row, each) + 1
    draft.protect(sheet)


def _return(draft: Draft, sheet: Worksheet, row: int, each: Return) -> int:
    """Write one return: its flows, the search and what was found; return the next row."""
    months = draft.plan.scenario.horizon_months
    read = {name: monthly_row(draft, name) for name in each.read}
    row = draft.across(sheet, row, each.flows(), months, "month", read)
    row = draft.figures(sheet, row, each.figures()) + 1
    sheet.write(row, LABEL, "Halving", draft.style("header"))
    for step in range(STEPS):
        before = xl_rowcol_to_cell(row, FIRST + step - 1)
        here = f"=N({before}) + 1"
        sheet.write_formula(row, FIRST + step, here, draft.style.computed("header", "0"), step + 1)
    row = draft.across(sheet, row, each.search(), STEPS, "step")
    last = draft.cells[each.name("middle_rate")].text.split(":")[1]
    draft.cells[each.name("found_rate")] = Cell(f"Return!{last}")
    return draft.figures(sheet, row + 1, each.rates())
