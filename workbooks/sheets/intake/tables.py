"""Read the tables of a filled-in workbook back: prices, hardware, speeds, models and rates."""

from __future__ import annotations

import datetime
import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from typing import Any

from workbooks import tables as shipped
from workbooks.file.cells import Value, reference
from workbooks.lint.reading import Page
from workbooks.plan.lines.lookup import header
from workbooks.plan.shipped import Tables
from workbooks.rows import Accelerator, ExchangeRate, Model, Throughput, TokenPrice
from workbooks.scenario.entries import LARGEST, checked_text, is_number
from workbooks.scenario.own_rows import RANGES, check_rate
from workbooks.scenario.scenario import ScenarioError
from workbooks.sheets.intake.cells import BadCell, Place, Reader, blank
from workbooks.sheets.pages.tables import (
    HARDWARE,
    MODELS,
    PRICES,
    RATES,
    SYSTEMS,
    TableSheet,
)

CURRENCIES = {"Prices": ("currency",), "Hardware": ("rent_currency", "buy_currency")}


@dataclass(frozen=True)
class Found:
    """A row of a table, and where it stands."""

    record: Any
    cells: dict[str, Place]


def read_tables(reader: Reader, currency: str, day: datetime.date) -> Tables:
    """Return the tables of a workbook; bad cells are kept by the reader."""
    rates = _rows(reader, RATES, ExchangeRate, shipped.exchange_rates(), day)
    for rate in rates:
        if rate.record.to_currency != currency:
            rule = f"it must be {currency}, the currency of Inputs"
            place = rate.cells["to_currency"]
            reader.complain(place, f"to_currency is {rate.record.to_currency!r}; {rule}")
        try:
            check_rate(rate.record)
        except ScenarioError as error:
            reader.complain(rate.cells["rate"], str(error))
    known = {rate.record.from_currency for rate in rates}
    prices = _rows(reader, PRICES, TokenPrice, shipped.token_prices(), day)
    hardware = _rows(reader, HARDWARE, Accelerator, shipped.accelerators(), day)
    for sheet, found in (("Prices", prices), ("Hardware", hardware)):
        _check_currencies(reader, found, CURRENCIES[sheet], known)
    systems = _rows(reader, SYSTEMS, Throughput, shipped.throughputs(), day)
    models = _rows(reader, MODELS, Model, shipped.models(), day)
    parts = (prices, hardware, systems, rates, models)
    return Tables(*([each.record for each in part] for part in parts))


def _check_currencies(
    reader: Reader, found: Sequence[Found], columns: Sequence[str], known: set[str]
) -> None:
    for each in found:
        for column in columns:
            code = getattr(each.record, column)
            if code and code not in known:
                rule = f"the sheet Rates has {', '.join(sorted(known))}"
                reader.complain(each.cells[column], f"{column} is {code!r}; {rule}")


def _rows(
    reader: Reader, sheet: TableSheet, kind: type[Any], ours: Sequence[Any], day: datetime.date
) -> list[Found]:
    """Return the rows below the headings; a row without anything in it is left out."""
    page = _page(reader, sheet)
    later = {field.name: field.default for field in fields(kind) if field.default is not MISSING}
    places = _headings(reader, page, sheet, later) if page else {}
    if page is None or not places:
        return []
    columns = {name: place.column for name, place in places.items()}
    top = places[sheet.fields[0]].row
    for name in RANGES if kind is ExchangeRate else ():
        columns |= reader.beside(page, top, name, header(name))
    absent = {name: later[name] for name in sheet.fields if name not in columns}
    by_key = {getattr(record, sheet.fields[0]): record for record in ours}
    seen: dict[str, int] = {}
    found = []
    for row in sorted({row for row, _ in page.cells if row > top}):
        cells = {field: Place(page, row, column) for field, column in columns.items()}
        if any(_filled(place) for place in cells.values()):
            found.append(Found(_record(reader, kind, cells, by_key, day, absent), cells))
            key = getattr(found[-1].record, sheet.fields[0])
            if key in seen:
                reader.complain(cells[sheet.fields[0]], f"{key!r} stands in row {seen[key]} too")
            seen.setdefault(key, row)
    return found


def _headings(
    reader: Reader, page: Page, sheet: TableSheet, later: Mapping[str, Any]
) -> dict[str, Place]:
    """Return the headings by field; a column that a workbook is too old to have is noted."""
    needed = [header(name) for name in sheet.fields if name not in later]
    places = reader.heading(page, *needed)
    if not places:
        return {}
    here = reader.in_row(page, places[needed[0]].row)
    newer = [header(n) for n in sheet.fields if n in later and header(n) not in here]
    if newer:
        stands = f"{page.name} has no column {', '.join(map(repr, newer))}"
        reader.notes.append(f"{stands}, which is read as blank")
    places = reader.heading(page, *(header(n) for n in sheet.fields if header(n) not in newer))
    return {name: places[header(name)] for name in sheet.fields if header(name) in places}


def _page(reader: Reader, sheet: TableSheet) -> Page | None:
    """Return the sheet of a table, under whatever name: the formulas read it by the table's."""
    found = [each for each in reader.book.tables if each.name.lower() == sheet.table.lower()]
    if len(found) > 1:
        places = " and ".join(each.sheet for each in found)
        rule = f"the table {sheet.table} stands on {places}; keep one"
        reader.bad.append(BadCell(found[1].sheet, reference(*found[1].area[:2]), rule))
        return None
    if found and found[0].sheet.lower() != sheet.name.lower() and reader.book.page(sheet.name):
        stands = f"the table {sheet.table} stands on the sheet {found[0].sheet}"
        reader.notes.append(f"{stands}, so the sheet {sheet.name} is not read")
    return reader.sheet(found[0].sheet if found else sheet.name, header(sheet.fields[0]))


def _filled(place: Place) -> bool:
    cell = place.page.cells.get((place.row, place.column))
    return cell is not None and cell.shown not in (None, "")


def _record(
    reader: Reader,
    kind: type[Any],
    cells: dict[str, Place],
    ours: dict[str, Any],
    day: datetime.date,
    absent: Mapping[str, Any],
) -> Any:
    """Return a row; what has no column in any sheet is taken from our row of the same name."""
    blanks: dict[Any, Any] = {str: "", float: float("nan"), datetime.date: day}
    key, *_ = cells
    types = {field.name: field.type for field in fields(kind)}
    read = {
        name: reader.read(
            place, _check(reader, name, types[name], name == key), blanks.get(types[name])
        )
        for name, place in cells.items()
    }
    known = ours.get(str(read[key]))
    rest = {
        name: getattr(known, name) if known else blanks.get(each)
        for name, each in types.items()
        if name not in read and name not in absent
    }
    return kind(**read, **absent, **rest)


def _check(reader: Reader, name: str, kind: Any, required: bool) -> Callable[[Value], Any]:
    """Return the check for a column of a type."""
    optional = kind not in (str, float, datetime.date)

    def check(held: Value) -> Any:
        if kind is str:
            if held is None and required:
                raise ScenarioError(f"{name} is blank; it must be a name")
            return checked_text(name, "" if held is None else _worded(held))
        if held is None and optional:
            return None
        if kind in (datetime.date, datetime.date | None):
            return reader.day(name)(held)
        if not is_number(held) or not isinstance(held, float) or held < 0:
            rule = f"it must be a number from 0 to {LARGEST:g}"
            raise ScenarioError(f"{name} is {blank(held)}; {rule}")
        return held

    return check


def _worded(held: Value) -> object:
    """Return a number typed where text is wanted as its text: a model may be called 4."""
    return f"{held:g}" if isinstance(held, float) and not isinstance(held, bool) else held


class Known:
    """What a workbook's own tables hold, by name."""

    def __init__(self, tables: Tables, currency: str) -> None:
        self._tables, self._currency = tables, currency

    def price_on(self, model: str, day: datetime.date | None = None) -> TokenPrice:
        """Return the price of a model; the table holds those of its day only."""
        found: TokenPrice = _named(self._tables.prices, "model", model, PRICES)
        return found

    def accelerator(self, name: str) -> Accelerator:
        """Return an accelerator."""
        found: Accelerator = _named(self._tables.accelerators, "hardware", name, HARDWARE)
        return found

    def system(self, name: str) -> Throughput:
        """Return a measured system."""
        found: Throughput = _named(self._tables.systems, "system", name, SYSTEMS)
        return found

    def model(self, name: str) -> Model:
        """Return an open model."""
        found: Model = _named(self._tables.models, "model", name, MODELS)
        return found

    def throughputs(self) -> Sequence[Throughput]:
        """Return every measured system."""
        return self._tables.systems

    def exchange_rate(
        self, from_currency: str, to_currency: str, day: datetime.date | None = None
    ) -> tuple[float, datetime.date]:
        """Return a rate to the currency of the workbook."""
        found: ExchangeRate = _named(self._tables.rates, "from_currency", from_currency, RATES)
        return found.rate, found.date


def _named(rows: Sequence[Any], column: str, name: str, sheet: TableSheet) -> Any:
    by_name = {getattr(row, column): row for row in rows}
    if name not in by_name:
        near = ", ".join(difflib.get_close_matches(str(name), by_name, n=3, cutoff=0))
        there = f"the nearest are {near}" if near else "it has no rows"
        raise LookupError(f"the sheet {sheet.name} has no {name!r}; {there}")
    return by_name[name]
