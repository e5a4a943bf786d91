"""The five pages of the board pack as plain data: sentences, figures, a table and a chart each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from workbooks.file.cells import Value
from workbooks.plan.lines.option import TITLES
from workbooks.scenario.inputs import CASES
from workbooks.sheets.board.stored import MONTHS, Stored
from workbooks.sheets.pages.pack.assumed import HEADERS
from workbooks.sheets.pages.pack.cover import FIGURES, SENTENCES, THRESHOLDS
from workbooks.sheets.pages.pack.first import Figure
from workbooks.sheets.pages.summary import ROWS

MONEY, PRICE, SHARE, COUNT = "{:,.0f}", "{:,.2f}", "{:.1%}", "{:,.0f}"
SPOKEN = {"#,##0": MONEY, "0": "{:.0f}", "0%": "{:.0%}"}
"""How a cell's format writes a number."""
MOST_BARS = 5
VIEWS = {
    "cash_cost": MONEY,
    "expense_cost": MONEY,
    "present_cost": MONEY,
    "annual_per_year": MONEY,
    "each_per_mtok": PRICE,
    "ratio_factor": PRICE,
}
"""What is told of each strategy, by the end of its name."""
TURNS = {
    "first_tokens_per_month": "Break-even, first, tokens in the busiest month",
    "sustained_tokens_per_month": "Break-even, for good, tokens in the busiest month",
    "busiest_tokens_per_month": "Planned for the busiest month, tokens",
}
ASSUMED = "What we assume"
ODDS = ("P10", "P50", "P90")
MOVES = "What moves the saving of self-hosting"
SIDES = ("Below base", "Above base")
POINT, VOLUME, RIVAL = "Point", "Million tokens per month", "Rival that counts"
STEPS = (TITLES["own"], RIVAL)
"""Headings of the staircase, and what it is of."""
UNDRAWN = "No draws are in this workbook: evenpoint budget --from, with it, makes them."


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart: what stands along its axis, and a number for each of that by series."""

    kind: str
    """line, columns or bars."""
    title: str
    """What it shows, in words."""
    unit: str
    over: str
    """What its amounts are in, and what they are set against."""
    along: Sequence[str]
    series: Mapping[str, Sequence[float]]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the deck; all text is text as the workbook shows it."""

    title: str
    sentences: Sequence[str] = ()
    figures: Sequence[tuple[str, str]] = ()
    table: Sequence[Sequence[str]] = ()
    charts: Sequence[Chart] = field(default_factory=list)


def pages(book: Stored) -> list[Page]:
    """Return Cover, Strategies, When it turns, How sure and What we assume.

    Raises
    ------
    ScenarioError
        If the workbook is no budget, or a cell has a formula and no stored value.
    """
    options = [option for option in TITLES if book.has(f"{option}_present_cost")]
    return [
        _cover(book, options),
        _strategies(book, options),
        _turning(book, options),
        _odds(book, options),
        _assumed(book),
    ]


def shown(held: Value, form: str) -> str:
    """Return a figure as people read it; a word such as "never" is one already.

    >>> shown(24336.4, MONEY), shown(0.908, SHARE), shown("never", COUNT), shown(None, MONEY)
    ('24,336', '90.8%', 'never', '')
    """
    if isinstance(held, float):
        return form.format(held)
    return "" if held is None else f"{held}"


def _cover(book: Stored, options: Sequence[str]) -> Page:
    told = [book.text(name) for name in SENTENCES]
    return Page(book.text("plan_title"), told, figures(book, FIGURES), charts=_paid(book, options))


def figures(book: Stored, asked: Sequence[Figure]) -> list[tuple[str, str]]:
    """Return the figures of a first page: what each is and is of, and what it shows."""
    currency = book.text("currency")
    return [
        (
            f"{label}{f', {currency}' if name.endswith('_cost') else ''}: {book.text(note)}",
            shown(book.value(name), SPOKEN[form.partition(";")[0]]),
        )
        for label, name, form, note in asked
    ]


def _strategies(book: Stored, options: Sequence[str]) -> Page:
    titles = [TITLES[option] for option in options]
    rows = [
        [
            ROWS[view.partition("_")[0]],
            *(shown(book.value(f"{option}_{view}"), form) for option in options),
        ]
        for view, form in VIEWS.items()
    ]
    present = {TITLES[o]: [book.number(f"{o}_present_cost")] for o in options}
    unit = book.text("currency")
    chart = Chart("columns", book.text("present_text"), unit, "", [ROWS["present"]], present)
    head = [book.text("currency"), *titles]
    return Page("Strategies", [book.text("verdict_text")], table=[head, *rows], charts=[chart])


def _turning(book: Stored, options: Sequence[str]) -> Page:
    figures = [(label, shown(book.value(name), COUNT)) for name, label in TURNS.items()]
    told = [book.text(name) for name in ("in_time_text", *THRESHOLDS)]
    return Page("When it turns", told, figures, charts=[*_bills(book), *_staircase(book)])


def _bills(book: Stored) -> list[Chart]:
    """Return the chart of what each month costs, self-hosted and of the rival."""
    ends = ("cost of the month, with its capital", "cost of the month")
    labels = {name: f"{name}: {end}" for name, end in zip(STEPS, ends, strict=True)}
    lines = {name: book.months(label, "Comparison") for name, label in labels.items()}
    return _by_month(book, "monthly_text", "a month", lines)


def _staircase(book: Stored) -> list[Chart]:
    """Return the chart of what a month costs against its volume."""
    rows = [
        held
        for point, *each in book.below("Break-even", POINT, VOLUME, *STEPS)
        if (held := book.numbers(f"{point}", each))
    ]
    lines = {name: [row[i] for row in rows] for i, name in enumerate(STEPS, start=1)}
    along = [MONEY.format(row[0]) for row in rows]
    unit = f"{book.text('currency')} a month"
    title = book.text("stairs_text")
    return [Chart("line", title, unit, "Million tokens a month", along, lines)] if rows else []


def _paid(book: Stored, options: Sequence[str]) -> list[Chart]:
    """Return the chart of what each strategy has paid to date."""
    lines = {TITLES[o]: book.months(f"{TITLES[o]}: cash to date") for o in options}
    return _by_month(book, "crossover_text", "to date", lines)


def _by_month(
    book: Stored, title: str, what: str, lines: Mapping[str, Mapping[int, float]]
) -> list[Chart]:
    """Return a chart of lines over the months; none where nothing is planned."""
    drawn = {name: line for name, line in lines.items() if line}
    months = sorted(set.intersection(*map(set, drawn.values()))) if drawn else []
    amounts = {name: [line[month] for month in months] for name, line in drawn.items()}
    unit, along = f"{book.text('currency')} {what}", [f"{month}" for month in months]
    return [Chart("line", book.text(title), unit, MONTHS, along, amounts)] if months else []


def _odds(book: Stored, options: Sequence[str]) -> Page:
    if not book.has(f"{options[0]}_wins_share"):
        return Page("How sure", [UNDRAWN])
    head = [f"Present value, {book.text('currency')}", "Cheapest of all", *ODDS]
    rows = [
        [
            TITLES[option],
            shown(book.value(f"{option}_wins_share"), SHARE),
            *(shown(held, MONEY) for held in book.row(f"{option}_wins_share", *ODDS)),
        ]
        for option in options
    ]
    rows_below = book.below("Risk", MOVES, *SIDES)
    bars = [
        (f"{name}", sides) for name, *held in rows_below if (sides := book.numbers(f"{name}", held))
    ]
    bars = bars[:MOST_BARS][::-1]  # a bar chart begins at its foot
    moved = {side: [sides[i] for _, sides in bars] for i, side in enumerate(SIDES)}
    unit = f"{book.text('currency')} saved, less or more"
    chart = Chart("bars", book.text("decides_text"), unit, "", [name for name, _ in bars], moved)
    drawn = f"{shown(book.value('draws_count'), COUNT)} draws of every range in Inputs."
    told = [book.text("scale_text"), drawn]
    return Page("How sure", told, table=[head, *rows], charts=[chart] if bars else [])


def _assumed(book: Stored) -> Page:
    rows = [
        [
            f"{label}",
            f"{unit}",
            *(shown(each, SHARE if "share" in f"{unit}" else "{:,.12g}") for each in held[:-2]),
            shown(held[-2], COUNT),
            book.dated(held[-1]),
        ]
        for label, unit, *held in book.below(ASSUMED, *HEADERS)
    ]
    case = dict(enumerate(CASES, start=1)).get(int(book.number("live_case")), "no known")
    told = f"Prices and rates of {book.day('as_of_day')}; the {case} case of hosting."
    return Page(ASSUMED, [told], table=[HEADERS, *rows])
