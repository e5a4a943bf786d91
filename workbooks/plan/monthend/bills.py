"""What was billed, by month and model, and the small plain CSV that says it."""

from __future__ import annotations

import csv
import datetime
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from workbooks import numerals
from workbooks.headings import twin

REQUIRED = ("month", "model", "tokens", "cost")
OPTIONAL = ("requests", "cached_tokens", "output_tokens", "currency", "rate")
MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])(-\d\d)?")
LARGEST = 1e15
BILLED, SPREAD, LISTED = "billed", "billed, spread", "list price"


class ActualsError(ValueError):
    """Actuals cannot be compared; the message says what to change, in one sentence."""


@dataclass(frozen=True, slots=True)
class Bill:
    """Tokens and cost of one model in one month; nan is not known."""

    month: datetime.date
    model: str
    input_tokens: float
    cached_tokens: float
    output_tokens: float
    other_tokens: float
    """Of a kind that is not told."""
    billed: float
    requests: float = math.nan
    currency: str = ""
    """Blank: the currency of the plan."""
    rate: float = math.nan
    """Booked exchange rate to the currency of the plan."""
    basis: str = BILLED

    @property
    def tokens(self) -> float:
        """Tokens of every kind."""
        return self.input_tokens + self.cached_tokens + self.output_tokens + self.other_tokens


def is_plain(path: Path) -> bool:
    """Say whether a file is the plain CSV rather than an export.

    Raises
    ------
    ActualsError
        If it cannot be read.
    """
    try:
        with path.open("rb") as file:
            line = file.readline(4096).decode("utf-8-sig", "replace")
    except OSError as error:
        raise ActualsError(f"{path} cannot be read: {error.strerror}") from None
    return set(REQUIRED) <= {name.strip().lower() for name in re.split("[,;\t]", line)}


def plain(path: Path) -> list[Bill]:
    """Read a plain CSV: month, model, tokens, cost, and what else of `OPTIONAL` is known.

    Raises
    ------
    ActualsError
        With the file, the line, the value and the rule.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise ActualsError(f"{path} cannot be read: {why}") from None
    head = text.partition("\n")[0]
    parted = max(",;\t", key=head.count)
    rows = csv.reader(text.splitlines(), delimiter=parted)
    names = [name.strip().lower() for name in next(rows, [])]
    if unknown := [each for each in names if each not in (*REQUIRED, *OPTIONAL)]:
        known = ", ".join((*REQUIRED, *OPTIONAL))
        raise ActualsError(f"{path.name} has a column {unknown[0]!r}; it may have {known}")
    if lacking := [each for each in REQUIRED if each not in names]:
        raise ActualsError(f"{path.name} has no column {lacking[0]!r}")
    if twice := twin(names):
        raise ActualsError(f"{path.name} has two columns {twice!r}; keep one")
    found = [
        _row(f"{path.name}, line {rows.line_num}", names, row, parted).bill()
        for row in rows
        if any(cell.strip() for cell in row)
    ]
    if not found:
        raise ActualsError(f"{path.name} has no rows")
    return found


def _row(place: str, names: list[str], row: list[str], parted: str) -> _Row:
    if any(cell.strip() for cell in row[len(names) :]):
        rule = f"put a number or name that holds {parted!r} in quotes"
        raise ActualsError(f"{place}: {len(row)} cells stand below {len(names)} headings; {rule}")
    return _Row(place, dict(zip(names, row, strict=False)), parted != ",")


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of a plain CSV, and where it stands."""

    place: str
    cells: Mapping[str, str]
    decimal_comma: bool

    def text(self, name: str) -> str:
        return self.cells.get(name, "").strip()

    def number(self, name: str, least: float = 0.0) -> float:
        """Return a number; nan for a blank."""
        text = self.text(name).replace(" ", "")
        if not text:
            return math.nan
        value = numerals.number(text.replace(",", ".") if self.decimal_comma else text)
        if not least <= value <= LARGEST:
            rule = "a number" if least else "a number of at least 0"
            raise ActualsError(f"{self.place}: {name} is {text!r}; it must be {rule}")
        return value

    def month(self) -> datetime.date:
        text = self.text("month")
        if not (found := MONTH.fullmatch(text)):
            rule = "it must be written like 2026-09"
            raise ActualsError(f"{self.place}: month is {text!r}; {rule}")
        return datetime.date(int(found[1]), int(found[2]), 1)

    def kinds(self) -> tuple[float, float, float, float]:
        """Return input, cached, output and other tokens; all are other where kinds are unknown."""
        tokens = self.number("tokens")
        tokens = 0.0 if math.isnan(tokens) else tokens
        cached, output = self.number("cached_tokens"), self.number("output_tokens")
        if np.nansum([cached, output]) > tokens:
            raise ActualsError(f"{self.place}: cached and output tokens are more than tokens")
        if math.isnan(cached + output):
            return 0.0, 0.0, 0.0, tokens
        return tokens - cached - output, cached, output, 0.0

    def bill(self) -> Bill:
        if not self.text("model"):
            raise ActualsError(f"{self.place}: model is blank; name the model, or what was billed")
        cost, rate = self.number("cost", -LARGEST), self.number("rate")
        if math.isnan(cost):
            raise ActualsError(f"{self.place}: cost is blank; it must be a number")
        if rate == 0:
            raise ActualsError(f"{self.place}: rate is 0; it must be more than 0")
        requests, currency = self.number("requests"), self.text("currency").upper()
        model = self.text("model")
        return Bill(self.month(), model, *self.kinds(), cost, requests, currency, rate)
