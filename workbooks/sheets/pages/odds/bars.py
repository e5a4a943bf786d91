"""What decides it, as bars: how far each input moves the saving of self-hosting, as drawn."""

from __future__ import annotations

from xlsxwriter.chart import Chart

from workbooks.sheets import charts
from workbooks.sheets.draft import LABEL, VALUE, Draft
from workbooks.sheets.pen import Pen
from workbooks.sheets.style import OPTION_COLOURS

BELOW, ABOVE = VALUE + 2, VALUE + 3
"""Columns of the table of the sheet Risk."""


def bars(draft: Draft, most: int, width: float, height: float) -> Chart:
    """Draw the first few rows of the table of what moves the saving."""
    chart = moved(draft, draft.spots["bars"], ("Less saved", "More saved"), most)
    reach = draft.numbers["decider_cost"]
    chart.set_x_axis(charts.money(draft.plan.scenario.currency, reach, "saved, less or more"))
    return charts.finish(chart, draft.places["decides_text"], width, height)


def moved(pen: Pen, spot: tuple[int, int], names: tuple[str, str], most: int) -> Chart:
    """Draw how far each of the first few rows moves something down, and up."""
    chart = pen.book.add_chart({"type": "bar"})
    first, count = spot
    last = first + max(min(count, most), 1) - 1
    for column, name, option in zip((BELOW, ABOVE), names, ("api", "own"), strict=True):
        chart.add_series(
            {
                "name": name,
                "categories": ["Risk", first, LABEL, last, LABEL],
                "values": ["Risk", first, column, last, column],
                "fill": {"color": OPTION_COLOURS[option]},
                "gap": 40,
                "overlap": 100,
            }
        )
    # a bar chart has its categories on what XlsxWriter calls the y axis
    chart.set_y_axis(charts.axis("Input", reverse=True, label_position="low", crossing="max"))
    return chart
