"""The workbook of a difference: a waterfall for each option, and what changed in the inputs."""

from __future__ import annotations

import datetime
import io
from collections.abc import Mapping
from typing import Any

import numpy as np
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from costcore.language.timeline import values
from workbooks.plan.monthend.variance import BARS
from workbooks.sheets import paper
from workbooks.sheets.bridging.explained import Explained
from workbooks.sheets.bridging.waterfall import FIRST_BAR, KIND, waterfall
from workbooks.sheets.budget import PlainWorksheet
from workbooks.sheets.draft import LABEL, PERIODS_ROW, UNIT, VALUE, Draft
from workbooks.sheets.style import new_book

CENT, CENTS = 0.005, "#,##0.00"
"""Half a cent: steps are whole cents, so their sum is right or wrong by one."""


def difference_book(found: Explained) -> bytes:
    """Return the workbook of a difference; the same bytes for the same inputs."""
    content = io.BytesIO()
    book = new_book(content)
    book.worksheet_class = PlainWorksheet
    draft = Draft(book, found.other, found.case)
    draft.numbers = dict(draft.numbers) | {"master_check": 0.0}
    for name in ("Cover", *found.titles, "Changes"):
        draft.sheets[name] = book.add_worksheet(name)
    ends = {name: _option(draft, found, name) for name in found.titles}
    _changes(draft, found)
    _cover(draft, found, ends)
    draft.tell_checks()
    paper.settle(draft.sheets.values())
    scenario = found.other.scenario
    made = datetime.datetime.combine(scenario.as_of, datetime.time())
    book.set_properties({"title": f"Why {scenario.title} differs", "created": made})
    book.close()
    return content.getvalue()


def _option(draft: Draft, found: Explained, name: str) -> int:
    """Write the steps of an option with their chart; return the row of the last."""
    title, steps = found.titles[name], found.steps[name]
    note = f"Whole plan, {found.view}, {found.case} case. {found.method}"
    sheet = draft.sheet(name, f"{title}: from one budget to the other", note)
    sheet.set_column(LABEL, LABEL, 36)
    sheet.set_column(UNIT, FIRST_BAR + len(BARS), 15)
    sheet.set_row(PERIODS_ROW, 30)
    heads = {LABEL: "Step", UNIT: "Unit", VALUE: "Amount", KIND: "Kind"}
    for column, text in heads.items():
        kind = "figure header" if column == VALUE else "header"
        sheet.write(PERIODS_ROW, column, text, draft.style(kind))
    _steps(draft, sheet, steps)
    costs = np.array([*steps.values()])
    kinds = np.array(["total", *["step"] * (len(steps) - 2), "total"], object)
    known: dict[str, Any] = {"bar_cost": costs, "bar_kind": kinds}
    draft.numbers = {**draft.numbers, **known, **values(BARS, {}, len(costs), series=known)}
    beside = {"bar_cost": VALUE, "bar_kind": KIND}
    end = draft.down(sheet, PERIODS_ROW, KIND, BARS, len(costs), "", beside) - 1
    chart = waterfall(draft, sheet, end, f"{title}: {found.view}, whole plan")
    words = f"What each cause adds to the {found.view} of {title}"
    sheet.insert_chart(end + 2, LABEL, chart, {"description": words})
    draft.protect(sheet)
    return end


def _steps(draft: Draft, sheet: Worksheet, steps: Mapping[str, float]) -> None:
    """Write first cost and causes as they were found, and the last cost as their sum."""
    form, currency = CENTS, draft.plan.scenario.currency
    end = PERIODS_ROW + len(steps)
    for row, (name, cost) in enumerate(steps.items(), start=PERIODS_ROW + 1):
        sheet.write_string(row, LABEL, name, draft.style("label"))
        sheet.write(row, UNIT, currency, draft.style("unit"))
        kind = "step" if PERIODS_ROW + 1 < row < end else "total"
        sheet.write_string(row, KIND, kind, draft.style("unit"))
        if row < end:
            sheet.write_number(row, VALUE, cost, draft.style("found", form))
            continue
        ends = (xl_rowcol_to_cell(each, VALUE) for each in (PERIODS_ROW + 1, end - 1))
        draft.formula(sheet, row, VALUE, f"=SUM({':'.join(ends)})", cost, "number", form)


def _changes(draft: Draft, found: Explained) -> None:
    """Write what is not the same in the two budgets, with both values."""
    note = "Numbers of the case, settings, and rows of tables that the plan reads."
    sheet = draft.sheet("Changes", "What changed", note)
    for column, width in enumerate((36, 44, 40, 40)):
        sheet.set_column(column, column, width)
    for column, text in enumerate(found.heads):
        sheet.write(PERIODS_ROW, column, text, draft.style("header"))
    for row, texts in enumerate(found.changes, start=PERIODS_ROW + 1):
        for column, text in enumerate(texts):
            sheet.write_string(row, column, text, draft.style("label"))
    sheet.freeze_panes(PERIODS_ROW + 1, 0)
    draft.protect(sheet)


def _cover(draft: Draft, found: Explained, ends: dict[str, int]) -> None:
    """Write the causes beside the options, and whether every step adds up."""
    sheet, one, other = draft.sheets["Cover"], found.one, found.other.scenario
    sheet.hide_gridlines(2)
    sheet.set_column(LABEL, LABEL, 40)
    sheet.set_column(1, len(found.titles), 20)
    sheet.write_string(0, 0, f"From {one.origin} to {other.origin}", draft.style("title"))
    days = f"Prices of {one.as_of} and of {other.as_of}; {other.currency}."
    rate = f" {one.origin} restated at {found.rate:g}." if found.rate != 1 else ""
    sheet.write_string(1, 0, f"{days}{rate} {found.method}", draft.style("note"))
    top, form = 3, CENTS
    sheet.write(top, 0, "Cause", draft.style("header"))
    for column, (name, title) in enumerate(found.titles.items(), start=1):
        sheet.write_string(top, column, title, draft.style("figure header"))
        for at, value in enumerate(found.steps[name].values()):
            cell = xl_rowcol_to_cell(PERIODS_ROW + 1 + at, VALUE)
            draft.formula(sheet, top + 1 + at, column, f"='{name}'!{cell}", value, "number", form)
    names = next(iter(found.steps.values()), {})
    for row, step in enumerate(names, start=top + 1):
        sheet.write_string(row, 0, step, draft.style("label"))
    row = top + len(names) + 2
    sheet.write(row, 0, "Steps that do not lead to the other budget", draft.style("label"))
    _check(draft, found, sheet, row, ends)
    draft.protect(sheet)
    sheet.activate()


def _check(
    draft: Draft, found: Explained, sheet: Worksheet, row: int, ends: dict[str, int]
) -> None:
    """Compare the sum of the steps with what the other budget itself comes to."""
    sheet.write(row + 1, 0, "The other budget, as it computes itself", draft.style("label"))
    wrong, count = [], 0
    for column, name in enumerate(found.titles, start=1):
        own = xl_rowcol_to_cell(row + 1, column)
        *parts, cost = found.steps[name].values()
        count += abs(sum(parts) - cost) > CENT
        sheet.write_number(row + 1, column, cost, draft.style("found", CENTS))
        summed = f"'{name}'!{xl_rowcol_to_cell(ends[name], VALUE)}"
        wrong.append(f"IF(ABS({summed} - {own}) > {CENT}, 1, 0)")
    draft.formula(sheet, row, 1, f"={' + '.join(wrong)}", float(count), "number")
    draft.name("master_check", sheet, row, 1)
