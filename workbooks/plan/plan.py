"""A whole plan: its parts in order, run with numbers for any case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from costcore.language.timeline import Line, figures, values
from workbooks.plan import foreign
from workbooks.plan.lines import load, sizing
from workbooks.plan.lines.drivers import drivers
from workbooks.plan.lines.lookup import Rows, number
from workbooks.plan.lines.monthly import monthly
from workbooks.plan.lines.owing.currencies import Currencies
from workbooks.plan.lines.owing.terms import OWED
from workbooks.plan.lines.vintages import Holdings
from workbooks.plan.results import books, commitments, decision, finance, returns, summary
from workbooks.plan.results.behind import Behind
from workbooks.plan.results.checks import MASTER, SIZED, checks
from workbooks.plan.results.odds import NOT_DRAWN, Odds
from workbooks.plan.results.pack.front import front
from workbooks.plan.results.sensitivity import Table, tables
from workbooks.plan.results.verdict.ranking import margin
from workbooks.plan.results.verdict.sentences import sentences
from workbooks.plan.shipped import Tables, shipped
from workbooks.scenario.inputs import CASES, ENDS
from workbooks.scenario.scenario import Scenario
from workbooks.sizing.shapes import clock, hourly

FINANCE = (finance.FINANCING, finance.OUTCOMES)
"""Figures of the Finance sheet."""


@dataclass(frozen=True)
class Plan:
    """A scenario with the lines that compute it."""

    scenario: Scenario
    tables: Tables
    odds: Odds = NOT_DRAWN

    @cached_property
    def options(self) -> tuple[str, ...]:
        """What is compared, in order."""
        return self.scenario.options

    @property
    def taxed(self) -> bool:
        """Whether any case pays tax."""
        entry = self.scenario.entries["tax_rate_share"]
        return any(rate > 0 for rate in (entry.low, entry.base, entry.high))

    @property
    def holdings(self) -> Holdings:
        """What the plan owns of its nodes in any case."""
        kinds, existing = (
            self.scenario.entries[name] for name in ("acquisition_kind", "existing_nodes")
        )
        return Holdings(
            any(getattr(kinds, end) == "buy" for end in ENDS),
            any(getattr(existing, end) > 0 for end in ENDS),
        )

    @cached_property
    def currencies(self) -> Currencies:
        """The currencies that it has beside its own."""
        return foreign.currencies(self.scenario, self.tables)

    @cached_property
    def drivers(self) -> tuple[Line, ...]:
        """Unit figures."""
        return drivers("managed" in self.options, self.holdings.any, self.currencies)

    @cached_property
    def monthly(self) -> tuple[Line, ...]:
        """Lines by month."""
        told, kept = self.scenario, (self.options, self.taxed, self.holdings)
        return monthly(*kept, told.contracts, told.hybrid_rest, self.currencies)

    @cached_property
    def owed(self) -> tuple[Line, ...]:
        """Those of them that are about contracts: they stand on a sheet of their own."""
        return tuple(line for line in self.monthly if OWED.fullmatch(line.name))

    @cached_property
    def commitments(self) -> commitments.Commitments:
        """What is promised beside what is used, and what is paid in other currencies."""
        told = figures(self.drivers, self.given("base"))
        return commitments.beside(self.scenario, self.holdings, told, self.currencies)

    @cached_property
    def books(self) -> tuple[Line, ...]:
        """Other views of profit and loss, of a plan that they would change."""
        return books.books(self.scenario)

    @cached_property
    def totals(self) -> tuple[Line, ...]:
        """Totals of the options."""
        return (*summary.totals(self.options, self.holdings), *finance.annual(self.options))

    @cached_property
    def behind(self) -> Behind:
        """What the verdict reads from."""
        parts = self.scenario.contracts, self.moved, self.sized, self.scenario.hybrid_rest
        return Behind(self.options, self.holdings, *parts)

    @cached_property
    def moved(self) -> tuple[Table, ...]:
        """What two inputs moved at once come to, as far as that is exact."""
        return tables(self.scenario, self.holdings.any)

    @cached_property
    def compared(self) -> tuple[Line, ...]:
        """What the strategies are compared by, and the rival of self-hosting."""
        return self.behind.compared

    @cached_property
    def yearly(self) -> tuple[Line, ...]:
        """Lines by plan year."""
        return summary.yearly(self.options, self.holdings)

    @cached_property
    def drains(self) -> tuple[Line, ...]:
        """The six drains."""
        return summary.drains(self.holdings)

    @property
    def returns(self) -> tuple[returns.Return, ...]:
        """The returns of switching to self-hosting."""
        return returns.returns(self.taxed, self.holdings)

    @cached_property
    def decided(self) -> tuple[Line, ...]:
        """What the decision page shows by year."""
        left = decision.leaving(self.holdings, "own" in self.scenario.owing)
        return (*decision.saved_by_year(self.options), *left)

    @cached_property
    def verdict(self) -> tuple[Line, ...]:
        """Who is cheapest, and by how much; then the sentences."""
        return (*margin(self.options), *sentences(self.options, self.behind.rest, self.sized))

    @cached_property
    def front(self) -> tuple[Line, ...]:
        """What the pages for a board show beside it."""
        return front(self.options, self.holdings)

    @cached_property
    def checks(self) -> tuple[Line, ...]:
        """Checks."""
        listed = checks(self.options, self.holdings, self.scenario.owing, self.behind.rest)
        return (*SIZED, *listed) if self.sized else listed

    @property
    def load_factors(self) -> list[float]:
        """Load of each hour over the mean hour."""
        own = self.scenario.load_factors
        return list(own or map(float, hourly(self.scenario.load_shape)))

    def _months_more(self, known: Mapping[str, Any]) -> dict[str, Any]:
        """Compute commitments, and the return of switching to self-hosting."""
        months, found = self.scenario.horizon_months, dict(known)
        used = {name: known[name] for name in self.commitments.read}
        found |= values(self.commitments.lines, found, months, series=used)
        expensed = {name: known[name] for name in books.read_by_books(self.scenario)}
        found |= values(self.books, found, months, series=expensed)
        for each in self.returns:
            found |= values(each.flows(), found, months, series={n: known[n] for n in each.read})
            found |= figures(each.figures(), found)
            found |= values(each.search(), found, returns.STEPS, period="step")
            found[each.name("found_rate")] = found[each.name("middle_rate")][-1]
            found |= figures(each.rates(), found)
        return found

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
        compared = *self.compared, *self.behind.figures
        singles = (*self.drivers, *self.totals, *compared, *finances)
        return (*singles, *self.drains, *self.verdict, *self.front, *self.checks)

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
            **foreign.factors(self.scenario, self.currencies),
            **{
                f"{option}_price_factor": self.scenario.price_factors(option)
                for option in self.options
                if option in ("api", "managed")
            },
        }

    def constants(self, case: str) -> dict[str, Any]:
        """Inputs of a case, with those that are the same in all."""
        return foreign.converted(self.scenario, self.tables, case) | {
            "live_case": float(CASES.index(case) + 1),
            "currency": self.scenario.currency,
            "horizon_months": float(self.scenario.horizon_months),
            "tolerance_cost": self.scenario.tolerance_cost,
            "start_month": number(self.scenario.start_month),
            "as_of_day": number(self.scenario.as_of),
        }

    def given(self, case: str = "base") -> dict[str, Any]:
        """Return what the lines start from: the inputs of a case, and the tables."""
        return self.constants(case) | self._looked_up

    @cached_property
    def load_clock(self) -> dict[str, Any]:
        """Load, hour of the day and day of the week of each hour of the load, in UTC."""
        factors = np.array(self.load_factors)
        hour, day = clock(self.scenario.load_shape, factors.size)
        return {"load_factor": factors, "load_hour": hour, "load_day": day}

    @cached_property
    def _looked_up(self) -> dict[str, Rows]:
        """The tables with their calculated columns, the same in every case."""
        return self.tables.looked_up(self.load_clock)

    def run(self, case: str = "base") -> Mapping[str, Any]:
        """Compute everything for a case: inputs, figures, and lines as arrays by period."""
        if case not in self._runs:
            self._runs[case] = self._run(case)
        return self._runs[case]

    @cached_property
    def _runs(self) -> dict[str, Mapping[str, Any]]:
        return {}

    @cached_property
    def _unjudged(self) -> dict[str, Mapping[str, Any]]:
        """What was computed of each case whatever the odds."""
        return {}

    def with_odds(self, odds: Odds) -> Plan:
        """Return the same plan with other odds; the rest is not computed again."""
        other = replace(self, odds=odds)
        vars(other).update(_unjudged=self._unjudged, _looked_up=self._looked_up)
        return other

    def _run(self, case: str) -> dict[str, Any]:
        if case not in self._unjudged:
            self._unjudged[case] = self._computed(case)
        known = {**self._unjudged[case], **self.odds.given(self.options)}
        known = self.behind.ranked(known)
        for lines in (*FINANCE, self.drains, self.verdict, self.front, self.checks):
            known |= figures(lines, known)
        known["all_checks"] = np.array([known[line.name] for line in self.checks])
        return known | figures((MASTER,), known)

    def _computed(self, case: str) -> dict[str, Any]:
        known = self.given(case)
        known |= figures(self.drivers, known)
        known |= self._sizing(known)
        known |= values(self.monthly, known, self.scenario.horizon_months, series=self.series)
        known |= figures(self.totals, known) | values(self.yearly, known, self.years, period="year")
        months = {line.name: known[line.name] for line in self.monthly}
        years = {line.name: known[line.name] for line in self.yearly}
        known = self.behind.found(known, months, self.scenario.horizon_months)
        known |= values(self.decided, known, self.years, period="year", series=years)
        known |= figures(decision.against_nothing(self.options), known)
        known |= load.by_hour(known, self.load_factors)
        known |= self._months_more(known)
        return known


def plan(scenario: Scenario) -> Plan:
    """Join a scenario with the shipped rows that hold on its day."""
    return Plan(scenario, shipped(scenario))
