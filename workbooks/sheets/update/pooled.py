"""Bring the workbook of several workloads up to date in place: its scenario, then every value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from workbooks.plan.mixing.finding import Found
from workbooks.plan.mixing.starting import names
from workbooks.portfolio.flat import RANGE, rows
from workbooks.portfolio.reading import parse_portfolio
from workbooks.portfolio.terms import Portfolio
from workbooks.sheets.intake.cells import Reader
from workbooks.sheets.portfolio import given
from workbooks.sheets.update.rows import renewed

TABLE, KEYS, MADE = "tblScenario", ("section", "name", "input"), "base_as_made"
FIELDS = dict(zip(RANGE, (*RANGE[:-1], "spread"), strict=True))
"""Columns of the sheet Scenario, by what is known of a value."""
ALIKE = 1e-12


def laid_out(portfolio: Portfolio, answer: Found) -> tuple[Any, ...]:
    """Return what decides where each value of a workbook stands."""
    frame = portfolio.frame
    ways = [(way.strategy.name, way.lines.overflow) for way in answer.strategies if not way.out]
    centres = [each.cost_centre for each in portfolio.workloads]
    hours = answer.starting[1]["load_hours"]
    return names(portfolio), centres, ways, hours, frame.horizon_months, frame.currency


def with_scenario(path: Path, content: bytes, after: Portfolio) -> tuple[bytes, Portfolio]:
    """Return a workbook with another scenario on its sheet, and the portfolio that it then has.

    A formula that somebody put there stays, and its value counts.
    """
    wanted = {_key(row): row.known for row in rows(after.content)}
    new = _written(path, content, wanted)
    now, _ = given.read(Reader(path, new))
    held = {_key(row): row.known.get("base") for row in rows(now)}
    made = {key: {MADE: base} for key, base in held.items()}
    new, _ = renewed(path, new, TABLE, KEYS, made, add=False)
    return new, parse_portfolio(now, path.name)


def _key(row: Any) -> tuple[str, ...]:
    return row.section, row.name, row.key


def _written(path: Path, content: bytes, wanted: Mapping[tuple[str, ...], Any]) -> bytes:
    """Write every value of a scenario; one that it does not have any more is made blank."""
    now, _ = given.read(Reader(path, content))
    blank: dict[str, Any] = dict.fromkeys((*FIELDS.values(), MADE))
    every = {_key(row): dict(blank) for row in rows(now)}
    for key, known in wanted.items():
        said = {FIELDS[part]: value for part, value in known.items()}
        own = dict(zip(KEYS, key, strict=True))
        every[key] = {**own, **blank, **said, MADE: known.get("base")}
    new, _ = renewed(path, content, TABLE, KEYS, every)
    return new


def moved(portfolio: Portfolio, before: Found, after: Found) -> Iterator[str]:
    """Say which prices, nodes and people are others, by engine and in the first month they are."""
    called = names(portfolio)
    for b, engine in enumerate(called.each_billed, start=1):
        pairs = {f"w{w}_b{b}_price_per_mtok": called.each_workload[w - 1] for w in called.workloads}
        for month, said in _changed(pairs, before, after).items():
            yield f"{engine}, a million tokens in month {month}: {', '.join(said)}"
    for p, pool in enumerate(called.each_pool, start=1):
        lines = {f"p{p}_running_per_month": "a node", f"p{p}_node_now_capex": "a node bought"}
        lines |= {
            f"w{w}_p{p}_capacity_tokens_per_hour": f"tokens an hour, {called.each_workload[w - 1]}"
            for w in called.workloads
        }
        for month, said in _changed(lines, before, after).items():
            yield f"{pool}, in month {month}: {', '.join(said)}"
    for month, said in _changed({"people_per_month": "a month"}, before, after).items():
        yield f"People and tools, {said[0]}{f' in month {month}' * (month > 1)}"


def _changed(lines: Mapping[str, str], before: Found, after: Found) -> dict[int, list[str]]:
    """Return what is another, by the first month in which it is."""
    told: dict[int, list[str]] = {}
    for name, label in lines.items():
        one, other = (_held(each, name) for each in (before, after))
        if one.size and other.size and not _same(one, other):
            at = 0
            if one.shape == other.shape:
                at = int(np.argmin(np.isclose(one.flat, other.flat, ALIKE, 0, equal_nan=True)))
            text = f"{label} {one.flat[at]:,.6g} -> {other.flat[at]:,.6g}"
            told.setdefault(at + 1, []).append(text)
    return told


def _held(answer: Found, name: str) -> Any:
    series, fixed = answer.starting
    return np.asarray(series.get(name, fixed.get(name, ())), float)


def _same(one: Any, other: Any) -> bool:
    return one.shape == other.shape and bool(
        np.allclose(one, other, rtol=ALIKE, atol=0, equal_nan=True)
    )


def is_alike(before: Found, after: Found) -> bool:
    """Say whether nothing that strategies start from is another."""
    pairs = zip(before.starting, after.starting, strict=True)
    return all(
        one.keys() == other.keys()
        and all(
            one[name] == other[name] if isinstance(one[name], str)
            else _same(np.asarray(one[name], float), np.asarray(other[name], float))
            for name in one
        )
        for one, other in pairs
    )  # fmt: skip
