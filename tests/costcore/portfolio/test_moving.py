"""A month in one program, and what all months cost at rents of moves."""

from dataclasses import replace

import numpy as np
import pytest

from costcore.portfolio.search.master import Master
from costcore.portfolio.search.monthly import first_rents
from costcore.portfolio.search.moving.renting import Renting
from costcore.portfolio.search.moving.whole import Whole
from costcore.portfolio.search.work import Work
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
    unpaid = master.unpaid(rents.nodes, rents.moving)
    renting = Renting(p, master.busiest, p.node_costs + rents.nodes, Work(), 1e-9)
    rough, parts, whole = (
        sum(month.least for month in renting.look(*how)) + unpaid
        for how in ((2, rents.moving, False), (4, rents.moving, False), (4, rents.moving, True))
    )
    best = brute_months(p) * (1 + 1e-7)
    assert rough <= best
    assert parts <= whole * (1 + 1e-7) <= best * (1 + 1e-7)
