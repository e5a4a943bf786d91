"""The forecast of a plan year after some of its months were closed: 1+11, 2+10 and so on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbooks.plan.monthend.actuals import Close
from workbooks.plan.monthend.variance import RUN_RATE

MONTHS_PER_YEAR = 12


@dataclass(frozen=True, slots=True)
class Rebased:
    """One plan year: its closed months as billed, its open ones as a method says."""

    name: str
    """Closed plus open months: 1+11."""
    first: str
    last: str
    budget_cost: float
    earlier_cost: float
    """Of it, that of closed months held against a budget that was signed before."""
    closed_cost: float
    open_cost: float
    open_once_cost: float
    """Of the open months, what comes once; it is no part of the run-rate."""
    method: str
    """How the open months were found, in words."""

    @property
    def cost(self) -> float:
        """Cost of the whole year."""
        return self.closed_cost + self.open_cost


def rebased(close: Close, told: Mapping[str, Any]) -> Rebased:
    """Return the forecast of the plan year that the last closed month lies in."""
    last = close.months.index(close.closed)
    start = last // MONTHS_PER_YEAR * MONTHS_PER_YEAR
    year = slice(start, start + MONTHS_PER_YEAR)
    shut = told["closed_count"][year] > 0
    outlook, budget = told["outlook_per_month"][year], told["budget_per_month"][year]
    once = float(told["once_budget_per_month"][year][~shut].sum())
    late = float(told["late_per_month"][year].sum())
    delayed = f"; {late:,.0f} that comes once is late and forecast beside them" if late else ""
    earlier = [month in close.signed.earlier for month in close.months][year]
    return Rebased(
        f"{shut.sum()}+{(~shut).sum()}",
        f"{close.months[year][0]:%Y-%m}",
        f"{close.months[year][-1]:%Y-%m}",
        float(budget.sum()),
        float(budget[earlier].sum()),
        float(outlook[shut].sum()),
        float(outlook[~shut].sum()),
        once + late,
        _method(close, told, once) + delayed,
    )


def _method(close: Close, told: Mapping[str, Any], once: float) -> str:
    """Say how the open months were found."""
    closed = int(told["pace_count"].sum())
    if close.method != RUN_RATE:
        return "open months are as budgeted"
    if not closed:
        return f"open months are as budgeted, for no closed month is {close.signed.pace}"
    others = closed < int(told["closed_months_count"])
    return (
        f"open months are the budget times {float(told['open_factor']):.4g}: billed over budgeted "
        f"of the {f'{closed} ' * (closed > 1)}closed month{'s' * (closed > 1)}"
        f"{f' {close.signed.pace}' * others}{_without(told, once)}"
    )


def _without(told: Mapping[str, Any], later: float) -> str:
    """Say what comes once, which is in no ratio, and the two sums that are."""
    planned = float(np.sum(told["once_budget_per_month"] * told["closed_count"]))
    paid = float(np.sum(told["once_actual_per_month"]))
    if not (planned or paid or later):
        return ""
    ratio = (told[f"closed_running_{side}_cost"] for side in ("actual", "budget"))
    over = " over ".join(f"{each:,.0f}" for each in ratio)
    rest = f"; {later:,.0f} more of it comes in the open months, as budgeted" if later else ""
    return (
        f", {over} without what comes once ({paid:,.0f} billed, {planned:,.0f} budgeted "
        f"for purchases and moving){rest}"
    )
