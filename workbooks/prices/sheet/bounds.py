"""What a heading or a name says beside its kind: a tier, a size of the prompt, use of a cache."""

from __future__ import annotations

import re
from typing import NamedTuple

from workbooks.prices.offers import (
    BATCH_CACHED,
    CACHED,
    REASONING,
    WRITE,
    WRITE_1H,
    DoubtfulError,
)

SIZE = r"(?P<{}>\d{{1,4}})(?:\s*k\b|[.,\s]?000\b)|(?P<{}>\d)\s*m\b"
_ABOVE_WORDS = r">=?|≥|over|above|exceeding|über|ueber|mehr als|more than|greater than"
_BELOW_WORDS = r"<=?|≤|up to|under|below|bis(?: zu)?|unter|weniger als|less than"
_SUBJECT = r"(?:(?:prompts?|inputs?|requests?|context|eingaben?)\s*(?:of|with|von|mit)?\s*)?"
_TOKENS = r"(?:\s*(?:input |prompt |context )?tokens?)?(?:\s*context)?"
_ABOVE = re.compile(rf"{_SUBJECT}(?:{_ABOVE_WORDS})\s*(?:{SIZE.format('k', 'm')}){_TOKENS}")
_PLUS = re.compile(rf"{_SUBJECT}(?:{SIZE.format('k', 'm')})\s*\+{_TOKENS}")
_BELOW = re.compile(rf"{_SUBJECT}(?:{_BELOW_WORDS})\s*(?:{SIZE.format('k', 'm')}){_TOKENS}")
_RANGE = re.compile(
    r"(?<![\d.,])(?P<low>0|\d{1,4}\s*k|\d{1,3}[.,]?000|\d\s*m)\s*"
    r"(?:[-\u2013\u2014]|to|bis|<\s*(?:input\s*)?tokens?\s*(?:<=?|≤))\s*"
    r"(?P<high>\d{1,4}\s*k|\d{1,3}[.,]?000|\d\s*m)\b"
)
"""From one size to another, as 0-32k, 32k to 128k or 32k<token≤128k."""
_TIER = re.compile(
    r"\b(flex|priority|prio|fast mode|express|economy|premium|scale tier|spot"
    r"|interruptible)\b"
)
TIERS = {"prio": "priority", "fast mode": "fast", "scale tier": "scale"}
_IN_NAME = re.compile(r"\s*[(\[,\u2013-]\s*(?P<inside>[^()\[\]]*?)\s*[)\]]?$")
_TIER_BEHIND = re.compile(r"(?:\s+-\s*|\s*[:|]\s*|\s+)(batch|flex|priority)$", re.IGNORECASE)
_LONG_NAMED = re.compile(r"\blong[ -]context\b", re.IGNORECASE)
_NAMED_TIER = re.compile(r"(standard|batch|flex|priority)(?: (?:api|tier|processing|mode))?")

_WRITE = re.compile(r"\b(?:writes?|writing|creation|created|written)\b|schreib|erstell|anlegen")
HOUR = re.compile(r"\b1 ?h(?:r|our)?\b|\beine stunde\b")


def cached_rate(words: str, batch: bool, other: bool) -> str:
    """Return the column for tokens that are read from a cache or written to one.

    Raises
    ------
    DoubtfulError
        If the price table has none.

    Examples
    --------
    >>> cached_rate("cache write (1h)", False, False), cached_rate("cached", True, False)
    ('cache_write_1h_price_per_mtok', 'batch_cached_price_per_mtok')
    """
    write, hour = bool(_WRITE.search(words)), bool(HOUR.search(words))
    if other or (batch and write) or (hour and not write):
        raise DoubtfulError("the price table has no column for this price of cached tokens")
    if write:
        return WRITE_1H if hour else WRITE
    return BATCH_CACHED if batch else CACHED


_REASONING = re.compile(r"(?<!non )(?<!without )\b(?:reasoning|thinking)\b|\bnachdenken")
_SAYS_PRICE = re.compile(r"output|ausgabe|token|price|preis|cost|usd|eur|[$€£]")
_PER_REQUESTS = re.compile(
    r"(?:\bper|/|\bpro|\bje)\s*(?P<block>1[.,\s]?000\s|1?k\s|thousand\s)?\s*"
    r"(?:requests?|quer(?:y|ies)|calls?|anfragen?)\b"
)
_FEE = re.compile(
    rf"\brequest (?:fee|price|charge)|\banfrage(?:gebühr|preis)|{_PER_REQUESTS.pattern}"
)
_OF_TOKENS = re.compile(r"token|input|output|prompt|completion|eingabe|ausgabe|search|tool|image")


def is_reasoning(words: str) -> bool:
    """Say whether a text in lower case is of the tokens that a model thinks with.

    >>> is_reasoning("reasoning tokens"), is_reasoning("output (non thinking)")
    (True, False)
    """
    return bool(_REASONING.search(words))


def reasoning_rate(words: str, plain: bool) -> str:
    """Return the column of tokens that are thought with, in no tier, cache or band of their own.

    Raises
    ------
    DoubtfulError
        If the price table has none, or the words may be of something else than a price.
    """
    if not plain or not _SAYS_PRICE.search(words):
        raise DoubtfulError("the price table has no column for this price of reasoning")
    return REASONING


def is_fee(text: str) -> bool:
    """Say whether a heading is of a price of requests, on top of that of their tokens."""
    words = text.casefold().replace("_", " ")
    return bool(_FEE.search(words)) and not _OF_TOKENS.search(words)


def requests_in(text: str) -> int:
    """Return for how many requests a heading says that its price is; 0 where it is of tokens.

    Raises
    ------
    DoubtfulError
        If it is of requests and does not say of how many.

    Examples
    --------
    >>> requests_in("Price per request"), requests_in("Request fee (USD/1K requests)")
    (1, 1000)
    """
    if not is_fee(text):
        return 0
    found = _PER_REQUESTS.search(text.casefold().replace("_", " "))
    if not found:
        raise DoubtfulError("it does not say for how many requests it is")
    return 1_000 if found["block"] else 1


class Bound(NamedTuple):
    """A text without what it says of sizes, and the size from which it holds; 0 for any."""

    rest: str
    start: int


def one_sided(text: str) -> str:
    """Return a text in lower case in which a range says one of its ends: where prices part.

    >>> one_sided("input 0-32k"), one_sided("input 32k - 128k"), one_sided("gpt-4-32k")
    ('input <=32k', 'input >32k', 'gpt-4-32k')
    """
    ends = r"<=\g<high>", r">\g<low>"
    return _RANGE.sub(lambda found: found.expand(ends[found["low"] != "0"]), text)


def bound(text: str) -> Bound:
    """Take the size of the prompt out of a text in lower case.

    >>> bound("output, prompts > 200k tokens ($/1m)")
    Bound(rest='output,  ($/1m)', start=200000)
    >>> bound("output, prompts <= 200k tokens")
    Bound(rest='output, ', start=0)
    """
    text = one_sided(text)
    for pattern in (_ABOVE, _PLUS):
        if found := pattern.search(text):
            start = int(found["k"]) * 1_000 if found["k"] else int(found["m"]) * 1_000_000
            return Bound(text[: found.start()] + text[found.end() :], start)
    return Bound(_BELOW.sub("", text), 0)


def tier_in(text: str) -> str:
    """Return the service tier that a heading names, if it has prices of its own.

    >>> tier_in("Priority input ($/1M)"), tier_in("Input")
    ('priority', '')
    """
    found = _TIER.search(text.casefold())
    return TIERS.get(found[1], found[1]).replace(" ", "-") if found else ""


class Named(NamedTuple):
    """A model's name without what its writer put behind it: a tier, or a size of the prompt."""

    name: str
    tier: str
    start: int


def apart(name: str, band: str = "") -> Named:
    """Take the tier and the size that stand behind a name away; a column may say the size, too.

    Raises
    ------
    DoubtfulError
        If the name says that a context is long, and nothing says from which size on.

    Examples
    --------
    >>> apart("Grok 4.5 (>200k)"), apart("GPT-5 (Flex)"), apart("gpt-4o-mini").name
    (Named(name='Grok 4.5', tier='', start=200000), Named(name='GPT-5', tier='flex', start=0),
    'gpt-4o-mini')
    >>> apart("Grok 4.5", "> 200K"), apart("GPT-5 - Batch").tier
    (Named(name='Grok 4.5', tier='', start=200000), 'batch')
    >>> apart("gpt-5.4 >272k"), apart("gpt-5.4 <=272k").name
    (Named(name='gpt-5.4', tier='', start=272000), 'gpt-5.4')
    """
    start = bound(band.casefold()).start
    if _LONG_NAMED.search(name) and not start:
        raise DoubtfulError("it does not say from which size on a context is long")
    if behind := _TIER_BEHIND.search(name):
        return Named(name[: behind.start()], behind[1].casefold(), start)
    found = _IN_NAME.search(name)
    inside = found["inside"].casefold() if found else ""
    if found and (tier := _NAMED_TIER.fullmatch(inside)):
        return Named(name[: found.start()], tier[1].replace("standard", ""), start)
    if found and inside and not (told := bound(inside)).rest.strip():
        return Named(name[: found.start()], "", told.start)
    for pattern in (_ABOVE, _PLUS, _BELOW):
        last = next((each for each in pattern.finditer(name.casefold()) if _ends(each)), None)
        if last and (bare := name[: last.start()].rstrip(" -_,:")):
            return Named(bare, "", start or bound(last[0]).start)
    return Named(name, "", start)


def _ends(found: re.Match[str]) -> bool:
    """Whether nothing follows what was found."""
    return not found.string[found.end() :].strip()
