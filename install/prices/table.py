"""`evenpoint prices`: what the price table says, and who says so."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import chain
from typing import TYPE_CHECKING, Annotated

import typer

from install.terminal.answers import print_json, print_table
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

    Example: evenpoint prices show openai/o3 --as-of 2025-06-09
    """
    rows = _rows(model, provider, as_of)
    if as_json:
        print_json({"prices": [asdict(row) for row in rows]})
        return
    titles = {"Model, source and date": False}
    titles |= dict.fromkeys(("Input", "Cached", "Output", ""), True)
    print_table(titles, chain.from_iterable(map(_cells, rows)))


def _rows(
    model: str | None, provider: str | None, as_of: datetime.date | None
) -> Sequence[TokenPrice]:
    from workbooks import tables

    try:
        found = [tables.price_on(model, as_of)] if model else tables.token_prices()
    except LookupError as error:
        raise Refusal(error.args[0]) from None
    held = [row for row in found if row.holds_on(as_of or row.as_of)]
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


def _cells(row: TokenPrice) -> Iterator[tuple[str, ...]]:
    """Give the model, and below it each source with its own prices."""
    yield row.model, "", "", "", ""
    first = (row.input_price_per_mtok, row.cached_price_per_mtok, row.output_price_per_mtok)
    yield f"  {row.source}, {row.as_of}", *map(_price, first), row.currency
    if row.agreement == "differs":
        second = (row.second_input_price_per_mtok, None, row.second_output_price_per_mtok)
        yield f"  {row.second_source} says", *map(_price, second), row.currency


def _price(price: float | None) -> str:
    if price is None:
        return ""
    digits = f"{price:,.6f}".rstrip("0")
    return digits + "0" * (2 - len(digits.partition(".")[2]))
