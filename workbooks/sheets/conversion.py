"""Amounts in another currency than the plan's: whether they are asked for, and their rate."""

from __future__ import annotations

from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from costcore.language.trace import Cell, excel
from workbooks.plan.lines.owing.currencies import rate_of
from workbooks.scenario.own_rows import RANGES
from workbooks.sheets.draft import Draft
from workbooks.sheets.pages.hints import computed

TEMPLATE = "Examples"
"""A sheet that only a template has; there everything is asked for."""
TAKEN = computed("Exchange rate", "This is the rate of the sheet Rates. Change it there.")


def asks_currency(draft: Draft) -> bool:
    """Say whether an input may be typed in a currency of its own."""
    entries = draft.plan.scenario.entries.values()
    return TEMPLATE in draft.sheets or any(entry.currency for entry in entries)


def owes_currency(draft: Draft) -> bool:
    """Say whether a contract may be in a currency of its own."""
    contracts = draft.plan.scenario.contracts
    return TEMPLATE in draft.sheets or any(each.currency for each in contracts)


def asks_ranges(draft: Draft) -> bool:
    """Say whether a rate may have a range."""
    rows = draft.plan.tables.rates
    known = any(getattr(row, end) is not None for row in rows for end in RANGES)
    return TEMPLATE in draft.sheets or known


def write_rate(draft: Draft, sheet: Worksheet, row: int, column: int, code: str) -> None:
    """Write the rate of a currency, read off the cell to its left; blank is the plan's own."""
    beside = Cell(xl_rowcol_to_cell(row, column - 1))
    text = excel(rate_of(beside, draft.cells["rates"]))
    rate = rate_of(code, draft.numbers["rates"])
    draft.formula(sheet, row, column, f"={text}", rate, "number", "0.0000")
    sheet.data_validation(row, column, row, column, TAKEN)
