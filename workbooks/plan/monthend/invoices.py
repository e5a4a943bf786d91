"""Invoices of own nodes: rent, power, support, people, by month and item, in English or German."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from workbooks.clock import MONTH_NAMES
from workbooks.plan.monthend.bills import ActualsError, Bill, compared, paid, refuse_sums
from workbooks.plan.monthend.lines import LINES, ONCE, line_of
from workbooks.plan.monthend.tabular import Row, Table, headings
from workbooks.prices.sheet.cells import MONTH
from workbooks.prices.sheet.kinds import GROSS

MONEY = {"month", "cost"}
READ = ("month", "item", "line", "cost", "currency", "rate", "engine")
MATTERS = re.compile(r"discount|rabatt|skonto|minimum|mindest|credit|gutschrift|erlass")
"""A column that changes what was paid, and so may not be left unread."""
PERIOD = re.compile(r"zeitraum|period|\b(von|bis|from|to|until|start|end|beginn|ende)\b")
"""A column that says for which time an invoice is."""
DAY = re.compile(
    r"\b(20\d\d)-(\d\d)|\b\d{1,2}\.(\d{1,2})\.(20\d\d)?|(?<![/.\d])(\d\d?)[/.](20\d\d)"
)


LONGER = re.compile(
    r"\bq[1-4]\b|\bquarter|quartal|half[- ]year|halbjahr|\bh[12](?=[ /]?20\d\d)|jährlich|pro jahr"
    r"|(?:annual|yearly)(?! (?:commit|contract|term|reserv))|jahres(?!vertrag|laufzeit)|per year",
    re.IGNORECASE,
)
"""Words for more than a month, but not for a contract that is paid by the month."""
YEAR = re.compile(r"(?:jahr |year )?20\d\d", re.IGNORECASE)
CREDIT = re.compile(
    r"gutschrift|erstattung|rückvergütung|storno|credit (?:note|memo)|refund"
    r"|^(?:rabatt|nachlass|discount)",
    re.IGNORECASE,
)
"""Words for what is paid back."""
SCALED = re.compile(r"\b(?:tsd|tausend|thousands?|mio|millione?n?s?|[kt](?:eur|usd|€|\$))\b")
SHARED = "give each month its part, in a row of its own"


def is_invoice(path: Path) -> bool:
    """Say whether a file has months, items or cost lines, and costs, and no models.

    Raises
    ------
    ActualsError
        If it cannot be read.
    """
    found = headings(path)
    priced = found >= MONEY or ("month" in found and any(map(_not_as_paid, found)))
    return priced and bool({"item", "line"} & found) and not {"model", "tokens"} & found


def _not_as_paid(heading: str) -> str:
    """Say why the amounts below a heading are none to plan with; blank where nothing does.

    >>> _not_as_paid("bruttobetrag"), _not_as_paid("betrag in tsd. eur"), _not_as_paid("betrag")
    ('include tax', 'are in thousands or millions', '')
    """
    if GROSS.search(heading):
        return "include tax"
    return "are in thousands or millions" if SCALED.search(heading) else ""


def invoices(found: Table) -> tuple[list[Bill], list[str]]:
    """Return the rows of an invoice as bills of cost lines, and the columns that were not read.

    Raises
    ------
    ActualsError
        With the file, the line, the value and the rule.
    """
    for each in found.columns if "cost" not in found.columns else ():
        if why := _not_as_paid(each):
            rule = "give the net amounts, written out, in a column cost"
            raise ActualsError(f"{found.name}: the amounts below {each!r} {why}; {rule}")
    others = [each for each in found.columns if each and each not in READ]
    periods = [each for each in others if PERIOD.search(each)]
    unread = [each for each in others if each not in periods]
    for each in unread:
        if MATTERS.search(each):
            rule = "it changes what was paid; give the amounts that were, without that column"
            raise ActualsError(f"{found.name} has a column {each!r}: {rule}")
    named = [name for name in ("item", "line") if name in found.columns]
    found.check(("month", "cost", *named), (*READ, *others))
    refuse_sums(found.rows, "item")
    for row in found.rows:
        _refuse_longer(row, periods)
    return [_bill(row) for row in found.rows], unread


def _refuse_longer(row: Row, periods: Iterable[str]) -> None:
    """An invoice of several months is no cost of one."""
    month = row.month()
    for name in periods:
        if found := LONGER.search(row.text(name)) or YEAR.fullmatch(row.text(name)):
            raise ActualsError(f"{row.place}: {name} says {found[0]!r}; {SHARED}")
        for number, year in _months(row.text(name)):
            if number != month.month or year not in (None, month.year):
                told = f"{name} is {row.text(name)!r}, and its month is {month:%Y-%m}"
                raise ActualsError(f"{row.place}: {told}; {SHARED}, without that column")


def _refuse_item(row: Row, part: str, cost: float) -> None:
    """Refuse an item whose text says that its amount is no cost of a month as it stands.

    What comes each month is none where it is of several, or a year.
    """
    text = row.text("item")
    days = {number for number, year in _days(text)}
    named = {each[0].casefold()[:3] for each in re.finditer(MONTH, text, re.IGNORECASE)}
    longer = LONGER.search(text) or len(days) > 1 or len(named) > 1
    if longer and LINES[part] not in (*ONCE, LINES["contracts"]):
        raise ActualsError(f"{row.place}: {text!r} is of more than a month; {SHARED}")
    if cost > 0 and CREDIT.search(text):
        rule = "give what is paid back below zero, or name it otherwise"
        raise ActualsError(f"{row.place}: {text!r} of {cost:,.2f} says that it is a credit; {rule}")
    if GROSS.search(text):
        rule = "give the net amount, and name it without"
        raise ActualsError(f"{row.place}: {text!r} says that its amount includes tax; {rule}")


def _months(text: str) -> Iterator[tuple[int, int | None]]:
    """Yield the months that a period names, with their years where they have one.

    >>> list(_months("01.03.-30.04.2027")), list(_months("March to April"))
    ([(3, None), (4, 2027)], [(3, None), (4, None)])
    """
    yield from _days(text)
    for word in re.findall(r"[a-zä]{3,}", text.casefold()):
        named = (n for n, name in enumerate(MONTH_NAMES, 1) if re.fullmatch(name, word[:3]))
        yield from ((n, None) for n in named)


def _days(text: str) -> Iterator[tuple[int, int | None]]:
    """Yield the months that stand in numbers."""
    for found in DAY.finditer(text):
        year = found[1] or found[4] or found[6]
        yield int(found[2] or found[3] or found[5]), int(year) if year else None


def _bill(row: Row) -> Bill:
    item, engine = row.text("item"), row.text("engine")
    text = row.text("line") or item
    part = line_of(text)
    if not part:
        rule = f"add a column line with one of {', '.join(LINES)}"
        raise ActualsError(f"{row.place}: {text!r} names no cost line; {rule}")
    compared(row.place, engine, LINES[part], "")
    cost, rate = paid(row)
    _refuse_item(row, part, cost)
    nothing = (0.0, 0.0, 0.0, 0.0)
    paid_in = replace(Bill(row.month(), LINES[part], *nothing, cost), currency=row.currency())
    return replace(paid_in, rate=rate, engine=engine, item=item)
