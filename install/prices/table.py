"""`evenpoint prices`: what the price table says, and who says so."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import chain
from typing import TYPE_CHECKING, Annotated

import typer

from install.terminal.answers import UNKNOWN, print_json, print_next, print_table
from install.terminal.flags import day
from install.terminal.refusal import Refusal

if TYPE_CHECKING:
    from workbooks.tables import TokenPrice

prices = typer.Typer(help="Token prices, each with its source and date.", no_args_is_help=True)


@prices.callback()
def _group() -> None:
    """Keep `show` a word of its own while it is the only one."""


@prices.command()
def show(
    model: Annotated[
        str | None, typer.Argument(help="One model, by its exact name.", metavar="MODEL")
    ] = None,
    provider: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only this provider's models.")
    ] = None,
    as_of: Annotated[
        datetime.date | None,
        typer.Option(parser=day, metavar="DATE", help="Prices of that day: 2025-06-09."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the rows as JSON.")] = False,
) -> None:
    """Show prices per million tokens, with their source and date.

    Without a model it lists all of them. Where two sources disagree both numbers are shown, the
    one that is used first. Without a day the prices in force when the table was made are shown.
    A model that is retired, or will be, has the day and its provider's replacement below it.

    Example: evenpoint prices show openai/o3 --as-of 2025-06-09
    """
    rows = _rows(model, provider, as_of)
    if as_json:
        print_json({"prices": [asdict(row) | _retired(row) for row in rows]})
        return
    print(_answer(rows))
    titles = {"Model, source and date": False}
    titles |= dict.fromkeys(("Input", "Cached", "Output", "Currency"), True)
    print_table(titles, chain.from_iterable(_cells(row, as_of) for row in rows), spare=("Cached",))
    if model:
        print_next("as the API of a budget", "budget --api-model", model)
    else:
        print_next("what has changed since", "prices refresh")


def _answer(rows: Sequence[TokenPrice]) -> str:
    if len(rows) > 1:
        return f"{len(rows)} models, each with its prices per million tokens."
    (row,) = rows
    prices = f"{_price(row.input_price_per_mtok)} in and {_price(row.output_price_per_mtok)} out"
    return f"{row.model} costs {prices} per million tokens, in {row.currency}."


def _rows(
    model: str | None, provider: str | None, as_of: datetime.date | None
) -> Sequence[TokenPrice]:
    from workbooks import tables

    names = [model] if model else dict.fromkeys(row.model for row in tables.token_prices())
    held = []
    for name in names:
        try:
            held.append(tables.price_on(name, as_of))
        except LookupError as error:
            if model:
                raise Refusal(error.args[0]) from None
    chosen = None if provider is None else _provider(provider)
    rows = [row for row in held if chosen in (None, row.provider)]
    if not rows:
        raise Refusal(f"{chosen} has no price of {model or 'a model'} on {as_of or 'any day'}.")
    return rows


def _provider(name: str) -> str:
    from difflib import get_close_matches

    from workbooks import tables

    known = {row.provider.lower(): row.provider for row in tables.token_prices()}
    if name.lower() in known:
        return known[name.lower()]
    nearest = [known[each] for each in get_close_matches(name.lower(), known, n=3, cutoff=0)]
    raise Refusal(f"There is no provider {name!r}; the nearest are {', '.join(nearest)}.")


def _retired(row: TokenPrice) -> dict[str, object]:
    """Return the retirement of a model beside its price; nothing where none is known."""
    from workbooks import tables

    gone = tables.retirement(row.model)
    return {"retirement": asdict(gone)} if gone else {}


def _cells(row: TokenPrice, asked: datetime.date | None) -> Iterator[tuple[str, ...]]:
    """Give the model, and below it each source with its own prices."""
    yield row.model, "", "", "", ""
    first = (row.input_price_per_mtok, row.cached_price_per_mtok, row.output_price_per_mtok)
    yield f"  {row.source}, {row.as_of}", *map(_price, first), row.currency
    if row.agreement == "differs":
        second = (row.second_input_price_per_mtok, None, row.second_output_price_per_mtok)
        yield f"  {row.second_source} says", *map(_price, second), row.currency
    if row.off_peak_price_share is not None:
        cheap = [price and price * row.off_peak_price_share for price in first]
        yield f"  outside {_peak(row)}", *map(_price, cheap), row.currency
    from workbooks import tables

    if gone := tables.retirement(row.model):
        instead = f"; instead {gone.replacement}" if gone.replacement else ""
        verb = "RETIRED" if gone.retired_on <= (asked or row.as_of) else "retires"
        yield f"  {verb} on {gone.retired_on} ({gone.source}){instead}", "", "", "", ""


def _peak(row: TokenPrice) -> str:
    """Say when the price is that of the peak."""
    spans = (
        (row.peak_start_hour, row.peak_end_hour),
        (row.second_peak_start_hour, row.second_peak_end_hour),
    )
    told = " and ".join(f"{start:g} to {end:g}" for start, end in spans if start is not None)
    days = "every day" if row.peak_days_count == 7 else f"{row.peak_days_count:g} days from Monday"
    return f"{told} UTC, {days}"


def _price(price: float | None) -> str:
    if price is None:
        return UNKNOWN
    digits = f"{price:,.6f}".rstrip("0")
    return digits + "0" * (2 - len(digits.partition(".")[2]))
