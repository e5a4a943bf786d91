"""A portfolio at the exchange rates of another one, what else it says left as it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from workbooks.folder.place import without
from workbooks.plan.plan import plan
from workbooks.portfolio.terms import Portfolio
from workbooks.rows import ExchangeRate
from workbooks.scenario.scenario import Scenario


def at_rates_of(theirs: Portfolio, ours: Portfolio) -> Portfolio:
    """Return our portfolio at the rates and budget rates of theirs, as far as they have them."""
    with without(theirs.without):
        told = {row.from_currency: row for row in _rates(theirs)}

    def moved(scenario: Scenario) -> Scenario:
        own = {row.from_currency: row for row in scenario.rows.rates}
        return replace(
            scenario,
            rows=replace(scenario.rows, rates=tuple({**own, **told}.values())),
            currency_rates=theirs.frame.currency_rates,
            currency_rates_of=theirs.frame.currency_rates_of,
        )

    return ours.changed(moved)


def _rates(portfolio: Portfolio) -> Iterator[ExchangeRate]:
    """Yield every rate to the plan's currency that a part of it knows."""
    for scenario in portfolio.scenarios:
        for row in plan(scenario).tables.rates:
            if row.from_currency != scenario.currency:
                yield row
