"""The Prices, Hardware, Throughput and Rates sheets: real tables, with sources and dates."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from costcore.language.quantities import PRICE, unit_of
from costcore.language.timeline import Line, formulas
from costcore.machines.spec_rows import ACCELERATOR_COLUMNS, MODEL_COLUMNS
from workbooks.plan.lines.drivers import HARDWARE_COLUMNS
from workbooks.plan.lines.listed_prices import COLUMNS as PRICE_COLUMNS
from workbooks.plan.lines.lookup import Rows, header
from workbooks.rows import PEAK_HOURS, PROVENANCE
from workbooks.rows import PRICES as PRICES_PER_MTOK
from workbooks.scenario.own_rows import RANGES
from workbooks.sheets import paper
from workbooks.sheets.conversion import asks_ranges
from workbooks.sheets.draft import Draft
from workbooks.sheets.pages.hints import AT_LEAST, AT_LEAST_0, CODE, DAY, told
from workbooks.sheets.style import STALE

TOP, SPARE_ROWS = 4, 200
PRICE_FIELDS = (
    *("model", "provider", "kind", "input_price_per_mtok", "cached_price_per_mtok"),
    *("output_price_per_mtok", "currency", *PRICES_PER_MTOK[3:6], "long_context_from_tokens"),
    *(*PRICES_PER_MTOK[6:8], "second_long_context_from_tokens", *PRICES_PER_MTOK[11:13]),
    *("cache_write_1h_price_per_mtok", "batch_cached_price_per_mtok", "price_per_request"),
    *("off_peak_price_share", *PEAK_HOURS, "peak_days_count"),
    *(*PROVENANCE, "note"),
)
HARDWARE_FIELDS = (
    *ACCELERATOR_COLUMNS,
    "spec_source",
    "spec_as_of",
    "server_power_kw_per_gpu",
    "rent_low_per_gpu_hour",
    "rent_base_per_gpu_hour",
    "rent_high_per_gpu_hour",
    "rent_currency",
    "rent_source",
    "rent_as_of",
    "buy_low_per_gpu",
    "buy_base_per_gpu",
    "buy_high_per_gpu",
    "buy_currency",
    "buy_source",
    "buy_as_of",
    "resale_36_low_share",
    "resale_36_base_share",
    "resale_36_high_share",
    "resale_60_low_share",
    "resale_60_base_share",
    "resale_60_high_share",
    "resale_source",
    "resale_as_of",
    "quote_needed",
    "confidence",
    "note",
)
SYSTEM_FIELDS = (
    "system",
    "hardware",
    "gpus",
    "model",
    "weight_precision",
    "input_tokens",
    "output_tokens",
    "concurrency",
    "output_tokens_per_second",
    "tokens_per_second",
    "tokens_per_second_kind",
    "engine",
    "measure",
    "as_of",
    "source",
    "source_url",
    "note",
)
MODEL_FIELDS = (
    *MODEL_COLUMNS,
    "source",
    "as_of",
    "native_precision",
    "publisher",
    "total_source",
    "confidence",
    "note",
)
RATE_FIELDS = ("from_currency", "to_currency", "rate", "date", "source", "source_url")
WIDE = {
    "model": 46,
    "provider": 20,
    "system": 52,
    "hardware": 28,
    "source": 40,
    "source_url": 40,
    "note": 60,
}
SHARED = ("rates", "load_factor", "load_hour", "load_day")
"""What calculated columns read outside their own row."""
DATES = {"as_of", "rent_as_of", "buy_as_of", "resale_as_of", "date"}


@dataclass(frozen=True, slots=True)
class TableSheet:
    """A sheet that holds one table."""

    name: str
    title: str
    table: str
    fields: Sequence[str]
    stale_days: int
    calculated: Sequence[Line] = ()

    @property
    def columns(self) -> list[str]:
        """Data first, then what is calculated from it."""
        return [*self.fields, *(line.name for line in self.calculated)]


RATES = TableSheet("Rates", "Exchange rates to the reporting currency", "tblRates", RATE_FIELDS, 90)
PRICES = TableSheet("Prices", "Token prices", "tblPrices", PRICE_FIELDS, 90, PRICE_COLUMNS)
HARDWARE = TableSheet(
    "Hardware",
    "Accelerators: rent, purchase and power",
    "tblHardware",
    HARDWARE_FIELDS,
    90,
    HARDWARE_COLUMNS,
)
MODELS = TableSheet("Models", "Open models: what they take", "tblModels", MODEL_FIELDS, 365)
SYSTEMS = TableSheet("Throughput", "Measured throughput", "tblThroughput", SYSTEM_FIELDS, 365)


def write(draft: Draft) -> None:
    """Write the four tables; the rates first, because the others convert with them."""
    tables, found = draft.plan.tables, draft.numbers
    ranged = replace(RATES, fields=(*RATE_FIELDS, *RANGES))
    _table(draft, ranged if asks_ranges(draft) else RATES, tables.rates)
    prices = _table(draft, PRICES, tables.prices, found["prices"])
    hardware = _table(draft, HARDWARE, tables.accelerators, found["accelerators"])
    systems = _table(draft, SYSTEMS, tables.systems)
    draft.lists |= {"api_model": prices, "managed_model": prices}
    models = _table(draft, MODELS, tables.models)
    draft.lists |= {"hardware": hardware, "system": systems, "sizing_model": models}


def _table(
    draft: Draft, each: TableSheet, records: Sequence[Any], computed: Rows | None = None
) -> str:
    """Write a table and return the range of its keys."""
    note = f"{paper.APART}Blue cells are data, black ones calculated; add rows below."
    sheet = draft.sheet(each.name, each.title, note)
    carried = _carried_on(draft, each)
    headers = [
        {
            "header": header(column),
            "header_format": draft.style("header"),
            **carried.get(column, {}),
        }
        for column in each.columns
    ]
    look = {"name": each.table, "style": "Table Style Light 9", "columns": headers}
    sheet.add_table(TOP, 0, TOP + len(records), len(headers) - 1, look)
    for column, field in enumerate(each.columns):
        sheet.set_column(column, column, WIDE.get(field, 15))
    last = TOP + len(records) + SPARE_ROWS
    _validate(sheet, each.fields, last)
    for row, record in enumerate(records, start=TOP + 1):
        for column, field in enumerate(each.fields):
            _cell(draft, sheet, row, column, field, getattr(record, field))
    if computed is not None:
        first = len(each.fields)
        places = [xl_rowcol_to_cell(r, c) for r, c in ((TOP + 1, first), (last, len(headers) - 1))]
        sheet.ignore_errors({"calculated_column": ":".join(places)})  # by address, not by name
        _calculated(draft, sheet, each.columns, each.calculated, computed)
    for field in filter(DATES.__contains__, each.fields):
        _age(draft, sheet, each.fields.index(field), len(records), each.stale_days)
    _page(sheet)
    ends = [xl_rowcol_to_cell(TOP + r, 0, True, True) for r in (1, len(records))]
    return f"={each.name}!{ends[0]}:{ends[1]}"


def _validate(sheet: Worksheet, fields: Sequence[str], last: int) -> None:
    for column, rule in enumerate(map(_allowed, fields)):
        if rule:
            sheet.data_validation(TOP + 1, column, last, column, rule)


def _allowed(field: str) -> Mapping[str, Any]:
    """Return what may be typed into a column; nothing is said of texts."""
    if field == "currency" or field.endswith("_currency"):
        return CODE | told(header(field), "Currency of the row, three letters.", SOURCED)
    if _is_day(field):
        return DAY | told(header(field), "Day of the figures of the row.", SOURCED)
    texts = ("source", "url", "kind", "precision", "confidence", "note")
    if _format(field) in {"@", "General"} or field.endswith(texts):
        return {}
    unit = "" if field in ("rate", *RANGES) else f", {unit_of(field).label}"
    return AT_LEAST_0 | told(header(field), f"{header(field)}{unit}: {AT_LEAST}", SOURCED)


SOURCED = "the source that the row names; a row of your own names its own"


def _page(sheet: Worksheet) -> None:
    sheet.set_row(TOP, 45)
    sheet.freeze_panes(TOP + 1, 1)
    sheet.repeat_rows(TOP)
    sheet.repeat_columns(0)
    paper.apart(sheet, 3, 5)


def _cell(draft: Draft, sheet: Worksheet, row: int, column: int, field: str, value: Any) -> None:
    """Write data as data: text stays text, whatever it begins with."""
    if value is None or value == "":
        form = "yyyy-mm-dd" if _is_day(field) else "General"
        sheet.write_blank(row, column, None, draft.style("data", form))
    elif isinstance(value, datetime.date):
        sheet.write_datetime(row, column, value, draft.style("data", "yyyy-mm-dd"))
    elif isinstance(value, str):
        sheet.write_string(row, column, value, draft.style("data"))
    else:
        sheet.write_number(row, column, value, draft.style("data", _format(field)))


def _is_day(field: str) -> bool:
    return field.endswith("as_of") or field in {"date", "valid_from", "valid_to"}


@functools.cache
def _format(field: str) -> str:
    if field in ("rate", *RANGES):
        return "0.0000"
    try:
        return unit_of(field).cell_format
    except LookupError:
        return "General"


def _carried_on(draft: Draft, each: TableSheet) -> dict[str, dict[str, str]]:
    """Return the formulas that Excel writes into a row that is added below."""

    def at(name: str, _: int) -> str:
        return f"{each.table}[[#This Row],[{header(name)}]]"

    given = {name: draft.cells[name] for name in SHARED}
    texts = formulas(each.calculated, given, 1, at, at, "row", tuple(each.columns))
    return {name: {"formula": text} for name, (text,) in texts.items()}


def _calculated(
    draft: Draft,
    sheet: Worksheet,
    columns: list[str],
    lines: Sequence[Line],
    computed: Rows,
) -> None:
    read = {name: columns.index(name) for name in columns}

    def at(name: str, row: int) -> str:
        if name == "row":
            return str(row + 1)
        return str(xl_rowcol_to_cell(TOP + 1 + row, read[name], col_abs=True))

    given = {name: draft.cells[name] for name in SHARED}
    texts = (
        formulas(lines, given, len(computed.records), at, at, "row", tuple(read)) if lines else {}
    )
    for line in lines:
        form = "0.0000" if line.name.endswith(("rate", "_share", "_factor")) else PRICE
        for row, text in enumerate(texts[line.name]):
            value = getattr(computed.records[row], line.name)
            draft.formula(
                sheet, TOP + 1 + row, columns.index(line.name), text, value, "number", form
            )


def _age(draft: Draft, sheet: Worksheet, column: int, rows: int, days: int) -> None:
    """Turn a date amber when it is older than a table of its kind should be."""
    first = xl_rowcol_to_cell(TOP + 1, column)
    sheet.conditional_format(
        TOP + 1,
        column,
        TOP + rows,
        column,
        {
            "type": "formula",
            "criteria": f"=AND(ISNUMBER({first}), as_of_day - {first} > {days})",
            "format": draft.book.add_format({"bg_color": STALE}),
        },
    )
