"""An export of usage becomes the plan of the folder: its inputs, or a plan of several workloads."""

import json
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from tests.install.folder.talk import said
from tests.workbooks.plan.test_pooled_actuals import CONTENT
from tests.workbooks.plan.test_workloads import TOLD, usage
from workbooks import clock
from workbooks.folder import receipts
from workbooks.portfolio.writing import written

KNOWN = "".join(f"{name} = {value}\n" for name, value in TOLD.items())


def rules(*models: str) -> None:
    """State what the exports do not tell."""
    text = (f'[[workload]]\nname = "{model}"\n{KNOWN}' for model in models)
    Path("workloads.toml").write_text("".join(text), encoding="utf-8")


@pytest.mark.slow
@pytest.mark.usefixtures("folder")
def test_one_workload_goes_into_the_inputs_in_place(capsys: pytest.CaptureFixture[str]) -> None:
    """Own sheets and formulas stay; what no export tells stays as the plan has it, and is said."""
    book = openpyxl.load_workbook("budget.xlsx")
    book.create_sheet("Ours")["A1"] = "=1+1"
    book.save("budget.xlsx")
    said(capsys, "update", "--offline")
    path = Path("u.csv")
    usage(path)
    lines = path.read_text().splitlines()
    path.write_text("\n".join(line for line in lines if "mini" not in line) + "\n")
    rules("gpt-4o")
    shown = said(capsys, "add", "u.csv", "--yes")
    assert "come to USD 25,300.00 as planned, 25,300.00 as billed" in shown  # 92 x 275
    shown = said(capsys, "update", "--offline")
    assert "tokens_per_month: 3e+09 -> 2.43333e+09" in shown  # 80 M a day
    assert "api_model: openai/gpt-6.1-sol -> openai/gpt-4o" in shown
    book = openpyxl.load_workbook("budget.xlsx")
    assert book["Ours"]["A1"].value == "=1+1"
    assert any("tokens_per_month" in str(row[1]) for row in book["Log"].values)
    values = openpyxl.load_workbook("budget.xlsx", data_only=True)["Monthly"].values
    first = next(row for row in values if row and "Cloud API: cash" in str(row[0]))
    assert pytest.approx(next(c for c in first if isinstance(c, float)), rel=1e-5) == 275 * 365 / 12


@pytest.mark.slow
@pytest.mark.parametrize("day", [date(2026, 11, 27), date(2026, 12, 1)])
def test_several_are_a_plan_of_several_and_next_month_joins_them(
    day: date, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first month is the bill at list, 8,857; before anything is told, nothing is written.

    A list price that steps on the day, as Gemini's does on the first of December, is no own row.
    """
    now, past = clock.now, clock.now().date() - day
    monkeypatch.setattr(clock, "now", lambda: now() - past)
    usage(Path("u.csv"))
    assert "no export tells peak_factor of gpt-4o, gpt" in said(capsys, "add", "u.csv", code=2)
    assert len(receipts.read(folder)) == 1
    rules("gpt-4o", "gpt-4o-mini")
    usage(Path("cheap.csv"), paid=0.85)
    stopped = said(capsys, "add", "cheap.csv", "--yes", code=2)
    assert "more than 2 % apart: gpt-4o 25,300.00 planned, 21,505.00 billed" in stopped
    shown = said(capsys, "add", "u.csv", "--yes")
    assert "The plan's first month on today's models: USD 8,857." in shown
    shown = said(capsys, "update", "--offline")
    assert "a plan of 2 workloads (gpt-4o, gpt-4o-mini) in the place of one" in shown
    assert len(list(folder.glob("budget before *.xlsx"))) == 1
    usage(Path("nov.csv"), first="2026-11-01", days=30, growth=1.0)
    said(capsys, "add", "nov.csv", "--yes")
    book = openpyxl.load_workbook("budget.xlsx")
    book.create_sheet("Ours")["A1"] = "=1+1"
    book.save("budget.xlsx")
    shown = said(capsys, "update", "--offline")
    assert "Scenario gpt-4o growth_months" in shown  # four months were measured now
    assert "Ours" in openpyxl.load_workbook("budget.xlsx").sheetnames  # it was edited in place


@pytest.mark.usefixtures("folder")
def test_days_that_two_exports_have_count_once_and_are_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """August and September, then September and October: 30 days of one model are in both."""
    path = Path("all.csv")
    usage(path)  # 92 days from 1 August
    head, *lines = (line for line in path.read_text().splitlines() if "mini" not in line)
    for name, months in (("early.csv", ("-08-", "-09-")), ("late.csv", ("-09-", "-10-"))):
        kept = [line for line in lines if any(month in line for month in months)]
        Path(name).write_text("\n".join([head, *kept]) + "\n")
    rules("gpt-4o")
    said(capsys, "add", "early.csv", "--yes")
    shown = said(capsys, "add", "late.csv", "--yes")
    assert "late.csv: 30 rows of days that another export of the same account has (early" in shown
    assert "come to USD 25,300.00 as planned, 25,300.00 as billed" in shown  # 92 x 275


@pytest.mark.slow
def test_a_workload_that_begins_joins_a_plan_that_was_searched_and_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The sheets Best mix and Risk are the plan's own, and no reason not to make it anew.

    On the API of the plan, at 2 and 10, Chat is 4 a million and Summaries, half of it output, 6:
    1,000 M of Chat and 3,000 M of Batch at 2 cost 120,000 a year beside its fee of 1,200. Measured
    are 36 M, 108 M and 36 M a day, times 365 / 12: 95 M and 285 M more of the two, 11,400 a year,
    and 1,095 M of Summaries, 78,840.
    """
    (tmp_path / "two.toml").write_text(written(CONTENT), encoding="utf-8")
    said(capsys, "init", str(tmp_path / "ours"), "--from", str(tmp_path / "two.toml"))
    monkeypatch.chdir(tmp_path / "ours")
    assert {"Best mix", "Risk"} <= set(openpyxl.load_workbook("budget.xlsx").sheetnames)
    said(capsys, "approve", "--option", "All on the API")
    daily = {"Chat": (27, 9), "Batch": (108, 0), "Summaries": (18, 18)}
    rows = [
        f"2026-11-{day:02},{name},gpt-5.4,{fresh}000000,{output}000000,1000"
        for day in range(1, 31)
        for name, (fresh, output) in daily.items()
    ]
    head = "date,project,model,input_tokens,output_tokens,requests\n"
    Path("u.csv").write_text(head + "\n".join(rows) + "\n")
    told = "peak_factor = 2\ngrowth_per_year = 0\ncache_write_share = 0\n"
    told += "cached_share = 0\nbatch_share = 0\n"
    text = (f'[[workload]]\nname = "{n}"\nmatch = {{ project = "{n}" }}\n{told}' for n in daily)
    Path("workloads.toml").write_text("".join(text))
    said(capsys, "add", "u.csv", "--yes")
    assert "All on the API: USD " in said(capsys, "update", "--offline")
    assert {"Best mix", "Risk"} <= set(openpyxl.load_workbook("budget.xlsx").sheetnames)
    shown = json.loads(said(capsys, "diff", "approved", "budget.xlsx", "--json"))["strategies"]
    ours = shown["All on the API"]
    assert ours["from_cost"] == pytest.approx(121_200)
    assert ours["to_cost"] == pytest.approx(121_200 + 11_400 + 78_840)
    assert sum(ours["steps"].values()) == pytest.approx(11_400 + 78_840)
