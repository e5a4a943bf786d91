"""The workbook of a portfolio, sheet by sheet; the same bytes for the same inputs."""

from __future__ import annotations

import datetime
import io
from collections.abc import Sequence

import numpy as np
from xlsxwriter import Workbook

from costcore.language.timeline import Line
from costcore.language.trace import Cell
from workbooks.folder.place import without
from workbooks.plan.lines.owing.terms import OWED
from workbooks.plan.mixing.comparing import Compared
from workbooks.plan.mixing.finding import Found
from workbooks.plan.mixing.odds import PortfolioRisk
from workbooks.plan.mixing.saying import signed
from workbooks.plan.mixing.saying.sentences import to_date
from workbooks.plan.mixing.starting import names
from workbooks.plan.mixing.strategies import shared_lines
from workbooks.portfolio.terms import Portfolio
from workbooks.sheets import paper
from workbooks.sheets.budget import PlainWorksheet
from workbooks.sheets.portfolio import asked, cover, found, given, paying, proof, routed, sides
from workbooks.sheets.portfolio.folio import TOP, Folio
from workbooks.sheets.portfolio.pricing.engines import engines
from workbooks.sheets.portfolio.pricing.terms import contracts
from workbooks.sheets.style import new_book

READ = ("bill_factor", "behind_months", "cumulative_tokens")
"""Lines that figures read over all months."""
OWING = "Owed"
LATER = ("cheapest_count", "moved_count", "currency")
"""Names of cells that formulas read before these are written."""


def portfolio_book(
    portfolio: Portfolio, answer: Found, drawn: PortfolioRisk | None = None
) -> bytes:
    """Return the workbook: change a route, a volume, a price or a load, and it follows.

    Parameters
    ----------
    drawn
        What its ranges may come to, where they were drawn.
    """
    with without(portfolio.without):  # sources and dates are those of the tables
        return _written(portfolio, answer, drawn)


def _written(portfolio: Portfolio, answer: Found, drawn: PortfolioRisk | None) -> bytes:
    content = io.BytesIO()
    book = new_book(content)
    book.worksheet_class = PlainWorksheet
    _about(book, portfolio)
    frame = portfolio.frame
    folio = Folio(book, frame.horizon_months, frame.currency, answer.starting[0])
    ways = [each for each in answer.strategies if not each.out]
    folio.numbers = signed.numbers(portfolio, ways, answer, drawn)
    page = folio.add("Cover")
    first = "The first is what the others are compared with."
    note = f"{frame.currency}, {folio.numbers['basis_text']}. {first}"
    beside = folio.sheet("Strategies", "Strategies side by side", note)
    about = folio.add("How to read")
    _asked(folio, portfolio, ways, answer)
    _computed(folio, ways)
    _paid(folio, portfolio, ways, answer, drawn)
    sides.write(folio, beside, portfolio, answer, ways, drawn)
    proof.comparison(folio, signed.lines(ways))
    proof.checks(folio, ways, answer.starting[1])
    cover.log(folio, portfolio)
    told = cover.guide(folio, about, portfolio)
    cover.write(folio, page, portfolio, ways, answer, told)
    folio.tell_checks()
    paper.settle(book.worksheets())
    book.close()
    return content.getvalue()


def _asked(folio: Folio, portfolio: Portfolio, ways: Sequence[Compared], answer: Found) -> None:
    """Write the sheets that people edit."""
    (series, fixed), called = answer.starting, names(portfolio)
    if portfolio.content:
        given.write(folio, portfolio)
    asked.workloads(folio, portfolio, series)
    folio.add("Engines")
    contracts(folio, called, fixed)
    engines(folio, portfolio, called, answer.starting)
    folio.cells |= {"start_month": Cell("start_month"), "basis_text": folio.numbers["basis_text"]}
    shared = {name: folio.numbers[name] for name in asked.CLOSE}
    sizes = (workload.request_tokens for workload in portfolio.workloads)
    shared |= {f"w{w}_request_tokens": x or np.nan for w, x in enumerate(sizes, start=1)}
    asked.capacity(folio, called, {**fixed, **shared})
    asked.load(folio, called, fixed)
    routed.routes(folio, ways)


def _paid(
    folio: Folio,
    portfolio: Portfolio,
    ways: Sequence[Compared],
    answer: Found,
    drawn: PortfolioRisk | None,
) -> None:
    """Write who pays for what, then what was found, as values."""
    block = paying.allocation(folio, ways)
    best = ways[int(folio.numbers["cheapest_count"]) - 1]
    folio.add("Comparison")
    note = f"What each workload pays over the plan, in {folio.currency}"
    charged = folio.sheet("Chargeback", "Chargeback", note)
    months = (datetime.datetime.combine(day, datetime.time()) for day in portfolio.frame.months)
    paying.upload(folio, portfolio, best, block, months)
    folio.cells["strategies"] = sides.TOP + 1, sides.TOP + len(ways)
    paying.chargeback(folio, charged, portfolio, best, ways.index(best) + 1, block)
    folio.cells |= {"mix_cost": 0.0, "mix_gap_share": 0.0, "draws_count": 0.0}
    if answer.mix:
        found.best(folio, portfolio, answer, answer.mix)
    if drawn:
        found.risk(folio, drawn)


def _apart(lines: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """Part what is about contracts, which stands on a sheet of its own, from the rest."""
    owed = [line for line in lines if OWED.fullmatch(line.name)]
    return [line for line in lines if line not in owed], owed


def _owed(way: Compared) -> list[Line]:
    return _apart((*way.lines.pool_lines(), *way.lines.lines()))[1]


def _place_owed(folio: Folio, ways: Sequence[Compared]) -> None:
    """Say where the lines of contracts will stand, which others read before they are written."""
    row = TOP
    for way in ways:
        if listed := _owed(way):
            folio.rows |= {x.name: (OWING, at) for at, x in enumerate(listed, start=row + 1)}
            row += len(listed) + 2


def _commitments(folio: Folio, ways: Sequence[Compared]) -> None:
    """Write what is owed by contract, used and wasted, strategy by strategy."""
    owing = [way for way in ways if _owed(way)]
    if not owing:
        return
    note = "What is paid for by contract whether it is used or not, and what of it is used"
    sheet, row = folio.sheet(OWING, "Owed by contract", note, True), TOP
    for way in owing:
        row = folio.lines(sheet, row, way.strategy.name, _owed(way), way.told) + 1


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


def _computed(folio: Folio, ways: Sequence[Compared]) -> None:
    """Write nodes by pool and month, need against capacity, then money by strategy."""
    note = "Need of the busiest hour against nodes, what is idle, and what sharing saves"
    pools = folio.sheet("Pools", "Pools", note, True)
    _place_owed(folio, ways)
    lines = shared_lines(ways[0].lines.names)
    row = folio.lines(pools, TOP, "For all strategies", lines, ways[0].told) + 1
    for way in ways:
        mine = _apart((*way.lines.staged_lines(), *way.lines.pool_lines()))[0]
        row = folio.lines(pools, row, way.strategy.name, mine, way.told) + 1
    note = "Bills, cash, profit and loss, and present value of each strategy"
    monthly, row = folio.sheet("Monthly", "Monthly by strategy", note, True), TOP
    for way in ways:
        mine = _apart(way.lines.lines())[0]
        row = folio.lines(monthly, row, way.strategy.name, mine, way.told) + 1
    _commitments(folio, ways)
    folio.cells |= {name: Cell(name) for name in LATER}
    paid = to_date([way.lines for way in ways])
    folio.lines(monthly, row, "Cash to date", paid, folio.numbers)
    folio.cells |= {name: Cell(folio.across(name)) for name in READ}
