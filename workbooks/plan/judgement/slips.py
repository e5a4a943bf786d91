"""Volumes that nobody means: typed in millions, where they are in tokens."""

from __future__ import annotations

from typing import Any

import numpy as np

from workbooks.plan.plan import Plan
from workbooks.plan.results.checks import VOLUME, too_few


def slip(tokens: Any, name: str = "The plan") -> str:
    """Say that a volume by month is not one that somebody means; empty where it may be.

    >>> print(slip([6_000.0, 6_100.0], "Support chat"))
    Support chat has 6,100 tokens in its busiest month, fewer than 100,000: volumes are given in
    tokens, not in millions (6,100 M are 6100000000), so every figure below is of next to nothing.
    >>> slip([0.0, 6e9]), slip([0.0, 0.0])
    ('', '')
    """
    if not too_few(tokens):
        return ""
    most = float(np.max(tokens))
    return (
        f"{name} has {most:,.0f} tokens in its busiest month, fewer than {VOLUME.least:,.0f}: "
        f"volumes are given in tokens, not in millions ({most:,.0f} M are {most * 1e6:.0f}), "
        "so every figure below is of next to nothing."
    )


def slips(plan: Plan) -> tuple[str, ...]:
    """Return the sentence on the volume of a plan, if there is one."""
    return tuple(filter(None, [slip(plan.run()["volume_tokens_per_month"])]))
