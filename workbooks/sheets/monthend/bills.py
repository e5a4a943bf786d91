"""The two tables of a month-end: what was imported, and the budget; both may be edited."""

from __future__ import annotations

import math

from xlsxwriter.worksheet import Worksheet

from costcore.language.quantities import PRICE, unit_of
from costcore.language.trace import Cell
from workbooks.plan.monthend.actuals import Close, once_count, serial
from workbooks.plan.monthend.variance import BILL, METHODS
from workbooks.sheets.draft import LABEL, PERIODS_ROW, Draft

BILL_TOP = PERIODS_ROW + 7
FORMS = {"month": "yyyy-mm", "rate": "0.0000##"}
BILL_HEADERS = (
    "Month",
    "Model",
    "Basis",
    "Requests",
    "Input tokens",
    "Cached tokens",
    "Output tokens",
    "Other tokens",
    "Billed",
    "Currency",
    "Budget rate",
    "Rate of month",
    "Once",
)
BILL_COLUMNS = {
    "month_as_of": "Month",
    "model": "Model",
    "once_count": "Once",
    "count": "Requests",
    "input_tokens": "Input tokens",
    "cached_tokens": "Cached tokens",
    "output_tokens": "Output tokens",
    "tokens": "Tokens",
    "rate_cost": "At budget rate",
    "cost": "Actual",
}
BUDGET_COLUMNS = {
    "month_as_of": "Month",
    "model": "Model",
    "count": "Requests",
    "tokens": "Tokens",
    "cost": "Budget",
    "input_per_mtok": "Input per Mtok",
    "cached_per_mtok": "Cached per Mtok",
    "output_per_mtok": "Output per Mtok",
    "once_count": "Once",
}


def _settings(draft: Draft, sheet: Worksheet, close: Close) -> None:
    scenario = close.plan.scenario
    settings = {
        "closed_as_of": ("Closed through (last day)", serial(close.closed), "yyyy-mm-dd"),
        "method_kind": ("Open months follow: run-rate or plan", close.method, ""),
        "start_month": ("First month of the plan", serial(scenario.start_month), "yyyy-mm"),
        "currency": ("Currency of the plan", scenario.currency, ""),
        "tolerance_cost": ("Tolerance of the checks", draft.numbers["tolerance_cost"], "0.00"),
        "since_as_of": ("Run-rate of closed months after", serial(close.since), "yyyy-mm-dd"),
    }
    for row, (name, (label, value, form)) in enumerate(settings.items(), start=PERIODS_ROW):
        sheet.write(row, LABEL, label, draft.style("label"))
        sheet.write(row, LABEL + 2, value, draft.style("input", form))
        draft.name(name, sheet, row, LABEL + 2)
    rule = {"validate": "list", "source": list(METHODS)}
    row = PERIODS_ROW + list(settings).index("method_kind")
    sheet.data_validation(row, LABEL + 2, row, LABEL + 2, rule)


def _table(draft: Draft, sheet: Worksheet, top: int, name: str, headers: list[str], n: int) -> None:
    heads = [{"header": each, "header_format": draft.style("header")} for each in headers]
    look = {"name": name, "style": "Table Style Light 9", "columns": heads}
    last = top + max(n, 2)  # IronCalc takes the column of a single row for a cell
    sheet.add_table(top, 0, last, len(headers) - 1, look)
    sheet.set_row(top, 30)
    sheet.freeze_panes(top + 1, 2)
    sheet.repeat_rows(top)


def _cells(
    draft: Draft, sheet: Worksheet, row: int, values: list[object], forms: list[str]
) -> None:
    """Write data; what is not known stays blank."""
    for column, (value, form) in enumerate(zip(values, forms, strict=True)):
        if isinstance(value, float) and math.isnan(value):
            sheet.write_blank(row, column, None, draft.style("data", form))
        elif isinstance(value, str):
            sheet.write_string(row, column, value, draft.style("data", form))
        else:
            kind = "data month" if form == FORMS["month"] else "data"
            sheet.write_number(row, column, value, draft.style(kind, form))


def write_bills(draft: Draft, close: Close) -> None:
    """Write the settings and the table of bills."""
    note = "Blue cells were imported. Paste the next month under the table: it grows by itself."
    sheet = draft.sheet("Actuals", "Actuals: usage and bills", note)
    sheet.set_column(0, 0, 12)
    sheet.set_column(1, 1, 36)
    sheet.set_column(2, len(BILL_HEADERS) + len(BILL), 15)
    _settings(draft, sheet, close)
    headers = [*BILL_HEADERS, *(line.label for line in BILL)]
    _table(draft, sheet, BILL_TOP, "tblActuals", headers, len(close.bills))
    count, money, rate = unit_of("count").cell_format, PRICE, FORMS["rate"]
    forms = [FORMS["month"], "", "", *[count] * 5, money, "", rate, rate, count]
    for row, (bill, rates) in enumerate(zip(close.bills, close.rates, strict=True), BILL_TOP + 1):
        kinds = (bill.input_tokens, bill.cached_tokens, bill.output_tokens, bill.other_tokens)
        money_cells = (bill.billed, bill.currency or close.plan.scenario.currency, *rates)
        first = (serial(bill.month), bill.model, bill.basis, bill.requests)
        _cells(draft, sheet, row, [*first, *kinds, *money_cells, once_count(bill)], forms)
    beside = {name: 4 + place for place, name in enumerate(close.bill_series)}
    beside |= {"billed_cost": 8, "budget_rate_factor": 10, "month_rate_factor": 11}
    last = len(BILL_HEADERS) - 1
    draft.down(sheet, BILL_TOP, last, BILL, len(close.bills), "", beside)
    for name, header in BILL_COLUMNS.items():
        draft.cells[f"actual_{name}"] = Cell(f"tblActuals[{header}]")


def write_budget(draft: Draft, close: Close) -> None:
    """Write the table of the budget."""
    scenario = close.plan.scenario
    note = f"In {scenario.currency}, from {scenario.origin}, base case, as this workbook was made."
    sheet = draft.sheet("Budget", "Budget by month and model", note)
    sheet.set_column(0, 0, 12)
    sheet.set_column(1, 1, 36)
    sheet.set_column(2, len(BUDGET_COLUMNS), 16)
    _table(draft, sheet, PERIODS_ROW, "tblBudget", list(BUDGET_COLUMNS.values()), len(close.budget))
    forms = [FORMS["month"], "", *(unit_of(name).cell_format for name in list(BUDGET_COLUMNS)[2:])]
    for row, each in enumerate(close.budget, start=PERIODS_ROW + 1):
        prices = (each.input_per_mtok, each.cached_per_mtok, each.output_per_mtok)
        first = (serial(each.month), each.model, each.requests, each.tokens, each.cost)
        _cells(draft, sheet, row, [*first, *prices, once_count(each)], forms)
    for name, header in BUDGET_COLUMNS.items():
        draft.cells[f"budget_{name}"] = Cell(f"tblBudget[{header}]")
