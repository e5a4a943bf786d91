"""Rows of a small table that people keep, in a CSV or a workbook, in English or German."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from workbooks import numerals
from workbooks.clock import MONTH_NAMES
from workbooks.headings import twin
from workbooks.prices.offers import DoubtfulError, FeedError
from workbooks.prices.sheet.amounts import MINUS, decimal_mark, read_number
from workbooks.prices.sheet.files import Sheet, Value, open_sheets
from workbooks.prices.sheet.units import currency_in


class ActualsError(ValueError):
    """Actuals cannot be compared; the message says what to change, in one sentence."""


WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "month": ("month", "monat", "abrechnungsmonat", "leistungsmonat", "billing month"),
        "model": ("model", "modell"),
        "tokens": (
            *("tokens", "token", "anzahl token", "anzahl tokens", "tokens gesamt"),
            *("token gesamt", "total tokens", "gesamttoken", "gesamttokens"),
        ),
        "cost": (
            *("cost", "kosten", "betrag", "amount", "netto", "net", "nettobetrag", "net amount"),
            *("betrag netto", "kosten netto", "netto kosten", "net cost"),
        ),
        "requests": ("requests", "anfragen", "aufrufe"),
        "cached_tokens": ("cached tokens", "cache token", "cache tokens", "token aus cache"),
        "output_tokens": ("output tokens", "ausgabe token", "ausgabetoken", "ausgabe tokens"),
        "currency": ("currency", "währung", "waehrung"),
        "rate": ("rate", "kurs", "wechselkurs", "exchange rate", "umrechnungskurs"),
        "item": ("item", "position", "posten", "bezeichnung", "description", "beschreibung"),
        "line": ("line", "cost line", "kostenart", "konto", "account"),
        "basis": ("basis", "grundlage"),
        "engine": ("engine", "pool", "gpu pool"),
        "workload": ("workload", "arbeitslast", "anwendung"),
    }
)
"""What the columns are called; an underscore or a hyphen is a blank."""
MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])(-\d\d)?")
GERMAN_MONTH = re.compile(r"(?:\d{1,2}\.)?(0?[1-9]|1[0-2])\.(20\d\d)")
NAMED_MONTH = re.compile(r"([a-zä]{3})[a-zä]*\.? (20\d\d)")
IN_MONEY = re.compile(
    r"(.*?\w)(?:[ ,/:]+|[ ,/:]*[(\[] ?)(?:in )?(us\$|[€$£]|euros?|dollars?|[a-z]{3}) ?[)\]]?"
)
"""A heading with the currency that its amounts are in: Betrag (EUR), cost in USD."""
MONEY = re.compile(r"[€$£]|\b(?:EUR|USD|GBP|CHF)\b")
CODES = {"€": "EUR", "$": "USD", "£": "GBP"}
AMOUNT = re.compile(r"(?!\d{1,2}\.20\d\d$)[\d.,eE+]+")  # 11.2026 has no decimals
LARGEST = 1e15
HEAD_BYTES, MOST_LINES = 4096, 3


def column_of(heading: str) -> str:
    """Return the column that a heading means, or the heading in small letters.

    >>> column_of("Währung"), column_of("Output-Tokens"), column_of("Rabatt")
    ('currency', 'output_tokens', 'rabatt')
    >>> column_of("Betrag (EUR)"), column_of("Kosten in €"), column_of("Rabatt (EUR)")
    ('cost', 'cost', 'rabatt (eur)')
    """
    plain = _plain(heading)
    if in_money(heading)[0] in WORDS["cost"]:
        return "cost"
    return next((name for name, words in WORDS.items() if plain in words), heading.strip().lower())


def _plain(heading: str) -> str:
    return re.sub(r"[\s_-]+", " ", heading).strip().casefold()


def in_money(heading: str) -> tuple[str, str]:
    """Return a heading without the currency that its amounts are in, and that currency.

    >>> in_money("Price per hour (EUR)"), in_money("cost in US$"), in_money("Cost net")
    (('price per hour', 'EUR'), ('cost', 'USD'), ('cost net', ''))
    """
    found = IN_MONEY.fullmatch(_plain(heading))
    code = _code(found[2], heading) if found else ""
    return (found[1], code) if found and code else (_plain(heading), "")


def _code(text: str, place: str) -> str:
    """Return the code of the currency that a text names; blank where it names none."""
    try:
        return currency_in(text)[0]
    except DoubtfulError as error:
        raise ActualsError(f"{place}: {text!r}: {error}") from None


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, and where it stands."""

    place: str
    cells: Mapping[str, Value]
    marks: Mapping[str, str]
    """Decimal mark of each column, or of the file."""
    heading: str = ""
    """What stands above its cost, which may name a currency."""
    stray: str = ""
    """What stands in it below no heading."""

    def text(self, name: str) -> str:
        """Return a cell as text."""
        held = self.cells.get(name)
        return f"{held:f}" if isinstance(held, Decimal) else str(held or "").strip()

    def number(self, name: str, least: float = 0.0) -> float:
        """Return a number; nan for a blank."""
        if (held := self.cells.get(name)) in (None, ""):
            return math.nan
        value = numerals.number(held) if isinstance(held, Decimal) else self._read(name)
        if not least <= value <= LARGEST:
            rule = "a number" if least else "a number of at least 0"
            raise ActualsError(f"{self.place}: {name} is {self.text(name)!r}; it must be {rule}")
        return value

    def _read(self, name: str) -> float:
        text = re.sub(r"\s", "", MONEY.sub("", self.text(name))).replace(MINUS, "-")
        sign, digits = (-1, text[1:]) if text.startswith("-") else (1, text)
        try:
            return sign * float(read_number(digits, self.marks.get(name, "")))
        except DoubtfulError as error:
            if " may be " in str(error):
                raise ActualsError(f"{self.place}: {name}: {error}") from None
            return math.nan

    def currency(self, column: str = "currency", cost: str = "cost", above: str = "") -> str:
        """Return the currency of a row: that of its column, of the sign at a cost, or above it.

        Raises
        ------
        ActualsError
            If they say two.
        """
        told, sign = self.text(column), MONEY.search(self.text(cost))
        heading = in_money(above or self.heading)[1]
        codes = (_code(told, self.place) or told.upper(), sign and _code(sign[0], self.place))
        said = list(dict.fromkeys(filter(None, (*codes, heading))))
        if len(said) > 1:
            both = f"{self.place}: the cost is said to be in {' and '.join(said)}"
            raise ActualsError(f"{both}; give one amount, in the currency that was paid")
        return said[0] if said else ""

    def month(self) -> datetime.date:
        """Return the first day of the month of a row."""
        held = self.cells.get("month")
        if isinstance(held, datetime.date):
            return held.replace(day=1)
        text = self.text("month")
        if found := MONTH.fullmatch(text):
            return datetime.date(int(found[1]), int(found[2]), 1)
        if found := GERMAN_MONTH.fullmatch(text):
            return datetime.date(int(found[2]), int(found[1]), 1)
        if found := NAMED_MONTH.fullmatch(text.casefold()):
            named = (n for n, name in enumerate(MONTH_NAMES, 1) if re.fullmatch(name, found[1]))
            if number := next(named, 0):
                return datetime.date(int(found[2]), number, 1)
        rule = "it must be written like 2026-09"
        raise ActualsError(f"{self.place}: month is {text!r}; {rule}")


class Table(NamedTuple):
    """The rows of a file below its headings."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    hidden: str = ""
    """How many rows and columns of its sheet are hidden, in words; they are read."""

    def check(self, required: Collection[str], optional: Collection[str]) -> None:
        """Refuse a column that is not known, one that is lacking, cells below none, and no rows.

        Raises
        ------
        ActualsError
            With the file and the column.
        """
        known = (*required, *optional)
        if unknown := [each for each in self.columns if each not in known and each]:
            rule = f"it may have {', '.join(known)}"
            raise ActualsError(f"{self.name} has a column {unknown[0]!r}; {rule}")
        if lacking := [each for each in required if each not in self.columns]:
            raise ActualsError(f"{self.name} has no column {lacking[0]!r}")
        if twice := twin(self.columns):
            raise ActualsError(f"{self.name} has two columns {twice!r}; keep one")
        if not self.rows:
            raise ActualsError(f"{self.name} has no rows")
        if stray := next((row for row in self.rows if row.stray), None):
            rule = "give its column one, or take it out"
            raise ActualsError(f"{stray.place}: {stray.stray!r} stands below no heading; {rule}")


def table(path: Path) -> Table:
    """Return the first table of a CSV or a workbook: headings, and the rows below them.

    Raises
    ------
    ActualsError
        If it cannot be read.
    """
    try:
        sheets = open_sheets(path.name, path.read_bytes())
    except OSError as error:
        raise ActualsError(f"{path} cannot be read: {error.strerror}") from None
    except FeedError as error:
        raise ActualsError(str(error)) from None
    filled = [sheet for sheet in sheets if any(any(row) for row in sheet.rows)]
    if not filled:
        raise ActualsError(f"{path.name} has no rows")
    if len(filled) > 1:
        told = f"tables on the sheets {', '.join(sheet.name for sheet in filled)}"
        raise ActualsError(f"{path.name} has {told}; keep one of them")
    return table_of(filled[0])


def headings(path: Path) -> set[str]:
    """Return the columns that the first filled row of a file names; none of what is no table.

    Raises
    ------
    ActualsError
        If it cannot be read.
    """
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise ActualsError(f"{path} cannot be read: {error.strerror}") from None
    try:
        if head.startswith(b"PK"):
            head = path.read_bytes()
        else:
            head = b"\n".join(head.split(b"\n")[:MOST_LINES])
        sheets = open_sheets(path.name, head)
    except (FeedError, OSError):
        return set()
    first = next((row for sheet in sheets for row in sheet.rows if any(row)), [])
    return {column_of(str(cell)) for cell in first if cell}


def table_of(sheet: Sheet) -> Table:
    """Return the table of a sheet, whose first filled row has its headings.

    Raises
    ------
    ActualsError
        If a row has more cells than headings.
    """
    top, head = next((at, row) for at, row in enumerate(sheet.rows) if any(row))
    texts = [str(cell or "") for cell in head]
    columns = tuple(map(column_of, texts))
    above = texts[columns.index("cost")] if "cost" in columns else ""
    held = [(at, row) for at, row in enumerate(sheet.rows) if at > top and any(_filled(row))]
    marks = _marks(columns, [row for _, row in held])
    where = f"sheet {sheet.name}, row" if sheet.name else "line"
    rows = []
    for at, row in held:
        place = f"{sheet.file}, {where} {at + 1}"
        if any(_filled(row[len(columns) :])):
            said = f"{place}: {len(row)} cells stand below {len(columns)} headings"
            raise ActualsError(f"{said}; put a number or name that holds the separator in quotes")
        cells = dict(zip(columns, row, strict=False))
        stray = (str(cell) for name, cell in zip(columns, row, strict=False) if cell and not name)
        rows.append(Row(place, cells, marks, above, " ".join(stray)))
    return Table(sheet.file, columns, tuple(rows), sheet.away.told())


def _filled(row: Sequence[Value]) -> Iterator[bool]:
    return (cell not in (None, "") for cell in row)


def _marks(columns: Sequence[str], rows: Sequence[Sequence[Value]]) -> Mapping[str, str]:
    """Return the decimal mark of each column; where it is open, that of the whole file."""
    found = {}
    for at, name in enumerate(columns):
        cells = [row[at] for row in rows if at < len(row) and isinstance(row[at], str)]
        texts = [re.sub(r"[\s-]", "", MONEY.sub("", str(cell))) for cell in cells]
        try:
            found[name] = decimal_mark(text for text in texts if AMOUNT.fullmatch(text))
        except DoubtfulError:
            found[name] = ""
    said = set(filter(None, found.values()))
    file = said.pop() if len(said) == 1 else ""
    return {name: mark or file for name, mark in found.items()}
