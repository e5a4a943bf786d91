"""A portfolio in a case: each input at the end of its range that speaks against hosting, or for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from workbooks.folder.place import without
from workbooks.plan.judgement.risk import ranges_of
from workbooks.plan.plan import plan
from workbooks.portfolio.terms import Portfolio
from workbooks.scenario.inputs import INPUTS
from workbooks.scenario.scenario import Entry, Scenario

BASE = "base"


def in_case(portfolio: Portfolio, case: str) -> Portfolio:
    """Return a portfolio whose base case is one of its cases.

    A hardware price that is not typed is at that end of the table's range. The case called base is
    the portfolio as it is.
    """
    if case == BASE:
        return portfolio
    with without(portfolio.without):
        return portfolio.changed(lambda scenario: _at(scenario, case))


def _at(scenario: Scenario, case: str) -> Scenario:
    """Return a scenario with each input at its end; one that has no range stays as it is."""
    listed = {n: e for n, e in ranges_of(plan(scenario)) if scenario.entries[n].base is None}
    entries = {
        name: replace(entry, base=_end(name, listed.get(name, entry), case))
        for name, entry in scenario.entries.items()
    }
    coded = {n: replace(entries[n], currency=entry.currency) for n, entry in listed.items()}
    return replace(scenario, entries={**entries, **coded})


def _end(name: str, entry: Entry, case: str) -> Any:
    return getattr(entry, INPUTS[name].end(case))
