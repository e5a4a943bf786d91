"""Prices that hold from a size of the prompt on: every band of a price list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from workbooks.prices.feeds.reading import Rates, read_rates
from workbooks.prices.offers import FIRST_BAND, LONG_INPUT, LONG_OUTPUT, SECOND_BAND

SHORTEST, LONGEST = 1_000, 10**9


class Band(NamedTuple):
    """The input and output price from so many tokens on, as the list writes them."""

    start: Any
    given: Any
    received: Any


class Banded(NamedTuple):
    """The rates of a model with two long-context prices, and a note on the others."""

    rates: Rates
    note: str


def with_bands(rates: Rates, bands: Sequence[Band], tokens: int, where: tuple[str, str]) -> Banded:
    """Add the prices of long prompts: two bands to the rates, later ones to the note.

    The price table has two thresholds. A band without a size is left out; where the first lacks a
    price, no band is stated, because a later one would hide what begins before it. A price that
    cannot be believed is doubted where it stands.
    """
    known = [band for band in bands if _is_size(band.start)]
    told: list[tuple[int, Rates]] = []
    for band in sorted(known, key=lambda each: int(each.start)):
        prices: Mapping[str, Any] = {LONG_INPUT: band.given, LONG_OUTPUT: band.received}
        place = (f"{where[0]}/from {band.start}", where[1])
        read = read_rates(prices, {each: each for each in prices}, tokens, place)
        rates = rates._replace(doubts=rates.doubts + read.doubts)
        told.append((int(band.start), read))
    whole = [each for each in told if len(each[1].prices) == len((LONG_INPUT, LONG_OUTPUT))]
    if not told or whole[:1] != told[:1]:
        return Banded(rates, "")
    prices = dict(rates.prices)
    for columns, (start, read) in zip((FIRST_BAND, SECOND_BAND), whole, strict=False):
        told_here = (Decimal(start), read.prices[LONG_INPUT], read.prices[LONG_OUTPUT])
        prices |= dict(zip(columns, told_here, strict=True))
    return Banded(rates._replace(prices=prices), "; ".join(map(_said, whole[2:])))


def _is_size(start: Any) -> bool:
    number = isinstance(start, int | Decimal) and not isinstance(start, bool)
    return number and SHORTEST <= start <= LONGEST


def _said(band: tuple[int, Rates]) -> str:
    start, rates = band
    pair = f"{rates.prices[LONG_INPUT]:f} and {rates.prices[LONG_OUTPUT]:f}"
    return f"from {start:,} tokens {pair}"
