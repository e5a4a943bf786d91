"""The Comparison sheet: what each strategy costs in a month, and what is said of it."""

from __future__ import annotations

from workbooks.plan.results.comparison import TIME
from workbooks.sheets.draft import LABEL, PERIODS_ROW, Draft
from workbooks.sheets.pages.months import timeline
from workbooks.sheets.pages.returns import monthly_row


def write_months(draft: Draft) -> int:
    """Write the cost of each month by strategy, and the break-even of the month.

    Return the row below, where the words go when all that they read stands.
    """
    note = "Every sentence reads from here: bills as paid, purchases spread with their capital."
    sheet = draft.sheet("Comparison", "One comparison, month by month", note)
    months = draft.plan.scenario.horizon_months
    timeline(draft, sheet, months)
    read = {line.name: monthly_row(draft, line.name) for line in draft.plan.monthly}
    row = draft.across(sheet, PERIODS_ROW + 1, draft.plan.behind.months, months, "month", read)
    return draft.figures(sheet, row + 1, TIME)


def write_words(draft: Draft, row: int) -> None:
    """Write who is cheapest, how sure that is, and the sentences of the cover with their parts."""
    sheet = draft.sheets["Comparison"]
    sheet.write(row + 1, LABEL, "In words", draft.style("heading"))
    row = draft.figures(sheet, row + 2, draft.plan.verdict)
    draft.figures(sheet, row + 1, draft.plan.front)
    draft.protect(sheet)
