"""What a user states of a file, now or once before: its columns, its currency, and days first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from workbooks.meters.units import tokens_in_unit
from workbooks.prices.sheet.units import CODES
from workbooks.usage.exports.layout import COUNTED, MEASURES, Layout, UsageError, folded
from workbooks.usage.exports.tables.scales import scaled
from workbooks.usage.exports.tables.unread import RUNNING

ROLES = {
    "date": "start",
    "end": "end",
    "model": "model",
    "provider": "provider",
    "project": "project",
    "requests": "requests",
    "input": "input",
    "cached": "cache_read",
    "cache_write": "cache_write_5m",
    "output": "output",
    "cost": "cost",
    "currency": "currency",
}
"""Name that a user gives to role.

`input` includes the cached tokens, unless their column has a name by which it leaves them out.
"""
CENTS = re.compile(r"(?<![a-z])(?:cents?|ct|¢)(?![a-z])|(?-i:[a-z]Cents?)\b", re.IGNORECASE)
IN_CENTS = "its cost is in cents, and was divided by 100"
SCALED = re.compile(
    r"(?<![a-z])(?:k|m|bn|thousands?|millions?|mio|mrd|tsd|[kt](?:eur|usd)|micro|nano|micros|nanos)"
    r"(?![a-z])",
    re.IGNORECASE,
)
"""A scale in the header of numbers."""


class Kept(NamedTuple):
    """What a user stated before, of files with the same headers."""

    headers: str
    columns: Mapping[str, str]
    day_first: bool
    currency: str
    said_on: str
    receipt: str

    @property
    def note(self) -> str:
        """Where it is from, and where it can be deleted."""
        told = ["columns"] * bool(self.columns) + [f"currency {self.currency}"] * bool(
            self.currency
        )
        said = f"its {' and '.join(told)}: as you stated on {self.said_on}"
        return f"{said}, kept in the receipt {self.receipt}"


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
    currency: str = ""
    """Of its costs, where the file does not say."""

    def of(self, headers: Iterable[str]) -> Stated:
        """Return what is stated of a file with such headers, now or before."""
        named = together(headers) if self.kept else ""
        found = next((each for each in reversed(self.kept) if each.headers == named), None)
        if not found:
            return self
        day_first, currency = self.day_first or found.day_first, self.currency or found.currency
        return Stated(found.columns, day_first, self.units, note=found.note, currency=currency)

    def layout(self, name: str, found: Layout | None, headers: list[str]) -> Layout | None:
        """Return the layout of a file: as stated, else as found."""
        if self.columns:
            here = {folded(header) for header in headers}
            for role, header in self.columns.items():
                if folded(header) not in here:
                    raise UsageError(f"{name} has no column {header}, named as {role}")
            columns = {ROLES[role]: (header,) for role, header in self.columns.items()}
            told = tuple(self.columns.values())
            cents = bool(CENTS.search(self.columns.get("cost", "")))
            self._refuse_scaled(name)
            note = "; ".join(filter(None, (self.note, IN_CENTS * cents)))
            found = Layout("columns as stated", told, columns, cached="named", note=note)
            found = replace(found, divisor=100.0 if cents else 1.0)
        if found and self.day_first:
            found = replace(found, slash_dates="day first")
        if found and self.currency:
            found = self._in_currency(name, found)
        return replace(found, units=self.units) if found and self.units else found

    def _in_currency(self, name: str, found: Layout) -> Layout:
        if found.currency not in ("", self.currency):
            raise UsageError(
                f"{name}: the costs of {found.title} are in {found.currency}, "
                f"and --currency says {self.currency}"
            )
        note = found.note if self.columns else "; ".join(filter(None, (found.note, self.note)))
        return replace(found, currency=self.currency, note=note)

    def _refuse_scaled(self, name: str) -> None:
        for role, header in self.columns.items():
            if ROLES[role] in MEASURES and RUNNING.search(header):
                raise UsageError(
                    f"{name}: the header {header}, named as {role}, says that each row holds those "
                    "before it, which would count many times; name a column of each row's own"
                )
            told = ROLES[role] in COUNTED and scaled(header)[1] > 1
            if ROLES[role] in MEASURES and SCALED.search(header) and not told:
                raise UsageError(
                    f"{name}: the header {header}, named as {role}, says that its numbers are "
                    "in thousands, millions or for so many; write them out, and name it without"
                )


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


def currency_of(text: str) -> str:
    """Return the code of a stated currency.

    Raises
    ------
    UsageError
        If it is none that is known.

    Examples
    --------
    >>> currency_of("eur")
    'EUR'
    """
    if text.strip().upper() not in CODES:
        raise UsageError(
            f"--currency: {text!r} is no currency known here; write a code such as EUR"
        )
    return text.strip().upper()


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
