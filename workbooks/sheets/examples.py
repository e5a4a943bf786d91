"""The workbook of examples: each worksheet function at work, beside what its answer should be."""

from __future__ import annotations

import datetime
import io
import math
from collections.abc import Mapping, Sequence
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from costcore.catalogue import FUNCTIONS, SheetFunction
from costcore.native import native
from costcore.quantities import QUANTITIES, is_number, unit_of
from costcore.trace import Cell
from workbooks.sheets.style import BAD, GOOD, Styles

NO_ADDIN = "needs the add-in"
NO_FORMULA = "no single formula"
NEVER = "never"
RIGHT, WRONG, UNCHECKED = "right", "wrong", "not checked"
NAME, VALUE, UNIT, MEANING = 0, 1, 6, 7
"""Columns: argument, up to five cells of its value, unit, meaning."""
TOLERANCE = "1E-9"
NOTES = (
    "Change the yellow cells and watch the answers; the expected answer holds for the values given.",
    f'Without the add-in its cells say "{NO_ADDIN}", and the native formula answers alone.',
)
MADE = datetime.datetime(2026, 1, 1)

Rows = Sequence[Sequence[Any]]


def examples() -> bytes:
    """Return the workbook: an index, and one block of cells for each function."""
    content = io.BytesIO()
    book = Workbook(content, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"title": "Worksheet functions by example", "created": MADE})
    style = Styles(book)
    index, sheet = book.add_worksheet("Functions"), book.add_worksheet("Examples")
    _columns(sheet, (30, 17, 17, 17, 17, 17, 25, 80))
    sheet.freeze_panes(2, 1)
    _titles(sheet, style, "Worksheet functions by example")
    row, checks = 4, {}
    for function in FUNCTIONS:
        block = Block(sheet, style, function, row)
        checks[function.name] = row, block.check
        row = block.end + 2
    _index(index, style, checks)
    book.close()
    return content.getvalue()


def _columns(sheet: Worksheet, widths: Sequence[int]) -> None:
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)


def _titles(sheet: Worksheet, style: Styles, title: str) -> None:
    sheet.write(0, 0, title, style("title"))
    for row, note in enumerate(NOTES, start=1):
        sheet.write(row, 0, note, style("note"))


def _index(sheet: Worksheet, style: Styles, checks: Mapping[str, tuple[int, str]]) -> None:
    """Write every function with the state of its check, and how many are wrong."""
    _columns(sheet, (24, 75, 20, 14))
    _titles(sheet, style, "Worksheet functions")
    first = 6
    for column, text in enumerate(("Function", "Answers", "Native formula", "Check")):
        sheet.write(first - 1, column, text, style("header"))
    for row, function in enumerate(FUNCTIONS, start=first):
        block, check = checks[function.name]
        sheet.write_url(row, 0, f"internal:'Examples'!A{block + 1}", style("link"), function.name)
        sheet.write(row, 1, function.summary, style("label"))
        sheet.write(row, 2, "yes" if function.traces else NO_FORMULA, style("label"))
        state = RIGHT if function.traces else UNCHECKED
        sheet.write_formula(row, 3, f"=Examples!{check}", style("label"), state)
    checked = f"D{first + 1}:D{first + len(FUNCTIONS)}"
    sheet.write(3, 0, "Answers that are wrong", style("heading"))
    sheet.write_formula(3, 1, f'=COUNTIF({checked}, "{WRONG}")', style("count"), 0)
    for word, colour in ((RIGHT, GOOD), (WRONG, BAD)):
        look = style("label").__class__({"font_color": colour, "bold": True})
        rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": look}
        sheet.conditional_format(first, 3, first + len(FUNCTIONS) - 1, 3, rule)
