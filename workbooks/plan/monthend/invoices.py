"""Invoices of own nodes: rent, power, support, people, by month and item, in English or German."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from workbooks.clock import MONTH_NAMES
from workbooks.plan.monthend.bills import ActualsError, Bill, compared, paid
from workbooks.plan.monthend.lines import LINES, line_of
from workbooks.plan.monthend.tabular import Row, headings, table

MONEY = {"month", "cost"}
READ = ("month", "item", "line", "cost", "currency", "rate", "engine")
MATTERS = re.compile(r"discount|rabatt|skonto|minimum|mindest|credit|gutschrift|erlass")
"""A column that changes what was paid, and so may not be left unread."""
PERIOD = re.compile(r"zeitraum|period|\b(von|bis|from|to|until|start|end|beginn|ende)\b")
"""A column that says for which time an invoice is."""
DAY = re.compile(
    r"\b(20\d\d)-(\d\d)|\b\d{1,2}\.(\d{1,2})\.(20\d\d)?|(?<![/.\d])(\d\d?)[/.](20\d\d)"
)


def is_invoice(path: Path) -> bool:
    """Say whether a file has months, items or cost lines, and costs, and no models.

    Raises
    ------
    ActualsError
        If it cannot be read.
    """
    found = headings(path)
    return found >= MONEY and bool({"item", "line"} & found) and "model" not in found


def invoices(path: Path) -> tuple[list[Bill], list[str]]:
    """Return the rows of an invoice as bills of cost lines, and the columns that were not read.

    Raises
    ------
    ActualsError
        With the file, the line, the value and the rule.
    """
    found = table(path)
    others = [each for each in found.columns if each and each not in READ]
    periods = [each for each in others if PERIOD.search(each)]
    unread = [each for each in others if each not in periods]
    for each in unread:
        if MATTERS.search(each):
            rule = "it changes what was paid; give the amounts that were, without that column"
            raise ActualsError(f"{found.name} has a column {each!r}: {rule}")
    named = [name for name in ("item", "line") if name in found.columns]
    found.check(("month", "cost", *named), (*READ, *others))
    for row in found.rows:
        _refuse_longer(row, periods)
    return [_bill(row) for row in found.rows], unread


def _refuse_longer(row: Row, periods: Iterable[str]) -> None:
    """An invoice of several months is no cost of one."""
    month = row.month()
    for name in periods:
        for number, year in _months(row.text(name)):
            if number != month.month or year not in (None, month.year):
                rule = "give each month its part, in a row of its own, without that column"
                told = f"{name} is {row.text(name)!r}, and its month is {month:%Y-%m}"
                raise ActualsError(f"{row.place}: {told}; {rule}")


def _months(text: str) -> Iterator[tuple[int, int | None]]:
    """Yield the months that a period names, with their years where they have one.

    >>> list(_months("01.03.-30.04.2027")), list(_months("March to April"))
    ([(3, None), (4, 2027)], [(3, None), (4, None)])
    """
    for found in DAY.finditer(text):
        year = found[1] or found[4] or found[6]
        yield int(found[2] or found[3] or found[5]), int(year) if year else None
    for word in re.findall(r"[a-zä]{3,}", text.casefold()):
        named = (n for n, name in enumerate(MONTH_NAMES, 1) if re.fullmatch(name, word[:3]))
        yield from ((n, None) for n in named)


def _bill(row: Row) -> Bill:
    item, engine = row.text("item"), row.text("engine")
    text = row.text("line") or item
    part = line_of(text)
    if not part:
        rule = f"add a column line with one of {', '.join(LINES)}"
        raise ActualsError(f"{row.place}: {text!r} names no cost line; {rule}")
    compared(row.place, engine, LINES[part], "")
    cost, rate = paid(row)
    nothing = (0.0, 0.0, 0.0, 0.0)
    paid_in = replace(Bill(row.month(), LINES[part], *nothing, cost), currency=row.currency())
    return replace(paid_in, rate=rate, engine=engine, item=item)
