"""The harness itself: a workbook that is wrong must not get past it."""

import datetime
import sys
import time
import zipfile
from contextlib import closing
from itertools import chain
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl.utils.datetime import to_excel

from tests import books, engines
from tests.books import Book, Sheet
from tests.checkout import ROOT

PLAN = "Überblick 预算"
OTHER = "O'Brien & Söhne"


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook with two tables of stored values, one of them wrong, and one error."""
    path = tmp_path_factory.mktemp("books with space") / "budget.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        plan, other = workbook.add_worksheet(PLAN), workbook.add_worksheet(OTHER)
        bold = workbook.add_format({"bold": True})
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        plan.write("A1", 2, bold)
        plan.write("A2", 3)
        plan.write_blank("A3", None, bold)
        plan.write("A4", "tokens & <euros>")
        plan.write_datetime("A5", datetime.date(2026, 1, 2), day)
        plan.write_formula("B1", "=A1*A2", bold, 6)
        plan.write_formula("B2", "=A1+A2", None, 5.01)  # wrong: 2 + 3 = 5
        plan.write_formula("B3", "=1/(A1-2)", None, "#DIV/0!")
        plan.write_formula("B4", '=A4&"!"', None, "tokens & <euros>!")
        plan.write_formula("B5", "=A5+1", day, 46025)
        plan.write_formula("B6", "=A1>1", None, True)
        plan.write_formula("B7", '=""', None, "")
        plan.write_formula("B8", "=SUM(prices[EUR])", None, 4)
        plan.write_formula("B9", "='O''Brien & Söhne'!A1*2", None, 42)
        columns = [{"header": "EUR"}, {"header": "USD"}]
        plan.add_table("D1:E3", {"name": "prices", "data": [[1, 2], [3, 4]], "columns": columns})
        other.write("A1", 21)
    return path


@pytest.fixture(scope="module")
def office(book: Path, soffice: str) -> Book:
    """The same workbook as LibreOffice computes it."""
    return engines.recalculate([book])[book]


def test_both_engines_find_a_wrong_stored_value_and_an_error(book: Path, office: Book) -> None:
    """Of all cells only the one stored wrongly and the one in error are reported."""
    for other in (office, engines.ironcalc_values(book)):
        assert engines.differences(books.cached(book), other) == [
            f"{PLAN}!B2: file 5.01, {other.engine} 5, formula =A1+A2",
            f"{PLAN}!B3: file #DIV/0!, {other.engine} #DIV/0!, formula =1/(A1-2)",
        ]


def test_the_engines_agree_with_each_other(book: Path, office: Book) -> None:
    """Text, dates, booleans, structured references and other sheets mean the same to both."""
    cells = [(PLAN, f"B{row}") for row in (1, 2, 4, 5, 6, 7, 8, 9)]
    assert engines.differences(office, engines.ironcalc_values(book), cells) == []
    assert office[PLAN]["B8"] == 4  # 1 + 3, the EUR column of the table
    assert office[PLAN]["B9"] == 42  # 2 * 21 from the sheet with an apostrophe
    assert office[PLAN]["B5"] == 46025  # 3 January 2026 as Excel counts days


def test_formulas_are_kept_beside_the_values(book: Path, office: Book) -> None:
    """A computed book still shows the formulas of the file it came from."""
    assert office.formulas[PLAN]["B8"] == "=SUM(prices[EUR])"
    assert office.formulas[PLAN]["A1"] is None
    assert office[PLAN]["Z99"] is None


def test_a_file_is_read_as_openpyxl_reads_it(book: Path) -> None:
    """Cell by cell, of a small file and a large one; a date is its number."""
    for path in (book, ROOT / "workbooks" / "evenpoint-template.xlsx"):
        assert books.cached(path).sheets == theirs(path, data_only=True)
        assert books.formulas(path) == theirs(path, data_only=False)


def theirs(path: Path, data_only: bool) -> dict[str, dict[str, object]]:
    """What openpyxl finds in each filled cell, or in each with a formula."""
    with closing(openpyxl.load_workbook(path, data_only=data_only, read_only=True)) as read:
        return {
            sheet.title: {
                cell.coordinate: to_excel(v)
                if isinstance(v := cell.value, datetime.datetime)
                else v
                for cell in chain.from_iterable(sheet.iter_rows())
                if (cell.value is not None if data_only else cell.data_type == "f")
            }
            for sheet in read.worksheets
        }


def test_an_edit_changes_the_formulas_that_depend_on_it(book: Path, soffice: str) -> None:
    """A number typed over a constant reaches both engines, and a second file has its own."""
    changes = {(PLAN, "A1"): 10.5, (PLAN, "A4"): "a < b & ü", (OTHER, "A1"): True}
    other = book.with_name("other.xlsx")
    edited = books.edit(book, changes, other)
    office = engines.recalculate([book, edited])
    assert office[book][PLAN]["B1"] == 6
    for values in (office[edited], engines.ironcalc_values(edited)):
        assert values[PLAN]["B1"] == 31.5  # 10.5 * 3
        assert values[PLAN]["B4"] == "a < b & ü!"
        assert values[PLAN]["B9"] == 2  # 2 * TRUE


def test_an_edit_leaves_everything_but_the_cell_as_it_was(book: Path, tmp_path: Path) -> None:
    """Only the part with the sheet changes, and the cell keeps its style."""
    out = books.edit(book, {(PLAN, "A1"): 7, (PLAN, "A3"): None}, tmp_path / "out.xlsx")
    with zipfile.ZipFile(book) as before, zipfile.ZipFile(out) as after:
        assert before.namelist() == after.namelist()
        changed = [n for n in before.namelist() if before.read(n) != after.read(n)]
        assert changed == ["xl/worksheets/sheet1.xml"]
        assert b'<c r="A1" s="1"><v>7</v></c>' in after.read(changed[0])


def test_an_edit_refuses_a_cell_that_the_file_does_not_have(book: Path, tmp_path: Path) -> None:
    """A test that edits a cell which moved away must fail instead of changing nothing."""
    with pytest.raises(KeyError, match="Z9 is not in the file"):
        books.edit(book, {(PLAN, "Z9"): 1}, tmp_path / "out.xlsx")


@pytest.mark.parametrize(
    ("left", "right"), [(True, 1), (0, False), (None, ""), (1e12, 1e12 + 1), ("a", "a"), (0, 9e-10)]
)
def test_values_that_mean_the_same_are_no_difference(left: object, right: object) -> None:
    """Excel has no other way to see these apart either."""
    assert engines.differences(_book("numpy", left), _book("file", right)) == []


@pytest.mark.parametrize(
    ("left", "right"),
    [(1, 1.00000001), (None, 0), ("1", 1), ("#N/A", "#N/A"), (float("nan"), float("nan"))],
)
def test_values_that_mean_something_else_are_reported(left: object, right: object) -> None:
    """The line names the cell and both values."""
    (line,) = engines.differences(_book("numpy", left), _book("file", right))
    assert line == f"Sheet!A1: numpy {left}, file {right}"


def test_what_is_recalculated_has_every_cell_and_nothing_for_the_eye(
    book: Path, tmp_path: Path
) -> None:
    """Rows that paper repeats and charts are left out of the copy; cells, names and tables stay."""
    path, copy = tmp_path / "looks.xlsx", tmp_path / "copy.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("Plan")
        workbook.define_name("price", "=Plan!$A$2")
        sheet.write_column("A1", ["Price", 3])
        sheet.write_formula("B2", "=price*2", None, 6)
        chart = workbook.add_chart({"type": "line"})
        chart.add_series({"values": "=Plan!$A$2:$B$2"})
        sheet.insert_chart("D1", chart)
        sheet.repeat_rows(0)
        sheet.repeat_columns(0)
    engines._numbers_only(path, copy)
    for part, left_out in (("workbook", b"Print_Titles"), ("worksheets/sheet1", b"<drawing ")):
        found = [zipfile.Path(each, f"xl/{part}.xml").read_bytes() for each in (path, copy)]
        assert [left_out in content for content in found] == [True, False]
    for each in (path, book):
        engines._numbers_only(each, copy)
        assert books.formulas(copy) == books.formulas(each)
        assert books.cached(copy).sheets == books.cached(each).sheets
        assert books.names(copy) == books.names(each)
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(copy) as new:
        assert {n: old.read(n) for n in old.namelist()} == {n: new.read(n) for n in new.namelist()}


def test_pages_are_drawn_in_order(book: Path, tmp_path: Path, soffice: str, pdftoppm: str) -> None:
    """Each of the two sheets prints on one page."""
    pages = engines.render(book, tmp_path)
    assert [page.name for page in pages] == ["budget-1.png", "budget-2.png"]
    assert all(page.read_bytes()[:4] == b"\x89PNG" for page in pages)


def test_a_file_that_is_not_a_workbook_is_an_error(tmp_path: Path, soffice: str) -> None:
    """LibreOffice itself ends with success when it could not read the file."""
    bad = tmp_path / "bad.xlsx"
    bad.write_bytes(b"PK\x03\x04 and then nothing")
    with pytest.raises(RuntimeError, match="LibreOffice did not open"):
        engines.recalculate([bad])


@pytest.mark.skipif(sys.platform == "win32", reason="process groups are a Unix idea")
def test_a_program_that_hangs_is_killed_with_its_children(tmp_path: Path) -> None:
    """soffice starts another program that does the work, and that one must not stay."""
    late = tmp_path / "late"
    with pytest.raises(TimeoutError, match=r"did not finish within 0\.3 s"):
        engines._run(["sh", "-c", f"(sleep 1; echo > '{late}') & wait"], 0.3)
    time.sleep(1)
    assert not late.exists()


def _book(engine: str, value: object) -> Book:
    return Book(engine, {"Sheet": Sheet({"A1": value})})
