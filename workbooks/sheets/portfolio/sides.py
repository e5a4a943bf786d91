"""The sheet Strategies: what each costs, year by year, and on what conditions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xlsxwriter.chart import Chart
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from costcore.language.trace import Cell
from workbooks.plan.mixing.comparing import VIEWS, Compared
from workbooks.plan.mixing.finding import Found
from workbooks.plan.mixing.odds import PortfolioRisk
from workbooks.plan.mixing.saying.signed import conditions, out
from workbooks.portfolio.terms import Portfolio
from workbooks.sheets import charts, paper
from workbooks.sheets.draft import FIRST, LABEL, PERIODS_ROW, UNIT, VALUE
from workbooks.sheets.pages.pack.blocks import LINE
from workbooks.sheets.pen import NEVER, shown
from workbooks.sheets.portfolio.folio import Folio
from workbooks.sheets.portfolio.routed import GATED
from workbooks.sheets.style import STRATEGY_COLOURS

HEADS = (
    *("Strategy", "Unit", "Present value", "Cash", "Expense", "Per million tokens"),
    "Per success",
)
DRAWN_HEADS = ("Cheapest, of the draws", "P10", "P90")
"""Of the columns that a book without draws leaves blank."""
WINS, P10, P90 = 7, 8, 9
TOP = PERIODS_ROW + 1
"""Row of the first strategy."""
CHARACTERS = 120
CHART_WIDTH, CHART_HEIGHT = 640, 40
"""Of the chart, in points, and for what is not a bar of it."""
BAR = 24
MONTHS_PER_YEAR = 12


def write(
    folio: Folio,
    sheet: Worksheet,
    portfolio: Portfolio,
    answer: Found,
    ways: Sequence[Compared],
    risk: PortfolioRisk | None,
) -> None:
    """Write the page."""
    sheet.set_column(LABEL, LABEL, 38)
    sheet.set_column(UNIT, UNIT, 7)
    sheet.set_column(VALUE, P90, 12.4)
    for column, text in enumerate((*HEADS, *DRAWN_HEADS) if risk else HEADS):
        kind = "header" if column <= UNIT else "figure header"
        sheet.write(PERIODS_ROW, column, text, folio.style(kind))
    sheet.set_row(PERIODS_ROW, 2 * LINE + 2)
    for row, way in enumerate(ways, start=TOP):
        _side(folio, sheet, row, way)
        if risk:
            _drawn(folio, sheet, row, way)
    _name_columns(folio, len(ways))
    row = _years(folio, sheet, TOP + len(ways) + 1, ways)
    told = dict(zip((w.strategy.name for w in ways), conditions(portfolio, ways), strict=True))
    row = _conditions(folio, sheet, row + 1, told, out(answer))
    described = {"description": "Present value of each strategy", "object_position": 1}
    sheet.insert_chart(row + 1, LABEL, _chart(folio, len(ways)), described)
    paper.board(sheet, "Strategies")
    folio.protect(sheet)


def _name_columns(folio: Folio, count: int) -> None:
    """Let figures read the columns of the table."""
    for name, column in {
        "strategy_titles": LABEL,
        "strategy_costs": VALUE,
        "strategy_wins_shares": WINS,
        "strategy_p10_costs": P10,
        "strategy_p90_costs": P90,
    }.items():
        folio.cells[name] = _span(TOP, column, TOP + count - 1, column)


def _span(*corners: int) -> Cell:
    first, last = (xl_rowcol_to_cell(*corner, True, True) for corner in (corners[:2], corners[2:]))
    return Cell(f"Strategies!{first}:{last}")


def _side(folio: Folio, sheet: Worksheet, row: int, way: Compared) -> None:
    """Write one strategy: its totals, and for each million tokens and success."""
    sheet.write_string(row, LABEL, way.strategy.name, folio.style("label"))
    sheet.write(row, UNIT, folio.currency, folio.style("unit"))
    where = {view: folio.total(way.lines.name(f"{view}_per_month")) for view in VIEWS}
    for column, view in enumerate(("present", "cash", "expense"), start=VALUE):
        text = _unless_out(folio, way, where[view]) if view == "present" else f"={where[view]}"
        folio.formula(sheet, row, column, text, way.total(view), "number", "#,##0")
    workloads = way.lines.names.workloads
    tokens = float(sum(folio.series[f"w{w}_tokens_per_month"].sum() for w in workloads))
    first, last = (folio.rows[f"w{w}_tokens_per_month"][1] for w in (1, len(workloads)))
    end = xl_rowcol_to_cell(last, FIRST - 1 + folio.months, True, True)
    volume = f"SUM('Workloads'!$E${first + 1}:{end})"
    value = way.present_cost / tokens * 1e6 if tokens else 0.0
    each = f"=IF({volume} > 0, {where['present']} / {volume} * 1000000, 0)"
    folio.formula(sheet, row, VALUE + 3, each, value, "number", "0.0000")
    _success(folio, sheet, row, way)


def _unless_out(folio: Folio, way: Compared, cost: str) -> str:
    """Return what a strategy costs, unless a route was typed that a gate forbids."""
    rows = folio.cells[way.lines.name("routes_text")].text
    return f'=IF(COUNTIF({rows}, "{GATED}") > 0, "{NEVER}", {cost})'


def _success(folio: Folio, sheet: Worksheet, row: int, way: Compared) -> None:
    done, mended = (
        folio.total(way.lines.name(each)) for each in ("success_count", "mending_per_month")
    )
    cost = folio.total(way.lines.name("present_per_month"))
    text = f'=IF({done} > 0, ({cost} + {mended}) / {done}, "{NEVER}")'
    folio.formula(sheet, row, VALUE + 4, text, shown(way.outcome_cost), "number", "0.000000")


def _drawn(folio: Folio, sheet: Worksheet, row: int, way: Compared) -> None:
    """Show what was drawn; it stands on the sheet Risk."""
    drawn = {WINS: ("wins", "0.0%"), P10: ("p10", "#,##0"), P90: ("p90", "#,##0")}
    for column, (name, form) in drawn.items():
        place, value = folio.drawn[way.strategy.name, name]
        folio.formula(sheet, row, column, f"={place}", value, "number", form)


def _years(folio: Folio, sheet: Worksheet, row: int, ways: Sequence[Compared]) -> int:
    """Write the cash of each year of the plan; return the next row."""
    years = -(-folio.months // MONTHS_PER_YEAR)
    for column, title in enumerate(("Cash by year of the plan", "Unit")):
        sheet.write(row, column, title, folio.style("header"))
    for year in range(years):
        before = xl_rowcol_to_cell(row, VALUE + year - 1)
        text, form = f"={before} + 1" if year else "=1", '"Year "0'
        folio.formula(sheet, row, VALUE + year, text, year + 1, "figure header", form)
    head = row
    for way in ways:
        row += 1
        sheet.write_string(row, LABEL, way.strategy.name, folio.style("label"))
        sheet.write(row, UNIT, folio.currency, folio.style("unit"))
        name = way.lines.name("cash_per_month")
        page, line = folio.rows[name]
        ends = (xl_rowcol_to_cell(line, FIRST + t, True, True) for t in (0, folio.months - 1))
        months = folio.across("month of Monthly")
        for year in range(years):
            column = VALUE + year
            at = xl_rowcol_to_cell(head, column, True)
            part = f"({months} > {MONTHS_PER_YEAR} * ({at} - 1)) * ({months} <= 12 * {at})"
            cash = way.told[name][12 * year : 12 * year + 12].sum()
            text = f"=SUMPRODUCT({part} * '{page}'!{':'.join(ends)})"
            folio.formula(sheet, row, column, text, float(cash), "number", "#,##0")
            ends = (xl_rowcol_to_cell(line, FIRST + t, True, True) for t in (0, folio.months - 1))
        folio.cells[way.lines.name("cash_years")] = _span(row, VALUE, row, VALUE + years - 1)
    return row + 1


def _conditions(
    folio: Folio,
    sheet: Worksheet,
    row: int,
    told: Mapping[str, str],
    others: Sequence[str],
) -> int:
    """Write on what each strategy depends, and why others are none; return the next row."""
    for column in range(P90 + 1):
        text = {LABEL: "On condition", UNIT: "Holds"}.get(column, "")
        sheet.write(row, column, text, folio.style("header"))
    first = row + 1
    for name, text in (*told.items(), *(("Out", reason) for reason in others)):
        row += 1
        sheet.write_string(row, LABEL, name, folio.style("top name"))
        sheet.merge_range(row, UNIT, row, P90, "", folio.style("wrap"))
        sheet.write_string(row, UNIT, text, folio.style("wrap"))
        sheet.set_row(row, LINE * max(-(-len(text) // CHARACTERS), 1) + 1)
    folio.cells["strategy_conditions"] = _span(first, UNIT, first + len(told) - 1, UNIT)
    return row + 1


def _chart(folio: Folio, count: int) -> Chart:
    """Draw the present value of each strategy; its title says which costs least."""
    chart = folio.book.add_chart({"type": "bar"})
    last = TOP + count - 1
    colours = (STRATEGY_COLOURS[at % len(STRATEGY_COLOURS)] for at in range(count))
    reach = charts.largest([*folio.numbers["strategy_costs"]])
    word, form = charts.scaled(reach)
    chart.add_series(
        {
            "name": HEADS[VALUE],
            "categories": ["Strategies", TOP, LABEL, last, LABEL],
            "values": ["Strategies", TOP, VALUE, last, VALUE],
            "points": [{"fill": {"color": colour}} for colour in colours],
            "data_labels": {"value": True, "num_format": form, "font": charts.FONT},
            "gap": 40,
        }
    )
    # a bar chart has its categories on what XlsxWriter calls the y axis
    chart.set_y_axis(charts.axis("Strategy", reverse=True, label_position="low", crossing="max"))
    chart.set_x_axis(charts.money(folio.currency, reach) | {"min": 0})
    title = f"Present value, {folio.currency} {word}".strip()
    return charts.finish(chart, title, CHART_WIDTH, 2 * CHART_HEIGHT + BAR * count)
