"""A portfolio's arrays are the plan's own figures, and the mix of a ready one is worth reading."""

from dataclasses import replace

import numpy as np
import pytest

from costcore.portfolio.mix import cheapest_mix
from tests.workbooks.portfolio.files import CHAT, changed
from workbooks import tables
from workbooks.plan.mixing.arrays import arrays
from workbooks.plan.mixing.finding import cheaper, found
from workbooks.plan.mixing.gates import refusal, unanswered
from workbooks.plan.mixing.speeds import node_tokens_per_second
from workbooks.plan.plan import plan
from workbooks.portfolio.reading import load, parse_portfolio, ready
from workbooks.scenario.reading import load as load_scenario
from workbooks.scenario.reading import ready as ready_scenarios
from workbooks.scenario.scenario import ScenarioError

ARTICLE = load(ready()["article-3-engines"])


def routed(portfolio, strategy, given):
    """Forbid each workload what the strategy does not send to it."""
    routes = next(s.routes for s in portfolio.strategies if s.name == strategy)
    prices, capacity = given.prices.copy(), given.capacity.copy()
    for w, workload in enumerate(portfolio.workloads):
        for e, engine in enumerate((*portfolio.billed, *portfolio.pools)):
            if not routes[workload.name].get(engine.name):
                if engine.is_pool:
                    capacity[w, e - len(portfolio.billed)] = 0.0
                else:
                    prices[:, w, e] = np.inf
    return replace(given, prices=prices, capacity=capacity)


@pytest.mark.parametrize(
    ("strategy", "cost"),
    [
        ("All API", 22_356),  # (2,160 M x 0.10 + 540 M x 0.75) x 36
        ("Both engines own", 273_200),  # 155,000 + 36 x 2,450 + 3 x 10,000, as the guide prints
        ("Utility own", 166_180),  # 77,500 + 36 x 1,225 + 30,000 + 36 x 405
        ("Reasoning own", 159_376),  # 77,500 + 36 x 1,225 + 30,000 + 36 x 216
    ],
)
def test_the_guide_engine_by_engine(strategy, cost):
    """Its one bill for four cards hides that one engine never comes home."""
    given = routed(ARTICLE, strategy, arrays(ARTICLE))
    assert cheapest_mix(given, gap=0.0).cost == pytest.approx(cost, rel=1e-9)


def test_as_many_cards_as_it_takes():
    """One for the 8B model and two for the 70B: three quarters of the cards, the same people."""
    given = routed(ARTICLE, "Both engines own", arrays(ARTICLE))
    least = replace(given, least=np.ones_like(given.least))
    assert cheapest_mix(least, gap=0.0).cost == pytest.approx(212_400, rel=1e-9)


def test_a_model_that_does_not_fit_is_refused():
    """70B in bf16 on one card: never free, and never as fast as before."""
    pool = next(engine for engine in ARTICLE.pools if engine.name.startswith("70B"))
    entries = dict(pool.scenario.entries)
    entries["weight_precision"] = replace(entries["weight_precision"], base="bf16")
    entries["gpus_per_node_count"] = replace(entries["gpus_per_node_count"], base=1.0)
    large = replace(pool, scenario=replace(pool.scenario, entries=entries))
    assert refusal(ARTICLE.workloads[1], pool) == ""
    assert refusal(ARTICLE.workloads[1], large).startswith("Does not fit: the weights take 141.1")
    assert node_tokens_per_second(ARTICLE.workloads[1], large) == 0.0


MEASURED = "1x H100 SXM | Llama-3.1-8B fp8 | 1000/1000"


def pooled(**pool):
    """Chat of 8,000 and 600 tokens, and a batch that says no lengths, on one pool."""

    def change(content):
        content["workload"][0] |= {"input_tokens": 8_000, "output_tokens": 600}
        del content["engine"][1]["node_tokens_per_second"]
        content["engine"][1] |= pool

    return parse_portfolio(changed(change), "test.toml")


def test_a_measured_speed_is_carried_over_to_other_lengths():
    """By the ratio that the sizing model gives; as measured where a workload says no lengths."""
    ours = pooled(system=MEASURED)
    chat, batch = (node_tokens_per_second(w, ours.pools[0]) for w in ours.workloads)
    modelled = pooled(model="Llama-3.1-8B", weight_precision="fp8")
    long = node_tokens_per_second(modelled.workloads[0], modelled.pools[0])
    short = node_tokens_per_second(modelled.workloads[1], modelled.pools[0])  # 1000/1000 by default
    assert batch == tables.system(MEASURED).tokens_per_second
    assert chat == pytest.approx(batch * long / short)


def test_a_speed_within_limits_is_carried_over_too():
    """Concurrency is a number, max, or a limit that has no number of requests."""
    limited = next(each for each in tables.throughputs() if each.concurrency == "SLA")
    cards = {"hardware": limited.hardware, "gpus_per_node_count": limited.gpus}
    ours = pooled(system=limited.system, **cards)
    speed = node_tokens_per_second(ours.workloads[0], ours.pools[0])
    assert speed not in (0, limited.tokens_per_second)


def test_a_typed_speed_above_the_model_is_doubted():
    """90,000 tokens a second of an 8B model on one H100 is five times what anybody measures."""
    ours = pooled(model="Llama-3.1-8B", weight_precision="bf16", node_tokens_per_second=90_000)
    answer = found(ours, None, 0)
    said = "A node of Own cards is planned at 90,000 tokens a second of Support chat; the sizing"
    assert answer.sentences[0].startswith(said)
    assert found(pooled(node_tokens_per_second=90_000), None, 0).sentences == ()


def test_a_pool_that_runs_something_else_than_was_measured_is_refused():
    """Its speed would stay as it was measured, in fp8."""
    with pytest.raises(ScenarioError, match=r"engine 'Own cards': .*but weight_precision is bf16"):
        pooled(system=MEASURED, model="Llama-3.1-8B", weight_precision="bf16")


@pytest.mark.parametrize(
    ("asked", "answer", "reason"),
    [
        ({"least_user_tokens_per_second": 30}, {"user_tokens_per_second": 21}, "30 are needed"),
        ({"needs_fine_tuning": True}, {"allows_fine_tuning": False}, "does not allow"),
    ],
)
def test_gates_bind_a_workload_and_an_engine(asked, answer, reason):
    """Each forbids its pair with the reason; without an answer it is a condition."""

    def gated(content, answered):
        content["workload"][0] |= asked
        content["engine"][0] |= answered

    for answered in (answer, {}):
        ours = parse_portfolio(changed(lambda c, a=answered: gated(c, a)), "test.toml")
        chat, api = ours.workloads[0], ours.engines[0]
        assert (reason in refusal(chat, api)) == bool(answered)
        assert bool([*unanswered(chat, api)]) == (not answered)


@pytest.mark.parametrize("name", ready_scenarios())
def test_the_bill_of_one_workload_is_the_plans_own(name):
    """Volume times price, discounted, is the present value that the plan shows for the API."""
    scenario = load_scenario(ready_scenarios()[name])
    given, told = arrays(load(ready_scenarios()[name])), plan(scenario).run()
    bills = (given.tokens[:, 0] / 1e6 * given.prices[:, 0, 0]).sum()
    fees = given.fees[:, 0].sum()
    assert bills + fees == pytest.approx(told["api_present_cost"], rel=1e-9)


def test_a_gate_forbids_with_its_reason():
    """A workload whose data must stay inside cannot use an engine that it leaves by."""

    def gated(content):
        content["workload"][0]["stays_inside"] = True
        content["engine"][0]["leaves_network"] = True

    ours = parse_portfolio(changed(gated), "test.toml")
    answer = found(ours, gap=0.0, month=0)
    assert answer.refused == {(CHAT, "API"): "data leaves the network"}
    assert answer.mix.shares[:, 0, 0].max() == 0.0


def test_a_gate_that_nobody_answered_makes_the_mix_conditional():
    """Unknown is neither passed nor failed; it is said."""

    def asked(content):
        content["workload"][0]["least_accuracy_share"] = 0.9

    ours = parse_portfolio(changed(asked), "test.toml")
    answer = found(ours, gap=0.0, month=0)
    assert "All this holds only if" in answer.sentences[-1]
    assert answer.unanswered


def test_movable_work_costs_no_node_of_its_own():
    """By day it would double the nodes; at night it runs on those of the day."""

    def by_day(content):
        content["load_shape"] = "office-hours"
        content["workload"][1]["movable"] = False

    def at_night(content):
        content["load_shape"] = "office-hours"

    fixed, moved = (
        cheapest_mix(arrays(parse_portfolio(changed(change), "test.toml")), gap=0.0).cost
        for change in (by_day, at_night)
    )
    assert moved <= fixed


def test_a_workload_lives_from_its_first_month_to_its_last():
    """With two months of ramp the first has half of it."""

    def later(content):
        content["workload"][0].update(first_month=3, ramp_months=2, last_month=5)

    given = arrays(parse_portfolio(changed(later), "test.toml"))
    assert (given.tokens[:6, 0] / 7.3e9).tolist() == pytest.approx([0, 0, 0.5, 1, 1, 0])


def test_a_search_that_ended_early_shows_nothing_dearer_than_no_nodes():
    """What is proven of every plan is proven of the one without nodes, too."""
    given = arrays(parse_portfolio(changed(lambda _: None), "test.toml"))
    whole = cheapest_mix(given, 0.0)
    bought = cheapest_mix(replace(given, capacity=np.zeros_like(given.capacity)), 0.0)
    early = replace(whole, cost=bought.cost + 1, spent=True)
    shown = cheaper(early, bought)
    assert (shown.cost, shown.bound, shown.spent) == (bought.cost, whole.bound, True)
    assert not shown.nodes.any()
    assert cheaper(whole, bought) is whole
    assert cheaper(early, None) is early
