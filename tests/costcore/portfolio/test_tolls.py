"""Tolls in place of moves: no plan pays more of them than of moves, so they bound it from below."""

from dataclasses import replace

import numpy as np
import pytest

from costcore.portfolio.mix import cheapest_mix
from costcore.portfolio.portfolio import one_month
from costcore.portfolio.search.monthly import first_rents
from costcore.portfolio.search.rounds import Rounds
from costcore.portfolio.search.tolls import charged, tolls
from costcore.portfolio.search.work import Work
from tests.costcore.portfolio.drawn import drawn
from tests.costcore.portfolio.test_mix import brute_months, only

ALONE = one_month([7.3e9], [[1.5, 0.5]], [[3.0, 2.0]], np.zeros((1, 0)), np.zeros(0))


def tolled(p):
    """All moves charged as tolls, at the prices of the plan without nodes and moves."""
    search = Rounds(p, Work())
    p, rents = search.portfolio, first_rents(search.portfolio)
    nodes = p.node_costs + rents.nodes
    found = tolls(p, *search.choice, nodes, search.work)
    none = np.zeros(p.moving.shape, dtype=bool)
    return charged(p, rents, found, none, most=0)[0], search


@pytest.mark.parametrize("seed", range(10))
def test_with_tolls_no_plan_costs_more_than_with_moves(seed):
    """Between the best plan where moves cost nothing, and the best one that pays them."""
    p = drawn(seed, months=2, most=2, bought=True)
    p = replace(p, fees=np.zeros_like(p.fees), spares=np.zeros(2), moving=only(p.moving, 3))
    few, search = tolled(p)
    load = np.stack([search.portfolio.load(t) for t in range(2)])
    if few.tolls is not None:
        paid = np.einsum("twoh,twh->wo", few.tolls, load)
        assert (paid <= search.portfolio.moving * (1 + 1e-12)).all()
    proven = cheapest_mix(few, gap=0.0).cost * search.unit
    free = cheapest_mix(replace(p, moving=np.zeros_like(p.moving)), gap=0.0).cost
    assert free * (1 - 1e-9) <= proven <= brute_months(p) * (1 + 1e-9)


@pytest.mark.parametrize(("moving", "cost"), [(400.0, 15_000.0), (9_000.0, 21_900.0)])
def test_tolls_of_a_workload_alone_are_as_dear_as_its_move(moving, cost):
    """7,300 M at 2 and a move of 400, or at 3 where the move costs more than the 7,300 it saves."""
    few, search = tolled(replace(ALONE, moving=np.array([[0.0, moving]])))
    assert cheapest_mix(few, gap=0.0).cost * search.unit == pytest.approx(cost)
