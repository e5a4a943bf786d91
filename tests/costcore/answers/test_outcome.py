"""The cost of an outcome against every way its attempts can go, written out."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costcore.answers.outcome import outcome_cost

money = st.just(0.0) | st.floats(0.01, 1e4)


def enumerated(attempt, success, attempts, repair, debug):
    """Go through first success at attempt 1, 2 ..., and none at all; weigh each by its chance."""
    spent = outcomes = 0.0
    for k in range(1, attempts + 1):
        chance = success * (1 - success) ** (k - 1)
        spent += chance * (k * attempt + (k - 1) * debug)
        outcomes += chance
    none = (1 - success) ** attempts
    spent += none * attempts * (attempt + debug)
    if repair > 0:
        return spent + none * repair
    return spent / outcomes if outcomes else math.inf


@given(money, st.floats(0.001, 1) | st.just(0.0), st.integers(1, 60), money, money)
def test_cost_is_the_sum_over_all_courses(attempt, success, attempts, repair, debug):
    """The closed form is the expected cost, each course of events weighed by its chance."""
    expected = enumerated(attempt, success, attempts, repair, debug)
    found = outcome_cost(attempt, success, attempts, repair, debug)
    assert found == pytest.approx(expected, rel=1e-9)


@given(money, st.floats(0.02, 1), money, money)
def test_trying_for_ever_is_trying_very_often(attempt, success, repair, debug):
    """Without a limit nobody is ever called; after 2,000 attempts hardly anybody either."""
    endless = outcome_cost(attempt, success, repair_cost=repair, debug_cost=debug)
    often = enumerated(attempt, success, 2_000, repair, debug)
    assert endless == pytest.approx(often, rel=1e-9, abs=1e-9 * repair)


def test_geometric_mean_number_of_attempts():
    """Textbook: the mean of a geometric distribution is one over its probability."""
    chances = np.array([1, 0.5, 0.25, 0.1])
    np.testing.assert_allclose(outcome_cost(1, chances), [1, 2, 4, 10])


def test_large_model_wins_from_a_repair_of_five_small_attempts():
    """A model ten times as dear that never fails, against five failures and then a person."""
    small, large = 0.01, 0.10
    even = outcome_cost(large, 1)
    for repair, small_wins in ((0.049, True), (0.051, False)):
        assert (outcome_cost(small, 0, 5, repair) < even) == small_wins


def test_outcome_that_never_comes_costs_no_end():
    """Nobody succeeds and nobody repairs: inf, even when the attempts are free."""
    assert outcome_cost([0, 1], 0, 5).tolist() == [math.inf, math.inf]
    assert outcome_cost(1, 0) == math.inf
    assert outcome_cost(1, 0, 3, repair_cost=7) == 10
