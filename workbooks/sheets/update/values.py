"""Put the values of a plan into a workbook that somebody has made their own.

A formula that is still ours gets the value that it comes to; what was made as values, such as the
draws, is made anew. Everything else stays byte for byte, so a value never merely vanishes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from openpyxl.formula.translate import Translator

from workbooks.file.cells import LAST_ROW, Cell, index, reference, value, written
from workbooks.file.markup import Edit, prefix, shown, splice
from workbooks.file.package import Package
from workbooks.file.rows import put
from workbooks.file.sheet import Sheet
from workbooks.prices.splice.book import Book

AS_MADE = ("Cover", "Risk", "Scenarios", "Decisions", "Decision", "Log")
"""Sheets with values that no formula computes."""
ALIKE = 1e-12
LEAST_ALIKE = 0.8
"""Share of our texts that must stand where we write them, for a sheet to be still ours."""
_FORMULA = re.compile(rb"<(?:\w+:)?f\b(?:[^>]*/>|.*?</(?:\w+:)?f>)", re.DOTALL)
_BLANK = re.compile(r"\s+|_xlfn\.")
_QUOTED = re.compile(r"'([A-Za-z_]\w*)'!")
"""A sheet whose name needs no quotes: other programs leave them out."""
_CALLED = re.compile(r"\b(TRUE|FALSE)\(\)")
"""A truth that another program writes as a function."""
_NUMBER = re.compile(r"(?<![\w.$])\d+(?:\.\d+)?(?:E[-+]?\d+)?(?![\w.(])")
"""A number in a formula: programs write 1E-12 in ways of their own."""


@lru_cache(maxsize=128)
def parsed(data: bytes, label: str) -> Sheet:
    """Return a sheet; an update reads the same one several times, and nothing changes it."""
    return Sheet(data, label, 1, LAST_ROW)


class Pages(Mapping[str, Sheet]):
    """The sheets of a workbook by name; one is read when somebody first asks for it.

    A sheet that is somebody's own is thus never read, however large it is.
    """

    def __init__(self, path: Path, content: bytes) -> None:
        self.package = Package(path, content)
        self.book = Book(self.package)
        self._sheets: dict[str, Sheet] = {}
        self._strings: dict[str, dict[int, str]] = {}

    def __getitem__(self, name: str) -> Sheet:
        if name not in self._sheets:
            part = self.book.sheets[name]
            self._sheets[name] = parsed(self.package.read(part), self.package.label(part))
        return self._sheets[name]

    def __contains__(self, name: object) -> bool:
        return name in self.book.sheets

    def __iter__(self) -> Iterator[str]:
        return iter(self.book.sheets)

    def __len__(self) -> int:
        return len(self.book.sheets)

    def differ(self, other: Pages) -> list[str]:
        """Name the sheets that another workbook has too, and not byte for byte."""
        mine, theirs = self.book.sheets, other.book.sheets
        pairs = {
            n: (self.package.packed(mine[n]), other.package.packed(theirs[n]))
            for n in mine
            if n in theirs
        }
        return [name for name, (one, two) in pairs.items() if one != two]

    def strings(self, name: str) -> dict[int, str]:
        """Return the shared strings of a sheet, by number."""
        if name not in self._strings:
            wanted = {index(cell) for cell in self[name].cells.values()}
            self._strings[name] = self.book.strings(wanted - {-1})
        return self._strings[name]

    def formula(self, name: str, cell: Cell) -> str:
        """Return a formula as it reads, whoever shares it; blanks and idle quotes do not count."""
        text = cell.formula or ""
        if not text and cell.shared:
            row, column, text = self[name].patterns.get(cell.shared, (0, 0, ""))
            if text:
                at = reference(cell.row, cell.column)
                moved = Translator(f"={text}", origin=reference(row, column))
                text = str(moved.translate_formula(at))[1:]
        plain = _CALLED.sub(r"\1", _QUOTED.sub(r"\1!", _BLANK.sub("", text)))
        return _NUMBER.sub(lambda found: f"{float(found[0]):.15g}", plain)


def revalued(path: Path, content: bytes, fresh: bytes) -> tuple[bytes, list[str]]:
    """Return a workbook with the values of a freshly made one, and the sheets left as they are."""
    ours, theirs = Pages(path, content), Pages(path, fresh)
    parts, left = {}, []
    for name in ours.differ(theirs):
        edits = list(_formulas(name, ours, theirs))
        if name in AS_MADE:
            if _alike(name, ours, theirs):
                edits += _as_made(name, ours, theirs)
            else:
                left.append(name)
        if edits:
            parts[ours.book.sheets[name]] = splice(ours[name].data, edits)
    return (ours.package.rebuilt(parts) if parts else content), left


INPUTS = ("Workloads", "Engines", "Capacity", "Load", "Routes")
"""Sheets of several workloads that people type over: what they typed stays."""
SCENARIO = "Scenario"


def merged(path: Path, content: bytes, fresh: bytes, before: bytes) -> tuple[bytes, list[str]]:
    """Return a workbook of several workloads with what a freshly made one has now.

    Parameters
    ----------
    before
        The workbook as it was made: a cell that holds something else was typed over, and stays.

    Returns
    -------
    tuple
        The workbook, and the sheets that were rearranged and are left as they are.
    """
    ours, theirs, was = (Pages(path, each) for each in (content, fresh, before))
    parts, left = {}, []
    for name in ours.differ(theirs):
        edits = list(_formulas(name, ours, theirs))
        if name != SCENARIO and name in was and _alike(name, ours, was):
            made = _constants(was, name)
            edits += _as_made(name, ours, theirs, made if name in INPUTS else None)
            edits += _gone(name, ours, theirs, made)
        elif name != SCENARIO:
            left.append(name)
        if edits:
            parts[ours.book.sheets[name]] = splice(ours[name].data, edits)
    return (ours.package.rebuilt(parts) if parts else content), left


def _formulas(name: str, ours: Pages, theirs: Pages) -> Iterator[Edit]:
    """Yield the values of the formulas that read as ours do."""
    sheet, made = ours[name], theirs[name]
    for at, cell in sheet.cells.items():
        new = made.cells.get(at)
        if cell.formula is None or new is None or new.formula is None or new.content is None:
            continue
        same = (cell.kind, cell.content) == (new.kind, new.content)
        is_spelled_alike = cell.formula == new.formula != ""
        if not same and (is_spelled_alike or ours.formula(name, cell) == theirs.formula(name, new)):
            yield Edit(cell.start, cell.end, _with_value(sheet, cell, new))


def _with_value(sheet: Sheet, cell: Cell, new: Cell) -> bytes:
    """Return a formula cell as it is, but for its value."""
    p = prefix(sheet.data, sheet.root)
    raw = sheet.data[cell.start : cell.end]
    formula = _FORMULA.search(raw)
    kind = f' t="{new.kind}"' if new.kind != "n" else ""
    style = f' s="{cell.style}"' if cell.style else ""
    held = f"<{p}v>{shown(new.content or '') if new.kind == 'str' else new.content}</{p}v>"
    start = f'<{p}c r="{reference(cell.row, cell.column)}"{style}{kind}>'
    return start.encode() + (formula[0] if formula else b"") + f"{held}</{p}c>".encode()


def _constants(pages: Pages, name: str) -> dict[tuple[int, int], object]:
    cells, strings = pages[name].cells, pages.strings(name)
    plain = {at: cell for at, cell in cells.items() if cell.formula is None}
    held = {at: value(cell, strings) for at, cell in plain.items()}
    return {at: each for at, each in held.items() if each is not None}


def _alike(name: str, ours: Pages, theirs: Pages) -> bool:
    """Say whether a sheet is laid out as we make it: our labels stand where they did."""
    here, made = _constants(ours, name), _constants(theirs, name)
    first = min((column for _, column in made), default=1)
    labels = {at: text for at, text in made.items() if isinstance(text, str) and at[1] == first}
    same = sum(here.get(at) == text for at, text in labels.items())
    return same >= LEAST_ALIKE * len(labels)


def _gone(
    name: str, ours: Pages, theirs: Pages, was: Mapping[tuple[int, int], object]
) -> Iterator[Edit]:
    """Yield blanks for what was made where nothing is made now."""
    sheet, here, now = ours[name], _constants(ours, name), theirs[name].cells
    for at, held in was.items():
        if (at not in now or not now[at].filled) and _is_same(here.get(at), held):
            cell = sheet.cells[at]
            data = written(sheet.data, sheet.root, *at, cell.style, None)
            yield Edit(cell.start, cell.end, data)


def _is_same(one: object, other: object) -> bool:
    """Say whether two cells hold the same, as another program may write a number."""
    numbers = isinstance(one, float) and isinstance(other, float)
    return math.isclose(one, other, rel_tol=ALIKE) if numbers else one == other  # type: ignore[arg-type]


def _as_made(
    name: str, ours: Pages, theirs: Pages, was: Mapping[tuple[int, int], object] | None = None
) -> Iterator[Edit]:
    """Yield the cells whose value was made, and is another now; what was typed over stays."""
    sheet, here = ours[name], _constants(ours, name)
    fresh: dict[int, dict[int, bytes]] = {}
    for (row, column), new in _constants(theirs, name).items():
        cell = sheet.cells.get((row, column))
        held = here.get((row, column))
        if (cell and cell.formula is not None) or held == new:
            continue
        if was is not None and not _is_same(held, was.get((row, column))):
            continue
        assert isinstance(new, float | str | bool)
        data = written(sheet.data, sheet.root, row, column, cell.style if cell else "", new)
        if cell:
            yield Edit(cell.start, cell.end, data)
        else:
            fresh.setdefault(row, {})[column] = data
    for row, cells in fresh.items():
        yield from put(sheet, row, cells)
