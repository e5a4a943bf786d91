"""The registry of price lists: by name, in the order in which their word counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import NamedTuple

from workbooks.prices import feeds
from workbooks.prices.fetching import download
from workbooks.prices.offers import Parsed

Get = Callable[[str], bytes]


class Feed(NamedTuple):
    """One price list: where it is, and how it is fetched and read."""

    name: str
    rank: float
    title: str
    url: str
    suffix: str
    largest_bytes: int
    parse: Callable[[bytes, date], Parsed]
    follow: Callable[[Get, str], bytes]

    def fetch(self, url: str = "") -> bytes:
        """Download the list, from its own address or another.

        Raises
        ------
        FeedError
            If it cannot be had whole.
        """
        return self.follow(lambda link: download(link, self.largest_bytes), url or self.url)


def _feed(module: ModuleType) -> Feed:
    return Feed(
        name=module.__name__.rpartition(".")[2],
        rank=module.RANK,
        title=module.TITLE,
        url=module.URL,
        suffix=module.SUFFIX,
        largest_bytes=module.LARGEST_BYTES,
        parse=module.parse,
        follow=getattr(module, "fetch", lambda get, url: get(url)),
    )


def _modules() -> Iterator[ModuleType]:
    """Yield the modules of this folder that are price lists: they have a rank."""
    for found in iter_modules(feeds.__path__):
        if found.name != __name__.rpartition(".")[2]:
            module = import_module(f"{feeds.__name__}.{found.name}")
            if hasattr(module, "RANK"):
                yield module


FEEDS = {feed.name: feed for feed in sorted(map(_feed, _modules()), key=lambda each: each.rank)}
"""Every price list; where two price the same model, the one of the lower rank is used."""
USUAL = ("genai", "litellm")
"""What is read unless others are named: one with dated prices, and a second opinion."""
