"""Rules on lines and time: one formula a row, one axis, labels and units, the way of reading."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence

from workbooks.file.cells import reference, whole
from workbooks.lint.formula import Reference
from workbooks.lint.kinds import Fault, Model
from workbooks.lint.reading import Axis, Page
from workbooks.lint.stored import Cell

Pages = Sequence[Page]
Place = int
"""Sheet, row and column of a cell in one number: there may be millions of them."""

LABEL = 1
MOST_READ_IN_ALL = 5_000_000
"""Readings that are followed when circles are looked for."""


def one_formula(model: Model, pages: Pages) -> Iterator[Fault]:
    """Rule 6."""
    for page, axis in _timed(pages):
        for cells in page.rows.values():
            across = [c for c in cells if axis.first <= c.column <= axis.last and c.formula]
            if len(across) < 2:
                continue
            first = across[0].relative
            for cell in across[1:]:
                if cell.relative != first:
                    wrong = f"the formula is not that of {across[0].name} copied across"
                    yield Fault(page.name, cell.name, wrong)


def one_axis(model: Model, pages: Pages) -> Iterator[Fault]:
    """Rule 7."""
    timed = [
        (page, axis)
        for page, axis in _timed(pages)
        if page.cells[axis.row, axis.first].look.is_date
    ]
    for page, axis in timed:
        first_page, usual = timed[0]
        if (axis.first, axis.shown[0]) != (usual.first, usual.shown[0]):
            wrong = f"a column is another period than on {first_page.name}"
            yield Fault(page.name, reference(axis.row, axis.first), wrong)
        frozen = page.get("pane", "ySplit").partition(".")[0]
        if whole(frozen) < axis.row:
            yield Fault(page.name, reference(axis.row, axis.first), "the dates scroll out of sight")


def columns(model: Model, pages: Pages) -> Iterator[Fault]:
    """Rule 8."""
    for page, axis in _timed(pages):
        for row, cells in page.rows.items():
            if row <= axis.row + 1 or not any(c.column >= axis.first for c in cells):
                continue
            for cell in cells:
                if cell.column == LABEL and not isinstance(cell.shown, str):
                    yield Fault(page.name, cell.name, "a figure stands in the column of labels")
                if cell.column == axis.first - 1 and cell.shown not in (None, ""):
                    yield Fault(page.name, cell.name, "no gap parts the totals from the periods")


def labels(model: Model, pages: Pages) -> Iterator[Fault]:
    """Rule 9."""
    seen: dict[str, str] = {}
    for page in pages:
        for row, cells in page.rows.items():
            if (page.axis and row <= page.axis.row + 1) or page.in_table(cells[0]):
                continue
            figures = [c for c in cells if c.formula and c.is_number and c.column > LABEL]
            if not figures or not _is_line(page, cells):
                continue
            texts = [c for c in cells if isinstance(c.shown, str) and c.column < figures[0].column]
            if not texts:
                yield Fault(page.name, figures[0].name, "the line has no label")
            elif len(texts) < 2:
                yield Fault(page.name, figures[0].name, "the line has no unit")
                continue
            label = str(texts[0].shown) if texts else ""
            if label in seen:
                wrong = f"the label {label[:60]!r} stands at {seen[label]} too"
                yield Fault(page.name, texts[0].name, wrong)
            elif label:
                seen[label] = f"{page.name}!{texts[0].name}"


def _is_line(page: Page, cells: list[Cell]) -> bool:
    """Say whether a row is a line of its own, and no row of a list under a header."""
    return not (isinstance(cells[0].shown, float) and cells[0].column == LABEL)


def links(model: Model, pages: Pages) -> Iterator[Fault]:
    """Rule 15."""
    for page in pages:
        for cell in page.formulas:
            target = cell.formula.link if cell.formula else None
            there = model.book.page(target.sheet) if target else None
            if target and there and there is not page:
                behind = there.cells.get((target.top, target.left))
                if behind and behind.formula and behind.formula.link:
                    wrong = f"it links to {there.name}!{behind.name}, which is only a link itself"
                    yield Fault(page.name, cell.name, wrong)


def circles(model: Model, pages: Pages) -> Iterator[Fault]:
    """Rule 16."""
    for node in model.book.book.root.all("calcPr"):
        if node.get("iterate") in {"1", "true"}:
            yield Fault("", "", "circular references are allowed: iterative calculation is on")
    for number, row, column in map(_taken_apart, _in_circles(_Reads(model).of(pages))):
        yield Fault(model.book.pages[number].name, reference(row, column), "it depends on itself")


def _place(page: int, row: int, column: int) -> Place:
    return page << 40 | row << 16 | column


def _taken_apart(place: Place) -> tuple[int, int, int]:
    return place >> 40, place >> 16 & 0xFFFFFF, place & 0xFFFF


class _Reads:
    """What each formula reads; a block of cells is followed once, whoever reads it."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.numbers = {page.name.lower(): at for at, page in enumerate(model.book.pages)}
        self.known: dict[Place, array[Place]] = {}
        self.blocks: dict[tuple[int, int, int, int, int], Place] = {}

    def of(self, pages: Pages) -> Mapping[Place, Iterable[Place]]:
        """Return, by formula cell and by block, the formula cells and the blocks that it reads."""
        left = MOST_READ_IN_ALL
        for page in pages:
            for cell in page.formulas:
                if left <= 0:
                    break
                here = _place(self.numbers[page.name.lower()], cell.row, cell.column)
                self.known[here] = array("q", self._read(page, cell))
                left -= len(self.known[here]) + 1
        return self.known

    def _read(self, page: Page, cell: Cell) -> Iterator[Place]:
        assert cell.formula is not None
        named = (self.model.named.get(name) for name in cell.formula.names)
        for one in (*cell.formula.references, *filter(None, named)):
            if there := self.model.book.page(one.sheet) if one.sheet else page:
                yield self._block(there, one)

    def _block(self, page: Page, one: Reference) -> Place:
        """Return the cell that a reference is, or the number, below zero, of its block."""
        number = self.numbers[page.name.lower()]
        if (one.top, one.left) == (one.bottom, one.right):
            return _place(number, one.top, one.left)
        key = (number, one.top, one.left, one.bottom, one.right)
        if key not in self.blocks:
            self.blocks[key] = -1 - len(self.blocks)
            inside = (_place(number, *at) for at in page.formulas_in(*key[1:]))
            self.known[self.blocks[key]] = array("q", inside)
        return self.blocks[key]


def _in_circles(reads: Mapping[Place, Iterable[Place]]) -> Iterator[Place]:
    """Yield one cell of each circle; a cell is done when all that it reads is.

    Blocks, which are below zero, are no cells: of a circle that closes in one, its reader is told.
    """
    state: dict[Place, int] = {}
    for start in reads:
        waiting = [start]
        while waiting:
            cell = waiting[-1]
            if state.get(cell) is None:
                state[cell] = 1
                for other in reads.get(cell, ()):
                    if state.get(other) == 1:
                        yield cell if other < 0 else other
                    elif other not in state:
                        waiting.append(other)
            else:
                waiting.pop()
                state[cell] = 2


def signs(model: Model, pages: Pages) -> Iterator[Fault]:
    """Rule 24."""
    for page, axis in _timed(pages):
        for cells in page.rows.values():
            label = cells[0].shown
            amounts = [
                c.shown for c in cells if c.column >= axis.first and isinstance(c.shown, float)
            ]
            if isinstance(label, str) and "cost" in label.lower() and amounts and max(amounts) < 0:
                yield Fault(page.name, cells[0].name, f"the costs of {label!r} are negative")


def direction(model: Model, pages: Pages) -> Iterator[Fault]:
    """Rule 39."""
    for page, axis in _timed(pages):
        for cell in page.formulas:
            if not axis.first <= cell.column <= axis.last:
                continue
            assert cell.formula is not None
            for one in cell.formula.references:
                whole = one.fixed or (one.to_the_end and one.right == axis.last)
                ahead = cell.column < one.right <= axis.last and not whole
                if not one.sheet and ahead and one.left >= axis.first:
                    yield Fault(page.name, cell.name, "the formula reads a later period")


def _timed(pages: Pages) -> Iterator[tuple[Page, Axis]]:
    return ((page, page.axis) for page in pages if page.axis)
