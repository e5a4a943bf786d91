"""A workbook as a file: what its cells hold, and one with other constants typed into it."""

import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import openpyxl

from tests.computing import Cell, Value

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
CELL, VALUE, FORMULA = f"{MAIN}c", f"{MAIN}v", f"{MAIN}f"
SHARED = "a formula that another cell tells"


class Sheet(dict[str, Value]):
    """The cells of one sheet by reference; a cell that holds nothing is None."""

    def __missing__(self, reference: str) -> None:
        return None


Held = tuple[dict[str, Sheet], dict[str, Sheet]]
"""Values and formulas, by sheet."""


@dataclass(frozen=True)
class Book:
    """The values of a workbook as one engine sees them: ``book["Sheet"]["B5"]``."""

    engine: str
    sheets: Mapping[str, Sheet]
    path: Path | None = None

    def __getitem__(self, sheet: str) -> Sheet:
        return self.sheets[sheet]

    @cached_property
    def formulas(self) -> dict[str, Sheet]:
        """The formulas of the file the values come from; empty for a book without a file."""
        return formulas(self.path) if self.path else {}


def cached(path: Path) -> Book:
    """Return the values stored in the file, which a reader without an engine shows."""
    values, _ = _read(path)
    return Book("file", values, path)


def formulas(path: Path) -> dict[str, Sheet]:
    """Return the formulas of the file, each beginning with ``=``."""
    _, found = _read(path)
    for sheet, cells in found.items():
        assert SHARED not in cells.values(), f"{sheet} has a formula that is told by another cell"
    return found


def names(path: Path) -> dict[str, Cell]:
    """Return the cell that each name of a generated workbook stands for."""
    return _names_version(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def opened(path: Path, data_only: bool = False) -> openpyxl.Workbook:
    """Return a workbook with its looks, which takes a second: to be seen, and not changed."""
    return openpyxl.load_workbook(path, data_only=data_only)


def formula_cells(path: Path) -> list[Cell]:
    """Every cell of a workbook with a formula."""
    return [(sheet, ref) for sheet, found in formulas(path).items() for ref in found]


def edit(path: Path, changes: Mapping[Cell, Value], out: Path) -> Path:
    """Type constants into cells of a generated workbook and save it as ``out``.

    Only the cells change: styles, charts and validations stay byte for byte, and the values
    stored for dependent formulas stay as they were, so recalculate before reading them. A cell
    must exist in the file, if only as a style; ``None`` empties it.
    """
    with zipfile.ZipFile(path) as source:
        parts = _sheet_parts(source)
        contents = {item: source.read(item) for item in source.infolist()}
    by_name = {item.filename: item for item in contents}
    for (sheet, reference), value in changes.items():
        item = by_name[parts[sheet]]
        contents[item] = _splice(contents[item].decode(), sheet, reference, value).encode()
    with zipfile.ZipFile(out, "w") as target:
        for item, content in contents.items():
            target.writestr(item, content, zipfile.ZIP_STORED)  # to compress takes longer
    return out


def _read(path: Path) -> Held:
    return _read_version(path, path.stat().st_mtime_ns)


@cache
def _read_version(path: Path, _: int) -> Held:
    """Read each version of a file once: tests ask many questions of the same workbook.

    By a reader of cells alone, for openpyxl takes ten times as long over styles and dates, which
    no number depends on; `tests` hold it to what openpyxl reads.
    """
    values, found = {}, {}
    with zipfile.ZipFile(path) as source:
        strings = _strings(source)
        for name, part in _sheet_parts(source).items():
            cells = [*ElementTree.fromstring(source.read(part)).iter(CELL)]
            held = ((cell.attrib["r"], _value_of(cell, strings)) for cell in cells)
            values[name] = Sheet((ref, value) for ref, value in held if value is not None)
            told = ((cell.attrib["r"], _formula_of(cell)) for cell in cells)
            found[name] = Sheet((ref, formula) for ref, formula in told if formula)
    return values, found


def _strings(source: zipfile.ZipFile) -> list[str]:
    """Return the shared strings of a workbook."""
    if "xl/sharedStrings.xml" not in source.namelist():
        return []
    return list(map(_text, ElementTree.fromstring(source.read("xl/sharedStrings.xml"))))


def _text(element: ElementTree.Element) -> str:
    """Return a string, whose parts may have looks of their own, without how it is spoken."""
    runs = [element, *element.iterfind(f"{MAIN}r")]
    text = "".join(run.findtext(f"{MAIN}t", "") for run in runs)
    return text.replace("x005F_", "")


def _formula_of(cell: ElementTree.Element) -> str | None:
    formula = cell.find(FORMULA)
    if formula is None:
        return None
    return f"={formula.text or ''}" if formula.get("t") in {None, "array"} else SHARED


def _value_of(cell: ElementTree.Element, strings: Sequence[str]) -> Value:
    """Return what a cell shows; a date is its number, as a formula sees it."""
    kind, text = cell.get("t", "n"), cell.findtext(VALUE)
    if kind == "inlineStr":
        return _text(cell.find(f"{MAIN}is"))
    if not text:
        return None
    if kind == "n":
        return float(text) if set(text) & set(".eE") else int(text)
    if kind == "s":
        return strings[int(text)]
    return text == "1" if kind == "b" else text


@cache
def _names_version(path: Path, _: int) -> dict[str, Cell]:
    with zipfile.ZipFile(path) as source:
        named = ElementTree.fromstring(source.read("xl/workbook.xml")).iter(f"{MAIN}definedName")
    whole = (n for n in named if "localSheetId" not in n.attrib)
    places = {n.attrib["name"]: (n.text or "").rpartition("!") for n in whole}
    return {n: (sheet.strip("'"), ref.replace("$", "")) for n, (sheet, _, ref) in places.items()}


def _sheet_parts(source: zipfile.ZipFile) -> dict[str, str]:
    """Return the name of the part inside the file that holds each sheet."""
    relations = ElementTree.fromstring(source.read("xl/_rels/workbook.xml.rels"))
    target = {r.attrib["Id"]: r.attrib["Target"] for r in relations}
    key = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
    sheets = ElementTree.fromstring(source.read("xl/workbook.xml")).iterfind(".//{*}sheet")
    paths = {sheet.attrib["name"]: target[sheet.attrib[key]] for sheet in sheets}
    return {name: p[1:] if p.startswith("/") else f"xl/{p}" for name, p in paths.items()}


def _splice(xml: str, sheet: str, reference: str, value: Value) -> str:
    found = re.search(rf'<c r="{reference}"([^>]*?)(/>|>.*?</c>)', xml, re.DOTALL)
    if not found:
        raise KeyError(f"{sheet}!{reference} is not in the file, so it cannot be edited")
    style = re.search(r' s="\d+"', found[1])
    start = f'<c r="{reference}"{style[0] if style else ""}'
    return xml[: found.start()] + start + _content(value) + xml[found.end() :]


def _content(value: Value) -> str:
    if value is None:
        return "/>"
    if isinstance(value, str):
        text = escape(value)
        return f' t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    kind = ' t="b"' if isinstance(value, bool) else ""
    return f"{kind}><v>{value + 0}</v></c>"  # + 0 writes True as 1
