"""The Sizing sheet: from the shape of a model and a card to tokens per second, step by step."""

from __future__ import annotations

from xlsxwriter.worksheet import Worksheet

from costcore.language.units import unit_of
from workbooks.plan.lines import sizing
from workbooks.sheets.draft import LABEL, PERIODS_ROW, UNIT, VALUE, Draft
from workbooks.sheets.pages.calculation import columns
from workbooks.sheets.pages.hints import AT_LEAST, AT_LEAST_0, told

SOURCE = VALUE + 1


def write(draft: Draft) -> None:
    """Write the constants with their sources, and every step of the model."""
    note = "A model, not a measurement: four in five published speeds lie inside its band."
    sheet = draft.sheet("Sizing", "What a node can serve, modelled", note)
    columns(sheet)
    sheet.set_column(SOURCE, SOURCE, 90)
    row = _constants(draft, sheet, PERIODS_ROW)
    draft.figures(sheet, row, sizing.LINES)
    draft.protect(sheet)


def _constants(draft: Draft, sheet: Worksheet, row: int) -> int:
    for column, title in ((LABEL, "Constant"), (UNIT, "Unit"), (VALUE, "Value"), (SOURCE, "Why")):
        sheet.write(row, column, title, draft.style("header"))
    for name, constant in sizing.RULES.items():
        row += 1
        draft.label(sheet, row, constant.help)
        sheet.write(row, UNIT, unit_of(name).label, draft.style("unit"))
        sheet.write_number(row, VALUE, constant.value, draft.style("input", "0.0##"))
        why = told(constant.help, f"{constant.help} It is {AT_LEAST}", "the column Why")
        sheet.data_validation(row, VALUE, row, VALUE, AT_LEAST_0 | why)
        sheet.write_string(row, SOURCE, constant.source, draft.style("unit"))
        draft.name(name, sheet, row, VALUE)
    return row + 1
