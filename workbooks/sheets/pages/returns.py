"""The Commitments and Return sheets: by month, beside the plan they are read from."""

from __future__ import annotations

from xlsxwriter.utility import xl_cell_to_rowcol, xl_rowcol_to_cell

from costcore.language.trace import Cell
from workbooks.plan.results import commitments, returns
from workbooks.sheets.draft import FIRST, LABEL, PERIODS_ROW, Draft
from workbooks.sheets.pages.inputs import timeline

FLOWS = {"api_flow_per_month": "api_cash_per_month", "own_flow_per_month": "own_cash_per_month"}


def write_commitments(draft: Draft) -> None:
    """Write what is promised beside what is used."""
    note = "What is paid for whether it is used or not, and what may be taken away."
    sheet = draft.sheet("Commitments", "Commitments by month", note)
    months = draft.plan.scenario.horizon_months
    timeline(draft, sheet, months)
    read = {name: _row(draft, name) for name in commitments.FROM_MONTHLY}
    draft.across(sheet, PERIODS_ROW + 1, commitments.LINES, months, "month", read)
    draft.protect(sheet)


def _row(draft: Draft, line: str) -> tuple[str, int]:
    """Return where a line of the monthly plan stands: its sheet and its row."""
    first = draft.cells[line].text.split("!")[1].split(":")[0]
    return "Monthly!", xl_cell_to_rowcol(first.replace("$", ""))[0]


def write_return(draft: Draft) -> None:
    """Write the cash of switching, and the rate at which it is worth nothing."""
    note = (
        "A return exists where cash is first paid and then saved, once. Else the answer is never."
    )
    sheet = draft.sheet("Return", "Return of switching to self-hosting", note)
    months = draft.plan.scenario.horizon_months
    timeline(draft, sheet, months)
    read = {name: _row(draft, source) for name, source in FLOWS.items()}
    row = draft.across(sheet, PERIODS_ROW + 1, returns.FLOWS, months, "month", read)
    draft.cells["switch_flows"] = draft.cells["switch_per_month"]
    row = draft.figures(sheet, row, returns.FIGURES) + 1
    sheet.write(row, LABEL, "Halving", draft.style("header"))
    for step in range(returns.STEPS):
        before = xl_rowcol_to_cell(row, FIRST + step - 1)
        here = f"=N({before}) + 1"
        sheet.write_formula(row, FIRST + step, here, draft.style("header", "0"), step + 1)
    row = draft.across(sheet, row, returns.SEARCH, returns.STEPS, "step")
    last = draft.cells["middle_rate"].text.split(":")[1]
    draft.cells["found_rate"] = Cell(f"Return!{last}")
    draft.figures(sheet, row + 1, (returns.RETURN,))
    draft.protect(sheet)
