"""Whose prices a provider's name means, however gateways and clouds spell it."""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib.resources import files

_PLACE = re.compile(r"^(?:global|us|eu|apac)\.")
_MAKER = re.compile(r"^(?:anthropic|amazon|meta|deepseek|openai|mistral|google|qwen)\.")
_VERSION = re.compile(r"-(?:v\d+:\d+|v\d+|\d+:\d+)$")


def without_place(name: str) -> str:
    """Return a model's name without where Bedrock serves it, which has a price of its own."""
    return _PLACE.sub("", name)


def without_maker(name: str) -> str:
    """Return a model's name without the maker and the version that Bedrock writes around it.

    >>> without_maker("amazon.nova-lite-v1:0"), without_maker(without_place("us.meta.llama4"))
    ('nova-lite', 'llama4')
    """
    return _VERSION.sub("", _MAKER.sub("", name))


def host_of(name: str) -> str:
    """Return the short name of a host; nothing where the spelling is not known.

    >>> host_of("Azure OpenAI"), host_of("vertex_ai"), host_of("X.AI"), host_of("Our Host")
    ('azure', 'google', 'xai', '')
    """
    return _spellings().get(_plain(name), "")


def _plain(name: str) -> str:
    return " ".join(re.sub(r"[\s._/()-]+", " ", name.casefold()).split())


@cache
def _spellings() -> dict[str, str]:
    text = (files("workbooks.meters") / "hosts.csv").read_text(encoding="utf-8")
    return {row["spelling"]: row["prefix"] for row in csv.DictReader(text.splitlines())}
