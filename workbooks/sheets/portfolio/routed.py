"""The sheet Routes: which workload goes where, from which month, and with how many nodes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from costcore.language.trace import Cell
from workbooks.plan.mixing.comparing import Compared
from workbooks.sheets.draft import LABEL
from workbooks.sheets.pages.hints import told
from workbooks.sheets.portfolio.folio import Folio

SHARE = told("Share", "Part of its tokens that the engine takes, 0 to 1; a row adds to 1", "choice")
ADDS, NOT, GATED = "yes", "no", "a gate forbids it"
POOLED, SUM = "On own nodes", "Adds to 1"
TIMES = {"first": "From month", "ramp": "Months of ramp", "dual": "Months billed twice"}
BEFORE = "Until it moves"


def routes(folio: Folio, ways: Sequence[Compared]) -> None:
    """Write one block a strategy: a row for each workload, whose shares add to 1."""
    note = "Share of a workload's tokens that an engine takes; each row adds to 1"
    sheet = folio.sheet("Routes", "Routes", note)
    names = ways[0].lines.names
    titles = [title for _, title in names.engines]
    for way, first in blocks(ways):
        sheet.write_string(first - 2, LABEL, way.strategy.name, folio.style("heading"))
        times = TIMES.values() if way.lines.staged else ()
        folio.names(sheet, first - 1, [*titles, POOLED, SUM, *times])
        part = "goal_share" if way.lines.staged else "share"
        checks = [
            _route(folio, sheet, first + at, way, w, part) for at, w in enumerate(names.workloads)
        ]
        row = first + len(checks)
        if way.lines.staged:
            checks += _before(folio, sheet, row, way)
            row += len(names.workloads) + 1
        folio.cells[way.lines.name("routes_text")] = Cell(f"'Routes'!{checks[0]}:{checks[-1]}")
        _nodes(folio, sheet, row, way)
    sheet.set_column(1, len(names.engines) + 2 + len(TIMES), 18)
    sheet.freeze_panes(3, 1)
    folio.cells["idle_kind"] = Cell("'Allocation'!$B$3")


def _before(folio: Folio, sheet: Worksheet, row: int, way: Compared) -> list[str]:
    """Write where workloads are until they move, and beside their goal when that is."""
    names = way.lines.names
    folio.names(sheet, row, [f"{BEFORE}: {title}" for _, title in names.engines])
    column = len(names.engines) + 3
    for w, workload in enumerate(names.each_workload, start=1):
        move = way.strategy.moves[workload]
        months = (move.first_month, move.ramp_months, move.dual_run_months)
        goal = row - len(names.workloads) + w - 1
        for at, (part, count) in enumerate(zip(TIMES, months, strict=True), start=column):
            folio.one(sheet, goal, at, way.lines.name(f"w{w}_{part}_months"), float(count))
        folio.at_least_0(sheet, goal, column, goal, column + len(TIMES) - 1)
    return [_route(folio, sheet, row + w, way, w, "before_share") for w in names.workloads]


def _route(folio: Folio, sheet: Worksheet, row: int, way: Compared, w: int, part: str) -> str:
    """Write the shares of a workload; return the cell that says whether they hold."""
    names = way.lines.names
    workload = names.each_workload[w - 1]
    before = part == "before_share"
    sheet.write_string(row, LABEL, workload, folio.style("label"))
    routed = way.strategy.moves[workload].before if before else way.strategy.routes[workload]
    gated = []
    for column, (engine, title) in enumerate(names.engines, start=1):
        name = way.lines.name(f"w{w}_{engine}_{part}")
        folio.one(sheet, row, column, name, routed.get(title, 0.0))
        if (w, engine) in names.forbidden:
            gated.append(xl_rowcol_to_cell(row, column))
    last = len(names.engines)
    between = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1}
    sheet.data_validation(row, 1, row, last, between | SHARE)
    _pooled(folio, sheet, row, way, w, routed)
    first, end = (xl_rowcol_to_cell(row, c) for c in (1, last))
    text = f'IF(ABS(SUM({first}:{end}) - 1) < 0.000000001, "{ADDS}", "{NOT}")'
    if gated:
        text = f'IF({" + ".join(gated)} > 0, "{GATED}", {text})'
    if before:  # one that is there from the first month was nowhere else
        when, ramp = (
            folio.cells[way.lines.name(f"w{w}_{x}_months")].text for x in ("first", "ramp")
        )
        text = f'IF({when} + {ramp} <= 1, "{ADDS}", {text})'
    sheet.write_formula(row, last + 2, f"={text}", folio.style.computed("number"), ADDS)
    return str(xl_rowcol_to_cell(row, last + 2, True, True))


def _pooled(
    folio: Folio, sheet: Worksheet, row: int, way: Compared, w: int, routed: Mapping[str, float]
) -> None:
    """Write the share of a workload that goes to pools."""
    names = way.lines.names
    last = len(names.engines)
    on_pools, end = (xl_rowcol_to_cell(row, c) for c in (len(names.each_billed) + 1, last))
    pooled = f"=SUM({on_pools}:{end})" if names.pools else "=0"
    part = sum(routed.get(title, 0.0) for title in names.each_pool)
    form = folio.style.computed("number", "0.0%")
    sheet.write_formula(row, last + 1, pooled, form, float(part))
    if not way.lines.staged:
        folio.cells[way.lines.name(f"w{w}_pooled_share")] = folio.cell(sheet, row, last + 1)


def blocks(ways: Sequence[Compared]) -> Iterator[tuple[Compared, int]]:
    """Yield each strategy with the row of its first workload."""
    row = 5
    for way in ways:
        yield way, row
        row += height(way) + len(way.strategy.nodes) + 3


def rows_of_shares(way: Compared) -> int:
    """Return how many rows of shares a strategy has: of its routes, and of those until then."""
    return len(way.lines.names.each_workload) * (2 if way.lines.staged else 1)


def height(way: Compared) -> int:
    """Return the rows from its first workload to what follows the shares of a strategy."""
    return rows_of_shares(way) + (1 if way.lines.staged else 0)


def _nodes(folio: Folio, sheet: Worksheet, row: int, way: Compared) -> None:
    """Write the nodes of pools that are not built for their peak."""
    for pool in way.lines.pools:
        if pool.overflow:
            to = way.lines.names.each_billed[pool.overflow - 1]
            label = f"Nodes of {pool.title}; what they cannot take goes to {to}"
            sheet.write_string(row, LABEL, label, folio.style("label"))
            folio.one(sheet, row, 1, pool.name("typed_nodes"), way.strategy.nodes[pool.title])
            folio.at_least_0(sheet, row, 1, row, 1)
            row += 1
