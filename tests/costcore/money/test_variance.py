"""A difference between bill and budget is split without remainder, whatever the numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from costcore.money.variance import (
    accuracy,
    error_share,
    length_variance,
    mean_price,
    request_variance,
    run_rate,
    variances,
    volume_variance,
)

TOKENS = st.one_of(st.just(0.0), st.floats(1.0, 1e12))
COSTS = st.one_of(st.just(0.0), st.floats(0.0, 1e7))
SHAPE = (4, 3)


def numbers(elements):
    """Four models in three months."""
    return arrays(float, SHAPE, elements=elements)


def close(one, other, scale):
    """Equal but for the rounding of sums of numbers of this size."""
    return np.allclose(one, other, rtol=1e-9, atol=1e-9 * (1 + np.max(scale)))


@given(numbers(TOKENS), numbers(COSTS), numbers(TOKENS), numbers(COSTS), numbers(COSTS))
def test_parts_add_up_for_every_model(tokens_b, cost_b, tokens_a, cost_a, at_rate):
    """New, retired, fees and exchange rates included: nothing is left over."""
    parts = variances(tokens_b, cost_b, tokens_a, cost_a, at_rate)
    largest = [np.abs(each).max() for each in (parts.price, parts.volume, parts.mix, cost_a)]
    assert close(parts.total, cost_a - cost_b, largest)


@given(numbers(st.floats(1.0, 1e9)), numbers(COSTS), numbers(st.floats(1.0, 1e9)), numbers(COSTS))
def test_mix_is_the_textbook_one(tokens_b, cost_b, tokens_a, cost_a):
    """Actual tokens at own budget prices less at the pooled price, added over the models."""
    price = cost_b / tokens_b
    pooled = cost_b.sum(axis=0) / tokens_b.sum(axis=0)
    textbook = (tokens_a * price).sum(axis=0) - tokens_a.sum(axis=0) * pooled
    found = variances(tokens_b, cost_b, tokens_a, cost_a).mix.sum(axis=0)
    assert close(found, textbook, tokens_a * price)


@given(TOKENS, COSTS)
def test_a_month_as_budgeted_has_no_variance(tokens, cost):
    """Each part is 0, not only their sum."""
    parts = variances([tokens], [cost], [tokens], [cost])
    for name in ("volume", "mix", "new", "fx"):
        assert getattr(parts, name).tolist() == [0.0]
    assert close(parts.price, 0.0, cost)
    assert close(parts.total, 0.0, cost)


@given(numbers(st.floats(1.0, 1e9)), numbers(COSTS), st.floats(0.1, 10.0))
def test_same_growth_of_all_models_is_volume_only(tokens, cost, factor):
    """Where every model grows alike, and no price moves, mix and price explain nothing."""
    parts = variances(tokens, cost, tokens * factor, cost * factor)
    assert close(parts.volume.sum(axis=0), (cost * (factor - 1)).sum(axis=0), cost * factor)
    assert close(parts.mix.sum(axis=0), 0.0, cost * factor)
    assert close(parts.price, 0.0, cost * factor)


def test_one_model_has_no_mix():
    """Its own price is the pooled one."""
    assert variances([4e6], [8.0], [9e6], [30.0]).mix.tolist() == [0.0]


def test_a_worked_example():
    """By hand: budget 100 at 10 and 300 at 2; actual 150 at 11 and 200 at 2 (million tokens)."""
    parts = variances([100e6, 300e6], [1000, 600], [150e6, 200e6], [1650, 400])
    assert parts.price.sum() == pytest.approx(150 * 1)
    assert parts.volume.sum() == pytest.approx((350 - 400) * 4)  # pooled: 1,600 for 400
    assert parts.mix.sum() == pytest.approx(150 * 10 + 200 * 2 - 350 * 4)
    assert parts.total.sum() == pytest.approx(2050 - 1600)


def test_new_and_retired_models_are_apart():
    """They have no price to compare with, so they are in no price, volume or mix."""
    parts = variances([4e6, 5e6, 0], [8.0, 50.0, 0], [4e6, 0, 1e6], [8.0, 0, 7.0])
    assert parts.new.tolist() == [0, 0, 7.0]
    assert parts.retired.tolist() == [0, -50.0, 0]
    assert [parts.price.sum(), parts.volume.sum(), parts.mix.sum()] == [0, 0, 0]


@given(st.floats(1, 1e9), st.floats(1, 1e9), TOKENS, TOKENS, st.floats(0, 1e3))
def test_requests_and_their_length_make_the_volume(count_a, count_b, tokens_a, tokens_b, price):
    """More requests, and longer ones, are all there is to a volume."""
    both = request_variance(count_a, count_b, tokens_b, price)
    both += length_variance(count_a, count_b, tokens_a, tokens_b, price)
    largest = tokens_b / count_b * count_a / 1e6 * price + tokens_a / 1e6 * price
    assert close(both, volume_variance(tokens_a, tokens_b, price), largest)


def test_corners_have_answers():
    """No tokens, no budget and no cost are ordinary months."""
    assert mean_price(5.0, np.array([0.0, 1e6])).tolist() == [0.0, 5.0]
    assert run_rate(np.array([5.0, 0.0]), np.array([0.0, 10.0])).tolist() == [1.0, 0.0]
    assert np.isnan(error_share(5.0, 0.0))
    assert accuracy([0.2, -0.1, 0.2]) == (pytest.approx(0.5 / 3), pytest.approx(0.1))
    assert np.isnan(accuracy([])).all()
