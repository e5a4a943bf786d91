"""Read OpenRouter's list of models: text per token, with routers at "-1" and free variants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from workbooks.prices.feeds.bands import Band, with_bands
from workbooks.prices.feeds.reading import Entry, entries, load_json, offer, read_rates, with_fee
from workbooks.prices.offers import (
    CACHED,
    INPUT,
    OUTPUT,
    REASONING,
    WRITE,
    Doubt,
    FeedError,
    Parsed,
    shown,
)

RANK = 4
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
OTHERS = (
    *("request", "internal_reasoning", "overrides", "discount", "web_search", "image"),
    *("image_token", "image_output", "audio", "audio_output", "input_audio_cache"),
)
"""Keys that are read otherwise, or are of no text."""


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
        if isinstance(entry.get("pricing"), Mapping):
            _add(found, name, entry["pricing"])
    return found


def _add(found: Parsed, name: str, pricing: Entry) -> None:
    free, where = name.endswith(":free"), (name, f"openrouter/{name}".lower())
    own = {} if _is_none(pricing, "internal_reasoning") else {"internal_reasoning": REASONING}
    plain = read_rates(pricing, COLUMNS | own, 1, where, free)
    if not _is_none(pricing, "request"):
        plain = with_fee(plain, pricing["request"], where)
    rates, longer = with_bands(plain, list(_bands(pricing)), 1, where)
    rates = rates._replace(doubts=[*rates.doubts, *_unknown(pricing, where)])
    found.doubts.extend(rates.doubts)
    if rates.offered:
        told = filter(None, ("free" if free else "", longer))
        found.offers.append(offer("openrouter", name, rates, note="; ".join(told)))


def _unknown(pricing: Entry, where: tuple[str, str]) -> Iterator[Doubt]:
    """Yield what is told of keys that the list has gained since this was written."""
    for key, value in pricing.items():
        if key not in COLUMNS and key not in OTHERS and not _is_none(pricing, key):
            reason = f"nothing is known of {shown(key)}, a price of the list"
            yield Doubt(f"{where[0]}/{shown(key)}", where[1], "", shown(value), reason)
    overrides = pricing.get("overrides")
    for each in overrides if isinstance(overrides, list) else []:
        if isinstance(each, Mapping) and each.get("min_prompt_tokens") is None:
            said = shown(", ".join(map(str, each)))
            reason = "it holds under a condition that the price table does not know"
            yield Doubt(f"{where[0]}/overrides", where[1], "", said, reason)


def _bands(pricing: Entry) -> Iterator[Band]:
    overrides = pricing.get("overrides")
    for each in overrides if isinstance(overrides, list) else []:
        if isinstance(each, Mapping):
            yield Band(each.get("min_prompt_tokens"), each.get("prompt"), each.get("completion"))


def _is_none(pricing: Entry, key: str) -> bool:
    """Whether nothing is charged beside tokens of input and output."""
    return str(pricing.get(key)) in {"", "0", "-1", "None", str(pricing.get("completion"))}
