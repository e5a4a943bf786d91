"""A finance user's own workbook with everything in it that other tools lose.

XlsxWriter makes most of it; what it cannot make (a slicer, a ribbon, a pivot table, printer
settings, custom XML, an extended validation) is added to the package by hand.
"""

import datetime
import io
import re
import struct
import zipfile
import zlib
from pathlib import Path

import xlsxwriter
import xlwings

MADE = datetime.datetime(2026, 11, 1)
DAY = datetime.date(2026, 9, 1)
HEADINGS = ("Model", "Provider", "Input", "Output", "As of", "Source", "Blend")
ROWS = (
    ("a/large", "VendorA", 3.0, 15.0, "list"),
    ("a/small", "VendorA", 0.25, 1.25, "list"),
    ("b/pro", "VendorB", 2.5, 10.0, "contract"),
    ("c/open", "HostC", 0.6, 0.8, "list"),
    ("R&D <test>", "HostC", 0.1, 0.2, "list"),
)
TOKENS = (100, 200, 300, 400, 500)
TODAY = datetime.date(2026, 11, 20)
NEW = [
    {"Model": "a/large", "Provider": "VendorA", "Input": 2.4, "Output": 12.0, "As of": TODAY},
    {"Model": "a/small", "Provider": "VendorA", "Input": 0.25, "Output": 1.25, "As of": TODAY},
    {"Model": "b/pro", "Provider": "VendorB", "Input": 2.0, "Output": 8.0, "As of": TODAY},
    {"Model": "R&D <test>", "Provider": "HostC", "Input": 0.09, "Output": 0.2, "As of": TODAY},
    {"Model": "=1+1|x", "Provider": "@d", "Input": 1.1, "Output": 4.4, "As of": TODAY},
]
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
R07 = "http://schemas.microsoft.com/office/2007/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def workbook(path: Path) -> Path:
    """Write the workbook and return its path; it must end in .xlsm."""
    parts = _drawn()
    for name, old, new in _INSERTIONS:
        assert old in parts[name], (name, old)
        parts[name] = parts[name].replace(old, new.encode(), 1)
    parts |= {name: text.encode() for name, text in _ADDED.items()}
    parts["xl/printerSettings/printerSettings1.bin"] = bytes(range(256)) * 4
    return pack(path, parts)


def parts_of(path: Path) -> dict[str, bytes]:
    """Return the content of every part of a package."""
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def pack(path: Path, parts: dict[str, bytes]) -> Path:
    """Write a package; every third part is stored without compression."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for number, (name, data) in enumerate(parts.items()):
            entry = zipfile.ZipInfo(name, (2026, 11, 1, 8, number % 60, 0))
            kind = zipfile.ZIP_DEFLATED if number % 3 else zipfile.ZIP_STORED
            package.writestr(entry, data, kind)
    return path


def replaced(path: Path, part: str, old: str, new: str) -> Path:
    """Change the text of one part of a package in place, once or more often."""
    parts = parts_of(path)
    assert old.encode() in parts[part], f"{part} has no {old}"
    parts[part] = parts[part].replace(old.encode(), new.encode())
    return pack(path, parts)


def picture() -> io.BytesIO:
    """Return a PNG of two by two pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))
        )

    pixels = zlib.compress(b"\0\xff\0\0\0\xff\0" * 2)
    header = chunk(b"IHDR", struct.pack(">LLBBBBB", 2, 2, 8, 2, 0, 0, 0))
    return io.BytesIO(b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", pixels) + chunk(b"IEND", b""))


def _drawn() -> dict[str, bytes]:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"title": "AI budget", "created": MADE})
    book.set_custom_property("Cost centre", "4711")
    with zipfile.ZipFile(Path(xlwings.__file__).parent / "quickstart.xlsm") as macros:
        book.add_vba_project(io.BytesIO(macros.read("xl/vbaProject.bin")), is_stream=True)
    styles = {
        "head": book.add_format({"bold": True, "bg_color": "#1F3864", "font_color": "white"}),
        "input": book.add_format({"font_color": "#0000FF", "num_format": "#,##0.00"}),
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        "money": book.add_format({"num_format": "#,##0;(#,##0);-"}),
    }
    _prices(book, styles)
    _budget(book, styles)
    _summary(book)
    book.define_name("TOTAL_BUDGET", "=Budget!$D$7")
    book.define_name("MODELS", "=Prices!$A$4:$A$8")
    book.close()
    with zipfile.ZipFile(out) as package:
        return {name: package.read(name) for name in package.namelist()}


def _prices(book: xlsxwriter.Workbook, styles: dict[str, xlsxwriter.format.Format]) -> None:
    sheet = book.add_worksheet("Prices")
    sheet.write("A1", "Prices of tokens (USD per 1M)", styles["head"])
    blend = "(3*tblPrices[[#This Row],[Input]]+tblPrices[[#This Row],[Output]])/4"
    columns = [{"header": name} for name in HEADINGS[:-1]] + [
        {"header": "Blend", "formula": f"={blend}"}
    ]
    sheet.add_table(2, 0, 7, 6, {"name": "tblPrices", "columns": columns})
    for row, (model, provider, fresh, output, source) in enumerate(ROWS, 3):
        sheet.write_row(row, 0, (model, provider))
        sheet.write_number(row, 2, fresh, styles["input"])
        sheet.write_number(row, 3, output, styles["input"])
        sheet.write_datetime(row, 4, DAY, styles["date"])
        sheet.write(row, 5, source)
        sheet.write_formula(row, 6, f"={blend}", styles["input"], (3 * fresh + output) / 4)
    sheet.conditional_format("D4:D8", {"type": "data_bar", "data_bar_2010": True})
    sheet.conditional_format("G4:G8", {"type": "icon_set", "icon_style": "3_traffic_lights"})
    sheet.data_validation("F4:F8", {"validate": "list", "source": ["list", "contract"]})
    sheet.write_comment("C4", "Twelve per cent below list", {"x_scale": 2.4})
    sheet.add_sparkline("I4", {"range": "Prices!C4:C8", "type": "column"})
    sheet.set_header("&L&G&RConfidential", {"image_left": "logo.png", "image_data_left": picture()})
    sheet.set_landscape()
    sheet.repeat_rows(2)
    sheet.print_area("A1:I8")
    sheet.freeze_panes(3, 1)
    sheet.insert_image("K2", "logo.png", {"image_data": picture()})
    sheet.insert_textbox("K8", "Blue prices are refreshed.")
    sheet.insert_button("K13", {"macro": "hello", "caption": "Recalculate"})
    sheet.insert_checkbox("I10", True)


def _budget(book: xlsxwriter.Workbook, styles: dict[str, xlsxwriter.format.Format]) -> None:
    sheet = book.add_worksheet("Budget")
    sheet.write_row("A1", ("Model", "Tokens", "Price", "Year"), styles["head"])
    for row, (line, tokens) in enumerate(zip(ROWS, TOKENS, strict=True), 2):
        sheet.write(f"A{row}", line[0])
        sheet.write(f"B{row}", tokens)
        look_up = f"=INDEX(tblPrices[Input],MATCH(A{row},tblPrices[Model],0))"
        sheet.write_formula(f"C{row}", look_up, None, line[2])
        sheet.write_formula(f"D{row}", f"=12*B{row}*C{row}", styles["money"], 12 * tokens * line[2])
    total = sum(12 * tokens * line[2] for line, tokens in zip(ROWS, TOKENS, strict=True))
    sheet.write_formula("D7", "=SUM(D2:D6)", styles["money"], total)
    sheet.write_formula("E7", '=IF(D7>0,"spend","none")', None, "spend")
    sheet.write_dynamic_array_formula(
        "G2:G4", "=_xlfn._xlws.SORT(_xlfn.UNIQUE(tblPrices[Provider]))", None, "HostC"
    )
    sheet.write("G3", "VendorA")
    sheet.write("G4", "VendorB")
    sheet.data_validation("A2:A6", {"validate": "list", "source": "=Prices!$A$4:$A$8"})
    for kind, cell in (("column", "I2"), ("scatter", "I18")):
        chart = book.add_chart({"type": kind})
        chart.add_series({"categories": "=Budget!$A$2:$A$6", "values": "=Budget!$D$2:$D$6"})
        sheet.insert_chart(cell, chart)
    sheet.protect("pw")
    sheet.ignore_errors({"number_stored_as_text": "A1:A9"})


def _summary(book: xlsxwriter.Workbook) -> None:
    sheet = book.add_worksheet("Summary")
    sheet.write_formula("A1", "=TOTAL_BUDGET/1000", None, 1.0)
    sheet.write_string("C1", "Provider")
    sheet.write_string("D1", "Sum of Input")
    other = book.add_worksheet("Staff")
    other.write_column("A1", (1, 2, 3))
    other.write_formula("A4", "=SUM(A1:A3)", None, 6)


_RELATION = '<Relationship Id="{}" Type="{}" Target="{}"/>'
_OVERRIDE = '<Override PartName="/{}" ContentType="application/vnd.{}+xml"/>'
_OOX = "openxmlformats-officedocument.spreadsheetml"
_TYPES = "".join(
    _OVERRIDE.format(*pair)
    for pair in (
        ("xl/slicerCaches/slicerCache1.xml", "ms-excel.slicerCache"),
        ("xl/slicers/slicer1.xml", "ms-excel.slicer"),
        ("xl/pivotCache/pivotCacheDefinition1.xml", f"{_OOX}.pivotCacheDefinition"),
        ("xl/pivotTables/pivotTable1.xml", f"{_OOX}.pivotTable"),
    )
) + (
    '<Override PartName="/xl/printerSettings/printerSettings1.bin" '
    f'ContentType="application/vnd.{_OOX}.printerSettings"/>'
)
_RELS = "</Relationships>"
_VALIDATIONS = (
    '<ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}" '
    f'xmlns:x14="{X14}"><x14:dataValidations count="1" '
    'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main">'
    '<x14:dataValidation type="list" allowBlank="1"><x14:formula1><xm:f>Prices!$B$4:$B$8</xm:f>'
    "</x14:formula1><xm:sqref>B4:B8</xm:sqref></x14:dataValidation></x14:dataValidations></ext>"
)
_SLICERS = (
    '<ext uri="{3A4CF648-6AED-40f4-86FF-DC5316D8AED3}">'
    f'<x14:slicerList xmlns:x14="{X14}"><x14:slicer r:id="rIdSlicer"/></x14:slicerList></ext>'
)
_CACHES = (
    '<extLst><ext uri="{46BE6895-7355-4a93-B00E-2C351335B9C9}" xmlns:x15='
    '"http://schemas.microsoft.com/office/spreadsheetml/2010/11/main"><x15:slicerCaches '
    f'xmlns:x14="{X14}"><x14:slicerCache r:id="rIdCache"/></x15:slicerCaches></ext></extLst>'
)
_END = b"</extLst></worksheet>"
_INSERTIONS = (
    ("[Content_Types].xml", b"</Types>", f"{_TYPES}</Types>"),
    ("xl/worksheets/sheet1.xml", _END, f"{_VALIDATIONS}{_SLICERS}{_END.decode()}"),
    ("xl/worksheets/sheet1.xml", b"<pageSetup ", '<pageSetup r:id="rIdPrinter" '),
    (
        "xl/worksheets/_rels/sheet1.xml.rels",
        _RELS.encode(),
        _RELATION.format("rIdSlicer", f"{R07}/slicer", "../slicers/slicer1.xml")
        + _RELATION.format(
            "rIdPrinter", f"{R}/printerSettings", "../printerSettings/printerSettings1.bin"
        )
        + _RELS,
    ),
    (
        "xl/_rels/workbook.xml.rels",
        _RELS.encode(),
        _RELATION.format("rIdCache", f"{R07}/slicerCache", "slicerCaches/slicerCache1.xml")
        + _RELATION.format(
            "rIdPivot", f"{R}/pivotCacheDefinition", "pivotCache/pivotCacheDefinition1.xml"
        )
        + _RELS,
    ),
    (
        "xl/workbook.xml",
        b"</workbook>",
        f'<pivotCaches><pivotCache cacheId="7" r:id="rIdPivot"/></pivotCaches>{_CACHES}</workbook>',
    ),
    (
        "_rels/.rels",
        _RELS.encode(),
        _RELATION.format(
            "rIdUI",
            "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility",
            "customUI/customUI14.xml",
        )
        + _RELATION.format("rIdXml", f"{R}/customXml", "customXml/item1.xml")
        + _RELS,
    ),
)
_FIELDS = "".join(f'<cacheField name="{name}"><sharedItems/></cacheField>' for name in HEADINGS)
_ADDED = {
    "xl/slicerCaches/slicerCache1.xml": f'{HEAD}<slicerCacheDefinition xmlns="{X14}" '
    'name="Slicer_Provider" sourceName="Provider"/>',
    "xl/slicers/slicer1.xml": f'{HEAD}<slicers xmlns="{X14}"><slicer name="Provider" '
    'cache="Slicer_Provider" caption="Provider" rowHeight="241300"/></slicers>',
    "xl/pivotCache/pivotCacheDefinition1.xml": f'{HEAD}<pivotCacheDefinition xmlns="{MAIN}" '
    'refreshedBy="x" recordCount="0"><cacheSource type="worksheet"><worksheetSource '
    f'name="tblPrices"/></cacheSource><cacheFields count="7">{_FIELDS}</cacheFields>'
    "</pivotCacheDefinition>",
    "xl/pivotTables/pivotTable1.xml": f'{HEAD}<pivotTableDefinition xmlns="{MAIN}" '
    'name="Pivot1" cacheId="7" dataCaption="Values"><location ref="C1:D2" firstHeaderRow="1" '
    'firstDataRow="1" firstDataCol="1"/></pivotTableDefinition>',
    "xl/pivotTables/_rels/pivotTable1.xml.rels": f'{HEAD}<Relationships xmlns="http://schemas.'
    'openxmlformats.org/package/2006/relationships">'
    + _RELATION.format(
        "rId1", f"{R}/pivotCacheDefinition", "../pivotCache/pivotCacheDefinition1.xml"
    )
    + _RELS,
    "xl/worksheets/_rels/sheet3.xml.rels": f'{HEAD}<Relationships xmlns="http://schemas.'
    'openxmlformats.org/package/2006/relationships">'
    + _RELATION.format("rId1", f"{R}/pivotTable", "../pivotTables/pivotTable1.xml")
    + _RELS,
    "customUI/customUI14.xml": f'{HEAD}<customUI xmlns="http://schemas.microsoft.com/office/'
    '2009/07/customui"><ribbon><tabs><tab id="t" label="Budget"/></tabs></ribbon></customUI>',
    "customXml/item1.xml": '<?xml version="1.0"?><approval xmlns="urn:x"><by>CFO</by></approval>',
}


def body(data: bytes) -> str:
    """Return the cells of a sheet part as text, for looking at in a test."""
    found = re.search(rb"<sheetData>(.*)</sheetData>", data, re.DOTALL)
    assert found
    return found[1].decode()
