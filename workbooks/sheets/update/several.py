"""Bring the workbook of several workloads up to date, or make it anew where it has to be."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from workbooks.file.package import Package
from workbooks.file.refusal import RefreshError
from workbooks.folder.place import without
from workbooks.plan.judgement.endings import endings
from workbooks.plan.mixing.finding import Found, found
from workbooks.plan.plan import Plan
from workbooks.plan.workloads.content import Content, framed
from workbooks.portfolio.dated.rates import RATE
from workbooks.portfolio.flat import rows
from workbooks.portfolio.reading import parse_portfolio
from workbooks.portfolio.terms import Portfolio
from workbooks.prices.splice.book import Book
from workbooks.scenario.own_rows import TABLES
from workbooks.scenario.writing import written
from workbooks.sheets.budget import budget
from workbooks.sheets.intake.cells import Reader
from workbooks.sheets.portfolio import given
from workbooks.sheets.portfolio.book import portfolio_book
from workbooks.sheets.portfolio.making import DRAWN, SEARCHED, made, made_with
from workbooks.sheets.update.pooled import is_alike, laid_out, moved, with_scenario
from workbooks.sheets.update.values import merged

ONE_ONLY = {
    "contract": "contracts",
    **{name: f"rows of its own of {name}" for name in TABLES if name != RATE},
}
STEPS = ("api_price_factor", "managed_price_factor")

Remade = tuple[bytes, list[str], list[str], list[str], list[str]]
"""A workbook, what was changed, what that does to its answer, sheets left alone, prices ending."""


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
            f"{path.name} has {lost[0]}, not carried over into a plan of several workloads; "
            "take usage together with a rule in workloads.toml, or take it out"
        )
    _refuse_sheets(path, content, budget(plan))
    names = ", ".join(each["name"] for each in measured["workload"])
    told = f"a plan of {len(measured['workload'])} workloads ({names}) in the place of one"
    new = parse_portfolio({**framed(measured, base), "as_of": day}, path.name)
    return made(new)[0], [told], list(costs(new)), [], [*endings(new)]


def remade(
    path: Path, content: bytes, before: Portfolio, measured: Content | None, day: date
) -> Remade:
    """Return the workbook of several workloads with what usage, lists and its Scenario say now.

    It is edited in place; where other workloads, engines or strategies move every value to
    another place, it is made anew.

    Raises
    ------
    RefreshError
        If it has to be made anew, and has sheets that it would lose.
    """
    base, made_of = before.content, _as_made(path, content, before.without)
    now = {**(framed(measured, base) if measured else base), "as_of": day}
    new, old = parse_portfolio(now, path.name), found(made_of, None, 0)
    stood = old if base == made_of.content else found(before, None, 0)
    priced = found(new, None, 0)
    if not measured and is_alike(old, priced):
        return content, [], [], [], [*endings(new)]
    told = [*_moved(made_of.content, now), *moved(made_of, old, priced)]
    told_effect, sheets = effect(stood, priced, new), Book(Package(path, content)).sheets
    if laid_out(made_of, old) != laid_out(new, priced):
        _refuse_sheets(path, content, portfolio_book(made_of, old))
        told.append("made anew, for values stand elsewhere now")
        return made_with(sheets, new)[0], told, told_effect, [], [*endings(new)]
    edited, new = with_scenario(path, content, new)
    fresh, answer = made_with(sheets, new)
    edited, left = merged(path, edited, fresh, made_with(sheets, made_of)[0])
    return edited, told, effect(stood, answer, new), left, [*endings(new)]


def _as_made(path: Path, content: bytes, lacks: frozenset[str]) -> Portfolio:
    """Return the portfolio that a workbook was made of, without what was typed since."""
    _, as_made = given.read(Reader(path, content))
    with without(lacks):
        return replace(parse_portfolio(as_made, path.name), without=lacks)


def effect(before: Found, after: Found, portfolio: Portfolio) -> list[str]:
    """Say what each strategy costs and cost, the cheapest first, and whether the least turns."""
    costs = {way.strategy.name: way.present_cost for way in before.strategies if not way.out}
    ways = sorted((w for w in after.strategies if not w.out), key=lambda way: way.present_cost)
    currency, told = portfolio.frame.currency, []
    for way in ways:
        was = costs.get(way.strategy.name)
        more = f" (before {was:,.0f})" if was is not None else ""
        told.append(f"{way.strategy.name}: {currency} {way.present_cost:,.0f}{more}")
    if costs and ways and (least := min(costs, key=costs.__getitem__)) != ways[0].strategy.name:
        told.append(f"The least is {ways[0].strategy.name} now; it was {least}.")
    return told


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
    if own := [name for name in ours if name not in (*made, SEARCHED, DRAWN)]:
        raise RefreshError(
            f"{path.name} has a sheet {own[0]} of your own, and a plan of several workloads is "
            "made anew; move it into another workbook first"
        )
