"""Read OpenRouter's list of models: text per token, with routers at "-1" and free variants."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from workbooks.prices.feeds.reading import entries, load_json, offer, read_rates
from workbooks.prices.offers import CACHED, INPUT, OUTPUT, WRITE, FeedError, Parsed

TITLE = "OpenRouter"
URL = "https://openrouter.ai/api/v1/models"
LARGEST_BYTES = 20_000_000
SUFFIX = "json"

COLUMNS = {
    "prompt": INPUT,
    "completion": OUTPUT,
    "input_cache_read": CACHED,
    "input_cache_write": WRITE,
}


def parse(content: bytes, day: date) -> Parsed:
    """Return every model with a price; only a variant named `:free` may cost nothing.

    Raises
    ------
    FeedError
        If the file is not an object with a list `data`.
    """
    data = load_json(content, dict).get("data")
    if not isinstance(data, list) or not data:
        raise FeedError('it has no list of models under "data"')
    found = Parsed([], [])
    for name, entry in entries(data):
        pricing = entry.get("pricing")
        if not isinstance(pricing, Mapping):
            continue
        free = name.endswith(":free")
        rates = read_rates(pricing, COLUMNS, 1, (name, f"openrouter/{name}".lower()), free)
        found.doubts.extend(rates.doubts)
        if rates.offered:
            found.offers.append(offer("openrouter", name, rates, note="free" if free else ""))
    return found
