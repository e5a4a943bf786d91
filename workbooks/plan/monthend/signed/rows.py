"""The rows of a budget that bills are held against, of one workload or of several."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from workbooks.plan.monthend.bills import Bill
from workbooks.plan.plan import Plan

FEES = "(fees and commitment)"


@dataclass(frozen=True, slots=True)
class Budgeted:
    """The budget of one model or cost line in one month, in the currency of the plan."""

    month: datetime.date
    model: str
    requests: float
    tokens: float
    cost: float
    input_per_mtok: float = 0.0
    cached_per_mtok: float = 0.0
    output_per_mtok: float = 0.0
    engine: str = ""
    """What serves them, or the pool of a cost line; blank in a plan of one workload."""
    workload: str = ""
    """Whose tokens they are; blank in a plan of one workload, and of nodes and people."""
    kinds: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Tokens of input, of cached input and of output, by which rows are joined."""
    is_settled: bool = False
    """Whether it is not late without a bill, though it comes once: the budget of now is without."""


def _as_billed(bill: Bill) -> Bill:
    return bill


@dataclass(frozen=True)
class Signed:
    """The budget that was run: its rows, and where a bill belongs among them."""

    plan: Plan
    """Months, currency and rates; of several workloads those that they share."""
    option: str
    """Option of a plan of one workload, or strategy of several."""
    rows: tuple[Budgeted, ...]
    placed: Callable[[Bill], Bill] = _as_billed
    """Say to which engine and workload a bill belongs, as far as it tells."""
    workloads: tuple[str, ...] = ()
    """Names of several workloads."""
    facts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """What the log of its workbook says of the plan beside the facts of one workload."""
    since: datetime.date | None = None
    """Last day of the last month that counts in no run-rate; None where all do."""
    pace: str = ""
    """What the months after it have in common: run as own."""
    earlier: Mapping[datetime.date, Plan] = field(default_factory=lambda: MappingProxyType({}))
    """Plan that was signed before, by the last day of each month that was closed against it."""
    notes: tuple[str, ...] = ()
    """What was run in which month, where it changed."""
