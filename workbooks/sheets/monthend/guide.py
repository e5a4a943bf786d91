"""How a month-end is read: its figures, its conventions, what it cannot tell, and what is where."""

from __future__ import annotations

from importlib.metadata import version

from xlsxwriter.worksheet import Worksheet

from workbooks.plan.monthend import outlook
from workbooks.plan.monthend.actuals import Close
from workbooks.sheets import paper
from workbooks.sheets.draft import PERIODS_ROW, Draft
from workbooks.sheets.pages.pack.guide import contents, paragraphs

CONTENTS = {
    "Cover": "one page: what it cost, what the plan comes to, and why",
    "Actuals": "what was imported, month by month; paste the next month below it",
    "Budget": "the budget of each month and model, from the scenario",
    "Variance": "one row for each month and model, and what its difference is made of",
    "Bridge": "from budget to actual: price, volume, mix and the rest",
    "Outlook": "months: actual or forecast, the total, and how right forecasts were",
    "Checks": "what must hold for the numbers to be right",
    "Log": "where the workbook comes from",
}
CONVENTIONS = (
    "A variance is actual less budget: positive has cost more.",
    "Volume: tokens beyond the budget at the pooled budget price of all models of the month.",
    "Mix of models: those tokens at the model's own budget price less the pooled one.",
    "Mix of input, cached, output: actual tokens at the budget prices of their kinds, less at one.",
    "Price: what was paid at budget exchange rates, less the actual tokens at budget prices.",
    "New and retired models have no price to compare with, and are steps of their own.",
    "Run-rate: open months are the budget times actual over budget of the closed ones.",
    "Rows with a 1 in the column Once (purchases, moving) do not scale them; they are as budgeted.",
    "Change the closed-through date and the method in Actuals; any day in a month stands for it.",
)
LIMITS = (
    "Why a price or a volume moved: it says how much each was, not who decided it.",
    "Own nodes are not billed by the token: each cost line is compared whole, as other costs.",
    "Budget holds the plan as it was when this workbook was made; it does not follow changes.",
)
KEY = {"input": "input", "data": "table data", "number": "formula"}


def write(draft: Draft, close: Close) -> None:
    """Write the sheet."""
    note = f"Made by evenpoint {version('evenpoint')}; works without any add-in."
    sheet = draft.sheet("How to read", "How to read it", note)
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 5, 17)
    row = _figures(draft, sheet, PERIODS_ROW)
    parts = {
        "Conventions": CONVENTIONS,
        "What it cannot tell you": LIMITS,
        "Notes on the import": close.notes or ("None.",),
    }
    row = paragraphs(draft, sheet, row, parts)
    contents(draft, sheet, row + 1, CONTENTS)
    paper.board(sheet, "How to read", portrait=True)
    draft.protect(sheet)


def _figures(draft: Draft, sheet: Worksheet, row: int) -> int:
    for line in (*outlook.FIGURES, *outlook.TOTALS[:3]):
        sheet.write(row, 0, line.label, draft.style("label"))
        value, form = draft.numbers[line.name], line.unit.cell_format
        draft.formula(sheet, row, 2, f"={line.name}", value, "number", form)
        sheet.write(row, 3, draft.unit(line), draft.style("unit"))
        row += 1
    sheet.write(row, 0, "Currency", draft.style("label"))
    sheet.write_string(row, 2, draft.plan.scenario.currency, draft.style("number"))
    row += 1
    sheet.write(row, 0, "Colour key", draft.style("label"))
    for column, (kind, text) in enumerate(KEY.items(), start=2):
        sheet.write(row, column, text, draft.style(kind))
    return row + 1
