"""Rows of the workbook's own sheets Models, Hardware and Throughput, as their cells hold them."""

import datetime
from collections.abc import Sequence
from typing import Any

from workbooks import tables
from workbooks.plan.lines.lookup import header
from workbooks.sheets.pages.tables import HARDWARE, MODELS, SYSTEMS, TableSheet

Row = tuple[Any, ...]


def heading(sheet: TableSheet) -> Row:
    """The header row of a sheet, without the columns it calculates."""
    return tuple(map(header, sheet.fields))


def cells(sheet: TableSheet, record: Any) -> Row:
    """A row of a sheet: numbers and days as numbers, blanks blank."""
    return tuple(_cell(getattr(record, field)) for field in sheet.fields)


def _cell(value: Any) -> Any:
    if isinstance(value, datetime.date):
        return datetime.datetime.combine(value, datetime.time())
    return float(value) if isinstance(value, int) else value or (None if value == "" else value)


def measured(sheet: TableSheet, systems: Sequence[Any]) -> tuple[Row, ...]:
    """A table as it is selected: its header, its rows, and a blank row below."""
    rows = [cells(sheet, system) for system in systems]
    return (heading(sheet), *rows, (None,) * len(sheet.fields))


LLAMA_ROW = cells(MODELS, tables.model("Llama-3.3-70B"))
LLAMA_HEADED = (heading(MODELS), LLAMA_ROW)
H100_ROW = cells(HARDWARE, tables.accelerator("H100 SXM"))
ON_H100 = [row for row in tables.throughputs() if row.hardware == "H100 SXM"]
MEASURED = measured(SYSTEMS, ON_H100)
