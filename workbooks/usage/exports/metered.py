"""What the words of a row say of it: model, kind of token, tier and medium, by the one reader."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd

from workbooks.meters.reading import Reading, read
from workbooks.meters.units import tokens_in_unit
from workbooks.usage.exports.charges import kind_of_charge, says_yes, texts
from workbooks.usage.exports.layout import Layout

KINDS = {
    "": "uncached",
    "read": "cache_read",
    "write_5m": "cache_write_5m",
    "write_30m": "cache_write_5m",
    "write_1h": "cache_write_1h",
}
"""What happened to a cache, to the column of its input tokens."""
COUNTED = ("", "fine-tuned")
"""What may be told apart and still counts the tokens of a language model."""
SPEEDS = ("fast",)
"""Words of a column of its own; in the name of a model they are part of it."""
Text = str | None
NAMES_MODEL = re.compile(r"(?:x_)?model[ _]?(?:id|name)?", re.IGNORECASE)


class Said(NamedTuple):
    """What a row says; empty where it does not."""

    model: str
    maker: str
    kind: str
    """The column of its tokens."""
    says_tokens: bool
    nothing: str
    """What it counts instead of tokens: stored caches, hours, images, requests."""
    tier: str
    context: str
    medium: str
    """Other than the text of language models: embedding, audio, image or video."""
    unit: int | None


def words(sums: pd.DataFrame, layout: Layout) -> pd.DataFrame:
    """Return what each row says, on the columns of `Said`."""
    named = ("product", "model", "tier", "batch", "context", *kind_columns(sums))
    rows = zip(*(texts(sums, name) for name in named), strict=True)
    said = [_said(layout.is_metered, *row) for row in rows]
    return pd.DataFrame(said, columns=list(Said._fields), index=sums.index, dtype=object)


def kind_columns(sums: pd.DataFrame) -> list[str]:
    """Return the columns whose words say what a row counts, the most telling first."""
    return [str(name) for name in sums if str(name).startswith("kind_")]


@lru_cache(maxsize=100_000)
def _said(
    metered: bool, product: Text, model: Text, tier: Text, batch: Text, size: Text, *told: Text
) -> Said:
    """Return what one row says: on each axis the first of its texts that says something."""
    stated, plain = _stated(told)
    named = read(model or "", product or "")
    readings = [read(text, product or "") for text in plain] or [named] * metered
    telling = next((each for each in readings if each.direction or each.apart or each.cache), named)
    sent = (read(text) for text in (tier, batch) if text)
    tiers = (each.tier for each in (*sent, *readings) if each.tier != "standard")
    fast = next((text.lower() for text in plain if text.lower() in SPEEDS), "")
    name = next(filter(None, (stated, *(each.model for each in (named, *readings)))), model)
    alone = named.is_name and "," not in (model or "")  # a line of a bill parts what it says
    return Said(
        model=(stated or (name if metered and not alone else model)) or "",
        maker=next((each.vendor for each in (named, *readings) if each.vendor), ""),
        kind=_kind(telling),
        says_tokens=any("token" in text.lower() for text in plain),
        nothing="storage" if telling.cache == "storage" else telling.apart,
        tier=next(tiers, fast),
        context=_context(size) or next((each.context for each in readings if each.context), ""),
        medium=next((each.medium for each in (*readings, named) if each.medium), ""),
        unit=telling.unit,
    )


def serve(sums: pd.DataFrame, layout: Layout, said: pd.DataFrame) -> pd.Series:
    """Whether rows of a cloud bill are of a service that serves models, or no use of any.

    A disk, a notebook or a translation is none, though it is called machine learning.
    """
    tokens = (said.kind != "") & counted(sums, layout, said).notna()
    models = (said.maker != "") | said.says_tokens.astype(bool) | (said.nothing == "provisioned")
    return models | tokens | (texts(sums, "charge").map(kind_of_charge) != "usage")


def is_batch(sums: pd.DataFrame, said: pd.DataFrame) -> pd.Series:
    """Return 1 where a row was a batch job, nan throughout where the layout does not say."""
    if "batch" not in sums and "tier" not in sums and not kind_columns(sums):
        return pd.Series(np.nan, index=sums.index)
    flagged = texts(sums, "batch").map(says_yes).astype(bool)
    return (flagged | (said.tier == "batch")).astype(float)


def _stated(told: tuple[str | None, ...]) -> tuple[str, list[str]]:
    """Return the model that details of a price name, and the texts, the details as words."""
    model, plain = "", []
    for text in filter(None, told):
        if not text.startswith("{"):
            plain.append(text)
            continue
        details = dict(_members(text))
        model = model or next((v for k, v in details.items() if NAMES_MODEL.fullmatch(k)), "")
        plain.append(" ".join(v for k, v in details.items() if not NAMES_MODEL.fullmatch(k)))
    return model, plain


def _members(text: str) -> Iterator[tuple[str, str]]:
    try:
        members = json.loads(text)
    except (ValueError, RecursionError):
        return
    for name, value in members.items():
        if isinstance(value, str):
            yield name, value


def _context(size: Text) -> str:
    """Return which band a size of requests is: "0-200k" is short, "200k-1M" and "> 200k" long."""
    if not size:
        return ""
    return "long" if re.match(r">|[1-9]\d*k\s*\W", size) else "short"


def _kind(reading: Reading) -> str:
    if not reading.counts_tokens:
        return ""
    return "output" if reading.direction == "output" else KINDS[reading.cache]


def counted(sums: pd.DataFrame, layout: Layout, said: pd.DataFrame) -> pd.Series:
    """Return the tokens of each row, by its quantity or else as it was priced; nan if unknown."""
    tokens = sums.quantity * sizes(sums, layout, said)
    if "priced" in sums:
        tokens = tokens.fillna(sums.priced * sizes(sums, layout, said, "priced_unit"))
    return tokens


def sizes(
    sums: pd.DataFrame, layout: Layout, said: pd.DataFrame, column: str = "unit"
) -> pd.Series:
    """Return how many tokens a unit of each row is; nan where that is not known.

    A unit that its meter's name contradicts is not known either; one that a user states is.
    """
    units = texts(sums, column).fillna(layout.unit)
    known = {each: tokens_in_unit(each, layout.bare_units) for each in units.unique()}
    size = units.map(known).astype(float)
    size = size.mask(said.unit.notna() & (said.unit.astype(float) != size), np.nan)
    # Microsoft counts consumed tokens one by one and calls them units
    single = texts(sums, "publisher").fillna("").str.contains("Microsoft") & units.eq("Units")
    size = size.mask(single & (said.kind != ""), 1.0)
    stated = units.str.casefold().map(layout.units).astype(float)
    return size.fillna(stated.where(said.kind != ""))


def units_told(sums: pd.DataFrame, said: pd.DataFrame, tokens: pd.Series) -> pd.Series:
    """Return how many units each row counts; one where it was paid for and tells no quantity.

    A row without a quantity beside others of its meter corrects their price, and counts nothing.
    """
    units = sums.quantity
    if "cost" in sums:
        counts = tokens.notna().groupby([said.model, said.kind]).transform("any")
        units = units.fillna(sums["rows"].where((sums.cost > 0) & ~counts).astype(float))
    return units.fillna(0.0)
