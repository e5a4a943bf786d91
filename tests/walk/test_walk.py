"""Four months of a company, from an empty folder to the second forecast, with hand reckonings.

The ready scenario costs 268,811 at the list's 2 and 10 USD, and 24,336 on the managed platform, as
the test of the ready scenarios reckons. What follows is reckoned from these here.
"""

import re
import stat
from pathlib import Path

import openpyxl
import pytest

from tests.walk.company import JOBS
from tests.walk.walking import PAGE, page, walk
from workbooks.folder import receipts
from workbooks.folder.standing import READ

pytestmark = pytest.mark.slow
LIST_API, LIST_MANAGED = 268_811, 24_336
FORM, OFFER, MANAGED = 1.7 / 2, 1.6 / 2, 0.12 / 0.15
"""What the order form, the German offer and the fallen list leave of a price."""
MONTH_ON = (1.5 * 0.8 / 1.1) ** (1 / 12)
"""A month's present cost over that of the month before: volume grows by half a year, prices fall
by a fifth, and money costs a tenth."""
FORM_ENDS = 1 - (1 - FORM) * 14 / 30
"""The form holds until 14 November 2027, 14 of the 30 days of month 12."""
AGREED = [FORM, *[OFFER] * 12]
"""The form in December, the offer from January to December 2027, then the list."""
FALLEN = [1, 3 / 31 + MANAGED * 28 / 31, *[MANAGED] * 34]
"""The list fell on 4 January, after three of 31 days of month 2."""
BILLED = {"12": 5_619 + 112, "01": 5_465 - 212, "02": 5_641 + 160, "03": 5_994 + 240}
"""By month: what the bills of the walk say, the credit note taken off."""


FIGURELESS = re.compile(r"\S*\.(csv|xlsx)|\d{4}-\d\d(-\d\d)?|gpt-\S+|28 November")
"""What has digits and is no figure: names of files and models, and days."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the company works."""
    return tmp_path_factory.mktemp("company")


@pytest.fixture(scope="module")
def told(folder: Path) -> dict[str, str]:
    """What every command of the four months printed."""
    return walk(folder)


def figures(text: str, before: str) -> list[float]:
    """Return the numbers of the line that begins with some words."""
    (line,) = (line for line in text.splitlines() if line.startswith(before))
    numbers = re.findall(r"-?\d[\d,]*(?:\.\d+)?", line.removeprefix(before))
    return [float(each.replace(",", "")) for each in numbers]


def over_plan(factors: list[float]) -> float:
    """Return what prices of some months, and the list after them, leave of a plan of 36 months."""
    weights = [MONTH_ON**t for t in range(36)]
    every = [*factors, *[1.0] * (36 - len(factors))]
    return sum(w * f for w, f in zip(weights, every, strict=True)) / sum(weights)


def first_row(text: str, begins: str) -> list[float]:
    """Return the numbers of the first row of a table that begins with some words."""
    line = next(line for line in text.splitlines() if line.startswith(begins))
    return [float(cell.replace(",", "")) for cell in re.split(r"\s{2,}", line.strip())[1:]]


def test_the_page_says_what_the_commands_print(told: dict[str, str]) -> None:
    """So it cannot drift; ``python -m tests.walk`` writes it anew."""
    assert page(told) == PAGE.read_text(encoding="utf-8")


def test_a_job_takes_five_commands_at_most() -> None:
    """And no figure of one is typed into another: only names of files, months and a seller."""
    assert max(len(job.steps) for job in JOBS) <= 5
    for job in JOBS:
        for step in job.steps:
            words = FIGURELESS.sub("", step.command)
            assert not re.search(r"\d", words), step.command


def test_prices_move_the_answer_in_the_months_they_hold(told: dict[str, str]) -> None:
    """Every price of the model by 15 %, then to 80 % of the list; the managed one by a fifth."""
    form = LIST_API * over_plan([*[FORM] * 11, FORM_ENDS])
    assert figures(told["look"], "api: USD")[:2] == [LIST_API, pytest.approx(form, abs=1)]
    assert "the plan's price steps in its months" in told["offer"]  # it begins next year
    agreed = LIST_API * over_plan(AGREED)
    assert figures(told["first"], "api: USD")[1] == pytest.approx(agreed, abs=1)
    assert "api: USD" not in told["second"]  # it holds since the day that was known
    managed = LIST_MANAGED * over_plan(FALLEN)
    assert figures(told["second"], "managed: USD")[1] == pytest.approx(managed, abs=1)


def test_measured_usage_is_the_volume_of_the_plan(told: dict[str, str]) -> None:
    """December's 2,963.6 M tokens in 31 days, in a month of 730 hours; a tenth is output."""
    read, answered = 2_666e6, 297.6e6
    volume = (read + answered) / 31 * 730 / 24
    assert figures(told["usage"], "Volume:")[0] == pytest.approx(volume, abs=1)
    assert "no export tells cache_write_share" in told["asked"]
    planned, billed = figures(told["usage"], "The measured months come to USD")
    assert planned == pytest.approx(billed, rel=0.02)
    assert f"tokens_per_month: 3e+09 -> {volume:.6g}" in told["fourth"]
    assert f"output_share: 0.11 -> {answered / (read + answered):.6g}" in told["fourth"]


def test_what_is_agreed_next_year_is_due_when_it_begins(told: dict[str, str]) -> None:
    """Nobody has to remember it."""
    assert "holds since 2027-01-01" in told["january"]


@pytest.mark.parametrize(
    ("step", "months"),
    [
        ("close12", ["12"]),
        ("close01", ["12", "01"]),
        ("close02", ["12", "01", "02"]),
    ],
)
def test_a_forecast_is_what_was_billed_and_the_rest_at_its_rate(
    step: str, months: list[str], told: dict[str, str]
) -> None:
    """Closed months as billed; open ones are the budget times billed over budgeted so far."""
    text, billed = told[step], sum(BILLED[month] for month in months)
    closed, open_ = len(months), 12 - len(months)
    (budgeted,) = figures(text, "Budget ")
    assert figures(text, "Actual ") == [billed]
    name = f"Forecast {closed}+{open_}, 2026-12 to 2027-11: USD"
    forecast, year = figures(text, name)[:2]
    assert forecast == pytest.approx(billed + (year - budgeted) * billed / budgeted, rel=1e-4)


def test_months_closed_before_a_second_approval_keep_the_budget_they_were_closed_against(
    told: dict[str, str],
) -> None:
    """March alone is held against the second one, and open months are scaled by it."""
    before, _ = (figures(told[step], "Budget ")[0] for step in ("close02", "close03"))
    text, billed = told["close03"], sum(BILLED.values())
    (budgeted,) = figures(text, "Budget ")
    forecast, year, earlier = figures(text, "Forecast 4+8, 2026-12 to 2027-11: USD")[:3]
    assert earlier == before
    open_ = (year - budgeted) * BILLED["03"] / (budgeted - before)
    assert forecast == pytest.approx(billed + open_, rel=1e-4)
    held = (
        "Check: 2026-12, 2027-01, 2027-02: held against the budget that anna signed on 2026-11-28"
    )
    assert held in text


def test_a_refund_and_new_models_stand_by_themselves(told: dict[str, str]) -> None:
    """December 112 for a model nobody budgeted, 212 of it back, then 160 and 240 for another."""
    steps = [figures(told["close03"], name) for name in ("New models", "Fees and other costs")]
    assert steps == [[112 + 160 + 240], [-212]]


def test_a_budget_differs_from_the_signed_one_to_the_cent(told: dict[str, str]) -> None:
    """Two rented cards, 730 hours in each of 36 months, from 4.95 USD to 2.35 EUR at 1.1172."""
    prices = first_row(told["diff"], "Token prices and")
    rents = first_row(told["diff"], "Hardware table")
    _, managed = first_row(told["diff"], "20261128")[:2]
    weights = [(1.5 * 0.8) ** (t / 12) for t in range(36)]  # cash, which is not discounted
    fallen = sum(w * f for w, f in zip(weights, FALLEN, strict=True)) / sum(weights)
    assert prices[0] == pytest.approx(0, abs=0.01)  # the offer was in the budget that was signed
    assert prices[1] == pytest.approx(managed * (fallen - 1), abs=0.01)
    assert rents[2] == pytest.approx(-2 * 730 * 36 * (4.95 - 2.35 * 1.1172), abs=0.01)


def test_two_people_lost_nothing(told: dict[str, str], folder: Path) -> None:
    """Every change has its receipt, what was taken back is kept, and both budgets are as signed."""
    home = folder / "budget"
    found = receipts.read(home)
    assert {each.who for each in found} == {"anna", "bert"}
    undone = [path.name for path in (home / "undone").iterdir()]
    assert undone == re.findall(r"undone/(\S+)", told["undo"])
    lines = (line for each in found for table in ("source", READ) for line in each.of(table))
    kept = {line["sha256"] for line in lines if line.get("sha256")}
    files = {path.stem for path in (home / "files").iterdir()}
    assert kept <= files
    assert len(files - kept) == 1  # the quote that was taken back
    signed = [line for each in found for line in each.of("approval")]
    copies = sorted((home / "approved").iterdir())
    assert [line["file"] for line in signed] == [copy.name for copy in copies]
    assert not any(copy.stat().st_mode & stat.S_IWUSR for copy in copies)


def test_the_log_has_a_line_for_each_change(told: dict[str, str], folder: Path) -> None:
    """Of the model three prices in turn, the platform's, and the quote; who and which receipt."""
    rows = openpyxl.load_workbook(folder / "budget" / "budget.xlsx")["Log"].iter_rows(
        values_only=True
    )
    lines = [f"{row[0]} {row[1]} | {row[2]}" for row in rows if row[1]]
    assert told
    for words in (
        "2026-11-28 openai/gpt-6.1-sol: Input price per mtok 2 -> 1.7",
        "2027-01-04 openai/gpt-6.1-sol: Input price per mtok 1.7 -> 1.6",
        "2027-01-04 together/openai/gpt-oss-120b: Input price per mtok 0.15 -> 0.12",
        "2027-02-02 Hardware!O20 H200 SXM, Rent base per gpu hour: 4.95 -> 2.35",
    ):
        assert [line for line in lines if line.startswith(words) and "evenpoint update" in line]
    assert len(lines) < 40  # prices that stay are one line, however many
