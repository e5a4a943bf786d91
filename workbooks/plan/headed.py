"""Find a table by what its headings mean, below whatever a vendor has put above it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from workbooks.plan.monthend.tabular import MONEY, ActualsError, Table, column_of, table_of
from workbooks.prices.offers import FeedError
from workbooks.prices.sheet.aside import KINDS
from workbooks.prices.sheet.files import open_sheets

HEAD_ROWS = 12


class Headed(NamedTuple):
    """The rows of a table below its headings, and what stands above them."""

    table: Table
    roles: Mapping[str, str]
    """Column by what it means."""
    above: tuple[str, ...]

    @property
    def unused(self) -> list[str]:
        """Columns that mean nothing here."""
        return [each for each in self.table.columns if each and each not in self.roles.values()]

    def refuse_unused(self, leave: Collection[str]) -> None:
        """Refuse a date, term, minimum or discount that nothing uses, unless it may be left out.

        Raises
        ------
        ActualsError
            With what it says.
        """
        for words in (*self.unused, *self.above):
            kinds = (k for k, pattern in KINDS.items() if k != "seller" and pattern.search(words))
            kind = next(kinds, "")
            if kind and words.casefold() not in leave:
                rule = f"--leave-out {words!r} says that it changes no price"
                name = self.table.name
                raise ActualsError(f"{name} says {words!r}, a {kind} that is not used; {rule}")


def headed(path: Path, patterns: Mapping[str, str], needed: Collection[str]) -> Headed | None:
    """Return the first table of a file whose headings mean what is needed; None without one."""
    try:
        sheets = open_sheets(path.name, path.read_bytes())
    except (FeedError, OSError):
        return None
    for sheet in sheets:
        for top, row in enumerate(sheet.rows[:HEAD_ROWS]):
            roles = _roles((str(cell) for cell in row if cell is not None), patterns)
            if set(needed) <= roles.keys():
                rows = [[] if at < top else each for at, each in enumerate(sheet.rows)]
                found = table_of(sheet._replace(rows=rows))
                texts = (str(cell) for each in sheet.rows[:top] for cell in each if cell)
                return Headed(found, {r: column_of(h) for r, h in roles.items()}, tuple(texts))
    return None


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
