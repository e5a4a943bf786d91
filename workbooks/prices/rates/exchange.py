"""Exchange rates by date: the last one published on or before a day, and the day it is of."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from workbooks.headings import twin
from workbooks.numerals import decimal
from workbooks.prices.offers import FeedError, shown
from workbooks.tables import exchange_rate

LARGEST_BYTES = 30_000_000
Rates = Mapping[str, Mapping[date, Decimal]]  # how many units a euro buys, by currency and day


def parse(content: bytes) -> Rates:
    r"""Read a file of the European Central Bank: the history or one day, as CSV or zipped.

    Raises
    ------
    FeedError
        If it is no such file.

    Examples
    --------
    >>> parse(b"Date, USD, JPY, \n30 October 2026, 1.1172, N/A, \n")
    {'USD': {datetime.date(2026, 10, 30): Decimal('1.1172')}}
    """
    try:
        lines = csv.DictReader(io.StringIO(_text(content)), skipinitialspace=True)
        if (lines.fieldnames or [""])[0].strip() != "Date":
            raise FeedError("it is no file of ECB reference rates: its first column is not Date")
        if twice := twin(lines.fieldnames or ()):
            raise FeedError(f"it has two columns {twice.strip()!r}; keep one")
        found: dict[str, dict[date, Decimal]] = {}
        for line in lines:
            day = _day(str(line["Date"]))
            for currency, text in line.items():
                if rate := _rate(text) if currency else None:
                    found.setdefault(currency.strip(), {})[day] = rate
    except (csv.Error, ValueError, AttributeError) as error:
        if isinstance(error, FeedError):
            raise
        raise FeedError(f"it is no file of ECB reference rates: {shown(error)}") from None
    if not found:
        raise FeedError("it is no file of ECB reference rates: it has no rate")
    return found


def _text(content: bytes) -> str:
    if content.startswith(b"PK"):
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                first = packed.infolist()[0]
                if first.file_size > LARGEST_BYTES:
                    raise FeedError("it unpacks to more than a file of rates can hold")
                content = packed.read(first)
        except (zipfile.BadZipFile, IndexError, OSError, RuntimeError, NotImplementedError):
            raise FeedError("it is a damaged zip file") from None
    return content.decode("utf-8-sig")


def _day(text: str) -> date:
    plain = text.strip()
    try:
        return date.fromisoformat(plain)
    except ValueError:
        return datetime.strptime(plain, "%d %B %Y").date()


def _rate(text: str | list[str] | None) -> Decimal | None:
    rate = decimal(text)  # None for N/A: the currency had no rate on that day
    return rate if rate and 0 < rate < 10**9 else None


def rate(pair: tuple[str, str], day: date, rates: Rates | None = None) -> tuple[Decimal, date]:
    """Return how much of the second currency one unit of the first buys, and the date of that.

    Without `rates` those of the installed currency package are used. Weekends, holidays and the
    future take the last published rate; its date says so. No rate is mixed from two days.

    Raises
    ------
    FeedError
        If a currency has no rate on or before the day.

    Examples
    --------
    >>> rate(("EUR", "USD"), date(2025, 3, 30))  # a Sunday: Friday's rate
    (Decimal('1.0797'), datetime.date(2025, 3, 28))
    """
    known = _installed(pair, day) if rates is None else rates
    (given, first), (wanted, second) = (_per_euro(each, day, known) for each in pair)
    if pair[0] == pair[1]:
        return Decimal(1), min(first, second)
    return +(wanted / given), min(first, second)


def newest(pair: tuple[str, str], day: date) -> tuple[Decimal, date]:
    """Return the rate of a day, and its date: of the tables in use where they have a newer one.

    Raises
    ------
    FeedError
        As that of `rate`.

    Examples
    --------
    >>> newest(("EUR", "USD"), date(2025, 3, 30))
    (Decimal('1.0797'), datetime.date(2025, 3, 28))
    """
    amount, published = rate(pair, day)
    with suppress(LookupError):  # the tables know fewer currencies, and fewer days
        ours, when = exchange_rate(*pair, day)
        if pair[0] != pair[1] and when > published:
            return Decimal(f"{ours:.12g}"), when
    return amount, published


def _per_euro(currency: str, day: date, rates: Rates) -> tuple[Decimal, date]:
    if currency == "EUR":
        return Decimal(1), day
    published = [each for each in rates.get(currency, {}) if each <= day]
    if not published:
        raise FeedError(f"no exchange rate of {currency} is known on or before {day}")
    last = max(published)
    return rates[currency][last], last


def _installed(pair: tuple[str, str], day: date) -> Rates:
    from currency_converter import CurrencyConverter  # noqa: PLC0415  # it reads 27 years of rates

    converter = CurrencyConverter(decimal=True)
    known = [each for each in pair if each in converter.currencies and each != "EUR"]
    return {each: _last(converter, each, min(day, converter.bounds[each][1])) for each in known}


def _last(converter: Any, currency: str, day: date) -> Mapping[date, Decimal]:
    """Step back from a weekend or holiday; the library would otherwise mix in a later rate."""
    from currency_converter import RateNotFoundError  # noqa: PLC0415

    while day >= converter.bounds[currency][0]:
        try:
            return {day: converter.convert(1, "EUR", currency, date=day)}
        except RateNotFoundError:
            day -= timedelta(days=1)
    return {}
