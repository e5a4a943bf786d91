"""A workbook file as an open workbook: what the ribbon's actions see, without Excel."""

import re
import shutil
from collections.abc import Iterable
from pathlib import Path

import openpyxl
from openpyxl.utils.cell import range_boundaries

from addin.cells import CellError
from addin.excel.actions import Found

ERRORS = {error.value: error for error in CellError}


class OpenFile:
    """Values are those stored in the file; expressions are references, numbers and texts."""

    def __init__(self, path: Path, selected: tuple[str, str] = ("Sheet1", "A1")) -> None:
        self.path, self.place = path, selected
        self.formulas = openpyxl.load_workbook(path)
        self.values = openpyxl.load_workbook(path, data_only=True)
        self.opened: list[Path] = []
        self.written: list[tuple[str, str, object]] = []
        self.asked: list[str] = []
        self.answers: list[str | None] = []

    def folder(self) -> Path | None:
        return self.path.parent

    def selected(self) -> tuple[str, str]:
        return self.place

    def formula(self, sheet: str, address: str) -> str:
        text = self.formulas[sheet][address].value
        return text if isinstance(text, str) and text.startswith("=") else ""

    def evaluate(self, sheet: str, expression: str) -> object:
        if re.fullmatch(r'"[^"]*"', expression):
            return expression[1:-1]
        try:
            return float(expression)
        except ValueError:
            name, _, reference = expression.replace("$", "").rpartition("!")
        source = self.values[name.strip("'") or sheet]
        left, top, right, bottom = range_boundaries(reference)
        block = source.iter_rows(top, bottom, left, right, values_only=True)
        rows = tuple(tuple(map(_typed, row)) for row in block)
        return rows if ":" in reference else rows[0][0]

    def names(self) -> dict[str, str]:
        return {name.lower(): each.value for name, each in self.formulas.defined_names.items()}

    def cells(self) -> Iterable[Found]:
        for sheet in self.values:
            for row in sheet.iter_rows():
                for cell in row:
                    formula = self.formula(sheet.title, cell.coordinate)
                    if cell.value is not None or formula:
                        place = (sheet.title, cell.row, cell.column, cell.coordinate)
                        yield Found(*place, _typed(cell.value), formula)

    def write(self, sheet: str, address: str, value: object) -> None:
        cell = self.formulas[sheet][address]
        kept = cell.number_format
        cell.value = value
        cell.number_format = kept
        self.written.append((sheet, address, value))

    def save_copy(self, path: Path) -> None:
        shutil.copyfile(self.path, path)

    def open(self, path: Path) -> None:
        self.opened.append(path)

    def ask(self, question: str) -> str | None:
        self.asked.append(question)
        return self.answers.pop(0) if self.answers else ""


def _typed(value: object) -> object:
    if isinstance(value, str):
        return ERRORS.get(value, value)
    return float(value) if type(value) is int else value
