"""A what-if on the speed of a node acts by fewer nodes, and leaves the price of a token alone."""

import copy

import numpy as np
import pytest

from tests import engines
from tests.workbooks.budgets import CORNERS, write
from tests.workbooks.portfolio.files import CONTENT
from workbooks.plan.mixing.finding import found
from workbooks.plan.plan import plan
from workbooks.portfolio.reading import parse_portfolio
from workbooks.scenario.reading import parse
from workbooks.sheets.budget import budget


def ours(factor):
    told = {"base": factor, "source": "AWQ: vendor's claim"}
    nodes = {**CORNERS["rented"]["nodes"], "capacity_factor": told}
    workload = {"tokens_per_month": 400e9}
    return plan(parse({**CORNERS["rented"], "nodes": nodes, "workload": workload}, "what-if.toml"))


def test_nodes_twice_as_fast_are_half_as_many():
    """Spares and the fewest nodes apart; what articles print as break-even stays where it was."""
    one, two = ours(1.0).run(), ours(2.0).run()
    assert two["node_plan_tokens_per_month"] == 2 * one["node_plan_tokens_per_month"]
    load = one["own_tokens_per_month"] / two["node_plan_tokens_per_month"]
    np.testing.assert_allclose(two["own_needed_nodes"] - two["spare_nodes"], np.ceil(load))
    assert two["own_needed_nodes"][0] < one["own_needed_nodes"][0]
    for kept in ("price_only_tokens_per_month", "node_cost_per_month", "api_price_per_mtok"):
        assert two[kept] == one[kept] < np.inf


def test_a_pool_is_faster_too():
    """Twice the tokens an hour of every workload."""
    twice = copy.deepcopy(CONTENT)
    twice["engine"][1]["capacity_factor"] = 2.0
    one, two = (found(parse_portfolio(c, "p.toml"), None, 0).starting[1] for c in (CONTENT, twice))
    name = "w1_p1_capacity_tokens_per_hour"
    assert two[name] == pytest.approx(2 * one[name])
    assert two["w1_p2_capacity_tokens_per_hour"] == one["w1_p2_capacity_tokens_per_hour"]


def test_three_engines_agree(tmp_path):
    """Every formula shows what numpy computes."""
    assert engines.disagreements([write(tmp_path, "two", budget(ours(2.0)))], 5_000) == []
