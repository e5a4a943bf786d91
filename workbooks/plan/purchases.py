"""Quotes for accelerators that are bought, as lines of a receipt: cards, or servers of several."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from pathlib import Path

from workbooks import tables
from workbooks.folder.receipts import Line
from workbooks.plan.headed import Headed, headed
from workbooks.plan.monthend.tabular import CODES, MONEY, ActualsError, Row

ROLES = {
    "item": r"item|description|product|position|article|artikel|bezeichnung|produkt|beschreibung"
    r"|hardware|gpu|accelerator|server|beschleuniger|karte",
    "count": r"qty|quantity|count|menge|anzahl|stück",
    "price": r"(?:unit price|price per (?:unit|gpu|card|server)|purchase price|einzelpreis"
    r"|stückpreis|kaufpreis|preis (?:je|pro) (?:stück|gpu|karte|server))",
    "total": r"(?:total|total price|line total|sum|gesamt|gesamtpreis|summe|betrag)",
    "currency": r"currency|währung",
}
SERVER = re.compile(r"\b(?:server|hgx|dgx|node|system|chassis|knoten)\b", re.I)
CARDS = re.compile(
    r"\b(\d+)\s*[-x\u00d7]?\s*(?:gpus?|cards?|accelerators?|karten?|beschleuniger)\b"
    r"|\b(\d+)\s*[x\u00d7]\s*(?:nvidia |amd )?(?=[a-z]{1,3}\d)",
    re.I,
)
ROUNDING = 0.005


def read_quote(path: Path) -> Headed | None:
    """Return the quote in a file; None where nothing in it is an accelerator with a price."""
    found = headed(path, ROLES, "item", "price")
    names = (row.text(found.named) for row in found.table.rows) if found else ()
    return found if any(map(_named, names)) else None


def purchase_lines(
    quote: Headed, day: date, leave_out: Collection[str]
) -> tuple[list[Line], list[str]]:
    """Return a line for each accelerator with its price, and what nothing uses.

    The price of a server is shared by its accelerators.

    Raises
    ------
    ActualsError
        With the place, the value and the rule: of a row that is no accelerator, of a price that
        is for nothing, and of a date, term, minimum or discount that nothing uses, until it is
        said that they may be left out.
    """
    quote.refuse_unused(leave_out)
    leave = {each.casefold() for each in leave_out}
    lines: list[Line] = []
    for row in quote.rows:
        item = row.text(quote.named)
        if item.casefold() in leave:
            continue
        if not _named(item):
            rule = f"it is no accelerator; --leave-out {item!r} says that the plan goes without it"
            raise ActualsError(f"{row.place}: {item!r}: {rule}")
        lines.append(_line(row, quote, item, day))
    return lines, quote.unused


def _line(row: Row, quote: Headed, item: str, day: date) -> Line:
    (hardware, *others) = _named(item)
    if others:
        names = ", ".join((hardware, *others))
        raise ActualsError(f"{row.place}: {item!r} may be {names}; write the one that is meant")
    price, count = row.number(quote.roles["price"]), _count(row, item)
    if math.isnan(price) or price <= 0:
        held = row.text(quote.roles["price"])
        raise ActualsError(f"{row.place}: the price is {held!r}; it must be a number above 0")
    _check_total(row, quote, price)
    return {
        **{"table": "hardware", "hardware": hardware, "buy_currency": _currency(row, quote)},
        **{f"buy_{end}_per_gpu": price / count for end in ("low", "base", "high")},
        **{"buy_source": f"your quote {quote.table.name}: {item}", "buy_as_of": day},
        "quote_needed": "no",
    }


def _check_total(row: Row, quote: Headed, price: float) -> None:
    if {"count", "total"} <= quote.roles.keys():
        count, total = (row.number(quote.roles[role]) for role in ("count", "total"))
        if abs(count * price - total) > ROUNDING * total:
            held = f"{count:g} times {price:,.2f} is not {total:,.2f}"
            raise ActualsError(f"{row.place}: {held}; one of the three is wrong")


def _currency(row: Row, quote: Headed) -> str:
    column = quote.roles.get("currency", "")
    above = row.heading if quote.roles["price"] == "cost" else quote.roles["price"]
    texts = (row.text(column), row.text(quote.roles["price"]), above)
    for text in texts:
        if found := MONEY.search(text.upper()):
            return CODES.get(found[0], found[0])
    raise ActualsError(f"{row.place}: no currency is named; add a column currency")


def _count(row: Row, item: str) -> int:
    """Return how many accelerators a price is for."""
    found = CARDS.search(item)
    if found:
        return max(int(found[1] or found[2]), 1)
    if SERVER.search(item):
        rule = "write it, such as 8x H100 SXM"
        raise ActualsError(f"{row.place}: {item!r} says no number of accelerators; {rule}")
    return 1


def _named(item: str) -> tuple[str, ...]:
    """Return the accelerators that a text may mean; several where it leaves that open.

    >>> _named("HGX H100 8-GPU server, 2x Xeon"), _named("RTX 4090 24 GB"), _named("3y support")
    (('H100 SXM',), ('RTX 4090',), ())
    >>> _named("NVIDIA H100 80GB")
    ('H100 NVL', 'H100 PCIe', 'H100 SXM')
    """
    text = re.sub(r"\b(?:hgx|dgx)\b", "sxm", item.casefold()).replace("-", " ")
    words = set(re.findall(r"[\w.]+", text))
    known = {row.hardware: set(row.hardware.casefold().split()) for row in tables.accelerators()}
    whole = {name: parts for name, parts in known.items() if parts <= words}
    if whole:
        most = max(map(len, whole.values()))
        return tuple(name for name, parts in whole.items() if len(parts) == most)
    return tuple(_chips(known, words))


def _chips(known: Mapping[str, set[str]], words: set[str]) -> Iterator[str]:
    for name in known:
        chip = name.casefold().split()[0]
        if chip in words and re.search(r"\d", chip):
            yield name
