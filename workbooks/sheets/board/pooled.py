"""The pages of a portfolio's deck: cover, strategies, odds, and what would change it."""

from __future__ import annotations

from collections.abc import Sequence

from workbooks.sheets.board.pages import COUNT, MONEY, MOST_BARS, SHARE, Chart, Page, figures, shown
from workbooks.sheets.board.stored import MONTHS, Stored
from workbooks.sheets.portfolio.cover import FIGURES, SENTENCES

COSTS = ("Present value", "Cash", "Per million tokens", "Per success")
FORMATS = (MONEY, MONEY, "{:,.4f}", "{:,.6f}")
ODDS = ("Cheapest of all", "P10", "P50", "P90")
MOVED = ("Less than now", "More than now")
MOST_CHANGES = 3
UNDRAWN = "No draws are in this workbook: evenpoint budget makes them, where a search ends soon."


def is_portfolio(book: Stored) -> bool:
    """Say whether a workbook is a portfolio's."""
    return book.has("selected_strategy")


def pages(book: Stored) -> list[Page]:
    """Return Cover, Strategies, How sure, and What would change it.

    Raises
    ------
    ScenarioError
        If a cell has a formula and no stored value.
    """
    rows = list(book.below("Strategies", "Strategy", *COSTS))
    names = [f"{row[0]}" for row in rows]
    return [_cover(book, names), _strategies(book, rows), _odds(book), _changes(book)]


def _cover(book: Stored, names: Sequence[str]) -> Page:
    lines = {name: book.months(f"Cash to date: {name}: cash to date") for name in names}
    months = sorted(set.intersection(*map(set, lines.values())))
    paid = {name: [line[month] for month in months] for name, line in lines.items()}
    currency, along = book.text("currency"), [f"{month}" for month in months]
    chart = Chart("line", "Cash to date", f"{currency} to date", MONTHS, along, paid)
    said = [book.text(name) for name in SENTENCES]
    return Page(book.text("plan_title"), said, figures(book, FIGURES), charts=[chart])


def _money(book: Stored, what: str) -> str:
    return f"{what}, {book.text('currency')}"


def _strategies(book: Stored, rows: Sequence[Sequence[object]]) -> Page:
    table = [[_money(book, "Strategy"), *COSTS]]
    for name, *held in rows:
        told = (shown(x, form) for x, form in zip(held, FORMATS, strict=True))  # type: ignore[arg-type]
        table.append([f"{name}", *told])
    present = {f"{row[0]}": [float(row[1])] for row in rows if isinstance(row[1], float)}
    chart = Chart("columns", COSTS[0], book.text("currency"), "", [COSTS[0]], present)
    return Page("Strategies", [book.text("verdict_text")], table=table, charts=[chart])


def _odds(book: Stored) -> Page:
    if not book.has("draws_count"):
        return Page("How sure", [UNDRAWN])
    head = _money(book, "Present value")
    table = [[head, *ODDS]]
    for name, wins, *ranks in book.below("Risk", head, *ODDS):
        table.append([f"{name}", shown(wins, SHARE), *(shown(x, MONEY) for x in ranks)])
    charts = []
    if book.has("moved_text"):
        title = book.text("moved_text")
        bars = list(book.below("Risk", title, *MOVED))[:MOST_BARS][::-1]
        sides = [book.numbers(f"{name}", held) for name, *held in bars]
        series = {side: [bar[i] for bar in sides] for i, side in enumerate(MOVED)}
        along = [f"{name}" for name, *_ in bars]
        charts = [Chart("bars", title, book.text("currency"), "", along, series)]
    drawn = f"{shown(book.value('draws_count'), COUNT)} draws of every range."
    said = f"{book.text('cheapest_text')}: {book.text('range_text')}"
    return Page("How sure", [said, drawn], table=table, charts=charts)


def _changes(book: Stored) -> Page:
    """Tell what would change the answer, and on what conditions each strategy stands."""
    names = (f"change_{number}_text" for number in range(1, MOST_CHANGES + 1))
    said = [book.text(name) for name in names if book.has(name)]
    held = [[f"{x}" for x in row if x] for row in book.below("Strategies", "On condition", "Holds")]
    return Page("What would change it", said, table=[["Strategy", "Holds"], *held])
