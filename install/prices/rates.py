"""`evenpoint prices rate` and `gpus`: exchange rates by date, and what GPUs rent for."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from install.prices.feeds import run, store
from install.terminal.answers import print_json, print_next, print_table
from install.terminal.flags import Json, day
from install.terminal.refusal import Refusal


def rate(
    given: Annotated[str, typer.Argument(metavar="FROM", help="Currency you have: EUR.")],
    wanted: Annotated[str, typer.Argument(metavar="TO", help="Currency you want: USD.")],
    on: Annotated[
        datetime.date | None,
        typer.Option(parser=day, metavar="DATE", help="Day of the rate; without it today."),
    ] = None,
    file: Annotated[
        Path | None, typer.Option(help="File of ECB reference rates, .csv or .zip.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show an exchange rate of the European Central Bank and the day it was published.

    It is of --file, or else the newest that the budget folder or the installed rates have.

    Example: evenpoint prices rate EUR USD --on 2025-03-30
    """
    from workbooks import clock
    from workbooks.prices.rates import exchange

    pair, asked = (given.upper(), wanted.upper()), on or clock.today()
    if file:
        rates = run(lambda: exchange.parse(_content(file)))
        amount, published = run(lambda: exchange.rate(pair, asked, rates))
    else:
        amount, published = run(lambda: exchange.newest(pair, asked))
    old = (asked - published).days
    if as_json:
        print_json({"rate": float(amount), "published": published, "days_old": old})
        return
    print(f"1 {pair[0]} = {amount:.6g} {pair[1]}, published on {published}, {old} days before.")


def gpus(
    file: Annotated[
        Path | None,
        typer.Option(help="Catalogue in the layout of gpuhunt or SkyPilot, instead of your own."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the rows as JSON.")] = False,
) -> None:
    """Show what GPUs rent for on demand, in USD for each GPU and hour.

    "evenpoint prices refresh --rentals aws" fetches the prices; this only shows them.

    Example: evenpoint prices gpus --file vms.csv
    """
    from workbooks.prices.rates import rental

    kept = file or rental.kept(store())
    if not kept:
        raise Refusal("There are no rental prices yet; evenpoint prices refresh --rentals aws.")
    if file:
        rentals = run(lambda: rental.parse(_content(file), file.stem))
    else:
        rentals = run(lambda: rental.read_table(_content(kept)))
    found = rental.ranges(rentals)
    if as_json:
        print_json({"gpus": [each._asdict() for each in found]})
        return
    print(f"Kinds of GPU: {len(found)}, on demand, in USD for each GPU and hour.")
    titles = {"GPU": False, "Low": True, "Middle": True, "High": True, "Offers": True}
    rows = ((r.gpu, *(f"{p:.2f}" for p in r[1:4]), str(r.offers)) for r in found)
    print_table(titles, rows)
    print_next("which of them serve a load", "size MODEL --tokens 1B")


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Refusal(f"{path} cannot be read: {error.strerror}.") from None


COMMANDS: dict[str, Callable[..., None]] = {"rate": rate, "gpus": gpus}
