"""What changed, as people read it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

MOST_SHOWN = 60
FEW = 4


def told(value: Any) -> str:
    """Return a value of an input, a setting or a row of a table.

    >>> told(2.7e9), told(0.125), told(None), told((1.0, 0.5))
    ('2,700,000,000', '0.125', 'blank', '2 values: 1, 0.5')
    >>> told([3e9 * 1.01**month for month in range(36)])
    '36 values: 3,000,000,000 to 4,249,808,268'
    >>> told({"API": 0.5, "Pool": 0.5})
    'API 0.5, Pool 0.5'
    """
    if value is None or value == "":
        return "blank"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:,.10g}"
    if _is_series(value):
        return f"{len(value)} values: {_ends(value)}"
    if isinstance(value, tuple | list):
        parts = ", ".join(getattr(each, "contract", "") or told(each) for each in value)
        text = f"{len(value)} values: {parts}" if value else "none"
        return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}..."
    if isinstance(value, dict):
        return ", ".join(f"{name} {told(each)}" for name, each in value.items())
    return str(value)


def both(before: Any, after: Any) -> tuple[str, str]:
    """Return what was and what is; of a long series the part that moved, each with its ends.

    >>> both([1.0, 2.0, 3.0, 4.0, 5.0], [1.0, 2.5, 3.0, 9.0, 5.0])
    ('2 of 5 values, numbers 2 to 4: 2 to 4', '2.5 to 9')
    """
    if not (_is_series(before) and _is_series(after)) or len(before) != len(after):
        return told(before), told(after)
    moved = [at for at, (one, other) in enumerate(zip(before, after, strict=True)) if one != other]
    if not moved:
        return told(before), told(after)
    part = slice(moved[0], moved[-1] + 1)
    places = f"numbers {moved[0] + 1} to {moved[-1] + 1}" if moved[1:] else f"number {moved[0] + 1}"
    said = f"{len(moved)} of {len(before)} values, {places}: {_ends(before[part])}"
    return said, _ends(after[part])


def _is_series(value: Any) -> bool:
    """Say whether it is more numbers than anybody reads one by one."""
    return (
        isinstance(value, tuple | list)
        and len(value) > FEW
        and all(isinstance(each, int | float) for each in value)
    )


def _ends(values: Sequence[float]) -> str:
    """Return the first and the last of some numbers."""
    first, last = (
        f"{each:,.0f}" if abs(each) >= 1_000 else f"{each:,.6g}" for each in (values[0], values[-1])
    )
    return f"{first} to {last}" if len(values) > 1 else first
