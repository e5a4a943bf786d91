"""Minimums outside of contracts stand on Commitments; what is paid in which currency adds up."""

import numpy as np
import pytest

from tests.books import cached
from tests.engines import differences, ironcalc_values
from tests.workbooks.budgets import CORNERS, write
from workbooks.plan.monthend.signed.alone import budget as signed_budget
from workbooks.plan.plan import plan
from workbooks.scenario.reading import parse
from workbooks.sheets.budget import budget

RESERVED = {
    "name": "Reserved",
    "kind": "reserved",
    "term_months": 18,
    "minimum_per_month": 5_000,
    "committed_nodes": 2,
}
COMMITTED = {
    "api": {**CORNERS["rented"]["api"], "api_commit_per_month": 60_000.0},
    "managed": {**CORNERS["rented"]["managed"], "managed_commit_per_month": 50_000.0},
}


def asked(*contracts, **more):
    content = {**CORNERS["rented"], **more, "contract": list(contracts)}
    return plan(parse(content, "promised.toml"))


@pytest.mark.parametrize("contracts", [(), (RESERVED,)], ids=["alone", "beside a contract"])
def test_each_minimum_is_shown_under_every_strategy(contracts):
    """Signed, so owed for 36 months by all; what a strategy buys there burns it (by hand)."""
    ours = asked(*contracts, **COMMITTED)
    found = ours.run()
    prices = {each: found[f"{each}_price_now_per_mtok"] for each in ("api", "managed")}
    volume, both = found["volume_tokens_per_month"], np.arange(36) < 2
    bill = {each: volume / 1e6 * prices[each] for each in prices}
    for engine, least in (("api", 60_000), ("managed", 50_000)):
        np.testing.assert_allclose(found[f"{engine}_promised_per_month"], least)
        np.testing.assert_allclose(found[f"{engine}_burnt_per_month"], bill[engine])
        short = np.maximum(least - bill[engine], 0)
        np.testing.assert_allclose(found[f"{engine}_shortfall_per_month"], short)
    burnt = {
        "managed_unused": (60_000, 0 * volume),
        "own_unused": (60_000, bill["api"] * both),
        "hybrid_unused": (60_000, bill["api"] * np.where(both, 1, 0.2)),
        "api_managed_unused": (50_000, 0 * volume),
        "own_managed_unused": (50_000, 0 * volume),
        "hybrid_managed_unused": (50_000, 0 * volume),
    }
    for name, (least, used) in burnt.items():
        unused = np.maximum(least - used, 0)
        np.testing.assert_allclose(found[f"{name}_per_month"], unused, err_msg=name)


def test_a_contract_in_another_currency_is_part_of_the_exposure():
    """5,000 dollars a month for 18 months, under every strategy, at the rate of the plan's day."""
    bare, bound, home = (
        asked(*each, api={"api_input_price_per_mtok": 2.0, "api_output_price_per_mtok": 2.0}).run()
        for each in ((), ({**RESERVED, "currency": "USD"},), (RESERVED,))
    )
    rate = float(bound["contract1_exchange_rate"])
    assert 0.5 < rate < 1.5
    for option in ("api", "managed"):
        more = bound[f"{option}_foreign_per_month"] - bare[f"{option}_foreign_per_month"]
        np.testing.assert_allclose(more[:18], 5_000 * rate)
        np.testing.assert_allclose(more[18:], 0)
        same = home[f"{option}_foreign_per_month"] - bare[f"{option}_foreign_per_month"]
        np.testing.assert_allclose(same, 0, atol=1e-9)


def test_a_minimum_in_the_plans_currency_is_no_exposure_of_own_nodes():
    """60,000 euros that are owed anyway are no dollars, though the API is priced in them."""
    free, bound = (asked(**each).run() for each in ({}, COMMITTED))
    for option in ("own", "hybrid"):
        name = f"{option}_foreign_per_month"
        np.testing.assert_allclose(bound[name], free[name])
        assert (free[name] > 0).any()


@pytest.mark.parametrize("currency", ["", "USD"])
def test_the_sheet_says_what_numpy_says(currency, tmp_path):
    ours = asked({**RESERVED, "currency": currency}, **COMMITTED)
    path = write(tmp_path, "promised", budget(ours))
    assert not differences(cached(path), ironcalc_values(path))


@pytest.mark.parametrize("rest", ["api", "managed"])
@pytest.mark.parametrize("contracts", [(), (RESERVED,)], ids=["alone", "beside a contract"])
def test_the_budget_that_bills_are_held_against_adds_up_to_the_cash(rest, contracts):
    """Tokens, fees and cost lines of each option; the platform's too, for what it serves."""
    more = {"hybrid_share": 0.8, "hybrid_rest_kind": rest}
    moved = {**CORNERS["rented"]["managed"], "managed_migration_cost": 4_000.0}
    ours = asked(*contracts, hybrid=more, managed=moved)
    found = ours.run()
    for option in ours.options:
        rows = list(signed_budget(ours, option))
        paid = found[f"{option}_cash_per_month"].sum()
        if contracts and option in ("api", "managed"):
            paid = sum(found[f"{option}_{part}_per_month"].sum() for part in ("bill", "contracts"))
        assert sum(row.cost for row in rows) == pytest.approx(paid, rel=1e-9), option
    served = sum(row.tokens for row in signed_budget(ours, "hybrid"))
    volume = found["volume_tokens_per_month"]
    assert served == pytest.approx(0.2 * volume.sum() + 0.8 * volume[:2].sum(), rel=1e-9)
