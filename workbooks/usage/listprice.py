"""What measured usage costs at list, by exact names only."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from costcore.tokens.billing import usage_cost
from workbooks import tables
from workbooks.folder.place import per_folder
from workbooks.meters.hosts import without_maker, without_place
from workbooks.meters.reading import read
from workbooks.rows import TokenPrice

Counts = npt.NDArray[Any]
MAKERS = ("openai", "anthropic", "google", "xai", "mistral", "cohere", "deepseek", "meta")
"""Whose price a model has where the export does not say who served it."""
VENDORS = {
    "azure openai": "azure", "aws": "bedrock", "amazon": "bedrock", "amazon bedrock": "bedrock",
    "aws bedrock": "bedrock", "vertex ai": "google", "vertex": "google", "gemini": "google",
    "google ai studio": "google", "google vertex ai": "google", "google genai": "google",
    "x ai": "xai", "mistralai": "mistral", "mistral ai": "mistral", "together ai": "together",
    "fireworks ai": "fireworks",
}  # fmt: skip
DATE = re.compile(r"[-@ ](20\d\d-?\d\d-?\d\d|[01]\d[0-3]\d|latest|\(latest\))$")
PATH = re.compile(r"^(?:.*/)?publishers/\w+/models/")
"""What Vertex AI writes before the name of a model."""


def list_name(model: str, vendor: str = "") -> str | None:
    """Return the name of a model in the price table, or None.

    Vendor prefix, date and spelling of separators do not count; everything else must be equal.

    >>> list_name("gpt-5.4-2026-03-05", "openai"), list_name("Claude Sonnet 4.5", "anthropic")
    ('openai/gpt-5.4', 'anthropic/claude-sonnet-4-5')
    >>> list_name("claude-4.5-sonnet-20250929")
    'anthropic/claude-sonnet-4-5'
    >>> list_name("gpt-5.4-turbo", "openai") is None  # near is not enough
    True
    """
    plain = PATH.sub("", model.lower())
    prefix, _, rest = plain.partition("/")
    served = [_vendor(name) for name in (vendor, prefix if rest else "") if name]
    said = read(DATE.sub("", rest or prefix))
    spellings = [plain, rest or prefix, *([said.model] if said.vendor and said.is_name else [])]
    for name in served or MAKERS:
        for spelling in spellings:
            if found := _names().get((name, _plain(spelling))):
                return found
    return None


def _vendor(name: str) -> str:
    return VENDORS.get(re.sub("[-_]", " ", name), name)


def _plain(model: str) -> str:
    return re.sub(r"[ ._]+", "-", DATE.sub("", _spelled(model)))


def _spelled(model: str) -> str:
    return without_maker(without_place(model.strip()))


@per_folder
def _names() -> dict[tuple[str, str], str]:
    """Prefix and plain name to the name in the table; a name that two models share is nobody's.

    Who is called so without a date, a maker or a place around it comes first.
    """
    known: dict[tuple[str, str], list[str]] = {}
    for name in sorted({price.model for price in tables.token_prices()}):
        prefix, _, rest = name.partition("/")
        known.setdefault((prefix, _plain(rest.lower())), []).append(name)
    return {
        key: found[0] if len(found := _barest(names)) == 1 else "" for key, names in known.items()
    }


def _barest(names: list[str]) -> list[str]:
    """Return the names that say nothing but the model; all where none is so."""
    tails = {name: name.partition("/")[2].lower() for name in names}
    bare = [name for name, tail in tails.items() if _plain(tail) == re.sub(r"[ ._]+", "-", tail)]
    return bare or names


def with_list_cost(rows: pd.DataFrame) -> pd.DataFrame:
    """Return usage rows with `list_name`, `list_currency` and `list_cost`, nan where unknown.

    Each row has the standard price of its day, or that of its tier or of batch jobs. Where
    `list_missing` names tokens that have no price, `list_cost` is a lower bound. The surcharge on
    long contexts depends on single requests, and counts only where the export tells them apart.
    """
    pairs = rows[["model", "vendor"]].drop_duplicates().itertuples(index=False)
    names = {(model, vendor): list_name(model, vendor) for model, vendor in pairs}
    named: list[Any] = [names[pair] for pair in zip(rows.model, rows.vendor, strict=True)]
    days, jobs = rows.hour.dt.date, rows.batch.fillna(0.0) > 0
    keys = list(zip(named, days, jobs, rows.tier, rows.context == "long", strict=True))
    unique = {key: i for i, key in enumerate(dict.fromkeys(keys))}
    found = [_prices(*key) for key in unique]
    index = np.array([unique[key] for key in keys])
    counts = rows[[*KINDS, "reasoning", "requests"]].fillna(0.0).to_numpy(float)
    used = counts[:, :5] != 0
    rates = np.array([each for each, _ in found])
    missing = np.isnan(rates[index][:, :5]) & used
    rates = np.nan_to_num(rates)
    cost = _cost(index, counts.clip(min=0), rates) - _cost(index, (-counts).clip(min=0), rates)
    cost[(used & ~missing).sum(axis=1) == 0] = np.nan
    cost[rows.medium.isin(OTHER_PRICES)] = np.nan
    currency = [found[i][1] for i in index]
    lacks = [", ".join(np.array(SOLD)[each]) for each in missing]
    return rows.assign(list_name=named, list_currency=currency, list_cost=cost, list_missing=lacks)


def _cost(index: Counts, counts: Counts, rates: Counts) -> Counts:
    """Return what tokens of every kind cost; what corrections took back is counted apart."""
    uncached, read, output, write, write_1h, reasoning, requests = counts.T
    cost = usage_cost(index, uncached, read, output, rates[:, :3])
    cost += usage_cost(index, write, write_1h, reasoning, rates[:, 3:6])
    return np.asarray(cost + requests * rates[index, 6])


OTHER_PRICES = ("audio", "image", "video")
"""Tokens of a medium for which the table, which is of text, has no prices."""
KINDS = ["uncached", "cache_read", "output", "cache_write_5m", "cache_write_1h"]
SOLD = ("input", "cache reads", "output", "5-minute cache writes", "1-hour cache writes")


def rate(name: str | None, kind: str, day: date, currency: str) -> float | None:
    """Return the standard price of a million tokens of a kind in a currency, None if unknown."""
    rates, own = _prices(name, day, batch=False, tier="", long=False)
    price = dict(zip(KINDS, rates, strict=False)).get(kind, np.nan)
    return None if np.isnan(price) or own != currency else price


def _prices(
    name: str | None, day: date, batch: bool, tier: str, long: bool
) -> tuple[list[float], str]:
    """Rates of the kinds of token, what reasoning costs more than output, and a request's fee.

    No table has the rate of writes in batch jobs, nor those of caches in long contexts.
    """
    price = _price(f"{name}@{tier}" if name and tier else name, day)
    if price is None:
        return [np.nan] * 7, ""
    if long:
        own = [
            price.long_context_input_price_per_mtok,
            None,
            price.long_context_output_price_per_mtok,
        ]
    elif batch:
        own = [
            price.batch_input_price_per_mtok,
            price.batch_cached_price_per_mtok,
            price.batch_output_price_per_mtok,
        ]
    else:
        own = [
            price.input_price_per_mtok,
            price.cached_price_per_mtok,
            price.output_price_per_mtok,
            price.cache_write_price_per_mtok,
            price.cache_write_1h_price_per_mtok,
        ]
    rates = [np.nan if each is None else each for each in [*own, None, None][:5]]
    more = price.reasoning_price_per_mtok
    extra = more - price.output_price_per_mtok if more is not None and len(own) == 5 else 0.0
    return [*rates, extra, price.price_per_request or 0.0], price.currency


def _price(name: str | None, day: date) -> TokenPrice | None:
    if not name:
        return None
    try:
        return tables.price_on(name, day)
    except LookupError:
        return None
