"""A workbook that is open in Excel, through COM, as the actions want it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from openpyxl.utils import get_column_letter

from addin.arguments import rows_of
from addin.excel.actions import Found
from addin.excel.udfs import RECEIVED

TITLE = "Evenpoint"


class OpenBook:
    """The COM object of a workbook; values are read without formats, as `Value2`."""

    def __init__(self, workbook: Any) -> None:
        self.workbook = workbook

    def folder(self) -> Path | None:
        """Return the folder it was saved to; None for a new book or one in the cloud."""
        path = str(self.workbook.Path)
        return Path(path) if path and "://" not in path else None

    def selected(self) -> tuple[str, str]:
        """Return sheet and address of the active cell."""
        cell = self.workbook.Application.ActiveCell
        return str(cell.Worksheet.Name), str(cell.Address).replace("$", "")

    def formula(self, sheet: str, address: str) -> str:
        """Return the formula of a cell in English."""
        cell = self.workbook.Worksheets(sheet).Range(address)
        return str(cell.Formula) if cell.HasFormula else ""

    def evaluate(self, sheet: str, expression: str) -> object:
        """Return what an expression is worth on a sheet."""
        found = self.workbook.Worksheets(sheet).Evaluate(expression)
        return _typed(getattr(found, "Value2", found))

    def names(self) -> Mapping[str, str]:
        """Return what names stand for; one that has two scopes stands for both."""
        found: dict[str, str] = {}
        for name in self.workbook.Names:
            key = str(name.Name).rpartition("!")[2].lower()
            found[key] = f"{found.get(key, '')} {name.RefersTo}"
        return found

    def cells(self) -> Iterable[Found]:
        """Return every cell that holds something; each sheet is read at once."""
        for sheet in self.workbook.Worksheets:
            used = sheet.UsedRange
            top, left = int(used.Row), int(used.Column)
            values, formulas = rows_of(_typed(used.Value2)), rows_of(used.Formula)
            for i, (row, texts) in enumerate(zip(values, formulas, strict=True)):
                for j, (value, text) in enumerate(zip(row, texts, strict=True)):
                    if value is not None:
                        address = f"{get_column_letter(left + j)}{top + i}"
                        formula = str(text) if str(text).startswith("=") else ""
                        yield Found(sheet.Name, top + i, left + j, address, value, formula)

    def write(self, sheet: str, address: str, value: object) -> None:
        """Change a value; the format of the cell stays, and a text is never a formula."""
        cell = self.workbook.Worksheets(sheet).Range(address)
        kept = cell.NumberFormat  # Excel formats a cell anew when it gets a date
        as_text = isinstance(value, str) and value.startswith(("=", "+", "-", "@"))
        cell.Value = f"'{value}" if as_text else value
        cell.NumberFormat = kept

    def save_copy(self, path: Path) -> None:
        """Save a copy."""
        self.workbook.SaveCopyAs(str(path))

    def open(self, path: Path) -> None:
        """Open another workbook in the same Excel."""
        self.workbook.Application.Workbooks.Open(str(path))

    def ask(self, question: str) -> str | None:
        """Ask in Excel's own box; its Cancel answers with False."""
        answer = self.workbook.Application.InputBox(question, TITLE, "")
        return None if answer is False else str(answer)


def _typed(value: object) -> object:
    """Return values as COM passes them, with errors as errors."""
    if isinstance(value, tuple):
        return tuple(_typed(item) for item in value)
    return RECEIVED.get(value, value) if type(value) is int else value
