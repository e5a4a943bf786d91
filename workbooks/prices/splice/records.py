"""The prices a refresh brings, by model: ours or anybody's, under our names or our headings."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from workbooks.file.refusal import RefreshError
from workbooks.numerals import number
from workbooks.prices.splice.columns import DATES, FIELDS, column
from workbooks.rows import PRICES, TokenPrice

Plain = float | str | datetime.date | None
Record = Mapping[str, Plain]  # field of TokenPrice: what it holds; a blank is None
Given = TokenPrice | Mapping[str, object]
NUMBERS = frozenset(
    {
        *PRICES,
        "second_input_price_per_mtok",
        "second_output_price_per_mtok",
        "long_context_from_tokens",
        "second_long_context_from_tokens",
    }
)


def read(rows: Iterable[Given]) -> list[Record]:
    """Return price records by field name; unknown keys are left out.

    Raises
    ------
    RefreshError
        If a price is negative, not finite or no number, or a record has no model.

    Examples
    --------
    >>> read([{"Model": "a/b", "Input price per mtok": 3, "As of": "2026-11-21"}])
    [{'model': 'a/b', 'input_price_per_mtok': 3.0, 'as_of': datetime.date(2026, 11, 21)}]
    """
    return [_priced(row) if isinstance(row, TokenPrice) else _record(row) for row in rows]


@lru_cache(1 << 14)
def _priced(price: TokenPrice) -> Record:
    return _record({name: getattr(price, name) for name in price.__slots__})


def _record(row: Mapping[str, object]) -> Record:
    record = dict(_fields(row))
    if not record.get("model"):
        raise RefreshError("a price record has no model")
    return record


def _fields(row: Mapping[str, object]) -> Iterator[tuple[str, Plain]]:
    for key, value in row.items():
        what = column(key)
        if what and what.field in FIELDS:
            yield what.field, _plain(what.field, value, row)


def _plain(name: str, value: object, row: Mapping[str, object]) -> Plain:
    if value is None or value == "" or (isinstance(value, float) and math.isnan(value)):
        return None
    if name in NUMBERS:
        return _number(name, value, row)
    if name in DATES:
        return _date(name, value, row)
    return str(value).strip()


def _number(name: str, value: object, row: Mapping[str, object]) -> float:
    found = math.nan if isinstance(value, str) else number(value)
    if found >= 0:
        return found
    raise RefreshError(f"{_model(row)}: {name} is {value!r}, which is no price")


def _date(name: str, value: object, row: Mapping[str, object]) -> datetime.date:
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    try:
        return datetime.date.fromisoformat(str(value).strip())
    except ValueError:
        raise RefreshError(f"{_model(row)}: {name} is {value!r}, which is no date") from None


def _model(row: Mapping[str, object]) -> object:
    return row.get("model") or row.get("Model") or "a price record"


def by_model(records: Iterable[Record]) -> dict[str, list[Record]]:
    """Return the records of each model."""
    found: dict[str, list[Record]] = {}
    for record in records:
        found.setdefault(str(record["model"]), []).append(record)
    return found


def current(records: Iterable[Record]) -> list[Record]:
    """Leave out prices that held only before, or will hold only after, their own date."""
    return [record for record in records if _holds(record)]


def _holds(record: Record) -> bool:
    start, end, day = (record.get(name) for name in ("valid_from", "valid_to", "as_of"))
    if not isinstance(day, datetime.date):
        return end is None
    return not (isinstance(start, datetime.date) and start > day) and not (
        isinstance(end, datetime.date) and end <= day
    )
