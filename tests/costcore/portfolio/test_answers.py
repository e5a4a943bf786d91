"""What would change the mix, each answer tried out on both sides."""

from dataclasses import replace

import numpy as np
import pytest

from costcore.portfolio.answers import entry_factor, entry_price_share, is_used, runner_up
from costcore.portfolio.mix import cheapest_mix
from costcore.portfolio.portfolio import one_month
from tests.costcore.portfolio.drawn import drawn

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
    assert entry_factor(cheap) == pytest.approx(0.75, rel=0.01)
