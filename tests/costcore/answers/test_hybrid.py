"""Owning the base and buying the peaks, against a loop over the hours and every number of nodes."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costcore.answers.hybrid import spillover_cost, spillover_nodes


def looped_cost(hours, nodes, node_cost, capacity, price, fixed, month):
    """Go through the hours one by one and buy what the nodes cannot serve."""
    spilled = 0.0
    for tokens in hours:
        spilled += max(0.0, tokens - nodes * capacity)
    return fixed + nodes * node_cost + spilled * month / len(hours) / 1e6 * price


load = st.lists(st.floats(0, 1e8), min_size=1, max_size=40)
money = st.floats(0, 1e5)
capacity = st.floats(3e6, 1e8)
hours_in_month = st.floats(1, 744)


@given(load, st.integers(0, 40), money, capacity, st.floats(0, 100), money, hours_in_month)
def test_cost_is_the_loop(hours, nodes, node_cost, capacity, price, fixed, month):
    """One pass over sorted hours buys what a loop over all of them buys."""
    arguments = (hours, nodes, node_cost, capacity, price, fixed, month)
    scale = sum(hours) * month / 1e6 * price  # sums of large hours cancel down to a small overflow
    expected = looped_cost(*arguments)
    assert spillover_cost(*arguments) == pytest.approx(expected, rel=1e-9, abs=1e-12 * scale)


@given(load, money, capacity, st.floats(0, 100), money, hours_in_month)
def test_no_other_number_of_nodes_is_cheaper(hours, node_cost, capacity, price, fixed, month):
    """Try every number up to the one that serves the peak, and one more."""
    inputs = (node_cost, capacity, price, fixed, month)
    best = spillover_nodes(hours, *inputs)
    every = [looped_cost(hours, n, *inputs) for n in range(math.ceil(max(hours) / capacity) + 2)]
    assert best == int(best)
    scale = max(every)
    assert looped_cost(hours, best, *inputs) == pytest.approx(min(every), abs=1e-9 * scale)


def test_best_of_a_working_day_by_hand():
    """Eight hours of 10 M, sixteen of 2 M, a node serves 2 M: count which node pays.

    730 hours at 3 per million: the first node is busy in all hours and saves 2 x 3 x 730 = 4,380,
    each of the next four in a third of them, 1,460.
    """
    day = [10e6] * 8 + [2e6] * 16
    assert spillover_nodes(day, 1_400, 2e6, 3) == 5
    assert spillover_nodes(day, 1_500, 2e6, 3) == 1
    assert spillover_nodes(day, 4_400, 2e6, 3) == 0
    costs = spillover_cost(day, [0, 1, 5], 1_400, 2e6, 3)
    np.testing.assert_allclose(costs, [10_220, 7_240, 7_000])


def test_a_node_that_only_breaks_even_is_not_bought():
    """A node of 1,460 that saves 730 x 2 is a tie, which is no reason to buy it."""
    assert spillover_nodes([1e6], 730 * 2, 1e6, 2) == 0
    assert spillover_nodes([1e6], 730 * 2 - 0.01, 1e6, 2) == 1


@given(load, st.integers(1, 5))
def test_a_longer_sample_of_the_same_hours_changes_nothing(hours, times):
    """A week given once or several times stands for the same month."""
    inputs = (1_000, 10e6, 2.0)
    once, often = spillover_cost(hours, 2, *inputs), spillover_cost(hours * times, 2, *inputs)
    assert once == pytest.approx(often, rel=1e-9, abs=1e-6)


@given(load, money)
def test_fixed_cost_does_not_move_the_best(hours, fixed):
    """People are paid whatever the number of nodes."""
    inputs = (hours, 900, 10e6, 2.0)
    assert spillover_nodes(*inputs, fixed) == spillover_nodes(*inputs)


def test_unknown_hours_give_unknown_cost():
    """No hours, a negative one or an unknown one: nan for both, and no warning."""
    for hours in ([], [1e6, -1], [1e6, math.nan]):
        assert math.isnan(spillover_cost(hours, 1, 800, 1e6, 2))
        assert math.isnan(spillover_nodes(hours, 800, 1e6, 2))
    assert math.isnan(spillover_cost([1e6], 1, 800, math.inf, 2))
    assert np.isnan(spillover_cost([1e6], [0.5, 1, -1], 800, 1e6, 2)).tolist() == [
        True,
        False,
        True,
    ]


def test_node_that_serves_nothing_is_never_bought():
    """At no capacity all is bought from the API."""
    assert spillover_nodes([1e6, 3e6], 0, 0, 2) == 0
    assert spillover_cost([1e6, 3e6], 0, 800, 0, 2) == 2_920


def test_one_number_for_each_input():
    """The best number is for one set of inputs, not a column of them."""
    with pytest.raises(ValueError, match="one row of inputs"):
        spillover_nodes([1e6], [800, 900], 1e6, 2)
