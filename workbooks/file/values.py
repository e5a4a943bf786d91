"""The values of a workbook's cells, for those who read a table out of anybody's workbook."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import IO, Any, NamedTuple

from workbooks.file.cells import place

_UNCOMPUTED = re.compile(
    rb"""<(?:\w+:)?c\b[^>]*\sr="([A-Z]+\d+)"[^>]*>\s*   # a cell with a formula
    <(?:\w+:)?f\b(?:[^>]*/>|[^<]*</(?:\w+:)?f>)\s*
    (?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>""",  # and no value
    re.VERBOSE,
)


@contextmanager
def opened(source: Path | IO[bytes]) -> Iterator[Any]:
    """Open a workbook to read; what openpyxl says it would lose in saving is kept quiet.

    What a sheet says of its own size may be a lie, so rows are as long as their last cell.
    """
    import openpyxl  # noqa: PLC0415  # only a workbook pays for it

    # a file that turns out to be no workbook is left open by openpyxl
    held = source.open("rb") if isinstance(source, Path) else nullcontext(source)
    with held as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with closing(openpyxl.load_workbook(file, read_only=True, data_only=True)) as book:
            for sheet in book.worksheets:
                sheet.reset_dimensions()
            yield book


def part_of(sheet: Any, package: zipfile.ZipFile) -> bytes:
    """Return the XML of a sheet; nothing where a sheet that is read in passing does not tell."""
    path = getattr(sheet, "_worksheet_path", "")
    return package.read(path) if path in package.namelist() else b""


def uncomputed(part: bytes) -> str:
    """Return the first cell of a sheet's XML that is a formula without a value, else nothing.

    A program that writes formulas does not compute them, and such a cell reads as blank.

    >>> uncomputed(b'<c r="B2"><f>1+1</f></c>'), uncomputed(b'<c r="B2"><f>1+1</f><v>2</v></c>')
    ('B2', '')
    """
    found = _UNCOMPUTED.search(part)
    return found[1].decode() if found else ""


_HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row\b(?=[^>]*\shidden="(?:1|true)")[^>]*\sr="(\d{1,8})"')
_HIDDEN_COLUMNS = re.compile(rb'<(?:\w+:)?col\b(?=[^>]*\shidden="(?:1|true)")[^>]*>')
_ENDS = re.compile(rb'\s(min|max)="(\d{1,8})"')


def hidden_rows(part: bytes) -> frozenset[int]:
    """Return the rows of a sheet's XML that are hidden or filtered away, from 0.

    >>> hidden_rows(b'<row r="3" hidden="1"/><row r="4"/>')
    frozenset({2})
    """
    return frozenset(int(row) - 1 for row in _HIDDEN_ROW.findall(part))


class Away(NamedTuple):
    """How many rows and columns with cells are hidden in a sheet, or filtered away."""

    rows: int = 0
    columns: int = 0

    def told(self) -> str:
        """Say so, where all of them are read; blank where none is hidden.

        >>> Away(2, 1).told()
        '2 rows and 1 column are hidden or filtered away, and are read as all others are'
        """
        counts = {"row": self.rows, "column": self.columns}
        told = " and ".join(f"{n} {what}{'s' * (n > 1)}" for what, n in counts.items() if n)
        verb = "is" if sum(self) == 1 else "are"
        said = f"{told} {verb} hidden or filtered away, and {verb} read as all others are"
        return said if told else ""


def away(part: bytes, rows: Iterable[Sequence[object]]) -> Away:
    """Count what is hidden in a sheet's XML, of the rows and columns that have cells.

    >>> away(b'<col min="2" max="9" hidden="1"/><row r="2" hidden="1"/>', [["a", 1], ["b"]])
    Away(rows=1, columns=1)
    """
    gone = hidden_rows(part)
    ends = [dict(_ENDS.findall(found)) for found in _HIDDEN_COLUMNS.findall(part)]
    spans = [range(int(each[b"min"]) - 1, int(each[b"max"])) for each in ends if len(each) == 2]
    if not gone and not spans:
        return Away()
    hidden, columns = 0, set[int]()
    for number, row in enumerate(rows):
        filled = [at for at, cell in enumerate(row) if cell not in (None, "")]
        hidden += bool(filled) and number in gone
        columns.update(at for at in filled if any(at in each for each in spans))
    return Away(hidden, len(columns))


_THREAD = re.compile(r"\s*\[[^]]*\].*?linkid=\d+\s*\w+:\s*", re.DOTALL)
"""What Excel puts before the first words of a thread, for programs that show none."""


def comments(sheet: Any, package: zipfile.ZipFile) -> Iterator[tuple[int, int, str]]:
    """Yield what somebody has noted at a cell of a sheet: row and column from 0, and the words."""
    from openpyxl.comments.comment_sheet import CommentSheet  # noqa: PLC0415
    from openpyxl.packaging.relationship import get_dependents, get_rels_path  # noqa: PLC0415
    from openpyxl.xml.constants import COMMENTS_NS  # noqa: PLC0415
    from openpyxl.xml.functions import fromstring  # noqa: PLC0415

    rels = get_rels_path(getattr(sheet, "_worksheet_path", ""))
    if rels not in package.namelist():
        return
    for part in get_dependents(package, rels).find(COMMENTS_NS):
        for cell, noted in CommentSheet.from_tree(fromstring(package.read(part.target))).comments:
            row, column = place(cell)
            yield row - 1, column - 1, _THREAD.sub("", noted.content or "", count=1)
