"""Strategies by month: one workload keeps its numbers, many agree with a reckoning of their own."""

from types import SimpleNamespace

import numpy as np
import pytest

from costcore.language.timeline import values
from tests.costcore.portfolio.drawn import drawn
from tests.workbooks.portfolio.files import changed
from tests.workbooks.portfolio.independent import strategy_costs
from workbooks.plan.mixing.arrays import arrays
from workbooks.plan.mixing.charging import charges
from workbooks.plan.mixing.comparing import CHEAPEST, OWN, compared, inputs
from workbooks.plan.mixing.gates import refusals
from workbooks.plan.mixing.strategies import Names, Strategic
from workbooks.plan.plan import plan
from workbooks.portfolio.one_workload import ALONE, HYBRID
from workbooks.portfolio.reading import load, parse_portfolio, ready
from workbooks.scenario.reading import load as load_scenario
from workbooks.scenario.reading import ready as ready_scenarios


@pytest.mark.parametrize("name", ready_scenarios())
def test_one_workload_keeps_its_numbers(name):
    """Each option of the plan costs, as a strategy of a portfolio, what the plan says."""
    portfolio = load(ready_scenarios()[name])
    told = plan(load_scenario(ready_scenarios()[name])).run()
    ways = {each.strategy.name: each for each in compared(portfolio, arrays(portfolio), {})}
    for option in portfolio.frame.options:
        title = HYBRID if option == "hybrid" else ALONE[option]
        ours, plans = ways[title].present_cost, float(told[f"{option}_present_cost"])
        assert ours == pytest.approx(plans, rel=1e-9)


@pytest.mark.parametrize("seed", range(60))
def test_many_agree_with_plain_loops(seed):
    """Volumes, shapes, minimums, fees, moves and movable work at random, over five months."""
    rng = np.random.default_rng(seed)
    given = drawn(seed, months=5, bought=bool(seed % 2))
    able = np.concatenate([np.isfinite(given.prices[0]), given.capacity > 0], axis=1)
    shares = rng.dirichlet(np.ones(4), 3) * able * (rng.random((3, 4)) > 0.3)
    shares[:, 1] += 1 - shares.sum(axis=1)
    dual = int(rng.integers(0, 3))
    told, way = run(given, shares, dual)
    found = told[way.name("present_per_month")]
    np.testing.assert_allclose(found, strategy_costs(given, shares, dual), rtol=1e-9)
    charged = sum(told[line.name] for line in charges(way))
    np.testing.assert_allclose(charged, found, rtol=1e-12)


def run(given, shares, dual):
    """Run the lines of one strategy on arrays."""

    frame = SimpleNamespace(entries={"dual_run_months": SimpleNamespace(base=dual)})
    way = Strategic(1, "Drawn", Names(("A", "B", "C"), ("K", "L"), ("P", "Q")))
    series, fixed = inputs(SimpleNamespace(frame=frame), given)
    kinds = ("b1", "b2", "p1", "p2")
    routed = {
        way.name(f"w{w + 1}_{kind}_share"): float(shares[w, e])
        for w in range(3)
        for e, kind in enumerate(kinds)
    }
    lines = (*way.lines(), *charges(way))
    return values(lines, {**fixed, **routed}, given.months, series=series), way


def test_ready_made_strategies_pass_every_gate():
    """A workload that may not be billed by the token runs on own nodes there too."""
    portfolio = load(ready()["company"])
    ways = compared(portfolio, arrays(portfolio), refusals(portfolio))
    assert [(each.strategy.name, each.out) for each in ways] == [(CHEAPEST, ""), (OWN, "")]
    assert ways[0].strategy.routes["Search in our documents"] == {"gpt-oss-120b on H200": 1.0}


def test_a_forbidden_route_is_out_with_its_reason():
    """Such a strategy has no cost; the gate that it fails is named."""

    def gated(content):
        content["workload"][0]["stays_inside"] = True
        content["engine"][0]["leaves_network"] = True

    portfolio = parse_portfolio(changed(gated), "test.toml")
    *_, mine = compared(portfolio, arrays(portfolio), refusals(portfolio))
    assert mine.out == "Support chat to API: data leaves the network"
    assert mine.present_cost == np.inf
