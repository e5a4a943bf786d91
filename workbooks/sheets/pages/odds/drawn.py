"""Of what inputs the draws on the Risk sheet are, and which of them moved since."""

from __future__ import annotations

from typing import Any

import numpy as np
from xlsxwriter.utility import xl_cell_to_rowcol, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from costcore.language.timeline import Line
from costcore.language.trace import Cell, excel, in_period
from workbooks.plan.lines.option import TITLES
from workbooks.scenario.inputs import CASES, ENDS, INPUTS
from workbooks.sheets import paper
from workbooks.sheets.draft import LABEL, UNIT, Draft
from workbooks.sheets.pages.inputs import LOW

MOVED = Line(
    "moved_count",
    "Inputs and answers that moved since the draws",
    lambda m: np.sum(m.moved_flags, axis=0),
)
FLAG = UNIT + len(CASES)
COLUMNS = tuple(
    case.capitalize() if case == end else f"{case.capitalize()}; of an input: {end}"
    for case, end in zip(CASES, ENDS, strict=True)
)


def write(draft: Draft, sheet: Worksheet, row: int) -> int:
    """Write each answer and each input as drawn, with a flag where it is another now."""
    titles = ("Of what the draws are", *COLUMNS, "1 where it moved")
    for column, title in enumerate(titles):
        sheet.write(row, column, title, draft.style("figure header" if column else "header"))
    first = row + 1
    for option in draft.plan.options:
        row += 1
        name = f"{option}_compared_cost"
        _row(draft, sheet, row, f"{TITLES[option]}: present value", [*_found(draft, name)])
        made = in_period(Cell(_place(row, UNIT, FLAG - 1)), draft.cells["live_case"])
        near = np.absolute(made - draft.cells[name]) <= draft.cells["tolerance_cost"]
        _flag(draft, sheet, row, near)
    for name in draft.plan.scenario.entries:
        if name in draft.places:
            row += 1
            entry = draft.plan.scenario.entries[name]
            _row(draft, sheet, row, INPUTS[name].label, [getattr(entry, end) for end in ENDS])
            _flag(draft, sheet, row, _same(draft, row, name))
    draft.cells["moved_flags"] = Cell(f"Risk!{_place(first, FLAG)}:{_place(row, FLAG)}")
    return draft.figures(sheet, row + 2, (MOVED,))


def _found(draft: Draft, name: str) -> list[float]:
    return [float(draft.found[case][name]) for case in CASES]


def _place(row: int, column: int, last: int | None = None) -> str:
    ends = [column] if last is None else [column, last]
    return ":".join(xl_rowcol_to_cell(row, each, True, True) for each in ends)


def _row(draft: Draft, sheet: Worksheet, row: int, label: str, values: list[Any]) -> None:
    sheet.write(row, LABEL, label, draft.style("label"))
    for column, value in enumerate(values, start=UNIT):
        if value in (None, ""):
            sheet.write_blank(row, column, None, draft.style("found"))
        elif isinstance(value, str):
            sheet.write_string(row, column, value, draft.style("found wrap"))
            if not paper.fits(value, sheet, column):
                sheet.set_row(row, 3 * paper.LINE)
        else:
            sheet.write_number(row, column, value, draft.style("found", "#,##0.####"))


def _flag(draft: Draft, sheet: Worksheet, row: int, same: Any) -> None:
    draft.formula(sheet, row, FLAG, f"={excel(np.where(same, 0, 1))}", 0, "number", "0")


def _same(draft: Draft, row: int, name: str) -> Any:
    """Compare the three cells of an input with what they held."""
    place = draft.places[name].partition("!")[2].replace("$", "")
    line, _ = xl_cell_to_rowcol(place)
    one, two, three = (
        Cell(f"Inputs!{_place(line, LOW + column)}") == Cell(_place(row, UNIT + column))
        for column in range(len(CASES))
    )
    return one & two & three
