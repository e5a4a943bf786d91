"""Read from genai-prices what a model costs and used to cost, period by period."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from genai_prices.data_snapshot import get_snapshot
from genai_prices.types import (
    ConditionalPrice,
    ModelInfo,
    ModelPrice,
    Provider,
    TieredPrices,
    TimeOfDateConstraint,
)

Rates = dict[str, Decimal | int | None]  # by column of the price table


class Period(NamedTuple):
    """What a model costs between two days; by the hour, the dearest and the cheapest rates."""

    valid_from: date | None
    valid_to: date | None
    rates: Rates
    off_peak: Rates | None
    peak_hours: tuple[Decimal, ...] = ()
    """Start and end of each span of dearer hours, UTC."""


def find_model(provider_id: str, name: str) -> tuple[Provider, ModelInfo]:
    """Find a model by its exact id, or else by the patterns and fallbacks of the package."""
    provider = get_snapshot().find_provider(None, provider_id, None)
    for model in provider.models:
        if model.id == name:
            return provider, model
    return get_snapshot().find_provider_model(name, provider, None, None)


def periods(model: ModelInfo) -> list[Period]:
    """List what a model has cost, oldest first, joining changes that touch no column of ours."""
    if isinstance(model.prices, ModelPrice):
        return [Period(None, None, _rates(model.prices), None)]
    hourly = [p for p in model.prices if isinstance(p.constraint, TimeOfDateConstraint)]
    dated = [
        (getattr(p.constraint, "start_date", None), _rates(p.prices))
        for p in model.prices
        if p not in hourly
    ]
    starts = [dated[0], *(new for old, new in pairwise(dated) if old[1] != new[1])]
    ends = [*(start for start, _ in starts[1:]), None]
    found = [
        Period(start, end, rates, None) for (start, rates), end in zip(starts, ends, strict=True)
    ]
    # Rates by the hour carry no date: they belong to the last price, not to its history.
    return [*found[:-1], _by_the_hour(found[-1], hourly)]


def _by_the_hour(last: Period, hourly: Sequence[ConditionalPrice]) -> Period:
    priced = [(None, last.rates), *((p.constraint, _rates(p.prices)) for p in hourly)]
    ordered = sorted((rates for _, rates in priced), key=_input)
    dear = [
        when
        for when, rates in priced
        if isinstance(when, TimeOfDateConstraint) and rates == ordered[-1]
    ]
    ends = tuple(_hour(end) for when in dear for end in (when.start_time, when.end_time))
    off_peak = ordered[0] if len(ordered) > 1 else None
    return last._replace(rates=ordered[-1], off_peak=off_peak, peak_hours=ends)


def _input(rates: Rates) -> Decimal | int:
    return rates["input_price_per_mtok"] or 0


def _hour(moment: time) -> Decimal:
    return moment.hour + Decimal(moment.minute) / 60


def batch_rates(model: ModelInfo, day: date) -> Rates:
    """Return what batch jobs cost on a day; empty where there is no batch price."""
    noon = datetime.combine(day, time(12), UTC)
    standard = _rates(model.get_prices(noon))
    batch = _rates(model.get_prices(noon, {"processing": "batch"}))
    if standard == batch:  # a context the package does not know silently means the standard price
        return {}
    stated = [
        each.prices.cache_read_mtok
        for each in model.price_variants or ()
        if each.when == {"processing": "batch"}
        and (each.constraint is None or each.constraint.active(noon))
    ]  # the package gives the standard price where none is stated
    return {
        "batch_input_price_per_mtok": batch["input_price_per_mtok"],
        "batch_output_price_per_mtok": batch["output_price_per_mtok"],
        "batch_cached_price_per_mtok": _base(stated[0]) if stated else None,
    }


def _rates(prices: ModelPrice) -> Rates:
    fee = _base(prices.requests_kcount)
    return {
        "input_price_per_mtok": _base(prices.input_mtok),
        "output_price_per_mtok": _base(prices.output_mtok),
        "cached_price_per_mtok": _base(prices.cache_read_mtok),
        "cache_write_price_per_mtok": _base(prices.cache_write_mtok),
        "cache_write_1h_price_per_mtok": _base(prices.cache_write_1h_mtok),
        "reasoning_price_per_mtok": _base(prices.output_reasoning_mtok),
        "price_per_request": fee and fee / 1000,
    } | _long_context(prices)


def _base(price: Decimal | TieredPrices | None) -> Decimal | None:
    return price.base if isinstance(price, TieredPrices) else price


def _long_context(prices: ModelPrice) -> Rates:
    if not isinstance(prices.input_mtok, TieredPrices):
        return {}
    bands: Rates = {}
    for band, tier in zip(("", "second_"), prices.input_mtok.tiers, strict=False):
        bands |= {
            f"{band}long_context_from_tokens": tier.start,
            f"{band}long_context_input_price_per_mtok": tier.price,
            f"{band}long_context_output_price_per_mtok": _above(prices.output_mtok, tier.start),
        }
    return bands


def _above(price: Decimal | TieredPrices | None, tokens: int) -> Decimal | None:
    """Return the price of a request just over a size; a tier covers the whole request."""
    if not isinstance(price, TieredPrices):
        return price
    return [price.base, *(tier.price for tier in price.tiers if tier.start <= tokens)][-1]
