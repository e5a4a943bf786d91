"""Read LiteLLM's price file, in US dollars per token; the package itself is never imported."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from workbooks.prices.feeds.bands import Band, Banded, with_bands
from workbooks.prices.feeds.reading import Entry, entries, load_json, offer, read_rates
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
    Parsed,
)

RANK = 2
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
    "cache_creation_input_token_cost_above_1hr": WRITE_1H,
    "cache_read_input_token_cost_batches": BATCH_CACHED,
    "output_cost_per_reasoning_token": REASONING,
}
LONG = re.compile(r"input_cost_per_token_above_(\d{1,6})([km])_tokens")
TIERS = ("", "flex", "priority")
"""The service tiers whose prices stand in keys that end in their name."""
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
        for tier in TIERS:
            _add(found, key, entry, tier)
    return found


def _add(found: Parsed, key: str, entry: Entry, tier: str) -> None:
    prefix, name = _named(key, str(entry.get("litellm_provider", "")))
    name = f"{name}@{tier}" if tier else name
    rates, longer = _rates(entry, (key, f"{prefix}/{name}".lower()), tier)
    if tier and not rates.offered:
        return  # most models have no price of their own in it
    found.doubts.extend(rates.doubts)
    if rates.offered:
        url = entry.get("source")
        note = "; ".join(filter(None, ("" if tier else _note(entry), longer)))
        told = {"source_url": url if isinstance(url, str) else "", "note": note}
        found.offers.append(offer(prefix, name, rates, **told))


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


def _rates(entry: Entry, where: tuple[str, str], tier: str) -> Banded:
    ladder = entry.get("tiered_pricing")
    if isinstance(ladder, list) and "input_cost_per_token" not in entry:
        steps = [each for each in ladder if isinstance(each, Mapping)]
        place = (f"{where[0]}/tiered_pricing", where[1])
        base = read_rates(steps[0] if steps and not tier else {}, COLUMNS, 1, place)
        return with_bands(base, [_step(each) for each in steps[1:]] if not tier else [], 1, place)
    end = f"_{tier}" if tier else ""
    columns = {f"{name}{end}": column for name, column in COLUMNS.items()}
    return with_bands(read_rates(entry, columns, 1, where), list(_bands(entry, end)), 1, where)


def _step(step: Entry) -> Band:
    span = step.get("range")
    start = span[0] if isinstance(span, list) and span else None
    return Band(start, step.get("input_cost_per_token"), step.get("output_cost_per_token"))


def _bands(entry: Entry, end: str) -> Iterator[Band]:
    for name in entry:
        if found := LONG.fullmatch(str(name)):
            above = f"cost_per_token_above_{found[1]}{found[2]}_tokens{end}"
            prices = (entry.get(f"{way}_{above}") for way in ("input", "output"))
            yield Band(int(found[1]) * (1_000 if found[2] == "k" else 1_000_000), *prices)


def _note(entry: Entry) -> str:
    if not isinstance(entry.get("off_peak_pricing"), Mapping):
        return ""
    cheap = read_rates(entry["off_peak_pricing"], COLUMNS, 1, ("", "")).prices
    if INPUT not in cheap or OUTPUT not in cheap:
        return ""
    return f"peak-hour price; off-peak {cheap[INPUT]:f} input and {cheap[OUTPUT]:f} output"
