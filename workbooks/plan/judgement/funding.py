"""What to budget and what to have ready: the plan, its contingency, and a reserve beside it."""

from __future__ import annotations

import numpy as np

from costcore.language.draws import Draws

BUDGETED, FUNDED = 0.5, 0.8
"""A budget that every second plan keeps to, and money that four plans in five get by with."""


def funding(base: float, outcomes: Draws) -> dict[str, float]:
    """Return a base estimate with what lifts it to the budget at P50 and the funding at P80.

    A contingency below 0 says that the base estimate is a cautious one.

    >>> told = funding(40.0, np.arange(101.0))
    >>> told["contingency_cost"], told["budget_p50_cost"]
    (10.0, 50.0)
    >>> told["reserve_cost"], told["funding_p80_cost"]
    (30.0, 80.0)
    """
    budget, ready = np.quantile(outcomes, [BUDGETED, FUNDED]).tolist()
    return {
        "base_cost": base,
        "contingency_cost": budget - base,
        "budget_p50_cost": budget,
        "reserve_cost": ready - budget,
        "funding_p80_cost": ready,
    }
