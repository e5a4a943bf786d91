"""A plan whose amounts stand in several currencies: each keeps its own, at a rate that is shown."""

import datetime
import math
import tomllib
from dataclasses import replace

import numpy as np
import pytest

from tests.books import cached, edit, formula_cells
from tests.engines import differences, ironcalc_values, recalculate
from tests.workbooks.budgets import CORNERS, of_the_draws, write
from workbooks.plan.differing.causes import restated
from workbooks.plan.differing.difference import difference
from workbooks.plan.foreign import drawn
from workbooks.plan.judgement.risk import risk
from workbooks.plan.mixing.finding import found
from workbooks.plan.monthend.bills import ActualsError, Bill
from workbooks.plan.monthend.closing import close
from workbooks.plan.monthend.signed.alone import alone
from workbooks.plan.plan import plan
from workbooks.portfolio.reading import parse_portfolio
from workbooks.scenario.reading import parse
from workbooks.scenario.scenario import ScenarioError
from workbooks.scenario.writing import written
from workbooks.sheets.budget import budget
from workbooks.sheets.intake.reading import intake

USD, GBP, CHF = 0.9, 1.2, 1.05
START = datetime.date(2027, 1, 1)


def rate(code, value, **more):
    """A rate of treasury's to the euro."""
    told = {"to_currency": "EUR", "date": datetime.date(2026, 10, 1), "source": "treasury"}
    return {"from_currency": code, "rate": value, "source_url": "", **told, **more}


RATES = [rate("USD", USD), rate("GBP", GBP, low_rate=1.1, high_rate=1.3), rate("CHF", CHF)]
SEVERAL = {
    **CORNERS["rented"],
    "start_month": START,
    "horizon_months": 24,
    "rate": RATES,
    "nodes": {
        **CORNERS["rented"]["nodes"],
        "acquisition_kind": "buy",
        "capex_per_gpu": {"low": 25e3, "base": 30e3, "high": 35e3, "currency": "CHF"},
    },
    "people": {
        **CORNERS["rented"]["people"],
        "salary_per_year": {"base": 80_000.0, "currency": "GBP"},
    },
    "contract": [
        {"name": "Frontier", "kind": "api", "minimum_per_month": 9_000.0, "currency": "GBP"}
    ],
    "budget_rate": [{"currency": "CHF", "from": datetime.date(2028, 1, 1), "rate": 2 * CHF}],
}
"""In euros: list prices in dollars, hardware in francs, pay and a contract in pounds."""


def several(**sections):
    """The plan, with some sections in the place of those above."""
    return plan(parse({**SEVERAL, **sections}, "several.toml"))


@pytest.fixture(scope="module")
def ours():
    """The plan, computed once."""
    return several()


@pytest.fixture(scope="module")
def made(ours, tmp_path_factory):
    """Its workbook."""
    return write(tmp_path_factory.mktemp("several"), "made", budget(ours))


def test_each_amount_is_converted_at_its_own_rate(ours):
    """By hand: 30,000 CHF at 1.05, 80,000 GBP at 1.2, a minimum of 9,000 GBP, dollars at 0.9."""
    told = ours.run()
    assert told["capex_per_gpu"] == pytest.approx(31_500)
    assert told["salary_per_year"] == pytest.approx(96_000)
    assert told["api_c1_owed_per_month"][:12] == pytest.approx(10_800)
    dollars = next(row for row in ours.tables.prices if row.model == "openai/gpt-4o")
    assert told["api_input_per_mtok"] == pytest.approx(dollars.input_price_per_mtok * USD)


def test_each_currency_has_its_own_budget_rates(ours):
    """The franc doubles in 2028, so a node costs twice as much; dollars and pounds stay.

    Support is 10 % a year of 4 accelerators at 31,500 EUR, of one node: 1,050, then 2,100 a month.
    """
    plain, found = several(budget_rate=[]).run(), ours.run()
    twice = np.where(np.arange(24) < 12, 1.0, 2.0)
    np.testing.assert_allclose(found["node_now_capex"] / plain["node_now_capex"], twice)
    for name in ("api_price_now_per_mtok", "managed_price_now_per_mtok", "own_staff_per_month"):
        np.testing.assert_allclose(found[name], plain[name])
    francs = found["own_purchases_per_month"]
    np.testing.assert_allclose(found["own_support_per_month"], 1_050 * twice)
    np.testing.assert_allclose(found["own_chf_per_month"], francs + 1_050 * twice)
    np.testing.assert_allclose(found["api_usd_per_month"], found["api_usage_per_month"])


def test_a_budget_rate_moves_a_contract_in_its_currency():
    """9,000 GBP cost 10,800 at today's 1.2, and 13,500 at the budget rate of 1.5."""
    later = [{"currency": "GBP", "from": datetime.date(2027, 7, 1), "rate": 1.5}]
    pay = {"salary_per_year": 96_000.0}
    told = several(budget_rate=later, people=pay).run()
    assert told["own_c1_owed_per_month"][:12] == pytest.approx([10_800] * 6 + [13_500] * 6)


def test_a_rate_with_a_range_is_drawn_through_all_that_it_converts(ours):
    """From 1.1 to 1.3 for a pound: pay and contract move with it, what is in dollars does not."""
    label = "Exchange rate, EUR for one GBP"
    assert label in {bar.name for bar in risk(ours, 64).bars}
    told = drawn(ours, {"GBP": np.array([1.1, 1.3]), "capex_per_gpu": np.array([10.0, 20.0])})
    np.testing.assert_allclose(told["salary_per_year"], [88_000, 104_000])
    np.testing.assert_allclose(told["contract1_exchange_rate"], [1.1, 1.3])
    np.testing.assert_allclose(told["capex_per_gpu"], [10.5, 21.0])


def test_a_difference_names_the_rate(ours):
    """A dearer pound adds pay: all months of the staff, whose raise is in the plan."""
    dear = [rate("GBP", 1.3), *(row for row in RATES if row["from_currency"] != "GBP")]
    one, other = ours, several(rate=dear)
    found = difference(one, other)
    ((cause, changes),) = found.changed.items()
    names = {each.name: (each.before, each.after) for each in changes}
    assert cause.title == "Exchange rates"
    assert names["GBP: rate"] == (1.2, 1.3)
    spent = one.run()["own_staff_per_month"].sum() + one.run()["own_owed_per_month"].sum()
    assert found.bridge("own")["Exchange rates"] == pytest.approx(spent * (1.3 / 1.2 - 1))


def test_a_plan_restated_in_another_currency_is_the_same_plan(ours):
    """In dollars, pounds or francs it costs what it costs in euros, at the rate between them."""
    cost = ours.run()["own_cash_cost"]
    for code, value in (("USD", USD), ("GBP", GBP)):
        assert restated(ours, code, 1 / value).run()["own_cash_cost"] * value == pytest.approx(cost)


def test_currencies_survive_the_file_and_the_workbook(ours, made):
    """Written and read back, as a scenario and as a workbook, the plan costs the same."""
    again = plan(parse(tomllib.loads(written(ours.scenario)), "again.toml"))
    back = intake(made).plan
    for each in (again, back):
        assert each.scenario.in_currencies == ours.scenario.in_currencies
        ranges = {r.from_currency: (r.low_rate, r.high_rate) for r in each.tables.rates}
        assert ranges["GBP"] == (1.1, 1.3)
        for option in ours.options:
            name = f"{option}_present_cost"
            assert each.run()[name] == pytest.approx(ours.run()[name], rel=1e-12)


@pytest.mark.slow
@pytest.mark.libreoffice
def test_an_edited_rate_is_live_in_every_spreadsheet(made, tmp_path, soffice):
    """A pound of 1.25 typed into Rates gives, in every cell, the workbook made with it."""
    dear = [rate("GBP", 1.25, low_rate=1.1, high_rate=1.3), RATES[0], RATES[2]]
    wanted = cached(write(tmp_path, "wanted", budget(several(rate=dear))))
    row = next(ref[1:] for ref, held in cached(made)["Rates"].items() if held == "GBP")
    edited = edit(made, {("Rates", f"C{row}"): 1.25}, tmp_path / "edited.xlsx")
    drawn_cells = of_the_draws(edited)
    places = [c for c in formula_cells(edited) if c[0] not in ("Log", "Risk")]
    places = [c for c in places if c not in drawn_cells]
    for engine in (recalculate([edited])[edited], ironcalc_values(edited)):
        assert differences(wanted, engine, places) == []
    assert differences(cached(made), ironcalc_values(made), formula_cells(made)) == []


def test_a_portfolio_of_one_workload_converts_alike():
    """The strategies of one workload cost what its options do, whatever they are priced in."""
    content = {n: v for n, v in SEVERAL.items() if n != "contract"}
    told = plan(parse(content, "one.toml")).run()
    ways = {
        way.strategy.name: way.present_cost
        for way in found(parse_portfolio(content, "one.toml"), None, 0).strategies
    }
    assert ways["All on the API"] == pytest.approx(told["api_present_cost"], rel=1e-9)
    assert ways["All self-hosted"] == pytest.approx(told["own_present_cost"], rel=1e-9)


BAD = [
    (
        {"people": {"salary_per_year": {"base": 1.0, "currency": "XYZ"}}},
        "salary_per_year is in XYZ, and there is no rate from XYZ to EUR",
    ),
    (
        {"contract": [{**SEVERAL["contract"][0], "currency": "XYZ"}]},
        "contract 'Frontier' is in XYZ, and there is no rate from XYZ to EUR",
    ),
    (
        {"people": {"staff_fte": {"base": 1.0, "currency": "GBP"}}},
        "currency of staff_fte is 'GBP'; staff_fte is no money",
    ),
    (
        {"people": {"salary_per_year": {"base": 1.0, "currency": "gbp"}}},
        "currency of salary_per_year is 'gbp'; it must be a code of three capital letters",
    ),
    (
        {"rate": [rate("GBP", 1.2, low_rate=1.3)]},
        r"rate of \[\[rate\]\] 'GBP' is 1.2, its range 1.3 to 1.2",
    ),
    ({"rate": [rate("GBP", 0.0)]}, "rate of .* is 0.0; it must be a number above 0"),
    (
        {
            "api": {
                "api_input_price_per_mtok": {"base": 1.0, "currency": "GBP"},
                "api_output_price_per_mtok": {"base": 1.0, "currency": "CHF"},
            }
        },
        "are in CHF and GBP; give all prices of a model in one currency",
    ),
]


@pytest.mark.parametrize(("sections", "said"), BAD)
def test_what_cannot_be_converted_is_refused(sections, said):
    """One sentence with the place, the currency and the rule."""
    with pytest.raises(ScenarioError, match=said):
        several(**sections)


def test_a_rate_of_ones_own_is_taken_either_way_round_and_onward():
    """1.25 euros for a pound is 0.8 pounds for a euro; a rate to dollars goes on at the ECB's."""
    for own, value in (
        (rate("GBP", 1.25), 1.25),
        ({**rate("EUR", 0.8), "to_currency": "GBP"}, 1.25),
    ):
        assert several(rate=[own]).run()["salary_per_year"] == pytest.approx(80_000 * value)
    on = several(rate=[{**rate("GBP", 1.4), "to_currency": "USD"}])
    dollar = next(row.rate for row in on.tables.rates if row.from_currency == "USD")
    assert on.run()["salary_per_year"] == pytest.approx(80_000 * 1.4 * dollar)


def test_typed_prices_without_a_model_are_planned_in_several_currencies():
    """By hand: 0.2 GBP at 1.2 are 0.24; no row of the price table is asked for a currency."""
    typed = {"base": 0.2, "currency": "GBP"}
    api = {f"api_{part}_price_per_mtok": typed for part in ("input", "output")}
    told = several(api=api, contract=[], workload={"tokens_per_month": 1e9}).run()
    np.testing.assert_allclose(told["api_price_now_per_mtok"][:12], 0.24)


def test_a_bill_at_its_booked_rate_is_held_against_the_rate_of_the_plan():
    """No bank here quotes dirhams: 0.25 was planned and 0.30 booked, so 1,000 cost 50 by the rate.

    Without a booked one nobody knows what they cost.
    """
    ours = alone(several(rate=[*RATES, rate("AED", 0.25)]))
    billed = Bill(START, "openai/o3", 0.0, 0.0, 0.0, 1e9, 1_000.0, currency="AED", rate=0.3)
    shut = close(ours, [billed])
    assert shut.rates == ((pytest.approx(0.25), 0.3),)
    assert np.sum(shut.run()["fx_cost"]) == pytest.approx(50)
    with pytest.raises(ActualsError, match=r"currency 'AED' .* give the booked rate in a column"):
        close(ours, [replace(billed, rate=math.nan)])
