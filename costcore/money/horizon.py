"""What a choice costs over years, and when a purchase is paid back."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from costcore.language.arguments import arguments_of
from costcore.language.elementwise import Numbers, elementwise, one_row
from costcore.language.quantities import MONTHS_PER_YEAR

SMALL = 1e-5
"""Below this growth over all months a geometric series is summed by its first two terms instead."""
LONGEST_MONTHS = 1e9


@elementwise
def tco_nyr(
    years: Numbers,
    capex: Numbers,
    opex_per_month: Numbers,
    labor_per_year: Numbers = 0.0,
    residual: Numbers = 0.0,
    discount_rate: Numbers = 0.0,
    opex_growth_per_year: Numbers = 0.0,
) -> Numbers:
    """Cost of owning for some years: purchase, running cost and labour, less resale.

    The purchase is paid on the first day, running cost and labour at the end of
    each month, the resale comes on the last day. Running cost grows month by
    month; labour does not.

    Returns
    -------
    float or ndarray, money

    Examples
    --------
    >>> tco_nyr(3, 155_000, 2_450, labor_per_year=10_000)
    273200.0

    Two years more add running cost but no purchase:

    >>> tco_nyr(5, 155_000, 2_450, labor_per_year=10_000)
    352000.0
    """
    months = years * MONTHS_PER_YEAR
    monthly_discount = (1 + discount_rate) ** (-1 / MONTHS_PER_YEAR)
    monthly_growth = (1 + opex_growth_per_year) ** (1 / MONTHS_PER_YEAR)
    running = opex_per_month * discounted_sum(monthly_growth, monthly_discount, months)
    labor = labor_per_year / MONTHS_PER_YEAR * discounted_sum(1.0, monthly_discount, months)
    return capex + running + labor - residual * monthly_discount**months


@elementwise
@arguments_of(tco_nyr, without=["years"])
def tco_3yr(**given: Numbers) -> Numbers:
    """Cost of owning for three years: purchase, running cost and labour, less resale.

    Returns
    -------
    float or ndarray, money

    Examples
    --------
    >>> tco_3yr(155_000, 2_450, labor_per_year=10_000)
    273200.0

    At 10 % cost of capital the purchase weighs more than the months after it:

    >>> round(tco_3yr(155_000, 2_450, 10_000, discount_rate=0.10))
    257396
    """
    return tco_nyr(years=3, **given)


@elementwise
def tco_api_3yr(
    api_cost_per_month: Numbers,
    growth_per_year: Numbers = 0.0,
    price_change_per_year: Numbers = 0.0,
    discount_rate: Numbers = 0.0,
) -> Numbers:
    """Three years of API bills that grow with the volume and move with the price.

    Returns
    -------
    float or ndarray, money

    Examples
    --------
    >>> tco_api_3yr(3_750)
    135000.0

    Volume that grows by a quarter while prices fall by a fifth costs the same:

    >>> tco_api_3yr(3_750, growth_per_year=0.25, price_change_per_year=-0.20)
    135000.0
    """
    yearly = (1 + growth_per_year) * (1 + price_change_per_year)
    discount = (1 + discount_rate) ** (-1 / MONTHS_PER_YEAR)
    months = 3 * MONTHS_PER_YEAR
    return api_cost_per_month * discounted_sum(yearly ** (1 / MONTHS_PER_YEAR), discount, months)


def discounted_sum(growth: Numbers, discount: Numbers, months: Numbers) -> Numbers:
    """Sum of 1, growth, growth² … over the months, each discounted from its end."""
    return discount * geometric_sum(growth * discount, months)


def geometric_sum(step: Numbers, months: Numbers) -> Numbers:
    """Sum of 1, step, step² … over the months.

    >>> float(geometric_sum(2.0, 4.0)), round(float(geometric_sum(1 + 1e-6, 4.0)), 9)
    (15.0, 4.000006)
    """
    return settled_sum(step, months, level_sum(step, months))


def level_sum(step: Numbers, months: Numbers) -> Numbers:
    """The same where the step is so near 1 that its powers say nothing of it."""
    return months + months * (months - 1) / 2 * (step - 1)


def settled_sum(step: Numbers, months: Numbers, level: Numbers) -> Numbers:
    """The same, with the `level` sum where that is the one to take."""
    exact = (step**months - 1) / (step - 1)
    return np.where(np.abs(step - 1) * months > SMALL, exact, level)


@one_row
@arguments_of(tco_nyr)
def tco_schedule(**given: float) -> NDArray[np.float64]:
    """The same cost year by year: cash, depreciation, present value, cumulative cash.

    The first year holds the purchase, the last one the resale.

    Returns
    -------
    ndarray of shape (years, 4), money
        ``nan`` throughout where an input is out of bounds.

    Examples
    --------
    >>> tco_schedule(3, 155_000, 2_450, labor_per_year=10_000)[:, [0, 3]].tolist()
    [[194400.0, 194400.0], [39400.0, 233800.0], [39400.0, 273200.0]]

    The present values add up to what `tco_nyr` gives:

    >>> round(tco_schedule(3, 155_000, 2_450, 10_000, discount_rate=0.10)[:, 2].sum())
    257396
    """
    if np.isnan(tco_nyr(**given)):
        return np.full((1, 4), np.nan)
    years, residual, rate = given["years"], given["residual"], given["discount_rate"]
    until = given | {"years": np.arange(1, years + 1), "residual": 0}
    cash = _yearly(tco_nyr(**until | {"discount_rate": 0}))
    present = _yearly(tco_nyr(**until))
    cash[-1] -= residual
    present[-1] -= residual * (1 + rate) ** -years
    depreciation = np.full_like(cash, (given["capex"] - residual) / years)
    return np.column_stack([cash, depreciation, present, cash.cumsum()])


def _yearly(to_date: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.diff(to_date, prepend=0.0)


@elementwise
def breakeven_months(
    capex: Numbers,
    api_cost_per_month: Numbers,
    own_cost_per_month: Numbers,
    api_price_change_per_year: Numbers = 0.0,
    growth_per_year: Numbers = 0.0,
    discount_rate: Numbers = 0.0,
) -> Numbers:
    """Months until a purchase has been paid back by the API bills it saves.

    The first month pays today's price, month n the price after n - 1 months.
    Savings arrive at the end of a month; the answer is interpolated inside the
    month in which the purchase is paid back.

    Returns
    -------
    float or ndarray, months
        ``inf`` where the savings never add up to the purchase.

    Examples
    --------
    >>> round(breakeven_months(155_000, 9_500, 3_283.33), 1)
    24.9

    When API prices fall by 60 % a year, the purchase is never paid back:

    >>> breakeven_months(155_000, 9_500, 3_283.33, api_price_change_per_year=-0.60)
    inf
    """
    discount = (1 + discount_rate) ** (-1 / MONTHS_PER_YEAR)
    yearly = (1 + api_price_change_per_year) * (1 + growth_per_year)
    growth = yearly ** (1 / MONTHS_PER_YEAR)

    def recovered(months: Numbers) -> Numbers:
        api = api_cost_per_month * discounted_sum(growth, discount, months)
        return api - own_cost_per_month * discounted_sum(1.0, discount, months) - capex

    longest = np.where(
        growth < 1, _paying_months(growth, api_cost_per_month, own_cost_per_month), np.inf
    )
    finite = _finite_months(np.maximum(growth, 1) * np.maximum(discount, 1))
    month = _first_month(recovered, np.minimum(longest, finite))
    before = recovered(month - 1)
    inside = -before / (recovered(month) - before)
    paid = np.where(capex > 0, month - 1 + inside, 0.0)
    return np.where(recovered(month) >= 0, paid, np.where(capex > 0, np.inf, 0.0))


def _paying_months(growth: Numbers, api_cost: Numbers, own_cost: Numbers) -> Numbers:
    """Months in which a falling API bill still exceeds the own cost; savings end there."""
    bills = np.log(own_cost / api_cost) / np.log(growth)
    return np.where(api_cost > own_cost, np.floor(bills) + 1, 1.0)


def _finite_months(growth: Numbers) -> Numbers:
    """Months until growth alone exceeds what floating point can hold."""
    return np.minimum(np.floor(300 / np.log10(growth)), LONGEST_MONTHS)


def _first_month(recovered: Numbers, longest: Numbers) -> Numbers:
    """Bisect for the first month in which all is recovered; `longest` if there is none."""
    low, high = np.zeros_like(longest), longest
    for _ in range(int(np.ceil(np.log2(LONGEST_MONTHS))) + 1):
        middle = np.ceil((low + high) / 2)
        enough = recovered(middle) >= 0
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return high
