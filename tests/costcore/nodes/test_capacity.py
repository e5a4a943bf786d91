"""How many whole nodes a volume takes, by counting them."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costcore.nodes.capacity import capacity_tokens, nodes_needed, peak_factor, whole_nodes


def test_capacity_is_a_month_of_seconds():
    """One token a second is 86,400 a day; 30 days of it are a month of 720 hours."""
    assert capacity_tokens(1, hours_per_month=720) == 30 * 86_400
    assert capacity_tokens(1) == 86_400 * 365 / 12
    assert capacity_tokens([10, 20], 0.5, 1).tolist() == [18_000, 36_000]


def counted_nodes(tokens, capacity, peak, max_load, spare, least):
    """Add nodes until the peak hour fits below the load planned for, then the spares."""
    nodes = least
    while nodes * capacity * max_load < tokens * peak * (1 - 1e-9):
        nodes += 1
    return nodes + spare


volumes = st.tuples(st.floats(0, 1e9), st.floats(1e8, 1e9))
margins = st.tuples(st.floats(1, 5), st.floats(0.3, 1), st.integers(0, 3), st.integers(1, 5))


@given(volumes, margins)
def test_nodes_are_counted_until_the_peak_fits(volume, margin):
    """The closed form is the first number of nodes whose planned capacity carries the peak."""
    assert nodes_needed(*volume, *margin) == counted_nodes(*volume, *margin)


@given(st.integers(1, 10**6), st.sampled_from([0.1, 0.3, 1 / 3, 0.7, 388.8e6, 1e12 / 7]))
def test_exactly_full_nodes_need_no_further_one(nodes, capacity):
    """A volume of so many full nodes takes just those, whatever the last digit of the quotient."""
    assert nodes_needed(nodes * capacity, capacity) == nodes


def test_dust_and_more_than_dust():
    """Less than a billionth of a node is rounding; more is a node."""
    assert whole_nodes(np.array([0, 3 + 4e-10, 3 + 6e-10, 3 - 4e-10])).tolist() == [0, 3, 4, 3]


def test_node_that_serves_nothing():
    """No number of such nodes will do."""
    assert nodes_needed(1e6, 0) == math.inf


def test_no_volume_still_takes_the_fewest_nodes():
    """The model must run before the first token: two nodes, and the spare."""
    assert nodes_needed(0, 1e9, min_nodes=2, spare_nodes=1) == 3


@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=48).filter(lambda h: sum(h) > 0))
def test_peak_over_mean_lies_between_one_and_the_number_of_hours(hours):
    """A flat load has a factor of one; all in one hour, as many as there are hours."""
    assert 1 - 1e-12 <= peak_factor(hours) <= len(hours) * (1 + 1e-12)


def test_peak_factor_by_hand():
    """The busiest hour of 6 over a mean of 3, in any shape of range; no load has no peak."""
    assert peak_factor([[1, 2], [3, 6]]) == 2
    assert peak_factor([0, 0, 0, 8]) == 4
    for unknown in ([], [0, 0], [1, -1, 3], [1, math.nan]):
        assert math.isnan(peak_factor(unknown))
    with pytest.raises(TypeError, match="hourly_tokens"):
        peak_factor(["10", "20"])
