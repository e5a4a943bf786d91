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
from costcore.language.quantities import QUANTITIES, is_number, unit_of
from costcore.language.trace import Cell
from costcore.native import CHOICES, native
from workbooks.sheets import paper
from workbooks.sheets.pen import NEVER
from workbooks.sheets.style import BAD, GOOD, Styles, new_book

NO_ADDIN, NO_FORMULA = "needs the add-in", "no single formula"
RIGHT, WRONG, UNCHECKED = "right", "wrong", "not checked"
NAME, UNIT, MEANING, VALUE = range(4)
"""Columns: argument or answer, its unit, meaning or formula, and the cells of it."""
NOTES = (
    "Change the yellow cells and watch the answers. What is expected holds for the values given.",
    f'Without the add-in its cells say "{NO_ADDIN}", and the native formula answers alone.',
)
LITE_PREFIX = "_xldudf_"
"""How a workbook stores the name of a function that an Office add-in brings."""
CALCULATED_BY = 191029
"""The calculation engine of today's Excel, which trusts what it has stored itself."""
CHARACTERS = 95
"""What fits in a line of the column of formulas."""
MADE = datetime.datetime(2026, 1, 1)

Rows = Sequence[Sequence[Any]]


def examples(lite: bool = False) -> bytes:
    """Return the workbook: an index, and one block of cells for each function.

    Parameters
    ----------
    lite
        Write the calls for xlwings Lite, whose functions are stored under a prefix, and store
        the answers it gives. Otherwise the file holds what is seen without any add-in.
    """
    content = io.BytesIO()
    book = new_book(content)
    book.set_properties({"title": "Worksheet functions by example", "created": MADE})
    if lite:  # else Excel drops the stored answers when it opens the file, before Lite has started
        book.set_calc_mode("auto", CALCULATED_BY)
        book.calc_on_load = False
    sheets = book.add_worksheet("Functions"), book.add_worksheet("Examples")
    palette(book, Styles(book), sheets, lite)
    paper.settle(sheets)
    book.close()
    return content.getvalue()


def palette(
    book: Workbook, style: Styles, sheets: tuple[Worksheet, Worksheet], lite: bool = False
) -> None:
    """Write the index of the functions, and the examples, to two sheets."""
    index, sheet = sheets
    _head(sheet, style, "Worksheet functions by example", (30, 25, 80, *[17] * 12))
    sheet.freeze_panes(1, 1)
    row, places = len(NOTES) + 2, {}
    for function in FUNCTIONS:
        answers = _inputs(sheet, style, function, row)
        check = _answers(sheet, style, function, *answers, lite)
        places[function.name] = row, check
        row = check + 3
    _index(index, style, places, lite)
    for word, colour in ((RIGHT, GOOD), (WRONG, BAD)):
        look = book.add_format({"font_color": colour, "bold": True})
        rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": look}
        sheet.conditional_format(0, VALUE, row, VALUE, rule)
        index.conditional_format(0, 3, 100, 3, rule)


def _head(sheet: Worksheet, style: Styles, title: str, widths: Sequence[int]) -> None:
    sheet.hide_gridlines(2)
    paper.working(sheet, "&A")
    sheet.set_zoom(100)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.write(0, 0, title, style("title"))
    for row, note in enumerate(NOTES, start=1):
        sheet.write(row, 0, note, style("note"))


def _inputs(
    sheet: Worksheet, style: Styles, function: SheetFunction, row: int
) -> tuple[dict[str, str], int]:
    """Write the arguments of the example; return the cells of each, and the next row."""
    for column in range(VALUE + 2):
        text = {NAME: function.name, MEANING: function.summary}.get(column, "")
        sheet.write(row, column, text, style("heading"))
    cells, row = {}, row + 1
    for name, value in zip(function.signature.parameters, function.example.arguments, strict=False):
        sheet.write(row, NAME, name, style("label"))
        sheet.write(row, UNIT, unit_of(name).label, style("unit"))
        sheet.write(row, MEANING, QUANTITIES[name].help, style("note"))
        rows = _rows(value)
        cells[name] = _table(sheet, style, row, rows, "input", name)
        _guard(sheet, name, row, rows)
        row += len(rows)
    return cells, row


def _rows(value: object) -> Rows:
    """Return a value as the rows of cells it takes: a sequence is one row."""
    if not isinstance(value, tuple):
        return ((value,),)
    return value if isinstance(value[0], tuple) else (value,)


def _table(sheet: Worksheet, style: Styles, row: int, rows: Rows, kind: str, quantity: str) -> str:
    """Write rows of cells and return their range; infinity is a word."""
    form = "General" if quantity in {"price_table", "options"} else unit_of(quantity).cell_format
    for r, values in enumerate(rows, start=row):
        for c, value in enumerate(values, start=VALUE):
            sheet.write(r, c, _shown(value), style(kind, form))
    first = xl_rowcol_to_cell(row, VALUE)
    last = xl_rowcol_to_cell(row + len(rows) - 1, VALUE + len(rows[0]) - 1)
    return first if first == last else f"{first}:{last}"


def _shown(value: object) -> object:
    return NEVER if isinstance(value, float) and math.isinf(value) else value


def _guard(sheet: Worksheet, name: str, row: int, rows: Rows) -> None:
    """Let a cell take only what the function takes."""
    rule = QUANTITIES[name]
    if name in CHOICES:
        allowed: dict[str, Any] = {"validate": "list", "source": list(CHOICES[name])}
    elif is_number(name):
        kind = "integer" if rule.whole else "decimal"
        bounds = {"criteria": ">=", "value": rule.low}
        if math.isfinite(rule.high):
            bounds = {"criteria": "between", "minimum": rule.low, "maximum": rule.high}
        allowed = {"validate": kind, "error_message": f"Enter {rule.rule}."} | bounds
    else:
        return
    sheet.data_validation(row, VALUE, row + len(rows) - 1, VALUE + len(rows[0]) - 1, allowed)


def _answers(
    sheet: Worksheet,
    style: Styles,
    function: SheetFunction,
    cells: Mapping[str, str],
    row: int,
    lite: bool,
) -> int:
    """Write the answer in three ways and the check; return the row of the check."""
    rows = _rows(function.example.answer)
    _live(sheet, style, function, f"{function.name}({', '.join(cells.values())})", row, lite)
    expected = row + len(rows)
    if function.traces:
        _native(sheet, style, function, cells, expected)
        expected += 1
    sheet.write(expected, NAME, "Expected answer", style("label"))
    sheet.write(expected, MEANING, function.example.source, style("note"))
    _table(sheet, style, expected, rows, _kind(function), function.returns)
    check = expected + len(rows)
    sheet.write(check, NAME, "Check", style("label"))
    text = _check(function, row, expected, rows)
    state = RIGHT if function.traces or lite else UNCHECKED
    sheet.write_formula(check, VALUE, f"={text}", style("number"), state)
    return check


def _live(
    sheet: Worksheet, style: Styles, function: SheetFunction, call: str, row: int, lite: bool
) -> None:
    """Write the call; a table is taken apart, so that every version of Excel shows it."""
    rows = _rows(function.example.answer)
    sheet.write(row, NAME, "With the add-in", style("label"))
    sheet.write(row, UNIT, unit_of(function.returns).label, style("unit"))
    sheet.write_string(row, MEANING, f"={call}", style("wrap"))
    call = LITE_PREFIX * lite + call
    form = unit_of(function.returns).cell_format
    for r, values in enumerate(rows):
        for c, value in enumerate(values):
            one = f"INDEX({call}, {r + 1}, {c + 1})" if function.answers == "a table" else call
            text = f'=IFERROR(_xlfn.IFNA({one}, "{NEVER}"), "{NO_ADDIN}")'
            stored = _shown(value) if lite else NO_ADDIN
            sheet.write_formula(row + r, VALUE + c, text, style(_kind(function), form), stored)


def _kind(function: SheetFunction) -> str:
    """Return the look of an answer: a sentence runs on to the right."""
    return "label" if function.answers == "text" else "number"


def _native(
    sheet: Worksheet, style: Styles, function: SheetFunction, cells: Mapping[str, str], row: int
) -> None:
    text = native(function, {name: Cell(cell) for name, cell in cells.items()})
    form = style("number", unit_of(function.returns).cell_format)
    sheet.write(row, NAME, "Native formula", style("label"))
    sheet.write_string(row, MEANING, f"={text}", style("wrap"))
    sheet.set_row(row, 14 * math.ceil(len(text) / CHARACTERS))
    told = f'=_xlfn.IFNA({text}, "{NEVER}")'
    sheet.write_formula(row, VALUE, told, form, function.example.answer)


def _check(function: SheetFunction, live: int, expected: int, rows: Rows) -> str:
    """Return the formula that compares what there is with what is expected."""
    first = xl_rowcol_to_cell(live, VALUE)
    answered = ", ".join(
        _same(xl_rowcol_to_cell(live + r, VALUE + c), xl_rowcol_to_cell(expected + r, VALUE + c), v)
        for r, values in enumerate(rows)
        for c, v in enumerate(values)
    )
    if not function.traces:
        verdict = f'IF(AND({answered}), "{RIGHT}", "{WRONG}")'
        return f'IF({first} = "{NO_ADDIN}", "{UNCHECKED}", {verdict})'
    twin, wanted = (xl_rowcol_to_cell(row, VALUE) for row in (expected - 1, expected))
    both = f"{_same(twin, wanted, 0.0)}, IF(ISNUMBER({first}), {answered}, TRUE)"
    return f'IF(AND({both}), "{RIGHT}", "{WRONG}")'


def _same(found: str, wanted: str, value: object) -> str:
    """Return the condition that a cell holds the wanted number or word."""
    if isinstance(_shown(value), str):
        return f"{found} = {wanted}"
    return f"ABS({found} - {wanted}) <= 1E-9 * ABS({wanted})"


def _index(
    sheet: Worksheet, style: Styles, places: Mapping[str, tuple[int, int]], lite: bool
) -> None:
    """Write every function with the state of its check, and how many are wrong."""
    _head(sheet, style, "Worksheet functions", (24, 80, 20, 14))
    first = len(NOTES) + 6
    for column, text in enumerate(("Function", "Answer", "Native formula", "Check")):
        sheet.write(first - 1, column, text, style("header"))
    for row, function in enumerate(FUNCTIONS, start=first):
        block, check = places[function.name]
        link = f"internal:'Examples'!A{block + 1}"
        sheet.write_url(row, 0, link, style("link"), function.name)
        sheet.write(row, 1, function.summary, style("label"))
        sheet.write(row, 2, "yes" if function.traces else NO_FORMULA, style("label"))
        state = RIGHT if function.traces or lite else UNCHECKED
        cell = xl_rowcol_to_cell(check, VALUE)
        sheet.write_formula(row, 3, f"=Examples!{cell}", style("label"), state)
    sheet.write(first - 4, 0, "Wrong answers", style("heading"))
    counted = f'=COUNTIF(D{first + 1}:D{first + len(FUNCTIONS)}, "{WRONG}")'
    sheet.write_formula(first - 4, 1, counted, style("count"), 0)
    if lite:
        _error_test(sheet, style, first - 3)
    sheet.freeze_panes(first, 1)


def _error_test(sheet: Worksheet, style: Styles, row: int) -> None:
    """Ask for an answer that is #N/A: an old Excel would show it as text, which SUM skips."""
    call = f"{LITE_PREFIX}BREAKEVEN_TOKENS(10, 5400, 388800000)"
    text = (
        f'=IF(ISNA({call}), "yes", IF(ISERROR({call}), "{NO_ADDIN}", "no: this Excel is too old"))'
    )
    sheet.write(row, 0, "Errors show as errors", style("heading"))
    sheet.write_formula(row, 1, text, style("count"), "yes")
