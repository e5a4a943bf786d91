"""A budget on paper: five pages for a board, and working sheets that can be read."""

import re
import subprocess
from collections import defaultdict
from itertools import pairwise

import openpyxl
import pytest

from install.programs import program
from tests.books import opened
from tests.engines import _convert
from tests.workbooks.budgets import corner, write
from workbooks.plan.mixing.finding import found
from workbooks.plan.mixing.odds import portfolio_risk
from workbooks.plan.plan import plan
from workbooks.portfolio import reading as portfolios
from workbooks.scenario.reading import load, ready
from workbooks.sheets.budget import budget
from workbooks.sheets.portfolio.book import portfolio_book

BOARD = ("Cover", "Strategies", "When it turns", "How sure", "What we assume")
APART = ("Prices", "Hardware", "Throughput", "Models", "Rates", "Budget")
HIGH = 1.3
"""Height of a word of Carlito, which stands in for Calibri, over the size of its type: what
poppler tells of the ten points of a sheet that is printed at 100 % (the Log) is 13.0."""
WORD = re.compile(r'xMin="([^"]+)" yMin="([^"]+)" xMax="([^"]+)" yMax="([^"]+)">(.*?)</word>')
FOOTER = 45
"""Height of the strip at the foot of a page that only its footer stands in, in points."""
PLANS = {
    "mid-size": lambda: plan(load(ready()["mid-size"])),
    "article-1": lambda: plan(load(ready()["article-1"])),
    "bought": lambda: corner("bought"),  # 60 months and the most lines
    "bound": lambda: corner("bound"),  # four strategies and every kind of contract
}


def pages(pdf):
    """For each page, the sheet its footer names and the size of its smallest type."""
    told = subprocess.run(["pdftotext", "-bbox", pdf, "-"], check=True, capture_output=True)
    for page in told.stdout.decode().split("<page ")[1:]:
        high = float(re.search(r'height="([^"]+)"', page)[1])
        words = [(*map(float, place), text) for *place, text in WORD.findall(page)]
        foot = " ".join(w[4] for w in sorted(words) if w[1] > high - FOOTER)
        name = re.search(r"budget\.xlsx (.*) Page \d+ of \d+", foot)
        yield name and name[1], min(map(size, words))


def size(word):
    """Size of the type of a word; titles of axes run upwards, so one about as high as wide tells
    nothing."""
    left, top, right, bottom, text = word
    high, long = sorted((right - left, bottom - top))
    return high / HIGH if len(text) > 3 and long > 1.5 * high else 99.0


FAST = "bought"
PARAMS = [name if name == FAST else pytest.param(name, marks=pytest.mark.slow) for name in PLANS]


@pytest.fixture(scope="module", params=PARAMS)
def printed(request, tmp_path_factory, soffice):
    return on_paper(tmp_path_factory.mktemp("paper"), budget(PLANS[request.param]()))


@pytest.fixture(scope="module")
def portfolio(tmp_path_factory, soffice):
    """Two workloads on four engines, with the best mix and what was drawn."""
    ours = portfolios.load(portfolios.ready()["article-3-engines"])
    answer = found(ours, 0.0, 1)
    content = portfolio_book(ours, answer, portfolio_risk(ours, answer, 50))
    return on_paper(tmp_path_factory.mktemp("pooled"), content)


def on_paper(folder, content):
    """Print a workbook; return it, and the sizes of the smallest type of its pages by sheet."""
    if not program("pdftotext") or not program("pdffonts"):
        pytest.skip("poppler is not installed")
    book = write(folder, "budget", content)
    (pdf,) = _convert([book], "pdf", folder, 300)
    fonts = subprocess.run(["pdffonts", pdf], check=True, capture_output=True).stdout.decode()
    if "Carlito" not in fonts:
        pytest.skip("no font of the widths of Calibri is installed")
    found = defaultdict(list)
    for name, smallest in pages(pdf):
        found[name].append(smallest)
    return book, found


def test_the_board_gets_five_pages_in_type_of_nine_points(printed):
    """Each sheet of the pack is one page, and they are the first five."""
    _, found = printed
    assert list(found)[:5] == list(BOARD)
    assert {name: len(found[name]) for name in BOARD} == dict.fromkeys(BOARD, 1)
    assert {name: found[name][0] for name in BOARD if found[name][0] < 9} == {}


def test_no_page_is_in_type_below_seven_points(printed):
    """Wide sheets take several pages instead; every page says whose it is."""
    _, found = printed
    assert None not in found
    assert {name: min(sizes) for name, sizes in found.items() if min(sizes) < 7} == {}


def test_tables_to_filter_are_not_printed(printed):
    """They say so, and take one page that has their title; thousands of rows stay on the screen."""
    path, found = printed
    book = opened(path)
    for name in APART:
        assert len(found[name]) == 1
        assert str(book[name]["A2"].value).startswith("Not for printing")
        assert book[name].print_area


def test_sheets_over_several_pages_repeat_titles_and_names(printed):
    """Whoever holds the third page of a plan by month knows the month and the line."""
    path, found = printed
    book = opened(path)
    for name in ("Workload", "Monthly", "Comparison", "Commitments", "Return"):
        assert len(found[name]) > 1
        assert book[name].print_title_rows
        assert book[name].print_title_cols == "$A:$A"


@pytest.mark.slow
def test_a_portfolio_has_a_page_to_sign_and_legible_sheets(portfolio):
    """Cover and strategies are a page each at nine points; no other page is below seven."""
    _, pages = portfolio
    assert list(pages)[:3] == ["Cover", "Strategies", "How to read"]
    assert [len(pages[name]) for name in ("Cover", "Strategies", "How to read")] == [1, 1, 1]
    assert min(pages["Cover"] + pages["Strategies"]) >= 9
    assert None not in pages
    assert {name: min(sizes) for name, sizes in pages.items() if min(sizes) < 7} == {}


@pytest.mark.slow
def test_every_cell_of_a_portfolio_to_fill_in_has_a_hint(portfolio):
    """As those of one workload."""
    assert_hinted(opened(portfolio[0]))


def test_every_cell_to_fill_in_has_a_hint(printed):
    """What it means, its bounds and where to find it, in the lengths that Excel takes."""
    assert_hinted(opened(printed[0]))


def assert_hinted(book):
    for sheet in book:
        rules = sheet.data_validations.dataValidation
        hinted = [rule for rule in rules if rule.prompt and rule.promptTitle]
        assert all(len(rule.prompt) <= 255 and len(rule.promptTitle) <= 32 for rule in hinted)
        ours = [
            cell.coordinate
            for row in sheet.iter_rows()
            for cell in row
            if not cell.protection.locked and cell.fill.fgColor.rgb == "FFFFFBE6"
        ]
        assert [ref for ref in ours if not any(ref in rule.sqref for rule in hinted)] == []


def test_a_first_reader_sees_ten_inputs(printed):
    """The rest is folded below its section, and opens."""
    path, _ = printed
    sheet = opened(path)["Inputs"]
    dimensions = sheet.row_dimensions
    top = next(r for r in range(1, 30) if sheet.cell(r, 4).value == "Low")
    asked = [r for r in range(top + 1, sheet.max_row) if sheet.cell(r, 12).value]
    assert len([r for r in asked if not dimensions[r].hidden]) == 10
    assert len(asked) > 80
    assert {dimensions[r].outlineLevel for r in asked if dimensions[r].hidden} == {1}
    assert not sheet.protection.sheet
    assert not sheet.sheet_properties.outlinePr.summaryBelow


def test_texts_fit_their_cells(printed):
    """A text in one line is not longer than its column, or the cells it runs over are empty."""
    path, _ = printed
    book = openpyxl.load_workbook(path, data_only=True)
    cut = [
        f"{sheet.title}!{left.coordinate} {left.value}"
        for sheet in book
        if sheet.title not in APART
        for row in sheet.iter_rows()
        for left, right in pairwise(row)
        if isinstance(left.value, str)
        and right.value not in (None, "")
        and not left.alignment.wrap_text
        and len(left.value) > 1.25 * width(sheet, left)
    ]
    assert cut == []


def width(sheet, cell):
    """Width of the column of a cell, in characters; one dimension may stand for several columns."""
    held = [d for d in sheet.column_dimensions.values() if d.min <= cell.column <= d.max]
    return held[0].width if held else 8.43
