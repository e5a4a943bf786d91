"""What a heading says beside its name: that its numbers are thousands, or in which currency."""

from __future__ import annotations

import re

from workbooks.prices.sheet.units import CODES

SCALES = {
    1e3: r"k|'?000s?|1[., ]?000|tsd|t\.|thousands?|tausend|1k|千",
    1e6: r"m|mn|mio|1m|million(?:s|en)?|百万",
    1e9: r"bn|mrd|billions|milliarden?",
}
"""What stands in a heading of numbers in thousands; "billion" is another number in German."""
_TOKENS = r"(?: ?tok(?:en)?s?)?"
_SCALED = {
    size: re.compile(
        rf"(.+?)\s*(?:[(\[](?:in |x ?)?(?:{words})\.?{_TOKENS}[)\]]"
        rf"|[,;]? in (?:{words})\.?{_TOKENS})\s*"
        rf"|(.+?) (?:{words})\.?( ?tok(?:en)?s?)|(?:{words})\.? (.+)",
        re.IGNORECASE,
    )
    for size, words in SCALES.items()
}
"""The scale behind a name, before the word for tokens, or before all."""
_MONEY = rf"(?:{'|'.join(sorted(CODES))}|(?:US)?[$]|[€£])"
_CURRENCY = re.compile(
    rf"\s*[(\[](?:in )?{_MONEY}[)\]]\s*$|[ _](?:in[ _])?{_MONEY}\s*$", re.IGNORECASE
)


def scaled(heading: str) -> tuple[str, float]:
    """Return a heading without the scale that it says its numbers have, and that scale.

    >>> scaled("Input tokens (thousands)"), scaled("Eingabe-Token in Tsd.")
    (('Input tokens', 1000.0), ('Eingabe-Token', 1000.0))
    >>> scaled("Input Mio. Token"), scaled("Mio. Eingabe-Token")
    (('Input Token', 1000000.0), ('Eingabe-Token', 1000000.0))
    >>> scaled("Price (per 1M tokens)")
    ('Price (per 1M tokens)', 1.0)
    """
    for size, pattern in _SCALED.items():
        if found := pattern.fullmatch(heading):
            return "".join(filter(None, found.groups())), size
    return heading, 1.0


def without_currency(heading: str) -> str:
    """Return a heading without the currency behind it.

    >>> [without_currency(each) for each in ("Input cost (CHF)", "Cost in EUR", "Fee")]
    ['Input cost', 'Cost', 'Fee']
    """
    return _CURRENCY.sub("", heading)
