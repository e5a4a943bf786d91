"""A budget beside which somebody keeps a sheet of data, larger than what is read whole."""

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest
import xlsxwriter

from install.command import main
from tests.install.folder.talk import copied, said
from workbooks.file import package
from workbooks.file.cells import reference
from workbooks.lint import stored

STATUS = Path("/proc/self/status")  # not getrusage, which counts what started a program, too
ROWS = 4_100
READ_WHOLE = 3_000_000  # the largest sheet of a budget has a third of it
LETTERS = [reference(1, column)[:-1] for column in range(1, 51)]
SHEET = '<sheet name="Own data" sheetId="977" r:id="rIdOwn"/></sheets>'
RELATION = (
    '<Relationship Id="rIdOwn" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships/worksheet" Target="worksheets/own.xml"/></Relationships>'
)
KIND = (
    '<Override PartName="/xl/worksheets/own.xml" ContentType="application/'
    'vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
)
ADDED = {
    "[Content_Types].xml": ("</Types>", KIND),
    "xl/workbook.xml": ("</sheets>", SHEET),
    "xl/_rels/workbook.xml.rels": ("</Relationships>", RELATION),
}


def beside_data(path: Path, rows: int, more: str = "") -> None:
    """Put a sheet of so many numbers behind the sheets of a workbook."""
    with zipfile.ZipFile(path) as old:
        parts = {each.filename: old.read(each) for each in old.infolist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        for name, data in parts.items():
            end, instead = ADDED.get(name, ("", ""))
            new.writestr(name, data.replace(end.encode(), instead.encode()) if end else data)
        with new.open("xl/worksheets/own.xml", "w", force_zip64=True) as sheet:
            for piece in numbers(rows, more):
                sheet.write(piece.encode())


def numbers(rows: int, more: str = "") -> Iterable[str]:
    yield '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    yield "<sheetData>"
    for row in range(1, rows + 1):
        held = (
            f'<c r="{letters}{row}"><v>{(row * 7919 + at * 104729) % 1000003 / 7!r}</v></c>'
            for at, letters in enumerate(LETTERS)
        )
        yield f'<row r="{row}">{"".join(held)}</row>'
    yield f'<row r="{rows + 1}">{more}</row></sheetData></worksheet>'


def of_own(path: Path) -> bytes:
    """Return the sheet of data as it stands in the file."""
    with zipfile.ZipFile(path) as book:
        return book.read("xl/worksheets/own.xml")


@pytest.fixture
def folder(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A budget folder whose workbook has more data than is read whole."""
    made = tmp_path_factory.mktemp("made") / "budget"
    assert main(["init", str(made)]) == 0
    copy = copied(made, tmp_path / "budget")
    monkeypatch.chdir(copy)
    beside_data(Path("budget.xlsx"), ROWS)
    monkeypatch.setattr(package, "LARGEST_PART", READ_WHOLE)
    return copy


@pytest.mark.slow
def test_commands_read_past_a_sheet_of_data(folder, capsys):
    """Nobody loads it: each command answers though no part of that size may be read whole."""
    book, before = Path("budget.xlsx"), of_own(Path("budget.xlsx"))
    assert len(before) > READ_WHOLE
    said(capsys, "freeze", str(book), "--out", "frozen.xlsx")
    said(capsys, "budget", "--from", str(book), "--out", "other.xlsx")
    said(capsys, "prices", "refresh", "--workbook", str(book), "--offline", "--apply")
    Path("list.csv").write_text(
        "Model,Input (USD/1M),Output (USD/1M),From\nopenai/o3,3,11,2026-10-01\n", "utf-8"
    )
    said(capsys, "add", "list.csv", "--provider", "openai", "--yes")
    assert "Wrote" in said(capsys, "update", "--offline")
    assert main(["lint", str(book)]) in (0, 1)
    assert of_own(book) == of_own(Path("frozen.xlsx")) == before


@pytest.mark.slow
def test_a_renamed_sheet_is_found_beside_a_sheet_of_data(folder, capsys):
    """The data has more cells than any sheet of ours, so it is not searched, nor refused."""
    book = Path("budget.xlsx")
    with zipfile.ZipFile(book) as old:
        parts = {each.filename: old.read(each) for each in old.infolist()}
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in parts.items():
            called = data.replace(b'name="Workload"', b'name="Traffic"')
            called = called.replace(b"Workload!", b"Traffic!")
            new.writestr(name, called if name == "xl/workbook.xml" else data)
    assert "Wrote" in said(capsys, "budget", "--from", str(book), "--out", "other.xlsx")


def test_lint_says_how_many_values_it_passed_by(tmp_path, capsys, monkeypatch):
    """Of a sheet of 205,000 numbers the first 20,000 are looked at, and an error behind them."""
    monkeypatch.setattr("workbooks.lint.linting.MOST_VALUES", 20_000)
    book = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(book) as made:
        made.add_worksheet("Cover").write("A1", "What this is for")
    beside_data(book, ROWS, '<c t="e"><v>#REF!</v></c><c><f>1/0</f><v>3</v></c>')
    assert main(["lint", str(book)]) == 1
    told = capsys.readouterr().out
    assert "values of sheet Own data, which is large" in told
    assert f"Own data!A{ROWS + 1}" in told


def test_values_are_passed_by_and_formulas_and_errors_are_not():
    """Wherever the pieces of a part end: 3 cells are kept, then what is more than a value."""
    cells = [f'<c r="A{n}" t="s"><v>{n}</v></c>' for n in range(1, 9)]
    cells[4] = '<c r="A5"><f>A1</f><v>5</v></c>'
    cells[5] = '<c r="A6" t="e"><v>#N/A</v></c>'
    cells[6] = '<c r="A7" t="inlineStr"><is><t>a</t></is></c>'
    data = "".join(cells).encode()
    for size in range(1, len(data) + 1):
        pieces = [data[at : at + size] for at in range(0, len(data), size)]
        kept, passed = stored.thinned(pieces, "it", 3)
        assert kept.count(b"<c ") + passed == 8
        assert b"A5" in kept and b"A6" in kept and b"A3" in kept  # noqa: PT018
    kept, passed = stored.thinned([bytes([each]) for each in data], "it", 3)
    assert kept == "".join([*cells[:3], *cells[4:6]]).encode()
    assert passed == 3


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A budget with some 13 million numbers in a sheet of one's own: 600 MB of XML."""
    path = tmp_path_factory.mktemp("large") / "big.xlsx"
    assert main(["budget", "mid-size", "--out", str(path)]) == 0
    beside_data(path, 270_000)
    assert path.stat().st_size > 1e8
    return path


@pytest.mark.slow
@pytest.mark.skipif(not STATUS.exists(), reason="the most memory of a program stands in no file")
@pytest.mark.parametrize(
    "words",
    [
        ("lint", "big.xlsx"),
        ("freeze", "big.xlsx", "--out", "out.xlsx"),
        ("budget", "--from", "big.xlsx", "--out", "out.xlsx"),
        ("prices", "refresh", "--workbook", "big.xlsx", "--offline", "--apply"),
    ],
    ids=lambda words: words[0],
)
def test_a_workbook_of_200_mb_takes_less_than_a_gigabyte(words, large, tmp_path, monkeypatch):
    """Each command in a program of its own, whose most memory is asked of the system."""
    monkeypatch.chdir(tmp_path)
    shutil.copyfile(large, "big.xlsx")
    command = [sys.executable, "-c", MEASURED, *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    code, peak = map(int, done.stdout.split()[-2:])
    assert code == (1 if words[0] == "lint" else 0)
    assert 10_000 < peak < 1_000_000


MEASURED = """
import re, sys
from install.command import main
code = main(sys.argv[1:])
print(code, re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1])
"""
