"""Closed months as they were billed, in a table that the next month-end goes on from."""

from __future__ import annotations

import csv
import datetime
import io
import math
from collections.abc import Iterator, Sequence

from workbooks.plan.monthend.bills import OPTIONAL, REQUIRED, Bill
from workbooks.printable import cell_text

COLUMNS = (*REQUIRED, *OPTIONAL)


def merged(kept: Sequence[Bill], new: Sequence[Bill], closed: datetime.date) -> list[Bill]:
    """Return the bills up to a month; a month that is billed anew stands in place of the old."""
    again = {each.month for each in new}
    old = [each for each in kept if each.month not in again]
    return sorted(
        (each for each in (*old, *new) if each.month <= closed), key=lambda each: each.month
    )


def written(bills: Sequence[Bill]) -> bytes:
    """Return bills as the plain table that reads back as the same bills."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_cells(bill) for bill in bills)
    return text.getvalue().encode()


def _cells(bill: Bill) -> Iterator[str]:
    known = bill.tokens > 0 and not bill.other_tokens
    cells = {
        "month": f"{bill.month:%Y-%m}",
        "model": cell_text(bill.model),
        "tokens": _number(bill.tokens),
        "cost": _number(bill.billed),
        "requests": _number(bill.requests),
        "cached_tokens": _number(bill.cached_tokens) if known else "",
        "output_tokens": _number(bill.output_tokens) if known else "",
        "currency": bill.currency,
        "rate": _number(bill.rate),
        "basis": bill.basis,
    }
    return (cells[column] for column in COLUMNS)


def _number(value: float) -> str:
    return "" if math.isnan(value) else repr(value).removesuffix(".0")
