"""A whole plan: its parts in order, run with numbers for any case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from costcore.language.timeline import Line, figures, values
from workbooks import tables
from workbooks.plan.lines import breakeven, load, sizing
from workbooks.plan.lines.drivers import HARDWARE_COLUMNS, drivers
from workbooks.plan.lines.lookup import Rows
from workbooks.plan.lines.monthly import monthly
from workbooks.plan.lines.token_prices import COLUMNS as PRICE_COLUMNS
from workbooks.plan.results import commitments, finance, returns, summary
from workbooks.plan.results.checks import MASTER, checks
from workbooks.plan.results.verdict import verdict
from workbooks.scenario.inputs import CASES
from workbooks.scenario.scenario import Scenario
from workbooks.sizing.shapes import hourly
from workbooks.tables import Accelerator, ExchangeRate, Model, Throughput, TokenPrice

FINANCE = (finance.FINANCING, finance.OUTCOMES)
"""Figures of the Finance sheet."""


@dataclass(frozen=True)
class Tables:
    """The rows a plan looks things up in, as they stand in its workbook."""

    prices: Sequence[TokenPrice]
    accelerators: Sequence[Accelerator]
    systems: Sequence[Throughput]
    rates: Sequence[ExchangeRate]
    models: Sequence[Model] = ()


@dataclass(frozen=True)
class Plan:
    """A scenario with the lines that compute it."""

    scenario: Scenario
    tables: Tables

    @cached_property
    def options(self) -> tuple[str, ...]:
        """What is compared, in order."""
        return self.scenario.options

    @property
    def taxed(self) -> bool:
        """Whether any case pays tax."""
        entry = self.scenario.entries["tax_rate_share"]
        return any(rate > 0 for rate in (entry.low, entry.base, entry.high))

    @cached_property
    def drivers(self) -> tuple[Line, ...]:
        """Unit figures."""
        return drivers("managed" in self.options)

    @cached_property
    def monthly(self) -> tuple[Line, ...]:
        """Lines by month."""
        return monthly(self.options, self.taxed)

    @cached_property
    def totals(self) -> tuple[Line, ...]:
        """Totals of the options."""
        return (*summary.totals(self.options), *finance.annual(self.options))

    @cached_property
    def yearly(self) -> tuple[Line, ...]:
        """Lines by plan year."""
        return summary.yearly(self.options)

    @cached_property
    def verdict(self) -> tuple[Line, ...]:
        """Sentences."""
        return verdict(self.options)

    @cached_property
    def checks(self) -> tuple[Line, ...]:
        """Checks."""
        return checks(self.options)

    @property
    def load_factors(self) -> list[float]:
        """Load of each hour over the mean hour."""
        own = self.scenario.load_factors
        return list(own or map(float, hourly(self.scenario.load_shape)))

    def _hours(self, known: Mapping[str, Any]) -> dict[str, Any]:
        """Compute the load by hour, and by number of own nodes."""
        factors = self.load_factors
        found = dict(known)
        shape = {"load_factor": factors}
        found |= values(load.HOURS, found, len(factors), period="hour", series=shape)
        found |= figures(load.SHAPE, found)
        found |= values(load.NODES, found, load.STEPS, period="choice")
        found |= figures(load.BEST, found)
        tokens = {"load_tokens": found["load_tokens"]}
        return found | values(load.SERVED, found, len(factors), period="hour", series=tokens)

    def _months_more(self, known: Mapping[str, Any]) -> dict[str, Any]:
        """Compute commitments, and the return of switching to self-hosting."""
        months, found = self.scenario.horizon_months, dict(known)
        used = {name: known[name] for name in commitments.FROM_MONTHLY}
        found |= values(commitments.LINES, found, months, series=used)
        flows = {f"{o}_flow_per_month": known[f"{o}_cash_per_month"] for o in ("api", "own")}
        found |= values(returns.FLOWS, found, months, series=flows)
        found["switch_flows"] = found["switch_per_month"]
        found |= figures(returns.FIGURES, found)
        found |= values(returns.SEARCH, found, returns.STEPS, period="step")
        found["found_rate"] = found["middle_rate"][-1]
        return found | figures((returns.RETURN,), found)

    @property
    def sized(self) -> bool:
        """Whether the scenario names a model and an accelerator to size."""
        entries = self.scenario.entries
        return bool(entries["sizing_model"].base and entries["hardware"].base)

    def _sizing(self, known: Mapping[str, Any]) -> dict[str, Any]:
        """Compute what the node can serve by the sizing model."""
        if not self.sized:
            return {}
        constants = {name: rule.value for name, rule in sizing.RULES.items()}
        return figures(sizing.LINES, {**known, **constants})

    @property
    def figures(self) -> tuple[Line, ...]:
        """Every line that is a single figure."""
        finances = (line for lines in FINANCE for line in lines)
        singles = (*self.drivers, *breakeven.FIGURES, *self.totals, *finances)
        return (*singles, *summary.DRAINS, *self.verdict, *self.checks)

    @property
    def years(self) -> int:
        """Plan years, the last one perhaps a part."""
        return -(-self.scenario.horizon_months // 12)

    @property
    def series(self) -> dict[str, Sequence[float]]:
        """Inputs that have a value for each month; nan where the plan's own growth counts."""
        return {
            "forecast_tokens_per_month": self.scenario.forecast_tokens_per_month,
            "season_factor": self.scenario.season_factors,
            "api_price_factor": self.scenario.api_price_factors,
        }

    def constants(self, case: str) -> dict[str, Any]:
        """Inputs of a case, with those that are the same in all."""
        return self.scenario.inputs(case) | {
            "live_case": float(CASES.index(case) + 1),
            "currency": self.scenario.currency,
            "horizon_months": float(self.scenario.horizon_months),
            "tolerance_cost": self.scenario.tolerance_cost,
        }

    def given(self, case: str = "base") -> dict[str, Any]:
        """Return what the lines start from: the inputs of a case, and the tables."""
        return self.constants(case) | self._looked_up

    @cached_property
    def _looked_up(self) -> dict[str, Rows]:
        """The tables with their calculated columns, the same in every case."""
        rates = Rows("from_currency", self.tables.rates)
        return {
            "rates": rates,
            "prices": _converted("model", self.tables.prices, PRICE_COLUMNS, rates),
            "accelerators": _converted(
                "hardware", self.tables.accelerators, HARDWARE_COLUMNS, rates
            ),
            "systems": Rows("system", self.tables.systems),
            "models": Rows("model", self.tables.models),
        }

    def run(self, case: str = "base") -> Mapping[str, Any]:
        """Compute everything for a case: inputs, figures, and lines as arrays by period."""
        if case not in self._runs:
            self._runs[case] = self._run(case)
        return self._runs[case]

    @cached_property
    def _runs(self) -> dict[str, Mapping[str, Any]]:
        return {}

    def _run(self, case: str) -> dict[str, Any]:
        known = self.given(case)
        known |= figures(self.drivers, known)
        known |= values(self.monthly, known, self.scenario.horizon_months, series=self.series)
        known |= figures(breakeven.FIGURES, known)
        known |= values(breakeven.STAIRCASE, known, 2 * breakeven.STEPS, period="point")
        known |= values(breakeven.BANDS, known, breakeven.BANDS_SHOWN, period="band")
        known |= figures(self.totals, known) | values(self.yearly, known, self.years, period="year")
        known |= self._hours(known)
        known |= self._sizing(known)
        known |= self._months_more(known)
        for lines in (*FINANCE, summary.DRAINS, self.verdict, self.checks):
            known |= figures(lines, known)
        known["all_checks"] = np.array([known[line.name] for line in self.checks])
        return known | figures((MASTER,), known)


class _Record:
    """A row of a table with its calculated columns beside its own."""

    def __init__(self, row: Any, calculated: Mapping[str, Any]) -> None:
        self._row, self._calculated = row, calculated

    def __getattr__(self, name: str) -> Any:
        return self._calculated[name] if name in self._calculated else getattr(self._row, name)


def _converted(key: str, rows: Sequence[Any], columns: Sequence[Line], rates: Rows) -> Rows:
    def known(row: Any) -> dict[str, Any]:
        cells = {name: getattr(row, name) for name in type(row).__slots__}
        return {n: np.nan if cell is None else cell for n, cell in cells.items()} | {"rates": rates}

    return Rows(key, [_Record(row, figures(columns, known(row))) for row in rows])


def plan(scenario: Scenario) -> Plan:
    """Join a scenario with the shipped rows that hold on its day."""
    models = [scenario.entries[f"{option}_model"] for option in ("api", "managed")]
    named = {getattr(entry, case) for entry in models for case in CASES}
    prices = [
        price
        for price in tables.token_prices()
        if price.holds_on(scenario.as_of)
        and (price.model in named or not price.model.startswith("article-"))
    ]
    currencies = sorted({price.currency for price in prices} | {"USD", "EUR", scenario.currency})
    rates = [_rate(currency, scenario) for currency in currencies]
    shipped = tables.accelerators(), tables.throughputs()
    return Plan(scenario, Tables(prices, *shipped, rates, tables.models()))


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
