"""The Inputs and Workload sheets: everything a reader may change, with its source."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from costcore.language.draws import SHAPES
from costcore.language.quantities import unit_of
from workbooks.scenario.entries import LARGEST, LONGEST_TEXT
from workbooks.scenario.inputs import CASES, ENDS, SECTION_TITLES, SECTIONS, Input
from workbooks.scenario.reading import FIRST_DAY, LAST_DAY, LONGEST, SHORTEST
from workbooks.sheets.draft import FIRST, LABEL, PERIODS_ROW, UNIT, VALUE, Draft
from workbooks.tables import load_shapes

LOW, SOURCE, AS_OF, OWNER, SPREAD, DOWNSIDE, MEANING = 3, 6, 7, 8, 9, 10, 11
HEADERS = (
    *("Input", "Unit", "Live", "Low", "Base", "High"),
    *("Source", "As of", "Owner", "Spread", "Downside", "Meaning"),
)
WIDTHS = (34, 24, 22, 14, 14, 14, 46, 12, 14, 12, 12, 60)
OPTIONAL_BLANK = "blank: the table's figure counts"


def write(draft: Draft) -> None:
    """Write the Inputs sheet."""
    sheet = draft.sheet(
        "Inputs", "Inputs", "Change the yellow cells. The live case is what every sheet computes."
    )
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    row = _settings(draft, sheet)
    for column, text in enumerate(HEADERS):
        sheet.write(row, column, text, draft.style("header"))
    sheet.freeze_panes(row + 1, 1)
    sheet.repeat_rows(row)
    row += 1
    for section, inputs in SECTIONS.items():
        if section == "managed" and "managed" not in draft.plan.options:
            continue
        _heading(draft, sheet, row + 1, SECTION_TITLES[section])
        row += 2
        for each in inputs:
            _input(draft, sheet, row, each)
            row += 1
    _words(draft, sheet, row + 1)
    draft.protect(sheet)


ONE_TO_THREE = {
    "validate": "list",
    "source": [1, 2, 3],
    "error_title": "Live case",
    "error_message": "1 is downside, 2 is base, 3 is upside.",
}
MADE_ANEW = {
    "input_title": "Made anew",
    "input_message": "The sheets are laid out for this value. After a change run: "
    "evenpoint budget --from, with this file.",
}
DAY = {
    "validate": "date",
    "criteria": "between",
    "minimum": FIRST_DAY,
    "maximum": LAST_DAY,
    "error_message": f"It must be a date from {FIRST_DAY} to {LAST_DAY}.",
}
CODE = {
    "validate": "length",
    "criteria": "==",
    "value": 3,
    "error_message": "It must be a code of three letters, such as USD.",
}
TEXT = {"validate": "length", "criteria": "<=", "value": LONGEST_TEXT}
ALLOWED: Mapping[str, dict[str, Any]] = {
    "plan_title": TEXT,
    "plan_purpose": TEXT,
    "plan_owner": TEXT,
    "live_case": ONE_TO_THREE,
    "currency": MADE_ANEW | CODE,
    "horizon_months": MADE_ANEW
    | {
        "validate": "integer",
        "criteria": "between",
        "minimum": SHORTEST,
        "maximum": LONGEST,
        "error_message": f"It must be a whole number from {SHORTEST} to {LONGEST}.",
    },
    "start_month": DAY,
    "as_of_day": DAY,
    "load_shape": MADE_ANEW
    | {"validate": "list", "source": sorted({hour.shape for hour in load_shapes()})},
    "tolerance_cost": {"validate": "decimal", "criteria": ">=", "value": 0},
}
"""What the settings may be."""
AT_LEAST_0 = {
    "validate": "decimal",
    "criteria": "between",
    "minimum": 0,
    "maximum": LARGEST,
    "ignore_blank": True,
    "error_message": f"It must be a number from 0 to {LARGEST:g}.",
}


Setting = tuple[str, str, str, Any, str]


def _settings(draft: Draft, sheet: Worksheet) -> int:
    scenario = draft.plan.scenario
    settings: tuple[Setting, ...] = (
        (
            "live_case",
            "Live case",
            "1 downside, 2 base, 3 upside",
            CASES.index(draft.case) + 1,
            "0",
        ),
        ("currency", "Currency", "reporting currency, in single units", scenario.currency, ""),
        ("horizon_months", "Length of the plan", "months", scenario.horizon_months, "0"),
        ("start_month", "First month", "date", scenario.start_month, "yyyy-mm"),
        ("as_of_day", "As of", "date", scenario.as_of, "yyyy-mm-dd"),
        ("tolerance_cost", "Tolerance of the checks", "money", scenario.tolerance_cost, "0.00"),
    )
    return _write_settings(draft, sheet, PERIODS_ROW, settings) + 1


def _words(draft: Draft, sheet: Worksheet, row: int) -> None:
    """Write what the plan is called below the register, where no number is looked for."""
    scenario = draft.plan.scenario
    words: tuple[Setting, ...] = (
        ("plan_title", "Title", "text", scenario.title, ""),
        ("plan_purpose", "Purpose", "text", scenario.purpose, ""),
        ("plan_owner", "Owner", "text", scenario.owner, ""),
        ("load_shape", "Load by hour", "public trace it follows", scenario.load_shape, ""),
    )
    _heading(draft, sheet, row, "This plan")
    _write_settings(draft, sheet, row + 1, words)


def _write_settings(draft: Draft, sheet: Worksheet, row: int, settings: Sequence[Setting]) -> int:
    for name, label, unit, value, form in settings:
        sheet.write(row, LABEL, label, draft.style("label"))
        sheet.write(row, UNIT, unit, draft.style("unit"))
        if isinstance(value, datetime.date):
            sheet.write_datetime(row, VALUE, value, draft.style("input", form))
        else:
            write_one = sheet.write_number if form else sheet.write_string
            write_one(row, VALUE, value, draft.style("input", form))
        draft.name(name, sheet, row, VALUE)
        sheet.data_validation(row, VALUE, row, VALUE, ALLOWED[name])
        row += 1
    return row


def _heading(draft: Draft, sheet: Worksheet, row: int, text: str) -> None:
    for column in range(len(HEADERS)):
        sheet.write(row, column, text if column == LABEL else "", draft.style("heading"))


def _input(draft: Draft, sheet: Worksheet, row: int, each: Input) -> None:
    entry = draft.plan.scenario.entries[each.name]
    form = unit_of(each.name).cell_format if each.is_number else "@"
    sheet.write(row, LABEL, each.label, draft.style("label"))
    sheet.write(row, UNIT, each.unit_label, draft.style("unit"))
    for place, end in enumerate(ENDS):
        value = getattr(entry, end)
        if value in (None, ""):
            sheet.write_blank(row, LOW + place, None, draft.style("input", form))
        elif isinstance(value, str):
            sheet.write_string(row, LOW + place, value, draft.style("input", form))
        else:
            sheet.write_number(row, LOW + place, value, draft.style("input", form))
    live = _live(row, each)
    text = f"={live}" if each.is_number and not each.optional else f'=IF({live} = "", "", {live})'
    draft.formula(
        sheet, row, VALUE, text, draft.numbers[each.name], "number", form if each.is_number else ""
    )
    draft.name(each.name, sheet, row, VALUE)
    source = entry.source or (OPTIONAL_BLANK if entry.base in (None, "") else "")
    for column, note in ((SOURCE, source), (AS_OF, entry.as_of), (OWNER, entry.owner)):
        sheet.write_string(row, column, note, draft.style("data"))
    spread = entry.shape if each.is_number else ""
    sheet.write_string(row, SPREAD, spread, draft.style("data"))
    if each.is_number:
        sheet.data_validation(row, SPREAD, row, SPREAD, {"validate": "list", "source": [*SHAPES]})
    downside = (each.hurts or "base") if each.is_number else "low"
    sheet.write_string(row, DOWNSIDE, downside, draft.style("data"))
    sheet.write_string(row, MEANING, each.quantity.help, draft.style("unit"))
    _validate(draft, sheet, row, each)


def _live(row: int, each: Input) -> str:
    """Return what picks the end of the range that fits the live case."""
    if each.is_number and not each.hurts:
        return str(xl_rowcol_to_cell(row, LOW + 1))
    ends = f"{xl_rowcol_to_cell(row, LOW)}:{xl_rowcol_to_cell(row, LOW + 2)}"
    return f"INDEX({ends}, {'4 - live_case' if each.hurts == 'high' else 'live_case'})"


def _validate(draft: Draft, sheet: Worksheet, row: int, each: Input) -> None:
    rule: dict[str, Any] = {"ignore_blank": True, "error_title": each.label[:32]}
    if each.choices:
        rule |= {"validate": "list", "source": [choice for choice in each.choices if choice]}
        if each.name == "acquisition_kind" and not draft.plan.holdings.buys:
            rule |= MADE_ANEW  # without vintages there is nothing to buy
    elif each.name in draft.lists:
        rule |= {"validate": "list", "source": draft.lists[each.name]}
    elif each.is_number:
        quantity = each.quantity
        low, high = quantity.low, min(quantity.high, 1e15)
        rule |= {"validate": "decimal", "criteria": "between", "minimum": low, "maximum": high}
        rule |= {"error_message": f"It must be {quantity.rule}."[:255]}
    else:
        return
    sheet.data_validation(row, LOW, row, LOW + 2, rule)


MONTHS_LABEL = "Month of the plan"
SERIES_LABELS = {
    "forecast_tokens_per_month": "Your own forecast of tokens",
    "season_factor": "Season: month over a mean month",
    "currency_factor": "Other currencies: budget rate over today's",
    "api_price_factor": "API price over its path, for agreed steps",
    "managed_price_factor": "Managed price over its path, for agreed steps",
}


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
    labels = {name: SERIES_LABELS[name] for name in draft.plan.series}
    for row, (name, label) in enumerate(labels.items(), start=PERIODS_ROW + 2):
        form = unit_of(name).cell_format
        sheet.write(row, LABEL, label, draft.style("label"))
        sheet.write(row, UNIT, unit_of(name).label, draft.style("unit"))
        for t, value in enumerate(draft.plan.series[name]):
            if np.isfinite(value):
                sheet.write_number(row, FIRST + t, value, draft.style("input", form))
            else:
                sheet.write_blank(row, FIRST + t, None, draft.style("input", form))
        sheet.data_validation(row, FIRST, row, FIRST + months - 1, AT_LEAST_0)
        rows[name] = ("Workload!", row)
    draft.protect(sheet)
    return rows


def timeline(draft: Draft, sheet: Worksheet, months: int) -> None:
    """Write the dates and numbers of the months, and set up the page for them."""
    start = draft.plan.scenario.start_month
    sheet.set_column(LABEL, LABEL, 46)
    sheet.set_column(UNIT, UNIT, 22)
    sheet.set_column(VALUE, VALUE, 17)
    sheet.set_column(VALUE + 1, VALUE + 1, 2)
    sheet.set_column(FIRST, FIRST + months - 1, 12.5)
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
            PERIODS_ROW - 1, FIRST + t, day, draft.style("header", "mmm yyyy"), last_day
        )
        sheet.write_formula(
            PERIODS_ROW, FIRST + t, f"=N({before}) + 1", draft.style("header", "0"), t + 1
        )
    sheet.freeze_panes(PERIODS_ROW + 1, FIRST)
    sheet.fit_to_pages(0, 0)
    sheet.set_print_scale(55)
    sheet.repeat_columns(LABEL, VALUE)
    sheet.repeat_rows(0, PERIODS_ROW)
    sheet.set_v_pagebreaks([FIRST + t for t in range(12, months, 12)])


def month_end(start: datetime.date, month: int) -> int:
    """Return the last day of a month of the plan, as a cell holds it."""
    year, index = divmod(start.month - 1 + month, 12)
    after = datetime.date(start.year + year, index + 1, 1)
    return (after - datetime.date(1899, 12, 31)).days
