"""The sheet When it turns: from which month and volume own nodes cost less, and what they earn."""

from __future__ import annotations

from typing import Any

from xlsxwriter.chart import Chart
from xlsxwriter.worksheet import Worksheet

from workbooks.plan.lines.breakeven import in_volume
from workbooks.plan.lines.option import TITLES
from workbooks.plan.results.decision import against_nothing
from workbooks.sheets import charts, paper
from workbooks.sheets.draft import LABEL, PERIODS_ROW, UNIT, VALUE, Draft
from workbooks.sheets.pages.pack.blocks import headers, place_of, read, sentence
from workbooks.sheets.style import BUSIEST, WINS

LAST = 7
KEYS = {
    "Self-hosting against the rival that counts": (
        "turns_months",
        "first_tokens_per_month",
        "sustained_tokens_per_month",
        "saving_cost",
    ),
    "What it earns against staying on the API": (
        "own_npv_cost",
        "saving_paid_cost",
        "irr_rate",
        "mirr_rate",
        "paid_irr_rate",
        "paid_mirr_rate",
        "payback_cash_months",
        "payback_paid_months",
        "payback_present_months",
    ),
}
"""When self-hosting pays and what it earns, with the terminal value and, if bought, without."""
LEFT, RIGHT, HEIGHT = 350, 420, 185


def write(draft: Draft) -> None:
    """Write the page."""
    note = "Self-hosting against the rival that counts, and against staying on the API."
    sheet = draft.sheet("When it turns", "When it turns", note)
    sheet.set_column(LABEL, LABEL, 50)
    sheet.set_column(UNIT, UNIT, 17)
    sheet.set_column(VALUE, LAST, 11.5)
    sheet.set_column(VALUE, VALUE, 16)
    sentence(draft, sheet, PERIODS_ROW, LAST, "in_time_text", 1)
    sentence(draft, sheet, PERIODS_ROW + 1, LAST, "price_told_text", 1)
    sentence(draft, sheet, PERIODS_ROW + 2, LAST, "volume_told_text", 2)
    sentence(draft, sheet, PERIODS_ROW + 3, LAST, "load_told_text", 1)
    row = _keys(draft, sheet, PERIODS_ROW + 5) + 1
    told = {"description": "Cost of each month, self-hosted and of its rival"}
    sheet.insert_chart(row, LABEL, _by_month(draft), told | {"object_position": 1})
    told = {"description": "Cost of a month against its volume: whole nodes and their rival"}
    sheet.insert_chart(row, UNIT + 1, staircase(draft), told | {"object_position": 1})
    paper.board(sheet, "When it turns")
    draft.protect(sheet)


def _keys(draft: Draft, sheet: Worksheet, row: int) -> int:
    plan = draft.plan
    rates = (line for each in plan.returns for line in each.rates())
    listed = (*plan.figures, *against_nothing(plan.options), *rates)
    lines = {line.name: line for line in listed}
    for title, names in KEYS.items():
        headers(draft, sheet, row, (title, "Unit", ""), VALUE)
        for name in filter(lines.__contains__, names):
            row += 1
            line = lines[name]
            sheet.write(row, LABEL, line.label, draft.style("label"))
            sheet.write(row, UNIT, draft.unit(line), draft.style("unit"))
            form = "0" if name.endswith("months") else line.unit.cell_format
            read(draft, sheet, row, VALUE, name, draft.numbers[name], form)
        row += 1
    return row


def _by_month(draft: Draft) -> Chart:
    """Draw what a month costs, self-hosted and of the rival."""
    chart = draft.book.add_chart({"type": "scatter", "subtype": "straight"})
    months = draft.plan.scenario.horizon_months
    across = charts.across("Comparison", PERIODS_ROW, months)
    lines = {}
    for name, (option, title) in BILLS.items():
        row = place_of(draft, name)[1]
        amounts = charts.across("Comparison", row, months)
        lines[title] = (across, amounts, charts.line(option))
    ends = {title: draft.numbers[name][-1] for name, (_, title) in BILLS.items()}
    charts.by_month(chart, lines, ends)
    reach = charts.largest([x for name in BILLS for x in draft.numbers[name]])
    chart.set_x_axis(charts.month_axis(months))
    chart.set_y_axis(charts.money(draft.plan.scenario.currency, reach, "a month") | {"min": 0})
    charts.room_for_names(chart)
    return charts.finish(chart, draft.places["monthly_text"], LEFT, HEIGHT)


RIVAL = "Its rival"
BILLS = {"own_due_per_month": ("own", TITLES["own"]), "rival_due_per_month": ("api", RIVAL)}


SHADES = {
    "point_wins_per_month": ("Own nodes cost less", WINS),
    "point_busiest_per_month": ("Your busiest month", BUSIEST),
}
COSTS = {"point_own_per_month": ("own", TITLES["own"]), "point_rival_per_month": ("api", RIVAL)}


def staircase(draft: Draft) -> Chart:
    """Draw cost against volume in steps of whole nodes; where own nodes win is shaded."""
    shades, steps = draft.book.add_chart({"type": "column"}), draft.book.add_chart({"type": "line"})
    for name, (title, colour) in SHADES.items():
        look = {"fill": {"color": colour}, "gap": 0, "overlap": 100}
        shades.add_series(_against_volume(draft, name, title) | look)
    for name, (option, title) in COSTS.items():
        steps.add_series(_against_volume(draft, name, title) | {"line": charts.line(option)})
    shades.combine(steps)
    every = in_volume.POINTS_SHOWN // 6
    x = charts.axis("Million tokens a month", interval_unit=every, interval_tick=every)
    shades.set_x_axis(x | {"num_format": "#,##0"})
    reach = float(draft.numbers["point_top_per_month"])
    y = charts.money(draft.plan.scenario.currency, reach, "a month")
    shades.set_y_axis(y | {"min": 0})
    return charts.finish(shades, draft.places["stairs_text"], RIGHT, HEIGHT, legend="bottom")


def _against_volume(draft: Draft, name: str, title: str) -> dict[str, Any]:
    volumes, amounts = (f"={draft.cells[each].text}" for each in ("point_mtok_count", name))
    return {"name": title, "categories": volumes, "values": amounts}
