"""What is put before those who decide: each alternative against doing nothing, and the way out."""

from __future__ import annotations

from typing import Any

import numpy as np

from costcore.language.quantities import MONTHS_PER_YEAR
from costcore.language.timeline import Line
from costcore.language.trace import in_period
from workbooks.plan.lines.option import TITLES
from workbooks.plan.lines.vintages import Holdings


def against_nothing(options: tuple[str, ...]) -> tuple[Line, ...]:
    """Return the present value of each alternative against staying on the API."""

    def line(option: str) -> Line:
        def rule(m: Any) -> Any:
            return m.api_compared_cost - getattr(m, f"{option}_compared_cost")

        return Line(f"{option}_npv_cost", "Net present value against doing nothing", rule)

    return tuple(map(line, options))


def saved_by_year(options: tuple[str, ...]) -> tuple[Line, ...]:
    """Return the cash that each alternative saves in a year; the period is the year."""

    def line(option: str) -> Line:
        def rule(m: Any) -> Any:
            return m.api_cash_per_year - getattr(m, f"{option}_cash_per_year")

        return Line(f"{option}_saved_per_year", f"{TITLES[option]}: cash saved", rule, sums=True)

    return tuple(line(option) for option in options if option != "api")


def leaving(holdings: Holdings, owes: bool) -> tuple[Line, ...]:
    """Return what leaving self-hosting at the end of a year costs: unsold value, and contracts."""
    parts = (*(("unsold_cost",) if holdings.buys else ()), *(("bound_cost",) if owes else ()))

    def total(m: Any) -> Any:
        return sum((getattr(m, part) for part in parts), np.float64(0))

    return (
        *(UNSOLD if holdings.buys else ()),
        *(BOUND if owes else ()),
        Line("leaving_cost", "Leaving self-hosting at the end of the year", total),
    )


def _unsold(m: Any) -> Any:
    last = np.minimum(m.year * MONTHS_PER_YEAR, m.horizon_months)
    return in_period(m.own_book_residual, last) - in_period(m.own_market_residual, last)


UNSOLD = (Line("unsold_cost", "Book value less what a sale brings", _unsold),)
BOUND = (
    Line(
        "bound_cost",
        "Owed by contract after it, in this plan",
        lambda m: np.dot(m.year_count > m.year, m.own_owed_per_month),
    ),
)
