"""The headings of a table from outside, which stand once each, and the rows that add up others."""

from __future__ import annotations

import re
from collections.abc import Iterable

ADDED_UP = (
    r"(?:(?:sub|grand |zwischen)[- ]?)?(?:totals?|sum|summe)\b(?!-)|(?:alle?|overall|gesamt\w*)"
    r"(?: models?| modelle)?$|[合总總小][计計]|[汇匯][总總]"
)
"""What stands for a model where a row adds up others."""


def adds_up(name: str) -> bool:
    """Whether a name is the word for a sum, so that its row repeats what others say.

    >>> adds_up("Total"), adds_up("Alle Modelle"), adds_up("total-recall-7b")
    (True, True, False)
    """
    return bool(re.match(ADDED_UP, name, re.IGNORECASE))


def twin(headings: Iterable[str]) -> str:
    """Return the first heading that stands twice, however it is written; "" if none does.

    >>> twin(["Model", "Cost", " cost"]), twin(["Model", "", ""])
    (' cost', '')
    """
    seen: set[str] = set()
    for heading in headings:
        key = " ".join(heading.casefold().split())
        if key and key in seen:
            return heading
        seen.add(key)
    return ""
