"""What was billed, by month and model, and the small plain table that says it."""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from costcore.language.criteria import LONGEST_CRITERION
from workbooks.headings import adds_up
from workbooks.plan.monthend.tabular import LARGEST, ActualsError, Row, Table, headings, table
from workbooks.scenario.entries import LONGEST_SHOWN

__all__ = ["ActualsError", "Bill", "bill", "compared", "is_plain", "paid", "plain"]

REQUIRED = ("month", "model", "tokens", "cost")
FEWEST_WITH_SUM = 3
"""Rows of which one may be the sum: of two that are alike each is like the other."""
SUM_SHARE = 1e-4
"""What rounding may make of the share by which a sum differs from its parts."""
OPTIONAL = (
    *("requests", "cached_tokens", "output_tokens", "currency", "rate", "basis"),
    *("engine", "workload", "item", "option"),
)
BASES = BILLED, SPREAD, LISTED = "billed", "billed, spread", "list price"


@dataclass(frozen=True, slots=True)
class Bill:
    """Tokens and cost of one model in one month; nan is not known."""

    month: datetime.date
    model: str
    input_tokens: float
    cached_tokens: float
    output_tokens: float
    other_tokens: float
    """Of a kind that is not told."""
    billed: float
    requests: float = math.nan
    currency: str = ""
    """Blank: the currency of the plan."""
    rate: float = math.nan
    """Booked exchange rate to the currency of the plan."""
    basis: str = BILLED
    engine: str = ""
    """Of several, the one that billed it, or the pool of a cost line; blank: not told."""
    workload: str = ""
    """Of several, whose it is; blank: not told."""
    item: str = ""
    """What an invoice calls it."""
    option: str = ""
    """Option or strategy that was run in its month; blank: not told."""

    @property
    def tokens(self) -> float:
        """Tokens of every kind."""
        return self.input_tokens + self.cached_tokens + self.output_tokens + self.other_tokens


def is_plain(path: Path) -> bool:
    """Say whether a file is the plain table rather than an export, whatever its cost is called.

    Raises
    ------
    ActualsError
        If it cannot be read.
    """
    return set(REQUIRED) - {"cost"} <= headings(path)


def plain(path: Path) -> list[Bill]:
    """Read the bills of a file that holds a plain table.

    Raises
    ------
    ActualsError
        With the file, the line, the value and the rule.
    """
    return plain_bills(table(path))


def plain_bills(found: Table) -> list[Bill]:
    """Return the bills of a plain table: month, model, tokens, cost, and what of `OPTIONAL` it has.

    Raises
    ------
    ActualsError
        With the file, the line, the value and the rule.
    """
    found.check(REQUIRED, OPTIONAL)
    refuse_sums(found.rows, "model")
    first: dict[tuple[object, ...], Row] = {}
    for row in found.rows:
        same = first.setdefault(tuple(row.cells.values()), row)
        if same is not row:
            rule = "give it once, or tell the two apart in a column item"
            raise ActualsError(f"{row.place}: it says the same as {same.place}; {rule}")
    read = [bill(row) for row in found.rows]
    _refuse_repeated(read, found.rows)
    return read


def _refuse_repeated(bills: Sequence[Bill], rows: Sequence[Row]) -> None:
    """Refuse a row whose tokens and cost are those of all others of its month and name together.

    A month beside its days is no more than they are, whatever it is called.
    """
    of: dict[tuple[object, ...], list[int]] = {}
    for at, each in enumerate(bills):
        named = (each.engine, each.model, each.workload, each.item, each.option, each.currency)
        of.setdefault((each.month, *named), []).append(at)
    for places in of.values():
        told = np.array([(bills[at].tokens, bills[at].billed) for at in places])
        if len(places) < FEWEST_WITH_SUM or not (told > 0).all():
            continue
        is_sum = np.isclose(2 * told, told.sum(axis=0), rtol=SUM_SHARE, atol=0).all(axis=1)
        if is_sum.any():
            at = places[int(is_sum.argmax())]
            said = f"{rows[at].place}: {bills[at].model!r} has the tokens and the cost"
            raise ActualsError(f"{said} of all its other rows of the month; leave it out")


def refuse_sums(rows: Sequence[Row], name: str) -> None:
    """Refuse a row that adds up others, as the text of a column says.

    Raises
    ------
    ActualsError
        With its place.
    """
    texts = {row.text(name) for row in rows}
    for row in rows:
        if adds_up(row.text(name), texts):
            told = f"{row.place}: {row.text(name)!r} repeats what other rows say"
            raise ActualsError(f"{told}; leave it out")


def _kinds(row: Row) -> tuple[float, float, float, float]:
    """Return input, cached, output and other tokens; all are other where kinds are unknown."""
    tokens = row.number("tokens")
    tokens = 0.0 if math.isnan(tokens) else tokens
    cached, output = row.number("cached_tokens"), row.number("output_tokens")
    if np.nansum([cached, output]) > tokens:
        raise ActualsError(f"{row.place}: cached and output tokens are more than tokens")
    if math.isnan(cached + output):
        return 0.0, 0.0, 0.0, tokens
    return tokens - cached - output, cached, output, 0.0


def bill(row: Row) -> Bill:
    """Return a row of the plain table.

    Raises
    ------
    ActualsError
        With the place, the value and the rule.
    """
    model = row.text("model")
    if not model:
        raise ActualsError(f"{row.place}: model is blank; name the model, or what was billed")
    refuse_sums([row], "model")
    cost, rate = paid(row)
    requests, basis = row.number("requests"), row.text("basis") or BILLED
    if basis not in BASES:
        rule = f"it must be one of {', '.join(BASES)}"
        raise ActualsError(f"{row.place}: basis is {basis!r}; {rule}")
    known = Bill(row.month(), model, *_kinds(row), cost, requests, row.currency(), rate, basis)
    names = ("engine", "workload", "item", "option")
    engine, workload, item, option = (row.text(name) for name in names)
    compared(row.place, engine, model, workload)
    return replace(known, engine=engine, workload=workload, item=item, option=option)


def compared(place: str, engine: str, model: str, workload: str) -> str:
    """Return the name that a row is compared by: its engine, model and workload, each once.

    >>> compared("bill.csv, line 2", "openai", "gpt-5", "openai")
    'openai: gpt-5'

    Raises
    ------
    ActualsError
        If it is longer than a criterion may be.
    """
    name = ": ".join(dict.fromkeys(filter(None, (engine, model, workload))))
    if len(name) > LONGEST_CRITERION:
        rule = f"a worksheet compares at most {LONGEST_CRITERION}; give it a shorter name"
        told = f"the name {name[:LONGEST_SHOWN]!r}... of engine, model and workload"
        raise ActualsError(f"{place}: {told} has {len(name)} characters; {rule}")
    return name


def paid(row: Row) -> tuple[float, float]:
    """Return the cost of a row, and its booked exchange rate.

    Raises
    ------
    ActualsError
        If there is no cost, or a rate of 0.
    """
    cost, rate = row.number("cost", -LARGEST), row.number("rate")
    if math.isnan(cost):
        raise ActualsError(f"{row.place}: cost is blank; it must be a number")
    if rate == 0:
        raise ActualsError(f"{row.place}: rate is 0; it must be more than 0")
    return cost, rate
