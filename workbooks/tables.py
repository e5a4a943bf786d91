"""Read the shipped tables: prices, hardware, measured speeds, assumptions and exchange rates."""

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPrice:
    """What a provider charges for a model's tokens, per million, while the row is valid.

    A blank price (`None`) is not offered or not known, never free. `valid_to` is the first day
    on which the row no longer holds.
    """

    provider: str
    model: str
    kind: str
    input_price_per_mtok: float
    output_price_per_mtok: float
    cached_price_per_mtok: float | None
    cache_write_price_per_mtok: float | None
    batch_input_price_per_mtok: float | None
    batch_output_price_per_mtok: float | None
    long_context_from_tokens: float | None
    long_context_input_price_per_mtok: float | None
    long_context_output_price_per_mtok: float | None
    currency: str
    valid_from: date | None
    valid_to: date | None
    source: str
    source_url: str
    as_of: date
    as_of_kind: str
    confidence: str
    second_source: str
    second_input_price_per_mtok: float | None
    second_output_price_per_mtok: float | None
    agreement: str
    note: str

    def holds_on(self, day: date) -> bool:
        """Say whether the price is valid on a day; the last day of validity is excluded."""
        return (self.valid_from or date.min) <= day < (self.valid_to or date.max)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accelerator:
    """A GPU or other accelerator: what it can do, draws, and costs to rent or to buy.

    Prices are per accelerator; a purchase price includes its share of the server unless the
    note says "card only". `quote_needed` is `yes` where a budget needs your own quote.
    """

    hardware: str
    vendor: str
    form: str
    memory_gb: float
    bandwidth_tb_per_s: float
    bf16_dense_tflops: float
    fp8_dense_tflops: float | None
    fp4_dense_tflops: float | None
    tdp_kw: float | None
    server_power_kw_per_gpu: float | None
    rent_low_per_gpu_hour: float | None
    rent_base_per_gpu_hour: float | None
    rent_high_per_gpu_hour: float | None
    rent_currency: str
    rent_source: str
    rent_as_of: date | None
    buy_low_per_gpu: float | None
    buy_base_per_gpu: float | None
    buy_high_per_gpu: float | None
    buy_currency: str
    buy_source: str
    buy_as_of: date | None
    quote_needed: str
    spec_source: str
    spec_as_of: date
    confidence: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Throughput:
    """One published serving speed: a model on named hardware at a stated request size."""

    system: str
    hardware: str
    gpus: float
    model: str
    params_total_b: float
    params_active_b: float
    weight_precision: str
    input_tokens: float | None
    output_tokens: float | None
    concurrency: str
    output_tokens_per_second: float | None
    tokens_per_second: float
    tokens_per_second_kind: str
    engine: str
    measure: str
    as_of: date
    source: str
    source_url: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """An operating figure with its usual range, its source, and how far to trust it."""

    name: str
    low: float | None
    base: float
    high: float | None
    unit: str
    currency: str
    source: str
    source_url: str
    as_of: date | None
    confidence: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeRate:
    """How many units of `to_currency` one unit of `from_currency` bought on a day."""

    date: date
    from_currency: str
    to_currency: str
    rate: float
    source: str
    source_url: str


Row = TypeVar("Row", TokenPrice, Accelerator, Throughput, Assumption, ExchangeRate)

_READERS: dict[object, Callable[[str], Any]] = {
    str: str,
    float: float,
    date: date.fromisoformat,
    float | None: lambda text: float(text) if text else None,
    date | None: lambda text: date.fromisoformat(text) if text else None,
}


def _read(kind: type[Row], name: str) -> tuple[Row, ...]:
    readers = {field.name: _READERS[field.type] for field in fields(kind)}
    with (files("workbooks.data") / name).open(encoding="utf-8", newline="") as table:
        return tuple(
            kind(**{column: readers[column](cell) for column, cell in line.items()})
            for line in csv.DictReader(table)
        )


@cache
def token_prices() -> tuple[TokenPrice, ...]:
    """Return every token price the package ships, ordered by model and date."""
    return _read(TokenPrice, "token_prices.csv")


@cache
def accelerators() -> tuple[Accelerator, ...]:
    """Return every accelerator the package knows, ordered by name."""
    return _read(Accelerator, "accelerators.csv")


@cache
def throughputs() -> tuple[Throughput, ...]:
    """Return every published serving speed, ordered by system."""
    return _read(Throughput, "throughput.csv")


@cache
def assumptions() -> tuple[Assumption, ...]:
    """Return every operating assumption, ordered by name."""
    return _read(Assumption, "assumptions.csv")


@cache
def exchange_rates() -> tuple[ExchangeRate, ...]:
    """Return the ECB reference rates the package ships, ordered by day and currency."""
    return _read(ExchangeRate, "exchange_rates.csv")


def price_on(model: str, day: date | None = None) -> TokenPrice:
    """Return the price of a model on a day, or the price in force when the table was made.

    Raises
    ------
    LookupError
        No such model, or no price of it on that day.

    Examples
    --------
    >>> price_on("openai/o3").input_price_per_mtok
    2.0
    >>> price_on("openai/o3", date(2025, 6, 9)).input_price_per_mtok  # the day before the cut
    10.0
    """
    for price in _named(token_prices(), "model", model, "model"):
        if price.holds_on(day or price.as_of):
            return price
    raise LookupError(f"The table has no price for {model} on {day}.")


def accelerator(name: str) -> Accelerator:
    """Return an accelerator by its exact name.

    Raises
    ------
    LookupError
        No such accelerator; the message names the nearest ones.

    Examples
    --------
    >>> accelerator("H100 SXM").memory_gb
    80.0
    """
    return _named(accelerators(), "hardware", name, "accelerator")[0]


def system(name: str) -> Throughput:
    """Return a measured system by its exact name.

    Raises
    ------
    LookupError
        No such system; the message names the nearest ones.
    """
    return _named(throughputs(), "system", name, "measured system")[0]


def throughput(hardware: str, gpus: float, model: str) -> Throughput:
    """Return the fastest published speed of a model on so many accelerators, in tokens/s.

    Raises
    ------
    LookupError
        No such hardware or model in the table, or never measured together.
    """
    runs = _named(_named(throughputs(), "hardware", hardware, "accelerator"), "model", model, "model")
    if found := [run for run in runs if run.gpus == gpus]:
        return max(found, key=lambda run: run.tokens_per_second)
    counts = ", ".join(f"{run:g}" for run in sorted({run.gpus for run in runs}))
    raise LookupError(f"{model} on {gpus:g}x {hardware} was not measured; there are rows for {counts}x.")


def exchange_rate(
    from_currency: str, to_currency: str, day: date | None = None
) -> tuple[float, date]:
    """Return the last published rate on or before a day, and the date it was published.

    Currencies other than the euro are crossed through it, so the date is the older of the two.

    Raises
    ------
    LookupError
        A currency the table lacks, or a day before its first rate.

    Examples
    --------
    >>> exchange_rate("EUR", "USD")
    (1.1172, datetime.date(2026, 10, 30))
    >>> exchange_rate("USD", "USD", date(2026, 11, 21))  # no rate needed
    (1.0, datetime.date(2026, 11, 21))
    """
    last = day or exchange_rates()[-1].date
    if from_currency == to_currency:
        return 1.0, last
    out, back = _per_euro(to_currency, last), _per_euro(from_currency, last)
    return out[0] / back[0], min(out[1], back[1])


def _per_euro(currency: str, day: date) -> tuple[float, date]:
    if currency == "EUR":
        return 1.0, day
    rates = _named(exchange_rates(), "to_currency", currency, "currency")
    known = [(rate.rate, rate.date) for rate in rates if rate.date <= day]
    if not known:
        raise LookupError(f"The first rate for {currency} is of {rates[0].date}, after {day}.")
    return known[-1]


def _named(rows: Iterable[Row], column: str, name: str, noun: str) -> list[Row]:
    by_name: dict[str, list[Row]] = {}
    for row in rows:
        by_name.setdefault(getattr(row, column), []).append(row)
    if name in by_name:
        return by_name[name]
    from difflib import get_close_matches  # noqa: PLC0415  # only a wrong name pays for it

    nearest = ", ".join(get_close_matches(name, by_name, n=3, cutoff=0))
    raise LookupError(f"There is no {noun} {name!r} in the table; the nearest are {nearest}.")
