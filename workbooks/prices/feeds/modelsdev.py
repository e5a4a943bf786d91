"""Read the api.json of models.dev, in US dollars per million tokens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from workbooks.prices.feeds.bands import Band, with_bands
from workbooks.prices.feeds.reading import Entry, entries, load_json, offer, read_rates
from workbooks.prices.offers import CACHED, INPUT, OUTPUT, REASONING, WRITE, FeedError, Parsed

RANK = 3
TITLE = "models.dev"
URL = "https://models.dev/api.json"
LARGEST_BYTES = 40_000_000
SUFFIX = "json"

MTOK = 1_000_000
COLUMNS = {
    **{"input": INPUT, "output": OUTPUT, "reasoning": REASONING},
    **{"cache_read": CACHED, "cache_write": WRITE},
}
HOSTS = {
    "amazon-bedrock": "bedrock",
    "fireworks-ai": "fireworks",
    "togetherai": "together",
    "novita-ai": "novita",
    "cloudflare-workers-ai": "cloudflare",
}
"""The site's provider: our prefix, where they differ."""
BILLED_IN = {"scaleway": "EUR", "cortecs": "EUR"}
"""Hosts that bill in another currency than US dollars; the site shows their numbers as they are."""


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
    if not isinstance(cost, Mapping):
        return
    where = ("/".join(named), "/".join(named).lower())
    rates, longer = with_bands(
        read_rates(cost, COLUMNS, MTOK, where), list(_bands(cost)), MTOK, where
    )
    found.doubts.extend(rates.doubts)
    if rates.offered:
        currency = str(cost.get("currency") or BILLED_IN.get(named[0], "USD")).upper()
        told = {"source_url": url, "currency": currency, "note": longer}
        found.offers.append(offer(*named, rates, **told))


def _bands(cost: Entry) -> Iterator[Band]:
    tiers = cost.get("tiers")
    for each in tiers if isinstance(tiers, list) else []:
        if isinstance(each, Mapping) and isinstance(each.get("tier"), Mapping):
            yield Band(each["tier"].get("size"), each.get("input"), each.get("output"))
    older = cost.get("context_over_200k")
    if isinstance(older, Mapping) and not tiers:
        yield Band(200_000, older.get("input"), older.get("output"))
