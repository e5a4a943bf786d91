"""A portfolio whose amounts stand in several currencies, with rates of its own and budget rates."""

import copy
import datetime
import tomllib

import numpy as np
import pytest

from tests import books, engines
from tests.workbooks.portfolio.files import CHAT, CONTENT, NIGHT
from workbooks.plan.mixing.bridging.difference import pooled_difference
from workbooks.plan.mixing.finding import found
from workbooks.plan.mixing.odds import portfolio_risk
from workbooks.plan.plan import plan
from workbooks.portfolio.reading import parse_portfolio
from workbooks.portfolio.writing import written
from workbooks.scenario.reading import parse
from workbooks.scenario.scenario import ScenarioError
from workbooks.sheets.portfolio.book import portfolio_book
from workbooks.sheets.portfolio.intake import portfolio_intake

DAY, JULY = datetime.date(2026, 10, 1), datetime.date(2027, 7, 1)
USD, GBP, CHF, LATER = 0.9, 1.2, 1.05, 1.5
ALL_API = "All API"
HALVES = np.where(np.arange(12) < 6, 1.0, LATER / GBP)
"""What the pound is worth over today's: more from July on."""


def rate(code, value, **more):
    """A rate of treasury's to the euro."""
    told = {"to_currency": "EUR", "date": DAY, "source": "treasury"}
    return {"from_currency": code, "rate": value, **told, **more}


SECTIONS = {
    "currency": "EUR",
    "start_month": datetime.date(2027, 1, 1),
    "rate": [rate("USD", USD), rate("GBP", GBP, low_rate=1.1, high_rate=1.3), rate("CHF", CHF)],
    "budget_rate": [
        {"currency": "GBP", "from": JULY, "rate": LATER},
        {"currency": "CHF", "from": JULY, "rate": 2 * CHF},
    ],
}
TOKENS = {
    f"{part}_price_per_mtok": {"base": 0.2, "currency": "GBP"} for part in ("input", "output")
}
"""Tokens for pounds."""


def content(**sections):
    """Return the file, with some sections in the place of those above."""
    ours = copy.deepcopy({**CONTENT, **SECTIONS, **sections})
    ours["engine"][0].update(TOKENS)
    ours["engine"][1]["rent_per_gpu_hour"] = {"base": 2.0, "currency": "CHF"}
    ours["strategy"].append({"name": "Cards", "routes": {CHAT: "Own cards", NIGHT: "Own cards"}})
    return ours


def portfolio(**sections):
    return parse_portfolio(content(**sections), "book.xlsx")


@pytest.fixture(scope="module")
def ours():
    return portfolio()


@pytest.fixture(scope="module")
def book(ours, tmp_path_factory):
    path = tmp_path_factory.mktemp("currencies") / "book.xlsx"
    path.write_bytes(portfolio_book(ours, found(ours, None, 0)))
    return path


def test_each_price_follows_the_rates_of_its_own_currency(ours):
    """By hand: 0.2 GBP are 0.24 and, from July, 0.30; 2 CHF an hour are 2.10, then 4.20."""
    series = found(ours, None, 0).starting[0]
    np.testing.assert_allclose(series["w1_b1_price_per_mtok"], 0.2 * GBP * HALVES)
    nodes = series["p1_running_per_month"]
    assert nodes[0] == pytest.approx(2 * CHF * 730)
    assert nodes[6] == pytest.approx(2 * nodes[0])


def test_one_workload_costs_in_a_portfolio_what_it_costs_alone():
    """The plan of one workload and the same as a portfolio, whose tokens cost pounds."""
    prices = {f"api_{name}": value for name, value in TOKENS.items()}
    sections = {**SECTIONS, "horizon_months": 12, "load_shape": "flat"}
    nodes = {"hardware": "H100 SXM", "rent_per_gpu_hour": 2.0, "node_tokens_per_second": 9_000}
    alone = {**sections, "workload": {"tokens_per_month": 14.6e9}, "api": prices, "nodes": nodes}
    told = plan(parse(alone, "alone.toml")).run()["api_usage_per_month"]
    ways = found(portfolio(), None, 0).strategies
    way = next(each for each in ways if each.strategy.name == ALL_API)
    np.testing.assert_allclose(way.told[way.lines.name("b1_usage_per_month")], told)
    np.testing.assert_allclose(told, 14_600 * 0.2 * GBP * HALVES)


def pounds(value):
    return {"base": value, "currency": "GBP"}


KINDS = {
    "rent": {"rent_per_gpu_hour": pounds(2.0), "reserved_share": 0.4, "node_opex_per_month": 90.0},
    "lease": {"lease_per_gpu_month": pounds(1_500.0)},
    "buy": {"capex_per_gpu": pounds(30_000.0), "price_per_kwh": pounds(0.2)},
    "space": {
        **{"acquisition_kind": "lease", "lease_per_gpu_month": 1_500.0},
        **{"colo_per_kw_month": pounds(160.0), "node_opex_per_month": 90.0},
    },
    "other cost": {
        **{"acquisition_kind": "lease", "lease_per_gpu_month": 1_500.0},
        **{"node_opex_per_month": pounds(90.0), "space_change_per_year": 0.1},
    },
    "own price": {
        **{"acquisition_kind": "buy", "capex_per_gpu": pounds(30_000.0)},
        **{"own_price_per_mtok": pounds(0.05), "budget_rate": SECTIONS["budget_rate"][1:]},
    },
}


@pytest.mark.parametrize("kind", KINDS)
def test_exposure_is_that_of_the_same_plan_alone(kind):
    """What own nodes, their people and the API take in pounds, month by month."""
    nodes = {"hardware": "H100 SXM", "node_tokens_per_second": 9_000, "acquisition_kind": kind}
    nodes |= {"spare_nodes": 1, "peak_factor": 1.5, "min_nodes": 1, **KINDS[kind]}
    peak = {"tokens_per_month": 14.6e9, "peak_factor": nodes.pop("peak_factor")}
    terms = {"fee_per_month": pounds(50.0), "commit_per_month": pounds(9_000.0)}
    shared = {**SECTIONS, "horizon_months": 12, "load_shape": "flat"}
    shared |= {key: nodes.pop(key) for key in ("budget_rate",) if key in nodes}
    shared |= {"people": {"salary_per_year": pounds(80_000.0), "mlops_per_month": 700.0}}
    prices = {f"api_{name}": value for name, value in {**TOKENS, **terms}.items()}
    alone = plan(parse({**shared, "workload": peak, "api": prices, "nodes": nodes}, "alone.toml"))
    api = {"name": "API", "kind": "api", "signed": True, **TOKENS, **terms}
    routes = [{"name": x, "routes": {CHAT: x}} for x in ("API", "Cards")]
    engines = [api, {"name": "Cards", "kind": "nodes", **nodes}]
    many = {"workload": [{"name": CHAT, **peak}], "engine": engines, "strategy": routes}
    ways = found(parse_portfolio({**shared, **many}, "many.toml"), None, 0).strategies
    told = alone.run()
    for way, option in zip(ways, ("api", "own"), strict=True):
        shown = way.told[way.lines.name("gbp_per_month")]
        np.testing.assert_allclose(shown, told[f"{option}_gbp_per_month"], err_msg=option)
        assert shown.max() > 0


def test_exposure_counts_each_price_in_its_own(ours, book):
    """By hand: all on the API pays 14,600 M at 0.2 GBP, and cards at 2 CHF an hour nothing else."""
    ways = {way.strategy.name: way for way in found(ours, None, 0).strategies}
    pays = {
        code: {n: way.told[way.lines.name(f"{code}_per_month")] for n, way in ways.items()}
        for code in ("gbp", "chf")
    }
    np.testing.assert_allclose(pays["gbp"][ALL_API], 14_600 * 0.2 * GBP * HALVES)
    np.testing.assert_allclose(pays["chf"]["Cards"], 3 * 730 * 2 * CHF * np.where(HALVES > 1, 2, 1))
    assert not any(pays["gbp"]["Cards"])
    assert not any(pays["chf"][ALL_API])
    labels = books.cached(book)["Monthly"].values()
    assert f"{ALL_API}: in GBP, paid at the rates of its months" in labels


def test_exposure_counts_a_contract_that_is_not_used():
    """By hand: 9,000 CHF a month are owed for the API, and from July twice as many euros."""
    terms = {"name": "Two years", "engine": "API", "kind": "api", "minimum_per_month": 9_000.0}
    bare, bound = (
        found(portfolio(contract=owed), None, 0)
        for owed in ([], [{**terms, "term_months": 24, "currency": "CHF"}])
    )
    cards, owing = (
        next(w.told[w.lines.name("chf_per_month")] for w in each.strategies if w.strategy.name == n)
        for each, n in ((bare, "Cards"), (bound, "Cards"))
    )
    np.testing.assert_allclose(owing - cards, 9_000 * CHF * np.where(HALVES > 1, 2, 1))


def test_rates_survive_the_file_and_the_workbook(ours, book):
    """Ranges, sources and dates too; a book read back is the same book."""
    assert tomllib.loads(written(ours.content)) == ours.content
    again = portfolio_intake(book)
    assert again.content == ours.content
    assert portfolio_book(again, found(again, None, 0)) == book.read_bytes()


def test_a_rate_changed_on_the_sheet_is_planned_with(book, tmp_path):
    """The budget rate of the pound becomes 2.4, twice today's."""
    cells = books.cached(book)["Scenario"]
    row = next(
        c[1:] for c, v in cells.items() if v == "GBP" and cells[f"A{c[1:]}"] == "budget_rate"
    )
    assert cells[f"C{row}"] == JULY.isoformat()
    edited = books.edit(book, {("Scenario", f"E{row}"): 2.4}, tmp_path / "dear.xlsx")
    series = found(portfolio_intake(edited), None, 0).starting[0]
    assert series["w1_b1_price_per_mtok"][[0, 6]] == pytest.approx([0.24, 0.48])


def test_three_engines_agree(book):
    """Every formula shows what numpy computes."""
    assert engines.disagreements([book], 1_000) == []


def test_the_rates_stand_with_their_source_and_range(book):
    """In How to read, below the prices: what one is worth, between what, since when, says who."""
    told = books.cached(book)["How to read"]
    row = next(c[1:] for c, text in told.items() if text == "EUR for one GBP: 1.2 (1.1 to 1.3)")
    assert told[f"C{row}"] == "treasury"
    assert told[f"B{row}"] == 46_296  # 1 October 2026


def test_a_difference_splits_rates_from_volume(ours):
    """By hand: 14,600 M a month become 17,300 M, and half a year at 0.24 and 0.30 at 0.26 and 0.36.

    47,304 become 64,356; of the two orders the mean is 9,396 for volume and 7,656 for rates.
    """
    other = content(budget_rate=[{"currency": "GBP", "from": JULY, "rate": 1.8}])
    other["rate"][1] = rate("GBP", 1.3)
    other["workload"][0]["tokens_per_month"] = 10e9
    ours = content(budget_rate=[{"currency": "GBP", "from": JULY, "rate": LATER}])
    both = (parse_portfolio(each, "file.toml") for each in (ours, other))
    told = pooled_difference(*both).bridge(ALL_API)
    assert told == pytest.approx({"Volume": 9_396.0, "Exchange rates": 7_656.0})


def test_a_rate_with_a_range_is_drawn(ours):
    """From 1.1 to 1.3 for a pound, which moves all on the API by a sixth of its first half."""
    risk = portfolio_risk(ours, found(ours, None, 0), 64)
    assert "Exchange rate, EUR for one GBP" in {bar.name for bar in risk.bars}


def test_a_series_of_factors_holds_for_every_engine():
    """As in a plan of one workload: the second month's is 1.5, and lasts."""
    told = portfolio(budget_rate=[], series={"currency_factor": [1.0, 1.5]})
    price = found(told, None, 0).starting[0]["w1_b1_price_per_mtok"]
    np.testing.assert_allclose(price, 0.24 * np.where(np.arange(12) < 1, 1.0, 1.5))


def mended(**costs):
    """The same with debugging and repair, a node that has its own price per token in pounds."""
    ours = content()
    ours["engine"][1]["own_price_per_mtok"] = {"base": 0.05, "currency": "GBP"}
    ours["engine"][1]["success_share"] = 0.8
    ours["workload"][0] |= {"max_attempts": 1, **costs}
    return ours


POUNDS = {"repair_cost": {"base": 3.0, "currency": "GBP"}}


def test_repair_and_a_price_per_token_follow_the_rates_of_their_months(tmp_path):
    """By hand: 7,300 M tokens in tasks of 1,500, a fifth of which a person mends for 3 GBP.

    Own tokens cost 0.05 GBP: 0.06 euros and, from July on, 0.075. Engines agree on all of it.
    """
    ours = parse_portfolio(mended(task_tokens=1_500.0, **POUNDS), "book.xlsx")
    answer = found(ours, None, 0)
    cards = next(each for each in answer.strategies if each.strategy.name == "Cards")
    mending = cards.told[cards.lines.name("mending_per_month")]
    np.testing.assert_allclose(mending, 7.3e9 / 1_500 * 0.2 * 3 * GBP * HALVES)
    np.testing.assert_allclose(answer.starting[0]["p1_own_price_per_mtok"], 0.05 * GBP * HALVES)
    path = tmp_path / "book.xlsx"
    path.write_bytes(portfolio_book(ours, answer))
    assert engines.disagreements([path], 1_000) == []
    assert portfolio_intake(path).content == ours.content


def test_repair_and_debugging_that_rates_move_apart_are_refused():
    """A month has one rate for both; francs double in July, and pounds do not."""
    francs = {"debug_cost": {"base": 1.0, "currency": "CHF"}}
    with pytest.raises(ScenarioError) as error:
        found(parse_portfolio(mended(**POUNDS, **francs), "book.xlsx"), None, 0)
    assert "repair_cost is in GBP and debug_cost is in CHF" in str(error.value)


@pytest.mark.parametrize(
    ("sections", "why"),
    [
        ({"budget_rate": [{"currency": "EUR", "from": JULY, "rate": 1.0}]}, "another currency"),
        ({"rate": [rate("GBP", 0.0)]}, "must be a number above 0"),
        ({"series": {"season_factor": [1.0] * 12}}, "'season_factor' is not in [series]"),
    ],
)
def test_what_cannot_be_planned_is_refused(sections, why):
    """With the rule, as in a plan of one workload."""
    with pytest.raises(ScenarioError) as error:
        portfolio(**sections)
    assert why in str(error.value)
