"""Open a CSV or XLSX file as sheets of cells, within limits, whatever made it."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from workbooks.file.cells import place
from workbooks.file.values import (
    Away,
    away,
    comments,
    hidden_rows,
    opened,
    part_of,
    uncomputed,
)
from workbooks.prices.offers import FeedError, shown

Value = str | Decimal | date | None
LARGEST_FILE = 50_000_000
LARGEST_UNPACKED = 200_000_000
MOST_CELLS = 2_000_000
MOST_COLUMNS = 300
STRUCK = "struck out"
"""In the place of a format, of what somebody has crossed out."""
DELIMITERS = "\t;|,"  # in this order where a file reads equally well with two: 1,5;2,5
MAGIC = {
    b"\xd0\xcf\x11\xe0": "is an old .xls workbook or has a password; save it as .xlsx without one",
    b"%PDF": "is a PDF; copy its table into a sheet and save that as .xlsx or .csv",
    b"\x1f\x8b": "is packed with gzip; unpack it first",
}


class Sheet(NamedTuple):
    """One sheet: its cells, how they are formatted, and which rows are hidden; all from 0."""

    file: str
    name: str
    rows: list[list[Value]]
    formats: dict[tuple[int, int], str]
    hidden: frozenset[int]
    is_hidden: bool = False
    comments: tuple[tuple[int, int, str], ...] = ()
    """What somebody has noted at a cell: row, column and words."""
    away: Away = Away()
    """How many rows and columns with cells are hidden."""

    def place(self, row: int, column: int) -> str:
        """Return how a message names a cell.

        >>> Sheet("list.csv", "", [], {}, frozenset()).place(6, 2)
        'list.csv, cell C7'
        """
        sheet = f"sheet {self.name}, " if self.name else ""
        return f"{self.file}, {sheet}cell {letters(column)}{row + 1}"


def letters(column: int) -> str:
    """Return a column as a spreadsheet names it.

    >>> letters(0), letters(25), letters(26)
    ('A', 'Z', 'AA')
    """
    before, last = divmod(column, 26)
    return (letters(before - 1) if before else "") + chr(ord("A") + last)


def open_sheets(name: str, content: bytes, hidden: bool = False) -> list[Sheet]:
    """Return the sheets of a file that are shown; those that are hidden, too, where asked for.

    Raises
    ------
    FeedError
        If it is neither CSV nor XLSX, is damaged, or is larger than a price sheet can be.
    """
    if not content.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise FeedError(f"{name} is empty")
    if len(content) > LARGEST_FILE:
        raise FeedError(f"{name} has more than {LARGEST_FILE // 1_000_000} MB; cut it to one table")
    for magic, advice in MAGIC.items():
        if content.startswith(magic):
            raise FeedError(f"{name} {advice}")
    if content.startswith(b"PK"):
        return _workbook(name, content, hidden)
    return [Sheet(name, "", _csv_rows(name, content), {}, frozenset())]


def _csv_rows(name: str, content: bytes) -> list[list[Value]]:
    text = _decoded(name, content)
    if text[:4].lower() == "sep=" and "\n" in text:
        first, text = text.split("\n", 1)
        delimiter = first[4:5] or ","
        shift: list[list[Value]] = [[]]
    else:
        delimiter, shift = _delimiter(text), []
    try:
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        return shift + _limited(name, ([_blank(cell) for cell in line] for line in lines))
    except (csv.Error, TypeError, ValueError) as error:
        raise FeedError(f"{name} is not a CSV file: {shown(error)}") from None


def _blank(text: str) -> Value:
    return text.strip() or None


def _decoded(name: str, content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\0" in content[:200]:
        encodings = ["utf-16-le" if content[1:2] == b"\0" else "utf-16-be"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise FeedError(f"{name} is not a text file that a spreadsheet program writes")


def _delimiter(text: str) -> str:
    """Return the delimiter with which the most lines have the same number of cells."""
    lines = [line for line in text.splitlines()[:200] if line.strip()][:60]

    def regular(delimiter: str) -> int:
        counts = Counter(len(row) for row in _split(lines, delimiter))
        return max((times for width, times in counts.items() if width > 1), default=0)

    return max(DELIMITERS, key=regular)


def _split(lines: list[str], delimiter: str) -> list[list[str]]:
    try:
        return list(csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return []


def _limited(name: str, lines: Iterable[list[Value]]) -> list[list[Value]]:
    rows: list[list[Value]] = []
    cells = 0
    for line in lines:
        while line and line[-1] is None:
            line.pop()
        cells += len(line) + 1
        if cells > MOST_CELLS or len(line) > MOST_COLUMNS:
            raise FeedError(f"{name} is larger than a price sheet can be; cut it to one table")
        rows.append(line)
    return rows


def _workbook(name: str, content: bytes, hidden: bool) -> list[Sheet]:
    _check_package(name, content)
    file = io.BytesIO(content)
    try:
        with opened(file) as book, zipfile.ZipFile(file) as package:
            sheets = (each for each in book.worksheets if hidden or not _is_hidden(each))
            return [_sheet(name, each, package) for each in sheets]
    except FeedError:
        raise
    except MemoryError:
        raise FeedError(f"{name} is larger than a price sheet can be") from None
    except Exception as error:  # openpyxl lets errors of every kind through
        raise FeedError(f"{name} is damaged: {type(error).__name__} {shown(error)}") from None


def _check_package(name: str, content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
            if sum(part.file_size for part in parts) > LARGEST_UNPACKED:
                size = LARGEST_UNPACKED // 1_000_000
                raise FeedError(f"{name} unpacks to more than {size} MB")
            if any(part.filename == "xl/workbook.bin" for part in parts):
                raise FeedError(f"{name} is a binary .xlsb workbook; save it as .xlsx first")
            if not any(part.filename == "[Content_Types].xml" for part in parts):
                raise FeedError(f"{name} is a zip file and no .xlsx workbook; unpack it first")
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    _check_part(name, package, part)
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, EOFError) as error:
        if isinstance(error, FeedError):
            raise
        raise FeedError(f"{name} is damaged: {shown(error)}") from None
    except Exception as error:  # a mangled header reaches struct, zlib and the codecs
        raise FeedError(f"{name} is damaged: {type(error).__name__}") from None


def _check_part(name: str, package: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    with package.open(part) as opened:
        head = opened.read(100_000)
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise FeedError(f"{name} has a document type in {part.filename}, as no workbook has")


def _sheet(name: str, sheet: Any, package: zipfile.ZipFile) -> Sheet:
    formats: dict[tuple[int, int], str] = {}
    rows = _limited(name, _cells(sheet, formats))
    part = part_of(sheet, package)
    if waiting := uncomputed(part):
        cell = f"{name}, sheet {sheet.title}, cell {waiting}"
        raise FeedError(f"{cell} is a formula without a value; open and save it in Excel first")
    _fill_merged(rows, part)
    hidden, noted = hidden_rows(part), tuple(comments(sheet, package))
    of_it = (_is_hidden(sheet), noted, away(part, rows))
    return Sheet(name, sheet.title, rows, formats, hidden, *of_it)


_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*\sref="([A-Z]{1,3})(\d+):\1(\d+)"')


def _fill_merged(rows: list[list[Value]], part: bytes) -> None:
    """Let a cell that is merged over several rows stand in each that has a number, as people read.

    Rows of a heading have none, and are joined elsewhere.
    """
    for column, first, last in _MERGED.findall(part):
        at = place(f"{column.decode()}1")[1] - 1
        top = rows[int(first) - 1] if int(first) <= len(rows) else []
        for row in rows[int(first) : int(last)]:
            if at < len(top) and any(isinstance(cell, Decimal) for cell in row):
                row[at] = row[at] or top[at]


def _is_hidden(sheet: Any) -> bool:
    return bool(sheet.sheet_state != "visible")


def _cells(sheet: Any, formats: dict[tuple[int, int], str]) -> Iterator[list[Value]]:
    for number, row in enumerate(sheet.iter_rows()):
        values = [_value(cell.value) for cell in row]
        for column, value in enumerate(values):
            if isinstance(value, Decimal | str) and (style := _style(row[column])) != "General":
                formats[number, column] = style
        yield values


def _style(cell: Any) -> str:
    """Return a cell's format, or that it is struck out."""
    if cell.font and cell.font.strike:
        return STRUCK
    return str(cell.number_format) if cell.data_type == "n" else "General"


def _value(value: Any) -> Value:
    if isinstance(value, datetime):
        return value.date()
    if value is None or isinstance(value, date):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = Decimal(str(value))
        return number if number.is_finite() and abs(number.adjusted()) < 30 else str(value)
    return str(value).strip() or None
