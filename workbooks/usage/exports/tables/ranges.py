"""Cells that hold a range of days, such as 2026-11-01 - 2026-11-30, as two columns."""

from __future__ import annotations

import csv
import re
from calendar import monthrange
from itertools import islice
from pathlib import Path

from workbooks.clock import MONTH_NAMES
from workbooks.usage.exports.tables.heads import open_text

LAST_DAY = "last day of the range"
"""Heading of the column that is added."""
ROWS_TRIED = 200
_TO = r"\s*(?:[-\u2010-\u2015\u2212~/]|\.\.\.?|\u2026|bis|to|until|through|thru|至)\s*"
_DAYS = (
    r"\d{4}-\d{1,2}-\d{1,2}",
    r"\d{4}/\d{1,2}/\d{1,2}",
    r"\d{1,2}\.\d{1,2}\.\d{4}",
    r"\d{1,2}/\d{1,2}/\d{4}",
)
_WHOLE = [re.compile(rf"({day}){_TO}({day})", re.IGNORECASE) for day in _DAYS]
_DOTTED = re.compile(rf"(\d\d?)\.(?:(\d\d?)\.)?{_TO}(\d\d?)\.(\d\d?)\.(\d{{4}})", re.IGNORECASE)
_MONTH = rf"(?:{'|'.join(MONTH_NAMES)})[a-zä]*\.?"
_MONTH_FIRST = re.compile(
    rf"(?P<m>{_MONTH}) (?P<d>\d\d?)(?:,? (?P<y>\d{{4}}))?{_TO}"
    rf"(?:(?P<n>{_MONTH}) )?(?P<e>\d\d?),? (?P<z>\d{{4}})",
    re.IGNORECASE,
)
_DAY_FIRST = re.compile(
    rf"(?P<d>\d\d?)\.?(?: (?P<m>{_MONTH}))?(?: (?P<y>\d{{4}}))?{_TO}"
    rf"(?P<e>\d\d?)\.? (?P<n>{_MONTH}),? (?P<z>\d{{4}})",
    re.IGNORECASE,
)
_MONTHS = tuple(
    re.compile(f"{each}{_TO}{last}", re.IGNORECASE)
    for each, last in (
        (r"(?P<y>\d{4})[-/](?P<m>\d\d?)", r"(?P<z>\d{4})[-/](?P<n>\d\d?)"),
        (r"(?P<m>\d\d?)[./](?P<y>\d{4})", r"(?P<n>\d\d?)[./](?P<z>\d{4})"),
        (rf"(?P<m>{_MONTH})(?: (?P<y>\d{{4}}))?", rf"(?P<n>{_MONTH}) (?P<z>\d{{4}})"),
    )
)


def split(text: str) -> tuple[str, str] | None:
    """Return the first and the last day of a range, as both are written; None where it is none.

    What the first leaves out is the last one's, and months with names become ISO 8601.

    >>> split("2026-11-01 - 2026-11-30"), split("01.11.\u201330.11.2026")
    (('2026-11-01', '2026-11-30'), ('01.11.2026', '30.11.2026'))
    >>> split("Nov 1\u201330, 2026"), split("15. Dezember bis 14. Januar 2026"), split("2026-11-01")
    (('2026-11-01', '2026-11-30'), ('2025-12-15', '2026-01-14'), None)
    >>> split("Oct\u2013Dec 2026"), split("2026-10 bis 2027-02")
    (('2026-10-01', '2026-12-31'), ('2026-10-01', '2027-02-28'))
    """
    plain = " ".join(text.split())
    if found := next(filter(None, (each.fullmatch(plain) for each in _MONTHS)), None):
        return _whole_months(found)
    if found := next(filter(None, (each.fullmatch(plain) for each in _WHOLE)), None):
        return found[1], found[2]
    if found := _DOTTED.fullmatch(plain):
        first, month, last, until, year = found.groups()
        begun = int(year) - (int(month or until) > int(until))
        return f"{first}.{month or until}.{begun}", f"{last}.{until}.{year}"
    found = _MONTH_FIRST.fullmatch(plain) or _DAY_FIRST.fullmatch(plain)
    return _named(found) if found else None


def _named(found: re.Match[str]) -> tuple[str, str]:
    """Return the days of a range whose months have names."""
    month, until = (_month(found[one] or found[other]) for one, other in ("mn", "nm"))
    begun = int(found["y"] or int(found["z"]) - (month > until))
    return (
        f"{begun}-{month:02}-{int(found['d']):02}",
        f"{found['z']}-{until:02}-{int(found['e']):02}",
    )


def _whole_months(found: re.Match[str]) -> tuple[str, str] | None:
    """Return the first day of a range of months, and the last one of its last."""
    month, until = (int(each) if each.isdigit() else _month(each) for each in found.group("m", "n"))
    begun, year = int(found["y"] or int(found["z"]) - (month > until)), int(found["z"])
    if not (1 <= month <= 12 and 1 <= until <= 12):
        return None
    return f"{begun}-{month:02}-01", f"{year}-{until:02}-{monthrange(year, until)[1]}"


def _month(name: str) -> int:
    names = (re.match(each, name, re.IGNORECASE) for each in MONTH_NAMES)
    return next(number for number, found in enumerate(names, 1) if found)


def split_ranges(
    path: Path, target: Path, delimiter: str, skip: int, headers: list[str], place: int
) -> bool:
    """Write a table of whose first rows one has a range in a column with a column for its end.

    Every line stays where it is. Returns whether there was one.
    """
    with open_text(path) as file:
        for _ in range(skip + 1):
            file.readline()
        rows = csv.reader(file, delimiter=delimiter)
        first = (row[place] for row in islice(rows, ROWS_TRIED) if len(row) > place)
        if not any(map(split, first)):
            return False
        file.seek(0)
        with target.open("w", encoding="utf-8", newline="") as copy:
            table = csv.writer(copy, delimiter=delimiter)
            table.writerows([[] for _ in range(skip)])
            for _ in range(skip + 1):
                file.readline()
            table.writerow([*headers, LAST_DAY])
            for row in csv.reader(file, delimiter=delimiter):
                table.writerow(_with_end(row, place))
    return True


def _with_end(row: list[str], place: int) -> list[str]:
    """Return a row with the first day in the place of a range, and the last behind the rest."""
    if len(row) <= place:
        return [*row, ""] if row else row
    days = split(row[place]) or (row[place], row[place])
    return [*row[:place], days[0], *row[place + 1 :], days[1]]
