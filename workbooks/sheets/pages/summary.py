"""The Summary sheet: the options side by side, year by year, and the six drains."""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter.utility import xl_cell_to_rowcol
from xlsxwriter.worksheet import Worksheet

from costcore.language.timeline import Line
from workbooks.plan.lines.option import TITLES
from workbooks.plan.results.summary import DRAINS, VIEWS
from workbooks.sheets.draft import FIRST, LABEL, PERIODS_ROW, UNIT, VALUE, Draft
from workbooks.sheets.style import OPTION_COLOURS

CHART_ROWS = 19
ROWS = {
    "cash": "Cash, whole plan",
    "expense": "Profit and loss, whole plan",
    "present": "Present value",
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
    by_name = {line.name: line for line in draft.plan.totals}
    singles = [line for line in draft.plan.totals if line.name not in _placed(draft, by_name)]
    row = draft.figures(sheet, row + 1, singles) + 1
    _charts(draft, sheet, row)
    row = _years(draft, sheet, row + CHART_ROWS)
    row += 1
    sheet.write(row, LABEL, "The six drains of self-hosting, whole plan", draft.style("heading"))
    row = draft.figures(sheet, row + 1, DRAINS) + 1
    sheet.write(row, LABEL, "In words", draft.style("heading"))
    draft.figures(sheet, row + 1, draft.plan.verdict)
    draft.protect(sheet)


def _placed(draft: Draft, by_name: dict[str, Line]) -> set[str]:
    return {
        name
        for name in by_name
        if any(name.startswith(f"{o}_{view}_") for o in draft.plan.options for view in ROWS)
    }


def _options(draft: Draft, sheet: Worksheet, row: int) -> int:
    """Write the options as columns and the views as rows."""
    sheet.write(row, LABEL, "Whole plan", draft.style("header"))
    sheet.write(row, UNIT, "Unit", draft.style("header"))
    for column, option in enumerate(draft.plan.options, start=VALUE):
        sheet.write(row, column, TITLES[option], draft.style("figure header"))
    for view, label in ROWS.items():
        row += 1
        for column, option in enumerate(draft.plan.options, start=VALUE):
            line = _line(draft.plan.totals, f"{option}_{view}_")
            sheet.write(row, LABEL, label, draft.style("label"))
            sheet.write(row, UNIT, draft.unit(line), draft.style("unit"))
            draft.figure(sheet, row, column, line)
    return row + 1


def _line(lines: Sequence[Line], start: str) -> Line:
    return next(line for line in lines if line.name.startswith(start))


def _years(draft: Draft, sheet: Worksheet, row: int) -> int:
    """Write every view by plan year."""
    sheet.write(row, LABEL, "By year of the plan", draft.style("header"))
    for column, text in ((UNIT, "Unit"), (VALUE, "Total"), (VALUE + 1, "")):
        sheet.write(row, column, text, draft.style("header"))
    for year in range(draft.plan.years):
        before = "N(D{0})" if year == 0 else "N({1}{0})"
        text = f"={before.format(row + 1, chr(ord('A') + FIRST + year - 1))} + 1"
        sheet.write_formula(row, FIRST + year, text, draft.style("header", '"Year "0'), year + 1)
    sheet.write_blank(row, VALUE + 1, None, draft.style("label"))
    return draft.across(sheet, row, draft.plan.yearly, draft.plan.years, "year")


def _charts(draft: Draft, sheet: Worksheet, row: int) -> None:
    _cumulative(draft, sheet, row)
    _present(draft, sheet, row)


MONTHS_AXIS = {
    "name": "Month",
    "date_axis": True,
    "num_format": "mmm yy",
    "major_unit": 6,
    "major_unit_type": "months",
}


def _cumulative(draft: Draft, sheet: Worksheet, row: int) -> None:
    chart = draft.book.add_chart({"type": "line"})
    dates, last = PERIODS_ROW - 1, FIRST + draft.plan.scenario.horizon_months - 1
    for option in draft.plan.options:
        place = draft.cells[f"{option}_cumulative_cost"].text.split("!")[1].split(":")[0]
        line = xl_cell_to_rowcol(place.replace("$", ""))[0]
        chart.add_series(
            {
                "name": TITLES[option],
                "categories": ["Monthly", dates, FIRST, dates, last],
                "values": ["Monthly", line, FIRST, line, last],
                "line": {"color": OPTION_COLOURS[option], "width": 2.25},
            }
        )
    chart.set_title({"name": draft.places["crossover_text"], "name_font": {"size": 12}})
    chart.set_x_axis(MONTHS_AXIS)
    chart.set_y_axis(draft.money_axis(draft.plan.scenario.currency))
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 620, "height": 360})
    sheet.insert_chart(row, LABEL, chart, {"description": "Cash paid to date by each option"})


def _present(draft: Draft, sheet: Worksheet, row: int) -> None:
    chart = draft.book.add_chart({"type": "column"})
    last = VALUE + len(draft.plan.options) - 1
    places = PERIODS_ROW + 1 + list(ROWS).index("present")
    chart.add_series(
        {
            "name": VIEWS["present"].capitalize(),
            "categories": ["Summary", PERIODS_ROW, VALUE, PERIODS_ROW, last],
            "values": ["Summary", places, VALUE, places, last],
            "points": [{"fill": {"color": OPTION_COLOURS[o]}} for o in draft.plan.options],
            "data_labels": {"value": True, "num_format": "#,##0"},
            "gap": 80,
        }
    )
    chart.set_title({"name": "Present value of the whole plan", "name_font": {"size": 12}})
    chart.set_x_axis({"name": "Option"})
    chart.set_y_axis(draft.money_axis(draft.plan.scenario.currency) | {"min": 0})
    chart.set_legend({"none": True})
    chart.set_size({"width": 560, "height": 360})
    sheet.insert_chart(
        row, VALUE + 1, chart, {"description": "Present value of each option as a column"}
    )
