"""The ready scenarios: the figures three articles print come out, and so does what is wrong."""

import math
import tomllib

import pytest

from workbooks.plan.plan import plan
from workbooks.scenario.inputs import CASES, INPUTS, SECTIONS
from workbooks.scenario.reading import load, ready

MTOK = 1e6
MONTHS = 36


def run(name, case="base", **typed):
    """Everything a ready scenario comes to in a case, with some inputs typed over."""
    return plan(load(ready()[name], typed)).run(case)


def test_there_are_the_three_articles_and_a_company():
    """By these names the command finds them."""
    assert list(ready()) == ["article-1", "article-2", "article-3", "mid-size"]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", ready())
def test_every_ready_scenario_plans_in_every_case(name, case):
    """Every total is a number, and every check of the workbook holds."""
    ours = plan(load(ready()[name]))
    told = ours.run(case)
    assert told["master_check"] == 0
    for option in ours.options:
        assert 0 < told[f"{option}_cash_cost"] < 1e9


@pytest.mark.parametrize("name", ready())
def test_every_figure_of_a_ready_scenario_says_where_it_comes_from(name):
    """A source for each; words and whole counts that name themselves may do without."""
    content = tomllib.loads(ready()[name].read_text(encoding="utf-8"))
    bare = {
        key
        for section in SECTIONS
        for key, value in content.get(section, {}).items()
        if not (isinstance(value, dict) and value.get("source")) and INPUTS[key].is_number
    }
    assert bare <= {"gpus_per_node_count", "hours_per_month", "staff_fte"}


@pytest.mark.parametrize("name", ready())
def test_an_article_is_called_by_its_name(name):
    """The first line of the file says which one it is, for a reader who opens it."""
    first = ready()[name].read_text(encoding="utf-8").splitlines()[0]
    titles = {
        "article-1": 'LinkedIn post "Cloud vs. Self-Hosted: Cost Crossover Analysis" (Q1 2025)',
        "article-2": '"token trap"',
        "article-3": '"The Trillion Token Tipping Point"',
    }
    assert titles.get(name, "mid-size company") in first


# article 1: 5,400 a month, ~388 M tokens, 14 per million, break-even at 540 M


def test_article_1_gives_the_printed_node():
    """5,400 a month, 388.8 M tokens of capacity, 13.89 per million (printed: 14)."""
    told = run("article-1")
    assert told["node_cost_per_month"] == pytest.approx(5_400)
    assert told["node_plan_tokens_per_month"] == pytest.approx(388.8 * MTOK)
    assert told["full_node_per_mtok"] == pytest.approx(13.89, abs=0.005)


def test_article_1_prints_the_price_only_break_even_and_ours_is_never():
    """540 M is 1.39 times what the server can serve; every month costs twice the API's bill."""
    told = run("article-1")
    assert told["price_only_tokens_per_month"] == pytest.approx(540 * MTOK)
    assert math.isinf(told["first_tokens_per_month"])
    assert math.isinf(told["sustained_tokens_per_month"])
    assert told["breakeven_load_share"] == pytest.approx(1.389, abs=0.001)
    assert told["api_cash_per_month"][0] == pytest.approx(5_400)
    assert told["own_nodes"][0] == 2
    assert told["own_cash_per_month"][0] == pytest.approx(10_800)


@pytest.mark.parametrize(
    ("model", "printed"),
    [("gemini-flash", 72_000), ("claude-sonnet", 2_160), ("llama-70b-bedrock", 1_687.5)],
)
def test_article_1_never_pays_against_its_other_models_either(model, printed):
    """Printed: never, ~2.16 B and 1.69 B; the bills meet there only on paper."""
    told = run("article-1", api_model=f"article-1/{model}")
    assert told["price_only_tokens_per_month"] == pytest.approx(printed * MTOK)
    assert math.isinf(told["first_tokens_per_month"])


def test_article_1_with_its_engineer_costs_31_a_million():
    """80,000 a year is more than the server; with it 540 M becomes 1,207 M on paper."""
    told = run("article-1", "downside")
    assert told["fixed_cost_per_month"] == pytest.approx(6_666.67, abs=0.01)
    assert told["price_only_tokens_per_month"] == pytest.approx(1_206.67 * MTOK, rel=1e-5)
    full = run("article-1", "downside", tokens_per_month=388.8 * MTOK)
    assert full["own_each_per_mtok"] == pytest.approx(31.04, abs=0.005)


def test_article_1_says_self_host_above_1_billion_and_the_api_is_cheaper():
    """Three servers are 16,200 a month, 22,867 with the engineer; GPT-4 Turbo is 10,000."""
    told = run("article-1", "downside", tokens_per_month=1e9)
    assert told["api_cash_per_month"][0] == pytest.approx(10_000)
    assert told["own_cash_per_month"][0] == pytest.approx(22_866.67, abs=0.01)
    assert run("article-1", tokens_per_month=1e9)["own_cash_per_month"][0] == pytest.approx(16_200)


# article 2: 47,000 a month become 8,000; TCO 3 to 5 times the rent; hybrid saves 40 to 70 %


@pytest.mark.parametrize(
    ("case", "rent"), [("upside", 10_117.8), ("base", 14_454), ("downside", 14_454)]
)
def test_article_2_rents_by_the_hour_whether_busy_or_not(case, rent):
    """Printed: ~10,000 a year 'at 70 % utilization', true only if the machine is handed back."""
    assert 12 * run("article-2", case)["node_cost_per_month"] == pytest.approx(rent)


@pytest.mark.parametrize(("case", "times"), [("upside", 3), ("base", 4), ("downside", 5)])
def test_article_2_has_its_multiplier_over_raw_rent(case, times):
    """Printed: TCO 3 to 5 times the raw rental price."""
    assert run("article-2", case)["overhead_factor"] == pytest.approx(times)


@pytest.mark.parametrize("case", CASES)
def test_article_2_cannot_save_what_it_reports(case):
    """Printed: 47,000 to 8,000, which is 83 %. The API's fifth alone is 9,400 of the 47,000."""
    told = run("article-2", case)
    api, hybrid = told["api_cash_per_month"][0], told["hybrid_cash_per_month"][0]
    assert api == pytest.approx(47_000)
    assert hybrid > 0.2 * api == pytest.approx(9_400)
    printed = 1 - 8_000 / 47_000
    assert 1 - hybrid / api < 0.80 < printed


def test_article_2_saves_what_it_promises_for_a_hybrid():
    """Printed: 40 to 70 %. By hand: 1 - (9,400 + 4 x 1,204.50) / 47,000 = 69.7 %."""
    told = run("article-2")
    saved = 1 - told["hybrid_cash_per_month"][0] / told["api_cash_per_month"][0]
    assert saved == pytest.approx(0.697, abs=0.001)


def test_article_2_prices_a_million_tokens_and_not_one():
    """Printed: 0.001 to 0.002 'per token', which is 10 to 20 million a month at 10 B."""
    told = run("article-2")
    assert told["own_each_per_mtok"] == pytest.approx(4 * 1_204.5 / 10_000)
    assert told["own_each_per_mtok"] < 0.001 * MTOK / 1_000


# article 3: 135,000 against 273,200 over three years


def test_article_3_gives_its_table():
    """155,000 + 36 x 2,450 + 3 x 10,000 = 273,200 against 36 x 3,750 = 135,000, 2.02 times."""
    told = run("article-3")
    assert told["own_cash_cost"] == pytest.approx(273_200, abs=1e-6)
    assert told["api_cash_cost"] == pytest.approx(135_000, abs=1e-6)
    assert told["own_ratio_factor"] == pytest.approx(2.02, abs=0.005)
    assert told["api_cash_per_month"][0] == pytest.approx(3_750)
    assert math.isinf(told["payback_cash_months"])


def test_article_3_at_its_stated_rates_has_a_sixth_of_its_bill():
    """0.8 x 0.10 + 0.2 x 0.75 = 0.23: 621 a month and 22,356 in all, printed 3,750 and 135,000."""
    told = run("article-3", "downside", salary_per_year=10e3)
    assert told["api_price_per_mtok"] == pytest.approx(0.23)
    assert told["api_cash_per_month"][0] == pytest.approx(621)
    assert told["api_cash_cost"] == pytest.approx(22_356)
    assert told["own_ratio_factor"] == pytest.approx(12.2, abs=0.05)
    assert math.isinf(told["first_tokens_per_month"])


def test_article_3_crosses_at_5_46_billion_on_its_own_bill():
    """Printed: 7.5 B; 273,200 / 36 / 1.389 is 5.46 B, and one node can serve that."""
    told = run("article-3")
    assert told["first_tokens_per_month"] == pytest.approx(273_200 / MONTHS / 3_750 * 2.7e9)
    assert told["first_tokens_per_month"] == pytest.approx(5.46e9, abs=0.005e9)
    assert told["first_nodes"] == 1


@pytest.mark.parametrize(
    ("tokens", "price", "speed", "first"),
    [
        (2.16e9, 0.10, 42e3, 71_722e6),  # two nodes of 3,377.78 and 416.67 of labour, over 0.10
        (0.54e9, 0.75, 7_423.0, 5_059e6),  # one node and its labour, over 0.75
    ],
)
def test_article_3_pool_by_pool_one_engine_never_comes_home(tokens, price, speed, first):
    """Two cards each, 5,000 a year of labour each; the article's single figure is 7.5 B."""
    prices = dict.fromkeys(("api_input_price_per_mtok", "api_output_price_per_mtok"), price)
    cards = {"gpus_per_node_count": 2.0, "node_opex_per_month": 1_225.0, "salary_per_year": 5e3}
    speeds = {"tokens_per_month": tokens, "node_tokens_per_second": speed}
    told = run("article-3", **speeds, **prices, **cards)
    assert told["first_tokens_per_month"] == pytest.approx(first, abs=0.5e6)


def test_article_3_with_article_1s_engineer_costs_483_200():
    """Printed: 10,000 a year; an eighth of what article 1 pays one engineer."""
    assert run("article-3", "downside")["own_cash_cost"] == pytest.approx(483_200)


def test_article_3_doubled_capacity_leaves_the_break_even_where_it_is():
    """Printed: twice the capacity cuts the break-even in half; only less hardware does that."""
    told = run("article-3", node_tokens_per_second=40_000)
    once = run("article-3")["first_tokens_per_month"]
    assert told["first_tokens_per_month"] == pytest.approx(once)


# a mid-size company


def test_the_company_compares_all_four_options_on_the_same_open_model():
    """A frontier API, a managed open model, the same model on own nodes, and a router."""
    scenario = load(ready()["mid-size"])
    assert scenario.options == ("api", "managed", "own", "hybrid")
    model = scenario.entries["managed_model"].base.rpartition("/")[2]
    assert f"| {model} " in scenario.entries["system"].base
