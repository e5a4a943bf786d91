"""Workbooks, small ones, that are damaged for what reads them."""

import io
import re
import tempfile
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from functools import cache
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from pptx import Presentation

from tests.workbooks.budgets import corner
from workbooks.plan.mixing.finding import found
from workbooks.plan.plan import Plan, plan
from workbooks.portfolio.reading import load
from workbooks.portfolio.reading import ready as portfolios
from workbooks.scenario.own_rows import TABLES
from workbooks.sheets.budget import budget
from workbooks.sheets.examples import examples
from workbooks.sheets.portfolio.book import portfolio_book
from workbooks.sheets.template import blank

Files = Mapping[str, bytes]

SHORT = 12
"""Months of what is damaged: a longer plan is read alike, and takes as much longer as it is."""


def shorter(file: Traversable) -> bytes:
    """Return a scenario file of few months."""
    return re.sub(
        rb"(?<=\n)(horizon_months|last_month) = \d+", rb"\1 = %d" % SHORT, file.read_bytes()
    )


@cache
def budgets() -> Files:
    """Return three budgets: a template, one that rents, one that never pays."""
    return {
        "template.xlsx": budget(_short(blank()), palette=True),
        "rented.xlsx": budget(_short(corner("rented"))),
        "never.xlsx": budget(_short(corner("never"))),
    }


FEW_ROWS = 5
"""Rows of a table beside those that the plan names: the next would be read as these are."""


def _short(ours: Plan) -> Plan:
    """A plan of few months, with few rows in its tables."""
    short = plan(replace(ours.scenario, horizon_months=SHORT))
    entries = short.scenario.entries.values()
    named = {end for entry in entries for end in (entry.low, entry.base, entry.high)}
    long = (table for name, table in TABLES.items() if name != "rate")
    few = {each.part: _few(getattr(short.tables, each.part), each.key, named) for each in long}
    return replace(short, tables=replace(short.tables, **few))


def _few(rows: Sequence[Any], key: str, named: Set[Any]) -> list[Any]:
    return [row for place, row in enumerate(rows) if place < FEW_ROWS or getattr(row, key) in named]


@cache
def decks() -> Files:
    """Return a deck without a slide."""
    content = io.BytesIO()
    Presentation().save(content)
    return {"company.pptx": content.getvalue()}


@cache
def portfolio_books() -> Files:
    """Return the workbook of several workloads."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "article.toml")
        file.write_bytes(shorter(portfolios()["article-2-providers"]))
        ours = load(file)
    return {"portfolio.xlsx": portfolio_book(ours, found(ours, None, 0))}


@cache
def calling() -> Files:
    """Return workbooks that call worksheet functions."""
    return {"lite.xlsx": examples(lite=True), "template.xlsx": budgets()["template.xlsx"]}
