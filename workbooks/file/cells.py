"""Read what a cell holds, and write a cell that holds something else in the same style."""

from __future__ import annotations

import datetime
import html
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from workbooks.file.markup import prefix, shown, unescaped
from workbooks.file.refusal import RefreshError

Value = float | str | bool | None
LONGEST_TEXT = 32_767
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})")


@dataclass(slots=True)
class Cell:
    """A cell where it stands: its bytes, and its content not yet made sense of."""

    row: int
    column: int
    start: int
    open_end: int
    end: int
    style: str = ""
    kind: str = "n"
    content: str | None = None
    formula: str | None = None
    """The text of its formula; empty where another cell has the text."""
    shared: str = ""
    """The number under which formulas of the same pattern share one text."""

    @property
    def filled(self) -> bool:
        """Whether anything but a style is in it."""
        return self.content is not None or self.formula is not None


def reference(row: int, column: int) -> str:
    """Return the name of a cell.

    >>> reference(7, 28)
    'AB7'
    """
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


@lru_cache(1 << 15)
def place(text: str) -> tuple[int, int]:
    """Return the row and the column of a cell's name.

    >>> place("$AB$7")
    (7, 28)
    """
    found = _REFERENCE.fullmatch(text)
    if not found:
        raise RefreshError(f"{text[:40]!r} is no cell")
    row, column = int(found[2]), _column(found[1])
    if column > LAST_COLUMN or row > LAST_ROW:
        raise RefreshError(f"{text!r} lies outside the sheet")
    return row, column


@cache
def _column(letters: str) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return column


def value(cell: Cell, strings: Mapping[int, str]) -> Value:
    """Return what a cell holds: a number, a text, a truth value, or None if it is empty.

    An error value is the text it shows. A date is a number, unless it is stored as text. What no
    program can show as a number (``1E+999``) is the text that stands there.
    """
    if cell.content is None or (cell.content == "" and cell.kind != "inlineStr"):
        return None
    if cell.kind == "s":
        return strings.get(index(cell))
    if cell.kind == "b":
        return cell.content.strip() in {"1", "true"}
    if cell.kind == "n":
        try:
            number = float(cell.content)
        except ValueError:
            return cell.content
        return number if math.isfinite(number) else cell.content
    return unescaped(cell.content)


def index(cell: Cell) -> int:
    """Return the number of the shared string that a cell shows; -1 if it has none."""
    return whole(cell.content or "") if cell.kind == "s" else -1


@lru_cache(1 << 12)
def whole(text: str) -> int:
    """Return a number of things that a workbook counts; -1 for what is none, or beyond counting.

    >>> whole("12"), whole("-1"), whole("9" * 5000)
    (12, -1, -1)
    """
    return int(text) if text.isdecimal() and len(text) < 10 else -1


def serial(day: datetime.date, from_1904: bool) -> float:
    """Return the number under which a workbook stores a day.

    >>> serial(datetime.date(2026, 11, 21), False)
    46347.0
    """
    return float((day - _day_0(from_1904)).days)


def date_in(held: Value, from_1904: bool) -> datetime.date | None:
    """Return the day that a date cell or an ISO text holds; None for anything else.

    >>> date_in(46347.0, False), date_in("2026-11-21", False), date_in("soon", False)
    (datetime.date(2026, 11, 21), datetime.date(2026, 11, 21), None)
    """
    try:
        if isinstance(held, str):
            return datetime.date.fromisoformat(held.strip()[:10])
        if isinstance(held, float) and held >= 1:
            return _day_0(from_1904) + datetime.timedelta(days=int(held))
    except (ValueError, OverflowError):
        return None
    return None


def _day_0(from_1904: bool) -> datetime.date:
    return datetime.date(1904, 1, 1) if from_1904 else datetime.date(1899, 12, 30)


def written(data: bytes, like: int, row: int, column: int, style: str, new: Value) -> bytes:
    """Return the bytes of a cell; `like` is where an element of the sheet begins.

    Text is written as text, whatever it begins with, so that it never becomes a formula.
    """
    p = prefix(data, like)
    start = f'<{p}c r="{reference(row, column)}"'
    start += f' s="{html.escape(style)}"' if style else ""
    if new is None:
        return f"{start}/>".encode()
    if isinstance(new, str):
        if len(new) > LONGEST_TEXT:
            raise RefreshError(f"a text of {len(new)} characters does not fit into a cell")
        text = f'<{p}is><{p}t xml:space="preserve">{shown(new)}</{p}t></{p}is>'
        return f'{start} t="inlineStr">{text}</{p}c>'.encode()
    if not math.isfinite(new):
        raise AssertionError(f"{new} is not what a cell stores")
    kind = ' t="b"' if isinstance(new, bool) else ""
    number = int(new) if new == int(new) and abs(new) < 1e15 else new
    return f"{start}{kind}><{p}v>{number!r}</{p}v></{p}c>".encode()


def with_formula(data: bytes, like: int, row: int, column: int, style: str, formula: str) -> bytes:
    """Return the bytes of a formula cell whose value is still to be computed."""
    p = prefix(data, like)
    styled = f' s="{html.escape(style)}"' if style else ""
    text = f"<{p}f>{html.escape(formula, quote=False)}</{p}f>"
    return f'<{p}c r="{reference(row, column)}"{styled}>{text}</{p}c>'.encode()
