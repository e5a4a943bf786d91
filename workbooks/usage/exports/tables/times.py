"""What cells of time mean, first as a query reads them and then in detail."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from typing import Any

import ibis
from ibis.expr import types as ir

from workbooks.clock import MONTH_NAMES
from workbooks.usage.exports.layout import UsageError

FIRST_YEAR, LAST_YEAR = 2015, 2100
ISO = re.compile(
    r"\d{4}-\d{1,2}-\d{1,2}([T ]\d\d:\d\d(:\d\d([.,]\d+)?)?( ?(Z|UTC|[+-]\d\d(:?\d\d)?))?)?"
)
EPOCH = re.compile(r"\d{10}(\.0*)?|\d{13}")
CLOCK = r"(,? \d{1,2}:\d\d(:\d\d)?(\s?[AaPp]\.?[Mm]\.?)?)?"
SLASHED = re.compile(r"(\d{1,2})[/-](\d{1,2})(?:/(?:\d{4}|\d{2})|-\d{4})" + CLOCK)
SHORT_YEAR = re.compile(rf"(?:{'|'.join(MONTH_NAMES)})[a-zä]*[.]?[ -]'?\d\d", re.IGNORECASE)
"""Nov-26, which may be a month or a day."""
DASHED = (r"^(\d{1,2})-(\d{1,2})-(\d{4})", r"\1/\2/\3")
NAMED_MONTH = r"(?:{})[a-zä]*[.]?[ -](20\d\d)"
NAMED_DAY = (
    r"^(?:{0})[a-zä]*[.]? (\d{{1,2}})(?:st|nd|rd|th)?,? (20\d\d)",
    r"^(\d{{1,2}})[.]?[ -](?:{0})[a-zä]*[.]?,?[ -](20\d\d)",
)
"""Nov 1, 2026, and 1. November 2026 or 01-Nov-2026."""
OTHERS = {
    "month": re.compile(
        rf"\d{{4}}[-/]\d{{1,2}}|\d{{1,2}}[/.]20\d\d|{NAMED_MONTH.format('|'.join(MONTH_NAMES))}",
        re.IGNORECASE,
    ),
    "named": re.compile(
        "|".join(each.format("|".join(MONTH_NAMES)) + CLOCK for each in NAMED_DAY), re.IGNORECASE
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
    if written in (*ORDERS, "named"):
        text = text.strip()
        for pattern, ordered in _orders(written):
            text = text.re_replace(pattern, ordered)
        for each in PADDED:
            text = text.re_replace(*each)
        half = text.upper().re_extract(r":\d\d\s?([AP])[.]?M", 1)  # of a clock of twelve hours
        return text.substr(0, width) + half
    return text.substr(0, width)


def _orders(written: str) -> list[tuple[str, str]]:
    """Return what puts the parts of a day as they are written into the order of ISO 8601."""
    if written in ORDERS:
        return [*[DASHED] * written.endswith(("/day", "/month")), ORDERS[written]]
    months = [(f"(?i){each}", name) for each in NAMED_DAY for name in enumerate(MONTH_NAMES, 1)]
    return [(each.format(name), rf"\2-{number:02}-\1") for each, (number, name) in months]


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
    if SHORT_YEAR.fullmatch(sample):
        raise UsageError(f"{sample!r} may be a month or a day; write months as 2026-11")
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


def written(table: Any, points: Sequence[Any], sample: str, slash_dates: str) -> str:
    """Return how starts and ends are written, by the first filled start."""
    if not points[0].type().is_string():
        return "epoch" if points[0].type().is_numeric() else "iso"
    largest = (0, 0)
    if "-" in sample and slash_dates != "day first":  # no vendor's, so somebody's own
        slash_dates = ""
    if SLASHED.fullmatch(sample) and not slash_dates:
        pattern, texts = SLASHED.pattern, [each for each in points if each.type().is_string()]
        parts = {
            f"p{part}_{i}": text.re_extract(pattern, part).try_cast("int64").max()
            for i, text in enumerate(texts)
            for part in (1, 2)
        }
        found = table.agg(**parts).execute().iloc[0].fillna(0)
        first, second = (max(found.filter(like=f"p{part}_")) for part in (1, 2))
        largest = (int(first), int(second))
    return time_format(sample, largest, slash_dates)
