"""Prices that end: models that are retired, or cost something else, before a plan is over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from workbooks import tables
from workbooks.plan.dated import is_agreed
from workbooks.plan.lines.owing.usage import BILLED
from workbooks.plan.plan import Plan
from workbooks.portfolio.terms import Portfolio
from workbooks.rows import PRICES, TokenPrice
from workbooks.scenario.inputs import ENDS

MONTH = timedelta(days=365.25 / 12)


def ending(model: str, day: date, last: date, steps: bool = False) -> str:
    """Say when a model of the price table is no longer served, or changes its price, by a day.

    Empty where neither is known. A plan may step with the price.

    >>> print(ending("xai/grok-3", date(2026, 11, 9), date(2029, 11, 9)))
    xai/grok-3 is retired since 2026-05-15 (xAI, model retirement), which names xai/grok-4.3
    instead: its last price cannot be had any more.
    >>> ending("openai/gpt-6.1-sol", date(2026, 11, 9), date(2029, 11, 9))
    ''
    """
    gone = tables.retirement(model)
    if gone and gone.retired_on <= last:
        named = f", which names {gone.replacement} instead" if gone.replacement else ""
        about = f"{gone.retired_on} ({gone.source}){named}"
        if gone.retired_on <= day:
            return f"{model} is retired since {about}: its last price cannot be had any more."
        return f"{model} is retired on {about}: its price cannot be had from then on."
    return _changed(model, day, last, steps)


def _changed(model: str, day: date, last: date, steps: bool) -> str:
    """Say what a model is announced to cost later."""
    rows = [row for row in tables.token_prices() if row.model == model]
    later = [
        row
        for before, row in pairwise([None, *rows])
        if row and row.valid_from and day < row.valid_from <= last and not _same(before, row)
    ]
    kept = "the plan steps with it" if steps else f"the plan keeps the price of {day}"
    return " ".join(
        f"{model} costs {row.input_price_per_mtok:g} and {row.output_price_per_mtok:g} "
        f"{row.currency} from {row.valid_from}; {kept}."
        for row in later
    )


def _same(before: TokenPrice | None, row: TokenPrice) -> bool:
    """Say whether a row goes on with the prices of the one before it."""
    if before is None or before.valid_to != row.valid_from:
        return False
    names = ("currency", *PRICES)
    return all(getattr(before, name) == getattr(row, name) for name in names)


def endings(plan: Plan | Portfolio) -> tuple[str, ...]:
    """Return a sentence for each model the plan is priced on that does not last as long as it."""
    frame = plan.frame if isinstance(plan, Portfolio) else plan.scenario
    last = frame.start_month + frame.horizon_months * MONTH
    named = dict(_named(plan))
    told = [ending(m, frame.as_of, last, steps) for m, steps in named.items() if m]
    return tuple(filter(None, told))


def ends_told(plan: Plan | Portfolio) -> dict[str, str]:
    """Return what a Log says of the prices of a plan that end, by its label."""
    return {"Prices that end": " ".join(endings(plan)) or "none that is known within the plan"}


def _named(plan: Plan | Portfolio) -> Iterator[tuple[str, bool]]:
    """Yield the models that options or engines are priced on, and whether their prices step."""
    if isinstance(plan, Portfolio):
        priced = [(e.scenario, e.inputs, not e.has_all_steps) for e in plan.billed]
    else:
        options = (option for option in BILLED if option in plan.options)
        priced = [(plan.scenario, option, False) for option in options]
    for scenario, option, agreed in priced:
        steps = bool(getattr(scenario, f"{option}_steps"))
        for model in (getattr(scenario.entries[f"{option}_model"], end) for end in ENDS):
            yield model, steps or (agreed and is_agreed(model))
