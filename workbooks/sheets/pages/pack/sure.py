"""The sheet How sure: what may come of each strategy, what decides it, and how savings spread."""

from __future__ import annotations

import numpy as np
from xlsxwriter.chart import Chart
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from workbooks.plan.judgement.headline import headline
from workbooks.plan.judgement.risk import RANKS, Risk, ranks
from workbooks.plan.lines.option import TITLES
from workbooks.sheets import charts, paper
from workbooks.sheets.draft import LABEL, PERIODS_ROW, UNIT, VALUE, Draft
from workbooks.sheets.pages.odds.bars import bars
from workbooks.sheets.pages.pack.blocks import LINE, across, headers, sentence

LAST = 7
MONEY, SHARE = "#,##0;[Red](#,##0);0", "0.0%"
BARS = 10
LEFT, RIGHT, HEIGHT = 350, 420, 280


def write(draft: Draft, found: Risk) -> None:
    """Write the page."""
    note = f"{found.draws:,} draws of every range in Inputs, as it was when the workbook was made."
    sheet = draft.sheet("How sure", "How sure", note)
    sheet.set_column(LABEL, LABEL, 50)
    sheet.set_column(UNIT, UNIT, 17)
    sheet.set_column(VALUE, LAST, 12)
    sheet.merge_range(PERIODS_ROW, LABEL, PERIODS_ROW, LAST, "", draft.style("wrap"))
    said = f"{headline(found, found.left)}."
    draft.formula(sheet, PERIODS_ROW, LABEL, "=headline_text", said, "wrap")
    sheet.set_row(PERIODS_ROW, 3 * LINE)
    sentence(draft, sheet, PERIODS_ROW + 1, LAST, "conditions_text", 3)
    row = _ranks(draft, sheet, PERIODS_ROW + 3, found) + 1
    told = {"description": "How far each input moves the saving of self-hosting from its base"}
    chart = bars(draft, BARS, LEFT, HEIGHT)
    sheet.insert_chart(row, LABEL, chart, told | {"object_position": 1})
    told = {"description": "P10, P50 and P90 of the cash that self-hosting saves to date"}
    sheet.insert_chart(row, UNIT + 1, _fan(draft, found), told | {"object_position": 1})
    paper.board(sheet, "How sure")
    draft.protect(sheet)


def _ranks(draft: Draft, sheet: Worksheet, row: int, found: Risk) -> int:
    currency = draft.plan.scenario.currency
    ranked = (rank.upper() for rank in RANKS)
    headers(draft, sheet, row, (f"Present value, {currency}", "Cheapest of all", *ranked), UNIT)
    for option in draft.plan.options:
        row += 1
        cells = {UNIT: (f"{option}_wins_share", found.wins[option], SHARE)}
        for column, (rank, value) in enumerate(ranks(found.compared[option]).items(), start=VALUE):
            cells[column] = (f"{option}_{rank}_cost", value, MONEY)
        across(draft, sheet, row, TITLES[option], cells)
    cells = {UNIT: ("saves_share", float(np.mean(found.saving > 0)), SHARE)}
    for column, (rank, value) in enumerate(ranks(found.saving).items(), start=VALUE):
        cells[column] = (f"saving_{rank}_cost", value, MONEY)
    across(draft, sheet, row + 1, "Saved by self-hosting against its rival", cells)
    return row + 2


def _fan(draft: Draft, found: Risk) -> Chart:
    chart = draft.book.add_chart({"type": "scatter", "subtype": "straight"})
    first, count = draft.spots["fan"]
    lines = {}
    for column, rank in enumerate(RANKS, start=VALUE):
        look = charts.line("own", dashed=rank != "p50")
        thin = {} if rank == "p50" else {"width": 1.25}
        months, amounts = (_down(c, first, count) for c in (LABEL, column))
        lines[rank.upper()] = (months, amounts, look | thin)
    ends = {rank.upper(): float(saved[-1]) for rank, saved in zip(RANKS, found.fan, strict=True)}
    charts.by_month(chart, lines, ends)
    chart.set_x_axis(charts.month_axis(count) | {"label_position": "low"})
    reach = float(np.abs(found.fan).max())
    chart.set_y_axis(charts.money(draft.plan.scenario.currency, reach, "saved to date"))
    charts.room_for_names(chart)
    return charts.finish(chart, draft.places["fan_text"], RIGHT, HEIGHT)


def _down(column: int, first: int, count: int) -> str:
    ends = (xl_rowcol_to_cell(row, column, True, True) for row in (first, first + count - 1))
    return f"=Risk!{':'.join(ends)}"
