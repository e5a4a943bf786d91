"""A portfolio's workbook is read back with its numbers, and with what was changed in it."""

import numpy as np
import pytest

from tests import books, engines
from tests.workbooks.portfolio.files import CHAT, NIGHT, changed
from workbooks.plan.mixing.finding import found
from workbooks.portfolio.reading import load, parse_portfolio, ready
from workbooks.scenario.scenario import ScenarioError
from workbooks.sheets.portfolio.book import portfolio_book
from workbooks.sheets.portfolio.intake import is_book, portfolio_intake


def written(portfolio, folder):
    path = folder / "book.xlsx"
    path.write_bytes(portfolio_book(portfolio, found(portfolio, None, 0)))
    return path


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Two workloads, an overflow strategy, and a range with its source."""

    def more(content):
        content["workload"][0]["growth_per_year"] = {"low": 0, "base": 0.2, "high": 0.5}
        content["workload"][1]["tokens_per_month"] = {"base": 7.3e9, "source": "[bills] of 2026"}
        content["strategy"].append(
            {
                "name": "One node",
                "routes": {CHAT: "Own cards", NIGHT: "API"},
                "nodes": {"Own cards": 1},
                "overflow": {"Own cards": "API"},
            }
        )

    ours = parse_portfolio(changed(more), "book.xlsx")
    return ours, written(ours, tmp_path_factory.mktemp("small"))


def costs(portfolio):
    return {each.strategy.name: each.present_cost for each in found(portfolio, None, 0).strategies}


@pytest.mark.parametrize("name", ["company", "article-2-providers", "article-3-engines"])
def test_a_book_read_back_is_the_same_book(name, tmp_path):
    """Each byte of it, so each number, range, source and route."""
    path = written(load(ready()[name]), tmp_path)
    assert is_book(path)
    again = portfolio_intake(path)
    assert portfolio_book(again, found(again, None, 0)) == path.read_bytes()


def test_ranges_sources_and_text_that_looks_odd_come_back(small):
    """A source that begins with a bracket is a text still."""
    ours, path = small
    again = portfolio_intake(path)
    assert again.content == ours.content
    assert again.strategies == ours.strategies


def at(path, sheet, label, place=0):
    cells = books.cached(path)[sheet]
    rows = [int(c[1:]) for c, value in cells.items() if c[0] == "A" and value == label]
    return rows[place]


@pytest.mark.parametrize(("sheet", "column"), [("Workloads", "F"), ("Routes", "B")])
def test_a_number_below_0_is_refused_where_it_stands(small, tmp_path, sheet, column):
    """By its cell: neither months nor shares are told by a list of all of them."""
    cell = f"{column}{at(small[1], sheet, CHAT)}"
    edited = books.edit(small[1], {(sheet, cell): -1}, tmp_path / "less.xlsx")
    with pytest.raises(ScenarioError, match=f"{sheet}!{cell}: it is -1; it must be a number of at"):
        portfolio_intake(edited)


def test_a_month_typed_over_is_planned_with(small, tmp_path):
    """The other months keep what the growth had made of them."""
    ours, path = small
    row = at(path, "Workloads", CHAT)
    edited = books.edit(path, {("Workloads", f"F{row}"): 9e9}, tmp_path / "m.xlsx")
    before, after = (
        found(each, None, 0).starting[0]["w1_tokens_per_month"]
        for each in (ours, portfolio_intake(edited))
    )
    assert after[1] == 9e9
    np.testing.assert_allclose(np.delete(after, 1), np.delete(before, 1), rtol=1e-12)


def test_routes_and_nodes_typed_over_are_planned_with(small, tmp_path):
    """The user's own strategy changes; one that was made for them becomes their own beside it."""
    _, path = small
    made, mine = at(path, "Routes", CHAT, 0), at(path, "Routes", CHAT, -1)
    nodes = at(path, "Routes", "Nodes of Own cards; what they cannot take goes to API")
    edits = {
        ("Routes", f"B{made}"): 0.5,
        ("Routes", f"C{made}"): 0.5,
        ("Routes", f"B{mine}"): 0.25,
        ("Routes", f"C{mine}"): 0.75,
        ("Routes", f"B{nodes}"): 2.0,
    }
    edited = books.edit(path, edits, tmp_path / "r.xlsx")
    again = portfolio_intake(edited)
    strategies = {each.name: each for each in again.strategies}
    assert strategies["One node"].routes[CHAT] == {"API": 0.25, "Own cards": 0.75}
    assert strategies["One node"].nodes == {"Own cards": 2.0}
    new = next(name for name in strategies if name.endswith("(changed)"))
    assert strategies[new].routes[CHAT] == {"API": 0.5, "Own cards": 0.5}
    told = engines.ironcalc_values(edited)["Strategies"]
    row = at(path, "Strategies", "One node")
    assert told[f"C{row}"] == pytest.approx(costs(again)["One node"], rel=1e-9)


def test_a_value_of_the_scenario_counts(small, tmp_path):
    """By hand: twice the price of the API is twice the bill of all on it."""
    ours, path = small
    sheet = books.cached(path)["Scenario"]
    rows = {
        value: int(cell[1:])
        for cell, value in sheet.items()
        if cell[0] == "C" and value in ("input_price_per_mtok", "output_price_per_mtok")
    }
    edits = {("Scenario", f"E{row}"): 0.4 for row in rows.values()}
    again = portfolio_intake(books.edit(path, edits, tmp_path / "s.xlsx"))
    assert costs(again)["All API"] == pytest.approx(2 * costs(ours)["All API"])


def test_what_follows_from_the_scenario_is_refused_where_it_was_typed_over(small, tmp_path):
    """A price by month has no place in a scenario; the cell is named, and none is lost."""
    _, path = small
    row = at(path, "Engines", f"API: {CHAT}")
    edits = {("Engines", f"G{row}"): 0.1, ("Workloads", "E5"): "many"}
    edited = books.edit(path, edits, tmp_path / "x.xlsx")
    with pytest.raises(ScenarioError) as error:
        portfolio_intake(edited)
    assert f"x.xlsx, Engines!G{row}: 0.1 was typed over; it was 0.2" in str(error.value)
    assert "x.xlsx, Workloads!E5: it is 'many'; it must be a number" in str(error.value)
