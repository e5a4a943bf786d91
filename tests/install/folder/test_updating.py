"""An update edits the workbook in place: what is brought in reaches every value, the rest stays.

The expected values are those of the same workbook read back and made anew, which is tested against
two other spreadsheet programs elsewhere.
"""

import hashlib
import subprocess
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.workbook.defined_name import DefinedName

from tests.books import edit
from tests.install.folder.talk import said
from tests.install.folder.test_adding import ORDER, SPEEDS, write
from workbooks.file.cells import place, reference, value
from workbooks.sheets.update.values import Pages

ROOT = Path(__file__).parents[3]
BOOK = Path("budget.xlsx")


def held(path: Path) -> dict[str, dict[tuple[int, int], object]]:
    """Return what each cell of each sheet holds or shows; blank ones are left out."""
    pages = Pages(path, path.read_bytes())
    return {
        name: {
            at: told
            for at, cell in sheet.cells.items()
            if (told := value(cell, pages.strings(name))) not in (None, "")
        }
        for name, sheet in pages.items()
    }


def unvalued(path: Path) -> list[str]:
    """Name the formulas without a value."""
    pages = Pages(path, path.read_bytes())
    return [
        f"{name}!{at}"
        for name, sheet in pages.items()
        for at, cell in sheet.cells.items()
        if cell.formula is not None and cell.content is None
    ]


def added(capsys: pytest.CaptureFixture[str], *texts: str) -> None:
    """Add files of some texts to the folder."""
    names = [write(f"{number}.csv", text) for number, text in enumerate(texts)]
    said(capsys, "add", *names, "--yes")


def logged(path: Path) -> list[tuple[object, ...]]:
    """Return the lines of the Log."""
    rows = list(openpyxl.load_workbook(path)["Log"].iter_rows(values_only=True))
    top = next(n for n, row in enumerate(rows) if row[0] == "Date")
    return [row[:3] for row in rows[top + 1 :] if row[1]]


@pytest.mark.slow
def test_a_contract_reaches_every_value_of_the_workbook(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As if made anew; no formula is left without its value, and one line of the Log says why."""
    before = BOOK.read_bytes()
    added(capsys, ORDER)
    told = said(capsys, "update", "--offline")
    assert "api: USD 268,811 -> 228,489 (-40,322, -15.0%)" in told
    (backup,) = folder.glob("budget before *.xlsx")
    assert backup.read_bytes() == before
    assert unvalued(BOOK) == []
    (line,) = logged(BOOK)
    assert str(line[1]).startswith("openai/gpt-6.1-sol: Input price per mtok 2 -> 1.7, Output")
    assert "evenpoint update, receipts " in str(line[2])
    said(capsys, "budget", "--from", "budget.xlsx", "--out", "anew.xlsx")
    ours, anew = held(BOOK), held(Path("anew.xlsx"))
    assert {name: cells for name, cells in ours.items() if name != "Log"} == {
        name: cells for name, cells in anew.items() if name != "Log"
    }


RENT = "Karte;Preis je Stunde;Währung\nH200 SXM;1,10;EUR\n"


@pytest.mark.slow
def test_what_was_taken_back_leaves_the_workbook_with_the_next_update(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A quote and a measurement: every cell is as before, but for the Log and what was typed over.

    Until then it says that the workbook still has them. Put back, they wait again.
    """
    before = held(BOOK)
    said(capsys, "add", write("speeds.csv", SPEEDS), "--yes")
    said(capsys, "add", write("rent.csv", RENT), "--yes")
    quote = max((folder / "receipts").iterdir())
    said(capsys, "update", "--offline")
    assert held(BOOK)["Hardware"] != before["Hardware"]
    said(capsys, "undo", quote.name[:23])
    now = said(capsys)
    assert "Undone    1 change that the workbook still has:" in now
    assert "Next      evenpoint update --offline, which gives back in budget.xlsx what was" in now
    told = said(capsys, "update", "--offline")
    assert "H200 SXM, Rent base per gpu hour: 1.1 -> " in told
    assert held(BOOK)["Hardware"] == before["Hardware"]
    assert "Undone" not in said(capsys)
    assert "has everything already" in said(capsys, "update", "--offline")
    (folder / "undone" / quote.name).rename(quote)
    assert "Waiting   1 change" in said(capsys)
    said(capsys, "update", "--offline")
    assert held(BOOK)["Hardware"] != before["Hardware"]


@pytest.mark.slow
def test_a_price_that_was_taken_back_is_the_list_again(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Row and steps: no 1.7 of a contract in force that steps of 1.18 make the 2 of the list."""
    assert folder.exists()
    said(capsys, "update", "--offline")  # a price that is known in advance may hold since
    before = held(BOOK)
    added(capsys, ORDER)
    assert "Input price per mtok: 2 -> 1.7" in said(capsys, "update", "--offline")
    said(capsys, "undo")
    told = said(capsys, "update", "--offline")
    assert "Input price per mtok: 1.7 -> 2" in told
    assert "kept" not in told
    after = held(BOOK)
    assert not {"Prices", "Workload", "Monthly"} & {n for n in before if before[n] != after[n]}


def test_a_model_that_is_retired_within_the_plan_is_said_when_it_is_signed_and_updated(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Anthropic retires Claude Opus 4.5 on 22 January 2027, and names another in its place."""
    assert folder.exists()
    book = openpyxl.load_workbook(BOOK)
    cells = (cell for row in book["Inputs"].iter_rows() for cell in row)
    for cell in (each for each in cells if each.value == "openai/gpt-6.1-sol"):
        cell.value = "anthropic/claude-opus-4-5"
    book.save(BOOK)
    for command in (("approve",), ("update", "--offline", "--look")):
        told = said(capsys, *command)
        assert "anthropic/claude-opus-4-5 is retired on 2027-01-22" in told
        assert "names anthropic/claude-opus-5-5 instead" in told


def test_a_second_update_has_nothing_to_do(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not a byte; and nothing waits any more."""
    added(capsys, ORDER)
    said(capsys, "update", "--offline")
    before = hashlib.sha256(BOOK.read_bytes()).hexdigest()
    assert "Waiting   nothing" in said(capsys)
    assert "The workbook has everything already." in said(capsys, "update", "--offline")
    assert hashlib.sha256(BOOK.read_bytes()).hexdigest() == before


def test_a_look_writes_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither the workbook nor a receipt."""
    added(capsys, ORDER)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert "Nothing was written." in said(capsys, "update", "--look")
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


@pytest.mark.slow
def test_a_later_amendment_reaches_a_row_that_a_contract_holds(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever its file is called: what the folder knows counts, and no word in a name."""
    Path("contract_now.csv").write_text(ORDER)
    said(capsys, "add", "contract_now.csv", "--yes")
    said(capsys, "update", "--offline")
    later = ORDER.replace("1.7,8.5", "1.5,7.5").replace("2026-06-01", "2026-10-01")
    write("amendment.csv", later)
    said(capsys, "add", "amendment.csv", "--yes")
    told = said(capsys, "update", "--offline")
    assert "Input price per mtok: 1.7 -> 1.5" in told
    assert "kept" not in told


@pytest.mark.slow
def test_a_speed_of_ones_own_becomes_a_row_of_the_workbook(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It can be chosen in Inputs from then on."""
    added(capsys, SPEEDS)
    name = "2x H100 SXM | Llama-3.3-70B fp8 | 1400/160 | yours"
    assert f"Throughput: new row {name}" in said(capsys, "update", "--offline")
    assert unvalued(BOOK) == []
    assert name in held(BOOK)["Throughput"].values()
    said(capsys, "budget", "--from", "budget.xlsx", "--out", "anew.xlsx")
    assert name in held(Path("anew.xlsx"))["Throughput"].values()


def typed() -> dict[tuple[str, str], float]:
    """Type volumes of one's own and a price step into the yellow cells of Workload."""
    cells = held(BOOK)["Workload"]
    labels = {text: row for (row, _), text in cells.items() if isinstance(text, str)}
    own = next(row for text, row in labels.items() if text.startswith("Your own"))
    step = next(row for text, row in labels.items() if "step" in text.lower() and "API" in text)
    volumes = {("Workload", reference(own, column)): 4.2e9 for column in range(5, 9)}
    return {**volumes, ("Workload", reference(step, 10)): 0.5}


def now_typed(path: Path, changes: dict[tuple[str, str], float]) -> dict[tuple[str, str], object]:
    """Return what a workbook holds where something was typed."""
    cells = held(path)["Workload"]
    return {(name, at): cells.get(place(at)) for name, at in changes}


def test_what_a_person_typed_by_month_survives(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Own volumes and a price step are in the plan before and after."""
    changes = typed()
    edit(BOOK, changes, Path("typed.xlsx")).replace(BOOK)
    added(capsys, ORDER)
    said(capsys, "update", "--offline")
    assert now_typed(BOOK, changes) == changes
    said(capsys, "budget", "--from", "budget.xlsx", "--out", "two.xlsx")
    assert now_typed(Path("two.xlsx"), changes) == changes


def own_things(path: Path) -> None:
    """Add a sheet, a note, a name, words beside a table, a formula in an input, a Log line."""
    book = openpyxl.load_workbook(path)
    own = book.create_sheet("My notes")
    own["A1"], own["B2"] = "agreed with Carla", "=Summary!C5*2"
    book["Inputs"]["B9"].comment = Comment("ask the board", "Anna")
    book.defined_names["my_limit"] = DefinedName("my_limit", attr_text="'My notes'!$A$1")
    log = book["Log"]
    top = next(row for row in range(1, 40) if log.cell(row, 1).value == "Date")
    log.cell(top + 1, 2).value = "talked to the vendor"
    book.save(path)


@pytest.mark.slow
@pytest.mark.libreoffice
def test_what_a_person_added_survives_byte_for_byte(
    folder: Path, soffice: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Saved by LibreOffice, so that every formula has a value, as a person's file has."""
    own_things(BOOK)
    command = [soffice, "--headless", f"-env:UserInstallation=file://{folder}/profile"]
    command += ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", "saved", str(BOOK)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    (folder / "saved" / "budget.xlsx").replace(BOOK)
    before = parts(BOOK)
    added(capsys, ORDER)
    assert "api: USD 268,811 -> 228,489" in said(capsys, "update", "--offline")
    after = parts(BOOK)
    assert before.keys() == after.keys()
    moved = {name for name in before if before[name] != after[name]}
    kinds = {"xl/worksheets/", "xl/workbook.xml"}
    assert {name for name in moved if not name.startswith(tuple(kinds))} == set()
    assert unvalued(BOOK) in ([], ["My notes!(2, 2)"])  # theirs is computed when it is opened
    now = openpyxl.load_workbook(BOOK)
    assert now["My notes"]["A1"].value == "agreed with Carla"
    assert "Summary" in now["My notes"]["B2"].value
    assert now["Inputs"]["B9"].comment.text.endswith("ask the board")
    assert "my_limit" in now.defined_names
    assert logged(BOOK)[0][1] == "talked to the vendor"
    assert len(logged(BOOK)) == 2


def parts(path: Path) -> dict[str, bytes]:
    """Return the parts of a workbook by name."""
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def test_a_workbook_without_values_is_refused_or_read_and_never_as_empty(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A program saved it without values: the typed months are in the plan, or it says no."""
    changes = typed()
    edit(BOOK, changes, Path("typed.xlsx")).replace(BOOK)
    openpyxl.load_workbook(BOOK).save(BOOK)
    added_code = write("order.csv", ORDER)
    said(capsys, "prices", "import", added_code, "--apply")
    told = said(capsys, "update", "--offline")
    assert "Wrote" in told
    assert now_typed(BOOK, changes) == changes
    assert unvalued(BOOK) == []


@pytest.mark.slow
@pytest.mark.usefixtures("folder")
def test_a_contract_of_later_months_steps_the_price_there_and_undo_takes_it_back(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """From month 7 to 18; the row has 1 again once the contract is gone."""
    text = "model,input,output,currency,unit,valid from,valid to\n"
    Path("later.csv").write_text(text + "openai/gpt-6.1-sol,1.7,8.5,USD,1M,2027-06-01,2028-05-31\n")
    assert "-12,836, -4.8%" in said(capsys, "add", "later.csv", "--yes")
    shown = said(capsys, "update", "--offline")
    assert "agreed steps: 1 -> 0.85, and 11 cells beside it" in shown
    assert "later.csv" in said(capsys, "undo")
    assert "agreed steps: 0.85 -> 1, and 11 cells" in said(capsys, "update", "--offline", "--look")


OFFER = (
    "model,input,output,cached,currency,unit,valid from,valid to\n"
    "openai/gpt-6.1-sol,1.6,8,0.08,USD,1M,2027-01-01,2027-12-31\n"
)


@pytest.mark.slow
def test_every_command_counts_a_later_offer_once(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before the update the workbook stands without it, thereafter it has it: `mix`, too.

    By hand: 3,000 Mtok at 2.2036, half as many again and a fifth cheaper each year, at 10 % a year;
    the offer takes a fifth off months 2 to 13.
    """
    assert folder.exists()
    added(capsys, OFFER)
    bare, agreed = _present({}), _present(dict.fromkeys(range(2, 14), 0.8))
    for cost in (bare, agreed):
        for command, line in (("mix", "All on the API"), ("risk", "Cloud API")):
            told = said(capsys, command, str(BOOK))
            assert f"{cost:,.0f}" in next(each for each in told.splitlines() if line in each[:16])
        said(capsys, "update", "--offline")


def _present(factors: dict[int, float]) -> float:
    blend = 0.89 * (0.6 * 2 + 0.4 * 0.1) + 0.11 * 10
    months = (1.5 * 0.8 / 1.1) ** (1 / 12)
    first = 3_000 * blend / (1.5 * 0.8) ** (1 / 12)
    return sum(first * months**month * factors.get(month, 1) for month in range(1, 37))
