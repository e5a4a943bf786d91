"""Refuse a file of prices that cannot be right as a whole; the table then stays as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from workbooks.folder.timeline import in_force
from workbooks.prices.compare import Reading
from workbooks.prices.offers import INPUT, OUTPUT, Doubt, FeedError
from workbooks.prices.store import Download
from workbooks.rows import TokenPrice
from workbooks.tables import exchange_rate

LEAST_SHARE = 0.8  # of what a source covered before
WILD_FACTOR = 10.0
WILD_SHARE = 0.2  # of the prices that can be compared

History = Mapping[str, Sequence[TokenPrice]]


def check(reading: Reading, history: History, last: Download | None, day: date) -> None:
    """Check a file against the table and against the last one from the same source.

    Raises
    ------
    FeedError
        If it has no prices, too few of those it had, or too many that moved wildly.
    """
    if not reading.offers:
        raise FeedError("it holds no price that can be used")
    expected = covered(reading.title, history)
    present = len(expected & reading.named)
    if present < LEAST_SHARE * len(expected):
        raise FeedError(
            f"it has shrunk: of {len(expected)} models that the table has from it, "
            f"it still names {present}"
        )
    if last and len(reading.offers) < LEAST_SHARE * last.models:
        raise FeedError(
            f"it has shrunk to {len(reading.offers)} models; it had {last.models:g} on "
            f"{last.retrieved_at[:10]}"
        )
    _check_moves(reading, history, day)


def covered(title: str, history: History) -> set[str]:
    """Return the models that the table has from a source, as its first word or its second."""
    return {
        model
        for model, rows in history.items()
        if rows and (rows[-1].source.startswith(title) or rows[-1].second_source.startswith(title))
    }


def _check_moves(reading: Reading, history: History, day: date) -> None:
    factors = [
        move
        for model in reading.offers
        if (old := in_force(history.get(model, ()), day)) and (new := reading.opinion(model, day))
        if old.currency == new.currency
        for move in moves(old, {INPUT: new.input_price, OUTPUT: new.output_price})
    ]
    wild = sum(factor > WILD_FACTOR for factor in factors)
    if wild > WILD_SHARE * len(factors):
        raise FeedError(
            f"{wild} of its {len(factors)} comparable prices moved by more than "
            f"{WILD_FACTOR:g} times: a unit must have changed"
        )


def moves(old: TokenPrice, new: Mapping[str, float | None]) -> Iterable[float]:
    """Yield by what factor each price moved, up or down; none where either is free or blank."""
    for column, price in new.items():
        before = getattr(old, column)
        if price and before:
            yield max(price / before, before / price)


def wild(now: TokenPrice | None, new: TokenPrice | None, place: str) -> Doubt | None:
    """Return the doubt about a price that moves by more than ten times; None where it does not."""
    if not now or not new or not (worth := _worth(new.currency, now.currency)):
        return None
    prices = {column: getattr(new, column) * worth for column in (INPUT, OUTPUT)}
    factor = max(moves(now, prices), default=1.0)
    if factor <= WILD_FACTOR:
        return None
    reason = f"it moves by {factor:,.0f} times; if that is right, accept this model by name"
    column = max(prices, key=lambda name: max(moves(now, {name: prices[name]}), default=0))
    said = f"{getattr(now, column):g} {now.currency} -> {getattr(new, column):g} {new.currency}"
    return Doubt(place or new.source, new.model, column, said, reason)


def _worth(currency: str, other: str) -> float:
    """Return how much of another currency one unit buys; 0 where no rate is known."""
    try:
        return 1.0 if currency == other else exchange_rate(currency, other)[0]
    except LookupError:
        return 0.0
