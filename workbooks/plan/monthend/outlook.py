"""The months of a plan after some were closed: actual or forecast, and how right forecasts were."""

from __future__ import annotations

from typing import Any

import numpy as np

from costcore.language.criteria import bound, sum_if
from costcore.language.timeline import Line, total
from costcore.language.trace import amount, words
from costcore.money.variance import run_rate
from workbooks.plan.monthend.accuracy import JUDGED, MISSED
from workbooks.plan.monthend.variance import RUN_RATE


def _all(column: str) -> Any:
    """Sum a column of Variance over all models of the month."""

    def rule(m: Any) -> Any:
        return sum_if(m.all_end_as_of, m.month_as_of, getattr(m, column))

    return rule


def _scaled(m: Any, factor: Any) -> Any:
    """Return the budget of a month with all but what comes once times a factor."""
    return m.once_budget_per_month + (m.budget_per_month - m.once_budget_per_month) * factor


def _scale(m: Any, spent: Any, budgeted: Any) -> Any:
    return np.where(m.method_kind == RUN_RATE, run_rate(spent, budgeted), 1)


MONTHS = (
    Line(
        "budget_per_month",
        "Budget of the month",
        lambda m: sum_if(m.budget_month_as_of, m.month_as_of, m.budget_cost),
        sums=True,
    ),
    Line("once_budget_per_month", "Of it, what comes once", _all("once_planned_cost"), sums=True),
    Line(
        "closed_count",
        "Closed: 1, open: 0",
        lambda m: np.where(_all("is_closed_count")(m) > 0, 1, 0),
        sums=True,
    ),
    Line(
        "open_count",
        "After the last closed month: 1",
        lambda m: np.where(m.month_as_of > m.closed_as_of, 1, 0),
    ),
    Line(
        "late_per_month",
        "Late: comes once, was budgeted until then, has no bill",
        lambda m: (m.open_count - m.last("open_count")) * np.sum(m.all_late_cost, axis=0),
        sums=True,
    ),
    Line("actual_per_month", "Actual of the month", _all("paid_cost"), sums=True),
    Line(
        "once_actual_per_month", "Of it, what comes once: actual", _all("once_paid_cost"), sums=True
    ),
    Line(
        "closed_budget_per_month",
        "Budget of closed months",
        lambda m: m.closed_count * m.budget_per_month,
        sums=True,
    ),
    Line(
        "pace_count",
        "Closed, and counts in the run-rate: 1",
        lambda m: np.where(m.month_as_of > m.since_as_of, m.closed_count, 0),
        sums=True,
    ),
    Line(
        "running_budget_per_month",
        "Budget of these months without what comes once",
        lambda m: m.pace_count * (m.budget_per_month - m.once_budget_per_month),
        sums=True,
    ),
    Line(
        "running_actual_per_month",
        "Actual without what comes once",
        lambda m: m.pace_count * (m.actual_per_month - m.once_actual_per_month),
        sums=True,
    ),
    Line(
        "budget_to_date_cost",
        "Running budget of closed months to date",
        lambda m: m.last("budget_to_date_cost") + m.running_budget_per_month,
    ),
    Line(
        "actual_to_date_cost",
        "Running actual to date",
        lambda m: m.last("actual_to_date_cost") + m.running_actual_per_month,
    ),
    Line(
        "expected_per_month",
        "Forecast made a month before, but for what was late",
        lambda m: _scaled(
            m, _scale(m, m.last("actual_to_date_cost"), m.last("budget_to_date_cost"))
        ),
        heading="How right the method was",
    ),
    *JUDGED,
)


FIGURES = (
    total("closed_months_count", "Closed months", "closed_count"),
    total("closed_budget_cost", "Budget of the closed months", "closed_budget_per_month"),
    total("closed_actual_cost", "Actual of the closed months", "actual_per_month"),
    Line(
        "closed_over_cost",
        "Actual less budget",
        lambda m: m.closed_actual_cost - m.closed_budget_cost,
    ),
    total(
        "closed_running_budget_cost",
        "Budget of the closed months without what comes once",
        "running_budget_per_month",
    ),
    total(
        "closed_running_actual_cost",
        "Actual of the closed months without what comes once",
        "running_actual_per_month",
    ),
    Line(
        "run_rate_factor",
        "Run-rate: actual over budget, without what comes once",
        lambda m: run_rate(m.closed_running_actual_cost, m.closed_running_budget_cost),
    ),
    Line(
        "open_factor",
        "Open months: forecast over budget, by the method",
        lambda m: np.where(m.method_kind == RUN_RATE, m.run_rate_factor, 1),
    ),
    *MISSED,
)
COMPLETED = (
    Line(
        "outlook_per_month",
        "Outlook: actual where closed, else forecast",
        lambda m: np.where(
            m.closed_count > 0,
            m.actual_per_month,
            _scaled(m, m.open_factor) + m.late_per_month,
        ),
        sums=True,
        heading="Outlook",
    ),
    Line(
        "over_per_month",
        "Outlook less budget",
        lambda m: m.outlook_per_month - m.budget_per_month,
        sums=True,
    ),
    Line(
        "budget_cumulative_cost",
        "Budget, cumulative",
        lambda m: m.last("budget_cumulative_cost") + m.budget_per_month,
    ),
    Line(
        "outlook_cumulative_cost",
        "Outlook, cumulative",
        lambda m: m.last("outlook_cumulative_cost") + m.outlook_per_month,
    ),
)


def _moved(cost: Any) -> Any:
    """Say how much more or less it is."""
    side = np.where(cost > 0, "more", "less")
    return words(amount(np.absolute(cost)), " ", side, " than budgeted")


TOTALS = (
    total("outlook_total_cost", "Outlook for the whole plan", "outlook_per_month"),
    total("budget_total_cost", "Budget of the whole plan", "budget_per_month"),
    Line(
        "over_total_cost",
        "Outlook less budget, whole plan",
        lambda m: m.outlook_total_cost - m.budget_total_cost,
    ),
    Line(
        "verdict_text",
        "Months closed",
        lambda m: words(
            "Months closed: ",
            amount(m.closed_months_count),
            ". They cost ",
            m.currency,
            " ",
            amount(m.closed_actual_cost),
            ", ",
            _moved(m.closed_over_cost),
            ".",
        ),
    ),
    Line(
        "outlook_text",
        "Outlook",
        lambda m: words(
            "The plan comes to ",
            m.currency,
            " ",
            amount(m.outlook_total_cost),
            ", ",
            _moved(m.over_total_cost),
            ", if the open months follow the ",
            m.method_kind,
            ".",
        ),
    ),
)

TOLD = (
    Line(
        "closed_told_text",
        "Of the closed months",
        lambda m: words(
            amount(m.closed_actual_cost), " paid, ", amount(m.closed_budget_cost), " budgeted"
        ),
    ),
    Line(
        "outlook_told_text",
        "Of the outlook",
        lambda m: words(
            amount(m.outlook_total_cost), " expected, ", amount(m.budget_total_cost), " budgeted"
        ),
    ),
    Line(
        "pace_told_text",
        "Of the pace",
        lambda m: words("of the running budget; the open months follow the ", m.method_kind),
    ),
    Line(
        "missed_told_text",
        "Of the forecasts",
        lambda m: words(
            "a month ahead, with a bias of ", amount(m.bias_share * 100, 1), " %, on average"
        ),
    ),
)
"""What the figures on the cover are of."""


def _check(name: str, label: str, rule: Any) -> Line:
    return Line(f"{name}_check", label, lambda m: np.where(rule(m), 0, 1))


def _until(m: Any, day: Any) -> Any:
    until = bound("<=", np.less_equal, day)
    return sum_if(m.actual_month_as_of, until, m.actual_cost)


def _close(m: Any, one: Any, other: Any) -> Any:
    return np.absolute(one - other) <= m.tolerance_cost


def _bridged(m: Any) -> Any:
    return _close(m, np.sum(m.all_steps_cost, axis=0), np.sum(m.all_paid_cost, axis=0))


CHECKS = (
    _check("bridge", "Budget and every step add up to the actual", _bridged),
    _check(
        "rows",
        "The same for every month and model",
        lambda m: (
            (np.max(m.all_gap_cost, axis=0) <= m.tolerance_cost)
            & (np.min(m.all_gap_cost, axis=0) >= -m.tolerance_cost)
        ),
    ),
    _check(
        "pasted",
        "Every closed row of Actuals is in Variance",
        lambda m: _close(m, _until(m, m.closed_as_of), m.closed_actual_cost),
    ),
    _check(
        "budgeted",
        "Every row of Budget is in Outlook",
        lambda m: _close(m, np.sum(m.budget_cost, axis=0), m.budget_total_cost),
    ),
    _check(
        "closed",
        "The closed months of Outlook are the bridge's",
        lambda m: _close(m, np.sum(m.all_paid_cost, axis=0), m.closed_actual_cost),
    ),
    _check(
        "method",
        "The method is run-rate or plan",
        lambda m: (m.method_kind == RUN_RATE) | (m.method_kind == "plan"),
    ),
)
