"""The lines of a month-end: actual against budget by model, the bridge, and the outlook."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from costcore.language.criteria import bound, count_ifs, sum_if, sum_ifs
from costcore.language.timeline import Line
from costcore.money.variance import (
    length_variance,
    mean_price,
    mix_variance,
    request_variance,
    volume_variance,
)
from costcore.tokens.api import priced

RUN_RATE, AS_PLANNED = "run-rate", "plan"
METHODS = (RUN_RATE, AS_PLANNED)


def _month(m: Any, table: str) -> tuple[Any, ...]:
    days = getattr(m, f"{table}_month_as_of")
    after, until = bound(">", np.greater, m.after_as_of), bound("<=", np.less_equal, m.end_as_of)
    return days, after, days, until


def _summed(m: Any, table: str, column: str, *more: Any) -> Any:
    """Sum a column of a table over this row's month and model."""
    pairs = (*_month(m, table), getattr(m, f"{table}_model"), m.name_text)
    return sum_ifs(getattr(m, f"{table}_{column}"), *pairs, *more)


def _once(m: Any, table: str) -> Any:
    """Sum what comes once, of every month."""
    return _summed(m, table, "cost", getattr(m, f"{table}_once_count"), 1)


def _late(m: Any) -> Any:
    """Return what was budgeted once in a closed month and has no bill from then on."""
    days, until = m.actual_month_as_of, bound("<=", np.less_equal, m.closed_as_of)
    after = bound(">", np.greater, m.after_as_of)
    rows = count_ifs(days, after, days, until, m.actual_model, m.name_text)
    return np.where(rows > 0, 0, m.is_closed_count * m.once_planned_cost)


def _closed(m: Any) -> Any:
    rows = count_ifs(*_month(m, "actual"))
    return np.where(m.end_as_of <= m.closed_as_of, np.where(rows > 0, 1, 0), 0)


def _from(table: str, column: str) -> Callable[[Any], Any]:
    return lambda m: m.is_closed_count * _summed(m, table, column)


BILL = (
    Line(
        "actual_tokens",
        "Tokens",
        lambda m: m.input_tokens + m.cached_tokens + m.output_tokens + m.other_tokens,
    ),
    Line("actual_rate_cost", "At budget rate", lambda m: m.billed_cost * m.budget_rate_factor),
    Line("actual_cost", "Actual", lambda m: m.billed_cost * m.month_rate_factor),
)
"""Calculated columns of the Actuals table."""

ROWS = (
    Line("is_closed_count", "Closed", _closed),
    Line("planned_count", "Budget: requests", _from("budget", "count")),
    Line("planned_tokens", "Budget: tokens", _from("budget", "tokens")),
    Line("planned_cost", "Budget", _from("budget", "cost")),
    Line("planned_input_per_mtok", "Budget: input", _from("budget", "input_per_mtok")),
    Line("planned_cached_per_mtok", "Budget: cached", _from("budget", "cached_per_mtok")),
    Line("planned_output_per_mtok", "Budget: output", _from("budget", "output_per_mtok")),
    Line("used_count", "Actual: requests", _from("actual", "count")),
    Line("used_input_tokens", "Actual: input", _from("actual", "input_tokens")),
    Line("used_cached_tokens", "Actual: cached", _from("actual", "cached_tokens")),
    Line("used_output_tokens", "Actual: output", _from("actual", "output_tokens")),
    Line("used_tokens", "Actual: tokens", _from("actual", "tokens")),
    Line("paid_rate_cost", "Actual at budget rates", _from("actual", "rate_cost")),
    Line("paid_cost", "Actual", _from("actual", "cost")),
    Line("once_planned_cost", "Once: budget, any month", lambda m: _once(m, "budget")),
    Line("once_paid_cost", "Once: actual", lambda m: m.is_closed_count * _once(m, "actual")),
    Line("late_cost", "Once: budgeted, and no bill since", _late),
    Line(
        "planned_per_mtok",
        "Budget: price of a token",
        lambda m: mean_price(m.planned_cost, m.planned_tokens),
    ),
    Line(
        "flexed_cost",
        "Actual tokens at budget prices",
        lambda m: (
            priced(m.used_input_tokens, m.planned_input_per_mtok)
            + priced(m.used_cached_tokens, m.planned_cached_per_mtok)
            + priced(m.used_output_tokens, m.planned_output_per_mtok)
            + priced(
                m.used_tokens - m.used_input_tokens - m.used_cached_tokens - m.used_output_tokens,
                m.planned_per_mtok,
            )
        ),
    ),
    Line(
        "shared_count",
        "In budget and actual",
        lambda m: np.where(m.planned_tokens > 0, np.where(m.used_tokens > 0, 1, 0), 0),
    ),
    Line("shared_tokens", "Pooled: tokens", lambda m: m.shared_count * m.planned_tokens),
    Line("shared_cost", "Pooled: budget", lambda m: m.shared_count * m.planned_cost),
)
"""One row for each month and model; what is not closed is 0."""


def _pooled(column: str) -> Callable[[Any], Any]:
    def rule(m: Any) -> Any:
        return sum_if(m.all_end_as_of, m.end_as_of, getattr(m, column))

    return rule


def _not_budgeted(m: Any) -> Any:
    unplanned = np.where(m.planned_tokens > 0, 0, m.paid_rate_cost)
    return np.where(m.used_tokens > 0, unplanned, 0)


def _not_used(m: Any) -> Any:
    return np.where(m.planned_tokens > 0, np.where(m.used_tokens > 0, 0, -m.planned_cost), 0)


def _untokened(m: Any) -> Any:
    paid = np.where(m.used_tokens > 0, 0, m.paid_rate_cost)
    return paid - np.where(m.planned_tokens > 0, 0, m.planned_cost)


def _volume(m: Any) -> Any:
    return volume_variance(m.used_tokens, m.planned_tokens, m.pooled_per_mtok)


EFFECTS = (
    Line("pooled_tokens", "Month: tokens pooled", _pooled("all_shared_tokens")),
    Line("pooled_cost", "Month: budget pooled", _pooled("all_shared_cost")),
    Line(
        "pooled_per_mtok",
        "Month: pooled price",
        lambda m: mean_price(m.pooled_cost, m.pooled_tokens),
    ),
    Line(
        "counted_count",
        "Requests known",
        lambda m: np.where(m.planned_count > 0, np.where(m.used_count > 0, m.shared_count, 0), 0),
    ),
    Line(
        "requests_cost",
        "Requests",
        lambda m: np.where(
            m.counted_count > 0,
            request_variance(m.used_count, m.planned_count, m.planned_tokens, m.pooled_per_mtok),
            0,
        ),
    ),
    Line(
        "length_cost",
        "Tokens per request",
        lambda m: np.where(
            m.counted_count > 0,
            length_variance(
                m.used_count, m.planned_count, m.used_tokens, m.planned_tokens, m.pooled_per_mtok
            ),
            0,
        ),
    ),
    Line(
        "volume_cost",
        "Volume, requests not known",
        lambda m: np.where(m.counted_count > 0, 0, m.shared_count * _volume(m)),
    ),
    Line(
        "models_cost",
        "Mix of models",
        lambda m: (
            m.shared_count
            * mix_variance(m.used_tokens, m.planned_tokens, m.planned_per_mtok, m.pooled_per_mtok)
        ),
    ),
    Line(
        "kinds_cost",
        "Mix of input, cached, output",
        lambda m: m.shared_count * (m.flexed_cost - priced(m.used_tokens, m.planned_per_mtok)),
    ),
    Line(
        "price_cost",
        "Price",
        lambda m: m.shared_count * (m.paid_rate_cost - m.flexed_cost),
    ),
    Line("new_cost", "New models", _not_budgeted),
    Line("retired_cost", "Retired models", _not_used),
    Line("untokened_cost", "Fees and other costs", _untokened),
    Line("fx_cost", "Exchange rate", lambda m: m.paid_cost - m.paid_rate_cost),
)
PARTS = tuple(line.name for line in EFFECTS if line.name.endswith("_cost"))[1:]
"""What the difference between budget and actual is made of."""


def _gap(m: Any) -> Any:
    gap = m.paid_cost - m.planned_cost
    for part in PARTS:
        gap = gap - getattr(m, part)
    return gap


STEPS = ("planned_cost", *PARTS, "paid_cost")
"""The bridge: from the budget, step by step, to the actual."""
LABELS = {line.name: line.label for line in (*ROWS, *EFFECTS)}


def _step(prefix: str, key: str, name: str) -> Line:
    def rule(m: Any) -> Any:
        keys, column = getattr(m, f"all_{key}"), getattr(m, f"all_{name}")
        return sum_if(keys, getattr(m, key), column)

    return Line(f"{prefix}_{name}", LABELS[name], rule)


BY_MONTH = tuple(_step("month", "end_as_of", name) for name in STEPS)
BY_MODEL = tuple(_step("model", "name_text", name) for name in STEPS)
BY_ENGINE = tuple(_step("engine", "engine_text", name) for name in STEPS)
BY_WORKLOAD = tuple(_step("workload", "workload_text", name) for name in STEPS)

GAP = Line("gap_cost", "Not explained", _gap)

BARS = (
    Line(
        "bar_end_cost",
        "Ends at",
        lambda m: np.where(m.bar_kind == "total", m.bar_cost, m.last("bar_end_cost") + m.bar_cost),
    ),
    Line(
        "bar_start_cost",
        "Starts at",
        lambda m: np.where(m.bar_kind == "total", 0, m.bar_end_cost - m.bar_cost),
    ),
    Line(
        "bar_base_cost",
        "Invisible base",
        lambda m: (
            np.maximum(0, np.minimum(m.bar_start_cost, m.bar_end_cost))
            + np.minimum(0, np.maximum(m.bar_start_cost, m.bar_end_cost))
        ),
    ),
    Line(
        "bar_above_cost",
        "Above zero",
        lambda m: (
            np.maximum(0, np.maximum(m.bar_start_cost, m.bar_end_cost))
            - np.maximum(0, np.minimum(m.bar_start_cost, m.bar_end_cost))
        ),
    ),
    Line(
        "bar_below_cost",
        "Below zero",
        lambda m: (
            np.minimum(0, np.minimum(m.bar_start_cost, m.bar_end_cost))
            - np.minimum(0, np.maximum(m.bar_start_cost, m.bar_end_cost))
        ),
    ),
    Line(
        "bar_total_cost",
        "Total",
        lambda m: np.where(m.bar_kind == "total", m.bar_above_cost + m.bar_below_cost, 0),
    ),
    Line(
        "bar_more_cost",
        "Costs more",
        lambda m: np.where(
            m.bar_kind == "total",
            0,
            np.where(m.bar_cost > 0, m.bar_above_cost + m.bar_below_cost, 0),
        ),
    ),
    Line(
        "bar_less_cost",
        "Costs less",
        lambda m: m.bar_above_cost + m.bar_below_cost - m.bar_total_cost - m.bar_more_cost,
    ),
)
"""The bridge as stacked columns; a bar that crosses zero shows its net height."""
