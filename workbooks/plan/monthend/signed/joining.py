"""Put what nobody tells apart together: the workloads of an engine, or the pools of a cost line."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from typing import Any, Literal

import numpy as np

from workbooks.plan.monthend.bills import Bill
from workbooks.plan.monthend.lines import LINES, ONCE
from workbooks.plan.monthend.signed.rows import Budgeted

Key = tuple[datetime.date, str]
"""Month and model, or cost line."""
Part = Literal["engine", "workload"]
PRICES = ("input_per_mtok", "cached_per_mtok", "output_per_mtok")


def joined(
    budget: Sequence[Budgeted], bills: Sequence[Bill]
) -> tuple[list[Budgeted], list[Bill], list[str]]:
    """Return both with as much told apart as the bills tell, and say what is compared as one.

    Where a bill does not say of which workload or pool it is and the budget has one alone, it is
    that one's; where it has several, they are one row of that month, in the budget and billed.
    """
    parts: dict[Key, set[str]] = defaultdict(set)
    for row in budget:
        if part := getattr(row, told_by(row.model)):
            parts[_span(row)].add(part)
    open_keys = set(_untold(bills))
    asked = {_span(bill) for bill in bills if _key(bill) in open_keys} & parts.keys()
    every: tuple[Budgeted | Bill, ...] = (*budget, *bills)
    untold = {_key(row): _span(row) for row in every if _span(row) in asked}
    alone = {key: next(iter(parts[span])) for key, span in untold.items() if len(parts[span]) == 1}
    several = untold.keys() - alone.keys()
    rows = _merged(budget, several)
    found = [_told(bill, alone, untold.keys()) for bill in bills]
    return rows, found, list(_notes(several & open_keys))


def _key(row: Budgeted | Bill) -> Key:
    return row.month, row.model


def _span(row: Budgeted | Bill) -> Key:
    """Return what a bill may settle: a month of a model, and any month of what comes once."""
    return (datetime.date.min if row.model in ONCE else row.month), row.model


def told_by(model: str) -> Part:
    """Return what tells rows of one model or cost line apart: its pools, or its workloads."""
    return "engine" if model in LINES.values() else "workload"


def _untold(bills: Sequence[Bill]) -> Iterator[Key]:
    """Yield the months of models in which a bill does not tell, fees beside told tokens apart."""
    paid: dict[Key, float] = defaultdict(float)
    for bill in bills:
        if getattr(bill, told_by(bill.model)):
            paid[bill.month, bill.model] += abs(bill.billed)
    for bill in bills:
        key = bill.month, bill.model
        counts = bill.tokens > 0 or bill.model in LINES.values() or not paid[key]
        if counts and not getattr(bill, told_by(bill.model)):
            yield key


def _told(bill: Bill, alone: Mapping[Key, str], untold: Set[Key]) -> Bill:
    key, part = (bill.month, bill.model), told_by(bill.model)
    told = getattr(bill, part) or alone[key] if key in alone else ""
    now: dict[str, Any] = {part: told}
    return replace(bill, **now) if key in untold else bill


def _merged(budget: Sequence[Budgeted], several: Set[Key]) -> list[Budgeted]:
    groups: dict[Key, list[Budgeted]] = defaultdict(list)
    for row in budget:
        if (row.month, row.model) in several:
            groups[row.month, row.model].append(row)
    rest = [row for row in budget if (row.month, row.model) not in several]
    return [*rest, *(_sum(rows) for rows in groups.values())]


def _sum(rows: Sequence[Budgeted]) -> Budgeted:
    """Return rows as one: each kind's price is the mean over the tokens of that kind."""
    kinds = np.array([row.kinds for row in rows])
    prices = np.array([[getattr(row, name) for name in PRICES] for row in rows])
    every = kinds.sum(axis=0)
    mean = np.where(every > 0, (kinds * prices).sum(axis=0) / np.where(every > 0, every, 1), 0)
    totals = {x: sum(getattr(row, x) for row in rows) for x in ("requests", "tokens", "cost")}
    totals |= dict(zip(PRICES, mean.tolist(), strict=True))
    blank: dict[str, Any] = {told_by(rows[0].model): ""}
    return replace(rows[0], **totals, kinds=tuple(every.tolist()), **blank)


def _notes(several: Set[Key]) -> Iterator[str]:
    models = sorted({model for _, model in several})
    for model in models:
        months = ", ".join(sorted(f"{month:%Y-%m}" for month, each in several if each == model))
        column = told_by(model)
        what = "pools" if column == "engine" else "workloads"
        yield (
            f"{model}: a bill of {months} does not say of which of its {what} it is, so they are "
            f"compared as one; a column {column} tells them apart"
        )
