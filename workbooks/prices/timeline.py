"""Continue a model's price history: rows are closed and appended, never rewritten."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar

from workbooks.rows import TokenPrice

Price = TypeVar("Price", bound=TokenPrice)


def continued(old: Sequence[Price], new: Iterable[Price], day: date) -> list[Price]:
    """Return a history in which the new rows hold from a day on, and the old ones before it.

    An old row that had been announced for later is closed on its first day: it never holds.

    Examples
    --------
    >>> from workbooks.tables import price_on
    >>> old = price_on("openai/o3")
    >>> for row in continued([old], [replace(old, input_price_per_mtok=1.0)], date(2026, 12, 1)):
    ...     print(row.input_price_per_mtok, row.valid_from, row.valid_to)
    2.0 2025-06-10 2026-12-01
    1.0 2026-12-01 2026-12-11
    """
    wanted = list(new)
    kept = [row if row in wanted else _closed(row, day) for row in old]
    added = [
        replace(row, valid_from=max(row.valid_from or day, day))
        for row in wanted
        if (row.valid_to or date.max) > day and row not in old
    ]
    return [*kept, *added]


def _closed(row: Price, day: date) -> Price:
    end = max(day, row.valid_from or day)
    return replace(row, valid_to=min(row.valid_to or end, end))


def around(rows: Iterable[Price], standing: Iterable[Price]) -> list[Price]:
    """Return rows that hold only where none of the standing ones does, and those as they are."""
    pieces, fixed = list(rows), list(standing)
    for other in fixed:
        pieces = [piece for row in pieces for piece in _without(row, other)]
    return sorted([*pieces, *fixed], key=lambda row: row.valid_from or date.min)


def _without(row: Price, other: Price) -> list[Price]:
    low, high = other.valid_from or date.min, other.valid_to or date.max
    start, end = row.valid_from or date.min, row.valid_to or date.max
    if low >= high or low >= end or high <= start:
        return [row]
    before = [replace(row, valid_to=low)] if start < low else []
    return before + ([replace(row, valid_from=high)] if high < end else [])


def in_force(rows: Iterable[Price], day: date) -> Price | None:
    """Return the row that holds on a day."""
    return next((row for row in rows if row.holds_on(day)), None)


def steps(rows: Iterable[Price], day: date) -> list[Price]:
    """Return the rows that hold on a day or later, in order."""
    ahead = [row for row in rows if (row.valid_to or date.max) > max(day, row.valid_from or day)]
    return sorted(ahead, key=lambda row: row.valid_from or date.min)
