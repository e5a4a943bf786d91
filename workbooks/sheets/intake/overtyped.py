"""Refuse what was typed over the formulas of a workbook that is to be made anew without it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from workbooks.lint.reading import Page
from workbooks.lint.stored import Cell, TooLargeError
from workbooks.sheets.budget import TABS
from workbooks.sheets.intake.cells import Place, Reader, blank
from workbooks.sheets.intake.names import copies_of
from workbooks.sheets.portfolio.folio import COLOURS
from workbooks.sheets.style import COMPUTED

STATE = b"master_check"
"""What every sheet of ours reads at its head, whether or not somebody renamed it."""
OURS = {*TABS, *COLOURS}
"""Names of ours, whether or not somebody typed over its head."""


def check_formulas(reader: Reader, where: str) -> None:
    """Keep every cell as bad in which something typed, or a formula of somebody's, stands for ours.

    A book made anew computes it again, so that what was typed would vanish without a word.

    Parameters
    ----------
    where
        The sheets on which what it follows from is changed.
    """
    copies = {name for page in reader.book.pages for name in copies_of(reader.book, page.name)}
    named = (page for page in reader.book.pages if page.name not in copies)
    for page in [page for page in named if _is_ours(page)]:
        for cell in _typed(page):
            held = f"{cell.shown:.15g}" if isinstance(cell.shown, float) else blank(cell.shown)
            why = f"{held} was typed over a formula, which a book made anew computes again"
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
    named = page.name in OURS
    if not named and STATE not in next(iter(page.book.package.pieces(page.part)), b""):
        return False
    try:
        return bool(page.columns.places)
    except TooLargeError:
        return False


def _typed(page: Page) -> Iterator[Cell]:
    """Yield the locked cells that look as formulas do and hold what was typed."""
    for cell in page.cells.values():
        is_over = not cell.formula and cell.shown not in (None, "")
        if is_over and cell.look.locked and cell.look.ink in COMPUTED:
            yield cell


def _strange(page: Page) -> Iterator[Cell]:
    """Yield formulas of somebody's among those of months, which are one for the row."""
    axis = page.axis
    if axis is None:
        return
    for cells in page.rows.values():
        months = [cell for cell in cells if axis.first <= cell.column <= axis.last]
        counted = Counter(cell.relative for cell in months if cell.formula)
        usual = counted.most_common(1)
        for cell in months if usual else ():
            if cell.formula and cell.relative != usual[0][0]:
                yield cell
