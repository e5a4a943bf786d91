"""The workbook of examples computes in two engines what the catalogue promises."""

import re

import pytest

from costcore.catalogue import FUNCTIONS
from tests import books, engines
from workbooks.sheets.examples import NEVER, NO_ADDIN, RIGHT, UNCHECKED, VALUE, WRONG, examples

COLUMN = chr(ord("A") + VALUE)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """The workbook as the command writes it."""
    file = tmp_path_factory.mktemp("examples") / "examples.xlsx"
    file.write_bytes(examples())
    return file


def rows(book):
    """Return, for each function, the row of each of its labels in the sheet of examples."""
    sheet, found = book["Examples"], {}
    names = {f.name for f in FUNCTIONS}
    for row in range(1, 1000):
        label = sheet[f"A{row}"]
        if label in names:
            found[label] = {}
        elif label and found:
            found[list(found)[-1]][label] = row
    return found


def test_same_bytes_every_time():
    """The workbook depends on the catalogue alone."""
    assert examples() == examples()


def test_stored_values_are_ironcalcs(path):
    """Every cell holds what IronCalc computes, which has no add-in."""
    assert engines.differences(books.cached(path), engines.ironcalc_values(path)) == []


@pytest.mark.libreoffice
@pytest.mark.usefixtures("soffice")
def test_stored_values_are_libreoffices(path):
    """And what LibreOffice computes."""
    book = engines.recalculate([path])[path]
    assert engines.differences(books.cached(path), book) == []


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.name)
def test_each_function_has_its_cells(path, function):
    """A call that the add-in answers, the expected answer, and the native twin where one exists."""
    book = engines.ironcalc_values(path)
    at, sheet, texts = rows(book)[function.name], book["Examples"], book.formulas["Examples"]
    assert f"{function.name}(" in texts[f"{COLUMN}{at['With the add-in']}"]
    assert sheet[f"{COLUMN}{at['With the add-in']}"] == NO_ADDIN
    expected = function.example.answer
    first = expected if not isinstance(expected, tuple) else expected[0][0]
    wanted = first if isinstance(first, str) else pytest.approx(first, rel=1e-12)
    assert sheet[f"{COLUMN}{at['Expected answer']}"] == wanted
    if function.traces:
        assert sheet[f"{COLUMN}{at['Native formula']}"] == pytest.approx(first, rel=1e-12)
        assert re.search(rf"\b{COLUMN}\d+\b", texts[f"{COLUMN}{at['Native formula']}"])
    assert sheet[f"{COLUMN}{at['Check']}"] == (RIGHT if function.traces else UNCHECKED)


def test_a_wrong_answer_is_counted(path, tmp_path):
    """An expected answer that does not hold turns its check, and the count on the first sheet."""
    row = rows(books.cached(path))["RENT_PER_MONTH"]["Expected answer"]
    changed = books.edit(path, {("Examples", f"{COLUMN}{row}"): 5401.0}, tmp_path / "wrong.xlsx")
    book = engines.ironcalc_values(changed)
    assert book["Functions"]["B5"] == 1
    assert book["Examples"][f"{COLUMN}{row + 1}"] == WRONG


def test_never_is_a_word_in_the_native_cell(path, tmp_path):
    """At half the price the example's server never pays, and the cell says so."""
    at = rows(books.cached(path))["BREAKEVEN_TOKENS"]
    cell = ("Examples", f"{COLUMN}{at['api_price_per_mtok']}")
    book = engines.ironcalc_values(books.edit(path, {cell: 10.0}, tmp_path / "never.xlsx"))
    assert book["Examples"][f"{COLUMN}{at['Native formula']}"] == NEVER


def test_a_word_changes_the_native_answer_too(path, tmp_path):
    """The native twin follows the kind of break-even that is typed."""
    at = rows(books.cached(path))["BREAKEVEN_TOKENS"]
    cell = ("Examples", f"{COLUMN}{at['kind']}")
    book = engines.ironcalc_values(books.edit(path, {cell: "sustained"}, tmp_path / "kind.xlsx"))
    assert book["Examples"][f"{COLUMN}{at['Native formula']}"] == pytest.approx(1230e6)
