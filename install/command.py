"""The `evenpoint` command: one typer command for each question, and one way to refuse.

Only typer is imported here. The numbers, tables and sheets are imported where a command needs
them, so that ``evenpoint --help`` answers at once.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from pathlib import Path

import typer

from install.addins.addin import addin
from install.assistants.mcp import mcp
from install.budgets.close import close
from install.budgets.diff import diff
from install.budgets.export import export
from install.commands.actuals import actuals
from install.commands.budget import budget
from install.commands.decide import decide
from install.commands.freeze import freeze
from install.commands.lint import lint
from install.commands.questions import breakeven, tco
from install.commands.reconcile import reconcile
from install.commands.risk import risk
from install.commands.size import size
from install.commands.sizing import sizing
from install.commands.template import template
from install.commands.usage import usage
from install.folder.adding import add
from install.folder.making import init
from install.folder.signing import approve, undo
from install.folder.updating import update
from install.functions.listing import functions
from install.mixing.mix import mix
from install.prices.feeds import COMMANDS as PRICE_COMMANDS
from install.prices.rates import COMMANDS as RATE_COMMANDS
from install.prices.table import prices
from install.reports.report import report
from install.terminal.refusal import Refusal
from install.terminal.screen import screened

FOLDER = "--folder"
FAULT = 70  # what other programs return for a fault of their own
Complaint: type[Exception] = typer.BadParameter.__mro__[2]  # typer does not export it itself

app = typer.Typer(
    help="When does running our own LLM beat paying a cloud API, and what will either cost?",
    epilog="Every command has its own help and an example: evenpoint budget --help. "
    "Each works on the nearest budget folder, which evenpoint init makes, or on --folder FOLDER.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for question in (
    budget,
    mix,
    init,
    export,
    diff,
    close,
    breakeven,
    tco,
    risk,
    decide,
    reconcile,
    actuals,
    add,
    update,
    approve,
    undo,
):
    app.command()(question)
for name, command in (PRICE_COMMANDS | RATE_COMMANDS).items():
    prices.command(name)(command)
app.add_typer(prices, name="prices")
app.add_typer(addin, name="addin")
app.add_typer(usage, name="usage")
app.command()(functions)
app.command()(lint)
app.command()(template)
app.command()(freeze)
app.command()(size)
app.command()(mcp)
app.command()(report)
app.add_typer(sizing, name="sizing")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code: 0, 2 after a refusal, 70 after a fault."""
    with screened():
        return _run(list(sys.argv[1:] if arguments is None else arguments))


def _run(given: list[str]) -> int:
    try:
        _check_text(given)
        with _folder_in_use(given):
            if not given and _in_a_folder():
                return 0
            typed = given or ["--help"]
            return _commands()(typed, prog_name="evenpoint", standalone_mode=False) or 0
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
    except Complaint as error:
        print(error.format_message(), file=sys.stderr)  # type: ignore[attr-defined]
    except typer.Abort:
        print("Stopped; nothing was written.", file=sys.stderr)
    except Exception as fault:
        from workbooks.folder.receipts import FolderError

        if isinstance(fault, FolderError):
            print(f"{str(fault).rstrip('.')}.", file=sys.stderr)
            return 2
        if os.environ.get("EVENPOINT_TRACEBACK"):
            raise
        print(_told(fault, given), file=sys.stderr)
        return FAULT
    return 2


@cache
def _commands() -> Callable[..., int | None]:
    """Return what runs a command; typer would read the flags of all of them at each call."""
    return typer.main.get_command(app)


@contextmanager
def _folder_in_use(given: list[str]) -> Iterator[None]:
    """Use the budget folder that is named, and take it off what was typed, or else the nearest."""
    from workbooks.folder import place

    if (named := _taken(given)) is not None:
        with place.using(Path(named)):
            yield
        return
    try:
        here = place.nearest(Path.cwd())
    except OSError:  # the folder is gone, or nobody may look into one above it
        here = None
    with place.using(here):
        yield


def _in_a_folder() -> bool:
    """Say where the budget folder in use stands, if there is one."""
    from workbooks.folder import place

    if place.current() is None:
        return False
    from install.folder.standing import print_standing

    print_standing()
    return True


def _taken(given: list[str]) -> str | None:
    """Take --folder and what follows it off what was typed."""
    for at, each in enumerate(given):
        if each == "--":
            return None
        if each == FOLDER and at + 1 < len(given):
            named = given[at + 1]
            del given[at : at + 2]
            return named
        if each.startswith(f"{FOLDER}="):
            return given.pop(at).partition("=")[2]
    return None


def _check_text(given: Sequence[str]) -> None:
    """Refuse bytes that are no text: names of files are written into workbooks and tables."""
    for each in given:
        try:
            each.encode()
        except UnicodeEncodeError:
            raise Refusal(
                f"{each!a} is not UTF-8 text; rename the file, or type it anew."
            ) from None


def _told(fault: Exception, given: Sequence[str]) -> str:
    """Say that this program is at fault, and what helps to mend it: no data of the user's."""
    *_, last = traceback.walk_tb(fault.__traceback__)
    place = f"{last[0].f_globals.get('__name__', '?')}:{last[1]}"
    return (
        "This is a fault of Evenpoint, not of your input. Please report these words: "
        f"{version('evenpoint')}, {next(iter(given), '')}, {type(fault).__name__} at {place}. "
        "With EVENPOINT_TRACEBACK=1 set, the same command shows where it happened."
    )


if __name__ == "__main__":
    sys.exit(main())
