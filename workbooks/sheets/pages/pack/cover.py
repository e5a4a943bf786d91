"""The Cover: one page to sign, with verdict, four figures, two charts and what would turn it."""

from __future__ import annotations

from typing import Any

from xlsxwriter.chart import Chart
from xlsxwriter.worksheet import Worksheet

from workbooks.plan.judgement.endings import endings
from workbooks.plan.lines.option import TITLES
from workbooks.plan.results.pack.provenance import used
from workbooks.sheets import charts, paper
from workbooks.sheets.draft import PERIODS_ROW, Draft
from workbooks.sheets.pages.odds.bars import bars
from workbooks.sheets.pages.pack.blocks import LINE, sentence
from workbooks.sheets.pages.pack.first import figures, signatures, sources, thresholds, top
from workbooks.sheets.pages.returns import monthly_row
from workbooks.sheets.style import INK

LAST = 7
SENTENCES = ("verdict_text", "in_time_text", "scale_text", "conditions_text")
CHARACTERS = 102
"""What fits in a line across the page."""
FIGURES = (
    ("Recommended costs", "cheapest_cost", "#,##0", "spent_text"),
    ("Saved against today", "today_saving_cost", "#,##0;-#,##0;0", "saved_text"),
    ("Self-hosting turns in month", "turns_months", "0", "turns_text"),
    ("Chance to be the cheapest", "now_sure_share", "0%", "range_text"),
)
"""Four figures to remember: what it is called, its cell, its format, and what it is of."""
THRESHOLDS = ("price_told_text", "volume_told_text", "load_told_text")
BARS = 5
CHART_WIDTH, CHART_HEIGHT = 272, 185
VERDICT_HEIGHT = 64


def write(draft: Draft) -> None:
    """Write the page."""
    sheet = draft.sheets["Cover"]
    sheet.hide_gridlines(2)
    sheet.set_column(0, LAST, 12.3)
    top(draft, sheet, LAST, draft.plan.scenario)
    for row, name in enumerate(SENTENCES, start=3):
        lines = -(-len(str(draft.numbers[name])) // CHARACTERS)
        sentence(draft, sheet, row, LAST, name, lines, "verdict" if row == 3 else "wrap")
    sheet.set_row(3, VERDICT_HEIGHT)
    _endings(draft, sheet, 7)
    figures(draft, sheet, 9, FIGURES, draft.plan.scenario.currency)
    row = _charts(draft, sheet, 13)
    row = _thresholds(draft, sheet, row)
    row = _sources(draft, sheet, row + 1)
    signatures(draft, sheet, row + 1)
    paper.board(sheet, "Cover", portrait=True)
    draft.protect(sheet)
    sheet.activate()


def _endings(draft: Draft, sheet: Worksheet, row: int) -> None:
    """Tell of prices that end before the plan does, as a value as made."""
    told = endings(draft.plan)
    if told:
        sheet.merge_range(row, 0, row, LAST, "", draft.style("warning"))
        sheet.write_string(row, 0, " ".join(told), draft.style("warning"))
    sheet.set_row(row, 2 * LINE * len(told) if told else 2)


def _charts(draft: Draft, sheet: Worksheet, row: int) -> int:
    described = "Cash paid to date by strategy, with the month in which self-hosting catches up"
    sheet.insert_chart(row, 0, cash(draft), {"description": described, "object_position": 1})
    told = "The five inputs that move the saving of self-hosting most, as drawn"
    chart = bars(draft, BARS, CHART_WIDTH, CHART_HEIGHT)
    sheet.insert_chart(row, 4, chart, {"description": told, "object_position": 1})
    return row + round(CHART_HEIGHT / 15) + 1


def cash(draft: Draft) -> Chart:
    """Draw the cash paid to date by each strategy, and the month in which own nodes catch up."""
    chart = draft.book.add_chart({"type": "scatter", "subtype": "straight"})
    months = draft.plan.scenario.horizon_months
    lines = {o: f"{o}_cumulative_cost" for o in draft.plan.options}
    places = {o: monthly_row(draft, name)[1] for o, name in lines.items()}
    across = charts.across("Monthly", PERIODS_ROW, months)

    def drawn(option: str, row: int) -> tuple[str, str, dict[str, Any]]:
        return across, charts.across("Monthly", row, months), charts.line(option)

    ends = {TITLES[o]: float(draft.numbers[name][-1]) for o, name in lines.items()}
    charts.by_month(chart, {TITLES[o]: drawn(o, row) for o, row in places.items()}, ends)
    chart.add_series(_mark(draft))
    reach = charts.largest([*ends.values()])
    chart.set_x_axis(charts.month_axis(months))
    chart.set_y_axis(charts.money(draft.plan.scenario.currency, reach) | {"min": 0})
    charts.room_for_names(chart)
    return charts.finish(chart, draft.places["crossover_text"], CHART_WIDTH, CHART_HEIGHT)


def _mark(draft: Draft) -> dict[str, Any]:
    """Mark the month in which the cash paid is back; where it never is, outside the axes."""
    return {
        "name": draft.places["mark_text"],
        "categories": draft.places["mark_months"],
        "values": draft.places["mark_cost"],
        "line": {"none": True},
        "marker": {"type": "circle", "size": 7, "fill": {"color": INK}},
        "data_labels": charts.NAMED,
    }


def _thresholds(draft: Draft, sheet: Worksheet, row: int) -> int:
    labels = {line.name: line.label for line in draft.plan.front}
    told = {labels[name]: (name, draft.numbers[name]) for name in THRESHOLDS}
    return thresholds(draft, sheet, row, LAST, told)


def _sources(draft: Draft, sheet: Worksheet, row: int) -> int:
    """Write what the plan takes from its tables: whose figure it is, and how old."""

    def told(name: str) -> tuple[str, Any]:
        return name, draft.numbers[name]

    rows = [
        (label, told(f"{what}_source_text"), told(f"{what}_as_of"), told(f"{what}_age_days"))
        for what, (label, *_) in used(draft.plan.options, draft.plan.holdings).items()
    ]
    return sources(draft, sheet, row, rows)
