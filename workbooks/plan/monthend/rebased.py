"""The forecast of a plan year after some of its months were closed: 1+11, 2+10 and so on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbooks.plan.monthend.actuals import Close
from workbooks.plan.monthend.lines import LINES
from workbooks.plan.monthend.variance import RUN_RATE

MONTHS_PER_YEAR = 12
ONCE = tuple(LINES[part] for part in ("purchases", "migration"))


@dataclass(frozen=True, slots=True)
class Rebased:
    """One plan year: its closed months as billed, its open ones as a method says."""

    name: str
    """Closed plus open months: 1+11."""
    first: str
    last: str
    budget_cost: float
    closed_cost: float
    open_cost: float
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
    factor = float(told["open_factor"])
    closed = int(told["closed_months_count"])
    run_rate = (
        f"open months are the budget times {factor:.4g}: billed over budgeted of the "
        f"{f'{closed} ' * (closed > 1)}"
        f"closed month{'s' * (closed > 1)}{_once(close)}"
    )
    return Rebased(
        f"{shut.sum()}+{(~shut).sum()}",
        f"{close.months[year][0]:%Y-%m}",
        f"{close.months[year][-1]:%Y-%m}",
        float(budget.sum()),
        float(outlook[shut].sum()),
        float(outlook[~shut].sum()),
        run_rate if close.method == RUN_RATE else "open months are as budgeted",
    )


def _once(close: Close) -> str:
    """Say what comes once and yet scales the months to come, in the ratio of the closed ones."""
    planned = ((row.month, row.model, row.cost) for row in close.budget)
    spent = ((row.month, row.model, row.billed) for row in close.bills)
    closed = {name for month, name, cost in (*planned, *spent) if cost and month <= close.closed}
    names = ", ".join(name for name in ONCE if name in closed)
    return (
        f", which has what comes once, too ({names}); --method plan goes without" if names else ""
    )
