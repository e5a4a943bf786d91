"""A month-end workbook: bills beside the budget, the bridge between them, and the outlook."""

from __future__ import annotations

import datetime
import io

from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from costcore.language.trace import Cell
from workbooks.plan.monthend import outlook
from workbooks.plan.monthend.actuals import Close
from workbooks.plan.monthend.variance import EFFECTS, GAP, ROWS
from workbooks.plan.results.checks import MASTER
from workbooks.sheets import paper
from workbooks.sheets.budget import PlainWorksheet, facts
from workbooks.sheets.draft import LABEL, PERIODS_ROW, VALUE, Draft
from workbooks.sheets.monthend import cover, guide
from workbooks.sheets.monthend.bills import write_bills, write_budget
from workbooks.sheets.monthend.bridge import SIDES, write_bridge
from workbooks.sheets.monthend.cover import cumulative
from workbooks.sheets.pages.calculation import columns
from workbooks.sheets.pages.months import timeline
from workbooks.sheets.pages.pack.guide import write_log
from workbooks.sheets.style import BAD, new_book

TABS = {
    "Cover": "#0B3C5D",
    "How to read": "#0B3C5D",
    "Actuals": "#F2C94C",
    "Budget": "#F2C94C",
    "Variance": "#9AA5B1",
    "Bridge": "#0072B2",
    "Outlook": "#0072B2",
    "Checks": "#1B7F4B",
    "Log": "#9AA5B1",
}
KEYS = {"end_as_of": 1, "after_as_of": 2, "name_text": 3}
"""Columns of Variance that tell its rows apart, after the month."""


def actuals(close: Close) -> bytes:
    """Return the workbook of a month-end; the same bytes for the same inputs."""
    content = io.BytesIO()
    book = new_book(content)
    book.set_calc_mode("auto")
    book.set_size(2400, 1400)
    book.worksheet_class = PlainWorksheet
    draft = Draft(book, close.plan, "base")
    draft.numbers = dict(draft.numbers) | close.run()
    for name, colour in TABS.items():
        draft.sheets[name] = book.add_worksheet(name)
        draft.sheets[name].set_tab_color(colour)
    write_bills(draft, close)
    write_budget(draft, close)
    _variance(draft, close)
    write_bridge(draft, close)
    _outlook(draft, close)
    _checks(draft)
    guide.write(draft, close)
    known = {**facts(close.plan), **close.signed.facts, "Closed through": f"{close.closed}"}
    write_log(draft, known)
    cover.write(draft, close)
    draft.tell_checks()
    paper.settle(draft.sheets.values())
    scenario = close.plan.scenario
    made = datetime.datetime.combine(scenario.as_of, datetime.time())
    title = f"Actual against budget: {scenario.title}"
    properties = {"title": title, "author": scenario.owner, "created": made}
    properties["comments"] = "Made by evenpoint; works without any add-in."
    book.set_properties(properties)
    book.close()
    return content.getvalue()


def _variance(draft: Draft, close: Close) -> None:
    note = f"In {draft.plan.scenario.currency}; rows of months that are not closed are 0."
    sheet = draft.sheet("Variance", "Variance by month and model", note)
    top, rows = PERIODS_ROW, len(close.rows)
    beside = KEYS | {side: len(KEYS) + at for at, side in enumerate(close.sides, start=1)}
    first = len(beside) + 1
    sheet.set_column(0, 2, 11)
    sheet.set_column(3, first - 1, 36)
    sheet.set_column(first, first + len(ROWS) + len(EFFECTS), 15)
    sheet.set_row(top, 45)
    _keys(draft, sheet, close)
    draft.down(sheet, top, first - 1, ROWS, rows, "", beside)
    for name, column in beside.items():
        ends = (xl_rowcol_to_cell(row, column, True, True) for row in (top + 1, top + rows))
        draft.cells[f"all_{name}"] = Cell(f"Variance!{':'.join(ends)}")
    ours = {line.name: first + place for place, line in enumerate(ROWS)}
    draft.cells |= {f"all_{name}": draft.cells[name] for name in ours}
    more = (*EFFECTS, GAP)
    draft.down(sheet, top, first + len(ROWS) - 1, more, rows, "", beside | ours)
    draft.cells |= {f"all_{line.name}": draft.cells[line.name] for line in more}
    sheet.freeze_panes(top + 1, first)
    sheet.repeat_rows(top)
    sheet.repeat_columns(0, first - 1)
    draft.protect(sheet)


def _keys(draft: Draft, sheet: Worksheet, close: Close) -> None:
    """Write the month and model of each row, before what is computed from them."""
    top = PERIODS_ROW
    sides = [SIDES[side] for side in close.sides]
    for column, text in enumerate(("Month", "Ends on", "After", "Model", *sides)):
        sheet.write(top, column, text, draft.style("header"))
    order = {month: number for number, month in enumerate(close.months, start=1)}
    series = close.series
    for t, (month, model) in enumerate(close.rows):
        row = top + 1 + t
        number, end = (xl_rowcol_to_cell(row, column, col_abs=True) for column in (0, 1))
        sheet.write_number(row, 0, order[month], draft.style("count"))
        text = f"=DATE(YEAR(start_month), MONTH(start_month) + {number}, 0)"
        draft.formula(sheet, row, 1, text, series["end_as_of"][t], "number", "yyyy-mm-dd")
        text = f"=DATE(YEAR({end}), MONTH({end}), 0)"
        draft.formula(sheet, row, 2, text, series["after_as_of"][t], "number", "yyyy-mm-dd")
        texts = (model, *(told[model] for told in close.sides.values()))
        for column, text in enumerate(texts, start=KEYS["name_text"]):
            sheet.write_string(row, column, text, draft.style("label"))


def _outlook(draft: Draft, close: Close) -> None:
    note = "Closed months are actual, open ones a forecast by the method that Actuals names."
    sheet = draft.sheet("Outlook", "Outlook: actual and forecast", note)
    months = len(close.months)
    timeline(draft, sheet, months)
    place = {"month_as_of": ("", PERIODS_ROW - 1)}
    row = draft.across(sheet, PERIODS_ROW + 1, outlook.MONTHS, months, "month", place)
    row = draft.figures(sheet, row + 1, outlook.FIGURES)
    known = {
        line.name: ("", int(draft.cells[line.name].text.split("$")[2].partition(":")[0]) - 1)
        for line in outlook.MONTHS
    }
    row = draft.across(sheet, row + 1, outlook.COMPLETED, months, "month", place | known)
    row = draft.figures(sheet, row + 1, (*outlook.TOTALS, *outlook.TOLD))
    sheet.set_h_pagebreaks([row + 1])
    chart = cumulative(draft, months, 675, 285)
    sheet.insert_chart(
        row + 1, LABEL, chart, {"description": "Budget and outlook, cumulative by month"}
    )
    draft.protect(sheet)


def _checks(draft: Draft) -> None:
    note = "Each check is 0 when it holds. The cover and every sheet show their sum."
    sheet = draft.sheet("Checks", "Checks", note)
    columns(sheet)
    last = draft.figures(sheet, PERIODS_ROW, outlook.CHECKS)
    ends = (xl_rowcol_to_cell(row, VALUE, True, True) for row in (PERIODS_ROW, last - 1))
    draft.cells["all_checks"] = Cell(f"Checks!{':'.join(ends)}")
    last = draft.figures(sheet, last + 1, (MASTER,))
    wrong = draft.book.add_format({"font_color": "#FFFFFF", "bg_color": BAD, "bold": True})
    rule = {"type": "cell", "criteria": ">", "value": 0, "format": wrong}
    sheet.conditional_format(PERIODS_ROW, VALUE, last, VALUE, rule)
    draft.protect(sheet)
