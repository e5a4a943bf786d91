"""The rows of prices, hardware, speeds and rates that a plan looks things up in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbooks import tables
from workbooks.plan.lines.drivers import HARDWARE_COLUMNS
from workbooks.plan.lines.listed_prices import COLUMNS as PRICE_COLUMNS
from workbooks.plan.lines.lookup import Rows, converted
from workbooks.scenario.inputs import ENDS
from workbooks.scenario.own_rows import Beside, beside
from workbooks.scenario.scenario import Scenario
from workbooks.tables import Accelerator, ExchangeRate, Model, Throughput, TokenPrice


@dataclass(frozen=True)
class Tables:
    """The rows a plan looks things up in, as they stand in its workbook."""

    prices: Sequence[TokenPrice]
    accelerators: Sequence[Accelerator]
    systems: Sequence[Throughput]
    rates: Sequence[ExchangeRate]
    models: Sequence[Model] = ()

    def looked_up(self, clock: Mapping[str, Any]) -> dict[str, Rows]:
        """Return the tables with their calculated columns; `clock` is the load by hour."""
        rates = Rows("from_currency", self.rates)
        shared = {"rates": rates, **clock}
        return {
            "rates": rates,
            "prices": converted("model", self.prices, PRICE_COLUMNS, shared),
            "accelerators": converted("hardware", self.accelerators, HARDWARE_COLUMNS, shared),
            "systems": Rows("system", self.systems),
            "models": Rows("model", self.models),
        }


def shipped(scenario: Scenario) -> Tables:
    """Return the shipped rows that hold on the day of a scenario, and those of its own."""
    models = [scenario.entries[f"{option}_model"] for option in ("api", "managed")]
    named = {getattr(entry, end) for entry in models for end in ENDS}
    prices = [
        price
        for price in tables.token_prices()
        if price.holds_on(scenario.as_of)
        and (price.model in named or not price.model.startswith("article-"))
    ]
    retired = named & {gone.model for gone in tables.retirements()}
    prices += [
        tables.price_on(name, scenario.as_of)
        for name in sorted(retired - {price.model for price in prices})
    ]
    own, known = scenario.rows, Beside(scenario.rows)
    prices = beside(own.prices, prices, "model")
    named = {c for row in own.accelerators for c in (row.rent_currency, row.buy_currency) if c}
    named |= {price.currency for price in prices} | {"USD", "EUR", scenario.currency}
    named |= {code for row in own.rates for code in (row.from_currency, row.to_currency)}
    named |= set(scenario.in_currencies.values())
    rates = [known.rate(code, scenario.currency, scenario.as_of) for code in sorted(named)]
    return Tables(prices, known.accelerators(), known.throughputs(), rates, known.models())
