"""Read a sheet in one pass: the rows around a table, every formula, and what has a range."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from workbooks.file import plain
from workbooks.file.cells import Cell, place, reference, whole
from workbooks.file.markup import MAIN, Scan, local
from workbooks.file.refusal import RefreshError

MOST_ARRAYS = 500
LONGEST_CONTENT = 100_000  # Excel's own limit is 32,767 characters, some of them escaped
_ROW, _CELL, _VALUE, _FORMULA = (f"{MAIN} {name}" for name in ("row", "c", "v", "f"))
_TEXT, _INLINE, _PHONETIC = (f"{MAIN} {name}" for name in ("t", "is", "rPh"))
_DATA, _SHEET = f"{MAIN} sheetData", f"{MAIN} worksheet"
_RANGED = {"dimension", "mergeCell", "dataValidation", "conditionalFormatting", "sheetProtection"}
_SPOKEN = {"sqref", "formula1", "formula2"}  # their text is a range, or may hold one


class Area(NamedTuple):
    """A block of cells: first row, first column, last row, last column."""

    top: int
    left: int
    bottom: int
    right: int

    def meets(self, other: Area) -> bool:
        """Say whether two blocks share a cell."""
        return (
            self.top <= other.bottom
            and other.top <= self.bottom
            and self.left <= other.right
            and other.left <= self.right
        )


def area(text: str) -> Area:
    """Return the block that a reference names.

    >>> area("B2:$D$7")
    Area(top=2, left=2, bottom=7, right=4)
    """
    first, _, last = text.partition(":")
    (top, left), (bottom, right) = place(first), place(last or first)
    return Area(min(top, bottom), min(left, right), max(top, bottom), max(left, right))


@dataclass(slots=True)
class Row:
    """A row where it stands; `close` is where its end tag begins."""

    number: int
    start: int
    open_end: int
    close: int = 0
    end: int = 0


class Mark(NamedTuple):
    """An element outside the cells that names a range, in an attribute or as its text."""

    name: str
    start: int
    open_end: int
    close: int
    attributes: dict[str, str]
    text: str


class Computed(NamedTuple):
    """A cell whose value Excel computes: its start tag, and its value's bytes if it has one."""

    cell: str
    start: int
    open_end: int
    value_start: int
    value_end: int


class Sheet(Scan):
    """The rows between two numbers, and from the whole sheet its formulas and ranges."""

    def __init__(self, data: bytes, label: str, first: int = 1, last: int = 0) -> None:
        super().__init__(data, label)
        self.first, self.last = first, last
        self.rows: dict[int, Row] = {}
        self.cells: dict[tuple[int, int], Cell] = {}
        self.formulas: list[str] = []
        self.patterns: dict[str, tuple[int, int, str]] = {}
        self.computed: list[Computed] = []
        self.marks: list[Mark] = []
        self.data_open = self.data_close = self.before = 0
        self.root = -1
        self._row, self._column = Row(0, 0, 0), 0
        self._cell: Cell | None = None
        self._value = (0, 0)
        self._texts: list[str] | None = None
        self._arrays: list[Area] = []
        self._phonetic = False
        self._open_marks: list[tuple[str, int, int, dict[str, str]]] = []
        self.feed(self._pieces())
        if self.root < 0 or not self.data_open:
            raise RefreshError(f"{label} is not a worksheet that can be read")

    def _pieces(self) -> Iterator[bytes]:
        start, end = plain.block(self.data)
        if start:
            yield self.data[:start]
        if start and start == self.data_open:  # else it only looks like the rows
            self.hear(every=False)
            yield self.data[start:end]
            self.hear(every=True)
            self.counted(self.data.count(b"<", start, end) - self.data.count(b"</", start, end))
            self._read_plain(start, end)
            start = end
        yield self.data[start:]

    def _read_plain(self, start: int, end: int) -> None:
        """Read rows that the parser has found to be sound, a cell at a time."""
        for found in plain.EACH.finditer(self.data, start, end):
            name, given, computed, formula, stored, value, text, row = found.groups()
            if name:
                cell = self._begun(name.decode(), plain.attributes(given), found.start())
                cell.open_end, cell.end = self.data.index(b">", found.end(2)) + 1, found.end()
                if computed is not None:
                    self._begin_formula(cell, plain.attributes(computed))
                    self._fill(cell, _FORMULA, plain.text(formula or b""))
                if stored:
                    kind = _VALUE if text is None else _TEXT
                    self._fill(cell, kind, plain.text(value or text or b""))
                self._take(cell, *(found.span(5) if stored and text is None else (0, 0)))
            elif row is not None:
                self._open_row(plain.attributes(row), found.start(), found.end())
                if self.data.endswith(b"/>", found.start(), found.end()):
                    self._close_row(found.end(), found.end())
            else:
                self._close_row(found.start(), found.end())

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        """Note where a row, a cell, its content or a range begins."""
        if name == _CELL:
            self._cell = self._begun(attributes.get("r"), attributes, self.here)
            self._cell.open_end = self.tag_end(self.here)
            self._value = (0, 0)
        elif name in {_VALUE, _FORMULA, _TEXT} and self._cell:
            self._open_content(name, self._cell, attributes)
        elif name == _ROW:
            self._open_row(attributes, self.here, self.tag_end(self.here))
        elif name == _DATA:
            self.data_open = self.before = self.tag_end(self.here)
        elif name == _SHEET:
            self.root = self.here
        elif name == _PHONETIC:
            self._phonetic = True
        elif local(name) in _RANGED or local(name) in _SPOKEN or name.endswith("/main f"):
            self._open_marks.append((name, self.here, self.tag_end(self.here), attributes))
            self._texts = []

    def text(self, text: str) -> None:
        """Collect the text of a value, a formula or a range."""
        if self._texts is not None and not self._phonetic:
            self._texts.append(text)

    def closed(self, name: str) -> None:
        """Keep what has been read of a row, a cell, its content or a range."""
        if name == _CELL:
            self._close_cell()
        elif name in {_VALUE, _FORMULA, _TEXT} and self._cell:
            self._fill(self._cell, name, "".join(self._texts or ()))
            self._texts = None
            if name == _VALUE:
                self._value = (self._value[0], self.element_end(self._value[1]))
        elif name == _ROW:
            self._close_row(self.here, self.element_end(self._row.open_end))
        elif name == _DATA:
            self.data_close = max(self.here, self.data_open)
        elif name == _PHONETIC:
            self._phonetic = False
        elif self._open_marks and self._open_marks[-1][0] == name:
            self._close_mark(*self._open_marks.pop())

    def _close_mark(self, name: str, start: int, open_end: int, given: dict[str, str]) -> None:
        text, close = "".join(self._texts or ()), max(open_end, self.here)
        self._texts = None
        # an extended validation wraps its formula once more
        outer = local(self._open_marks[-1][0]) if self._open_marks else ""
        kind = outer if outer in {"formula1", "formula2"} else local(name)
        self.marks.append(Mark(kind, start, open_end, close, given, text))

    def _open_row(self, attributes: Mapping[str, str], start: int, open_end: int) -> None:
        given = attributes.get("r", str(self._row.number + 1))
        number = whole(given)
        if number <= self._row.number:
            raise RefreshError(f"{self.label} is damaged: row {given[:9]} is out of order")
        self._row = Row(number, start, open_end)
        self._column = 0
        self._arrays = [array for array in self._arrays if array.bottom >= number]
        if self.first <= number <= self.last and self.keeps_row(self._row):
            self.rows[number] = self._row

    def _close_row(self, close: int, end: int) -> None:
        empty = end == self._row.open_end
        self._row.close, self._row.end = end if empty else close, end
        if self._row.number < self.first:
            self.before = end

    def _begun(self, name: str | None, attributes: Mapping[str, str], start: int) -> Cell:
        row, column = place(name) if name is not None else (self._row.number, self._column + 1)
        if row != self._row.number or column <= self._column:
            wrong = reference(row, column)
            raise RefreshError(f"{self.label} is damaged: cell {wrong} is out of order")
        self._column = column
        style, kind = attributes.get("s", ""), attributes.get("t", "n")
        return Cell(row, column, start, start, start, style, kind)

    def _open_content(self, name: str, cell: Cell, attributes: Mapping[str, str]) -> None:
        self._texts = []
        if name == _VALUE:
            self._value = (self.here, self.tag_end(self.here))
        elif name == _FORMULA:
            self._begin_formula(cell, attributes)

    def _begin_formula(self, cell: Cell, attributes: Mapping[str, str]) -> None:
        cell.formula = ""
        if attributes.get("t") == "shared":
            cell.shared = attributes.get("si", "")
        if attributes.get("t") in {"array", "dataTable"} and "ref" in attributes:
            self._arrays.append(area(attributes["ref"]))
            if len(self._arrays) > MOST_ARRAYS:
                raise RefreshError(f"{self.label} has more than {MOST_ARRAYS} nested arrays")

    def _fill(self, cell: Cell, name: str, text: str) -> None:
        if len(text) > LONGEST_CONTENT:
            where = reference(cell.row, cell.column)
            raise RefreshError(f"{self.label} holds more in {where} than a cell can")
        if name == _VALUE:
            cell.content = text
        elif name == _TEXT:
            cell.content = (cell.content or "") + text
        else:
            cell.formula = text
            if text:
                self.formulas.append(text)
                self.patterns.setdefault(cell.shared, (cell.row, cell.column, text))

    def _close_cell(self) -> None:
        cell, self._cell = self._cell, None
        if cell is None:
            raise RefreshError(f"{self.label} is damaged: a cell lies within a cell")
        cell.end = self.element_end(cell.open_end)
        self._take(cell, *self._value)

    def _take(self, cell: Cell, value_start: int, value_end: int) -> None:
        if cell.formula is not None or self._is_filled_by_an_array(cell):
            cell.formula = cell.formula or ""  # what an array fills is computed, too
            self.compute(cell, value_start, value_end)
        if self.first <= cell.row <= self.last and self.keeps(cell):
            self.cells[cell.row, cell.column] = cell

    def _is_filled_by_an_array(self, cell: Cell) -> bool:
        here = Area(cell.row, cell.column, cell.row, cell.column) if self._arrays else None
        return here is not None and any(array.meets(here) for array in self._arrays)

    def compute(self, cell: Cell, value_start: int, value_end: int) -> None:
        """Keep where the value of a formula stands."""
        name = reference(cell.row, cell.column)
        self.computed.append(Computed(name, cell.start, cell.open_end, value_start, value_end))

    def keeps(self, cell: Cell) -> bool:
        """Say whether to keep a cell; a kind of sheet overrides it where it has to hold many."""
        return True

    def keeps_row(self, row: Row) -> bool:
        """Say the same of a row."""
        return True
