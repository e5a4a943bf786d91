"""The parts of an .xlsx file in which xlwings Lite keeps its program.

Lite is an Office add-in, and its files are settings of that add-in stored in the workbook: one
property each, the text as a JSON string. Where they stand was read off workbooks that Lite
saved; openpyxl and XlsxWriter drop these parts, so putting them in is the last step.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from xml.etree import ElementTree
from xml.sax.saxutils import quoteattr

STORE_ID = "wa200008175"
"""xlwings Lite in Microsoft's store of add-ins."""
INSTANCE_ID = "{3B0C4C7A-6C0B-4C0E-9D5B-7C1E8A52F6D4}"
SETTINGS: Mapping[str, object] = {
    "Office.AutoShowTaskpaneWithDocument": True,
    "xlwingsSettingsWorkbook": {"startupBehavior": "taskpane"},
}
MADE = (1980, 1, 1, 0, 0, 0)

MICROSOFT = "http://schemas.microsoft.com/office"
OPEN_XML = "http://schemas.openxmlformats.org"
WEBEXTENSION = f"{MICROSOFT}/webextensions/webextension/2010/11"
TASKPANES = f"{MICROSOFT}/webextensions/taskpanes/2010/11"
RELATIONS = f"{OPEN_XML}/officeDocument/2006/relationships"
PACKAGE = f"{OPEN_XML}/package/2006/relationships"
HAS_FUNCTIONS = "{D87F86FE-615C-45B5-9D79-34F1136793EB}"
"""Office's name for the extension that says: this add-in has functions of its own."""
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

EXTENSION_PART = "xl/webextensions/webextension1.xml"
PANES_PART = "xl/webextensions/taskpanes.xml"
PANES = (
    f'{XML}<wetp:taskpanes xmlns:wetp="{TASKPANES}"><wetp:taskpane dockstate="right"'
    f' visibility="1" width="400" row="4"><wetp:webextensionref xmlns:r="{RELATIONS}"'
    ' r:id="rId1"/></wetp:taskpane></wetp:taskpanes>'
)
PANES_RELATIONS = (
    f'{XML}<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1"'
    f' Type="{MICROSOFT}/2011/relationships/webextension" Target="webextension1.xml"/>'
    "</Relationships>"
)
ADDED = {
    "_rels/.rels": (
        "</Relationships>",
        f'<Relationship Id="rIdLite" Type="{MICROSOFT}/2011/relationships/webextensiontaskpanes"'
        f' Target="{PANES_PART}"/>',
    ),
    "[Content_Types].xml": (
        "</Types>",
        f'<Override PartName="/{PANES_PART}"'
        ' ContentType="application/vnd.ms-office.webextensiontaskpanes+xml"/>'
        f'<Override PartName="/{EXTENSION_PART}"'
        ' ContentType="application/vnd.ms-office.webextension+xml"/>',
    ),
}
"""What goes before the end of two parts that every workbook has."""


def embed(workbook: bytes, files: Mapping[str, str]) -> bytes:
    """Return the workbook with `files` where xlwings Lite looks for them."""
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as source, zipfile.ZipFile(content, "w") as target:
        for name in source.namelist():
            _store(target, name, _completed(name, source.read(name)))
        _store(target, EXTENSION_PART, _extension(files).encode())
        _store(target, PANES_PART, PANES.encode())
        _store(target, "xl/webextensions/_rels/taskpanes.xml.rels", PANES_RELATIONS.encode())
    return content.getvalue()


def files_in(workbook: bytes) -> dict[str, str]:
    """Return the files that a workbook of xlwings Lite carries.

    >>> import io, xlsxwriter
    >>> content = io.BytesIO()
    >>> with xlsxwriter.Workbook(content) as book:
    ...     sheet = book.add_worksheet()
    >>> files_in(embed(content.getvalue(), {"main.py": 'print("<ä>")'}))
    {'main.py': 'print("<ä>")'}
    """
    with zipfile.ZipFile(io.BytesIO(workbook)) as source:
        root = ElementTree.fromstring(source.read(EXTENSION_PART))
    found = {
        node.attrib["name"]: json.loads(node.attrib["value"])
        for node in root.iterfind(f"{{{WEBEXTENSION}}}properties/{{{WEBEXTENSION}}}property")
    }
    return {name: text for name, text in found.items() if name not in SETTINGS}


def _store(target: zipfile.ZipFile, name: str, content: bytes) -> None:
    target.writestr(zipfile.ZipInfo(name, MADE), content, zipfile.ZIP_DEFLATED)


def _completed(name: str, content: bytes) -> bytes:
    if name not in ADDED:
        return content
    end, addition = ADDED[name]
    return content.decode().replace(end, addition + end).encode()


def _extension(files: Mapping[str, str]) -> str:
    properties = "".join(
        f"<we:property name={quoteattr(name)} value={quoteattr(json.dumps(value))}/>"
        for name, value in {**files, **SETTINGS}.items()
    )
    return (
        f'{XML}<we:webextension xmlns:we="{WEBEXTENSION}" id="{INSTANCE_ID}">'
        f'<we:reference id="{STORE_ID}" version="1.0.0.0" store="en-US" storeType="OMEX"/>'
        f'<we:alternateReferences><we:reference id="{STORE_ID}" version="1.0.0.0"'
        f' store="{STORE_ID.upper()}" storeType="OMEX"/></we:alternateReferences>'
        f"<we:properties>{properties}</we:properties><we:bindings/>"
        f'<we:snapshot xmlns:r="{RELATIONS}"/>'
        f'<we:extLst><a:ext xmlns:a="{OPEN_XML}/drawingml/2006/main" uri="{HAS_FUNCTIONS}">'
        "<we:containsCustomFunctions/></a:ext></we:extLst></we:webextension>"
    )
