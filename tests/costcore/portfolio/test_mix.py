"""The mix that is found is the cheapest there is."""

import itertools
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from costcore.portfolio.mix import cheapest_mix
from costcore.portfolio.portfolio import one_month
from tests.costcore.portfolio.drawn import brute, drawn, fixed_cost, tokens_cost

HALVES = [[1.5, 0.5], [0.5, 1.5]]
TWO = one_month([7.3e9, 7.3e9], HALVES, [[0.2], [0.1]], [[10e6], [10e6]], [1_000])


@pytest.mark.parametrize("seed", range(200))
def test_equals_trying_every_number_of_nodes(seed):
    """Two pools of at most three nodes can be tried one by one."""
    p = drawn(seed)
    p = replace(p, moving=np.zeros_like(p.moving))
    found = cheapest_mix(p, gap=0.0)
    assert found.cost == pytest.approx(brute(p), rel=1e-9)
    assert found.gap <= 1e-9


QUICK = range(10)
MANY = (pytest.param(seed, marks=pytest.mark.slow) for seed in range(10, 200))


@pytest.mark.parametrize("seed", [*QUICK, *MANY])
def test_bought_nodes_stay_and_moves_are_paid_once(seed):
    """Over two months every purchase, every set of moves and every number of nodes is tried."""
    p = drawn(seed, months=2, most=2, bought=True)
    p = replace(p, fees=np.zeros_like(p.fees), spares=np.zeros(2), moving=only(p.moving, 3))
    assert cheapest_mix(p, gap=0.0).cost == pytest.approx(brute_months(p), rel=1e-9)


def only(moving, count):
    """Keep the first few one-off costs."""
    kept = np.zeros_like(moving)
    places = list(zip(*np.nonzero(moving), strict=True))[:count]
    for place in places:
        kept[place] = moving[place]
    return kept


def brute_months(p):
    """The cheapest plan of all months by trying everything."""
    places = list(zip(*np.nonzero(p.moving), strict=True))
    counts = list(itertools.product(*[[0.0, *np.arange(n, 3.0)] for n in p.least]))
    best = np.inf

    @cache
    def tokens(t, n, opened):
        may = np.frombuffer(opened, dtype=bool).reshape(p.moving.shape)
        return tokens_cost(p, t, np.array(n), may)

    for moves in itertools.product([False, True], repeat=len(places)):
        may = p.moving == 0
        for place, moved in zip(places, moves, strict=True):
            may[place] |= moved
        once = sum(p.moving[place] for place, moved in zip(places, moves, strict=True) if moved)
        month = {
            (t, n): fixed_cost(p, t, np.array(n), np.ones(2))
            + tokens(t, n, (may & np.append([True] * 2, np.array(n) > 0)).tobytes())
            for t in range(2)
            for n in counts
        }
        for first, second in itertools.product(counts, repeat=2):
            for early in range(3):
                if first[1] > early:
                    continue
                late = max(0.0, second[1] - early)
                paid = early * p.purchases[0, 1] + late * p.purchases[1, 1]
                best = min(best, once + paid + month[0, first] + month[1, second])
    return best


@pytest.mark.parametrize("seed", QUICK)
def test_what_is_proven_early_is_below_the_best(seed):
    """Half a second of work proves little, but nothing above what all the work finds."""
    p = drawn(seed, months=4, bought=True)
    early, best = cheapest_mix(p, work=0.5), cheapest_mix(p, gap=0.0)
    assert early.bound <= best.cost * (1 + 1e-9)
    assert best.cost <= early.cost * (1 + 1e-9)


def test_an_engine_that_another_undercuts_changes_nothing():
    """At 3 where the first costs 2, and as dear to move to, no plan is better with it."""
    moving = np.array([[400.0, 0.0]] * 2)
    one = replace(TWO, moving=moving)
    prices = np.concatenate([TWO.prices, TWO.prices * 1.5], axis=2)
    zeros = np.zeros((1, 2))
    more = replace(one, prices=prices, fees=zeros, minimums=zeros, signed=np.array([False] * 2))
    moving = np.array([[400.0, 400.0, 0.0]] * 2)
    more = replace(more, moving=moving, losses=np.zeros((1, *moving.shape)))
    assert np.isinf(more.worthwhile.prices[..., 1]).all()
    assert cheapest_mix(more, gap=0.0).cost == pytest.approx(cheapest_mix(one, gap=0.0).cost)


def test_worked_by_hand():
    """1,000 for a node, 365 for 1,825 M at 0.2 and 547.5 for 5,475 M at 0.1."""
    found = cheapest_mix(TWO, gap=0.0)
    assert found.cost == pytest.approx(1_912.5, rel=1e-12)
    assert found.nodes.tolist() == [[1.0]]
    np.testing.assert_allclose(found.mtok[0], [[1_825, 5_475], [5_475, 1_825]])


def test_a_workload_that_nothing_serves_is_named():
    """A plan that leaves tokens out would look cheap."""
    lost = replace(TWO, prices=np.full((1, 2, 1), np.inf), most=np.array([1.0]))
    with pytest.raises(ValueError, match="no engine can serve workload"):
        cheapest_mix(lost)


def test_a_signed_minimum_makes_the_rest_free():
    """What is owed anyway buys 7,300 M at 0.2 and 5,400 M at 0.1: nodes save nothing."""
    owed = replace(TWO, minimums=np.array([[2_190.0]]), signed=np.array([True]))
    assert cheapest_mix(owed, gap=0.0).cost == pytest.approx(2_190.0)
    assert cheapest_mix(owed, gap=0.0).nodes.tolist() == [[0.0]]


def test_figures_far_apart_hide_no_cheaper_mix():
    """One workload at 2.1429, two at 0.38956 and 2.3467 with a fee of 700: no node, no move.

    377.33 M, 600.33 M and 453.96 M cost 808.58, 233.86 and 1,065.31. A node of 2,807.60 that serves
    all three costs more with its tokens at 0.020001; what nobody serves is priced far above both.
    """
    prices = [[2.1429, 2.506], [1.3111, 0.38956], [3.0204, 2.3467]]
    capacity = [[10_434e3, 16_759e3], [8_862_100, 13_250e3], [0.0, 16_049e3]]
    shapes = [[1.2721, 0.72791], [1.6918, 0.30823], [1.5913, 0.40873]]
    p = one_month([377.33e6, 600.33e6, 453.96e6], shapes, prices, capacity, [691.73, 2_807.6])
    p = replace(
        p,
        fees=np.array([[0.0, 700.0]]),
        moving=np.array([[0.0] * 4, [0.0] * 4, [1_362.1, 0.0, 0.0, 0.0]]),
        own_prices=np.array([[0.074655, 0.020001]]),
        purchases=np.array([[3_150.4, np.nan]]),
        owned=np.array([1.0, 0.0]),
        spares=np.array([1.0, 0.0]),
        least=np.array([2.0, 1.0]),
        most=np.array([3.0, 3.0]),
        signed=np.array([False, True]),
    )
    cost = 377.33 * 2.1429 + 600.33 * 0.38956 + 453.96 * 2.3467 + 700
    assert cheapest_mix(p, gap=0.0).cost == pytest.approx(cost, rel=1e-9)


def test_an_offered_minimum_is_owed_only_where_it_is_used():
    """Two nodes, 2,000, are cheaper than an API that bills 2,100 at least."""
    offered = replace(TWO, minimums=np.array([[2_100.0]]))
    assert cheapest_mix(offered, gap=0.0).cost == pytest.approx(2_000.0)


def test_interrupted_gives_the_best_so_far():
    """Ctrl-C is no failure: a plan, and how far from the best it may be."""

    def stop(cost, gap):
        assert cost > 0
        assert gap > 0
        raise KeyboardInterrupt

    found = cheapest_mix(drawn(3), gap=0.0, told=stop)
    assert found.stopped
    assert found.bound <= cheapest_mix(drawn(3), gap=0.0).cost <= found.cost


def test_the_same_portfolio_gives_the_same_mix():
    """To the last bit, or a plan could not be compared with last month's."""
    one, two = (cheapest_mix(drawn(7, months=3, bought=True)) for _ in range(2))
    assert one.cost == two.cost
    assert (one.mtok == two.mtok).all()


@pytest.mark.parametrize("work", [0.02, 0.2])
def test_a_search_out_of_work_gives_the_best_so_far_and_the_same_again(work):
    """Work is counted, not timed: the best plan lies between what is proven and what was found."""
    p = drawn(7, months=4, bought=True)
    best, found, again = cheapest_mix(p, 0.0), *(cheapest_mix(p, 0.0, work=work) for _ in range(2))
    assert found.spent
    assert not best.spent
    assert found.bound <= best.cost * (1 + 1e-9)
    assert best.cost <= found.cost * (1 + 1e-9)
    assert (found.cost, found.bound) == (again.cost, again.bound)


def test_out_of_work_everything_is_still_served():
    """The plan without nodes, where a search begins, serves nothing where only nodes may."""
    p = drawn(7, months=4, bought=True)
    p = replace(p, prices=np.full_like(p.prices, np.inf), capacity=np.full_like(p.capacity, 2e7))
    p = replace(p, most=np.full(2, np.inf))
    found = cheapest_mix(p, work=0.02)
    assert found.spent
    np.testing.assert_allclose(found.mtok.sum(axis=2), p.tokens / 1e6)


def test_a_loss_is_no_bill():
    """A minimum of 3,000 is owed whatever 2,190 of tokens cost; 200 is lost beside it."""
    lost = np.array([[[100.0, 1_100.0]] * 2])
    owed = replace(TWO, minimums=np.array([[3_000.0]]), signed=np.array([True]), losses=lost)
    assert cheapest_mix(owed, gap=0.0).cost == pytest.approx(3_200.0)


def test_a_loss_on_a_pool_is_counted():
    """A fourth of the chat and three of the batch go to the API: 1,912.5, with the losses of each.

    By hand: 0.25 x 10 + 0.75 x 20 on the API, 0.75 x 40 + 0.25 x 80 on the node.
    """
    lost = np.array([[[10.0, 40.0], [20.0, 80.0]]])
    found = cheapest_mix(replace(TWO, losses=lost), gap=0.0)
    assert found.cost == pytest.approx(1_912.5 + 17.5 + 50.0)
