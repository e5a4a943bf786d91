"""Shared nodes: the need of every hour, what is bought elsewhere, and who pays."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from costcore.portfolio.allocation import IDLE_KINDS, allocated, to_the_cent
from costcore.portfolio.pools import Pool, filled, pool_nodes, pool_of

OPPOSITE = pool_of([7.3e9, 7.3e9], [[1.5, 0.5], [0.5, 1.5]], [10e6, 10e6], 730)


def test_sharing_saves_half_of_the_nodes():
    """Separate peaks of 1.5 take two nodes each; together they need two."""
    each = pool_nodes(OPPOSITE.separate_peaks, 1.0, 1.0, 1.0, 1, 0)
    assert each.tolist() == [2.0, 2.0]
    assert float(pool_nodes(OPPOSITE.peak, 1.0, 1.0, 1.0, 1, 0)) == 2.0


@pytest.mark.parametrize("seed", range(400))
def test_shedding_equals_the_best_hourly_plan(seed):
    """What a full pool gives up costs what a linear program over all hours finds."""
    rng = np.random.default_rng(seed)
    w, h = rng.integers(1, 6), rng.integers(1, 9)
    pool = Pool(rng.uniform(0, 2, (w, h)), rng.random(w) < 0.3)
    worth, nodes = rng.uniform(0.1, 9, w), rng.uniform(0, 4)
    saved = float(pool.kept(nodes, worth) @ worth) * h
    assert saved == pytest.approx(best_hourly(pool, worth, nodes), rel=1e-8, abs=1e-8)


def best_hourly(pool, worth, nodes):
    """Most that a pool can save: in each hour at most its nodes, of each workload its need."""
    w, h = pool.need.shape
    hours = np.tile(np.eye(h), w)
    moved = [np.repeat(np.eye(w)[i], h) for i in range(w) if pool.movable[i]]
    needs = [pool.need[i].sum() for i in range(w) if pool.movable[i]]
    most = [(0, None if pool.movable[i] else pool.need[i, j]) for i in range(w) for j in range(h)]
    limits = np.vstack([hours, *moved])
    found = linprog(-np.repeat(worth, h), A_ub=limits, b_ub=[*[nodes] * h, *needs], bounds=most)
    return -found.fun


@given(
    st.lists(st.floats(0, 100), min_size=1, max_size=30),
    st.floats(0, 1000),
)
def test_movable_work_is_all_there_and_lies_flat(hours, movable):
    """It raises the lowest hours to one level and leaves those above it."""
    before = np.array(hours)
    after = filled(before, movable)
    assert after.sum() == pytest.approx(before.sum() + movable, abs=1e-6)
    raised = after > before
    assert np.ptp(after[raised]) < 1e-9 if raised.any() else movable == pytest.approx(0, abs=1e-6)
    assert (after[~raised] >= after.min() - 1e-9).all()


@given(
    st.floats(0, 1e7),
    st.lists(st.floats(0, 50), min_size=1, max_size=20),
    st.floats(0, 100),
    st.sampled_from(IDLE_KINDS),
)
def test_allocation_adds_up(cost, used, nodes, idle_kind):
    """Nothing of a pool's cost is lost or charged twice, in cents too."""
    parts = allocated(cost, used, nodes, idle_kind)
    assert parts.sum() == pytest.approx(cost, rel=1e-12, abs=1e-9)
    cents = to_the_cent(parts)
    assert abs(cents.sum() - parts.sum()) <= 0.005 + 1e-9 * cost
    assert np.abs(cents - parts).max() <= 0.01 + 1e-6
