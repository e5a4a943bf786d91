"""The Scenarios and Risk sheets: what was found when the workbook was made, as values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from costcore.language.draws import Draws
from workbooks.plan.judgement.funding import funding
from workbooks.plan.judgement.headline import headline
from workbooks.plan.judgement.risk import RANKS, Risk, ranks
from workbooks.plan.lines.option import TITLES
from workbooks.scenario.inputs import CASES
from workbooks.sheets.draft import LABEL, PERIODS_ROW, UNIT, VALUE, Draft
from workbooks.sheets.pages.odds import drawn
from workbooks.sheets.pen import shown

MONEY = "#,##0;[Red](#,##0);0"
SHOWN_BARS = 10
SHARE = "0.0%"
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
    views = ("cash", "present", "compared")
    totals = [f"{o}_{view}_cost" for view in views for o in draft.plan.options]
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
            draft.recorded[name, case] = f"Scenarios!{xl_rowcol_to_cell(row, column, True, True)}"
    draft.protect(sheet)


def _headers(draft: Draft, sheet: Worksheet, row: int, titles: Sequence[str]) -> None:
    for column, title in enumerate(titles):
        sheet.write(row, column, title, draft.style("figure header" if column > 1 else "header"))


def write_risk(draft: Draft, found: Risk) -> None:
    """Write percentiles, probabilities, what moves the saving, and the cash saved by month."""
    note = (
        f"{found.draws:,} draws of every range in Inputs, seed {found.seed}. Values, not formulas: "
        "evenpoint risk gives the same."
    )
    sheet = draft.sheet("Risk", "How sure is it?", note)
    sheet.set_column(LABEL, LABEL, 58)
    sheet.set_column(UNIT, UNIT + 5, 18)
    said = f"{headline(found, found.left)}."
    sheet.write_string(PERIODS_ROW, LABEL, said, draft.style("label"))
    draft.name("headline_text", sheet, PERIODS_ROW, LABEL)
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
        _ranks(draft, sheet, row, TITLES[option], found.compared[option], option)
        sheet.write_number(row, UNIT, found.wins[option], draft.style("found", SHARE))
        draft.name(f"{option}_wins_share", sheet, row, UNIT)
    label = "Saved by self-hosting, against the cheapest token-billed option"
    _ranks(draft, sheet, row + 1, label, found.saving, "saving")
    sheet.write_number(row + 1, UNIT, np.mean(found.saving > 0), draft.style("found", SHARE))
    draft.name("saves_share", sheet, row + 1, UNIT)
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
    _decider(draft, sheet, row + 2)
    return row + 4


def _decider(draft: Draft, sheet: Worksheet, row: int) -> None:
    """Write what moves the saving most, which titles of charts say."""
    decider, swing = draft.plan.odds.decider
    sheet.write(row, LABEL, "What moves the saving of self-hosting most", draft.style("label"))
    sheet.write_string(row, UNIT, decider, draft.style("count"))
    draft.name("decider_text", sheet, row, UNIT)
    label = "From the least to the most that it then saves"
    sheet.write(row + 1, LABEL, label, draft.style("label"))
    sheet.write_number(row + 1, UNIT, swing, draft.style("found", MONEY))
    draft.name("decider_cost", sheet, row + 1, UNIT)


def _ranks(
    draft: Draft, sheet: Worksheet, row: int, label: str, outcomes: Draws, name: str
) -> None:
    sheet.write(row, LABEL, label, draft.style("label"))
    for column, (rank, value) in enumerate(ranks(outcomes).items(), start=VALUE):
        sheet.write_number(row, column, value, draft.style("found", MONEY))
        draft.name(f"{name}_{rank}_cost", sheet, row, column)


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
    draft.spots["bars"] = (row + 1, len(bars))
    return row + max(len(bars), 1) + 1


def _fan(draft: Draft, sheet: Worksheet, row: int, found: Risk) -> int:
    months = draft.plan.scenario.horizon_months
    title = "Cash saved by self-hosting against the API to date, month"
    _headers(draft, sheet, row, (title, "", *(rank.upper() for rank in RANKS)))
    for t in range(months):
        sheet.write_number(row + 1 + t, LABEL, t + 1, draft.style("count"))
        for column, value in enumerate(found.fan[:, t], start=VALUE):
            sheet.write_number(row + 1 + t, column, value, draft.style("found", MONEY))
    for column, rank in enumerate(RANKS, start=VALUE):
        draft.name(f"saved_{rank}_cost", sheet, row + months, column)
    draft.spots["fan"] = (row + 1, months)
    return row + 1 + months
