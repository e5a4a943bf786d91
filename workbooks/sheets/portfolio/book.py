"""The workbook of a portfolio, sheet by sheet; the same bytes for the same inputs."""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterator, Sequence
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from costcore.language.trace import Cell, amount, words
from costcore.portfolio.mix import Mix
from workbooks.plan.mixing.comparing import VIEWS, Compared
from workbooks.plan.mixing.finding import Found
from workbooks.plan.mixing.starting import names
from workbooks.plan.mixing.strategies import shared_lines
from workbooks.portfolio.terms import Portfolio
from workbooks.sheets import paper
from workbooks.sheets.budget import PlainWorksheet
from workbooks.sheets.draft import LABEL, UNIT, VALUE
from workbooks.sheets.pen import NEVER, shown
from workbooks.sheets.portfolio import asked, given, paying
from workbooks.sheets.portfolio.folio import TOP, Folio

DUST = 1e-6
INPUTS, SAME = "$B$5:$BZ$600", "0.000000001"
"""Where all inputs of a sheet stand, and how alike their sums are that have not moved."""
ROUTES, BARS = "Routes", "#0072B2"
CHART_ROWS = 24
"""Rows of the first sheet that the chart of at most twelve strategies covers."""
HEADS = ("Strategy", "", "Present value", "Cash", "Expense", "Per million tokens", "Per success")


def portfolio_book(portfolio: Portfolio, answer: Found) -> bytes:
    """Return the workbook: change a route, a volume, a price or a load, and it follows."""
    content = io.BytesIO()
    book = Workbook(content, {"in_memory": True, "strings_to_formulas": False})
    book.worksheet_class = PlainWorksheet
    _about(book, portfolio)
    series, fixed = answer.starting
    folio = Folio(book, portfolio.frame.horizon_months, portfolio.frame.currency, series)
    ways = [each for each in answer.strategies if not each.out]
    note = f"{portfolio.frame.purpose} Before tax; inputs are yellow on the sheets after this one"
    cover = folio.sheet("Strategies", portfolio.frame.title, note)
    called = names(portfolio)
    if portfolio.content:
        given.write(folio, portfolio)
    asked.workloads(folio, portfolio, series)
    asked.engines(folio, called, series)
    asked.capacity(folio, called, fixed)
    asked.load(folio, called, fixed)
    asked.routes(folio, ways, fixed)
    _computed(folio, ways)
    block = paying.allocation(folio, ways)
    note = f"What each workload pays over the plan, in {portfolio.frame.currency}"
    charged = folio.sheet("Chargeback", "Chargeback", note)
    best = min(ways, key=lambda way: way.present_cost)
    paying.upload(folio, portfolio, best, block, _months(portfolio))
    _strategies(folio, cover, portfolio, ways, answer)
    paying.chargeback(folio, charged, portfolio, best, ways.index(best) + 1)
    if answer.mix:
        _best(folio, portfolio, answer, answer.mix)
    paper.settle(book.worksheets())
    book.close()
    return content.getvalue()


def _about(book: Workbook, portfolio: Portfolio) -> None:
    book.set_calc_mode("auto")
    frame = portfolio.frame
    book.set_properties(
        {
            "title": frame.title,
            "author": frame.owner,
            "comments": "Made by evenpoint; works without any add-in.",
            "created": datetime.datetime.combine(frame.as_of, datetime.time()),
        }
    )


def _months(portfolio: Portfolio) -> Iterator[datetime.datetime]:
    start = portfolio.frame.start_month
    for t in range(portfolio.frame.horizon_months):
        year, month = divmod(start.month - 1 + t, 12)
        yield datetime.datetime(start.year + year, month + 1, 1)


def _computed(folio: Folio, ways: Sequence[Compared]) -> None:
    """Write nodes by pool and month, need against capacity, then money by strategy."""
    note = "Need of the busiest hour against nodes, what is idle, and what sharing saves"
    pools = folio.sheet("Pools", "Pools", note, True)
    lines = shared_lines(ways[0].lines.names)
    row = folio.lines(pools, TOP, "For all strategies", lines, ways[0].told) + 1
    for way in ways:
        mine = tuple(way.lines.pool_lines())
        row = folio.lines(pools, row, way.strategy.name, mine, way.told) + 1
    note = "Bills, cash, profit and loss, and present value of each strategy"
    monthly, row = folio.sheet("Monthly", "Monthly by strategy", note, True), TOP
    for way in ways:
        row = folio.lines(monthly, row, way.strategy.name, way.lines.lines(), way.told) + 1


def _strategies(
    folio: Folio,
    sheet: Worksheet,
    portfolio: Portfolio,
    ways: Sequence[Compared],
    answer: Found,
) -> None:
    """Write the strategies side by side, and the best mix as it was found."""
    for column, text in enumerate(HEADS):
        kind = "header" if column <= UNIT else "figure header"
        sheet.write(3, column, text, folio.style(kind))
    tokens = float(sum(folio.series[f"w{w}_tokens_per_month"].sum() for w in _numbers(portfolio)))
    row = 4
    for way in ways:
        _side(folio, sheet, row, way, tokens)
        row += 1
    folio.cells["strategies"] = 5, row
    if answer.mix:
        text = f"Best mix, as found on the prices of {portfolio.frame.as_of}"
        sheet.write(row, LABEL, text, folio.style("label"))
        sheet.write(row, UNIT, folio.currency, folio.style("unit"))
        sheet.write(row, VALUE, answer.mix.cost, folio.style("found", "#,##0"))
        sheet.write(row, VALUE + 3, answer.mix.cost / tokens * 1e6, folio.style("found", "0.0000"))
    _cheapest(folio, sheet, row + 2, ways)
    if len(ways) > 1:
        _verdict(folio, sheet, 2, ways)
    below = row + 8 + sum(1 for each in answer.strategies if each.out) + len(answer.unanswered)
    _moved(folio, sheet, row + 3, below + CHART_ROWS)
    checked = len(ways) * len(portfolio.workloads)
    routed = f'=IF(COUNTIF({folio.cells["routes"].text}, "{asked.ADDS}") = {checked}, "yes", "no")'
    label = "All routes add to 1, and none goes where a gate forbids it"
    sheet.write(row + 4, LABEL, label, folio.style("label"))
    sheet.write_formula(row + 4, VALUE, routed, folio.style("number"), "yes")
    _told(folio, sheet, row + 6, answer)
    _chart(folio, sheet, below, len(ways))


def _numbers(portfolio: Portfolio) -> range:
    return range(1, len(portfolio.workloads) + 1)


def _side(folio: Folio, sheet: Worksheet, row: int, way: Compared, tokens: float) -> None:
    """Write one strategy: present value, cash, expense, per million tokens and per success."""
    sheet.write_string(row, LABEL, way.strategy.name, folio.style("label"))
    sheet.write(row, UNIT, folio.currency, folio.style("unit"))
    form = folio.style("number", "#,##0")
    where = {}
    for view in (*VIEWS, "success", "mending"):
        name = way.lines.name(f"{view}_count" if view == "success" else f"{view}_per_month")
        page, line = folio.rows[name]
        where[view] = f"'{page}'!{xl_rowcol_to_cell(line, VALUE)}"
    for column, view in enumerate(("present", "cash", "expense"), start=VALUE):
        sheet.write_formula(row, column, f"={where[view]}", form, way.total(view))
    first, last = (
        folio.rows[f"w{w}_tokens_per_month"][1] for w in (1, len(way.lines.names.each_workload))
    )
    volume = (
        f"SUM('Workloads'!$E${first + 1}:{xl_rowcol_to_cell(last, 3 + folio.months, True, True)})"
    )
    value = way.present_cost / tokens * 1e6 if tokens else 0.0
    each = f"=IF({volume} > 0, C{row + 1} / {volume} * 1000000, 0)"
    sheet.write_formula(row, VALUE + 3, each, folio.style("number", "0.0000"), value)
    done = f"({where['present']} + {where['mending']}) / {where['success']}"
    text = f'=IF({where["success"]} > 0, {done}, "{NEVER}")'
    form = folio.style("number", "0.000000")
    sheet.write_formula(row, VALUE + 4, text, form, shown(way.outcome_cost))


def _cheapest(folio: Folio, sheet: Worksheet, row: int, ways: Sequence[Compared]) -> None:
    """Name the strategy with the least present value."""
    costs, titles = (f"${c}$5:${c}${4 + len(ways)}" for c in ("C", "A"))
    best = min(ways, key=lambda way: way.present_cost).strategy.name
    sheet.write(row, LABEL, "Least present value of those above", folio.style("label"))
    text = f"=INDEX({titles}, MATCH(MIN({costs}), {costs}, 0))"
    sheet.write_formula(row, VALUE, text, folio.style("number"), best)


def _verdict(folio: Folio, sheet: Worksheet, row: int, ways: Sequence[Compared]) -> None:
    """Say what costs least, and by how much; it follows what is edited."""
    costs, titles = (f"${c}$5:${c}${4 + len(ways)}" for c in ("C", "A"))
    least, next_least = f"MIN({costs})", f"SMALL({costs}, 2)"
    named = (f"INDEX({titles}, MATCH({cost}, {costs}, 0))" for cost in (least, next_least))
    text = _said(folio.currency, *map(Cell, (*named, least, f"{next_least} - {least}")))
    best, other, *_ = sorted(ways, key=lambda way: way.present_cost)
    gap = other.present_cost - best.present_cost
    value = _said(folio.currency, best.strategy.name, other.strategy.name, best.present_cost, gap)
    sheet.write_formula(row, LABEL, f"={text.text}", folio.style("heading"), value)


def _said(currency: str, best: Any, other: Any, cost: Any, gap: Any) -> Any:
    least = words(best, " costs least: ", currency, " ", amount(cost), " in present value, ")
    return words(least, amount(gap), " less than ", other, ".")


def _told(folio: Folio, sheet: Worksheet, row: int, answer: Found) -> None:
    """Write the strategies that are out with their reason, and what gates nobody answered."""
    for each in answer.strategies:
        if each.out:
            text = f"{each.strategy.name} is out: {each.out}"
            sheet.write_string(row, LABEL, text, folio.style("label"))
            row += 1
    for question in answer.unanswered:
        text = f"Nobody has answered {question}"
        sheet.write_string(row, LABEL, text, folio.style("label"))
        row += 1


def _moved(folio: Folio, sheet: Worksheet, row: int, first: int) -> None:
    """Say whether volumes, prices, nodes or loads have moved since the mix was found."""
    sheet.write(row, LABEL, "Inputs since this book was made", folio.style("label"))
    still = []
    for place, (name, total) in enumerate(folio.totals.items(), start=first):
        if name != ROUTES:
            known = xl_rowcol_to_cell(place, VALUE)
            sheet.write(place, LABEL, f"Sum of {name}, as made", folio.style("note"))
            sheet.write(place, VALUE, total, folio.style("found", "0.00E+00"))
            still.append(f"ABS(SUM('{name}'!{INPUTS}) - {known}) <= {SAME} * ABS({known})")
    sheet.set_column(VALUE, VALUE + 4, 16)
    text = f'=IF(AND({", ".join(still)}), "as made", "have moved")'
    sheet.write_formula(row, VALUE, text, folio.style("number"), "as made")


def _chart(folio: Folio, sheet: Worksheet, row: int, count: int) -> None:
    """Draw the present value of each strategy."""
    chart = folio.book.add_chart({"type": "bar"})
    span = [sheet.get_name(), 4, LABEL, 3 + count, LABEL]
    costs = [sheet.get_name(), 4, VALUE, 3 + count, VALUE]
    chart.add_series({"categories": span, "values": costs, "fill": {"color": BARS}})
    chart.set_title({"name": f"Present value, {folio.currency}", "name_font": {"size": 11}})
    chart.set_legend({"none": True})
    chart.set_y_axis({"reverse": True})
    chart.set_x_axis({"num_format": "#,##0", "major_gridlines": {"visible": False}})
    chart.set_size({"width": 900, "height": 90 + 30 * count})
    sheet.insert_chart(row, LABEL, chart, {"description": "Present value of each strategy"})


def _best(folio: Folio, portfolio: Portfolio, answer: Found, mix: Mix) -> None:
    """Write the best mix as values: who takes what, and the nodes, in every month."""
    note = "Found by search: values that no formula follows; the first sheet says if inputs moved"
    sheet = folio.sheet("Best mix", "Best mix", note, True)
    engines, row = (*portfolio.billed, *portfolio.pools), TOP
    for w, workload in enumerate(portfolio.workloads):
        for e, engine in enumerate(engines):
            shares = mix.shares[:, w, e]
            if shares.max() > DUST:
                label = f"{workload.name}: {engine.name}"
                row = folio.found(sheet, row, "share", label, shares)
    for p, pool in enumerate(portfolio.pools):
        label = f"{pool.name}: nodes, spares included"
        row = folio.found(sheet, row, "nodes", label, mix.nodes[:, p])
    row += 1
    for sentence in answer.sentences:
        sheet.write(row, LABEL, sentence, folio.style("label"))
        row += 1
