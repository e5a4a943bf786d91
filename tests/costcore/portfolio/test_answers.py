"""What would change the mix, each answer tried out on both sides."""

from dataclasses import replace

import numpy as np
import pytest

from costcore.portfolio.answers import (
    CLOSE,
    LEAST_FACTOR,
    entry_factor,
    entry_price_share,
    is_used,
    runner_up,
)
from costcore.portfolio.mix import cheapest_mix
from costcore.portfolio.portfolio import one_month
from tests.costcore.portfolio.drawn import brute, drawn

DEAR = one_month([1e9, 2e9], [[1.0], [1.0]], [[2.0, 3.0]] * 2, [[5e6], [5e6]], [9_000])


@pytest.mark.parametrize("seed", range(12))
def test_an_engine_enters_at_the_price_that_is_said(seed):
    """A thousandth above it is not used, a thousandth below it is."""
    p = drawn(seed)
    p = replace(p, moving=np.zeros_like(p.moving), minimums=np.zeros_like(p.minimums))
    mix = cheapest_mix(p, gap=0.0)
    for engine in range(4):
        share = entry_price_share(p, mix, engine)
        if 0 < share < 1:
            above, below = (
                cheapest_mix(p.priced_at(engine, share * near), gap=0.0) for near in (1.001, 0.999)
            )
            assert above.cost == pytest.approx(mix.cost, rel=1e-9)
            assert below.cost < mix.cost
            assert is_used(below, engine)


def test_the_runner_up_is_what_is_left():
    """Without the first API the second takes it: 3 - 2 for 1,000 M tokens."""
    found = runner_up(DEAR, cheapest_mix(DEAR, gap=0.0), 0)
    assert (found.engine, found.runner_up) == (0, 1)
    assert found.cost == pytest.approx(1_000.0)


def test_no_runner_up_is_told_apart():
    """Nothing else may serve it: no cost, however high, would move it."""
    only = one_month([1e9], [[1.0]], [[2.0]], [[0.0]], [1_000])
    assert runner_up(only, cheapest_mix(only, gap=0.0), 0).cost == np.inf


def test_nodes_enter_where_they_meet_the_api():
    """9,000 a node against 2 per million: 4,500 M tokens, one and a half times the volume.

    A node serves 3,650 M of them in a month, so at 9,000 it never meets 7,300 for what it serves.
    """
    assert entry_factor(DEAR) == np.inf
    cheap = replace(DEAR, node_costs=np.array([[4_500.0]]))
    assert entry_factor(cheap) == pytest.approx(0.75, rel=1e-4)


@pytest.mark.parametrize("seed", range(4))
def test_nodes_enter_at_the_factor_that_is_said(seed):
    """Tried one by one: at it some number of nodes is cheaper than none, a hair below none is."""
    p = drawn(seed)
    p = replace(p, moving=np.zeros_like(p.moving), fees=np.zeros_like(p.fees))
    none = replace(p, capacity=np.zeros_like(p.capacity))
    factor = entry_factor(p)
    assert LEAST_FACTOR < factor < np.inf
    at, below = (
        brute(p.with_tokens(each)) / brute(none.with_tokens(each))
        for each in (factor, factor * (1 - 2 * CLOSE))
    )
    assert at < 1
    assert below == pytest.approx(1.0, rel=1e-9)


def test_nodes_that_are_needed_enter_at_any_volume():
    """Nothing else serves the second workload, however little of it there is."""
    only = replace(DEAR, prices=np.array([[[2.0, 3.0], [np.inf, np.inf]]]))
    assert entry_factor(only) == 0.0


def test_what_is_owed_anyway_does_not_fall_with_the_price():
    """5,000 are owed to the dear one, and to move there takes 6,000: 4,000 M go to the other at 2.

    That is 5,000 + 8,000. With the dear one it is 12,000 x share + 6,000: as much at 7 / 12.
    """
    one = one_month([4e9], [[1.0]], [[2.0, 3.0]], [[0.0]], [9e9])
    owed = replace(
        one,
        minimums=np.array([[0.0, 5_000.0]]),
        signed=np.array([False, True]),
        moving=np.array([[0.0, 6_000.0, 0.0]]),
    )
    mix = cheapest_mix(owed, gap=0.0)
    assert mix.cost == pytest.approx(13_000.0)
    assert entry_price_share(owed, mix, engine=1) == pytest.approx(7 / 12)


def test_nodes_that_are_there_are_not_bought_again_in_a_month_alone():
    """One is there and runs at 100; a second would cost its half of 8,000 in two months."""
    two = replace(
        DEAR,
        **{
            name: np.repeat(getattr(DEAR, name), 2, axis=0)
            for name in ("tokens", "prices", "pool_costs", "people", "own_prices", "fees")
        },
        minimums=np.zeros((2, 2)),
        node_costs=np.array([[100.0], [100.0]]),
        purchases=np.array([[8_000.0], [8_000.0]]),
        owned=np.array([1.0]),
    )
    found = cheapest_mix(two.month(0), gap=0.0)
    assert found.nodes.tolist() == [[1.0]]
    assert found.cost == pytest.approx(100.0)  # 3,000 M of the 3,650 M that it serves


def test_a_move_counts_in_the_months_in_which_its_workload_runs():
    """Of 900, for three months with tokens of which two are left: 450."""
    tokens = np.array([[1e9, 1e9], [1e9, 1e9], [1e9, 1e9], [0.0, 1e9]])
    moving = np.array([[0.0, 0.0, 900.0]] * 2)
    many = {
        name: np.repeat(getattr(DEAR, name), 4, axis=0)
        for name in ("prices", "pool_costs", "people", "own_prices", "fees", "minimums")
    }
    many |= {
        name: np.repeat(getattr(DEAR, name), 4, axis=0) for name in ("node_costs", "purchases")
    }
    later = replace(DEAR, tokens=tokens, moving=moving, **many).month(1)
    assert later.moving[:, 2].tolist() == [450.0, 300.0]


def test_a_lower_price_leaves_an_expected_loss():
    """By hand: at half of its 3 the second API charges 1,500 and loses 500, as the first's 2,000.

    Of a tenth of the tokens it loses as much, so no price makes it worth 200.
    """
    lost = np.array([[[0.0, 500.0, 0.0]]])
    two = one_month([1e9], [[1.0]], [[2.0, 3.0]], [[0.0]], [9e9])
    risky = replace(two, losses=lost)
    assert entry_price_share(risky, cheapest_mix(risky, 0), 1) == pytest.approx(0.5)
    small = risky.with_tokens(0.1)
    assert entry_price_share(small, cheapest_mix(small, 0), 1) == 0
