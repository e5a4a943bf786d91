"""The sheets Comparison and Checks: what the first page reads, whether it can be believed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from costcore.language.timeline import Line, figure_formulas
from costcore.language.timeline import figures as computed
from costcore.language.trace import Cell, weighted, worksheet
from workbooks.plan.mixing.comparing import VIEWS, Compared
from workbooks.plan.mixing.naming import Names, multiplied
from workbooks.plan.mixing.saying.sentences import RANKED
from workbooks.plan.mixing.starting import typed_speeds
from workbooks.plan.results.checks import MASTER, close, holds, meant
from workbooks.plan.results.summary import at_present
from workbooks.sheets.draft import LABEL, PERIODS_ROW, UNIT, VALUE
from workbooks.sheets.pen import NEVER
from workbooks.sheets.portfolio.folio import Folio
from workbooks.sheets.portfolio.routed import ADDS, rows_of_shares
from workbooks.sheets.style import BAD

INPUTS, SAME = "$B$5:$BZ$600", "0.000000001"
"""Where all inputs of a sheet stand, and how alike their sums are that have not moved."""
ROUTES = "Routes"
DUST = 1e-6
MOST_PRICE = 1000
FACTS = 6
"""Of the Log, before the sums."""


def comparison(folio: Folio, lines: Sequence[Line]) -> None:
    """Write the figures behind the first page, each with its name."""
    note = f"{folio.currency}: the figures and sentences that the first pages show"
    sheet = folio.fill("Comparison", "Comparison", note)
    sheet.fit_to_pages(1, 0)
    row = figures(folio, sheet, PERIODS_ROW, [line for line in lines if line in RANKED])
    row = _others(folio, sheet, row + 1) + 1
    figures(folio, sheet, row, [line for line in lines if line not in RANKED])


def _others(folio: Folio, sheet: Worksheet, row: int) -> int:
    """Write the present value of all strategies but the cheapest; return the next row."""
    first, titles = row, folio.numbers["strategy_titles"]
    start = folio.cells["strategy_costs"].text.split("$")[2].rstrip(":")
    others = zip(titles, folio.numbers["other_costs"], strict=True)
    for at, (title, cost) in enumerate(others, start=int(start)):
        sheet.write(row, LABEL, f"{title}, unless it costs least", folio.style("label"))
        sheet.write(row, UNIT, folio.currency, folio.style("unit"))
        text = f'=IF(Strategies!A{at} = cheapest_text, "{NEVER}", Strategies!C{at})'
        folio.formula(sheet, row, VALUE, text, cost, "number", "#,##0")
        row += 1
    ends = (xl_rowcol_to_cell(at, VALUE, True, True) for at in (first, row - 1))
    folio.cells["other_costs"] = Cell(f"Comparison!{':'.join(ends)}")
    return row


def figures(folio: Folio, sheet: Worksheet, row: int, lines: Sequence[Line]) -> int:
    """Write single figures below each other; return the next row."""
    for line in lines:
        text = figure_formulas([line], folio.cells)[line.name]
        is_text = line.unit.label == "text"
        kind, form = ("label", "") if is_text else ("number", line.unit.cell_format)
        sheet.write(row, LABEL, line.label, folio.style("label"))
        sheet.write(row, UNIT, folio.unit(line.name), folio.style("unit"))
        folio.formula(sheet, row, VALUE, text, folio.numbers[line.name], kind, form)
        folio.name(line.name, sheet, row, VALUE)
        row += 1
    return row


def sums(folio: Folio) -> dict[str, float]:
    """Return the sum of the inputs of each sheet but routes, which need no new search."""
    return {name: total for name, total in folio.totals.items() if name != ROUTES}


def _moved(folio: Folio, sheet: Worksheet, row: int) -> None:
    """Say whether volumes, prices, nodes or loads have moved since the book was made."""
    first = row
    for place, name in enumerate(sums(folio), start=PERIODS_ROW + FACTS):
        made = f"Log!{xl_rowcol_to_cell(place, UNIT, True, True)}"
        text = f"=IF(ABS(SUM('{name}'!{INPUTS}) - {made}) <= {SAME} * ABS({made}), 0, 1)"
        _notice(folio, sheet, row, f"Inputs of {name} have moved since this book was made", text)
        row += 1
    ends = (xl_rowcol_to_cell(at, VALUE, True, True) for at in (first, row - 1))
    text = f"=MAX({':'.join(ends)})"
    _notice(folio, sheet, row, "Inputs have moved since this book was made", text)
    folio.name("moved_count", sheet, row, VALUE)


def _notice(folio: Folio, sheet: Worksheet, row: int, label: str, text: str) -> None:
    sheet.write(row, LABEL, label, folio.style("label"))
    sheet.write(row, UNIT, "1: yes", folio.style("unit"))
    folio.formula(sheet, row, VALUE, text, 0.0, "number", "0")


def checks(folio: Folio, ways: Sequence[Compared], fixed: Mapping[str, Any]) -> None:
    """Write the checks: 0 is right, 1 is wrong."""
    note = "Each check is 0 when it holds. The cover and every sheet show their sum."
    sheet = folio.sheet("Checks", "Checks", note)
    listed, known = tuple(lines(ways, fixed)), {**fixed, **folio.numbers}
    sheet.set_column(LABEL, LABEL, max(60, *(len(line.label) for line in listed)))
    sheet.fit_to_pages(1, 0)
    for way in ways:
        known |= _read(folio, way)
    known |= _shared(folio, ways[0])
    beside = tuple(map(_by_sheet, ways))
    known |= (told := computed(beside, known))
    folio.numbers = {**folio.numbers, **told, **computed(listed, known)}
    figures(folio, sheet, PERIODS_ROW + len(listed) + len(sums(folio)) + ROWS_APART, beside)
    last = figures(folio, sheet, PERIODS_ROW, listed)
    begin, end = (xl_rowcol_to_cell(row, VALUE, True, True) for row in (PERIODS_ROW, last - 1))
    folio.cells["all_checks"] = Cell(f"Checks!{begin}:{end}")
    all_checks = np.array([folio.numbers[line.name] for line in listed])
    folio.numbers = {**folio.numbers, **computed((MASTER,), {"all_checks": all_checks})}
    last = figures(folio, sheet, last + 1, (MASTER,))
    _moved(folio, sheet, last + 1)
    look = folio.book.add_format({"font_color": "#FFFFFF", "bg_color": BAD, "bold": True})
    rule = {"type": "cell", "criteria": ">", "value": 0, "format": look}
    sheet.conditional_format(PERIODS_ROW, VALUE, last, VALUE, rule)


def _by_sheet(way: Compared) -> Line:
    """What a check compares: bills by the sheet's own NPV."""

    def rule(m: Any) -> Any:
        return at_present(m, getattr(m, way.lines.name("running_per_month")))

    label = f"{way.strategy.name}: bills by the sheet's own NPV, before tax"
    return Line(way.lines.name("sheet_npv_cost"), label, rule)


ROWS_APART = 5
"""Between the checks and what they compare: sum, inputs that moved, and blank ones."""


def _read(folio: Folio, way: Compared) -> dict[str, Any]:
    """Let the checks read a strategy's rows and totals; return what these show."""
    name, told = way.lines.name, way.told
    known: dict[str, Any] = {name("routes_text"): np.array([ADDS] * rows_of_shares(way))}
    for total in _summed(way):
        line = total.replace("_cost", "_per_month")
        folio.cells[total] = Cell(folio.total(line))
        known[total] = told[line].sum()
    known |= {name("charged_cost"): way.total("expense"), name("cash_years"): way.total("cash")}
    for each in _rows(way):
        folio.cells[each] = Cell(folio.across(each))
        known[each] = told[each]
    return known


def _shared(folio: Folio, way: Compared) -> dict[str, Any]:
    """Return what is checked of the whole book: prices, discounts, and the table to upload."""
    names = way.lines.names
    prices = {}
    for b in names.billed:
        rows = [folio.series[f"w{w}_b{b}_price_per_mtok"] for w in names.workloads]
        prices[f"b{b}_token_prices"] = np.stack(rows)
    tokens = {
        name: folio.series[name] for name in map("w{}_tokens_per_month".format, names.workloads)
    }
    folio.cells |= {name: Cell(folio.across(name)) for name in tokens}
    return {"upload_text": "yes", "bill_factor": way.told["bill_factor"], **prices, **tokens}


def _rows(way: Compared) -> Iterator[str]:
    """Yield the lines that the checks read month by month."""
    yield way.lines.name("running_per_month")
    for pool in way.lines.pools:
        yield from (pool.name("peak_nodes"), pool.name(pool.whole_line))


def _summed(way: Compared) -> Iterator[str]:
    """Yield the sums over all months that they read, named after what they add up."""
    yield from (way.lines.name(f"{view}_cost") for view in VIEWS)
    if way.lines.deals.each:
        yield from map(way.lines.name, OWED)
    for pool in way.lines.pools:
        if pool.p in way.lines.names.bought:
            yield from map(pool.name, KEPT)


OWED = ("owed_cost", "used_cost", "wasted_cost")
KEPT = ("purchases_cost", "depreciation_cost", "written_off_cost", "kept_cost")


def lines(ways: Sequence[Compared], fixed: Mapping[str, Any]) -> Iterator[Line]:
    """Yield what must hold of each strategy, then of the whole book."""
    for way in ways:
        yield from _of(way)
    yield from _speeds(ways[0].lines.names, fixed)
    yield holds("upload", "Upload: amounts add up to the expense, to the cent", _uploaded)
    names = ways[0].lines.names
    for w, title in enumerate(names.each_workload, start=1):
        yield meant(f"w{w}_volume", title, f"w{w}_tokens_per_month")
    yield from (_plausible(b, names.each_billed[b - 1]) for b in names.billed)
    yield holds("reason", "Reason and verdict agree: nothing else costs less", _agree)
    yield holds("found", "The best mix, if inputs are as made, is not dearer", _not_dearer)


def _of(way: Compared) -> Iterator[Line]:
    number, title = f"s{way.lines.number}", way.strategy.name

    def get(m: Any, name: str) -> Any:
        return getattr(m, way.lines.name(name))

    def routed(m: Any) -> Any:
        count = worksheet("COUNTIF", _counted, get(m, "routes_text"), ADDS)
        return count == rows_of_shares(way)

    def charged(m: Any) -> Any:
        return close(m, get(m, "charged_cost"), get(m, "expense_cost"))

    def years(m: Any) -> Any:
        return close(m, np.sum(get(m, "cash_years")), get(m, "cash_cost"))

    def discounted(m: Any) -> Any:
        bills = weighted(get(m, "running_per_month"), m.bill_factor)
        return close(m, get(m, "sheet_npv_cost"), bills)

    def owed(m: Any) -> Any:
        whole, *parts = (get(m, part) for part in OWED)
        return close(m, whole, sum(parts))

    yield holds(
        f"{number}_routes", f"{title}: routes add to 1, none where a gate forbids it", routed
    )
    yield holds(f"{number}_charged", f"{title}: allocation adds up to the expense", charged)
    yield holds(f"{number}_years", f"{title}: years add up to the plan's cash", years)
    yield holds(f"{number}_npv", f"{title}: present value of bills = NPV of the sheet", discounted)
    if way.lines.deals.each:
        yield holds(f"{number}_contracts", f"{title}: owed = used + wasted", owed)
    for pool in way.lines.pools:
        yield from _of_pool(way, pool)


def _of_pool(way: Compared, pool: Any) -> Iterator[Line]:
    title = f"{way.strategy.name}: {pool.title}"

    def serves(m: Any) -> Any:
        short = (pool.whole(m) + DUST < pool.get(m, "peak_nodes")) * 1
        return multiplied(short) == 0

    def in_books(m: Any) -> Any:
        bought, *left = (pool.get(m, part) for part in KEPT)
        return close(m, bought, sum(left))

    if not pool.overflow:
        label = f"{title}: nodes have capacity for the busiest hour"
        yield holds(f"s{way.lines.number}_p{pool.p}_capacity", label, serves)
    if pool.p in way.lines.names.bought:
        label = f"{title}: purchases = depreciation + written off + book value"
        yield holds(f"s{way.lines.number}_p{pool.p}_book", label, in_books)


def _speeds(names: Names, fixed: Mapping[str, Any]) -> Iterator[Line]:
    """Yield whether each typed speed is one that the sizing model believes."""
    for w, p in typed_speeds(fixed):
        pair = f"w{w}_p{p}"

        def rule(m: Any, pair: str = pair) -> Any:
            planned = getattr(m, f"{pair}_capacity_tokens_per_hour")
            return planned <= getattr(m, f"{pair}_most_tokens_per_hour")

        title = f"{names.each_pool[p - 1]}: {names.each_workload[w - 1]}"
        label = f"{title}: planned no faster than the sizing model's high"
        yield holds(f"{pair}_speed", label, rule)


def _counted(texts: Any, wanted: str) -> float:
    return float(sum(text == wanted for text in texts))


def _uploaded(m: Any) -> Any:
    return m.upload_text == "yes"


def _plausible(b: int, engine: str) -> Line:
    def rule(m: Any) -> Any:
        prices = getattr(m, f"b{b}_token_prices")
        least, most = (reduce(prices, axis=(0, 1)) for reduce in (np.min, np.max))
        return (least >= 0) & (most < MOST_PRICE)

    return holds(f"b{b}_price", f"{engine}: prices are plausible: from 0 to 1,000 per Mtok", rule)


def _agree(m: Any) -> Any:
    return m.cheapest_cost <= np.min(m.strategy_costs, axis=0)


def _not_dearer(m: Any) -> Any:
    most = m.cheapest_cost * (1 + m.mix_gap_share) + m.tolerance_cost
    return (m.moved_count > 0) | (m.mix_cost <= most)
