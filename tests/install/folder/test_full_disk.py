"""A disk that fills while a budget folder is made or changed: nothing of the command stays."""

import shutil
from pathlib import Path

import pytest

from install.command import main
from tests.install.folder.killing import state
from tests.install.folder.talk import copied, said
from tests.workbooks.prices.feeds.test_store import small_disk

SHEET = "Model,Input (USD/1M),Output (USD/1M),From\nopenai/o3,3,11,2026-10-01\n"
ADDED = ("add", "list.csv", "--provider", "openai", "--yes")
PAGE = 4096


def fill(disk: Path, left: int) -> None:
    """Leave so many bytes of a disk."""
    (disk / "other").unlink(missing_ok=True)
    free = shutil.disk_usage(disk).free
    (disk / "other").write_bytes(bytes(max(0, free - left)))


@pytest.mark.parametrize("words", [("approve",), ADDED], ids=lambda words: words[0])
def test_what_a_full_disk_stops_leaves_nothing(made, tmp_path, monkeypatch, capsys, words):
    """Between nothing and all, one room stops the command at its last file: that of the receipt."""
    with small_disk(tmp_path / "disk", 2_000) as disk, monkeypatch.context() as inside:
        folder = copied(made, disk / "budget")
        (folder / "list.csv").write_text(SHEET, encoding="utf-8")
        inside.chdir(folder)
        old, size = state(folder), (folder / "budget.xlsx").stat().st_size
        pages = -(-size // PAGE) if words[0] == "approve" else 1
        for room in (0, pages * PAGE):
            fill(disk, room)
            told = said(capsys, *words, code=2)
            assert "cannot be written: the disk is full" in told
            assert state(folder) == old
        (disk / "other").unlink()
        said(capsys, *words)
        assert state(folder) != old


BILL = "month,model,tokens,cost\n2026-12,openai/gpt-6.1-sol,3e9,7000\n"
CHANGING = {
    "update": ("update", "--offline"),
    "close": ("close", "2026-12", "approved", "bill.csv", "--out", "month.xlsx"),
    "undo": ("undo",),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CHANGING)
def test_what_fills_the_disk_is_taken_back_whatever_the_room(
    name, made, tmp_path, monkeypatch, capsys
):
    """Every few pages from none to enough: all stays, or all is done, as without a limit."""
    with small_disk(tmp_path / "disk", 4_000) as disk, monkeypatch.context() as inside:
        folder = copied(made, disk / "budget")
        inside.chdir(folder)
        (folder / "list.csv").write_text(SHEET, encoding="utf-8")
        (folder / "bill.csv").write_text(BILL, encoding="utf-8")
        said(capsys, "approve")
        said(capsys, *ADDED)
        old, size = state(folder), (folder / "budget.xlsx").stat().st_size
        for room in (0, PAGE, size // 2, size + PAGE, 2 * size + PAGE):
            fill(disk, room)
            capsys.readouterr()
            code = main(CHANGING[name])
            told = capsys.readouterr()
            if not code:
                break
            assert "the disk is full" in told.err, told.err
            assert state(folder) == old
        (disk / "other").unlink()
        if code:
            said(capsys, *CHANGING[name])
        assert len({*state(folder)} ^ {*old}) >= 1
        assert not [*folder.rglob(".*")]


def test_a_folder_that_cannot_be_made_is_not_there(tmp_path, capsys):
    """Its workbook does not fit, so neither does it stay empty."""
    with small_disk(tmp_path / "disk", 100) as disk:
        told = said(capsys, "init", str(disk / "budget"), code=2)
        assert "budget.xlsx cannot be written: the disk is full" in told
        assert [*disk.iterdir()] == []
        assert main(["template", "--out", str(disk / "t.xlsx")]) == 2
