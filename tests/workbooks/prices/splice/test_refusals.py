"""A workbook that must not be touched is left as it is, and one sentence says why."""

import io
import os
import zipfile
from pathlib import Path

import msoffcrypto
import pytest
from msoffcrypto.format.ooxml import OOXMLFile

from install.prices.refresh import refresh_workbook
from install.terminal.refusal import Refusal
from tests.workbooks.prices.splice import rich
from workbooks.prices.splice import RefreshError, apply_refresh, plan_refresh

SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """The rich workbook."""
    return rich.workbook(tmp_path / "budget.xlsm")


def refused(path: Path, reason: str, **options: object) -> None:
    """Check that a refresh says no in one sentence and leaves the folder as it was."""
    before = path.read_bytes(), sorted(p.name for p in path.parent.iterdir())
    with pytest.raises(RefreshError, match=reason) as caught:
        plan_refresh(path, rich.NEW, **options)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)
    assert path.name.removesuffix(".xlsm") in str(caught.value)
    assert (path.read_bytes(), sorted(p.name for p in path.parent.iterdir())) == before


@pytest.mark.parametrize(
    ("lock", "program"), [("~$budget.xlsm", "Excel"), (".~lock.budget.xlsm#", "LibreOffice")]
)
def test_a_workbook_that_is_open(book: Path, lock: str, program: str) -> None:
    """Before the plan, and again before the file is written."""
    changes = plan_refresh(book, rich.NEW)
    book.with_name(lock).write_text("somebody")
    refused(book, f"is open in {program}")
    before = book.read_bytes()
    with pytest.raises(RefreshError, match=f"is open in {program}"):
        apply_refresh(book, changes)
    assert book.read_bytes() == before


def test_an_encrypted_workbook(book: Path) -> None:
    """It is told from an old .xls, which has the same first bytes."""
    out = io.BytesIO()
    with book.open("rb") as file:
        OOXMLFile(file).encrypt("secret", out)
    book.write_bytes(out.getvalue())
    with book.open("rb") as file:
        assert msoffcrypto.OfficeFile(file).is_encrypted()
    refused(book, "is encrypted; remove its password")


def test_old_and_binary_workbooks_and_other_files(tmp_path: Path, book: Path) -> None:
    """By what is in them, whatever they are called."""
    for name, data, reason in (
        ("budget.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old .xls"),
        ("budget.xlsx", b"Model;Input\nm;3\n", "not an Excel workbook"),
        ("budget.xlsx", b"", "not an Excel workbook"),
        ("budget.xlsx", b"PK\3\4" + bytes(100), "list of parts cannot be read"),
    ):
        path = tmp_path / name
        path.write_bytes(data)
        refused(path, reason)
    parts = rich.parts_of(book)
    parts["xl/workbook.bin"] = parts.pop("xl/workbook.xml")
    rels = parts["_rels/.rels"].replace(b"xl/workbook.xml", b"xl/workbook.bin")
    refused(rich.pack(book, parts | {"_rels/.rels": rels}), "is an .xlsb workbook")


def test_a_signed_workbook(book: Path) -> None:
    """Any change would break the signature."""
    rich.pack(book, rich.parts_of(book) | {"_xmlsignatures/sig1.xml": b"<x/>"})
    refused(book, "digitally signed")


def test_the_strict_format(book: Path) -> None:
    """Its names are others; Excel saves it in the ordinary one."""
    rich.replaced(
        book, "xl/workbook.xml", rich.MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main"
    )
    refused(book, "strict Open XML")


def test_a_table_that_is_not_there_is_named_with_those_that_are(book: Path) -> None:
    """So is a workbook without any table of prices."""
    refused(book, "has no table tblPrice; its tables are tblPrices", table="tblPrice")
    rich.replaced(
        book,
        "xl/tables/table1.xml",
        'name="tblPrices" displayName="tblPrices"',
        'name="t" displayName="t"',
    )
    assert plan_refresh(book, rich.NEW).table == "t"  # the only one that has prices
    rich.replaced(book, "xl/tables/table1.xml", 'name="Model"', 'name="Thing"')
    refused(book, "has no table with a column Model")


def test_more_than_one_table_of_prices(book: Path) -> None:
    """Both are named, each with its sheet; naming one helps."""
    parts = rich.parts_of(book)
    table = parts["xl/tables/table1.xml"].replace(b'"tblPrices"', b'"one"')
    rels = parts["xl/worksheets/_rels/sheet1.xml.rels"].decode()
    parts["xl/tables/table1.xml"] = table
    parts["xl/tables/table2.xml"] = table.replace(b'"one"', b'"two"').replace(b"A3:G8", b"A30:G31")
    parts["xl/worksheets/_rels/sheet1.xml.rels"] = rels.replace(
        "</Relationships>",
        f'<Relationship Id="rIdTwo" Type="{rich.R}/table" Target="/xl/tables/table2.xml"/>'
        "</Relationships>",
    ).encode()
    rich.pack(book, parts)
    refused(book, r"more than one table with prices \(one on Prices, two on Prices\)")
    assert plan_refresh(book, rich.NEW, table="ONE").changed


def test_two_columns_that_say_the_same(book: Path) -> None:
    """Which of them is the price, nobody can tell."""
    rich.replaced(book, "xl/tables/table1.xml", 'name="Output"', 'name="Input price"')
    refused(book, "two columns that say the same, 'Input' and 'Input price'")


def test_merged_price_cells(book: Path) -> None:
    """A table has none, but a file may."""
    merged = '</sheetData><mergeCells count="1"><mergeCell ref="C4:D4"/></mergeCells>'
    rich.replaced(book, SHEET, "</sheetData>", merged)
    refused(book, "C4 is merged with other cells")


def test_a_part_that_is_no_xml_or_not_in_utf8(book: Path) -> None:
    """The message names the part."""
    original = rich.parts_of(book)
    for data, reason in (
        (original[SHEET][:-30], "sheet1.xml, is damaged"),
        (original[SHEET].decode().encode("utf-16"), "not in UTF-8"),
        (original[SHEET].replace(b'"UTF-8"', b'"ISO-8859-1"'), "ISO-8859-1, not UTF-8"),
        (original[SHEET].replace(b"<worksheet", b"<!DOCTYPE w><worksheet"), "document type"),
        (original[SHEET].replace(b'r="C4"', b'r="D9"'), "out of order"),
        (original[SHEET].replace(b'r="C4"', b'r="XFE4"'), "outside the sheet"),
    ):
        rich.pack(book, original | {SHEET: data})
        refused(book, reason)


def test_two_parts_of_one_name_and_parts_that_overlap(book: Path) -> None:
    """Which one a program reads, nobody can tell."""
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(book, "a") as package:
        package.writestr(SHEET, "<x/>")
    refused(book, "the same name")
    rich.workbook(book)
    data = bytearray(book.read_bytes())
    with zipfile.ZipFile(book) as package:
        at = package.start_dir
    second = data.index(b"PK\1\2", at + 4)
    data[second + 42 : second + 46] = data[at + 42 : at + 46]
    book.write_bytes(data)
    refused(book, "overlaps|does not fit")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """A typing error in the name."""
    with pytest.raises(RefreshError, match="No such file"):
        plan_refresh(tmp_path / "budget.xlsx", rich.NEW)


def test_a_file_that_was_saved_after_the_plan(book: Path) -> None:
    """What somebody has typed in the meantime is not lost."""
    changes = plan_refresh(book, rich.NEW)
    rich.replaced(book, SHEET, "<v>0.6</v>", "<v>0.7</v>")
    saved = book.read_bytes()
    with pytest.raises(RefreshError, match="has been saved since it was read"):
        apply_refresh(book, changes)
    assert book.read_bytes() == saved


def test_a_write_protected_file(book: Path) -> None:
    """Its owner said no, and a swap of names would not ask."""
    changes = plan_refresh(book, rich.NEW)
    book.chmod(0o444)
    if os.access(book, os.W_OK):
        pytest.skip("this user may write to everything")
    with pytest.raises(RefreshError, match="is write-protected"):
        apply_refresh(book, changes)


def test_a_link_stays_a_link(book: Path, tmp_path: Path) -> None:
    """The file it leads to is the one that changes, in its own folder."""
    folder = tmp_path / "desk"
    folder.mkdir()
    link = folder / "link.xlsm"
    link.symlink_to(book)
    backup = apply_refresh(link, plan_refresh(link, rich.NEW))
    assert backup
    assert link.is_symlink()
    assert backup.parent == book.parent
    assert plan_refresh(link, rich.NEW).changed == ()


def test_the_command_says_it_in_one_sentence(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Printed are the changes, then where the old workbook is."""
    changes = refresh_workbook(book, rich.NEW)
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "Prices!C4 a/large, Input: 3 -> 2.4"
    assert told[-1].startswith("Nothing was written; --apply")
    assert len(told) == len(changes.changed) + 4
    refresh_workbook(book, rich.NEW, apply=True)
    assert "as it was before, it is budget before " in capsys.readouterr().out
    with pytest.raises(Refusal, match=r"has no table x; its tables are tblPrices\.$"):
        refresh_workbook(book, rich.NEW, table="x")
