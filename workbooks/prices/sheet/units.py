"""Read what a text says of the unit and the currency of prices; never guess either."""

from __future__ import annotations

import re
from functools import lru_cache

from workbooks.prices.offers import DoubtfulError

_GROUP = r"[.,'\u2019\s\u00a0\u202f]?"
_PER = r"(?:\bper|/|\bpro|\bje|\bà)\s*"
_AMOUNT = r"(?:[\d.,]+\s*[km]?\s*)?(?:\w+\s)?"
_OTHER = re.compile(
    r"\b(?:char|chars|character|characters|zeichen|hour|hours|hr|stunde|stunden|std|minute|minutes"
    r"|second|seconds|sekunde|image|images|bild|page|pages|seite|query|queries|call|calls|request"
    r"|requests|anfrage|anfragen|month|monat|day|tag|year|jahr|gb|gib|ptu)\b"
)
_ALONE = r"(?<!\d)(?<!\d\s)"  # "over 200 K tokens" is a size, and no unit
_NO_SIZE = r"(?!\s*(?:context|kontext|window))"
_MILLION = re.compile(
    rf"\b1{_GROUP}000{_GROUP}000\b|\b1e\+?0?6\b|\b(?:million|millions|millionen|mio|mln|mill)\b"
    rf"|\b1\s?m\b{_NO_SIZE}|{_ALONE}\b1?\s?m\s?tok|{_PER}m\b|\b1\s?mt\b"
)
_THOUSAND = re.compile(
    rf"\b1{_GROUP}000\b(?!{_GROUP}\d)|\b(?:thousand|tausend|tsd)\b|\b1\s?k\b|{_ALONE}\b1?\s?k\s?tok"
    rf"|{_PER}k\b"
)
_ONE = re.compile(rf"(?:{_PER})(?:1\s*|single\s*|einzelnem\s*)?(?:\w+[\s-])?token\b")
_ONE_CELL = re.compile(r"(?:1 )?tokens?")

SIZES = {"token": 1, "1k": 1_000, "1m": 1_000_000}
SYMBOLS = {
    **{"us$": "USD", "ca$": "CAD", "c$": "CAD", "a$": "AUD", "au$": "AUD", "s$": "SGD"},
    **{"hk$": "HKD", "nz$": "NZD", "r$": "BRL", "$": "USD", "€": "EUR", "£": "GBP", "₹": "INR"},
    **{"euro": "EUR", "euros": "EUR", "dollar": "USD", "dollars": "USD", "fr.": "CHF"},
}
CODES = frozenset(
    (
        *("USD", "EUR", "GBP", "CHF", "JPY", "CNY", "CAD", "AUD", "NZD", "SEK", "NOK", "DKK"),
        *("PLN", "CZK", "HUF", "RON", "INR", "SGD", "HKD", "KRW", "BRL", "MXN", "ZAR", "TRY"),
        *("ILS", "THB", "IDR", "MYR", "PHP", "ISK"),
    )
)
_CODE = re.compile(rf"(?<![A-Za-z])(?:{'|'.join(sorted(CODES))})(?![A-Za-z])", re.IGNORECASE)
_SYMBOL = re.compile(
    "|".join(
        rf"(?<![a-z]){re.escape(each)}" + (r"(?![a-z])" if each[-1].isalpha() else "")
        for each in sorted(SYMBOLS, key=len, reverse=True)
    )
)
_CENTS = re.compile(r"¢|(?<![a-z])(?:cents?|cts?|pence)(?![a-z])")
_OF_PENCE = re.compile(r"(?<![a-z])pence(?![a-z])")


@lru_cache(maxsize=10_000)
def tokens_in(text: str) -> int | None:
    """Return how many tokens a text says a price is for; None where it says nothing.

    Raises
    ------
    DoubtfulError
        If it says that prices are for something else.

    Examples
    --------
    >>> tokens_in("Input (USD/1M tokens)"), tokens_in("Price per 1,000 input tokens")
    (1000000, 1000)
    >>> tokens_in("Preis je 1.000.000 Token"), tokens_in("$ per token"), tokens_in("Input price")
    (1000000, 1, None)
    >>> tokens_in("per 1k chars")
    Traceback (most recent call last):
        ...
    workbooks.prices.offers.DoubtfulError: it is per 'chars', not per tokens
    """
    plain = text.casefold().replace("_", " ")
    other = _OTHER.search(plain)
    if other and re.search(_PER + _AMOUNT + re.escape(other[0]), plain):
        raise DoubtfulError(f"it is per {other[0]!r}, not per tokens")
    million, thousand = _MILLION.search(plain), _THOUSAND.search(plain)
    if million and thousand:
        raise DoubtfulError(
            f"it names two units, {million[0].strip()!r} and {thousand[0].strip()!r}"
        )
    if million or thousand:
        return 1_000_000 if million else 1_000
    return 1 if _ONE.search(plain) else None


def tokens_of_unit(text: str) -> int:
    """Return how many tokens the cell of a unit column means.

    Raises
    ------
    DoubtfulError
        If it is no number of tokens.

    Examples
    --------
    >>> tokens_of_unit("1M"), tokens_of_unit("1000 Tokens"), tokens_of_unit("per MTok")
    (1000000, 1000, 1000000)
    """
    plain = text.casefold().strip()
    if plain in {"m", "k"}:
        return SIZES[f"1{plain}"]
    if _ONE_CELL.fullmatch(plain) or plain == "1":
        return 1
    if other := _OTHER.search(plain):
        raise DoubtfulError(f"it is per {other[0]!r}, not per tokens")
    size = tokens_in(text)
    if size is None:
        raise DoubtfulError(f"its unit {text!r} is not known")
    return size


@lru_cache(maxsize=10_000)
def currency_in(text: str) -> tuple[str, int]:
    """Return the currency a text names, and how many of what it counts make one of it.

    Raises
    ------
    DoubtfulError
        If it names two, or a sign that several currencies share.

    Examples
    --------
    >>> currency_in("Input (US$ / 1M)"), currency_in("ct je 1K (EUR)"), currency_in("Input")
    (('USD', 1), ('EUR', 100), ('', 1))
    """
    plain = text.casefold()
    found = {code.upper() for code in _CODE.findall(text)}
    if not found:
        found = {SYMBOLS[sign] for sign in _SYMBOL.findall(plain)}
    if _OF_PENCE.search(plain):
        found |= {"GBP"}
    if len(found) > 1:
        raise DoubtfulError(f"it names more than one currency: {', '.join(sorted(found))}")
    if not found and re.search("[¥￥]|(?<![a-z])kr(?![a-z])", plain):
        raise DoubtfulError("its currency sign is shared by several currencies")
    return next(iter(found), ""), 100 if _CENTS.search(plain) else 1
