"""How many tokens a unit of measure holds."""

from __future__ import annotations

import re

_SCALES = {
    **{"": 1, "k": 1_000, "thousand": 1_000, "tsd": 1_000, "m": 1_000_000, "million": 1_000_000},
    **{"millions": 1_000_000, "thousands": 1_000, "mio": 1_000_000},
}
_SCALE = r"k|m|thousands?|millions?|tsd|mio"
_UNIT = re.compile(
    rf"(?:per )?(?P<count>\d[\d,.' ]*)? ?(?P<scale>{_SCALE})?\.?"
    r" ?(?P<noun>tok(?:ens?)?|count|units?|)"
)
_BEHIND = re.compile(rf"(?P<noun>tokens?) \(?(?:per |in )?(?P<count>1)? ?(?P<scale>{_SCALE})\.?\)?")
_SIZES = {1, 1_000, 1_000_000}
_SIZES_SAID = {10**power for power in range(10)}
"""Of units that say tokens themselves, such as Oracle's "10,000 tokens"."""


def tokens_in_unit(unit: str, bare: bool = False) -> int | None:
    """Return how many tokens a unit is, such as a thousand or a million; None where it is unknown.

    Parameters
    ----------
    unit : as the vendor writes it
    bare : whether the meter is known to count tokens, so that "1M" and "count" are units of them;
           "Units" alone stays unknown, because clouds use it for one token and for a million

    Examples
    --------
    >>> tokens_in_unit("1K tokens"), tokens_in_unit("1M Tokens"), tokens_in_unit("1M", bare=True)
    (1000, 1000000, 1000000)
    >>> tokens_in_unit("1M"), tokens_in_unit("Units", bare=True), tokens_in_unit("1 Hour", True)
    (None, None, None)
    >>> tokens_in_unit("10,000 tokens"), tokens_in_unit("10,000 transactions")
    (10000, None)
    """
    plain = " ".join(re.sub(r"[\xa0_-]", " ", unit.casefold()).split())
    found = _UNIT.fullmatch(plain) or _BEHIND.fullmatch(plain)
    if not plain or not found or plain in {"unit", "units"}:
        return None
    if not bare and not found["noun"].startswith("tok"):
        return None
    count = re.sub(r"[,.' ]", "", found["count"] or "1")
    size = int(count) * _SCALES[found["scale"] or ""]
    return size if size in (_SIZES_SAID if found["noun"].startswith("tok") else _SIZES) else None
