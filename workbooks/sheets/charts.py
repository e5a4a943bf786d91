"""How every chart looks: one type scale, one palette, axes in the units that people say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from xlsxwriter.chart import Chart
from xlsxwriter.utility import xl_rowcol_to_cell

from workbooks.sheets.draft import FIRST
from workbooks.sheets.style import BODY, HEADING, INK, OPTION_COLOURS, RULE

FONT = {"name": "Calibri", "size": BODY, "color": INK, "bold": False}
NAMED = {
    "series_name": True,
    "value": False,
    "position": "above",
    "font": FONT | {"bold": True},
}
"""The label of a point that is marked: its name, above it."""
SCALES = ((2e6, "million", "#,##0.0,,"), (1e4, "thousand", "#,##0,"), (0.0, "", "#,##0"))
"""From which largest amount on an axis counts in what, and the format that does so."""
LINE = 2.25
POINT_PIXELS = 4 / 3


def scaled(largest: float) -> tuple[str, str]:
    """Return the word and the number format of an axis that reaches so far.

    >>> scaled(250_000.0), scaled(12.5)
    (('thousand', '#,##0,'), ('', '#,##0'))
    """
    return next((word, form) for least, word, form in SCALES if largest >= least)


def money(currency: str, largest: float, what: str = "") -> dict[str, Any]:
    """Return a money axis: its title says the currency and whether it counts in thousands."""
    word, form = scaled(abs(largest))
    title = " ".join(filter(None, (currency, word, what)))
    return axis(title, num_format=form) | {"major_gridlines": {"visible": True, "line": GRID}}


GRID = {"color": RULE, "width": 0.5}


def axis(name: str, **more: Any) -> dict[str, Any]:
    """Return an axis in the type of the book."""
    return {
        "name": name,
        "name_font": FONT,
        "num_font": FONT,
        "line": {"color": RULE},
        "major_tick_mark": "none",
        **more,
    }


def words(text: str) -> str:
    r"""Return a text of somebody's own as a chart shows it: XlsxWriter takes x!A1 for a reference.

    A program may follow such a reference, out of the workbook even. What parts it has no width.

    >>> words("Chat"), words("=cmd|' /C calc'!A0")
    ('Chat', "=cmd|' /C calc'!\u2060A0")
    """
    return text.replace("!", "!\u2060")


def finish(chart: Chart, title: str, width: float, height: float, legend: str = "none") -> Chart:
    """Give a chart its title (a text, or the cell that says what is found) and its size."""
    font = FONT | {"size": HEADING, "bold": True}
    chart.set_title({"name": title, "name_font": font, "overlay": False})
    chart.set_legend({"none": True} if legend == "none" else {"position": legend, "font": FONT})
    chart.set_chartarea({"border": {"none": True}})
    chart.set_size({"width": width * POINT_PIXELS, "height": height * POINT_PIXELS})
    return chart


def line(option: str, dashed: bool = False) -> dict[str, Any]:
    """Return the line of a strategy, in its colour."""
    look = {"color": OPTION_COLOURS[option], "width": LINE}
    return look | ({"dash_type": "dash"} if dashed else {})


def by_month(
    chart: Chart,
    lines: dict[str, tuple[str, str, dict[str, Any]]],
    ends: Mapping[str, float],
) -> None:
    """Draw lines over the months, each named at its end: months, amounts and look."""
    above = crowded(ends)
    for title, (months, amounts, look) in lines.items():
        place = {"name": title, "categories": months, "values": amounts}
        chart.add_series(place | {"line": look, "marker": {"type": "none"}})
    for title, (months, amounts, look) in lines.items():
        where = "above" if title in above else "right"
        chart.add_series(named_end(title, _end(months), _end(amounts), look["color"], where))


def crowded(ends: Mapping[str, float]) -> set[str]:
    """Return the lines that end so little above another that its name would be under theirs.

    >>> crowded({"a": 100.0, "b": 97.0, "c": 10.0})
    {'a'}
    """
    apart, order = CROWDED * largest([*ends.values()]), sorted(ends, key=ends.__getitem__)
    return {high for low, high in pairwise(order) if ends[high] - ends[low] < apart}


CROWDED = 0.06
"""Part of the height of a chart that a name takes."""


def across(sheet: str, row: int, months: int) -> str:
    """Return the cells of a row over the months of a sheet.

    >>> across("Monthly", 4, 36)
    '=Monthly!$E$5:$AN$5'
    """
    ends = (xl_rowcol_to_cell(row, FIRST + t, True, True) for t in (0, months - 1))
    return f"={sheet}!{':'.join(ends)}"


def _end(places: str) -> str:
    """Return the last cell of a range.

    >>> _end("=Monthly!$E$5:$AN$5")
    '=Monthly!$AN$5'
    """
    sheet, _, cells = places.partition("!")
    return f"{sheet}!{cells.rpartition(':')[2]}"


def month_axis(months: int) -> dict[str, Any]:
    """Return the axis of a plan's months, with a line for each year."""
    grid = {"visible": True, "line": GRID}
    return axis("Month of the plan", min=0, max=months, major_unit=12, major_gridlines=grid)


def room_for_names(chart: Chart) -> None:
    """Leave room to the right of the lines, where their names stand."""
    chart.set_plotarea({"layout": {"x": 0.17, "y": 0.2, "width": 0.57, "height": 0.56}})


def named_end(name: str, x: str, y: str, colour: str, where: str) -> dict[str, Any]:
    """Return a series of one point that writes its name at the end of a line."""
    font = FONT | {"color": colour, "bold": True}
    label = {"series_name": True, "value": False, "position": where, "font": font}
    return {
        "name": name,
        "categories": x,
        "values": y,
        "line": {"none": True},
        "marker": {"type": "none"},
        "data_labels": label,
    }


def largest(numbers: Sequence[Any]) -> float:
    """Return the largest amount of some that may be unknown or without end.

    >>> largest([1.0, float("inf"), -3.0])
    3.0
    """
    sizes = [abs(float(x)) for x in numbers]
    return max((size for size in sizes if size < float("inf")), default=0.0)
