"""Discounts on a list without prices, as lines of a receipt: the list of today, so much lower."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from workbooks import tables
from workbooks.folder.place import changes
from workbooks.folder.receipts import Line
from workbooks.folder.timeline import CONTRACT, timeline
from workbooks.plan.headed import Headed, headed
from workbooks.plan.monthend.tabular import ActualsError, Row
from workbooks.prices.offers import DoubtfulError
from workbooks.prices.sheet.cells import Given, term
from workbooks.prices.sheet.importing import titled
from workbooks.rows import TokenPrice

ROLES = {
    "model": r"models?|modelle?|model (?:name|id)|modellname",
    "discount": r"(?:contract |volume |list )?discount(?: share| percent| in(?: percent)?)?"
    r"|rabatt(?: in(?: prozent)?)?|nachlass(?: in(?: prozent)?)?",
    "currency": r"currency|währung",
    "valid_from": r"(?:valid |effective )?from|valid|effective date|start date|gültig ab|ab",
    "valid_to": r"(?:valid )?(?:to|until)|end date|gültig bis|bis",
    "price": r".*(?:price|preis|input|output|eingabe|ausgabe|per 1m|usd|eur).*",
}
MOST_SHARE = 0.95


class Discount(NamedTuple):
    """A line of a receipt, and the list price it was taken off."""

    line: Line
    listed: TokenPrice
    share: float


def read_discounts(path: Path) -> Headed | None:
    """Return the table of a file that has models and discounts, and no price at all."""
    found = headed(path, ROLES, "model", "discount")
    return None if found is None or "price" in found.roles else found


def discounts(found: Headed, given: Given, day: date) -> list[Discount]:
    """Return a contract for each model: every price of its list of today, so much lower.

    Raises
    ------
    ActualsError
        With the place, the value and the rule.
    """
    found.refuse_unused(given.leave_out)
    return [each for row in found.rows for each in _contracts(found, row, given, day)]


def _contracts(found: Headed, row: Row, given: Given, day: date) -> Iterator[Discount]:
    share = _share(row, found.roles["discount"])
    begins, ends = _term(found, row, given)
    code = row.text(found.roles.get("currency", "")).upper()
    for listed in _listed(row, row.text(found.roles["model"]), day):
        if code and code != listed.currency:
            rule = f"the list of {listed.model} is in {listed.currency}"
            raise ActualsError(f"{row.place}: the currency is {code}; {rule}")
        cells = {name: _lower(name, value, share) for name, value in asdict(listed).items()}
        cells |= {"origin": CONTRACT, "source": titled(found.table.name), "confidence": "high"}
        cells |= {"valid_from": begins or day, "valid_to": ends, "as_of": day}
        yield Discount({"table": "price", **cells, "source_sha256": ""}, listed, share)


def _lower(name: str, value: object, share: float) -> object:
    is_price = name.endswith("price_per_mtok") or name == "price_per_request"
    return round(value * (1 - share), 9) if is_price and isinstance(value, float) else value


def _share(row: Row, column: str) -> float:
    """Return a discount: 15 %, 15 below a heading with a percent sign, or 0.15."""
    text = row.text(column)
    is_percent = "%" in text or "%" in column or "percent" in column or "prozent" in column
    bare = Row(row.place, {**row.cells, column: text.replace("%", "").strip()}, row.marks)
    number = bare.number(column)
    if not is_percent and 1 <= number < 2:
        raise ActualsError(f"{row.place}: the discount is {text!r}; write it with a percent sign")
    share = number / 100 if is_percent or number > 1 else number
    if not 0 < share <= MOST_SHARE:
        raise ActualsError(f"{row.place}: the discount is {text!r}; it must be above 0, up to 95 %")
    return share


def _term(found: Headed, row: Row, given: Given) -> tuple[date | None, date | None]:
    held = [row.cells.get(found.roles.get(role, "")) for role in ("valid_from", "valid_to")]
    try:
        begins, ends = term(held[0], held[1])
    except DoubtfulError as error:
        raise ActualsError(f"{row.place}: {error}") from None
    last = given.valid_to + timedelta(1) if given.valid_to else None
    return begins or given.valid_from, ends or last


def _listed(row: Row, name: str, day: date) -> list[TokenPrice]:
    """Return the list prices of a model, or of all whose names a pattern such as openai/* fits."""
    written = tables.written_prices(changes())
    names = [each for each in written if each == name or fnmatchcase(each, name)]
    lists = (timeline([r for r in written[each] if r.origin != CONTRACT]) for each in names)
    found = [price for rows in lists for price in rows if price.holds_on(day)]
    if not found:
        try:
            tables.price_on(name, day)
        except LookupError as error:
            raise ActualsError(f"{row.place}: {error.args[0]}") from None
        raise ActualsError(f"{row.place}: {name} has no list price to take a discount off")
    return found
