"""Conventions of a plan, each against a figure reckoned apart from it."""

import datetime

import numpy as np
import pytest

from tests.books import edit, names
from tests.workbooks.budgets import CORNERS, corner, write
from workbooks.plan.judgement.risk import drivers_of, risk
from workbooks.plan.plan import plan
from workbooks.scenario.inputs import CASES, INPUTS
from workbooks.scenario.reading import load, parse, ready
from workbooks.scenario.scenario import ScenarioError
from workbooks.sheets.budget import budget
from workbooks.sheets.intake.cells import IntakeError
from workbooks.sheets.intake.reading import intake
from workbooks.tables import exchange_rate

GROWTH = {"growth_per_year": 0.21}


def volumes(name="never", **sections):
    """The tokens of each month of a plan."""
    return corner(name, **sections).run()["volume_tokens_per_month"]


def test_an_own_forecast_goes_on_from_its_last_month():
    """Twelve own months 20 to 31 B: month 13 is 31 B and not the 1 B typed for the first."""
    own = [float(n) * 1e9 for n in range(20, 32)]
    found = volumes("rented", workload={"tokens_per_month": 1e9, "growth_per_year": 0.0}, series={
        "forecast_tokens_per_month": own,
    })  # fmt: skip
    assert found.tolist() == [*own, *[31e9] * 24]


def test_an_own_forecast_goes_on_with_growth_and_season():
    """From 12 B in a month of 1.2: 10 B without the season, then 21 % a year and the next one."""
    seasons = [0.8, 1.2, *[1.0] * 10]
    found = volumes(workload={"tokens_per_month": 1.0} | GROWTH, series={
        "forecast_tokens_per_month": [7e9, 12e9],
        "season_factor": seasons,
    })  # fmt: skip
    expected = [7e9, 12e9, *(10e9 * 1.21 ** (k / 12) for k in range(1, 11))]
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_growth_ends_when_it_is_said_to():
    """21 % a year up to month 3; month 4 and all after it are as month 3."""
    found = volumes(workload={"tokens_per_month": 1e9, "growth_months": 3} | GROWTH)
    assert found[2:].tolist() == pytest.approx([1e9 * 1.21 ** (2 / 12)] * (len(found) - 2))


def test_a_month_without_a_season_does_not_lose_the_level():
    """A closed month of factor 0 is none; the next goes on from the growth of the first."""
    found = volumes(workload={"tokens_per_month": 1e9} | GROWTH, series={
        "season_factor": [1.0, 0.0, *[1.0] * 10],
    })  # fmt: skip
    assert found[:3].tolist() == pytest.approx([1e9, 0.0, 1e9 * 1.21 ** (2 / 12)])


def test_a_gap_in_an_own_forecast_is_refused(tmp_path):
    """A blank month before a typed one could be none, or what growth makes of it."""
    path = write(tmp_path, "gap", budget(corner("rented")))
    typed = edit(path, {("Workload", "E7"): 5e9, ("Workload", "H7"): 6e9}, tmp_path / "typed.xlsx")
    with pytest.raises(IntakeError, match=r"Workload!F7: forecast_tokens_per_month is blank"):
        intake(typed)


def without_peak():
    """The workload of a corner that does not say how its hours differ."""
    workload = dict(CORNERS["rented"]["workload"])
    del workload["peak_factor"]
    return workload


def test_an_unknown_peak_is_that_of_its_kind_with_its_range():
    """Global chat 2.04, mixed API 2.4 and office hours 3.6: traces with bursts, never 1."""
    unknown = parse({**CORNERS["rented"], "workload": without_peak()}, "ours.toml")
    entry = unknown.entries["peak_factor"]
    assert (entry.low, entry.base, entry.high) == (2.04, 2.4, 3.6)


def test_a_named_load_has_its_own_peak():
    """The code trace peaks at 2.99 of its mean hour; the minutes in it at 1.16 to 1.2 of that."""
    content = {**CORNERS["rented"], "workload": without_peak(), "load_shape": "office-hours"}
    entry = parse(content, "ours.toml").entries["peak_factor"]
    assert (entry.low, entry.base) == pytest.approx((2.99 * 1.16, 2.99 * 1.2), rel=2e-3)


FALLING = {"tokens_per_month": {"low": 5e9, "base": 9e9, "high": 1e9}}


def test_a_range_that_does_not_rise_is_refused():
    """Low 5 B, base 9 B and high 1 B is no range; nobody knows which of them was meant."""
    with pytest.raises(ScenarioError, match=r"tokens_per_month \(base\) is 9e\+09, and its high"):
        corner("rented", workload=FALLING)


def test_a_range_in_a_workbook_that_does_not_rise_is_refused(tmp_path):
    """The cell is named, as any other that cannot be planned with."""
    path = write(tmp_path, "range", budget(corner("rented")))
    row = names(path)["tokens_per_month"][1][1:]
    typed = edit(path, {("Inputs", f"F{row}"): 2e9}, tmp_path / "typed.xlsx")
    with pytest.raises(IntakeError, match=rf"Inputs!E{row}: tokens_per_month \(base\) is 3e\+09"):
        intake(typed)


CASE_INPUTS = {
    "workload": {"tokens_per_month": {"low": 1e9, "base": 3e9, "high": 8e9}},
    "people": {"staff_fte": {"low": 0.5, "base": 1.0, "high": 2.0}},
    "finance": {"discount_rate": {"low": 0.08, "base": 0.1, "high": 0.12}},
}


@pytest.mark.parametrize(
    ("case", "tokens", "staff"), [("downside", 1e9, 2.0), ("base", 3e9, 1.0), ("upside", 8e9, 0.5)]
)
def test_a_case_is_one_story(case, tokens, staff):
    """Less volume and more people speak against hosting together; the hurdle rate stays."""
    found = corner("rented", **CASE_INPUTS).run(case)
    assert (found["tokens_per_month"], found["staff_fte"]) == (tokens, staff)
    assert found["discount_rate"] == 0.1


def test_the_dearest_rent_of_the_table_is_in_the_downside():
    """Rents of the table follow the case as typed ones do."""
    ours = corner("rented")
    rents = [ours.run(case)["listed_rent_per_gpu_hour"] for case in CASES]
    assert rents == sorted(rents, reverse=True)
    assert rents[0] > rents[2]


def test_each_case_is_worse_than_the_next():
    """Every input that is drawn hurts at the end it says: the saving rises from case to case."""
    for name in CORNERS:
        ours = corner(name, **(CASE_INPUTS if name == "rented" else {}))
        savings = [float(ours.run(case)["saving_cost"]) for case in CASES]
        assert savings == sorted(savings), name


def test_conventions_and_the_hurdle_rate_are_not_drawn():
    """Hours of a month and the cost of capital are chosen, not uncertain cash."""
    drawn = {
        name for driver in drivers_of(corner("rented", **CASE_INPUTS)) for name in driver.ranges
    }
    assert {"tokens_per_month", "staff_fte", "rent_per_gpu_hour"} <= drawn
    assert not {"hours_per_month", "discount_rate"} & drawn


OWNED = {"acquisition_kind": "buy", "hardware": "H100 SXM", "capex_per_gpu": 30_000.0}


def test_hours_in_which_an_owned_node_is_off_take_no_energy():
    """Off half of the time, it draws half the energy; rent and space stay as they were."""
    half, always = (corner("never", nodes=OWNED | {"duty_share": d}).run() for d in (0.5, 1.0))
    assert half["node_energy_per_month"] == pytest.approx(always["node_energy_per_month"] / 2)
    assert half["node_space_per_month"] == always["node_space_per_month"] > 0


SPLIT = ("headroom", "spare", "idle")


@pytest.mark.parametrize(
    ("name", "option"), [*((name, "own") for name in CORNERS), ("rented", "hybrid")]
)
def test_what_nodes_cost_is_busy_headroom_spare_or_idle(name, option):
    """With what serves tokens the three parts are the compute of the month, to the cent."""
    found = corner(name).run()
    parts = ("rent", "depreciation", "support", "power", "space")
    compute = sum(found.get(f"{option}_{part}_per_month", 0.0) for part in parts)
    tokens = found[f"{option}_tokens_per_month"]
    for line, nodes in found.items():  # what nodes of contracts serve is told with their fee
        if line.startswith(f"{option}_c") and line.endswith("served_nodes"):
            tokens = np.maximum(tokens - nodes * found["node_plan_tokens_per_month"], 0)
    busy = tokens / found["node_capacity_tokens_per_month"]
    split = [found[f"{option}_{part}_per_month"] for part in SPLIT]
    assert all((part >= 0).all() for part in split)
    used = busy * found[f"{option}_node_cost_per_month"]
    np.testing.assert_allclose(used + sum(split), compute, rtol=1e-9)


def test_idle_cost_never_exceeds_the_compute_it_is_a_part_of():
    """Rent falls by half a year: idle nodes cost what they cost that month, not at first."""
    found = corner("rented", nodes={"rent_change_per_year": -0.5}).run()
    unused = found["drain_idle_cost"] + found["spare_cost"] + found["headroom_cost"]
    assert 0 < unused < found["raw_compute_cost"]


def test_a_reserved_node_that_nobody_needs_is_idle_at_its_own_cost():
    """By hand: 4 nodes of 720 h x 1.00, all reserved; the second month needs one, three idle."""
    season = [1.0, 0.25, *(1.0,) * 10]
    found = corner(
        "rented",
        workload={"tokens_per_month": 4e9, "growth_per_year": 0.0, "peak_factor": 1.0},
        nodes={
            **{"rent_per_gpu_hour": 1.0, "gpus_per_node_count": 1, "hours_per_month": 720},
            **{"reserved_share": 1.0, "reserved_discount_share": 0.0, "spot_share": 0.0},
            **{"node_tokens_per_second": 1e9 / 720 / 3600, "max_load_share": 1.0, "sla_share": 1.0},
            **{"duty_share": 1.0, "node_opex_per_month": 0.0, "rent_change_per_year": 0.0},
            **{"spare_nodes": 0, "min_nodes": 1, "existing_nodes": 0},
        },
        series={"season_factor": season},
    ).run()
    assert found["own_needed_nodes"][:2].tolist() == [4, 1]
    assert found["own_node_cost_per_month"][:2] == pytest.approx([720, 720])
    assert found["own_idle_per_month"][:2] == pytest.approx([0, 3 * 720])


STEPS = [
    {"from": datetime.date(2027, 7, 1), "factor": 0.5, "why": "a new generation"},
    {"from": datetime.date(2028, 7, 1), "factor": 0.5},
    {"option": "managed", "from": datetime.date(2027, 1, 1), "factor": 0.8},
]


def test_a_price_falls_by_steps_with_a_date():
    """From December 2026, July 2027 is month 8 and July 2028 month 20; two halves are a quarter."""
    start = {"start_month": datetime.date(2026, 12, 1)}
    plain, found = (
        plan(parse({**CORNERS["rented"], **start, **more}, "steps.toml")).run()
        for more in ({}, {"price_step": STEPS})
    )
    for option, expected in (
        ("api", [1.0] * 7 + [0.5] * 12 + [0.25] * 17),
        ("managed", [1.0] + [0.8] * 35),
    ):
        name = f"{option}_price_now_per_mtok"
        np.testing.assert_allclose(found[name] / plain[name], expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ({"from": datetime.date(2020, 1, 1), "factor": 0.5}, "from of a price_step is 2020-01-01"),
        ({"from": "soon", "factor": 0.5}, "from of a price_step is 'soon'; it must be a date"),
        ({"from": datetime.date(2027, 7, 1), "factor": 0}, "factor of a price_step is 0; it must"),
        ({"option": "own"}, "option of a price_step is 'own'; it must be api or managed"),
        ({"when": 5}, "'when' is not part of a price_step"),
    ],
)
def test_a_step_that_cannot_be_is_refused(step, said):
    """One sentence with the key, the value and the rule."""
    with pytest.raises(ScenarioError, match=said):
        parse({**CORNERS["rented"], "price_step": [step]}, "steps.toml")


INDEXED = {
    "rent": ("nodes", "rent_change_per_year", 13),
    "space": ("nodes", "space_change_per_year", 13),
    "tools": ("people", "tools_change_per_year", 13),
    "staff": ("people", "wage_growth_per_year", 24),
    "incidents": ("people", "hour_change_per_year", 13),
    "opportunity": ("people", "hour_change_per_year", 13),
}


@pytest.mark.parametrize("part", INDEXED)
def test_each_kind_of_cost_has_its_own_inflation(part):
    """At 10 % a year month 13 costs a tenth more; pay steps up with the raise."""
    section, name, month = INDEXED[part]
    more = {
        "nodes": {"node_opex_per_month": 70.0, "rent_change_per_year": 0.0},
        "people": {"opportunity_hours_per_month": 5.0, "opportunity_value_per_hour": 90.0},
        "workload": {"growth_per_year": 0.0},
    }
    still = corner("rented", **more | {"people": more["people"] | {"wage_growth_per_year": 0.0}})
    grows = {**more, section: {**more.get(section, {}), name: 0.1}}
    flows = [each.run()[f"own_{part}_per_month"] for each in (still, corner("rented", **grows))]
    assert flows[0][month - 1] > 0
    assert flows[1][month - 1] == pytest.approx(1.1 * flows[0][month - 1])
    assert flows[1][0] == pytest.approx(flows[0][0])


def test_support_and_energy_of_owned_nodes_have_theirs():
    """Support at 5 % and electricity at 20 %, from the first month on."""
    changes = {"support_change_per_year": 0.05, "energy_price_change_per_year": 0.2}
    found = corner("never", nodes=OWNED | changes).run()
    for part, change in (("support", 0.05), ("power", 0.2)):
        flow = found[f"own_{part}_per_month"]
        assert flow[11] / flow[0] == pytest.approx((1 + change) ** (11 / 12))


BILLED = {"last_bill_per_month": 30_000.0, "api_fee_per_month": 400.0}


def test_month_1_is_the_last_bill_and_the_gap_is_a_line():
    """30,000 were billed, fee included: month 1 costs as much, whatever the prices say of it."""
    listed = corner("rented", api={"api_fee_per_month": 400.0}).run()
    found = corner("rented", api=BILLED).run()
    assert found["api_cash_per_month"][0] == pytest.approx(30_000)
    gap = 30_000 - listed["api_cash_per_month"][0]
    assert found["api_gap_per_month"][0] == pytest.approx(gap)
    paid, said = found["api_usage_per_month"], listed["api_usage_per_month"]
    np.testing.assert_allclose(paid / said, paid[0] / said[0])
    np.testing.assert_allclose(found["api_gap_per_month"], paid - said)
    assert (listed["api_gap_per_month"] == 0).all()


def test_a_bill_of_other_tokens_is_read_by_the_token():
    """A bill for twice the tokens says half as much of a token."""
    twice = {"last_bill_tokens_per_month": 6e9, "api_fee_per_month": 0.0}
    one = corner("rented", api=BILLED | {"api_fee_per_month": 0.0}).run()["api_price_per_mtok"]
    other = corner("rented", api=BILLED | twice).run()["api_price_per_mtok"]
    assert other == pytest.approx(one / 2)


def test_a_bill_below_its_fee_is_refused():
    """The fee is in the bill."""
    with pytest.raises(ScenarioError, match="last_bill_per_month is 5, api_fee_per_month 400; it"):
        corner("rented", api={"last_bill_per_month": 5.0, "api_fee_per_month": 400.0})


@pytest.mark.parametrize(
    "series", [{"forecast_tokens_per_month": [6e9]}, {"season_factor": [2.0, *[1.0] * 11]}]
)
def test_a_bill_of_tokens_that_nobody_gives_is_refused(series):
    """Month 1 has 6 B; a bill read as one of the 3 B beside them made each token twice as dear."""
    with pytest.raises(
        ScenarioError, match=r"tokens_per_month is .*, but month 1 has 6e\+09: give"
    ):
        corner("rented", api=BILLED, series=series)
    told = BILLED | {"last_bill_tokens_per_month": 6e9, "api_price_change_per_year": 0.0}
    found = corner("rented", api=told, series=series).run()
    assert found["api_cash_per_month"][0] == pytest.approx(30_000)


RATES = [
    {"currency": "USD", "from": datetime.date(2027, 1, 1), "rate": 0.90},
    {"currency": "USD", "from": datetime.date(2028, 1, 1), "rate": 0.99},
]


def test_budget_rates_hold_from_their_dates():
    """In euros, dollar prices cost today's rate in December, 0.90 in 2027 and 0.99 in 2028."""
    start = {"start_month": datetime.date(2026, 12, 1)}
    plain, found = (
        plan(parse({**CORNERS["rented"], **start, **more}, "rates.toml")).run()
        for more in ({}, {"budget_rate": RATES})
    )
    today = exchange_rate("USD", "EUR", CORNERS["rented"]["as_of"])[0]
    factor = np.array([1.0] + [0.90 / today] * 12 + [0.99 / today] * 23)
    for name in ("api_price_now_per_mtok", "managed_price_now_per_mtok", "own_rent_per_month"):
        np.testing.assert_allclose(found[name] / plain[name], factor, rtol=1e-12)
    assert (found["own_staff_per_month"] == plain["own_staff_per_month"]).all()


def test_what_is_paid_in_other_currencies_is_shown():
    """All of the API's tokens and all rent are in dollars; a typed rent is in the plan's euros."""
    found = corner("rented").run()
    assert found["api_foreign_per_month"].sum() == pytest.approx(found["api_usage_per_month"].sum())
    dollars = found["own_rent_per_month"] + found["own_api_per_month"]
    np.testing.assert_allclose(found["own_foreign_per_month"], dollars)
    typed = corner("rented", nodes={"rent_per_gpu_hour": 2.0}).run()
    np.testing.assert_allclose(typed["own_foreign_per_month"], typed["own_api_per_month"])


def test_the_rate_is_a_risk_only_where_there_is_another_currency():
    """Ten per cent either way move a plan in euros, and not one whose prices are all its own."""
    euros = {bar.name for bar in risk(corner("rented"), 50).bars}
    dollars = {bar.name for bar in risk(plan(load(ready()["mid-size"])), 50).bars}
    label = INPUTS["currency_shift_share"].label
    assert label in euros
    assert label not in dollars


@pytest.mark.parametrize(
    ("rate", "said"),
    [
        (
            {"from": datetime.date(2027, 1, 1), "rate": 0, "currency": "USD"},
            "rate of a budget_rate",
        ),
        ({"from": "soon", "rate": 1, "currency": "USD"}, "from of a budget_rate is 'soon'"),
        (
            {"from": datetime.date(2027, 1, 1), "rate": 1, "currency": "EUR"},
            "another currency than the plan's",
        ),
        ({"from": datetime.date(2027, 1, 1), "rate": 1, "currency": "XXX"}, "has no exchange rate"),
    ],
)
def test_a_budget_rate_that_cannot_be_is_refused(rate, said):
    """One sentence with the key, the value and the rule."""
    with pytest.raises(ScenarioError, match=said):
        parse({**CORNERS["rented"], "budget_rate": [rate]}, "rates.toml")
