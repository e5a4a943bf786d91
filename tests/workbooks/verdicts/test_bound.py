"""The break-even in volume of a plan with contracts is where plans of that volume turn."""

import datetime

import pytest

from workbooks.plan.plan import plan
from workbooks.scenario.reading import parse

SPENT = {"kind": "api", "term_months": 24, "minimum_per_month": 14_000.0}
YEARLY = {"kind": "api", "term_months": 24, "minimum_per_year": 168_000.0}
HELD = {
    "kind": "reserved",
    "term_months": 24,
    "minimum_per_month": 2_600.0,
    "committed_nodes": 2,
}
OFFERED = {**SPENT, "signed": False}
DEDICATED = {
    "kind": "dedicated",
    "signed": False,
    "term_months": 24,
    "minimum_per_month": 900.0,
    "committed_tokens_per_month": 4e8,
}


BOUGHT = {"acquisition_kind": "buy", "capex_per_gpu": 40_000.0, "power_kw_per_gpu": 1.0}
BOUGHT |= {"resale_36_share": 0.3, "resale_60_share": 0.1}
TAXED = {"tax_rate_share": 0.25, "tax_depreciation_kind": "immediate"}


def flat(tokens, contracts, tax=None, **nodes):
    """A plan whose months are all alike, so that any month is the busiest."""
    return plan(
        parse(
            {
                "horizon_months": 12,
                "as_of": datetime.date(2026, 11, 9),
                "workload": {"tokens_per_month": tokens, "peak_factor": 2.0},
                "api": {"api_input_price_per_mtok": 4.0, "api_output_price_per_mtok": 4.0},
                "nodes": {
                    "node_tokens_per_second": 4_000.0,
                    "rent_per_gpu_hour": 2.0,
                    "sla_share": 1.0,
                    "max_load_share": 1.0,
                    **nodes,
                },
                "people": {
                    "staff_fte": 0.5,
                    "salary_per_year": 96_000.0,
                    "wage_growth_per_year": 0.0,
                    "mlops_per_month": 0.0,
                    "incidents_per_year": 0.0,
                },
                "finance": {"discount_rate": 0.0, **(tax or {})},
                "contract": [
                    {"name": f"No. {place}", **each} for place, each in enumerate(contracts)
                ],
            },
            "flat.toml",
        )
    ).run()


def saved(tokens, contracts, **nodes):
    """What a whole plan of that volume saves, month by month alike."""
    return float(flat(tokens, contracts, **nodes)["saving_cost"])


@pytest.mark.parametrize(
    ("contracts", "nodes"),
    [
        ([], {}),
        ([SPENT], {}),
        ([YEARLY], {}),
        ([OFFERED], {}),
        ([HELD], {}),
        ([HELD], {"spare_nodes": 3}),
        ([HELD, SPENT], {"spare_nodes": 0}),
        ([DEDICATED], {}),
    ],
)
def test_the_first_volume_with_contracts_is_where_plans_turn(contracts, nodes):
    """Planned with a little less self-hosting does not pay, with a little more it does."""
    told = flat(9e9, contracts, **nodes)
    first = float(told["first_tokens_per_month"])
    assert first < 9e9
    if first == 0:  # the offer alone costs more than a node
        assert contracts == [OFFERED]
        assert saved(1e6, contracts, **nodes) > 0
        return
    assert saved(first * (1 - 1e-6), contracts, **nodes) <= 0.01
    assert saved(first * (1 + 1e-6), contracts, **nodes) > -0.01
    for lower in (0.2, 0.5, 0.8, 0.95):
        assert saved(first * lower, contracts, **nodes) <= 0.01, lower


def test_the_bills_of_the_busiest_month_are_those_of_the_plan():
    """The staircase passes through the plan: both bills at its volume are what the month costs."""
    for contracts in ([SPENT], [HELD], [DEDICATED, HELD]):
        told = flat(3e9, contracts)
        month = int(told["busiest_month_count"]) - 1
        assert told["busiest_rival_per_month"] == pytest.approx(told["rival_due_per_month"][month])
        assert told["busiest_own_per_month"] == pytest.approx(told["own_due_per_month"][month])


@pytest.mark.parametrize("tax", [{}, TAXED])
def test_a_minimum_settled_each_month_leaves_each_month_as_it_is(tax):
    """Even it out, and nothing moves, for it is even: with bought nodes and tax, too.

    The tax of what is left when the plan ends went by the name of what settles the minimums.
    """
    told = flat(3e9, [SPENT], tax, **BOUGHT)
    for option in ("api", "own"):
        due, even = told[f"{option}_due_per_month"], told[f"{option}_even_per_month"]
        assert even.tolist() == pytest.approx(due.tolist())
    assert told["own_contracts_per_month"].tolist() == [14_000.0] * 12
