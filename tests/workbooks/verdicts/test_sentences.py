"""Every sentence of the cover is true, judged by an independent reckoning of random plans."""

import math
import re
from dataclasses import replace

import numpy as np
import pytest

from tests.workbooks.verdicts.oracle import GATES, Oracle
from tests.workbooks.verdicts.plans import asked, question
from workbooks.plan.judgement import risk as module
from workbooks.plan.judgement.judged import judged
from workbooks.plan.judgement.threshold import paying_speed
from workbooks.plan.results.odds import Odds

QUICK, ALL = range(30), range(30, 230)
NAMES = {
    "api": "the cloud API",
    "managed": "the managed platform",
    "own": "self-hosting",
    "hybrid": "the hybrid",
}
PHRASES = {
    "api": "Stay on the API",
    "managed": "Use the managed platform",
    "own": "Host it yourselves",
    "hybrid": "Go hybrid",
}
NUMBER = r"([\d,]+)"
SEEDS = [*QUICK, *(pytest.param(seed, marks=pytest.mark.slow) for seed in ALL)]


def number(text, pattern):
    """Return the number that a sentence gives where the pattern says."""
    found = re.search(pattern.replace("N", NUMBER), text)
    assert found, (pattern, text)
    return float(found[1].replace(",", ""))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_sentences_are_true(seed):
    """Verdict, margin, rival, months, volume and speed are those of the independent reckoning."""
    truth, told = Oracle(question(seed)), answered(seed)
    assert told["master_check"] == 0
    for option in truth.options:
        assert told[f"{option}_compared_cost"] == pytest.approx(truth.present(option), rel=1e-9)
        np.testing.assert_allclose(told[f"{option}_due_per_month"], truth.flow(option), rtol=1e-9)
    judge_verdict(truth, told)
    if truth.rival:
        judge_months(truth, told)
        judge_volume(truth, told)
        judge_speed(truth, told)
    else:
        assert told["reason_text"].startswith("No token-billed option passes the gates")
    judge_conditions(truth, told)


def answered(seed):
    """Return what the product says, but for how sure it is: that is not asked here."""
    plan = asked(question(seed))
    return plan.with_odds(Odds(draws=1, speed=paying_speed(plan))).run()


def judge_verdict(truth, told):
    """The cheapest is named, with what it saves against the one that comes next."""
    said = told["verdict_text"]
    if not truth.ranking:
        assert said == "No strategy passes the gates."
        return
    first, *others = truth.ranking
    if others:
        margin = truth.present(others[0]) - truth.present(first)
        if margin <= 0.02 * truth.present(others[0]):
            assert said.startswith("Too close to call between ")
            assert NAMES[first] in said
            assert NAMES[others[0]] in said
        else:
            assert said.startswith(f"{PHRASES[first]}: USD ")
            assert f"less than the runner-up, {NAMES[others[0]]}" in said
            assert number(said, r"months, N \(") == pytest.approx(margin, abs=0.5)
            share = 100 * margin / truth.present(others[0])
            if 99.5 <= share < 100:  # what costs something is not 100 % less
                assert "(over 99 %)" in said
            else:
                assert number(said, r"\(N %\)") == pytest.approx(share, abs=0.5 + 1e-6)
    cost = number(said, r": USD N ")
    assert cost == pytest.approx(truth.present(first), abs=0.5)
    assert ("after tax" in said) == (truth.asked.tax > 0)
    judge_opportunity(truth, said)


def judge_opportunity(truth, said):
    """It is said when what is not cash decides."""
    other = Oracle(replace(truth.asked, counted=not truth.asked.counted))
    decides = other.ranking[0] != truth.ranking[0]
    assert ("Opportunity cost" in said) == decides
    if decides:
        assert f" {NAMES[other.ranking[0]]} would cost least" in said


def judge_months(truth, told):
    """The month from which it costs less, and never a saving without one."""
    said, ahead, months = told["reason_text"], truth.ahead, truth.asked.months
    assert f"Self-hosting costs less than {NAMES[truth.rival]} " in said
    last_behind = max((t for t in truth.all if t not in ahead), default=0)
    if len(ahead) == months:
        assert "in every month of the plan" in said
    elif not ahead:
        assert "in no month of the plan" in said
        assert not truth.pays
    elif last_behind < months:
        assert number(said, "from month N of the plan on") == last_behind + 1
        before = len(ahead) > months - last_behind
        assert (f"(in {len(ahead)} of {months} months in all)" in said) == before
    else:
        assert number(said, "in N of") == len(ahead)
        assert "not in the last" in said
    if ahead:
        assert ("does not make up for" in said) == (not truth.pays)


def judge_volume(truth, told):
    """Volume and price are of one month, the busiest."""
    said = told["reason_text"]
    busiest = max(truth.all, key=lambda t: (truth.volume(t), t))
    month = number(said, "At the prices of month N,")
    assert month == (busiest if truth.asked.growth else truth.asked.months)
    assert number(said, "you plan N M then") == pytest.approx(truth.volume(month) / 1e6, abs=0.51)
    first = truth.first_volume(month)
    if first is None:
        assert "it pays at no volume" in said
    elif first < 5e5:
        assert "it first pays at under 1 M tokens a month" in said
    else:
        assert number(said, "it first pays at N M") == pytest.approx(first / 1e6, abs=0.51)


def judge_speed(truth, told):
    """Typing the speed makes the plan pay; a little less does not, where nodes are hired."""
    said, speed = told["scale_text"], told["needed_tokens_per_second"]
    if math.isinf(speed):
        assert said.startswith(
            "No speed of a node makes self-hosting pay at the volume of the plan"
        )
        assert not truth.with_speed(1e12).pays
        return
    assert number(said, "measured at N tokens") == speed
    assert truth.with_speed(speed).pays
    assert speed <= 1 or not truth.with_speed(speed - 1).pays


def judge_conditions(truth, told):
    """Every gate that nobody answered is named, and no other."""
    answered = {*truth.asked.failed, *truth.asked.passed}
    for gate, (text, removed) in GATES.items():
        matters = set(removed) & set(truth.options)
        assert (text in told["conditions_text"]) == bool(matters and gate not in answered)


@pytest.mark.parametrize("seed", SEEDS[:8] + SEEDS[30:60])
def test_typing_the_speed_makes_the_plan_pay(seed):
    """In the product too, and whatever the speed was."""
    q = question(seed)
    told = answered(seed)
    if not told["rival_count"] or math.isinf(told["needed_tokens_per_second"]):
        return
    typed = asked(q, node_tokens_per_second=float(told["needed_tokens_per_second"])).run()
    assert typed["saving_cost"] > 0
    assert typed["ahead_months"] > 0


@pytest.mark.parametrize("seed", range(4))
def test_how_sure_is_counted_over_all_strategies(seed):
    """The share of draws in which the strategy named is cheapest of all that fail no gate."""
    q = replace(question(seed), failed=())
    plan, drawn = judged(asked(q), draws=60)
    drivers = tuple(module.drivers_of(plan))
    draws = module.draw(drivers, np.arange(60), 1)
    told, counts = plan.run(), dict.fromkeys(plan.options, 0)
    for i in range(60):
        moved = {field: float(draws[name][i]) for name, field in DRAWN.items() if name in draws}
        counts[Oracle(replace(q, **moved)).ranking[0]] += 1
    assert drawn.wins == {option: count / 60 for option, count in counts.items()}
    first = Oracle(q).ranking[0]
    assert told["sure_share"] == drawn.wins[first]
    assert f"{100 * drawn.wins[first]:.1f} % of 60 draws" in told["verdict_text"]
    assert ("Too close to call" in told["verdict_text"]) == (
        drawn.wins[first] < 0.6 or told["margin_share"] <= 0.02
    )


DRAWN = {"discount_rate": "rate"}
