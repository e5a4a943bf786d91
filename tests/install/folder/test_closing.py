"""A month is closed against what was signed, whatever became of the workbook since."""

import csv
import json
import stat
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest

from install.command import main
from tests.install.folder.talk import said
from workbooks import clock
from workbooks.folder import receipts
from workbooks.folder.standing import standing
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


@pytest.mark.slow
def test_a_month_keeps_the_budget_it_was_closed_against(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """December was closed against 3 B tokens, and January is against 4 B that grow by 20 % a year.

    Signed once more as it was, nothing is said. A bill that corrects December alone leaves no month
    that tells the pace of the second budget, so the open months are as it has them.
    """
    said(capsys, "approve")
    (folder / "bill.csv").write_text(BILL)
    december = ("close", "2026-12", "approved", "bill.csv", "--json")
    first = json.loads(said(capsys, *december))["by_month"]["2026-12"]["planned_cost"]
    said(capsys, "approve")
    assert "signed on" not in said(capsys, *december)
    said(capsys, "budget", "budget.xlsx", "--tokens", "4B", "--out", "budget.xlsx", "--force")
    said(capsys, "approve")
    open_ = json.loads(said(capsys, *december))
    assert open_["by_month"]["2026-12"]["planned_cost"] == first
    assert open_["forecast"]["open_cost"] == pytest.approx(
        first * 4 / 3 * sum(1.2 ** (t / 12) for t in range(1, 12))
    )
    (folder / "bill.csv").write_text(BILL.replace("2026-12", "2027-01"))
    january = ("close", "2027-01", "approved", "bill.csv", "--json")
    told = json.loads(said(capsys, *january))
    second = first * 4 / 3 * 1.2 ** (1 / 12)
    planned = [told["by_month"][month]["planned_cost"] for month in ("2026-12", "2027-01")]
    assert planned == pytest.approx([first, second])
    assert told["forecast"]["budget_earlier_cost"] == first
    assert told["run_rate_factor"] == pytest.approx(5_619 / second)
    assert told["notes"][0].startswith("2026-12: held against the budget that ")


@pytest.mark.parametrize("budget", ["approved", "budget.xlsx"])
def test_an_earlier_month_that_is_corrected_opens_none_after_it(
    budget: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """January stays closed and kept: 5,400 and 6,000, and no longer 5,619 and 6,000."""
    said(capsys, "approve")
    for month, cost in (("2026-12", "5619"), ("2027-01", "6000"), ("2026-12", "5400")):
        (folder / "bill.csv").write_text(BILL.replace("2026-12", month).replace("5619", cost))
        told = json.loads(said(capsys, "close", month, budget, "bill.csv", "--json"))
    assert told["closed_through"] == "2027-01"
    assert told["forecast"]["name"] == "2+10"
    assert told["forecast"]["closed_cost"] == pytest.approx(5_400 + 6_000)
    if budget == "approved":
        assert "Closed    2027-01; forecast 2+10, 2026-12 to 2027-11" in said(capsys)
    shown = said(capsys, "close", "2026-12", budget, "bill.csv")
    assert "2026-12 is closed anew; the months until 2027-01 stay closed." in shown
    if budget == "approved":  # 5,400 and 6,000 less the 6,000 are no 2+10 any more
        assert "made with other bills" not in said(capsys)
        found = (each for each in receipts.read(folder) if each.of("bill"))
        january = next(each for each in found if each.of("bill")[0]["month"] == "2027-01")
        assert "1 bill of 2027-01, closed until 2027-01, of" in said(capsys, "undo", january.name)
        assert "It was made with other bills: some came, or were taken back" in said(capsys)


def test_a_bill_counts_once_in_whatever_format_it_comes(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As CSV and as German CSV it is one; two invoices of one amount are told, and both count.

    Two rows of one amount that are both due stand in one file.
    """
    said(capsys, "approve")
    (folder / "bill.csv").write_text(BILL)
    german = "Monat;Modell;Tokens;Kosten\n2026-12;gpt-6.1-sol;3.000.000.000;5.619,00\n"
    (folder / "rechnung.csv").write_text(german)
    (folder / "more.csv").write_text(f"{BILL}2026-12,openai/gpt-6-luna,1e6,3\n")
    close = ("close", "2026-12", "approved")
    for other in ("rechnung.csv", "more.csv"):
        told = said(capsys, *close, "bill.csv", other, code=2)
        assert f"{other} has every row of bill.csv, too; give each bill once" in told
    (folder / "one.csv").write_text("month,item,cost\n2026-12,GPU server 1,1500\n")
    (folder / "two.csv").write_text("month,item,cost\n2026-12,GPU server 2,1500\n")
    told = said(capsys, *close, "one.csv", "two.csv", "--option", "own")
    assert "They cost USD 3,000" in told
    assert (
        "one.csv and two.csv each have 1,500.00 for Nodes: rent or lease in 2026-12; both" in told
    )


def test_what_is_said_of_the_files_is_used_or_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """5,619 and 1,500 that name no currency are EUR, at a budget rate of 1.1172; 100 are USD."""
    said(capsys, "approve")
    (folder / "bill.csv").write_text(BILL)
    (folder / "gpu.csv").write_text("month,item,cost\n2026-12,GPU server,1500\n")
    (folder / "own.csv").write_text("month,item,cost,currency\n2026-12,Power,100,USD\n")
    close = ("close", "2026-12", "approved", "bill.csv", "gpu.csv", "own.csv")
    told = json.loads(said(capsys, *close, "--option", "own", "--currency", "eur", "--json"))
    paid = sum(told["bridge"].values()) - told["bridge"]["paid_cost"]
    assert paid == pytest.approx(told["bridge"]["paid_cost"])
    assert paid - told["bridge"]["fx_cost"] == pytest.approx(7_119 * 1.1172 + 100)
    assert "'EURO' is no currency" in said(capsys, *close, "--currency", "EURO", code=2)
    assert "--day-first: said of exports" in said(capsys, *close, "--day-first", code=2)


@pytest.mark.slow
def test_a_bill_stays_in_the_currency_of_the_budget_it_came_under(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """5,619 of a plan in USD, then one in EUR at 1.1172: 5,029.54, and not 5,619 of its own.

    Two budgets in two currencies do not stand side by side: both months are held against the last.
    """
    said(capsys, "approve")
    (folder / "bill.csv").write_text(BILL)
    said(capsys, "close", "2026-12", "approved", "bill.csv")
    said(capsys, "export", "budget.xlsx", "--out", "ours.toml")
    ours = ("ours.toml", "--currency", "EUR", "--out", "budget.xlsx", "--force")
    said(capsys, "budget", *ours)
    said(capsys, "approve")
    bill = BILL.replace("2026-12", "2027-01").replace("5619", "5000")
    (folder / "bill.csv").write_text(bill)
    told = json.loads(said(capsys, "close", "2027-01", "approved", "bill.csv", "--json"))
    december, january = told["by_month"].values()
    assert december["paid_cost"] - december["fx_cost"] == pytest.approx(5_619 / 1.1172)
    assert january["paid_cost"] == 5_000
    (note,) = (each for each in told["notes"] if "another currency" in each)
    assert note.startswith("2026-12: held against the budget signed last, in the run-rate too")


@pytest.mark.parametrize("month", ["2026-11", "2029-12"])
def test_a_month_that_the_budget_does_not_plan_is_not_closed(
    month: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It was kept, and said to be closed, with the figures of the months that are."""
    said(capsys, "approve")
    (folder / "bill.csv").write_text(BILL + BILL.partition("\n")[2].replace("2026-12", month))
    told = said(capsys, "close", month, "approved", "bill.csv", code=2)
    assert f"{month} is no month of " in told
    assert "which plans 2026-12 to 2029-11; give the budget that has it." in told


def test_a_copy_that_months_were_closed_against_is_not_done_without(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """December's is gone: January cannot be closed beside it until somebody brings it back."""
    said(capsys, "approve")
    (folder / "bill.csv").write_text(BILL)
    said(capsys, "close", "2026-12", "approved", "bill.csv")
    (copy,) = (folder / "approved").iterdir()
    said(capsys, "budget", "budget.xlsx", "--tokens", "4B", "--out", "budget.xlsx", "--force")
    said(capsys, "approve")
    copy.chmod(stat.S_IREAD | stat.S_IWRITE)
    copy.unlink()
    (folder / "bill.csv").write_text(BILL.replace("2026-12", "2027-01"))
    told = said(capsys, "close", "2027-01", "approved", "bill.csv", code=2)
    assert f"{copy.name} is not what was signed; bring it back from a copy." in told


def test_a_bill_of_two_months_closes_each_and_says_which_stays_open(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One file for December and January: 5,619 and 6,000, whichever is closed first."""
    said(capsys, "approve")
    second = BILL.partition("\n")[2].replace("2026-12", "2027-01").replace("5619", "6000")
    (folder / "bill.csv").write_text(BILL + second)
    shown = said(capsys, "close", "2026-12", "approved", "bill.csv")
    assert "2027-01 is in the files, too, with 6,000.00 USD, and stays open until it is" in shown
    assert "Forecast 1+11" in shown
    shown = said(capsys, "close", "2027-01", "approved", "bill.csv")
    assert "was closed before" not in shown
    assert "They cost USD 11,619," in shown
    assert "Forecast 2+10" in shown
    said(capsys, "undo")
    said(capsys, "undo")
    assert "They cost USD 11,619," in said(capsys, "close", "2027-01", "approved", "bill.csv")


def test_the_last_closed_month_is_told_whoever_closed_last(tmp_path: Path) -> None:
    """Anna closed January while Bert, on a copy of his own, corrected December."""
    for month, forecast in (("2027-01", "2+10 of Anna"), ("2026-12", "1+11 of Bert")):
        receipts.write(tmp_path, [{"table": "closed", "month": month, "forecast": forecast}])
    now = standing(tmp_path, receipts.read(tmp_path), date(2027, 2, 3))
    assert (now.closed["month"], now.closed["forecast"]) == ("2027-01", "2+10 of Anna")
    receipts.write(tmp_path, [{"table": "closed", "month": "2027-01", "forecast": "again"}])
    assert (
        standing(tmp_path, receipts.read(tmp_path), date(2027, 2, 3)).closed["forecast"] == "again"
    )


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
    back = kept.received([receipts.staged(kept.lines(bills))])
    assert repr(back) == repr([bills[0], replace(bills[1], model="'=HYPERLINK(A1)")])


def test_what_comes_once_scales_no_open_month(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The plan moves for 25,000 in its first month; by hand all of it is 51,551.13 of own nodes.

    7,227 of rent, 11,666.67 of people, 1,000 of tools, 46.67 of incidents and 6,610.80 of an API
    that runs beside them: 26,551.13 without moving.
    """
    rows = "month,item,cost\n2026-12,GPU rent,7227\n2026-12,Salaries,12000\n"
    (folder / "own.csv").write_text(f"{rows}2026-12,Migration,31000\n")
    assert main(["approve"]) == 0
    told = said(capsys, "close", "2026-12", "approved", "own.csv")
    assert "times 0.7241: billed over budgeted" in told  # 19,227 over 26,551.13
    assert "month, 19,227 over 26,551 without what comes once (31,000 billed, 25,000" in told
    shut = ("close", "2026-12", "approved", "own.csv", "--json")
    rated, planned = (json.loads(said(capsys, *shut, *more))["forecast"]
                      for more in ((), ("--method", "plan")))  # fmt: skip
    assert rated["closed_cost"] == 19_227 + 31_000
    assert rated["open_cost"] == pytest.approx(planned["open_cost"] * 19_227 / 26_551.13, rel=1e-6)
    assert rated["open_once_cost"] == 0


def test_a_company_that_leaves_its_own_nodes_is_held_against_each_in_its_months(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Own nodes in December and January for 19,227 a month and 31,000 of moving, then the API.

    February costs a tenth more than the API's budget: so do the months to come, whatever the nodes
    cost. By hand the API is 6,610.80 in December, of half as many tokens again a year, a fifth
    cheaper: each month is 1.2 ** (1 / 12) of the one before.
    """
    (folder / "own.csv").write_text(
        "month,item,cost\n2026-12,GPU rent,7227\n2026-12,Salaries,12000\n2026-12,Migration,31000\n"
        "2027-01,GPU rent,7227\n2027-01,Salaries,12000\n"
    )
    said(capsys, "approve")
    told = json.loads(said(capsys, "close", "2027-01", "approved", "own.csv", "--json"))
    assert (told["option"], told["notes"]) == ("own", [])
    api = [6_610.80 * 1.2 ** (t / 12) for t in range(12)]
    bill = BILL.replace("2026-12", "2027-02").replace("5619", f"{1.1 * api[2]:.2f}")
    (folder / "bill.csv").write_text(bill)
    told = json.loads(said(capsys, "close", "2027-02", "approved", "bill.csv", "--json"))
    assert told["option"] == "api"
    note = "2026-12, 2027-01 was run as own, and is held against its budget; the run-rate and the"
    assert told["notes"][0].startswith(note)
    assert told["by_month"]["2027-02"]["planned_cost"] == pytest.approx(api[2], rel=1e-4)
    assert told["by_month"]["2026-12"]["planned_cost"] == pytest.approx(51_551.13)
    closed = 2 * 19_227 + 31_000 + 1.1 * api[2]
    forecast = closed + 1.1 * sum(api[3:])
    assert told["forecast"]["forecast_cost"] == pytest.approx(forecast, rel=1e-4)


def test_nodes_that_are_sold_in_the_first_month_on_the_api_were_not_run_in_it(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Moving cost 31,000 of 25,000; of it 6,500 came back in January, when the API was billed.

    24,500 are 31,000 less 6,500. A month that is not over is said to be.
    """
    (folder / "own.csv").write_text(
        "month,item,cost\n2026-12,GPU rent,7227\n2026-12,Migration,31000\n"
        "2027-01,Purchase of nodes,-900\n2027-01,Migration,-6500\n"
    )
    (folder / "bill.csv").write_text(BILL.replace("2026-12", "2027-01"))
    said(capsys, "approve")
    monkeypatch.setattr(clock, "now", lambda: datetime(2027, 1, 31, 12, tzinfo=UTC))
    shown = said(capsys, "close", "2026-12", "approved", "own.csv")
    assert "Held against own nodes, of which there are invoices; --option says" in shown
    assert "not over" not in shown
    shown = said(capsys, "close", "2027-01", "approved", "own.csv", "bill.csv")
    assert "2027-01 is not over on 2027-01-31; bills that come later close it anew." in shown
    assert "2026-12 was run as own, and is held against its budget" in shown
    assert "Held against own nodes" not in shown
    assert (
        "Moving to own nodes: 24,500.00 (31,000.00 less 6,500.00 of credits and sales) of 25,000.00"
        in shown
    )


def test_what_a_bill_calls_its_models_breaks_no_workbook_and_steers_no_terminal(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An escape, a text that runs from right to left, formulas and a link: text in every cell."""
    names = ["\x1b[31mred\x1b]0;t\x07", "\u202egnp.exe", '=HYPERLINK("http://x")', "@SUM(A1)"]
    names += ["+cmd|' /C calc'!A0", "http://evil/x", "internal:'Log'!A1", "a" * 255]
    with Path("bill.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["month", "model", "tokens", "cost"])
        rows.writerows(["2026-12", name, 1_000_000, 10] for name in names)
    assert folder.exists()
    said(capsys, "approve")
    told = said(capsys, "close", "2026-12", "approved", "bill.csv", "--out", "month.xlsx")
    assert not {"\x1b", "\u202e", "\x07"} & set(told)
    book = openpyxl.load_workbook("month.xlsx")  # a control character would be no XML
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    formulas = [str(cell.value) for cell in cells if cell.data_type == "f"]
    assert not [each for each in formulas if 'HYPERLINK("http' in each or "cmd|" in each]
    assert not [c for c in cells if c.hyperlink and "evil" in str(c.hyperlink.target)]
    said(capsys, "close", "2026-12", "approved", "bill.csv")  # its receipt is read back
