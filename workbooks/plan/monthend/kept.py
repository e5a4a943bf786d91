"""Closed months as they were billed, in a table or receipts: the next month-end goes on from it."""

from __future__ import annotations

import csv
import datetime
import io
import math
from collections.abc import Iterable, Iterator, Sequence

from workbooks.folder.receipts import Line, Receipt
from workbooks.folder.standing import BILL
from workbooks.plan.monthend.bills import OPTIONAL, REQUIRED, Bill, bill
from workbooks.plan.monthend.tabular import Row
from workbooks.printable import cell_text

COLUMNS = (*REQUIRED, *OPTIONAL)
TEXTS = ("month", "model", "currency", "basis", "engine", "workload", "item")
POINTS = dict.fromkeys(COLUMNS, ".")


def merged(kept: Sequence[Bill], new: Sequence[Bill], closed: datetime.date) -> list[Bill]:
    """Return the bills up to a month; a month that is billed anew stands in place of the old."""
    again = {each.month for each in new}
    old = [each for each in kept if each.month not in again]
    return sorted(
        (each for each in (*old, *new) if each.month <= closed), key=lambda each: each.month
    )


def closed_until(kept: Iterable[Bill], closed: datetime.date) -> datetime.date:
    """Return the last closed month: one that is closed anew opens none of those after it."""
    return max((closed, *(each.month for each in kept)))


def lines(bills: Iterable[Bill]) -> list[Line]:
    """Return bills as lines of a receipt."""
    return [{"table": BILL, **dict(_line(each))} for each in bills]


def _line(billed: Bill) -> Iterator[tuple[str, object]]:
    """Yield the cells with numbers as numbers: a credit is no text that begins with a minus."""
    for name, text in zip(COLUMNS, _cells(billed), strict=True):
        yield name, float(text) if text and name not in TEXTS else text


def received(receipts: Iterable[Receipt]) -> list[Bill]:
    """Return the bills that receipts have; a month that is closed again counts once.

    Raises
    ------
    ActualsError
        If a line is no bill.
    """
    found: list[Bill] = []
    for receipt in receipts:
        new = [bill(Row(receipt.name, line, POINTS)) for line in receipt.of(BILL)]
        found = merged(found, new, datetime.date.max)
    return found


def written(bills: Sequence[Bill]) -> bytes:
    """Return bills as the plain table that reads back as the same bills."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_cells(each) for each in bills)
    return text.getvalue().encode()


def _cells(billed: Bill) -> Iterator[str]:
    known = billed.tokens > 0 and not billed.other_tokens
    cells = {
        "month": f"{billed.month:%Y-%m}",
        "model": cell_text(billed.model),
        "tokens": _number(billed.tokens),
        "cost": _number(billed.billed),
        "requests": _number(billed.requests),
        "cached_tokens": _number(billed.cached_tokens) if known else "",
        "output_tokens": _number(billed.output_tokens) if known else "",
        "currency": billed.currency,
        "rate": _number(billed.rate),
        "basis": billed.basis,
        **{name: cell_text(getattr(billed, name)) for name in ("engine", "workload", "item")},
    }
    return (cells[column] for column in COLUMNS)


def _number(value: float) -> str:
    return "" if math.isnan(value) else repr(value).removesuffix(".0")
