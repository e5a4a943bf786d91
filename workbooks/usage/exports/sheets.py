"""Sheets of an Excel workbook as CSV files, so that they are read as every other export."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl

from workbooks.usage.exports.layout import UsageError


def sheets(path: Path, scratch: Path) -> Iterator[Path]:
    """Yield a CSV file for each sheet that has cells.

    Raises
    ------
    UsageError
        If it is no Excel workbook.
    """
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except Exception:  # a zip can be broken in many ways
        raise UsageError(
            f"{path.name} is an Excel workbook that cannot be opened; save the sheet as CSV UTF-8"
        ) from None
    for place, sheet in enumerate(book.worksheets):
        target = scratch / f"{place}" / f"{path.name}"
        target.parent.mkdir()
        with target.open("w", encoding="utf-8", newline="") as file:
            table, filled = csv.writer(file), False
            for row in sheet.iter_rows(values_only=True):
                if any(cell is not None for cell in row):
                    table.writerow([_text(cell) for cell in row])
                    filled = True
        if filled:
            yield target
    book.close()


def _text(cell: Any) -> str:
    if isinstance(cell, datetime.datetime):
        return cell.isoformat(" ", "seconds")
    return "" if cell is None else str(cell)
