"""Every amount in another currency follows its budget rates, month by month."""

import datetime

import numpy as np
import pytest

from tests import engines
from tests.workbooks.budgets import CORNERS, write
from workbooks.plan.mixing.finding import found
from workbooks.plan.monthend.bills import Bill
from workbooks.plan.monthend.closing import close
from workbooks.plan.monthend.signed.alone import alone
from workbooks.plan.plan import plan
from workbooks.portfolio.reading import parse_portfolio
from workbooks.scenario.entries import is_money
from workbooks.scenario.feasibility import FOLLOWING, MOVED
from workbooks.scenario.inputs import INPUTS
from workbooks.scenario.reading import parse
from workbooks.sheets.budget import budget

START, JULY = datetime.date(2027, 1, 1), datetime.date(2027, 7, 1)
GBP, LATER = 1.2, 1.5
LONGEST = 120
"""Characters of a formula on Commitments, which says each part in a line of its own."""
HALVES = np.where(np.arange(24) < 6, 1.0, LATER / GBP)
"""What the pound is worth over today's."""
BASE = {
    **CORNERS["rented"],
    "currency": "EUR",
    "start_month": START,
    "horizon_months": 24,
    "rate": [
        {"from_currency": c, "to_currency": "EUR", "rate": r, "date": datetime.date(2026, 10, 1)}
        for c, r in (("GBP", GBP), ("USD", 0.9))
    ],
    "budget_rate": [{"currency": "GBP", "from": JULY, "rate": LATER}],
}
SPENT = {
    "salary_per_year": (80_000.0, "people", "own_staff_per_month"),
    "mlops_per_month": (700.0, "people", "own_tools_per_month"),
    "incident_cost_per_hour": (90.0, "people", "own_incidents_per_month"),
    "opportunity_value_per_hour": (80.0, "people", "own_opportunity_per_month"),
    "lease_per_gpu_month": (1_500.0, "nodes", "own_rent_per_month"),
    "price_per_kwh": (0.2, "nodes", "own_power_per_month"),
    "colo_per_kw_month": (150.0, "nodes", "own_space_per_month"),
    "node_opex_per_month": (90.0, "nodes", "own_space_per_month"),
    "own_price_per_mtok": (0.3, "nodes", "own_marginal_per_month"),
}
"""Amounts that a line of own nodes follows: an amount in pounds, its section, the line."""
KINDS = {"lease_per_gpu_month": "lease"}
"""How nodes are got where an amount counts; else they are bought, which takes power and space."""


def told(name, given, section, **more):
    """The plan with one amount as given, and the nodes that it counts for."""
    kind = {"acquisition_kind": KINDS.get(name, "buy")}
    sections = {**BASE, **more, "nodes": {**BASE["nodes"], **kind}}
    people = {"incidents_per_year": 12.0, "incident_hours": 4.0, "opportunity_hours_per_month": 9.0}
    sections["people"] = {**BASE.get("people", {}), **people}
    sections[section] = {**sections.get(section, {}), name: given}
    return plan(parse(sections, "moved.toml"))


def pounds(value):
    return {"base": value, "currency": "GBP"}


@pytest.mark.parametrize("name", SPENT)
def test_a_line_follows_the_rates_of_its_amount(name):
    """As the same in euros, times what a pound is worth over today's: more from July on.

    Of the space of a node, one of its two amounts moves: the rest is what the other makes.
    """
    value, section, line = SPENT[name]
    moved, plain, none = (
        told(name, given, section).run()[line] for given in (pounds(value), value * GBP, 0.0)
    )
    assert plain.max() > none.max()
    np.testing.assert_allclose(moved, none + (plain - none) * HALVES)


@pytest.mark.parametrize("name", ["api_commit_per_month", "api_fee_per_month"])
def test_a_fee_and_a_minimum_follow_too(name):
    """By hand: 90,000 GBP a month are 108,000 and, from July, 135,000; all bills are below."""
    run = told(name, pounds(90_000.0), "api", contract=[]).run()
    usage = run["api_usage_per_month"] * (name == "api_fee_per_month")
    np.testing.assert_allclose(run["api_cash_per_month"] - usage, 108_000 * HALVES)


def test_moving_costs_what_it_costs_in_its_month():
    """Paid in the first month, whose budget rate is 1.5."""
    now = [{"currency": "GBP", "from": START, "rate": LATER}]
    run = told("migration_cost", pounds(40_000.0), "people", budget_rate=now).run()
    assert run["own_migration_per_month"][0] == pytest.approx(60_000)


@pytest.fixture(scope="module")
def several():
    """Pay, power, tools and a minimum in pounds, in one plan."""
    people = {"salary_per_year": pounds(80_000.0), "mlops_per_month": pounds(700.0)}
    nodes = {**BASE["nodes"], "acquisition_kind": "buy", "price_per_kwh": pounds(0.2)}
    nodes |= {"own_price_per_mtok": pounds(0.05)}
    outcome = {"repair_cost": pounds(3.0), "debug_cost": pounds(1.0), "own_success_share": 0.6}
    api = {**BASE["api"], "api_commit_per_month": pounds(2_000.0)}
    sections = {**BASE, "people": people, "nodes": nodes, "api": api}
    return plan(parse({**sections, "outcome": outcome}, "several.toml"))


def test_what_is_paid_in_pounds_is_shown(several):
    """What own nodes take of pounds; of the API what its minimum bills beyond its tokens.

    Own nodes owe the whole of the minimum, which is signed, and buy nothing for it.
    """
    run = several.run()
    own = sum(run[f"own_{part}_per_month"] for part in ("staff", "tools", "power", "marginal"))
    np.testing.assert_allclose(run["own_gbp_per_month"], own + 2_000 * GBP * HALVES)
    above = np.maximum(2_000 * GBP * HALVES - run["api_usage_per_month"], 0)
    np.testing.assert_allclose(run["api_gbp_per_month"], above)


OF_NODES = {
    "bought for pounds, with support": ({"capex_per_gpu": pounds(3e4)}, ("purchases", "support")),
    "bought for euros": ({"price_per_kwh": pounds(0.2)}, ("power",)),
    "a price per token in pounds": ({"own_price_per_mtok": pounds(0.05)}, ("marginal",)),
    "a price per token in euros": (
        {"own_price_per_mtok": 0.05, "price_per_kwh": pounds(0.2)},
        ("power",),
    ),
}
"""Nodes with an amount in pounds, and which of their lines are paid in it, alone."""


@pytest.mark.parametrize(("given", "paid"), OF_NODES.values(), ids=OF_NODES)
def test_exposure_counts_support_and_tokens_of_own_nodes_where_they_are_foreign(given, paid):
    """Support is a share of a purchase, and so in its currency; in euros nothing is exposed."""
    nodes = {**BASE["nodes"], "acquisition_kind": "buy", "capex_per_gpu": 3e4, **given}
    dollars = [{"currency": "USD", "from": JULY, "rate": 0.95}]
    run = plan(parse({**BASE, "budget_rate": dollars, "nodes": nodes}, "nodes.toml")).run()
    for option in ("own", "hybrid"):
        lines = [run[f"{option}_{line}_per_month"] for line in paid]
        assert all(line.any() for line in lines)
        np.testing.assert_allclose(run[f"{option}_gbp_per_month"], sum(lines))


def test_three_engines_agree(several, tmp_path):
    """Every formula shows what numpy computes; what is paid in pounds, part by part, fits the eye.

    One cell of 471 characters added it all up.
    """
    path = write(tmp_path, "several", budget(several))
    assert engines.disagreements([path], 5_000) == []
    cells = engines.formulas(path)["Commitments"]
    assert max(len(text) for cell, text in cells.items() if cell[0] == "E") <= LONGEST


def test_every_amount_has_a_month():
    """What is money in a scenario follows the rates, but for a bill that was paid already."""
    amounts = {name for name, each in INPUTS.items() if is_money(each)}
    assert amounts - {*MOVED, *FOLLOWING} == {"last_bill_per_month"}


def test_a_price_per_token_of_ones_own_counts_at_the_rate_of_the_month_in_each_break_even():
    """0.30 pounds are 0.36 euros until June, and 0.45 from July on, in the busiest month too."""
    name, section = "own_price_per_mtok", "nodes"
    moved, before, after = (
        told(name, given, section, managed={}).run()
        for given in (pounds(0.3), 0.3 * GBP, 0.3 * LATER)
    )
    for line in ("month_first_tokens_per_month", "new_margin_per_month"):
        np.testing.assert_allclose(moved[line][:6], before[line][:6])
        np.testing.assert_allclose(moved[line][6:], after[line][6:])
        assert np.isfinite(after[line][6])
        assert before[line][6] != after[line][6]
    for figure in ("first_tokens_per_month", "full_node_per_mtok", "some_tokens_per_second"):
        assert moved[figure] == pytest.approx(after[figure])
    for line in ("point_own_per_month", "band_own_per_month", "band_to_tokens_per_month"):
        np.testing.assert_allclose(moved[line], after[line])


def test_a_price_per_token_of_ones_own_moves_with_the_shift_of_all_currencies():
    """By hand: a tenth more from the second month on, with budget rates or without."""
    for more in ({}, {"budget_rate": []}):
        finance = {**BASE.get("finance", {}), "currency_shift_share": 0.1}
        given = ("own_price_per_mtok", pounds(0.3), "nodes")
        plain, shifted = told(*given, **more).run(), told(*given, **more, finance=finance).run()
        line = "own_marginal_per_month"
        wanted = plain[line] * np.where(np.arange(24) < 1, 1.0, 1.1)
        np.testing.assert_allclose(shifted[line], wanted)


@pytest.mark.parametrize("name", ["repair_cost", "debug_cost"])
def test_repair_costs_what_a_pound_is_worth_when_its_tokens_are_served(name):
    """By hand: 24 months alike, six at 1.20 and eighteen at 1.50, are at 1.425 in the mean."""
    even = {"workload": {"tokens_per_month": 3e9}, "series": {}}
    outcome = {"own_success_share": 0.6, "api_success_share": 0.9, "max_attempts": 2.0}
    costs = [
        plan(parse({**BASE, **even, "outcome": {**outcome, name: given}}, "outcome.toml")).run()
        for given in (pounds(3.0), 3 * 1.425, 0.0)
    ]
    for option in ("api", "own"):
        moved, plain, none = (run[f"{option}_outcome_cost"] for run in costs)
        assert moved == pytest.approx(plain)
        assert moved > none


def test_a_pool_and_an_engine_of_a_portfolio_follow():
    """A fee of 1,000 GBP, and nodes whose power costs pounds, as in a plan of one workload."""
    api = {"name": "API", "kind": "api", "input_price_per_mtok": 1, "output_price_per_mtok": 1}
    own = {"name": "Own", "kind": "nodes", "hardware": "H100 SXM", "node_tokens_per_second": 9e3}
    bought = {"acquisition_kind": "buy", "price_per_kwh": pounds(0.2), "capex_per_gpu": 3e4}
    shared = ("currency", "start_month", "horizon_months", "rate", "budget_rate")
    content = {
        **{key: BASE[key] for key in shared},
        "workload": [{"name": "Chat", "tokens_per_month": 1e9}],
        "engine": [{**api, "fee_per_month": pounds(1_000.0)}, {**own, **bought}],
    }
    series = found(parse_portfolio(content, "ours.toml"), None, 0).starting[0]
    np.testing.assert_allclose(series["b1_fee_per_month"], 1_200 * HALVES)
    content["engine"][1]["price_per_kwh"] = 0.2 * GBP
    flat = found(parse_portfolio(content, "flat.toml"), None, 0).starting[0]
    power = flat["p1_running_per_month"]
    assert series["p1_running_per_month"][5] == pytest.approx(power[5])
    assert series["p1_running_per_month"][6] > power[6]


def test_actuals_are_split_at_the_budget_rate_of_their_month():
    """Tokens for pounds in July: budget 1.5, booked 1.6.

    By hand: 1,000 M at 2 GBP, budgeted at 3 EUR: 3,000. Billed are 1,100 M at 2.2 GBP: 2,420.
    At budget rates 3,630, booked 3,872: volume +300, price +330, rates +242.
    """
    prices = {f"api_{part}_price_per_mtok": pounds(2.0) for part in ("input", "output")}
    flat = {**BASE, "workload": {"tokens_per_month": 1e9}, "api": prices}
    ours = plan(parse(flat, "actuals.toml"))
    signed = alone(ours)
    named = signed.rows[0].model
    bill = Bill(
        datetime.date(2027, 7, 31), named, 1.1e9, 0, 0, 0, 2_420.0, currency="GBP", rate=1.6
    )
    run = close(signed, [bill]).run()
    july = {
        name: run[f"month_{name}_cost"][6] for name in ("planned", "paid", "volume", "price", "fx")
    }
    assert july == pytest.approx(
        {"planned": 3_000, "paid": 3_872, "volume": 300, "price": 330, "fx": 242}
    )
