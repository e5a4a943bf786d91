"""Read LiteLLM's price file, in US dollars per token; the package itself is never imported."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from workbooks.prices.feeds.reading import Entry, Rates, entries, load_json, offer, read_rates
from workbooks.prices.offers import (
    BATCH_INPUT,
    BATCH_OUTPUT,
    CACHED,
    INPUT,
    LONG_FROM,
    LONG_INPUT,
    LONG_OUTPUT,
    OUTPUT,
    WRITE,
    Parsed,
)

TITLE = "LiteLLM"
URL = "https://raw.githubusercontent.com/BerriAI/litellm/main/model_prices_and_context_window.json"
LARGEST_BYTES = 40_000_000
SUFFIX = "json"

COLUMNS = {
    "input_cost_per_token": INPUT,
    "output_cost_per_token": OUTPUT,
    "cache_read_input_token_cost": CACHED,
    "cache_creation_input_token_cost": WRITE,
    "input_cost_per_token_batches": BATCH_INPUT,
    "output_cost_per_token_batches": BATCH_OUTPUT,
}
LONG = re.compile(r"input_cost_per_token_above_(\d{1,6})k_tokens")
HOSTS = {
    "gemini": "google",
    "cohere_chat": "cohere",
    "bedrock_converse": "bedrock",
    "moonshot": "moonshotai",
    "together_ai": "together",
    "fireworks_ai": "fireworks",
}
"""LiteLLM's provider: our prefix, where they differ."""
TEXT_MODES = {"chat", "completion", "responses"}
RENAMED = {
    "cohere/command-a-03-2025": "cohere/command-a",
    "cohere/command-r-08-2024": "cohere/command-r",
    "cohere/command-r-plus-08-2024": "cohere/command-r-plus",
    "cohere/command-r7b-12-2024": "cohere/command-r7b",
    "cerebras/llama-3.1-8b": "cerebras/llama3.1-8b",
}
"""The dated releases that other sources list without their date."""


def parse(content: bytes, day: date) -> Parsed:
    """Return every language model's price; the file has no dates, so each is open-ended.

    Raises
    ------
    FeedError
        If the file is not an object of entries.
    """
    found = Parsed([], [])
    for key, entry in entries(load_json(content, dict)):
        if str(entry.get("mode")) not in TEXT_MODES or key == "sample_spec":
            continue
        prefix, name = _named(key, str(entry.get("litellm_provider", "")))
        rates = _rates(entry, key, f"{prefix}/{name}".lower())
        found.doubts.extend(rates.doubts)
        if rates.offered:
            url = entry.get("source")
            told = {"source_url": url if isinstance(url, str) else "", "note": _note(entry)}
            found.offers.append(offer(prefix, name, rates, **told))
    return found


def _named(key: str, provider: str) -> tuple[str, str]:
    """Return the host's prefix and its model's name.

    >>> _named("gemini/gemini-2.5-pro", "gemini"), _named("command-r7b-12-2024", "cohere_chat")
    (('google', 'gemini-2.5-pro'), ('cohere', 'command-r7b'))
    """
    prefix = HOSTS.get(provider, provider) or "unknown"
    name = key.removeprefix(f"{provider}/")
    if prefix == "fireworks":
        name = name.removeprefix("accounts/fireworks/models/")
    full = RENAMED.get(f"{prefix}/{name}", f"{prefix}/{name}")
    return prefix, full.removeprefix(f"{prefix}/")


def _rates(entry: Entry, key: str, model: str) -> Rates:
    tiers = entry.get("tiered_pricing")
    if isinstance(tiers, list) and "input_cost_per_token" not in entry:
        return _tiers([tier for tier in tiers if isinstance(tier, Mapping)], key, model)
    columns = dict(COLUMNS)
    sizes = [int(found[1]) for name in entry if (found := LONG.fullmatch(str(name)))]
    if sizes:
        columns[f"input_cost_per_token_above_{min(sizes)}k_tokens"] = LONG_INPUT
        columns[f"output_cost_per_token_above_{min(sizes)}k_tokens"] = LONG_OUTPUT
    rates = read_rates(entry, columns, 1, (key, model))
    return _long(rates, Decimal(min(sizes) * 1000)) if sizes else rates


def _tiers(tiers: list[Entry], key: str, model: str) -> Rates:
    rates = read_rates(tiers[0] if tiers else {}, COLUMNS, 1, (f"{key}/tiered_pricing", model))
    span = tiers[1].get("range") if len(tiers) > 1 else None
    if not isinstance(span, list) or not span or not isinstance(span[0], int | Decimal):
        return rates
    above = {"input_cost_per_token": LONG_INPUT, "output_cost_per_token": LONG_OUTPUT}
    longer = read_rates(tiers[1], above, 1, (f"{key}/tiered_pricing/1", model))
    return _long(Rates(rates.prices | longer.prices, rates.doubts + longer.doubts), span[0])


def _long(rates: Rates, start: int | Decimal) -> Rates:
    """State the long-context price whole or not at all."""
    pair = (LONG_INPUT, LONG_OUTPUT)
    if all(column in rates.prices for column in pair) and 1000 <= start <= 10**9:
        rates.prices[LONG_FROM] = Decimal(start)
        return rates
    return rates._replace(prices={k: v for k, v in rates.prices.items() if k not in pair})


def _note(entry: Entry) -> str:
    if not isinstance(entry.get("off_peak_pricing"), Mapping):
        return ""
    cheap = read_rates(entry["off_peak_pricing"], COLUMNS, 1, ("", "")).prices
    if INPUT not in cheap or OUTPUT not in cheap:
        return ""
    return f"peak-hour price; off-peak {cheap[INPUT]:f} input and {cheap[OUTPUT]:f} output"
