"""A quote of some prices keeps the others in their ratio: no lower price makes anything dearer."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines import disagreements
from tests.workbooks.budgets import corner, write
from workbooks.plan.plan import plan
from workbooks.scenario.changing import changed
from workbooks.scenario.reading import load, ready
from workbooks.sheets.budget import budget

MID = load(ready()["mid-size"])
LISTED = plan(MID).run()
PARTS = ("input", "cached", "output", "write", "long_input", "long_output")


def quoted(**prices):
    """The plan of the mid-size company with some prices agreed."""
    return plan(changed(MID, {f"api_{part}_price_per_mtok": p for part, p in prices.items()}))


def test_a_contract_15_percent_below_list_saves_15_percent():
    """List 2 and 10; agreed 1.70 and 8.50: cached, written and long prices follow."""
    run = quoted(input=1.7, output=8.5).run()
    for part in PARTS:
        assert run[f"api_{part}_per_mtok"] == pytest.approx(0.85 * LISTED[f"api_{part}_per_mtok"])
    assert run["api_cash_cost"] == pytest.approx(0.85 * LISTED["api_cash_cost"])


def test_a_price_that_is_quoted_itself_counts():
    """A cached price of its own is not scaled, and moves no other."""
    run = quoted(input=1.7, cached=0.3).run()
    assert run["api_cached_per_mtok"] == 0.3
    assert run["api_write_per_mtok"] == pytest.approx(0.85 * LISTED["api_write_per_mtok"])
    assert run["api_output_per_mtok"] == LISTED["api_output_per_mtok"]


@settings(max_examples=20, deadline=None)
@given(st.floats(0.01, 1.0), st.floats(0.01, 1.0))
def test_no_lower_price_costs_more(one, other):
    """Whatever is agreed below list, the API never costs more than at list."""
    run = quoted(input=2 * one, output=10 * other).run()
    assert run["api_cash_cost"] <= LISTED["api_cash_cost"] * (1 + 1e-12)


def test_without_a_model_a_plain_price_is_every_price():
    """There is no table row to keep a ratio to."""
    run = corner("bought").run()
    assert run["api_cached_per_mtok"] == run["api_write_per_mtok"] == run["api_input_per_mtok"] == 2


def test_three_engines_keep_the_ratio(tmp_path, soffice):
    """Numpy, LibreOffice and IronCalc, where some prices are typed beside a model."""
    ours = corner("rented", api={"api_input_price_per_mtok": 2.0})
    assert disagreements([write(tmp_path, "partial", budget(ours))], fewest=5000) == []
