"""What cells mean: numbers and points in time, first as a query reads them and then in detail."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable

import ibis
from ibis.expr import types as ir

from workbooks.clock import MONTH_NAMES
from workbooks.usage.exports.layout import UsageError

LARGEST = 1e15
"""More tokens or money than any export holds; also above it floats no longer count exactly."""
FIRST_YEAR, LAST_YEAR = 2015, 2100
COUNTS = frozenset(
    (
        *("requests", "input", "cache_read", "cache_write_5m", "cache_write_1h", "output"),
        *("reasoning", "apart"),
    )
)
SIGN = "[$€£]"
CURRENCY_CODE = re.compile(r"(?:usd|eur|gbp)\b", re.IGNORECASE)
"""In the header of a cost; a word may end like one: cost_usd, costUSD."""
SIGNS = {"€": "EUR", "£": "GBP"}
"""The currency that a sign alone says."""
WITH_SYMBOL = r"^-?[$€£] ?-?\d+(\.\d+)?$|^-?\d+(\.\d+)? ?[$€£]$"
GROUPED_COUNT = r"^[1-9]\d{0,2}(,\d{3})+(\.0+)?$"
GROUPED = r"^-?[$€£]? ?-?[1-9]\d{0,2}(,\d{3})*(,\d{3}\.\d+|,\d{3},\d{3}) ?[$€£]?$"
"""$1,234.50 or 1,234,567; but 0,895 and 1,234 may have a decimal comma."""
BOOKED = (
    *((r"(\d)[\x{a0}\x{2009}\x{202f}\x{2019}' ](\d{3})", r"\1\2"),) * 2,
    (r"^\((.*\d.*)\)$", r"-\1"),
    (r"^(.*\d)-$", r"-\1"),
    (r"^\x{2212}", "-"),
)
"""How people write thousands, 1 234 567, and less than nothing: (3.00) or 3.00-."""
DECIMAL_COMMA = r"^-?([1-9]\d{0,2}(\.\d{3})+|\d+)(,\d+)?$"
GROUPING_POINT = re.compile(r"-?[1-9]\d{0,2}(\.\d{3})+")
"""A count with a point for every thousand, or with three decimals."""
SCALES = {
    1e3: r"k|tsd\.?|thousand|tausend",
    1e6: r"m|mn|mio\.?|millions?|millionen",
    1e9: r"b|bn|mrd\.?|milliarden?",
}
"""What stands behind a rounded count; "billion" is another number in German."""
ROUGH = COUNTS | {"total"}
TELLING_COMMA = (
    r"^\d+,\d{1,2} ?[A-Za-z]|^-?\d+,\d{1,2}$|^-?\d+,\d{4,}$|^-?0,\d+$|\.\d{3},\d+$|\.\d{3}\.\d{3}"
)
"""Cells that can only be read with a decimal comma."""
TELLING_POINT = r"\.\d{1,2}$|\.\d{4,}$|^-?0\.\d+$"
"""Cells that can only be read with a decimal point."""

ISO = re.compile(
    r"\d{4}-\d{1,2}-\d{1,2}([T ]\d\d:\d\d(:\d\d([.,]\d+)?)?( ?(Z|UTC|[+-]\d\d(:?\d\d)?))?)?"
)
EPOCH = re.compile(r"\d{10}(\.0*)?|\d{13}")
CLOCK = r"(,? \d{1,2}:\d\d(:\d\d)?(\s?[AaPp]\.?[Mm]\.?)?)?"
SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(?:\d{4}|\d{2})" + CLOCK)
NAMED_MONTH = r"(?:{})[a-zä]*[.]?[ -](20\d\d)"
OTHERS = {
    "month": re.compile(
        rf"\d{{4}}[-/]\d{{1,2}}|\d{{1,2}}[/.]20\d\d|{NAMED_MONTH.format('|'.join(MONTH_NAMES))}",
        re.IGNORECASE,
    ),
    "compact": re.compile(r"20\d{6}"),
    "year/": re.compile(r"\d{4}/\d{1,2}/\d{1,2}" + CLOCK),
    "dotted": re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}" + CLOCK),
}
ORDERS = {
    "month": (r"^(\d{4})[-/](\d{1,2})$", r"\1-\2-01"),
    "compact": (r"^(\d{4})(\d{2})(\d{2})$", r"\1-\2-\3"),
    "year/": (r"^(\d{4})/(\d{1,2})/(\d{1,2})", r"\1-\2-\3"),
    "month/day": (r"^(\d{1,2})/(\d{1,2})/(?:20)?(\d{2})\b", r"20\3-\1-\2"),
    "day/month": (r"^(\d{1,2})/(\d{1,2})/(?:20)?(\d{2})\b", r"20\3-\2-\1"),
    "dotted": (r"^(\d{1,2})\.(\d{1,2})\.(\d{4})", r"\3-\2-\1"),
}

PADDED = ((r"-(\d)-", r"-0\1-"), (r"-(\d)(,? |$)", r"-0\1\2"), (r",? (\d):", r" 0\1:"), (", ", " "))
"""What gives each part of a time two digits, as people leave out a nought."""


def number(cell: ir.Value, role: str, numerals: str) -> ir.Value:
    """Return a cell as a number; null where it is not one.

    Parameters
    ----------
    numerals : "plain" as programs write them, "grouped" also with symbols, 1,234,567 and 1.5M, or
        "comma" with a decimal comma
    """
    if not cell.type().is_string():
        return cell.cast("float64")
    if numerals == "plain":
        return cell.try_cast("float64")
    text = cell.strip()
    for written, minus in BOOKED:
        text = text.re_replace(written, minus)
    short = rounded(text, numerals)[0] if role in ROUGH else ibis.null("float64")
    if numerals == "comma":
        plain = text.replace(".", "").replace(",", ".").try_cast("float64")
        return ibis.ifelse(text.re_search(DECIMAL_COMMA), plain, short)
    bare = text.re_replace("[$€£, ]", "").try_cast("float64")
    odd = f"{WITH_SYMBOL}|{GROUPED_COUNT if role in COUNTS else GROUPED}"
    return text.try_cast("float64").coalesce(ibis.ifelse(text.re_search(odd), bare, short))


def rounded(text: ir.Value, numerals: str) -> tuple[ir.Value, ir.Value]:
    """Return a count that a person rounded, such as 1.5M, and by how much it may be off."""
    mark, counts, gaps = "," if numerals == "comma" else ".", [], []
    for size, words in SCALES.items():
        digits = text.re_extract(rf"(?i)^(\d{{1,4}}(?:[{mark}]\d{{1,3}})?) ?(?:{words})$", 1)
        counts.append((digits.replace(",", ".").try_cast("float64") * size).round())
        step = size / ibis.literal(10.0) ** digits.re_extract(r"\D(\d+)", 1).length()
        gaps.append(ibis.ifelse(counts[-1].notnull(), step / 2, ibis.null("float64")))
    return ibis.coalesce(*counts), ibis.coalesce(*gaps)


def has_grouping_point(counts: Iterable[str]) -> bool:
    """Whether counts have a point for every thousand, as 1.500 beside 200, and no decimals.

    Raises
    ------
    ValueError
        If 1.000 may be one or a thousand, for no other count tells.

    Examples
    --------
    >>> has_grouping_point(["1.000", "200"]), has_grouping_point(["1000.000", "200.000"])
    (True, False)
    >>> has_grouping_point(["30.000.000", "3.000"])
    True
    """
    cells = [cell.strip() for cell in counts]
    grouped = [cell for cell in cells if GROUPING_POINT.fullmatch(cell)]
    if any(cell.count(".") > 1 for cell in grouped):
        return True
    decimal = (cell for cell in cells if "." in cell and not GROUPING_POINT.fullmatch(cell))
    if not grouped or any(decimal):
        return False
    if not all(cell.endswith(".000") for cell in grouped):
        return True
    if any(re.fullmatch(r"-?[1-9]\d{0,2}", cell) for cell in cells):
        return True
    raise ValueError(f"{grouped[0]} may be one thousand times as many; write counts without points")


def refuse_unclear_point(numbers: Iterable[str]) -> None:
    """Raise a ValueError where quantities or money may be thousands, and no number tells.

    A file of semicolons comes from where the comma is decimal: its 5.000 may be five thousand.

    >>> refuse_unclear_point(["5.000", "10.25"])
    """
    plain = [number.strip() for number in numbers]
    grouped = next((each for each in plain if GROUPING_POINT.fullmatch(each)), "")
    if grouped and not any(re.search(f"{TELLING_POINT}|{TELLING_COMMA}", each) for each in plain):
        raise ValueError(f"{grouped} may be one thousand times as many; write it without a point")


def rule(role: str) -> str:
    """Return in words what a number must be; corrections are negative."""
    return "a whole number, such as 59200" if role in COUNTS else "a number such as 1234.5"


def breaks_rule(value: ir.Value, role: str) -> ir.Value:
    """Whether a number is not what its role asks for; null where it is no number."""
    bad = (value.abs() > LARGEST) | value.isnan()
    return bad | (fraction(value) > 0) if role in COUNTS else bad


def fraction(value: ir.Value) -> ir.Value:
    """Return what a number has behind the point, if it is no larger than allowed."""
    bounded = ibis.least(value.abs(), ibis.literal(LARGEST))  # of nothing it is nothing
    return bounded - bounded.floor()


def has_offset(cell: ir.Value) -> ir.Value:
    """Whether a time cell is of a zone that is not UTC."""
    if not cell.type().is_string():
        return ibis.literal(False)
    tail = cell.substr(16)  # behind the minutes; a pattern would cost a third of the reading
    offset = tail.contains("-") | (tail.contains("+") & ~tail.contains("+00"))
    named = (tail.right(1) > "9") & ~tail.endswith("UTC")
    return ibis.ifelse(cell.endswith("Z"), ibis.literal(False), offset | named)


def hour_text(cell: ir.Value, written: str, minutes: bool = False) -> ir.Value:
    """Return a time cell as text of year, month, day and hour, with `minutes` if asked for."""
    width = 16 if minutes else 13
    if cell.type().is_timestamp() or cell.type().is_date():
        return cell.cast("timestamp").cast("string").substr(0, width)
    text = cell.cast("string")
    if written == "epoch":
        return text.substr(0, 10)
    if written == "offset":
        utc = text.re_replace(r" ([+-])", r"\1").try_cast("timestamp('UTC')").cast("timestamp")
        text = utc.cast("string").coalesce(ibis.literal("? ") + text)
    for number_, name in enumerate(MONTH_NAMES if written == "month" else (), 1):
        named = f"(?i)^{NAMED_MONTH.format(name)}$"
        text = text.strip().re_replace(named, rf"\1-{number_:02}")
    if written == "month":
        text = text.re_replace(r"^(\d{1,2})[/.](20\d\d)$", r"\2-\1")
    if written in ORDERS:
        text = text.strip().re_replace(*ORDERS[written])
        for each in PADDED:
            text = text.re_replace(*each)
        half = text.upper().re_extract(r":\d\d\s?([AP])[.]?M", 1)  # of a clock of twelve hours
        return text.substr(0, width) + half
    return text.substr(0, width)


def end_hour(text: str, written: str) -> datetime.datetime | None:
    """Return the first hour after the point in time that a text names, or None.

    >>> end_hour("2026-08-31T23:59", "iso"), end_hour("2026-09-01", "iso")
    (datetime.datetime(2026, 9, 1, 0, 0), datetime.datetime(2026, 9, 1, 0, 0))
    """
    begun = hour(text, written)
    if begun is None:
        return None
    clock = text.strip().replace("T", " ").partition(" ")[2]
    whole = int(text) % 3600 == 0 if written == "epoch" else clock[3:5] in ("", "00")
    return begun if whole else begun + datetime.timedelta(hours=1)


def hour(text: str, written: str) -> datetime.datetime | None:
    """Return the hour that `hour_text` names, or None if it names none.

    >>> hour("2026-08-01T14", "iso"), hour("1785542400", "epoch"), hour("2026-02-30", "iso")
    (datetime.datetime(2026, 8, 1, 14, 0), datetime.datetime(2026, 8, 1, 0, 0), None)
    """
    try:
        if written == "epoch":
            utc = datetime.datetime.fromtimestamp(int(text), datetime.UTC)
            time = utc.replace(tzinfo=None, minute=0, second=0)
        else:
            day, _, clock = text.strip().replace("T", " ").partition(" ")
            year, month, date = (int(part) for part in day.split("-"))
            time = datetime.datetime(year, month, date, _of_day(clock))
    except (ValueError, OverflowError, OSError):
        return None
    if written == "month" and time.day != 1:  # a day among months
        return None
    return time if FIRST_YEAR <= time.year <= LAST_YEAR else None


def _of_day(clock: str) -> int:
    """Return the hour of a clock of 24 hours, or of twelve with A or P behind it.

    >>> _of_day("14"), _of_day("02P"), _of_day("12A"), _of_day("")
    (14, 14, 0, 0)
    """
    hour_ = int(clock[:2] or 0)
    if clock[-1:] not in ("A", "P"):
        return hour_
    if not 1 <= hour_ <= 12:
        raise ValueError
    return hour_ % 12 + 12 * (clock[-1] == "P")


def time_format(sample: str, largest: tuple[int, int], slash_dates: str) -> str:
    """Return how the points in time of a column are written.

    Parameters
    ----------
    sample : the first filled cell
    largest : largest first and second number of all dates with slashes
    slash_dates : "month first" where the vendor always writes them so, "day first" where stated

    Raises
    ------
    UsageError
        If the sample is no date, or could be two.

    Examples
    --------
    >>> time_format("08/01/2026", (9, 30), ""), time_format("8/1/26, 2:05 PM", (8, 1), "day first")
    ('month/day', 'day/month')
    """
    if ISO.fullmatch(sample):
        return "iso"
    if EPOCH.fullmatch(sample):
        return "epoch"
    for written, pattern in OTHERS.items():
        if pattern.fullmatch(sample):
            return written
    if not SLASHED.fullmatch(sample):
        raise UsageError(f"{sample!r} is not a date such as 2026-08-01 or 2026-08-01T14:00:00Z")
    if slash_dates == "day first":
        return "day/month"
    if slash_dates or largest[1] > 12:
        return "month/day"
    if largest[0] > 12:
        return "day/month"
    raise UsageError(
        f"{sample!r} may be two days; say --day-first, or write dates as 2026-08-01 in the export"
    )
