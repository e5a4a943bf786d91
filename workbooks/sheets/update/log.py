"""Write into a budget workbook what was changed: a line in its Log, and the day of its prices."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path

from workbooks.file.cells import LAST_ROW, place, serial, value, written
from workbooks.file.markup import Edit, splice, unescaped
from workbooks.file.rows import put
from workbooks.file.sheet import Sheet
from workbooks.sheets.update.values import Pages

HEADINGS = ("Date", "What changed", "Who and why")
Entry = tuple[str, str, str]


def logged(path: Path, content: bytes, entries: Sequence[Entry]) -> tuple[bytes, bool]:
    """Return a workbook with lines added to its Log, and whether it has a Log to add to."""
    pages = Pages(path, content)
    sheet = pages.get("Log")
    at = _heading(pages) if sheet else None
    if sheet is None or at is None:
        return content, False
    top, left = at
    columns = range(left, left + len(HEADINGS))
    filled = [row for (row, _), cell in sheet.cells.items() if row > top and cell.filled]
    first = max(filled, default=top) + 1
    edits: list[Edit] = []
    for number, entry in enumerate(entries, first):
        styles = {column: _style(sheet, number, column, top) for column in columns}
        cells = {
            column: written(sheet.data, sheet.root, number, column, styles[column], text)
            for column, text in zip(columns, entry, strict=True)
        }
        edits += put(sheet, number, cells)
    part = pages.book.sheets["Log"]
    return pages.package.rebuilt({part: splice(sheet.data, edits)}), True


def _heading(pages: Pages) -> tuple[int, int] | None:
    """Return where the headings of the lines stand."""
    cells, strings = pages["Log"].cells, pages.strings("Log")
    texts = {at: value(cell, strings) for at, cell in cells.items()}
    for (row, column), text in texts.items():
        beside = tuple(texts.get((row, column + n)) for n in range(len(HEADINGS)))
        if text == HEADINGS[0] and beside == HEADINGS:
            return row, column
    return None


def _style(sheet: Sheet, row: int, column: int, top: int) -> str:
    cell = sheet.cells.get((row, column)) or sheet.cells.get((top + 1, column))
    return cell.style if cell else ""


def dated(path: Path, content: bytes, day: datetime.date) -> bytes:
    """Return a workbook whose day of prices is another, if it is typed in one cell."""
    pages = Pages(path, content)
    node = next((n for n in pages.book.names if n.get("name") == "as_of_day"), None)
    name, _, cell_name = unescaped(node.text).rpartition("!") if node else ("", "", "")
    sheet = pages.get(name.strip("'").replace("''", "'"))
    cell = sheet.cells.get(place(cell_name)) if sheet else None
    if sheet is None or cell is None or cell.formula is not None or cell.row > LAST_ROW:
        return content
    new = serial(day, pages.book.from_1904)
    data = written(sheet.data, sheet.root, cell.row, cell.column, cell.style, new)
    edits = put(sheet, cell.row, {cell.column: data})
    part = pages.book.sheets[name.strip("'").replace("''", "'")]
    return pages.package.rebuilt({part: splice(sheet.data, edits)})
