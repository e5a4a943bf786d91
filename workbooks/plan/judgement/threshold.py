"""The speed a node must be measured at for self-hosting to pay, by planning with many speeds."""

from __future__ import annotations

import numpy as np

from workbooks.plan.judgement.risk import Many
from workbooks.plan.plan import Plan

AT_ONCE = 64
"""Speeds that are planned with at a time."""


def paying_speed(plan: Plan) -> float:
    """Return the least whole number of tokens a second at which the plan pays.

    It pays where self-hosting costs less than the rival that counts, over the whole plan. ``inf``
    where it does not even with the fewest nodes that may be planned.
    """
    told, many = plan.run(), Many(plan)

    def pays(speeds: np.ndarray) -> np.ndarray:
        return many.outcomes({"node_tokens_per_second": speeds})["saving_cost"] > 0

    one = np.max(told["own_tokens_per_month"]) / told["second_plan_tokens_per_month"]
    low, high = 0.0, float(np.floor(one) + 1)
    if not (np.isfinite(high) and pays(np.array([high]))[0]):
        return float("inf")
    while high - low > 1:
        speeds = np.unique(np.floor(np.linspace(low, high, AT_ONCE + 1)[1:]))
        first = int(np.argmax(pays(speeds)))
        low, high = (speeds[first - 1] if first else low), speeds[first]
    return float(high)
