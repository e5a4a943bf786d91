"""The Strategies sheet: what speaks for each strategy and against it, year by year."""

from __future__ import annotations

from xlsxwriter.chart import Chart
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from workbooks.plan.judgement.risk import RANKS, Risk, ranks
from workbooks.plan.lines.option import TITLES
from workbooks.scenario.inputs import CASES
from workbooks.sheets import charts, paper
from workbooks.sheets.draft import FIRST, LABEL, PERIODS_ROW, UNIT, VALUE, Draft
from workbooks.sheets.pages.pack.blocks import across, headers, place_of, sentence
from workbooks.sheets.style import OPTION_COLOURS

MONEY = "#,##0;[Red](#,##0);0"
LAST = FIRST + 4
CHART_WIDTH, CHART_HEIGHT = 370, 150


def write(draft: Draft, found: Risk) -> None:
    """Write the page."""
    note = f"{draft.plan.scenario.currency}. Doing nothing is staying on the API as it is."
    sheet = draft.sheet("Strategies", "Strategies side by side", note)
    sheet.set_column(LABEL, LABEL, 39)
    sheet.set_column(UNIT, UNIT, 18)
    sheet.set_column(VALUE, LAST, 12.5)
    sentence(draft, sheet, PERIODS_ROW, LAST, "verdict_text", 2)
    row = _alternatives(draft, sheet, PERIODS_ROW + 2, found)
    charted = row + 1
    row = _years(draft, sheet, charted + round(CHART_HEIGHT / 15) + 2)
    told = {"description": "Present value of each strategy as a column"}
    sheet.insert_chart(charted, LABEL, _present(draft), told | {"object_position": 1})
    told = {"description": "Cash of each strategy by year of the plan"}
    sheet.insert_chart(charted, VALUE + 1, _by_year(draft), told | {"object_position": 1})
    paper.board(sheet, "Strategies")
    draft.protect(sheet)


def _alternatives(draft: Draft, sheet: Worksheet, row: int, found: Risk) -> int:
    options = draft.plan.options
    columns = dict(enumerate(options, start=VALUE))
    headers(draft, sheet, row, ("Alternatives", "", *(TITLES[o] for o in options)), VALUE)
    views = {"cash": "Cash, whole plan", "compared": COMPARED, "npv": AGAINST}
    for view, label in views.items():
        row += 1
        names = {column: f"{option}_{view}_cost" for column, option in columns.items()}
        across(
            draft, sheet, row, label, {c: (n, draft.numbers[n], MONEY) for c, n in names.items()}
        )
    for case in CASES:
        row += 1
        cells = {
            column: (
                draft.recorded[f"{option}_compared_cost", case],
                draft.found[case][f"{option}_compared_cost"],
                MONEY,
            )
            for column, option in columns.items()
        }
        across(draft, sheet, row, f"{COMPARED}: {case}, as made", cells)
    return _drawn(draft, sheet, row, found)


AGAINST = "Net present value against doing nothing"
COMPARED = "Present value compared"


def _drawn(draft: Draft, sheet: Worksheet, row: int, found: Risk) -> int:
    """Show what was drawn; it stands on the sheet Risk."""
    columns = dict(enumerate(draft.plan.options, start=VALUE))
    ranked = {option: ranks(found.compared[option]) for option in columns.values()}
    for rank in RANKS:
        row += 1
        cells = {c: (f"{o}_{rank}_cost", ranked[o][rank], MONEY) for c, o in columns.items()}
        across(draft, sheet, row, f"{COMPARED}: {rank.upper()}, as drawn", cells)
    row += 1
    cells = {c: (f"{o}_wins_share", found.wins[o], "0.0%") for c, o in columns.items()}
    across(draft, sheet, row, "Cheapest of all, of the draws", cells)
    return row + 1


def _years(draft: Draft, sheet: Worksheet, row: int) -> int:
    """Write the flows against doing nothing, and the way out, year by year."""
    sheet.write(row, LABEL, "Against doing nothing, by year of the plan", draft.style("header"))
    for column, text in ((UNIT, "Unit"), (VALUE, "Total"), (VALUE + 1, "")):
        kind = "figure header" if column >= VALUE else "header"
        sheet.write(row, column, text, draft.style(kind))
    for year in range(draft.plan.years):
        before = xl_rowcol_to_cell(row, FIRST + year - 1)
        text = "=1" if year == 0 else f"={before} + 1"
        look = draft.style.computed("figure header", '"Year "0')
        sheet.write_formula(row, FIRST + year, text, look, year + 1)
    read = {line.name: place_of(draft, line.name) for line in draft.plan.yearly}
    return draft.across(sheet, row, draft.plan.decided, draft.plan.years, "year", read)


def _present(draft: Draft) -> Chart:
    """Draw what is compared, with its amount above each column."""
    options = draft.plan.options
    chart = draft.book.add_chart({"type": "column"})
    row, last = PERIODS_ROW + 4, VALUE + len(options) - 1
    reach = charts.largest([draft.numbers[f"{option}_compared_cost"] for option in options])
    _, form = charts.scaled(reach)
    chart.add_series(
        {
            "name": COMPARED,
            "categories": ["Strategies", PERIODS_ROW + 2, VALUE, PERIODS_ROW + 2, last],
            "values": ["Strategies", row, VALUE, row, last],
            "points": [{"fill": {"color": OPTION_COLOURS[option]}} for option in options],
            "data_labels": {"value": True, "num_format": form, "font": charts.FONT},
            "gap": 60,
        }
    )
    chart.set_x_axis(charts.axis("Strategy"))
    chart.set_y_axis(charts.money(draft.plan.scenario.currency, reach) | {"min": 0})
    return charts.finish(chart, draft.places["present_text"], CHART_WIDTH, CHART_HEIGHT)


def _by_year(draft: Draft) -> Chart:
    chart = draft.book.add_chart({"type": "column"})
    lines = {o: f"{o}_cash_per_year" for o in draft.plan.options}
    reach = charts.largest([x for name in lines.values() for x in draft.numbers[name]])
    for option, name in lines.items():
        chart.add_series(
            {
                "name": TITLES[option],
                "values": f"={draft.cells[name].text}",
                "fill": {"color": OPTION_COLOURS[option]},
                "gap": 60,
                "overlap": 0,
            }
        )
    chart.set_x_axis(charts.axis("Year of the plan"))
    chart.set_y_axis(charts.money(draft.plan.scenario.currency, reach))
    title = f"Cash by year, {draft.plan.scenario.currency}"
    return charts.finish(chart, title, CHART_WIDTH, CHART_HEIGHT, legend="bottom")
