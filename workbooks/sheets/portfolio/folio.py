"""A workbook of a portfolio being written: where each line stands, and what it shows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from costcore.language.timeline import Line, formulas
from costcore.language.trace import Cell
from costcore.language.units import unit_of
from workbooks.sheets import paper
from workbooks.sheets.draft import FIRST, LABEL, UNIT, VALUE
from workbooks.sheets.pages.hints import told
from workbooks.sheets.pages.months import MONTHS_LABEL
from workbooks.sheets.pen import NEVER, Pen, shown

PARTS_OF_NODES = (
    "firm_nodes",
    "upto_nodes",
    "used_nodes",
    "peak_nodes",
    "trough_nodes",
    "mean_nodes",
    "kept_nodes",
    "staying_nodes",
)
"""Lines whose nodes are no whole ones."""
HEAD_CHARACTERS, TWO_LINES = 20, 30
"""Of a heading that fits its column in one line, and the height of two."""
TWICE = re.compile(r"('[^']+'!|\b[A-Za-z]+!)([$A-Z0-9]+):\1([$A-Z0-9]+)")
"""A range whose sheet is named at both ends, as the ends of a column of lines are."""
MONTHS = 3
"""Row of the months' numbers on every sheet by month."""
TOP = MONTHS + 1
MONTH_WIDTH = 12
"""Of a column, in characters; a sheet whose numbers are longer has wider ones."""


ABOUT = ("How to read", "Log")
ASKED = ("Scenario", "Workloads", "Engines", "Terms", "Capacity", "Load", "Routes")
COMPUTED = ("Pools", "Monthly", "Owed", "Allocation", "Comparison")
COLOURS = {
    **dict.fromkeys(("Cover", "Strategies"), "#0B3C5D"),
    **dict.fromkeys(ASKED, "#F2C94C"),
    **dict.fromkeys((*ABOUT, *COMPUTED), "#9AA5B1"),
    **dict.fromkeys(("Chargeback", "Upload", "Best mix", "Risk"), "#0072B2"),
    "Checks": "#1B7F4B",
}
"""Of a tab, by its kind: what it says first, what is asked, what is computed, what comes out."""
OPEN = "Scenario"
"""The sheet that grows by rows, which a protected one would not let."""
ASIDE = {"Scenario": (0, 2, 3), "Strategies": (2, 0, 2), "Upload": (0, 2, 3), "Log": (2, 0, 1)}
"""Where the way back stands, and beside it whether the checks hold: row and columns."""


FOLLOWS = told(
    "May be typed over",
    "All sheets with formulas follow at once. A book made anew keeps volumes and routes that were "
    "typed over; change the rest in Scenario.",
    "the sheet Scenario, with its source",
)
"""Hint of a figure that was computed from the scenario."""
ROUTES = "Routes"


def on(sheet: str) -> str:
    """Return how a formula names a sheet: a name of several words stands in quotes.

    >>> on("Pools"), on("Best mix")
    ('Pools!', "'Best mix'!")
    """
    return f"{sheet}!" if sheet.isalpha() else f"'{sheet}'!"


class Folio(Pen):
    """Sheets, and the rows and cells that names stand for."""

    def __init__(
        self, book: Workbook, months: int, currency: str, series: Mapping[str, Any]
    ) -> None:
        super().__init__(book)
        self.series, self.months, self.currency = series, months, currency
        self.rows: dict[str, tuple[str, int]] = {}
        self.drawn: dict[tuple[str, str], tuple[str, float]] = {}
        """Where it stands how often a strategy was the cheapest, and its percentiles."""
        self.longest: dict[str, int] = {}
        """Characters of the longest number by month, by sheet."""
        self.totals: dict[str, float] = {}
        """Sum of the inputs of a sheet: whether they have moved is seen in it."""

    def sheet(self, name: str, title: str, note: str, by_month: bool = False) -> Worksheet:
        """Add a sheet with its title and what it is for."""
        self.add(name)
        return self.fill(name, title, note, by_month)

    def fill(self, name: str, title: str, note: str, by_month: bool = False) -> Worksheet:
        """Begin a sheet that was added before others, to stand before them."""
        sheet = self.sheetnames[name]
        self._page(sheet, name, by_month)
        self.way_back(sheet, *ASIDE.get(name, (0, UNIT, VALUE)))
        sheet.set_column(LABEL, LABEL, 78 if by_month else 60)
        sheet.set_column(UNIT, VALUE, 18)
        sheet.write(0, LABEL, title, self.style("title"))
        # a name of somebody's may speak of money on any sheet: Cheapest token price allowed
        told = (
            note if self.currency in note else f"{note.rstrip('.')}. Money is in {self.currency}."
        )
        sheet.write(1, LABEL, told, self.style("note"))
        if by_month:
            sheet.set_column(FIRST - 1, FIRST - 1, 2)
            sheet.set_column(FIRST, FIRST + self.months - 1, MONTH_WIDTH)
            heads = {LABEL: MONTHS_LABEL, UNIT: "Unit", VALUE: "All months"}
            for column, text in heads.items():
                sheet.write(MONTHS, column, text, self.style("header"))
            for t in range(self.months):
                sheet.write(MONTHS, FIRST + t, t + 1, self.style("figure header"))
            sheet.freeze_panes(TOP, FIRST)
            self.rows[f"month of {name}"] = (name, MONTHS)
        return sheet

    @property
    def sheetnames(self) -> dict[str, Worksheet]:
        """The sheets so far, by name."""
        return dict(self.book.sheetnames)

    def add(self, name: str) -> Worksheet:
        """Add a sheet with the colour of its kind."""
        sheet: Worksheet = self.book.add_worksheet(name)
        sheet.set_tab_color(COLOURS[name])
        sheet.hide_gridlines(2)
        return sheet

    def _page(self, sheet: Worksheet, name: str, by_month: bool) -> None:
        """Set colour, paper and protection; only the sheet to copy into other files is open."""
        paper.working(sheet, name)
        if by_month:
            sheet.repeat_columns(LABEL)
            sheet.repeat_rows(0, MONTHS)
            # none before the first month: a page of labels alone would come of it
            sheet.set_v_pagebreaks([FIRST + t for t in range(12, self.months, 12)])
        if name != OPEN:
            self.protect(sheet)

    def unit(self, name: str) -> str:
        """Return the unit that a name ends in, with the currency for money."""
        return unit_of(name).label.replace("money", self.currency)

    def typed(self, sheet: Worksheet, row: int, name: str, label: str, values: Any) -> int:
        """Write an input of each month, to be edited; return the next row."""
        self.head(sheet, row, name, label)
        form = unit_of(name).cell_format
        self._widen(sheet, values)
        for t, value in enumerate(values):
            self.number(sheet, row, FIRST + t, float(value), form)
        self.at_least_0(sheet, row, FIRST, row, FIRST + len(values) - 1)
        self.rows[name] = (sheet.get_name(), row)
        return row + 1

    def one(self, sheet: Worksheet, row: int, column: int, name: str, value: Any) -> None:
        """Write an input that is the same in all months."""
        if isinstance(value, str):
            sheet.write_string(row, column, value, self.style("input"))
        else:
            self.number(sheet, row, column, float(value), unit_of(name).cell_format)
        if sheet.get_name() != ROUTES:  # there a row has one rule for all its shares
            sheet.data_validation(row, column, row, column, {"validate": "any"} | FOLLOWS)
        self.cells[name] = self.cell(sheet, row, column)

    def names(self, sheet: Worksheet, row: int, names: Sequence[str]) -> None:
        """Write a row of headings, the first above the labels empty."""
        sheet.write(row, LABEL, "", self.style("header"))
        if max(map(len, names), default=0) > HEAD_CHARACTERS:
            sheet.set_row(row, TWO_LINES)
        for column, name in enumerate(names, start=1):
            write = sheet.write_string if name else sheet.write_blank
            write(row, column, name, self.style("figure header"))

    def number(self, sheet: Worksheet, row: int, column: int, value: float, form: str) -> None:
        """Write an input, and count it among those that may move."""
        sheet.write(row, column, shown(value), self.style("input", form))
        name = sheet.get_name()
        self.totals[name] = self.totals.get(name, 0.0) + (value if np.isfinite(value) else 0.0)

    @staticmethod
    def at_least_0(sheet: Worksheet, *corners: int) -> None:
        """Let inputs take no number below 0."""
        rule = {"validate": "decimal", "criteria": ">=", "value": 0}
        sheet.data_validation(*corners, rule | FOLLOWS)

    def found(self, sheet: Worksheet, row: int, name: str, label: str, values: Any) -> int:
        """Write what was found as values, which no formula follows; return the next row."""
        self.head(sheet, row, name, label)
        for t, value in enumerate(values):
            sheet.write(
                row, FIRST + t, shown(value), self.style("found", unit_of(name).cell_format)
            )
        return row + 1

    def total(self, name: str) -> str:
        """Return the cell with the sum of a line over all months."""
        page, row = self.rows[name]
        return f"{on(page)}{xl_rowcol_to_cell(row, VALUE, True, True)}"

    def across(self, name: str) -> str:
        """Return the cells of a line over all months."""
        page, row = self.rows[name]
        ends = (xl_rowcol_to_cell(row, FIRST + t, True, True) for t in (0, self.months - 1))
        return f"{on(page)}{':'.join(ends)}"

    @staticmethod
    def cell(sheet: Worksheet, row: int, column: int) -> Cell:
        """Return a cell as other sheets name it."""
        return Cell(f"{on(sheet.get_name())}{xl_rowcol_to_cell(row, column, True, True)}")

    def lines(
        self,
        sheet: Worksheet,
        row: int,
        title: str,
        lines: Sequence[Line],
        told: Mapping[str, Any],
    ) -> int:
        """Write lines under a title as formulas with what they show; return the next row."""
        sheet.write(row, LABEL, title, self.style("heading"))
        row += 1
        own = sheet.get_name()
        for place, line in enumerate(lines):
            self.rows[line.name] = (own, row + place)
        self.rows["month"] = (own, MONTHS)
        letters = [xl_col_to_name(column) for column in range(FIRST + self.months)]

        def at(name: str, t: int) -> str:
            where, r = self.rows[name]
            sheet_name = "" if where == own else on(where)
            return f"{sheet_name}{letters[FIRST + t]}{r + 1}"

        def span(name: str, t: int) -> str:
            where, r = self.rows[name]
            sheet_name = "" if where == own else on(where)
            return f"{sheet_name}$D{r + 1}:{letters[FIRST + t]}{r + 1}"

        def rest(name: str, t: int) -> str:
            return f"{at(name, t)}:${letters[-1]}{self.rows[name][1] + 1}"

        new = {line.name for line in lines}
        known = tuple(name for name in self.rows if name not in new and name != "month")
        texts = formulas(lines, self.cells, self.months, at, span, "month", known, rest)
        for place, line in enumerate(lines):
            label = f"{title}: {line.label.removeprefix(f'{title}: ')}"
            plain = [TWICE.sub(r"\1\2:\3", text) for text in texts[line.name]]
            self._line(sheet, row + place, line, label, plain, told[line.name])
        return row + len(lines)

    def _line(
        self,
        sheet: Worksheet,
        row: int,
        line: Line,
        label: str,
        texts: Sequence[str],
        values: Any,
    ) -> None:
        self.head(sheet, row, line.name, label)
        parts = line.name.endswith(PARTS_OF_NODES)
        form = self.style.computed("number", "#,##0.00" if parts else line.unit.cell_format)
        self._widen(sheet, values)
        for t, text in enumerate(texts):
            told = text.replace("NA()", f'"{NEVER}"')
            sheet.write_formula(row, FIRST + t, told, form, shown(values[t]))
        if line.sums and not np.isnan(np.sum(values)):
            first, last = (xl_rowcol_to_cell(row, FIRST + t) for t in (0, self.months - 1))
            sheet.write_formula(row, VALUE, f"=SUM({first}:{last})", form, float(np.sum(values)))

    def _widen(self, sheet: Worksheet, values: Any) -> None:
        """Make the columns of the months as wide as the longest number in them."""
        numbers = np.asarray(values)
        largest = np.abs(numbers[np.isfinite(numbers)]).max(initial=0) if numbers.size else 0
        needed, name = len(f"{largest:,.0f}") + 2, sheet.get_name()
        if needed > self.longest.get(name, MONTH_WIDTH):
            self.longest[name] = needed
            sheet.set_column(FIRST, FIRST + self.months - 1, needed)

    def head(self, sheet: Worksheet, row: int, name: str, label: str) -> None:
        """Write what a row is called, and its unit."""
        sheet.write(row, LABEL, label, self.style("label"))
        sheet.write(row, UNIT, self.unit(name), self.style("unit"))
