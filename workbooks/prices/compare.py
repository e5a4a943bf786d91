"""Set what several sources say of a model side by side: one price stands, the others are shown."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from workbooks.folder.timeline import CONTRACT
from workbooks.prices.clouds.lists import public_lists
from workbooks.prices.feeds.registry import FEEDS
from workbooks.prices.offers import INPUT, OUTPUT, RATES, Offer, Parsed
from workbooks.rows import TokenPrice

RANKS = {feed.title: rank for rank, feed in enumerate(FEEDS.values())}
LAST = len(RANKS)
"""The rank of a cloud's own list, which a newer reading of any other list may follow."""
TRUSTED_ALONE = {"genai-prices", "price sheet"}
SAME = ("provider", "model", "kind", "currency", "valid_from", "valid_to", "note")
ROUNDING = 1 / 1000  # floats per token and hosts' own billing units round differently


class Reading:
    """What one file says, with the name and the date its rows will carry."""

    def __init__(
        self, title: str, parsed: Parsed, sha256: str, as_of: tuple[date, str], url: str = ""
    ) -> None:
        self.title, self.parsed, self.sha256, self.url = title, parsed, sha256, url
        self.as_of, self.as_of_kind = as_of

    @cached_property
    def offers(self) -> dict[str, list[Offer]]:
        """The offers of each model, in order of their days."""
        found: dict[str, list[Offer]] = {}
        for offer in self.parsed.offers:
            found.setdefault(offer.model, []).append(offer)
        return found

    @cached_property
    def named(self) -> set[str]:
        """Every model that the file names, also those whose price was set aside."""
        return {*self.offers, *(doubt.model for doubt in self.parsed.doubts)}

    def opinion(self, model: str, day: date) -> Opinion | None:
        """Return what the file says of a model on a day."""
        for offer in self.offers.get(model, []):
            if offer.holds_on(day) and INPUT in offer.rates and OUTPUT in offer.rates:
                pair = float(offer.rates[INPUT]), float(offer.rates[OUTPUT])
                return Opinion(self.title, *pair, offer.currency)
        return None


class Opinion(NamedTuple):
    """What a source that is not the one in use says."""

    title: str
    input_price: float
    output_price: float
    currency: str


def rank(source: str) -> int:
    """Return the place of a source's word; a source that is no price list comes first.

    >>> rank("genai-prices 0.2.3") < rank("LiteLLM 1.109.1"), rank("a contract")
    (True, -1)
    """
    ranks = RANKS | dict.fromkeys(public_lists(), LAST)
    return next((place for title, place in ranks.items() if source.startswith(title)), -1)


def row(offer: Offer, reading: Reading, old: TokenPrice | None, origin: str) -> TokenPrice | None:
    """Return an offer as a row of the table; None where input or output have no price.

    A column about which the source says nothing keeps what the table had. A contract stays as it
    was quoted; what it leaves out, input and output too, follows the list that it stands before.
    """
    rates = _rates(offer, old if old and old.currency == offer.currency else None)
    given, received = rates.pop(INPUT), rates.pop(OUTPUT)
    if origin == CONTRACT:
        given, received = (math.nan if each is None else each for each in (given, received))
    if given is None or received is None:
        return None
    same: dict[str, Any] = {name: getattr(offer, name) for name in SAME}
    return TokenPrice(
        **same | rates,
        input_price_per_mtok=given,
        output_price_per_mtok=received,
        source=reading.title,
        source_url=offer.source_url or reading.url,
        as_of=reading.as_of,
        as_of_kind=reading.as_of_kind,
        second_source="",
        second_input_price_per_mtok=None,
        second_output_price_per_mtok=None,
        agreement="1 source",
        confidence=_alone(reading.title, origin),
        origin=origin,
        source_sha256=reading.sha256,
    )


def _rates(offer: Offer, old: TokenPrice | None) -> dict[str, float | None]:
    """Return the prices by column; what the source does not know is what the table had."""
    rates = {
        column: None if (price := offer.rates.get(column)) is None else float(f"{price:.12g}")
        for column in RATES
    }
    for column in RATES if offer.partial else offer.unsure:
        if rates[column] is None and old:
            rates[column] = getattr(old, column)
    return rates


def _alone(title: str, origin: str) -> str:
    """Return how far to trust a source that no other confirms; a contract needs none."""
    if origin == CONTRACT:
        return "high"
    return "medium" if title in TRUSTED_ALONE else "low"


def opinions(
    price: TokenPrice, readings: Sequence[Reading], before: TokenPrice | None, day: date
) -> list[Opinion]:
    """Return what the other sources say; one that was not read again keeps its last word."""
    said = [reading.opinion(price.model, day) for reading in readings]
    found = [each for each in said if each and not price.source.startswith(each.title)]
    if before and not any(before.second_source.startswith(reading.title) for reading in readings):
        pair = before.second_input_price_per_mtok, before.second_output_price_per_mtok
        if before.second_source and pair[0] is not None and pair[1] is not None:
            found.append(Opinion(before.second_source, pair[0], pair[1], before.currency))
    return [each for each in found if each.currency == price.currency]


def agrees(price: TokenPrice, opinion: Opinion) -> bool:
    """Say whether a source has the same input and output price, but for rounding."""
    pairs = (
        (price.input_price_per_mtok, opinion.input_price),
        (price.output_price_per_mtok, opinion.output_price),
    )
    return all(abs(ours - theirs) <= ours * ROUNDING for ours, theirs in pairs)


def judged(price: TokenPrice, others: Iterable[Opinion]) -> dict[str, object]:
    """Return the columns of a row that tell whether the sources agree."""
    ranked = sorted(others, key=lambda other: agrees(price, other))
    if not ranked:
        alone = any(price.source.startswith(title) for title in TRUSTED_ALONE)
        nothing = dict.fromkeys(("second_input_price_per_mtok", "second_output_price_per_mtok"))
        confidence = "medium" if alone else "low"
        verdict = {"second_source": "", "agreement": "1 source", "confidence": confidence}
        return {**nothing, **verdict}
    first, same = ranked[0], agrees(price, ranked[0])
    return {
        "second_source": first.title,
        "second_input_price_per_mtok": first.input_price,
        "second_output_price_per_mtok": first.output_price,
        "agreement": f"{1 + len(ranked)} sources" if same else "differs",
        "confidence": "high" if same else "low",
    }
