"""A figure typed over a formula is told by its cell: a book made anew would lose it."""

import re

import pytest

from install.command import main
from tests.addin.office import missing, running
from tests.books import edit
from tests.workbooks.budgets import CORNERS, corner, write
from tests.workbooks.sheet_copies import changed, part_of
from workbooks.file.cells import reference
from workbooks.lint.reading import Workbook
from workbooks.plan.mixing.finding import found
from workbooks.portfolio.reading import load, ready
from workbooks.scenario.scenario import ScenarioError
from workbooks.sheets.budget import budget
from workbooks.sheets.intake.cells import IntakeError, Reader
from workbooks.sheets.intake.overtyped import check_formulas
from workbooks.sheets.intake.reading import intake, intake_of
from workbooks.sheets.portfolio.book import portfolio_book
from workbooks.sheets.portfolio.intake import portfolio_intake
from workbooks.sheets.style import COMPUTED

TYPED = 123_456.5
PORTFOLIOS = ("company", "article-2-providers", "article-3-engines")


@pytest.fixture(scope="module")
def single(tmp_path_factory):
    return write(tmp_path_factory.mktemp("single"), "single", budget(corner("rented")))


@pytest.fixture(scope="module")
def several(tmp_path_factory):
    return written(tmp_path_factory.mktemp("several"), "article-3-engines")


def written(folder, name):
    portfolio = load(ready()[name])
    path = folder / f"{name}.xlsx"
    path.write_bytes(portfolio_book(portfolio, found(portfolio, None, 0)))
    return path


def formulas(path):
    """Return, by sheet, the cells of formulas that show a number."""
    pages = Workbook(path, path.read_bytes()).pages
    shown = {page.name: [x for x in page.formulas if isinstance(x.shown, float)] for page in pages}
    return {name: [reference(x.row, x.column) for x in cells] for name, cells in shown.items()}


def refused(read, path):
    with pytest.raises(IntakeError) as error:
        read(path)
    return error.value.bad


@pytest.mark.parametrize(
    ("book", "read"), [("single", intake), ("several", portfolio_intake)], ids=["one", "several"]
)
@pytest.mark.parametrize("share", [0.0, 0.4, 0.9])
def test_each_sheet_tells_the_figure_typed_over_its_formula(book, read, share, request, tmp_path):
    """One on every sheet that has formulas, from the first to the last: all are told, and no more.

    The edit is the oracle: its cells are those that were typed over.
    """
    path = request.getfixturevalue(book)
    cells = {sheet: x[int(share * (len(x) - 1))] for sheet, x in formulas(path).items() if x}
    typed = edit(path, dict.fromkeys(cells.items(), TYPED), tmp_path / "typed.xlsx")
    told = {(bad.sheet, bad.cell) for bad in refused(read, typed)}
    assert told == set(cells.items())


@pytest.mark.parametrize("book", ["single", "several"])
def test_every_formula_would_be_told_if_something_were_typed_over_it(book, request):
    """Whether it shows a figure or a text: no cell that we write as a value has its ink."""
    path = request.getfixturevalue(book)
    for page in Workbook(path, path.read_bytes()).pages:
        for cell in page.cells.values():
            is_told = cell.look.ink in COMPUTED
            assert is_told == (bool(cell.formula) and cell.look.locked), (page.name, cell)


@pytest.mark.parametrize(("book", "read"), [("single", intake), ("several", portfolio_intake)])
def test_a_lone_text_typed_over_a_formula_is_told(book, read, request, tmp_path):
    """Over every formula of the cover: the sentences, which are texts, and the tiles."""
    path = request.getfixturevalue(book)
    shown = [x for x in Workbook(path, path.read_bytes()).page("Cover").formulas if x.look.locked]
    assert {type(cell.shown) for cell in shown} >= {str, float}
    cells = {("Cover", cell.name): "as agreed" for cell in shown}
    told = refused(read, edit(path, cells, tmp_path / "text.xlsx"))
    assert {bad[:2] for bad in told} == set(cells)
    assert all(bad.why.startswith("'as agreed' was typed over a formula") for bad in told)


@pytest.mark.parametrize("book", ["single", "several"])
def test_a_lone_figure_typed_over_a_tile_is_told(book, request, tmp_path):
    """No formula like it is beside the tile of the cover that says what is saved."""
    path = request.getfixturevalue(book)
    read = {"single": intake, "several": portfolio_intake}[book]
    cell = formulas(path)["Cover"][0]
    typed = edit(path, {("Cover", cell): TYPED}, tmp_path / "tile.xlsx")
    assert [bad[:2] for bad in refused(read, typed)] == [("Cover", cell)]


def test_figures_side_by_side_are_all_told(single, tmp_path):
    """A whole row typed over: its inner cells have no formula beside them any more."""
    row = next(cell for cell in formulas(single)["Monthly"] if cell.startswith("M"))[1:]
    cells = {("Monthly", f"{column}{row}"): TYPED for column in "JKLMNOP"}
    told = refused(intake, edit(single, cells, tmp_path / "row.xlsx"))
    assert {(bad.sheet, bad.cell) for bad in told} == set(cells)


@pytest.mark.parametrize("typed", ["L{row}+1000", "5*7"])
@pytest.mark.parametrize(("book", "read"), [("single", intake), ("several", portfolio_intake)])
def test_a_formula_of_ones_own_among_those_of_a_row_is_told(book, read, typed, request, tmp_path):
    path = request.getfixturevalue(book)
    cell = next(cell for cell in formulas(path)["Monthly"] if cell.startswith("M"))
    text = typed.format(row=cell[1:])

    def change(parts):
        part = part_of(parts, "Monthly")
        old = rf'(<c r="{cell}"[^>]*>)<f>[^<]*</f>'
        parts[part], count = re.subn(old, rf"\1<f>{text}</f>", parts[part])
        assert count == 1

    own = changed(path, tmp_path / "own.xlsx", change)
    with pytest.raises(ScenarioError, match=f"Monthly!{cell}: it is not the formula of the rest"):
        read(own)


@pytest.mark.parametrize(("book", "read"), [("single", intake), ("several", portfolio_intake)])
def test_a_word_typed_over_a_month_is_told(book, read, request, tmp_path):
    path = request.getfixturevalue(book)
    cell = [cell for cell in formulas(path)["Monthly"] if cell.startswith("M")][9]
    typed = edit(path, {("Monthly", cell): "none"}, tmp_path / "word.xlsx")
    assert [bad[:2] for bad in refused(read, typed)] == [("Monthly", cell)]


@pytest.mark.parametrize("name", CORNERS)
def test_a_book_as_it_was_made_has_nothing_typed_over(name, tmp_path):
    path = write(tmp_path, name, budget(corner(name)))
    reader = Reader(path, path.read_bytes())
    check_formulas(reader, "")
    assert not reader.bad


@pytest.mark.parametrize("name", PORTFOLIOS)
def test_a_portfolio_as_it_was_made_has_nothing_typed_over(name, tmp_path):
    path = written(tmp_path, name)
    reader = Reader(path, path.read_bytes())
    check_formulas(reader, "")
    assert not reader.bad


@pytest.mark.slow
@pytest.mark.libreoffice
@pytest.mark.skipif(bool(missing()), reason=missing() or "it is there")
@pytest.mark.parametrize(("book", "read"), [("single", intake), ("several", portfolio_intake)])
def test_what_libreoffice_saved_has_only_what_was_typed_over(book, read, request, tmp_path):
    path = request.getfixturevalue(book)
    with running(None) as office:
        office.ask("open", str(path))
        office.ask("save", str(tmp_path / "saved.xlsx"))
    read(tmp_path / "saved.xlsx")
    cell = formulas(path)["Monthly"][40]
    typed = edit(tmp_path / "saved.xlsx", {("Monthly", cell): TYPED}, tmp_path / "typed.xlsx")
    assert [bad[:2] for bad in refused(read, typed)] == [("Monthly", cell)]


def test_the_command_refuses_and_an_update_keeps_the_cell(single, tmp_path, capsys):
    """An update writes into the workbook itself, so that nothing of it is lost."""
    cell = formulas(single)["Monthly"][40]
    typed = edit(single, {("Monthly", cell): TYPED}, tmp_path / "typed.xlsx")
    assert main(["budget", "--from", str(typed), "--out", str(tmp_path / "out.xlsx")]) != 0
    said = capsys.readouterr().err
    assert f"typed.xlsx, Monthly!{cell}: 123456.5 was typed over a formula, which" in said
    assert not (tmp_path / "out.xlsx").exists()
    kept = intake_of(typed, typed.read_bytes()).plan.scenario
    assert kept.entries == intake(single).plan.scenario.entries
