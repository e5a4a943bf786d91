"""What a plan knows that a rule of thumb asks for."""

from __future__ import annotations

import numpy as np

from workbooks.plan.judgement.risk import Risk, risk
from workbooks.plan.plan import Plan

DRAWS = 2_000
"""Draws behind the odds; their error is below a point of a hundred."""
HOURS_PER_DAY = 24


def facts(plan: Plan, drawn: Risk | None = None) -> dict[str, float]:
    """Return the facts of the base case, and the odds over all ranges, drawn unless given.

    ``sustained_tokens_per_month`` and ``payback_months`` are ``inf`` where they are never reached.
    """
    told = plan.run()
    own_tokens, nodes = (np.sum(told[f"own_{name}"]) for name in ("tokens_per_month", "nodes"))
    capacity = nodes * told["node_capacity_tokens_per_month"]
    first_month = told["volume_tokens_per_month"][0]
    found = {
        "tokens_per_month": first_month,
        "tokens_per_day": first_month / told["hours_per_month"] * HOURS_PER_DAY,
        "api_bill_per_month": told["api_cash_per_month"][0],
        "own_amortised_per_month": told["own_expense_cost"] / told["horizon_months"],
        "own_load_share": own_tokens / capacity if capacity else 0.0,
        "people_per_month": told["staff_per_month"],
        "payback_months": told["payback_present_months"],
        "win_share": (drawn or risk(plan, DRAWS)).win_share,
    }
    same = ("busiest_tokens_per_month", "growth_per_year", "peak_factor", "api_price_per_mtok")
    more = ("full_node_per_mtok", "first_tokens_per_month", "sustained_tokens_per_month")
    for name in (*same, *more, "staff_fte", "saving_cost"):
        found[name] = told[name]
    return {name: float(value) for name, value in found.items()}


def costs(plan: Plan) -> dict[str, float]:
    """Return the present value of each option in the base case, least change first."""
    told = plan.run()
    return {option: float(told[f"{option}_present_cost"]) for option in plan.options}
