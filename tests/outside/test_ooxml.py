"""Microsoft's Open XML SDK finds nothing wrong in any file that Evenpoint writes."""

import json
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from install.command import main
from install.programs import program
from tests.outside import fetch
from tests.workbooks.prices.splice import rich
from workbooks.prices.splice import apply_refresh, plan_refresh
from workbooks.scenario.reading import ready

BILL = "month,model,tokens,cost\n2026-12,openai/gpt-6.1-sol,3.4e9,9000\n"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def validate() -> Callable[[Path], list[object]]:
    """Return what lists the errors of a file."""
    if why := fetch.missing():
        pytest.skip(why)

    def errors(path: Path) -> list[object]:
        command = [str(program("node")), fetch.VALIDATOR, path]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        found: list[object] = json.loads(done.stdout)["errors"]
        return found

    return errors


def command(*arguments: str) -> Path:
    """Run a command that writes the file named last."""
    assert main([*arguments]) == 0
    return Path(arguments[-1])


def month_end() -> Path:
    """A month-end workbook of one bill."""
    Path("bill.csv").write_text(BILL, encoding="utf-8")
    return command("actuals", "mid-size", "bill.csv", "--out", "close.xlsx")


def add_in() -> Path:
    """The add-in of Excel for Windows."""
    assert main(["addin", "build"]) == 0
    return Path("evenpoint.xlam")


def frozen() -> Path:
    """A copy of the examples whose functions are values."""
    examples = command("functions", "--workbook", "examples.xlsx")
    return command("freeze", str(examples), "--out", "frozen.xlsx")


WRITTEN: dict[str, Callable[[], Path]] = {
    **{
        f"budget {name}": lambda name=name: command("budget", name, "--out", f"{name}.xlsx")
        for name in ready()
    },
    "template": lambda: command("template", "--out", "template.xlsx"),
    "examples": lambda: command("functions", "--workbook", "examples.xlsx"),
    "claims": lambda: command("reconcile", "--workbook", "claims.xlsx"),
    "lite": lambda: command("addin", "lite", "--out", "lite.xlsx"),
    "month end": month_end,
    "add-in": add_in,
    "frozen": frozen,
}


@pytest.mark.parametrize("kind", WRITTEN)
def test_the_open_xml_sdk_finds_no_error(validate, kind: str) -> None:
    """What Microsoft's own library reads without complaint, Excel opens without a repair."""
    assert validate(WRITTEN[kind]()) == []


def test_a_refresh_adds_no_error(validate, tmp_path: Path) -> None:
    """A person's own workbook is as sound after new prices were put in as it was before."""
    book = rich.workbook(tmp_path / "own.xlsm")
    before = validate(book)
    apply_refresh(book, plan_refresh(book, rich.NEW))
    assert validate(book) == before


def test_it_finds_an_error_where_there_is_one(validate, tmp_path: Path) -> None:
    """A sheet with an element that does not belong there."""
    whole = command("functions", "--workbook", str(tmp_path / "examples.xlsx"))
    broken = tmp_path / "broken.xlsx"
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(broken, "w") as new:
        for entry in old.infolist():
            part = old.read(entry)
            if entry.filename == "xl/worksheets/sheet1.xml":
                part = part.replace(b"<sheetData>", b"<wrong/><sheetData>")
            new.writestr(entry, part)
    assert validate(broken) != []
