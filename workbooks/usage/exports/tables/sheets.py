"""Sheets of an Excel workbook as CSV files, so that they are read as every other export."""

from __future__ import annotations

import csv
import datetime
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

from workbooks.file.values import away, opened, part_of, uncomputed
from workbooks.usage.exports.layout import UsageError


class Written(NamedTuple):
    """A sheet as a file."""

    path: Path
    uncomputed: str
    """Its first cell that is a formula without a value; empty where none is."""
    hidden: str
    """How many of its rows and columns are hidden; empty where none is."""


def sheets(path: Path, scratch: Path) -> dict[str, Written]:
    """Return a CSV file for each sheet that has cells, by its title.

    Raises
    ------
    UsageError
        If it is no Excel workbook.
    """
    try:
        with opened(path) as book, zipfile.ZipFile(path) as package:
            written = {}
            for place, sheet in enumerate(book.worksheets):
                target = scratch / f"{place}" / path.name
                _write(sheet, target)
                part = part_of(sheet, package)
                hidden = away(part, sheet.iter_rows(values_only=True)).told()
                written[str(sheet.title)] = Written(target, uncomputed(part), hidden)
    except Exception:  # a zip can be broken in many ways
        raise UsageError(
            f"{path.name} is an Excel workbook that cannot be read; save the sheet as CSV UTF-8"
        ) from None
    return {title: each for title, each in written.items() if each.path.stat().st_size}


def _write(sheet: Any, target: Path) -> None:
    target.parent.mkdir()
    with target.open("w", encoding="utf-8", newline="") as file:
        table, widest = csv.writer(file), 0
        for row in sheet.iter_rows(values_only=True):
            if any(cell is not None for cell in row):
                widest = max(widest, len(row))
                table.writerow([*map(_text, row), *[""] * (widest - len(row))])


def _text(cell: Any) -> str:
    if isinstance(cell, datetime.datetime):
        return cell.isoformat(" ", "seconds")
    return "" if cell is None else " ".join(str(cell).split("\n"))
