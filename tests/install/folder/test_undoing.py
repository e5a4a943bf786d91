"""An update of the workbook is taken back whole, or not at all; what a person changed is kept.

The workbook of before is that of before, byte for byte; 2 and 1.7 are the prices of the list and of
the order form, and 268,811 and 228,489 what the plan comes to with each.
"""

import subprocess
from pathlib import Path

import openpyxl
import pytest

from tests.books import edit
from tests.install.folder.talk import said
from tests.install.folder.test_adding import ORDER, write
from tests.install.folder.test_updating import BOOK, RENT, held, logged, own_things, typed
from workbooks.folder import receipts

LATER = ORDER.replace("1.7,8.5", "1.5,7.5").replace("2026-06-01", "2026-10-01")


def updated(folder: Path, capsys: pytest.CaptureFixture[str], name: str, text: str) -> str:
    """Add a file, bring it in, and return how the receipt of that update begins."""
    said(capsys, "add", write(name, text), "--yes")
    said(capsys, "update", "--offline")
    return receipts.read(folder)[-1].name.partition("-")[0]


def price() -> object:
    """Return the input price that the workbook is planned with."""
    cells = held(BOOK)["Prices"]
    row = next(row for (row, _), text in cells.items() if text == "openai/gpt-6.1-sol")
    return cells[row, 4]


@pytest.mark.slow
def test_an_update_is_taken_back_whole_and_what_it_brought_waits_again(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With an own sheet, a Log line and typed months; what was signed meanwhile stays as it was."""
    own_things(BOOK)
    edit(BOOK, typed(), Path("typed.xlsx")).replace(BOOK)
    before = BOOK.read_bytes()
    update = updated(folder, capsys, "order.csv", ORDER)
    after = BOOK.read_bytes()
    said(capsys, "approve")
    told = said(capsys, "undo", update)
    assert BOOK.read_bytes() == before
    assert "what it brought waits again; waiting: 1." in told
    assert after in [each.read_bytes() for each in folder.glob("budget before *.xlsx")]
    assert "Waiting   1 change that the workbook does not have:" in said(capsys)
    why = said(capsys, "diff", "approved", "budget.xlsx")
    assert "openai/gpt-6.1-sol: input price per mtok" in why
    refused = said(capsys, "undo", update, code=2)
    assert "is taken back already; evenpoint update brings it again." in refused
    restored = receipts.read(folder)[-1].name
    assert "took an update back" in said(capsys, "undo", restored, code=2)
    said(capsys, "update", "--offline")
    assert price() == 1.7
    assert "Waiting   nothing" in said(capsys)


@pytest.mark.slow
def test_what_a_person_changed_since_is_never_taken_back(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says how to have what the update brought out in place, and that keeps the own sheet."""
    update = updated(folder, capsys, "order.csv", ORDER)
    order = receipts.read(folder)[-2].name.partition("-")[0]
    own_things(BOOK)
    mine = BOOK.read_bytes()
    refused = said(capsys, "undo", update, code=2)
    assert "budget.xlsx was saved since that update" in refused
    assert f"evenpoint undo {order}, then evenpoint update --offline, gives back" in refused
    assert BOOK.read_bytes() == mine
    assert "budget.xlsx has it until evenpoint update --offline." in said(capsys, "undo", order)
    said(capsys, "update", "--offline")
    assert price() == 2
    assert openpyxl.load_workbook(BOOK)["My notes"]["A1"].value == "agreed with Carla"
    assert "talked to the vendor" in [line[1] for line in logged(BOOK)]


@pytest.mark.slow
@pytest.mark.libreoffice
def test_a_workbook_that_another_program_saved_is_taken_back_in_place(
    folder: Path, soffice: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody can say what else was changed when it was saved."""
    update = updated(folder, capsys, "order.csv", ORDER)
    command = [soffice, "--headless", f"-env:UserInstallation=file://{folder}/profile"]
    command += ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", "saved", str(BOOK)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    (folder / "saved" / "budget.xlsx").replace(BOOK)
    assert "was saved since that update" in said(capsys, "undo", update, code=2)
    said(capsys, "undo")
    assert "Input price per mtok: 1.7 -> 2" in said(capsys, "update", "--offline")
    assert price() == 2


@pytest.mark.slow
def test_updates_of_two_people_are_taken_back_in_their_order(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Bert's stands on Anna's: hers alone cannot be taken back, his first and then hers can."""
    before, books, names = BOOK.read_bytes(), [], []
    for who, name, text in (("anna", "a.csv", ORDER), ("bert", "b.csv", LATER)):
        monkeypatch.setenv("LOGNAME", who)
        names.append(updated(folder, capsys, name, text))
        books.append(BOOK.read_bytes())
    assert price() == 1.5
    refused = said(capsys, "undo", names[0], code=2)
    assert f"not the last update, which is of bert; first evenpoint undo {names[1]}." in refused
    said(capsys, "undo", names[1])
    assert BOOK.read_bytes() == books[0]
    said(capsys, "undo", names[0])
    assert BOOK.read_bytes() == before
    assert "Waiting   2 changes" in said(capsys)
    said(capsys, "update", "--offline")
    assert price() == 1.5


@pytest.mark.slow
def test_a_copy_of_before_that_somebody_put_in_place_is_known_for_what_it_is(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A rent and a price: both wait again, and reach it with the next update; so does undo."""
    said(capsys, "add", write("rent.csv", RENT), "--yes")
    update = updated(folder, capsys, "order.csv", ORDER)
    after = held(BOOK)
    (copy,) = folder.glob("budget before *.xlsx")
    BOOK.write_bytes(copy.read_bytes())
    assert "Waiting   2 changes" in said(capsys)
    assert "waits again; waiting: 2." in said(capsys, "undo", update)
    assert "Waiting   2 changes" in said(capsys)
    said(capsys, "update", "--offline")
    assert {n: cells for n, cells in held(BOOK).items() if n != "Log"} == {
        n: cells for n, cells in after.items() if n != "Log"
    }


@pytest.mark.slow
def test_without_the_copy_of_before_nothing_is_taken_back(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says that the copy is gone, and what gives the same."""
    update = updated(folder, capsys, "order.csv", ORDER)
    (copy,) = folder.glob("budget before *.xlsx")
    copy.unlink()
    after = BOOK.read_bytes()
    assert "copy of budget.xlsx of before that update is gone; evenpoint undo" in said(
        capsys, "undo", update, code=2
    )
    assert BOOK.read_bytes() == after
    assert "Waiting   nothing" in said(capsys)
