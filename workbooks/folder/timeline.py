"""Which price of a model is in force from when to when, whatever order its rows came in.

Contracts have a timeline of their own, and what lists say, shipped or read since, has another.
Within its term a contract stands, outside it the list. On each timeline the row that begins last
holds; of two that begin on one day, the one written last.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

from workbooks.rows import PRICES, TokenPrice

CONTRACT, LIST, SHIPPED = "contract", "list", "shipped"
INPUT, OUTPUT = PRICES[:2]
FOLLOWING = {
    column: OUTPUT if "output" in column or "reasoning" in column else INPUT
    for column in PRICES[2:]
    if column.endswith("_per_mtok")
}
"""The prices that a quote may leave out, each with the one that it keeps its ratio to."""
AS_LISTED = ("long_context_from_tokens", "second_long_context_from_tokens", "price_per_request")
"""What a quote that leaves it out has as the list has it."""
KEPT = "not quoted, so in the list's ratio: "


def timeline(rows: Sequence[TokenPrice]) -> list[TokenPrice]:
    """Return a model's prices day by day, from its rows in the order they were written in.

    A quote that leaves prices out has them in the ratio of the list that it stands before.

    Examples
    --------
    >>> from workbooks.tables import price_on
    >>> listed = replace(price_on("openai/o3"), valid_from=None, valid_to=None)
    >>> term = {"valid_from": date(2027, 1, 1), "valid_to": date(2028, 1, 1)}
    >>> agreed = replace(listed, origin="contract", input_price_per_mtok=1.0, **term)
    >>> for row in timeline([agreed, listed]):
    ...     print(row.input_price_per_mtok, row.valid_from, row.valid_to)
    2.0 None 2027-01-01
    1.0 2027-01-01 2028-01-01
    2.0 2028-01-01 None
    """
    contracts = _ordered(row for row in rows if row.origin == CONTRACT)
    lists = _ordered(row for row in rows if row.origin != CONTRACT)
    if not contracts and _apart(lists):
        return list(lists)
    bounds = {day for row in rows for day in (row.valid_from, row.valid_to) if day}
    found: list[TokenPrice] = []
    for start, end in pairwise([date.min, *sorted(bounds), date.max]):
        listed = _last(lists, start)
        agreed = None if listed is None and _gone(lists, start) else _within(contracts, start)
        before = listed or next(iter(lists), None)
        row = (agreed and completed(agreed, before)) or listed
        if row:
            _append(found, row, start, end)
    return found


def _ordered(rows: Iterable[TokenPrice]) -> list[TokenPrice]:
    return sorted(rows, key=lambda row: row.valid_from or date.min)  # stable: as written


def _apart(lists: Sequence[TokenPrice]) -> bool:
    """Say whether each row ends where the next begins, or before."""
    return all((a.valid_to or date.max) <= (b.valid_from or date.min) for a, b in pairwise(lists))


def _last(lists: Sequence[TokenPrice], day: date) -> TokenPrice | None:
    """Return what lists say on a day: a row ends where the next begins."""
    begun = [row for row in lists if (row.valid_from or date.min) <= day]
    return begun[-1] if begun and begun[-1].holds_on(day) else None


def _within(contracts: Sequence[TokenPrice], day: date) -> TokenPrice | None:
    """Return the contract of a day: an open one ends where the next begins, a term is kept."""
    begun = [row for row in contracts if (row.valid_from or date.min) <= day]
    holding = [row for row in begun if row.holds_on(day) and (row.valid_to or row is begun[-1])]
    return holding[-1] if holding else None


def _gone(lists: Sequence[TokenPrice], day: date) -> bool:
    """Say whether lists had a model and no longer do: it is retired, whatever was agreed."""
    return bool(lists) and (lists[-1].valid_to or date.max) <= day


def _append(found: list[TokenPrice], row: TokenPrice, start: date, end: date) -> None:
    first, last = (None if day in {date.min, date.max} else day for day in (start, end))
    piece = replace(row, valid_from=first, valid_to=last)
    before = found[-1] if found else None
    if before and before.valid_to == first:
        longer = replace(before, valid_to=last)
        if longer == replace(piece, valid_from=before.valid_from):
            found[-1] = longer
            return
    found.append(piece)


def completed(quote: TokenPrice, listed: TokenPrice | None) -> TokenPrice | None:
    """Return a quote with the prices that it leaves out; None where nobody knows them.

    Input and output stay as listed where one of them is not quoted in the list's currency; what
    else is left out keeps the ratio that it has in the list, and the note says so.
    """
    same = listed is not None and listed.currency == quote.currency
    main: dict[str, Any] = {}
    for column in (INPUT, OUTPUT):
        price = getattr(quote, column)
        if math.isnan(price) and not (same and listed):
            return None
        main[column] = getattr(listed, column) if math.isnan(price) else price
    if listed is None:
        return quote
    more: dict[str, Any] = {}
    for column, by in FOLLOWING.items():
        price, base = getattr(listed, column), getattr(listed, by)
        if getattr(quote, column) is None and price is not None and base:
            more[column] = float(f"{price * main[by] / base:.12g}")
    names = ", ".join(c.removesuffix("_price_per_mtok").replace("_", " ") for c in more)
    note = "; ".join(filter(None, [quote.note, names and KEPT + names]))
    more |= {name: getattr(listed, name) for name in AS_LISTED if getattr(quote, name) is None}
    return replace(quote, **main, **more, note=note)


def in_force(rows: Iterable[TokenPrice], day: date) -> TokenPrice | None:
    """Return the row that holds on a day."""
    return next((row for row in rows if row.holds_on(day)), None)


def steps(rows: Iterable[TokenPrice], day: date) -> list[TokenPrice]:
    """Return the rows that hold on a day or later, in order."""
    ahead = [row for row in rows if (row.valid_to or date.max) > max(day, row.valid_from or day)]
    return sorted(ahead, key=lambda row: row.valid_from or date.min)
