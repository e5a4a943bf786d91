"""Strategies by month: one workload keeps its numbers, many agree with a reckoning of their own."""

from dataclasses import replace

import numpy as np
import pytest

from costcore.language.timeline import values
from costcore.portfolio.pools import pool_of
from costcore.portfolio.portfolio import one_month
from tests.costcore.portfolio.drawn import drawn
from tests.workbooks.budgets import CORNERS
from tests.workbooks.portfolio.files import CHAT, NIGHT, changed
from tests.workbooks.portfolio.independent import strategy_costs
from workbooks.plan.mixing.arrays import arrays
from workbooks.plan.mixing.charging import charges
from workbooks.plan.mixing.comparing import CHEAPEST, FIRST_ALLOWED, OWN, compared, every_line
from workbooks.plan.mixing.finding import found
from workbooks.plan.mixing.gates import refusals
from workbooks.plan.mixing.naming import Names
from workbooks.plan.mixing.strategies import Strategic
from workbooks.plan.plan import plan
from workbooks.portfolio.one_workload import ALONE, HYBRID, as_portfolio
from workbooks.portfolio.reading import load, parse_portfolio, ready
from workbooks.scenario.reading import load as load_scenario
from workbooks.scenario.reading import parse
from workbooks.scenario.reading import ready as ready_scenarios
from workbooks.scenario.scenario import Entry


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


@pytest.mark.parametrize("name", ready_scenarios())
def test_one_workload_keeps_cash_and_expense(name):
    """Nodes that are bought are the plan's own vintages: cash and profit and loss agree too."""
    portfolio = load(ready_scenarios()[name])
    told = plan(load_scenario(ready_scenarios()[name])).run()
    ways = {each.strategy.name: each for each in compared(portfolio, arrays(portfolio), {})}
    for option in portfolio.frame.options:
        way = ways[HYBRID if option == "hybrid" else ALONE[option]]
        for view in ("cash", "expense"):
            assert way.total(view) == pytest.approx(float(told[f"{option}_{view}_cost"]), rel=1e-9)


@pytest.mark.parametrize(
    "nodes",
    [
        {"acquisition_kind": "lease", "lease_per_gpu_month": 900.0, "node_opex_per_month": 50.0},
        {"reserved_share": 0.6, "reserved_discount_share": 0.3, "spot_share": 0.2},
    ],
    ids=["lease", "reserved"],
)
def test_what_is_leased_or_reserved_stays_when_less_is_needed(nodes):
    """As in the plan of one workload: a contract does not shrink with the volume."""
    content = {**CORNERS["rented"], "series": {}}
    content["workload"] = {"tokens_per_month": 4e10, "growth_per_year": -0.6, "peak_factor": 3.0}
    content["nodes"] = {**content["nodes"], "existing_nodes": 0, **nodes}
    told = plan(parse(content, "one.toml")).run()
    portfolio = parse_portfolio(content, "one.toml")
    ways = {each.strategy.name: each for each in compared(portfolio, arrays(portfolio), {})}
    own = ways[ALONE["own"]]
    needed = own.told[own.lines.pools[0].name("needed_nodes")]
    assert needed[-1] < needed[0]
    for view in ("cash", "present"):
        line = own.told[own.lines.name(f"{view}_per_month")]
        np.testing.assert_allclose(line, told[f"own_{view}_per_month"], rtol=1e-9)
    charged = sum(own.told[charge.line.name] for charge in charges(own.lines))
    np.testing.assert_allclose(charged, own.told[own.lines.name("expense_per_month")], rtol=1e-9)


HALF_LATER = tuple(1.0 if month < 6 else 0.5 for month in range(36))


@pytest.mark.parametrize(
    "given",
    [
        {"api_commit_per_month": 50_000.0, "managed_commit_per_month": 40_000.0},
        {"hybrid_rest_kind": "managed"},
        {"hybrid_rest_kind": "managed", "dual_run_months": 4.0, "managed_migration_cost": 7e3},
        {
            "hybrid_rest_kind": "managed",
            "dual_run_months": 3.0,
            "api_commit_per_month": 50_000.0,
            "managed_fee_per_month": 400.0,
            "api_fee_per_month": 250.0,
        },
        {"forecast": tuple(np.linspace(1e9, 4e9, 36)), "seasons": (0.9, 1.1) * 6},
        {"api_steps": HALF_LATER, "managed_steps": HALF_LATER[::-1], "load_shape": "office-hours"},
    ],
    ids=str,
)
def test_what_one_workload_says_is_carried(given):
    """Commitments owed under every strategy, the hybrid's rest, months of one's own, steps."""
    scenario = load_scenario(ready_scenarios()["article-2"])
    inputs = {name: Entry(v, v, v) for name, v in given.items() if name in scenario.entries}
    fields = {name: value for name, value in given.items() if name not in inputs}
    scenario = replace(scenario, entries={**scenario.entries, **inputs}, **fields)
    told, portfolio = plan(scenario).run(), as_portfolio(scenario)
    ways = {each.strategy.name: each for each in compared(portfolio, arrays(portfolio), {})}
    for option in scenario.options:
        way = ways[HYBRID if option == "hybrid" else ALONE[option]]
        for view in ("cash", "expense", "present"):
            assert way.total(view) == pytest.approx(float(told[f"{option}_{view}_cost"]), rel=1e-9)


@pytest.mark.parametrize("dual", [0, 2])
@pytest.mark.parametrize("share", [0.01, 0.3, 1.0])
def test_both_run_for_what_own_nodes_take_and_for_nothing_else(share, dual):
    """A route is the share that an engine takes, so each begins by itself (by hand, 1,000 M flat).

    The platform bills its share at 0.5 from the first month on, and the API the share of the nodes
    at 2.0 while both run. The smaller the share, the nearer it comes to all on the platform.
    """
    content = {
        "horizon_months": 12,
        "workload": {"tokens_per_month": 1e9},
        "api": {"api_input_price_per_mtok": 2.0, "api_output_price_per_mtok": 2.0},
        "managed": {"managed_input_price_per_mtok": 0.5, "managed_output_price_per_mtok": 0.5},
        "nodes": {"node_tokens_per_second": 1_000.0, "rent_per_gpu_hour": 2.0},
        "people": {"dual_run_months": dual},
        "hybrid": {"hybrid_share": share, "hybrid_rest_kind": "managed"},
    }
    told = plan(parse(content, "one.toml")).run()
    np.testing.assert_allclose(told["hybrid_managed_per_month"], (1 - share) * 500)
    both = np.arange(12) < dual
    np.testing.assert_allclose(told["hybrid_api_per_month"], np.where(both, share * 2_000, 0))
    portfolio = parse_portfolio(content, "one.toml")
    ways = {each.strategy.name: each for each in compared(portfolio, arrays(portfolio), {})}
    line = ways[HYBRID].told[ways[HYBRID].lines.name("cash_per_month")]
    np.testing.assert_allclose(line, told["hybrid_cash_per_month"], rtol=1e-9)


@pytest.mark.parametrize("seed", range(60))
def test_many_agree_with_plain_loops(seed):
    """Volumes, shapes, minimums, fees, moves and movable work at random, over five months."""
    rng = np.random.default_rng(seed)
    given = drawn(seed, months=5)
    able = np.concatenate([np.isfinite(given.prices[0]), given.capacity > 0], axis=1)
    shares = rng.dirichlet(np.ones(4), 3) * able * (rng.random((3, 4)) > 0.3)
    shares[:, 1] += 1 - shares.sum(axis=1)
    dual = int(rng.integers(0, 3))
    idle = ("central", "spread")[seed % 2]
    way = Strategic(1, "Drawn", Names(("A", "B", "C"), ("K", "L"), ("P", "Q")))
    told = run(way, given, shares, dual, idle)
    found = told[way.name("present_per_month")]
    np.testing.assert_allclose(found, strategy_costs(given, shares, dual), rtol=1e-9)
    charged = sum(told[charge.line.name] for charge in charges(way))
    np.testing.assert_allclose(charged, found, rtol=1e-12)
    if idle == "spread":  # then only a pool that serves nobody is idle
        for pool in way.pools:
            idle_cost = told[way.name(f"p{pool.p}_left_per_month")]
            used = told[pool.name("mean_nodes")]
            assert np.abs(idle_cost[used > 0]).max(initial=0) < 1e-6


def opposite(nodes):
    """Two workloads that peak when the other rests, 7,300 M tokens each, on nodes of 1,000."""
    given = one_month(
        [7.3e9, 7.3e9],
        [[1.5, 0.5], [0.5, 1.5]],
        prices=[[0.2], [0.1]],
        capacity=[[10e6], [10e6]],
        node_costs=[1_000],
    )
    way = Strategic(1, "Overflow", Names(("A", "B"), ("API",), ("Nodes",)), {1: 1})
    told = run(way, given, np.array([[0.0, 1.0], [0.0, 1.0]]), typed={1: nodes})
    return told, way


@pytest.mark.parametrize(("nodes", "cost"), [(0, 2_190), (1, 1_912.5), (2, 2_000)])
def test_a_full_pool_sheds_what_is_cheapest_to_buy(nodes, cost):
    """By hand: one node keeps 1.0 and 0.5 of A, 0 and 0.5 of B; 365 and 547.5 are bought."""
    told, way = opposite(nodes)
    assert told[way.name("present_per_month")].tolist() == pytest.approx([cost])
    charged = sum(told[charge.line.name] for charge in charges(way))
    assert charged.tolist() == pytest.approx([cost])


def test_shared_nodes_are_fewer_than_nodes_of_their_own():
    """By hand: 1.5 + 0.5 in both hours, so two nodes together, and two each alone."""
    _, way = opposite(1)
    given = one_month(
        [7.3e9, 7.3e9], [[1.5, 0.5], [0.5, 1.5]], [[0.2], [0.1]], [[10e6], [10e6]], [1_000]
    )
    way = Strategic(1, "Shared", way.names)
    told = run(way, given, np.array([[0.0, 1.0], [0.0, 1.0]]))
    assert told["s1_p1_needed_nodes"].tolist() == [2.0]
    assert told["s1_p1_separate_nodes"].tolist() == [4.0]
    assert told["s1_p1_idle_share"].tolist() == [0.0]


@pytest.mark.parametrize("seed", range(20))
def test_overflow_is_the_best_hourly_plan(seed):
    """What is kept of each workload is what the hourly order of worth keeps, movable or not."""
    rng = np.random.default_rng(seed)
    given = drawn(seed)
    able = (given.capacity > 0) & np.isfinite(given.prices[0])
    able[:, 0] &= np.isfinite(given.prices[0][:, 1])
    shares = np.zeros((3, 4))
    shares[:, 2] = able[:, 0]
    shares[:, 1] = 1 - shares[:, 2]
    nodes = float(rng.integers(1, 4)) + given.spares[0]
    way = Strategic(1, "Drawn", Names(("A", "B", "C"), ("K", "L"), ("P", "Q")), {1: 2})
    told = run(way, given, shares, typed={1: nodes})
    pool = pool_of(
        given.tokens[0] * shares[:, 2],
        given.shapes,
        np.where(given.capacity[:, 0] > 0, given.capacity[:, 0], 1.0),
        given.hours_per_month,
        given.movable,
    )
    worth = (given.prices[0][:, 1] - given.own_prices[0, 0]) * given.capacity[:, 0]
    kept = [told[way.name(f"w{w}_p1_kept_nodes")][0] for w in (1, 2, 3)]
    np.testing.assert_allclose(kept, pool.kept(nodes - given.spares[0], worth), atol=1e-9)


def test_cost_of_a_success_counts_failures():
    """By hand: half the attempts succeed, so a success of 1,000 tokens takes 2,000."""

    def failing(content):
        content["workload"][0].update(task_tokens=1_000, max_attempts=50)
        content["workload"][1].update(task_tokens=1_000, max_attempts=50)
        content["engine"][0]["success_share"] = 0.5
        content["finance"] = {"discount_rate": 0.0}

    portfolio = parse_portfolio(changed(failing), "test.toml")
    *_, mine = compared(portfolio, arrays(portfolio), refusals(portfolio))
    assert mine.outcome_cost == pytest.approx(0.2 * 2_000 / 1e6)


def test_where_no_attempt_succeeds_a_person_repairs_every_task():
    """By hand: two attempts of 1,000 tokens fail, for 1 each, and a person mends it for 3."""

    def failing(content):
        for workload in content["workload"]:
            workload.update(task_tokens=1_000, max_attempts=2, repair_cost=3, debug_cost=1)
        content["engine"][0]["success_share"] = 0

    portfolio = parse_portfolio(changed(failing), "test.toml")
    *_, mine = compared(portfolio, arrays(portfolio), refusals(portfolio))
    told = [mine.told[mine.lines.name(x)] for x in ("success_count", "mending_per_month")]
    assert told[0].tolist() == pytest.approx([14.6e9 / 2_000] * 12)
    assert told[1].tolist() == pytest.approx([14.6e9 / 2_000 * (3 + 2)] * 12)


def test_what_overflows_succeeds_as_where_it_goes():
    """Without a node all is bought of the API: as many successes, and as much to mend."""

    def emptied(content):
        for workload in content["workload"]:
            workload.update(task_tokens=1_000, max_attempts=2, repair_cost=3, debug_cost=1)
        content["engine"][0]["success_share"], content["engine"][1]["success_share"] = 0.5, 0.9
        everything = dict.fromkeys((CHAT, NIGHT), "Own cards")
        empty = {"nodes": {"Own cards": 0}, "overflow": {"Own cards": "API"}}
        content["strategy"].append({"name": "Emptied", "routes": everything, **empty})

    portfolio = parse_portfolio(changed(emptied), "test.toml")
    ways = compared(portfolio, arrays(portfolio), refusals(portfolio))
    bought, emptied = ({w.strategy.name: w for w in ways}[name] for name in ("All API", "Emptied"))
    for line in ("success_count", "mending_per_month"):
        ours, theirs = (way.told[way.lines.name(line)] for way in (emptied, bought))
        np.testing.assert_allclose(ours, theirs, rtol=1e-9)
    # by hand: a task of 1,000 tokens takes 1 + 0.5 attempts and always ends well, if by a person
    assert ours.tolist() == pytest.approx([14.6e9 / 1_500 * (3 * 0.25 + 1 * 0.75)] * 12)


def run(way, given, shares, dual=0, idle="central", typed=None):
    """Run the lines of one strategy on arrays whose nodes are rented, without discount."""
    fixed = {
        "hours_per_month": given.hours_per_month,
        "dual_run_months": float(dual),
        "discount_rate": 0.0,
        "payment_timing_share": 1.0,
        "horizon_months": float(given.months),
        "idle_kind": idle,
        "load_hours": float(given.shapes.shape[1]),
        "fixed_factors": np.where(given.movable[:, None], 0.0, given.shapes).T,
    }
    series = {"people_per_month": given.people}
    for w in way.names.workloads:
        series[f"w{w}_tokens_per_month"] = given.tokens[:, w - 1]
        movable = given.movable[w - 1]
        fixed[f"w{w}_fixed_share"] = 0.0 if movable else 1.0
        fixed[f"w{w}_shape_factor"] = 1.0 if movable else given.shapes[w - 1].max()
        for e, (engine, _) in enumerate(way.names.engines):
            fixed[way.name(f"w{w}_{engine}_share")] = float(shares[w - 1, e])
            fixed[f"w{w}_{engine}_moving_cost"] = given.moving[w - 1, e]
            fixed[f"w{w}_{engine}_outcomes_count"] = 1.0
            fixed[f"w{w}_{engine}_mending_per_mtok"] = 0.0
        fixed[way.name(f"w{w}_pooled_share")] = float(shares[w - 1, given.billed :].sum())
        for b in way.names.billed:
            price = given.prices[:, w - 1, b - 1]
            series[f"w{w}_b{b}_price_per_mtok"] = np.where(np.isinf(price), 0.0, price)
        for p in way.names.pools:
            fixed[f"w{w}_p{p}_capacity_tokens_per_hour"] = given.capacity[w - 1, p - 1]
    for b in way.names.billed:
        minimum = given.minimums[:, b - 1]
        series[f"b{b}_minimum_per_month"] = minimum
        series[f"b{b}_owed_per_month"] = minimum * given.signed[b - 1]
        series[f"b{b}_fee_per_month"] = given.fees[:, b - 1]
    for p in way.names.pools:
        series[f"p{p}_running_per_month"] = given.node_costs[:, p - 1]
        series[f"p{p}_own_price_per_mtok"] = given.own_prices[:, p - 1]
        fixed[f"p{p}_min_nodes"] = given.least[p - 1]
        fixed[f"p{p}_spare_nodes"] = given.spares[p - 1]
        if typed and p in typed:
            fixed[f"s1_p{p}_typed_nodes"] = float(typed[p])
    return values(every_line(way), fixed, given.months, series=series)


def test_ready_made_strategies_pass_every_gate():
    """A workload that may not be billed by the token runs on own nodes there too."""
    portfolio = load(ready()["company"])
    ways = compared(portfolio, arrays(portfolio), refusals(portfolio))
    assert [(each.strategy.name, each.out) for each in ways] == [
        (FIRST_ALLOWED, ""),
        (CHEAPEST, ""),
        (OWN, ""),
    ]
    assert ways[1].strategy.routes["Search in our documents"] == {"gpt-oss-120b on H200": 1.0}


def test_what_a_full_pool_sends_to_a_forbidden_engine_is_out_before_a_move_too():
    """Until it moves, a workload on the pool overflows to what a gate forbids: not for nothing."""

    def gated(content):
        content["workload"][0]["least_accuracy_share"] = 0.8
        content["engine"][0]["accuracy_share"] = 0.7996
        way = {"routes": dict.fromkeys((CHAT, NIGHT), "Other cards"), "name": "Later"}
        way |= {"nodes": {"Own cards": 1}, "overflow": {"Own cards": "API"}}
        content["strategy"] = [{**way, "moves": {CHAT: {"from": "Own cards", "first_month": 3}}}]

    portfolio = parse_portfolio(changed(gated), "test.toml")
    ways = {w.strategy.name: w for w in compared(portfolio, arrays(portfolio), refusals(portfolio))}
    assert ways["Later"].out == (
        "Support chat to API, the overflow: reaches 79.96% of the accuracy; 80% is needed"
    )


def test_a_forbidden_route_is_out_with_its_reason():
    """Such a strategy has no cost; the gate that it fails is named."""

    def gated(content):
        content["workload"][0]["stays_inside"] = True
        content["engine"][0]["leaves_network"] = True

    portfolio = parse_portfolio(changed(gated), "test.toml")
    *_, mine = compared(portfolio, arrays(portfolio), refusals(portfolio))
    assert mine.out == "Support chat to API: data leaves the network"
    assert mine.present_cost == np.inf


def test_a_workload_that_no_engine_may_serve_is_named_with_all_reasons():
    """A search could not even begin; each engine is told with its gate."""

    def gated(content):
        content["workload"][1]["least_accuracy_share"] = 0.9
        for engine, reached in zip(content["engine"], (0.5, 0.6, 0.7), strict=True):
            engine["accuracy_share"] = reached

    with pytest.raises(ValueError, match="no engine may serve workload 'Night batch': API") as told:
        found(parse_portfolio(changed(gated), "test.toml"), None, 0)
    assert "Other cards reaches 70% of the accuracy; 90% is needed" in str(told.value)
