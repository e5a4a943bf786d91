"""The budget folder of several workloads does what the folder of one does."""

import copy
import json
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment

from install.command import main
from tests.books import edit
from tests.engines import resaved
from tests.install.folder.talk import copied, said
from tests.workbooks.plan.test_pooled_actuals import CONTENT
from workbooks.portfolio.writing import written

BILL = (
    "month,model,workload,tokens,cost\n2026-12,openai/gpt-5.4,Chat,1.5e9,7000\n"
    "2026-12,openai/gpt-5.4,Batch,1e9,3000\n"
)
OFFER = (
    "model,input price per mtok,output price per mtok,currency,valid from\n"
    "together/openai/gpt-oss-120b,0.10,0.40,USD,2026-11-01\n"
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
    copy = copied(pooled_made, tmp_path / "budget")
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


@pytest.mark.slow
def test_a_month_keeps_workloads_and_strategy_of_the_budget_it_was_closed_against(
    pooled_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The second budget calls Batch another name, and its strategy Half; both cost the same."""
    said(capsys, "approve", "--option", "half")
    december = closed(capsys, "2026-12", "approved", "bill.csv")["by_workload"]
    renamed = written(CONTENT).replace("Batch", "Nightly").replace("Half", "Halves")
    Path("new.toml").write_text(renamed, encoding="utf-8")
    said(capsys, "budget", "new.toml", "--out", "budget.xlsx", "--force")
    said(capsys, "approve", "--option", "halves")
    bill = BILL.replace("2026-12", "2027-01").replace("Batch", "Nightly")
    Path("bill.csv").write_text(bill, encoding="utf-8")
    told = closed(capsys, "2027-01", "approved", "bill.csv")
    assert told["option"] == "Halves"
    assert told["by_workload"]["Batch"] == december["Batch"]
    assert told["by_workload"]["Nightly"] == pytest.approx(december["Batch"])
    assert told["by_workload"]["Chat"]["planned_cost"] == pytest.approx(2 * 4_000)
    (note,) = (each for each in told["notes"] if "held against" in each)
    assert note.startswith("2026-12: held against the budget that ")
    assert ", in force when closed, run as Half; " in note


NODES = (
    "Monat;Bezeichnung;Betrag\n{0};8x H100;1.500,00\n{0};8x H200;2.500,00\n{0};Gehalt;4.000,00\n"
)


@pytest.mark.slow
@pytest.mark.usefixtures("pooled_folder")
def test_a_month_that_was_run_as_another_strategy_stays_held_against_that(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """December as Half for 10,000; since January both pools, for 8,000 a month.

    Both are flat, so that eleven months at the pace of the new one are 88,000, whatever December
    was; it is corrected to 10,500 later, and stays Half's.
    """
    said(capsys, "approve", "--option", "Half")
    first = closed(capsys, "2026-12", "approved", "bill.csv")["budget_total_cost"]
    Path("bill.csv").write_text(NODES.format("2027-01"))
    told = closed(capsys, "2027-01", "approved", "bill.csv", "--option", "both pools")
    assert told["option"] == "Both pools"
    assert told["by_month"]["2026-12"]["planned_cost"] == pytest.approx(first / 12)
    later = told["by_month"]["2027-01"]["planned_cost"]
    assert told["budget_total_cost"] == pytest.approx(first / 12 + 11 * later)
    assert told["forecast"]["forecast_cost"] == pytest.approx(10_000 + 11 * 8_000)
    assert told["notes"][0].startswith("2026-12 was run as Half, and is held against its budget")
    Path("bill.csv").write_text(NODES.format("2027-02"))
    told = closed(capsys, "2027-02", "approved", "bill.csv")  # the last one that was said
    assert told["forecast"]["forecast_cost"] == pytest.approx(98_000)
    Path("bill.csv").write_text(BILL.replace("3000", "3500"))
    shown = said(capsys, "close", "2026-12", "approved", "bill.csv")
    assert "Check: 2026-12 was run as Half" in shown
    assert "Forecast 3+9, 2026-12 to 2027-11: USD 98,500" in shown


def grown() -> dict:
    """The same without a hosted platform, and ten times the work from the seventh month on."""
    content = copy.deepcopy(CONTENT)
    volumes = [3e9] * 6 + [30e9] * 6
    content["workload"][1] |= {"forecast_tokens_per_month": volumes, "movable": True}
    del content["engine"][1]
    return content


def test_a_month_is_closed_against_the_best_mix_as_it_stands_in_what_was_signed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Batch moves from the API to 14 nodes in June 2027: 30 B at 2 a million are no more bought.

    Until then it costs 6,000 a month, and Chat, which stays there, 4,000: 1 B at 4 a million.
    """
    (tmp_path / "grown.toml").write_text(written(grown()), encoding="utf-8")
    said(capsys, "init", str(tmp_path / "ours"), "--from", str(tmp_path / "grown.toml"))
    monkeypatch.chdir(tmp_path / "ours")
    stands = stored("budget.xlsx", "Best mix")
    assert stands["H100 SXM pool: nodes, spares included"] == [0] * 6 + [14] * 6
    shown = said(capsys, "approve", "--option", "best mix")
    assert "decided: Best mix, USD " in shown
    Path("december.csv").write_text(
        "month,model,workload,tokens,cost\n2026-12,API,Chat,1e9,4000\n2026-12,API,Batch,3e9,6000\n"
    )
    told = closed(capsys, "2026-12", "approved", "december.csv")
    assert told["option"] == "Best mix"
    assert told["by_workload"]["Chat"]["planned_cost"] == pytest.approx(4_000)
    assert told["by_workload"]["Batch"]["planned_cost"] == pytest.approx(6_000)
    Path("june.csv").write_text("month,model,workload,tokens,cost\n2027-06,API,Chat,1e9,4000\n")
    Path("gpu.csv").write_bytes(GPU.replace("2026-12", "2027-06").encode("cp1252"))
    told = closed(capsys, "2027-06", "approved", "june.csv", "gpu.csv")
    assert told["by_workload"]["Batch"]["planned_cost"] == pytest.approx(6_000)  # of December
    rent = told["by_engine"]["H100 SXM pool"]
    assert rent["planned_cost"] == pytest.approx(14 * 2 * 730)
    assert rent["paid_cost"] == 1_500
    assert "Closed    2027-06; forecast 2+10" in said(capsys)
    diff = ("diff", "approved", "budget.xlsx", "--view", "present", "--json")
    told = json.loads(said(capsys, *diff))
    rows = openpyxl.load_workbook("budget.xlsx", data_only=True)["Best mix"].values
    (searched,) = (row[2] for row in rows if str(row[0]).startswith("Present value"))
    assert told["best_mix"] == pytest.approx({"from_cost": searched, "to_cost": searched})


def stored(book: str, sheet: str) -> dict[str, list[float]]:
    """The rows of a sheet by their labels, month by month."""
    rows = openpyxl.load_workbook(book, data_only=True)[sheet].values
    return {str(row[0]): [x for x in row[4:] if x is not None] for row in rows}


@pytest.mark.slow
def test_a_month_is_closed_against_the_strategy_that_was_decided_last(
    pooled_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Signed or closed: what was said last counts, and what is taken back counts no more.

    All of Batch on the API is planned at 3 B tokens at 2 a million, and half of it at half of that.
    """
    run = {"All on the API": 6_000.0, "Half": 3_000.0}
    close = ("2026-12", "approved", "bill.csv")
    said(capsys, "approve", "--option", "All on the API")
    for words, option in (
        ((), "All on the API"),
        (("--option", "half"), "Half"),
        ((), "Half"),  # closed with it last
    ):
        told = closed(capsys, *close, *words)
        assert told["option"] == option
        assert told["by_workload"]["Batch"]["planned_cost"] == pytest.approx(run[option])
    said(capsys, "approve", "--option", "All on the API")
    assert closed(capsys, *close)["option"] == "All on the API"  # signed after it
    said(capsys, "undo")
    said(capsys, "undo")
    assert closed(capsys, *close)["option"] == "Half"


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


@pytest.mark.slow
def test_an_offer_that_is_taken_back_leaves_a_book_that_can_be_read_and_goes_with_an_update(
    pooled_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Read with the receipt that it was made with, the book is what it was; then it is as before.

    Signed with the offer, the copy says what it said; 1 B and 3 B tokens at 0.2625 and 0.15 are
    712.50 a month on the hosted platform, and at 0.175 and 0.10 they are 475.
    """
    before = decided(capsys)
    Path("offer.csv").write_text(OFFER)
    said(capsys, "add", "offer.csv", "--yes", "--provider", "together")
    said(capsys, "update", "--offline")
    said(capsys, "approve")
    offered = decided(capsys)
    assert offered != before
    offer = next(p for p in Path("receipts").iterdir() if "offer.csv" in p.read_text())
    said(capsys, "undo", offer.name[:23])
    assert decided(capsys) == offered
    assert "Undone    1 change that the workbook still has:" in said(capsys)
    assert "Chat 0.175 -> 0.2625" in said(capsys, "update", "--offline")
    assert decided(capsys) == pytest.approx(before)
    told = json.loads(said(capsys, "diff", "approved", "budget.xlsx", "--json"))["strategies"]
    cheapest = told["Cheapest token price allowed"]
    assert cheapest["from_cost"] == pytest.approx(12 * 475)
    assert cheapest["to_cost"] == pytest.approx(12 * 712.5)
    assert sum(cheapest["steps"].values()) == pytest.approx(12 * 237.5)


def decided(capsys: pytest.CaptureFixture[str]) -> dict[str, float]:
    """What each strategy of the book costs, at present value."""
    return json.loads(said(capsys, "decide", "budget.xlsx", "--json"))["present_cost"]


@pytest.mark.slow
def test_what_is_agreed_for_later_months_steps_the_price_of_each_workload(
    pooled_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A fifth off the output of the hosted platform alone, from March to May 2027.

    Chat's 1 B tokens cost 0.75 of 0.15 and 0.25 of 0.60 a million, 262.50 a month, and 232.50 in
    those three; Batch's 3 B have no output: 450 a month throughout.
    """
    said(capsys, "approve")
    Path("offer.csv").write_text(
        "model,input price per mtok,output price per mtok,currency,valid from,valid to\n"
        "together/openai/gpt-oss-120b,0.15,0.48,USD,2027-03-01,2027-05-31\n"
    )
    shown = said(capsys, "add", "offer.csv", "--yes", "--provider", "together")
    assert "0.15 in and 0.48 out from 2027-03-01 to 2027-05-31; the plan's price steps" in shown
    assert "Cheapest token price allowed: USD 8," in shown
    shown = said(capsys, "update", "--offline")
    assert "All on the API" in shown
    assert "Hosted, a million tokens in month 4: Chat 0.2625 -> 0.2325" in shown
    assert "has everything already" in said(capsys, "update", "--offline")
    told = json.loads(said(capsys, "diff", "approved", "budget.xlsx", "--json"))["strategies"]
    cheapest = told["Cheapest token price allowed"]
    assert cheapest["from_cost"] == pytest.approx(12 * 712.5)
    assert cheapest["to_cost"] == pytest.approx(12 * 712.5 - 3 * 30)
    assert told["All on the API"]["from_cost"] == told["All on the API"]["to_cost"]


def typed() -> None:
    """Make the workbook one's own: a sheet, a comment, a line in the Log, a month's volume.

    It is saved by LibreOffice, which writes formulas in its own way, as Excel does.
    """
    edit(Path("budget.xlsx"), {("Workloads", "F5"): 2e9}, Path("edited.xlsx"))
    book = openpyxl.load_workbook(resaved(Path("edited.xlsx"), Path("resaved")))
    book.create_sheet("Ours")["A1"] = "=1+1"
    book["Monthly"]["A1"].comment = Comment("asked Anna", "us")
    log = book["Log"]
    log.cell(log.max_row + 1, 1, "2026-11-28").offset(0, 1).value = "our own remark"
    book.save("budget.xlsx")


@pytest.mark.slow
@pytest.mark.usefixtures("soffice")
def test_an_offer_goes_into_the_book_in_place(
    pooled_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One's own stays, each value is that of a book made anew, and the Log has a line a change.

    The offer holds since before the day of the book: until the update the book is what it was.
    """
    typed()
    before = said(capsys, "decide", "budget.xlsx", "--json")
    Path("offer.csv").write_text(OFFER)
    said(capsys, "add", "offer.csv", "--yes", "--provider", "together")
    assert said(capsys, "decide", "budget.xlsx", "--json") == before
    shown = said(capsys, "update", "--offline")
    assert "Hosted, a million tokens in month 1: Chat 0.2625 -> 0.175, Batch 0.15 -> 0.1" in shown
    assert "rearranged" not in shown
    stood = json.loads(before)["present_cost"]["Cheapest token price allowed"]  # as it was typed
    assert f" (before {stood:,.0f})" in shown
    assert len(list(pooled_folder.glob("budget before *.xlsx"))) == 1
    book = openpyxl.load_workbook("budget.xlsx")
    assert book["Ours"]["A1"].value == "=1+1"
    assert book["Monthly"]["A1"].comment.text == "asked Anna"
    assert book["Workloads"]["F5"].value == 2e9  # January of Chat
    told = [str(row[1]) for row in book["Log"].values]
    assert "our own remark" in told
    assert len([text for text in told if "Hosted, a million tokens" in text]) == 1
    said(capsys, "export", "budget.xlsx", "--out", "now.toml")
    said(capsys, "budget", "now.toml", "--out", "fresh.xlsx")
    assert list(different("budget.xlsx", "fresh.xlsx")) == []
    max((pooled_folder / "receipts").iterdir()).unlink()  # stopped before it was written
    assert "Waiting   1 change" in said(capsys)
    assert "has everything already" in said(capsys, "update", "--offline")
    assert "Waiting   nothing" in said(capsys)


def different(one: str, other: str) -> list[tuple[str, str, object, object]]:
    """Cells of a fresh book that show something else in another; its Log is of the other's own."""
    here, made = (openpyxl.load_workbook(each, data_only=True) for each in (one, other))
    return [
        (sheet.title, cell.coordinate, here[sheet.title][cell.coordinate].value, cell.value)
        for sheet in made
        if sheet.title not in ("Log", "Scenario")
        for row in sheet
        for cell in row
        if cell.value is not None
        and not alike(here[sheet.title][cell.coordinate].value, cell.value)
    ]


def alike(one: object, other: object) -> bool:
    """Whether two cells show the same, but for the name of the file."""
    numbers = isinstance(one, float | int) and isinstance(other, float | int)
    name = str(other).replace("now.toml", "budget.xlsx")
    return one == pytest.approx(other, rel=1e-12) if numbers else str(one) == name


@pytest.mark.slow
def test_a_model_that_is_retired_within_the_plan_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """OpenAI retires GPT-4o on 14 January 2027: one workload is told so by the same sentence."""
    content = copy.deepcopy(CONTENT)
    content["engine"][1]["model"] = "openai/gpt-4o"
    (tmp_path / "two.toml").write_text(written(content), encoding="utf-8")
    said(capsys, "init", str(tmp_path / "budget"), "--from", str(tmp_path / "two.toml"))
    monkeypatch.chdir(tmp_path / "budget")
    for words in (("update", "--offline", "--look"), ("update", "--offline"), ("approve",)):
        assert "openai/gpt-4o is retired on 2027-01-14" in said(capsys, *words), words
    mixed = said(capsys, "mix", "budget.xlsx", "--no-answers", "--gap", "0.1")
    assert "openai/gpt-4o is retired on 2027-01-14" in mixed
