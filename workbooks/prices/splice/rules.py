"""Which rows and cells of a price table are ours to change, and why the others are not.

A row is left alone when it is locked, comes from a contract, was edited by hand, is closed, is
newer than the list, or is in another currency. "Edited" can be told where the row names our
price list as its source: its prices must then be among those the list is known to have had.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from workbooks.file.cells import Cell, Value, date_in, value
from workbooks.prices.splice.columns import Column
from workbooks.prices.splice.records import Plain, Record
from workbooks.rows import PRICES

WILD = 50  # cents taken for dollars are 100 times too much, thousands for millions 1000 times
_NO = {"", "0", "no", "n", "nein", "false", "falsch", "-", "open", "unlocked"}
_CONTRACT = re.compile(
    r"\b(contract\w*|negotiated|quot(e|ed|ation)|agreed|committed|private|custom|manual\w*|edited"
    r"|override\w*|your sheet|locked|fixed|frozen|\w*vertrag\w*|\w*angebot\w*|verhandelt|manuell"
    r"|gesperrt)\b",
    re.IGNORECASE,
)
_LISTS = ("shipped", "list")
"""What the column of origins says of a row that follows a price list."""
_SWITCHES = ("lock", "freeze", "edited", "override")
_TELLING = ("origin", "status", "kind", "type", "source", "note", "comment")


@dataclass(frozen=True)
class TableRow:
    """A row of the table: what its known columns hold."""

    number: int
    columns: Mapping[str, tuple[int, Column]]
    cells: Mapping[str, Cell]
    strings: Mapping[int, str]
    from_1904: bool

    def held(self, field: str) -> Value:
        """Return what a column holds; None where it is empty or missing."""
        return value(self.cells[field], self.strings) if field in self.cells else None

    def text(self, field: str) -> str:
        """Return what a column shows, as text."""
        held = self.held(field)
        return f"{held:g}" if isinstance(held, float) else str("" if held is None else held).strip()

    def day(self, field: str) -> datetime.date | None:
        """Return the day a column holds."""
        return date_in(self.held(field), self.from_1904)

    def waiting(self, field: str) -> bool:
        """Say whether a column is a formula that nobody has computed yet."""
        cell = self.cells.get(field)
        return cell is not None and cell.formula is not None and cell.content is None

    @property
    def key(self) -> tuple[str, str]:
        """The model, and the provider where the table has one."""
        return self.text("model"), self.text("provider")


def uncomputed(row: TableRow) -> str | None:
    """Return a reason if a formula that decides about the row has no value yet."""
    for field in ("model", "provider", "currency", *_SWITCHES, *_TELLING, "valid_to"):
        if row.waiting(field):
            return f"its {field} is a formula without a value; open and save the file in Excel"
    return None


def protected(row: TableRow, told: bool = True) -> str | None:
    """Return the reason if somebody has marked the row as not to be changed.

    Words are no proof where the folder knows the row's source: then they do not count (`told`).
    Nor are they where a column says that the origin is a list, or a contract.
    """
    for field in _SWITCHES:
        if row.text(field).lower() not in _NO:
            return f"its column {field} says {row.text(field)!r}"
    if row.text("origin").lower() in _LISTS:
        return None
    for field in _TELLING if told else ():
        if found := _CONTRACT.search(row.text(field)):
            return f"its column {field} says {found[0]!r}"
    return None


def closed(row: TableRow, day: datetime.date) -> bool:
    """Say whether the row tells what a model cost before a day."""
    end = row.day("valid_to")
    return end is not None and end <= day


def history(row: TableRow) -> str | None:
    """Return the reason if another price would be that of months that are over, too."""
    begun = row.day("valid_from")
    if begun is None:
        return None
    rule = "end it with a Valid to, and add a row that begins there"
    return f"it holds since {begun}, and a new price would change the months from then on: {rule}"


def chosen(row: TableRow, records: Collection[Record]) -> Record | str:
    """Return the one record of a model that fits the row, or the reason why there is none."""
    provider = row.text("provider")
    fitting = [r for r in records if not provider or r.get("provider") in {None, provider}]
    if not fitting:
        others = ", ".join(sorted({str(r["provider"]) for r in records}))
        return f"the list has it from {others}, not from {provider}"
    first = fitting[0]
    if any(first.get(f) != other.get(f) for other in fitting for f in (*PRICES, "currency")):
        return "the list has it at several prices, and the row does not say from whom"
    return first


def stale(row: TableRow, record: Record) -> str | None:
    """Return the reason if the row is newer than the record, or in another currency."""
    ours, theirs = record.get("as_of"), row.day("as_of")
    if isinstance(ours, datetime.date) and theirs and theirs > ours:
        return f"it is as of {theirs}, and the list only of {ours}"
    currency = record.get("currency")
    if "currency" in row.columns and currency and row.text("currency").upper() != currency:
        return f"its currency is {row.text('currency') or 'blank'}, and the list has {currency}"
    return None


def edited(row: TableRow, known: Collection[Record]) -> str | None:
    """Return the reason if a row that names our list has a price the list never had."""
    for field in (f for f in PRICES if f in row.columns):
        cell, held = row.cells.get(field), row.held(field)
        listed = [record[field] for record in known if field in record]
        if cell and cell.formula is not None:
            continue
        if listed and not any(same(held, price) for price in listed):
            shown = "blank" if held is None else row.text(field)
            return (
                f"its {row.columns[field][1].field.replace('_', ' ')} is {shown}, which "
                f"{row.text('source')} is not known to have listed: it was edited by hand; "
                "clear its source to have it refreshed"
            )
    return None


def origin(source: object) -> str:
    """Return the name of a price list without its version.

    >>> origin("genai-prices 0.2.3")
    'genai-prices'
    """
    return re.split(r"\s+v?\d", str(source or "").strip().lower(), maxsplit=1)[0]


def same(held: Value, plain: Plain) -> bool:
    """Say whether a cell holds what a record says.

    >>> same(0.1 + 0.2, 0.3), same(None, 0.0)
    (True, False)
    """
    if isinstance(held, float) and isinstance(plain, float):
        return math.isclose(held, plain, rel_tol=1e-9)
    return held is None and plain is None


def cell_reason(
    column: Column, cell: Cell | None, held: Value, record: Record, ours: bool = False
) -> str | None:
    """Return the reason if a price cell of a row that may change must not.

    In a row of `ours`, what it held was of the price before, and goes with it.
    """
    new = record.get(column.field)
    if cell is not None and cell.formula is not None:
        return "it is a formula"
    if held is not None and not isinstance(held, float):
        return f"it holds {held!r}, which is no number"
    if new is None:
        gone = held is None or (ours and column.field in record)
        return None if gone else "the list has no such price"
    currency = record.get("currency")
    if column.currency and currency and column.currency != currency:
        return f"its column is in {column.currency}, and the list in {currency}"
    if held is not None and _wild(held, new):
        return f"it would go from {held:g} to {new:g}, too far for the same unit"
    return None


def _wild(old: float, new: Plain) -> bool:
    if not isinstance(new, float) or old == new:
        return False
    return old <= 0 or new <= 0 or not 1 / WILD <= new / old <= WILD
