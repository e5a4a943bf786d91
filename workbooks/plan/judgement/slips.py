"""What nobody means: volumes typed in millions, and long prompts that are never longer still."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from workbooks.plan.lines.owing.usage import BILLED
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
    """Return the sentences on the volume of a plan and on its long prompts, if there are any."""
    told = plan.run()
    found = (beyond(told, engine) for engine in BILLED if engine in plan.options)
    return tuple(filter(None, [slip(told["volume_tokens_per_month"]), *found]))


def beyond(told: Mapping[str, Any], engine: str) -> str:
    """Say that a price for still longer prompts is in the list, and no token is planned there."""
    first, second = (
        float(np.max(told[f"{engine}_{nth}long_input_per_mtok"])) for nth in ("", "second_")
    )
    share, further = told["long_context_share"], told["second_long_context_share"]
    if not np.max(share) > 0 or np.max(further) > 0 or second == first:
        return ""
    return (
        f"The {engine} price list has a third price for prompts past a second size, {second:g} "
        f"instead of {first:g} a million input tokens, and the plan has none there: no export of "
        "usage measures them, so type second_long_context_share, their share of the long ones."
    )
