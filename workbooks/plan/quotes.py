"""Quotes for rented accelerators, as lines of a receipt: what they say stands over the table."""

from __future__ import annotations

import math
from collections.abc import Collection
from datetime import date
from pathlib import Path

from workbooks import tables
from workbooks.folder.receipts import Line
from workbooks.plan.headed import Headed, headed
from workbooks.plan.monthend.tabular import ActualsError, Row

ROLES = {
    "hardware": "gpu|hardware|accelerator|beschleuniger|karte",
    "rent": r"(?:price |rent )?per (?:gpu )?hour|preis (?:je|pro) stunde|preis je gpu und stunde",
    "currency": "currency|währung",
    "term": "term|laufzeit",
}
"""What the columns are called: the accelerator, the price of one of it for an hour, and so on."""


def read_rents(path: Path) -> Headed | None:
    """Return the table of rents in a file; None where it has none."""
    return headed(path, ROLES, "hardware", "rent")


def rent_lines(
    quote: Headed, day: date, leave_out: Collection[str]
) -> tuple[list[Line], list[str]]:
    """Return a line for each accelerator, and what nothing uses.

    Its rent is the quote, whatever providers ask.

    Raises
    ------
    ActualsError
        With the place, the value and the rule; also of a date, minimum or discount that nothing
        uses, until it is said that they may be left out.
    """
    quote.refuse_unused(leave_out)
    return [_line(row, quote, day) for row in quote.rows], quote.unused


def _line(row: Row, quote: Headed, day: date) -> Line:
    try:
        hardware = tables.accelerator(row.text(quote.named)).hardware
    except LookupError as error:
        raise ActualsError(f"{row.place}: {error.args[0]}") from None
    rent = row.number(quote.amount)
    currency = row.currency(quote.roles.get("currency", ""), quote.amount, quote.amount)
    if math.isnan(rent) or rent <= 0:
        held = row.text(quote.amount)
        raise ActualsError(f"{row.place}: the price is {held!r}; it must be a number above 0")
    if not currency:
        raise ActualsError(f"{row.place}: no currency is named; add a column currency")
    term = row.text(quote.roles.get("term", ""))
    return {
        **{"table": "hardware", "hardware": hardware, "rent_currency": currency},
        **{f"rent_{end}_per_gpu_hour": rent for end in ("low", "base", "high")},
        **{"rent_source": f"your quote {quote.table.name}{', ' * bool(term)}{term}"},
        "rent_as_of": day,
    }
