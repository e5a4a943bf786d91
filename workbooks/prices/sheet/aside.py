"""What a price sheet says beside its prices, and what of it nothing has used.

A column that is not read may change what those mean that are: a discount beside a list price, a
minimum, a term. So every one is named, and one of these kinds stops the import until it is said
that it may be left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from workbooks.prices.offers import Doubt, DoubtfulError, Offer, shown
from workbooks.prices.sheet.cells import Given, read_day
from workbooks.prices.sheet.files import Sheet, Value
from workbooks.prices.sheet.headings import NET, Heading, plain, text

_DAY = r"\d{1,2}\.\d{1,2}\.\d{4}|\d{4}-\d\d-\d\d"
KINDS = {
    "discount": re.compile(r"\b(?:discounts?|rebate|savings?|rabatt\w*|nachlass|skonto)\b", re.I),
    "minimum": re.compile(r"\b(?:minimum|min\.|commit\w*|mindest\w*|abnahme\w*|pre-?paid)\b", re.I),
    "term": re.compile(
        r"\b(?:contract term|term|duration|notice|laufzeit|kündig\w*|frist)\b", re.I
    ),
    "date": re.compile(rf"(?<![\d.])(?:{_DAY})(?![\d.])"),
    "seller": re.compile(
        r"\b(?:GmbH|mbH|AG|SE|KG|Inc|LLC|Ltd|Corp|S\.?A\.?S?|B\.?V|Oy|AB)\b\.?"
        r"|^(?:vendor|seller|supplier|provider|anbieter|lieferant|verkäufer)\s*:",
    ),
}
_BUYER = re.compile(r"^\s*(?:kunde|customer|client|bill to|buyer|käufer|an|to)\s*:", re.I)
_BEGINS = re.compile(
    rf"\b(?:gültig|gilt|valid|effective|ab|from)\b(?:(?!\bbis\b|\buntil\b|\bto\b)\D){{0,20}}?({_DAY})",
    re.I,
)
_ENDS = re.compile(rf"\b(?:bis|until|to|through|ends?)\b\D{{0,20}}?({_DAY})", re.I)
_LABEL = re.compile(r"[^\d]{2,30}")
ROLES = {
    *("id", "meter", "family", "model", "provider", "unit", "currency", "region", "tier"),
    *("valid_from", "valid_to", "kind", "name", "volume"),
    *("says", "text", "service", "quantity", "only"),
}
"""What a column may hold, beside prices, and be used."""


class Aside(NamedTuple):
    """A heading that nothing used: where it stands, what it says, and of what kind it is."""

    place: str
    said: str
    kind: str = ""

    def __str__(self) -> str:
        return f"{self.place} ({self.said})"


class Stated(NamedTuple):
    """From when to when the texts above a table say that it holds, and which cells say so."""

    begins: date | None = None
    ends: date | None = None
    used: frozenset[tuple[int, int]] = frozenset()


@dataclass
class SheetRead:
    """All that was found in a file."""

    offers: list[Offer] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    asides: list[Aside] = field(default_factory=list)


def notes(sheet: Sheet, heading: Heading, end: int) -> range:
    """Return the rows below a table: those behind its last price."""
    rows = range(heading.below, end)
    priced = (row for row in rows if any(map(_is_price, _cells(sheet, heading, row))))
    return range(max(priced, default=end - 1) + 1, end)


def _cells(sheet: Sheet, heading: Heading, row: int) -> Iterator[Value]:
    cells = sheet.rows[row]
    return (cells[at] for at in heading.prices if at < len(cells))


def _is_price(cell: Value) -> bool:
    return isinstance(cell, Decimal) or bool(re.match(r"\W*\d", text(cell) if cell else ""))


def stated(sheet: Sheet, beside: Sequence[int]) -> Stated:
    """Return the term that texts beside a table tell; nothing where they contradict each other.

    Examples
    --------
    >>> rows = [["Gültig ab: 01.12.2026", None, "Gültig bis: 30.11.2027"], ["Modell", "Preis"]]
    >>> stated(Sheet("a.csv", "", rows, {}, frozenset()), range(1))[:2]
    (datetime.date(2026, 12, 1), datetime.date(2027, 11, 30))
    """
    found: dict[str, set[date]] = {"begins": set(), "ends": set()}
    used = set()
    for row, at, cell in _texts(sheet, beside):
        for name, pattern in (("ends", _ENDS), ("begins", _BEGINS)):
            for match in pattern.finditer(cell):
                found[name].add(_day(match[1]))
                used.add((row, at))
    if any(len(days) > 1 for days in found.values()):
        return Stated()
    begins, ends = (next(iter(days), None) for days in found.values())
    return Stated(begins, ends, frozenset(used))


def _day(said: str) -> date:
    try:
        return read_day(said)
    except DoubtfulError:
        return date.max


def asides(
    sheet: Sheet, heading: Heading, above: range, below: range, given: Given, told: Stated
) -> Iterator[Aside]:
    """Yield every column and every note that is not used, and what above would change prices."""
    width = max(len(sheet.rows[row]) for row in range(heading.below))
    for at in range(width):
        words = _heading(sheet, heading, at)
        column = heading.columns.get(at)
        if words and not (column and (column.role in ROLES or at in heading.prices)):
            found = _aside(sheet, heading.below - 1, at, words)
            yield found._replace(kind="") if _changes_nothing(sheet, heading, at, found) else found
    named = given.provider or heading.first("provider") is not None
    known = range(0) if heading.export else above  # a cloud's preamble is the same for all
    for row, at, words in _texts(sheet, (*known, *below)):
        found = _aside(sheet, row, at, words)
        if (row, at) in told.used:  # its dates are; the rest of what it says may not be
            rest = _aside(sheet, row, at, _ENDS.sub("", _BEGINS.sub("", words)))
            is_used = not rest.kind or (rest.kind == "term" and bool(told.begins and told.ends))
            found = found._replace(kind=rest.kind)
        else:
            is_used = found.kind == "seller" and bool(named)
        if found.kind == "seller" and _BUYER.match(words):
            found = found._replace(kind="")
        if not is_used and (found.kind or row in below):
            yield found


def _changes_nothing(sheet: Sheet, heading: Heading, at: int, found: Aside) -> bool:
    """Say whether a column is empty, or a discount that the net prices beside it have already."""
    rows = sheet.rows[heading.below :]
    is_empty = not any(len(row) > at and row[at] is not None for row in rows)
    are_net = any(NET.search(plain(column.heading)) for column in heading.prices.values())
    return is_empty or (found.kind == "discount" and are_net)


def _aside(sheet: Sheet, row: int, at: int, words: str) -> Aside:
    kind = next((name for name, pattern in KINDS.items() if pattern.search(words)), "")
    return Aside(sheet.place(row, at), shown(words), kind)


def _heading(sheet: Sheet, heading: Heading, at: int) -> str:
    """Return the heading of a column, whose last row it is that has one."""
    row = sheet.rows[heading.below - 1]
    return text(row[at]) if at < len(row) else ""


def _texts(sheet: Sheet, beside: Sequence[int]) -> Iterator[tuple[int, int, str]]:
    """Yield the texts of some rows; a value beside its label is read with it."""
    for row in beside:
        label = ""
        for at, cell in enumerate(sheet.rows[row][:30]):
            if words := _words(cell):
                yield row, at, f"{label}: {words}" if label and ":" not in words else words
                label = words.rstrip(": ") if _LABEL.fullmatch(words) else ""


def _words(cell: Value) -> str:
    return text(cell) if isinstance(cell, str | date) else ""
