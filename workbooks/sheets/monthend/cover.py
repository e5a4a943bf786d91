"""The first page of a month-end: what it cost, what the plan comes to, and why, on one page."""

from __future__ import annotations

from xlsxwriter.chart import Chart
from xlsxwriter.worksheet import Worksheet

from workbooks.plan.monthend import outlook
from workbooks.plan.monthend.actuals import Close
from workbooks.plan.monthend.variance import STEPS
from workbooks.sheets import charts, paper
from workbooks.sheets.bridging.waterfall import waterfall
from workbooks.sheets.draft import PERIODS_ROW, Draft
from workbooks.sheets.pages.pack.blocks import LINE, sentence
from workbooks.sheets.pages.pack.first import figures, signatures
from workbooks.sheets.style import OPTION_COLOURS

LAST = 7
FIGURES = (
    ("Closed, over budget", "closed_over_cost", "#,##0;-#,##0;0", "closed_told_text"),
    ("Plan, over budget", "over_total_cost", "#,##0;-#,##0;0", "outlook_told_text"),
    ("Spent so far", "run_rate_factor", "0%", "pace_told_text"),
    ("Forecasts missed by", "mape_share", "0.0%", "missed_told_text"),
)
"""Four figures to remember: what it is called, its cell, its format, and what it is of."""
CHART_WIDTH, CHART_HEIGHT = 562, 230
NOTES, CHARACTERS = 6, 105
"""How many notes of the import stand on the page, and what fits in a line across it."""


def write(draft: Draft, close: Close) -> None:
    """Write the page."""
    sheet, scenario = draft.sheets["Cover"], close.plan.scenario
    sheet.hide_gridlines(2)
    sheet.set_column(0, LAST, 12.3)
    sheet.write(0, 0, f"Actual against budget: {scenario.title}", draft.style("title"))
    owner = scenario.owner or "not named"
    facts = f"Budget of {scenario.as_of}, {scenario.currency}, single units; owner: {owner}."
    sheet.write(1, 0, facts, draft.style("note"))
    sheet.write_url(2, 0, "internal:'How to read'!A1", draft.style("link"), "How to read it")
    draft.formula(sheet, 2, LAST, draft.check_text, draft.check_word, "number")
    sentence(draft, sheet, 3, LAST, "verdict_text", 3, "verdict")
    sentence(draft, sheet, 4, LAST, "outlook_text", 1)
    figures(draft, sheet, 6, FIGURES, scenario.currency)
    row = _charts(draft, sheet, 10, close)
    row = _notes(draft, sheet, row, close)
    signatures(draft, sheet, row + 1)
    paper.board(sheet, "Cover", portrait=True)
    draft.protect(sheet)
    sheet.activate()


def _charts(draft: Draft, sheet: Worksheet, row: int, close: Close) -> int:
    size = CHART_WIDTH, CHART_HEIGHT
    last = PERIODS_ROW + len(STEPS)
    title = "From budget to actual, closed months"
    why = waterfall(draft, draft.sheets["Bridge"], last, title, *size)
    told = "What price, volume, mix and others added to the budget"
    sheet.insert_chart(row, 0, why, {"description": told, "object_position": 1})
    row += round(CHART_HEIGHT / 15) + 1
    chart = cumulative(draft, len(close.months), *size)
    told = "Budget and outlook, cumulative by month"
    sheet.insert_chart(row, 0, chart, {"description": told, "object_position": 1})
    return row + round(CHART_HEIGHT / 15) + 1


def _notes(draft: Draft, sheet: Worksheet, row: int, close: Close) -> int:
    """Write what the import had to say; the rest of many notes stands in How to read."""
    sheet.merge_range(row, 0, row, LAST, "Notes on the import", draft.style("heading"))
    more = len(close.notes) - NOTES
    told = [*close.notes[:NOTES], *([f"{more} more in How to read."] if more > 0 else [])]
    for text in told or ["None."]:
        row += 1
        sheet.merge_range(row, 0, row, LAST, "", draft.style("wrap"))
        sheet.write_string(row, 0, text, draft.style("wrap"))
        sheet.set_row(row, LINE * -(-len(text) // CHARACTERS) + 2)
    return row + 1


def cumulative(draft: Draft, months: int, width: float, height: float) -> Chart:
    """Draw budget and outlook to date, month by month."""
    chart = draft.book.add_chart({"type": "line"})
    for name, option in (("budget_cumulative_cost", "api"), ("outlook_cumulative_cost", "own")):
        label = next(line.label for line in outlook.COMPLETED if line.name == name)
        line = {"color": OPTION_COLOURS[option], "width": 2.25}
        if option == "api":
            line["dash_type"] = "dash"
        chart.add_series(
            {
                "name": label,
                "categories": charts.across("Outlook", PERIODS_ROW - 1, months),
                "values": f"={draft.cells[name].text}",
                "line": line,
            }
        )
    chart.set_x_axis(charts.axis("Month", date_axis=True, num_format="mmm yy"))
    reach = charts.largest(draft.numbers["budget_cumulative_cost"])
    chart.set_y_axis(charts.money(draft.plan.scenario.currency, reach))
    return charts.finish(chart, draft.places["outlook_text"], width, height, legend="bottom")
