"""A portfolio is read as it is written, and what is wrong is one sentence with its place."""

import math

import pytest

from tests.workbooks.portfolio.files import CHAT, CONTENT, NIGHT, changed
from workbooks.plan.mixing.starting import inputs
from workbooks.portfolio.reading import load, parse_portfolio, ready
from workbooks.scenario.reading import load as load_scenario
from workbooks.scenario.reading import ready as ready_scenarios
from workbooks.scenario.scenario import ScenarioError


def parsed(change):
    return parse_portfolio(changed(change), "test.toml")


def test_names_and_shares_are_read():
    """One engine's name alone means all of a workload."""
    ours = parse_portfolio(CONTENT, "test.toml")
    assert [each.name for each in ours.workloads] == [CHAT, NIGHT]
    assert [each.name for each in ours.pools] == ["Own cards", "Other cards"]
    assert ours.strategies[0].routes == {CHAT: {"API": 1.0}, NIGHT: {"API": 1.0}}


def first(section, /, **values):
    return lambda content: content[section][0].update(values)


def routes(**shares):
    return lambda content: content["strategy"][0]["routes"].update({CHAT: shares})


def overflow(**engines):
    named = {name.replace("_", " "): engine for name, engine in engines.items()}
    return lambda content: content["strategy"][0].update(overflow=named)


def many(content):
    content["workload"] *= 11
    content["workload"] = [{**w, "name": f"W{i}"} for i, w in enumerate(content["workload"])][:21]


def renamed(kind, place, name):
    return lambda content: content[kind][place].update(name=name)


def removed(kind, place, key):
    return lambda content: content[kind][place].pop(key)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            routes(**{"Own card": 1.0}),
            "strategy 'All API': route of 'Support chat': there is no engine 'Own card'; "
            "nearest: Own cards, Other cards",
        ),
        (
            routes(API=0.7, **{"Own cards": 0.2}),
            "strategy 'All API': route of 'Support chat': the shares add to 0.9 "
            "(API 0.7, Own cards 0.2); they must add to 1",
        ),
        (
            overflow(Own_cards="Other cards"),
            "strategy 'All API': overflow of 'Own cards' is 'Other cards', a pool; it must be "
            "billed by the token, for a pool can be full too",
        ),
        (
            overflow(Own_cards="Other cards", Other_cards="Own cards"),
            "strategy 'All API': the overflow goes in a circle: Own cards to Other cards to "
            "Own cards",
        ),
        (
            renamed("workload", 1, "support chat"),
            "the name 'support chat' is given to two of [[workload]]; each has its own",
        ),
        (
            lambda content: content["engine"][1].update(existing_nodes=2),
            "engine 'Own cards': existing_nodes is 2 where acquisition_kind is 'rent'; nodes owned "
            "already belong to a pool that buys, so make two pools of it, or say "
            'acquisition_kind = "buy"',
        ),
        (
            lambda content: content["workload"][0].update(input_tokens=0, output_tokens=0),
            "workload 'Support chat': input_tokens and output_tokens are both 0; a request has",
        ),
        (
            lambda content: content.update(contract=[{"name": "Reserved"}]),
            "contract 'Reserved': it says no engine; it must be one of API, Own cards, Other",
        ),
        (first("workload", request_share=0.5), "[volume] is missing; workloads with a share need"),
        (
            lambda content: content["engine"][1].update(model="Llama-9"),
            "engine 'Own cards': model: There is no model 'Llama-9' in the table",
        ),
        (many, "there are 21 of [[workload]]; a plan holds at most 20"),
        (removed("engine", 0, "name"), "[[engine]] number 1 has no name; give it one"),
        (
            first("engine", kind="cloud"),
            "engine 'API': kind is 'cloud'; it must be one of api, managed, nodes",
        ),
        (
            first("engine", input_price_per_mtok=-1),
            "engine 'API': input_price_per_mtok is -1; it must be a number of at least 0",
        ),
        (
            first("workload", growth_per_year=10),
            "workload 'Support chat': growth_per_year is 10; it must be a number from -0.99 to 2 "
            "(a tenth is 0.10 or 10 %)",
        ),
        (
            lambda content: content.update(people={"migration_cost": 500.0}),
            "[people] migration_cost is 500.0; a plan of several workloads does not count it: "
            "write moving_cost of each [[engine]], what moving a workload to it costs",
        ),
        (
            first("workload", requests_per_day=5),
            "workload 'Support chat': tokens_per_month and requests_per_day both say its volume; "
            "give one",
        ),
        (
            removed("workload", 0, "tokens_per_month"),
            "workload 'Support chat': requests_per_day is missing; give tokens_per_month, or "
            "requests and their lengths",
        ),
        (
            first("workload", last_month=40),
            "workload 'Support chat': last_month is 40; it must be a whole number from 1 to 12",
        ),
        (
            first("workload", colour="red"),
            "workload 'Support chat': 'colour' is not part of it; it takes",
        ),
        (
            first("strategy", routes={CHAT: "API"}),
            "strategy 'All API': workload 'Night batch' has no route",
        ),
        (
            first("strategy", nodes={"Own cards": 1.5}),
            "strategy 'All API': nodes of 'Own cards' is 1.5; it must be a whole number; leave "
            "the pool out to build it for its peak",
        ),
        (
            first("engine", speeds={"Support chats": 5}),
            "engine 'API': there is no workload 'Support chats'; nearest: Support chat",
        ),
    ],
)
def test_a_mistake_is_one_sentence(change, sentence):
    """It names the workload, the engine or the strategy, the value and the rule."""
    with pytest.raises(ScenarioError) as error:
        parsed(change)
    assert str(error.value).startswith(sentence)


def test_requests_and_lengths_give_tokens_and_their_shares():
    """40,000 x 1,800 a day, 30 days in 720 hours: 2,160 M, a sixth of it output."""
    ours = load(ready()["article-3-engines"])
    entries = ours.workloads[0].scenario.entries
    assert entries["tokens_per_month"].base == pytest.approx(2.16e9)
    assert entries["output_share"].base == pytest.approx(300 / 1_800)


def test_users_keep_their_range():
    """8,000 to 20,000 users who ask six times a day, 3,400 tokens each."""
    entry = load(ready()["company"]).workloads[0].scenario.entries["tokens_per_month"]
    each = 6 * 3_400 * 730 / 24
    assert (entry.low, entry.base, entry.high) == pytest.approx(
        (8_000 * each, 12_000 * each, 20_000 * each)
    )
    assert entry.source == "judgement: customers who write on a day"


@pytest.mark.parametrize("name", ready_scenarios())
def test_a_file_with_one_workload_is_a_portfolio_of_one(name):
    """Its engines and strategies are the options of the plan."""
    file = ready_scenarios()[name]
    ours, scenario = load(file), load_scenario(file)
    assert len(ours.workloads) == 1
    assert len(ours.strategies) == len(scenario.options)
    for strategy in ours.strategies:
        for shares in strategy.routes.values():
            assert math.fsum(shares.values()) == pytest.approx(1)


def test_a_contract_for_what_is_not_compared_is_refused():
    """Its minimum would be missing from every strategy."""
    signed = {"name": "Frame", "kind": "managed", "minimum_per_month": 1_000, "signed": True}
    parts = {
        "workload": {"tokens_per_month": 1e9},
        "api": {"api_input_price_per_mtok": 1.0, "api_output_price_per_mtok": 1.0},
        "nodes": {"node_tokens_per_second": 1_000.0, "rent_per_gpu_hour": 2.0},
    }
    content = {**parts, "contract": [signed]}
    with pytest.raises(ScenarioError, match="contract 'Frame': kind is 'managed'; it is for"):
        parse_portfolio(content, "test.toml")


@pytest.mark.parametrize("name", ready())
def test_every_ready_portfolio_is_read(name):
    """Those with many workloads, and those with one."""
    assert load(ready()[name]).workloads


def test_hours_of_ones_own_have_their_own_peak():
    """By hand: 6 busy hours of 24 are 4 times the mean, times bursts of 1.2 inside the hour."""
    content = changed(first("workload", load_factor=[1.0] * 6 + [0.0] * 18))
    peak = parse_portfolio(content, "x").workloads[0].scenario.entries["peak_factor"]
    assert peak.base == pytest.approx(4 * 1.2)


@pytest.mark.parametrize(("kind", "price"), [("api", 0.1), ("managed", 0.2)])
def test_a_managed_platform_discounts_batch_jobs_only_where_it_says_so(kind, price):
    """An API halves them by default, and a platform does not, as in a plan of one workload."""
    content = changed(first("engine", kind=kind))
    content["workload"][0]["batch_share"] = 1.0
    series, _ = inputs(parse_portfolio(content, "x"))
    assert series["w1_b1_price_per_mtok"] == pytest.approx(price)
