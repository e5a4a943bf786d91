"""A bridge as stacked columns, which every spreadsheet draws."""

from __future__ import annotations

from xlsxwriter.chart import Chart
from xlsxwriter.worksheet import Worksheet

from workbooks.plan.monthend.variance import BARS
from workbooks.sheets import charts
from workbooks.sheets.draft import LABEL, PERIODS_ROW, VALUE, Draft
from workbooks.sheets.style import MUTED, OPTION_COLOURS

CHART_ROWS = 22
KIND, FIRST_BAR = VALUE + 1, VALUE + 2
SERIES = {"bar_base_cost": "", "bar_total_cost": MUTED}
SERIES |= {"bar_more_cost": OPTION_COLOURS["own"], "bar_less_cost": OPTION_COLOURS["api"]}
"""Columns of the chart from below; the base has no colour."""


def waterfall(
    draft: Draft, sheet: Worksheet, last: int, title: str, width: float = 750, height: float = 315
) -> Chart:
    """Return the chart of the steps below the headings of a sheet, down to the last row."""
    chart = draft.book.add_chart({"type": "column", "subtype": "stacked"})
    names, first, own = [line.name for line in BARS], PERIODS_ROW + 1, sheet.get_name()
    for name, colour in SERIES.items():
        column = FIRST_BAR + names.index(name)
        chart.add_series(
            {
                "name": BARS[names.index(name)].label,
                "categories": [own, first, LABEL, last, LABEL],
                "values": [own, first, column, last, column],
                "fill": {"color": colour} if colour else {"none": True},
                "border": {"none": True},
                "gap": 40,
            }
        )
    chart.set_x_axis(charts.axis("Step", label_position="low"))
    reach = charts.largest(draft.numbers["bar_cost"])
    chart.set_y_axis(charts.money(draft.plan.scenario.currency, reach))
    charts.finish(chart, charts.words(title), width, height)
    chart.set_legend({"position": "bottom", "delete_series": [0], "font": charts.FONT})
    return chart
