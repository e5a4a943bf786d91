"""Which number reaches which command: what is brought into a folder reaches all of them.

The shipped list has 2 and 10 USD for the model, the contract 1.7 and 8.5: 15 % less.
"""

import datetime
import json
from pathlib import Path

import pytest

from tests.install.folder.talk import said
from tests.install.folder.test_adding import ORDER, RATES, write
from workbooks.folder import place

MODEL = "openai/gpt-6.1-sol"
NEW = "model,provider,input,output,currency,unit\nnew-1,acme,1,2,USD,1M\n"
SIZE = ("size", "gpt-oss-120b", "--tokens", "2B", "--hardware", "H200 SXM", "--json")


@pytest.fixture
def contracted(folder: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """The folder with a contract, a model that nothing ships, and a newer rate."""
    names = (write("order.csv", ORDER), write("new.csv", NEW), write("ecb.csv", RATES))
    said(capsys, "add", *names, "--yes")
    return folder


def inside_and_outside(
    capsys: pytest.CaptureFixture[str], folder: Path, *command: str
) -> tuple[str, str]:
    """Return what a command says in a folder, and what it says without one."""
    told = said(capsys, *command, "--folder", str(folder))
    (folder / "receipts").rename(folder / "away")
    try:
        return told, said(capsys, *command)
    finally:
        (folder / "away").rename(folder / "receipts")


def test_show_and_history(contracted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The price in force, and what it was."""
    ours, theirs = inside_and_outside(capsys, contracted, "prices", "show", MODEL, "--json")
    prices = [json.loads(each)["prices"][0]["input_price_per_mtok"] for each in (ours, theirs)]
    assert prices == [1.7, 2.0]
    rows = json.loads(said(capsys, "prices", "history", MODEL, "--json"))["prices"]
    assert [row["origin"] for row in rows][:2] == ["shipped", "contract"]
    assert '"input_price_per_mtok": 1.0' in said(capsys, "prices", "show", "acme/new-1", "--json")


def test_a_new_budget(contracted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The cloud API costs 15 % less, and a model that was brought in can be planned with."""
    budget = ("budget", "--force", "--out", "new.xlsx", "--json", "--as-of", "2026-11-09")
    ours, theirs = inside_and_outside(capsys, contracted, *budget)
    costs = [json.loads(each)["options"]["api"]["present_cost"] for each in (ours, theirs)]
    assert costs[0] / costs[1] == pytest.approx(0.85)
    new = ("budget", "--force", "--out", "new.xlsx", "--json", "--api-model", "acme/new-1")
    assert json.loads(said(capsys, *new))["options"]["api"]["present_cost"] > 0


def test_size(contracted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The API that hardware is compared with costs 15 % less."""
    ours, theirs = inside_and_outside(capsys, contracted, *SIZE, "--api-model", MODEL)
    found = [json.loads(each)["demand"]["api_price_per_mtok"] for each in (ours, theirs)]
    assert found[0] / found[1] == pytest.approx(0.85)


def test_list_prices_of_usage(contracted: Path) -> None:
    """What was consumed is priced at what was in force, also for a model that was brought in."""
    from workbooks.usage.listprice import list_name, rate

    day = datetime.date(2026, 11, 1)
    assert list_name("new-1", "acme") is None
    with place.using(contracted):
        assert rate(MODEL, "output", day, "USD") == 8.5
        assert list_name("new-1", "acme") == "acme/new-1"
    assert rate(MODEL, "output", day, "USD") == 10
    assert list_name("new-1", "acme") is None


def test_the_ribbon(contracted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What its button asks for, run where the workbook lies."""
    ours, theirs = inside_and_outside(
        capsys, contracted, "addin", "price-changes", str(contracted / "budget.xlsx")
    )
    cells = {change["told"].partition(":")[0] for change in json.loads(ours)["changed"]}
    assert any(MODEL in cell and "Input price per mtok" in cell for cell in cells)
    assert not [c for c in json.loads(theirs)["changed"] if MODEL in c["told"]]


def test_rates(contracted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A newer file of reference rates counts in every conversion."""
    from workbooks import tables

    with place.using(contracted):
        assert tables.exchange_rate("EUR", "USD") == (1.1601, datetime.date(2026, 11, 27))
    assert tables.exchange_rate("EUR", "USD")[0] == 1.1172
