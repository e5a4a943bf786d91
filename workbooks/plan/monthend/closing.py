"""From a plan and bills to a month-end: the budget by model, rates, and what is refused."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from workbooks import tables
from workbooks.plan.monthend.actuals import Close, month_end, months_of
from workbooks.plan.monthend.bills import LISTED, SPREAD, ActualsError, Bill, compared
from workbooks.plan.monthend.signed.joining import joined
from workbooks.plan.monthend.signed.rows import Budgeted, Signed
from workbooks.plan.plan import Plan
from workbooks.scenario.own_rows import Beside
from workbooks.usage.listprice import list_name

Row = TypeVar("Row", Budgeted, Bill)
MATCHING = str.maketrans("*?~", "___")
"""Characters that a criterion of SUMIFS would not take literally."""


def close(
    signed: Signed,
    bills: Sequence[Bill],
    method: str = "run-rate",
    closed: datetime.date | None = None,
    budget: Sequence[Bill] = (),
) -> Close:
    """Join bills to the budget that was signed, of one workload or of several.

    Parameters
    ----------
    closed
        Last closed month; the last one that has a bill where it is left out.
    budget
        A budget by model that replaces the plan's in the months that it has.

    Raises
    ------
    ActualsError
        If no bill falls into the plan, a currency has no rate, or a cost has no tokens.
    """
    plan = signed.plan
    if not bills:
        raise ActualsError("the files have neither tokens nor costs")
    months = months_of(plan)
    last = month_end(closed or max(each.month for each in bills))
    kept, last = _within(bills, months, last), min(last, months[-1])
    placed, typed = ([_placed(each, signed) for each in some] for some in (kept, budget))
    told = {month_end(each.month) for each in typed}
    planned = (row for row in signed.rows if row.month not in told)
    known = [*(_typed(each, plan) for each in typed), *planned]
    rows, ours, untold = joined(known, placed)
    _refuse_costs_alone(rows, ours)
    names: dict[str, str] = {}
    rows = [_named(each, names) for each in rows]
    ours = _known_requests([_named(each, names) for each in ours])
    rates = tuple(_rates(each, signed.earlier.get(each.month, plan)) for each in ours)
    notes = (
        *signed.notes,
        *_left_out(bills, kept),
        *_filled(budget, told, months),
        *untold,
        *_unused(bills, signed),
        *_gaps(ours, months, last),
        *_stale(ours, plan),
    )
    return Close(signed, method, last, tuple(rows), tuple(ours), rates, notes)


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


def _placed(bill: Bill, signed: Signed) -> Bill:
    """Return a bill by the last day of its month, where it belongs in the budget.

    Its model is named as the tables do: dates and spellings do not count.
    """
    known = {price.model for price in signed.plan.tables.prices}
    named = bill.model if bill.model in known else list_name(bill.model) or bill.model
    return signed.placed(replace(bill, model=named, month=month_end(bill.month)))


def _filled(
    budget: Sequence[Bill], told: set[datetime.date], months: Sequence[datetime.date]
) -> Iterator[str]:
    """Say which months the budget by model lacks: they have the scenario's."""
    if budget and (gaps := [f"{month:%Y-%m}" for month in months if month not in told]):
        span = gaps[0] if len(gaps) == 1 else f"{gaps[0]} to {gaps[-1]}"
        yield f"{len(gaps)} months without a budget by model have that of the scenario: {span}"


def _spelled(name: str, names: dict[str, str]) -> str:
    """Return one spelling of a name: criteria of a sheet do not tell capitals apart."""
    return names.setdefault(name.casefold(), name.translate(MATCHING).lstrip("<>= ") or "(none)")


def _named(row: Row, names: dict[str, str]) -> Row:
    """Return a row under the name that it is compared by: its engine, model and workload."""
    name = compared(f"{row.month:%Y-%m}", row.engine, row.model, row.workload)
    engine, workload = (_spelled(x, names) if x else "" for x in (row.engine, row.workload))
    return replace(row, model=_spelled(name, names), engine=engine, workload=workload)


def _typed(bill: Bill, plan: Plan) -> Budgeted:
    """Return a row of the user's own budget; all its tokens have one price."""
    cost = bill.billed * _rates(bill, plan)[0]
    price = cost / bill.tokens * 1e6 if bill.tokens else 0.0
    kinds = bill.tokens, 0.0, 0.0
    row = Budgeted(bill.month, bill.model, bill.requests, bill.tokens, cost, price, price, price)
    return replace(row, engine=bill.engine, workload=bill.workload, kinds=kinds)


def _known_requests(bills: Sequence[Bill]) -> list[Bill]:
    """Blank the requests of a month and model of which some rows with tokens have none."""
    lacking = {(b.month, b.model) for b in bills if b.tokens > 0 and math.isnan(b.requests)}
    return [
        replace(b, requests=math.nan) if (b.month, b.model) in lacking else b
        for b in sorted(bills, key=lambda b: (b.month, b.model))
    ]


def _refuse_costs_alone(budget: Sequence[Budgeted], bills: Sequence[Bill]) -> None:
    """A budgeted model that cost something without tokens cannot be split."""
    for whole in (False, True):
        used = {_whose(each, whole) for each in bills if each.tokens > 0}
        planned = {_whose(each, whole) for each in budget if each.tokens > 0}
        for each in bills:
            key = _whose(each, whole)
            if each.billed and key in planned and key not in used:
                named = f"{each.model} ({each.workload})" if each.workload else each.model
                raise ActualsError(
                    f"{named} in {each.month:%Y-%m} has a cost of {each.billed:,.2f} but no "
                    "tokens; give its usage too"
                )


def _whose(row: Budgeted | Bill, whole: bool) -> tuple[datetime.date, str, str]:
    return row.month, row.model, "" if whole else row.workload


def _unused(bills: Sequence[Bill], signed: Signed) -> Iterator[str]:
    """Say that a plan of one workload has no use for engines and workloads, and what is new."""
    told = sorted({each.workload for each in bills if each.workload})
    known = {name.casefold() for name in signed.workloads}
    new = [each for each in told if each.casefold() not in known]
    if known and new:
        yield f"workloads that the plan does not have: {', '.join(new)}"
    elif not known and any(each.engine or each.workload for each in bills):
        yield "the plan has one workload: columns engine and workload are not used"


def _rates(bill: Bill, plan: Plan) -> tuple[float, float]:
    """Return the rate that was planned with, and that of the month.

    A booked rate is the month's, and where the plan has none of the currency, both.
    """
    scenario, booked = plan.scenario, bill.rate > 0
    code = bill.currency or scenario.currency
    if booked and code == scenario.currency and bill.rate != 1:
        what = f"{bill.month:%Y-%m}, {bill.item or bill.model}: rate is {bill.rate:g}"
        rule = "it is an exchange rate; name the bill's currency, or call the column otherwise"
        raise ActualsError(f"{what}, and its currency {code} is that of the plan; {rule}")
    try:
        today, _ = Beside(scenario.rows).exchange_rate(code, scenario.currency, scenario.as_of)
        planned = today * scenario.budget_rate_factor(code, bill.month)
    except LookupError as error:
        if booked:
            return bill.rate, bill.rate
        raise _unrated(bill, error) from None
    if booked:
        return planned, bill.rate
    try:
        return planned, tables.exchange_rate(code, scenario.currency, month_end(bill.month))[0]
    except LookupError as error:
        raise _unrated(bill, error) from None


def _unrated(bill: Bill, error: LookupError) -> ActualsError:
    why = f"is billed in {bill.currency}: {str(error).rstrip('.')}"
    return ActualsError(
        f"{bill.model} in {bill.month:%Y-%m} {why}; give the booked rate in a column rate"
    )


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
            f"rates of {', '.join(late)} are of {newest}, the newest here: type your booked ones "
            "into the sheet Actuals or a column rate of the file, or add newer ones of the bank"
        )
