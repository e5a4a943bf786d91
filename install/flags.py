"""What is typed after a flag, turned into numbers and days; the unit is said in the help."""

from __future__ import annotations

import datetime
import math

import typer

SIZES = {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}


def volume(text: str) -> float:
    """Return a volume in tokens; K, M, B and T stand for thousand to trillion.

    >>> volume("500M"), volume("2.7B"), volume("1e9"), volume("1_000")
    (500000000.0, 2700000000.0, 1000000000.0, 1000.0)
    """
    size = SIZES.get(text[-1:].upper(), 1.0)
    try:
        tokens = float(text if size == 1 else text[:-1]) * size
    except ValueError:
        tokens = math.nan
    if not 0 <= tokens < math.inf:
        raise typer.BadParameter(
            f"{text!r} is not a volume; write a number of tokens such as 500M, 2.7B or 1e9."
        )
    return tokens


def day(text: str) -> datetime.date:
    """Return a date written as year, month, day.

    >>> day("2026-11-21")
    datetime.date(2026, 11, 21)
    """
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a date such as 2026-11-21.") from None
