"""Each rule finds what was planted against it, and nothing in what we write ourselves."""

import json
import random
import subprocess
import sys
import zipfile

import pytest
from openpyxl.formula.translate import Translator
from xlsxwriter import Workbook

from install.command import main
from tests.workbooks.budgets import CORNERS, corner, write
from tests.workbooks.lint.bad import PLANTED, bad_book
from workbooks.file.refusal import RefreshError
from workbooks.lint import reading
from workbooks.lint.formula import moved, parse
from workbooks.lint.linting import lint
from workbooks.lint.rules import BY_HAND, RULES
from workbooks.sheets.budget import budget
from workbooks.sheets.examples import examples
from workbooks.sheets.template import template


@pytest.fixture(scope="module")
def bad(tmp_path_factory):
    return bad_book(tmp_path_factory.mktemp("bad") / "bad.xlsx")


@pytest.fixture(scope="module")
def findings(bad):
    return lint(bad)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.number} {rule.name}")
def test_a_planted_fault_is_found(findings, rule):
    """The finding names the rule, the sheet and the cell of the fault planted against it."""
    found = [(each.sheet, each.cell) for each in findings if each.rule is rule]
    assert PLANTED[rule.number] in found


def test_a_large_sheet_is_held_against_the_same_rules(bad, findings, monkeypatch):
    """Cells that are made anew each time, as those of a sheet too large to keep them all."""
    monkeypatch.setattr(reading, "AT_HAND", 0)
    assert lint(bad) == findings


def test_a_circle_through_a_long_column_is_found(tmp_path):
    """Thousands of cells that read one block, and one of the block reads one of them."""
    with Workbook(tmp_path / "long.xlsx") as book:
        sheet = book.add_worksheet("Long")
        for row in range(5000):
            sheet.write_formula(row, 0, "=ROW()")
            sheet.write_formula(row, 1, "=SUM($A$1:$A$5000)")
    rule = next(rule for rule in RULES if rule.number == 16)
    assert not [each for each in lint(tmp_path / "long.xlsx") if each.rule is rule]
    with Workbook(tmp_path / "round.xlsx") as book:
        sheet = book.add_worksheet("Long")
        for row in range(5000):
            sheet.write_formula(row, 0, "=B1+1" if row == 2999 else "=ROW()")
            sheet.write_formula(row, 1, "=SUM($A$1:$A$5000)")
    (found,) = (each for each in lint(tmp_path / "round.xlsx") if each.rule is rule)
    assert found.cell in {"B1", "A3000"}


@pytest.mark.parametrize(
    "text",
    ["A1+$A1+A$1+$A$1", "SUM(B2:$C9)*'My sheet'!B2", "SUM(C:C)+SUM($C:D)+SUM(2:3)", '"A1"&Z9'],
)
@pytest.mark.parametrize(("down", "right"), [(0, 0), (3, 2), (700, 30)])
def test_a_shared_formula_moves_as_openpyxl_moves_it(text, down, right):
    """Excel stores the text of a pattern once, and each cell has it moved to its place."""
    theirs = Translator(f"={text}", "E5").translate_formula(row_delta=down, col_delta=right)
    assert f"={moved(text, down, right)}" == theirs


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="it does not tell a process's memory")
def test_a_million_cells_take_little_memory(tmp_path):
    """200 bytes a cell, so that a workbook of four million is read in less than 1 GB."""
    path, program = tmp_path / "large.xlsx", "import sys\n"
    with Workbook(path, {"constant_memory": True}) as book:
        for sheet in map(book.add_worksheet, ("Calc", "Inputs")):
            for row in range(25_000):
                for column in range(18):
                    sheet.write_number(row, column, row + column / 7)
                sheet.write_string(row, 18, "a text")
                sheet.write_formula(row, 19, f"=A{row + 1} + B{row + 1}", None, 1.5)
    program += "from install.command import main\nmain(sys.argv[1:])\n"
    # not getrusage, whose peak is that of the test process where that one was larger
    program += "print(open('/proc/self/status').read().split('VmHWM:')[1].split()[0])"
    command = [sys.executable, "-c", program, "lint", str(path)]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    kilobytes = int(told.stdout.splitlines()[-1])
    assert kilobytes / 1000 < 100 + 200


def test_every_rule_of_the_checklist_is_there():
    """45 rules, each once: 41 that a file decides, and 4 that it cannot."""
    assert [*(rule.number for rule in RULES), *BY_HAND] == list(range(1, 46))


@pytest.mark.parametrize("name", CORNERS)
def test_our_budgets_break_no_rule(name, tmp_path):
    """Every corner of what a plan can be gives a workbook without a finding."""
    assert list(map(str, lint(write(tmp_path, name, budget(corner(name)))))) == []


def test_our_template_and_examples_break_no_rule(tmp_path):
    """The template, and the examples as desktop and as Lite add-in."""
    ours = {"template": template(), "examples": examples(), "lite": examples(lite=True)}
    found = [f for name, content in ours.items() for f in lint(write(tmp_path, name, content))]
    assert list(map(str, found)) == []


def test_the_command_names_rule_cell_and_mending(bad, capsys):
    """Text for people, JSON for programs, exit code 1 for a book with findings."""
    assert main(["lint", str(bad)]) == 1
    told = capsys.readouterr().out
    assert "12 Nothing volatile (FAST Standard 4.01-03)" in told
    assert "Monthly!C15: TODAY computes anew at every change" in told
    assert "Use INDEX for a place, an input for a date" in told
    assert main(["lint", str(bad), "--json"]) == 1
    rows = json.loads(capsys.readouterr().out)["findings"]
    volatile = next(row for row in rows if row["rule"] == 12)
    assert (volatile["sheet"], volatile["cell"]) == ("Monthly", "C15")


def test_a_sound_book_exits_with_0(tmp_path, capsys):
    """Nothing found is success, so that a script can rely on it."""
    assert main(["lint", str(write(tmp_path, "sound", examples()))]) == 0
    assert "0 findings" in capsys.readouterr().out


def test_faults_alike_are_told_once(findings):
    """Fourteen months of dates are one finding, and as many costs another, each counted."""
    typed = [f for f in findings if f.rule.number == 4 and f.sheet == "Monthly"]
    assert [(f.cell, f.more) for f in typed] == [("E5", 13), ("E9", 15)]  # and A11


@pytest.mark.parametrize(
    ("text", "spaced"),
    [
        ("SUM(A1, B1) + 2", True),
        ("SUM(A1,B1)", False),
        ("A1+B1", False),
        ("IF(A1 > 0, -1, -B2)", True),
        ('"a,b" & A1', True),
        ("A1 * -1", True),
        ("1E-9 * A1", True),
    ],
)
def test_spacing_is_judged_outside_texts_and_signs(text, spaced):
    """A sign is no operator, and what stands in quotes is nobody's business."""
    assert parse(text).is_spaced is spaced


def test_odd_books_are_looked_at(tmp_path):
    """Empty sheets, sheets of charts, and ranges over the whole sheet are no obstacle."""
    path = tmp_path / "odd.xlsx"
    book = Workbook(path)
    book.add_worksheet("Empty")
    sheet = book.add_worksheet("Größe ' & <odd>")
    sheet.write_formula("A1", "=SUM(B1:XFD1048576)", None, 0)
    sheet.write_formula("A2", "=SUM(1:1048576) + SUM(A:XFD)", None, "")
    sheet.write_formula("A3", "=SUM(A1:XFD1048576)", None, 0)
    sheet.write("XFD1048576", "far away")
    sheet.merge_range("C1:D2", "")
    book.add_chartsheet("Chart").set_chart(_chart(book))
    book.close()
    with zipfile.ZipFile(path) as old:
        parts = {item.filename: old.read(item) for item in old.infolist()}
    name = "xl/worksheets/sheet2.xml"
    wide = parts[name].replace(b'ref="C1:D2"', b'ref="C1:XFC1048576"')
    _write(path, parts | {name: wide})
    numbers = {finding.rule.number for finding in lint(path)}
    assert {1, 16, 32} <= numbers  # A3 sums a range it lies in itself


def _chart(book):
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": "=Empty!$A$1:$A$3"})
    return chart


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not an Excel workbook"),
        (b"Model,Price\n", "not an Excel workbook"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "old .xls"),
        (b"PK\3\4" + bytes(200), "damaged"),
    ],
)
def test_what_is_no_workbook_is_refused_in_a_sentence(content, said, tmp_path, capsys):
    """Exit code 2 and one line, never a traceback."""
    path = tmp_path / "no.xlsx"
    path.write_bytes(content)
    assert main(["lint", str(path)]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1


def test_a_bomb_is_not_unpacked(bad, tmp_path):
    """A part that unpacks to a thousand times its size is refused."""
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(bad) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            data = old.read(item)
            bomb = item.filename == "xl/worksheets/sheet4.xml"
            new.writestr(
                item,
                data.replace(b"<sheetData>", b"<sheetData>" + b" " * 50_000_000) if bomb else data,
            )
    with pytest.raises(RefreshError, match="more than a workbook may hold"):
        lint(path)


def test_damaged_books_never_end_in_a_traceback(bad, tmp_path):
    """Bytes changed at random in any part give findings or one sentence."""
    with zipfile.ZipFile(bad) as book:
        parts = {item.filename: book.read(item) for item in book.infolist()}
    chance = random.Random(7)
    outcomes = set()
    for number in range(120):
        path = tmp_path / f"{number}.xlsx"
        _write(path, _mutated(parts, chance))
        try:
            outcomes.add(bool(lint(path)))
        except RefreshError as error:
            outcomes.add("refused" if "\n" not in str(error) else str(error))
    assert outcomes == {True, "refused"}


def _mutated(parts, chance):
    """Change a few digits or letters of one part, or cut it short."""
    name = chance.choice(sorted(parts))
    data = bytearray(parts[name])
    if chance.random() < 0.2:
        data = data[: chance.randrange(len(data))]
    for _ in range(chance.randrange(1, 6)):
        places = [i for i, byte in enumerate(data) if chr(byte).isalnum()]
        if places:
            data[chance.choice(places)] = ord(chance.choice("0179AZaz-."))
    return parts | {name: bytes(data)}


def _write(path, parts):
    with zipfile.ZipFile(path, "w") as book:
        for name, data in parts.items():
            book.writestr(name, data)


def test_a_document_of_libreoffice_is_refused_in_a_sentence(tmp_path, capsys):
    """Its formulas are written otherwise, and half a reading would pass what is wrong."""
    path = tmp_path / "budget.ods"
    path.write_bytes(b"PK")
    assert main(["lint", str(path)]) == 2
    assert capsys.readouterr().err == (
        f"{path} is a document of LibreOffice; save it as .xlsx and lint that.\n"
    )
