"""Recalculate, compare and draw workbooks with two independent spreadsheet engines.

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
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cache
from numbers import Real
from pathlib import Path

from openpyxl.cell.cell import ERROR_CODES

from install.programs import program, soffice
from tests import computing
from tests.addin import office
from tests.books import Book, Sheet, cached, formula_cells, formulas, names
from tests.computing import Cell, Value

# what the two engines show beyond the error values that Excel knows
ERRORS = {*ERROR_CODES, "#SPILL!", "#CALC!", "#CIRC!", "#ERROR!", "#N/IMPL!"}

FOR_PAPER = re.compile(rb'<definedName name="_xlnm.Print_Titles"[^>]*>[^<]*</definedName>')
FOR_THE_EYE = re.compile(rb'<drawing r:id="[^"]*"/>')
"""Rows that paper repeats, and charts: no number depends on them, and they take most of the time.

LibreOffice lays out all pages for each of the first, and draws each of the second.
"""

EMPTY = Sheet()
MOST_TYPED = 100
"""Typed cells in which two files may differ for one to be typed into the other."""


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
    return book.sheets.get(sheet, EMPTY)[reference]


def _same(a: Value, b: Value, rel: float) -> bool:
    if a in ERRORS or b in ERRORS:
        return False  # an error is never what we want to show, even if both engines agree on it
    if a == b:
        return True
    if isinstance(a, Real) and isinstance(b, Real):  # a bool is the number 0 or 1
        return math.isclose(a, b, rel_tol=rel, abs_tol=1e-9)
    return {a, b} == {"", None}


def _line(a: Book, b: Book, cell: Cell) -> str:
    sheet, reference = cell
    values = ", ".join(f"{book.engine} {_shown(_value(book, cell))}" for book in (a, b))
    formula = next(
        filter(None, (book.formulas.get(sheet, Sheet())[reference] for book in (a, b))), None
    )
    return f"{sheet}!{reference}: {values}" + (f", formula {formula}" if formula else "")


def _shown(value: Value) -> str:
    return f"{value:.15g}" if isinstance(value, float) else str(value)
