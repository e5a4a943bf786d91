"""Text from outside, made harmless for a terminal and for a cell of a CSV file."""

from __future__ import annotations

import re

STEERING = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""What moves a cursor, opens a channel to the terminal, or turns the direction of reading."""
FORMULA = re.compile(r"(^|[;\t\r\n])(?=[=+\-@\t\r\n＝＋－＠])")  # noqa: RUF001  (Excel takes them too)
"""Where a formula begins, also for a program that parts cells at semicolons or tabs."""


def printable(text: str) -> str:
    r"""Return text as one line without characters that steer a terminal.

    >>> printable("gpt\x1b[31m\n4")
    'gpt?[31m?4'
    """
    return STEERING.sub("?", text).replace("\n", "?").replace("\t", "?")


def cell_text(value: object) -> str:
    r"""Return a value as the text of a CSV cell that no spreadsheet takes for a formula.

    Python's csv writes a carriage return without quotes, and takes it for the end of a row.

    >>> cell_text("=HYPERLINK(A1)"), cell_text(2.50), cell_text(None), cell_text(-1.0)
    ("'=HYPERLINK(A1)", '2.5', '', '-1')
    >>> cell_text("gpt-4;=A1")
    "gpt-4;'=A1"
    >>> cell_text("one\r\ntwo\rthree")
    'one\ntwo\nthree'
    """
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.12g}"
    text = str(value).replace("\r\n", "\n").replace("\r", "\n")
    return FORMULA.sub(r"\1'", text)
