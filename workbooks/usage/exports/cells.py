"""What cells of numbers mean, as a query reads them."""

from __future__ import annotations

import re
from collections.abc import Iterable

import ibis
from ibis.expr import types as ir

from workbooks.prices.sheet.units import CODES

LARGEST = 1e15
"""More tokens or money than any export holds; also above it floats no longer count exactly."""
COUNTS = frozenset(
    (
        *("requests", "input", "cache_read", "cache_write_5m", "cache_write_1h", "output"),
        *("reasoning", "apart"),
    )
)
SIGN = "[$€£]"
CURRENCY_CODE = re.compile(
    rf"(?:usd|eur|gbp)\b|(?<=[(\[ _])(?:{'|'.join(sorted(CODES))})(?=[)\]]?\s*$)", re.IGNORECASE
)
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


def last_digit(text: ir.Value, numerals: str) -> ir.Value:
    """Return what one more in the last digit of a number is: 0.01 of 12.34."""
    mark = "," if numerals == "comma" else "[.]"
    decimals = text.re_extract(rf"{mark}(\d+)\D*$", 1).length()
    return ibis.literal(1.0) / ibis.literal(10.0) ** decimals


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
