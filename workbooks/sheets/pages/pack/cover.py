"""The Cover: one page to sign, with verdict, four figures, two charts and what would turn it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from xlsxwriter.chart import Chart
from xlsxwriter.worksheet import Worksheet

from workbooks.plan.judgement.endings import endings
from workbooks.plan.lines.option import TITLES
from workbooks.plan.results.pack.provenance import used
from workbooks.sheets import charts, paper
from workbooks.sheets.draft import PERIODS_ROW, Draft
from workbooks.sheets.pages.odds.bars import bars
from workbooks.sheets.pages.pack.blocks import LINE, read, sentence
from workbooks.sheets.pages.returns import monthly_row
from workbooks.sheets.style import BAD, GOOD, INK, STALE

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
MONEY = ("cheapest_cost", "today_saving_cost")
THRESHOLDS = ("price_told_text", "volume_told_text", "load_told_text")
SIGNED = ("Asked for by", "Finance", "Technology", "Approved by")
BARS = 5
OLD_DAYS, SOURCE_WIDTH = 90, 54
CHART_WIDTH, CHART_HEIGHT = 272, 185
VERDICT_HEIGHT = 64


def write(draft: Draft) -> None:
    """Write the page."""
    sheet = draft.sheets["Cover"]
    sheet.hide_gridlines(2)
    sheet.set_column(0, LAST, 12.3)
    _top(draft, sheet)
    for row, name in enumerate(SENTENCES, start=3):
        lines = -(-len(str(draft.numbers[name])) // CHARACTERS)
        sentence(draft, sheet, row, LAST, name, lines, "verdict" if row == 3 else "wrap")
    sheet.set_row(3, VERDICT_HEIGHT)
    _endings(draft, sheet, 7)
    _figures(draft, sheet, 9)
    row = _charts(draft, sheet, 13)
    row = _thresholds(draft, sheet, row)
    row = _sources(draft, sheet, row + 1)
    _signatures(draft, sheet, row + 1)
    paper.board(sheet, "Cover", portrait=True)
    draft.protect(sheet)
    sheet.activate()


def _top(draft: Draft, sheet: Worksheet) -> None:
    scenario = draft.plan.scenario
    draft.formula(sheet, 0, 0, "=plan_title", scenario.title, "title")
    draft.formula(sheet, 1, 0, "=plan_purpose", scenario.purpose, "note")
    link = ("internal:'How to read'!A1", draft.style("link"), "How to read it")
    sheet.write_url(2, 0, *link)
    for column, text in ((2, "As of"), (4, "Owner")):
        sheet.write(2, column, text, draft.style("unit"))
    read(draft, sheet, 2, 3, "as_of_day", draft.numbers["as_of_day"], "yyyy-mm-dd")
    owner = '=IF(plan_owner = "", "not named", plan_owner)'
    draft.formula(sheet, 2, 5, owner, scenario.owner or "not named", "label")
    draft.formula(sheet, 2, LAST, draft.check_text, draft.check_word, "number")
    for criteria, colour in (("begins with", BAD), ("not containing", GOOD)):
        look = draft.book.add_format({"font_color": colour, "bold": True})
        rule = {"type": "text", "criteria": criteria, "value": "A check", "format": look}
        sheet.conditional_format(2, LAST, 2, LAST, rule)


def _endings(draft: Draft, sheet: Worksheet, row: int) -> None:
    """Tell of prices that end before the plan does, as a value as made."""
    told = endings(draft.plan)
    if told:
        sheet.merge_range(row, 0, row, LAST, "", draft.style("warning"))
        sheet.write_string(row, 0, " ".join(told), draft.style("warning"))
    sheet.set_row(row, 2 * LINE * len(told) if told else 2)


def _figures(draft: Draft, sheet: Worksheet, row: int) -> None:
    currency = draft.plan.scenario.currency
    for place, (label, name, form, note) in enumerate(FIGURES):
        column = 2 * place
        title = f"{label}, {currency}" if name in MONEY else label
        for r, kind in enumerate(("figure name", "figure", "figure note")):
            sheet.merge_range(row + r, column, row + r, column + 1, "", draft.style(kind))
        sheet.write_string(row, column, title, draft.style("figure name"))
        draft.formula(sheet, row + 1, column, f"={name}", draft.numbers[name], "figure", form)
        draft.formula(sheet, row + 2, column, f"={note}", draft.numbers[note], "figure note")
    sheet.set_row(row + 1, 26)
    sheet.set_row(row + 2, 4 * LINE)


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

    def drawn(option: str, row: int) -> tuple[str, str, str, dict[str, Any]]:
        return across, charts.across("Monthly", row, months), option, charts.line(option)

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
    sheet.write(row, 0, "What would change the answer", draft.style("heading"))
    for column in range(1, LAST + 1):
        sheet.write_blank(row, column, None, draft.style("heading"))
    labels = {line.name: line.label for line in draft.plan.front}
    for name in THRESHOLDS:
        row += 1
        sheet.write(row, 0, labels[name], draft.style("top"))
        sheet.merge_range(row, 1, row, LAST, "", draft.style("wrap"))
        draft.formula(sheet, row, 1, f"={name}", draft.numbers[name], "wrap")
        sheet.set_row(row, 2 * LINE + 1)
    return row + 1


def _sources(draft: Draft, sheet: Worksheet, row: int) -> int:
    """Write what the plan takes from its tables: whose figure it is, and how old."""
    titles = {0: "Sources and their age", 2: "Source", 6: "As of", 7: "Days old"}
    for column in range(LAST + 1):
        kind = "figure header" if column > 5 else "header"
        sheet.write(row, column, titles.get(column, ""), draft.style(kind))
    sheet.merge_range(row, 0, row, 1, titles[0], draft.style("header"))
    first = row + 1
    for what, (label, *_) in used(draft.plan.options, draft.plan.holdings).items():
        row += 1
        sheet.write(row, 0, label, draft.style("top"))
        source = f"{what}_source_text"
        sheet.merge_range(row, 2, row, 5, "", draft.style("wrap"))
        draft.formula(sheet, row, 2, f"={source}", draft.numbers[source], "wrap")
        sheet.set_row(row, LINE * -(-len(str(draft.numbers[source])) // SOURCE_WIDTH) + 1)
        for column, (name, form) in enumerate(_dated(what), start=6):
            draft.formula(sheet, row, column, f"={name}", draft.numbers[name], "number top", form)
    old = {"type": "cell", "criteria": ">", "value": OLD_DAYS}
    look = {"format": draft.book.add_format({"bg_color": STALE})}
    sheet.conditional_format(first, LAST, row, LAST, old | look)
    return row + 1


def _dated(what: str) -> Iterator[tuple[str, str]]:
    yield f"{what}_as_of", "yyyy-mm-dd;;"
    yield f"{what}_age_days", "0"


def _signatures(draft: Draft, sheet: Worksheet, row: int) -> None:
    for place, who in enumerate(SIGNED):
        column = 2 * place
        for r, kind in enumerate(("header", "input")):
            sheet.merge_range(row + r, column, row + r, column + 1, "", draft.style(kind))
        sheet.write_string(row, column, who, draft.style("header"))
        hint = {"validate": "any", "input_title": who, "input_message": SIGN}
        sheet.data_validation(row + 1, column, row + 1, column + 1, hint)
    sheet.set_row(row + 1, 30)


SIGN = "Name, yes or no, and the date: a decision that nobody signed is none."
