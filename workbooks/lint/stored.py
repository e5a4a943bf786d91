"""The filled cells of a sheet in columns of numbers: millions of them fit into memory."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from workbooks.file.cells import LAST_ROW, Value, index, reference, value, whole
from workbooks.file.cells import Cell as Raw
from workbooks.file.package import LARGEST_PART
from workbooks.file.refusal import RefreshError
from workbooks.file.sheet import Row, Sheet
from workbooks.lint.checks.style import Look
from workbooks.lint.formula import Formula, moved, parse

MOST_CELLS = 1_000_000
MOST_VALUES = 500_000
"""Cells of a sheet from which on `lint` passes by plain values: they break no rule of formulas."""
COLUMN_BITS = 14
"""A cell's place is one number: the row, and behind it the column, which fits into so many bits."""
EMPTY, NUMBER, TRUTH, SHARED, TEXT = range(5)
_EMPTY = re.compile(rb'<c r="[A-Z]{1,3}\d{1,7}"(?: s="\d{1,9}")?/>')
"""A cell that has only a style: some programs write millions of them."""
_VALUE = re.compile(
    rb"""<(?:\w+:)?c(?=\s[^>]*\br=)(?![^>]*\st=["']e)[^>]*>\s*  # shows no error, says its place
    (?:<(?:\w+:)?v\b[^>]*>[^<]*</(?:\w+:)?v\s*>|       # and has a value and no formula
    <(?:\w+:)?is>\s*<(?:\w+:)?t\b[^>]*>[^<]*</(?:\w+:)?t>\s*</(?:\w+:)?is>)
    \s*</(?:\w+:)?c\s*>""",
    re.VERBOSE,
)
_HIDDEN = re.compile(rb'\shidden="(?:1|true)"')
_GROUPED = re.compile(rb'\soutlineLevel="[1-7]"')


class TooLargeError(RefreshError):
    """A sheet with more cells than whoever reads it has use for."""


def thinned(pieces: Iterable[bytes], label: str, most_values: int) -> tuple[bytes, int]:
    """Return the XML of a sheet with its first values, all formulas and all errors.

    A sheet of data thus fits into memory. The number says how many values were passed by.
    """
    kept, size, cells, passed, rest = [], 0, 0, 0, b""
    for piece in pieces:
        whole = _EMPTY.sub(b"", rest + piece)
        end = whole.rfind(b"c>") + 2 if b"c>" in whole else 0  # a cell that is cut in two is kept
        here, rest = whole[:end], whole[end:]
        if cells >= most_values:
            here, count = _VALUE.subn(b"", here)
            passed += count
        cells += here.count(b"<c ") + here.count(b":c ")
        kept.append(here)
        size += len(here)
        if size > LARGEST_PART:
            raise TooLargeError(f"{label} has formulas of more than {LARGEST_PART:,} bytes")
    return b"".join([*kept, rest]), passed


class Cell(NamedTuple):
    """A filled cell: where it is, what it shows, and the formula behind it."""

    row: int
    column: int
    shown: Value
    formula: Formula | None
    look: Look

    @property
    def name(self) -> str:
        """Its address."""
        return reference(self.row, self.column)

    @property
    def is_number(self) -> bool:
        """Whether it shows a number that is no date."""
        plain = isinstance(self.shown, float) and not isinstance(self.shown, bool)
        return plain and not self.look.is_date

    @property
    def relative(self) -> str:
        """Its formula as seen from it."""
        return self.formula.relative(self.row, self.column) if self.formula else ""


class Columns(Sheet):
    """A pass over a sheet that keeps of each filled cell only what it shows and its formula."""

    most_elements = 4 * MOST_CELLS
    around: bytes
    """The sheet without its cells."""

    def __init__(self, data: bytes, label: str, most_cells: int) -> None:
        self.most_cells = most_cells
        self.places, self.styles = array("q"), array("l")
        self.kinds, self.numbers = array("b"), array("d")
        self.own_texts: dict[int, str] = {}
        self.formula_texts: dict[int, str] = {}
        self.shared_by: dict[int, str] = {}
        self.unstored: set[int] = set()
        self.blank: set[int] = set()
        self.hidden_rows: list[int] = []
        self.folded_rows: list[int] = []
        """Hidden rows of a group, which the + beside it unfolds."""
        super().__init__(data, label, 1, LAST_ROW)
        self.around = self.data[: self.data_open] + self.data[self.data_close :]
        self.data = b""

    def compute(self, cell: Raw, value_start: int, value_end: int) -> None:
        """Keep nothing of where values stand: nothing is written."""

    def keeps_row(self, row: Row) -> bool:
        """Note only whether a row is hidden."""
        if _HIDDEN.search(self.data, row.start, row.open_end):
            grouped = _GROUPED.search(self.data, row.start, row.open_end)
            (self.folded_rows if grouped else self.hidden_rows).append(row.number)
        return False

    def keeps(self, cell: Raw) -> bool:
        """Put what a cell holds into the columns."""
        if len(self.places) >= self.most_cells:
            raise TooLargeError(f"{self.label} has more than {self.most_cells:,} filled cells")
        if cell.filled:
            self._store(cell)
        return False

    def _store(self, cell: Raw) -> None:
        at, number = len(self.places), 0.0
        self.places.append(cell.row << COLUMN_BITS | cell.column)
        self.styles.append(max(whole(cell.style), 0))
        kind, shown = EMPTY, None if cell.kind == "s" else value(cell, {})
        if cell.kind == "s" and cell.content:
            kind, number = SHARED, index(cell)
        elif isinstance(shown, str):
            kind, self.own_texts[at] = TEXT, shown
        elif shown is not None:
            kind, number = TRUTH if isinstance(shown, bool) else NUMBER, shown
        self.kinds.append(kind)
        self.numbers.append(number)
        if cell.formula is not None:
            self.formula_texts[at] = cell.formula
            self._note_formula(at, cell)

    def _note_formula(self, at: int, cell: Raw) -> None:
        if not cell.content:
            (self.unstored if cell.content is None else self.blank).add(at)
        if cell.shared and not cell.formula:
            self.shared_by[at] = cell.shared

    def position(self, row: int, column: int) -> int:
        """Return where a cell stands in the columns; -1 if it is not filled."""
        wanted = row << COLUMN_BITS | column
        at = bisect_left(self.places, wanted)
        return at if at < len(self.places) and self.places[at] == wanted else -1

    def formulas_in(
        self, top: int, left: int, bottom: int, right: int
    ) -> Iterator[tuple[int, int]]:
        """Yield the row and column of each formula in a block."""
        at = bisect_left(self.places, top << COLUMN_BITS | left)
        end = bisect_left(self.places, (bottom << COLUMN_BITS | right) + 1)
        while at < end:
            row, column = self.places[at] >> COLUMN_BITS, self.places[at] & (1 << COLUMN_BITS) - 1
            if column > right:
                at = bisect_left(self.places, row + 1 << COLUMN_BITS | left, at, end)
            elif column < left:
                at = bisect_left(self.places, row << COLUMN_BITS | left, at, end)
            else:
                if at in self.formula_texts:
                    yield row, column
                at += 1

    @property
    def strings(self) -> set[int]:
        """The numbers of the shared strings that it shows."""
        pairs = zip(self.kinds, self.numbers, strict=True)
        return {int(number) for kind, number in pairs if kind == SHARED} - {-1}

    @property
    def is_computed(self) -> bool:
        """Whether a formula on it has a value that is not empty."""
        return len(self.formula_texts) > len(self.unstored) + len(self.blank)

    def formula(self, at: int) -> Formula | None:
        """Return the formula of a cell; one that shares its text is moved to its own place."""
        text = self.formula_texts.get(at)
        if text is None:
            return None
        if at not in self.shared_by or self.shared_by[at] not in self.patterns:
            return parse(text)
        top, left, pattern = self.patterns[self.shared_by[at]]
        row, column = divmod(self.places[at], 1 << COLUMN_BITS)
        return parse(moved(pattern, row - top, column - left))
