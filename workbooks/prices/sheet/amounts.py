"""Read the numbers of a price column as their writer meant them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from decimal import Decimal
from typing import NamedTuple

from workbooks.clock import MONTH_NAMES
from workbooks.prices.offers import DoubtfulError
from workbooks.prices.sheet.units import CODES

_SPACES = re.compile(r"[\s\u00a0\u2009\u202f'\u2019]")
MINUS = "\u2212"
_NUMBER = re.compile(r"\d[\d.,]*")
_BLANK = r"[\s\u00a0\u2009\u202f'\u2019]"
_GROUPED = re.compile(rf"\D*(?:\d{{1,3}}(?:{_BLANK}\d{{3}})+(?:[.,]\d+)?)\D*")
_PARTED = re.compile(rf"\d{_BLANK}+\d")
_MONTH = "|".join(MONTH_NAMES)
_DATE = re.compile(
    rf"\d{{1,2}}[-. ]*(?:{_MONTH})[a-z]*\.?|(?:{_MONTH})[a-z]*\.?[-. ]*\d{{1,4}}"
    r"|\d{1,2}:\d{2}(?::\d{2})?|\d{4}-\d{2}-\d{2}.*|\d{1,2}/\d{1,2}/\d{2,4}"
)
_ERROR = re.compile(r"#(?:ref!|value!|n/?a|name\?|div/0!|null!|num!|spill!|#+)|#+")
_SIZED = re.compile(r"[.,\d\s]*(?:000|[1km])\b")
_SCIENTIFIC = re.compile(r"(\d+)(?:[.,](\d+))?[eE]([+-]?\d{1,2})")
_FOOTNOTE = re.compile(r"(?:\s*(?:[*†‡§¹²³⁰⁴-⁹]+|\[\w{1,3}\]))+$")
_MONEY_WORDS = re.compile(
    rf"(?<![A-Za-z])(?:us\$|ca\$|c\$|au\$|a\$|s\$|hk\$|nz\$|r\$|{'|'.join(CODES)}|euros?|dollars?"
    r"|us|cents?|cts?|pence|fr\.)(?![A-Za-z])|[$€£₹¢¥]",
    re.IGNORECASE,
)
NO_PRICE = {
    *(
        "-",
        "\u2013",
        "\u2014",
        "--",
        "n/a",
        "n.a.",
        "na",
        "n/v",
        "none",
        "null",
        "nan",
        "tbd",
        "tba",
    ),
    *("contact sales", "contact us", "on request", "upon request", "auf anfrage", "k.a.", "k. a."),
    *("not available", "not applicable", "not offered", "nicht verfügbar", "entfällt", "?", "x"),
}
FREE = {"free", "free of charge", "kostenlos", "gratis", "frei"}
INCLUDED = {"included", "incl.", "inclusive", "inklusive", "inkl.", "enthalten"}


class Parts(NamedTuple):
    """A price cell taken apart: its number as text, and the text around it."""

    number: str
    around: str


def take_apart(text: str) -> Parts:
    """Split a cell into its number and the text that may name currency and unit.

    Raises
    ------
    DoubtfulError
        If it says in words that there is no such number.

    Examples
    --------
    >>> take_apart("$2.50 / 1M tokens"), take_apart("1 234,56 €*")
    (Parts(number='2.50', around='$ / 1M tokens'), Parts(number='1234,56', around='€'))
    """
    plain = _FOOTNOTE.sub("", text.strip().lstrip("'")).strip()
    price, per, unit = _at_unit(plain)
    _refuse_spoilt(plain.casefold(), unit)
    _refuse_words(price.casefold().strip())
    money = " ".join(_MONEY_WORDS.findall(price))
    spaced = _MONEY_WORDS.sub("", price).strip()
    if _PARTED.search(spaced) and not _GROUPED.fullmatch(spaced):
        raise DoubtfulError("a blank stands inside its number, and not before three digits")
    bare = _SPACES.sub("", spaced).lstrip("+")
    negative = bare.startswith(("-", MINUS, "(")) or bare.endswith("-")
    bare = bare.strip(f"()-{MINUS}")
    if negative and bare in {"1", "1.0", "1,0"}:
        raise DoubtfulError("-1 means that the price varies from call to call")
    if negative:
        raise DoubtfulError("a price cannot be negative")
    if not _NUMBER.fullmatch(bare) and not _SCIENTIFIC.fullmatch(bare):
        raise DoubtfulError("it is not a single number")
    return Parts(bare, f"{money} {per}{unit}".strip())


def _at_unit(text: str) -> tuple[str, str, str]:
    found = re.search(r"/|\b(?:per|pro|je)\b", text, re.IGNORECASE)
    if not found or not re.search(r"\d", text[: found.start()]):
        return text, "", ""
    return text[: found.start()], text[found.start() : found.end()], text[found.end() :]


def _refuse_spoilt(text: str, unit: str) -> None:
    """Refuse what a spreadsheet program makes of a price, and a price that is two numbers."""
    if _DATE.fullmatch(text):
        raise DoubtfulError("a spreadsheet program has made a date or a time of it")
    if _ERROR.fullmatch(text):
        raise DoubtfulError("it is an error of a spreadsheet program")
    if re.match(r"\s*[$€£]?\s*[\d.,]", unit) and not _SIZED.match(unit.casefold().strip()):
        raise DoubtfulError("it is two numbers or a fraction, not a single price")


def _refuse_words(price: str) -> None:
    if price.endswith("%"):
        raise DoubtfulError("a percentage is a discount, not a price")
    if (
        re.search(r"\d\s*(?:-|\u2013|\u2014|\bto\b|\bbis\b)\s*[$€£]?\d", price)
        and "e-" not in price
    ):
        raise DoubtfulError("it is a range of prices")
    if re.match(r"(?:from|ab|starting|up to|bis|ca\.?|~|≈|<|>|≤|≥)\s*\W?\s*\d", price):
        raise DoubtfulError("it is a bound, not a price")


def decimal_mark(numbers: Iterable[str]) -> str:
    """Return the decimal mark that a column uses; nothing where no number settles it.

    Raises
    ------
    DoubtfulError
        If one number settles it one way and another the other way.

    Examples
    --------
    >>> decimal_mark(["1,250", "0,5"]), decimal_mark(["1,250", "3"]), decimal_mark(["1,234.5"])
    (',', '', '.')
    """
    marks = {mark for number in numbers if (mark := _own_mark(number)) in {".", ","}}
    if len(marks) > 1:
        raise DoubtfulError("its column has numbers with a decimal comma and with a point")
    return next(iter(marks), "")


def mark_in(cells: Iterable[object]) -> str:
    """Return the decimal mark of the numbers in a column's texts; nothing where it is unsettled.

    >>> mark_in(["2,50 €", "on request", None]), mark_in(["1.5", "2,5"])
    (',', '')
    """
    numbers = []
    for cell in cells:
        with suppress(DoubtfulError):
            numbers += [take_apart(cell).number] if isinstance(cell, str) else []
    try:
        return decimal_mark(numbers)
    except DoubtfulError:
        return ""


def _own_mark(number: str) -> str:
    """Return the mark a number settles by itself; "?" where it can be read both ways."""
    if scientific := re.fullmatch(r"\d+([.,])\d+[eE].*", number):
        return scientific[1]
    marks = [each for each in number if each in ".,"]
    if not marks:
        return ""
    if len(set(marks)) > 1:
        return marks[-1]
    if len(marks) > 1:
        return "," if marks[0] == "." else "."
    whole, _, rest = number.partition(marks[0])
    grouped = len(rest) == 3 and 1 <= len(whole) <= 3 and not whole.startswith("0")
    return "?" if grouped else marks[0]


def read_number(number: str, mark: str) -> Decimal:
    """Return a number that its column's decimal mark explains.

    Raises
    ------
    DoubtfulError
        If it can be read in two ways, or in none.

    Examples
    --------
    >>> read_number("1.234,56", ","), read_number("1,250", "."), read_number("2.5E-06", "")
    (Decimal('1234.56'), Decimal('1250'), Decimal('0.0000025'))
    >>> read_number("1,250", "")
    Traceback (most recent call last):
        ...
    workbooks.prices.offers.DoubtfulError: 1,250 may be 1.25 or 1250, and no other number of its ...
    """
    if found := _SCIENTIFIC.fullmatch(number):
        return Decimal(f"{found[1]}.{found[2] or 0}E{found[3]}").normalize() + 0
    own = _own_mark(number)
    if own == "?" and not mark:
        one, other = (read_number(number, each) for each in ".,")
        low, high = sorted((one, other))
        raise DoubtfulError(
            f"{number} may be {low.normalize():f} or {high:f}, "
            "and no other number of its column settles it"
        )
    used = mark if own == "?" else own or "."
    group = "," if used == "." else "."
    whole, _, rest = number.partition(used)
    grouped = re.fullmatch(rf"\d{{1,3}}(\{group}\d{{3}})+|\d+", whole)
    if not grouped or (rest and not rest.isdecimal()):
        raise DoubtfulError("it is not a single number")
    return Decimal(f"{whole.replace(group, '')}.{rest}".rstrip("."))
