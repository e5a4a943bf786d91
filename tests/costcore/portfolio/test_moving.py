"""A month in one program, and what all months cost at rents of moves."""

from dataclasses import replace

import numpy as np
import pytest

from costcore.portfolio.search.master import Master
from costcore.portfolio.search.monthly import first_rents
from costcore.portfolio.search.moving.renting import Renting
from costcore.portfolio.search.moving.trying import Trying
from costcore.portfolio.search.moving.whole import Whole
from costcore.portfolio.search.work import MONTH_BEGUN, Work
from tests.costcore.portfolio.drawn import brute, drawn
from tests.costcore.portfolio.test_mix import TWO, brute_months, only


def settled(p, moved, rents, whole_moves):
    """The first month in one program."""
    busiest = Master(p, Work()).busiest[0]
    month = Whole(p, 0, np.ones(p.pools), moved, rents, p.node_costs[0], busiest)
    return month.settle(Work(), 1e-9, whole_moves)


@pytest.mark.parametrize("seed", range(30))
def test_a_month_at_once_equals_trying_every_number_of_nodes(seed):
    """With fees, minimums, spares and least nodes, as the plan prices them."""
    p = drawn(seed)
    p = replace(p, moving=np.zeros_like(p.moving))
    found = settled(p, np.ones(p.moving.shape, dtype=bool), p.moving, whole_moves=False)
    assert found.cost == pytest.approx(brute(p), rel=1e-7)
    assert found.least == pytest.approx(found.cost, rel=1e-7)


@pytest.mark.parametrize(("whole_moves", "cost"), [(False, 1_912.5 + 150), (True, 2_095.0)])
def test_a_move_is_rented_in_part_or_whole(whole_moves, cost):
    """The node takes 0.5 of B's 1.5 M in one of the hours: a third of its move, 450, is 150.

    That saves 182.5. The whole move saves no more, so without it B buys all 7,300 M at 0.1, and A
    what is above the node in the other hour, 1,825 M at 0.2: 1,000 + 730 + 365 = 2,095.
    """
    rents = np.array([[0.0, 0.0], [0.0, 450.0]])
    found = settled(TWO, np.ones((2, 2), dtype=bool), rents, whole_moves)
    assert found.cost == pytest.approx(cost)


@pytest.mark.parametrize("seed", range(10))
def test_months_at_rents_cost_no_more_than_the_best_plan(seed):
    """Looked at roughly or closely, with parts of moves or whole ones."""
    p = drawn(seed, months=2, most=2, bought=True)
    p = replace(p, fees=np.zeros_like(p.fees), spares=np.zeros(2), moving=only(p.moving, 3))
    rents, master = first_rents(p), Master(p, Work())
    best = brute_months(p) * (1 + 1e-7)
    for hours in (2, 4):
        renting = Renting(p, master, rents.nodes, rents.moving, Work())
        list(renting.look(range(2), hours, 1e-9, whole_moves=False))
        parts = renting.bound
        list(renting.look(range(2), 4, 1e-9, whole_moves=True))
        assert parts <= renting.bound * (1 + 1e-7) <= best * (1 + 1e-7)
        renting.mend(1e-9, best)
        assert (renting.moving.sum(axis=0) <= p.moving * (1 + 1e-9)).all()
        list(renting.look(range(2), 4, 1e-9, whole_moves=True))
        assert -np.inf < renting.bound <= best * (1 + 1e-7)


def test_a_look_of_which_months_are_missing_bounds_nothing():
    """One of two months was looked at: the other may cost anything."""
    p = drawn(0, months=2)
    rents, master = first_rents(p), Master(p, Work())
    renting = Renting(p, master, rents.nodes, rents.moving, Work())
    look = renting.look(range(2), 4, 1e-9, whole_moves=True)
    next(look)
    assert renting.bound == -np.inf
    next(look)
    assert np.isfinite(renting.bound)


def test_work_of_a_month_at_once_is_counted_by_its_steps_the_same_on_each_run():
    """Twice the same month takes the same work, whatever the clock says."""
    p, taken = drawn(3), []
    for _ in range(2):
        work, busiest = Work(), Master(p, Work()).busiest[0]
        before = work.left
        every = np.ones(p.moving.shape, dtype=bool)
        month = Whole(p, 0, np.ones(p.pools), every, p.moving, p.node_costs[0], busiest)
        assert month.settle(work, 1e-9, whole_moves=True)
        taken.append(before - work.left)
    assert taken[0] == taken[1] > MONTH_BEGUN


def test_no_set_is_tried_where_its_work_is_kept_for_another_use():
    """All of the work is kept: a month with other moves is not even looked at."""
    p = drawn(3)
    work = Work()
    trying = Trying(p, Master(p, Work()).busiest, p.node_costs, work, 1e-3, kept=2 * work.left)
    assert trying.month(0, np.ones(p.moving.shape, dtype=bool)) is None
