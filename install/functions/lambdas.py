"""The worksheet functions as Excel 365 LAMBDAs, for people who may install nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from install.terminal.refusal import Refusal
from install.terminal.screen import print_whole

if TYPE_CHECKING:
    from costcore.catalogue import SheetFunction

HOW = """\
For Excel 365 and Excel 2024, which know LAMBDA. In Formulas > Name Manager > New, type the name \
and paste the line that begins with "=" under "Refers to"; then =NAME(...) works in every \
cell of that workbook. Each argument is one cell; those in [brackets] may be left out. An input \
out of its bounds gives #NUM!, "never" is #N/A, a node that serves nothing #DIV/0!.

The definitions are computed from the same source as the functions. Two other spreadsheet \
programs agree with them, one on the whole LAMBDA, one on its body; Excel itself was not at hand.
"""


def lambdas(entry: SheetFunction | None) -> dict[str, str]:
    """Return the definition of one function, or of all that have one, by name.

    Raises
    ------
    Refusal
        If the function asked for has none.
    """
    from costcore.catalogue import FUNCTIONS
    from costcore.native import as_lambda

    if entry is not None and not entry.traces:
        raise Refusal(
            f"{entry.name} is no single formula, so it has no LAMBDA; it needs the add-in."
        )
    chosen = [each for each in FUNCTIONS if each.traces] if entry is None else [entry]
    return {each.name: f"={as_lambda(each)}" for each in chosen}


def print_lambdas(definitions: dict[str, str]) -> None:
    """Print how to use them, then each name and its definition on a line of its own."""
    print(HOW)
    for name, text in definitions.items():
        print_whole(f"{name}\n{text}\n")
