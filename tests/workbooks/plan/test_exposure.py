"""What is paid in a currency is what a plan pays more, for each part by which its rate rises."""

import datetime

import numpy as np
import pytest

from tests import engines
from tests.workbooks.budgets import RENTED, write
from workbooks.plan.plan import plan
from workbooks.scenario.reading import parse
from workbooks.sheets.budget import budget

POUND, DOLLAR, RISE = 1.2, 0.9, 1e-6
PART = 1e-4
"""So near is what a rise of the rate says."""


def pounds(amount):
    return {"base": amount, "currency": "GBP"}


SPREAD = {
    **RENTED,
    "horizon_months": 12,
    "api": {**RENTED["api"], "api_commit_per_month": pounds(2_000.0)},
    "managed": {**RENTED["managed"], "managed_migration_cost": pounds(9_000.0)},
    "nodes": {
        **RENTED["nodes"],
        "acquisition_kind": "lease",
        "lease_per_gpu_month": 900.0,
        "existing_nodes": 1,
        "existing_age_months": 54,
        "colo_per_kw_month": pounds(160.0),
        "node_opex_per_month": 120.0,
        "space_change_per_year": 0.05,
        "price_per_kwh": 0.1,
    },
    "people": {**RENTED["people"], "mlops_per_month": 900.0, "incident_cost_per_hour": 90.0},
    "hybrid": {"hybrid_share": 0.8, "hybrid_rest_kind": "managed"},
}
"""In euros: a commitment, a move and colocation in pounds, other cost of a node in euros.

What is assumed in dollars, such as pay, is typed: it is euros once it is assumed.
"""


def spread(pound=POUND, dollar=DOLLAR, **sections):
    """The plan at some rates, with some sections in the place of those above."""
    rates = [
        {
            "from_currency": code,
            "to_currency": "EUR",
            "rate": rate,
            "date": datetime.date(2026, 10, 1),
            "source": "treasury",
        }
        for code, rate in (("GBP", pound), ("USD", dollar))
    ]
    budgeted = {"series": {"currency_factor": {"GBP": [1.0] * 6 + [1.25]}}}
    return plan(parse({**SPREAD, **budgeted, "rate": rates, **sections}, "spread.toml"))


def paid_more(option, **risen):
    """What an option pays more in each month, for the whole of its rate."""
    before, after = (each.run()[f"{option}_cash_per_month"] for each in (spread(), spread(**risen)))
    return (after - before) / RISE


def test_what_is_owed_in_another_currency_is_exposed_under_every_strategy():
    """2,000 pounds a month unused are 2,400 euros, 3,000 at the budget rate from month 7 on.

    Moving to the platform costs 9,000 pounds, 10,800 euros, for all or for the rest of a hybrid.
    """
    told = spread().run()
    owed = np.array([2_400.0] * 6 + [3_000.0] * 6)
    moving = np.array([10_800.0] + [0.0] * 11)
    np.testing.assert_allclose(told["managed_gbp_per_month"], owed + moving)
    np.testing.assert_allclose(told["hybrid_managed_in_1_per_month"], moving)


def test_colocation_alone_is_exposed_where_other_cost_of_a_node_is_in_another_currency():
    """Euros a month for each node in service, 5 % a year more, are no pounds; the rest is."""
    told = spread().run()
    euros = 120 * told["own_nodes"] * 1.05 ** (np.arange(12) / 12)
    np.testing.assert_allclose(told["own_room_per_month"], told["own_space_per_month"] - euros)
    np.testing.assert_allclose(told["own_running_in_1_per_month"], told["own_room_per_month"])


@pytest.mark.parametrize("option", ["api", "managed", "own", "hybrid"])
@pytest.mark.parametrize(("code", "risen"), [("gbp", "pound"), ("usd", "dollar")])
def test_what_is_paid_in_a_currency_is_what_a_rise_of_its_rate_costs(option, code, risen):
    """Tokens of the API cost more than its commitment, so no bill turns at this rate."""
    rate = {"pound": POUND, "dollar": DOLLAR}[risen] * (1 + RISE)
    told, more = spread().run()[f"{option}_{code}_per_month"], paid_more(option, **{risen: rate})
    np.testing.assert_allclose(told, more, rtol=PART, atol=0.1)


def test_three_engines_agree(tmp_path):
    """Every formula of the sheets shows what numpy computes."""
    path = write(tmp_path, "spread", budget(spread()))
    assert engines.disagreements([path], 1_000) == []
