"""Read a workbook as it stands: cells with values, formulas and looks, and what is around them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from workbooks.file.cells import LAST_ROW, Value, index, reference, value, whole
from workbooks.file.markup import Node, tree
from workbooks.file.package import Package
from workbooks.file.refusal import RefreshError
from workbooks.file.sheet import Area, Sheet, area
from workbooks.lint.checks.style import Look, looks
from workbooks.lint.formula import Formula, parse
from workbooks.prices.splice.book import Book, Table

MOST_CELLS = 1_000_000
ERRORS = {"#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#N/A", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}
_DATA = re.compile(rb"<((?:\w+:)?sheetData)\b[^>]*?(?:/>|>.*</\1>)", re.DOTALL)
_HIDDEN = re.compile(rb'\shidden="(?:1|true)"')
PAGE_NAMES = "_xlnm."


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


class _Cells(Sheet):
    most_elements = 4 * MOST_CELLS


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
        data = book.package.read(part)
        self.raw = _Cells(data, f"{book.package.name}, sheet {name},", 1, LAST_ROW)
        if len(self.raw.cells) > MOST_CELLS:
            raise book.package.refuse(f"has more than {MOST_CELLS:,} cells on sheet {name}")
        self.around = tree(_DATA.sub(b"", data, count=1), book.package.label(part))
        self.hidden_rows = [
            row.number
            for row in self.raw.rows.values()
            if _HIDDEN.search(data, row.start, row.open_end)
        ]

    @cached_property
    def cells(self) -> dict[tuple[int, int], Cell]:
        """The filled cells by row and column, in reading order."""
        strings = self.book.strings
        found = {}
        for place, raw in self.raw.cells.items():
            if raw.filled:
                shown = value(raw, strings)
                style = max(whole(raw.style), 0)
                look = self.book.looks[style] if style < len(self.book.looks) else Look()
                found[place] = Cell(*place, shown, self._formula(place), look)
        return found

    def _formula(self, place: tuple[int, int]) -> Formula | None:
        """Return the formula of a cell; one that shares its text is moved to its own place."""
        raw = self.raw.cells[place]
        if raw.formula is None:
            return None
        if raw.formula or raw.shared not in self.raw.patterns or not raw.shared:
            return parse(raw.formula)
        row, column, text = self.raw.patterns[raw.shared]
        from openpyxl.formula.translate import Translator  # noqa: PLC0415  # few files need it

        moved = Translator(f"={text}", reference(row, column)).translate_formula(reference(*place))
        return parse(str(moved)[1:])

    def is_computed(self, cell: Cell) -> bool:
        """Say whether the value of a formula is stored; an empty one is the empty text."""
        raw = self.raw.cells[cell.row, cell.column]
        return raw.content is not None and (raw.content != "" or self.book.is_computed)

    @cached_property
    def formulas(self) -> list[Cell]:
        """The cells with a formula."""
        return [cell for cell in self.cells.values() if cell.formula]

    @cached_property
    def typed(self) -> list[Cell]:
        """The cells with a typed number or date."""
        return [c for c in self.cells.values() if not c.formula and isinstance(c.shown, float)]

    @cached_property
    def numbering(self) -> set[tuple[int, int]]:
        """Places of the locked cells that count 1, 2, 3 down or across, from 0 or 1."""
        held = {
            (c.row, c.column): c.shown
            for c in self.typed
            if c.look.locked and isinstance(c.shown, float)
        }
        found: set[tuple[int, int]] = set()
        for start in (place for place, shown in held.items() if shown in (0.0, 1.0)):
            for down, right in ((1, 0), (0, 1)):
                run = [start]
                while held.get((run[-1][0] + down, run[-1][1] + right)) == held[run[-1]] + 1:
                    run.append((run[-1][0] + down, run[-1][1] + right))
                found |= set(run) if len(run) > 2 else set()
        return found

    @cached_property
    def texts(self) -> list[Cell]:
        """The cells that show text."""
        return [c for c in self.cells.values() if isinstance(c.shown, str) and c.shown.strip()]

    @cached_property
    def rows(self) -> dict[int, list[Cell]]:
        """The filled cells of each row, from left to right."""
        found: dict[int, list[Cell]] = {}
        for cell in self.cells.values():
            found.setdefault(cell.row, []).append(cell)
        return found

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


def _next(before: Cell, cell: Cell) -> bool:
    one, other = before.shown, cell.shown
    if not isinstance(one, float) or not isinstance(other, float):
        return False
    both_dates = before.look.is_date and cell.look.is_date
    return one < other if both_dates else not cell.look.is_date and other == one + 1


class Workbook:
    """A workbook with all that the rules look at."""

    def __init__(self, path: Path, content: bytes) -> None:
        self.package = Package(path, content)
        self.book = Book(self.package)
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
        raw = (cell for page in self.pages for cell in page.raw.cells.values())
        return any(cell.formula is not None and cell.content for cell in raw)

    @cached_property
    def strings(self) -> dict[int, str]:
        """The shared strings that cells show."""
        raw = (cell for page in self.pages for cell in page.raw.cells.values())
        return self.book.strings({index(cell) for cell in raw} - {-1})

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
