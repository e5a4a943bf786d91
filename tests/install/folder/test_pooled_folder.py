"""The budget folder of several workloads does what the folder of one does."""

import json
from pathlib import Path

import pytest

from install.command import main
from tests.install.folder.talk import said
from tests.workbooks.plan.test_pooled_actuals import CONTENT
from workbooks.portfolio.writing import written

BILL = (
    "month,model,workload,tokens,cost\n2026-12,openai/gpt-5.4,Chat,1.5e9,7000\n"
    "2026-12,openai/gpt-5.4,Batch,1e9,3000\n"
)
GPU = "Monat;Bezeichnung;Betrag\n2026-12;8x H100, reserviert;1.500,00\n2026-12;Gehalt;4.000,00\n"


@pytest.fixture(scope="session")
def pooled_made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new budget folder of two workloads."""
    folder = tmp_path_factory.mktemp("pooled")
    (folder / "two.toml").write_text(written(CONTENT), encoding="utf-8")
    assert main(["init", str(folder / "budget"), "--from", str(folder / "two.toml")]) == 0
    return folder / "budget"


@pytest.fixture
def pooled_folder(pooled_made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, with the user inside, and the bills of December."""
    copy = tmp_path / "budget"
    for path in sorted(pooled_made.rglob("*")):
        to = copy / path.relative_to(pooled_made)
        to.parent.mkdir(parents=True, exist_ok=True)
        to.mkdir(exist_ok=True) if path.is_dir() else to.write_bytes(path.read_bytes())
    monkeypatch.chdir(copy)
    Path("bill.csv").write_text(BILL, encoding="utf-8")
    Path("gpu.csv").write_bytes(GPU.encode("cp1252"))
    return copy


def closed(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict:
    """The JSON answer of a month-end."""
    return json.loads(said(capsys, "close", *arguments, "--json"))


def test_a_month_is_closed_by_engine_and_workload_against_what_was_signed(
    pooled_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The strategy is that of the approval; January needs its own bill alone; undo opens it."""
    asked = said(capsys, "approve", "--option", "thirds", code=2)
    assert "has no strategy 'thirds'; it has" in asked
    assert "decided: Half" in said(capsys, "approve", "--option", "half")
    Path("budget.xlsx").unlink()
    told = closed(capsys, "2026-12", "approved", "bill.csv", "gpu.csv")
    assert told["option"] == "Half"
    assert told["by_workload"]["Chat"]["price_cost"] == pytest.approx(7_000 - 1_500 * 4)
    assert told["by_engine"]["API"]["planned_cost"] == pytest.approx(7_000 + 100)
    assert told["by_engine"]["H100 SXM pool"]["paid_cost"] == 1_500
    assert told["by_model"]["People: engineering labour"]["paid_cost"] == 4_000
    *parts, paid = told["bridge"].values()
    assert sum(parts) == pytest.approx(paid)
    assert paid == pytest.approx(15_500)
    assert told["forecast"]["name"] == "1+11"
    assert Path(told["kept"]).parent == pooled_folder / "receipts"
    Path("bill.csv").write_text(BILL.replace("2026-12", "2027-01"))
    told = closed(capsys, "2027-01", "approved", "bill.csv")
    assert told["forecast"]["name"] == "2+10"
    assert told["by_engine"]["H100 SXM pool"]["paid_cost"] == 1_500  # December's, as kept
    assert "Closed    2027-01; forecast 2+10, 2026-12 to 2027-11: USD" in said(capsys)
    said(capsys, "undo")
    assert "Closed    2026-12; forecast 1+11" in said(capsys)


def test_which_strategy_was_run_is_asked_and_a_table_keeps_the_months(
    pooled_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody is guessed; outside the receipts the table beside the book keeps what was billed."""
    assert "say --option with the one that was run: 'All on the API'" in said(
        capsys, "close", "2026-12", "budget.xlsx", "bill.csv", code=2
    )
    closed(capsys, "2026-12", "budget.xlsx", "bill.csv", "gpu.csv", "--option", "Half")
    kept = (pooled_folder / "budget-closed.csv").read_text()
    assert "2026-12,openai/gpt-5.4,1.5e9" in kept.replace("1500000000", "1.5e9")
    assert ",Chat," in kept
    Path("next.csv").write_text(BILL.replace("2026-12", "2027-01"))
    told = closed(capsys, "2027-01", "budget.xlsx", "next.csv", "--option", "Half")
    assert told["by_engine"]["H100 SXM pool"]["paid_cost"] == 1_500
    assert told["by_workload"]["Batch"]["paid_cost"] == 6_000
