"""Read the cells of a filled-in workbook, and keep every bad one with its address and the rule."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection
from pathlib import Path
from typing import NamedTuple, TypeVar

from workbooks.file.cells import Value, date_in, reference
from workbooks.lint.reading import ERRORS, Page, Workbook
from workbooks.lint.stored import TooLargeError
from workbooks.scenario.entries import LARGEST, is_number, shown
from workbooks.scenario.reading import FIRST_DAY, LAST_DAY
from workbooks.scenario.scenario import ScenarioError
from workbooks.sheets.intake.names import Names, copies_of

Read = TypeVar("Read")
MOST_CELLS = 200_000
"""Filled cells of a sheet that is read: a hundred times those of a budget."""


class BadCell(NamedTuple):
    """A cell that cannot be planned with, and why."""

    sheet: str
    cell: str
    why: str


class IntakeError(ScenarioError):
    """A workbook that cannot be read back; the message has a line for each bad cell."""

    def __init__(self, name: str, bad: list[BadCell]) -> None:
        self.bad = bad
        lines = (f"{name}, {each.sheet}!{each.cell}: {each.why}" for each in bad)
        super().__init__("\n".join(dict.fromkeys(lines)))


class Place(NamedTuple):
    """A cell of a sheet."""

    page: Page
    row: int
    column: int

    def right(self, column: int) -> Place:
        """Return the cell of another column in the same row."""
        return self._replace(column=column)


class Reader:
    """The cells of one workbook, and those found bad so far."""

    def __init__(self, path: Path, content: bytes) -> None:
        self.name = path.name
        self.book = Workbook(path, content, MOST_CELLS, MOST_CELLS)
        self.names = Names(self.book)
        self.bad: list[BadCell] = []
        self.notes: list[str] = []
        self._texts: dict[str, dict[int, dict[str, list[Place]]]] = {}

    def named(self, name: str) -> Place | None:
        """Return the one cell that carries a name."""
        found = self.names.cell(name)
        return Place(found[0], found[1].top, found[1].left) if found else None

    def heading(self, page: Page, *texts: str, above: int = 0) -> dict[str, Place]:
        """Return the cells of the row that holds some texts: the only one, or the last above.

        Nothing is returned, and the sheet kept as bad, where there is none or it is not clear.
        """
        found = self._rows_with(page, texts)
        if above:
            found = [row for row in found if row[texts[0]][0].row < above][-1:]
        if len(found) != 1:
            rows = " and ".join(str(row[texts[0]][0].row) for row in found)
            lost = f"stand in the rows {rows}; keep one" if rows else "are not there; put them back"
            self.complain(Place(page, 1, 1), f"the headings {', '.join(texts)} {lost}")
            return {}
        for text in texts:
            if len(places := found[0][text]) > 1:
                first = reference(places[0].row, places[0].column)
                self.complain(places[1], f"the heading {text!r} stands in {first} too; rename one")
                return {}
        return {text: found[0][text][0] for text in texts}

    def beside(self, page: Page, row: int, name: str, heading: str) -> dict[str, int]:
        """Return, by a name, the column of a heading that only some workbooks have in a row."""
        at = [c.column for c in page.texts if c.row == row and str(c.shown).strip() == heading]
        return {name: at[0]} if at else {}

    def in_row(self, page: Page, row: int) -> Collection[str]:
        """Return the texts of a row."""
        self._rows_with(page, ())
        return self._texts[page.name].get(row, {})

    def _rows_with(self, page: Page, texts: tuple[str, ...]) -> list[dict[str, list[Place]]]:
        """Return, for every row that holds all of some texts, where each of them stands."""
        if page.name not in self._texts:
            self._texts[page.name] = _texts(page)
        rows = self._texts[page.name].values()
        return [row for row in rows if all(text in row for text in texts)]

    def sheet(self, name: str, holds: str) -> Page | None:
        """Return a sheet by its name, or the only one that holds a text if it was renamed."""
        page = self.book.page(name)
        if page is None:
            like = [each for each in self.book.pages if _shows(each, holds)]
            page = like[0] if len(like) == 1 else None
        if page is None:
            lost = f"there is no sheet {name} with {holds!r} on it; put it back"
            self.bad.append(BadCell(name, "A1", lost))
            return None
        for copy in copies_of(self.book, page.name):
            self.notes.append(f"the sheet {copy} is a copy of {page.name} and is not read")
        return page

    def complain(self, place: Place, why: str) -> None:
        """Keep a cell as bad."""
        self.bad.append(BadCell(place.page.name, reference(place.row, place.column), why))

    def read(self, place: Place, check: Callable[[Value], Read], otherwise: Read) -> Read:
        """Return what a cell holds, checked; a bad one is kept, and reads as something else."""
        try:
            return check(self._held(place))
        except ScenarioError as error:
            self.complain(place, str(error))
            return otherwise

    def _held(self, place: Place) -> Value:
        """Return what a cell holds, or what was last computed in it; None where it is blank."""
        cell = place.page.cells.get((place.row, place.column))
        if cell is None:
            return None
        if cell.formula and not place.page.is_computed(cell):
            rule = "recalculate and save the workbook in Excel or LibreOffice first"
            raise ScenarioError(f"the formula {shown(cell.formula.text)} has no value; {rule}")
        if isinstance(cell.shown, str):
            if cell.shown in ERRORS:
                raise ScenarioError(f"it shows {cell.shown}; it must be a value")
            return cell.shown.strip() or None
        return cell.shown

    def day(self, name: str) -> Callable[[Value], datetime.date]:
        """Return the check that a cell holds a day."""

        def check(held: Value) -> datetime.date:
            day = date_in(held, self.book.book.from_1904)
            if day is None or not FIRST_DAY <= day <= LAST_DAY:
                rule = f"it must be a date from {FIRST_DAY} to {LAST_DAY}"
                raise ScenarioError(f"{name} is {blank(held)}; {rule}")
            return day

        return check


def _shows(page: Page, text: str) -> bool:
    """Say whether a text stands on a sheet; one with more cells than any of ours is somebody's."""
    try:
        return any(cell.shown == text for cell in page.texts)
    except TooLargeError:
        return False


def _texts(page: Page) -> dict[int, dict[str, list[Place]]]:
    """Return where each text of a sheet stands, row by row."""
    rows: dict[int, dict[str, list[Place]]] = {}
    for cell in page.texts:
        row, place = rows.setdefault(cell.row, {}), Place(page, cell.row, cell.column)
        row.setdefault(str(cell.shown).strip(), []).append(place)
    return rows


def blank(held: Value) -> str:
    """Return a value as a message quotes it; nothing is called blank."""
    return "blank" if held is None else shown(held)


def at_least_0(name: str, if_blank: float | None = None) -> Callable[[Value], float]:
    """Return the check that a cell holds a number; `if_blank` is what a blank one means."""

    def check(held: Value) -> float:
        if held is None and if_blank is not None:
            return if_blank
        if not isinstance(held, float) or not is_number(held) or held < 0:
            rule = f"it must be a number from 0 to {LARGEST:g}"
            raise ScenarioError(f"{name} is {blank(held)}; {rule}")
        return held

    return check
