"""Say what the columns of a price sheet hold, from their headings in English or German."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import lru_cache
from typing import NamedTuple

from workbooks.prices.clouds.lists import Cloud, cloud_of, sheet_of_meters
from workbooks.prices.offers import PER_REQUEST, DoubtfulError
from workbooks.prices.sheet import bounds
from workbooks.prices.sheet.files import Value
from workbooks.prices.sheet.kinds import Held, held_in, kind_of

FIRST_ROWS = 80  # a heading further down belongs to no table that people read from the top

ROLES = {
    "id": r"(?:modell? ?)?(?:id|slug|permaslug|identifier|kennung)",
    "meter": r"meter ?name",
    "family": r"meter ?sub ?category|product ?name",
    "model": r"(?:ai |llm |sprach)?mod(?:ell?(?:e|s)?|èle|ele|elo)(?: ?name| ?bezeichnung)?"
    r"|model version|foundation model|deployment(?: name)?|engine|llm|x aimodel|x ai model",
    "provider": r"(?:model )?(?:provider|vendor|publisher|host|anbieter|hersteller|lieferant"
    r"|fournisseur)(?: name)?",
    "unit": r"unit|units|unit of measure|unitofmeasure|uom|pricing unit|pricingunit|einheit"
    r"|mengeneinheit|preiseinheit|abrechnungseinheit|per|je|pro|price per|preis (?:pro|je)",
    "currency": r"currency|currency ?code|billing ?currency|pricing currency|währung|waehrung|ccy",
    "region": r"(?:meter |arm )?region(?: ?name)?|meterregion|armregionname|location|standort|land"
    r"|deployment type|geography|zone|verarbeitungsort",
    "tier": r"(?:service |pricing |price )?tier|stufe|tarif|processing(?: mode)?|mode|modus|plan",
    "band": r"(?:context|prompt|kontext|input) ?(?:length|size|tier|band|länge|größe)|context",
    "modality": r"modalit(?:y|ies|ät|aet)|media(?: type)?|medium",
    "valid_from": r"(?:valid|effective)(?: from| date| start(?: date)?)?|effective ?start ?date"
    r"|start date|gültig ab|gueltig ab|gilt ab|ab(?: datum)?|from|since",
    "valid_to": r"(?:valid|effective)? ?(?:to|until|end(?: date)?)|effective ?end ?date"
    r"|gültig bis|gueltig bis|bis",
    "kind": r"token ?(?:type|art|kind)|type|art|kind|direction|richtung|component|komponente"
    r"|usage ?type|charge(?: ?type| ?description)?|sku ?meter|line item|position|nutzungsart",
    "volume": r"tier ?minimum ?units",
    "price": r"contracted ?unit ?price|unit ?price|price|preis|stückpreis|einzelpreis|rate|cost"
    r"|kosten|net price|nettopreis|contract price|list ?unit ?price|listenpreis|list price"
    r"|your price|ihr preis",
    "name": r"sku(?: name)?|product(?: name)?|produkt|name|bezeichnung|artikel|service|item",
}
NAMING = ("id", "model", "meter", "name", "family")
"""The roles of columns that may name a model, the best first."""
PRICE_ORDER = ("contract", "your", "ihr", "net", "unit", "price", "preis", "rate", "cost", "list")
_ROLE = {role: re.compile(pattern) for role, pattern in ROLES.items()}

MONEY = re.compile(r"price|preis|cost|kosten|rate\b|usd|eur|[$€£]", re.IGNORECASE)
NET = re.compile(
    r"\b(?:net|netto\w*|contract\w*|negotiated|agreed|discounted|your|our|ihr|vertrag\w*)\b"
)
_PER = re.compile(r" (?:per|je|pro)(?: [\d ]+)?(?: ?(?:[km]|mio|million|tsd))?(?: ?tok(?:ens?)?)?$")
"""What stands behind a price: per 1M tokens."""
_LISTED = re.compile(r"\b(?:list|listen?\w*|public|retail|catalogue?|msrp)\b|before discount")


class Column(NamedTuple):
    """What a column holds: its role, for a price its column in the table, and its heading.

    A price of a service tier, such as flex or priority, is not the standard one.
    """

    role: str
    rate: str
    long_from: int
    heading: str
    tier: str = ""
    held: Held = Held()


class Heading(NamedTuple):
    """The heading of a table: the first row below it, and its columns by position."""

    below: int
    columns: dict[int, Column]
    texts: tuple[str, ...] = ()
    rows: int = 1
    """How many rows it has."""

    @property
    def export(self) -> Cloud | None:
        """Whose price list it is, where a cloud has exported it."""
        return cloud_of(self.texts)

    @property
    def public(self) -> str:
        """The name of the public price list that it is; empty where it is none."""
        cloud = self.export
        return cloud.name if cloud and cloud.is_public(self.texts) else ""

    @property
    def cloud(self) -> Cloud | None:
        """Whose meters the rows name; None where they name models."""
        return self.export or (sheet_of_meters() if self.first("meter") is not None else None)

    def first(self, *roles: str) -> int | None:
        """Return the position of the first column with one of some roles, best role first."""
        found = [(roles.index(c.role), at) for at, c in self.columns.items() if c.role in roles]
        return min(found)[1] if found else None

    @property
    def named(self) -> int | None:
        """The column that names the models."""
        return self.first(*NAMING)

    @property
    def prices(self) -> dict[int, Column]:
        """The columns that hold prices: one for each kind of token, or one for all."""
        rates = _priced({at: each for at, each in self.columns.items() if each.role == "rate"})
        if rates or self.first("kind", "meter") is None:
            return _followed(rates)
        found = sorted(self.columns.items(), key=lambda pair: _preference(pair[1]))
        return _followed({at: each for at, each in found if each.role == "price"})


def _followed(prices: dict[int, Column]) -> dict[int, Column]:
    """Let a price end where another one of its kind begins, or be torn where none says when."""
    kinds: dict[tuple[str, str, int], set[Held]] = {}
    for each in prices.values():
        kinds.setdefault((each.rate, each.tier, each.long_from), set()).add(each.held)
    return {
        at: each._replace(held=_beside(each.held, kinds[each.rate, each.tier, each.long_from]))
        for at, each in prices.items()
    }


def _beside(held: Held, all_held: set[Held]) -> Held:
    """Return when a price holds, among all of its kind."""
    begun = [each.begins for each in all_held if each.begins]
    if held.begins or held.ends or len(all_held) == 1:
        return held
    if begun:
        return held._replace(ends=min(begun) - timedelta(1))
    return held._replace(is_torn=any(each.age for each in all_held))


def _priced(rates: dict[int, Column]) -> dict[int, Column]:
    """Leave out counts of tokens and list prices where a better column of their kind stands."""
    kinds = {at: (each.rate, each.tier, each.held) for at, each in rates.items()}
    best = {
        kind: min(_worth(each) for at, each in rates.items() if kinds[at] == kind)
        for kind in kinds.values()
    }
    return {at: each for at, each in rates.items() if _worth(each) == best[kinds[at]]}


def _worth(column: Column) -> tuple[bool, int, int]:
    """Rank columns of a kind: those that say price; net, plain, list; the first long context."""
    words = column.heading.casefold()
    listed = bool(_LISTED.search(words)) - bool(NET.search(words))
    return not MONEY.search(words), listed, column.long_from


def _preference(column: Column) -> int:
    words = plain(column.heading)
    return next((i for i, word in enumerate(PRICE_ORDER) if word in words), len(PRICE_ORDER))


def plain(text: str) -> str:
    """Return a heading without what stands in brackets, marks and signs.

    >>> plain("Input-Token* (USD / 1M)")
    'input token'
    """
    bare = re.sub(r"\([^)]*\)|\[[^]]*\]", " ", text.casefold())
    bare = re.sub(r"(?<=[a-z])(?=unitprice|unitofmeasure)", "", bare)
    return " ".join(re.sub(r"[^\wäöüß]+|_", " ", bare).split())


@lru_cache(maxsize=10_000)
def column(text: str) -> Column | None:
    """Return what a heading means; None where it means nothing here.

    >>> column("Modell").role, column("Eingabepreis (€/1 Mio.)").rate, column("Context window")
    ('model', 'input_price_per_mtok', None)
    """
    role = next((role for role, each in _ROLE.items() if each.fullmatch(plain(text))), "")
    if role or _is_price(text):
        return Column(role or "price", "", 0, text)
    try:
        rest, held = held_in(text)
    except DoubtfulError:  # no day of the calendar
        return None
    if held != Held() and (not plain(rest) or _is_price(rest)):
        return Column("price", "", 0, text, held=held)
    if bounds.is_fee(rest):
        return Column("rate", PER_REQUEST, 0, text, bounds.tier_in(text), held)
    try:
        rate, long_from = kind_of(rest)
    except DoubtfulError:
        return None
    return Column("rate", rate, long_from, text, bounds.tier_in(text), held)


def _is_price(text: str) -> bool:
    """Whether a heading says price, and of no kind of token."""
    return bool(_ROLE["price"].fullmatch(_PER.sub("", plain(text))))


def headings(rows: Sequence[Sequence[Value]]) -> Iterator[Heading]:
    """Yield the heading of every table in a sheet, from the top."""
    row, found = 0, False
    while row < len(rows) and (found or row < FIRST_ROWS):
        heading = _heading(rows, row) if not found or _names_models(rows[row]) else None
        if heading:
            found = True
            yield heading
            row = len(rows) if heading.export else heading.below
        else:
            row += 1


def _names_models(row: Sequence[Value]) -> bool:
    """Say whether a row below a table can begin another: one of its cells says "model"."""
    cells = (column(text(each)) for each in row[:8] if isinstance(each, str) and len(each) < 120)
    return any(each and each.role in NAMING for each in cells)


def _heading(rows: Sequence[Sequence[Value]], row: int) -> Heading | None:
    texts = [text(cell) for cell in rows[row]]
    single = Heading(row + 1, _columns(texts), tuple(texts))
    if single.export:
        return single
    if row + 1 < len(rows):
        double = Heading(row + 2, _columns(_joined(rows[row], rows[row + 1])), rows=2)
        if _more(double, single) and not _is_data(rows[row + 1], single):
            return double
    return single if _complete(single) else None


def _columns(texts: Sequence[str]) -> dict[int, Column]:
    cloud = cloud_of(texts)
    if cloud:
        roles = ((at, cloud.role(each), each) for at, each in enumerate(texts))
        return {at: Column(role, "", 0, each) for at, role, each in roles if role}
    found = ((at, column(each)) for at, each in enumerate(texts) if 0 < len(each) < 120)
    return {at: each for at, each in found if each}


def _complete(heading: Heading) -> bool:
    return heading.named is not None and bool(heading.prices)


def _more(double: Heading, single: Heading) -> bool:
    """Say whether two rows together tell more than the first alone."""
    if not _complete(double):
        return False
    ours = {each.rate for each in double.prices.values()}
    theirs = {each.rate for each in single.prices.values()}
    units = sum(len(each.heading) for each in double.prices.values())
    alone = sum(len(each.heading) for each in single.prices.values())
    return not _complete(single) or len(ours) > len(theirs) or units > alone


def _is_data(row: Sequence[Value], single: Heading) -> bool:
    """Say whether a row is no second heading: it names a model, or has a number."""
    at = single.named
    if at is not None and at < len(row) and row[at] is not None:
        return True
    return any(not isinstance(cell, str | None) for cell in row)


def _joined(upper: Sequence[Value], lower: Sequence[Value]) -> list[str]:
    """Join two rows of a heading; a merged cell above stands over the blanks to its right."""
    above, joined = "", []
    for at in range(max(len(upper), len(lower))):
        here = text(upper[at]) if at < len(upper) else ""
        below = text(lower[at]) if at < len(lower) else ""
        above = here or (above if below else "")
        joined.append(f"{above} {below}".strip())
    return joined


def text(value: Value) -> str:
    """Return a cell as text; nothing where it is blank."""
    return "" if value is None else " ".join(str(value).split())
