"""Say what the columns of a price sheet hold, from their headings in English or German."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from workbooks.prices.offers import (
    BATCH_INPUT,
    BATCH_OUTPUT,
    INPUT,
    LONG_INPUT,
    LONG_OUTPUT,
    OUTPUT,
    PER_REQUEST,
    DoubtfulError,
)
from workbooks.prices.sheet import bounds
from workbooks.prices.sheet.files import Value

FIRST_ROWS = 80  # a heading further down belongs to no table that people read from the top

ROLES = {
    "id": r"(?:model ?)?(?:id|slug|permaslug|identifier)",
    "meter": r"meter ?name",
    "family": r"meter ?sub ?category|product ?name",
    "model": r"(?:ai |llm |sprach)?modell?(?:e|s)?(?: ?name| ?bezeichnung| version)?"
    r"|foundation model|deployment(?: name)?|engine|llm|x aimodel|x ai model",
    "provider": r"(?:model )?(?:provider|vendor|publisher|host|anbieter|hersteller|lieferant)"
    r"(?: name)?",
    "unit": r"unit|units|unit of measure|unitofmeasure|uom|pricing unit|pricingunit|einheit"
    r"|mengeneinheit|preiseinheit|abrechnungseinheit|per|je|pro|price per|preis (?:pro|je)",
    "currency": r"currency|currency ?code|billing ?currency|pricing currency|währung|waehrung|ccy",
    "region": r"(?:meter |arm )?region(?: ?name)?|meterregion|armregionname|location|standort|land"
    r"|deployment type|geography|zone|verarbeitungsort",
    "tier": r"(?:service |pricing |price )?tier|stufe|tarif|processing(?: mode)?|mode|modus|plan",
    "band": r"(?:context|prompt|kontext|input) ?(?:length|size|tier|band|länge|größe)|context",
    "valid_from": r"(?:valid|effective)(?: from| date| start(?: date)?)?|effective ?start ?date"
    r"|start date|gültig ab|gueltig ab|gilt ab|ab(?: datum)?|from|since",
    "valid_to": r"(?:valid|effective)? ?(?:to|until|end(?: date)?)|effective ?end ?date"
    r"|gültig bis|gueltig bis|bis",
    "kind": r"token ?(?:type|art|kind)|type|art|kind|direction|richtung|component|komponente"
    r"|usage ?type|charge(?: ?type| ?description)?|sku ?meter|line item|position|nutzungsart",
    "price": r"contracted ?unit ?price|unit ?price|price|preis|stückpreis|einzelpreis|rate|cost"
    r"|kosten|net price|nettopreis|list ?unit ?price|listenpreis|list price|your price|ihr preis",
    "name": r"sku(?: name)?|product(?: name)?|produkt|name|bezeichnung|artikel|service|item",
}
NAMING = ("id", "model", "meter", "name", "family")
"""The roles of columns that may name a model, the best first."""
PRICE_ORDER = ("contracted", "your", "ihr", "net", "unit", "price", "preis", "rate", "cost", "list")
_ROLE = {role: re.compile(pattern) for role, pattern in ROLES.items()}

_WINDOW = re.compile(r"context (?:window|length|size)|kontext(?:fenster|länge)|max(?:imum)? |limit")
_INPUT = re.compile(r"\b(?:inputs?|prompts?|inp|inpt|in)\b|\beingabe|\beingang")
_CONTEXT = re.compile(r"\b(?:request|context)\b")  # input, unless it is the size of an output's
_OUTPUT = re.compile(
    r"\b(?:outputs?|completions?|responses?|generated|generation|outp|outpt|out)\b|\bausgabe"
    r"|\bausgang|\bantwort"
)
_CACHED = re.compile(r"\b(?:cached?|caching|hit|cchd)\b|zwischengespeichert|\bgecacht|\bcache")
_BATCH = re.compile(r"\bbatch|\bstapel")
_INCLUDING = re.compile(r"\b(?:incl\w*\.?|inkl\w*\.?|einschließlich)\s[^)]*")
_MEDIA = re.compile(r"\b(?:audio|images?|video|vision)\b|\bbild")
_OTHER = re.compile(
    r"\b(?:storage|embeddings?|training|fine ?tun\w*|search|tools?|savings?"
    r"|discount|ratio|latency|throughput|quota|volume|count|share|provisioned|reserved|dedicated"
    r"|committed|off ?peak|ptus?)\b"
    r"|\bspeicher|\brabatt|\bnachlass|\bskonto|\brebate|\bmenge|\banzahl|\bextended\b"
)
MONEY = re.compile(r"price|preis|cost|kosten|rate\b|usd|eur|[$€£]", re.IGNORECASE)
NET = re.compile(
    r"\b(?:net|netto\w*|contract\w*|negotiated|agreed|discounted|your|our|ihr|vertrag\w*)\b"
)
_LISTED = re.compile(r"\b(?:list|listen?\w*|public|retail|catalogue?|msrp)\b|before discount")
_LONG = re.compile(r"\blong(?:er)? context|\blanger kontext")


class Column(NamedTuple):
    """What a column holds: its role, for a price its column in the table, and its heading.

    A price of a service tier, such as flex or priority, is not the standard one.
    """

    role: str
    rate: str
    long_from: int
    heading: str
    tier: str = ""


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
        return self.first(*NAMING)

    @property
    def prices(self) -> dict[int, Column]:
        """The columns that hold prices: one for each kind of token, or one for all."""
        rates = _priced({at: each for at, each in self.columns.items() if each.role == "rate"})
        if rates or self.first("kind", "meter") is None:
            return rates
        return {
            at: c
            for at, c in sorted(self.columns.items(), key=lambda pair: _preference(pair[1]))
            if c.role == "price"
        }


def _priced(rates: dict[int, Column]) -> dict[int, Column]:
    """Leave out counts of tokens and list prices where a better column of their kind stands."""
    kinds = {(each.rate, each.tier): each for each in rates.values()}
    best = {
        kind: min(_worth(each) for each in rates.values() if (each.rate, each.tier) == kind)
        for kind in kinds
    }
    return {at: each for at, each in rates.items() if _worth(each) == best[each.rate, each.tier]}


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
    said = " ".join(re.sub(r"[_\-/]", " ", _INCLUDING.sub("", text.casefold())).split())
    bare, above = bounds.bound(said)
    words = bare if _INPUT.search(bare) or _OUTPUT.search(bare) else said
    _refuse_others(words, sized=bool(above))
    output = bool(_OUTPUT.search(words))
    given = bool(_INPUT.search(words) or (_CONTEXT.search(words) and not output))
    batch, cached = bool(_BATCH.search(words)), bool(_CACHED.search(words))
    if bounds.is_reasoning(words):
        return bounds.reasoning_rate(words, plain=not (given or batch or cached or above)), 0
    if cached:
        return bounds.cached_rate(words, batch, bool(above or output)), 0
    if given == output:
        raise DoubtfulError("it does not say whether it is for input or output")
    if above and batch:
        raise DoubtfulError("the price table has no column for long batch jobs")
    if above:
        return (LONG_OUTPUT if output else LONG_INPUT), above
    if batch:
        return (BATCH_OUTPUT if output else BATCH_INPUT), 0
    return (OUTPUT if output else INPUT), 0


def _refuse_others(words: str, sized: bool) -> None:
    """Refuse what has no column: limits, other media than text, storage, and the like."""
    if _WINDOW.search(words):
        raise DoubtfulError("the price table has no column for limits")
    other = _OTHER.search(words) or (None if "text" in words else _MEDIA.search(words))
    other = other or (None if _CACHED.search(words) else bounds.HOUR.search(words))
    if other:
        raise DoubtfulError(f"the price table has no column for {other[0]!r}")
    if _LONG.search(words) and not sized:
        raise DoubtfulError("it does not say from which size on a context is long")


@lru_cache(maxsize=10_000)
def column(text: str) -> Column | None:
    """Return what a heading means; None where it means nothing here.

    >>> column("Modell").role, column("Eingabepreis (€/1 Mio.)").rate, column("Context window")
    ('model', 'input_price_per_mtok', None)
    """
    words = plain(text)
    for role, pattern in _ROLE.items():
        if pattern.fullmatch(words):
            return Column(role, "", 0, text)
    if bounds.is_fee(text):
        return Column("rate", PER_REQUEST, 0, text, bounds.tier_in(text))
    try:
        rate, long_from = kind_of(text)
    except DoubtfulError:
        return None
    return Column("rate", rate, long_from, text, bounds.tier_in(text))


def headings(rows: Sequence[Sequence[Value]]) -> Iterator[Heading]:
    """Yield the heading of every table in a sheet, from the top."""
    row, found = 0, False
    while row < len(rows) and (found or row < FIRST_ROWS):
        heading = _heading(rows, row) if not found or _names_models(rows[row]) else None
        if heading:
            found = True
            yield heading
            row = heading.below
        else:
            row += 1


def _names_models(row: Sequence[Value]) -> bool:
    """Say whether a row below a table can begin another: one of its cells says "model"."""
    cells = (column(text(each)) for each in row[:8] if isinstance(each, str) and len(each) < 120)
    return any(each and each.role in NAMING for each in cells)


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
