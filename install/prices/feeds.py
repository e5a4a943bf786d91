"""`evenpoint prices refresh`, `import` and `history`: the prices of a budget folder."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar

import typer

from install.terminal.answers import print_json, print_next, print_table
from install.terminal.flags import Json, currency_code, day
from install.terminal.refusal import Refusal

if TYPE_CHECKING:
    from workbooks.prices.refreshing import Refresh, Source
    from workbooks.prices.splice import Changes
    from workbooks.prices.store import Store

T = TypeVar("T")
NO_FOLDER = "There is no budget folder here to keep that in; evenpoint init makes one."
ACCEPT = typer.Option(
    metavar="MODEL", help="Take this model's price although it moved more than tenfold."
)


def refresh(
    source: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Price list to read; can be given several times."),
    ] = None,
    origin: Annotated[
        list[str] | None,
        typer.Option("--from", metavar="NAME=FILE", help="Read a list from a file or address."),
    ] = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Read the installed copy of genai-prices only.")
    ] = False,
    new: Annotated[bool, typer.Option("--new", help="Add models that your table lacks.")] = False,
    accept: Annotated[list[str] | None, ACCEPT] = None,
    rentals: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Ask gpuhunt what this provider's GPUs rent for."),
    ] = None,
    workbook: Annotated[
        Path | None, typer.Option(metavar="BOOK", help="Workbook whose price table to bring along.")
    ] = None,
    apply: Annotated[
        bool, typer.Option("--apply", help="Write the workbook; without it only look.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Read the published price lists and continue your own table with what changed.

    Nothing but this and update reaches the network. Without --source it reads genai and litellm;
    "--source which" names the others. A bad file changes nothing. Prices of your own sheets
    stand. With a workbook, its price table is compared with yours, and --apply changes the
    price cells and nothing else.

    Outside a budget folder nothing is kept.

    Example: evenpoint prices refresh --workbook ours.xlsx
    """
    from workbooks import clock
    from workbooks.prices import refreshing

    kept = store()
    sources = sources_of(source or [], origin or [], offline)
    done = run(lambda: refreshing.refresh(kept, sources, clock.today(), accept or [], new))
    if rentals:
        _rent(kept, rentals)
    changes = plan_workbook(kept, workbook, new) if workbook else None
    _tell(done, changes, as_json)
    if not done.read and not workbook:
        raise Refusal("No price list could be read; your table stays as it is.")
    if changes and apply:
        write_workbook(changes)
    elif changes and changes.parts:
        print("Nothing was written to the workbook; --apply writes it.", file=sys.stderr)
    elif not workbook and not as_json:
        print_next("what it changes in a workbook", "prices refresh --workbook BOOK.xlsx")


def sources_of(names: list[str], origins: list[str], offline: bool) -> list[Source]:
    """Return the price lists that flags name, each with where to have it from."""
    from workbooks.prices.feeds.registry import FEEDS, USUAL
    from workbooks.prices.refreshing import INSTALLED, Source

    pairs = [each.partition("=")[::2] for each in origins]
    wanted = dict.fromkeys(names or ([] if pairs or offline else USUAL), "")
    wanted |= dict(pairs) | ({"genai": INSTALLED} if offline else {})
    for name, where in wanted.items():
        if name not in FEEDS:
            raise Refusal(f"There is no price list {name!r}; there are {', '.join(FEEDS)}.")
        if (name in dict(pairs)) and not where:
            raise Refusal(f"--from {name} names no file; write --from {name}=FILE.")
        if offline and (where.startswith(("http://", "https://")) or not where):
            raise Refusal(f"{name} would be read from the network, and --offline forbids that.")
    return [Source(FEEDS[name], where) for name, where in wanted.items()]


def _rent(store: Store, providers: list[str]) -> None:
    from workbooks.prices.rates import rental

    if store.folder is None:
        raise Refusal(NO_FOLDER)
    found = run(lambda: rental.ask(providers))
    rental.keep(store, providers, found)
    print(f"Kept {len(found):,} GPU rental prices; see evenpoint prices gpus.", file=sys.stderr)


def plan_workbook(store: Store, path: Path, append: bool) -> Changes:
    """Return what the prices of the store would change in a workbook."""
    from workbooks import clock
    from workbooks.prices.splice import RefreshError, plan_refresh

    today, every = clock.today(), run(store.token_prices)
    rows = [row for row in every if row.holds_on(today)]
    known = [*every, *(row for each in store.written().values() for row in each)]
    try:
        return plan_refresh(path, rows, append=append, known=known, ours=bool(store.folder))
    except RefreshError as error:
        raise Refusal(f"{str(error).rstrip('.')}.") from None
    except OSError as error:
        raise Refusal(f"{path} cannot be read: {error.strerror}.") from None


def write_workbook(changes: Changes) -> None:
    """Change the cells of a workbook, and say where it is kept as it was."""
    from workbooks.prices.splice import RefreshError, apply_refresh

    try:
        backup = apply_refresh(changes.path, changes)
    except RefreshError as error:
        raise Refusal(f"{str(error).rstrip('.')}.") from None
    if backup:
        print(f"Wrote {changes.path}; as it was, it is {backup}", file=sys.stderr)


def _tell(done: Refresh, changes: Changes | None, as_json: bool) -> None:
    from install.prices import report as price_report

    if as_json:
        print_json(price_report.refresh_as_json(done, changes))
        return
    price_report.print_refresh(done)
    if changes:
        price_report.print_workbook(changes)


def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Price sheet, .xlsx or .csv.")],
    unit: Annotated[
        Literal["token", "1K", "1M"] | None,
        typer.Option(help="For how many tokens a price is, where the sheet does not say."),
    ] = None,
    currency: Annotated[
        str | None, typer.Option(metavar="CODE", help="Currency, where the sheet does not say.")
    ] = None,
    provider: Annotated[
        str | None, typer.Option(metavar="NAME", help="Provider, where the sheet does not say.")
    ] = None,
    valid_from: Annotated[
        datetime.date | None,
        typer.Option(parser=day, metavar="DATE", help="First day of the prices; without it today."),
    ] = None,
    valid_to: Annotated[
        datetime.date | None,
        typer.Option(parser=day, metavar="DATE", help="Last day of the prices."),
    ] = None,
    leave_out: Annotated[
        list[str] | None,
        typer.Option(metavar="TEXT", help="Heading that changes no price although it seems to."),
    ] = None,
    zero_is_free: Annotated[
        bool, typer.Option("--zero-is-free", help="A price of zero means free of charge.")
    ] = False,
    accept: Annotated[list[str] | None, ACCEPT] = None,
    apply: Annotated[
        bool, typer.Option("--apply", help="Write the prices; without it only look.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Read a vendor's price sheet into your own table; without --apply only show what it says.

    Every price is shown with its cell: accepted, changed, or set aside with the reason. What the
    sheet does not say is asked for and never guessed.

    Example: evenpoint prices import offer.xlsx --provider azure --unit 1M --currency EUR
    """
    from install.prices import report as price_report
    from workbooks import clock
    from workbooks.prices.sheet import importing
    from workbooks.prices.sheet.cells import Given
    from workbooks.prices.sheet.units import SIZES

    size = SIZES[unit.lower()] if unit else None
    told = (size, currency_code(currency), provider or "", zero_is_free, valid_from, valid_to)
    given = Given(*told, tuple(leave_out or ()))
    kept, today = store(), clock.today()
    seen = run(lambda: importing.preview(kept, file, given, today, accept or []))
    if as_json:
        questions = {"questions": seen.read.questions, "warnings": seen.read.warnings}
        questions["not_used"] = [str(each) for each in seen.read.asides]
        print_json({"file": seen.name, **price_report.as_json(seen.plan), **questions})
    else:
        price_report.print_import(seen)
    if not apply:
        print("Nothing was written; --apply writes it.", file=sys.stderr)
        return
    if kept.folder is None:
        raise Refusal(NO_FOLDER)
    done = run(lambda: importing.apply(kept, seen))
    print(f"Wrote {len(done.plan.added)} models to {kept.folder}", file=sys.stderr)


def history(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="One model, by its exact name.")],
    as_of: Annotated[
        datetime.date | None,
        typer.Option(parser=day, metavar="DATE", help="Only the price of that day: 2025-06-09."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the rows as JSON.")] = False,
) -> None:
    """Show what a model has cost from day to day, with the file each price was read from.

    Example: evenpoint prices history openai/o3
    """
    from dataclasses import asdict
    from difflib import get_close_matches

    table = run(store().history)
    if model not in table:
        near = ", ".join(get_close_matches(model, table, n=3, cutoff=0))
        raise Refusal(f"There is no model {model!r} in your table; the nearest are {near}.")
    rows = [row for row in table[model] if as_of is None or row.holds_on(as_of)]
    if not rows:
        raise Refusal(f"{model} has no price on {as_of}.")
    if as_json:
        print_json({"prices": [asdict(row) for row in rows]})
        return
    print(f"{model}: prices on record: {len(rows)}, per million tokens.")
    numbers = dict.fromkeys(("Input", "Output"), True)
    print_table(
        {"From": False, "To": False, **numbers, "Currency": False, "Source": False},
        (
            (
                *(str(row.valid_from or ""), str(row.valid_to or "")),
                *(f"{row.input_price_per_mtok:g}", f"{row.output_price_per_mtok:g}"),
                *(row.currency, f"{row.source}, {row.as_of} {row.source_sha256[:12]}".rstrip()),
            )
            for row in rows
        ),
        spare=("To",),
    )
    print_next("as the API of a budget", "budget --api-model", model)


def store() -> Store:
    """Return the prices of the budget folder in use; without one they start from the shipped."""
    from workbooks.folder import place
    from workbooks.prices.store import Store

    return Store(place.current())


def run(step: Callable[[], T]) -> T:
    """Take a step, and refuse in one sentence where it cannot be taken."""
    from workbooks.prices.offers import FeedError

    try:
        return step()
    except FeedError as error:
        raise Refusal(f"{str(error).rstrip('.')}.") from None


COMMANDS: dict[str, Callable[..., None]] = {
    "refresh": refresh,
    "import": import_,
    "history": history,
}
