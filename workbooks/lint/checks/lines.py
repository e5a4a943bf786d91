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
MOST_READ = 2_000
MOST_READ_IN_ALL = 5_000_000
"""Cells of a range, and of all ranges, that are followed when circles are looked for."""


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
    numbers = {page.name.lower(): number for number, page in enumerate(model.book.pages)}
    reads: dict[Place, array[Place]] = {}
    left = MOST_READ_IN_ALL
    for page in pages:
        for cell in page.formulas:
            if left <= 0:
                break
            here = _place(numbers[page.name.lower()], cell.row, cell.column)
            reads[here] = array("q", _read(model, page, cell, numbers))
            left -= len(reads[here]) + 1
    for number, row, column in map(_taken_apart, _in_circles(reads)):
        yield Fault(model.book.pages[number].name, reference(row, column), "it depends on itself")


def _place(page: int, row: int, column: int) -> Place:
    return page << 40 | row << 16 | column


def _taken_apart(place: Place) -> tuple[int, int, int]:
    return place >> 40, place >> 16 & 0xFFFFFF, place & 0xFFFF


def _read(model: Model, page: Page, cell: Cell, numbers: dict[str, int]) -> Iterator[Place]:
    """Yield the formula cells that a formula reads."""
    assert cell.formula is not None
    for one in (*cell.formula.references, *_named(model, cell)):
        there = model.book.page(one.sheet) if one.sheet else page
        if there is page and _within(cell, one):
            yield _place(numbers[page.name.lower()], cell.row, cell.column)
        elif there:
            number = numbers[there.name.lower()]
            yield from (_place(number, *at) for at in _formulas_in(there, one))


def _within(cell: Cell, block: Reference) -> bool:
    return block.top <= cell.row <= block.bottom and block.left <= cell.column <= block.right


def _named(model: Model, cell: Cell) -> Iterator[Reference]:
    assert cell.formula is not None
    for name in cell.formula.names:
        if place := model.named.get(name):
            yield place


def _formulas_in(page: Page, block: Reference) -> Iterator[tuple[int, int]]:
    height, width = block.bottom - block.top + 1, block.right - block.left + 1
    if height * width > MOST_READ:
        return
    for row in range(block.top, block.bottom + 1):
        for column in range(block.left, block.right + 1):
            if page.has_formula(row, column):
                yield row, column


def _in_circles(reads: Mapping[Place, Iterable[Place]]) -> Iterator[Place]:
    """Yield one cell of each circle; a cell is done when all that it reads is."""
    state: dict[Place, int] = {}
    for start in reads:
        waiting = [start]
        while waiting:
            cell = waiting[-1]
            if state.get(cell) is None:
                state[cell] = 1
                for other in reads.get(cell, ()):
                    if state.get(other) == 1:
                        yield other
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
