"""What changed, as people read it."""

from __future__ import annotations

from typing import Any

MOST_SHOWN = 60


def told(value: Any) -> str:
    """Return a value of an input, a setting or a row of a table.

    >>> told(2.7e9), told(0.125), told(None), told((1.0, 0.5))
    ('2,700,000,000', '0.125', 'blank', '2 values: 1, 0.5')
    """
    if value is None or value == "":
        return "blank"
    if isinstance(value, float):
        return f"{value:,.10g}"
    if isinstance(value, tuple):
        parts = ", ".join(getattr(each, "contract", "") or told(each) for each in value)
        text = f"{len(value)} values: {parts}" if value else "none"
        return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}..."
    return str(value)
