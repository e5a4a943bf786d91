"""What the pages for a board are made of: sentences across a page, figures read from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from xlsxwriter.utility import xl_cell_to_rowcol
from xlsxwriter.worksheet import Worksheet

from workbooks.sheets import paper
from workbooks.sheets.draft import Draft
from workbooks.sheets.pen import Pen

LINE, WRAPS = 14.0, 12
"""Height of a line of text, in points."""


def sentence(
    draft: Pen, sheet: Worksheet, row: int, last: int, name: str, lines: int, kind: str = "wrap"
) -> None:
    """Write a sentence of the plan across a page, with room for some lines."""
    sheet.merge_range(row, 0, row, last, "", draft.style(kind))
    draft.formula(sheet, row, 0, f"={name}", draft.numbers[name], kind)
    sheet.set_row(row, LINE * lines + 2)


def headers(
    draft: Draft, sheet: Worksheet, row: int, titles: Sequence[str], words: int = 1
) -> None:
    """Write the headings of a table: of its columns of words, then of its figures."""
    for column, title in enumerate(titles):
        sheet.write(
            row, column, title, draft.style("figure header" if column >= words else "header")
        )
    if not all(paper.fits(title, sheet, column) for column, title in enumerate(titles)):
        sheet.set_row(row, LINE * 2 + 2)


def read(
    draft: Pen, sheet: Worksheet, row: int, column: int, place: str, value: Any, form: str = ""
) -> None:
    """Show what stands in a cell elsewhere; a blank stays one."""
    kind = "number" if form and form != "@" else "label"
    draft.formula(sheet, row, column, f"={place}", value, kind, form)


def across(
    draft: Draft, sheet: Worksheet, row: int, label: str, cells: Mapping[int, tuple[str, Any, str]]
) -> None:
    """Write a row of figures that stand elsewhere: place, value and format of each column."""
    sheet.write(row, 0, label, draft.style("label"))
    for column, (place, value, form) in cells.items():
        read(draft, sheet, row, column, place, value, form)


def place_of(draft: Draft, line: str) -> tuple[str, int]:
    """Return where a line across periods stands: its sheet as formulas write it, and its row."""
    sheet, _, cells = draft.cells[line].text.partition("!")
    return f"{sheet}!", xl_cell_to_rowcol(cells.split(":")[0].replace("$", ""))[0]
