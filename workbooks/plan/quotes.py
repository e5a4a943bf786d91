"""Quotes for rented accelerators, as lines of a receipt: what they say stands over the table."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from workbooks import tables
from workbooks.folder.receipts import Line
from workbooks.plan.monthend.tabular import ActualsError, Row, headings, in_money, table

WORDS = {
    "hardware": ("gpu", "hardware", "accelerator", "beschleuniger", "karte"),
    "rent": (
        *("price per hour", "price per gpu hour", "per gpu hour", "rent per gpu hour"),
        *("preis je stunde", "preis pro stunde", "preis je gpu und stunde"),
    ),
    "currency": ("currency",),
    "term": ("term", "laufzeit"),
}
"""What the columns are called: the accelerator, the price of one of it for an hour, and so on."""


def is_quote(path: Path) -> bool:
    """Say whether a file is a table of rents, by its headings."""
    try:
        return {"hardware", "rent"} <= _roles(headings(path)).keys()
    except ActualsError:
        return False


def quote_lines(path: Path, day: date) -> list[Line]:
    """Return a line for each accelerator: its rent is the quote, whatever providers ask.

    Raises
    ------
    ActualsError
        With the place, the value and the rule; also for a column that would not be used.
    """
    found = table(path)
    roles = _roles(found.columns)
    if unused := [each for each in found.columns if each and each not in roles.values()]:
        rule = f"it may have {', '.join(WORDS)}"
        raise ActualsError(f"{found.name} has a column {unused[0]!r} that nothing uses; {rule}")
    return [_line(row, roles, found.name, day) for row in found.rows]


def _roles(columns: Iterable[str]) -> dict[str, str]:
    return {
        role: each
        for each in columns
        for role, known in WORDS.items()
        if in_money(each)[0] in known
    }


def _line(row: Row, roles: dict[str, str], name: str, day: date) -> Line:
    try:
        hardware = tables.accelerator(row.text(roles["hardware"])).hardware
    except LookupError as error:
        raise ActualsError(f"{row.place}: {error.args[0]}") from None
    rent = row.number(roles["rent"])
    currency = row.currency(roles.get("currency", ""), roles["rent"], roles["rent"])
    if math.isnan(rent) or rent <= 0:
        held = row.text(roles["rent"])
        raise ActualsError(f"{row.place}: the price is {held!r}; it must be a number above 0")
    if not currency:
        raise ActualsError(f"{row.place}: no currency is named; add a column currency")
    term = row.text(roles.get("term", ""))
    return {
        **{"table": "hardware", "hardware": hardware, "rent_currency": currency},
        **{f"rent_{end}_per_gpu_hour": rent for end in ("low", "base", "high")},
        **{"rent_source": f"your quote {name}{', ' * bool(term)}{term}", "rent_as_of": day},
    }
