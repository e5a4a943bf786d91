"""Refuse what was typed over the formulas of a workbook that is to be made anew without it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from workbooks.lint.reading import Page
from workbooks.lint.stored import Cell, TooLargeError
from workbooks.sheets.draft import LABEL
from workbooks.sheets.intake.cells import Place, Reader
from workbooks.sheets.intake.names import copies_of
from workbooks.sheets.style import INK, TITLE_BAND

STATE = b"master_check"
"""What every sheet of ours reads at its head, whether or not somebody renamed it."""

FORMULA, TILE = (colour.removeprefix("#") for colour in (INK, TITLE_BAND))
"""Inks of what is computed."""
GUIDE = "How to read"


def check_formulas(reader: Reader, where: str) -> None:
    """Keep every cell as bad in which a figure, or a formula of somebody's, stands for ours.

    A book made anew computes it again, so that what was typed would vanish without a word.

    Parameters
    ----------
    where
        The sheets on which what it follows from is changed.
    """
    copies = {name for page in reader.book.pages for name in copies_of(reader.book, page.name)}
    named = (page for page in reader.book.pages if page.name not in copies)
    for page in [page for page in named if _is_ours(page)]:
        for cell in _figures(page):
            why = (
                f"{cell.shown:.15g} was typed over a formula, which a book made anew computes again"
            )
            reader.complain(_place(page, cell), f"{why}; put it back, and change {where}")
        for cell in _strange(page):
            why = "it is not the formula of the rest of its row, which a book made anew has again"
            reader.complain(_place(page, cell), f"{why}; put it back, and change {where}")


def _place(page: Page, cell: Cell) -> Place:
    return Place(page, cell.row, cell.column)


def _is_ours(page: Page) -> bool:
    """Say whether a sheet begins as ours do, and has no more cells than any of ours.

    No more than its beginning is read of another one. All are read before the first is looked at,
    so that their strings are read once.
    """
    if STATE not in next(iter(page.book.package.pieces(page.part)), b""):
        return False
    try:
        return bool(page.columns.places)
    except TooLargeError:
        return False


def _figures(page: Page) -> Iterator[Cell]:
    """Yield the locked figures that look as formulas do, of their row or column, or of any.

    What we write as a value looks another way, what may be typed is not locked, and what a row is
    called by, a month or a step, stands in the first column: there a formula above and one below
    it are asked for, or the look of a tile.
    """
    rows = {(cell.row, cell.look) for cell in page.formulas}
    columns = {(cell.column, cell.look) for cell in page.formulas}
    near = {(cell.row, cell.column): _colours(cell) for cell in page.formulas}
    for cell in page.typed:
        row, column, look = cell.row, cell.column, cell.look
        beside = near.get((row - 1, column)), near.get((row + 1, column))
        as_formulas = [_colours(cell) == each for each in beside]
        if column == LABEL + 1:
            alike = all(as_formulas)
        else:
            alike = (row, look) in rows or (column, look) in columns or any(as_formulas)
        if look.locked and (alike or is_for_formulas(page, cell)):
            yield cell


def is_for_formulas(page: Page, cell: Cell) -> bool:
    """Say whether a figure has a look in which we write nothing but formulas.

    Values as made are grey; days of sources in the guide, and numbers that count rows or months
    on, are black as formulas are.
    """
    look = cell.look
    if look.fill or (look.is_date and page.name == GUIDE):
        return False
    is_label = cell.column == LABEL + 1
    counts = (cell.row, cell.column) in page.numbering
    return look.ink == TILE or (look.ink == FORMULA and not is_label and not counts)


def _colours(cell: Cell) -> tuple[str, str]:
    return cell.look.ink, cell.look.fill


def _strange(page: Page) -> Iterator[Cell]:
    """Yield what stands among the formulas of months, which are one for the row, and is another.

    A number there is told as one.
    """
    axis = page.axis
    if axis is None:
        return
    for cells in page.rows.values():
        months = [cell for cell in cells if axis.first <= cell.column <= axis.last]
        counted = Counter(cell.relative for cell in months if cell.formula)
        usual = counted.most_common(1)
        for cell in months if usual else ():
            is_text = isinstance(cell.shown, str)
            if cell.relative != usual[0][0] and (cell.formula or (is_text and cell.look.locked)):
                yield cell
