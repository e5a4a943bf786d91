"""What changes on a date: token prices, by a new generation of models; and budget rates."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from workbooks.scenario.entries import (
    LARGEST,
    check_keys,
    checked_code,
    checked_text,
    is_number,
    shown,
)
from workbooks.scenario.feasibility import exchange_rate
from workbooks.scenario.own_rows import Beside
from workbooks.scenario.scenario import Scenario, ScenarioError

OPTIONS = ("api", "managed")
KEYS = ("option", "from", "factor", "why")


def stepped(content: Any, option: str, factors: tuple[float, ...], scenario: Scenario) -> Any:
    """Return the factors on an option's price path, month by month, with the steps of a file.

    Each step multiplies the price of its month and of all that follow; two steps multiply.

    Raises
    ------
    ScenarioError
        With the step, its key, the value and the rule.
    """
    if not isinstance(content, list):
        raise ScenarioError(f"price_step is {shown(content)}; write each under [[price_step]]")
    months = scenario.horizon_months
    found = [*factors, *(1.0,) * (months - len(factors))]
    for each in content:
        which, month, factor = _step(each, scenario)
        if which == option:
            found[month:] = [held * factor for held in found[month:]]
    last = max((t for t, held in enumerate(found, 1) if held != 1), default=0)
    return tuple(found[:last]) if content else factors


RATE_KEYS = ("currency", "from", "rate")


def budget_rates(
    content: Any, factors: Mapping[str, tuple[float, ...]], scenario: Scenario
) -> dict[str, tuple[float, ...]]:
    """Return budget rates over today's by currency and month: each holds from its date on.

    Parameters
    ----------
    factors
        Those of some currencies, or of all others without a name, that the rates begin with.

    Raises
    ------
    ScenarioError
        With the rate, its key, the value and the rule.
    """
    if not isinstance(content, list):
        raise ScenarioError(f"budget_rate is {shown(content)}; write each under [[budget_rate]]")
    found, months = dict(factors), scenario.horizon_months
    for each in content:
        check_keys(each, RATE_KEYS, "is not part of a budget_rate", "budget_rate")
        currency, rate = (
            checked_code("currency of a budget_rate", each.get("currency")),
            each.get("rate"),
        )
        month = _month("budget_rate", each.get("from"), scenario)
        if currency == scenario.currency:
            rule = "it must be another currency than the plan's"
            raise ScenarioError(f"currency of a budget_rate is {currency!r}; {rule}")
        if not is_number(rate) or not rate > 0:
            rule = f"it must be a number above 0: {scenario.currency} for one {currency}"
            raise ScenarioError(f"rate of a budget_rate is {shown(rate)}; {rule}")
        today = exchange_rate(currency, scenario, Beside(scenario.rows))
        begun = found.get(currency) or found.get("") or (1.0,)
        begun += begun[-1:] * (months - len(begun))
        found[currency] = (*begun[:month], *(float(rate) / today,) * (months - month))
    return found


def _month(table: str, day: Any, scenario: Scenario) -> int:
    """Return the month of the plan that a date lies in, from 0."""
    start = scenario.start_month
    if type(day) is not datetime.date or day < start:
        rule = f"it must be a date from {start}, the first month of the plan"
        raise ScenarioError(f"from of a {table} is {shown(day)}; {rule}")
    return (day.year - start.year) * 12 + day.month - start.month


def _step(content: Any, scenario: Scenario) -> tuple[str, int, float]:
    """Return the option, the month from 0, and the factor of a step."""
    check_keys(content, KEYS, "is not part of a price_step", "price_step")
    option, day, factor = (content.get(key) for key in KEYS[:3])
    option = option or "api"
    checked_text("why of a price_step", content.get("why", ""))
    if option not in OPTIONS:
        raise ScenarioError(f"option of a price_step is {shown(option)}; it must be api or managed")
    month = _month("price_step", day, scenario)
    if not is_number(factor) or not factor > 0:
        rule = f"it must be a number above 0, up to {LARGEST:g}: 0.5 halves the price"
        raise ScenarioError(f"factor of a price_step is {shown(factor)}; {rule}")
    return option, month, float(factor)
