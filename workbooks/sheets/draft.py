"""A workbook being written: places lines, remembers where each stands, caches its value."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence

import numpy as np
from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from costcore.language.timeline import Line, figure_formulas, formulas
from costcore.language.trace import Cell
from workbooks.plan.lines.lookup import TableCells
from workbooks.plan.plan import Plan
from workbooks.scenario.inputs import CASES
from workbooks.sheets import paper
from workbooks.sheets.pen import Pen

LABEL, UNIT, VALUE, FIRST = 0, 1, 2, 4
"""Columns: label, unit, value or total, a blank one, then one for each period."""
PERIODS_ROW = 4
letters = functools.cache(xl_col_to_name)
"""Name of a column; a sheet asks for the same few again and again."""


class Draft(Pen):
    """The workbook, the cells its names stand for, and the numbers they hold."""

    def __init__(self, book: Workbook, plan: Plan, case: str) -> None:
        super().__init__(book)
        self.plan, self.case = plan, case
        self.found = {each: plan.run(each) for each in CASES}
        self.numbers = self.found[case]
        self.sheets: dict[str, Worksheet] = {}
        self.spots: dict[str, tuple[int, int]] = {}
        """First row and number of rows of the tables of Risk, which charts elsewhere draw."""
        self.recorded: dict[tuple[str, str], str] = {}
        """Where a figure stands as it was in a case when the workbook was made."""
        self.lists: dict[str, str] = {}
        """Ranges that an input's value is chosen from."""
        self.cells |= {
            "prices": TableCells("model", "tblPrices"),
            "accelerators": TableCells("hardware", "tblHardware"),
            "systems": TableCells("system", "tblThroughput"),
            "models": TableCells("model", "tblModels"),
            "rates": TableCells("from_currency", "tblRates"),
        }

    def sheet(self, name: str, title: str, note: str) -> Worksheet:
        """Fill the first rows of a sheet: title, note, way back, state of the checks."""
        sheet = self.sheets[name]
        sheet.hide_gridlines(2)
        sheet.write(0, LABEL, title, self.style("title"))
        sheet.write(1, LABEL, note, self.style("note"))
        self.way_back(sheet, 2, LABEL, VALUE)
        paper.working(sheet, name)
        return sheet

    @staticmethod
    def look(line: Line) -> tuple[str, str]:
        """Return the kind of cell and the number format of a line."""
        return ("label", "") if line.unit.label == "text" else ("number", line.unit.cell_format)

    def unit(self, line: Line) -> str:
        """Return the unit of a line, with the reporting currency for money."""
        return line.unit.label.replace("money", self.plan.scenario.currency)

    def figures(self, sheet: Worksheet, row: int, lines: Sequence[Line]) -> int:
        """Write single figures below each other: label, unit, value; return the next row."""
        for line in lines:
            if line.heading:
                row += 1
                for column in range(VALUE + 1):
                    text = line.heading if column == LABEL else ""
                    sheet.write(row, column, text, self.style("heading"))
                row += 1
            self.label(sheet, row, line.label)
            sheet.write(row, UNIT, self.unit(line), self.style("unit"))
            self.figure(sheet, row, VALUE, line)
            row += 1
        return row

    def label(self, sheet: Worksheet, row: int, text: str) -> None:
        """Write the name of a line, in two lines of type where it is longer than its column."""
        if paper.fits(text, sheet, LABEL):
            sheet.write(row, LABEL, text, self.style("label"))
        else:
            sheet.write(row, LABEL, text, self.style("top name"))
            sheet.set_row(row, 2 * paper.LINE)

    def figure(self, sheet: Worksheet, row: int, column: int, line: Line) -> None:
        """Write one named figure."""
        text = figure_formulas([line], self.cells)[line.name]
        self.formula(sheet, row, column, text, self.numbers[line.name], *self.look(line))
        self.name(line.name, sheet, row, column)

    @staticmethod
    def layout(lines: Sequence[Line], row: int) -> tuple[dict[str, int], int]:
        """Return the row that each line stands in, from a row on, and the next one."""
        places = {}
        for line in lines:
            row += 2 if line.heading else 0
            places[line.name] = row
            row += 1
        return places, row

    def across(
        self,
        sheet: Worksheet,
        row: int,
        lines: Sequence[Line],
        periods: int,
        period: str,
        elsewhere: dict[str, tuple[str, int]] | None = None,
    ) -> int:
        """Write lines as rows, one column a period; return the next row.

        `elsewhere` names inputs by period that stand in the same columns of another sheet.
        """
        rows = dict(elsewhere or {}) | {period: ("", PERIODS_ROW if period == "month" else row)}
        places, place = self.layout(lines, row if period == "month" else row + 1)
        rows |= {name: ("", at) for name, at in places.items()}

        def at(name: str, t: int) -> str:
            where, r = rows[name]
            return f"{where}{letters(FIRST + t)}{'$' if name == period else ''}{r + 1}"

        def span(name: str, t: int) -> str:
            fixed = "$" if name == period else ""
            where, r = rows[name]
            return f"{where}$D{fixed}{r + 1}:{letters(FIRST + t)}{fixed}{r + 1}"

        def rest(name: str, t: int) -> str:
            return f"{at(name, t)}:${letters(FIRST + periods - 1)}{rows[name][1] + 1}"

        texts = formulas(lines, self.cells, periods, at, span, period, tuple(elsewhere or {}), rest)
        for line in lines:
            self._row(sheet, rows[line.name][1], line, texts[line.name])
        return place

    def _row(self, sheet: Worksheet, row: int, line: Line, texts: list[str]) -> None:
        values, form = self.numbers[line.name], line.unit.cell_format
        if line.heading:
            for column in range(FIRST + len(texts)):
                text = line.heading if column == LABEL else ""
                sheet.write(row - 1, column, text, self.style("heading"))
        self.label(sheet, row, line.label)
        sheet.write(row, UNIT, self.unit(line), self.style("unit"))
        ends = [xl_rowcol_to_cell(row, FIRST + t) for t in (0, len(texts) - 1)]
        total = ""
        if line.sums:
            text = f"=SUM({ends[0]}:{ends[1]})"
            self.formula(sheet, row, VALUE, text, np.sum(values), "number", form)
            total = f"{self.quoted(sheet)}!{xl_rowcol_to_cell(row, VALUE, True, True)}"
        for t, text in enumerate(texts):
            self.formula(sheet, row, FIRST + t, text, values[t], "number", form)
        first, last = (xl_rowcol_to_cell(row, FIRST + t, True, True) for t in (0, len(texts) - 1))
        self.cells[line.name] = Cell(f"{self.quoted(sheet)}!{first}:{last}", total=total)

    def down(
        self,
        sheet: Worksheet,
        row: int,
        column: int,
        lines: Sequence[Line],
        periods: int,
        period: str,
        beside: Mapping[str, int] | None = None,
    ) -> int:
        """Write lines as columns, one row a period, under a header; return the next row.

        A period without a name is already numbered; `beside` names columns that stand
        in the same rows.
        """
        columns = {period: column} | {line.name: column + 1 + i for i, line in enumerate(lines)}
        columns |= beside or {}

        def at(name: str, t: int) -> str:
            return str(xl_rowcol_to_cell(row + 1 + t, columns[name], col_abs=True))

        texts = formulas(lines, self.cells, periods, at, at, period, tuple(beside or ()))
        if period:
            sheet.write(row, column, period.capitalize(), self.style("header"))
            for t in range(periods):
                sheet.write(row + 1 + t, column, t + 1, self.style("count"))
        for line in lines:
            self._column(sheet, row, columns[line.name], line, texts[line.name])
        return row + 1 + periods

    def _column(
        self, sheet: Worksheet, row: int, column: int, line: Line, texts: list[str]
    ) -> None:
        look = self.look(line)
        header = "header" if look[0] == "label" else "figure header"
        sheet.write(row, column, line.label, self.style(header))
        for t, text in enumerate(texts):
            self.formula(sheet, row + 1 + t, column, text, self.numbers[line.name][t], *look)
        ends = (xl_rowcol_to_cell(row + r, column, True, True) for r in (1, len(texts)))
        self.cells[line.name] = Cell(f"{self.quoted(sheet)}!{':'.join(ends)}")
