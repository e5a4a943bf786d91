"""What becomes of the worksheet functions in the documents that Calc opens and saves."""

import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.worksheet.formula import ArrayFormula

from addin.calc.package import SERVICE
from addin.calc.template import template
from costcore.catalogue import FUNCTIONS
from install.command import main
from tests.addin.office import Office, missing, running
from tests.books import cached, formulas
from tests.workbooks.budgets import corner, write
from workbooks.sheets.budget import budget
from workbooks.sheets.examples import examples

pytestmark = [
    pytest.mark.libreoffice,
    pytest.mark.skipif(bool(missing()), reason=missing() or "it is there"),
]
FIRST_ANSWER = "3,13"  # of BREAKEVEN_TOKENS in the template: 690 M, as in the catalogue
WORDS = ("right", "wrong")
NAME = {"error": 525, "shows": "#NAME?"}
UNKNOWN = {"xls": {"error": 530, "shows": "#ADDIN?"}}
MAPS_NAMES = [24, 8]
"""A release that reads and writes Excel's names in an .xlsx by itself; 7.4 does not."""


@pytest.fixture(scope="module")
def bare() -> Iterator[Office]:
    """A LibreOffice without the add-in."""
    with running(None) as office:
        yield office


@pytest.fixture(scope="module")
def ods(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The template as a file."""
    path = tmp_path_factory.mktemp("template") / "functions.ods"
    path.write_bytes(template())
    return str(path)


def words(cells: dict[str, Any]) -> Counter[str]:
    """How many checks say right, and how many wrong."""
    return Counter(v for sheet in cells.values() for v in sheet.values() if v in WORDS)


def test_every_function_of_the_template_is_right(calc: Office, ods: str) -> None:
    """Its checks compare with the examples of the catalogue."""
    calc.ask("open", ods)
    assert words(calc.ask("read")) == {"right": len(FUNCTIONS)}


def test_the_template_recalculates(calc: Office, ods: str) -> None:
    """An API at 20 becomes one at 10, at which a full node never pays: 13.89 per million."""
    calc.ask("open", ods)
    assert calc.ask("read")["Functions"][FIRST_ANSWER] == 690e6
    calc.ask("fill", [[3, 6, 10.0]], [])
    assert calc.ask("read")["Functions"][FIRST_ANSWER]["shows"] == "#N/A"


def test_the_template_is_the_same_bytes_each_time() -> None:
    """Nobody has to wonder what changed."""
    assert template() == template()


def test_without_the_add_in_the_template_shows_no_number(bare: Office, ods: str) -> None:
    """An answer that nothing computed would be worse than an error."""
    bare.ask("open", ods)
    cells = bare.ask("read")
    assert cells["Functions"][FIRST_ANSWER] == NAME
    assert words(cells) == {}


@pytest.mark.parametrize(
    "kind",
    ["ods", *(pytest.param(kind, marks=pytest.mark.slow) for kind in ("fods", "xlsx", "xls"))],
)
def test_saving_and_opening_again_keeps_every_function(
    calc: Office, bare: Office, ods: str, tmp_path: Path, kind: str
) -> None:
    """Through a LibreOffice without the add-in too: it shows an error and keeps the formula."""
    saved, again = str(tmp_path / f"saved.{kind}"), str(tmp_path / f"again.{kind}")
    calc.ask("open", ods)
    calc.ask("save", saved)
    bare.ask("open", saved)
    bare.ask("calculate")  # a long .fods keeps the numbers it was saved with until then
    assert bare.ask("read")["Functions"][FIRST_ANSWER] == UNKNOWN.get(kind, NAME)
    bare.ask("save", again)
    for path in (saved, again):
        calc.ask("open", path)
        assert words(calc.ask("read")) == {"right": len(FUNCTIONS)}


def stored(path: str, part: str) -> str:
    """The XML of one part of a file."""
    with zipfile.ZipFile(path) as file:
        return file.read(part).decode()


def test_each_format_stores_the_name_that_the_page_says(
    calc: Office, ods: str, tmp_path: Path
) -> None:
    """An .ods always has the long name; an .xlsx has Excel's from LibreOffice 24.8 or so on."""
    long = f"{SERVICE.upper()}.BREAKEVENTOKENS("
    calc.ask("open", ods)
    for kind in ("ods", "xlsx"):
        calc.ask("save", str(tmp_path / f"saved.{kind}"))
    assert f"of:={long}" in stored(str(tmp_path / "saved.ods"), "content.xml")
    sheet = stored(str(tmp_path / "saved.xlsx"), "xl/worksheets/sheet1.xml")
    short = calc.ask("release")[:2] >= MAPS_NAMES
    assert (long in sheet, "BREAKEVEN_TOKENS(" in sheet) == (not short, short)


SPELLINGS = {
    "RENT_PER_MONTH(2)": 1_460.0,
    "rent_per_month(2)": 1_460.0,
    "[1]!RENT_PER_MONTH(2)": 1_460.0,
    "'evenpoint.xlam'!RENT_PER_MONTH(2)": 1_460.0,
    r"'C:\My add-ins\evenpoint.xlam'!RENT_PER_MONTH(2)": 1_460.0,
    "_xll.RENT_PER_MONTH(2)": 1_460.0,
    "_xldudf_RENT_PER_MONTH(2)": 1_460.0,
    "_xldudf_EVENPOINT_RENT_PER_MONTH(2)": 1_460.0,
    '_xlfn.IFNA(RENT_PER_MONTH(2),"never")+_xll.RENT_PER_MONTH(1)': 2_190.0,
    '"[1]!RENT_PER_MONTH("&2': "[1]!RENT_PER_MONTH(2",
}
"""How Excel stores a call, and what it must give: 730 hours at 2, or at 1."""


def test_calls_from_excel_work_under_every_spelling(calc: Office, tmp_path: Path) -> None:
    """The document does not count as changed, and an array stays an array."""
    book = openpyxl.Workbook()
    for row, formula in enumerate(SPELLINGS, 1):
        book.active.cell(row, 1, f"={formula}")
    book.active["C1"] = ArrayFormula("C1:C2", "=_xll.RENT_PER_MONTH({1;2})")
    other = book.create_sheet("Other")
    other["B2"] = "=[1]!RENT_PER_MONTH(Sheet!C1)"
    path = tmp_path / "excel.xlsx"
    book.save(path)
    calc.ask("open", str(path))
    cells = calc.ask("read")
    found = {f: cells["Sheet"].get(f"0,{row}") for row, f in enumerate(SPELLINGS)}
    assert found == SPELLINGS
    assert [cells["Sheet"][f"2,{row}"] for row in (0, 1)] == [730.0, 1_460.0]
    assert cells["Other"]["1,1"] == 730 * 730.0
    assert not calc.ask("modified")


def test_the_command_repairs_what_libreoffice_saved(
    calc: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Excel's names are back in every formula, and the other parts are as they were."""
    book = openpyxl.Workbook()
    book.active["A1"] = "=RENT_PER_MONTH(2)+TCO_3YR(1,2,3)"
    book.active["A2"] = ArrayFormula("A2:A3", "=RENT_PER_MONTH({1;2})")
    book.active["A4"] = "ORG.EVENPOINT.CALC is a text"
    source, path = tmp_path / "excel.xlsx", tmp_path / "saved.xlsx"
    book.save(source)
    calc.ask("open", str(source))
    calc.ask("save", str(path))
    before = parts(path)
    assert main(["addin", "repair", str(path)]) == 0
    told = capsys.readouterr().out
    after = parts(path)
    short = calc.ask("release")[:2] >= MAPS_NAMES
    assert told == f"{path}: {'nothing to repair' if short else '3 formulas repaired'}.\n"
    changed = [name for name in before if before[name] != after[name]]
    assert changed == ([] if short else ["xl/worksheets/sheet1.xml"])
    calls = re.findall(r"[\w.]+(?=\()", " ".join(map(str, formulas(path)["Sheet"].values())))
    assert sorted(calls) == ["RENT_PER_MONTH", "RENT_PER_MONTH", "TCO_3YR"]


def parts(path: Path) -> dict[str, bytes]:
    """Every part of a file."""
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


def test_a_file_that_is_no_workbook_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In one sentence that names it, and it stays as it is."""
    path = tmp_path / "notes.xlsx"
    path.write_text("hello")
    assert main(["addin", "repair", str(path)]) == 2
    assert "notes.xlsx cannot be read as an .xlsx workbook" in capsys.readouterr().err
    assert path.read_text() == "hello"


@pytest.mark.slow
def test_a_budget_is_the_same_with_and_without_the_add_in(
    calc: Office, bare: Office, tmp_path: Path
) -> None:
    """Its formulas are native; both give what the file has stored."""
    path = write(tmp_path, "budget", budget(corner("rented"), "base"))
    found = []
    for office in (calc, bare):
        office.ask("open", str(path))
        office.ask("calculate")
        found.append(office.ask("read"))
    assert found[0] == found[1]
    numbers = [v for cells in found[0].values() for v in cells.values() if isinstance(v, float)]
    assert len(numbers) > 1_000
    used = " ".join(str(v) for sheet in formulas(path).values() for v in sheet.values())
    assert [entry.name for entry in FUNCTIONS if f"{entry.name}(" in used] == []
    for reference, value in cached(path)["Summary"].items():
        if isinstance(value, float):
            row, column = coordinate_to_tuple(reference)
            shown = found[0]["Summary"][f"{column - 1},{row - 1}"]
            assert shown == pytest.approx(value, rel=1e-9), reference


def test_the_workbook_of_examples_has_its_answers_from_the_add_in(
    calc: Office, bare: Office, tmp_path: Path
) -> None:
    """Every check is right with it; without it none is wrong."""
    path = tmp_path / "examples.xlsx"
    path.write_bytes(examples())
    calc.ask("open", str(path))
    assert words(calc.ask("read")) == {"right": 2 * len(FUNCTIONS)}
    bare.ask("open", str(path))
    assert words(bare.ask("read"))["wrong"] == 0
