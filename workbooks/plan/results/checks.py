"""What must hold for a workbook's numbers to be right: 0 where it does, 1 where not."""

from __future__ import annotations

from typing import Any

import numpy as np

from costcore.language.timeline import Line, Rule
from workbooks.plan.lines.option import TITLES
from workbooks.plan.results.summary import HOSTED


def _holds(name: str, label: str, rule: Rule) -> Line:
    return Line(f"{name}_check", label, lambda m: np.where(rule(m), 0, 1))


def _close(m: Any, one: Any, other: Any) -> Any:
    return np.absolute(one - other) <= m.tolerance_cost


def _years_add_up(option: str) -> Line:
    def rule(m: Any) -> Any:
        years = np.sum(getattr(m, f"{option}_cash_per_year"), axis=0)
        return _close(m, years, getattr(m, f"{option}_cash_cost"))

    return _holds(f"{option}_years", f"{TITLES[option]}: years add up to the plan", rule)


def _written_off(option: str) -> Line:
    parts = ("disposals", "resale", "depreciation")

    def rule(m: Any) -> Any:
        bought = np.sum(getattr(m, f"{option}_purchases_per_month"), axis=0)
        gone = sum(np.sum(getattr(m, f"{option}_{part}_per_month"), axis=0) for part in parts)
        return _close(m, bought, gone)

    title = f"{TITLES[option]}: purchases = depreciation + resale"
    return _holds(f"{option}_book", title, rule)


GENERAL = (
    _holds(
        "npv",
        "Cloud API: present value = NPV of the sheet",
        lambda m: _close(m, m.sheet_npv_cost, m.api_present_cost),
    ),
    _holds(
        "capacity",
        "Self-hosted: nodes serve the volume of every month",
        lambda m: np.sum(m.own_short_tokens, axis=0) <= m.tolerance_cost,
    ),
    _holds(
        "case",
        "Live case is 1, 2 or 3",
        lambda m: (m.live_case == 1) | (m.live_case == 2) | (m.live_case == 3),
    ),
    _holds(
        "price",
        "API price is plausible: from 0 to 1,000 per Mtok",
        lambda m: (m.api_price_per_mtok >= 0) & (m.api_price_per_mtok < 1000),
    ),
    _holds("node", "A node serves something", lambda m: m.node_plan_tokens_per_month > 0),
)
MASTER = Line("master_check", "Checks that fail", lambda m: np.sum(m.all_checks, axis=0))


def checks(options: tuple[str, ...]) -> tuple[Line, ...]:
    """Return the checks of a plan that compares these options."""
    hosted = tuple(option for option in HOSTED if option in options)
    return (*map(_years_add_up, options), *map(_written_off, hosted), *GENERAL)
