"""The tables every command reads: what is shipped, with the receipts of the folder in use over it.

Prices, hardware, models, speeds, load, assumptions and exchange rates.
"""

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from workbooks.evidence import AnswerTime, UnseenThroughput
from workbooks.folder import prices
from workbooks.folder.cells import overlaid
from workbooks.folder.cells import shipped as _read
from workbooks.folder.place import changes, per_folder
from workbooks.folder.receipts import Receipt
from workbooks.rows import (
    Accelerator,
    Assumption,
    ExchangeRate,
    LoadHour,
    Model,
    Rent,
    Retirement,
    Throughput,
    TokenPrice,
)

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

__all__ = [
    "Accelerator",
    "AnswerTime",
    "Assumption",
    "ExchangeRate",
    "LoadHour",
    "Model",
    "Rent",
    "Retirement",
    "Throughput",
    "TokenPrice",
    "UnseenThroughput",
    "accelerator",
    "accelerators",
    "answer_times",
    "assumptions",
    "exchange_rate",
    "exchange_rates",
    "load_shapes",
    "model",
    "models",
    "price_on",
    "rents",
    "retirement",
    "retirements",
    "system",
    "throughput",
    "throughputs",
    "token_prices",
    "unseen_throughputs",
]

Row = TypeVar("Row", bound="DataclassInstance")


@cache
def _shipped_prices() -> tuple[TokenPrice, ...]:
    return _read(TokenPrice, "token_prices.csv")


def written_prices(found: Iterable[Receipt]) -> prices.Rows:
    """Return the shipped prices and those of some receipts as they were written, by model."""
    return prices.written(_shipped_prices(), found)


@per_folder
def token_prices() -> tuple[TokenPrice, ...]:
    """Return every token price that is known, ordered by model and date."""
    return prices.folded(written_prices(changes()))


@per_folder
def rents() -> tuple[Rent, ...]:
    """Return what each provider asks for an accelerator, ordered by name and provider."""
    return overlaid(_read(Rent, "rents.csv"), ("hardware", "provider"), changes(), "rent")


@cache
def retirements() -> tuple[Retirement, ...]:
    """Return every model that is, or will be, no longer served, ordered by name."""
    return _read(Retirement, "retirements.csv")


@per_folder
def accelerators() -> tuple[Accelerator, ...]:
    """Return every accelerator that is known, ordered by name."""
    return overlaid(_read(Accelerator, "accelerators.csv"), ("hardware",), changes(), "hardware")


@per_folder
def throughputs() -> tuple[Throughput, ...]:
    """Return every serving speed, ordered by system."""
    return overlaid(_read(Throughput, "throughput.csv"), ("system",), changes(), "speed")


@cache
def unseen_throughputs() -> tuple[UnseenThroughput, ...]:
    """Return published serving speeds that nothing was fitted on, to check the model with."""
    return _read(UnseenThroughput, "throughput_unseen.csv")


@cache
def answer_times() -> tuple[AnswerTime, ...]:
    """Return published loads with their answer times, to check the model with."""
    return _read(AnswerTime, "answer_times.csv")


@per_folder
def models() -> tuple[Model, ...]:
    """Return every open model whose shape is known, ordered by name."""
    return overlaid(_read(Model, "models.csv"), ("model",), changes(), "model")


@cache
def load_shapes() -> tuple[LoadHour, ...]:
    """Return the hourly load of every public trace the package ships, in order of time."""
    return _read(LoadHour, "load_shapes.csv")


@cache
def assumptions() -> tuple[Assumption, ...]:
    """Return every operating assumption, ordered by name."""
    return _read(Assumption, "assumptions.csv")


@per_folder
def exchange_rates() -> tuple[ExchangeRate, ...]:
    """Return the exchange rates that are known, ordered by day and currency."""
    shipped = _read(ExchangeRate, "exchange_rates.csv")
    found = overlaid(shipped, ("date", "from_currency", "to_currency"), changes(), "rate")
    return tuple(sorted(found, key=lambda each: (each.date, each.to_currency)))


def price_on(model: str, day: date | None = None) -> TokenPrice:
    """Return the price of a model on a day, or the price in force when the table was made.

    A model that is retired by then has its last price; `retirement` tells since when.

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
    known = _named(token_prices(), "model", model, "model")
    for price in reversed(known):
        if price.holds_on(day or price.as_of):
            return price
    gone = retirement(model)
    if gone and gone.retired_on <= (day or known[-1].as_of):
        return known[-1]
    raise LookupError(f"The table has no price for {model} on {day}.")


def retirement(model: str) -> Retirement | None:
    """Return when a model is retired; none where no such day is known.

    >>> gone = retirement("xai/grok-3")
    >>> str(gone.retired_on), gone.replacement
    ('2026-05-15', 'xai/grok-4.3')
    """
    return next((row for row in retirements() if row.model == model), None)


def accelerator(name: str) -> Accelerator:
    """Return an accelerator by its exact name.

    Raises
    ------
    LookupError
        No such accelerator; the message names the nearest ones.

    Examples
    --------
    >>> accelerator("H100 SXM").memory_gb  # 80 GiB
    85.9
    """
    return _named(accelerators(), "hardware", name, "accelerator")[0]


def model(name: str) -> Model:
    """Return an open model by its exact name.

    Raises
    ------
    LookupError
        No such model; the message names the nearest ones.

    Examples
    --------
    >>> model("gpt-oss-120b").params_active_b
    5.1
    """
    return _named(models(), "model", name, "model")[0]


def system(name: str) -> Throughput:
    """Return a measured system by its exact name.

    Raises
    ------
    LookupError
        No such system; the message names the nearest ones.
    """
    return _named(throughputs(), "system", name, "measured system")[0]


def throughput(hardware: str, gpus: float, model: str) -> tuple[Throughput, ...]:
    """Return every published speed of a model on so many accelerators, fastest in total first.

    There is no single answer: request length and concurrency move it severalfold.

    Raises
    ------
    LookupError
        No such hardware or model in the table, or never measured together.

    Examples
    --------
    >>> for run in throughput("H200 SXM", 1, "gpt-oss-120b"):
    ...     print(run.input_tokens, run.output_tokens, run.tokens_per_second)
    8192.0 1024.0 16452.0
    1024.0 1024.0 13596.0
    """
    on_hardware = _named(throughputs(), "hardware", hardware, "accelerator")
    runs = _named(on_hardware, "model", model, f"model measured on {hardware}")
    if found := [run for run in runs if run.gpus == gpus]:
        return tuple(sorted(found, key=lambda run: -run.tokens_per_second))
    counts = " and ".join(f"{count:g}x" for count in sorted({run.gpus for run in runs}))
    raise LookupError(f"{model} was measured on {counts} {hardware}, not on {gpus:g}x.")


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
