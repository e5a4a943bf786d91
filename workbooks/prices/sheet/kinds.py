"""Say what a text means: input or output, cached, batch, long; or a condition of the prices."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from workbooks.prices.offers import (
    BATCH_INPUT,
    BATCH_OUTPUT,
    INPUT,
    LONG_INPUT,
    LONG_OUTPUT,
    OUTPUT,
    DoubtfulError,
)
from workbooks.prices.sheet import bounds
from workbooks.prices.sheet.cells import DAY, MONTH, NUMBERED, read_day

_WINDOW = re.compile(r"context (?:window|length|size)|kontext(?:fenster|länge)|max(?:imum)? |limit")
_INPUT = re.compile(
    r"\b(?:inputs?|prompts?|inp|inpt|in(?! ?(?:[€$£]|us|eur|chf|gbp|cents?\b|ct\b)))\b"
    r"|\beingabe|\beingang|\bentr[ée]e"
)
"""The word "in" but before a currency, which a price is in."""
_CONTEXT = re.compile(r"\b(?:request|context)\b")  # input, unless it is the size of an output's
_OUTPUT = re.compile(
    r"\b(?:outputs?|completions?|responses?|generated|generation|outp|outpt|out)\b|\bausgabe"
    r"|\bausgang|\bantwort|\bsortie"
)
_CACHED = re.compile(r"\b(?:cached?|caching|hit|cchd)\b|zwischengespeichert|\bgecacht|\bcache")
_UNCACHED = re.compile(
    r"\b(?:cache )?miss(?:es)?\b|\b(?:uncached|(?:non|not|nicht) (?:cached|gecachte?\w*))\b"
)
GROSS = re.compile(
    r"\b(?:gross|brutto\w*|ttc)\b|\bin[ck]l\w*\.? (?:\d+ ?% )?(?:vat|tax|gst|mwst|ust)\b",
    re.IGNORECASE,
)
"""Of a price with the tax that is reclaimed."""
_BATCH = re.compile(r"\bbatch|\bstapel")
_INCLUDING = re.compile(r"\b(?:incl\w*\.?|inkl\w*\.?|einschließlich)\s[^)]*")
_MEDIA = re.compile(r"\b(?:audio|images?|video|vision)\b|\bbild")
_OTHER = re.compile(
    r"\b(?:storage|embeddings?|training|fine ?tun\w*|search|tools?|savings?"
    r"|discount|ratio|latency|throughput|quota|volume|count|share|provisioned|reserved|dedicated"
    r"|committed|off ?peak|ptus?)\b"
    r"|\bspeicher|\brabatt|\bnachlass|\bskonto|\brebate|\bmenge|\banzahl|\bextended\b"
)
_LONG = re.compile(r"\blong(?:er)? context|\blanger kontext")
CONDITIONS = {
    "discount": re.compile(
        r"\b(?:discounts?|rebate|savings?|rabatt\w*|nachlass|skonto)\b"
        r"|%\s(?:off|less|lower|cheaper|weniger|günstiger|billiger)\b",
        re.I,
    ),
    "surcharge": re.compile(
        r"\b(?:surcharges?|uplift|mark-?up|(?:regional)?(?:zu|auf)schl[aä]g\w*|aufpreis\w*)\b"
        r"|%\s(?:more|higher|extra|premium|on top|dearer|mehr|höher|teurer|plus)\b",
        re.I,
    ),
    "fee": re.compile(
        r"\b(?:set-?up|platform|monthly|annual|base|support) (?:fee|charge)s?\b|gebühr|pauschale",
        re.I,
    ),
    "minimum": re.compile(r"\b(?:minimum|min\.|commit\w*|mindest\w*|abnahme\w*|pre-?paid)\b", re.I),
    "term": re.compile(r"\b(?:term|duration|notice|laufzeit|kündig\w*|frist)\b", re.I),
    "date": re.compile(
        rf"(?<![\d.])(?:{NUMBERED})(?![\d.])|\d(?:st|nd|rd|th|\.)? {MONTH}|{MONTH} \d\d?\b"
        rf"|\b(?:until|till|valid|expires?|bis|gültig|ab)\b.{{0,20}}?\b(?:{MONTH}|20\d\d)\b",
        re.I,
    ),
    "tax": re.compile(
        r"\b(?:prices|preise|all)\b.{0,30}\b(?:in[ck]l\w*|enthalten)\b.{0,20}"
        r"\b(?:vat|tax|gst|mwst|ust|mehrwertsteuer|umsatzsteuer)\b|\bbruttopreise\b",
        re.I,
    ),
    "seller": re.compile(
        r"\b(?:GmbH|mbH|AG|SE|KG|Inc|LLC|Ltd|Corp|S\.?A\.?S?|B\.?V|Oy|AB)\b\.?"
        r"|^(?:vendor|seller|supplier|provider|anbieter|lieferant|verkäufer)\s*:",
    ),
}
"""What may change a price although it is none."""
_AGE = re.compile(
    r"\b(?:old|previous|former|new|alte?[rs]?|bisherige?[rs]?|bisher|neue?[rs]?)\b", re.IGNORECASE
)
_FIRST, _LAST = (
    r"\b(?:from|as of|starting|ab|seit)(?: dem)?",
    r"\b(?:until|till|through|to|bis)(?: zum)?",
)
_BEGINS = re.compile(rf"{_FIRST} ({DAY})", re.IGNORECASE)
_ENDS = re.compile(rf"{_LAST} ({DAY})", re.IGNORECASE)
_NO_YEAR = re.compile(
    rf"(?:{_FIRST}|{_LAST}) "
    rf"(?:\d{{1,2}}\.\d{{1,2}}\.|\d{{1,2}}[.]? {MONTH}|{MONTH} \d{{1,2}}\b|{MONTH})",
    re.IGNORECASE,
)


UNDATED = "an old and a new price stand side by side, and no day says which holds; head the new \
one with its day, such as 'Input from 2027-01-01'"


class Held(NamedTuple):
    """The first and the last day of the price of a column, and the word that says old or new."""

    begins: date | None = None
    ends: date | None = None
    age: str = ""
    is_torn: bool = False
    """Whether another column has a price of its kind, and nothing says which one holds."""


def kind_of(text: str) -> tuple[str, int]:
    """Return the column of the price table that a text means, and its long-context size.

    A cache write is named "cached" too and comes first. What is neither input nor output, or
    more than text, has no column.

    Raises
    ------
    DoubtfulError
        If the price table has no column for it, or the text does not say.

    Examples
    --------
    >>> kind_of("Cached input"), kind_of("Cache write")
    (('cached_price_per_mtok', 0), ('cache_write_price_per_mtok', 0))
    >>> kind_of("Ausgabe-Token, Batch")
    ('batch_output_price_per_mtok', 0)
    >>> kind_of("Input (cache miss)"), kind_of("Ausgabe je 1.000 Token in EUR")
    (('input_price_per_mtok', 0), ('output_price_per_mtok', 0))
    >>> kind_of("Input > 200K tokens")
    ('long_context_input_price_per_mtok', 200000)
    """
    if GROSS.search(text):
        raise DoubtfulError("it includes tax, and the price table holds net prices")
    whole = bounds.one_sided(text.casefold())
    said = " ".join(re.sub(r"[_\-/]", " ", _INCLUDING.sub("", whole)).split())
    said, uncached = _UNCACHED.subn("", said)
    bare, above = bounds.bound(said)
    words = bare if _INPUT.search(bare) or _OUTPUT.search(bare) else said
    _refuse_others(words, sized=bool(above))
    output = bool(_OUTPUT.search(words))
    given = bool(_INPUT.search(words) or (not output and (uncached or _CONTEXT.search(words))))
    batch, cached = bool(_BATCH.search(words)), bool(_CACHED.search(words))
    if bounds.is_reasoning(words):
        return bounds.reasoning_rate(words, plain=not (given or batch or cached or above)), 0
    if cached:
        return bounds.cached_rate(words, batch, bool(above or output)), 0
    if given == output:
        raise DoubtfulError("it does not say whether it is for input or output")
    if above and batch:
        raise DoubtfulError("the price table has no column for long batch jobs")
    if above:
        return (LONG_OUTPUT if output else LONG_INPUT), above
    if batch:
        return (BATCH_OUTPUT if output else BATCH_INPUT), 0
    return (OUTPUT if output else INPUT), 0


def _refuse_others(words: str, sized: bool) -> None:
    """Refuse what has no column: limits, other media than text, storage, and the like."""
    if _WINDOW.search(words):
        raise DoubtfulError("the price table has no column for limits")
    other = _OTHER.search(words) or (None if "text" in words else _MEDIA.search(words))
    other = other or (None if _CACHED.search(words) else bounds.HOUR.search(words))
    if other:
        raise DoubtfulError(f"the price table has no column for {other[0]!r}")
    if _LONG.search(words) and not sized:
        raise DoubtfulError("it does not say from which size on a context is long")


def held_in(text: str) -> tuple[str, Held]:
    """Return a heading without what it says of when its price holds, and that.

    Raises
    ------
    DoubtfulError
        If it names a day that no calendar has.

    Examples
    --------
    >>> held_in("Input from 2027-01-01")
    ('Input ', Held(begins=datetime.date(2027, 1, 1), ends=None, age='', is_torn=False))
    >>> held_in("Old price")[1].age, held_in("Input until 31.12.")
    ('old', ('Input ', Held(begins=None, ends=None, age='until 31.12.', is_torn=False)))
    >>> str(held_in("Eingabe bis Dezember 2026")[1].ends)
    '2026-12-31'
    """
    begins, ends = _BEGINS.search(text), _ENDS.search(text)
    first, last = begins and read_day(begins[1]), ends and read_day(ends[1], is_last=True)
    dated = _ENDS.sub("", _BEGINS.sub("", text))
    age = _AGE.search(dated) or _NO_YEAR.search(dated)
    return _NO_YEAR.sub("", _AGE.sub("", dated)), Held(
        first, last, age[0].casefold() if age else ""
    )
