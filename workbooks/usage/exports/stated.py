"""What a user states of a file, now or once before: which column is which, and days first."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from workbooks.disk import locked, why, write
from workbooks.meters.units import tokens_in_unit
from workbooks.usage.exports.layout import Layout, UsageError, folded, heading

FILE = "usage_columns.json"
"""Beside the user's own prices; nothing in it is of what the columns hold."""
MOST = 500
"""Layouts that are kept; the oldest goes first."""
ROLES = {
    "date": "start",
    "end": "end",
    "model": "model",
    "provider": "provider",
    "requests": "requests",
    "input": "input",
    "cached": "cache_read",
    "cache_write": "cache_write_5m",
    "output": "output",
    "cost": "cost",
    "currency": "currency",
}
"""Name that a user gives to role; `input` includes the cached tokens."""


class Kept(NamedTuple):
    """What a user stated before, of files with the same headers."""

    headers: str
    columns: Mapping[str, str]
    day_first: bool
    said_on: str
    place: Path

    @property
    def note(self) -> str:
        """Where it is from, and where it can be deleted."""
        return f"its columns are read as you stated on {self.said_on}, kept in {self.place}"


def together(headers: Iterable[str]) -> str:
    """Return the headers of a table as one text, in which their order does not count.

    >>> together(["Day", "LLM"]) == together(["llm", "day"])
    True
    """
    return " ".join(sorted(map(folded, headers)))


@dataclass(frozen=True)
class Stated:
    """What is known of a file beyond its headers."""

    columns: Mapping[str, str] = field(default_factory=dict)
    """Name of `ROLES` to header."""
    day_first: bool = False
    units: Mapping[str, int] = field(default_factory=dict)
    """Name of a unit to how many tokens it is, where the file does not say."""
    kept: tuple[Kept, ...] = ()
    """What was stated before; it counts for files with the same headers."""
    note: str = ""

    def of(self, headers: Iterable[str]) -> Stated:
        """Return what is stated of a file with such headers, now or before."""
        named = together(headers) if self.kept else ""
        found = next((each for each in reversed(self.kept) if each.headers == named), None)
        if not found:
            return self
        day_first = self.day_first or found.day_first
        return Stated(found.columns, day_first, self.units, note=found.note)

    def layout(self, name: str, found: Layout | None, headers: list[str]) -> Layout | None:
        """Return the layout of a file: as stated, else as found."""
        if self.columns:
            here = {folded(header) for header in headers}
            for role, header in self.columns.items():
                if folded(header) not in here:
                    raise UsageError(f"{name} has no column {header}, named as {role}")
            columns = {ROLES[role]: (header,) for role, header in self.columns.items()}
            told = tuple(self.columns.values())
            found = Layout("columns as stated", told, columns, cached="inside", note=self.note)
        if found and self.day_first:
            found = replace(found, slash_dates="day first")
        return replace(found, units=self.units) if found and self.units else found


def columns_of(text: str) -> dict[str, str]:
    """Return stated columns by name.

    Raises
    ------
    UsageError
        If a name is not known, or date or model is not given.

    Examples
    --------
    >>> columns_of("date=Day,model=LLM,cost=Net amount")
    {'date': 'Day', 'model': 'LLM', 'cost': 'Net amount'}
    """
    pairs = [part.partition("=") for part in text.split(",")]
    for name, _, header in pairs:
        if name.strip() not in ROLES or not header.strip():
            raise UsageError(
                f"--columns: {name.strip()!r} must be one of {', '.join(ROLES)}=HEADER"
            )
    columns = {name.strip(): header.strip() for name, _, header in pairs}
    if lacks := [name for name in ("date", "model") if name not in columns]:
        raise UsageError(f"--columns names no {' and no '.join(lacks)}")
    return columns


def units_of(texts: Sequence[str]) -> dict[str, int]:
    """Return stated sizes of units, in tokens, by name in small letters.

    Raises
    ------
    UsageError
        If a text is no NAME=SIZE, or the size is none of 1, 1K and 1M.

    Examples
    --------
    >>> units_of(["Units=1M"])
    {'units': 1000000}
    """
    sizes = {}
    for text in texts:
        name, _, size = text.rpartition("=")
        tokens = tokens_in_unit(size, bare=True)
        if not name.strip() or tokens is None:
            raise UsageError(f"--unit: {text!r} must be a unit and its tokens, such as Units=1M")
        sizes[name.strip().casefold()] = tokens
    return sizes


def refuse_unread_cost(name: str, layout: Layout, headers: Sequence[str]) -> None:
    """Raise a UsageError if a general layout would drop a column of costs."""
    read = {each for names in layout.places.values() for each in names}
    for header in headers:
        money = re.search(r"cost|spend|amount", header, re.IGNORECASE)
        if layout.general and money and heading(header) not in read:
            raise UsageError(
                f"{name} has a column {header} that {layout.title} does not read; "
                f"say which column is which: --columns date=…,model=…,cost={header}"
            )


def kept(folder: Path) -> tuple[Kept, ...]:
    """Return the layouts that were stated before, the oldest first.

    Raises
    ------
    UsageError
        If the file that holds them cannot be read.
    """
    path = folder / FILE
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        return tuple(_entry(each, path) for each in entries)
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {why(error)}") from None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise UsageError(f"{path} is damaged; delete it, and state --columns again") from None


def _entry(each: dict[str, object], path: Path) -> Kept:
    columns = {str(name): str(header) for name, header in dict(each["columns"]).items()}  # type: ignore[call-overload]
    if not columns.keys() <= ROLES.keys():
        raise ValueError
    return Kept(str(each["headers"]), columns, bool(each["day_first"]), str(each["said_on"]), path)


def keep(folder: Path, stated: Stated, tables: Iterable[Sequence[str]]) -> None:
    """Keep what was stated for files with the headers of these tables.

    Raises
    ------
    UsageError
        If the folder cannot be written.
    """
    today, path = datetime.date.today().isoformat(), folder / FILE
    new = {
        name: Kept(name, stated.columns, stated.day_first, today, path)
        for name in map(together, tables)
    }
    try:
        with locked(folder):
            others = [each for each in kept(folder) if each.headers not in new]
            entries = [_plain(each) for each in [*others, *new.values()][-MOST:]]
            write({path: json.dumps(entries, ensure_ascii=False, indent=1).encode()})
    except OSError as error:
        raise UsageError(f"{folder} cannot be written: {why(error)}") from None


def _plain(each: Kept) -> dict[str, object]:
    told: dict[str, object] = {"headers": each.headers, "columns": dict(each.columns)}
    return told | {"day_first": each.day_first, "said_on": each.said_on}


def with_kept(stated: Stated, folder: Path) -> Stated:
    """Return what a user states now, and knows from before where nothing is stated now."""
    return stated if stated.columns else replace(stated, kept=kept(folder))
