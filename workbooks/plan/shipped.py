"""The rows of prices, hardware, speeds and rates that a plan looks things up in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workbooks import tables
from workbooks.scenario.inputs import ENDS
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


def shipped(scenario: Scenario) -> Tables:
    """Return the shipped rows that hold on the day of a scenario."""
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
    currencies = sorted({price.currency for price in prices} | {"USD", "EUR", scenario.currency})
    rates = [_rate(currency, scenario) for currency in currencies]
    return Tables(prices, tables.accelerators(), tables.throughputs(), rates, tables.models())


def _rate(currency: str, scenario: Scenario) -> ExchangeRate:
    if currency == scenario.currency:
        return ExchangeRate(
            date=scenario.as_of,
            from_currency=currency,
            to_currency=currency,
            rate=1.0,
            source="by definition",
            source_url="",
        )
    rate, day = tables.exchange_rate(currency, scenario.currency, scenario.as_of)
    return ExchangeRate(
        date=day,
        from_currency=currency,
        to_currency=scenario.currency,
        rate=rate,
        source="ECB euro reference rates",
        source_url=tables.exchange_rates()[0].source_url,
    )
