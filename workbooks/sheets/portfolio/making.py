"""The workbook of a portfolio as it is made by itself: searched and drawn where that is quick."""

from __future__ import annotations

from collections.abc import Collection

from workbooks.plan.mixing.finding import Found, Told, found
from workbooks.plan.mixing.odds import portfolio_risk
from workbooks.portfolio.terms import Portfolio
from workbooks.sheets.portfolio.book import portfolio_book

SEARCHED, DRAWN = "Best mix", "Risk"
GAP, DRAWS = 1e-3, 500
MOST_CELLS = 2_000
"""Workloads times engines times months for which a budget looks for the best mix by itself."""


def made(portfolio: Portfolio, told: Told | None = None) -> tuple[bytes, Found]:
    """Return the workbook, and what was found; of very many the best mix takes a search apart.

    Raises
    ------
    ValueError
        If no engine can serve a workload.
    """
    sizes = len(portfolio.workloads), len(portfolio.engines), portfolio.frame.horizon_months
    quick = sizes[0] * sizes[1] * sizes[2] <= MOST_CELLS
    return made_with((SEARCHED, DRAWN) if quick else (), portfolio, told)


def made_with(
    sheets: Collection[str], portfolio: Portfolio, told: Told | None = None
) -> tuple[bytes, Found]:
    """Return the workbook with the sheets of a search and of draws where they are among some."""
    answer = found(portfolio, GAP, 1, told) if SEARCHED in sheets else found(portfolio, None, 0)
    drawn = portfolio_risk(portfolio, answer, DRAWS) if DRAWN in sheets else None
    return portfolio_book(portfolio, answer, drawn), answer
