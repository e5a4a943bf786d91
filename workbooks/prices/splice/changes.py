"""What a refresh would change, what it leaves alone and why: the report, and the new parts."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from workbooks.file.cells import Value


@dataclass(frozen=True, slots=True)
class Change:
    """A cell that gets another value, and where that value comes from."""

    sheet: str
    cell: str
    model: str
    column: str
    old: Value | datetime.date
    new: Value | datetime.date
    source: str
    as_of: datetime.date | None

    @property
    def what(self) -> str:
        """What becomes of which column."""
        return f"{self.column} {_plain(self.old)} -> {_plain(self.new)}"

    def __str__(self) -> str:
        origin = f" ({self.source}, {self.as_of})" if self.source else ""
        where = f"{self.sheet}!{self.cell} {self.model}, {self.column}"
        return f"{where}: {_plain(self.old)} -> {_plain(self.new)}{origin}"


@dataclass(frozen=True, slots=True)
class Kept:
    """A cell, or a row by its first cell, that stays as it is although the list has prices."""

    sheet: str
    cell: str
    model: str
    reason: str

    def __str__(self) -> str:
        return f"{self.sheet}!{self.cell} {self.model}: kept, {self.reason}"


@dataclass(frozen=True)
class Changes:
    """The plan of a refresh; nothing has been written."""

    path: Path
    sheet: str
    table: str
    changed: tuple[Change, ...]
    kept: tuple[Kept, ...]
    added: tuple[str, ...]
    """Models that get a row of their own."""
    unknown: tuple[str, ...]
    """Models of the list that the table does not have; they are added only on request."""
    unlisted: tuple[str, ...]
    """Models of the table that the list does not have; their rows stay as they are."""
    copies: tuple[str, ...]
    """Tables, and their sheets, that were copied from this one and stay as they are."""
    sha256: str = field(repr=False)
    """What the file was when the plan was made; another file is not written to."""
    parts: Mapping[str, bytes] = field(repr=False)
    """The parts of the file that change, as they will be."""

    def __str__(self) -> str:
        """Write the report, one line for each cell."""
        lines = [str(line) for line in (*self.changed, *self.kept)]
        for text, models in (
            ("added as new rows", self.added),
            ("not in the table, and not added", self.unknown),
            ("in the table but not in the list, unchanged", self.unlisted),
            ("copies of the table, which stay as they are", self.copies),
        ):
            if models:
                lines.append(f"{len(models)} {text}: {_some(models)}")
        return "\n".join(lines) or "Every price is up to date."


def _plain(value: object) -> str:
    if value is None:
        return "blank"
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _some(models: tuple[str, ...], most: int = 10) -> str:
    rest = f" and {len(models) - most} more" if len(models) > most else ""
    return ", ".join(models[:most]) + rest
