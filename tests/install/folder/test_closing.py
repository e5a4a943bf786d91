"""A month is closed against what was signed, whatever became of the workbook since."""

import json
import stat
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from install.command import main
from workbooks.folder import receipts
from workbooks.plan.monthend import kept
from workbooks.plan.monthend.bills import Bill

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
    assert Path(told["kept"]).parent == folder / "receipts"
    assert told["forecast"]["name"] == "1+11"
    (folder / "bill.csv").write_text(BILL.replace("2026-12", "2027-01"))
    assert main(["close", "2027-01", "approved", "bill.csv", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["forecast"]["name"] == "2+10"
    assert main([]) == 0
    assert "Closed    2027-01; forecast 2+10, 2026-12 to 2027-11: USD" in capsys.readouterr().out
    assert main(["undo"]) == 0  # January is open again, December stays closed
    (folder / "bill.csv").write_text(BILL.replace("5619", "6000"))
    assert main(["close", "2026-12", "approved", "bill.csv", "--json"]) == 0
    told = json.loads(capsys.readouterr().out.partition("\n{")[2].join(["{", ""]))
    assert told["forecast"]["name"] == "1+11"
    assert told["forecast"]["closed_cost"] == 6000  # closed again, it counts once


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
    assert not any("bill" in path.read_text() for path in (folder / "receipts").iterdir())


def test_a_receipt_has_what_was_billed_to_the_digit() -> None:
    """A credit is below nothing, and 1.234 is neither a thousand nor in doubt."""
    day = date(2026, 12, 1)
    bills = [
        Bill(day, "openai/gpt-4o", 1e9, 0.0, 2e8, 0.0, 1.234, 12.0, "EUR", 1.1601),
        Bill(day, "=HYPERLINK(A1)", 0.0, 0.0, 0.0, 0.0, -5_619.07),
    ]
    back = kept.received([receipts.staged(kept.lines(bills))], day)
    assert repr(back) == repr([bills[0], replace(bills[1], model="'=HYPERLINK(A1)")])
