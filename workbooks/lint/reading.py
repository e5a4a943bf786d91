"""Read a workbook as it stands: cells with values, formulas and looks, and what is around them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from workbooks.file.cells import Value
from workbooks.file.markup import Node, tree
from workbooks.file.package import Package
from workbooks.file.refusal import RefreshError
from workbooks.file.sheet import Area, area
from workbooks.lint.checks.style import Look, looks
from workbooks.lint.formula import parse
from workbooks.lint.stored import (
    MOST_CELLS,
    Cell,
    Columns,
    TooLargeError,
    thinned,
)
from workbooks.lint.ways import Cells, Rows, Some
from workbooks.prices.splice.book import Book, Table

AT_HAND = 50_000
"""Cells of a sheet up to which all are kept ready; those of larger ones are made as needed."""
ERRORS = {"#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#N/A", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}
PAGE_NAMES = "_xlnm."


@dataclass(frozen=True)
class Axis:
    """Where time runs across a sheet: the row of dates or periods, and its columns."""

    row: int
    first: int
    last: int
    shown: tuple[Value, ...]


class Page:
    """One worksheet."""

    def __init__(self, book: Workbook, name: str, part: str) -> None:
        self.book, self.name, self.part = book, name, part
        self.passed = 0
        """How many of its values were passed by."""

    @cached_property
    def columns(self) -> Columns:
        """What its cells hold; it is read when somebody first asks."""
        book = self.book
        label = f"{book.package.name}, sheet {self.name},"
        data, self.passed = thinned(book.package.pieces(self.part), label, book.most_values)
        if self.passed and book.most_values == book.most_cells:  # it is read for its values
            raise TooLargeError(f"{label} has more than {book.most_cells:,} filled cells")
        return Columns(data, label, book.most_cells)

    @cached_property
    def around(self) -> Node:
        """What is around its cells."""
        return tree(self.columns.around, self.book.package.label(self.part))

    @cached_property
    def _stored(self) -> Cells:
        held, strings = self.columns, self.book.strings(self.columns.strings)
        return Cells(held, strings, self.book.looks, len(held.places) > AT_HAND)

    @cached_property
    def cells(self) -> Mapping[tuple[int, int], Cell]:
        """The filled cells by row and column, in reading order."""
        return self._stored if self._stored.is_large else dict(self._stored.items())

    def is_computed(self, cell: Cell) -> bool:
        """Say whether the value of a formula is stored; an empty one is the empty text."""
        at = self.columns.position(cell.row, cell.column)
        blank = at in self.columns.blank and not self.book.is_computed
        return at not in self.columns.unstored and not blank

    def formulas_in(
        self, top: int, left: int, bottom: int, right: int
    ) -> Iterator[tuple[int, int]]:
        """Yield the row and column of each formula in a block."""
        return self.columns.formulas_in(top, left, bottom, right)

    def _some(self, cells: Callable[[], Iterator[Cell]]) -> Iterable[Cell]:
        return Some(cells) if self._stored.is_large else list(cells())

    @cached_property
    def formulas(self) -> Iterable[Cell]:
        """The cells with a formula."""
        return self._some(self._stored.formulas)

    @cached_property
    def typed(self) -> Iterable[Cell]:
        """The cells with a typed number or date."""
        return self._some(self._stored.typed)

    @cached_property
    def numbering(self) -> set[tuple[int, int]]:
        """Places of the locked cells that count 1, 2, 3 down or across, from 0 or 1."""
        found: set[tuple[int, int]] = set()
        for start in (c for c in self.typed if c.shown in (0.0, 1.0) and c.look.locked):
            for down, right in ((1, 0), (0, 1)):
                run, last = [start[:2]], start
                while (after := self.cells.get((last.row + down, last.column + right))) and (
                    _counts(last, after)
                ):
                    run.append(after[:2])
                    last = after
                found |= set(run) if len(run) > 2 else set()
        return found

    @cached_property
    def texts(self) -> Iterable[Cell]:
        """The cells that show text."""
        return self._some(self._stored.texts)

    @cached_property
    def rows(self) -> Mapping[int, list[Cell]]:
        """The filled cells of each row, from left to right."""
        rows = Rows(self._stored, self.columns)
        return rows if self._stored.is_large else dict(rows.items())

    def node(self, name: str) -> Node | None:
        """Return the first element of a name outside the cells."""
        return next(self.around.all(name), None)

    def get(self, element: str, attribute: str, otherwise: str = "") -> str:
        """Return an attribute of such an element."""
        node = self.node(element)
        return node.get(attribute, otherwise) if node else otherwise

    def areas(self, element: str) -> Iterator[tuple[Node, list[Area]]]:
        """Yield each element that covers ranges, with those ranges."""
        for node in self.around.all(element):
            text = (
                node.get("sqref") or node.get("ref") or " ".join(n.text for n in node.all("sqref"))
            )
            yield node, [area(each) for each in text.split() if _is_range(each)]

    @cached_property
    def tables(self) -> list[Table]:
        """The tables on it."""
        return [table for table in self.book.tables if table.sheet == self.name]

    def in_table(self, cell: Cell) -> bool:
        """Say whether a cell lies in a table."""
        here = Area(cell.row, cell.column, cell.row, cell.column)
        return any(table.area.meets(here) for table in self.tables)

    @cached_property
    def axis(self) -> Axis | None:
        """The first row of six or more dates or running periods next to each other."""
        for row, cells in self.rows.items():
            if len(cells) >= 6 and (found := _run(row, cells)):
                return found
        return None


def _is_range(text: str) -> bool:
    try:
        area(text)
    except RefreshError:  # whole columns and rows
        return False
    return True


def _run(row: int, cells: list[Cell]) -> Axis | None:
    """Return the longest run of growing dates, or of periods that count one by one."""
    best: list[Cell] = []
    run: list[Cell] = []
    for cell in cells:
        follows = bool(run) and cell.column == run[-1].column + 1 and _next(run[-1], cell)
        run = [*run, cell] if follows else [cell]
        best = max(best, run, key=len)
    if len(best) < 6:
        return None
    return Axis(row, best[0].column, best[-1].column, tuple(cell.shown for cell in best))


def _counts(before: Cell, cell: Cell) -> bool:
    """Say whether a cell is locked and holds the typed number after that of another one."""
    typed = cell.formula is None and isinstance(cell.shown, float) and cell.look.locked
    return typed and cell.shown == before.shown + 1  # type: ignore[operator]  # a number


def _next(before: Cell, cell: Cell) -> bool:
    one, other = before.shown, cell.shown
    if not isinstance(one, float) or not isinstance(other, float):
        return False
    both_dates = before.look.is_date and cell.look.is_date
    return one < other if both_dates else not cell.look.is_date and other == one + 1


class Workbook:
    """A workbook with all that the rules look at."""

    def __init__(
        self,
        path: Path,
        content: bytes,
        most_cells: int = MOST_CELLS,
        most_values: int = 0,
    ) -> None:
        self.package = Package(path, content)
        self.most_cells, self.most_values = most_cells, most_values or most_cells
        self.book = Book(self.package)
        self._strings: dict[int, str] = {}
        self.pages = [Page(self, name, part) for name, part in self._parts()]

    def _parts(self) -> Iterator[tuple[str, str]]:
        for name, part in self.book.sheets.items():
            if part in self.package.entries:
                yield name, part

    @cached_property
    def tabs(self) -> list[Node]:
        """Every tab, those of charts too."""
        return [n for n in self.book.root.all("sheet") if n.get("name")]

    @cached_property
    def tables(self) -> list[Table]:
        """Every table."""
        return self.book.tables

    @cached_property
    def looks(self) -> list[Look]:
        """The look of each style number."""
        return looks(self.book)

    @cached_property
    def is_computed(self) -> bool:
        """Whether the program that saved it computed anything: else all values are empty."""
        return any(page.columns.is_computed for page in (*self.read, *self.pages))

    def strings(self, wanted: set[int]) -> dict[int, str]:
        """Return the shared strings of some numbers, and others; they are read in one go."""
        if not wanted <= self._strings.keys():
            self._strings |= self.book.strings(
                wanted.union(*(p.columns.strings for p in self.read))
            )
        return self._strings

    @property
    def read(self) -> list[Page]:
        """The sheets that somebody has looked at."""
        return [page for page in self.pages if "columns" in vars(page)]

    @cached_property
    def names(self) -> dict[str, str]:
        """Defined names and what each stands for, without those of pages and filters.

        A name of the whole workbook goes before that of a sheet, which a copy of the sheet brings.
        """
        nodes = sorted(self.book.names, key=lambda node: not node.get("localSheetId"))
        found = {n.get("name"): n.text for n in nodes}
        return {name: text for name, text in found.items() if not name.startswith(PAGE_NAMES)}

    def page(self, name: str) -> Page | None:
        """Return a sheet by its name, in any case."""
        return self._by_name.get(name.lower())

    @cached_property
    def _by_name(self) -> dict[str, Page]:
        return {page.name.lower(): page for page in self.pages}

    def named(self, name: str) -> tuple[Page, Area] | None:
        """Return the sheet and the cells that a name stands for, in any case."""
        references = parse(self._named.get(name.lower(), "")).references
        page = self.page(references[0].sheet) if len(references) == 1 else None
        if not page:
            return None
        one = references[0]
        return page, Area(one.top, one.left, one.bottom, one.right)

    @cached_property
    def _named(self) -> dict[str, str]:
        return {name.lower(): text for name, text in self.names.items()}
