"""The workbook of a portfolio, sheet by sheet; the same bytes for the same inputs."""

from __future__ import annotations

import datetime
import io
from collections.abc import Mapping, Sequence
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from costcore.language.trace import Cell
from costcore.portfolio.portfolio import Portfolio as Arrays
from workbooks.plan.mixing.charging import charges
from workbooks.plan.mixing.comparing import Compared, inputs
from workbooks.plan.mixing.finding import Found
from workbooks.portfolio.terms import Portfolio
from workbooks.sheets import paper
from workbooks.sheets.budget import PlainWorksheet
from workbooks.sheets.draft import LABEL, UNIT, VALUE
from workbooks.sheets.portfolio.folio import TOP, Folio

DUST = 1e-6
INPUTS, SAME = "$B$5:$BZ$400", "0.000000001"
"""Where all inputs of a sheet stand, and how alike their sums are that have not moved."""
PRESENT = "All money is at its present value"


def portfolio_book(portfolio: Portfolio, given: Arrays, answer: Found) -> bytes:
    """Return the workbook: change a route, a volume, a price or a load, and it follows."""
    content = io.BytesIO()
    book = Workbook(content, {"in_memory": True, "strings_to_formulas": False})
    book.worksheet_class = PlainWorksheet
    book.set_calc_mode("auto")
    day = portfolio.frame.as_of
    made = datetime.datetime(day.year, day.month, day.day)
    book.set_properties({"title": portfolio.frame.title, "created": made})
    folio = Folio(book, given.months, portfolio.frame.currency)
    ways = [each for each in answer.strategies if not each.out]
    cover = folio.sheet("Strategies", portfolio.frame.title, f"{PRESENT}; inputs are yellow")
    series, fixed = inputs(portfolio, given)
    _workloads(folio, portfolio, series)
    _engines(folio, portfolio, series)
    _pools(folio, portfolio, fixed)
    _load(folio, portfolio, fixed["fixed_factors"])
    _routes(folio, portfolio, ways)
    _monthly(folio, ways)
    _allocation(folio, portfolio, ways)
    _best(folio, portfolio, answer)
    _strategies(folio, cover, ways, answer, day)
    paper.settle(book.worksheets())
    book.close()
    return content.getvalue()


def _workloads(folio: Folio, portfolio: Portfolio, series: Mapping[str, Any]) -> None:
    sheet = folio.sheet("Workloads", "Workloads", "Tokens of each workload by month", True)
    row = TOP
    for w, workload in enumerate(portfolio.workloads, start=1):
        name, centre = f"w{w}_tokens_per_month", workload.cost_centre
        label = f"{workload.name} ({centre})" if centre else workload.name
        row = folio.typed(sheet, row, name, label, series[name])


def _engines(folio: Folio, portfolio: Portfolio, series: Mapping[str, Any]) -> None:
    """Write prices of each pair, what engines owe, and what a node of each pool takes."""
    note = f"{PRESENT}; a price of 0 is not offered, or forbidden by a gate"
    sheet = folio.sheet("Engines", "Engines", note, True)
    row = TOP
    for b, engine in enumerate(portfolio.billed, start=1):
        for w, workload in enumerate(portfolio.workloads, start=1):
            name = f"w{w}_b{b}_price_per_mtok"
            row = folio.typed(sheet, row, name, f"{engine.name}: {workload.name}", series[name])
        words = {"fee": "fee once used", "minimum": "least bill once used", "owed": "owed anyway"}
        for part, label in words.items():
            name = f"b{b}_{part}_per_month"
            row = folio.typed(sheet, row, name, f"{engine.name}: {label}", series[name])
    for p, pool in enumerate(portfolio.pools, start=1):
        for name, label in (
            (f"p{p}_running_per_month", "a node that runs"),
            (f"p{p}_capital_cost", "a node bought, less what it sells for"),
            (f"p{p}_own_price_per_mtok", "a million tokens beside its nodes"),
        ):
            row = folio.typed(sheet, row, name, f"{pool.name}: {label}", series[name])
    name = "people_per_month"
    folio.typed(sheet, row, name, "People and tools, once a pool is used", series[name])


def _pools(folio: Folio, portfolio: Portfolio, fixed: Mapping[str, Any]) -> None:
    """Write what is the same in all months: capacity of each pair, nodes, moves."""
    sheet = folio.sheet("Pools", "Pools", "Tokens an hour that a node is planned to serve")
    _names(folio, sheet, 3, [pool.name for pool in portfolio.pools])
    row = 4
    for w, workload in enumerate(portfolio.workloads, start=1):
        sheet.write(row, LABEL, workload.name, folio.style("label"))
        for p in range(1, len(portfolio.pools) + 1):
            name = f"w{w}_p{p}_capacity_tokens_per_hour"
            folio.one(sheet, row, p, name, fixed[name])
        row += 1
    words = {"min": "Fewest nodes", "spare": "Spare nodes", "existing": "Nodes owned already"}
    for part, label in words.items():
        sheet.write(row, LABEL, label, folio.style("label"))
        for p in range(1, len(portfolio.pools) + 1):
            folio.one(sheet, row, p, f"p{p}_{part}_nodes", fixed[f"p{p}_{part}_nodes"])
        row += 1
    for name, label in (
        ("hours_per_month", "Hours in a month"),
        ("dual_run_months", "Months of dual running"),
    ):
        sheet.write(row, LABEL, label, folio.style("label"))
        folio.one(sheet, row, 1, name, fixed[name])
        row += 1
    _moves(folio, portfolio, fixed, sheet, row + 1)


def _moves(
    folio: Folio,
    portfolio: Portfolio,
    fixed: Mapping[str, Any],
    sheet: Worksheet,
    row: int,
) -> None:
    """Write what moving each workload to each engine costs once."""
    engines = [f"b{b + 1}" for b in range(len(portfolio.billed))]
    engines += [f"p{p + 1}" for p in range(len(portfolio.pools))]
    titles = [each.name for each in (*portfolio.billed, *portfolio.pools)]
    sheet.write(row, LABEL, "Cost of moving a workload, once", folio.style("heading"))
    _names(folio, sheet, row + 1, titles)
    for w, workload in enumerate(portfolio.workloads, start=1):
        sheet.write(row + 1 + w, LABEL, workload.name, folio.style("label"))
        for column, engine in enumerate(engines, start=1):
            name = f"w{w}_{engine}_moving_cost"
            folio.one(sheet, row + 1 + w, column, name, fixed[name])
    sheet.set_column(1, max(len(titles), 2), 18)


def _names(folio: Folio, sheet: Worksheet, row: int, names: Sequence[str]) -> None:
    sheet.write(row, LABEL, "", folio.style("header"))
    for column, name in enumerate(names, start=1):
        sheet.write(row, column, name, folio.style("figure header"))


def _load(folio: Folio, portfolio: Portfolio, factors: Any) -> None:
    note = "Each hour of the week over the mean hour; movable work has none, it fills the valleys"
    sheet = folio.sheet("Load", "Load", note)
    _names(folio, sheet, 3, [workload.name for workload in portfolio.workloads])
    for hour, row in enumerate(factors):
        sheet.write(4 + hour, LABEL, f"Hour {hour + 1}", folio.style("label"))
        for w, factor in enumerate(row, start=1):
            folio.number(sheet, 4 + hour, w, float(factor), "0.00")
    sheet.set_column(1, factors.shape[1], 14)
    last = xl_rowcol_to_cell(3 + len(factors), factors.shape[1], True, True)
    folio.cells["fixed_factors"] = Cell(f"'Load'!$B$5:{last}")


def _routes(folio: Folio, portfolio: Portfolio, ways: Sequence[Compared]) -> None:
    """Write one block a strategy: a row for each workload, whose shares add to 1."""
    sheet = folio.sheet("Routes", "Routes", "Share of a workload's tokens that an engine takes")
    engines = (*portfolio.billed, *portfolio.pools)
    kinds = [f"b{b + 1}" for b in range(len(portfolio.billed))]
    kinds += [f"p{p + 1}" for p in range(len(portfolio.pools))]
    row, wrong = 3, []
    for way in ways:
        sheet.write(row, LABEL, way.strategy.name, folio.style("heading"))
        _names(folio, sheet, row + 1, [*(engine.name for engine in engines), "Adds to 1"])
        row += 2
        for w, workload in enumerate(portfolio.workloads, start=1):
            sheet.write(row, LABEL, workload.name, folio.style("label"))
            for column, (kind, engine) in enumerate(zip(kinds, engines, strict=True), start=1):
                share = way.strategy.routes[workload.name].get(engine.name, 0.0)
                folio.one(sheet, row, column, way.lines.name(f"w{w}_{kind}_share"), share)
            first, last = (xl_rowcol_to_cell(row, c) for c in (1, len(engines)))
            text = f'=IF(ABS(SUM({first}:{last}) - 1) < 0.000000001, "yes", "no")'
            sheet.write_formula(row, len(engines) + 1, text, folio.style("number"), "yes")
            wrong.append(xl_rowcol_to_cell(row, len(engines) + 1))
            row += 1
        row += 1
    sheet.set_column(1, len(engines) + 1, 18)
    folio.cells["routes"] = Cell(f"'Routes'!{wrong[0]}:{wrong[-1]}")


def _monthly(folio: Folio, ways: Sequence[Compared]) -> None:
    sheet = folio.sheet("Monthly", "Monthly by strategy", PRESENT, True)
    row = TOP
    for way in ways:
        row = folio.lines(sheet, row, way.strategy.name, way.lines.lines(), way.told) + 1


def _allocation(folio: Folio, portfolio: Portfolio, ways: Sequence[Compared]) -> None:
    """Write what each workload is charged; with what nobody uses it adds up to the strategy."""
    note = f"{PRESENT}; nodes and people by node-hours used, tokens at their price"
    sheet = folio.sheet("Allocation", "Allocation", note, True)
    row = TOP
    for way in ways:
        lines = tuple(charges(way.lines))
        row = folio.lines(sheet, row, way.strategy.name, lines, way.told) + 1


def _strategies(
    folio: Folio,
    sheet: Worksheet,
    ways: Sequence[Compared],
    answer: Found,
    day: datetime.date,
) -> None:
    """Write the strategies side by side, and the best mix as it was found."""
    for column, text in {LABEL: "Strategy", UNIT: "", VALUE: "Present value"}.items():
        sheet.write(3, column, text, folio.style("header"))
    row = 4
    for way in ways:
        sheet.write(row, LABEL, way.strategy.name, folio.style("label"))
        sheet.write(row, UNIT, folio.currency, folio.style("unit"))
        where, line = folio.rows[way.lines.name("present_per_month")]
        text = f"='{where}'!{xl_rowcol_to_cell(line, VALUE)}"
        form = folio.style("number", "#,##0")
        sheet.write_formula(row, VALUE, text, form, float(way.present_cost))
        row += 1
    sheet.write(row, LABEL, f"Best mix, as found on the prices of {day}", folio.style("label"))
    sheet.write(row, UNIT, folio.currency, folio.style("unit"))
    sheet.write(row, VALUE, answer.mix.cost, folio.style("found", "#,##0"))
    _moved(folio, sheet, row + 1)
    routed = f'=IF(COUNTIF({folio.cells["routes"].text}, "no") = 0, "yes", "no")'
    sheet.write(row + 2, LABEL, "All routes add to 1", folio.style("label"))
    sheet.write_formula(row + 2, VALUE, routed, folio.style("number"), "yes")


def _moved(folio: Folio, sheet: Worksheet, row: int) -> None:
    """Say whether volumes, prices, nodes or loads have moved since the mix was found."""
    sheet.write(row, LABEL, "Inputs since then", folio.style("label"))
    still = []
    for place, (name, total) in enumerate(folio.totals.items(), start=VALUE + 1):
        if name != "Routes":
            known = xl_rowcol_to_cell(row, place)
            sheet.write(row, place, total, folio.style("found", "0.00E+00"))
            sheet.write(3, place, f"Sum of {name}, as found", folio.style("figure header"))
            still.append(f"ABS(SUM('{name}'!{INPUTS}) - {known}) <= {SAME} * ABS({known})")
    sheet.set_column(VALUE + 1, VALUE + len(still), 16)
    text = f'=IF(AND({", ".join(still)}), "as found", "have moved")'
    sheet.write_formula(row, VALUE, text, folio.style("number"), "as found")


def _best(folio: Folio, portfolio: Portfolio, answer: Found) -> None:
    """Write the best mix as values: who takes what, and the nodes, in every month."""
    note = "Found by search: values that no formula follows; the first sheet says if inputs moved"
    sheet = folio.sheet("Best mix", "Best mix", note, True)
    engines, row = (*portfolio.billed, *portfolio.pools), TOP
    for w, workload in enumerate(portfolio.workloads):
        for e, engine in enumerate(engines):
            shares = answer.mix.shares[:, w, e]
            if shares.max() > DUST:
                label = f"{workload.name}: {engine.name}"
                row = folio.found(sheet, row, "share", label, shares)
    for p, pool in enumerate(portfolio.pools):
        label = f"{pool.name}: nodes, spares included"
        row = folio.found(sheet, row, "nodes", label, answer.mix.nodes[:, p])
    row += 1
    for sentence in answer.sentences:
        sheet.write(row, LABEL, sentence, folio.style("label"))
        row += 1
