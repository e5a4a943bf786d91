"""Closed months as they were billed, in a table or receipts: the next month-end goes on from it."""

from __future__ import annotations

import csv
import datetime
import io
import math
from collections.abc import Iterable, Iterator, Sequence

from workbooks.folder.receipts import Line, Receipt
from workbooks.folder.standing import BILL
from workbooks.plan.monthend.bills import OPTIONAL, REQUIRED, ActualsError, Bill, bill
from workbooks.plan.monthend.lines import LINES
from workbooks.plan.monthend.tabular import Row
from workbooks.printable import cell_text

COLUMNS = (*REQUIRED, *OPTIONAL)
NAMES = ("engine", "workload", "item", "option")
TEXTS = ("month", "model", "currency", "basis", *NAMES)
POINTS = dict.fromkeys(COLUMNS, ".")


def merged(kept: Sequence[Bill], new: Sequence[Bill], closed: datetime.date) -> list[Bill]:
    """Return the bills up to a month; what is billed anew stands in place of the old."""
    old = [each for each in kept if not _replaced(each, new)]
    return sorted(
        (each for each in (*old, *new) if each.month <= closed), key=lambda each: each.month
    )


def _replaced(old: Bill, new: Iterable[Bill]) -> bool:
    """Say whether new rows are of the same: a cost line of a pool, or all that is no cost line.

    So an invoice that comes after the bills adds to its month, and a bill that is corrected leaves
    the invoices of nodes and people.
    """
    return any(_alike(old, each) for each in new)


def _alike(old: Bill, new: Bill) -> bool:
    if old.month != new.month:
        return False
    if old.model not in LINES.values():
        return new.model not in LINES.values()
    return old.model == new.model and (not (old.engine and new.engine) or old.engine == new.engine)


def anew(kept: Sequence[Bill], new: Sequence[Bill], closed: datetime.date) -> Iterator[str]:
    """Say of each closed month what is replaced, what by, and what stays as it was closed.

    And that months after the one that is closed anew stay closed.

    Raises
    ------
    ActualsError
        If credits alone would stand in place of what was billed.
    """
    for month in sorted({each.month for each in new} & {each.month for each in kept}):
        ours = [each for each in new if each.month == month]
        before = [each for each in kept if each.month == month]
        gone = [each for each in before if _replaced(each, ours)]
        stays = [each for each in before if each not in gone]
        by = [each for each in ours if _replaced(each, gone)]
        _refuse_credit(month, gone, by)
        told = [f"{_sums(gone)} became {_sums(by)}"] if gone else []
        if lost := sorted({each.model for each in gone} - {each.model for each in by}):
            told.append(f"not billed any more: {', '.join(lost)}")
        told += [f"{_sums(stays)} stays: {_names(stays)}"] if stays else []
        if gone != ours:
            yield f"{month:%Y-%m} was closed before: {'; '.join(told)}"
    if (last := closed_until(kept, closed)) > closed:
        yield f"{closed:%Y-%m} is closed anew; the months until {last:%Y-%m} stay closed"


def left_open(bills: Sequence[Bill]) -> Iterator[str]:
    """Say which months after the one that is closed the files have, too."""
    for month in sorted({each.month for each in bills}):
        ours = _sums([each for each in bills if each.month == month])
        yield f"{month:%Y-%m} is in the files, too, with {ours}, and stays open until it is closed"


def _refuse_credit(month: datetime.date, gone: Sequence[Bill], by: Sequence[Bill]) -> None:
    """A credit note corrects a bill; it is none."""
    billed, now = (sum(each.billed for each in some) for some in (gone, by))
    used, left = (any(each.tokens for each in some) for some in (gone, by))
    if gone and ((billed > 0 >= now) or (used and not left)):
        raise ActualsError(
            f"{month:%Y-%m} was closed with {_sums(gone)}, and the files have only {_names(by)} of "
            f"it, {_sums(by)}: give all of its bills again, or write the month that books it"
        )


def _sums(bills: Sequence[Bill]) -> str:
    money: dict[str, float] = {}
    for each in bills:
        money[each.currency] = money.get(each.currency, 0.0) + each.billed
    return " and ".join(f"{cost:,.2f} {code}".rstrip() for code, cost in money.items())


def _names(bills: Sequence[Bill]) -> str:
    return ", ".join(dict.fromkeys(each.model for each in bills))


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
        **{name: cell_text(getattr(billed, name)) for name in NAMES},
    }
    return (cells[column] for column in COLUMNS)


def _number(value: float) -> str:
    return "" if math.isnan(value) else repr(value).removesuffix(".0")
