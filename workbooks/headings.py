"""The headings of a table from outside: each stands once, or nobody knows which column counts."""

from __future__ import annotations

from collections.abc import Iterable


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
