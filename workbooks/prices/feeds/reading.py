"""What every price list in JSON has in common: it is read whole, and price by price."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from workbooks.meters.hosts import host_of
from workbooks.prices.offers import (
    INPUT,
    OUTPUT,
    PER_REQUEST,
    TITLES,
    Doubt,
    DoubtfulError,
    FeedError,
    Offer,
    per_mtok,
    per_request,
    shown,
)

Entry = Mapping[str, Any]
Host = tuple[str, str]  # the provider's name in the table, and the kind of its offers


def load_json(content: bytes, kind: type) -> Any:
    """Read JSON whose outermost value is a list or an object.

    Raises
    ------
    FeedError
        If it is empty, not JSON, or of another type.
    """
    if not content.strip():
        raise FeedError("it is empty")
    if content.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<":
        raise FeedError("it is a web page or XML, not JSON")
    try:
        value = json.loads(content.decode("utf-8-sig"), parse_float=_number, parse_constant=str)
        json.dumps(value, ensure_ascii=False, default=str).encode()
    except RecursionError:
        raise FeedError("it is nested too deeply") from None
    except UnicodeEncodeError as error:
        half = repr(error.object[error.start : error.end])
        raise FeedError(f"a text in it holds {half}, half of a character") from None
    except ValueError as error:
        raise FeedError(f"it is not JSON: {shown(error)}") from None
    if not isinstance(value, kind):
        expected = "a list" if kind is list else "an object"
        raise FeedError(f"it must be {expected} of prices, and is a {type(value).__name__}")
    if not value:
        raise FeedError("it holds no prices")
    return value


def _number(text: str) -> Decimal | str:
    try:
        return Decimal(text)
    except InvalidOperation:  # an exponent of twenty digits
        return text


def entries(value: Any) -> Iterator[tuple[str, Entry]]:
    """Yield the members of an object, or of a list by their id, that are objects themselves."""
    if isinstance(value, Mapping):
        pairs = iter(value.items())
    elif isinstance(value, list):
        pairs = ((each.get("id"), each) for each in value if isinstance(each, Mapping))
    else:
        return
    for name, entry in pairs:
        if isinstance(name, str) and name.strip() and isinstance(entry, Mapping):
            yield name.strip(), entry


def with_fee(rates: Rates, value: Any, where: tuple[str, str], calls: int = 1) -> Rates:
    """Add what so many requests cost beside their tokens."""
    try:
        price = per_request(value, calls)
    except DoubtfulError as doubt:
        told = Doubt(f"{where[0]}/request", where[1], PER_REQUEST, shown(value), str(doubt))
        return rates._replace(doubts=[*rates.doubts, told])
    return rates._replace(prices=rates.prices | ({PER_REQUEST: price} if price else {}))


class Rates(NamedTuple):
    """The prices of one entry by column of the price table, and what was set aside."""

    prices: dict[str, Decimal]
    doubts: list[Doubt]

    @property
    def offered(self) -> bool:
        """Whether input and output both have a price that can be believed."""
        return INPUT in self.prices and OUTPUT in self.prices

    @property
    def unsure(self) -> frozenset[str]:
        """The columns that were set aside; what belongs to none is told, and changes none."""
        told = frozenset(doubt.column for doubt in self.doubts if doubt.column)
        return told - self.prices.keys()


def read_rates(
    entry: Entry,
    columns: Mapping[str, str],
    tokens: int,
    where: tuple[str, str],
    free: bool = False,
) -> Rates:
    """Read an entry's prices; `where` is its place in the file and its model."""
    rates = Rates({}, [])
    place, model = where
    for key, column in columns.items():
        try:
            price = per_mtok(entry.get(key), tokens, free)
        except DoubtfulError as doubt:
            said = shown(entry.get(key))
            rates.doubts.append(Doubt(f"{place}/{key}", model, column, said, str(doubt)))
        else:
            if price is not None:
                rates.prices[column] = price
    return _whole(rates, where)


def _whole(rates: Rates, where: tuple[str, str]) -> Rates:
    """Doubt an entry that prices one direction and not the other."""
    pair = {INPUT, OUTPUT} & rates.prices.keys()
    if len(pair) == 1 and not {INPUT, OUTPUT} & rates.unsure:
        (missing,) = {INPUT, OUTPUT} - pair
        reason = f"the {TITLES[missing]} price is missing"
        rates.doubts.append(Doubt(*where, missing, "", reason))
    return rates


@cache
def _chosen() -> tuple[dict[str, Host], dict[str, Host]]:
    """Return the hosts of the shipped table by prefix, and by model where a prefix has two."""
    text = (files("workbooks.data") / "snapshot.toml").read_text(encoding="utf-8")
    prefixes: dict[str, Host] = {}
    models: dict[str, Host] = {}
    for group in tomllib.loads(text)["group"]:
        host = (group["provider"], group["kind"])
        prefixes.setdefault(group["prefix"], host)
        for name in group["models"]:
            models[f"{group['prefix']}/{name}".lower()] = host
    return prefixes, models


def chosen_models(prefix: str) -> set[str]:
    """Return the names of a host's models in the shipped table."""
    return {name for name in _chosen()[1] if name.startswith(f"{prefix}/")}


def prefix_of(provider: str) -> str:
    """Return the prefix of a provider's models, from its prefix or its full name.

    >>> prefix_of("Microsoft Azure"), prefix_of("OpenRouter.ai"), prefix_of("Our Host")
    ('azure', 'openrouter', 'our-host')
    """
    if host := host_of(provider):
        return host
    wanted = provider.strip().casefold()
    for prefix, (name, _) in _chosen()[0].items():
        if wanted in {prefix, name.casefold()}:
            return prefix
    return "-".join(wanted.split())


def offer(prefix: str, name: str, rates: Rates, **more: Any) -> Offer:
    """Make an offer of a host's model, under the name it has in the price table."""
    model = f"{prefix}/{name}".lower()
    prefixes, models = _chosen()
    provider, kind = models.get(model) or prefixes.get(prefix) or (prefix, "managed")
    about: dict[str, Any] = {"provider": provider, "kind": kind, "unsure": rates.unsure}
    return Offer(model=model, rates=rates.prices, **about, **more)
