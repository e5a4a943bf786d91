"""The speed that the cover asks of a node, typed in, makes self-hosting pay."""

import re

import pytest

from tests.workbooks.budgets import corner
from workbooks.plan.judgement.judged import judged

BOUGHT = {
    "acquisition_kind": "buy",
    "hardware": "H200 SXM",
    "gpus_per_node_count": 8,
    "node_tokens_per_second": 16_452.0,
}
DEAR = {"api_input_price_per_mtok": 2.0, "api_output_price_per_mtok": 4.0}
PLANS = {
    "bought": {
        "nodes": BOUGHT,
        "workload": {"peak_factor": 4.0, "tokens_per_month": 6e10},
        "api": {"api_input_price_per_mtok": 0.5, "api_output_price_per_mtok": 0.6},
    },
    "rented": {
        "api": DEAR,
        "workload": {"tokens_per_month": 3e10, "growth_per_year": 0.5},
        "nodes": {"node_tokens_per_second": 900.0},
    },
    "own tokens": {
        "api": DEAR,
        "workload": {"tokens_per_month": 3e10},
        "nodes": {"node_tokens_per_second": 900.0, "own_price_per_mtok": 1.0},
    },
}


def at(name, speed=None):
    """Return the answers of a plan, at another speed of its node."""
    sections = {key: dict(inputs) for key, inputs in PLANS.get(name, {}).items()}
    if speed:
        sections.setdefault("nodes", {})["node_tokens_per_second"] = speed
    plan, _ = judged(corner("never", **sections), draws=100)
    return plan.run()


def spoken(text, after):
    """Return the speed that a sentence names."""
    return float(re.search(rf"{after} ([\d,]+)", text)[1].replace(",", ""))


@pytest.mark.parametrize("name", PLANS)
def test_the_speed_asked_for_pays_and_a_little_less_does_not(name):
    """The threshold is in the unit of the input: before peak, answer times and headroom."""
    told = at(name)
    assert told["saving_cost"] < 0
    assert "pays with nodes measured at" in told["scale_text"]
    speed = spoken(told["scale_text"], "nodes measured at")
    paid = at(name, speed)
    assert paid["saving_cost"] > 0
    assert "Host it yourselves" in paid["verdict_text"] or paid["tie_count"]
    assert at(name, speed - 1)["saving_cost"] <= 0


@pytest.mark.parametrize("name", PLANS)
def test_where_no_volume_pays_a_faster_node_has_one_that_does(name):
    """People left out of the question: a full node must cost less than the rival charges."""
    told = at(name)
    assert "it pays at no volume" in told["reason_text"]
    speed = spoken(told["reason_text"], "full ones cost less from")
    assert "it first pays at" in at(name, speed)["reason_text"]
    assert "it pays at no volume" in at(name, speed - 1)["reason_text"]


def test_where_people_alone_cost_more_no_speed_is_asked_for():
    """The plan has no volume, so nobody can be paid out of what it saves."""
    assert at("as it is")["scale_text"].startswith("No speed of a node makes self-hosting pay")
