"""Contracts on the engines of a portfolio: against their text, and the plan of one workload."""

import copy
from datetime import date

import numpy as np
import pytest
from xlsxwriter.utility import xl_col_to_name

from costcore.language.timeline import figures, values
from tests import books, engines
from tests.workbooks import owed
from tests.workbooks.owed import Owed, Terms
from tests.workbooks.portfolio.books import held_to_three_engines
from tests.workbooks.portfolio.files import CHAT, CONTENT, NIGHT
from tests.workbooks.test_contracts import content as of_one
from tests.workbooks.test_contracts import random_plan, random_terms, written
from workbooks.plan.mixing.arrays import arrays
from workbooks.plan.mixing.bridging.difference import pooled_difference
from workbooks.plan.mixing.charging import charges
from workbooks.plan.mixing.comparing import compared
from workbooks.plan.mixing.finding import found
from workbooks.plan.mixing.odds import portfolio_risk
from workbooks.plan.mixing.starting import FRAME, Plans, inputs
from workbooks.plan.monthend.signed.pooled import pooled
from workbooks.plan.plan import plan
from workbooks.portfolio.one_workload import ALONE, HYBRID
from workbooks.portfolio.reading import parse_portfolio
from workbooks.portfolio.writing import written as file_of
from workbooks.scenario.reading import parse
from workbooks.scenario.scenario import ScenarioError
from workbooks.sheets.intake.cells import IntakeError
from workbooks.sheets.portfolio.book import portfolio_book
from workbooks.sheets.portfolio.intake import portfolio_intake

MONTHS, PRICE = 12, 0.2
BOTH, LATER = "Chat on own cards", "Night leaves the API in May"
ENGINE = {"api": "API", "dedicated": "API", "reserved": "Own cards", "lease": "Own cards"}
USED = {
    "All API": {"API": MONTHS, "Own cards": 0},
    BOTH: {"API": MONTHS, "Own cards": MONTHS},
    LATER: {"API": 4, "Own cards": MONTHS},
}
"""Last month in which a workload is routed there, read off the routes below."""


def content(contracts=(), change=None):
    """Two workloads, one API, two pools; three strategies, of which one leaves the API."""
    ours = copy.deepcopy(CONTENT)
    ours["workload"][0]["growth_per_year"] = 0.6
    ours["strategy"] += [
        {"name": BOTH, "routes": {CHAT: "Own cards", NIGHT: "API"}},
        {
            "name": LATER,
            "routes": {CHAT: "Own cards", NIGHT: "Own cards"},
            "moves": {NIGHT: {"from": "API", "first_month": 5}},
        },
    ]
    ours["contract"] = [copy.deepcopy(each) for each in contracts]
    if change:
        change(ours)
    return ours


def portfolio(contracts=(), change=None):
    return parse_portfolio(content(contracts, change), "book.xlsx")


def ways_of(ours):
    return {each.strategy.name: each for each in found(ours, None, 0).strategies}


def line(way, name):
    return np.asarray(way.told[way.lines.name(name)])


class OnEngine(Terms):
    """A contract as a company files it, left by who routes nothing to its engine any more."""

    def owed_by(self, strategy):
        return self.signed or strategy == BOTH

    def end(self, strategy, dual):
        """`dual` is the last month in which its engine is in use; to the end: nobody leaves."""
        if self.notice is None or dual >= MONTHS:
            return self.last
        return min(self.last, max(dual + 1, self.first) + self.notice - 1)


def drawn(seed):
    rng = np.random.default_rng(seed)
    kinds = rng.choice(list(ENGINE), size=rng.integers(1, 5))
    return [OnEngine(**vars(random_terms(rng, kind))) for kind in kinds]


def filed(contracts):
    for place, each in enumerate(contracts):
        told = written(place, each)
        signer = {} if each.signed else {"strategy": BOTH}
        yield {**told, **signer, "engine": ENGINE[each.kind]}


def reckoned(contracts, strategy, nodes):
    """What the text of the contracts says that a strategy pays beside its bills, and the bills."""
    into, ours = Owed(MONTHS), [each for each in contracts if each.owed_by(strategy)]
    chat = [7.3e9 * 1.6 ** (t / 12) for t in range(MONTHS)]
    night = [7.3e9 if t < USED[strategy]["API"] else 0.0 for t in range(MONTHS)]
    sent = [n + (c if strategy == "All API" else 0.0) for c, n in zip(chat, night, strict=True)]
    last = USED[strategy]

    def of(*kinds):
        return [each for each in ours if each.kind in kinds]

    served = owed.serve(of("dedicated"), strategy, sent, last["API"], MONTHS, into)
    bills = [(s - d) / 1e6 * PRICE for s, d in zip(sent, served, strict=True)]
    owed.spend(of("api"), strategy, bills, last["API"], MONTHS, into)
    given = owed.serve(of("reserved", "lease"), strategy, nodes, last["Own cards"], MONTHS, into)
    for engine in last:
        mine = [each for each in ours if ENGINE[each.kind] == engine]
        owed.exits(mine, strategy, last[engine], MONTHS, into)
    return into, bills, given


@pytest.mark.parametrize("seed", range(40))
def test_contracts_cost_what_their_text_says(seed):
    """Owed, used, wasted, and paid by month, in strategies that stay and in one that leaves."""
    contracts = drawn(seed)
    ours, free = portfolio(filed(contracts)), ways_of(portfolio())
    for name, way in ways_of(ours).items():
        if name not in USED:
            continue
        nodes = line(free[name], "p1_needed_nodes")
        into, bills, given = reckoned(contracts, name, nodes.tolist())
        close = {"rtol": 1e-9, "atol": 1e-6, "err_msg": f"{seed} {name}"}
        np.testing.assert_allclose(line(way, "b1_usage_per_month"), bills, **close)
        np.testing.assert_allclose(line(way, "p1_needed_nodes"), nodes - given, **close)
        if not way.lines.deals.each:
            assert into.paid == [0.0] * (MONTHS + 1)
            continue
        np.testing.assert_allclose(line(way, "contracts_per_month"), into.paid[1:], **close)
        for part in ("owed", "used", "wasted"):
            total = line(way, f"{part}_per_month").sum()
            assert total == pytest.approx(getattr(into, part), abs=1e-5), (seed, name)
        charged = sum(way.told[charge.line.name] for charge in charges(way.lines))
        np.testing.assert_allclose(charged, line(way, "expense_per_month"), **close)


@pytest.mark.parametrize("seed", [3, 7, 9, 10, 16, 31])
def test_one_workload_owes_what_its_plan_owes(seed):
    """Every option's cash by month, to 1e-9, with up to four contracts of every kind."""
    contracts, facts = random_plan(seed)
    told = of_one(contracts, {**facts, "rest": "api", "months": 24})
    ours = plan(parse(told, "one.toml"))
    known = ours.given()
    known |= figures(ours.drivers, known)
    known |= values(ours.monthly, known, 24, series=ours.series)
    several = parse_portfolio(told, "one.toml")
    ways = {way.strategy.name: way for way in compared(several, arrays(several), {})}
    for option in ours.options:
        way = ways[HYBRID if option == "hybrid" else ALONE[option]]
        for view in ("cash", "present"):
            theirs = known[f"{option}_{view}_per_month"]
            close = {"rtol": 1e-9, "atol": 1e-6, "err_msg": f"{seed} {option} {view}"}
            np.testing.assert_allclose(line(way, f"{view}_per_month"), theirs, **close)


SIGNED = {
    "name": "API of 2026",
    "engine": "API",
    "first_month": -2,
    "term_months": 10,
    "minimum_per_year": 30_000,
    "ramp_months": 6,
    "overage_factor": 1.1,
    "rollover_share": 0.5,
    "notice_months": 2,
    "exit_share": 0.5,
    "price_held": True,
    "currency": "GBP",
}
CAPACITY = {
    "name": "Units",
    "engine": "API",
    "kind": "dedicated",
    "minimum_per_month": 700.0,
    "committed_tokens_per_month": 5e9,
}
CARDS = {
    "name": "Cards",
    "engine": "Own cards",
    "minimum_per_month": 900.0,
    "committed_nodes": 1,
    "signed": False,
    "strategy": [BOTH, LATER],
}
ALL = (SIGNED, CAPACITY, CARDS)


def moving_prices(ours):
    ours["engine"][0]["price_change_per_year"] = -0.4
    ours["rate"] = [
        {
            "from_currency": "GBP",
            "to_currency": "USD",
            "rate": 1.25,
            "low_rate": 1.0,
            "high_rate": 1.5,
            "date": date(2026, 10, 30),
            "source": "treasury",
        }
    ]


def test_three_engines_agree_and_the_workbook_reads_back(tmp_path):
    """Every formula shows what numpy computes, no check fails, and --from makes the same book."""
    ours = portfolio(ALL, moving_prices)
    again = held_to_three_engines(ours, tmp_path)
    assert again.contracts == ours.contracts
    assert 'strategy = ["' in file_of(ours.content)


def test_a_term_typed_over_is_refused_with_its_cell(tmp_path):
    """A person's change is in no way lost: the sheet Scenario is where it counts."""

    ours = portfolio([SIGNED], moving_prices)
    path = tmp_path / "book.xlsx"
    path.write_bytes(portfolio_book(ours, found(ours, None, 0)))
    books.edit(path, {("Terms", "E5"): 3.0}, path)
    with pytest.raises(IntakeError) as error:
        portfolio_intake(path)
    assert "Terms!E5" in str(error.value)


def test_a_price_is_held_until_the_contract_ends():
    """0.20 in the seven months that are left of it; from month 8 the path, 40 % a year down."""
    ours = portfolio([SIGNED], moving_prices)
    prices = found(ours, None, 0).starting[0]["w1_b1_price_per_mtok"]
    path = [PRICE if t < 7 else PRICE * 0.6 ** (t / 12) for t in range(MONTHS)]
    np.testing.assert_allclose(prices, path, rtol=1e-12)


MONTHLY = {**SIGNED, "settled_months": 1}
"""The same, whose minimum is settled before its rate moves."""


def dollars_for_pounds(ours):
    """Tokens cost pounds, which are worth more from the fourth month on."""
    moving_prices(ours)
    ours["start_month"] = date(2027, 1, 1)
    ours["budget_rate"] = [{"currency": "GBP", "from": date(2027, 4, 1), "rate": 1.5}]
    tokens = {"base": PRICE, "currency": "GBP"}
    ours["engine"][0] |= {f"{part}_price_per_mtok": tokens for part in ("input", "output")}


@pytest.mark.parametrize("change", [moving_prices, dollars_for_pounds])
def test_a_held_price_follows_the_terms_in_a_spreadsheet(change, tmp_path):
    """By hand: ten months from month -2 hold the price of month 1 to month 7.

    With a term of five, typed over in Terms, they hold it to month 2; from then on the price is
    that of the path, 40 % a year down. A pound is 1.25 dollars, and 1.50 from month 4 on.
    """
    ours, months = portfolio([MONTHLY], change), np.arange(1, MONTHS + 1)
    path = tmp_path / "book.xlsx"
    path.write_bytes(portfolio_book(ours, found(ours, None, 0)))
    shorter = books.edit(path, {("Terms", "F5"): 5.0}, tmp_path / "shorter.xlsx")
    pounds = np.where(months < 4, 1.25, 1.5) if change is dollars_for_pounds else 1.0
    told = engines.recalculate([path, shorter])
    for book, end in ((path, 7), (shorter, 2)):
        shown = row_of(told[book], "Engines", f"API: {CHAT}{RATED[change]}")
        by_hand = pounds * PRICE * np.where(months > end, 0.6 ** ((months - 1) / 12), 1.0)
        np.testing.assert_allclose(shown, by_hand, rtol=1e-9)
        tokens = sum(row_of(told[book], "Workloads", name) for name in (CHAT, NIGHT))
        bills = row_of(told[book], "Monthly", "All API: API, tokens")
        np.testing.assert_allclose(bills, by_hand * tokens / 1e6, rtol=1e-9)


def test_a_minimum_that_is_settled_after_its_rate_moved_is_refused():
    """Settled from month -2 on every twelve months: to month 9, and the pound moves in month 4.

    What is left of 30,000 pounds has two rates in dollars then. A rate that moves with month 10
    moves between two settlements, after the term of ten months: nothing is refused.
    """

    def later(ours):
        dollars_for_pounds(ours)
        ours["budget_rate"][0]["from"] = date(2027, 10, 1)

    with pytest.raises(ScenarioError) as error:
        portfolio([SIGNED], dollars_for_pounds)
    assert "'API of 2026' is settled every 12 months in GBP" in str(error.value)
    assert "moves in month 4, before it is settled" in str(error.value)
    portfolio([SIGNED], later)


def row_of(book, sheet, label):
    """The months of a row, by what it is called."""
    row = next(cell[1:] for cell, held in book[sheet].items() if held == label and cell[0] == "A")
    return np.array([book[sheet][f"{xl_col_to_name(3 + t)}{row}"] for t in range(1, MONTHS + 1)])


RATED = {
    moving_prices: ", held by contract until its end",
    dollars_for_pounds: ", at the rate of the month",
}
"""What the price of a month is called, after the workload."""


def test_a_minimum_in_another_currency_is_converted_and_drawn():
    """30,000 pounds a year at 1.25; the odds move it with the range of the pound."""
    ours = portfolio([SIGNED], moving_prices)
    answer = found(ours, None, 0)
    minimum = answer.starting[0]["contract1_minimum_per_month"]
    np.testing.assert_allclose(minimum, 30_000 / 12 * 1.25)
    risk = portfolio_risk(ours, answer, 16)
    assert all(np.ptp(drawn_costs) > 0 for drawn_costs in risk.present.values())


def test_a_settlement_is_drawn_at_one_rate_from_its_first_month_on():
    """30,000 pounds a year at 1.25, from month -2 to month 7: settled in month 9 at the earliest.

    A tenth more or less for a pound is a tenth of the minimum in every month, in the first too.
    """

    def without_range(ours):
        moving_prices(ours)
        del ours["rate"][0]["low_rate"], ours["rate"][0]["high_rate"]

    ours, shift = portfolio([SIGNED], without_range), np.array([-0.1, 0.0, 0.1])
    series, _ = inputs(ours, {FRAME: {"currency_shift_share": shift}}, Plans())
    expected = np.broadcast_to(30_000 / 12 * 1.25 * (1 + shift), (MONTHS, 3))
    np.testing.assert_allclose(series["contract1_minimum_per_month"], expected)
    risk = portfolio_risk(ours, found(ours, None, 0), 16)
    assert all(np.ptp(drawn_costs) > 0 for drawn_costs in risk.present.values())


def test_an_offer_is_owed_by_those_who_sign_it_alone():
    """900 a month for a node by two strategies; the API's routes owe nothing of it."""
    ways = ways_of(portfolio([CARDS]))
    assert line(ways[BOTH], "contracts_per_month").tolist() == [900.0] * MONTHS
    assert not ways["All API"].lines.deals.each


def test_the_same_routes_with_an_offer_and_without_are_two():
    """Whether to sign is what one wants to see side by side."""

    def twin(ours):
        ours["strategy"].append({"name": "Signs it", "routes": {CHAT: "API", NIGHT: "API"}})

    offer = {**CAPACITY, "signed": False, "strategy": "Signs it"}
    ways = ways_of(portfolio([offer], twin))
    assert line(ways["Signs it"], "contracts_per_month").tolist() == [700.0] * MONTHS
    less = line(ways["All API"], "b1_usage_per_month") - line(
        ways["Signs it"], "b1_usage_per_month"
    )
    np.testing.assert_allclose(less, 5e9 / 1e6 * PRICE)


def test_a_minimum_to_its_end_is_searched_as_one_that_the_engine_bills():
    """The best mix is that of an API with the same signed minimum, which it says of itself."""
    plain = {"name": "Plain", "engine": "API", "minimum_per_month": 2_500.0}

    def billed(ours):
        ours["engine"][0] |= {"commit_per_month": 2_500.0, "signed": True}

    here, there = (found(each, 0.0, 0) for each in (portfolio([plain]), portfolio((), billed)))
    assert here.mix is not None
    assert here.mix.cost == pytest.approx(there.mix.cost, rel=1e-9)
    costs = {way.strategy.name: way.present_cost for way in here.strategies}
    assert here.mix.cost <= min(costs.values()) * (1 + 1e-9)


@pytest.mark.parametrize("contract", [SIGNED, CAPACITY, {**CARDS, "signed": True}])
def test_other_terms_are_not_searched(contract):
    """Refused in one sentence with the contract's name; strategies are priced all the same."""
    contract = {k: v for k, v in contract.items() if k != "strategy"}
    answer = found(portfolio([contract], moving_prices), 0.01, 0)
    assert answer.mix is None
    assert answer.sentences[-1].startswith(f"No best mix: the contract '{contract['name']}' has")


def test_a_difference_names_contracts():
    """To the cent what the contracts of all months come to."""
    before, after = portfolio(), portfolio([CAPACITY, CARDS])
    for name in USED:
        costs = [ways_of(each)[name].total("cash") for each in (before, after)]
        told = pooled_difference(before, after).bridge(name)
        assert told == {"Contracts": pytest.approx(costs[1] - costs[0], abs=0.01)}


@pytest.mark.parametrize("name", list(USED))
def test_a_month_is_closed_against_all_that_is_owed(name):
    """The budget's rows add up to the strategy's cash, fees and shortfalls included."""
    ours = portfolio(ALL, moving_prices)
    rows = pooled(ours, name).rows
    assert sum(row.cost for row in rows) == pytest.approx(ways_of(ours)[name].total("cash"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"engine": "APIs"}, "contract 'Units': there is no engine 'APIs'; nearest: API"),
        ({"engine": None}, "there is no engine None"),
        ({"kind": "lease"}, "contract 'Units': kind is 'lease'; on 'API' it must be api or"),
        ({"signed": False}, "strategy must name those of [[strategy]] that sign it"),
        ({"signed": False, "strategy": "All"}, "there is no strategy 'All'"),
        ({"committed_tokens_per_month": 0}, "committed_tokens_per_month of 'Units' is 0"),
        ({"minimum": 3}, "contract 'Units': 'minimum' is not part of it; did you mean"),
        ({"currency": "XXQ"}, "XXQ"),
    ],
)
def test_contracts_that_cannot_be_meant_are_refused(change, said):
    """With the contract, what stands there, and the rule."""
    with pytest.raises(ScenarioError) as error:
        portfolio([{**CAPACITY, **change}])
    assert said in str(error.value)


def test_two_minimums_of_one_engine_are_refused():
    """As in a plan of one workload: the input must then be 0."""

    def committed(ours):
        ours["engine"][0]["commit_per_month"] = 10.0

    with pytest.raises(ScenarioError, match="commit_per_month must then be 0"):
        portfolio([{"name": "Twice", "engine": "API", "minimum_per_month": 5.0}], committed)
