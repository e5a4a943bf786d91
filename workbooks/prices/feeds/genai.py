"""Read genai-prices: US dollars per million tokens, with the days on which prices changed.

Online it is the second version of its data file (the first is frozen and wrong); offline it is
the copy inside the installed package, written in the same layout.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any, NamedTuple

from workbooks.prices.feeds.bands import Band, with_bands
from workbooks.prices.feeds.reading import (
    Entry,
    Rates,
    chosen_models,
    entries,
    load_json,
    offer,
    read_rates,
    with_fee,
)
from workbooks.prices.offers import (
    BATCH_CACHED,
    BATCH_INPUT,
    BATCH_OUTPUT,
    CACHED,
    INPUT,
    OUTPUT,
    REASONING,
    WRITE,
    WRITE_1H,
    FeedError,
    Parsed,
)

RANK = 1
TITLE = "genai-prices"
URL = (
    "https://raw.githubusercontent.com/pydantic/genai-prices/refs/heads/main/"
    "prices/new_data/v2/data.json"
)
LARGEST_BYTES = 40_000_000
SUFFIX = "json"

MTOK = 1_000_000
COLUMNS = {
    "input_mtok": INPUT,
    "output_mtok": OUTPUT,
    "cache_read_mtok": CACHED,
    "cache_write_mtok": WRITE,
    "cache_write_1h_mtok": WRITE_1H,
    "output_reasoning_mtok": REASONING,
}
HOSTS = {
    "aws": "bedrock",
    "x-ai": "xai",
    "huggingface_fireworks-ai": "huggingface-fireworks",
    "huggingface_groq": "huggingface-groq",
    "huggingface_nebius": "huggingface-nebius",
    "huggingface_together": "huggingface-together",
}
"""The package's provider: our prefix, where they differ."""


BATCH_COLUMNS = {
    "input_mtok": BATCH_INPUT,
    "output_mtok": BATCH_OUTPUT,
    "cache_read_mtok": BATCH_CACHED,
}
TIERS = ("flex", "priority")
"""The service tiers with a price of their own."""


class _Period(NamedTuple):
    start: date | None
    rates: Rates


def parse(content: bytes, day: date) -> Parsed:
    """Return every model's price with its past; batch prices are known for one day only.

    Raises
    ------
    FeedError
        If the file is not a list of providers with models.
    """
    providers = dict(entries(load_json(content, list)))
    if not any(isinstance(entry.get("models"), list) for entry in providers.values()):
        raise FeedError("it has no providers with models")
    found = Parsed([], [])
    for name, provider in providers.items():
        for model, entry in [*entries(provider.get("models")), *_lent(name, providers)]:
            _add(found, (HOSTS.get(name.lower(), name.lower()), model), entry, provider, day)
    return found


def _lent(name: str, providers: Mapping[str, Entry]) -> Iterator[tuple[str, Entry]]:
    """Yield models that a provider sells at another's price; of those, only what the table has."""
    own = {model for model, _ in entries(providers[name].get("models"))}
    wanted = chosen_models(HOSTS.get(name.lower(), name.lower()))
    lenders = providers[name].get("fallback_model_providers")
    for lender in lenders if isinstance(lenders, list) else []:
        for model, entry in entries(providers.get(str(lender), {}).get("models")):
            if model not in own and f"{name}/{model}".lower() in wanted:
                yield model, entry


def _add(found: Parsed, named: tuple[str, str], entry: Entry, provider: Entry, day: date) -> None:
    where = ("/".join(named), "/".join(named).lower())
    periods, note = _periods(entry.get("prices"), where)
    urls = provider.get("pricing_urls")
    told: dict[str, Any] = {
        "source_url": str(urls[0]) if isinstance(urls, list) and urls else "",
        "note": "; ".join(filter(None, [_deprecated(entry), note])),
    }
    ends = [*(period.start for period in periods[1:]), None]
    for (start, rates), end in zip(periods, ends, strict=False):
        found.doubts.extend(rates.doubts)
        if rates.offered:
            now = (start or date.min) <= day < (end or date.max)
            batch = _batch(entry, day, where) if now else {}
            whole = rates._replace(prices=rates.prices | batch)
            found.offers.append(offer(*named, whole, valid_from=start, valid_to=end, **told))
    for tier in TIERS:
        _add_tier(found, named, tier, entry, (day, told))


def _add_tier(
    found: Parsed, named: tuple[str, str], tier: str, entry: Entry, more: tuple[date, Any]
) -> None:
    """Add the price of a service tier as that of a model of its own, known for one day only."""
    name = f"{named[1]}@{tier}"
    where = (f"{named[0]}/{name}", f"{named[0]}/{name}".lower())
    prices = _variant(entry, {"service_tier": tier}, more[0])
    rates = _rates(prices, where) if prices else Rates({}, [])
    if rates.offered:
        found.doubts.extend(rates.doubts)
        found.offers.append(offer(named[0], name, rates, **more[1] | {"note": ""}))


def _deprecated(entry: Entry) -> str:
    return "marked deprecated by the source" if entry.get("deprecated") is True else ""


def _periods(prices: Any, where: tuple[str, str]) -> tuple[list[_Period], str]:
    """Return what a model has cost, oldest first, and a note on hours of the day.

    Prices by the hour carry no date: the dearest of them is the last price.
    """
    dated: list[_Period] = []
    hourly: list[Rates] = []
    for each in prices if isinstance(prices, list) else [{"prices": prices}]:
        if not isinstance(each, Mapping) or not isinstance(each.get("prices"), Mapping):
            continue
        constraint = each.get("constraint")
        rates = _rates(each["prices"], where)
        if not isinstance(constraint, Mapping):
            dated.append(_Period(None, rates))
        elif "start_time" in constraint:
            hourly.append(rates)
        elif start := _day(constraint.get("start_date")):
            dated.append(_Period(start, rates))
    ordered = sorted(dated, key=lambda period: period.start or date.min)
    kept = [*ordered[:1], *(b for a, b in pairwise(ordered) if a.rates != b.rates)]
    return _by_the_hour(kept, [rates for rates in hourly if rates.offered])


def _by_the_hour(periods: list[_Period], hourly: list[Rates]) -> tuple[list[_Period], str]:
    if not hourly or not periods or not periods[-1].rates.offered:
        return periods, ""
    ordered = sorted([periods[-1].rates, *hourly], key=lambda rates: rates.prices[INPUT])
    cheap = ordered[0].prices
    note = f"peak-hour price; off-peak {cheap[INPUT]:f} input and {cheap[OUTPUT]:f} output"
    return [*periods[:-1], periods[-1]._replace(rates=ordered[-1])], note


def _rates(prices: Entry, where: tuple[str, str]) -> Rates:
    rates = read_rates({key: _base(prices.get(key)) for key in COLUMNS}, COLUMNS, MTOK, where)
    rates = with_fee(rates, prices.get("requests_kcount"), where, 1000)
    if not rates.offered:
        return rates
    starts = [(tier.get("start"), tier.get("price")) for tier in _tiers(prices.get("input_mtok"))]
    bands = [Band(at, price, _above(prices["output_mtok"], at)) for at, price in starts]
    return with_bands(rates, bands, MTOK, where).rates


def _base(price: Any) -> Any:
    return price.get("base") if isinstance(price, Mapping) else price


def _tiers(price: Any) -> list[Entry]:
    tiers = price.get("tiers") if isinstance(price, Mapping) else None
    return [each for each in tiers if isinstance(each, Mapping)] if isinstance(tiers, list) else []


def _above(price: Any, tokens: Any) -> Any:
    """Return the price of a request just over a size; a tier covers the whole request."""
    starts = [(tier.get("start"), tier.get("price")) for tier in _tiers(price)]
    known = isinstance(tokens, int)
    reached = [
        rate for start, rate in starts if known and isinstance(start, int) and start <= tokens
    ]
    return reached[-1] if reached else _base(price)


def _batch(entry: Entry, day: date, where: tuple[str, str]) -> dict[str, Decimal]:
    """Return the prices of batch jobs on a day: input, read from a cache, and output."""
    variant = _variant(entry, {"processing": "batch"}, day)
    prices = {key: _base(variant.get(key)) for key in BATCH_COLUMNS}
    return read_rates(prices, BATCH_COLUMNS, MTOK, where).prices


def _variant(entry: Entry, when: Entry, day: date) -> Entry:
    """Return the prices of a variant on a day; an older entry wins."""
    variants = entry.get("price_variants")
    for each in variants if isinstance(variants, list) else []:
        if not isinstance(each, Mapping) or each.get("when") != when:
            continue
        limit = each.get("constraint")
        start = _day(limit.get("start_date")) if isinstance(limit, Mapping) else date.min
        if start and start <= day and isinstance(each.get("prices"), Mapping):
            return each["prices"]  # type: ignore[no-any-return]
    return {}


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        return None


def installed() -> bytes:
    """Return the copy inside the installed package, in the layout of its data file."""
    from genai_prices.data_snapshot import get_snapshot  # noqa: PLC0415  # only offline needs it

    return json.dumps([_plain(each) for each in get_snapshot().providers]).encode()


PROVIDER_FIELDS = ("id", "name", "pricing_urls", "fallback_model_providers", "models")
MODEL_FIELDS = ("id", "name", "deprecated", "prices", "price_variants")


def _plain(value: Any) -> Any:
    if isinstance(value, str | int | float | None):
        return value
    if isinstance(value, Decimal | date) or hasattr(value, "isoformat"):
        return str(value)
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items() if each is not None}
    if isinstance(value, Iterable):
        return [_plain(each) for each in value]
    known = vars(value)
    names = next((f for f in (PROVIDER_FIELDS, MODEL_FIELDS) if set(f) <= set(known)), known)
    return _plain({name: known[name] for name in names})


def released(content: bytes, today: date) -> date:
    """Return the newest day in a file on which a price began; the file has no date of its own."""
    days: set[date] = set()
    for _, provider in entries(load_json(content, list)):
        for _, model in entries(provider.get("models")):
            prices = model.get("prices")
            for each in prices if isinstance(prices, list) else []:
                if isinstance(each, Mapping) and isinstance(each.get("constraint"), Mapping):
                    days |= {_day(each["constraint"].get("start_date")) or date.min}
    return max((day for day in days if day <= today), default=date.min)
