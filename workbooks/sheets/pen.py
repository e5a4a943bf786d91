"""What every workbook is written with: formats, formulas with their values, names, the way back."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from xlsxwriter import Workbook
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from costcore.language.trace import Cell
from workbooks.printable import STEERING
from workbooks.sheets.style import BAD, Styles

NEVER = "never"


def shown(value: Any) -> Any:
    """Return a value as its cell shows it: nan is a blank, inf is "never".

    >>> shown(float("inf")), shown(float("nan")), shown(2.5)
    ('never', '', 2.5)
    """
    is_text = isinstance(value, str | np.str_)
    if is_text or (isinstance(value, np.ndarray) and value.dtype.kind in "UO"):
        return STEERING.sub("?", str(value))  # a control character would break the file
    number = float(value)
    return NEVER if math.isinf(number) else "" if math.isnan(number) else number


class Pen:
    """Writes cells of one workbook, and remembers which of them have names."""

    check_text = '=IF(master_check = 0, "All checks hold", "A check fails: see Checks")'

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self.style = Styles(book)
        self.numbers: Mapping[str, Any] = {"master_check": 0.0}
        self.places: dict[str, str] = {}
        self.cells: dict[str, Any] = {}
        self._heads: list[tuple[Worksheet, int, int]] = []

    @property
    def check_word(self) -> str:
        """What the formula about the checks shows."""
        wrong = float(self.numbers["master_check"])
        return "A check fails: see Checks" if wrong else "All checks hold"

    def way_back(self, sheet: Worksheet, row: int, link: int, state: int) -> None:
        """Write a link to the cover, and beside it keep a cell for whether the checks hold."""
        sheet.write_url(row, link, "internal:'Cover'!A1", self.style("link"), "Back to the cover")
        look = self.book.add_format({"font_color": BAD, "bold": True})
        rule = {"type": "text", "criteria": "begins with", "value": "A check", "format": look}
        sheet.conditional_format(row, state, row, state, rule)
        self._heads.append((sheet, row, state))

    def tell_checks(self) -> None:
        """Say at the head of every sheet whether the checks hold, once all of them are known."""
        for sheet, row, state in self._heads:
            self.formula(sheet, row, state, self.check_text, self.check_word, "label")

    def protect(self, sheet: Worksheet) -> None:
        """Protect without a password; columns may be resized, lists filtered and sorted."""
        allowed = ("format_columns", "format_rows", "autofilter", "sort", "objects")
        sheet.protect("", dict.fromkeys(allowed, True))

    def name(self, name: str, sheet: Worksheet, row: int, column: int) -> None:
        """Give a cell a name that formulas can use."""
        place = xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True)
        self.places[name] = f"='{sheet.get_name()}'!{place}"
        self.book.define_name(name, self.places[name])
        self.cells[name] = Cell(name)

    def formula(
        self,
        sheet: Worksheet,
        row: int,
        column: int,
        text: str,
        value: Any,
        kind: str,
        form: str = "",
    ) -> None:
        """Write a formula with its value; what never happens is a word, not an error."""
        told = text.replace("NA()", f'"{NEVER}"').replace(f"{self.quoted(sheet)}!", "")
        sheet.write_formula(row, column, told, self.style.computed(kind, form), shown(value))

    @staticmethod
    def quoted(sheet: Worksheet) -> str:
        """Return a sheet's name as formulas write it."""
        name = sheet.get_name()
        return name if name.isalnum() else f"'{name}'"
