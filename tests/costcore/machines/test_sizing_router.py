"""Routing among engines, gates and the best spillover, against brute force."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costcore.answers.gates import admitted
from costcore.answers.hybrid import spillover, spillover_cost
from costcore.answers.router import Engine, routed

API = Engine("API", 10.0, regions=frozenset({"US"}), latency_ms=400)
BROKER = Engine("Broker", 1.2, fixed_cost_per_month=50, regions=frozenset({"EU", "US"}))
OWN = Engine("Own", 0.05, 1_000, 2_000, 300e6, frozenset({"EU"}), 90)


def test_a_route_by_hand():
    """0.2 at 10, 0.3 at 1.2 and 50, 0.5 on two nodes: 2,000 + 410 + 5,025."""
    mix = routed(1e9, (API, BROKER, OWN), (0.2, 0.3, 0.5))
    assert mix.engine_costs == pytest.approx((2_000, 410, 1_000 + 2 * 2_000 + 25))
    assert mix.cost_per_month == pytest.approx(7_435)
    assert mix.price_per_mtok == pytest.approx(7.435)
    assert mix.alone == pytest.approx((10_000, 1_250, 1_000 + 4 * 2_000 + 50))
    assert mix.savings == pytest.approx((2_565, -6_185, 1_615))


def test_an_engine_without_traffic_costs_nothing():
    """No share, no nodes and no fee."""
    assert routed(1e9, (API, BROKER, OWN), (1.0, 0.0, 0.0)).cost_per_month == 10_000


engine = st.builds(
    Engine,
    st.just("x"),
    st.floats(0, 20),
    st.floats(0, 2_000),
    st.floats(0, 4_000),
    st.floats(1e8, 2e9),
)


@given(st.floats(1e8, 4e9), st.lists(engine, min_size=2, max_size=3), st.floats(0.05, 0.95))
def test_below_its_share_a_router_does_not_pay(tokens, engines, kept):
    """Try 400 smaller divisions of the same proportions: none above the share costs more."""
    others = [(1 - kept) / (len(engines) - 1)] * (len(engines) - 1)
    pays = routed(tokens, engines, (kept, *others)).pays_above_share
    alone = engines[0].cost(tokens)

    def saving(away):
        shares = [1 - away, *(away / len(others) for _ in others)]
        mixed = [e.cost(tokens * s) for e, s in zip(engines, shares, strict=True)]
        return alone - math.fsum(mixed)

    tolerance = 1e-6 * (1 + alone)
    for away in np.linspace(0, 1 - kept, 400)[1:]:
        if away > pays * (1 + 1e-9) + 1e-9:
            assert saving(away) >= -tolerance
    if 1e-6 < pays < math.inf:
        assert min(saving(pays * (1 - d)) for d in (1e-9, 1e-6, 1e-4)) <= tolerance
    if pays == math.inf:
        assert saving(1 - kept) <= tolerance


@pytest.mark.parametrize(
    ("shares", "message"),
    [
        ((0.5, 0.6), "shares sum to 1.1; they must sum to 1"),
        ((1.5, -0.5), "each must be from 0 to 1"),
        ((0.5, 0.3, 0.2), "there are 2 engines and 3 shares"),
    ],
)
def test_wrong_shares_are_refused(shares, message):
    """A share lost or counted twice is an error, not a cheaper month."""
    with pytest.raises(ValueError, match=message):
        routed(1e9, (API, BROKER), shares)


def test_gates_remove_with_a_reason():
    """Residency and latency come before money; what is not known does not pass."""
    kept, why = admitted((API, BROKER, OWN, Engine("Blank")), {"EU"}, 100)
    assert kept == (OWN,)
    assert why == {
        "API": "may process data in US, allowed is EU",
        "Broker": "may process data in US, allowed is EU",
        "Blank": "where it processes data is not known",
    }
    assert admitted((API, OWN), latency_limit_ms=100)[1] == {
        "API": "takes 400 ms to the first token, at most 100 is allowed"
    }
    assert admitted((BROKER,), latency_limit_ms=100)[1] == {"Broker": "its latency is not known"}


@given(
    st.lists(st.floats(0, 1e8), min_size=24, max_size=24).filter(lambda h: sum(h) > 0),
    st.floats(0, 1e5),
    st.floats(3e6, 1e8),
    st.floats(0, 100),
    st.floats(0, 1e4),
)
def test_spillover_is_the_cheapest_of_all_numbers_of_nodes(hours, node, capacity, price, fixed):
    """Brute force over every number, and over owning nothing without the fixed cost."""
    best = spillover(hours, node, capacity, price, fixed)
    most = math.ceil(max(hours) / capacity) + 1
    owned = spillover_cost(hours, np.arange(1, most + 1), node, capacity, price, fixed)
    bought = float(spillover_cost(hours, 0, node, capacity, price))
    assert best.cost_per_month == pytest.approx(min(bought, owned.min()), rel=1e-9, abs=1e-6)
    assert best.all_api_cost_per_month == pytest.approx(bought)
    assert best.saving_against_api >= 0
    spilled = sum(max(0.0, tokens - best.nodes * capacity) for tokens in hours) / sum(hours)
    assert best.spilled_share == pytest.approx(spilled, abs=1e-9)


def test_spillover_against_owning_the_peak():
    """Eight hours of 10 M, sixteen of 2 M: one node at 1,500 and the rest bought, by hand.

    A node serves 2 M and the API asks 3: bought all is 730 x 14 / 3 x 3 = 10,220 a month, one
    node leaves 730 x 8 / 3 x 3 = 5,840 to buy, five serve the peak.
    """
    best = spillover([10e6] * 8 + [2e6] * 16, 1_500, 2e6, 3)
    assert (best.nodes, best.all_owned_nodes) == (1, 5)
    assert best.cost_per_month == pytest.approx(1_500 + 5_840)
    assert best.saving_against_api == pytest.approx(10_220 - 7_340)
    assert best.saving_against_owned == pytest.approx(7_500 - 7_340)
    assert best.spilled_share == pytest.approx(64 / 112)
