"""The headings of a table from outside, which stand once each, and the rows that add up others."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable

ADDED_UP = (
    r"(?:(?:sub|grand |zwischen)[- ]?)?(?:totals?|sum|summe)\b(?!-)|(?:alle?|overall|gesamt\w*)"
    r"(?: models?| modelle)?$|(?:insgesamt|ergebnis)$|[合总總小][计計]|[汇匯][总總]"
)
"""What stands for a model where a row adds up others."""
BEHIND = r"(.+?)[ :\u2013-]+(?:(?:sub)?totals?|sum|(?:zwischen)?summe|ergebnis|gesamt|[合小][计計])"
"""The same behind a name that other rows have, as spreadsheets write it: "gpt-4o Total"."""


def adds_up(name: str, others: Container[str] = ()) -> bool:
    """Whether a name is the word for a sum, or for that of a name among `others`.

    Its row repeats what other rows say.

    >>> adds_up("Total"), adds_up("Alle Modelle"), adds_up("total-recall-7b")
    (True, True, False)
    >>> adds_up("gpt-4o Ergebnis", {"gpt-4o"}), adds_up("gpt-4o Ergebnis")
    (True, False)
    """
    behind = re.fullmatch(BEHIND, name, re.IGNORECASE)
    return bool(re.match(ADDED_UP, name, re.IGNORECASE) or (behind and behind[1] in others))


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
