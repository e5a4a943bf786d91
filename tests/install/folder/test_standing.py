"""A budget folder says where it stands, keeps what was signed, and takes changes back."""

import datetime
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.install.folder.talk import said
from workbooks.folder import receipts
from workbooks.folder.standing import standing, told, waiting

ROOT = Path(__file__).parents[3]
TODAY = datetime.date(2026, 12, 5)
SHEET = "model,input,output,currency,unit,valid from,valid to\n"
CONTRACT = SHEET + "openai/gpt-6.1-sol,1.7,8.5,USD,1M,2026-06-01,2098-12-31\n"


def test_what_is_made_is_what_the_page_says(folder: Path) -> None:
    """The workbook, one receipt, and places for files and for what is signed."""
    names = {path.name for path in folder.iterdir()}
    assert names == {"budget.xlsx", "receipts", "files", "approved"}
    assert len(receipts.read(folder)) == 1


def test_a_folder_is_made_once_and_a_workbook_that_is_there_stays(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither is ever written over."""
    assert "is a budget folder already" in said(capsys, "init", str(folder), code=2)
    other = tmp_path / "other"
    other.mkdir()
    (other / "budget.xlsx").write_bytes(b"mine")
    assert "was there and is the scenario" in said(capsys, "init", str(other))
    assert (other / "budget.xlsx").read_bytes() == b"mine"


def test_every_command_sees_what_was_imported(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """From a folder inside as well, and from outside only when the folder is named."""
    Path("contract.csv").write_text(CONTRACT)
    said(capsys, "prices", "import", "contract.csv", "--apply")
    inside, show = folder / "approved", ("prices", "show", "openai/gpt-6.1-sol", "--json")
    os.chdir(inside)
    assert '"input_price_per_mtok": 1.7' in said(capsys, *show)
    os.chdir(folder.parent)
    assert '"input_price_per_mtok": 2.0' in said(capsys, *show)
    assert '"input_price_per_mtok": 1.7' in said(capsys, *show, "--folder", str(folder))
    refused = said(capsys, *show, f"--folder={folder.parent}", code=2)
    assert "is no budget folder; evenpoint init" in refused


def test_alone_it_says_where_the_loop_stands(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What waits, what was signed, and one next job."""
    assert "Prices    as shipped" in said(capsys)
    Path("contract.csv").write_text(CONTRACT)
    said(capsys, "prices", "import", "contract.csv", "--apply")
    now = said(capsys)
    assert "Waiting   1 change that the workbook does not have:" in now
    assert "1 price, of contract.csv" in now
    assert "Next      evenpoint update, which brings what waits into budget.xlsx" in now


def test_outside_a_folder_it_says_what_it_can_do(capsys: pytest.CaptureFixture[str]) -> None:
    """As before there were folders."""
    assert "Usage: evenpoint" in said(capsys)


def test_what_is_signed_stays_as_it_was(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The copy is the workbook byte for byte, and nothing writes it; the receipt has its sum."""
    before = (folder / "budget.xlsx").read_bytes()
    assert "Approved: " in said(capsys, "approve", "--note", "board")
    (copy,) = (folder / "approved").iterdir()
    assert copy.read_bytes() == before
    assert not copy.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)
    (line,) = receipts.read(folder)[-1].of("approval")
    assert (line["file"], line["note"]) == (copy.name, "board")
    assert len(line["fingerprint"]) == 64
    assert "Approved  " in said(capsys)
    assert "has changed since" not in said(capsys)
    (folder / "budget.xlsx").write_bytes(before + b" ")
    assert "budget.xlsx has changed since" in said(capsys)


def test_a_change_is_taken_back_by_moving_its_receipt(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The price is the list's again; what made the folder cannot be taken back."""
    assert "Nothing to undo." in said(capsys, "undo", code=2)
    Path("contract.csv").write_text(CONTRACT)
    said(capsys, "prices", "import", "contract.csv", "--apply")
    assert "Taken back: " in said(capsys, "undo")
    assert len(list((folder / "undone").iterdir())) == 1
    shown = said(capsys, "prices", "show", "openai/gpt-6.1-sol", "--json")
    assert '"input_price_per_mtok": 2.0' in shown
    assert "There is no receipt that begins with 1999." in said(capsys, "undo", "1999", code=2)


def test_outside_a_folder_nothing_is_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An import says so instead of writing to a place nobody looks at."""
    Path("contract.csv").write_text(CONTRACT)
    refused = said(capsys, "prices", "import", "contract.csv", "--apply", code=2)
    assert "There is no budget folder here" in refused
    assert [path.name for path in tmp_path.iterdir()] == ["contract.csv"]


def test_a_price_table_of_an_earlier_version_is_brought_in_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was imported is a contract, what a list said a list; a row that never held is gone."""
    old, names = tmp_path / "old", "provider,model,kind,input_price_per_mtok,output_price_per_mtok,"
    names += "currency,valid_from,valid_to,source,as_of,as_of_kind,confidence,agreement,origin,"
    row = "OpenAI,openai/gpt-4.1,api,{},8,USD,{},{},x,2026-10-01,retrieved,high,1 source,{},\n"
    rows = [
        row.format(2.5, "2026-10-01", "", "feed"),
        row.format(1.5, "2027-01-01", "2028-01-01", "import"),
        row.format(9, "2027-01-01", "2027-01-01", "import"),
    ]
    old.mkdir()
    (old / "token_prices.csv").write_text(names + "source_sha256\n" + "".join(rows))
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "budget.xlsx").write_bytes(b"mine")
    said(capsys, "init", "new", "--prices", str(old))
    show = ("prices", "show", "openai/gpt-4.1", "--json", "--folder", "new", "--as-of")
    assert '"input_price_per_mtok": 2.5' in said(capsys, *show, "2026-12-01")
    assert '"input_price_per_mtok": 1.5' in said(capsys, *show, "2027-06-01")
    refused = said(capsys, "init", "third", "--prices", str(tmp_path), code=2)
    assert "cannot be read" in refused
    assert not (tmp_path / "third").exists()


def test_the_workbook_waits_for_what_it_was_not_brought_up_to_date_with(tmp_path: Path) -> None:
    """A change that arrives later with an older name, from another person, waits as well."""
    first = receipts.write(tmp_path, [{"table": "price", "model": "a/b"}], who="anna")
    receipts.write(tmp_path, [{"table": "updated", "receipts": first.stem}], who="anna")
    assert waiting(receipts.read(tmp_path)) == ()
    receipts.write(tmp_path, [{"table": "usage", "month": "2026-11"}], who="bob")
    now = standing(tmp_path, receipts.read(tmp_path), TODAY)
    assert [told(each).partition(", ")[2] for each in now.waiting] == ["bob: 1 usage"]
    assert now.usage_until == "2026-11"
    assert now.next_job(TODAY).startswith("budget.xlsx is missing")


def test_a_month_of_the_signed_budget_is_due_until_it_is_closed(tmp_path: Path) -> None:
    """December is, from the first day of January on; November was not planned."""
    (tmp_path / "budget.xlsx").write_bytes(b"signed")
    read = {"table": "source", "source": "genai", "outcome": "accepted"}
    read |= {"retrieved_at": "2026-12-01T09:00:00+00:00"}
    first = receipts.write(tmp_path, [read])
    receipts.write(tmp_path, [{"table": "updated", "receipts": first.stem}])
    signed = {"table": "approval", "first_month": "2026-12", "last_month": "2027-11"}
    receipts.write(tmp_path, [signed])

    def job(day: datetime.date) -> str:
        return standing(tmp_path, receipts.read(tmp_path), day).next_job(day)

    assert job(datetime.date(2026, 12, 31)).startswith("evenpoint add EXPORTS")
    assert job(datetime.date(2027, 1, 1)).startswith("evenpoint close 2026-12 approved BILLS")
    receipts.write(tmp_path, [{"table": "closed", "month": "2026-12", "forecast": "1+11"}])
    assert job(datetime.date(2027, 1, 1)).startswith("evenpoint add EXPORTS")
    told_last = told(receipts.read(tmp_path)[-1]).partition(", ")[2]
    assert told_last.endswith(": closed until 2026-12")


def three_years(folder: Path) -> None:
    """Write a receipt a week with the prices of twenty models, and one a month with usage."""
    for week in range(156):
        day = datetime.date(2024, 1, 1) + datetime.timedelta(7 * week)
        prices = [{"table": "price", "model": f"a/{n}", "valid_from": day} for n in range(20)]
        source = {"table": "source", "source": "genai", "outcome": "accepted"}
        receipts.write(folder, [*prices, {**source, "retrieved_at": f"{day}T09:00:00+00:00"}])
        if week % 4 == 0:
            rows = [
                {"table": "usage", "month": f"{day:%Y-%m}", "model": f"m{n}"} for n in range(99)
            ]
            receipts.write(folder, rows)


def test_three_years_of_history_are_read_at_once(tmp_path: Path) -> None:
    """All that is read is what it says: nothing of a plan, sheet or verb is loaded for it."""
    three_years(tmp_path)
    code = (
        "import sys; from install.command import main; code = main([]); "
        "heavy = {'numpy', 'pandas', 'openpyxl', 'xlsxwriter', 'rich', 'typer'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert "lists read on 2026-12-21" in done.stdout
    assert "Usage     until 2026-11" in done.stdout
    assert done.stdout.rstrip().endswith("[]")


def test_a_workbook_that_is_made_anew_over_itself_is_kept(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is only in the file that was there, such as own sheets, is not lost with it."""
    before = (folder / "budget.xlsx").read_bytes()
    again = ("budget", "--from", "budget.xlsx", "--out", "budget.xlsx", "--force")
    assert "As it was, it is budget before " in said(capsys, *again)
    (copy,) = folder.glob("budget before *.xlsx")
    assert copy.read_bytes() == before
