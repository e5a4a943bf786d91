"""The first sheets of a portfolio and its log: one page to sign, how the book is read and made."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from typing import Any

import numpy as np
from xlsxwriter.chart import Chart
from xlsxwriter.worksheet import Worksheet

from workbooks.plan.judgement.endings import ends_told
from workbooks.plan.lines.lookup import number
from workbooks.plan.mixing.comparing import Compared
from workbooks.plan.mixing.finding import Found
from workbooks.plan.mixing.saying.signed import origins
from workbooks.portfolio.terms import Portfolio
from workbooks.sheets import charts, paper
from workbooks.sheets.draft import PERIODS_ROW
from workbooks.sheets.pages.pack.blocks import sentence
from workbooks.sheets.pages.pack.first import figures, signatures, sources, thresholds, top
from workbooks.sheets.pages.pack.guide import CONVENTIONS, colour_key, contents, logbook, paragraphs
from workbooks.sheets.portfolio.folio import Folio
from workbooks.sheets.portfolio.found import what_changes
from workbooks.sheets.portfolio.proof import sums
from workbooks.sheets.style import STRATEGY_COLOURS

LAST = 7
SENTENCES = ("verdict_text", "mix_text", "conditions_text")
FIGURES = (
    ("Cheapest strategy costs", "cheapest_cost", "#,##0", "spent_text"),
    ("Saved against the first", "today_saving_cost", "#,##0;-#,##0;0", "saved_text"),
    ("Less to date from month", "turns_months", "0", "turns_text"),
    ("Chance to be the cheapest", "now_sure_share", "0%", "range_text"),
)
CHARACTERS, VERDICT_HEIGHT = 102, 46
WIDTH, HEIGHT = 520, 190
CONTENTS = {
    "Strategies": "what each costs, by year, and on what conditions",
    "Scenario": "what this book was made from, one row a value; make it anew after a change",
    "Workloads": "tokens of each workload by month",
    "Engines": "what tokens and nodes cost by month",
    "Terms": "contracts that are signed or offered; their minimums are on Engines",
    "Capacity": "what a node serves of each workload; headroom, people, finance",
    "Load": "the load of every hour of the week",
    "Routes": "which workload goes where, a block for each strategy",
    "Pools": "need of the busiest hour against nodes, and what is idle",
    "Monthly": "bills, cash, profit and loss and present value by month",
    "Owed": "what each strategy owes by contract, uses and wastes by month",
    "Allocation": "what each workload is charged by month",
    "Comparison": "the figures and sentences of the first pages",
    "Chargeback": "what each workload and cost centre pays for the strategy that is chosen",
    "Upload": "the same by month and account, to the cent, for a pivot or an upload",
    "Best mix": "the cheapest plan that a search found, and what would change it",
    "Risk": "what may come of each strategy, and what decides it",
    "Checks": "what must hold for the numbers to be right",
    "Log": "where the workbook comes from, and what was changed",
}
STEPS = (
    "Yellow cells may be changed: volumes, prices, capacity, loads and routes by hand, and every "
    "sheet with formulas follows at once.",
    "Scenario holds each value with its range and source: change it there, and evenpoint budget "
    "--from, with this file, makes the book anew.",
    "Best mix and Risk are values as made; Checks says when inputs have moved since. evenpoint mix "
    "searches again.",
    "Cash and expense are before tax, present value is after it. "
    "What it cannot tell you: quality and answer times are gates, said "
    "as conditions, and have no price.",
)


def write(
    folio: Folio,
    sheet: Worksheet,
    portfolio: Portfolio,
    ways: Sequence[Compared],
    answer: Found,
    told: Sequence[Any],
) -> None:
    """Write the page to sign; `told` is where the sources of its figures stand."""
    sheet.set_column(0, LAST, 12.3)
    top(folio, sheet, LAST, portfolio.frame)
    for row, name in enumerate(SENTENCES, start=3):
        lines = -(-len(str(folio.numbers[name])) // CHARACTERS)
        sentence(folio, sheet, row, LAST, name, lines, "verdict" if row == 3 else "wrap")
    sheet.set_row(3, VERDICT_HEIGHT)
    figures(folio, sheet, 7, FIGURES, folio.currency)
    described = {"description": "Cash paid to date by strategy", "object_position": 1}
    sheet.insert_chart(11, 0, _cash(folio, ways), described)
    changes = {
        label: (f"change_{number}_text", text)
        for number, (label, text) in enumerate(what_changes(answer).items(), start=1)
    }
    row = 11 + round(HEIGHT / 15) + 1
    row = thresholds(folio, sheet, row, LAST, changes or NOT_ASKED)
    row = sources(folio, sheet, row + 1, told)
    signatures(folio, sheet, row + 1)
    paper.board(sheet, "Cover", portrait=True)
    folio.protect(sheet)
    sheet.activate()


UNKNOWN = "evenpoint mix says what would change the cheapest mix"
NOT_ASKED = {"Not asked": (f'"{UNKNOWN}"', UNKNOWN)}


def _cash(folio: Folio, ways: Sequence[Compared]) -> Chart:
    """Draw the cash paid to date by each strategy."""
    chart = folio.book.add_chart({"type": "scatter", "subtype": "straight"})
    months, ends = f"={folio.across('month of Monthly')}", []
    for at, way in enumerate(ways):
        name = way.lines.name("cumulative_cost")
        look: dict[str, Any] = {"color": STRATEGY_COLOURS[at % len(STRATEGY_COLOURS)]}
        if at >= len(STRATEGY_COLOURS):
            look["dash_type"] = "dash"
        chart.add_series(
            {
                "name": charts.words(way.strategy.name),
                "categories": months,
                "values": f"={folio.across(name)}",
                "line": look | {"width": charts.LINE},
                "marker": {"type": "none"},
            }
        )
        ends.append(float(folio.numbers[name][-1]))
    chart.set_x_axis(charts.month_axis(folio.months))
    chart.set_y_axis(charts.money(folio.currency, charts.largest(ends)) | {"min": 0})
    return charts.finish(chart, folio.places["cash_text"], WIDTH, HEIGHT, legend="bottom")


def guide(folio: Folio, sheet: Worksheet, portfolio: Portfolio) -> list[Any]:
    """Write how the book is read, and what is where; return where the sources stand."""
    paper.board(sheet, "How to read", portrait=True)
    sheet.write(0, 0, "How to read it", folio.style("title"))
    note = f"Made by evenpoint {version('evenpoint')}; works without any add-in."
    sheet.write(1, 0, note, folio.style("note"))
    folio.way_back(sheet, 2, 0, 2)
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 5, 17)
    row = PERIODS_ROW
    for label, name, value, form in _facts(portfolio.frame):
        sheet.write(row, 0, label, folio.style("label"))
        if form:
            sheet.write_datetime(row, 1, value, folio.style("count", form))
        else:
            sheet.write_string(row, 1, value, folio.style("label"))
        folio.name(name, sheet, row, 1)
        row += 1
    row = colour_key(folio, sheet, row, "the yellow sheets")
    row = paragraphs(folio, sheet, row, {"How to use it": STEPS, "Conventions": CONVENTIONS})
    held = {name: text for name, text in CONTENTS.items() if name in folio.sheetnames}
    contents(folio, sheet, row + 1, held)
    told = _origins(folio, sheet, row + len(held) + 3, portfolio)
    folio.protect(sheet)
    return told


def _origins(folio: Folio, sheet: Worksheet, row: int, portfolio: Portfolio) -> list[Any]:
    """Write where the prices of each engine come from; return where the oldest stand."""
    for column, text in enumerate(("Prices of", "As of", "Source", "", "", "")):
        sheet.write(row, column, text, folio.style("header"))
    told = []
    for each in origins(portfolio):
        row += 1
        sheet.write_string(row, 0, each.what, folio.style("label"))
        sheet.write_string(row, 2, each.source, folio.style("label"))
        day, place = 0.0, folio.cell(sheet, row, 1).text
        if each.day:
            sheet.write_datetime(row, 1, each.day, folio.style("count", "yyyy-mm-dd"))
            day = number(each.day)
        age = folio.numbers["as_of_day"] - day if day else ""
        text = f'IF({place} > 0, as_of_day - {place}, "")'
        source = folio.cell(sheet, row, 2).text
        told.append((each.what, (source, each.source), (place, day), (text, age)))
    return sorted(told, key=lambda each: each[2][1])[:MOST_SOURCES]


MOST_SOURCES = 6
"""On the first page: the oldest, for they are doubted first."""


def _facts(frame: Any) -> Iterator[tuple[str, str, Any, str]]:
    yield "Title", "plan_title", frame.title, ""
    yield "Purpose", "plan_purpose", frame.purpose, ""
    yield "Owner", "plan_owner", frame.owner, ""
    yield "Currency", "currency", frame.currency, ""
    yield "As of", "as_of_day", frame.as_of, "yyyy-mm-dd"
    yield "First month", "start_month", frame.start_month, "yyyy-mm"


def facts(folio: Folio, portfolio: Portfolio) -> dict[str, str]:
    """Return what made the book: program, scenario, inputs."""
    frame = portfolio.frame
    made = hashlib.sha256()
    for name, values in sorted(folio.series.items()):
        made.update(name.encode() + np.asarray(values, float).tobytes())
    return {
        "Made by": f"evenpoint {version('evenpoint')}",
        "Plan": f"{len(portfolio.workloads)} workloads, {len(portfolio.engines)} engines",
        "As of": frame.as_of.isoformat(),
        "Owner": frame.owner or "not named",
        **ends_told(portfolio),
        "Fingerprint of the inputs by month": made.hexdigest(),
    }


def log(folio: Folio, portfolio: Portfolio) -> None:
    """Write where the book comes from, and leave room for what is changed."""
    sheet = folio.sheet("Log", "Log", "How this workbook was made; add your own changes below.")
    made = {f"Sum of the inputs of {name}, as made": x for name, x in sums(folio).items()}
    logbook(folio, sheet, PERIODS_ROW, {**facts(folio, portfolio), **made})
