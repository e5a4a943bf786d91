"""The template: a budget to fill in by hand, with the worksheet functions at work beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from workbooks.plan.plan import Plan, plan
from workbooks.scenario.own_rows import Beside
from workbooks.scenario.reading import load, ready
from workbooks.scenario.scenario import Scenario
from workbooks.sheets.budget import budget
from workbooks.tables import ExchangeRate, exchange_rates

TITLE = "Our own plan: cloud API or own nodes"
PURPOSE = "A template: replace the figures of this mid-size company with your own."


def every_rate(scenario: Scenario) -> Iterator[ExchangeRate]:
    """Yield the rate of every currency that is known on the day, for an amount may be in any."""
    known = Beside(scenario.rows)
    codes = {each for row in exchange_rates() for each in (row.from_currency, row.to_currency)}
    for code in sorted(codes):
        with suppress(LookupError):
            yield known.rate(code, scenario.currency, scenario.as_of)


def blank() -> Plan:
    """Return the plan the template starts from: a mid-size company, every figure a guess."""
    usual = load(ready()["mid-size"])
    ours = plan(replace(usual, title=TITLE, purpose=PURPOSE, origin="template"))
    return replace(ours, tables=replace(ours.tables, rates=list(every_rate(ours.scenario))))


def template() -> bytes:
    """Return the workbook."""
    return budget(blank(), palette=True)
