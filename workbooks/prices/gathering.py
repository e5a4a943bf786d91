"""Gather single prices, one for each model and kind of token, into offers of whole models."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from workbooks.prices.offers import Doubt, Offer, Parsed


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


def gather(singles: Iterable[Single]) -> Parsed:
    """Join the prices of each model; the same price twice is one, two different ones are none."""
    found = Parsed([], [])
    models: dict[str, dict[str, list[Single]]] = {}
    for single in singles:
        models.setdefault(single.model, {}).setdefault(single.column, []).append(single)
    for columns in models.values():
        agreed = [same[0] for same in columns.values() if _agree(same)]
        for same in columns.values():
            found.doubts.extend([] if _agree(same) else _torn(same))
        found.doubts.extend(_other_currency(agreed))
        kept = [each for each in agreed if each.currency == agreed[0].currency]
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


def _offer(kept: list[Single]) -> Offer:
    first = kept[0]
    return Offer(
        provider=first.provider,
        model=first.model,
        kind=first.kind,
        currency=first.currency,
        rates={each.column: each.price for each in kept},
        valid_from=max((each.valid_from for each in kept if each.valid_from), default=None),
        source_url=first.source_url,
        note="; ".join(dict.fromkeys(each.note for each in kept if each.note)),
        partial=True,
        places={each.column: each.place for each in kept},
    )
