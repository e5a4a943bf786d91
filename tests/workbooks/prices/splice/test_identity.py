"""A refresh changes the cells it reports, drops results they made wrong, and nothing else."""

import datetime
import re
import struct
import zipfile
from pathlib import Path

import pytest

from tests import books, engines
from tests.workbooks.prices.splice import rich
from workbooks.prices.splice import apply_refresh, plan_refresh

CHANGED = {  # by hand from rich.ROWS and rich.NEW; b/pro is a contract, c/open is not in the list
    "C4": (3.0, 2.4),
    "D4": (15.0, 12.0),
    "E4": (rich.DAY, rich.TODAY),
    "E5": (rich.DAY, rich.TODAY),
    "C8": (0.1, 0.09),
    "E8": (rich.DAY, rich.TODAY),
}
TOTAL = 12 * (100 * 2.4 + 200 * 0.25 + 300 * 2.5 + 400 * 0.6 + 500 * 0.09)
STALE = {f"xl/worksheets/sheet{n}.xml" for n in (1, 2, 3)}  # all but Staff reach the table
PIVOT = "xl/pivotCache/pivotCacheDefinition1.xml"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """The rich workbook."""
    return rich.workbook(tmp_path / "budget.xlsm")


def raw_entries(path: Path) -> dict[str, bytes]:
    """Return each part with its local header, exactly as it lies in the file."""
    data = path.read_bytes()
    with zipfile.ZipFile(path) as package:
        entries = sorted(package.infolist(), key=lambda entry: entry.header_offset)
        ends = [*(entry.header_offset for entry in entries[1:]), package.start_dir]
    return {e.filename: data[e.header_offset : end] for e, end in zip(entries, ends, strict=True)}


def test_the_workbook_holds_what_other_tools_lose(book: Path) -> None:
    """Each of these is in the file, so that keeping it means something."""
    parts = rich.parts_of(book)
    names = " ".join(parts)
    kinds = "vbaProject|slicer|pivotTable|drawing|chart|media|comments|vmlDrawing|featureProp"
    kinds += "|customUI|customXml|printerSettings|metadata|tables"
    assert [kind for kind in kinds.split("|") if kind not in names] == []
    assert b'ObjectType="Button"' in parts["xl/drawings/vmlDrawing1.vml"]
    sheet = parts["xl/worksheets/sheet1.xml"]
    for feature in (b"x14:sparkline>", b"x14:dataBar", b"x14:slicerList", b"x14:dataValidation "):
        assert feature in sheet


def test_every_part_that_no_price_reaches_keeps_its_compressed_bytes(book: Path) -> None:
    """Charts, macros, images, styles and the rest are copied, not written again."""
    before = raw_entries(book)
    assert apply_refresh(book, plan_refresh(book, rich.NEW))
    after = raw_entries(book)
    assert list(after) == list(before)
    assert {name for name in before if before[name] != after[name]} == STALE | {PIVOT}


def test_names_times_order_and_rights_of_the_package_stay(book: Path) -> None:
    """Only sizes, sums and places differ in the list of parts, and only where they must."""
    book.chmod(0o640)
    kept = [(e.filename, e.date_time, e.external_attr, e.extra) for e in entries(book)]
    apply_refresh(book, plan_refresh(book, rich.NEW))
    assert [(e.filename, e.date_time, e.external_attr, e.extra) for e in entries(book)] == kept
    assert book.stat().st_mode & 0o777 == 0o640


def entries(path: Path) -> list[zipfile.ZipInfo]:
    """Return the list of parts."""
    with zipfile.ZipFile(path) as package:
        assert package.testzip() is None
        return package.infolist()


def test_a_price_sheet_differs_only_in_the_cells_reported(book: Path) -> None:
    """Take the reported cells and the stored results out, and both texts are the same."""
    before = rich.parts_of(book)["xl/worksheets/sheet1.xml"].decode()
    changes = plan_refresh(book, rich.NEW)
    apply_refresh(book, changes)
    after = rich.parts_of(book)["xl/worksheets/sheet1.xml"].decode()
    assert {c.cell: (c.old, c.new) for c in changes.changed} == CHANGED
    for cell in CHANGED:
        pattern = rf'(<c r="{cell}"[^>]*><v>)[^<]*'
        before, after = re.sub(pattern, r"\1", before), re.sub(pattern, r"\1", after)
    assert re.sub(r"(</f>)<v>[^<]*</v>", r"\1", before) == after


def test_nobody_sees_an_old_total(book: Path) -> None:
    """The stored results of every formula that can reach a price are gone, spills included."""
    apply_refresh(book, plan_refresh(book, rich.NEW))
    stored = books.cached(book)
    assert stored["Budget"]["D7"] is None
    assert stored["Budget"]["E7"] is None
    assert stored["Summary"]["A1"] is None
    assert [stored["Budget"][cell] for cell in ("G2", "G3", "G4")] == [None, None, None]


def test_a_sheet_that_no_price_reaches_keeps_its_results(book: Path) -> None:
    """What is still right may stay to be seen."""
    apply_refresh(book, plan_refresh(book, rich.NEW))
    assert books.cached(book)["Staff"]["A4"] == 6


def test_libreoffice_computes_the_new_totals(book: Path, soffice: str) -> None:
    """The file opens and its formulas come to what one gets by hand."""
    apply_refresh(book, plan_refresh(book, rich.NEW))
    made = engines.recalculate([book])[book]
    assert made["Budget"]["D7"] == pytest.approx(TOTAL)
    assert made["Budget"]["E7"] == "spend"
    assert made["Summary"]["A1"] == pytest.approx(TOTAL / 1000)
    assert made["Prices"]["G4"] == pytest.approx((3 * 2.4 + 12) / 4)


def test_the_old_workbook_is_kept_byte_for_byte(book: Path) -> None:
    """The copy is what one goes back to; its name says when it was made."""
    before = book.read_bytes()
    backup = apply_refresh(book, plan_refresh(book, rich.NEW))
    assert backup
    assert backup.read_bytes() == before
    year = str(datetime.date.today().year)
    assert backup.parent == book.parent
    assert backup.name.startswith(f"budget before {year}")
    assert sorted(p.name for p in book.parent.iterdir()) == sorted([book.name, backup.name])


def test_a_second_refresh_has_nothing_to_do(book: Path) -> None:
    """The plan is empty, the file stays, and no copy is made."""
    apply_refresh(book, plan_refresh(book, rich.NEW))
    after = book.read_bytes()
    again = plan_refresh(book, rich.NEW)
    assert again.changed == ()
    assert apply_refresh(book, again) is None
    assert book.read_bytes() == after


def test_a_plan_writes_nothing(book: Path) -> None:
    """Looking is free."""
    before = book.read_bytes(), sorted(book.parent.iterdir())
    plan_refresh(book, rich.NEW, append=True)
    assert (book.read_bytes(), sorted(book.parent.iterdir())) == before


def test_parts_with_sizes_after_their_data_are_copied_too(book: Path, tmp_path: Path) -> None:
    """Programs that stream write a part's sizes behind it, where a copy must not lose them."""
    streamed = tmp_path / "streamed.xlsm"

    class Pipe:
        """A file that cannot be wound back."""

        def __init__(self) -> None:
            self.file = streamed.open("wb")

        def write(self, data: bytes) -> int:
            return self.file.write(data)

        def flush(self) -> None:
            self.file.flush()

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as package:  # type: ignore[call-overload]
        for name, data in rich.parts_of(book).items():
            package.writestr(name, data)
    pipe.file.close()
    flags = struct.unpack_from("<H", streamed.read_bytes(), 6)[0]
    assert flags & 8  # the sizes do come after the data
    before = raw_entries(streamed)
    apply_refresh(streamed, plan_refresh(streamed, rich.NEW))
    after = raw_entries(streamed)
    assert {n for n in before if before[n] != after[n]} == STALE | {PIVOT}
    assert len(entries(streamed)) == len(before)


def test_pivot_tables_on_the_prices_read_them_again(book: Path) -> None:
    """Their own stored numbers would be the old ones."""
    changes = plan_refresh(book, rich.NEW)
    assert b' refreshOnLoad="1"' in changes.parts[PIVOT]


def test_excel_is_asked_to_compute_unless_only_an_add_in_could(book: Path) -> None:
    """Without the add-in a forced computation would turn good numbers into #NAME?."""
    rich.replaced(book, "xl/workbook.xml", ' fullCalcOnLoad="1"', "")
    asked = plan_refresh(book, rich.NEW).parts["xl/workbook.xml"]
    assert b'<calcPr calcId="124519" fullCalcOnLoad="1"/>' in asked
    rich.replaced(book, "xl/worksheets/sheet4.xml", "SUM(A1:A3)", "TOKEN_COST(A1,A2,A3)")
    assert "xl/workbook.xml" not in plan_refresh(book, rich.NEW).parts


def test_a_workbook_without_a_mode_of_computing_gets_one(book: Path) -> None:
    """It goes where the format wants it: right after the defined names."""
    rich.replaced(book, "xl/workbook.xml", '<calcPr calcId="124519" fullCalcOnLoad="1"/>', "")
    made = plan_refresh(book, rich.NEW).parts["xl/workbook.xml"]
    assert b'</definedNames><calcPr fullCalcOnLoad="1"/><pivotCaches>' in made


def prefixed(sheet: str) -> str:
    """Write a sheet with a prefix on each of the elements around its cells."""
    names = "worksheet|sheetData|row|c|v|f|is|t"
    return re.sub(rf"<(/?)({names})(?=[\s/>])", r"<\1x:\2", sheet).replace(
        'xmlns="http', 'xmlns:x="http', 1
    )


def test_prefixes_quotes_and_missing_references_are_read_as_xml(book: Path) -> None:
    """Not every program writes what Excel writes; the answer is the same."""
    expected = plan_refresh(book, rich.NEW).changed
    original = rich.parts_of(book)["xl/worksheets/sheet1.xml"].decode()
    head, rest = original.split("<sheetData>")
    data, tail = rest.split("</sheetData>")
    bare = re.sub(r'(<c) r="(?!I)[A-Z]+\d+"', r"\1", data)
    writings = {
        "single quotes": f"{head}<sheetData>{data.replace(chr(34), chr(39))}</sheetData>{tail}",
        "no references": f"{head}<sheetData>{bare}</sheetData>{tail}",
        "a comment": f"{head}<sheetData><!--<c r='C4'><v>9</v></c>-->{data}</sheetData>{tail}",
        "a byte order mark": "\ufeff" + original,
        "line breaks": original.replace("<c ", "\n <c\n ").replace("<v>", "\n<v>"),
    }
    for name, text in writings.items():
        parts = rich.parts_of(book) | {"xl/worksheets/sheet1.xml": text.encode()}
        rich.pack(book, parts)
        changes = plan_refresh(book, rich.NEW)
        assert changes.changed == expected, name
        apply_refresh(book, changes)
        assert plan_refresh(book, rich.NEW).changed == (), name


def test_prefixed_elements_are_spliced_with_their_prefix(book: Path) -> None:
    """A cell without the prefix of its sheet would not be a cell."""
    parts = rich.parts_of(book)
    name = "xl/worksheets/sheet1.xml"
    head, tail = parts[name].decode().split("</sheetData>")
    parts[name] = (
        prefixed(head).replace("</x:worksheet>", "")
        + '</x:sheetData><x:tableParts count="1"><x:tablePart r:id="rId4"/></x:tableParts>'
        + "</x:worksheet>"
    ).encode()
    parts[name] = re.sub(
        rb"<(sheetPr|dimension|sheetViews|sheetFormatPr).*?(?=<x:sheetData)",
        b"",
        parts[name],
        flags=re.DOTALL,
    )
    rich.pack(book, parts)
    made = plan_refresh(book, rich.NEW, append=True).parts[name].decode()
    assert '<x:c r="C4" s="2"><x:v>2.4</x:v></x:c>' in made
    assert '<x:c r="A9" t="inlineStr"><x:is><x:t xml:space="preserve">=1+1|x</x:t></x:is>' in made
    assert len(tail) > 0


def test_an_empty_cell_and_an_empty_row_can_be_filled(book: Path) -> None:
    """A price that was blank is written in the style of its column."""
    sheet = "xl/worksheets/sheet1.xml"
    rich.replaced(book, sheet, '<c r="C8" s="2"><v>0.1</v></c>', "")
    changes = plan_refresh(book, rich.NEW)
    assert next(c for c in changes.changed if c.cell == "C8").old is None
    row = changes.parts[sheet].decode().partition('<row r="8"')[2]
    assert '</c><c r="C8" s="2"><v>0.09</v></c><c r="D8"' in row
