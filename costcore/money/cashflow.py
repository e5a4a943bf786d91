"""Capital budgeting on a stream of cash flows, and depreciation schedules.

Flows are in time order along the last axis; the first one is today.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from costcore.language.elementwise import Numbers, as_numbers, elementwise, explained
from costcore.money.assets import declining, depreciated

Flows = NDArray[np.float64]

MACRS_5_YEAR = (0.20, 0.32, 0.192, 0.1152, 0.1152, 0.0576)
"""Half-year convention, computers and servers: IRS Publication 946, table A-1."""


def npv(rate: ArrayLike, flows: ArrayLike) -> NDArray[np.float64]:
    """Present value of `flows`, the first of them paid today and not discounted.

    A spreadsheet's ``NPV`` discounts its first value too; this is
    ``CF0 + NPV(rate, CF1…)``.

    >>> round(float(npv(0.10, [-100, 60, 60])), 4)
    4.1322

    At no rate it is the plain sum:

    >>> float(npv(0.0, [-100, 60, 60]))
    20.0
    """
    values = np.asarray(flows, float)
    factors = (1 + np.asarray(rate, float)[..., None]) ** -np.arange(values.shape[-1])
    return np.asarray((values * factors).sum(-1))


def spreadsheet_npv(rate: ArrayLike, flows: ArrayLike) -> NDArray[np.float64]:
    """Present value as a spreadsheet's ``NPV`` takes it: the first flow is a period away.

    >>> round(float(spreadsheet_npv(0.10, [60, 60])), 4)
    104.1322
    """
    return np.asarray(npv(rate, flows) / (1 + np.asarray(rate, float)))


@explained
def single_irr(period_cost: Numbers) -> float:
    """Rate at which what is paid first is earned back; none where it is not one alone.

    The worksheet's own function gives one of several rates where the flows change sign more than
    once, and says nothing. Flows of months give a rate a month.

    Returns
    -------
    float, share of a period
        ``nan`` unless the flows change sign exactly once: a stream of costs has no rate, and
        one that changes sign more often may have several.

    Examples
    --------
    100 paid, 60 saved in each of two years:

    >>> round(single_irr([100, -60, -60]), 6)
    0.130662

    A later payment makes a second rate possible, so there is none to tell:

    >>> single_irr([100, -230, 132])
    nan
    """
    return irr(as_numbers("period_cost", period_cost).ravel())


def irr(flows: ArrayLike) -> float:
    """Rate at which one stream of flows is worth nothing; nan where it is not one alone.

    >>> round(irr([-100, 60, 60]), 6)
    0.130662
    """
    values = np.asarray(flows, float)
    signs = np.sign(values[values != 0])
    if np.count_nonzero(np.diff(signs)) != 1:
        return float("nan")
    # one sign change makes the value monotone in the discount factor, so bisection is safe
    low, high = 0.0, 1.0
    while _value(values, high) * signs[0] > 0 and high < 1e12:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if _value(values, middle) * signs[0] > 0 else (low, middle)
    return 1 / high - 1


def _value(flows: Flows, factor: float) -> float:
    with np.errstate(over="ignore"):
        return float(np.polynomial.polynomial.polyval(factor, flows))


def annual_factor(rate: Any, years: Any) -> Any:
    """Equal payment at each year's end that is worth 1 at present.

    >>> round(float(annual_factor(0.10, 3.0)), 6)
    0.402115
    """
    return np.where(rate == 0, 1 / years, rate / (1 - (1 + rate) ** -years))


@elementwise
def equivalent_annual_cost(
    present_cost: Numbers, discount_rate: Numbers, years: Numbers
) -> Numbers:
    """The equal payment at each year's end that is worth a present cost.

    It makes plans of unlike lengths alike.

    Returns
    -------
    float or ndarray, money per year
        ``nan`` where a rate or a length is out of bounds.

    Examples
    --------
    Three years at 10 %:

    >>> round(equivalent_annual_cost(257_396, 0.10, 3))
    103503

    Without a cost of capital it is an equal part, and a longer life costs less a year:

    >>> equivalent_annual_cost(300, 0.0, 3), equivalent_annual_cost(300, 0.0, 5)
    (100.0, 60.0)
    """
    return present_cost * annual_factor(discount_rate, years)


def straight_line(capex: float, residual: float, periods: int) -> Flows:
    """Equal depreciation in each period.

    >>> straight_line(100, 10, 3).tolist()
    [30.0, 30.0, 30.0]
    """
    return np.full(periods, (capex - residual) / periods, dtype=float)


def declining_balance(capex: float, residual: float, periods: int, factor: float = 2.0) -> Flows:
    """Depreciation by a fixed share of the book value, and evenly from where that is more.

    >>> declining_balance(100, 10, 4).tolist()
    [50.0, 25.0, 12.5, 2.5]

    Without a residual the last periods are even, and nothing is left:

    >>> [round(each, 2) for each in declining_balance(100, 0, 5).tolist()]
    [40.0, 24.0, 14.4, 10.8, 10.8]
    """
    book = [capex]
    for period in range(1, periods + 1):
        spent = depreciated(
            book[-1], residual, period, periods, declining(book[-1], periods, factor)
        )
        book.append(book[-1] - spent)
    return np.asarray(-np.diff(book), float)


def macrs(capex: float, shares: ArrayLike = MACRS_5_YEAR) -> Flows:
    """Depreciation by a published table of yearly shares.

    >>> macrs(250_000).round().tolist()
    [50000.0, 80000.0, 48000.0, 28800.0, 28800.0, 14400.0]
    """
    return np.asarray(np.multiply(capex, shares), float)
