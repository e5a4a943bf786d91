"""What the best mix of a portfolio costs: a search finds it anew, so no cause is told of it."""

from __future__ import annotations

import numpy as np

from workbooks.folder.place import without
from workbooks.plan.mixing.routing.by_month import by_month
from workbooks.plan.mixing.starting import Inputs
from workbooks.portfolio.terms import Portfolio


def best_cost(portfolio: Portfolio, starting: Inputs, view: str) -> float:
    """Return the cost of the best mix that stands in a workbook.

    It is nan where none stands there, or it was found on other inputs.
    """
    if portfolio.mix is None or not portfolio.mix.holds:
        return np.nan
    with without(portfolio.without):
        way = by_month(portfolio, portfolio.mix, starting)
    return float(np.sum(way.told[way.lines.name(f"{view}_per_month")]))
