"""Numbers as files from outside hold them: texts, whole numbers of any length, nothing at all."""

from __future__ import annotations

import math
import numbers
from decimal import Decimal, InvalidOperation


def number(value: object) -> float:
    """Return a number, or the number that a text is; nan for all that is no finite float.

    A truth value is no number, and neither is a whole number of 400 digits.

    >>> number(" 2.5e3 "), number(10**400), number("1e999"), number(True), number("ten")
    (2500.0, nan, nan, nan, nan)
    """
    if isinstance(value, bool) or not isinstance(value, str | numbers.Real | Decimal):
        return math.nan
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return math.nan
    return found if math.isfinite(found) else math.nan


def decimal(text: object) -> Decimal | None:
    """Return a finite number as it is written; None for all else.

    >>> decimal(" 1.1172 "), decimal("N/A"), decimal("inf")
    (Decimal('1.1172'), None, None)
    """
    try:
        found = Decimal(str(text).strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() else None
