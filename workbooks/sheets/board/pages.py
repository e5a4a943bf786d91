"""The five pages of the board pack as plain data: sentences, figures, a table and a chart each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from workbooks.file.cells import Value
from workbooks.plan.lines.option import TITLES
from workbooks.scenario.inputs import CASES
from workbooks.sheets.board.stored import Stored
from workbooks.sheets.pages.pack.cover import SENTENCES
from workbooks.sheets.pages.summary import ROWS

MONEY, PRICE, SHARE, COUNT = "{:,.0f}", "{:,.2f}", "{:.1%}", "{:,.0f}"
MOST_BARS = 5
FIGURES = {
    "cheapest_cost": ("Present value of what is recommended", MONEY),
    "margin_cost": ("Less than the runner-up", MONEY),
    "turns_months": ("Self-hosting pays from month", COUNT),
    "sure_share": ("Cheapest of all, of the draws", SHARE),
}
"""What a CFO looks for first."""
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
ODDS = ("P10", "P50", "P90")
MOVES = "What moves the saving of self-hosting"
SIDES = ("Below base", "Above base")
ASSUMED = (
    *("tokens_per_month", "growth_per_year", "output_share", "cached_share", "api_model"),
    *("api_price_change_per_year", "managed_model", "hardware", "system", "acquisition_kind"),
    *("staff_fte", "discount_rate"),
)
"""The inputs that matter most, by name."""
UNDRAWN = "No draws are in this workbook: evenpoint budget --from, with it, makes them."


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart: what stands along its axis, and a number for each of that by series."""

    kind: str
    """line, columns or bars."""
    title: str
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
    figures = [(label, shown(book.value(n), form)) for n, (label, form) in FIGURES.items()]
    charts = _paid(book, options)
    return Page(book.text("plan_title"), told, figures, charts=charts)


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
    label = f"{ROWS['present']}, {book.text('currency')}"
    chart = Chart("columns", label, [ROWS["present"]], present)
    head = [book.text("currency"), *titles]
    return Page("Strategies", [book.text("verdict_text")], table=[head, *rows], charts=[chart])


def _turning(book: Stored, options: Sequence[str]) -> Page:
    figures = [(label, shown(book.value(name), COUNT)) for name, label in TURNS.items()]
    told = [book.text("crossover_text"), book.text("reason_text")]
    return Page("When it turns", told, figures, charts=_paid(book, options))


def _paid(book: Stored, options: Sequence[str]) -> list[Chart]:
    """Return the chart of what each strategy has paid to date; none where nothing is planned."""
    lines = {TITLES[o]: book.months(f"{TITLES[o]}: cash to date") for o in options}
    drawn = {title: line for title, line in lines.items() if line}
    months = sorted(set.intersection(*map(set, drawn.values()))) if drawn else []
    paid = {title: [line[month] for month in months] for title, line in drawn.items()}
    title = f"Cash to date, {book.text('currency')}, by month of the plan"
    return [Chart("line", title, [f"{month}" for month in months], paid)] if months else []


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
    bars = [(f"{name}", sides) for name, *held in rows_below if (sides := _numbers(held))]
    bars = bars[:MOST_BARS][::-1]  # a bar chart begins at its foot
    moved = {side: [sides[i] for _, sides in bars] for i, side in enumerate(SIDES)}
    title = f"{MOVES}, {book.text('currency')}"
    chart = Chart("bars", title, [name for name, _ in bars], moved)
    drawn = f"{shown(book.value('draws_count'), COUNT)} draws of every range in Inputs."
    told = [book.text("scale_text"), drawn]
    return Page("How sure", told, table=[head, *rows], charts=[chart] if bars else [])


def _assumed(book: Stored) -> Page:
    rows = []
    for name in filter(book.has, ASSUMED):
        label, unit = book.label(name)
        held = book.value(name)
        source, as_of = book.row(name, "Source", "As of")
        form = SHARE if "share" in unit else "{:,.12g}"
        rows.append([label, shown(held, form), unit, shown(source, COUNT), book.dated(as_of)])
    case = dict(enumerate(CASES, start=1)).get(int(book.number("live_case")), "no known")
    told = f"Prices and rates of {book.day('as_of_day')}; the {case} case of hosting."
    return Page(
        "What we assume", [told], table=[["Input", "Live", "Unit", "Source", "As of"], *rows]
    )


def _numbers(held: Sequence[Value]) -> list[float]:
    """Return numbers; none where one of them is something else."""
    found = [each for each in held if isinstance(each, float)]
    return found if len(found) == len(held) else []
