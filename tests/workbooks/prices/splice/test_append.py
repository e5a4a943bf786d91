"""New models get rows only on request, and everything that ended at the last row reaches them."""

import warnings
from pathlib import Path

import openpyxl
import pytest

from tests import engines
from tests.workbooks.prices.splice import rich
from workbooks.prices.splice import RefreshError, apply_refresh, plan_refresh

SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """The rich workbook."""
    return rich.workbook(tmp_path / "budget.xlsm")


def grown(book: Path) -> dict[str, str]:
    """Return the parts after a refresh that adds the new model."""
    apply_refresh(book, plan_refresh(book, rich.NEW, append=True))
    return {name: data.decode(errors="replace") for name, data in rich.parts_of(book).items()}


def test_unknown_models_are_only_reported_without_a_request(book: Path) -> None:
    """The table stays as long as it is."""
    changes = plan_refresh(book, rich.NEW)
    assert (changes.unknown, changes.added) == (("=1+1|x",), ())
    assert "xl/tables/table1.xml" not in changes.parts


def test_the_table_and_its_filter_reach_the_new_row(book: Path) -> None:
    """Formulas with the name of the table see it from then on."""
    table = grown(book)["xl/tables/table1.xml"]
    assert 'displayName="tblPrices" ref="A3:G9"' in table
    assert '<autoFilter ref="A3:G9"/>' in table


def test_formats_validations_lists_names_and_print_area_reach_the_new_row(book: Path) -> None:
    """In the old and in the extended form, on the sheet and on others."""
    parts = grown(book)
    sheet = parts[SHEET]
    for ranged in (
        '<conditionalFormatting sqref="D4:D9">',
        '<conditionalFormatting sqref="G4:G9">',
    ):
        assert ranged in sheet
    assert 'sqref="F4:F9"><formula1>' in sheet
    assert "<xm:sqref>D4:D9</xm:sqref>" in sheet
    assert "<xm:f>Prices!$B$4:$B$9</xm:f></x14:formula1><xm:sqref>B4:B9</xm:sqref>" in sheet
    assert "<formula1>Prices!$A$4:$A$9</formula1>" in parts["xl/worksheets/sheet2.xml"]
    assert ">Prices!$A$4:$A$9</definedName>" in parts["xl/workbook.xml"]
    assert ">Prices!$A$1:$I$9</definedName>" in parts["xl/workbook.xml"]


def test_a_sparkline_and_a_chart_keep_their_ranges(book: Path) -> None:
    """They are drawings of somebody's choice."""
    assert "<xm:f>Prices!C4:C8</xm:f><xm:sqref>I4</xm:sqref>" in grown(book)[SHEET]


def test_the_new_row_has_the_styles_and_formulas_of_the_last(book: Path, soffice: str) -> None:
    """A calculated column computes the new row, too."""
    row = grown(book)[SHEET].partition('r="9">')[2].partition("</row>")[0]
    assert '<c r="C9" s="2"><v>1.1</v></c>' in row
    assert '<c r="G9" s="2"><f>(3*tblPrices[[#This Row],[Input]]' in row
    made = engines.recalculate([book])[book]
    assert made["Prices"]["G9"] == pytest.approx((3 * 1.1 + 4.4) / 4)


def test_vendor_text_never_becomes_a_formula(book: Path, soffice: str) -> None:
    """Whatever it begins with, it is stored as text, and shown as it is."""
    texts = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=cmd|"/c calc"!A1', "_x003D_1", "a\x01<&>"]
    new = [{"Model": text, "Provider": "p", "Input": 1.0} for text in texts[:4]]
    new += [{"Model": f"m{n}", "Provider": text, "Input": 1.0} for n, text in enumerate(texts[4:])]
    apply_refresh(book, plan_refresh(book, new, append=True))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says what it would lose; it only reads
        written = openpyxl.load_workbook(book)["Prices"]
    assert [written.cell(9 + n, 1).value for n in range(4)] == texts[:4]
    assert {written.cell(9 + n, 1).data_type for n in range(8)} <= {"s", "inlineStr"}
    assert {written.cell(9 + n, 2).data_type for n in range(8)} <= {"s", "inlineStr"}
    sheet = rich.parts_of(book)[SHEET].decode()
    assert "_x005F_x003D_1" in sheet
    assert "a_x0001_&lt;&amp;&gt;" in sheet
    made = engines.recalculate([book])[book]["Prices"]
    assert [made[f"A{9 + n}"] for n in range(4)] == texts[:4]


def test_a_second_request_adds_nothing(book: Path) -> None:
    """The rows are there."""
    grown(book)
    again = plan_refresh(book, rich.NEW, append=True)
    assert (again.added, again.parts) == ((), {})


def test_shared_formulas_and_references_are_carried_on(book: Path) -> None:
    """Rows below the first of a shared formula have no text of their own."""
    text = "(3*tblPrices[[#This Row],[Input]]+tblPrices[[#This Row],[Output]])/4"
    parts = rich.parts_of(book)
    sheet = parts[SHEET].decode()
    first, *rest = sheet.split(f"<f>{text}</f>")
    joined = f'{first}<f t="shared" ref="G4:G8" si="0">3*C4+$D$4</f>' + (
        '<f t="shared" si="0"/>'.join(rest)
    )
    rich.pack(book, parts | {SHEET: joined.encode()})
    assert '<c r="G9" s="2"><f>3*C9+$D$4</f></c>' in grown(book)[SHEET]


def test_cells_beside_the_table_stay_where_a_row_is_added(book: Path) -> None:
    """A row that is there already keeps what others have put into it."""
    parts = rich.parts_of(book)
    old = b'<row r="10"'
    new = b'<row r="9"><c r="B9" s="2"/><c r="I9"><v>7</v></c></row><row r="10"'
    rich.pack(book, parts | {SHEET: parts[SHEET].replace(old, new)})
    row = grown(book)[SHEET].partition('<row r="9">')[2].partition("</row>")[0]
    assert row.startswith('<c r="A9"')
    assert row.count('r="B9"') == 1
    assert row.endswith('<c r="I9"><v>7</v></c>')


@pytest.mark.parametrize(
    ("part", "old", "new", "reason"),
    [
        (
            SHEET,
            '<row r="10"',
            '<row r="9"><c r="B9"><v>1</v></c></row><row r="10"',
            "cell B9 is in the way",
        ),
        (
            SHEET,
            "</sheetData>",
            '</sheetData><mergeCells count="1"><mergeCell ref="F9:H9"/></mergeCells>',
            "merged cells F9:H9",
        ),
        ("xl/tables/table1.xml", "totalsRowShown", 'totalsRowCount="1" totalsRowShown', "totals"),
    ],
)
def test_what_is_in_the_way_is_named(
    book: Path, part: str, old: str, new: str, reason: str
) -> None:
    """Nothing is pushed down, and nothing overwritten."""
    rich.replaced(book, part, old, new)
    before = book.read_bytes()
    with pytest.raises(RefreshError, match=reason):
        plan_refresh(book, rich.NEW, append=True)
    assert book.read_bytes() == before
