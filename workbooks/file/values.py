"""The values of a workbook's cells, for those who read a table out of anybody's workbook."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import IO, Any

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
