"""A month is closed against what was signed, whatever became of the workbook since."""

import json
import stat
from pathlib import Path

import pytest

from install.command import main

BILL = "month,model,tokens,cost\n2026-12,openai/gpt-6.1-sol,3e9,5619\n"


def test_a_month_is_closed_against_the_copy_that_was_signed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The workbook itself is gone, and another month of the same table stays."""
    (folder / "bill.csv").write_text(BILL)
    assert main(["close", "2026-12", "approved", "bill.csv"]) == 2
    assert "Nothing is approved in" in capsys.readouterr().err
    assert main(["approve"]) == 0
    (folder / "budget.xlsx").unlink()
    capsys.readouterr()
    assert main(["close", "2026-12", "approved", "bill.csv", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["kept"] == str(folder / "closed.csv")
    assert told["forecast"]["name"] == "1+11"
    (folder / "bill.csv").write_text(BILL.replace("2026-12", "2027-01"))
    assert main(["close", "2027-01", "approved", "bill.csv", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["forecast"]["name"] == "2+10"


def test_a_signed_copy_that_was_changed_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was signed is what its receipt has the sum of."""
    (folder / "bill.csv").write_text(BILL)
    assert main(["approve"]) == 0
    (copy,) = (folder / "approved").glob("*.xlsx")
    copy.chmod(stat.S_IREAD | stat.S_IWRITE)
    copy.write_bytes(copy.read_bytes() + b" ")
    assert main(["close", "2026-12", "approved", "bill.csv"]) == 2
    assert "is not what was signed" in capsys.readouterr().err
    assert not (folder / "closed.csv").exists()
