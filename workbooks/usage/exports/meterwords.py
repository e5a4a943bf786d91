"""What the words of a meter say of tokens: their kind, and how many a unit is."""

from __future__ import annotations

import re

from workbooks.usage.exports.layout import kinds

BLOCK = re.compile(r"(?P<count>\d[\d, ]*)?\s*(?P<scale>[km]|thousand|million)?\s*(?P<noun>[a-z]*)")
SCALES = {None: 1, "k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6}
NO_TOKENS = "no tokens"
SAYS_TOKENS = re.compile(r"tokens?(?![a-z])|Tokens?(?=[A-Z\W_]|$)")
BARE_NOUNS = ("", "count", "unit", "units")


def first_kind(texts: tuple[str | None, ...]) -> str | None:
    """Return the kind of token that the first telling text names."""
    return next((found for text in texts if text and (found := kind_of(text))), None)


def kind_of(text: str) -> str | None:
    """Return the kind of token that a text names, or None where it names none or two.

    >>> kind_of("USE1-NovaPro-cache-read-input-token-count"), kind_of("GPT 5 outpt Glbl 1M Tokens")
    ('cache_read', 'output')
    >>> kind_of("input and output tokens") is None
    True
    """
    words = re.sub(r"[\W_]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text).lower())
    if re.search(r"\b(storage|web search|grounding)\b", words):
        return NO_TOKENS
    head = re.search(r"\b(input|output) token count\b", words)
    if head and not re.search(r"\bcach", words):  # what follows it is the size of the request
        return head[1]
    found = [kind for kind, pattern in kinds() if pattern.search(words)]
    if "output" in found and "input" in found:
        return None
    return found[0] if found else None


def block(unit: str | None, bare: bool = False) -> float:
    """Return how many tokens one unit is; nan where it is something else.

    Parameters
    ----------
    bare : whether the vendor writes "1K" for a thousand tokens

    Examples
    --------
    >>> block("1K tokens"), block("1000 Tokens"), block("1M", bare=True), block("1 Hour", bare=True)
    (1000.0, 1000.0, 1000000.0, nan)
    """
    found = BLOCK.fullmatch((unit or "").strip().lower())
    nouns = ("token", "tokens", *(BARE_NOUNS if bare else ()))
    if not unit or not found or found["noun"] not in nouns:
        return float("nan")
    return float((found["count"] or "1").replace(",", "").replace(" ", "")) * SCALES[found["scale"]]
