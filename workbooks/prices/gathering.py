"""Gather single prices, one for each model and kind of token, into offers of whole models."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from workbooks.prices.offers import LONG_FROM, LONG_INPUT, LONG_OUTPUT, Doubt, Offer, Parsed

LONG = (LONG_FROM, LONG_INPUT, LONG_OUTPUT)


class Single(NamedTuple):
    """One price of one model, per million tokens, and where it stands in the file."""

    place: str
    provider: str
    kind: str
    model: str
    column: str
    price: Decimal
    currency: str
    valid_from: date | None = None
    note: str = ""
    source_url: str = ""
    valid_to: date | None = None


def gather(singles: Iterable[Single], by_date: bool = False) -> Parsed:
    """Join the prices of each model; the same price twice is one, two different ones are none.

    With `by_date` a model's prices from different days are steps of its history.
    """
    found = Parsed([], [])
    models: dict[tuple[str, date], dict[str, list[Single]]] = {}
    for single in singles:
        day = (by_date and single.valid_from) or date.min
        models.setdefault((single.model, day), {}).setdefault(single.column, []).append(single)
    for _, columns in sorted(models.items(), key=lambda each: each[0]):
        agreed = [same[0] for same in columns.values() if _agree(same)]
        for same in columns.values():
            found.doubts.extend([] if _agree(same) else _torn(same))
        found.doubts.extend(_other_currency(agreed))
        kept = [each for each in agreed if each.currency == agreed[0].currency]
        if not {LONG_INPUT, LONG_OUTPUT} <= {each.column for each in kept}:
            found.doubts.extend(_half(kept))
            kept = [each for each in kept if each.column not in LONG]
        if kept:
            found.offers.append(_offer(kept))
    return found


def _agree(same: list[Single]) -> bool:
    return len({(each.price, each.currency) for each in same}) == 1


def _torn(same: list[Single]) -> Iterable[Doubt]:
    texts = [f"{each.price:f} {each.currency} in {each.place}" for each in same]
    for each, text in zip(same, texts, strict=True):
        others = ", ".join(other for other in dict.fromkeys(texts) if other != text)
        reason = f"this model has another price too: {others or text}"
        yield Doubt(each.place, each.model, each.column, f"{each.price:f}", reason)


def _other_currency(agreed: list[Single]) -> Iterable[Doubt]:
    for each in agreed:
        if each.currency != agreed[0].currency:
            reason = f"it is in {each.currency}, the model's other prices in {agreed[0].currency}"
            yield Doubt(each.place, each.model, each.column, f"{each.price:f}", reason)


def _half(kept: list[Single]) -> Iterable[Doubt]:
    """Doubt a long-context price of one direction only; the table holds both or neither."""
    for each in kept:
        if each.column in {LONG_INPUT, LONG_OUTPUT}:
            reason = "the long-context price of the other direction is missing"
            yield Doubt(each.place, each.model, each.column, f"{each.price:f}", reason)


def _offer(kept: list[Single]) -> Offer:
    first = kept[0]
    return Offer(
        provider=first.provider,
        model=first.model,
        kind=first.kind,
        currency=first.currency,
        rates={each.column: each.price for each in kept},
        valid_from=max((each.valid_from for each in kept if each.valid_from), default=None),
        valid_to=min((each.valid_to for each in kept if each.valid_to), default=None),
        source_url=first.source_url,
        note="; ".join(dict.fromkeys(each.note for each in kept if each.note)),
        partial=True,
        places={each.column: each.place for each in kept},
    )
