"""Bring the rows of a workbook's table up to date: cells that a receipt names, and new rows."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workbooks.file.cells import LAST_ROW, Value, date_in, index, reference, serial, value, written
from workbooks.file.markup import Edit, splice
from workbooks.file.package import Package
from workbooks.file.rows import put
from workbooks.file.sheet import Sheet
from workbooks.plan.lines.lookup import header
from workbooks.prices.splice import append
from workbooks.prices.splice.book import Book, Table

Key = str | tuple[str, ...]
Given = Mapping[Any, Mapping[str, object]]  # key of a row: its columns: what they hold


def renewed(
    path: Path, content: bytes, name: str, key: Key, rows: Given, add: bool = True
) -> tuple[bytes, list[str]]:
    """Return a workbook with some rows of a table changed or added, and what was changed.

    A row is told by one column, or by several. A formula that somebody put into a cell stays; a
    workbook without the table stays as it is.

    Raises
    ------
    RefreshError
        If there is no room for new rows.
    """
    book = Book(Package(path, content))
    table = next((each for each in book.tables if each.name.lower() == name.lower()), None)
    keys = (key,) if isinstance(key, str) else key
    if table is None or not rows or any(header(each) not in table.headings for each in keys):
        return content, []
    return _Renewal(book, table, key).done(content, rows, add)


class _Renewal:
    def __init__(self, book: Book, table: Table, key: Key) -> None:
        self.book, self.table, self.key = book, table, key
        data = book.package.read(table.sheet_part)
        self.sheet = Sheet(data, book.package.label(table.sheet_part), 1, LAST_ROW)
        self.at = {heading: n for n, heading in enumerate(table.headings, table.area.left)}
        self.strings = book.strings({index(c) for c in self.sheet.cells.values()} - {-1})
        self.told: list[str] = []

    def done(self, content: bytes, rows: Given, add: bool) -> tuple[bytes, list[str]]:
        edits: dict[str, list[Edit]] = {self.table.sheet_part: []}
        left = dict(rows)
        for number in range(self.table.first, self.table.last + 1):
            if (name := self._name(number)) in left:
                cells = dict(self._cells(number, name, left.pop(name)))
                edits[self.table.sheet_part] += put(self.sheet, number, cells) if cells else []
        if left and add:
            self._append(edits, left)
        parts = {
            part: splice(self.book.package.read(part), found)
            for part, found in edits.items()
            if found
        }
        return (self.book.package.rebuilt(parts) if parts else content), self.told

    def _name(self, row: int) -> Key:
        """Return what tells a row, in one column or in several."""
        if isinstance(self.key, str):
            return str(self._held(row, self.at[header(self.key)]))
        return tuple(str(self._held(row, self.at[header(each)]) or "") for each in self.key)

    def _held(self, row: int, column: int) -> Value:
        cell = self.sheet.cells.get((row, column))
        return value(cell, self.strings) if cell else None

    def _cells(self, row: int, name: Key, given: Mapping[str, object]) -> Mapping[int, bytes]:
        found = {}
        for field, new in given.items():
            column = self.at.get(header(field), 0)
            cell = self.sheet.cells.get((row, column))
            stored, held = self._stored(new), self._held(row, column)
            if not column or stored == held or (cell and cell.formula is not None):
                continue
            style = cell.style if cell else ""
            found[column] = written(self.sheet.data, self.sheet.root, row, column, style, stored)
            where = f"{self.table.sheet}!{reference(row, column)}"
            is_day = isinstance(new, datetime.date)
            old = date_in(held, self.book.from_1904) if is_day else held
            self.told.append(f"{where} {name}, {header(field)}: {shown(old)} -> {shown(new)}")
        return found

    def _append(self, edits: dict[str, list[Edit]], left: Given) -> None:
        table, count, package = self.table, len(left), self.book.package
        append.check_room(self.book, table, self.sheet, count)
        new = [
            {self.at[header(f)]: self._stored(v) for f, v in row.items() if header(f) in self.at}
            for row in left.values()
        ]
        edits[table.sheet_part] += append.new_rows(table, self.sheet, new)
        edits.setdefault(table.part, []).extend(
            append.longer_table(table, package.read(table.part), count)
        )
        edits.setdefault(self.book.part, []).extend(
            append.longer_names(table, self.book.names, count)
        )
        edits[table.sheet_part] += append.longer_ranges(table, self.sheet, table.sheet, count)
        self.told += [f"{table.sheet}: new row {name}" for name in left]

    def _stored(self, new: object) -> Value:
        if isinstance(new, datetime.date):
            return serial(new, self.book.from_1904)
        if isinstance(new, bool):
            return new
        if isinstance(new, int | float):
            return float(new)
        return None if new in (None, "") else str(new)


def shown(held: object) -> str:
    """Return what a cell holds, as the Log says it."""
    if held is None:
        return "blank"
    return f"{held:g}" if isinstance(held, float) else str(held)
