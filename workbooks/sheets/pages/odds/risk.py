"""The Scenarios and Risk sheets: what was found when the workbook was made, as values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from xlsxwriter.chart import Chart
from xlsxwriter.worksheet import Worksheet

from costcore.language.draws import Draws
from workbooks.plan.judgement.funding import funding
from workbooks.plan.judgement.headline import headline
from workbooks.plan.judgement.risk import RANKS, Risk, ranks
from workbooks.plan.lines.option import TITLES
from workbooks.scenario.inputs import CASES
from workbooks.sheets.draft import LABEL, PERIODS_ROW, UNIT, VALUE, Draft, shown
from workbooks.sheets.pages.odds import drawn
from workbooks.sheets.style import OPTION_COLOURS

MONEY = "#,##0;[Red](#,##0);0"
SHOWN_BARS = 10
CHART_ROWS = 18
SHARE = "0.0%"
SAVED = "Cash saved by self-hosting against the API"
DRAWN = {"draws_count": "Draws", "draws_seed": "Seed"}
CASE_FIGURES = (
    "tokens_per_month",
    "api_price_per_mtok",
    "node_plan_tokens_per_month",
    "node_cost_per_month",
    "fixed_cost_per_month",
    "first_tokens_per_month",
    "sustained_tokens_per_month",
    "payback_cash_months",
)


def write_scenarios(draft: Draft) -> None:
    """Write the three cases side by side, beside the live one."""
    note = "The cases as computed when the workbook was made; the live column is live."
    sheet = draft.sheet("Scenarios", "Scenarios side by side", note)
    sheet.set_column(LABEL, LABEL, 58)
    sheet.set_column(UNIT, UNIT, 24)
    sheet.set_column(VALUE, VALUE + 3, 18)
    _headers(draft, sheet, PERIODS_ROW, ("Figure", "Unit", "Live", *map(str.capitalize, CASES)))
    totals = [f"{o}_{view}_cost" for view in ("cash", "present") for o in draft.plan.options]
    lines = {line.name: line for line in draft.plan.figures}
    labels = {"tokens_per_month": ("Tokens in the first month", "tokens per month", "#,##0")}
    for row, name in enumerate((*CASE_FIGURES, *totals), start=PERIODS_ROW + 1):
        label, unit, form = labels.get(name) or (
            lines[name].label,
            draft.unit(lines[name]),
            lines[name].unit.cell_format,
        )
        sheet.write(row, LABEL, label, draft.style("label"))
        sheet.write(row, UNIT, unit, draft.style("unit"))
        draft.formula(sheet, row, VALUE, f"={name}", draft.numbers[name], "number", form)
        for column, case in enumerate(CASES, start=VALUE + 1):
            sheet.write(row, column, shown(draft.found[case][name]), draft.style("found", form))
    draft.protect(sheet)


def _headers(draft: Draft, sheet: Worksheet, row: int, titles: Sequence[str]) -> None:
    for column, title in enumerate(titles):
        sheet.write(row, column, title, draft.style("figure header" if column > 1 else "header"))


def write_risk(draft: Draft, found: Risk) -> None:
    """Write percentiles, probabilities, the tornado and the fan, with their charts."""
    note = (
        f"{found.draws:,} draws of every range in Inputs, seed {found.seed}. Values, not formulas: "
        "evenpoint risk gives the same."
    )
    sheet = draft.sheet("Risk", "How sure is it?", note)
    sheet.set_column(LABEL, LABEL, 58)
    sheet.set_column(UNIT, UNIT + 5, 18)
    said = f"{headline(found, found.left)}."
    sheet.write_string(PERIODS_ROW, LABEL, said, draft.style("label"))
    row = _percentiles(draft, sheet, PERIODS_ROW + 2, found)
    row = _funding(draft, sheet, row + 1, found)
    row = _pairs(draft, sheet, row + 1, found)
    below = _tornado(draft, sheet, row + 1, found)
    last = _fan(draft, sheet, below + 1, found)
    drawn.write(draft, sheet, last + 1)
    sheet.set_h_pagebreaks([row + 1, below + 1, last + 1])
    draft.protect(sheet)


def _percentiles(draft: Draft, sheet: Worksheet, row: int, found: Risk) -> int:
    currency = draft.plan.scenario.currency
    ranked = (rank.upper() for rank in RANKS)
    _headers(draft, sheet, row, (f"Present value, {currency}", "Cheapest of all", *ranked))
    for option in draft.plan.options:
        row += 1
        _ranks(draft, sheet, row, TITLES[option], found.compared[option])
        sheet.write_number(row, UNIT, found.wins[option], draft.style("found", SHARE))
        draft.name(f"{option}_wins_share", sheet, row, UNIT)
    label = "Saved by self-hosting, against the cheapest token-billed option"
    _ranks(draft, sheet, row + 1, label, found.saving)
    sheet.write_number(row + 1, UNIT, np.mean(found.saving > 0), draft.style("found", SHARE))
    for name, number in (("draws_count", found.draws), ("draws_seed", found.seed)):
        row += 1
        sheet.write(row + 1, LABEL, DRAWN[name], draft.style("label"))
        sheet.write_number(row + 1, UNIT, number, draft.style("found", "#,##0"))
        draft.name(name, sheet, row + 1, UNIT)
    sheet.write(row + 2, LABEL, "Day of the plan they are of", draft.style("label"))
    day = draft.plan.scenario.as_of
    sheet.write_datetime(row + 2, UNIT, day, draft.style("found", "yyyy-mm-dd"))
    return _kept(draft, sheet, row + 3)


def _kept(draft: Draft, sheet: Worksheet, row: int) -> int:
    """Write what else was found by planning again and again."""
    told, speed = draft.numbers["deciding_text"], draft.numbers["needed_tokens_per_second"]
    sheet.write(row, LABEL, "Guesses that decide", draft.style("label"))
    sheet.write_string(row, UNIT, told, draft.style("count"))
    draft.name("deciding_text", sheet, row, UNIT)
    label = "Tokens a second of a node from which self-hosting pays"
    sheet.write(row + 1, LABEL, label, draft.style("label"))
    sheet.write(row + 1, UNIT, shown(speed), draft.style("found", "#,##0"))
    draft.name("needed_tokens_per_second", sheet, row + 1, UNIT)
    return row + 2


def _ranks(draft: Draft, sheet: Worksheet, row: int, label: str, outcomes: Draws) -> None:
    sheet.write(row, LABEL, label, draft.style("label"))
    for column, value in enumerate(ranks(outcomes).values(), start=VALUE):
        sheet.write_number(row, column, value, draft.style("found", MONEY))


def _pairs(draft: Draft, sheet: Worksheet, row: int, found: Risk) -> int:
    """Write how often each strategy costs less than each other."""
    options = draft.plan.options
    _headers(
        draft, sheet, row, ("Draws in which it costs less than", *(TITLES[o] for o in options))
    )
    for option in options:
        row += 1
        sheet.write(row, LABEL, TITLES[option], draft.style("label"))
        for column, other in enumerate(options, start=UNIT):
            if other != option:
                share = found.beats(option, other)
                sheet.write_number(row, column, share, draft.style("found", SHARE))
    return row + 1


FUNDING = {
    "base_cost": "Plan",
    "contingency_cost": "Contingency",
    "budget_p50_cost": "Budget, P50",
    "reserve_cost": "Reserve",
    "funding_p80_cost": "Funding, P80",
}


def _funding(draft: Draft, sheet: Worksheet, row: int, found: Risk) -> int:
    """Write what to budget: the plan and its contingency, and what to have ready beside it."""
    currency = draft.plan.scenario.currency
    _headers(draft, sheet, row, (f"Cash over the plan, {currency}", *FUNDING.values()))
    for option in draft.plan.options:
        row += 1
        sheet.write(row, LABEL, TITLES[option], draft.style("label"))
        told = funding(float(draft.found["base"][f"{option}_cash_cost"]), found.cash[option])
        for column, value in enumerate(told.values(), start=UNIT):
            sheet.write_number(row, column, value, draft.style("found", MONEY))
    return row + 1


def _tornado(draft: Draft, sheet: Worksheet, row: int, found: Risk) -> int:
    """Write what moves the saving most: the whole range of a bar, not only its ends."""
    titles = (
        "What moves the saving of self-hosting",
        "Base saving",
        "Lowest",
        "Highest",
        "Below base",
        "Above base",
    )
    _headers(draft, sheet, row, titles)
    base = float(draft.found["base"]["saving_cost"])
    bars = found.bars[:SHOWN_BARS]
    for place, bar in enumerate(bars, start=row + 1):
        sheet.write(place, LABEL, bar.name, draft.style("label"))
        figures = (base, bar.least, bar.most, bar.least - base, bar.most - base)
        for column, value in enumerate(figures, start=UNIT):
            sheet.write_number(place, column, value, draft.style("found", MONEY))
    if not bars:
        return row + 1
    last = row + len(bars)
    sheet.insert_chart(
        last + 2,
        LABEL,
        _tornado_chart(draft, row + 1, last),
        {"description": "How far each driver moves the saving of self-hosting from its base"},
    )
    return last + 2 + CHART_ROWS


def _tornado_chart(draft: Draft, first: int, last: int) -> Chart:
    chart = draft.book.add_chart({"type": "bar"})
    for column, name, option in (
        (VALUE + 2, "Below base", "api"),
        (VALUE + 3, "Above base", "own"),
    ):
        chart.add_series(
            {
                "name": name,
                "categories": ["Risk", first, LABEL, last, LABEL],
                "values": ["Risk", first, column, last, column],
                "fill": {"color": OPTION_COLOURS[option]},
                "gap": 40,
                "overlap": 100,
            }
        )
    chart.set_y_axis({"name": "Driver", "reverse": True, "label_position": "low"})
    chart.set_x_axis(draft.money_axis(draft.plan.scenario.currency))
    _finish(chart, "What moves the saving of self-hosting, against the base")
    return chart


def _fan(draft: Draft, sheet: Worksheet, row: int, found: Risk) -> int:
    months = draft.plan.scenario.horizon_months
    first = row + CHART_ROWS + 1
    _headers(
        draft,
        sheet,
        first - 1,
        (
            "Cash saved by self-hosting against the API to date, month",
            "",
            *(rank.upper() for rank in RANKS),
        ),
    )
    for t in range(months):
        sheet.write_number(first + t, LABEL, t + 1, draft.style("count"))
        for column, value in enumerate(found.fan[:, t], start=VALUE):
            sheet.write_number(first + t, column, value, draft.style("found", MONEY))
    sheet.insert_chart(
        row,
        LABEL,
        _fan_chart(draft, first, first + months - 1),
        {"description": "P10, P50 and P90 of the cash saved to date"},
    )
    return first + months


def _fan_chart(draft: Draft, first: int, last: int) -> Chart:
    chart = draft.book.add_chart({"type": "line"})
    for place, rank in enumerate(RANKS):
        middle = rank == "p50"
        chart.add_series(
            {
                "name": rank.upper(),
                "categories": ["Risk", first, LABEL, last, LABEL],
                "values": ["Risk", first, VALUE + place, last, VALUE + place],
                "line": {
                    "color": OPTION_COLOURS["own"],
                    "width": 2.25 if middle else 1.25,
                    "dash_type": "solid" if middle else "dash",
                },
            }
        )
    chart.set_x_axis({"name": "Month", "interval_unit": 6, "label_position": "low"})
    chart.set_y_axis(draft.money_axis(draft.plan.scenario.currency))
    _finish(chart, f"{SAVED} to date: P10, P50, P90")
    return chart


def _finish(chart: Chart, title: str) -> None:
    chart.set_title({"name": title, "name_font": {"size": 12}})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 860, "height": 330})
