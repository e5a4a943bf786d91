"""No command but those that fetch prices and rents reaches the network, or another program."""

import zipfile
from pathlib import Path

import openpyxl
import pytest

from install.command import main
from tests.addin.audit import NETWORK, watched
from tests.workbooks.usage.exports import DATA
from workbooks.folder import receipts

USAGE = str(next(DATA.glob("openai_usage_completions*")))
BILL = "month,model,tokens,cost\n2026-12,openai/gpt-6.1-sol,3.4e9,9000\n"
COMMANDS = [
    ["--help"],
    ["init", "own.toml"],
    ["budget", "--out", "b.xlsx"],
    ["budget", "--from", "asks.xlsx", "--out", "c.xlsx"],
    ["breakeven", "--price", "10", "--node-cost", "5400", "--capacity", "388.8M"],
    ["tco", "--capex", "155000", "--opex", "2450", "--labor", "10000"],
    ["risk", "mid-size"],
    ["decide", "mid-size"],
    ["reconcile"],
    ["actuals", "mid-size", "bill.csv", "--out", "a.xlsx"],
    ["template", "--out", "t.xlsx"],
    ["report", "asks.xlsx"],
    ["lint", "asks.xlsx"],
    ["freeze", "asks.xlsx"],
    ["size", "Llama-3.3-70B", "--tokens", "2.7B"],
    ["functions"],
    ["functions", "--workbook", "f.xlsx"],
    ["usage", "import", USAGE],
    ["prices", "show", "openai/gpt-4o"],
    ["prices", "history", "openai/gpt-4o"],
    ["prices", "import", "sheet.csv"],
    ["prices", "refresh", "--offline", "--workbook", "asks.xlsx"],
    ["prices", "rate", "EUR", "USD"],
    ["init", "ours"],
    ["add", "sheet.csv", "--yes"],
    ["update", "--offline"],
    ["undo"],
    ["addin", "build"],
    ["addin", "build", "--calc"],
    ["addin", "lite"],
    ["addin", "repair", "asks.xlsx"],
    ["addin", "price-changes", "asks.xlsx"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_command_reaches_no_network_and_no_program(command: list[str], tmp_path: Path) -> None:
    """Also not for a workbook that asks for it with formulas, links and an outside entity."""
    Path("bill.csv").write_text(BILL)
    Path("sheet.csv").write_text("Model,Provider,Input (USD per 1M),Output (USD per 1M)\nm,x,2,8\n")
    asking(tmp_path / "asks.xlsx")
    if command[0] in {"add", "update", "undo"}:
        receipts.write(tmp_path, [{"table": "folder"}])
        (tmp_path / "asks.xlsx").rename(tmp_path / "budget.xlsx")
    with watched() as reached:
        code = main(command)
    assert code in (0, 1, 2)  # done, found something, refused
    outside = (*NETWORK, "subprocess.", "os.system", "os.exec", "os.posix_spawn", "webbrowser.")
    assert [each for each in reached if each.startswith(outside)] == []


def asking(path: Path) -> None:
    """Write a workbook that asks the network for something in every way a reader might follow."""
    book = openpyxl.Workbook()
    book.active["A1"] = '=_xlfn.WEBSERVICE("http://127.0.0.1:9/"&A2)+RENT_PER_MONTH(2)'
    book.active["A2"].hyperlink = "http://127.0.0.1:9/"
    book.save(path)
    entity = b'<!DOCTYPE x [<!ENTITY e SYSTEM "http://127.0.0.1:9/x">]>'
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts["docProps/app.xml"] = entity + b"<Properties>&e;</Properties>"
    with zipfile.ZipFile(path, "w") as new:
        for name, part in parts.items():
            new.writestr(name, part)
