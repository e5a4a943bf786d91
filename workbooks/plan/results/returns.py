"""The return of self-hosting on what it costs beyond the API, by halving the interval."""

from __future__ import annotations

from typing import Any

import numpy as np

from costcore.language.quantities import MONTHS_PER_YEAR
from costcore.language.timeline import Line
from costcore.language.trace import worksheet
from costcore.money.cashflow import spreadsheet_npv

STEPS = 30
"""Halvings: after them the monthly rate is known to a billionth, still above rounding."""
LOWEST, HIGHEST = -0.5, 1.0
"""Monthly rates between which the return is sought."""

EDGE = 1e-4
"""A rate as near as that to either end of the interval lies outside it."""

FLOWS = (
    Line(
        "switch_per_month",
        "Cash saved by self-hosting",
        lambda m: m.api_flow_per_month - m.own_flow_per_month,
        sums=True,
        heading="Switching from the API",
    ),
    Line(
        "side_count",
        "Side the cash is on: -1 paid, 1 saved",
        lambda m: np.where(
            m.switch_per_month == 0,
            m.last("side_count"),
            np.where(m.switch_per_month > 0, 1, -1),
        ),
    ),
    Line(
        "turn_count",
        "Times it changes sides",
        lambda m: np.where(m.side_count * m.last("side_count") < 0, 1, 0),
        sums=True,
    ),
)


def _value(m: Any, rate: Any) -> Any:
    return worksheet("NPV", spreadsheet_npv, rate, m.switch_flows)


SEARCH = (
    Line(
        "low_rate",
        "From",
        lambda m: np.where(m.step == 1, LOWEST, _next(m, "low_rate", "middle_rate")),
        heading="The rate at which it is worth nothing, by halving",
    ),
    Line(
        "high_rate",
        "To",
        lambda m: np.where(m.step == 1, HIGHEST, _next(m, "middle_rate", "high_rate")),
    ),
    Line("middle_rate", "Middle", lambda m: (m.low_rate + m.high_rate) / 2),
    Line(
        "same_side_count",
        "1 where the middle is worth what the lowest rate is",
        lambda m: np.where(_value(m, m.middle_rate) * m.lowest_side_count >= 0, 1, 0),
    ),
)


def _next(m: Any, if_high: str, if_low: str) -> Any:
    """Keep the half in which the value changes sign."""
    return np.where(m.last("same_side_count") == 1, m.last(if_low), m.last(if_high))


FIGURES = (
    Line(
        "turns_count",
        "Times the cash changes sides (a return exists only for one)",
        lambda m: np.sum(m.turn_count, axis=0),
        heading="Return of switching to self-hosting",
    ),
    Line(
        "lowest_side_count",
        "Side of its value at the lowest rate",
        lambda m: np.where(_value(m, LOWEST) >= 0, 1, -1),
    ),
)
RETURN = Line(
    "irr_rate",
    "Internal rate of return, a year",
    lambda m: np.where(
        (m.turns_count == 1) & (m.found_rate + -LOWEST > EDGE) & (HIGHEST - m.found_rate > EDGE),
        (1 + m.found_rate) ** MONTHS_PER_YEAR - 1,
        np.inf,
    ),
)
