"""The budget of a plan of one workload, by month: tokens of its model, cost lines, fees."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np

from costcore.tokens.api import priced
from workbooks.plan.lines.owing.usage import BILLED, Usage
from workbooks.plan.monthend.actuals import months_of
from workbooks.plan.monthend.bills import ActualsError, Bill
from workbooks.plan.monthend.lines import LINES
from workbooks.plan.monthend.signed.rows import FEES, Budgeted, Signed
from workbooks.plan.plan import Plan
from workbooks.plan.results.comparison import HOSTED


def alone(plan: Plan, option: str = "api") -> Signed:
    """Return the budget of one option of a plan.

    Raises
    ------
    ActualsError
        If the plan does not have the option.
    """
    if option not in plan.options:
        known = ", ".join(plan.options)
        raise ActualsError(f"the scenario does not plan {option!r}; it plans {known}")
    return Signed(plan, option, tuple(budget(plan, option)), _whole)


def _whole(bill: Bill) -> Bill:
    """Take a bill as the one workload's, whatever it says of engines and workloads."""
    return replace(bill, engine="", workload="")


def budget(plan: Plan, option: str) -> Iterator[Budgeted]:
    """Give the plan's own budget: tokens of each model, cost lines, and what is paid beside."""
    run = plan.run()
    hosted = option in HOSTED
    for engine in _engines(plan, option):
        tokens, usage = _bought(plan, option, engine)
        paid = run[f"{option}_{engine}_per_month" if hosted else f"{option}_cash_per_month"]
        yield from _tokens(plan, engine, tokens, usage, paid, hosted)
    for t, month in enumerate(months_of(plan)):
        for part, title in LINES.items() if hosted else ():
            if line := _line(run, option, part, t):
                yield Budgeted(month, title, math.nan, 0.0, line)


def _engines(plan: Plan, option: str) -> tuple[str, ...]:
    """Return what bills an option by the token."""
    return tuple(each for each in BILLED if _usage(plan).is_bought(option, each))


def _usage(plan: Plan) -> Usage:
    return Usage(plan.scenario.hybrid_rest, bool(plan.scenario.contracts))


def _tokens(
    plan: Plan, engine: str, tokens: Any, usage: Any, paid: Any, hosted: bool
) -> Iterator[Budgeted]:
    """Give the tokens of an engine's model by month, and what is paid beyond them."""
    run = plan.run()
    model = run[f"{engine}_model"] or f"({engine} model)"
    blend = run[f"{engine}_blend_per_mtok"]
    length = run["input_tokens"] + run["output_tokens"] if plan.sized else math.nan
    parts = [run[f"{engine}_{part}_per_mtok"] for part in ("mixed_input", "cached", "mixed_output")]
    for t, month in enumerate(months_of(plan)):
        scale = run[f"{engine}_price_now_per_mtok"][t] / blend if blend else 0.0
        fresh, cached, answer = (float(part * scale) for part in parts)
        bought, cost = float(tokens[t]), float(usage[t])
        if bought or not hosted:
            yield Budgeted(month, model, bought / length, bought, cost, fresh, cached, answer)
        if fee := float(paid[t]) - cost:
            yield Budgeted(month, FEES, math.nan, 0.0, fee)


def _bought(plan: Plan, option: str, engine: str) -> tuple[Any, Any]:
    """Return the tokens that an engine bills in each month, and what they cost."""
    run = plan.run()
    if option not in HOSTED:
        return run["volume_tokens_per_month"], run[f"{option}_usage_per_month"]
    if (known := f"{option}_{engine}_tokens_per_month") in run:
        return run[known], run[f"{option}_{engine}_usage_per_month"]
    months = np.arange(1, len(run["volume_tokens_per_month"]) + 1)
    tokens = _usage(plan).tokens(option, engine, SimpleNamespace(**{**run, "month": months}))
    return tokens, priced(tokens, run[f"{engine}_price_now_per_mtok"])


def _line(run: Mapping[str, Any], option: str, part: str, t: int) -> float:
    """Return what a cost line of own nodes is budgeted at in a month."""
    nothing = np.zeros(t + 1)
    cost = run.get(f"{option}_{part}_per_month", nothing)[t]
    sold = run.get(f"{option}_disposals_per_month", nothing)[t] if part == "purchases" else 0.0
    return float(cost - sold)
