"""The Bridge sheet: from budget to actual as a chart, by month, and by model."""

from __future__ import annotations

from xlsxwriter.utility import xl_cell_to_rowcol, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from costcore.language.timeline import Line
from costcore.language.trace import Cell
from workbooks.plan.monthend.actuals import Close, serial
from workbooks.plan.monthend.variance import BARS, BY_MODEL, BY_MONTH, LABELS, STEPS
from workbooks.sheets.bridging.waterfall import CHART_ROWS, FIRST_BAR, KIND, waterfall
from workbooks.sheets.draft import LABEL, PERIODS_ROW, UNIT, VALUE, Draft

Lines = tuple[Line, ...]
SIDES = {"engine_text": "Engine", "workload_text": "Workload"}
"""What rows are told by beside the model in a plan of several workloads."""


def write_bridge(draft: Draft, close: Close) -> None:
    """Write the steps, their chart, and the same steps by month and by model."""
    note = "All closed months. Each step is added to the one before; the last is what was paid."
    sheet = draft.sheet("Bridge", "Bridge from budget to actual", note)
    sheet.set_column(LABEL, LABEL, 36)
    sheet.set_column(UNIT, FIRST_BAR + len(BARS) + len(STEPS), 15)
    row = _steps(draft, sheet)
    sheet.insert_chart(
        row + 1,
        LABEL,
        waterfall(draft, sheet, row - 1, "From budget to actual, closed months"),
        {"description": "Bridge from budget to actual: what price, volume, mix and others added"},
    )
    row += CHART_ROWS + 1
    sheet.set_h_pagebreaks([row])
    row = _by_month(draft, sheet, row, close) + 2
    row = _by(draft, sheet, row, "Model", ("name_text", close.models, BY_MODEL))
    for side, lines in close.by_side.items():
        row = _by(draft, sheet, row + 2, SIDES[side], (side, close.groups(side), lines))
    sheet.freeze_panes(PERIODS_ROW, LABEL + 1)
    draft.protect(sheet)


def _steps(draft: Draft, sheet: Worksheet) -> int:
    heads = {LABEL: "Step", UNIT: "Unit", VALUE: "Amount", KIND: "Kind"}
    for column, text in heads.items():
        kind = "figure header" if column == VALUE else "header"
        sheet.write(PERIODS_ROW, column, text, draft.style(kind))
    sheet.set_row(PERIODS_ROW, 30)
    for t, name in enumerate(STEPS):
        row = PERIODS_ROW + 1 + t
        sheet.write(row, LABEL, LABELS[name], draft.style("label"))
        sheet.write(row, UNIT, draft.plan.scenario.currency, draft.style("unit"))
        text, value = f"=SUM({draft.cells[f'all_{name}'].text})", draft.numbers["bar_cost"][t]
        draft.formula(sheet, row, VALUE, text, value, "number", BARS[0].unit.cell_format)
        sheet.write_string(row, KIND, draft.numbers["bar_kind"][t], draft.style("unit"))
    rows = (PERIODS_ROW + 1, PERIODS_ROW + len(STEPS) - 1)
    ends = (xl_rowcol_to_cell(r, VALUE, True, True) for r in rows)
    draft.cells["all_steps_cost"] = Cell(f"Bridge!{':'.join(ends)}")
    beside = {"bar_cost": VALUE, "bar_kind": KIND}
    return draft.down(sheet, PERIODS_ROW, KIND, BARS, len(STEPS), "", beside)


def _by_month(draft: Draft, sheet: Worksheet, row: int, close: Close) -> int:
    sheet.set_row(row, 30)
    sheet.write(row, LABEL, "Month", draft.style("header"))
    for t in range(len(close.months)):
        before = xl_rowcol_to_cell(row + t, LABEL, col_abs=True)
        start, months = (before, 2) if t else ("start_month", 1)
        text = f"=DATE(YEAR({start}), MONTH({start}) + {months}, 0)"
        day = serial(close.months[t])
        draft.formula(sheet, row + 1 + t, LABEL, text, day, "count", "yyyy-mm")
    return draft.down(sheet, row, LABEL, BY_MONTH, len(close.months), "", {"end_as_of": LABEL})


def _by(
    draft: Draft, sheet: Worksheet, row: int, title: str, side: tuple[str, list[str], Lines]
) -> int:
    """Write the steps of each model, engine or workload, and their sum; return the next row."""
    key, names, lines = side
    sheet.set_row(row, 30)
    sheet.write(row, LABEL, title, draft.style("header"))
    page, _, first = draft.cells[f"all_{key}"].text.partition(":")[0].partition("!")
    top, column = xl_cell_to_rowcol(first.replace("$", ""))
    rows = draft.numbers[f"all_{key}"].tolist()
    for t, name in enumerate(names):
        text = f"={page}!{xl_rowcol_to_cell(top + rows.index(name), column, True, True)}"
        draft.formula(sheet, row + 1 + t, LABEL, text, name, "label")
    end = draft.down(sheet, row, LABEL, lines, len(names), "", {key: LABEL})
    sheet.write(end, LABEL, f"All {title.lower()}s", draft.style("total"))
    for place, line in enumerate(lines, start=1):
        ends = [xl_rowcol_to_cell(r, place) for r in (row + 1, end - 1)]
        value = float(draft.numbers[line.name].sum())
        text = f"=SUM({':'.join(ends)})"
        draft.formula(sheet, end, place, text, value, "total", line.unit.cell_format)
    return end + 1
