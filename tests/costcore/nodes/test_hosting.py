"""Monthly costs against hand calculations, and the annuity against a bank's."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costcore.nodes.hosting import (
    POWER_USE_SHARE,
    annuity_per_month,
    energy_per_month,
    idle_cost,
    own_per_month,
    rent_per_month,
    selfhost_cost,
    selfhost_price,
    straight_line_per_month,
    support_per_month,
)

amounts = st.floats(0, 1e6)


def test_rent_bills_hours_not_load():
    """An H100 at 1.65 around the clock is 14,454 a year of 8,760 hours, and 70 % of them less."""
    assert 12 * rent_per_month(1.65) == pytest.approx(14_454)
    assert 12 * rent_per_month(1.65, duty_share=0.7) == pytest.approx(10_117.8)
    assert rent_per_month(2, [1, 8], 1, 720).tolist() == [1_440, 11_520]


@given(amounts, st.floats(12, 240), amounts, st.floats(0, 1), st.floats(0, 500), st.floats(0, 1))
def test_owning_is_the_sum_of_its_lines(capex, life, residual, support, power, tariff):
    """What the function adds up is what a budget shows line by line."""
    lines = (
        straight_line_per_month(capex, residual, life)
        + support_per_month(capex, support)
        + energy_per_month(power, tariff, 1.5, 720)
        + 200 * power
    )
    whole = own_per_month(capex, life, residual, support, power, tariff, 1.5, 200, 720)
    assert whole == pytest.approx(lines, rel=1e-9, abs=1e-6)


def test_energy_by_hand():
    """10 kW of nameplate draw 7.3; with cooling 10.95; 730 hours at 0.10 cost 799.35."""
    assert pytest.approx(10.4 / 14.3, abs=0.005) == POWER_USE_SHARE
    assert energy_per_month(10, 0.10, 1.5, 730) == pytest.approx(799.35)
    assert own_per_month(0, 36, power_kw=10, price_per_kwh=0.10, pue=1.5) == pytest.approx(799.35)


def test_annuity_is_the_loan_payment():
    """Excel's help: PMT(8%/12, 10, 10000) is 1,037.03, and a free loan is repaid in equal parts."""
    effective = (1 + 0.08 / 12) ** 12 - 1
    assert annuity_per_month(10_000, 10, effective) == pytest.approx(1_037.03, abs=0.005)
    assert annuity_per_month(10_000, 10, 0.0) == 1_000


@pytest.mark.parametrize("rate", [0.0, 1e-12, 0.05, 0.133])
def test_annuity_repays_the_purchase_less_the_resale(rate):
    """Owing grows with interest and shrinks with payments; at the end the resale settles it."""
    payment, monthly = annuity_per_month(100_000, 48, rate, 20_000), (1 + rate) ** (1 / 12)
    owed = 100_000.0
    for _ in range(48):
        owed = owed * monthly - payment
    assert owed == pytest.approx(20_000, abs=1)


@given(
    st.floats(0, 1e10), amounts, st.floats(1e8, 1e10), amounts, st.floats(0, 100), st.integers(1, 9)
)
def test_cost_counts_nodes_one_by_one(tokens, node, capacity, fixed, own, least):
    """Buy nodes until the volume fits; pay them, the fixed cost, and each token."""
    nodes = least
    while nodes * capacity < tokens * (1 - 1e-9):
        nodes += 1
    bill = fixed + nodes * node + own * tokens / 1e6
    arguments = (tokens, node, capacity, fixed, own, least)
    assert selfhost_cost(*arguments) == pytest.approx(bill, rel=1e-12)
    if tokens > 1:
        assert selfhost_price(*arguments) * tokens / 1e6 == pytest.approx(bill, rel=1e-12)


def test_volume_of_nothing():
    """No token has a price where there is none; a node that serves nothing costs no end."""
    assert selfhost_price(0, 5_400, 1e9) == math.inf
    assert selfhost_cost(0, 5_400, 1e9) == 5_400
    assert selfhost_cost(1, 5_400, 0) == math.inf


def test_idle_cost_is_a_part_of_the_node_cost():
    """A node a quarter full serves nobody with three quarters of its cost; full ones waste none."""
    assert idle_cost(5_400, 1, 0.25) == 4_050
    assert np.all(idle_cost(5_400, np.arange(5), 1.0) == 0)
