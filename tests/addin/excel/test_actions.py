"""The buttons of the ribbon on real workbook files, the command run for real."""

from pathlib import Path

import openpyxl
import pytest
from xlsxwriter import Workbook

from addin.excel import actions
from addin.excel.ribbon import BUTTONS
from costcore.catalogue import FUNCTIONS
from install import command
from tests import books
from tests.addin.open_file import OpenFile

COLUMNS = [
    "Model",
    "Provider",
    "Kind",
    "Input price per mtok",
    "Cached price per mtok",
    "Output price per mtok",
    "Currency",
    "As of",
    "Source",
]


@pytest.fixture(scope="module")
def budget(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A budget as the button writes it."""
    path = tmp_path_factory.mktemp("budget") / "budget.xlsx"
    assert command.main(["budget", "--out", str(path)]) == 0
    return path


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    """A small workbook of somebody else's."""
    path = tmp_path / "plan.xlsx"
    with Workbook(path) as book:
        ws = book.add_worksheet("Sheet1")
        ws.write_column("A1", [10, 5_400, 388.8e6, "5,400"])
        ws.write_formula("B1", "=BREAKEVEN_TOKENS(A1,A2,A3)", value="#N/A")
        ws.write_formula("B2", "=BREAKEVEN_TOKENS(20,$A$2,Sheet1!A3,3000)", value=690e6)
        ws.write_formula("B3", "=RENT_PER_MONTH(A4)", value="#VALUE!")
        ws.write_formula("B4", "=IF(A1>0,RENT_PER_MONTH(A1:A4,,2),0)", value="#VALUE!")
        ws.write_formula("B5", "=A1*2", value=20)
        ws.write_formula("B6", "='C:\\old\\evenpoint.xlam'!RENT_PER_MONTH(A1)", value=7_300)
        ws.write_formula("B7", "=NODES_NEEDED(A9,1,0.5)", value="#NUM!")
        ws.write_formula("B8", '=TOKEN_PRICE("o9","input",D1:E2)', value="#N/A")
        ws.write_row("D1", ["model", "input"])
        ws.write_row("D2", ["o3", 2])
    return path


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("B1", ["shows #N/A", "Never: a full node costs 13.89 per million tokens"]),
        ("B2", ["It shows 690,000,000", "fixed_cost_per_month: 3,000 [money per month]"]),
        ("B3", ["shows #VALUE!", "rate_per_hour is the text '5,400'; it must be a number"]),
        ("B4", ["4 of 4 cells show an error", "duty_share is 2; it must be a number from 0 to 1"]),
        ("B7", ["shows #NUM!", "tokens_per_month is blank, which is unknown and not 0"]),
        ("B8", ["shows #N/A", "no model 'o9' in the price table; nearest: o3"]),
    ],
)
def test_a_cell_is_explained_by_its_cause(sheet: Path, cell: str, says: list[str]) -> None:
    """The sentence names the argument, its value and the rule."""
    told = actions.run("explain_cell", OpenFile(sheet, ("Sheet1", cell)))
    assert told.startswith(f"Sheet1!{cell}\n")
    assert all(text in told for text in says), told


def test_a_cell_without_our_function_is_not_explained(sheet: Path) -> None:
    """It says so and what to do."""
    told = actions.run("explain_cell", OpenFile(sheet, ("Sheet1", "B5")))
    assert told == "Sheet1!B5 has no Evenpoint function. Select a cell that has."


@pytest.mark.parametrize("entry", FUNCTIONS, ids=lambda entry: entry.name)
def test_every_function_can_be_explained(entry) -> None:
    """The worked example, and the same with an error in its first argument."""
    from addin.cells import CellError
    from addin.reasons import reason
    from tests.addin.cases import as_cells

    cells = [as_cells(argument) for argument in entry.example.arguments]
    assert entry.name in reason(entry, cells)
    told = reason(entry, [CellError.REF, *cells[1:]])
    assert "has #REF!, and an error goes through" in told
    assert "nan" not in told.split()


def test_a_workbook_is_checked(sheet: Path) -> None:
    """Errors, a number stored as text and a link to an add-in elsewhere, each with its cells."""
    told = actions.run("check_workbook", OpenFile(sheet))
    assert "16 cells, 7 of them with an Evenpoint function." in told
    assert "5 cells show an error:\nSheet1!B1 #N/A\n" in told
    assert "1 cells hold a number as text:\nSheet1!A4" in told
    assert "1 cells call an add-in in another place:\nSheet1!B6" in told


def test_a_fresh_budget_has_nothing_wrong(budget: Path) -> None:
    """What the button writes passes what the other button checks."""
    assert "Nothing wrong found." in actions.run("check_workbook", OpenFile(budget))


def test_a_failed_check_of_a_budget_is_found(budget: Path, tmp_path: Path) -> None:
    """Its label is told with it."""
    book = OpenFile(budget)
    checks = book.values["Checks"]
    row = next(r for r in checks.iter_rows() if r[1].value == "0 is right, 1 is wrong")
    row[2].value = 1
    told = actions.run("check_workbook", book)
    assert f"Checks!{row[2].coordinate} {row[0].value}" in told


def test_a_new_budget_is_written_beside_the_workbook_and_opened(sheet: Path) -> None:
    """By the command itself; a second one gets a name of its own."""
    book = OpenFile(sheet)
    told = actions.run("new_budget", book)
    again = actions.run("new_budget", book)
    names = ["Evenpoint budget.xlsx", "Evenpoint budget 2.xlsx"]
    assert book.opened == [sheet.parent / name for name in names]
    assert all(books.cached(path)["Cover"] for path in book.opened)
    assert names[0] in told
    assert names[1] in again


def test_a_new_budget_asks_four_questions(sheet: Path) -> None:
    """Each with meaning and unit; what is answered stands in the Inputs of the new workbook."""
    book = OpenFile(sheet)
    book.answers = ["2.7B", "30 %", "openai/gpt-4o", "buy"]
    actions.run("new_budget", book)
    assert len(book.asked) == 4
    assert "Growth of the volume. [share per year]" in book.asked[1]
    [path] = book.opened
    cells, names = books.cached(path), books.names(path)
    typed = {
        "tokens_per_month": 2.7e9,
        "growth_per_year": 0.3,
        "api_model": "openai/gpt-4o",
        "acquisition_kind": "buy",
    }
    found = {name: cells[names[name][0]][names[name][1]] for name in typed}
    assert found == typed


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ([None], "Stopped; nothing was written."),
        (["", None], "Stopped; nothing was written."),
        (["", "", "", "lend"], "'lend' is neither rent nor buy; nothing was written."),
        (["many"], "'many' is not a volume"),
        (["", "--force"], "'--force' is not a number."),
        (["", "", "--out=x.xlsx"], "--out=x.xlsx"),
    ],
)
def test_an_answer_that_is_none_writes_nothing(
    sheet: Path, answers: list[str | None], says: str
) -> None:
    """The command's own sentence is told; an answer is never another flag."""
    book = OpenFile(sheet)
    book.answers = list(answers)
    assert says in actions.run("new_budget", book)
    assert book.opened == []
    assert [path.name for path in sheet.parent.iterdir()] == [sheet.name]


def test_a_break_even_cell_shows_its_staircase(sheet: Path) -> None:
    """Step by step, by hand: two nodes and the team cost 13,800, the API 15,552 for as much."""
    told = actions.run("explain_cell", OpenFile(sheet, ("Sheet1", "B2")))
    assert (
        "2 nodes, up to 778 M tokens: 13,800 a month when full, the API 15,552; wins from 690 M."
        in told
    )
    assert "From 1,230 M tokens on it always wins." in told
    never = actions.run("explain_cell", OpenFile(sheet, ("Sheet1", "B1")))
    assert "1 node, up to 389 M tokens: 5,400 a month when full, the API 3,888; never wins" in never
    other = actions.run("explain_cell", OpenFile(sheet, ("Sheet1", "B7")))
    assert "staircase" not in other


def test_a_refusal_of_the_command_is_told(sheet: Path) -> None:
    """A workbook without prices is left alone, in one sentence."""
    book = OpenFile(sheet)
    told = actions.run("refresh_prices", book)
    assert not told.startswith("?")
    assert told.count("\n") == 0
    assert book.written == []


@pytest.fixture
def stale(budget: Path, tmp_path: Path) -> tuple[Path, str]:
    """The budget with one price as an older list had it, and the cell it is in."""
    book = openpyxl.load_workbook(budget)
    sheet = book["Prices"]
    headings = {cell.value: cell.column for cell in sheet[5]}
    row = next(
        r
        for r in range(6, sheet.max_row)
        if sheet.cell(r, 1).value == "openai/gpt-5.6-sol"
        and sheet.cell(r, headings["Valid to"]).value is None
    )
    cell = sheet.cell(row, headings["Input price per mtok"])
    cell.value = 5
    cell.number_format = "0.000 [Red]"
    path = tmp_path / "stale.xlsx"
    book.save(path)
    return path, cell.coordinate


def test_prices_are_asked_about_first(stale: tuple[Path, str]) -> None:
    """The question lists old and new; nothing is written by asking."""
    path, cell = stale
    book = OpenFile(path)
    told = actions.run("refresh_prices", book)
    assert told.startswith("?Change ")
    assert f"Prices!{cell} openai/gpt-5.6-sol" in told
    assert "5 -> 4" in told
    assert book.written == []


@pytest.mark.slow
def test_only_the_price_changes_and_its_format_stays(stale: tuple[Path, str]) -> None:
    """Every other cell is as it was."""
    path, cell = stale
    book = OpenFile(path)
    before = {found[:4]: found.formula or found.value for found in OpenFile(path).cells()}
    told = actions.run("refresh_prices_confirmed", book)
    assert ("Prices", cell, 4.0) in book.written
    assert book.formulas["Prices"][cell].number_format == "0.000 [Red]"
    assert told.startswith(f"Changed {len(book.written)} cells")
    book.formulas.save(path)
    after = {found[:4]: found.formula or found.value for found in OpenFile(path).cells()}
    written = {(sheet, address) for sheet, address, _ in book.written}
    changed = {(key[0], key[3]) for key in before if before[key] != after.get(key)}
    assert {place for place in changed if not book.formula(*place)} == written


def test_help_names_every_function() -> None:
    """And fits into a message box."""
    told = actions.show_help(OpenFile)
    assert all(entry.name.removesuffix("_BASIS") in told for entry in FUNCTIONS)
    assert "_BASIS behind its name" in told
    assert len(told) <= actions.MOST_CHARACTERS


def test_every_button_has_its_action() -> None:
    """A button without one would fail only in Excel."""
    assert {button.action for button in BUTTONS} <= set(actions.ACTIONS)
    with pytest.raises(LookupError, match="no action 'Exec'"):
        actions.run("Exec", OpenFile)


@pytest.mark.parametrize(
    ("formula", "arguments"),
    [
        ("=RENT_PER_MONTH(1)", ["1"]),
        ("=rent_per_month()", []),
        ("=RENT_PER_MONTH(1,,3)", ["1", "", "3"]),
        ("=[1]!RENT_PER_MONTH('a,b'!A1,{1,2;3,4})", ["'a,b'!A1", "{1,2;3,4}"]),
        ('=A1&"RENT_PER_MONTH("&RENT_PER_MONTH(")")', ['")"']),
        ("=2*RENT_PER_MONTH(IF(A1,B1,C1),2)+1", ["IF(A1,B1,C1)", "2"]),
    ],
)
def test_a_call_is_read_as_excel_reads_it(formula: str, arguments: list[str]) -> None:
    """Commas inside brackets, braces, quotes and sheet names separate nothing."""
    found = actions.first_call(formula)
    assert found
    assert found[1] == arguments


@pytest.mark.parametrize("formula", ["", "=A1", '="RENT_PER_MONTH(1)"', "=MY_RENT_PER_MONTH(1)"])
def test_what_is_no_call_of_ours_is_none(formula: str) -> None:
    """A text, another function that ends like ours, no formula at all."""
    assert actions.first_call(formula) is None
