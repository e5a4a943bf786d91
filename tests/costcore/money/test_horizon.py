"""Years of cost against sums written out month by month, and payback against a plain loop."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costcore.money.horizon import (
    breakeven_months,
    discounted_sum,
    tco_3yr,
    tco_api_3yr,
    tco_nyr,
    tco_schedule,
)

NEAR_ZERO = (0.0, 1e-16, 1e-12, -1e-9, 1e-7, -1e-6, 1e-5, 1e-3)


@pytest.mark.parametrize("months", [1, 2, 36, 360])
@pytest.mark.parametrize("discount", [1.0, 0.5, 0.992, 1.01, *(1 - x for x in NEAR_ZERO)])
@pytest.mark.parametrize("growth", [1.0, 0.8, 1.02, *(1 + x for x in NEAR_ZERO)])
def test_discounted_sum_is_the_sum(growth, discount, months):
    """The closed form equals the terms added up exactly, also where nothing nearly grows."""
    terms = math.fsum(growth ** (n - 1) * discount**n for n in range(1, months + 1))
    with np.errstate(invalid="ignore", divide="ignore"):  # as inside every sheet function
        summed = discounted_sum(*np.array([growth, discount, months]))
    assert summed == pytest.approx(terms, rel=3e-11)


def tco_by_month(years, capex, opex, labor, residual, discount, growth):
    """Purchase today, a twelfth of everything at the end of each month, resale on the last day."""
    cost = capex
    for month in range(1, 12 * years + 1):
        running = opex * (1 + growth) ** ((month - 1) / 12) + labor / 12
        cost += running / (1 + discount) ** (month / 12)
    return cost - residual / (1 + discount) ** years


rates = st.floats(-0.5, 1.0) | st.sampled_from(NEAR_ZERO)
money = st.just(0.0) | st.floats(0.01, 1e7)
plan = st.tuples(st.integers(1, 30), money, money, money, money, rates, rates)


@given(plan)
def test_tco_is_the_sum_of_its_months(inputs):
    """Cost over years is what an explicit loop over the months adds up to."""
    scale = max(abs(term) for term in (tco_by_month(*inputs), *inputs[1:5]))
    assert tco_nyr(*inputs) == pytest.approx(tco_by_month(*inputs), rel=1e-9, abs=1e-9 * scale)


@given(plan)
def test_schedule_adds_up_to_the_total(inputs):
    """Its years sum to the totals: cash undiscounted, present value discounted, all written off."""
    years, capex, opex, labor, residual, _, growth = inputs
    cash, depreciation, present, cumulative = tco_schedule(*inputs).T
    undiscounted = tco_nyr(years, capex, opex, labor, residual, 0, growth)
    tolerance = 1e-9 * (abs(cash).sum() + abs(present).sum() + capex + residual)
    assert len(cash) == years
    assert cash.sum() == pytest.approx(undiscounted, abs=tolerance)
    assert cumulative[-1] == pytest.approx(undiscounted, abs=tolerance)
    assert present.sum() == pytest.approx(tco_nyr(*inputs), abs=tolerance)
    assert depreciation.sum() == pytest.approx(capex - residual, abs=tolerance)


def test_schedule_by_hand():
    """Two years at 21 %: the year ends are worth 1/1.21 and 1/1.4641, month by month the rest."""
    first = 1_000 + 100 * sum(1.21 ** (-n / 12) for n in range(1, 13))
    second = 100 * sum(1.21 ** (-n / 12) for n in range(13, 25)) - 500 / 1.4641
    rows = tco_schedule(2, 1_000, 100, residual=500, discount_rate=0.21)
    np.testing.assert_allclose(rows[:, 0], [2_200, 700])
    np.testing.assert_allclose(rows[:, 1], [250, 250])
    np.testing.assert_allclose(rows[:, 2], [first, second])


def test_schedule_of_impossible_inputs_is_unknown():
    """A horizon of half a year, or a negative purchase, gives one row of nan."""
    for years, capex in ((0.5, 100), (3, -100), (31, 100)):
        assert np.isnan(tco_schedule(years, capex, 10)).tolist() == [[True] * 4]
    with pytest.raises(ValueError, match="one row"):
        tco_schedule([1, 2], 100, 10)


@given(plan)
def test_three_years_are_three_years(inputs):
    """TCO_3YR is TCO_NYR of 3, exactly."""
    assert tco_3yr(*inputs[1:]) == tco_nyr(3, *inputs[1:])


@given(money, rates, rates, rates)
def test_api_bills_are_the_sum_of_their_months(bill, growth, change, discount):
    """36 bills that move with volume and price, each discounted from the end of its month."""
    yearly = (1 + growth) * (1 + change)
    total = sum(bill * yearly ** ((n - 1) / 12) / (1 + discount) ** (n / 12) for n in range(1, 37))
    assert tco_api_3yr(bill, growth, change, discount) == pytest.approx(total, rel=1e-9)


LONGEST = 1_500


def payback_by_month(capex, api, own, change, growth, discount):
    """Walk the months until the purchase is covered; None where it is not within `LONGEST`."""
    if capex == 0:
        return 0.0
    owed = capex
    for month in range(1, LONGEST + 1):
        bill = api * ((1 + change) * (1 + growth)) ** ((month - 1) / 12)
        saving = (bill - own) / (1 + discount) ** (month / 12)
        if saving >= owed:
            return month - 1 + owed / saving
        owed -= saving
    return None


def random_paybacks(size):
    """Draw plans of every sort: quick and slow, flat or moving, with and without own cost."""
    rng = np.random.default_rng(20250601)

    def rate(low, high):
        return rng.choice([0, 0, 1, 1, 1], size) * rng.uniform(low, high, size)

    capex = rng.choice([0, 1, 1, 1, 1, 1, 1, 1], size) * 10 ** rng.uniform(2, 6.5, size)
    api = 10 ** rng.uniform(2, 5, size)
    own = api * rng.choice([0, 0.5, 0.9, 1, 1.2], size) * rng.uniform(0.5, 1, size)
    return capex, api, own, rate(-0.9, 0.3), rate(-0.3, 1.5), rate(-0.2, 0.4)


def test_payback_is_the_loop():
    """4,000 random plans in one call give what the loop gives, never where it finds no end."""
    plans = random_paybacks(4_000)
    found = breakeven_months(*plans)
    looped = [payback_by_month(*row) for row in zip(*(p.tolist() for p in plans), strict=True)]
    ended = np.array([months is not None for months in looped])
    expected = np.array([m for m in looped if m is not None])
    np.testing.assert_allclose(found[ended], expected, rtol=1e-8, atol=1e-9)
    assert np.all(found[~ended] > LONGEST - 1)
    assert 2_000 < ended.sum() < 3_700  # the plans try both answers
    assert np.isinf(found).sum() > 500


def test_payback_alone_is_payback_in_a_column():
    """1,000 scalar calls equal the elements of the array call, but for the last digits."""
    plans = random_paybacks(4_000)
    alone = [breakeven_months(*row) for row in zip(*(p[::4].tolist() for p in plans), strict=True)]
    np.testing.assert_allclose(alone, breakeven_months(*plans)[::4], rtol=1e-11)


@pytest.mark.parametrize("tiny", [1e-12, 1e-9, 1e-8, 1e-7, 1e-6])
@pytest.mark.parametrize("sign", [1, -1])
def test_payback_at_tiny_rates_is_that_at_none(tiny, sign):
    """A rate that is all but zero does not change the answer: 90,000 over 3,000 is 30 months."""
    for name in ("discount_rate", "growth_per_year", "api_price_change_per_year"):
        months = breakeven_months(90_000, 5_000, 2_000, **{name: sign * tiny})
        assert months == pytest.approx(30, rel=1e-5)
        assert breakeven_months(1_000, 100, 0, **{name: sign * tiny}) == pytest.approx(10, rel=1e-5)


def test_payback_on_the_last_paying_month():
    """A bill that halves each year and falls to the own cost: savings end after a year."""
    savings = sum(1_000 * 0.5 ** ((n - 1) / 12) - 500 for n in range(1, 14))
    assert breakeven_months(savings * 0.999, 1_000, 500, -0.5) < 13
    assert breakeven_months(savings * 1.001, 1_000, 500, -0.5) == math.inf


def test_payback_of_a_bill_that_grows_past_the_own_cost():
    """Savings may be negative at first: volume doubles each year and wins after two."""
    assert breakeven_months(1_000, 100, 200, growth_per_year=1.0) == pytest.approx(
        payback_by_month(1_000, 100, 200, 0, 1.0, 0), rel=1e-9
    )


def test_nothing_to_pay_back_takes_no_time():
    """Without a purchase the answer is 0 months, even where running costs more than the API."""
    assert breakeven_months(0, 100, 500) == 0
    assert breakeven_months(1, 100, 100) == math.inf
