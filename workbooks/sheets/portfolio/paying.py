"""Who pays for a strategy: its expense by workload and engine, rates, and a table to upload."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from costcore.language.trace import Cell
from costcore.portfolio.allocation import CENTRAL, IDLE_KINDS
from workbooks.plan.lines.lookup import number
from workbooks.plan.mixing.charging import Charge, charges, rates
from workbooks.plan.mixing.comparing import Compared
from workbooks.portfolio.terms import Portfolio
from workbooks.sheets import paper
from workbooks.sheets.draft import FIRST, LABEL, UNIT, VALUE
from workbooks.sheets.pages.hints import told
from workbooks.sheets.portfolio.folio import MONTHS, TOP, Folio

NOBODY = "Nobody: idle nodes, fees, unused commitments"
UPLOAD_TOP = 6
HEADS = ("Month", "Cost centre", "Workload", "Engine", "Account", "Exact", "To date", "Amount")
CENTS = 100
NO_CENTRE = "No cost centre, and what nobody uses"


def cents(amount: float) -> float:
    """Round half a cent up, as a spreadsheet does.

    >>> cents(0.125), cents(-0.125)
    (0.13, -0.13)
    """
    whole = math.floor(round(abs(amount) * CENTS, 6) + 0.5)
    return math.copysign(whole / CENTS, amount)


@dataclass(frozen=True)
class Block:
    """Where the charges of the strategies stand: one block each, all of one height."""

    first: int
    """Row of the first charge of the first strategy, from 1."""
    height: int
    end: int
    count: int
    """Of the charges of a strategy."""


def allocation(folio: Folio, ways: Sequence[Compared]) -> Block:
    """Write what each workload is charged; with what nobody uses it adds up to the expense."""
    note = "Profit and loss: nodes and people by node-hours used, tokens at their price"
    sheet = folio.sheet("Allocation", "Allocation", note, True)
    text = "Idle nodes: central, a line of their own, or spread over who uses the pool"
    sheet.write(2, LABEL, text, folio.style("label"))
    sheet.write(2, UNIT, CENTRAL, folio.style("input"))
    choices = {"validate": "list", "source": list(IDLE_KINDS)} | told("Idle nodes", text, "choice")
    sheet.data_validation(2, UNIT, 2, UNIT, choices)
    row, first, height = TOP, 0, 0
    for way in ways:
        before, shared = tuple(rates(way.lines)), tuple(charges(way.lines))
        lines = (*before, *(charge.line for charge in shared))
        first = first or row + 2 + len(before)
        after = folio.lines(sheet, row, way.strategy.name, lines, way.told)
        _adds_up(folio, sheet, after, way, len(shared))
        height = after + 2 - row
        row = after + 2
    return Block(first, height, row, len(tuple(charges(ways[0].lines))))


def _adds_up(folio: Folio, sheet: Worksheet, row: int, way: Compared, count: int) -> None:
    """Write the sum of all charges, which is the strategy's expense."""
    label = f"{way.strategy.name}: all of it, its expense"
    sheet.write(row, LABEL, label, folio.style("label"))
    sheet.write(row, UNIT, folio.currency, folio.style("unit"))
    told = way.told[way.lines.name("expense_per_month")]
    folio.cells[way.lines.name("charged_cost")] = folio.cell(sheet, row, VALUE)
    for column, value in ((VALUE, told.sum()), *((FIRST + t, v) for t, v in enumerate(told))):
        first, last = (xl_rowcol_to_cell(r, column) for r in (row - count, row - 1))
        form = folio.style.computed("total", "#,##0")
        sheet.write_formula(row, column, f"=SUM({first}:{last})", form, float(value))


def upload(folio: Folio, portfolio: Portfolio, way: Compared, block: Block, months: Any) -> None:
    """Write the charges of the chosen strategy as a flat table, exact to the cent."""
    note = f"{folio.currency}, of the strategy chosen on Chargeback: its expense, to the cent"
    sheet = folio.sheet("Upload", "Upload", f"{paper.APART}{note}")
    for column, head in enumerate(HEADS):
        kind = "header" if column < HEADS.index("Exact") else "figure header"
        sheet.write(UPLOAD_TOP - 1, column, head, folio.style(kind))
    row, to_date = UPLOAD_TOP, 0.0
    for t, day in enumerate(months):
        row, to_date = _month(folio, portfolio, sheet, row, block, way, t, day, to_date)
    sheet.autofilter(UPLOAD_TOP - 1, 0, row - 1, len(HEADS) - 1)
    sheet.freeze_panes(UPLOAD_TOP, 0)
    for column, width in enumerate((12, 22, len(NOBODY), 28, 26, 16, 16, 16)):
        sheet.set_column(column, column, width)
    paper.apart(sheet, UPLOAD_TOP - 1, len(HEADS) - 1)
    folio.cells["upload"] = f"'Upload'!{{0}}${UPLOAD_TOP + 1}:{{0}}${row}"
    _to_the_cent(folio, sheet, way, block, row)


def _month(
    folio: Folio,
    portfolio: Portfolio,
    sheet: Worksheet,
    row: int,
    block: Block,
    way: Compared,
    t: int,
    day: Any,
    to_date: float,
) -> tuple[int, float]:
    """Write the rows of one month; each amount is what rounding the sum so far leaves to it."""
    column, form = xl_col_to_name(FIRST + t), folio.style.computed("number", "#,##0.00")
    span = f"'Allocation'!${column}$2:${column}${block.end}"
    for k, charge in enumerate(charges(way.lines)):
        exact, before = float(way.told[charge.line.name][t]), to_date
        to_date = before + exact
        place = f"ROW('Allocation'!{column}{block.first + k}) - 1 + {ROWS_DOWN}"
        above = f"G{row}" if row > UPLOAD_TOP else "0"
        head = f"'Allocation'!{column}${MONTHS + 1}"
        month = f"=DATE(YEAR(start_month), MONTH(start_month) + {head} - 1, 1)"
        form_of_day = folio.style.computed("label", "yyyy-mm")
        sheet.write_formula(row, 0, month, form_of_day, number(day.date()))
        for at, word in enumerate(_words(portfolio, charge), start=1):
            sheet.write_string(row, at, word, folio.style("label"))
        for at, text, value in (
            (5, f"INDEX({span}, {place})", exact),
            (6, f"{above} + F{row + 1}", to_date),
            (
                7,
                f"ROUND(ROUND(G{row + 1}, 2) - ROUND({above}, 2), 2)",
                cents(cents(to_date) - cents(before)),
            ),
        ):
            sheet.write_formula(row, at, f"={text}", form, value)
        row += 1
    return row, to_date


ROWS_DOWN = "'Chargeback'!$B$5"
"""Rows of Allocation from a charge of the first strategy to the same of the one that is chosen."""


def _words(portfolio: Portfolio, charge: Charge) -> Iterator[str]:
    workload = portfolio.workloads[charge.workload - 1] if charge.workload else None
    yield workload.cost_centre if workload else ""
    yield workload.name if workload else NOBODY
    yield charge.engine
    yield charge.account


def _to_the_cent(folio: Folio, sheet: Worksheet, way: Compared, block: Block, end: int) -> None:
    """Say whether the amounts add up to the months' expense, each rounded to the cent."""
    first = block.first + block.count
    span = f"'Allocation'!$C$2:$C${block.end}"
    text = f"ROUND(INDEX({span}, ROW('Allocation'!C{first}) - 1 + {ROWS_DOWN}), 2)"
    form = folio.style.computed("number", "#,##0.00")
    folio.cells["upload_text"] = Cell("'Upload'!$H$5")
    sum_text, whole = f"SUM(H{UPLOAD_TOP + 1}:H{end})", cents(way.total("expense"))
    for at, (label, formula, value) in enumerate(
        (
            ("All amounts", sum_text, whole),
            ("The strategy's expense", text, whole),
            (
                "Adds up to the cent",
                'IF(ABS(H3 - H4) < tolerance_cost / 2, "yes", "no")',
                "yes",
            ),
        ),
        start=2,
    ):
        sheet.write(at, 4, label, folio.style("label"))
        sheet.write_formula(at, 7, f"={formula}", form, value)


def chargeback(
    folio: Folio,
    sheet: Worksheet,
    portfolio: Portfolio,
    way: Compared,
    number: int,
    block: Block,
) -> None:
    """Write what each workload is charged over the plan, per million tokens and per request."""
    sheet.write(2, LABEL, "Strategy (choose)", folio.style("label"))
    sheet.write_string(2, 1, way.strategy.name, folio.style("input"))
    first, last = folio.cells["strategies"]
    span = f"'Strategies'!$A${first}:$A${last}"
    hint = told("Strategy", "Whose cost is charged to the workloads", "the sheet Strategies")
    sheet.data_validation(2, 1, 2, 1, {"validate": "list", "source": f"={span}"} | hint)
    sheet.write(3, LABEL, "Its number", folio.style("label"))
    sheet.write_formula(3, 1, f"=MATCH(B3, {span}, 0)", folio.style.computed("number", "0"), number)
    folio.name("selected_strategy", sheet, 2, 1)
    sheet.write(4, LABEL, "Rows of Allocation to it, from the first", folio.style("label"))
    blocks = f"ROW('Allocation'!A{block.first + block.height}) - ROW('Allocation'!A{block.first})"
    text = f"=(B4 - 1) * ({blocks})"
    sheet.write_formula(
        4, 1, text, folio.style.computed("number", "0"), (number - 1) * block.height
    )
    heads = ("Cost centre", "Tokens", "Charged", "Per million tokens", "Per request")
    folio.names(sheet, 5, heads)
    row = 6
    for w, workload in enumerate(portfolio.workloads, start=1):
        _charged_row(folio, sheet, row, way, workload, w)
        row += 1
    _sums(folio, sheet, row, portfolio, way)
    sheet.set_column(LABEL, LABEL, len(NOBODY) + 2)
    sheet.set_column(1, len(heads), 18)


def _charged(way: Compared, workloads: Sequence[int]) -> float:
    """Sum what the table to upload has for some workloads, to the cent, month by month."""
    total, to_date, listed = 0.0, 0.0, tuple(charges(way.lines))
    months = len(way.told[listed[0].line.name])
    for t in range(months):
        for charge in listed:
            before, to_date = to_date, to_date + float(way.told[charge.line.name][t])
            if charge.workload in workloads:
                total += cents(to_date) - cents(before)
    return cents(total)


def _charged_row(
    folio: Folio, sheet: Worksheet, row: int, way: Compared, workload: Any, w: int
) -> None:
    where, line = folio.rows[f"w{w}_tokens_per_month"]
    ends = (xl_rowcol_to_cell(line, FIRST + t) for t in (0, folio.months - 1))
    tokens = float(folio.series[f"w{w}_tokens_per_month"].sum())
    name, amounts = (folio.cells["upload"].format(c) for c in ("$C", "$H"))
    charged = _charged(way, (w,))
    sheet.write_string(row, LABEL, workload.name, folio.style("label"))
    sheet.write_string(row, 1, workload.cost_centre, folio.style("label"))
    size, asked = workload.request_tokens, folio.cells[f"w{w}_request_tokens"].text
    each = xl_rowcol_to_cell(row, 2)
    for at, (text, value, form) in enumerate(
        (
            (f"SUM('{where}'!{':'.join(ends)})", tokens, "#,##0"),
            (f"SUMPRODUCT(({name} = A{row + 1}) * {amounts})", charged, "#,##0.00"),
            (
                f"IF({each} > 0, D{row + 1} / {each} * 1000000, 0)",
                _per(charged, tokens, 1e6),
                "0.0000",
            ),
            (
                f'IF({asked} > 0, E{row + 1} * {asked} / 1000000, "")',
                _per(charged, tokens, size) if size else "",
                "0.000000",
            ),
        ),
        start=2,
    ):
        sheet.write_formula(row, at, f"={text}", folio.style.computed("number", form), value)


def _per(charged: float, tokens: float, size: float) -> float:
    return charged / tokens * size if tokens else 0.0


def _sums(folio: Folio, sheet: Worksheet, row: int, portfolio: Portfolio, way: Compared) -> None:
    """Write what nobody uses, the sum, and the cost centres."""
    names, amounts = (folio.cells["upload"].format(c) for c in ("$C", "$H"))
    centres, form = folio.cells["upload"].format("$B"), folio.style.computed("number", "#,##0.00")
    everybody = range(1, len(portfolio.workloads) + 1)
    sheet.write_string(row, LABEL, NOBODY, folio.style("label"))
    text = f"=SUMPRODUCT(({names} = A{row + 1}) * {amounts})"
    sheet.write_formula(row, 3, text, form, _charged(way, (0,)))
    sheet.write(row + 1, LABEL, "All of it: the strategy's expense", folio.style("label"))
    text = f"=SUM(D7:D{row + 1})"
    total = folio.style.computed("total", "#,##0.00")
    sheet.write_formula(row + 1, 3, text, total, _charged(way, (0, *everybody)))
    row += 3
    sheet.write(row, LABEL, "By cost centre", folio.style("heading"))
    first = row + 2
    for centre, theirs in _by_centre(portfolio).items():
        row += 1
        sheet.write_string(row, LABEL, centre, folio.style("label"))
        text = f"=SUMPRODUCT(({centres} = A{row + 1}) * {amounts})"
        sheet.write_formula(row, 3, text, form, _charged(way, theirs))
    alone = [w for w in everybody if not portfolio.workloads[w - 1].cost_centre]
    sheet.write_string(row + 1, LABEL, NO_CENTRE, folio.style("label"))
    text = f'=SUMPRODUCT(({centres} = "") * {amounts})'
    sheet.write_formula(row + 1, 3, text, form, _charged(way, (0, *alone)))
    sheet.write(row + 2, LABEL, "All of it: the strategy's expense", folio.style("label"))
    text = f"=SUM(D{first}:D{row + 2})"
    sheet.write_formula(row + 2, 3, text, total, _charged(way, (0, *everybody)))


def _by_centre(portfolio: Portfolio) -> dict[str, list[int]]:
    """Return the workloads of each cost centre; a spreadsheet sees no capitals."""
    spelled: dict[str, str] = {}
    found: dict[str, list[int]] = {}
    for w, workload in enumerate(portfolio.workloads, start=1):
        if centre := workload.cost_centre:
            found.setdefault(spelled.setdefault(centre.lower(), centre), []).append(w)
    return found
