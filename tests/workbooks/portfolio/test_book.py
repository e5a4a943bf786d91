"""The workbook of a portfolio: numpy, IronCalc and LibreOffice agree, also after a change."""

import pytest

from tests import engines
from workbooks.plan.mixing.arrays import arrays
from workbooks.plan.mixing.comparing import CHEAPEST
from workbooks.plan.mixing.finding import found
from workbooks.portfolio.reading import load, ready
from workbooks.sheets.portfolio.book import portfolio_book


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    portfolio = load(ready()["article-3-engines"])
    path = tmp_path_factory.mktemp("book") / "portfolio.xlsx"
    path.write_bytes(portfolio_book(portfolio, arrays(portfolio), found(portfolio, 0.0, 0)))
    return path


def all_formulas(path):
    return [(sheet, cell) for sheet, cells in engines.formulas(path).items() for cell in cells]


def test_the_same_inputs_give_the_same_bytes(book):
    """A plan can be compared with last month's file by file."""
    portfolio = load(ready()["article-3-engines"])
    again = portfolio_book(portfolio, arrays(portfolio), found(portfolio, 0.0, 0))
    assert again == book.read_bytes()


def test_ironcalc_agrees(book):
    """Every number is a formula, and shows what numpy computes."""
    cells = all_formulas(book)
    assert len(cells) > 5_000
    assert engines.differences(engines.ironcalc_values(book), engines.cached(book), cells) == []


def find(path, sheet, label):
    """Return the row of a label in column A."""
    cells = engines.cached(path)[sheet]
    return next(int(cell[1:]) for cell, value in cells.items() if cell[0] == "A" and value == label)


def changed(book, folder):
    """Send half of the utility requests of the first strategy to the dearer API."""
    row = find(book, "Routes", "Utility requests")
    edits = {("Routes", f"B{row}"): 0.5, ("Routes", f"C{row}"): 0.5}
    return engines.edit(book, edits, folder / "changed.xlsx")


def test_a_changed_route_changes_the_cost(book, tmp_path):
    """Half of 2,160 M tokens at 0.75 instead of 0.10 costs 702 a month more."""
    after = engines.ironcalc_values(changed(book, tmp_path))["Strategies"]
    row = find(book, "Strategies", CHEAPEST)
    assert after[f"C{row}"] == pytest.approx(22_356 + 36 * 1_080 * 0.65, rel=1e-9)
    assert after[f"C{find(book, 'Strategies', 'All routes add to 1')}"] == "yes"


def test_inputs_that_moved_are_noticed(book, tmp_path):
    """The best mix was found on other volumes: the workbook says so, and shares too."""
    row = find(book, "Workloads", "Utility requests (Product)")
    route = find(book, "Routes", "Utility requests")
    edits = {("Workloads", f"E{row}"): 9e9, ("Routes", f"B{route}"): 0.5}
    sheet = engines.ironcalc_values(engines.edit(book, edits, tmp_path / "m.xlsx"))["Strategies"]
    assert sheet[f"C{find(book, 'Strategies', 'Inputs since then')}"] == "have moved"
    assert sheet[f"C{find(book, 'Strategies', 'All routes add to 1')}"] == "no"


@pytest.mark.libreoffice
@pytest.mark.usefixtures("soffice")
def test_libreoffice_agrees(book, tmp_path):
    """As it was written, and with a route changed, as IronCalc computes it."""
    edited = changed(book, tmp_path)
    told = engines.recalculate([book, edited])
    assert engines.differences(told[book], engines.cached(book), all_formulas(book)) == []
    cells = all_formulas(edited)
    assert engines.differences(told[edited], engines.ironcalc_values(edited), cells) == []
