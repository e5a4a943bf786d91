"""Read the api.json of models.dev, in US dollars per million tokens."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from workbooks.prices.feeds.reading import Entry, Rates, entries, load_json, offer, read_rates
from workbooks.prices.offers import (
    CACHED,
    INPUT,
    LONG_FROM,
    LONG_INPUT,
    LONG_OUTPUT,
    OUTPUT,
    WRITE,
    FeedError,
    Parsed,
)

TITLE = "models.dev"
URL = "https://models.dev/api.json"
LARGEST_BYTES = 40_000_000
SUFFIX = "json"

MTOK = 1_000_000
COLUMNS = {"input": INPUT, "output": OUTPUT, "cache_read": CACHED, "cache_write": WRITE}
HOSTS = {
    "amazon-bedrock": "bedrock",
    "fireworks-ai": "fireworks",
    "togetherai": "together",
    "novita-ai": "novita",
    "cloudflare-workers-ai": "cloudflare",
}
"""The site's provider: our prefix, where they differ."""


def parse(content: bytes, day: date) -> Parsed:
    """Return every model with a price; the site dates models, not prices, so each is open-ended.

    Raises
    ------
    FeedError
        If the file is not an object of providers with models.
    """
    found = Parsed([], [])
    providers = list(entries(load_json(content, dict)))
    if not any(isinstance(entry.get("models"), Mapping) for _, entry in providers):
        raise FeedError("it has no providers with models")
    for provider, entry in providers:
        for name, model in entries(entry.get("models")):
            _add(found, (HOSTS.get(provider, provider), name), model, str(entry.get("doc") or ""))
    return found


def _add(found: Parsed, named: tuple[str, str], model: Entry, url: str) -> None:
    cost = model.get("cost")
    if isinstance(cost, Mapping):
        rates = _rates(cost, ("/".join(named), "/".join(named).lower()))
        found.doubts.extend(rates.doubts)
        if rates.offered:
            found.offers.append(offer(*named, rates, source_url=url))


def _rates(cost: Entry, where: tuple[str, str]) -> Rates:
    rates = read_rates(cost, COLUMNS, MTOK, where)
    tiers = cost.get("tiers")
    first = tiers[0] if isinstance(tiers, list) and tiers else None
    size = first.get("tier") if isinstance(first, Mapping) else None
    start = size.get("size") if isinstance(size, Mapping) else None
    if not isinstance(first, Mapping) or not isinstance(start, int) or not 1000 <= start <= 10**9:
        return rates
    above = {"input": LONG_INPUT, "output": LONG_OUTPUT}
    longer = read_rates(first, above, MTOK, (f"{where[0]}/tiers/0", where[1]))
    if len(longer.prices) < len(above):
        return Rates(rates.prices, rates.doubts + longer.doubts)
    prices = rates.prices | longer.prices | {LONG_FROM: Decimal(start)}
    return Rates(prices, rates.doubts)
