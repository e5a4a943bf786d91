"""Routes in time: a pilot, a ramp, what runs twice, and when it is proven."""

import tomllib

import pytest

from tests import books, engines
from tests.workbooks.portfolio.test_book import find
from workbooks.plan.mixing.charging import charges
from workbooks.plan.mixing.finding import found
from workbooks.plan.mixing.odds import portfolio_risk
from workbooks.plan.mixing.saying.staged import stages
from workbooks.portfolio.reading import parse_portfolio, ready
from workbooks.scenario.scenario import ScenarioError
from workbooks.sheets.portfolio.book import portfolio_book
from workbooks.sheets.portfolio.intake import portfolio_intake

REASONING, UTILITY = "Reasoning requests", "Utility requests"
LATER = {"from": "Reasoning API", "first_month": 13, "ramp_months": 4, "dual_run_months": 2}


def guide(moves, strategy=(), people=()):
    """The guide's reasoning requests, moved to its own cards in a third strategy."""
    content = tomllib.loads(ready()["article-3-engines"].read_text(encoding="utf-8"))
    content["people"] |= dict(people)
    content["engine"][3] |= {"moving_cost": 5_000}
    own = {UTILITY: "Utility API", REASONING: "70B on own cards"}
    content["strategy"] = [content["strategy"][0]]
    content["strategy"].append({"name": "Staged", "routes": own, "moves": moves, **dict(strategy)})
    return parse_portfolio(content, "test.toml")


@pytest.fixture(scope="module")
def staged():
    portfolio = guide({REASONING: LATER})
    return portfolio, found(portfolio, None, 0)


def way(answer, name="Staged"):
    return next(each for each in answer.strategies if each.strategy.name == name)


def line(answer, name, *months):
    told = way(answer).told[way(answer).lines.name(name)]
    return [float(told[month - 1]) for month in months]


def test_a_route_begins_climbs_and_runs_twice(staged):
    """By hand: 540 M at 0.75 until month 12, then a quarter less each month, twice for two."""
    _, answer = staged
    assert line(answer, "w2_p2_share", 12, 13, 14, 16, 17) == [0, 0.25, 0.5, 1, 1]
    bills = line(answer, "tokens_per_month", 1, 12, 13, 14, 15, 16)
    assert bills == pytest.approx([621, 621, 621, 621, 216 + 405 / 4, 216])


def test_it_costs_once_and_its_nodes_when_it_begins(staged):
    """A node of two cards from month 13, and 5,000 for the move; people as soon as there is one."""
    _, answer = staged
    assert line(answer, "moving_per_month", 1, 12, 13, 14) == [0, 0, 5_000, 0]
    assert line(answer, "purchases_per_month", 12, 13, 14) == pytest.approx([0, 77_500, 0])
    assert line(answer, "people_per_month", 12, 13) == pytest.approx([0, 10_000 / 12])


def test_all_of_it_is_charged(staged):
    """What somebody pays, with what nobody uses, adds up to the expense of every month."""
    _, answer = staged
    mine = way(answer)
    charged = sum(mine.told[charge.line.name] for charge in charges(mine.lines))
    assert charged == pytest.approx(mine.told[mine.lines.name("expense_per_month")])


def test_a_pilot_is_held_against_all_at_once_and_not_at_all(staged):
    """All at once: 159,376 of the guide and the move; not at all: its API, 22,356."""
    _, answer = staged
    (stage,) = stages(answer.strategies)
    assert stage.at_once_cost == pytest.approx(159_376 + 5_000)
    assert stage.not_at_all_cost == pytest.approx(22_356)
    assert stage.proven_month == float("inf")
    assert "97,258 more than not at all, and is never proven; all at once" in answer.sentences[-1]
    names = [each.strategy.name for each in answer.strategies]
    assert "Staged: all at once" in names
    assert "Staged: not at all" not in names  # it is what All API does


def test_a_pilot_that_pays_is_proven_in_its_month():
    """By hand: from month 4 it saves 540 M x 0.65 = 351 a month; 1,000 are back in three."""
    cheap = {UTILITY: "Utility API", REASONING: "Broker"}
    content = tomllib.loads(ready()["article-3-engines"].read_text(encoding="utf-8"))
    prices = dict.fromkeys(("input_price_per_mtok", "output_price_per_mtok"), 0.10)
    broker = {"name": "Broker", "kind": "managed", "moving_cost": 1_000, **prices}
    moves = {REASONING: {"from": "Reasoning API", "first_month": 4}}
    content["engine"].append(broker)
    content["strategy"] = [{"name": "Pilot", "routes": cheap, "moves": moves}]
    (stage,) = stages(found(parse_portfolio(content, "test.toml"), None, 0).strategies)
    assert stage.saving == pytest.approx(33 * 351 - 1_000)
    assert stage.proven_month == 6


def test_at_once_costs_what_a_plain_route_costs():
    """A move in the first month without a ramp is no move in time."""
    portfolio = guide({REASONING: {"from": "Reasoning API"}})
    assert way(found(portfolio, None, 0)).present_cost == pytest.approx(159_376 + 5_000)


@pytest.mark.parametrize(
    ("move", "staged", "none"),
    [
        ({"first_month": 4}, [8_000, 0, 0, 1_000, 0], [8_000, 0]),
        ({"first_month": 4, "ramp_months": 3}, [8_000, 0, 0, 1_000, 0], [8_000, 0]),
        ({"ramp_months": 3}, [9_000, 0], [8_000, 0]),
        ({"first_month": 1}, [4_000, 0], None),
    ],
)
def test_a_move_later_pays_for_where_it_is_until_then_as_staying_there_does(move, staged, none):
    """By hand: 3,000 for the workload that stays; on arrival the API's 5,000, the broker's 1,000.

    Where all has left the API in month 1, nothing was moved to it.
    """
    content = tomllib.loads(ready()["article-3-engines"].read_text(encoding="utf-8"))
    prices = dict.fromkeys(("input_price_per_mtok", "output_price_per_mtok"), 0.10)
    broker = {"name": "Broker", "kind": "managed", "moving_cost": 1_000, **prices}
    content["engine"].append(broker)
    for engine, cost in zip(content["engine"], (3_000, 5_000), strict=False):
        engine["moving_cost"] = cost
    routes = {UTILITY: "Utility API", REASONING: "Broker"}
    moves = {REASONING: {"from": "Reasoning API", **move}}
    content["strategy"] = [{"name": "Pilot", "routes": routes, "moves": moves}]
    answer = found(parse_portfolio(content, "test.toml"), None, 0)

    def paid(each):
        return list(each.told[each.lines.name("moving_per_month")][: len(staged)])

    assert paid(way(answer, "Pilot")) == staged
    mine = way(answer, "Pilot")
    charged = sum(mine.told[charge.line.name] for charge in charges(mine.lines))
    assert charged == pytest.approx(mine.told[mine.lines.name("expense_per_month")])
    if none:
        stays = {UTILITY: {"Utility API": 1.0}, REASONING: {"Reasoning API": 1.0}}
        (still,) = (each for each in answer.strategies if each.strategy.routes == stays)
        assert paid(still)[:2] == none


def test_nodes_that_are_typed_stand_while_something_is_routed_to_them():
    """At once or later, a month without volume sells no node: two of them from month 13 on."""
    content = tomllib.loads(ready()["article-3-engines"].read_text(encoding="utf-8"))
    next(w for w in content["workload"] if w["name"] == REASONING)["last_month"] = 20
    own, pool = {UTILITY: "Utility API", REASONING: "70B on own cards"}, "70B on own cards"
    full = {"nodes": {pool: 2}, "overflow": {pool: "Reasoning API"}, "routes": own}
    content["strategy"] = [{"name": "Staged", "moves": {REASONING: LATER}, **full}]
    answer = found(parse_portfolio(content, "test.toml"), None, 0)
    assert line(answer, "p2_needed_nodes", 12, 13, 20, 21, 36) == [0, 2, 2, 2, 2]
    once = way(answer, "Staged: all at once")
    assert once.told[once.lines.name("p2_needed_nodes")] == pytest.approx(2)


def test_a_number_of_nodes_stands_from_when_something_is_sent_to_it():
    """Two nodes, for two are typed, from month 13; before it nobody would need them."""
    full = {"nodes": {"70B on own cards": 2}, "overflow": {"70B on own cards": "Reasoning API"}}
    answer = found(guide({REASONING: LATER}, strategy=full), None, 0)
    assert line(answer, "p2_needed_nodes", 1, 12, 13, 36) == [0, 0, 2, 2]


def test_where_it_is_until_then_must_pass_the_gates():
    """Leaving a forbidden engine in month 13 is twelve months too late."""
    portfolio = guide({REASONING: {**LATER, "from": "Utility API"}})
    said = "Reasoning requests to Utility API: serves only Utility requests"
    assert way(found(portfolio, None, 0)).out == said


@pytest.mark.parametrize(
    ("move", "sentence"),
    [
        ({"first_month": 4}, "it must say where it moves from"),
        ({"from": "Reasoning API", "first_month": 37}, "first_month is 37; it must be a whole"),
        ({"from": {"Reasoning API": 0.5}}, "the shares add to 0.5"),
        ({"from": "Reasoning API", "months": 3}, "'months' is not part of it"),
    ],
)
def test_a_mistake_is_one_sentence(move, sentence):
    """It names the strategy, the workload, the value and the rule."""
    with pytest.raises(ScenarioError, match=f"strategy 'Staged': .*'{REASONING}'.*{sentence}"):
        guide({REASONING: move})


@pytest.fixture(scope="module")
def book(staged, tmp_path_factory):
    path = tmp_path_factory.mktemp("staged") / "staged.xlsx"
    path.write_bytes(portfolio_book(*staged))
    return path


def later(book, folder):
    """Type month 25 where it begins."""
    row = find(book, "Routes", "Staged") + 3
    return books.edit(book, {("Routes", f"H{row}"): 25.0}, folder / "later.xlsx")


@pytest.mark.libreoffice
@pytest.mark.usefixtures("soffice")
def test_three_engines_agree_also_on_another_month(book, tmp_path):
    """Numpy, LibreOffice and IronCalc; and what month 25 costs is the plan's own figure."""
    edited = later(book, tmp_path)
    calc = engines.recalculate([book, edited])
    cells = books.formula_cells(book)
    for told in (engines.ironcalc_values(book), calc[book]):
        assert engines.differences(told, books.cached(book), cells) == []
    other = found(guide({REASONING: {**LATER, "first_month": 25}}), None, 0)
    row = find(book, "Strategies", "Staged")
    for told in (engines.ironcalc_values(edited), calc[edited]):
        assert told["Strategies"][f"C{row}"] == pytest.approx(way(other).present_cost, rel=1e-9)


def test_a_month_typed_over_is_planned_with(book, tmp_path):
    """And a book that nobody touched is read back to the byte."""
    again = portfolio_intake(book)
    assert portfolio_book(again, found(again, None, 0)) == book.read_bytes()
    read = portfolio_intake(later(book, tmp_path))
    moves = next(each for each in read.strategies if each.name == "Staged").moves
    assert (moves[REASONING].first_month, moves[UTILITY].first_month) == (25, 1)


@pytest.mark.parametrize(
    ("own", "less", "more"), [({}, 202.5, 708.75), ({"dual_run_months": 2}, 0, 0)]
)
def test_a_range_of_dual_running_moves_what_runs_twice(own, less, more):
    """By hand: 405 a month, of which 1/4, 1/2, 3/4 and all have moved in months 13 to 16.

    One month for two bills half of it less, four bill 3/4 and all of it more. A move that says
    its own months keeps them, and nothing else here runs twice.
    """
    move = {name: LATER[name] for name in ("from", "first_month", "ramp_months")} | own
    months = {"dual_run_months": {"low": 1, "base": 2, "high": 4}}
    portfolio = guide({REASONING: move}, people=months)
    risk = portfolio_risk(portfolio, found(portfolio, None, 0), 16)
    bars = {bar.name: bar for bar in risk.bars}
    said = "The range of dual_run_months, 1 to 4, moves nothing in Staged: its moves say how long"
    assert [said in sentence for sentence in risk.unmoved] == ([True] if own else [])
    assert ("Months of dual running" in bars) == bool(more)
    if bar := bars.get("Months of dual running"):
        base = portfolio_risk(portfolio, found(portfolio, None, 0), 16).base
        apart = base["Staged"] - base["All API"]
        assert (bar.at_low, bar.at_high) == pytest.approx((apart - less, apart + more))
