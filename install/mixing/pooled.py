"""What `evenpoint budget` does where a scenario has several workloads or engines."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from install.mixing.mix import progress
from install.mixing.showing import print_answer, print_as_json
from install.terminal.refusal import Refusal
from install.terminal.writing import write

if TYPE_CHECKING:
    from workbooks.portfolio.terms import Portfolio

GAP, DRAWS = 1e-3, 500
MOST_CELLS = 2_000
"""Workloads times engines times months for which a budget looks for the best mix by itself."""


def pooled_budget(
    portfolio: Portfolio, out: Path, typed: Mapping[str, Any], case: str | None, as_json: bool
) -> None:
    """Write the workbook of a portfolio, and say what its strategies cost.

    Raises
    ------
    Refusal
        If an input of a scenario with one workload is given beside it.
    """
    from workbooks.plan.mixing.finding import found
    from workbooks.plan.mixing.odds import portfolio_risk
    from workbooks.sheets.portfolio.book import portfolio_book

    given = [*typed, *(["case"] if case else [])]
    if given:
        origin = portfolio.frame.origin
        raise Refusal(
            f"{given[0]} is given beside {origin}, which has several workloads or engines; "
            "change it in the file."
        )
    sizes = len(portfolio.workloads), len(portfolio.engines), portfolio.frame.horizon_months
    searched = sizes[0] * sizes[1] * sizes[2] <= MOST_CELLS
    try:
        answer = found(portfolio, GAP if searched else None, int(searched), progress(as_json))
    except ValueError as error:
        raise Refusal(f"{error}.") from None
    drawn = portfolio_risk(portfolio, answer, DRAWS) if searched else None
    write(out, portfolio_book(portfolio, answer, drawn))
    (print_as_json if as_json else print_answer)(portfolio, answer)
    if as_json:
        return
    if not searched:
        print(f"The best mix of so many takes a search: evenpoint mix FILE --out {out} --force")
    print(f"Wrote {out}")
