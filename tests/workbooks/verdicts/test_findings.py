"""What a sceptical reader found wrong in the sentences of a plan, each with its right value."""

import re
from dataclasses import replace
from itertools import pairwise

import pytest

from tests.workbooks.verdicts.oracle import Question
from tests.workbooks.verdicts.plans import asked
from workbooks.plan.judgement.facts import facts, odds
from workbooks.plan.judgement.headline import headline
from workbooks.plan.judgement.judged import judged
from workbooks.plan.plan import plan
from workbooks.scenario.reading import load, parse, ready

H200 = {
    "acquisition_kind": "rent",
    "hardware": "H200 SXM",
    "system": "1x H200 SXM | gpt-oss-120b fp4 | 8192/1024",
}


def sol(**sections):
    """A flat volume on one rented H200 against a frontier API, people paid 140,000 a year."""
    content = {
        "horizon_months": 36,
        "workload": {"tokens_per_month": 5e9, "output_share": 0.11, "peak_factor": 2.4},
        "api": {"api_model": "openai/gpt-6.1-sol"},
        "nodes": H200,
        "people": {"staff_fte": 1, "salary_per_year": 140e3},
    }
    for section, inputs in sections.items():
        content[section] = {**content.get(section, {}), **inputs}
    return plan(parse(content, "sol.toml"))


@pytest.fixture(scope="module")
def mid_size():
    return judged(plan(load(ready()["mid-size"])), draws=200)


def test_the_break_even_is_against_the_rival_that_counts_and_in_time(mid_size):
    """A full node costs 0.27 and the managed platform takes less: never, in no month."""
    ours, _ = mid_size
    told = ours.run()
    assert "less than the managed platform (together/openai/gpt-oss-120b)" in told["reason_text"]
    assert "in no month of the plan" in told["reason_text"]
    assert "it pays at no volume" in told["reason_text"]
    assert told["busiest_month_count"] == 36
    assert "you plan 9,789 M then" in told["reason_text"]
    known = facts(ours)
    assert known["busiest_tokens_per_month"] < known["sustained_tokens_per_month"]


def test_against_the_api_alone_the_busiest_month_takes_its_own_price():
    """At the price of month 36 it is about 19 B tokens, not the 9.6 B of month 1's price."""
    entry = load(ready()["mid-size"], {"managed_model": ""})
    told = plan(entry).run()
    assert told["rival_text"].startswith("the cloud API")
    assert told["price_per_mtok"] < 0.55 * told["api_price_per_mtok"]
    assert told["first_tokens_per_month"] > 15e9
    assert told["ahead_months"] == 0


def test_a_fee_is_in_the_break_even_as_it_is_in_the_plan():
    """With 20,000 a month the bills meet early; what they come to there is the same."""
    free, charged = sol().run(), sol(api={"api_fee_per_month": 20e3}).run()
    assert "Stay on the API" in free["verdict_text"]
    assert free["first_tokens_per_month"] > 5e9
    assert "Host it yourselves" in charged["verdict_text"]
    assert charged["first_tokens_per_month"] < 1e9
    tokens = charged["first_tokens_per_month"] / 1e6
    api = 20e3 + tokens * charged["api_price_per_mtok"]
    nodes = charged["first_nodes"] * charged["full_node_per_month"]
    assert api == pytest.approx(charged["fixed_per_month"] + nodes)
    assert "in every month of the plan" in charged["reason_text"]


def test_the_cost_of_capital_is_in_the_break_even_as_it_is_in_the_plan():
    """Flat and bought: cash is lower, present value is not, and no month says otherwise."""
    q = Question(
        kind="buy", node=300_000.0, tokens=2e10, api_price=0.93, staff=8_000.0, rate=0.4, spare=0
    )
    told = asked(q).run()
    assert told["own_cash_cost"] < told["api_cash_cost"]
    assert "Stay on the API" in told["verdict_text"]
    assert "in no month of the plan" in told["reason_text"]
    assert told["busiest_own_per_month"] > told["busiest_rival_per_month"]


def test_two_present_values_as_near_as_that_are_too_close_to_call():
    """A price that makes the API 1 % dearer than self-hosting decides nothing."""
    q = Question(tokens=5e9, staff=10_000.0, spare=0)
    own = asked(q).run()
    price = q.api_price * own["own_compared_cost"] / own["api_compared_cost"]
    told = asked(replace(q, api_price=price * 1.01)).run()
    assert told["verdict_text"].startswith(
        "Too close to call between self-hosting and the cloud API"
    )
    assert told["margin_share"] == pytest.approx(1 - 1 / 1.01, rel=1e-6)


def test_the_odds_are_of_being_cheapest_of_all_and_the_headline_says_so(mid_size):
    """Self-hosting beats nothing here, whatever it does against the API alone."""
    _, drawn = mid_size
    assert drawn.wins["own"] == 0
    said = headline(drawn, drawn.left)
    assert "the managed platform is cheapest of all in 100.0% of 200 draws" in said
    assert "cheaper than the cloud API in" in said
    assert odds(drawn)["win_share"] == drawn.wins["own"]


def test_what_costs_something_is_not_wholly_less():
    """30 M tokens a month at about 2 a million are some 60; own nodes cost people and a card."""
    _, drawn = judged(sol(workload={"tokens_per_month": 30e6}), 50)
    assert "(over 99%) less than the runner-up, self-hosting" in headline(drawn, drawn.left)


def test_a_saving_that_no_draw_moves_is_one_amount():
    """The article gives every figure without a range: 64,800 less 20,736 in each draw."""
    _, drawn = judged(plan(load(ready()["article-1"])), 50)
    assert "saves 44,064 against it from P10 to P90" in headline(drawn, drawn.left)


def test_the_speed_is_in_the_unit_of_the_input():
    """16,452 measured is not enough where a full node costs more than 0.20; what is named is."""
    cheap = {"api_input_price_per_mtok": 0.15, "api_output_price_per_mtok": 0.6}
    cheap["api_cached_price_per_mtok"] = 0.15
    volume = {"tokens_per_month": 20e9}
    said = sol(api=cheap, workload=volume).run()["reason_text"]
    named = re.search(r"full ones cost less from ([\d,]+) tokens a second", said)
    speed = float(named[1].replace(",", ""))
    assert speed > 16_452
    for typed, words in ((speed, "it first pays at"), (speed - 1, "it pays at no volume")):
        again = sol(api=cheap, workload=volume, nodes={"node_tokens_per_second": typed}).run()
        assert words in again["reason_text"]


def test_what_is_no_cash_is_apart_and_said_when_it_decides():
    """80 hours of 100 a month are no cash; the present value is that of the cash above it."""
    q = Question(tokens=8e9, staff=3_000.0, opportunity=12_000.0)
    left_out, counted = asked(q).run(), asked(replace(q, counted=True)).run()
    assert left_out["own_present_cost"] == counted["own_present_cost"]
    assert "Host it yourselves" in left_out["verdict_text"]
    assert "with it the cloud API would cost least" in left_out["verdict_text"]
    assert "Stay on the API" in counted["verdict_text"]
    assert "without it self-hosting would cost least" in counted["verdict_text"]


def test_gates_condition_the_verdict():
    """What nobody answered is told; a no takes the platform out, and another rival counts."""
    q = Question(managed_price=0.5)
    told = asked(q).run()
    assert told["conditions_text"].count(" · ") == 6
    assert "Use the managed platform" in told["verdict_text"]
    out = asked(replace(q, failed=("gate_latency_managed_kind",))).run()
    assert out["rival_text"] == "the cloud API"
    assert "managed" not in out["verdict_text"]


def test_a_dominated_hybrid_is_called_so():
    """A router that sends next to nothing to own nodes still pays for them and their people."""
    told = asked(Question(hybrid=1e-9, staff=20_000.0)).run()
    assert "The hybrid is dominated: the cloud API alone costs" in told["scale_text"]


def test_rules_measure_what_they_mean():
    """Use is of what nodes are planned for; bill and owning are of the same months."""
    q = Question(tokens=5.5e9, speed=4_000.0, peak=2.4, migration=50_000.0, dual=3)
    ours = asked(q)
    known, told = facts(ours), ours.run()
    assert 0.7 < known["own_load_share"] <= 1
    dearer = told["api_compared_cost"] > told["own_compared_cost"]
    assert (known["api_level_per_month"] > known["own_amortised_per_month"]) == dearer


def test_nodes_are_counted_with_the_spare_and_bands_do_not_overlap():
    """One that serves and one that stands by are two; 3 nodes win only above what 2 serve."""
    told = asked(Question(tokens=2e10, spare=1)).run()
    assert f"nodes with the spare: {told['first_nodes'] + 1:.0f})" in told["reason_text"]
    starts, ends = told["band_from_tokens_per_month"], told["band_to_tokens_per_month"]
    wins = [(start, end) for start, end in zip(starts, ends, strict=True) if end < float("inf")]
    assert wins
    assert all(end <= start for (_, end), (start, _) in pairwise(wins))
