"""Match a vendor's spelling of a model with the table's: exactly, or not at all."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from functools import lru_cache

from workbooks.meters.hosts import host_of, without_maker
from workbooks.prices.feeds.reading import prefix_of
from workbooks.prices.offers import DoubtfulError, shown

_FOOTNOTE = re.compile(r"(?:\s*(?:[*†‡§¹²³⁰⁴-⁹]+|\[\w{1,3}\]|\(\d{1,2}\)))+$")
_LATEST = re.compile(r"\s*\((?:latest|neu|new|aktuell)\)$")
_DATE = re.compile(r"[(\s-]*\b(20\d\d)[-./]?(0[1-9]|1[0-2])[-./]?([0-2]\d|3[01])\b\)?")
_BY_SLASH = re.compile(r"([^/]{2,40})/(?=\S)")
_BY_WORDS = re.compile(
    r"(azure openai|microsoft azure|azure|amazon bedrock|aws bedrock|bedrock|openai|anthropic"
    r"|google|mistral ai|cohere|xai|deepseek)\s*[: ]\s*(?=\S)",
    re.IGNORECASE,
)
_UNUSED = re.compile(r"\b(?:training|hosting|fine[- ]?tuning|provisioned|storage)\b", re.IGNORECASE)
_FORMULA = ("=", "+", "-", "\t")


def spelled(name: str) -> str:
    """Return a name without what only its spelling adds: case, blanks, footnotes, date style.

    >>> spelled("GPT-4o mini*"), spelled("gpt-4o (2024-08-06)")
    ('gpt-4o-mini', 'gpt-4o-20240806')
    >>> spelled("Claude Sonnet 4.5 (latest)")
    'claude-sonnet-4-5'
    """
    plain = _LATEST.sub("", _FOOTNOTE.sub("", name.strip().casefold()))
    plain = _DATE.sub(r"-\1\2\3", plain)
    return re.sub(r"[\s_.\u00a0-]+", "-", plain).strip("-")


def checked(name: str) -> str:
    """Return a name without footnote marks.

    Raises
    ------
    DoubtfulError
        If it is no name but a formula, or far too long, or of something that no use costs.
    """
    bare = _LATEST.sub("", _FOOTNOTE.sub("", name.strip(" \n\r\u00a0"))).strip()
    if bare.startswith(_FORMULA) or any(not each.isprintable() for each in bare):
        raise DoubtfulError(f"the model's name {shown(bare)!r} looks like a formula")
    if _UNUSED.search(bare):
        raise DoubtfulError("its name says what is no use of a model, such as training")
    if len(bare) > 150 or not bare:
        raise DoubtfulError("the model's name is too long for one")
    return bare


def match(name: str, provider: str, known: Collection[str]) -> str:
    """Return the table's name of a model, or a new one at a provider that is stated.

    Raises
    ------
    DoubtfulError
        If no provider is stated and the table has no such model, or several.

    Examples
    --------
    >>> known = ("openai/gpt-4o", "azure/gpt-4o", "anthropic/claude-opus-4-5")
    >>> match("Claude Opus 4.5", "", known), match("GPT-4o", "Microsoft Azure", known)
    ('anthropic/claude-opus-4-5', 'azure/gpt-4o')
    >>> match("claude-opus-4-6", "Anthropic", known)  # a longer or later name is another model
    'anthropic/claude-opus-4-6'
    """
    stated, rest = _vendor(name)
    prefix = prefix_of(provider) if provider else stated
    if name.casefold() in known and prefix in {"", stated}:
        return name.casefold()
    tail = spelled(rest)
    spellings = _spellings(frozenset(known))
    same = spellings.get(tail, [])
    found = [each for each in same if not prefix or each.startswith(f"{prefix}/")]
    if len(found) == 1:
        return found[0]
    if len(found) > 1:
        raise DoubtfulError(f"several models have this name: {', '.join(found)}; name the provider")
    if not prefix:
        near = _near(tail, spellings)
        raise DoubtfulError(f"the table has no such model{near}; name the provider")
    own = name if "/" in name and stated != prefix else rest  # a gateway keeps whose model it is
    return f"{prefix}/{'-'.join(own.casefold().split())}"


def _vendor(name: str) -> tuple[str, str]:
    """Split the vendor off a name that begins with it."""
    for pattern in (_BY_SLASH, _BY_WORDS):
        if (found := pattern.match(name)) and (host := host_of(found[1])):
            return host, name[found.end() :]
    return "", name


def _near(tail: str, spellings: Mapping[str, Iterable[str]]) -> str:
    near = get_close_matches(tail[:60], spellings, n=2, cutoff=0.6)
    names = [name for each in near for name in spellings[each]]
    return f" (the nearest: {', '.join(names[:3])})" if names else ""


@lru_cache(maxsize=8)
def _spellings(known: frozenset[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in sorted(known):
        host, _, tail = name.partition("/")
        bare = {spelled(tail), spelled(without_maker(tail) if host == "bedrock" else tail)}
        for spelling in bare:
            found.setdefault(spelling, []).append(name)
    return found
