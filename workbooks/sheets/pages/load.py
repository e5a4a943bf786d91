"""The Load sheet: every hour against own nodes, and how many of them are worth owning."""

from __future__ import annotations

from typing import Any

from xlsxwriter.chart import Chart
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from costcore.language.trace import Cell
from workbooks.plan.lines import load
from workbooks.sheets import charts
from workbooks.sheets.draft import LABEL, PERIODS_ROW, VALUE, Draft
from workbooks.sheets.pages.calculation import columns
from workbooks.sheets.pages.hints import AT_LEAST, AT_LEAST_0, told
from workbooks.sheets.style import OPTION_COLOURS

CHART_ROWS = 21
WIDTH, HEIGHT = 675, 300
CLOCK = {"load_factor": LABEL + 1, "load_hour": VALUE + 1, "load_day": VALUE + 2}
CLOCK_TITLES = {"Hour of the day, UTC": "load_hour", "Day, Monday 0, any -1": "load_day"}
SHAPE = told(
    "Load over mean",
    f"Tokens of the hour over those of a mean hour: {AT_LEAST}",
    "your usage export by hour, or a public trace",
)
CHOICES, SERVED = 5, 11
"""First columns of the two other tables beside the hours.

Each stands to the right of what it is computed from: LibreOffice 7.4 works through a
sheet by column, and gets a column wrong that needs another one which it has not begun.
"""


def top_row() -> int:
    """Return the row of the headings above the hours."""
    lines = (*load.TYPED, *load.SHAPE, *load.BEST)
    return PERIODS_ROW + len(lines) + 5 + 2 * CHART_ROWS


def place(draft: Draft) -> None:
    """Say where the hours will stand: prices by the hour are computed before this sheet."""
    last = top_row() + len(draft.plan.load_factors)
    for name, column in CLOCK.items():
        ends = (xl_rowcol_to_cell(row, column, row_abs=True) for row in (top_row() + 1, last))
        draft.cells[name] = Cell(f"Load!{':'.join(ends)}")


def write(draft: Draft) -> None:
    """Write the figures, the numbers of nodes compared, and the hours, with two charts."""
    note = "Own the base load and buy the peaks. Change the shape in the yellow cells below."
    sheet = draft.sheet("Load", f"Hours of the load: {draft.plan.scenario.load_shape}", note)
    columns(sheet)
    sheet.freeze_panes(PERIODS_ROW - 1, 0)
    sheet.set_column(VALUE + 1, SERVED + len(load.SERVED), 18)
    hours = len(draft.plan.load_factors)
    top = top_row()
    chart_row = top - 2 * CHART_ROWS
    first, last = (xl_rowcol_to_cell(top + r, LABEL + 1, True, True) for r in (1, hours))
    draft.cells["load_factors"] = Cell(f"Load!{first}:{last}")
    row = draft.figures(sheet, PERIODS_ROW, load.TYPED)
    _hours(draft, sheet, top, hours)
    row = draft.figures(sheet, row, load.SHAPE)
    draft.down(sheet, top, CHOICES, load.NODES, load.STEPS, "choice")
    draft.figures(sheet, row, load.BEST)
    draft.down(sheet, top, SERVED - 1, load.SERVED, hours, "", {"load_tokens": VALUE})
    _charts(draft, sheet, chart_row, top + 1)
    draft.protect(sheet)


def _hours(draft: Draft, sheet: Worksheet, row: int, hours: int) -> None:
    """Write the shape as input, and the tokens of each hour beside it."""
    sheet.write(row, LABEL, "Hour", draft.style("header"))
    sheet.write(row, LABEL + 1, "Load over mean", draft.style("figure header"))
    sheet.data_validation(row + 1, LABEL + 1, row + hours, LABEL + 1, AT_LEAST_0 | SHAPE)
    for t, factor in enumerate(draft.plan.load_factors):
        sheet.write_number(row + 1 + t, LABEL, t + 1, draft.style("count"))
        sheet.write_number(row + 1 + t, LABEL + 1, factor, draft.style("input", "0.00"))
    _clock(draft, sheet, row)
    draft.down(sheet, row, LABEL + 1, load.HOURS, hours, "", {"load_factor": LABEL + 1})


def _clock(draft: Draft, sheet: Worksheet, row: int) -> None:
    """Write what the clock says in each hour: it goes on from the day the load begins."""
    start = draft.plan.load_clock["load_day"][0]
    for title, name in CLOCK_TITLES.items():
        sheet.write(row, CLOCK[name], title, draft.style("figure header"))
        for t, value in enumerate(draft.plan.load_clock[name]):
            since = f"{xl_rowcol_to_cell(row + 1 + t, LABEL, col_abs=True)} - 1"
            day = f"=MOD(INT(({since}) / 24) + {start:g}, 7)" if start >= 0 else f"={start:g}"
            text = f"=MOD({since}, 24)" if name == "load_hour" else day
            draft.formula(sheet, row + 1 + t, CLOCK[name], text, value, "number", "0")


def _charts(draft: Draft, sheet: Worksheet, row: int, first: int) -> None:
    sheet.set_h_pagebreaks([row, row + 2 * CHART_ROWS])
    sheet.insert_chart(
        row,
        LABEL,
        _against_capacity(draft, first, first + len(draft.plan.load_factors) - 1),
        {"description": "Hourly load, what own nodes serve of it, and what is bought"},
    )
    sheet.insert_chart(
        row + CHART_ROWS,
        LABEL,
        _by_nodes(draft, first, first + load.STEPS - 1),
        {"description": "Cost per month by number of own nodes, the cheapest marked"},
    )


def _against_capacity(draft: Draft, first: int, last: int) -> Chart:
    chart = draft.book.add_chart({"type": "area", "subtype": "stacked"})
    line = draft.book.add_chart({"type": "line"})
    for place, (name, colour) in enumerate(
        (
            ("Own nodes", "own"),
            ("Bought from the API", "api"),
            ("What own nodes can serve", "hybrid"),
        )
    ):
        series: dict[str, Any] = {
            "name": name,
            "categories": ["Load", first, LABEL, last, LABEL],
            "values": ["Load", first, SERVED + place, last, SERVED + place],
        }
        if name == "What own nodes can serve":
            line.add_series(series | {"line": {"color": OPTION_COLOURS[colour], "width": 1.75}})
        else:
            chart.add_series(series | {"fill": {"color": OPTION_COLOURS[colour]}})
    chart.combine(line)
    chart.set_x_axis(charts.axis("Hour of the load", interval_unit=24, interval_tick=24))
    chart.set_y_axis(charts.money("Million tokens in an hour", 0) | {"num_format": "#,##0.0,,"})
    return charts.finish(chart, draft.places["served_text"], WIDTH, HEIGHT, legend="bottom")


def _by_nodes(draft: Draft, first: int, last: int) -> Chart:
    chart = draft.book.add_chart({"type": "scatter", "subtype": "straight"})
    names = [line.name for line in load.NODES]
    nodes, cost = (
        CHOICES + 1 + names.index(name) for name in ("spill_nodes", "spill_cost_per_month")
    )
    chart.add_series(
        {
            "name": "Own nodes, and the API for the rest",
            "categories": ["Load", first, nodes, last, nodes],
            "values": ["Load", first, cost, last, cost],
            "line": {"color": OPTION_COLOURS["own"], "width": 2.25},
            "marker": {"type": "none"},
        }
    )
    chart.add_series(
        {
            "name": "Cheapest",
            "categories": draft.places["best_nodes"],
            "values": draft.places["best_cost_per_month"],
            "marker": {"type": "circle", "size": 9, "fill": {"color": OPTION_COLOURS["hybrid"]}},
            "line": {"none": True},
            "data_labels": charts.NAMED,
        }
    )
    chart.set_x_axis(charts.axis("Own nodes, and the API for the rest", num_format="#,##0", min=0))
    reach = charts.largest(draft.numbers["spill_cost_per_month"])
    chart.set_y_axis(charts.money(draft.plan.scenario.currency, reach, "a month") | {"min": 0})
    return charts.finish(chart, draft.places["owned_best_text"], WIDTH, HEIGHT)
