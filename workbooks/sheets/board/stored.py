"""What the cells of a budget showed when it was last computed, read by their names."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from pathlib import Path

from workbooks.file.cells import Value, date_in
from workbooks.file.refusal import RefreshError
from workbooks.lint.reading import Page
from workbooks.scenario.scenario import ScenarioError
from workbooks.sheets.intake.cells import IntakeError, Place, Reader


class Stored:
    """The stored values of one budget; a cell without one refuses the whole of it.

    Raises
    ------
    ScenarioError
        From every method, if a cell is missing, or has a formula and no value.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._reader = Reader(path, path.read_bytes())
        except RefreshError as error:
            raise ScenarioError(str(error)) from None
        self.name = path.name

    def has(self, name: str) -> bool:
        """Say whether a cell carries a name."""
        return self._reader.named(name) is not None

    def value(self, name: str) -> Value:
        """Return what the cell of a name shows."""
        return self._at(self._place(name))

    def text(self, name: str) -> str:
        """Return the text that the cell of a name shows; empty where it is blank."""
        held = self.value(name)
        return "" if held is None else f"{held}"

    def number(self, name: str) -> float:
        """Return the number that the cell of a name shows."""
        held = self.value(name)
        if not isinstance(held, float):
            raise ScenarioError(f"{self.name}: {name} is {held!r}; it must be a number")
        return held

    def dated(self, held: Value) -> str:
        """Return a day as people write it, whether it was typed as a date or as a text."""
        day = date_in(held, self._reader.book.book.from_1904)
        return f"{day or held or ''}"

    def day(self, name: str) -> datetime.date:
        """Return the day in the cell of a name."""
        day = date_in(self.value(name), self._reader.book.book.from_1904)
        if day is None:
            raise ScenarioError(f"{self.name}: {name} is {self.text(name)!r}; it must be a date")
        return day

    def row(self, name: str, *headings: str) -> list[Value]:
        """Return what stands in the row of a name, below the nearest headings above it."""
        place = self._place(name)
        found = self._reader.heading(place.page, *headings, above=place.row)
        self._refuse_bad()
        return [self._at(place.right(found[text].column)) for text in headings]

    def below(self, sheet: str, title: str, *headings: str) -> Iterator[list[Value]]:
        """Yield the rows of a list: its first cell, and those below some headings."""
        page = self._page(sheet, title)
        found = self._reader.heading(page, title, *headings)
        self._refuse_bad()
        columns = [found[text].column for text in (title, *headings)]
        row = found[title].row + 1
        while (first := self._at(Place(page, row, columns[0]))) is not None:
            yield [first, *(self._at(Place(page, row, column)) for column in columns[1:])]
            row += 1

    def months(self, label: str, sheet: str = "Monthly") -> dict[int, float]:
        """Return a line of the plan by month; empty where the plan has no such line."""
        page = self._page(sheet, MONTHS)
        rows = {cells[0].shown: number for number, cells in page.rows.items()}
        if label not in rows:
            return {}
        months = [cell for cell in page.rows[rows[MONTHS]] if isinstance(cell.shown, float)]
        held = {int(m.shown): self._at(Place(page, rows[label], m.column)) for m in months}  # type: ignore[arg-type]
        shown = {month: self.numbers(label, [value]) for month, value in held.items()}
        return {month: value[0] for month, value in shown.items() if value}

    def numbers(self, label: str, held: Sequence[Value]) -> list[float]:
        """Return the numbers of a line; none where it is left blank."""
        if None in held or "" in held:
            return []
        if wrong := [each for each in held if not isinstance(each, float)]:
            raise ScenarioError(f"{self.name}: {label} has {wrong[0]!r}; it must be a number")
        return [each for each in held if isinstance(each, float)]

    def _place(self, name: str) -> Place:
        place = self._reader.named(name)
        if place is None:
            rule = "make a budget with evenpoint budget, and change that"
            raise ScenarioError(f"{self.name} has no cell named {name}; {rule}")
        return place

    def _page(self, sheet: str, holds: str) -> Page:
        page = self._reader.sheet(sheet, holds)
        self._refuse_bad()
        assert page is not None
        return page

    def _at(self, place: Place) -> Value:
        held: Value = self._reader.read(place, lambda value: value, None)
        self._refuse_bad()
        return held

    def _refuse_bad(self) -> None:
        if bad := self._reader.bad:
            raise IntakeError(self.name, bad[:1])


MONTHS = "Month of the plan"
