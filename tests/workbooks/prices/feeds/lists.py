"""Price lists and stores that the tests share."""

import json
from copy import deepcopy
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from workbooks.prices.compare import Reading
from workbooks.prices.feeds.registry import FEEDS
from workbooks.prices.offers import INPUT, OUTPUT, Offer, Parsed
from workbooks.prices.store import Store
from workbooks.rows import TokenPrice
from workbooks.tables import price_on

DATA = Path(__file__).parent / "data"
DAY = date(2026, 11, 21)
LISTS = [name for name, feed in FEEDS.items() if feed.url]
"""Price lists that are published; a company's own sheet has no address."""


def path(name: str) -> Path:
    """Return the sample of a price list; its file's name begins with the list's."""
    (found,) = DATA.glob(f"{name}_*")
    return found


def content(name: str) -> bytes:
    """Read the sample of a price list."""
    return path(name).read_bytes()


def edited(name: str, *changes: tuple[tuple[Any, ...], Any]) -> bytes:
    """Return a sample with some of its values replaced, each by its path."""
    value = deepcopy(json.loads(content(name)))
    for path, new in changes:
        at = value
        for step in path[:-1]:
            at = at[step]
        at[path[-1]] = new
    return json.dumps(value).encode()


def reading(title: str, *offers: Offer, day: date = DAY) -> Reading:
    """Return what a file of some offers says."""
    return Reading(title, Parsed(list(offers), []), "0" * 64, (day, "retrieved"))


def offer(model: str, given: object, received: object, **more: Any) -> Offer:
    """Return an offer of a model's input and output."""
    rates = {INPUT: Decimal(str(given)), OUTPUT: Decimal(str(received))}
    return Offer(provider="Somebody", model=model, kind="api", rates=rates, **more)


def kept(model: str, given: float, received: float, **more: Any) -> TokenPrice:
    """Return a row of the table, by default one that genai-prices listed in summer."""
    shipped = price_on("openai/gpt-4o")
    values = {name: getattr(shipped, name) for name in type(shipped).__slots__}
    values |= {"model": model, "input_price_per_mtok": given, "output_price_per_mtok": received}
    row = TokenPrice(**{**values, "origin": "list"})
    blank = dict.fromkeys(
        ("cached_price_per_mtok", "batch_input_price_per_mtok", "batch_output_price_per_mtok")
    )
    usual = {"as_of": date(2026, 8, 1), "source": "genai-prices", "second_source": "", **blank}
    return replace(row, **(usual | more))


def store(folder: Path, *rows: TokenPrice) -> Store:
    """Return a store that holds some rows."""
    made = Store(folder)
    models: dict[str, list[TokenPrice]] = {}
    for row in rows:
        models.setdefault(row.model, []).append(row)
    if models:
        made.add(models)
    return made
