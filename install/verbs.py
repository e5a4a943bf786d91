"""Every verb of the command line, gathered in one typer application.

Only typer is imported here. The numbers, tables and sheets are imported where a command needs
them, so that ``evenpoint --help`` answers at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

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
from install.folder.signing import approve
from install.folder.undoing import undo
from install.folder.updating import update
from install.functions.listing import functions
from install.mixing.mix import mix
from install.prices.feeds import COMMANDS as PRICE_COMMANDS
from install.prices.rates import COMMANDS as RATE_COMMANDS
from install.prices.table import prices
from install.reports.report import report
from install.terminal.refusal import Refusal

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


def run(typed: Sequence[str]) -> int:
    """Run what was typed, and return its exit code.

    Raises
    ------
    Refusal
        If a flag or an argument is wrong, or somebody stopped it.
    """
    try:
        return commands()(list(typed), prog_name="evenpoint", standalone_mode=False) or 0
    except Complaint as error:
        raise Refusal(error.format_message()) from None  # type: ignore[attr-defined]
    except typer.Abort:
        raise Refusal("Stopped; nothing was written.") from None


@cache
def commands() -> Callable[..., int | None]:
    """Return what runs a command; typer would read the flags of all of them at each call."""
    return typer.main.get_command(app)
