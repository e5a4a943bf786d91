"""Read one price cell: its number, its unit, its currency, each from where the sheet states it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from workbooks.clock import MONTH_NAMES
from workbooks.folder.place import per_folder
from workbooks.prices.offers import DEAREST_REQUEST, DoubtfulError, plausible, shown
from workbooks.prices.sheet.amounts import FREE, INCLUDED, NO_PRICE, read_number, take_apart
from workbooks.prices.sheet.files import Value
from workbooks.prices.sheet.units import currency_in, tokens_in
from workbooks.tables import exchange_rate

MTOK = 1_000_000
MONTH = (
    r"\b(?:jan(?:uary?)?|feb(?:ruary?)?|mar(?:ch)?|märz?|apr(?:il)?|(?-i:May|Mai)|june?|juni|july?"
    r"|juli|aug(?:ust)?|sept?(?:ember)?|o[ck]t(?:ober)?|nov(?:ember)?|de[cz](?:ember)?)\b"
)
_NAMED = rf"(?:\d{{1,2}}(?:st|nd|rd|th|\.)? )?{MONTH}[.]?(?: \d{{1,2}}(?:st|nd|rd|th)?,)? \d{{4}}"
NUMBERED = r"\d{1,2}\.\d{1,2}\.\d{4}|\d{4}-\d\d-\d\d"
DAY = rf"{NUMBERED}|{_NAMED}"
"""A day in a text, or a month of a year."""


class UnitUnknownError(DoubtfulError):
    """A price whose unit nothing in the sheet states; both readings are in the message."""


class Context(NamedTuple):
    """What holds around a cell: the decimal mark of its column, its unit and its currency."""

    mark: str
    tokens: int | None
    currency: str
    cents: int
    requests: int = 0
    """For how many requests the price is, where it is one of requests."""


class Given(NamedTuple):
    """What the user states for a sheet that does not."""

    tokens: int | None = None
    currency: str = ""
    provider: str = ""
    zero_is_free: bool = False
    valid_from: date | None = None
    valid_to: date | None = None
    """The last day."""
    leave_out: tuple[str, ...] = ()
    """Headings that may be left out although they say something of dates, terms or discounts."""
    measured_on: str = ""
    """GPUs of a copy and format of its weights, where a load test does not say them."""


def said(value: Value) -> str:
    """Return which of the words for no price a cell holds: `blank`, `unpriced`, or nothing."""
    if value is None:
        return "blank"
    return "unpriced" if str(value).strip().casefold() in NO_PRICE else ""


def price(value: Value, style: str, context: Context, given: Given) -> tuple[Decimal, str, str]:
    """Return a cell's price per million tokens or of one request, its currency, and a note.

    Raises
    ------
    DoubtfulError
        If the cell holds no price, or its size, unit or currency cannot be told.
    """
    number, currency, around = _amount(value, style, context, given)
    if number == 0:
        return number, currency, "free"
    if context.requests:
        return _fee(number / context.requests, currency), currency, ""
    size = _tokens(around, context, given, number)
    return plausible(number * MTOK / size, per_usd(currency)), currency, ""


def _fee(each: Decimal, currency: str) -> Decimal:
    if each > DEAREST_REQUEST * per_usd(currency):
        raise DoubtfulError(f"{each.normalize():f} is no price of a request")
    return each.normalize()


def _amount(value: Value, style: str, context: Context, given: Given) -> tuple[Decimal, str, str]:
    """Return a cell's price as it stands, in whole units of its currency, and the text around."""
    if isinstance(value, date):
        raise DoubtfulError("it is a date; a spreadsheet program may have mistaken a price for one")
    if str(value).strip().casefold() in INCLUDED:
        raise DoubtfulError("it is included in another price, which no column can say")
    free = str(value).strip().casefold() in FREE
    number, around = _number(value, style, context.mark) if not free else (Decimal(0), "")
    if number == -1:
        raise DoubtfulError("-1 means that the price varies from call to call")
    if number < 0:
        raise DoubtfulError("a price cannot be negative")
    currency, cents = _currency(around, style, context, given)
    if number == 0:
        if not free and not given.zero_is_free:
            raise DoubtfulError("zero may mean free or not known")
        return Decimal(0), currency, around
    return number / cents, currency, around


def _number(value: Value, style: str, mark: str) -> tuple[Decimal, str]:
    if isinstance(value, Decimal):
        if "%" in style:
            raise DoubtfulError("a percentage is a discount, not a price")
        return value, ""
    parts = take_apart(str(value))
    return read_number(parts.number, mark), parts.around


def _currency(around: str, style: str, context: Context, given: Given) -> tuple[str, int]:
    """Return the currency, from the cell, its format, its column or sheet, or the user."""
    for text in (around, _signs(style)):
        named, cents = currency_in(text)
        if named and context.currency and named != context.currency:
            raise DoubtfulError(f"its cell says {named}, its column or sheet {context.currency}")
        if named and cents == 1 < context.cents:
            raise DoubtfulError(f"its cell says {named}, its column counts a hundredth of it")
        if named or cents > 1:
            known = named or context.currency or given.currency
            if known:
                return known, max(cents, context.cents)
    known = context.currency or given.currency
    if not known:
        raise DoubtfulError("its currency is not stated; say it with --currency")
    return known, context.cents


def _signs(style: str) -> str:
    """Return the currency sign of a number format: `[$€-407]` shows a euro, not a dollar.

    >>> _signs("#,##0.00 [$€-407]"), _signs('"$"#,##0.00')
    ('€', '"$"#,##0.00')
    """
    found = re.search(r"\[\$([^\]-]*)", style)
    return found[1] if found else re.sub(r"\[[^\]]*\]", "", style).replace("General", "")


def _tokens(around: str, context: Context, given: Given, number: Decimal) -> int:
    size = tokens_in(around) or context.tokens or given.tokens
    if around and context.tokens and (own := tokens_in(around)) and own != context.tokens:
        raise DoubtfulError(f"it is per {own:,} tokens, but its column is per {context.tokens:,}")
    if size:
        return size
    million, thousand = number.normalize(), (number * 1000).normalize()
    raise UnitUnknownError(
        f"its unit is not stated: it is {million:f} per million tokens if it is per 1M, "
        f"and {thousand:f} if it is per 1K; say it with --unit"
    )


def read_day(said_day: str, is_last: bool = False) -> date:
    """Return a day written year first or, with points, day first; or with its month by name.

    A month alone is its first day, or where a term ends the last.

    Raises
    ------
    DoubtfulError
        If it is neither: 4/1/25 may be a day in January or in April.

    Examples
    --------
    >>> str(read_day("1. Januar 2027")), str(read_day("Dec 2026", is_last=True))
    ('2027-01-01', '2026-12-31')
    """
    named = re.fullmatch(_NAMED, said_day.strip(), re.IGNORECASE)
    parts = said_day.strip()[:10].replace("/", "-").rstrip("T")
    try:
        if named:
            return _named_day(named[0].casefold(), is_last)
        if parts.count(".") == 2:
            day, month, year = (int(each) for each in parts.split("."))
            return date(year + 2000 * (year < 100), month, day)
        return date.fromisoformat(parts)
    except ValueError:
        raise DoubtfulError(f"its day {shown(said_day)!r} is not written year first") from None


def _named_day(words: str, is_last: bool) -> date:
    names = (re.search(rf"\b{each}", words) for each in MONTH_NAMES)
    month = next(number for number, found in enumerate(names, 1) if found)
    *days, year = map(int, re.findall(r"\d+", words))
    if days or not is_last:
        return date(year, month, days[0] if days else 1)
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(1)


def day(value: Value, is_last: bool = False) -> date | None:
    """Return the day in a cell, the first of a month or its last; None where it is blank.

    Raises
    ------
    DoubtfulError
        If it is no day, or one that can be read in two ways.
    """
    return value if value is None or isinstance(value, date) else read_day(str(value), is_last)


def term(begins: Value, ends: Value) -> tuple[date | None, date | None]:
    """Return the first day of a term and the first day after it: sheets name the last one.

    >>> term("2027-01-01", "31.12.2027")
    (datetime.date(2027, 1, 1), datetime.date(2028, 1, 1))
    """
    first, last = day(begins), day(ends, is_last=True)
    after = last + timedelta(1) if last else None
    if first and after and after <= first:
        raise DoubtfulError(f"it ends on {last}, before it begins on {first}")
    return first, after


@per_folder
def per_usd(currency: str) -> Decimal:
    """Return how many units of a currency a US dollar bought when the rates were shipped.

    Raises
    ------
    DoubtfulError
        If no rate is known, so that the size of a price cannot be judged.
    """
    try:
        return Decimal(str(round(exchange_rate("USD", currency)[0], 6)))
    except LookupError:
        raise DoubtfulError(f"no exchange rate is known for {currency}") from None


def only(found: Iterable[int | str | None]) -> int | str | None:
    """Return what all of some texts agree on; None where they say nothing or differ."""
    known = {each for each in found if each}
    return known.pop() if len(known) == 1 else None
