"""Find a table by what its headings mean, below whatever a vendor has put above it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from workbooks.plan.monthend.tabular import (
    MONEY,
    ActualsError,
    Row,
    Table,
    column_of,
    table_of,
)
from workbooks.prices.offers import FeedError
from workbooks.prices.sheet.aside import Aside, commented, elsewhere, kind_of
from workbooks.prices.sheet.files import Sheet, open_sheets
from workbooks.prices.sheet.headings import text

HEAD_ROWS = 12


class Headed(NamedTuple):
    """The rows of a table below its headings, and what stands elsewhere in the file."""

    table: Table
    roles: Mapping[str, str]
    """Column by what it means."""
    beside: tuple[Aside, ...]
    named: str
    """The column that names what a row is about."""
    amount: str
    """The column of what is read of it."""

    @property
    def rows(self) -> list[Row]:
        """Return the rows that name something.

        Raises
        ------
        ActualsError
            If a row names nothing, and has an amount all the same.
        """
        for row in self._unnamed:
            held = row.text(self.amount)
            if re.search(r"\d", held):
                rule = f"write in the column {self.named!r} what it is for, or take the row out"
                raise ActualsError(f"{row.place}: {held!r} stands beside no name; {rule}")
        return [row for row in self.table.rows if row.text(self.named)]

    @property
    def _unnamed(self) -> Iterator[Row]:
        return (row for row in self.table.rows if not row.text(self.named))

    @property
    def asides(self) -> list[Aside]:
        """What nothing here uses: texts above, other sheets, columns, rows that name nothing."""
        name = self.table.name
        columns = [each for each in self.table.columns if each and each not in self.roles.values()]
        filled = ((row, [row.text(each) for each in row.cells if each]) for row in self._unnamed)
        rows = [(row.place, " ".join(filter(None, texts))) for row, texts in filled]
        rows += [(row.place, row.stray) for row in self.table.rows if row.stray]
        return [
            *self.beside,
            *(Aside(f"{name}, column", each, kind_of(each)) for each in columns),
            *(Aside(place, said, kind_of(said)) for place, said in rows),
        ]

    @property
    def unused(self) -> list[str]:
        """Return the same as text."""
        return [each.said for each in self.asides]

    def refuse_unused(self, leave_out: Collection[str]) -> None:
        """Refuse a date, term, minimum or discount that nothing uses, unless it may be left out.

        Raises
        ------
        ActualsError
            With what it says.
        """
        for each in self.asides:
            if each.kind != "seller" and each.stops(leave_out):
                said = f"{self.table.name} says {each.said!r}, a {each.kind} that is not used"
                raise ActualsError(f"{said}; {each.way_out}")


def headed(path: Path, patterns: Mapping[str, str], named: str, amount: str) -> Headed | None:
    """Return the first table of a file that has headings for names and amounts; None without."""
    try:
        sheets = open_sheets(path.name, path.read_bytes(), hidden=True)
    except (FeedError, OSError):
        return None
    for sheet in sheets:
        for top, row in enumerate([] if sheet.is_hidden else sheet.rows[:HEAD_ROWS]):
            roles = _roles((str(cell) for cell in row if cell is not None), patterns)
            if {named, amount} <= roles.keys():
                rows = [[] if at < top else each for at, each in enumerate(sheet.rows)]
                columns = {role: column_of(heading) for role, heading in roles.items()}
                others = (each for each in sheets if each is not sheet)
                noted = (a for each in sheets for a in commented(each, alone=each is not sheet))
                told = (a for each in others for a in elsewhere(each))
                beside = (*_above(sheet, top), *noted, *told)
                found = table_of(sheet._replace(rows=rows))
                return Headed(found, columns, beside, columns[named], columns[amount])
    return None


def _above(sheet: Sheet, top: int) -> Iterator[Aside]:
    for number, row in enumerate(sheet.rows[:top]):
        for at, cell in enumerate(row):
            if said := text(cell):
                yield Aside(sheet.place(number, at), said, kind_of(said))


def _roles(headings: Iterable[str], patterns: Mapping[str, str]) -> dict[str, str]:
    """Return headings by what they mean: signs, brackets and currencies do not count."""
    found: dict[str, str] = {}
    for heading in headings:
        bare = MONEY.sub(" ", heading).casefold()
        plain = " ".join(re.sub(r"[^\wäöüß]+|_", " ", bare).split())
        for role, pattern in patterns.items():
            if re.fullmatch(pattern, plain):
                found.setdefault(role, heading)
    return found
