"""Owning the base and buying the peaks, against a loop over the hours and every number of nodes."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costcore.answers.hybrid import spillover_cost, spillover_nodes


def looped_cost(hours, nodes, node_cost, capacity, price, fixed, month, own=0.0):
    """Go through the hours one by one and buy what the nodes cannot serve."""
    spilled = served = 0.0
    for tokens in hours:
        bought = max(0.0, tokens - nodes * capacity)
        spilled, served = spilled + bought, served + tokens - bought
    run = fixed + nodes * node_cost if nodes else 0.0
    return run + (spilled * price + served * own) * month / len(hours) / 1e6


load = st.lists(st.floats(0, 1e8), min_size=1, max_size=40)
money = st.floats(0, 1e5)
capacity = st.floats(3e6, 1e8)
prices = st.floats(0, 100)
hours_in_month = st.floats(1, 744)


@given(load, st.integers(0, 40), money, capacity, prices, money, hours_in_month, prices)
def test_cost_is_the_loop(hours, nodes, node_cost, capacity, price, fixed, month, own):
    """One pass over sorted hours buys what a loop over all of them buys."""
    arguments = (hours, nodes, node_cost, capacity, price, fixed, month, own)
    scale = sum(hours) * month / 1e6 * (price + own)  # sums of large hours cancel down
    expected = looped_cost(*arguments)
    assert spillover_cost(*arguments) == pytest.approx(expected, rel=1e-9, abs=1e-12 * scale)


@given(load, money, capacity, prices, money, hours_in_month, prices, st.integers(1, 12))
def test_no_other_number_of_nodes_is_cheaper(
    hours, node_cost, capacity, price, fixed, month, own, least
):
    """Try none, and every number from the fewest up to the one that serves the peak, and one more.

    None is best where it ties, so nobody is hired for nothing.
    """
    inputs = (node_cost, capacity, price, fixed, month, own)
    best = spillover_nodes(hours, *inputs, least)
    most = max(least, math.ceil(max(hours) / capacity)) + 1
    every = [looped_cost(hours, n, *inputs) for n in (0, *range(least, most + 1))]
    assert best == 0 or (best == int(best) and best >= least)
    scale = max(every)
    assert looped_cost(hours, best, *inputs) == pytest.approx(min(every), abs=1e-9 * scale)


def test_without_nodes_nobody_is_paid():
    """24 hours of 1 M at 1 per million: 730 from the API, 1,100 for a node and its people.

    By hand: 1 M x 730 hours x 1 / 1 M = 730. With people of 600 the node is cheaper: 700.
    """
    day = [1e6] * 24
    assert spillover_cost(day, [0, 1], 100, 1e6, 1, 1_000).tolist() == [730, 1_100]
    assert spillover_nodes(day, 100, 1e6, 1, 1_000) == 0
    assert spillover_nodes(day, 100, 1e6, 1, 600) == 1


def test_own_tokens_and_the_fewest_nodes_count():
    """24 hours of 1 M at 1, a node of 100: 0.5 for an own token leaves 365 - 100, 0.9 nothing.

    By hand: 730 M tokens a month; own 100 + 365 = 465 and 100 + 657 = 757, against 730. Six nodes
    at once are 600 and win, eight are 800 and do not; three cannot run what takes six.
    """
    day = [1e6] * 24
    assert spillover_cost(day, 1, 100, 1e6, 1, own_price_per_mtok=0.5) == 465
    assert spillover_nodes(day, 100, 1e6, 1, own_price_per_mtok=0.5) == 1
    assert spillover_nodes(day, 100, 1e6, 1, own_price_per_mtok=0.9) == 0
    assert spillover_nodes(day, 100, 1e6, 1, min_nodes=6) == 6
    assert spillover_nodes(day, 100, 1e6, 1, min_nodes=8) == 0
    assert math.isnan(spillover_cost(day, 3, 100, 1e6, 1, min_nodes=6))


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
