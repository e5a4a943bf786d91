"""From when to when a row of a price sheet holds."""

from __future__ import annotations

from datetime import date, timedelta

from workbooks.prices.offers import DoubtfulError
from workbooks.prices.sheet.cells import read_day
from workbooks.prices.sheet.files import Value


def day(value: Value) -> date | None:
    """Return the day in a cell; None where it is blank.

    Raises
    ------
    DoubtfulError
        If it is no day, or one that can be read in two ways.
    """
    return value if value is None or isinstance(value, date) else read_day(str(value))


def term(begins: Value, ends: Value) -> tuple[date | None, date | None]:
    """Return the first day of a term and the first day after it: sheets name the last one.

    >>> term("2027-01-01", "31.12.2027")
    (datetime.date(2027, 1, 1), datetime.date(2028, 1, 1))
    """
    first, last = day(begins), day(ends)
    after = last + timedelta(1) if last else None
    if first and after and after <= first:
        raise DoubtfulError(f"it ends on {last}, before it begins on {first}")
    return first, after
