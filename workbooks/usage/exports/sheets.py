"""Sheets of an Excel workbook as CSV files, so that they are read as every other export."""

from __future__ import annotations

import csv
import datetime
from pathlib import Path
from typing import Any

from workbooks.file.values import opened
from workbooks.usage.exports.layout import UsageError


def sheets(path: Path, scratch: Path) -> dict[str, Path]:
    """Return a CSV file for each sheet that has cells, by its title.

    Raises
    ------
    UsageError
        If it is no Excel workbook.
    """
    try:
        with opened(path) as book:
            targets = {}
            for place, sheet in enumerate(book.worksheets):
                targets[str(sheet.title)] = scratch / f"{place}" / path.name
                _write(sheet, targets[str(sheet.title)])
    except Exception:  # a zip can be broken in many ways
        raise UsageError(
            f"{path.name} is an Excel workbook that cannot be read; save the sheet as CSV UTF-8"
        ) from None
    return {title: target for title, target in targets.items() if target.stat().st_size}


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
    return "" if cell is None else str(cell)
