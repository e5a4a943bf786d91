"""The speed that the cover asks of a node, typed in, makes self-hosting pay."""

import re

import pytest

from tests.workbooks.budgets import corner

BOUGHT = {
    "acquisition_kind": "buy",
    "hardware": "H200 SXM",
    "gpus_per_node_count": 8,
    "node_tokens_per_second": 16_452.0,
}
DEAR = {"api_input_price_per_mtok": 2.0, "api_output_price_per_mtok": 4.0}
PLANS = {
    "bought": {"nodes": BOUGHT, "workload": {"peak_factor": 4.0}},
    "rented": {"api": DEAR, "nodes": {"node_tokens_per_second": 900.0}},
    "own tokens": {
        "api": DEAR,
        "nodes": {"node_tokens_per_second": 900.0, "own_price_per_mtok": 1.0},
    },
    "as it is": {},
}


def reason_at(name, speed=None):
    """Return the reason of a plan, at another speed of its node."""
    sections = dict(PLANS[name])
    if speed:
        sections["nodes"] = {**sections.get("nodes", {}), "node_tokens_per_second": speed}
    return str(corner("never", **sections).run()["reason_text"])


@pytest.mark.parametrize("name", PLANS)
def test_the_speed_asked_for_pays_and_a_little_less_does_not(name):
    """The threshold is in the unit of the input: before peak, answer times and headroom."""
    said = reason_at(name)
    assert said.startswith("Never: a full node costs")
    speed = float(re.search(r"measured at ([\d,]+) a second", said)[1].replace(",", ""))
    assert reason_at(name, speed).startswith("At today's prices self-hosting first pays")
    assert reason_at(name, speed - 1.001).startswith("Never")
