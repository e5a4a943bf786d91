"""A price table as it stands in a workbook: its rows, and how a cell of it is written."""

from __future__ import annotations

import datetime
from functools import cached_property
from pathlib import Path

from workbooks.file.cells import Value, index, reference, serial, written
from workbooks.file.package import Package
from workbooks.file.refusal import RefreshError
from workbooks.file.sheet import Area, Sheet, area
from workbooks.prices.splice.book import Book
from workbooks.prices.splice.records import Plain
from workbooks.prices.splice.rules import TableRow


class View:
    """The price table of a workbook; `below` rows under it are looked at, too."""

    def __init__(self, path: Path, content: bytes, name: str | None, below: int) -> None:
        self.path = path
        self.book = Book(Package(path, content))
        self.table = table = self.book.price_table(name)
        package, part = self.book.package, self.table.sheet_part
        self.sheet = Sheet(
            package.read(part), package.label(part), table.area.top, table.area.bottom + below
        )
        self.at = {what.field: column for column, what in table.columns.items()}
        self.merged = [
            area(mark.attributes.get("ref", ""))
            for mark in self.sheet.marks
            if mark.name == "mergeCell"
        ]

        self.protected = any(
            mark.name == "sheetProtection" and mark.attributes.get("sheet") in {"1", "true"}
            for mark in self.sheet.marks
        )

    @cached_property
    def rows(self) -> list[TableRow]:
        """The rows that name a model."""
        numbers = [n for n in range(self.table.first, self.table.last + 1) if n in self.sheet.rows]
        held = self.sheet.cells
        strings = self.book.strings({index(cell) for cell in held.values()} - {-1})
        columns = {what.field: (c, what) for c, what in self.table.columns.items()}
        found = []
        for number in numbers:
            cells = {f: held[number, c] for f, c in self.at.items() if (number, c) in held}
            found.append(TableRow(number, columns, cells, strings, self.book.from_1904))
        return [row for row in found if row.key[0] or row.waiting("model")]

    def locked(self, row: TableRow, field: str) -> bool:
        """Say whether the sheet is protected and does not let this cell be typed over."""
        cell = row.cells.get(field)
        style = (cell.style if cell else "") or "0"
        return self.protected and style not in self.book.unlocked

    def name(self, row: TableRow, field: str) -> str:
        """Return the name of a cell."""
        return reference(row.number, self.at[field])

    def heading(self, field: str) -> str:
        """Return the heading of a column as it stands in the table."""
        return self.table.headings[self.at[field] - self.table.area.left]

    def stored(self, new: Plain, as_text: bool = False) -> Value:
        """Return a value as a cell holds it: a day as a number, or as text where it was text."""
        if isinstance(new, datetime.date):
            return new.isoformat() if as_text else serial(new, self.book.from_1904)
        return new

    def cell(self, row: TableRow, field: str, new: Plain) -> bytes:
        """Return the bytes of a cell with another value, in the style it has.

        Raises
        ------
        RefreshError
            If the cell is merged with others.
        """
        column, old = self.at[field], row.cells.get(field)
        if any(block.meets(Area(row.number, column, row.number, column)) for block in self.merged):
            raise RefreshError(
                f"{self.path.name}, sheet {self.table.sheet}: {self.name(row, field)} is merged "
                "with other cells; unmerge them first"
            )
        style = old.style if old else self._style(column)
        stored = self.stored(new, isinstance(row.held(field), str))
        return written(self.sheet.data, self.sheet.root, row.number, column, style, stored)

    def _style(self, column: int) -> str:
        """Return the style of a column, for a cell that is not there yet."""
        cells, rows = self.sheet.cells, range(self.table.first, self.table.last + 1)
        return next((cells[row, column].style for row in rows if (row, column) in cells), "")
