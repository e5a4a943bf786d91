"""Read the rows of one table of a price sheet, each cell with what holds around it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple, TypeVar

from workbooks.prices.clouds.charges import Charge, charge, counts
from workbooks.prices.feeds.reading import Rates, offer
from workbooks.prices.gathering import Single
from workbooks.prices.offers import (
    BATCH_INPUT,
    BATCH_OUTPUT,
    INPUT,
    LONG_FROM,
    LONG_INPUT,
    LONG_OUTPUT,
    OUTPUT,
    Doubt,
    DoubtfulError,
    UncountedError,
    shown,
)
from workbooks.prices.sheet import names
from workbooks.prices.sheet.amounts import mark_in
from workbooks.prices.sheet.aside import SheetRead
from workbooks.prices.sheet.bounds import apart, requests_in
from workbooks.prices.sheet.cells import (
    Context,
    Given,
    UnitUnknownError,
    only,
    price,
    said,
    term,
)
from workbooks.prices.sheet.ending import (
    Part,
    Row,
    around,
    is_of_text,
    later_bands,
    left_out,
    names_a_model,
    parts,
    row_kind,
)
from workbooks.prices.sheet.files import STRUCK, Sheet, Value, letters
from workbooks.prices.sheet.headings import NAMING, Column, Heading, text
from workbooks.prices.sheet.kinds import UNDATED, Held, kind_of
from workbooks.prices.sheet.units import currency_in, tokens_in, tokens_of_unit

TOTALS = {"total", "totals", "sum", "summe", "gesamt", "gesamtsumme", "subtotal", "zwischensumme"}
PLAIN = {"", "global", "all", "alle", "any", "standard", "default", "on-demand", "on demand", "-"}
LONGER = {INPUT: LONG_INPUT, OUTPUT: LONG_OUTPUT}
T = TypeVar("T")


class Table(NamedTuple):
    """One table of a sheet, with what the user stated and where findings are collected."""

    sheet: Sheet
    heading: Heading
    end: int
    given: Given
    known: frozenset[str]
    found: SheetRead

    def singles(self) -> Iterator[tuple[str, Single]]:
        """Yield every price that can be believed, with its region; set the others aside."""
        reader, named = Rows(self), ""
        self.found.doubts += later_bands(self.sheet, self.heading)
        for row in range(self.heading.below, self.end):
            if (kind := reader.kind(row)) is Row.END:
                self.found.doubts.append(reader.end(row))
                return
            if kind is Row.SAME_HEADING:
                continue
            self.found.doubts += reader.unbettered(row)
            named = reader.named(row, named)
            if not named or named.casefold() in TOTALS:
                continue
            for at, column in reader.prices.items():
                yield from reader.single(row, at, column, named)
                if column.role == "price" and not any(column.held):
                    break  # of several price columns only the best is read

    def texts(self) -> list[str]:
        """Return the text around the table: titles above, notes below, the sheet's name."""
        return [self.sheet.name, *around(self.sheet.rows, self.heading, self.end)]


class Rows:
    """Read the rows of one table."""

    def __init__(self, table: Table) -> None:
        self.table, self.sheet, self.heading = table, table.sheet, table.heading
        self.given, self.found = table.given, table.found
        self.prices, self.cloud = self.heading.prices, self.heading.cloud
        self.charges: dict[int, Charge] = {}
        self.by_kind = any(each.role == "price" for each in self.prices.values())
        self.marks = {at: self._mark(at) for at in self.prices}
        self.parts = parts(self.sheet.name, self.sheet.rows, self.heading.below, table.end)

    def cell(self, row: int, at: int | None) -> Value:
        """Return a cell; None where there is no such column."""
        values = self.sheet.rows[row]
        return values[at] if at is not None and at < len(values) else None

    def said(self, row: int, *roles: str) -> str:
        """Return what a row says in the column of a role."""
        return text(self.cell(row, self.heading.first(*roles)))

    def named(self, row: int, above: str) -> str:
        """Return the model's name as the row has it; nothing where the row is none of prices.

        In a list with a row for each kind of token a merged name stands in the first row only.
        """
        filled = [at for at in self.prices if self.cell(row, at) is not None]
        own = self._own_name(row)
        if own and (filled or self.heading.first("kind") is not None):
            return own
        if filled and above and self.said(row, "kind"):
            return above
        for at in filled:
            place, value = self.sheet.place(row, at), shown(self.cell(row, at))
            self.found.doubts.append(Doubt(place, "", "", value, "its row names no model"))
        return ""

    def _own_name(self, row: int) -> str:
        """Return the best name in a row; a number or a long code names no model to anybody."""
        roles = (each for each in NAMING for c in self.heading.columns.values() if c.role == each)
        for role in roles:
            own = str(self.cell(row, self.heading.first(role)) or "")
            if own and (role != "id" or names_a_model(own)):
                return own
        return ""

    def kind(self, row: int) -> Row:
        """Return what a row is: prices, the heading once more, or the end of the table."""
        cells = {at: self.cell(row, at) for at in self.prices}
        return row_kind(self.prices, cells, self._own_name(row), self.sheet.rows[row - 1])

    def unbettered(self, row: int) -> Iterator[Doubt]:
        """Yield list prices of a row in which the column of better prices is blank."""
        if self.cloud and not counts(self.cloud, self._told(row), self.given.tokens):
            return
        for at in list(self.prices)[: 1 if self.by_kind else None]:
            for other in left_out(self.heading.columns, at) * (self.cell(row, at) is None):
                if not said(value := self.cell(row, other)):
                    place, name = self.sheet.place(row, other), shown(self._own_name(row))
                    why = f"it stands beside {shown(self.prices[at].heading)}, which is blank here"
                    yield Doubt(place, name, self.prices[at].rate, shown(value), why)

    def end(self, row: int) -> Doubt:
        """Return what is told of the rows from here on."""
        at = next(at for at in self.prices if self.cell(row, at) is not None)
        why = "its price cells hold words, so another table begins, which was not read"
        return Doubt(self.sheet.place(row, at), "", "", shown(self.cell(row, at)), why)

    def single(self, row: int, at: int, column: Column, named: str) -> Iterator[tuple[str, Single]]:
        """Yield one price, with the size it holds from; nothing where it is set aside."""
        value, place = self.cell(row, at), self.sheet.place(row, at)
        model, rate = shown(named), column.rate
        if said(value):
            return
        try:
            if row in self.sheet.hidden:
                raise DoubtfulError("its row is hidden in the sheet")
            if (style := self.sheet.formats.get((row, at), "")) == STRUCK:
                raise DoubtfulError("it is struck out in the sheet")
            name, region, rate, start = self._sized(row, column, named)
            model = self._model(row, name)
            if column.held.is_torn:
                raise DoubtfulError(UNDATED)
            context = self._context(row, at, column, named)
            amount, currency, note = price(value, style, context, self.given)
            started, ended = self._term(row, column.held)
        except DoubtfulError as doubt:
            if not isinstance(doubt, UncountedError):
                self._doubt(Doubt(place, model, rate, shown(value), str(doubt)), doubt, at)
            return
        host, _, tail = model.partition("/")
        like = offer(host, tail, Rates({}, []))
        about = (place, like.provider, like.kind, model, rate, amount, currency, started, note)
        single = Single(*about, valid_to=ended)
        yield region, single
        if start:
            yield region, single._replace(column=LONG_FROM, price=Decimal(start), note="")

    def _sized(self, row: int, column: Column, named: str) -> tuple[str, str, str, int]:
        """Return name, region, column of the price table, and the size from which a price holds."""
        if (part := self.parts.get(row, Part())).other:
            raise DoubtfulError(f"it stands below {shown(part.other)!r}, which is no text")
        if not is_of_text(medium := self.said(row, "modality")):
            raise DoubtfulError(f"its row is of {shown(medium)!r}, which is no text")
        plain, tier, start = apart(named, self.said(row, "band"))
        if self.cloud:
            plain, tier, start = named, "", 0
        name, region, rate = self._about(row, column, plain, tier or column.tier)
        if start and rate not in LONGER:
            raise DoubtfulError("the price table has no column for this price of long prompts")
        return name, region, LONGER[rate] if start else rate, start or column.long_from

    def _doubt(self, doubt: Doubt, error: DoubtfulError, at: int) -> None:
        self.found.doubts.append(doubt)
        if isinstance(error, UnitUnknownError):
            sheet = f", sheet {self.sheet.name}" if self.sheet.name else ""
            heading = self.heading.columns[at].heading
            self.found.questions.append(
                f"{self.sheet.file}{sheet}, column {letters(at)} ({shown(heading)}): for how many "
                f"tokens is a price? {doubt.place.rpartition(' ')[2]} says {doubt.shown}: {error}."
            )

    def _about(self, row: int, column: Column, named: str, tier: str) -> tuple[str, str, str]:
        """Return the model's name, where it runs, and the column of the price table."""
        if self.cloud and column.role == "price":
            self.charges[row] = paid = charge(self.cloud, self._told(row), self.given.tokens)
            region = paid.region if self.heading.export else self._region(row)
            return paid.model, region, paid.column
        rate = column.rate
        if column.role == "price":
            rate, _ = kind_of(f"{self.said(row, 'kind')} {column.heading}")
        own = self.said(row, "tier").casefold()
        if tier and own not in PLAIN and own != tier:
            raise DoubtfulError(f"its row says tier {own!r}, its column or name {tier!r}")
        tier = tier or own or self.parts.get(row, Part()).tier
        if "batch" in tier:
            if rate not in {INPUT, OUTPUT}:
                raise DoubtfulError("the price table has no column for this price of batch jobs")
            return named, self._region(row), BATCH_INPUT if rate == INPUT else BATCH_OUTPUT
        suffix = "" if tier in PLAIN else f"@{'-'.join(tier.split())}"
        return named + suffix, self._region(row), rate

    def _told(self, row: int) -> dict[str, str]:
        """Return what a row says of its meter, by role."""
        if export := self.heading.export:
            return export.told(self.heading.texts, [text(each) for each in self.sheet.rows[row]])
        told = {role: self.said(row, role) for role in ("meter", "unit", "volume")}
        return told | {"family": self.said(row, "family", "name")}

    def _region(self, row: int) -> str:
        region = self.said(row, "region").casefold()
        return "" if region in PLAIN else "-".join(region.split())

    def _model(self, row: int, name: str) -> str:
        base, at, place = name.partition("@") if not name.startswith("@") else (name, "", "")
        stated = self.said(row, "provider") or self.given.provider
        if self.cloud and not stated:
            stated = self.charges[row].provider if row in self.charges else self.cloud.provider
        return names.match(names.checked(base), stated, self.table.known) + at + place

    def _context(self, row: int, at: int, column: Column, named: str) -> Context:
        """Return what holds around a cell; the nearest statement counts."""
        unit = self.said(row, "unit")
        requests = requests_in(column.heading)
        heading = None if requests else tokens_in(column.heading)
        own = self.charges[row].tokens if row in self.charges else None
        if unit and row not in self.charges:
            own = tokens_of_unit(unit)
        if own and heading and own != heading:
            raise DoubtfulError(f"its row says {unit!r}, its column {column.heading!r}")
        size = own or heading or self._titled_tokens
        told = [currency_in(each) for each in (self.said(row, "currency"), column.heading, unit)]
        stated = list(dict.fromkeys(each for each, _ in told if each))
        if len(stated) > 1:
            raise DoubtfulError(f"its row and its column say two currencies: {', '.join(stated)}")
        currency = (stated or [self._titled_currency])[0]
        return Context(self.marks[at], size, currency, max(c for _, c in told), requests)

    @cached_property
    def _titled_tokens(self) -> int | None:
        found = only(_quietly(tokens_in, each) for each in self.table.texts())
        return found if isinstance(found, int) else None

    @cached_property
    def _titled_currency(self) -> str:
        found = only((_quietly(currency_in, each) or ("",))[0] for each in self.table.texts())
        return str(found or "")

    def _mark(self, at: int) -> str:
        """Return the decimal mark of a column, or that of the whole table if it has none."""
        rows = range(self.heading.below, self.table.end)
        own = mark_in(self.cell(row, at) for row in rows)
        return own or mark_in(self.cell(row, each) for each in self.prices for row in rows)

    def _term(self, row: int, held: Held) -> tuple[date | None, date | None]:
        first, last = map(self.heading.first, ("valid_from", "valid_to"))
        begins = held.begins or self.cell(row, first) or self.given.valid_from
        return term(begins, held.ends or self.cell(row, last) or self.given.valid_to)


def _quietly(read: Callable[..., T], value: object) -> T | None:
    try:
        return read(value)
    except DoubtfulError:
        return None
