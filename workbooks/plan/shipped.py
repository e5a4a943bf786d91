"""The rows of prices, hardware, speeds and rates that a plan looks things up in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workbooks import tables
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
    rates = [_rate(each, scenario) for each in sorted(named - {r.from_currency for r in own.rates})]
    rates = sorted([*rates, *own.rates], key=lambda rate: rate.from_currency)
    return Tables(prices, known.accelerators(), known.throughputs(), rates, known.models())


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
