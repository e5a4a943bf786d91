"""The return of switching and the commitments, against separate reckoning."""

import numpy as np
import pytest

from costcore.money.cashflow import irr
from tests.workbooks.budgets import corner


def in_time(found):
    """Cash saved at the start of each month and after the last one, bills at a month's end."""
    bought = found["own_purchases_per_month"] - found["own_disposals_per_month"]
    bills = found["api_cash_per_month"] - found["own_running_per_month"]
    return np.append(-bought, 0) + np.append(0, bills + found["own_resale_per_month"])


def test_the_return_is_the_rate_at_which_the_cash_is_worth_nothing():
    """Halving in the sheet finds the only root of a separate solver, as a yearly rate."""
    found = corner(
        "bought",
        workload={"growth_per_year": 0.3},
        api={"api_input_price_per_mtok": 4.0, "api_output_price_per_mtok": 16.0},
        nodes={"life_months": 60, "existing_nodes": 0},
        people={"staff_fte": 0.1},
        series={"forecast_tokens_per_month": [], "api_price_factor": []},
    ).run()
    assert found["irr_rate"] == pytest.approx(only_rate(in_time(found)), rel=1e-4)


def only_rate(flows):
    """The only rate a year above 0 at which flows are worth nothing, by all roots they have."""
    roots = np.roots(flows[::-1])  # of the discount factor
    [factor] = [x.real for x in roots if abs(x.imag) < 1e-9 and 0 < x.real < 1]
    return factor**-12 - 1


def test_a_purchase_that_pays_back_has_a_return():
    """One purchase and equal savings: 100,000 for 10,000 a month over a year."""
    found = corner(
        "never",
        workload={"tokens_per_month": 1e9},
        api={"api_input_price_per_mtok": 12.0, "api_output_price_per_mtok": 12.0},
        nodes={
            "acquisition_kind": "buy",
            "hardware": "H100 SXM",
            "node_tokens_per_second": 5_000.0,
            "capex_per_gpu": 100_000.0,
            "resale_36_share": 0.0,
            "resale_60_share": 0.0,
            "life_months": 12,
            "support_share_per_year": 0.0,
        },
        people={"staff_fte": 0.0, "mlops_per_month": 0.0, "incidents_per_year": 0.0},
    ).run()
    flows = in_time(found)
    assert np.sign(flows).tolist() == [-1.0] + [1.0] * 12
    assert found["irr_rate"] == pytest.approx((1 + irr(flows)) ** 12 - 1, rel=1e-6)
    assert found["mirr_rate"] == pytest.approx(put_by(flows, found["discount_rate"]), rel=1e-9)


def put_by(flows, rate):
    """Grow what is saved to the end and discount what is paid, month by month: Excel's MIRR."""
    months = len(flows) - 1
    month = (1 + rate) ** (1 / 12)
    saved = sum(max(flow, 0) * month ** (months - at) for at, flow in enumerate(flows))
    paid = sum(max(-flow, 0) / month**at for at, flow in enumerate(flows))
    return (saved / paid) ** (12 / months) - 1


@pytest.mark.parametrize("tax", [0.0, 0.25])
def test_lost_hours_that_count_in_the_verdict_count_in_the_return(tax):
    """The net present value beside a return is 0 at it, whatever it counts."""

    def found_at(rate):
        return corner(
            "bought",
            workload={"growth_per_year": 0.3},
            api={"api_input_price_per_mtok": 4.0, "api_output_price_per_mtok": 16.0},
            nodes={"life_months": 60, "existing_nodes": 0},
            people={
                "staff_fte": 0.1,
                "opportunity_hours_per_month": 100.0,
                "opportunity_value_per_hour": 300.0,
                "opportunity_kind": "in",
            },
            finance={"discount_rate": rate, "tax_rate_share": tax},
            series={"forecast_tokens_per_month": [], "api_price_factor": []},
        ).run()

    found = found_at(0.1)
    at_return = found_at(float(found["irr_rate"]))
    assert 0.1 < found["irr_rate"] < 0.2
    assert at_return["own_npv_cost"] == pytest.approx(0, abs=0.01)
    assert at_return["mirr_rate"] == pytest.approx(found["irr_rate"], rel=1e-6)
    resale = found["own_paid_present_cost"] - found["own_present_cost"]
    assert found["saving_paid_cost"] == pytest.approx(found["own_npv_cost"] - resale, rel=1e-9)


def test_a_fleet_that_grows_has_a_return_while_what_is_saved_to_date_turns_once():
    """Nodes bought in the midst of the plan turn months back, and not all that is saved to date.

    There is then one rate above 0 (Norstrom, 1972); it is that of a separate solver.
    """
    found = corner(
        "never",
        workload={"tokens_per_month": 8e9, "growth_per_year": 0.6},
        api={"api_input_price_per_mtok": 1.4, "api_output_price_per_mtok": 1.4},
        nodes={
            "acquisition_kind": "buy",
            "hardware": "H100 SXM",
            "node_tokens_per_second": 5_000.0,
            "capex_per_gpu": 30_000.0,
            "support_share_per_year": 0.0,
        },
        people={"staff_fte": 0.0, "mlops_per_month": 0.0, "incidents_per_year": 0.0},
    ).run()
    assert found["turns_count"] > 1
    assert found["returns_count"] == 1
    assert found["irr_rate"] == pytest.approx(only_rate(in_time(found)), rel=1e-4)


def test_no_return_where_cash_never_changes_sides():
    """Self-hosting that always costs more has no return, not a negative one."""
    assert np.isinf(corner("never").run()["irr_rate"])


def test_what_is_promised_is_used_or_lost():
    """Promised and overage are used and shortfall, every month."""
    found = corner("leased").run()
    promised = found["api_promised_per_month"] + found["api_overage_per_month"]
    used = found["api_burnt_per_month"] + found["api_shortfall_per_month"]
    np.testing.assert_allclose(promised, used)
    assert (found["api_shortfall_per_month"] > 0).any()


def test_rent_is_reserved_spot_or_on_demand():
    """Half reserved at 40 % off and a fifth spot at 60 % off: 0.30, 0.08 and 0.30 of list."""
    found = corner(
        "rented",
        nodes={
            "reserved_share": 0.5,
            "reserved_discount_share": 0.4,
            "spot_share": 0.2,
            "spot_discount_share": 0.6,
        },
    ).run()
    parts = [found[f"{part}_per_month"].sum() for part in ("reserved", "spot", "on_demand")]
    assert np.array(parts) / sum(parts) == pytest.approx([0.30 / 0.68, 0.08 / 0.68, 0.30 / 0.68])
