"""A frozen workbook has values where it called our functions, and is otherwise the same file."""

import zipfile

import openpyxl
import pytest
from xlsxwriter import Workbook

from install.command import main
from install.freezing import calls_ours, frozen
from tests.engines import recalculate
from workbooks.file.refusal import RefreshError
from workbooks.sheets.examples import examples

SPELLINGS = (
    "{}",
    "_xll.{}",
    "_xldudf_{}",
    "[1]!{}",
    "'C:\\add\\evenpoint.xlam'!{}",
    "evenpoint.xlam!{}",
)


def calling(path, *calls, values=None):
    """A workbook with a call in each row of column B, and a native formula beside it."""
    book = Workbook(path)
    sheet = book.add_worksheet("Board")
    for row, call in enumerate(calls):
        shown = 100 + row if values is None else values[row]
        sheet.write_formula(row, 1, f"={call}", None, shown)
        sheet.write_formula(row, 2, f"=B{row + 1} * 2", None, 200 + 2 * row)
    sheet.write("A1", "label")
    sheet.protect()
    sheet.conditional_format("B1:B2", {"type": "cell", "criteria": ">", "value": 0})
    sheet.set_landscape()
    book.close()
    return path


def parts(path):
    with zipfile.ZipFile(path) as book:
        return {item.filename: book.read(item) for item in book.infolist()}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_of_a_call_is_ours(spelling):
    """However a program stores the name, the call is found; in quotes it is text."""
    call = spelling.format("BREAKEVEN_TOKENS(1, 2, 3)")
    assert calls_ours(f"IFERROR({call}, 0)")
    assert not calls_ours('"BREAKEVEN_TOKENS(1)" & A1')
    assert not calls_ours("OUR_BREAKEVEN_TOKENS(1)")
    assert not calls_ours("SUM(A1:A2)")


def test_values_replace_calls_and_nothing_else_changes(tmp_path, capsys):
    """Only the sheet's part differs; native formulas, styles and protection stay."""
    calls = [each.format("BREAKEVEN_TOKENS(10, 5400, 3E9)") for each in SPELLINGS]
    path = calling(tmp_path / "board.xlsx", *calls)
    assert main(["freeze", str(path)]) == 0
    assert "Board!B1: =BREAKEVEN_TOKENS(10, 5400, 3E9) is now 100" in capsys.readouterr().out
    old, new = parts(path), parts(tmp_path / "board frozen.xlsx")
    assert list(old) == list(new)
    assert [name for name in old if old[name] != new[name]] == ["xl/worksheets/sheet1.xml"]
    book = openpyxl.load_workbook(tmp_path / "board frozen.xlsx")["Board"]
    assert [book[f"B{row}"].value for row in range(1, 7)] == [100, 101, 102, 103, 104, 105]
    assert book["C1"].value == "=B1 * 2"
    assert book.protection.sheet
    notes = {str(rule.sqref): rule.prompt for rule in book.data_validations.dataValidation}
    assert notes["B1"] == "=BREAKEVEN_TOKENS(10, 5400, 3E9)"


@pytest.mark.parametrize("spelling", [*SPELLINGS, "breakeven_tokens", "{} "])
def test_a_sheet_with_one_call_is_read(spelling, tmp_path):
    """Sheets that call nothing of ours are left unread; no spelling makes a sheet one of them."""
    call = spelling.format("BREAKEVEN_TOKENS") + "(10, 5400, 3E9)"
    path = calling(tmp_path / "board.xlsx", call)
    assert [each.cell for each in frozen(path).cells] == ["B1"]


def test_a_letter_written_as_a_number_is_read(tmp_path):
    """XML may write any letter so."""
    path, spelled = calling(tmp_path / "board.xlsx", "TCO_3YR(1, 2, 3, 4)"), tmp_path / "odd.xlsx"
    held = parts(path)
    name = "xl/worksheets/sheet1.xml"
    held[name] = held[name].replace(b"TCO_3YR", b"&#84;CO_3YR")
    with zipfile.ZipFile(spelled, "w") as book:
        for each, content in held.items():
            book.writestr(each, content)
    assert [each.cell for each in frozen(spelled).cells] == ["B1"]


def test_both_programs_open_the_copy(tmp_path, soffice):
    """LibreOffice computes the native formula from the frozen value."""
    path = calling(tmp_path / "board.xlsx", "_xll.TCO_3YR(1, 2, 3, 4)")
    assert main(["freeze", str(path), "--out", str(tmp_path / "out.xlsx")]) == 0
    book = recalculate([tmp_path / "out.xlsx"])[tmp_path / "out.xlsx"]
    assert (book["Board"]["B1"], book["Board"]["C1"]) == (100, 200)


def test_the_examples_freeze_whole(tmp_path):
    """Each call of the workbook for Lite becomes the answer stored with it."""
    path = tmp_path / "lite.xlsx"
    path.write_bytes(examples(lite=True))
    done = frozen(path)
    (tmp_path / "done.xlsx").write_bytes(done.content)
    book = openpyxl.load_workbook(tmp_path / "done.xlsx")
    texts = [str(c.value) for sheet in book for row in sheet for c in row if c.data_type == "f"]
    assert len(done.cells) > 40
    assert not any(map(calls_ours, texts))
    stored = openpyxl.load_workbook(path, data_only=True)
    for each in done.cells:
        assert book[each.sheet][each.cell].value == stored[each.sheet][each.cell].value


def test_a_book_without_calls_is_the_same_file(tmp_path):
    """There is nothing to do, and nothing is done."""
    path = calling(tmp_path / "plain.xlsx", "SUM(1, 2)")
    assert frozen(path).content == path.read_bytes()


def test_without_a_value_it_refuses(tmp_path, capsys):
    """A formula that was never computed, or without the add-in, has nothing to keep."""
    path = calling(tmp_path / "name.xlsx", "TCO_3YR(1, 2, 3, 4)", values=["#NAME?"])
    with pytest.raises(RefreshError, match=r"Board!B1: .* shows #NAME\?; it was last computed"):
        frozen(path)
    book = openpyxl.Workbook()
    book.active["B2"] = "=TCO_3YR(1, 2, 3, 4)"
    book.save(tmp_path / "none.xlsx")
    assert main(["freeze", str(tmp_path / "none.xlsx")]) == 2
    assert (
        "Sheet!B2: the formula TCO_3YR(1, 2, 3, 4) has no stored value" in capsys.readouterr().err
    )
    assert not (tmp_path / "none frozen.xlsx").exists()


def test_an_error_that_means_something_is_kept(tmp_path):
    """#N/A says that there is no break-even."""
    path = calling(tmp_path / "na.xlsx", "BREAKEVEN_TOKENS(1, 2, 3)", values=["#N/A"])
    (only,) = frozen(path).cells
    assert only.shown == "#N/A"


CHAIN = (
    '<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{}</calcChain>'
)
KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"


def chained(path, entries):
    """Give a workbook the list in which Excel keeps the order of its calculation."""
    old = parts(path)
    rels, types = "xl/_rels/workbook.xml.rels", "[Content_Types].xml"
    link = f'<Relationship Id="rIdC" Type="{KIND}" Target="calcChain.xml"/></Relationships>'
    kind = f'<Override PartName="/xl/calcChain.xml" ContentType="{TYPE}"/></Types>'
    old[rels] = old[rels].replace(b"</Relationships>", link.encode())
    old[types] = old[types].replace(b"</Types>", kind.encode())
    old["xl/calcChain.xml"] = CHAIN.format(entries).encode()
    with zipfile.ZipFile(path, "w") as book:
        for name, data in old.items():
            book.writestr(name, data)
    return path


def test_the_order_of_calculation_forgets_frozen_cells(tmp_path):
    """Excel repairs a file whose list names a cell without a formula."""
    path = calling(tmp_path / "chain.xlsx", "TCO_3YR(1, 2, 3, 4)")
    (tmp_path / "done.xlsx").write_bytes(
        frozen(chained(path, '<c r="B1" i="1"/><c r="C1"/>')).content
    )
    assert parts(tmp_path / "done.xlsx")["xl/calcChain.xml"] == (
        CHAIN.format('<c r="C1" i="1"/>').encode()
    )


def test_an_empty_order_of_calculation_is_no_longer_listed(tmp_path):
    """A list without a cell is not valid, so nothing leads to it."""
    path = calling(tmp_path / "chain.xlsx", "TCO_3YR(1, 2, 3, 4)")
    (tmp_path / "done.xlsx").write_bytes(frozen(chained(path, '<c r="B1" i="1"/>')).content)
    done = parts(tmp_path / "done.xlsx")
    assert b"calcChain" not in done["xl/_rels/workbook.xml.rels"] + done["[Content_Types].xml"]
    assert openpyxl.load_workbook(tmp_path / "done.xlsx")["Board"]["B1"].value == 100
