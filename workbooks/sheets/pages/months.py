"""The Workload sheet, and the months that run across every sheet by month."""

from __future__ import annotations

import datetime

import numpy as np
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from costcore.language.quantities import unit_of
from workbooks.sheets.draft import FIRST, LABEL, PERIODS_ROW, UNIT, VALUE, Draft
from workbooks.sheets.pages.hints import AT_LEAST, AT_LEAST_0, told

MONTHS_LABEL = "Month of the plan"
SERIES_LABELS = {
    "forecast_tokens_per_month": "Your own forecast of tokens",
    "season_factor": "Season: month over a mean month",
    "currency_factor": "Other currencies: budget rate over today's",
    "api_price_factor": "API price over its path, for agreed steps",
    "managed_price_factor": "Managed price over its path, for agreed steps",
}


BY_CODE = "{code}: budget rate over today's"
"""Label of the budget rates of one currency, in a plan with several."""


def series_label(name: str) -> str:
    """Return how a line by month is called; one of a single currency begins with its code."""
    code, _, rest = name.partition("_")
    return BY_CODE.format(code=code.upper()) if rest == "currency_factor" else SERIES_LABELS[name]


SERIES_WHERE = "your own forecast, contracts and calendar; a blank month follows the plan's growth"


def write_workload(draft: Draft) -> dict[str, tuple[str, int]]:
    """Write the Workload sheet; return where its monthly inputs stand."""
    sheet = draft.sheet(
        "Workload",
        "Workload by month",
        "Type your own volumes from the first month on; the plan goes on from the last of them.",
    )
    months = draft.plan.scenario.horizon_months
    timeline(draft, sheet, months)
    rows = {}
    labels = {name: series_label(name) for name in draft.plan.series}
    for row, (name, label) in enumerate(labels.items(), start=PERIODS_ROW + 2):
        form = unit_of(name).cell_format
        sheet.write(row, LABEL, label, draft.style("label"))
        sheet.write(row, UNIT, unit_of(name).label, draft.style("unit"))
        for t, value in enumerate(draft.plan.series[name]):
            if np.isfinite(value):
                sheet.write_number(row, FIRST + t, value, draft.style("input", form))
            else:
                sheet.write_blank(row, FIRST + t, None, draft.style("input", form))
        rule = AT_LEAST_0 | told(label, f"{label}: {AT_LEAST}", SERIES_WHERE)
        sheet.data_validation(row, FIRST, row, FIRST + months - 1, rule)
        rows[name] = ("Workload!", row)
    draft.protect(sheet)
    return rows


def timeline(draft: Draft, sheet: Worksheet, months: int) -> None:
    """Write the dates and numbers of the months, and set up the page for them."""
    start = draft.plan.scenario.start_month
    sheet.set_column(LABEL, LABEL, 48)
    sheet.set_column(UNIT, UNIT, 22)
    sheet.set_column(VALUE, VALUE, 17)
    sheet.set_column(VALUE + 1, VALUE + 1, 2)
    sheet.set_column(FIRST, FIRST + months - 1, 12)
    for column, text in ((LABEL, "Line"), (UNIT, "Unit"), (VALUE, "Total"), (VALUE + 1, "")):
        sheet.write(PERIODS_ROW - 1, column, text, draft.style("header"))
        sheet.write_blank(PERIODS_ROW, column, None, draft.style("header"))
    sheet.write(PERIODS_ROW, LABEL, MONTHS_LABEL, draft.style("header"))
    sheet.write_blank(PERIODS_ROW, VALUE + 1, None, draft.style("label"))
    for t in range(months):
        here = xl_rowcol_to_cell(PERIODS_ROW, FIRST + t)
        before = xl_rowcol_to_cell(PERIODS_ROW, FIRST + t - 1)
        last_day = month_end(start, t + 1)
        day = f"=DATE(YEAR(start_month), MONTH(start_month) + {here}, 0)"
        sheet.write_formula(
            PERIODS_ROW - 1, FIRST + t, day, draft.style.computed("header", "mmm yyyy"), last_day
        )
        sheet.write_formula(
            PERIODS_ROW, FIRST + t, f"=N({before}) + 1", draft.style.computed("header", "0"), t + 1
        )
    sheet.freeze_panes(PERIODS_ROW + 1, FIRST)
    sheet.repeat_columns(LABEL)
    sheet.repeat_rows(0, PERIODS_ROW)
    sheet.set_v_pagebreaks([FIRST + t for t in range(0, months, 12)])


def month_end(start: datetime.date, month: int) -> int:
    """Return the last day of a month of the plan, as a cell holds it."""
    year, index = divmod(start.month - 1 + month, 12)
    after = datetime.date(start.year + year, index + 1, 1)
    return (after - datetime.date(1899, 12, 31)).days
