"""What is agreed for later days, as steps of a plan's prices by month."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from costcore.language.timeline import figures
from workbooks import tables
from workbooks.folder.place import changes
from workbooks.folder.standing import UPDATED
from workbooks.folder.timeline import CONTRACT
from workbooks.plan.foreign import rates_for
from workbooks.plan.plan import Plan
from workbooks.rows import PRICES, TokenPrice
from workbooks.scenario.steps import OPTIONS

ALIKE = 1e-9


def with_steps(plan: Plan) -> Plan:
    """Return a plan whose prices step with what is dated; steps that somebody typed stay."""
    options = (option for option in OPTIONS if option in plan.options)
    held: dict[str, Any] = {
        f"{option}_steps": price_steps(plan, option) for option in options if follows(plan, option)
    }
    return replace(plan, scenario=replace(plan.scenario, **held))


def follows(plan: Plan, option: str) -> bool:
    """Say whether the steps of an option are none, or those that an update wrote."""
    name = f"{option}_steps"
    held: tuple[float, ...] = getattr(plan.scenario, name)
    done = [line for receipt in changes() for line in receipt.of(UPDATED) if name in line]
    return not held or told(held) in {line[name] for line in done}  # the last may be taken back


def told(steps: Sequence[float]) -> str:
    """Return price steps as a receipt has them.

    >>> told((1.0, 0.85))
    '1 0.85'
    """
    return " ".join(f"{factor:.9g}" for factor in steps)


def agreed_steps(plan: Plan, option: str) -> tuple[float, ...]:
    """Return the steps of a price that is agreed for some days.

    A list that is known to move is news of the day on which it does, and typed steps stay. Where
    the plan has steps, be it those that an update wrote, its own path of the price holds them.
    """
    if getattr(plan.scenario, f"{option}_steps"):
        return ()
    agreed = is_agreed(plan.scenario.entries[f"{option}_model"].base)
    return price_steps(plan, option) if agreed else ()


def is_agreed(model: object) -> bool:
    """Say whether a contract has a price of a model, on whatever days."""
    return any(row.model == model and row.origin == CONTRACT for row in tables.token_prices())


def price_steps(
    plan: Plan, option: str, every: Sequence[TokenPrice] | None = None
) -> tuple[float, ...]:
    """Return the price of each month over that of the plan's day; nothing where it stays.

    A price that begins or ends within a month counts for its days. The yearly change of the price
    goes on beside it, as it does for a contract that is in force.

    Parameters
    ----------
    every
        Prices of all days; those of the folder in use where they are left out.
    """
    scenario = plan.scenario
    model = scenario.entries[f"{option}_model"].base
    typed = (f"{option}_{part}_price_per_mtok" for part in ("input", "output"))
    ours = next((row for row in plan.tables.prices if row.model == model), None)
    if ours is None or any(scenario.entries[name].base is not None for name in typed):
        return ()
    rows = [
        row for row in (tables.token_prices() if every is None else every) if row.model == model
    ]
    costs = {_prices(row): _cost(plan, option, row) for row in (ours, *rows)}
    months = (_shares(rows, ours, day) for day in scenario.months)
    now = costs[_prices(ours)]
    found = [sum(costs[k] * share for k, share in month.items()) / now for month in months]
    last = max((t for t, each in enumerate(found, 1) if abs(each - 1) > ALIKE), default=0)
    return tuple(round(each, 12) for each in found[:last])


def _shares(
    rows: Sequence[TokenPrice], ours: TokenPrice, first: datetime.date
) -> Mapping[tuple[object, ...], float]:
    """Return the share of a month's days that each price holds for; unknown days are as now."""
    days = calendar.monthrange(first.year, first.month)[1]
    found: dict[tuple[object, ...], float] = {}
    for day in (first.replace(day=n + 1) for n in range(days)):
        row = next((row for row in reversed(rows) if row.holds_on(day)), ours)
        found[_prices(row)] = found.get(_prices(row), 0.0) + 1 / days
    return found


def _prices(row: TokenPrice) -> tuple[object, ...]:
    return (row.currency, *(getattr(row, name) for name in PRICES))


def _cost(plan: Plan, option: str, row: TokenPrice) -> float:
    """Return what a token of the plan costs by a row, after discounts and for its own mix."""
    others = [each for each in plan.tables.prices if each.model != row.model]
    rates = list(rates_for(plan, [row]))
    priced = replace(plan, tables=replace(plan.tables, prices=[*others, row], rates=rates))
    known = dict(priced.given("base"))
    return float(figures(priced.drivers, known)[f"{option}_price_per_mtok"])


def alike(one: Sequence[float], other: Sequence[float]) -> bool:
    """Say whether two rows of steps are one: a cell keeps 16 digits of 17."""
    pairs = zip(one, other, strict=True) if len(one) == len(other) else None
    return pairs is not None and all(abs(a - b) <= ALIKE for a, b in pairs)
