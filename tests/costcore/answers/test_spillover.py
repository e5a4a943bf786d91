"""The best spillover, against brute force."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costcore.answers.hybrid import spillover, spillover_cost


@given(
    st.lists(st.floats(0, 1e8), min_size=24, max_size=24).filter(lambda h: sum(h) > 0),
    st.floats(0, 1e5),
    st.floats(3e6, 1e8),
    st.floats(0, 100),
    st.floats(0, 1e4),
)
def test_spillover_is_the_cheapest_of_all_numbers_of_nodes(hours, node, capacity, price, fixed):
    """Brute force over every number, and over owning nothing without the fixed cost."""
    best = spillover(hours, node, capacity, price, fixed)
    most = math.ceil(max(hours) / capacity) + 1
    owned = spillover_cost(hours, np.arange(1, most + 1), node, capacity, price, fixed)
    bought = float(spillover_cost(hours, 0, node, capacity, price))
    assert best.cost_per_month == pytest.approx(min(bought, owned.min()), rel=1e-9, abs=1e-6)
    assert best.all_api_cost_per_month == pytest.approx(bought)
    assert best.saving_against_api >= 0
    spilled = sum(max(0.0, tokens - best.nodes * capacity) for tokens in hours) / sum(hours)
    assert best.spilled_share == pytest.approx(spilled, abs=1e-9)


def test_spillover_against_owning_the_peak():
    """Eight hours of 10 M, sixteen of 2 M: one node at 1,500 and the rest bought, by hand.

    A node serves 2 M and the API asks 3: bought all is 730 x 14 / 3 x 3 = 10,220 a month, one
    node leaves 730 x 8 / 3 x 3 = 5,840 to buy, five serve the peak.
    """
    best = spillover([10e6] * 8 + [2e6] * 16, 1_500, 2e6, 3)
    assert (best.nodes, best.all_owned_nodes) == (1, 5)
    assert best.cost_per_month == pytest.approx(1_500 + 5_840)
    assert best.saving_against_api == pytest.approx(10_220 - 7_340)
    assert best.saving_against_owned == pytest.approx(7_500 - 7_340)
    assert best.spilled_share == pytest.approx(64 / 112)
