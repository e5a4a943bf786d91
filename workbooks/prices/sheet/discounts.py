"""Find a discount that stands beside prices which do not have it yet."""

from __future__ import annotations

import re
from collections.abc import Sequence

from workbooks.prices.sheet.files import Value
from workbooks.prices.sheet.headings import NET, Heading, plain

DISCOUNT = re.compile(r"\b(?:discount|rabatt|nachlass)(?!ed)", re.IGNORECASE)
TAKEN = re.compile(r"\b(?:before|after|incl\w*|vor|nach|abzüglich|inkl\w*)\b", re.IGNORECASE)
"""What makes of a discount the name of a price: before discount, after it."""


def discount(rows: Sequence[Sequence[Value]], heading: Heading) -> int | None:
    """Return the column of a discount that the prices beside it do not have yet, or None.

    Beside a column of net prices it only says how they came about.
    """
    if any(NET.search(plain(column.heading)) for column in heading.prices.values()):
        return None
    for at, cell in enumerate(rows[heading.below - 1]):
        is_one = isinstance(cell, str) and DISCOUNT.search(cell) and not TAKEN.search(cell)
        if is_one and any(len(row) > at and row[at] is not None for row in rows[heading.below :]):
            return at
    return None
