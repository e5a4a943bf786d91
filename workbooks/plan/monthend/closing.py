"""From a plan and bills to a month-end: the budget by model, rates, and what is refused."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from costcore.tokens.api import priced
from workbooks import tables
from workbooks.plan.monthend.actuals import Budgeted, Close, month_end, months_of
from workbooks.plan.monthend.bills import LISTED, SPREAD, ActualsError, Bill
from workbooks.plan.monthend.lines import LINES
from workbooks.plan.plan import Plan
from workbooks.plan.results.comparison import HOSTED
from workbooks.scenario.own_rows import Beside
from workbooks.usage.listprice import list_name

FEES = "(fees and commitment)"
MATCHING = str.maketrans("*?~", "___")
"""Characters that a criterion of SUMIFS would not take literally."""


def close(
    plan: Plan,
    bills: Sequence[Bill],
    option: str = "api",
    method: str = "run-rate",
    closed: datetime.date | None = None,
    budget: Sequence[Bill] = (),
) -> Close:
    """Join bills to the budget of a plan.

    Parameters
    ----------
    closed
        Last closed month; the last one that has a bill where it is left out.
    budget
        A budget by model that replaces the scenario's in the months that it has.

    Raises
    ------
    ActualsError
        If no bill falls into the plan, a currency has no rate, or a cost has no tokens.
    """
    if option not in plan.options:
        raise ActualsError(f"the scenario does not plan {option!r}; name its {option} model")
    if not bills:
        raise ActualsError("the files have neither tokens nor costs")
    bills, budget = ([_resolved(each, plan) for each in some] for some in (bills, budget))
    months = months_of(plan)
    last = month_end(closed or max(each.month for each in bills))
    kept, last = _within(bills, months, last), min(last, months[-1])
    typed = [_typed(each, plan) for each in budget]
    told = {each.month for each in typed}
    known = [*typed, *(each for each in _budget(plan, option) if each.month not in told)]
    names: dict[str, str] = {}
    rows = tuple(replace(each, model=_spelled(each.model, names)) for each in known)
    ours = _known_requests(
        [replace(b, month=month_end(b.month), model=_spelled(b.model, names)) for b in kept]
    )
    _refuse_costs_alone(rows, ours)
    rates = tuple(_rates(each, plan) for each in ours)
    notes = (
        *_left_out(bills, kept),
        *_filled(budget, told, months),
        *_gaps(ours, months, last),
        *_stale(ours, plan),
    )
    return Close(plan, option, method, last, rows, tuple(ours), rates, notes)


def _within(
    bills: Sequence[Bill], months: Sequence[datetime.date], last: datetime.date
) -> list[Bill]:
    """Return the bills of the plan's months up to the last closed one."""
    kept = [each for each in bills if months[0] <= month_end(each.month) <= min(last, months[-1])]
    if not kept:
        span = f"{min(b.month for b in bills):%Y-%m} to {max(b.month for b in bills):%Y-%m}"
        raise ActualsError(
            f"the bills are of {span}, but the plan runs from {months[0]:%Y-%m} to "
            f"{months[-1]:%Y-%m}; set start_month in the scenario, or give other bills"
        )
    return kept


def _resolved(bill: Bill, plan: Plan) -> Bill:
    """Return a bill whose model is named as the tables do: dates and spellings do not count."""
    known = {price.model for price in plan.tables.prices}
    return bill if bill.model in known else replace(bill, model=list_name(bill.model) or bill.model)


def _filled(
    budget: Sequence[Bill], told: set[datetime.date], months: Sequence[datetime.date]
) -> Iterator[str]:
    """Say which months the budget by model lacks: they have the scenario's."""
    if budget and (gaps := [f"{month:%Y-%m}" for month in months if month not in told]):
        span = gaps[0] if len(gaps) == 1 else f"{gaps[0]} to {gaps[-1]}"
        yield f"{len(gaps)} months without a budget by model have that of the scenario: {span}"


def _spelled(model: str, names: dict[str, str]) -> str:
    """Return one spelling of a model: criteria of a sheet do not tell capitals apart."""
    return names.setdefault(model.casefold(), model.translate(MATCHING).lstrip("<>= ") or "(none)")


def _budget(plan: Plan, option: str) -> Iterator[Budgeted]:
    """Give the scenario's own budget: tokens of one model, cost lines, and what is paid beside."""
    run = plan.run()
    hosted = option in HOSTED
    engine = "api" if hosted else option
    model = run[f"{engine}_model"] or f"({engine} model)"
    blend = run[f"{engine}_blend_per_mtok"]
    length = run["input_tokens"] + run["output_tokens"] if plan.sized else math.nan
    parts = [run[f"{engine}_{part}_per_mtok"] for part in ("mixed_input", "cached", "mixed_output")]
    tokens, usage = _bought(plan, option)
    paid = run[f"{option}_api_per_month" if hosted else f"{option}_cash_per_month"]
    for t, month in enumerate(months_of(plan)):
        scale = run[f"{engine}_price_now_per_mtok"][t] / blend if blend else 0.0
        prices = (float(part * scale) for part in parts)
        bought, cost = float(tokens[t]), float(usage[t])
        if bought or not hosted:
            yield Budgeted(month, model, bought / length, bought, cost, *prices)
        if fee := float(paid[t]) - cost:
            yield Budgeted(month, FEES, math.nan, 0.0, fee)
        for part, title in LINES.items() if hosted else ():
            if line := _line(run, option, part, t):
                yield Budgeted(month, title, math.nan, 0.0, line)


def _bought(plan: Plan, option: str) -> tuple[Any, Any]:
    """Return the tokens that are billed in each month, and what they cost."""
    run = plan.run()
    if option not in HOSTED:
        return run["volume_tokens_per_month"], run[f"{option}_usage_per_month"]
    if (known := f"{option}_api_tokens_per_month") in run:
        return run[known], run[f"{option}_api_usage_per_month"]
    share = run["hybrid_share"] if option == "hybrid" else 1.0
    both = np.arange(1, len(run["volume_tokens_per_month"]) + 1) <= run["dual_run_months"]
    tokens = run["volume_tokens_per_month"] * np.where(both, 1.0, 1 - share)
    return tokens, priced(tokens, run["api_price_now_per_mtok"])


def _line(run: Mapping[str, Any], option: str, part: str, t: int) -> float:
    """Return what a cost line of own nodes is budgeted at in a month."""
    nothing = np.zeros(t + 1)
    cost = run.get(f"{option}_{part}_per_month", nothing)[t]
    sold = run.get(f"{option}_disposals_per_month", nothing)[t] if part == "purchases" else 0.0
    return float(cost - sold)


def _typed(bill: Bill, plan: Plan) -> Budgeted:
    """Return a row of the user's own budget; all its tokens have one price."""
    cost = bill.billed * _rates(bill, plan)[0]
    price = cost / bill.tokens * 1e6 if bill.tokens else 0.0
    month = month_end(bill.month)
    return Budgeted(month, bill.model, bill.requests, bill.tokens, cost, price, price, price)


def _known_requests(bills: Sequence[Bill]) -> list[Bill]:
    """Blank the requests of a month and model of which some rows with tokens have none."""
    lacking = {(b.month, b.model) for b in bills if b.tokens > 0 and math.isnan(b.requests)}
    return [
        replace(b, requests=math.nan) if (b.month, b.model) in lacking else b
        for b in sorted(bills, key=lambda b: (b.month, b.model))
    ]


def _refuse_costs_alone(budget: Sequence[Budgeted], bills: Sequence[Bill]) -> None:
    """A budgeted model that cost something without tokens cannot be split."""
    used = {(each.month, each.model) for each in bills if each.tokens > 0}
    planned = {(each.month, each.model) for each in budget if each.tokens > 0}
    for each in bills:
        key = (each.month, each.model)
        if each.billed and key in planned and key not in used:
            raise ActualsError(
                f"{each.model} in {each.month:%Y-%m} has a cost of {each.billed:,.2f} but no "
                "tokens; give its usage too"
            )


def _rates(bill: Bill, plan: Plan) -> tuple[float, float]:
    scenario = plan.scenario
    code = bill.currency or scenario.currency
    try:
        known = Beside(scenario.rows)
        budget, _ = known.exchange_rate(code, scenario.currency, scenario.as_of)
        month, _ = tables.exchange_rate(code, scenario.currency, month_end(bill.month))
    except LookupError as error:
        if bill.rate > 0:
            return bill.rate, bill.rate
        why = str(error).rstrip(".")
        raise ActualsError(
            f"{bill.model} in {bill.month:%Y-%m} is billed in {code}: {why}"
        ) from None
    return budget, bill.rate if bill.rate > 0 else month


def _left_out(bills: Sequence[Bill], kept: Sequence[Bill]) -> Iterator[str]:
    others = sorted({f"{each.month:%Y-%m}" for each in bills} - {f"{b.month:%Y-%m}" for b in kept})
    if others:
        yield f"outside the closed months of the plan, left out: {', '.join(others)}"


def _gaps(
    bills: Sequence[Bill], months: Sequence[datetime.date], last: datetime.date
) -> Iterator[str]:
    billed = {each.month for each in bills}
    if gaps := [f"{month:%Y-%m}" for month in months if month <= last and month not in billed]:
        yield f"without a bill, so still a forecast: {', '.join(gaps)}"
    if listed := sorted({each.model for each in bills if each.basis == LISTED}):
        yield f"not billed, so at list price: {', '.join(listed)}"
    if spread := sorted({each.model for each in bills if each.basis == SPREAD}):
        yield f"billed without a model, so spread by list price: {', '.join(spread)}"


def _stale(bills: Sequence[Bill], plan: Plan) -> Iterator[str]:
    newest = tables.exchange_rates()[-1].date
    home = plan.scenario.currency
    late = sorted(
        {
            each.currency
            for each in bills
            if each.currency not in ("", home) and math.isnan(each.rate) and each.month > newest
        }
    )
    if late:
        yield (
            f"rates of {', '.join(late)} are of {newest}, the newest that ship: type your booked "
            "ones into the sheet Actuals, or a column rate into the file"
        )
