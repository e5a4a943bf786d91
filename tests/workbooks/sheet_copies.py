"""Copy, rename and take away what a reader looks for, in the XML as Excel itself writes it."""

import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

Parts = dict[str, str]
BOOK, RELATIONS, TYPES = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"


def changed(path: Path, out: Path, change: Callable[[Parts], None]) -> Path:
    """Write a workbook whose parts have been changed as text."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name).decode() for name in old.namelist()}
    change(parts)
    with zipfile.ZipFile(out, "w") as new:
        for name, text in parts.items():
            new.writestr(name, text)
    return out


def part_of(parts: Parts, sheet: str) -> str:
    """The part of a sheet."""
    relation = re.search(rf'<sheet name="{re.escape(sheet)}"[^>]* r:id="(\w+)"', parts[BOOK])
    assert relation, sheet
    target = re.search(rf'Id="{relation[1]}"[^>]*Target="([^"]+)"', parts[RELATIONS])
    assert target, sheet
    return f"xl/{target[1]}"


def copy_sheet(parts: Parts, sheet: str, copy: str) -> None:
    """Copy a sheet to the end as Excel does: its names become names of the copy too."""
    tabs = len(re.findall("<sheet ", parts[BOOK]))
    part = f"worksheets/sheet{tabs + 1}.xml"
    bare = re.sub(r"<(?:legacyDrawing|drawing)\b[^>]*/>", "", parts[part_of(parts, sheet)])
    bare = re.sub(r"<tableParts\b.*?</tableParts>", "", bare, flags=re.DOTALL)
    parts[f"xl/{part}"] = re.sub(r"<hyperlinks>.*?</hyperlinks>", "", bare, flags=re.DOTALL)
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
    link = f'<Relationship Id="rId900" Type="{kind}" Target="{part}"/></Relationships>'
    parts[RELATIONS] = parts[RELATIONS].replace("</Relationships>", link)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
    listed = f'<Override PartName="/xl/{part}" ContentType="{kind}"/></Types>'
    parts[TYPES] = parts[TYPES].replace("</Types>", listed)
    tab = f'<sheet name="{copy}" sheetId="900" r:id="rId900"/></sheets>'
    names = re.findall(
        rf'<definedName name="(\w+)">(?:{sheet}|\'{sheet}\')!([^<]+)</definedName>', parts[BOOK]
    )
    own = "".join(
        f'<definedName name="{name}" localSheetId="{tabs}">\'{escape(copy)}\'!{at}</definedName>'
        for name, at in names
    )
    text = parts[BOOK].replace("</sheets>", tab)
    parts[BOOK] = text.replace("</definedNames>", f"{own}</definedNames>")


def rename_sheet(parts: Parts, sheet: str, new: str) -> None:
    """Rename a sheet as a program does: names and formulas follow."""
    parts[BOOK] = parts[BOOK].replace(f'name="{sheet}"', f'name="{new}"')
    for name, text in parts.items():
        if name.endswith(".xml"):
            parts[name] = re.sub(rf"(?<!\w)('?){sheet}\1!", f"{new}!", text)


def name_text(parts: Parts, name: str, stands_for: str | None) -> None:
    """Let a name stand for something else, or take it away."""
    pattern = rf'(<definedName name="{name}">)[^<]*(</definedName>)'
    new = "" if stands_for is None else rf"\g<1>{stands_for}\g<2>"
    parts[BOOK], count = re.subn(pattern, new, parts[BOOK])
    assert count == 1, name


def retyped(parts: Parts, sheet: str, old: str, new: str, count: int = 0) -> None:
    """Replace a text of the cells of one sheet; shared strings become the cell's own."""
    strings = re.findall(r"<si>(.*?)</si>", parts["xl/sharedStrings.xml"], re.DOTALL)
    number = next(i for i, s in enumerate(strings) if re.sub("<[^>]+>", "", s) == old)
    part = part_of(parts, sheet)
    parts[part], found = re.subn(
        rf'(<c r="\w+"[^>]*?) t="s"><v>{number}</v></c>',
        rf'\1 t="inlineStr"><is><t>{new}</t></is></c>',
        parts[part],
        count=count,
    )
    assert found, old
