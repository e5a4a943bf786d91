"""How sheets meet paper: a board's page on one sheet, working sheets legibly over several."""

from __future__ import annotations

from collections.abc import Iterable

from xlsxwriter.worksheet import Worksheet

from workbooks.sheets.style import BODY

A4 = 9
LANDSCAPE, PORTRAIT = 842.0 - 58, 595.0 - 58
"""Width between the margins, in points."""
SMALLEST = 0.72
"""Scale below which type of ten points is hard to read: a wider sheet takes several pages."""
POINTS_PER_PIXEL, USUAL_PIXELS = 0.75, 64
LINE = 14.5
"""Height of a line of type, in points."""
PIXELS_PER_CHARACTER = 6
SIDES = {"left": 0.4, "right": 0.4}
APART = "Not for printing: filter it here, or copy it. "


def board(sheet: Worksheet, name: str, portrait: bool = False) -> None:
    """Print a page for a board on one sheet of paper; it is laid out for nine points or more."""
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 1)
    sheet.set_margins(**SIDES, top=0.4, bottom=0.5)
    _footer(sheet, name)
    sheet.center_horizontally()
    if portrait:
        sheet.set_portrait()
    else:
        sheet.set_landscape()
    sheet.set_zoom(100)


def working(sheet: Worksheet, name: str) -> None:
    """Set paper, orientation, margins and footer of a working sheet."""
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_margins(**SIDES, top=0.5, bottom=0.6)
    _footer(sheet, name)
    sheet.set_zoom(90)


def _footer(sheet: Worksheet, name: str) -> None:
    parts = {"L": "&F", "C": name, "R": "Page &P of &N"}
    text = "".join(f"&{place}&{BODY}{said}" for place, said in parts.items())
    sheet.set_footer(text, {"margin": 0.2})


def settle(sheets: Iterable[Worksheet]) -> None:
    """Fit each working sheet to the width of its paper while its type stays legible.

    One that is wider goes over several pages, its names repeated on each; nothing is smaller
    than seven points.
    """
    for sheet in sheets:
        if sheet.fit_page or sheet.dim_colmax is None:
            continue
        scale = LANDSCAPE / width(sheet)
        if scale >= SMALLEST:
            sheet.set_print_scale(min(int(scale * 100), 100))
        else:
            sheet.set_print_scale(int(SMALLEST * 100))
            if not sheet.repeat_col_range:
                sheet.repeat_columns(0)


def fits(text: str, sheet: Worksheet, column: int) -> bool:
    """Say whether a text is shown whole in its column, in one line."""
    held = sheet.col_info.get(column)
    return len(text) * PIXELS_PER_CHARACTER <= (held.width if held else USUAL_PIXELS)


def width(sheet: Worksheet) -> float:
    """Return how wide the written columns of a sheet are, in points."""
    columns = (sheet.col_info.get(column) for column in range(sheet.dim_colmax + 1))
    return sum(each.width if each else USUAL_PIXELS for each in columns) * POINTS_PER_PIXEL


def apart(sheet: Worksheet, rows: int, columns: int) -> None:
    """Mark a table as not for printing: of it, paper gets its title and what it is."""
    sheet.print_area(0, 0, rows, columns)
    sheet.fit_to_pages(1, 1)
