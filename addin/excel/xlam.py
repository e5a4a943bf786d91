"""Build the desktop add-in: `evenpoint.xlam`, on any system, the same bytes every time.

The file starts as an empty add-in that Excel itself has saved, as pyOpenVBA carries it.
The VBA modules, the ribbon and the help of the functions are put into it; Excel stores
help in the same places when somebody types it by hand.
"""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from pyopenvba import ExcelFile
from pyopenvba.cfb import CFB
from pyopenvba.vba import VBAProject, compress, decompress

from addin.excel.ribbon import custom_ui
from addin.excel.vba import CUSTOM_CATEGORY, check_help, modules
from addin.help import help_for
from costcore.catalogue import CATEGORY, FUNCTIONS, SheetFunction

PROJECT = "Evenpoint"
RIBBON_PART = "customUI/customUI.xml"
RIBBON_RELATION = "http://schemas.microsoft.com/office/2006/relationships/ui/extensibility"
X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
HELP_EXTENSION = "{8193D73E-4604-4355-AFF4-8A2333D13BE4}"
SOURCE_ONLY = bytes.fromhex("CC61FFFF000000")
"""What [MS-OVBA] 2.3.4.1 has a writer put instead of compiled code: Excel compiles the source."""
STRAY = b"\x10\0" + bytes(8)
"""How pyOpenVBA ends the list of modules: four bytes more than [MS-OVBA] 2.3.4.2 and Excel."""
FIRST_ZIP_DAY = (1980, 1, 1, 0, 0, 0)


def build(entries: Sequence[SheetFunction] = FUNCTIONS) -> bytes:
    """Return the add-in with a worksheet function for each entry.

    Raises
    ------
    ValueError
        If a name or a help text is one that Excel or VBA cannot take.
    """
    parts = _with_code(modules(entries))
    parts["xl/vbaProject.bin"] = _named(parts["xl/vbaProject.bin"])
    parts["xl/workbook.xml"] = _with_help(parts["xl/workbook.xml"], entries)
    parts["docProps/core.xml"] = _properties()
    parts[RIBBON_PART] = custom_ui()
    relation = f'<Relationship Id="rId4" Type="{RIBBON_RELATION}" Target="{RIBBON_PART}"/>'
    parts["_rels/.rels"] = _insert(parts["_rels/.rels"], relation, before="</Relationships>")
    return _package(parts)


def _with_code(sources: Mapping[str, str]) -> dict[str, bytes]:
    """Return the parts of an empty add-in with our modules in place of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "evenpoint.xlam")
        with ExcelFile.create_new(path) as empty:
            project = empty.vba_project()
            for name, source in sources.items():
                project.add_module(name, source)
            project.delete_module("Module1")
            _forget_compiled(project)
            empty.save()
        with zipfile.ZipFile(path) as saved:
            return {name: saved.read(name) for name in saved.namelist()}


def _forget_compiled(project: VBAProject) -> None:
    """Keep only the source of each module: compiled code beside it could differ from it."""
    for module in project.modules:
        module.source = str(module.source)
        module.prefix_bytes, module.text_offset, module.dirty = b"", 0, True


def _named(vba_project: bytes) -> bytes:
    """Name the project, so that the editor does not list one VBAProject more."""
    file = CFB.from_bytes(vba_project)
    text = file.get_stream("PROJECT").decode("cp1252")
    file.write_stream("PROJECT", text.replace('"VBAProject"', f'"{PROJECT}"').encode("cp1252"))
    records = decompress(file.get_stream_in_storage("VBA", "dir"))
    records = records.removesuffix(STRAY) + STRAY[:-4]
    old, new = (
        b"\x04\0" + len(n).to_bytes(4, "little") + n.encode() for n in ("VBAProject", PROJECT)
    )
    file.write_stream_in_storage("VBA", "dir", compress(records.replace(old, new, 1)))
    file.write_stream_in_storage("VBA", "_VBA_PROJECT", SOURCE_ONLY)
    return bytes(file.to_bytes())


def _with_help(workbook: bytes, entries: Sequence[SheetFunction]) -> bytes:
    """Add the category of the functions and the help of their arguments."""
    groups = (
        f'<functionGroups builtInGroupCount="{CUSTOM_CATEGORY - 1}">'
        f"<functionGroup name={quoteattr(CATEGORY)}/></functionGroups>"
    )
    described = "".join(map(_argument_help, entries))
    extension = (
        f'<ext uri="{HELP_EXTENSION}" xmlns:x14="{X14}">'
        f"<x14:definedNames>{described}</x14:definedNames></ext>"
    )
    with_groups = _insert(workbook, groups, before="<calcPr")
    return _insert(with_groups, extension, before="</extLst>")


def _argument_help(entry: SheetFunction) -> str:
    texts = "".join(
        f'<x14:argumentDescription index="{index}">{escape(check_help(help_for(entry, name)))}'
        "</x14:argumentDescription>"
        for index, name in enumerate(entry.quantities)
    )
    return (
        f'<x14:definedName name="{entry.name}">'
        f'<x14:argumentDescriptions count="{len(entry.quantities)}">{texts}'
        "</x14:argumentDescriptions></x14:definedName>"
    )


def _properties() -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        "<cp:coreProperties"
        ' xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{PROJECT}</dc:title>"
        "<dc:description>When does running our own LLM beat paying a cloud API?</dc:description>"
        "</cp:coreProperties>"
    ).encode()


def _insert(part: bytes, xml: str, *, before: str) -> bytes:
    head, found, tail = part.decode().rpartition(before)
    if not found:
        raise ValueError(f"the empty add-in has no {before}; is this another pyOpenVBA?")
    return f"{head}{xml}{found}{tail}".encode()


def _package(parts: Mapping[str, bytes]) -> bytes:
    """Zip without compression: compressed bytes differ between versions of zlib."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as package:
        for name, part in parts.items():
            item = zipfile.ZipInfo(name, FIRST_ZIP_DAY)
            item.create_system = 0  # else it tells which system it was built on
            package.writestr(item, part)
    return content.getvalue()
