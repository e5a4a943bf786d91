"""Recognise the columns of a price table by their headings: exactly, or not at all.

A heading may carry a currency and the unit "per million tokens"; any other unit, such as 1K,
makes it a column we do not know and never write to.
"""

from __future__ import annotations

import re
from dataclasses import fields
from functools import lru_cache
from typing import NamedTuple

from workbooks.rows import TokenPrice

FIELDS = frozenset(field.name for field in fields(TokenPrice))
DATES = frozenset({"valid_from", "valid_to", "as_of"})

LONGEST_HEADING = 255
_CURRENCIES = {"$": "USD", "us$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY"}
_CODES = "usd eur gbp jpy chf cny inr sek nok dkk pln cad aud"
_MILLION = re.compile(
    r"(?:per|pro|je|/)\s*(?:(?:1\s*)?(?:million|millionen|mio\.?|mm|m)|1,?000,?000)"
    r"(?:\s*(?:tokens?|tok))?(?![a-z0-9])|(?:per|pro|/)\s*m-?(?:tokens?|toks?)(?![a-z0-9])"
)
_SUBJECTS = {
    "input_price_per_mtok": "input|base input|prompt|eingabe",
    "output_price_per_mtok": "output|completion|ausgabe",
    "cached_price_per_mtok": "cached|cached input|cache read|cache hit",
    "cache_write_price_per_mtok": "cache write|cache creation",
    "batch_input_price_per_mtok": "batch input",
    "batch_output_price_per_mtok": "batch output",
    "long_context_input_price_per_mtok": "long context input",
    "long_context_output_price_per_mtok": "long context output",
    "cache_write_1h_price_per_mtok": "cache write 1h|1h cache write",
    "batch_cached_price_per_mtok": "batch cached|batch cached input",
    "reasoning_price_per_mtok": "reasoning",
    "second_long_context_input_price_per_mtok": "second long context input",
    "second_long_context_output_price_per_mtok": "second long context output",
}
_PRICED = {text: name for name, texts in _SUBJECTS.items() for text in texts.split("|")}
_OTHERS = {
    "model": "model|model name|model id|modell",
    "provider": "provider|vendor|anbieter",
    "currency": "currency|währung",
    "as_of": "as of|price date|stand",
    "source": "source|price source|quelle",
    "kind": "kind|art",
    "type": "type|price type|price kind",
    "note": "note|notes|bemerkung",
    "comment": "comment|comments|remark|remarks|kommentar",
    "lock": "lock|locked|gesperrt",
    "freeze": "freeze|frozen",
    "origin": "origin|price origin|herkunft",
    "status": "status|price status",
    "edited": "edited|manual|manuell",
    "override": "override|overridden",
}
_NAMED = {text: name for name, texts in _OTHERS.items() for text in texts.split("|")}


class Column(NamedTuple):
    """What a heading says: the field it holds, and the currency if it names one."""

    field: str
    currency: str = ""


@lru_cache(1 << 10)
def column(heading: str) -> Column | None:
    """Return what a heading says, or None for a column that is none of ours.

    >>> column("Input price per mtok")
    Column(field='input_price_per_mtok', currency='')
    >>> column("Output (€ / 1M tokens)")
    Column(field='output_price_per_mtok', currency='EUR')

    A number of tokens is no price, and a price per thousand is none of ours:

    >>> column("Input tokens"), column("Input price per 1K tokens")
    (None, None)
    """
    if len(heading) > LONGEST_HEADING:
        return None
    text = " ".join(heading.replace("_", " ").lower().split())
    name = text.replace(" ", "_")
    if name in FIELDS:
        return Column(name)
    return Column(_NAMED[text]) if text in _NAMED else _price_column(text)


def _price_column(text: str) -> Column | None:
    million, rest = _MILLION.search(text), _MILLION.sub(" ", text)
    words = re.sub(r"[()\[\],:;/-]", " ", rest).split()
    currencies = [_CURRENCIES.get(word, word.upper()) for word in words if _is_currency(word)]
    words = [word for word in words if not _is_currency(word)]
    # "cost" and "tokens" alone may be an amount or a volume; with the unit they are a price
    filler = {"price", "list", "preis", *(("cost", "rate", "tokens", "in") if million else ())}
    found = _PRICED.get(" ".join(word for word in words if word not in filler))
    if not found or len(set(currencies)) > 1:
        return None
    return Column(found, currencies[0] if currencies else "")


def _is_currency(word: str) -> bool:
    return word in _CURRENCIES or word in _CODES.split()
