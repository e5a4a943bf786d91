"""The hours on the Load sheet are reckoned as the worksheet function reckons them."""

import re

import pytest

from costcore.answers.hybrid import spillover
from tests.books import cached, edit, names
from tests.engines import ironcalc_values
from tests.workbooks.budgets import CORNERS, corner, write
from workbooks.sheets.budget import budget
from workbooks.sizing.shapes import FLAT, SHAPES, hourly

MANY = {"tokens_per_month": 40e9}
DEAR = {"api_input_price_per_mtok": 4.0, "api_output_price_per_mtok": 16.0}
PLANS = {
    "as it is": {},
    "nothing pays": {"api": {"api_input_price_per_mtok": 0.1, "api_output_price_per_mtok": 0.1}},
    "nodes pay": {"workload": MANY, "api": DEAR},
    "own tokens": {"api": DEAR, "nodes": {"own_price_per_mtok": 0.5}},
    "six at least": {
        "workload": MANY,
        "api": DEAR,
        "nodes": {"min_nodes": 6},
    },
}


@pytest.mark.parametrize("name", PLANS)
def test_sheet_and_function_agree(name):
    """The cheapest number of nodes, its cost, the API alone and owning the peak."""
    found = corner("rented", **PLANS[name]).run()
    best = spillover(
        found["load_tokens"],
        found["node_cost_per_month"],
        found["node_hour_tokens"],
        found["api_price_per_mtok"],
        found["fixed_cost_per_month"],
        found["hours_per_month"],
        found["own_price_per_mtok"],
        found["min_nodes"],
    )
    assert found["spill_step_nodes"] == 1  # else the sheet compares fewer numbers
    assert found["best_nodes"] == best.nodes
    assert found["best_cost_per_month"] == pytest.approx(best.cost_per_month)
    assert found["all_api_per_month"] == pytest.approx(best.all_api_cost_per_month)
    assert found["own_peak_per_month"] == pytest.approx(best.all_owned_cost_per_month)
    assert found["peak_nodes"] == best.all_owned_nodes


def test_without_own_nodes_nothing_is_saved():
    """Buying everything saves exactly nothing against buying everything."""
    found = corner("rented", **PLANS["nothing pays"]).run()
    assert found["best_nodes"] == 0
    assert found["spill_saving_per_month"] == pytest.approx(0, abs=1e-6)


def test_the_fewest_nodes_are_compared_first():
    """None, six, seven and so on, in steps that reach the peak however high it is."""
    found = corner("rented", nodes={"min_nodes": 6}).run()
    assert found["spill_nodes"][:3].tolist() == [0, 6, 7]
    many = corner("rented", workload={"tokens_per_month": 2e13}).run()
    assert many["spill_step_nodes"] > 1
    assert many["spill_nodes"][-1] >= many["peak_nodes"]


@pytest.mark.parametrize("shape", [FLAT, *SHAPES])
def test_the_mean_of_a_shape_is_one(shape):
    """Loads are over the mean, however they were rounded in the table."""
    assert hourly(shape).mean() == pytest.approx(1, rel=1e-15)


def test_typed_loads_count_over_their_mean(tmp_path):
    """Twice every load is the same shape, and serves no token more."""
    path = write(tmp_path, "load", budget(corner("rented")))
    loads = {("Load", ref): value for ref, value in cached(path)["Load"].items()
             if re.fullmatch(r"B\d+", ref) and isinstance(value, float)}  # fmt: skip
    doubled = {place: 2 * value for place, value in loads.items()}
    assert len(doubled) == 168
    told = ironcalc_values(edit(path, doubled, tmp_path / "doubled.xlsx"))
    for name in ("best_nodes", "best_cost_per_month", "all_api_per_month", "shape_peak_factor"):
        sheet, ref = names(path)[name]
        assert told[sheet][ref] == pytest.approx(cached(path)[sheet][ref], rel=1e-12), name
    tokens = corner("rented").run()["hours_tokens_per_month"]
    assert tokens == pytest.approx(CORNERS["rented"]["workload"]["tokens_per_month"]["base"])
