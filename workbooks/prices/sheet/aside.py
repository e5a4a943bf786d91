"""What a price sheet says beside its prices, and what of it nothing has used.

A column that is not read may change what those mean that are: a discount beside a list price, a
minimum, a term, a tax. So every one is named, and one of these kinds stops the import until it is
said that it may be left out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from workbooks.prices.offers import Doubt, DoubtfulError, Offer, shown
from workbooks.prices.sheet.bounds import bound
from workbooks.prices.sheet.cells import DAY, Given, read_day
from workbooks.prices.sheet.ending import part
from workbooks.prices.sheet.files import Sheet, Value
from workbooks.prices.sheet.headings import NAMING, NET, Heading, plain, text
from workbooks.prices.sheet.kinds import CONDITIONS
from workbooks.prices.sheet.units import currency_in, tokens_in

_BUYER = re.compile(r"^\s*(?:kunde|customer|client|bill to|buyer|käufer|an|to)\s*:", re.I)
_BEGINS = re.compile(
    rf"\b(?:gültig|gilt|valid|effective|ab|from)\b(?:(?!\bbis\b|\buntil\b|\bto\b)\D){{0,20}}?({DAY})",
    re.I,
)
_WITHIN = r"(?:mid|mitte|begin|anfang|start|early)"
"""Of a month: then it is not its last day that ends a term."""
_ENDS = re.compile(
    rf"\b(?:bis|until|to|through|ends?)\b(?:(?!\b{_WITHIN})\D){{0,20}}?({DAY})", re.I
)
_LABEL = re.compile(r"[^\d]{2,30}")
ROLES = {
    *("id", "meter", "family", "model", "provider", "unit", "currency", "region", "tier"),
    *("valid_from", "valid_to", "kind", "name", "volume", "modality"),
    *("says", "text", "service", "quantity", "only"),
}
"""What a column may hold, beside prices, and be used."""


class Aside(NamedTuple):
    """What nothing used: where it stands, what it says, of what kind it is, and on which sheet.

    The sheet is named where it has no table of prices at all.
    """

    place: str
    said: str
    kind: str = ""
    sheet: str = ""

    def __str__(self) -> str:
        return f"{self.place} ({self.said})"

    @property
    def way_out(self) -> str:
        """How to say that it changes no price."""
        return f"{self.left_out} says that it changes no price"

    @property
    def left_out(self) -> str:
        """The flag that leaves it out."""
        return f"--leave-out {(self.sheet or self.said)!r}"

    def stops(self, leave_out: Collection[str]) -> bool:
        """Say whether nothing may be written until somebody says that it changes no price."""
        leave = {each.casefold() for each in leave_out}
        return bool(self.kind) and leave.isdisjoint({self.said.casefold(), self.sheet.casefold()})


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
    lists: set[str] = field(default_factory=set)
    """Whose public price list each table is; empty where it is a quote or a contract."""

    @property
    def is_list(self) -> bool:
        """Whether all tables are price lists that everybody pays."""
        return bool(self.lists) and "" not in self.lists


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
                found[name].add(_day(match[1], name == "ends"))
                used.add((row, at))
    if any(len(days) > 1 for days in found.values()):
        return Stated()
    begins, ends = (next(iter(days), None) for days in found.values())
    return Stated(begins, ends, frozenset(used))


def _day(said: str, is_last: bool) -> date:
    try:
        return read_day(said, is_last)
    except DoubtfulError:
        return date.max


def asides(
    sheet: Sheet, heading: Heading, above: range, below: range, given: Given, told: Stated
) -> Iterator[Aside]:
    """Yield every column and every text that is not used, and say which would change prices."""
    body = range(heading.below, below.start)
    yield from _columns(sheet, heading, body)
    yield from _between(sheet, heading, body)
    named = given.provider or heading.first("provider") is not None
    known = range(0) if heading.export else above  # a cloud's preamble is the same for all
    dated = [each.heading for each in heading.prices.values() if each.held.begins or each.held.ends]
    for row, at, words in _texts(sheet, (*known, *below)):
        heads = heading.below - heading.rows <= row < heading.below
        if heads and any(text(sheet.rows[row][at]) in each for each in dated):
            continue  # its days were read with the heading that it is part of
        found = _aside(sheet, row, at, words)
        if (row, at) in told.used:  # its dates are; the rest of what it says may not be
            rest = _aside(sheet, row, at, _ENDS.sub("", _BEGINS.sub("", words)))
            is_used = not rest.kind or (rest.kind == "term" and bool(told.begins and told.ends))
            found = found._replace(kind=rest.kind)
        else:
            is_used = found.kind == "seller" and bool(named)
        if found.kind == "seller" and _BUYER.match(words):
            found = found._replace(kind="")
        if not is_used and (found.kind or row in below or not _is_read(words)):
            yield found


def elsewhere(sheet: Sheet) -> Iterator[Aside]:
    """Yield a sheet that has no table, and what on it would change prices.

    >>> terms = Sheet("a.xlsx", "Terms", [["Minimum: 5,000", "Thank you"]], {}, frozenset())
    >>> [(str(each), each.kind) for each in elsewhere(terms)]
    [('a.xlsx (sheet Terms)', ''), ('a.xlsx, sheet Terms, cell A1 (Minimum: 5,000)', 'minimum')]
    """
    if any(map(any, sheet.rows)):
        yield Aside(sheet.file, f"sheet {sheet.name}", "", sheet.name)
    for row, at, words in _texts(sheet, range(len(sheet.rows))):
        found = _aside(sheet, row, at, words)
        if found.kind and not (found.kind == "seller" and _BUYER.match(words)):
            yield found._replace(sheet=sheet.name)


def commented(sheet: Sheet, alone: bool = False) -> Iterator[Aside]:
    """Yield what is noted at the cells of a sheet; `alone` it has no table of prices."""
    for row, at, words in sheet.comments:
        place = sheet.place(row, at).replace(", cell ", ", comment on cell ")
        yield Aside(place, shown(words), kind_of(words), sheet.name * alone)


def _is_read(words: str) -> bool:
    """Say whether a title says of what its prices are: a currency, a number of tokens, a part."""
    try:
        return bool(currency_in(words)[0] or tokens_in(words) or part(words))
    except DoubtfulError:
        return False


def _columns(sheet: Sheet, heading: Heading, body: range) -> Iterator[Aside]:
    """Yield the columns that are not used; of one without a heading its first cell stands."""
    rows = (*range(heading.below), *body)
    for at in range(max(len(sheet.rows[row]) for row in rows)):
        words = _heading(sheet, heading, at)
        column = heading.columns.get(at)
        if column and (column.role in ROLES or at in heading.prices):
            continue
        if column and column.role == "band" and _are_bands(sheet, at, body):
            continue
        if words:
            found = _aside(sheet, heading.below - 1, at, words)
            yield found._replace(kind="") if _changes_nothing(sheet, heading, at, found) else found
        elif not column:
            filled = (row for row in body if _filled(sheet, row, at))
            held = [_aside(sheet, row, at, text(sheet.rows[row][at])) for row in filled]
            yield from (each for each in held if each.kind or each is held[0])


def _between(sheet: Sheet, heading: Heading, body: range) -> Iterator[Aside]:
    """Yield what rows among the prices say that have none, but for titles of parts."""
    if heading.first("kind") is not None or heading.first("meter") is not None:
        return  # there a row without a price names the model of those below it
    for row in body:
        if not any(_filled(sheet, row, at) for at in heading.prices):
            for _, at, words in _texts(sheet, [row]):
                column = heading.columns.get(at)
                found = _aside(sheet, row, at, words)
                if column and column.role not in NAMING:
                    found = found._replace(kind="")
                if column and not part(words):
                    yield found


def _are_bands(sheet: Sheet, at: int, body: range) -> bool:
    """Say whether every cell of a column is a size of prompts that its row's prices hold for."""
    said = (text(sheet.rows[row][at]).casefold() for row in body if _filled(sheet, row, at))
    return not any(bound(each).rest.strip() for each in said)


def _filled(sheet: Sheet, row: int, at: int) -> bool:
    return at < len(sheet.rows[row]) and sheet.rows[row][at] is not None


def _changes_nothing(sheet: Sheet, heading: Heading, at: int, found: Aside) -> bool:
    """Say whether a column is empty, or a discount that the net prices beside it have already."""
    rows = sheet.rows[heading.below :]
    is_empty = not any(len(row) > at and row[at] is not None for row in rows)
    are_net = any(NET.search(plain(column.heading)) for column in heading.prices.values())
    return is_empty or (found.kind == "discount" and are_net)


def _aside(sheet: Sheet, row: int, at: int, words: str) -> Aside:
    is_labelled = isinstance(sheet.rows[row][at], Decimal)  # what stands before it says the kind
    return Aside(sheet.place(row, at), shown(words), "" if is_labelled else kind_of(words))


def kind_of(words: str) -> str:
    """Return what kind of thing some words say that changes prices; blank for none of them."""
    return next((name for name, pattern in CONDITIONS.items() if pattern.search(words)), "")


def _heading(sheet: Sheet, heading: Heading, at: int) -> str:
    """Return the heading of a column, whose last row it is that has one."""
    row = sheet.rows[heading.below - 1]
    return text(row[at]) if at < len(row) else ""


def _texts(sheet: Sheet, beside: Sequence[int]) -> Iterator[tuple[int, int, str]]:
    """Yield the texts of some rows; a label is read with the value beside it, and not alone."""
    for row in beside:
        label, alone = "", None
        for at, cell in enumerate(sheet.rows[row][:30]):
            if words := text(cell):
                is_label, is_value = _LABEL.fullmatch(words), label and ":" not in words
                if alone and not is_value:
                    yield alone
                found = row, at, f"{label}: {words}" if is_value else words
                alone = found if is_label and not is_value else None
                if not alone:
                    yield found
                label = words.rstrip(": ") if is_label else ""
        if alone:
            yield alone
