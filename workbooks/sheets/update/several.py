"""Make the workbook of several workloads anew, where usage or prices have moved."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from workbooks.file.package import Package
from workbooks.file.refusal import RefreshError
from workbooks.plan.mixing.finding import found
from workbooks.plan.plan import Plan
from workbooks.plan.workloads.content import Content, framed
from workbooks.portfolio.flat import rows
from workbooks.portfolio.reading import parse_portfolio
from workbooks.portfolio.terms import Portfolio
from workbooks.prices.splice.book import Book
from workbooks.scenario.own_rows import TABLES
from workbooks.scenario.writing import written
from workbooks.sheets.budget import budget
from workbooks.sheets.portfolio.book import portfolio_book

SEARCHED = "Best mix"
ONE_ONLY = {"contract": "contracts", **{name: f"rows of its own of {name}" for name in TABLES}}
STEPS = ("api_price_factor", "managed_price_factor", "currency_factor")

Remade = tuple[bytes, list[str], list[str]]
"""A workbook, what was changed in it, and what that does to its answer."""


def begun(path: Path, content: bytes, plan: Plan, measured: Content, day: date) -> Remade:
    """Return the workbook of several workloads that takes the place of one of a single one.

    Raises
    ------
    RefreshError
        If something in it has no place in a plan of several.
    """
    base = tomllib.loads(written(plan.scenario))
    lost = [what for name, what in ONE_ONLY.items() if base.get(name)]
    lost += [name for name in STEPS if name in base.get("series", {})]
    if lost:
        raise RefreshError(
            f"{path.name} has {lost[0]}, which a plan of several workloads has no place for; "
            "take usage together with a rule in workloads.toml, or take it out"
        )
    _refuse_sheets(path, content, budget(plan))
    names = ", ".join(each["name"] for each in measured["workload"])
    told = f"a plan of {len(measured['workload'])} workloads ({names}) in the place of one"
    new = parse_portfolio({**framed(measured, base), "as_of": day}, path.name)
    return portfolio_book(new, found(new, None, 0)), [told], list(costs(new))


def remade(
    path: Path, content: bytes, before: Portfolio, measured: Content | None, day: date
) -> Remade:
    """Return the workbook of several workloads with what usage says now, on newer prices.

    Raises
    ------
    RefreshError
        If it has sheets that it would lose.
    """
    base = before.content
    now = {**(framed(measured, base) if measured else base), "as_of": day}
    new = parse_portfolio(now, path.name)
    if list(costs(new)) == list(costs(before)) and not measured:
        return content, [], []
    _refuse_sheets(path, content, portfolio_book(before, found(before, None, 0)))
    told = list(_moved(base, now)) or ["prices of the list"]
    return portfolio_book(new, found(new, None, 0)), told, list(costs(new))


def _moved(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    old = {(row.section, row.name, row.key): row.known.get("base") for row in rows(before)}
    for row in rows(now):
        was, base = old.get((row.section, row.name, row.key)), row.known.get("base")
        if was != base and len(f"{was}{base}") < 200:
            yield f"Scenario {row.name or row.section} {row.key}: {was} -> {base}"
        elif was != base:
            yield f"Scenario {row.name or row.section} {row.key}: as measured"


def costs(portfolio: Portfolio) -> Iterator[str]:
    """Say what each strategy costs, the cheapest first."""
    ways = [way for way in found(portfolio, None, 0).strategies if not way.out]
    for way in sorted(ways, key=lambda way: way.present_cost):
        yield f"{way.strategy.name}: {portfolio.frame.currency} {way.present_cost:,.0f}"


def _refuse_sheets(path: Path, content: bytes, fresh: bytes) -> None:
    ours, made = (Book(Package(path, each)).sheets for each in (content, fresh))
    if own := [name for name in ours if name not in made and name != SEARCHED]:
        raise RefreshError(
            f"{path.name} has a sheet {own[0]} of your own, and a plan of several workloads is "
            "made anew; move it into another workbook first"
        )
