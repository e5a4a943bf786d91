"""A month-end: bills beside the budget of a scenario, and what the rest of the plan will cost."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from costcore.language.timeline import Line, figures, values
from costcore.language.units import EXCEL_EPOCH
from workbooks.plan.monthend import outlook
from workbooks.plan.monthend.accuracy import Past
from workbooks.plan.monthend.bills import Bill
from workbooks.plan.monthend.lines import ONCE, part_of
from workbooks.plan.monthend.signed.rows import Budgeted, Signed
from workbooks.plan.monthend.variance import (
    BARS,
    BILL,
    BY_ENGINE,
    BY_MODEL,
    BY_MONTH,
    BY_WORKLOAD,
    EFFECTS,
    GAP,
    PARTS,
    ROWS,
    STEPS,
)
from workbooks.plan.plan import Plan
from workbooks.plan.results.checks import MASTER

NO_ENGINE = "(people, moving, what no engine is told of)"
NO_WORKLOAD = "(nodes, people, what no workload is told of)"


def month_end(day: datetime.date) -> datetime.date:
    """Return the last day of a month.

    >>> month_end(datetime.date(2028, 2, 5))
    datetime.date(2028, 2, 29)
    """
    return (day.replace(day=1) + datetime.timedelta(32)).replace(day=1) - datetime.timedelta(1)


def serial(day: datetime.date) -> float:
    """Return a day as a cell holds it."""
    return float((day - EXCEL_EPOCH).days)


@dataclass(frozen=True)
class Close:
    """A plan with what was billed until the last closed month."""

    signed: Signed
    method: str
    closed: datetime.date
    """Last day of the last closed month."""
    budget: tuple[Budgeted, ...]
    bills: tuple[Bill, ...]
    rates: tuple[tuple[float, float], ...]
    """Exchange rate of each bill in the budget, and in its month."""
    notes: tuple[str, ...] = ()

    @property
    def plan(self) -> Plan:
        """The plan that was signed; of several workloads what they share."""
        return self.signed.plan

    @property
    def option(self) -> str:
        """Option or strategy that was run."""
        return self.signed.option

    @property
    def since(self) -> datetime.date:
        """Last day before the months whose bills are of what is run now."""
        return self.signed.since or self.plan.scenario.start_month - datetime.timedelta(1)

    @property
    def months(self) -> list[datetime.date]:
        """Last day of each month of the plan."""
        return months_of(self.plan)

    @cached_property
    def rows(self) -> list[tuple[datetime.date, str]]:
        """Every month of the plan with every model that is budgeted or billed."""
        return [(month, model) for month in self.months for model in self.models]

    @property
    def models(self) -> list[str]:
        """Every model that is budgeted or billed."""
        names = [each.model for each in self.budget] + [each.model for each in self.bills]
        return list(dict.fromkeys(names))

    @cached_property
    def sides(self) -> dict[str, dict[str, str]]:
        """Engine and workload of each model, by the text that tells them; none of one workload."""
        rows: tuple[Budgeted | Bill, ...] = (*self.budget, *self.bills)
        if not any(row.engine for row in rows):
            return {}
        engines = {row.model: row.engine or NO_ENGINE for row in rows}
        workloads = {row.model: row.workload or NO_WORKLOAD for row in rows}
        return {"engine_text": engines, "workload_text": workloads}

    @property
    def by_side(self) -> dict[str, tuple[Line, ...]]:
        """The bridge of each engine, and of each workload; none of a plan of one workload."""
        lines = {"engine_text": BY_ENGINE, "workload_text": BY_WORKLOAD}
        return {side: lines[side] for side in self.sides}

    def groups(self, side: str) -> list[str]:
        """Return every engine, or every workload, once."""
        return list(dict.fromkeys(self.sides[side].values()))

    @property
    def inputs(self) -> dict[str, Any]:
        """Columns of the two tables, and the settings."""
        names = ("requests", "tokens", "cost")
        prices = ("input_per_mtok", "cached_per_mtok", "output_per_mtok")
        columns = {f"budget_{n}": [getattr(b, n) for b in self.budget] for n in (*names, *prices)}
        columns["budget_count"] = columns.pop("budget_requests")
        columns["budget_month_as_of"] = [serial(each.month) for each in self.budget]
        columns["actual_month_as_of"] = [serial(each.month) for each in self.bills]
        columns["actual_count"] = [each.requests for each in self.bills]
        for table, rows in (("budget", self.budget), ("actual", self.bills)):
            columns[f"{table}_once_count"] = [once_count(each) for each in rows]
        for kind in ("input_tokens", "cached_tokens", "output_tokens"):
            columns[f"actual_{kind}"] = [getattr(each, kind) for each in self.bills]
        arrays = {name: np.array(each, float) for name, each in columns.items()}
        return arrays | {
            "budget_model": np.array([each.model for each in self.budget], object),
            "actual_model": np.array([each.model for each in self.bills], object),
            "closed_as_of": serial(self.closed),
            "since_as_of": serial(self.since),
            "method_kind": self.method,
            "currency": self.plan.scenario.currency,
            "tolerance_cost": self.plan.constants("base")["tolerance_cost"],
        }

    @property
    def series(self) -> dict[str, list[Any]]:
        """Month and model of each row of the variance."""
        ends = [month for month, _ in self.rows]
        return {
            "after_as_of": [serial(end.replace(day=1)) - 1 for end in ends],
            "end_as_of": [serial(end) for end in ends],
            "name_text": [model for _, model in self.rows],
            **{side: [told[model] for _, model in self.rows] for side, told in self.sides.items()},
        }

    @property
    def bill_series(self) -> dict[str, list[float]]:
        """What the calculated columns of the actuals start from."""
        kinds = ("input_tokens", "cached_tokens", "output_tokens", "other_tokens")
        return {kind: [getattr(each, kind) for each in self.bills] for kind in kinds} | {
            "billed_cost": [each.billed for each in self.bills],
            "budget_rate_factor": [budget for budget, _ in self.rates],
            "month_rate_factor": [rate for _, rate in self.rates],
        }

    def run(self) -> dict[str, Any]:
        """Compute everything: the rows, the bridge, the outlook and the checks."""
        known, count = self.inputs, len(self.rows)
        known |= values(BILL, known, len(self.bills), series=self.bill_series)
        known |= values(ROWS, known, count, series=self.series)
        known |= {f"all_{line.name}": known[line.name] for line in ROWS}
        known["all_end_as_of"] = np.array(self.series["end_as_of"])
        ours = {line.name: known[line.name] for line in ROWS}
        known |= values((*EFFECTS, GAP), known, count, series=self.series | ours)
        known |= {f"all_{line.name}": known[line.name] for line in (*EFFECTS, GAP)}
        known["all_name_text"] = np.array(self.series["name_text"], object)
        known |= self._bars(known)
        days = [serial(month) for month in self.months]
        ends = {"month_as_of": days}
        known |= values(BY_MONTH, known, len(days), series={"end_as_of": days})
        known |= values(BY_MODEL, known, len(self.models), series={"name_text": self.models})
        for side, lines in self.by_side.items():
            known[f"all_{side}"] = np.array(self.series[side], object)
            names = self.groups(side)
            known |= values(lines, known, len(names), series={side: names})
        known |= values(outlook.MONTHS, known, len(self.months), series=ends)
        known |= figures(outlook.FIGURES, known)
        kept = {line.name: known[line.name] for line in outlook.MONTHS}
        known |= values(outlook.COMPLETED, known, len(self.months), series=ends | kept)
        known |= figures((*outlook.TOTALS, *outlook.TOLD), known)
        known |= figures(outlook.CHECKS, known)
        known["all_checks"] = np.array([known[line.name] for line in outlook.CHECKS])
        return known | figures((MASTER,), known)

    def _bars(self, known: Mapping[str, Any]) -> dict[str, Any]:
        costs = [float(np.sum(known[name])) for name in STEPS]
        kinds = ["total", *["step"] * len(PARTS), "total"]
        found = values(BARS, known, len(STEPS), series={"bar_cost": costs, "bar_kind": kinds})
        steps = {"bar_cost": np.array(costs), "all_steps_cost": np.array(costs[:-1])}
        return {**found, **steps, "bar_kind": np.array(kinds, object)}

    def late(self, found: Mapping[str, Any]) -> Iterator[str]:
        """Say of each cost that comes once and is not billed whole what the forecast makes of it.

        One without any bill since it was budgeted is late; one that was billed lower is done with.
        """
        after = next((month for month in self.months if month > self.closed), None)
        when = f"so it is forecast in {after:%Y-%m}" if after else "and the plan ends before it"
        less = ", and the forecast is that much less" if after else ""
        for (month, model), cost in zip(self.rows, found["late_cost"].tolist(), strict=True):
            if cost:
                yield (
                    f"{model}: {cost:,.2f} budgeted in {month:%Y-%m} has no bill, {when}; if it "
                    f"comes no more, give an invoice of {self.closed:%Y-%m} with line "
                    f"{part_of(model)} and cost 0{less}"
                )
        planned = found["once_planned_cost"] * found["is_closed_count"]
        for model in filter(comes_once, self.models):
            ours = found["all_name_text"] == model
            costs = (planned, found["once_paid_cost"], found["late_cost"])
            due, paid, late = (float(np.sum(each[ours])) for each in costs)
            if (rest := due - paid - late) > found["tolerance_cost"]:
                yield (
                    f"{model}: {self._told(model, paid)} of {due - late:,.2f} budgeted until "
                    f"{self.closed:%Y-%m} was billed, and the other {rest:,.2f} is in no forecast"
                )

    def _told(self, model: str, paid: float) -> str:
        """Say what was billed, with what came back apart."""
        ours = zip(self.bills, self.rates, strict=True)
        credits = (bill.billed * rate for bill, (_, rate) in ours if bill.model == model)
        back = -sum(each for each in credits if each < 0)
        less = f" ({paid + back:,.2f} less {back:,.2f} of credits and sales)" if back else ""
        return f"{paid:,.2f}{less}"

    def past(self, found: Mapping[str, Any], today: datetime.date) -> list[Past]:
        """Return what the method forecast for each closed month a month before, and its cost."""
        return [
            Past(
                today.isoformat(),
                self.plan.scenario.title,
                self.option,
                self.method,
                f"{month:%Y-%m}",
                float(found["expected_per_month"][t]),
                float(found["actual_per_month"][t]),
                float(found["missed_share"][t]) if found["judged_count"][t] else math.nan,
            )
            for t, month in enumerate(self.months)
            if found["closed_count"][t]
        ]


def once_count(row: Budgeted | Bill) -> float:
    """Return 1 for a row that comes once and may be late, and 0 for any other."""
    return 0.0 if isinstance(row, Budgeted) and row.is_settled else comes_once(row.model)


def comes_once(model: str) -> float:
    """Return 1 for a cost line that comes once, whoever's it is, and 0 for any other.

    >>> comes_once("Pool: Nodes: purchases less sales"), comes_once("People: tools")
    (1.0, 0.0)
    """
    return float(model.endswith(ONCE))


def months_of(plan: Plan) -> list[datetime.date]:
    """Return the last day of each month of a plan."""
    return [month_end(day) for day in plan.scenario.months]
