"""Capital budgeting against the worked examples of spreadsheets and textbooks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costcore.money.cashflow import (
    MACRS_5_YEAR,
    declining_balance,
    equivalent_annual_cost,
    irr,
    macrs,
    npv,
    straight_line,
)


@pytest.mark.parametrize(
    ("rate", "flows", "value"),
    [
        # Excel's help for NPV: the shop of 40,000, bought today, without and with a sixth year
        (0.08, [-40_000, 8_000, 9_200, 10_000, 12_000, 14_500], 1_922.06),
        (0.08, [-40_000, 8_000, 9_200, 10_000, 12_000, 14_500, -9_000], -3_749.47),
        # the same help's first example, where the cost falls at the end of the first year
        (0.10, [0, -10_000, 3_000, 4_200, 6_800], 1_188.44),
        # numpy-financial's example
        (0.05, [-15_000, 1_500, 2_500, 3_500, 4_500, 6_000], 122.89),
    ],
)
def test_npv_of_published_examples(rate, flows, value):
    """The first flow is today's; a spreadsheet's NPV puts it a period later."""
    assert npv(rate, flows) == pytest.approx(value, abs=0.005)


def test_spreadsheet_npv_is_ours_one_period_later():
    """``NPV(r, all)`` discounts the first value too: 1/(1+r) of ours, as people get it wrong."""
    flows = np.array([-10_000.0, 3_000, 4_200, 6_800])
    typed = sum(flow / 1.10**n for n, flow in enumerate(flows, start=1))
    assert npv(0.10, flows) / 1.10 == pytest.approx(typed)
    assert flows[0] + npv(0.10, np.r_[0, flows[1:]]) == pytest.approx(npv(0.10, flows))


def test_npv_of_many_scenarios_at_once():
    """Rows of flows and a rate for each give one value each."""
    flows = [[-100, 60, 60], [-100, 0, 121]]
    np.testing.assert_allclose(npv([0.0, 0.10], flows), [20, 0], atol=1e-12)


@pytest.mark.parametrize(
    ("flows", "rate"),
    [
        # Excel's help for IRR: a business of 70,000 after four years and after five
        ([-70_000, 12_000, 15_000, 18_000, 21_000], -0.021),
        ([-70_000, 12_000, 15_000, 18_000, 21_000, 26_000], 0.087),
        # numpy-financial's examples with one change of sign
        ([-100, 39, 59, 55, 20], 0.281),
        ([-100, 0, 0, 74], -0.0955),
        # where iterations went wrong: 98 in numpy-financial's tracker, 24 in pyxirr's (a loan)
        ([-10_000] + [327.24625] * 16, -0.0677),
        ([-172_545.848122807] + [787.735232517999] * 480, 0.0037),
    ],
)
def test_irr_of_published_examples(flows, rate):
    """The rate is the published one to its digits, and the flows are worth nothing at it."""
    found = irr(flows)
    assert found == pytest.approx(rate, abs=0.0005)
    assert npv(found, flows) == pytest.approx(0, abs=1e-6 * abs(flows[0]))


@pytest.mark.parametrize(
    "flows",
    [
        # 28 and 44 in numpy-financial's tracker: two rates each, and release 1.0 gives the odd one
        [-50, -100, 600, 300, -100],
        [-1678.87, 771.96, 1814.05, 3520.30, 3552.95, 3584.99, 4789.91, -1],
        [-100, -50],
        [100, 50],
        [0, 0],
        [],
    ],
)
def test_irr_where_there_are_several_or_none_is_unknown(flows):
    """Unless the sign changes just once there is no rate to rely on."""
    assert np.isnan(irr(flows))


@given(st.floats(-0.5, 3), st.lists(st.floats(1, 1e6), min_size=1, max_size=60), st.booleans())
def test_irr_is_the_rate_the_flows_were_made_at(rate, gains, borrowed):
    """Price a stream of gains at a rate, and that rate comes back; from either side of the deal."""
    price = npv(rate, [0, *gains])
    flows = np.array([-price, *gains]) * (-1 if borrowed else 1)
    assert 1 + irr(flows) == pytest.approx(1 + rate, rel=1e-9)


def test_equivalent_annual_cost_is_the_loan_payment():
    """Excel's help: PMT(8%/12, 10, 10000) is 1,037.03; at no interest, a tenth each."""
    assert equivalent_annual_cost(10_000, 0.08 / 12, 10) == pytest.approx(1_037.03, abs=0.005)
    costs = equivalent_annual_cost(10_000, [0.0, 0.08 / 12], 10)
    np.testing.assert_allclose(costs, [1_000, 1_037.03], atol=0.005)


@given(st.floats(-0.5, 2) | st.just(0.0), st.integers(1, 30))
def test_equivalent_annual_cost_is_worth_its_present(rate, years):
    """As many equal payments, discounted, are the cost they stand for."""
    payment = float(equivalent_annual_cost(1_000, rate, years))
    if abs(rate) > 1e-6 or rate == 0:
        assert npv(rate, [0, *[payment] * years]) == pytest.approx(1_000, rel=1e-8)


def test_depreciation_of_published_examples():
    """Excel's help: SLN(30000, 7500, 10) and DDB(2400, 300, 10, year)."""
    assert straight_line(30_000, 7_500, 10).tolist() == [2_250] * 10
    double = declining_balance(2_400, 300, 10)
    assert double[0] == pytest.approx(480)
    assert double[9] == pytest.approx(22.12, abs=0.005)
    assert declining_balance(2_400, 300, 10, factor=1.5)[1] == pytest.approx(306)


def test_a_declining_balance_turns_straight_where_that_is_more():
    """Excel's VDB(10000, 0, 5, year - 1, year): 4000, 2400, 1440, then the rest in two halves."""
    assert declining_balance(10_000, 0, 5) == pytest.approx([4_000, 2_400, 1_440, 1_080, 1_080])


def test_macrs_is_the_table_of_the_tax_office():
    """IRS Publication 946, table A-1: 20, 32, 19.2, 11.52, 11.52 and 5.76 % write off all."""
    np.testing.assert_allclose(macrs(100), [20, 32, 19.2, 11.52, 11.52, 5.76])
    assert sum(MACRS_5_YEAR) == pytest.approx(1)


@given(st.floats(1, 1e7), st.floats(0, 1), st.integers(1, 40), st.floats(0.5, 3))
def test_depreciation_ends_at_the_residual(capex, share, periods, factor):
    """Straight line and declining balance, which turns straight, write off the rest and no more."""
    residual = share * capex
    assert straight_line(capex, residual, periods).sum() == pytest.approx(capex - residual)
    declining = declining_balance(capex, residual, periods, factor)
    assert np.all(declining >= -1e-9 * capex)
    assert declining.sum() == pytest.approx(capex - residual, abs=1e-9 * capex)
