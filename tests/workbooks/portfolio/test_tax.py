"""Tax of a portfolio: what each pool's vintages deduct, and what a strategy saves by it."""

import numpy as np
import pytest

from tests.workbooks.budgets import CORNERS
from tests.workbooks.portfolio.files import CONTENT
from workbooks.plan.lines.monthly import YEARS
from workbooks.plan.mixing import amounts
from workbooks.plan.mixing.finding import found
from workbooks.plan.plan import plan
from workbooks.portfolio.reading import parse_portfolio
from workbooks.scenario.reading import parse

RATE = 0.27
KINDS = ("book", "macrs", "immediate")
ALONE = {
    "api": "All on the API",
    "managed": "All on the managed platform",
    "own": "All self-hosted",
}


def taxed(kind, rate=RATE):
    """Tax at a rate, from a fiscal year that begins in April."""
    told = {"tax_rate_share": rate, "tax_depreciation_kind": kind, "fiscal_start_count": 4}
    return {"finance": told}


def one(acquisition, kind, **nodes):
    """One workload on nodes of a kind, over three years, with the depreciation of a kind."""
    base = CORNERS["rented"]
    bought = {"acquisition_kind": acquisition, "lease_per_gpu_month": 900.0}
    return {**base, "nodes": {**base["nodes"], **bought, **nodes}, **taxed(kind)}


def nodes(way):
    """Nodes that a strategy has in any month."""
    return sum(way.told[pool.name("needed_nodes")].max() for pool in way.lines.pools)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("acquisition", ["rent", "lease", "buy"])
def test_one_workload_pays_the_tax_of_its_plan(acquisition, kind):
    """Strategies of one workload are the options of its plan, after tax too."""
    content = one(acquisition, kind, life_months=20, existing_nodes=1, existing_age_months=10)
    told = plan(parse(content, "one.toml")).run()
    ways = {
        way.strategy.name: way for way in found(parse_portfolio(content, "x"), None, 0).strategies
    }
    for option, name in ALONE.items():
        way = ways[name]
        assert way.present_cost == pytest.approx(told[f"{option}_present_cost"], rel=1e-9)
        saved = way.told[way.lines.name("tax_saved_per_month")]
        np.testing.assert_allclose(
            saved, told[f"{option}_tax_saved_per_month"], rtol=1e-9, atol=1e-6
        )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("life", [72, 18])
def test_the_search_reckons_a_purchase_as_the_plan_does(kind, life):
    """At one volume all nodes are bought at once: each costs, after tax, its part of the plan's."""
    base = CORNERS["bought"]
    content = {**base, "series": {}, **taxed(kind)}
    content["workload"] = {"tokens_per_month": 5e9, "peak_factor": 3.0}
    content["nodes"] = {**base["nodes"], "existing_nodes": 0, "life_months": life}
    ours = plan(parse(content, "bought.toml"))
    told, frame = amounts.of_pool(ours), amounts.run(ours, YEARS)
    each = amounts.purchase(told, frame) - amounts.tax_saved(told, frame)
    ran = ours.run()
    bills = (ran["own_running_per_month"] * ran["bill_factor"]).sum() * (1 - RATE)
    nodes = ran["own_bought_nodes"][0]
    assert nodes * each[0] == pytest.approx(ran["own_present_cost"] - bills, rel=1e-9)


def test_without_nodes_tax_takes_its_rate_of_every_bill():
    """By hand: what is paid by the token is 73 % of itself after a tax of 27 %."""
    plain, after = (
        found(parse_portfolio({**CONTENT, **more}, "tax.toml"), None, 0).strategies
        for more in ({}, taxed("book"))
    )
    alone = [way.strategy.name for way in plain if not nodes(way)]
    costs = [{way.strategy.name: way.present_cost for way in ways} for ways in (plain, after)]
    assert alone
    for name in alone:
        assert costs[1][name] == pytest.approx((1 - RATE) * costs[0][name])
