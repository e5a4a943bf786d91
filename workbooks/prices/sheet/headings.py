"""Say what the columns of a price sheet hold, from their headings in English or German."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from workbooks.prices.offers import (
    BATCH_INPUT,
    BATCH_OUTPUT,
    CACHED,
    INPUT,
    LONG_INPUT,
    LONG_OUTPUT,
    OUTPUT,
    WRITE,
    DoubtfulError,
)
from workbooks.prices.sheet.files import Value

FIRST_ROWS = 80  # a heading further down belongs to no table that people read from the top

ROLES = {
    "meter": r"meter ?name",
    "model": r"(?:ai |llm |sprach)?modell?(?:e|s)?(?: ?name| ?id| ?bezeichnung| version)?"
    r"|foundation model|deployment(?: name)?|engine|llm",
    "provider": r"(?:model )?(?:provider|vendor|publisher|host|anbieter|hersteller|lieferant)"
    r"(?: name)?",
    "unit": r"unit|units|unit of measure|unitofmeasure|uom|pricing unit|pricingunit|einheit"
    r"|mengeneinheit|preiseinheit|abrechnungseinheit|per|je|pro|price per|preis (?:pro|je)",
    "currency": r"currency|currency ?code|billing ?currency|pricing currency|währung|waehrung|ccy",
    "region": r"(?:meter |arm )?region(?: ?name)?|meterregion|armregionname|location|standort|land"
    r"|deployment type|geography|zone|verarbeitungsort",
    "tier": r"(?:service |pricing |price )?tier|stufe|tarif|processing(?: mode)?|mode|modus|plan",
    "valid_from": r"(?:valid|effective)(?: from| date| start(?: date)?)?|effective ?start ?date"
    r"|start date|gültig ab|gueltig ab|gilt ab|ab(?: datum)?|from|since",
    "valid_to": r"(?:valid|effective)? ?(?:to|until|end(?: date)?)|effective ?end ?date"
    r"|gültig bis|gueltig bis|bis",
    "kind": r"token ?(?:type|art|kind)|type|art|kind|direction|richtung|component|komponente"
    r"|usage ?type|charge(?: type| description)?|line item|position|nutzungsart",
    "price": r"contracted ?unit ?price|unit ?price|price|preis|stückpreis|einzelpreis|rate|cost"
    r"|kosten|net price|nettopreis|list ?unit ?price|listenpreis|list price|your price|ihr preis",
    "name": r"sku(?: name)?|product(?: name)?|produkt|name|bezeichnung|artikel|service|item",
}
PRICE_ORDER = ("contracted", "your", "ihr", "net", "unit", "price", "preis", "rate", "cost", "list")
_ROLE = {role: re.compile(pattern) for role, pattern in ROLES.items()}

_WINDOW = re.compile(r"context (?:window|length|size)|kontext(?:fenster|länge)|max(?:imum)? |limit")
_INPUT = re.compile(r"\b(?:inputs?|prompts?|request|context|inp|inpt|in)\b|\beingabe|\beingang")
_OUTPUT = re.compile(
    r"\b(?:outputs?|completions?|responses?|generated|generation|outp|outpt|out)\b|\bausgabe"
    r"|\bausgang|\bantwort"
)
_CACHED = re.compile(r"\b(?:cached?|caching|hit|cchd)\b|zwischengespeichert|\bgecacht|\bcache")
_WRITE = re.compile(r"\b(?:writes?|writing|creation|created|written)\b|schreib|erstell|anlegen")
_BATCH = re.compile(r"\bbatch|\bstapel")
_OTHER = re.compile(
    r"\b(?:storage|audio|images?|video|vision|embeddings?|training|fine ?tun\w*|search|tools?"
    r"|reasoning|thinking|savings?|discount|ratio|latency|throughput|quota|volume)\b"
    r"|\bspeicher|\bbild|\brabatt|\bmenge|\bnachdenken|\b1 ?h(?:r|our)?\b|\bextended\b"
)
_ABOVE = re.compile(r"(?:>=?|≥|over|above|exceeding|über|ueber|mehr als|more than)\s*(\d{2,4})\s*k")


class Column(NamedTuple):
    """What a column holds: its role, for a price its column in the table, and its heading."""

    role: str
    rate: str
    long_from: int
    heading: str


class Heading(NamedTuple):
    """The heading of a table: the first row below it, and its columns by position."""

    below: int
    columns: dict[int, Column]

    def first(self, *roles: str) -> int | None:
        """Return the position of the first column with one of some roles, best role first."""
        found = [(roles.index(c.role), at) for at, c in self.columns.items() if c.role in roles]
        return min(found)[1] if found else None

    @property
    def named(self) -> int | None:
        """The column that names the models."""
        return self.first("model", "meter", "name")

    @property
    def prices(self) -> dict[int, Column]:
        """The columns that hold prices: one for each kind of token, or one for all."""
        rates = {at: column for at, column in self.columns.items() if column.role == "rate"}
        if rates or self.first("kind", "meter") is None:
            return rates
        return {
            at: c
            for at, c in sorted(self.columns.items(), key=lambda pair: _preference(pair[1]))
            if c.role == "price"
        }


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


def kind_of(text: str) -> tuple[str, int]:
    """Return the column of the price table that a text means, and its long-context size.

    A cache write is named "cached" too and comes first. What is neither input nor output, or
    more than text, has no column.

    Raises
    ------
    DoubtfulError
        If the price table has no column for it, or the text does not say.

    Examples
    --------
    >>> kind_of("Cached input"), kind_of("Cache write")
    (('cached_price_per_mtok', 0), ('cache_write_price_per_mtok', 0))
    >>> kind_of("Ausgabe-Token, Batch")
    ('batch_output_price_per_mtok', 0)
    >>> kind_of("Input > 200K tokens")
    ('long_context_input_price_per_mtok', 200000)
    """
    words = " ".join(re.sub(r"[_\-/]", " ", text.casefold()).split())
    if _WINDOW.search(words) or (other := _OTHER.search(words)):
        named = other[0] if not _WINDOW.search(words) and other else "limits"
        raise DoubtfulError(f"the price table has no column for {named!r}")
    above = _ABOVE.search(words)
    said = (bool(_INPUT.search(words)), bool(_OUTPUT.search(words)))
    batch, cached = bool(_BATCH.search(words)), bool(_CACHED.search(words))
    if cached and (batch or above or said[1]):
        raise DoubtfulError("the price table has no column for this price of cached tokens")
    if cached:
        return (WRITE if _WRITE.search(words) else CACHED), 0
    if said[0] == said[1]:
        raise DoubtfulError("it does not say whether it is for input or output")
    if above and batch:
        raise DoubtfulError("the price table has no column for long batch jobs")
    if above:
        return (LONG_INPUT if said[0] else LONG_OUTPUT), int(above[1]) * 1000
    if batch:
        return (BATCH_INPUT if said[0] else BATCH_OUTPUT), 0
    return (INPUT if said[0] else OUTPUT), 0


def column(text: str) -> Column | None:
    """Return what a heading means; None where it means nothing here.

    >>> column("Modell").role, column("Eingabepreis (€/1 Mio.)").rate, column("Context window")
    ('model', 'input_price_per_mtok', None)
    """
    words = plain(text)
    for role, pattern in _ROLE.items():
        if pattern.fullmatch(words):
            return Column(role, "", 0, text)
    try:
        rate, long_from = kind_of(text)
    except DoubtfulError:
        return None
    return Column("rate", rate, long_from, text)


def headings(rows: Sequence[Sequence[Value]]) -> Iterator[Heading]:
    """Yield the heading of every table in a sheet, from the top."""
    row, found = 0, False
    while row < len(rows) and (found or row < FIRST_ROWS):
        heading = _heading(rows, row)
        if heading:
            found = True
            yield heading
            row = heading.below
        else:
            row += 1


def _heading(rows: Sequence[Sequence[Value]], row: int) -> Heading | None:
    one = _columns([text(cell) for cell in rows[row]])
    single = Heading(row + 1, one)
    if row + 1 < len(rows):
        double = Heading(row + 2, _columns(_joined(rows[row], rows[row + 1])))
        if _more(double, single) and not _is_data(rows[row + 1], single):
            return double
    return single if _complete(single) else None


def _columns(texts: Sequence[str]) -> dict[int, Column]:
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
