"""`evenpoint mix` answers in words and as JSON, and says what is wrong in one sentence."""

import json
from pathlib import Path

import pytest

from install.command import main
from install.terminal.refusal import Refusal
from install.terminal.writing import check_target, write
from tests.workbooks.prices.feeds.test_store import small_disk


def test_the_mix_of_the_guide_in_words(capsys):
    """Both engines stay with the API, and what would change that is said."""
    assert main(["mix", "article-3-engines"]) == 0
    said = capsys.readouterr().out
    assert "mix costs USD 22,356" in said
    assert "Own nodes are in no month of it." in said
    assert "Reasoning requests: Reasoning API; next best 70B on own cards" in said


def test_the_mix_as_json(capsys):
    """Shares by month, workload and engine add to 1."""
    assert main(["mix", "article-2-providers", "--json", "--no-answers"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert all(abs(sum(shares) - 1) < 1e-9 for month in told["shares"] for shares in month)
    assert told["least_possible_cost"] <= told["present_cost"]


def test_what_is_wrong_is_one_sentence(capsys):
    """The argument, the value and the rule."""
    assert main(["mix", "article-3-engines", "--month", "37"]) == 2
    assert "--month is 37; it must be from 1 to 36" in capsys.readouterr().err
    assert main(["mix", "no-such"]) == 2
    assert "name a scenario file or one of" in capsys.readouterr().err


def test_what_somebody_wrote_during_the_search_stays(tmp_path: Path) -> None:
    """Its name was free before; the second of two that search at once is refused, not the first.

    With --force, or where the name is checked anew and free, it is written.
    """
    out = tmp_path / "mix.xlsx"
    check_target(out, force=False)
    out.write_bytes(b"theirs")
    with pytest.raises(Refusal, match="made meanwhile and stays as it is; --force replaces it"):
        write(out, b"ours")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"theirs"]
    check_target(out, force=True)
    write(out, b"ours")
    assert out.read_bytes() == b"ours"
    out.unlink()
    check_target(out, force=False)
    write(out, b"again")
    assert out.read_bytes() == b"again"


def test_a_full_disk_leaves_no_part_of_a_workbook(tmp_path: Path, capsys) -> None:
    """It is said after the search, and a workbook that was there is as it was."""
    with small_disk(tmp_path / "disk", 16) as disk:
        old = disk / "old.xlsx"
        old.write_bytes(b"old")
        for name, more in (("new.xlsx", ()), ("old.xlsx", ("--force",))):
            words = ("mix", "article-3-engines", "--no-answers", "--out", str(disk / name))
            assert main([*words, *more]) == 2
            assert "cannot be written: the disk is full" in capsys.readouterr().err
        assert {path.name: path.read_bytes() for path in disk.iterdir()} == {"old.xlsx": b"old"}
