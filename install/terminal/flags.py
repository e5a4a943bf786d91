"""What is typed after a flag, turned into numbers and days, and checked."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

import typer

from install.terminal.answers import short
from install.terminal.refusal import Refusal

SMALLEST, LARGEST = 1e-9, 1e15
"""Beyond them a product of a few numbers leaves what a cell can show."""
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
Json = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]
JsonFigures = Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")]
DayFirst = Annotated[bool, typer.Option("--day-first", help="1/8/2026 is in August.")]
Columns = Annotated[
    str | None, typer.Option(metavar="NAME=HEADER,…", help="Which column of an export is which.")
]
Units = Annotated[
    list[str] | None,
    typer.Option(metavar="UNIT=SIZE", help="How many tokens a unit is: Units=1M."),
]
CostsIn = Annotated[
    str | None, typer.Option("--currency", metavar="CODE", help="Currency of costs without one.")
]
"""What is said of an export that does not say it itself, by every command that reads one."""


class OfExports(NamedTuple):
    """The same, together."""

    columns: str | None = None
    day_first: bool = False
    units: list[str] | None = None
    currency: str | None = None


def currency_code(text: str | None) -> str:
    """Return the code of a stated currency; blank where none is stated.

    Raises
    ------
    Refusal
        If it is none that is known.
    """
    from workbooks.prices.sheet.units import CODES

    if text and text.upper() not in CODES:
        raise Refusal(f"--currency {text!r} is no currency known here; write a code such as EUR.")
    return (text or "").upper()


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
    if not 0 <= tokens <= LARGEST:
        rule = "write a number of tokens such as 500M, 2.7B or 1e9"
        raise typer.BadParameter(f"{text!r} is not a volume; {rule}.")
    return tokens


PER_MINUTE = {"s": 60.0, "sec": 60.0, "second": 60.0, "m": 1.0, "min": 1.0, "minute": 1.0}
PER_MINUTE |= {"h": 1 / 60, "hour": 1 / 60}


def rate(text: str) -> float:
    """Return requests a minute.

    >>> rate("2000/min"), rate("30/s"), rate("1_200/hour")
    (2000.0, 1800.0, 20.0)
    """
    digits, _, per = text.partition("/")
    try:
        found = float(digits) * PER_MINUTE[per.strip().lower()]
    except (ValueError, KeyError):
        found = math.nan
    if not 0 < found <= LARGEST:
        raise typer.BadParameter(f"{text!r} is not a rate; write 2000/min, 30/s or 5000/hour.")
    return found


def number(text: str) -> float:
    """Return a number.

    >>> number("1_000"), number("1e-2")
    (1000.0, 0.01)
    """
    try:
        return float(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a number.") from None


def day(text: str) -> datetime.date:
    """Return a date written as year, month, day.

    >>> day("2026-11-21")
    datetime.date(2026, 11, 21)
    """
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a date such as 2026-11-21.") from None


def month(text: str) -> datetime.date:
    """Return the first day of a month written as year and month.

    >>> month("2026-12")
    datetime.date(2026, 12, 1)
    """
    if not MONTH.fullmatch(text) or text.startswith("0000"):
        raise typer.BadParameter(f"{text!r} is not a month such as 2026-12.")
    return datetime.date.fromisoformat(f"{text}-01")


def dashed(flag: str) -> str:
    """Return a flag as it is typed.

    >>> dashed("node_cost")
    '--node-cost'
    """
    return f"--{flag.replace('_', '-')}"


def arguments(flags: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, float]:
    """Return what was typed by the name of the function's argument, within its bounds.

    Raises
    ------
    Refusal
        With the flag, the value and its rule.
    """
    import numpy as np

    from costcore.language.quantities import QUANTITIES

    given = {flag: flags[flag] for flag in names if flags[flag] is not None}
    for flag, value in given.items():
        quantity = QUANTITIES[names[flag]]
        if not quantity.admits(value):
            raise Refusal(f"{dashed(flag)} is {_shown(value)}; it must be {quantity.rule}.")
        if quantity.small(np.asarray(value)):
            raise Refusal(f"{dashed(flag)} is {_shown(value)}; it must be {quantity.small_rule}.")
        if value and not SMALLEST <= abs(value) <= LARGEST:
            rule = f"0 or between {short(SMALLEST)} and {short(LARGEST)} in size"
            raise Refusal(f"{dashed(flag)} is {_shown(value)}; it must be {rule}.")
    return {names[flag]: value for flag, value in given.items()}


def _shown(value: float) -> str:
    return short(value) if math.isfinite(value) else str(value)
