"""Each trap is found where it is, and only there; the figures are those worked out by hand."""

import math

import pytest

from costcore.answers.claim_kinds import (
    ABOVE_CAPACITY,
    CAPACITY_AS_VOLUME,
    FULL_LOAD,
    KINDS,
    LOAD_AS_DUTY,
    NAMED_COST,
    PEOPLE,
    RATES,
    THOUSAND,
)
from costcore.answers.claims import reconcile

SERVER = {"node_cost_per_month": 5_400, "capacity_tokens_per_month": 388.8e6}


def names(found):
    """Names of the traps."""
    return [trap.name for trap in found.traps]


@pytest.mark.parametrize(
    ("price", "claimed", "nodes", "with_people"),
    [(2.5, 2.16e9, 6, "4,827"), (10, 540e6, 2, "1,207"), (3.2, 1.69e9, 5, "3,771")],
)
def test_a_crossing_above_capacity(price, claimed, nodes, with_people):
    """540 M are 1.39 servers, which is two; the engineer moves the crossing besides."""
    found = reconcile(
        "breakeven", {**SERVER, "api_price_per_mtok": price, "labor_per_year": 80_000}, claimed
    )
    assert found.follows
    assert math.isinf(found.ours)
    assert names(found) == [ABOVE_CAPACITY, PEOPLE]
    assert f"take {nodes} nodes" in found.traps[0].why
    assert with_people in found.traps[1].why


def test_a_crossing_within_capacity_is_no_trap():
    """A node that serves 6.57 B serves a break-even of 1.45 B."""
    inputs = {
        "api_price_per_mtok": 0.6875,
        "node_cost_per_month": 998.46,
        "capacity_tokens_per_month": 6.5664e9,
        "labor_per_year": 0.0,
    }
    found = reconcile("breakeven", inputs, 1.45e9)
    assert found.follows
    assert found.ours == pytest.approx(1.4523e9, rel=1e-4)  # 998.46 over 0.6875
    assert names(found) == [PEOPLE]


def test_people_who_are_counted_are_no_trap():
    """A break-even that pays its engineer follows, and nothing is left out."""
    inputs = {"api_price_per_mtok": 10, "node_cost_per_month": 5_400, "labor_per_year": 80_000}
    found = reconcile("breakeven", inputs, 1_206.67e6)
    assert found.follows
    assert found.traps == ()


def test_never_is_a_claim_too():
    """Self-hosting a small model never pays, as claimed."""
    found = reconcile("breakeven", {**SERVER, "api_price_per_mtok": 0.075}, math.inf)
    assert found.follows
    assert found.traps == ()


def test_load_used_as_duty():
    """1.65 an hour is 14,454 a year, kept; 10,118 only if it is handed back for 30 % of it."""
    inputs = {"rate_per_hour": 1.65, "load_share": 0.7}
    found = reconcile("rent", inputs, 10_000, rounding=0.015)
    assert (found.follows, names(found)) == (True, [LOAD_AS_DUTY])
    assert (found.paper, found.ours) == (pytest.approx(10_117.8), pytest.approx(14_454))
    assert reconcile("rent", inputs, 14_454).traps == ()


@pytest.mark.parametrize(("claimed", "dearer"), [(0.001, "212.8"), (0.002, "425.5")])
def test_per_token_not_per_thousand(claimed, dearer):
    """10 B tokens at 0.001 each are 10 million, 213 times the bill they replace."""
    inputs = {"tokens_per_month": 10e9, "api_cost_per_month": 47_000}
    found = reconcile("token price", inputs, claimed)
    assert (found.follows, names(found)) == (False, [THOUSAND])
    assert dearer in found.traps[0].why
    assert reconcile("token price", inputs, claimed / 1_000).follows


def test_a_bill_against_its_rates():
    """2.7 B at 0.23 are 621; 3,750 is above even 2,025, all of it at 0.75."""
    inputs = {"tokens_per_month": 2.7e9, "shares": [0.8, 0.2], "prices_per_mtok": [0.10, 0.75]}
    found = reconcile("bill", inputs, 3_750)
    assert (found.follows, names(found), found.ours) == (False, [RATES], pytest.approx(621))
    assert "even all of it at its dearest rate is 2,025" in found.traps[0].why
    assert "1.389 per million" in found.traps[0].why
    assert reconcile("bill", inputs, 621).traps == ()


def test_a_volume_against_its_price():
    """At 0.23 owning for 7,588.89 pays from 33 B and not from 7.5 B, which needs 1.012."""
    inputs = {
        "node_cost_per_month": 6_755.556,
        "labor_per_year": 10_000,
        "api_price_per_mtok": 0.23,
    }
    found = reconcile("breakeven", inputs, 7.5e9)
    assert (found.follows, names(found)) == (False, [RATES])
    assert found.paper == pytest.approx(32.995e9, rel=1e-4)
    assert "a price of 1.012" in found.traps[0].why


def test_capacity_is_not_volume():
    """Doubling the capacity leaves cost over price where it was."""
    inputs = {
        "node_cost_per_month": 7_588.89,
        "api_price_per_mtok": 1.266667,
        "capacity_tokens_per_month": 17.5e9,
        "capacity_factor": 2,
    }
    found = reconcile("capacity gain", inputs, 0.5)
    assert (found.follows, names(found), found.ours) == (False, [CAPACITY_AS_VOLUME], 1.0)
    assert reconcile("capacity gain", inputs, 1.0).traps == ()


def test_a_named_cost_left_out():
    """1,500 over 42.75 is 35 months; with the 8.40 of power it names, 43.7."""
    inputs = {
        "capex": 1_500,
        "tokens_per_month": 95e6,
        "input_price_per_mtok": 0.15,
        "output_price_per_mtok": 0.6,
        "output_share": 2 / 3,
        "left_out_per_month": 8.4,
        "labor_per_year": 0.0,
    }
    found = reconcile("payback", inputs, 35)
    assert found.follows
    assert found.ours == pytest.approx(43.67, abs=0.01)
    assert names(found) == [NAMED_COST, PEOPLE]


def test_full_load_assumed():
    """0.89 per million holds in every hour of the year, or not at all."""
    inputs = {"rate_per_hour": 98.32, "tokens_per_second": 30_576}
    assert names(reconcile("unit price", inputs, 0.89)) == [FULL_LOAD]
    quarter = reconcile("unit price", {**inputs, "load_share": 0.25}, 3.57)
    assert (quarter.follows, quarter.traps) == (True, ())


@pytest.mark.parametrize(
    ("kind", "inputs", "words"),
    [
        ("breakeve", {}, "kind is 'breakeve'; it must be one of breakeven"),
        ("ratio", {"larger_cost": 1.0}, "needs smaller_cost"),
        ("ratio", {"larger_cost": 1.0, "smaller_cost": 1.0, "gpus": 1}, "does not take gpus"),
        ("ratio", {"larger_cost": 1.0, "smaller_cost": 0.0}, "divided by is 0"),
        ("bill", {"tokens_per_month": 1.0}, "it needs a price"),
        ("payback", {"capex": 1.0, "tokens_per_month": 1.0}, "it needs a price"),
        ("payback", {"capex": 1.0}, "needs api_cost_per_month or tokens_per_month"),
    ],
)
def test_a_wrong_claim_is_refused(kind, inputs, words):
    """The message names what is missing or not taken."""
    with pytest.raises(ValueError, match=words):
        reconcile(kind, inputs, 1.0)


def test_a_rounding_is_the_publishers():
    """Within its rounding a figure follows, beyond it not."""
    inputs = {"larger_cost": 273_200.0, "smaller_cost": 135_000.0}
    assert not reconcile("ratio", inputs, 2.0, rounding=0.01).follows
    assert reconcile("ratio", inputs, 2.0, rounding=0.02).follows
    assert set(KINDS) > {"ratio", "saving"}
