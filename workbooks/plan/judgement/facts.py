"""What a plan knows that a rule of thumb asks for."""

from __future__ import annotations

import numpy as np

from workbooks.plan.judgement.risk import Risk
from workbooks.plan.plan import Plan
from workbooks.plan.results.verdict.gates import GATES

HOURS_PER_DAY = 24
OF_THE_DRAWS = ("win_share",)


def odds(drawn: Risk) -> dict[str, float]:
    """Return the facts over all ranges, which take a second to draw: ``OF_THE_DRAWS``."""
    return dict(zip(OF_THE_DRAWS, (float(drawn.wins["own"]),), strict=True))


def facts(plan: Plan) -> dict[str, float]:
    """Return the facts of the base case.

    ``sustained_tokens_per_month`` and ``payback_months`` are ``inf`` where they are never reached.
    """
    told = plan.run()
    first_month = told["volume_tokens_per_month"][0]
    found = {
        "tokens_per_month": first_month,
        "tokens_per_day": first_month / told["hours_per_month"] * HOURS_PER_DAY,
        "api_bill_per_month": told["api_cash_per_month"][0],
        "api_level_per_month": _level(plan, "api"),
        "own_amortised_per_month": _level(plan, "own"),
        "own_load_share": _load(plan),
        "people_per_month": told["staff_per_month"],
        "payback_months": told["payback_present_months"],
        "rival_price_per_mtok": told["price_per_mtok"],
    }
    same = ("busiest_tokens_per_month", "growth_per_year", "peak_factor", "api_price_per_mtok")
    more = ("full_node_per_mtok", "first_tokens_per_month", "sustained_tokens_per_month")
    for name in (*same, *more, "staff_fte", "saving_cost", "ahead_months", "horizon_months"):
        found[name] = told[name]
    if plan.sized:
        found["model_fits"] = told["unfit_count"] == 0
    return {name: float(value) for name, value in found.items()}


def _level(plan: Plan, option: str) -> float:
    """The equal monthly payment that is worth what an option costs, with its capital."""
    told = plan.run()
    return float(told[f"{option}_compared_cost"] / np.sum(told["bill_factor"]) / told["kept_share"])


def _load(plan: Plan) -> float:
    """Mean use of what the nodes can be planned for; spare ones stand by and are left out."""
    told = plan.run()
    serving = np.sum(told["own_nodes"] - told["spare_nodes"])
    planned = serving * told["node_plan_tokens_per_month"]
    return float(np.sum(told["own_tokens_per_month"]) / planned) if planned else 0.0


def answered(plan: Plan) -> dict[str, bool]:
    """Return the gates that the scenario answers, by the id of the rule."""
    told = plan.run()
    ids = {gate: gate.removesuffix("_kind").replace("_", "-") for gate in GATES}
    return {ids[gate]: told[gate] == "yes" for gate in GATES if told[gate]}


def costs(plan: Plan) -> dict[str, float]:
    """Return what is compared of each option in the base case, least change first."""
    told = plan.run()
    return {option: float(told[f"{option}_compared_cost"]) for option in plan.options}
