"""A portfolio at the exchange rates of another one, what else it says left as it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from workbooks.folder.place import without
from workbooks.plan.plan import plan
from workbooks.portfolio.terms import Portfolio
from workbooks.rows import ExchangeRate
from workbooks.scenario.scenario import Scenario


def crossed(one: Portfolio, other: Portfolio) -> tuple[Portfolio, Portfolio]:
    """Return each at the rates and budget rates of the other, as far as the other has them.

    The other comes first; both are the very same portfolios where these are theirs, too.
    """
    here, there = _told(one), _told(other)
    same = all(_said(here[code]) == _said(there[code]) for code in here.keys() & there.keys())
    if same and _moving(one.frame) == _moving(other.frame):
        return other, one
    return _at(one.frame, here, other), _at(other.frame, there, one)


def _at(frame: Scenario, told: dict[str, ExchangeRate], ours: Portfolio) -> Portfolio:
    def moved(scenario: Scenario) -> Scenario:
        own = {row.from_currency: row for row in scenario.rows.rates}
        return replace(
            scenario,
            rows=replace(scenario.rows, rates=tuple({**own, **told}.values())),
            currency_rates=frame.currency_rates,
            currency_rates_of=frame.currency_rates_of,
        )

    return ours.changed(moved)


def _told(portfolio: Portfolio) -> dict[str, ExchangeRate]:
    with without(portfolio.without):
        return {row.from_currency: row for row in _rates(portfolio)}


def _said(row: ExchangeRate) -> tuple[float | None, ...]:
    return row.rate, row.low_rate, row.high_rate


def _moving(frame: Scenario) -> tuple[object, object]:
    return frame.currency_rates, frame.currency_rates_of


def _rates(portfolio: Portfolio) -> Iterator[ExchangeRate]:
    """Yield every rate to the plan's currency that a part of it knows."""
    for scenario in portfolio.scenarios:
        for row in plan(scenario).tables.rates:
            if row.from_currency != scenario.currency:
                yield row
