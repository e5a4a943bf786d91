"""The Inputs sheet: everything a reader may change, with its source."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from costcore.language.draws import SHAPES
from costcore.language.quantities import unit_of
from costcore.language.trace import Cell
from workbooks.plan.plan import Plan
from workbooks.scenario.entries import LONGEST_TEXT, is_money
from workbooks.scenario.inputs import CASES, ENDS, SECTION_TITLES, SECTIONS, Input
from workbooks.scenario.reading import LONGEST, SHORTEST
from workbooks.scenario.scenario import Entry
from workbooks.sheets.conversion import asks_currency, write_rate
from workbooks.sheets.draft import LABEL, PERIODS_ROW, UNIT, VALUE, Draft
from workbooks.sheets.pages.hints import CODE, DAY, computed, hint, told
from workbooks.tables import load_shapes

LOW, SOURCE, AS_OF, OWNER, SPREAD, DOWNSIDE, MEANING, CURRENCY, RATE = 3, 6, 7, 8, 9, 10, 11, 12, 13
HEADERS = (
    *("Input", "Unit", "Live", "Low", "Base", "High"),
    *("Source", "As of", "Owner", "Spread", "Downside", "Meaning"),
)
OTHERS = ("Currency", "Exchange rate")
"""Beside them in a plan with amounts in another currency than its own, and in a template."""
WIDTHS = (42, 29, 28, 28, 28, 28, 58, 12, 14, 12, 12, 62)
OPTIONAL_BLANK = "blank: the table's figure counts"
MATTER_MOST = (
    *("tokens_per_month", "growth_per_year", "output_share", "api_model", "managed_model"),
    *("api_price_change_per_year", "acquisition_kind", "hardware", "system", "staff_fte"),
    "salary_per_year",
)
"""What a first reader sees of the inputs; the last stands in where one of them is not asked."""
SHOWN = 10
LONG_NAMES = {"api_model": 2, "managed_model": 2, "system": 3}
"""Lines that the longest name of their table takes in a cell."""


def ten(plan: Plan) -> tuple[str, ...]:
    """Return the inputs that matter most of those that a plan asks for."""
    unasked = set() if "managed" in plan.options else {each.name for each in SECTIONS["managed"]}
    return tuple(name for name in MATTER_MOST if name not in unasked)[:SHOWN]


def write(draft: Draft) -> None:
    """Write the Inputs sheet: of each section what matters most, and the rest folded below it.

    It is not protected, for a spreadsheet does not unfold the rows of a sheet that is; formulas
    take nothing typed instead.
    """
    note = "Change the yellow cells; + at the left opens the rest of a section."
    sheet = draft.sheet("Inputs", "Inputs", note)
    for column, width in enumerate((*WIDTHS, *((12, 12) if asks_currency(draft) else ()))):
        sheet.set_column(column, column, width)
    row = _settings(draft, sheet)
    for column, text in enumerate((*HEADERS, *(OTHERS if asks_currency(draft) else ()))):
        kind = "figure header" if VALUE <= column < SOURCE else "header"
        sheet.write(row, column, text, draft.style(kind))
    sheet.freeze_panes(row + 1, 1)
    sheet.repeat_rows(row)
    sheet.outline_settings(symbols_below=False)
    sheet.set_v_pagebreaks([SOURCE, MEANING])
    row += 1
    for section, inputs in SECTIONS.items():
        if section != "managed" or "managed" in draft.plan.options:
            row = _section(draft, sheet, row + 1, SECTION_TITLES[section], inputs)
    _words(draft, sheet, row + 1)


def unit_text(each: Input, entry: Entry) -> str:
    """Return the unit of an input, with the currency that its range is in if it has its own."""
    return f"{each.unit_label}; in {entry.currency}" if entry.currency else each.unit_label


def _section(draft: Draft, sheet: Worksheet, row: int, title: str, inputs: Sequence[Input]) -> int:
    """Write a section; what matters most comes first, the rest is folded below it."""
    shown = [each for each in inputs if each.name in ten(draft.plan)]
    rest = [each for each in inputs if each not in shown]
    _heading(draft, sheet, row, title)
    if rest:
        sheet.write(row, UNIT, f"+ opens {len(rest)} more", draft.style("folded"))
    for each in (*shown, *rest):
        row += 1
        folded = {"level": 1, "hidden": True} if each in rest else {}
        sheet.set_row(row, _height(draft, each), None, folded)
        _input(draft, sheet, row, each)
    if rest:
        above = row - len(rest)
        height = _height(draft, shown[-1]) if shown else None
        sheet.set_row(above, height, None, {"collapsed": True})
    return row + 1


def _height(draft: Draft, each: Input) -> float | None:
    """Return the height of a row whose texts may take several lines; others have the usual."""
    lines = LONG_NAMES.get(each.name, 1)
    source = source_of(draft.plan.scenario.entries[each.name])
    lines = max(lines, -(-len(source) // WIDTHS[SOURCE]), -(-len(each.quantity.help) // 66))
    return 14.0 * lines + 1 if lines > 1 else None


YOURS = "your own choice"
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
TEXT = {"validate": "length", "criteria": "<=", "value": LONGEST_TEXT}
ALLOWED: Mapping[str, dict[str, Any]] = {
    "plan_title": TEXT | told("Title", "How the plan is called on its cover.", YOURS),
    "plan_purpose": TEXT | told("Purpose", "What is to be decided, in a sentence.", YOURS),
    "plan_owner": TEXT | told("Owner", "Who answers for the figures.", YOURS),
    "live_case": ONE_TO_THREE
    | told("Live case", "1 downside, 2 base, 3 upside of hosting; all sheets follow.", YOURS),
    "currency": MADE_ANEW | CODE,
    "horizon_months": MADE_ANEW
    | {
        "validate": "integer",
        "criteria": "between",
        "minimum": SHORTEST,
        "maximum": LONGEST,
        "error_message": f"It must be a whole number from {SHORTEST} to {LONGEST}.",
    },
    "start_month": DAY
    | told("First month", "Any day of the month in which the plan begins.", "your budget calendar"),
    "as_of_day": DAY
    | told("As of", "The day whose prices and rates count.", "the sheets Prices and Rates"),
    "load_shape": MADE_ANEW
    | {"validate": "list", "source": sorted({hour.shape for hour in load_shapes()})},
    "tolerance_cost": {"validate": "decimal", "criteria": ">=", "value": 0}
    | told("Tolerance", "How far sums may be apart before a check fails, at least 0.", YOURS),
}
"""What the settings may be."""
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
        ("currency", "Currency", "reporting, in single units", scenario.currency, ""),
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
    sheet.write(row, LABEL, each.label, draft.style("top name"))
    sheet.write(row, UNIT, unit_text(each, entry), draft.style("unit wrap"))
    for place, end in enumerate(ENDS):
        value, look = getattr(entry, end), draft.style(_kind(each), form)
        if value in (None, ""):
            sheet.write_blank(row, LOW + place, None, look)
        elif isinstance(value, str):
            sheet.write_string(row, LOW + place, value, look)
        else:
            sheet.write_number(row, LOW + place, value, look)
    live = _live(row, each)
    kept = _converted(draft, sheet, row, each)
    text = f"={kept}" if each.is_number and not each.optional else f'=IF({live} = "", "", {kept})'
    kind = "number top" if each.is_number else "number wrap"
    shown_as = form if each.is_number else ""
    draft.formula(sheet, row, VALUE, text, draft.numbers[each.name], kind, shown_as)
    sheet.data_validation(row, VALUE, row, VALUE, PICKED)
    draft.name(each.name, sheet, row, VALUE)
    _noted(draft, sheet, row, each)
    _validate(draft, sheet, row, each)


PICKED = computed(
    "Live case", "This picks Low, Base or High by the live case. Type into those cells."
)


def _kind(each: Input) -> str:
    return "input top" if each.is_number else "input wrap"


def source_of(entry: Entry) -> str:
    """Return who says what an input is; a blank one says what counts in its place."""
    return entry.source or (OPTIONAL_BLANK if entry.base in (None, "") else "")


def _noted(draft: Draft, sheet: Worksheet, row: int, each: Input) -> None:
    """Write where an input is from and what it means, beside it."""
    entry = draft.plan.scenario.entries[each.name]
    for column, note in ((SOURCE, source_of(entry)), (AS_OF, entry.as_of), (OWNER, entry.owner)):
        sheet.write_string(row, column, note, draft.style("data wrap"))
    spread = entry.shape if each.is_number else ""
    sheet.write_string(row, SPREAD, spread, draft.style("data wrap"))
    if each.is_number:
        sheet.data_validation(row, SPREAD, row, SPREAD, {"validate": "list", "source": [*SHAPES]})
    downside = (each.hurts or "base") if each.is_number else "low"
    sheet.write_string(row, DOWNSIDE, downside, draft.style("data wrap"))
    sheet.write_string(row, MEANING, each.quantity.help, draft.style("unit wrap"))


def _live(row: int, each: Input) -> str:
    """Return what picks the end of the range that fits the live case."""
    if each.is_number and not each.hurts:
        return str(xl_rowcol_to_cell(row, LOW + 1))
    ends = f"{xl_rowcol_to_cell(row, LOW)}:{xl_rowcol_to_cell(row, LOW + 2)}"
    return f"INDEX({ends}, {'4 - live_case' if each.hurts == 'high' else 'live_case'})"


def _converted(draft: Draft, sheet: Worksheet, row: int, each: Input) -> str:
    """Return what is live in the plan's currency; write the currency and its rate, if asked."""
    live = _live(row, each)
    if not (is_money(each) and asks_currency(draft)):
        return live
    code = draft.plan.scenario.entries[each.name].currency
    sheet.write(row, CURRENCY, code, draft.style("input"))
    sheet.data_validation(row, CURRENCY, row, CURRENCY, OTHER)
    write_rate(draft, sheet, row, RATE, code)
    amount: Cell = Cell(live) * Cell(xl_rowcol_to_cell(row, RATE))
    return amount.text


OTHER = MADE_ANEW | CODE | {"ignore_blank": True}


def _validate(draft: Draft, sheet: Worksheet, row: int, each: Input) -> None:
    rule: dict[str, Any] = {"ignore_blank": True, "error_title": each.label[:32]}
    rule |= hint(each.name, each.label)
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
        rule |= {"validate": "any"}
    sheet.data_validation(row, LOW, row, LOW + 2, rule)
