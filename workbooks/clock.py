"""What time it is, asked in one place, so that four months can be walked through in a minute.

And what the months are called.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

MONTH_NAMES = (
    *("jan", "feb", "m[aä]r", "apr", "ma[iy]", "jun"),
    *("jul", "aug", "sep", "o[ck]t", "nov", "de[cz]"),
)
"""How the names of months begin, in English and in German, as patterns."""


def now() -> datetime:
    """Return this moment."""
    return datetime.now(UTC)


def today() -> date:
    """Return the day it is where the user is."""
    return now().astimezone().date()
