"""The workbook of a portfolio: numpy, IronCalc and LibreOffice agree, also after a change."""

import tomllib

import pytest

from tests import books, engines
from tests.workbooks.portfolio.files import CHAT, NIGHT
from tests.workbooks.portfolio.files import changed as changed_file
from workbooks.lint.linting import lint
from workbooks.plan.mixing.finding import found
from workbooks.portfolio.reading import load, parse_portfolio, ready
from workbooks.sheets.portfolio.book import portfolio_book
from workbooks.sheets.portfolio.paying import NOBODY

ROUTED = "{}: routes add to 1, none where a gate forbids it"
MOVED = "Inputs have moved since this book was made"


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    portfolio = load(ready()["article-3-engines"])
    path = tmp_path_factory.mktemp("book") / "portfolio.xlsx"
    path.write_bytes(portfolio_book(portfolio, found(portfolio, 0.0, 0)))
    return path


def all_formulas(path):
    return [(sheet, cell) for sheet, cells in books.formulas(path).items() for cell in cells]


def test_the_same_inputs_give_the_same_bytes(book):
    """A plan can be compared with last month's file by file."""
    portfolio = load(ready()["article-3-engines"])
    again = portfolio_book(portfolio, found(portfolio, 0.0, 0))
    assert again == book.read_bytes()


def test_ironcalc_agrees(book):
    """Every number is a formula, and shows what numpy computes."""
    cells = all_formulas(book)
    assert len(cells) > 5_000
    assert engines.differences(engines.ironcalc_values(book), books.cached(book), cells) == []


def find(path, sheet, label):
    """Return the row of a label in column A."""
    cells = books.cached(path)[sheet]
    return next(int(cell[1:]) for cell, value in cells.items() if cell[0] == "A" and value == label)


def changed(book, folder):
    """Send half of the utility requests of the first strategy to the dearer API."""
    row = find(book, "Routes", "Utility requests")
    edits = {("Routes", f"B{row}"): 0.5, ("Routes", f"C{row}"): 0.5}
    return books.edit(book, edits, folder / "changed.xlsx")


def test_a_changed_route_changes_the_cost(book, tmp_path):
    """Half of 2,160 M tokens at 0.75 instead of 0.10 costs 702 a month more."""
    after = engines.ironcalc_values(changed(book, tmp_path))
    row = find(book, "Strategies", "All API")
    assert after["Strategies"][f"C{row}"] == pytest.approx(22_356 + 36 * 1_080 * 0.65, rel=1e-9)
    assert checked(after, book, ROUTED.format("All API")) == 0
    assert checked(after, book, "Checks that fail") == 0


def checked(told, path, label):
    return told["Checks"][f"C{find(path, 'Checks', label)}"]


def test_a_check_that_fails_as_made_is_told_on_every_sheet(tmp_path):
    """A price of 2,000 per million tokens is above the 1,000 that the label of the check says.

    What is stored is what the formula shows; and without draws no column is left blank for them.
    """
    text = ready()["article-3-engines"].read_text().replace("{ base = 0.75,", "{ base = 2_000,")
    portfolio = parse_portfolio(tomllib.loads(text), "dear.toml")
    path = tmp_path / "dear.xlsx"
    path.write_bytes(portfolio_book(portfolio, found(portfolio, None, 0)))
    told, cells = books.cached(path), books.formulas(path)
    heads = [(s, c) for s in cells for c, text in cells[s].items() if "All checks hold" in text]
    assert len(heads) == len(cells)
    assert {told[sheet][cell] for sheet, cell in heads} == {"A check fails: see Checks"}
    assert engines.differences(engines.ironcalc_values(path), told, heads) == []
    assert "Cheapest, of the draws" not in told["Strategies"].values()


def test_inputs_that_moved_are_noticed(book, tmp_path):
    """The best mix was found on other volumes: the workbook says so, and shares too."""
    row = find(book, "Workloads", "Utility requests (Product)")
    route = find(book, "Routes", "Utility requests")
    edits = {("Workloads", f"E{row}"): 9e9, ("Routes", f"B{route}"): 0.5}
    told = engines.ironcalc_values(books.edit(book, edits, tmp_path / "m.xlsx"))
    assert checked(told, book, MOVED) == 1
    assert checked(told, book, MOVED.replace("Inputs", "Inputs of Workloads")) == 1
    assert checked(told, book, MOVED.replace("Inputs", "Inputs of Engines")) == 0
    assert checked(told, book, ROUTED.format("All API")) == 1
    assert told["Cover"]["H3"] == "A check fails: see Checks"
    assert told["Cover"]["A5"].startswith("The best mix was found on other inputs")


@pytest.fixture(scope="module")
def overflowing(tmp_path_factory):
    """One node where the peak needs more; what it cannot take is bought, and nodes are bought."""

    def small(content):
        content["load_shape"] = "office-hours"
        content["workload"][0].update(cost_centre="Service", growth_per_year=0.5)
        content["engine"][2].update(acquisition_kind="buy", existing_nodes=1, life_months=12)
        content["strategy"].append(
            {
                "name": "One node",
                "routes": {CHAT: "Own cards", NIGHT: {"Own cards": 0.5, "Other cards": 0.5}},
                "nodes": {"Own cards": 1},
                "overflow": {"Own cards": "API"},
            }
        )

    portfolio = parse_portfolio(changed_file(small), "test.toml")
    path = tmp_path_factory.mktemp("overflow") / "overflow.xlsx"
    path.write_bytes(portfolio_book(portfolio, found(portfolio, None, 0)))
    return path


def test_overflow_and_purchases_are_formulas_too(overflowing):
    """What a full pool sends away is bought at the overflow engine's price, live."""
    cells = all_formulas(overflowing)
    told = engines.ironcalc_values(overflowing)
    assert engines.differences(told, books.cached(overflowing), cells) == []
    row = find(overflowing, "Pools", f"One node: Own cards: tokens that overflow: {CHAT}")
    assert told["Pools"][f"E{row}"] > 0


@pytest.mark.libreoffice
@pytest.mark.usefixtures("soffice")
def test_libreoffice_agrees(book, overflowing, tmp_path):
    """As it was written, and with a route changed, as IronCalc computes it."""
    edited = changed(book, tmp_path)
    told = engines.recalculate([book, edited, overflowing])
    cells = all_formulas(overflowing)
    assert engines.differences(told[overflowing], books.cached(overflowing), cells) == []
    assert engines.differences(told[book], books.cached(book), all_formulas(book)) == []
    cells = all_formulas(edited)
    assert engines.differences(told[edited], engines.ironcalc_values(edited), cells) == []


def test_the_table_to_upload_adds_up_to_the_cent(book, tmp_path):
    """Chosen by its name, with idle nodes spread or not: the sum is the strategy's expense."""
    for idle in ("central", "spread"):
        edits = {("Chargeback", "B3"): "Both engines own", ("Allocation", "B3"): idle}
        told = engines.ironcalc_values(books.edit(book, edits, tmp_path / f"{idle}.xlsx"))
        assert told["Upload"]["H5"] == "yes"
        assert told["Upload"]["H3"] == pytest.approx(273_200, abs=0.005)
        amounts = [v for cell, v in told["Upload"].items() if cell[0] == "H" and int(cell[1:]) > 6]
        assert all(abs(v * 100 - round(v * 100)) < 1e-6 for v in amounts)
        nobody = told["Chargeback"][f"D{find(book, 'Chargeback', NOBODY)}"]
        assert (nobody < 0.005) == (idle == "spread")


def test_a_route_that_a_gate_forbids_is_out(tmp_path):
    """A price of 0 in a forbidden place would otherwise be the cheapest of all."""
    portfolio = load(ready()["company"])
    path = tmp_path / "company.xlsx"
    path.write_bytes(portfolio_book(portfolio, found(portfolio, None, 0)))
    row = find(path, "Routes", "Document extraction")  # its data stays inside
    edits = {("Routes", f"B{row}"): 1.0, ("Routes", f"E{row}"): 0.0}
    told = engines.ironcalc_values(books.edit(path, edits, tmp_path / "gated.xlsx"))
    assert told["Routes"][f"H{row}"] == "a gate forbids it"
    assert checked(told, path, ROUTED.format("The API where allowed")) == 1
    row = find(path, "Strategies", "The API where allowed")
    assert told["Strategies"][f"C{row}"] == "never"
    sheet, cell = books.names(path)["saved_text"]
    assert told[sheet][cell] == "a gate rules out The API where allowed"
    shown = {value for sheet in told.sheets.values() for value in sheet.values()}
    assert not shown & engines.ERRORS


def test_a_portfolio_keeps_the_rules_of_good_modelling(book, overflowing):
    """Rented or bought, with a pool that overflows or none: nothing to mend."""
    assert [(path.name, found) for path in (book, overflowing) for found in lint(path)] == []


def test_hours_count_over_their_mean(overflowing, tmp_path):
    """Twice every hour is the same load: no strategy costs more, and no node is added."""
    typed = books.cached(overflowing)["Load"]
    hours = {("Load", cell): 2 * value for cell, value in typed.items()
             if cell[0] in "BC" and int(cell[1:]) > 6}  # fmt: skip
    assert len(hours) == 2 * 168
    told = engines.ironcalc_values(books.edit(overflowing, hours, tmp_path / "doubled.xlsx"))
    for sheet in ("Pools", "Strategies"):
        cells = [(sheet, cell) for cell in books.formulas(overflowing)[sheet]
                 if cell[0] in "CDEF" and int(cell[1:]) > 4]  # fmt: skip
        assert engines.differences(told, books.cached(overflowing), cells) == []
    assert checked(told, overflowing, MOVED.replace("Inputs", "Inputs of Load")) == 1


def test_nodes_that_do_not_serve_the_peak_fail_a_check(book, tmp_path):
    """A sheet adds up no truths: the check must count months."""
    row = find(book, "Pools", "Both engines own: 8B on own cards: nodes, spares included")
    told = engines.ironcalc_values(
        books.edit(book, {("Pools", f"F{row}"): 0.0}, tmp_path / "short.xlsx")
    )
    label = "Both engines own: 8B on own cards: nodes have capacity for the busiest hour"
    assert checked(told, book, label) == 1


def test_the_trillionth_token_has_a_month(book):
    """2.7 B a month in 36 months are 97.2 B: never within the plan."""
    sheet, cell = books.names(book)["trillion_months"]
    assert books.cached(book)[sheet][cell] == "never"
    row = find(book, "Pools", "For all strategies: The same to date")
    assert books.cached(book)["Pools"][f"AN{row}"] == pytest.approx(97.2e9)


def test_names_that_speak_of_money_leave_no_sheet_without_a_currency(tmp_path):
    """A workload, an engine and a strategy may be called after a price; each sheet says whose."""

    def priced(content):
        for kind in ("workload", "engine"):
            assert content[kind]
        content["strategy"].append({**content["strategy"][0], "name": "Lowest price and cost"})

    portfolio = parse_portfolio(changed_file(priced), "priced.toml")
    path = tmp_path / "priced.xlsx"
    path.write_bytes(portfolio_book(portfolio, found(portfolio, None, 0)))
    assert lint(path) == []
