"""Rows of one's own beside the shipped tables: a price agreed, a card quoted, a model measured.

A row that names what a shipped one names stands in its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import MISSING, Field, fields, replace
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

from costcore.machines.spec_rows import MODEL_COLUMNS, model_inputs
from workbooks import tables
from workbooks.rows import Accelerator, ExchangeRate, Model, Throughput, TokenPrice
from workbooks.scenario.entries import LARGEST, check_keys, checked_text, is_number, shown
from workbooks.scenario.scenario import OwnRows, ScenarioError


class Table(NamedTuple):
    """A table that may have rows of one's own."""

    kind: type[Any]
    part: str
    """Field of `OwnRows`."""
    key: str


TABLES: Mapping[str, Table] = MappingProxyType(
    {
        "price": Table(TokenPrice, "prices", "model"),
        "accelerator": Table(Accelerator, "accelerators", "hardware"),
        "throughput": Table(Throughput, "systems", "system"),
        "rate": Table(ExchangeRate, "rates", "from_currency"),
        "model": Table(Model, "models", "model"),
    }
)
"""By the section of a scenario file that holds them: ``[[price]]`` and so on."""
ECB = "ECB euro reference rates"
RANGES = ("low_rate", "high_rate")
RATES = ("rate", *RANGES)
BLANKS: Mapping[Any, Any] = MappingProxyType({str: "", float | None: None, date | None: None})


def read(content: Mapping[str, Any]) -> OwnRows:
    """Return the rows that a scenario file has of its own.

    Raises
    ------
    ScenarioError
        With the section, the row, the column, the value and the rule.
    """
    return OwnRows(
        **{table.part: _rows(name, content.get(name, [])) for name, table in TABLES.items()}
    )


def _rows(section: str, rows: Any) -> tuple[Any, ...]:
    table = TABLES[section]
    if not isinstance(rows, list):
        raise ScenarioError(f"{section} is {shown(rows)}; write each under [[{section}]]")
    found = [_row(section, table, row) for row in rows]
    names = [getattr(row, table.key) for row in found]
    for name in names:
        if names.count(name) > 1:
            raise ScenarioError(f"two of [[{section}]] are of {name!r}; keep one")
    return tuple(found)


def _row(section: str, table: Table, row: Any) -> Any:
    columns = {each.name: each for each in fields(table.kind)}
    check_keys(row, columns, f"is no column of [[{section}]]", section)
    name = row.get(table.key)
    if not name:
        raise ScenarioError(f"a [[{section}]] has no {table.key}; name it")
    place = f" of [[{section}]] {shown(name)}"
    row = _shape(row) if table.kind is Model else row
    found = table.kind(**{key: _cell(each, row, place) for key, each in columns.items()})
    if isinstance(found, ExchangeRate):
        check_rate(found, place)
    return found


def check_rate(row: ExchangeRate, place: str = "") -> None:
    """Refuse a range of a rate that does not hold it."""
    low, high = ends(row)
    if not low <= row.rate <= high:
        rule = "low_rate must be at most rate, and rate at most high_rate"
        raise ScenarioError(f"rate{place} is {row.rate:g}, its range {low:g} to {high:g}; {rule}")


def ends(row: ExchangeRate) -> tuple[float, float]:
    """Return the range of a rate; an end that is not given is the rate itself."""
    low, high = (row.rate if end is None else end for end in (row.low_rate, row.high_rate))
    return low, high


def _shape(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Fill in what a plain model leaves out, as worksheet functions do; faults are told later."""
    with suppress(TypeError, ValueError):
        inputs = model_inputs({name: row.get(name) for name in MODEL_COLUMNS})
        plain = {name: value for name, value in inputs.items() if is_number(value)}
        return {**plain, **row}
    return row


def _cell(column: Field[Any], row: Mapping[str, Any], place: str) -> Any:
    name, kind = column.name, column.type
    if name not in row:
        if kind in BLANKS:
            return BLANKS[kind] if column.default is MISSING else column.default
        raise ScenarioError(f"{name}{place} is missing; a row of your own needs it")
    value = row[name]
    if kind is str:
        return checked_text(f"{name}{place}", value)
    if kind in (date, date | None):
        if type(value) is date:
            return value
        raise ScenarioError(f"{name}{place} is {shown(value)}; it must be a date")
    if is_number(value) and (value > 0 if name in RATES else value >= 0):
        return float(value)
    least = "above 0, up to" if name in RATES else "from 0 to"
    rule = f"it must be a number {least} {LARGEST:g}"
    raise ScenarioError(f"{name}{place} is {shown(value)}; {rule}")


def beside(own: Sequence[Any], others: Sequence[Any], key: str) -> list[Any]:
    """Return others with those that own rows name replaced, and the rest of the own below."""
    mine = {getattr(row, key): row for row in own}
    kept = [mine.pop(getattr(row, key), row) for row in others]
    return [*kept, *mine.values()]


def _on(row: ExchangeRate, currency: str, rate: float) -> ExchangeRate:
    """Return a rate to another currency than the row's, at the shipped rate between the two."""
    low, high = (None if end is None else end * rate for end in (row.low_rate, row.high_rate))
    source = f"{row.source}; from {row.to_currency} on: {ECB}"
    found = replace(row, to_currency=currency, rate=row.rate * rate, source=source)
    return replace(found, low_rate=low, high_rate=high)


def _back(row: ExchangeRate) -> ExchangeRate:
    """Return a rate the other way round."""
    low, high = (None if end is None else 1 / end for end in (row.high_rate, row.low_rate))
    found = replace(row, from_currency=row.to_currency, to_currency=row.from_currency)
    return replace(found, rate=1 / row.rate, low_rate=low, high_rate=high)


class Beside:
    """The shipped tables with rows of one's own beside them, as a scenario looks them up."""

    def __init__(self, own: OwnRows) -> None:
        self._own = own

    def _mine(self, section: str, name: str) -> Any:
        table = TABLES[section]
        rows = getattr(self._own, table.part)
        return next((row for row in rows if getattr(row, table.key) == name), None)

    def price_on(self, model: str, day: date | None = None) -> TokenPrice:
        """Return the price of a model on a day."""
        return self._mine("price", model) or tables.price_on(model, day)

    def accelerator(self, name: str) -> Accelerator:
        """Return an accelerator."""
        return self._mine("accelerator", name) or tables.accelerator(name)

    def accelerators(self) -> Sequence[Accelerator]:
        """Return every accelerator."""
        return beside(self._own.accelerators, tables.accelerators(), "hardware")

    def system(self, name: str) -> Throughput:
        """Return a measured system."""
        return self._mine("throughput", name) or tables.system(name)

    def throughputs(self) -> Sequence[Throughput]:
        """Return every measured system."""
        return beside(self._own.systems, tables.throughputs(), "system")

    def model(self, name: str) -> Model:
        """Return an open model."""
        return self._mine("model", name) or tables.model(name)

    def models(self) -> Sequence[Model]:
        """Return every open model."""
        return beside(self._own.models, tables.models(), "model")

    def exchange_rate(
        self, from_currency: str, to_currency: str, day: date | None = None
    ) -> tuple[float, date]:
        """Return a rate and its day; one of one's own holds on every day."""
        row = self.rate(from_currency, to_currency, day)
        return row.rate, row.date

    def rate(self, from_currency: str, to_currency: str, day: date | None = None) -> ExchangeRate:
        """Return the row of a rate: one's own, the other way round or on from it, or shipped.

        Raises
        ------
        LookupError
            If there is none.
        """
        mine, back = self._mine("rate", from_currency), self._mine("rate", to_currency)
        if from_currency != to_currency and mine:
            on, _ = tables.exchange_rate(mine.to_currency, to_currency, day)
            return mine if mine.to_currency == to_currency else _on(mine, to_currency, on)
        if back and back.to_currency == from_currency != to_currency:
            return _back(back)
        rate, told = tables.exchange_rate(from_currency, to_currency, day)
        same = from_currency == to_currency
        return ExchangeRate(
            date=told,
            from_currency=from_currency,
            to_currency=to_currency,
            rate=rate,
            source="by definition" if same else ECB,
            source_url="" if same else tables.exchange_rates()[0].source_url,
        )
