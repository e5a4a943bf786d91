"""Read the cells of a filled-in workbook, and keep every bad one with its address and the rule."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeVar

from workbooks.file.cells import Value, date_in, reference
from workbooks.lint.reading import ERRORS, Page, Workbook
from workbooks.scenario.entries import LARGEST, is_number, shown
from workbooks.scenario.reading import FIRST_DAY, LAST_DAY
from workbooks.scenario.scenario import ScenarioError

Read = TypeVar("Read")


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
        self.book = Workbook(path, content)
        self.bad: list[BadCell] = []

    def named(self, name: str) -> Place | None:
        """Return the cell that carries a name."""
        found = self.book.named(name)
        return Place(found[0], found[1].top, found[1].left) if found else None

    def heading(self, page: Page, *texts: str) -> dict[str, Place]:
        """Return the cells of the first row that holds all of some texts; none if no row does."""
        for cells in page.rows.values():
            found = {
                cell.shown.strip(): Place(page, cell.row, cell.column)
                for cell in cells
                if isinstance(cell.shown, str)
            }
            if all(text in found for text in texts):
                return found
        return {}

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
