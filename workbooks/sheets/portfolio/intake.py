"""Read the workbook of a portfolio that somebody has changed back into the portfolio."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from workbooks.file.cells import Value
from workbooks.file.refusal import RefreshError
from workbooks.folder.place import without
from workbooks.folder.standing import lacking
from workbooks.plan.mixing.comparing import Compared
from workbooks.plan.mixing.finding import found
from workbooks.portfolio.flat import CURRENCY, rows
from workbooks.portfolio.reading import parse_portfolio
from workbooks.portfolio.terms import Portfolio
from workbooks.scenario.entries import shown
from workbooks.scenario.scenario import ScenarioError
from workbooks.sheets.draft import FIRST
from workbooks.sheets.intake.cells import IntakeError, Place, Reader
from workbooks.sheets.intake.overtyped import check_formulas
from workbooks.sheets.portfolio import found as best
from workbooks.sheets.portfolio import given
from workbooks.sheets.portfolio.book import portfolio_book
from workbooks.sheets.portfolio.folio import TOP
from workbooks.sheets.portfolio.routed import TIMES, blocks, height

VOLUMES, ROUTES, TERMS = "Workloads", "Routes", "Terms"
TYPED = (VOLUMES, ROUTES, "Engines", "Capacity", "Load", TERMS)
ALIKE = 1e-12
DRIVERS = ("growth_per_year", "season_factor", "ramp_months")


def is_book(path: Path) -> bool:
    """Say whether a file is the workbook of a portfolio.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    try:
        book = Reader(path, path.read_bytes()).book
    except (RefreshError, ScenarioError):
        return False
    return all(book.page(name) is not None for name in (given.SHEET, ROUTES))


def portfolio_intake(path: Path, anew: bool = True) -> Portfolio:
    """Read a portfolio from its workbook, with what was changed there.

    Values of the sheet Scenario count, then volumes by month and routes that were typed over.
    Prices, capacities and loads follow from the scenario and the receipts that it was made with:
    where they were typed over, the cell is named.

    Parameters
    ----------
    anew
        Whether the plan goes on without the workbook: what stands where a formula stood is then
        lost, and refused.

    Raises
    ------
    ScenarioError
        If it cannot be planned; with every cell that cannot be read back.
    OSError
        If it cannot be read.
    """
    lack = lacking(path)
    try:
        return _read(path, lack, anew)
    except IntakeError as error:
        if not lack:
            raise
        with suppress(IntakeError):  # an update may have been stopped before its receipt
            return _read(path, frozenset(), anew)
        raise error from None
    except RefreshError as error:
        raise ScenarioError(str(error)) from None


def _read(path: Path, lack: frozenset[str], anew: bool) -> Portfolio:
    """Read a workbook that was made without some receipts."""
    with without(lack):
        reader = Reader(path, path.read_bytes())
        now, made = given.read(reader)
        if reader.bad:
            raise IntakeError(reader.name, reader.bad)
        if anew:
            check_formulas(reader, f"what it follows from on {given.SHEET}")
        for change in _changes(reader, path, parse_portfolio(made, reader.name)):
            change(now)
        if reader.bad:
            raise IntakeError(reader.name, reader.bad)
        read = parse_portfolio(now, reader.name)
        mix = best.read(reader, read, _searched(now) == _searched(made))
        if reader.bad:
            raise IntakeError(reader.name, reader.bad)
        return replace(read, without=lack, mix=mix)


def _searched(content: Mapping[str, Any]) -> dict[tuple[str, ...], Any]:
    """Return what a search of the best mix starts from, which no strategy of one's own moves."""
    known = ((row, row.known.get("base"), row.known.get(CURRENCY)) for row in rows(content))
    return {
        (row.section, row.name, row.key): told for row, *told in known if row.section != "strategy"
    }


def _changes(reader: Reader, path: Path, made: Portfolio) -> list[Any]:
    """Return what was typed over, as changes of the scenario; keep what has no place there."""
    answer = found(made, None, 0)
    before = Reader(path, portfolio_book(made, answer))
    ways = [way for way in answer.strategies if not way.out]
    changes: dict[Any, Any] = {}
    for sheet in TYPED:
        for place, old, new in _typed_over(reader, before, sheet):
            if sheet == VOLUMES:
                workload = made.workloads[place.row - TOP - 1]
                changes[sheet, workload.name] = _volume(reader, place, made, workload.name)
            elif sheet == ROUTES:
                way = _block(ways, place.row)
                changes[sheet, way.strategy.name] = _routed(reader, place.page, ways, way, made)
            else:
                was = "blank" if old is None else old
                rule = f"it was {was} and follows from the scenario; change it on {given.SHEET}"
                reader.complain(place, f"{shown(new)} was typed over; {rule}")
    return list(changes.values())


def _typed_over(reader: Reader, before: Reader, sheet: str) -> Iterator[tuple[Place, Value, Value]]:
    """Yield the cells of a sheet that hold something else than when the book was made."""
    page, old = reader.book.page(sheet), before.book.page(sheet)
    if page is None and old is None:
        return
    if page is None or old is None:
        reader.sheet(sheet, sheet)
        return
    for (row, column), cell in old.cells.items():
        if cell.formula or not isinstance(cell.shown, float):
            continue
        place = Place(page, row, column)
        held: Value = reader.read(place, given.as_it_is, None)
        if not isinstance(held, float):
            reader.complain(place, f"it is {shown(held)}; it must be a number")
        elif math.isclose(held, cell.shown, rel_tol=ALIKE):
            continue
        elif held < 0 and sheet != TERMS:
            reader.complain(place, f"it is {held:g}; it must be a number of at least 0")
        else:
            yield place, cell.shown, held
    if sheet == TERMS:  # a term that was blank
        for (row, column), cell in page.cells.items():
            was = old.cells.get((row, column))
            if isinstance(cell.shown, float) and not (was and isinstance(was.shown, float)):
                yield Place(page, row, column), None, cell.shown


def _held(reader: Reader, place: Place) -> float:
    held: Value = reader.read(place, given.as_it_is, None)
    return held if isinstance(held, float) else 0.0


def _volume(reader: Reader, place: Place, made: Portfolio, name: str) -> Any:
    """Plan a workload with the tokens of each month that stand in its row."""
    months = made.frame.horizon_months
    row = [_held(reader, place.right(FIRST + 1 + t)) for t in range(months)]

    def change(content: dict[str, Any]) -> None:
        for each in content.get("workload", []):
            if each["name"] == name:
                for driver in DRIVERS:
                    each.pop(driver, None)
                each |= {"forecast_tokens_per_month": row, "first_month": 1}
                each.pop("last_month", None)

    return change


def _block(ways: list[Compared], row: int) -> Compared:
    """Return the strategy whose block a row of Routes belongs to."""
    *_, (way, _) = ((way, first) for way, first in blocks(ways) if first < row)
    return way


def _routed(reader: Reader, page: Any, ways: list[Compared], way: Compared, made: Portfolio) -> Any:
    """Route a strategy as its block says; one that was made for the user becomes their own."""
    first = next(first for each, first in blocks(ways) if each is way)
    routes = _shares(reader, page, way, first)
    pools = [pool for pool in way.lines.pools if pool.overflow]
    after = first + height(way) + 1
    nodes = {pool.title: _held(reader, Place(page, after + i, 2)) for i, pool in enumerate(pools)}
    moves = _moves(reader, page, way, first) if way.lines.staged else {}
    own = way.strategy.name in {each.name for each in made.strategies}
    name = way.strategy.name if own else f"{way.strategy.name} (changed)"

    def change(content: dict[str, Any]) -> None:
        strategies = content.setdefault("strategy", [])
        same = [each for each in strategies if each["name"] == name]
        mine = same[0] if same else {"name": name}
        parts = {"routes": routes, "nodes": nodes, "moves": moves}
        mine |= {part: copy.deepcopy(each) for part, each in parts.items() if each}
        if not same:
            strategies.append(mine)

    return change


def _shares(reader: Reader, page: Any, way: Compared, first: int) -> dict[str, dict[str, float]]:
    """Return the shares by workload and engine that stand from a row on."""
    routes = {}
    for w, workload in enumerate(way.lines.names.each_workload, start=1):
        shares = {
            title: _held(reader, Place(page, first + w, column))
            for column, (_, title) in enumerate(way.lines.names.engines, start=2)
        }
        routes[workload] = {title: share for title, share in shares.items() if share}
    return routes


def _moves(reader: Reader, page: Any, way: Compared, first: int) -> dict[str, dict[str, Any]]:
    """Return how the workloads that are elsewhere at first come to their routes."""
    before = _shares(reader, page, way, first + len(way.lines.names.each_workload) + 1)
    column = len(way.lines.names.engines) + 4
    moves = {}
    for w, (workload, shares) in enumerate(before.items(), start=1):
        places = (Place(page, first + w, column + at) for at in range(len(TIMES)))
        when, ramp, dual = (int(_held(reader, place)) for place in places)
        if when + ramp > 1:
            months = {"first_month": when, "ramp_months": ramp, "dual_run_months": dual}
            moves[workload] = {"from": shares, **months}
    return moves
