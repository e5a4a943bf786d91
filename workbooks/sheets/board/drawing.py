"""A native chart of a deck, and the sheet behind it, which holds no formula."""

from __future__ import annotations

import datetime
import io
from itertools import chain
from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LEGEND_POSITION,
    XL_TICK_LABEL_POSITION,
    XL_TICK_MARK,
)
from pptx.util import Pt

from workbooks.plan.lines.option import TITLES
from workbooks.printable import STEERING
from workbooks.sheets.board.pages import RIVAL, SIDES, Chart
from workbooks.sheets.style import OPTION_COLOURS, STRATEGY_COLOURS, new_book

KINDS = {
    "line": XL_CHART_TYPE.LINE,
    "columns": XL_CHART_TYPE.COLUMN_CLUSTERED,
    "bars": XL_CHART_TYPE.BAR_STACKED,
}
LIKE = dict(zip((RIVAL, *SIDES), ("api", "api", "own"), strict=True))
"""Which strategy's colour a series has that is none."""
AXES = {1e7: '0.0,,"M";-0.0,,"M";0', 1e4: '#,##0,"k";-#,##0,"k";0', 0.0: "#,##0"}
"""How the numbers beside a chart are written, from the largest of them on."""
MADE = (1980, 1, 1, 0, 0, 0)
"""The day of all that is made inside a deck."""


def dress(drawn: Any, chart: Chart, ours: bool) -> None:
    """Give a chart its title, axes and, in a deck of ours, its colours."""
    drawn.has_title = True
    drawn.chart_title.text_frame.text = plain(chart.title)
    drawn.chart_title.text_frame.paragraphs[0].runs[0].font.size = Pt(13)
    drawn.font.size = Pt(11)
    drawn.has_legend, drawn.legend.position = True, XL_LEGEND_POSITION.BOTTOM
    drawn.legend.include_in_layout = False
    _axes(drawn, chart)
    if chart.kind == "bars":
        drawn.plots[0].overlap, drawn.plots[0].gap_width = 100, 60
    if chart.kind == "columns":
        drawn.plots[0].has_data_labels = True
        drawn.plots[0].data_labels.number_format = "#,##0"
        drawn.plots[0].data_labels.number_format_is_linked = False
    for at, series in enumerate(drawn.plots[0].series if ours else ()):
        _coloured(series, chart.kind, STRATEGY_COLOURS[at % len(STRATEGY_COLOURS)])


def _axes(drawn: Any, chart: Chart) -> None:
    axis = drawn.value_axis
    for each, text in ((axis, chart.unit), (drawn.category_axis, chart.over)):
        if text:
            each.axis_title.text_frame.text = plain(text)
            font = each.axis_title.text_frame.paragraphs[0].runs[0].font
            font.size, font.bold = Pt(11), False
        each.major_tick_mark = XL_TICK_MARK.NONE
    largest = max(map(abs, chain.from_iterable(chart.series.values())), default=0.0)
    form = next(form for least, form in AXES.items() if largest >= least)
    axis.tick_labels.number_format = form
    axis.tick_labels.number_format_is_linked = False
    drawn.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW


def _coloured(series: Any, kind: str, other: str) -> None:
    option = next((o for o, title in TITLES.items() if title == series.name), "")
    ours = colour(OPTION_COLOURS.get(option or LIKE.get(series.name, ""), other))
    if kind == "line":
        series.smooth, series.format.line.width = False, Pt(2.25)
        series.format.line.color.rgb = ours
    else:
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = ours


def behind(chart: Chart) -> bytes:
    """Return the sheet behind a chart, in which no text becomes a formula or a link."""
    content = io.BytesIO()
    with new_book(content) as book:
        book.set_properties({"created": datetime.datetime(*MADE)})
        sheet = book.add_worksheet("Sheet1")
        for row, text in enumerate(chart.along, start=1):
            sheet.write_string(row, 0, plain(text))
        for column, (name, values) in enumerate(chart.series.items(), start=1):
            sheet.write_string(0, column, plain(name))
            sheet.write_column(1, column, values)
    return content.getvalue()


def plain(text: str) -> str:
    """Return a text without what steers a terminal or breaks a part of a file."""
    return STEERING.sub("?", text)


def colour(code: str) -> Any:
    """Return a colour of the style."""
    return RGBColor.from_string(code.removeprefix("#"))
