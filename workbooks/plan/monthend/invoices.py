"""Invoices of own nodes: rent, power, support, people, by month and item, in English or German."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from workbooks.plan.monthend.bills import ActualsError, Bill, compared, paid
from workbooks.plan.monthend.lines import LINES, line_of
from workbooks.plan.monthend.tabular import Row, headings, table

MONEY = {"month", "cost"}
READ = ("month", "item", "line", "cost", "currency", "rate", "engine")
MATTERS = re.compile(r"discount|rabatt|skonto|minimum|mindest|credit|gutschrift|erlass")
"""A column that changes what was paid, and so may not be left unread."""


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
    unread = [each for each in found.columns if each and each not in READ]
    for each in unread:
        if MATTERS.search(each):
            rule = "it changes what was paid; give the amounts that were, without that column"
            raise ActualsError(f"{found.name} has a column {each!r}: {rule}")
    named = [name for name in ("item", "line") if name in found.columns]
    found.check(("month", "cost", *named), (*READ, *unread))
    return [_bill(row) for row in found.rows], unread


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
