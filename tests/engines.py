"""Read, edit, recalculate and compare workbooks with two independent spreadsheet engines.

LibreOffice is what many people open the file with; IronCalc follows Excel where LibreOffice
does not. A number is right when both get it from the formulas and the file holds it already.
"""

import math
import os
import re
import shutil
import signal
import subprocess
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from numbers import Real
from pathlib import Path
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import openpyxl
from openpyxl.cell.cell import ERROR_CODES

from install.programs import program, soffice
from tests import computing
from tests.addin import office
from tests.computing import Cell, Value

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"

# what the two engines show beyond the error values that Excel knows
ERRORS = {*ERROR_CODES, "#SPILL!", "#CALC!", "#CIRC!", "#ERROR!", "#N/IMPL!"}

FOR_PAPER = re.compile(rb'<definedName name="_xlnm.Print_Titles"[^>]*>[^<]*</definedName>')
FOR_THE_EYE = re.compile(rb'<drawing r:id="[^"]*"/>')
"""Rows that paper repeats, and charts: no number depends on them, and they take most of the time.

LibreOffice lays out all pages for each of the first, and draws each of the second.
"""

MOST_TYPED = 100
"""Typed cells in which two files may differ for one to be typed into the other."""


class Sheet(dict[str, Value]):
    """The cells of one sheet by reference; a cell that holds nothing is None."""

    def __missing__(self, reference: str) -> None:
        return None


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
    return Book("file", _read(path, data_only=True), path)


def formulas(path: Path) -> dict[str, Sheet]:
    """Return the formulas of the file, each beginning with ``=``."""
    return {
        name: Sheet((ref, v) for ref, v in cells.items() if isinstance(v, str) and v[:1] == "=")
        for name, cells in _read(path, data_only=False).items()
    }


def names(path: Path) -> dict[str, Cell]:
    """Return the cell that each name of a generated workbook stands for."""
    return _names_version(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def opened(path: Path, data_only: bool = False) -> openpyxl.Workbook:
    """Return a workbook with its looks, which takes a second: to be seen, and not changed."""
    return openpyxl.load_workbook(path, data_only=data_only)


def ironcalc_values(path: Path) -> Book:
    """Return what IronCalc computes from the formulas, whatever the file has stored."""
    return ironcalc([path])[path]


def ironcalc(paths: Sequence[Path]) -> dict[Path, Book]:
    """Return what IronCalc computes from the formulas of every file."""
    return _computed(computing.IronCalc(), paths)


def recalculate(paths: Sequence[Path]) -> dict[Path, Book]:
    """Return what LibreOffice computes from the formulas of every file.

    Needs the ``soffice`` fixture.
    """
    calc = computing.calc()
    try:
        return _computed(calc, paths)
    except BaseException:
        computing.calc.cache_clear()  # it may hang, or be gone
        calc.close()
        raise


def _computed(program: computing.Program, paths: Sequence[Path]) -> dict[Path, Book]:
    """Open the first file, and type into it what others of the same formulas have typed.

    Cases and edits of one workbook are told by a few cells, and opening takes most of the time.
    """
    books: dict[Path, Book] = {}
    before = None
    for path in paths:
        changes = _typed_since(before, path) if before else None
        if changes is None:
            with tempfile.TemporaryDirectory() as folder:
                copy = Path(folder, "book.xlsx")
                _numbers_only(path, copy)
                program.open(copy)
        else:
            program.type(changes)
        sheets = {name: Sheet(cells) for name, cells in program.read().items()}
        books[path], before = Book(program.name, sheets, path), path
    return books


def _typed_since(before: Path, path: Path) -> dict[Cell, Value] | None:
    """Return what is typed in another way; None where more than that tells two files apart."""
    if formulas(before) != formulas(path) or names(before) != names(path):
        return None
    old, new = (
        {cell: _value(book, cell) for cell in _typed(book)} for book in map(cached, (before, path))
    )
    changes = {c: new.get(c) for c in old.keys() | new.keys() if old.get(c) != new.get(c)}
    return changes if len(changes) <= MOST_TYPED else None


def _typed(book: Book) -> list[Cell]:
    return [
        (s, ref) for s, cells in book.sheets.items() for ref in cells if ref not in book.formulas[s]
    ]


def _numbers_only(path: Path, out: Path) -> None:
    """Copy a workbook without what is only for paper and the eye; any other file as it is."""
    if not zipfile.is_zipfile(path):
        shutil.copyfile(path, out)
        return
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(out, "w") as target:
        for item in source.infolist():
            content = source.read(item)
            if item.filename == "xl/workbook.xml":
                content = FOR_PAPER.sub(b"", content).replace(b"<definedNames></definedNames>", b"")
            elif item.filename.startswith("xl/worksheets/sheet"):
                content = FOR_THE_EYE.sub(b"", content)
            target.writestr(item.filename, content)


def render(path: Path, folder: Path, dpi: int = 60, timeout: float = 120) -> list[Path]:
    """Draw the printed pages of a workbook and return the PNG files in page order.

    Needs the ``soffice`` and ``pdftoppm`` fixtures.
    """
    (pdf,) = _convert([path], "pdf", folder, timeout)
    stem = folder / path.stem
    command = [pdftoppm() or "pdftoppm", "-r", str(dpi), "-png", str(pdf), str(stem)]
    subprocess.run(command, check=True, timeout=timeout)
    return sorted(folder.glob(f"{path.stem}-*.png"))


def resaved(path: Path, folder: Path, timeout: float = 120) -> Path:
    """Return a copy of a workbook as LibreOffice saves it, with its spelling of formulas.

    Needs the ``soffice`` fixture.
    """
    (made,) = _convert([path], "xlsx", folder, timeout)
    return made


def formula_cells(path: Path) -> list[Cell]:
    """Every cell of a workbook with a formula."""
    return [(sheet, ref) for sheet, found in formulas(path).items() for ref in found]


def disagreements(paths: Iterable[Path], fewest: int) -> list[str]:
    """Recalculate workbooks in both other programs; name each cell that is not as in its file.

    Each of them must have more than the `fewest` formulas, so that something is compared.
    """
    books = list(paths)
    wrong: list[str] = []
    computed = [engine(books) for engine in (recalculate, ironcalc)]
    for path in books:
        places = formula_cells(path)
        assert len(places) > fewest
        for other in (found[path] for found in computed):
            wrong += [f"{path.stem} {each}" for each in differences(cached(path), other, places)]
    return wrong


def differences(
    a: Book, b: Book, cells: Iterable[Cell] | None = None, rel: float = 1e-9
) -> list[str]:
    """Return one readable line per cell that differs or shows an error in either book.

    Without ``cells``, every cell that holds something in either book is compared.
    """
    chosen = _all_cells(a, b) if cells is None else cells
    return [
        _line(a, b, cell) for cell in chosen if not _same(_value(a, cell), _value(b, cell), rel)
    ]


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
            target.writestr(item, content)
    return out


def pdftoppm() -> str | None:
    """Return the program that draws PDF pages, or None where it is not installed."""
    return program("pdftoppm")


@cache
def _profile() -> tempfile.TemporaryDirectory[str]:
    """Return a LibreOffice profile of this process alone, removed when the process ends."""
    # a profile of our own: the user's may be in use, or may trust the stored values
    folder = tempfile.TemporaryDirectory(prefix="evenpoint-office-", ignore_cleanup_errors=True)
    office.new_profile(Path(folder.name))
    return folder


def _convert(paths: Sequence[Path], kind: str, folder: Path, timeout: float) -> list[Path]:
    profile = Path(_profile().name).as_uri()
    command = [soffice() or "soffice", f"-env:UserInstallation={profile}", "--headless"]
    command += ["--norestore", "--convert-to", kind, "--outdir", str(folder), *map(str, paths)]
    said = _run(command, timeout)
    made = [folder / f"{path.stem}.{kind}" for path in paths]
    missing = [path.name for path, file in zip(paths, made, strict=True) if not file.exists()]
    if missing:
        raise RuntimeError(f"LibreOffice did not convert {', '.join(missing)} to {kind}: {said}")
    return made


def _run(command: Sequence[str], timeout: float) -> str:
    """Run a program in a process group of its own and leave nothing of it behind."""
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    with process:
        try:
            return process.communicate(timeout=timeout)[0]
        except subprocess.TimeoutExpired:
            raise TimeoutError(f"{command[0]} did not finish within {timeout:g} s") from None
        finally:
            _kill_group(process)


def _kill_group(process: subprocess.Popen[str]) -> None:
    # soffice is a chain of programs: killing the first would leave the one that does the work
    if os.name == "nt":
        process.kill()
        return
    with suppress(ProcessLookupError, PermissionError):  # it ended by itself, as it should
        os.killpg(process.pid, signal.SIGKILL)


def _read(path: Path, data_only: bool) -> dict[str, Sheet]:
    return _read_version(path, data_only, path.stat().st_mtime_ns)


@cache
def _read_version(path: Path, data_only: bool, _: int) -> dict[str, Sheet]:
    """Read each version of a file once: tests ask many questions of the same workbook.

    By a reader of cells alone, for openpyxl takes ten times as long over styles and dates, which
    no number depends on; `tests` hold it to what openpyxl reads.
    """
    with zipfile.ZipFile(path) as source:
        parts, strings = _sheet_parts(source), _strings(source)
        return {
            name: Sheet(_held(ElementTree.fromstring(source.read(part)), strings, data_only))
            for name, part in parts.items()
        }


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


def _held(
    sheet: ElementTree.Element, strings: Sequence[str], data_only: bool
) -> Iterator[tuple[str, Value]]:
    """Yield what each filled cell holds, or its formula unless values alone are asked for."""
    for cell in sheet.iter(f"{MAIN}c"):
        formula = None if data_only else cell.find(f"{MAIN}f")
        if formula is not None:
            assert formula.get("t") in {None, "array"}, "a formula that is told by another cell"
            yield cell.attrib["r"], f"={formula.text or ''}"
        elif (value := _value_of(cell, strings)) is not None:
            yield cell.attrib["r"], value


def _value_of(cell: ElementTree.Element, strings: Sequence[str]) -> Value:
    """Return what a cell shows; a date is its number, as a formula sees it."""
    kind, text = cell.get("t", "n"), cell.findtext(f"{MAIN}v")
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


def _all_cells(a: Book, b: Book) -> list[Cell]:
    return list(
        dict.fromkeys(
            (sheet, reference)
            for book in (a, b)
            for sheet, cells in book.sheets.items()
            for reference in cells
        )
    )


def _value(book: Book, cell: Cell) -> Value:
    sheet, reference = cell
    return book.sheets.get(sheet, Sheet())[reference]


def _same(a: Value, b: Value, rel: float) -> bool:
    if ERRORS & {a, b}:
        return False  # an error is never what we want to show, even if both engines agree on it
    if isinstance(a, Real) and isinstance(b, Real):  # a bool is the number 0 or 1
        return math.isclose(a, b, rel_tol=rel, abs_tol=1e-9)
    return a == b or {a, b} == {"", None}


def _line(a: Book, b: Book, cell: Cell) -> str:
    sheet, reference = cell
    values = ", ".join(f"{book.engine} {_shown(_value(book, cell))}" for book in (a, b))
    formula = next(
        filter(None, (book.formulas.get(sheet, Sheet())[reference] for book in (a, b))), None
    )
    return f"{sheet}!{reference}: {values}" + (f", formula {formula}" if formula else "")


def _shown(value: Value) -> str:
    return f"{value:.15g}" if isinstance(value, float) else str(value)


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
