"""Read the pages of Azure's retail price service: one meter for each kind of token and place."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from workbooks.meters.reading import read
from workbooks.prices.feeds.reading import Entry, load_json, offer
from workbooks.prices.feeds.reading import Rates as NoRates
from workbooks.prices.gathering import Single, gather
from workbooks.prices.meters import split, tokens
from workbooks.prices.offers import (
    Doubt,
    DoubtfulError,
    FeedError,
    Parsed,
    UncountedError,
    per_mtok,
    shown,
)

RANK = 5
TITLE = "Azure retail prices"
URL = "https://prices.azure.com/api/retail/prices?$filter=contains(productName,%20%27OpenAI%27)"
LARGEST_BYTES = 5_000_000  # of one page
MOST_PAGES = 300
SUFFIX = "json"
ABOUT = ("openai", "foundry models")
"""What the service or the product of a language model's meter is called."""


def fetch(get: Callable[[str], bytes], url: str) -> bytes:
    """Follow the links from page to page, never away from the host that was asked first."""
    pages: list[Any] = []
    host, link = "/".join(url.split("/")[:3]), url
    while link and len(pages) < MOST_PAGES:
        pages.append(load_json(get(link), dict))
        following = pages[-1].get("NextPageLink")
        link = following if isinstance(following, str) else ""
        if link and not link.startswith(f"{host}/"):
            raise FeedError(f"its next page is on another host: {shown(link)}")
    if link:
        raise FeedError(f"it has more than {MOST_PAGES} pages")
    return json.dumps(pages, default=float).encode()


def parse(content: bytes, day: date) -> Parsed:
    """Return the price of every model whose meters count text tokens.

    A model that does not run globally is named with its place: `azure/gpt-4o@data-zone`.

    Raises
    ------
    FeedError
        If the file is neither a page nor a list of pages.
    """
    start = content.lstrip(b"\xef\xbb\xbf \r\n\t")[:1]
    value = load_json(content, list if start == b"[" else dict)
    pages = value if isinstance(value, list) else [value]
    if not all(isinstance(page, Mapping) and isinstance(page.get("Items"), list) for page in pages):
        raise FeedError('it has no list of meters under "Items"')
    doubts = list(_unread(pages[-1]))
    singles = list(_singles(_items(pages), day, doubts))
    found = gather(_apart(singles))
    return Parsed(found.offers, doubts + found.doubts)


def _unread(page: Entry) -> Iterator[Doubt]:
    """Yield what is told of a last page that says that another follows."""
    if following := page.get("NextPageLink"):
        reason = "it says that another page follows, which is not here: its prices are missing"
        yield Doubt("NextPageLink", "", "", shown(following), reason)


def _items(pages: Iterable[Entry]) -> Iterator[Entry]:
    for page in pages:
        for item in page["Items"]:
            if isinstance(item, Mapping) and item.get("type", "Consumption") == "Consumption":
                about = f"{item.get('productName')} {item.get('serviceName')}".casefold()
                if any(word in about for word in ABOUT) or _is_models(item):
                    yield item


def _is_models(item: Entry) -> bool:
    """Whether a meter of another service counts tokens of a model that has a known maker."""
    said = read(str(item.get("meterName") or ""), str(item.get("productName") or ""))
    return bool(said.vendor and said.counts_tokens)


def _singles(
    items: Iterable[Entry], day: date, doubts: list[Doubt]
) -> Iterator[tuple[str, Single]]:
    for item in items:
        name = str(item.get("meterName") or "")
        try:
            single = _single(item, name)
        except UncountedError:  # a training hour is no price of a token
            continue
        except DoubtfulError as doubt:
            said = shown(item.get("retailPrice"))
            doubts.append(Doubt(shown(name), "", "", said, str(doubt)))
            continue
        if single and (single.valid_from or date.min) <= day:
            yield str(item.get("armRegionName") or ""), single


def _single(item: Entry, name: str) -> Single | None:
    meter = split(name, str(item.get("productName") or ""))
    size = tokens(str(item.get("unitOfMeasure") or ""), name)
    if item.get("tierMinimumUnits") not in (0, None):
        raise DoubtfulError("its price depends on the volume")
    price = per_mtok(item.get("retailPrice"), size)
    if price is None:
        return None
    same = offer("azure", meter.model + f"@{meter.place}" * bool(meter.place), NoRates({}, []))
    return Single(
        place=shown(name),
        provider=same.provider,
        kind=same.kind,
        model=same.model,
        column=meter.column,
        price=price,
        currency=str(item.get("currencyCode") or "USD").upper(),
        valid_from=_day(item.get("effectiveStartDate")),
        source_url="https://azure.microsoft.com/pricing/details/cognitive-services/openai-service/",
    )


def _apart(singles: list[tuple[str, Single]]) -> Iterator[Single]:
    """Add the region to the names of models whose price differs from region to region."""
    prices: dict[tuple[str, str], set[Any]] = {}
    for _, single in singles:
        prices.setdefault((single.model, single.column), set()).add(single.price)
    torn = {model for (model, _), known in prices.items() if len(known) > 1}
    for region, single in singles:
        name = f"{single.model}@{region}" if region and single.model in torn else single.model
        yield single._replace(model=name)


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text)[:10])
    except ValueError:
        return None
