"""Two people work in one folder that a program synchronises: nothing of either is lost."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from tests.install.folder.talk import said
from tests.install.folder.test_adding import ORDER, RENTS
from workbooks.folder import receipts

FILES = {"anna": ("order.csv", ORDER), "bert": ("rents.csv", RENTS)}


def apart(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[tuple[str, Path]]:
    """Let each add a file to a copy of their own, and yield whose it is and where."""
    for who, (name, text) in FILES.items():
        home = Path(shutil.copytree(folder, folder.with_name(who)))
        monkeypatch.chdir(home)
        monkeypatch.setenv("LOGNAME", who)
        Path(name).write_text(text, encoding="utf-8")
        said(capsys, "add", name, "--yes")
        yield who, home


@pytest.mark.slow
def test_what_two_people_add_is_one_budget_for_both(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each adds a file to a copy of their own; synchronised, both workbooks say the same."""
    homes = dict(apart(folder, monkeypatch, capsys))
    for here, there in zip(homes.values(), reversed(homes.values()), strict=True):
        for part in (receipts.RECEIPTS, receipts.FILES):
            shutil.copytree(here / part, there / part, dirs_exist_ok=True)
    books = {}
    for who, home in homes.items():
        monkeypatch.chdir(home)
        assert {each.who for each in receipts.read(home)} >= set(FILES)
        said(capsys, "update", "--offline")
        book = openpyxl.load_workbook("budget.xlsx", data_only=True)
        names = [name for name in book.sheetnames if name != "Log"]
        books[who] = {name: list(book[name].iter_rows(values_only=True)) for name in names}
    assert books["anna"] == books["bert"]
    prices = {row[0]: row for row in books["anna"]["Prices"]}
    assert 1.7 in prices["openai/gpt-6.1-sol"]
    assert any(2.35 in row for row in books["anna"]["Hardware"])


@pytest.mark.slow
@pytest.mark.parametrize("edited", [False, True])
def test_of_two_updates_of_one_workbook_that_of_the_lost_copy_waits(
    edited: bool, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each updates a copy while apart; Anna's workbook wins: Bert's rent is in it after the next.

    Where she saved hers since, nobody can say whose it is: both are brought in again.
    """
    homes = {}
    for who, home in apart(folder, monkeypatch, capsys):
        homes[who] = home
        said(capsys, "update", "--offline")
    for part in (receipts.RECEIPTS, receipts.FILES):
        shutil.copytree(homes["bert"] / part, homes["anna"] / part, dirs_exist_ok=True)
    monkeypatch.chdir(homes["anna"])
    if edited:
        book = openpyxl.load_workbook("budget.xlsx")
        book.save("budget.xlsx")
    assert f"Waiting   {1 + edited} change" in said(capsys)
    said(capsys, "update", "--offline")
    assert "Waiting   nothing" in said(capsys)
    book = openpyxl.load_workbook("budget.xlsx", data_only=True)
    rows = {name: list(book[name].iter_rows(values_only=True)) for name in ("Prices", "Hardware")}
    assert any(row[0] == "openai/gpt-6.1-sol" and 1.7 in row for row in rows["Prices"])
    assert any(2.35 in row for row in rows["Hardware"])
