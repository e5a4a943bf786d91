"""Steps between two states: they add up, know no order, and are those of every order."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costcore.answers import causes
from costcore.answers.causes import steps, to_the_cent


def game(count: int, together: int, seed: int):
    """A cost whose causes act alone and together, up to so many at once."""
    draws = np.random.default_rng(seed)
    parts = {
        frozenset(group): draws.normal(size=2)
        for size in range(1, together + 1)
        for group in itertools.combinations(range(count), size)
    }

    def costs(swapped):
        return sum((worth for group, worth in parts.items() if group <= swapped), np.zeros(2))

    return costs


def by_orders(count: int, costs) -> np.ndarray:
    """The mean over all orders, one by one: what a Shapley value is by definition."""
    total = np.zeros((count, 2))
    for order in itertools.permutations(range(count)):
        done: frozenset[int] = frozenset()
        for each in order:
            total[each] += costs(done | {each}) - costs(done)
            done |= {each}
    return total / math.factorial(count)


@pytest.mark.parametrize("count", [1, 2, 3, 5, 6])
def test_few_causes_are_the_mean_of_every_order(count):
    """Whatever acts together."""
    costs = game(count, count, seed=count)
    found, rest = steps(count, costs)
    assert np.allclose(found, by_orders(count, costs), atol=1e-12)
    assert not rest.any()


def test_many_causes_are_too_where_four_act_together(monkeypatch):
    """Seven causes by 5,040 orders, and from both ends by 58 of 128 costs."""
    costs, asked = game(7, 4, seed=1), []

    def counted(swapped):
        asked.append(swapped)
        return costs(swapped)

    found, rest = steps(7, counted)
    assert np.allclose(found, by_orders(7, costs), atol=1e-12)
    assert np.allclose(rest, 0, atol=1e-12)
    assert len(set(asked)) == len(asked) == 2 * (1 + 7 + 21)


def test_what_is_beyond_four_is_spread_and_told():
    """The steps add up all the same, and what was spread is what was missing."""
    costs = game(7, 7, seed=2)
    found, rest = steps(7, costs)
    everything = costs(frozenset(range(7)))
    assert np.allclose(found.sum(axis=0), everything, atol=1e-12)
    assert (np.abs(rest) > 1e-6).all()


@pytest.mark.parametrize("count", [5, 8])
def test_no_order_is_preferred(count):
    """Causes named the other way round have the same steps."""
    costs = game(count, 5, seed=3)
    found, _ = steps(count, costs)
    turned, _ = steps(count, lambda swapped: costs(frozenset(count - 1 - s for s in swapped)))
    assert np.allclose(found, turned[::-1], rtol=1e-9, atol=1e-12)


def test_twenty_causes_take_four_hundred_costs():
    """Each of them once."""
    asked = []
    steps(20, lambda swapped: asked.append(swapped) or np.array([float(len(swapped))]))
    assert len(asked) == 2 * (1 + 20 + 190)


@given(
    st.floats(-1e9, 1e9),
    st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=20),
)
def test_cents_add_up(start, moved):
    """To the cent, and no step is more than a cent from what it was."""
    end = start + math.fsum(moved)
    found = to_the_cent(start, moved, end)
    cents = [round(each * 100) for each in (start, end)]
    assert round(start * 100) + sum(round(each * 100) for each in found) == pytest.approx(
        round(end * 100), abs=0
    ), cents
    assert max(abs(a - b) for a, b in zip(found, moved, strict=True)) < 0.02


def test_every_order_is_a_small_number():
    """Costs double with each cause that is swapped in every order."""
    assert 2**causes.EVERY_ORDER <= 64
