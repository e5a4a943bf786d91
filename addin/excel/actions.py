"""What the buttons of the ribbon do, on any workbook that offers what `Book` asks for.

Each action returns the text the user is shown. One that begins with ``?`` is a question,
and its answer yes runs the action of that name with ``_confirmed``. What needs budgets or
prices is done by the ``evenpoint`` command in a process of its own, so that a worksheet
function never waits for it and the add-in loads nothing of it.
"""

from __future__ import annotations

import datetime
import itertools
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from addin.cells import CellError
from addin.excel.asking import ActionError, answered
from addin.formula import first_call, reaches_out
from addin.log import log_path
from addin.reasons import reason
from addin.staircase import staircase
from costcore.catalogue import FUNCTIONS
from costcore.language.quantities import UNITS

MOST_CHARACTERS = 1_000
"""A message box cuts off what is longer than 1,024."""
MOST_LISTED = 12
NUMBER = re.compile(r"[-+]?\d[\d,. ]*([eE][-+]?\d+)?%?")
NO_WINDOW = 0x0800_0000  # Windows: a command started without a console opens one, unless told not


class Found(NamedTuple):
    """A cell that holds something."""

    sheet: str
    row: int
    column: int
    address: str
    value: object
    formula: str

    def __str__(self) -> str:
        return f"{self.sheet}!{self.address}"


class Book(Protocol):
    """An open workbook."""

    def folder(self) -> Path | None:
        """Return the folder it was saved to, or None."""

    def selected(self) -> tuple[str, str]:
        """Return sheet and address of the selected cell."""

    def formula(self, sheet: str, address: str) -> str:
        """Return the formula of a cell in English, with commas; empty where there is none."""

    def evaluate(self, sheet: str, expression: str) -> object:
        """Return the value or the rows of values that an expression has on a sheet."""

    def names(self) -> Mapping[str, str]:
        """Return what each name stands for, by the name in small letters, in whatever scope."""

    def cells(self) -> Iterable[Found]:
        """Return every cell that holds something, row by row."""

    def write(self, sheet: str, address: str, value: object) -> None:
        """Change the value of a cell and nothing else of it."""

    def save_copy(self, path: Path) -> None:
        """Save the workbook as it is now under another name, and stay on this one."""

    def open(self, path: Path) -> None:
        """Open another workbook."""

    def ask(self, question: str) -> str | None:
        """Ask the user for a text, which may stay empty; None where the user stops."""


def run(action: str, book: Book) -> str:
    """Do what a button asks for and return what the user is told.

    Raises
    ------
    LookupError
        If there is no such action.
    """
    if action not in ACTIONS:
        raise LookupError(f"no action {action!r}")
    try:
        return shortened(ACTIONS[action](book))
    except ActionError as error:
        return str(error)


def new_budget(book: Book) -> str:
    """Ask four questions, write a budget beside this workbook or in the documents, and open it."""
    flags = [*answered(book.ask)]
    folder = book.folder() or Path.home() / "Documents"
    folder = folder if folder.is_dir() else Path.home()
    path = free_path(folder, "Evenpoint budget.xlsx")
    typed = ("budget", "--out", str(path), *flags)
    verdict, *more = evenpoint(folder, *typed).strip().splitlines()
    written = next(line for line in more if line.startswith("Wrote "))
    book.open(path)
    told = "It is open now: type over the yellow cells on the sheet Inputs."
    return f"{verdict}\n{written}\n\n{told}"


def refresh_prices(book: Book) -> str:
    """Ask whether the prices that have changed may be changed; nothing is written yet."""
    found = price_changes(book)
    changes, kept = found["changed"], found["kept"]
    if not changes:
        return "\n".join(["No price has to change.", *kept])
    question = f"Change {len(changes)} cells? Formats stay, and so does every other cell."
    told = [change["told"] for change in changes]
    return "\n".join(["?" + question, "", *listed(told), *listed(kept, 3)])


def refresh_prices_confirmed(book: Book) -> str:
    """Change the prices; the list is made anew, for a cell may have changed meanwhile."""
    changes = price_changes(book)["changed"]
    for change in changes:
        value = change["new"]
        if change["is_date"]:
            value = datetime.datetime.fromisoformat(value)
        book.write(change["sheet"], change["cell"], value)
    told = [change["told"] for change in changes]
    return "\n".join([f"Changed {len(changes)} cells; Excel cannot undo it.", "", *listed(told)])


def explain_cell(book: Book) -> str:
    """Say what the first Evenpoint function in the selected cell found."""
    sheet, address = book.selected()
    call = first_call(book.formula(sheet, address))
    if call is None:
        raise ActionError(f"{sheet}!{address} has no Evenpoint function. Select a cell that has.")
    entry, arguments = call
    names = book.names()
    if far := next((text for text in arguments if reaches_out(text, names)), None):
        raise ActionError(f"{sheet}!{address}: {far} asks outside the workbook; nothing is asked.")
    cells = [book.evaluate(sheet, text) if text else None for text in arguments]
    told = [f"{sheet}!{address}\n{reason(entry, cells)}"]
    with suppress(Exception):  # an argument that is wrong was told already
        told += filter(None, [staircase(entry, cells)])
    return "\n\n".join(told)


def check_workbook(book: Book) -> str:
    """List what makes figures wrong: errors, text for numbers, failed checks, foreign links."""
    cells = list(book.cells())
    at = {(cell.sheet, cell.row, cell.column): cell for cell in cells}
    problems = {
        "show an error": [f"{c} {c.value.value}" for c in cells if isinstance(c.value, CellError)],
        "hold a number as text": [str(c) for c in _numbers_as_text(cells)],
        "are checks that fail": list(_failed_checks(at)),
        "call an add-in in another place": [str(c) for c in cells if "evenpoint.xlam" in c.formula],
    }
    ours = sum(first_call(cell.formula) is not None for cell in cells)
    head = f"{len(cells):,} cells, {ours} of them with an Evenpoint function."
    lines = [
        line
        for what, where in problems.items()
        if where
        for line in ("", f"{len(where)} cells {what}:", *listed(where, 5))
    ]
    return "\n".join([head, *(lines or ["Nothing wrong found."])])


def show_help(_book: Book) -> str:
    """Name the functions, and where to read on."""
    names = (entry.name for entry in FUNCTIONS if not entry.name.endswith("_BASIS"))
    return (
        "Type =, a function and Ctrl+A into a cell to see its arguments with their units. "
        "#N/A means never, #NUM! out of bounds or unknown, #VALUE! not a number.\n\n"
        f"{', '.join(names)}\n\nWith _BASIS behind its name, each of the sizing functions says "
        f"what it rests on.\n\nFaults are logged in {log_path()}"
    )


ACTIONS: Mapping[str, Callable[[Book], str]] = {
    action.__name__: action
    for action in (
        new_budget,
        refresh_prices,
        refresh_prices_confirmed,
        explain_cell,
        check_workbook,
        show_help,
    )
}


def price_changes(book: Book) -> dict[str, Any]:
    """Ask the command what it would change in a copy of the workbook as it is on the screen."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "prices.xlsx")
        book.save_copy(copy)
        command = ("addin", "price-changes", str(copy))
        found: dict[str, Any] = json.loads(evenpoint(book.folder(), *command))
    return found


def evenpoint(folder: Path | None, *arguments: str) -> str:
    """Run the command of this installation in a folder and return what it prints.

    A budget folder that it lies in is the one whose tables count.

    Raises
    ------
    ActionError
        If it refuses, with its sentence.
    """
    done = subprocess.run(
        [sys.executable, "-I", "-X", "utf8", "-m", "install.command", *arguments],
        check=False,
        capture_output=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        cwd=folder if folder and folder.is_dir() else None,
        creationflags=NO_WINDOW if sys.platform == "win32" else 0,
    )
    if done.returncode:
        raise ActionError(done.stderr.strip().rpartition("\n")[2] or "The command failed.")
    return done.stdout


def free_path(folder: Path, name: str) -> Path:
    """Return the file of this name in a folder, or the first numbered one that is not there."""
    wanted = folder / name
    numbered = (wanted.with_stem(f"{wanted.stem} {n}") for n in itertools.count(2))
    return next(p for p in itertools.chain([wanted], numbered) if not p.exists())


def _numbers_as_text(cells: list[Found]) -> list[Found]:
    """Find texts that read as numbers, in columns that hold numbers: others are meant as text."""
    columns = {(cell.sheet, cell.column) for cell in cells if isinstance(cell.value, float)}
    return [
        cell
        for cell in cells
        if isinstance(cell.value, str)
        and not cell.formula
        and (cell.sheet, cell.column) in columns
        and NUMBER.fullmatch(cell.value.strip())
    ]


def _failed_checks(at: Mapping[tuple[str, int, int], Found]) -> Iterator[str]:
    """Find the checks of a budget by their unit, between the label and the result."""
    for (sheet, row, column), cell in at.items():
        if cell.value != UNITS["check"].label:
            continue
        label, result = at.get((sheet, row, column - 1)), at.get((sheet, row, column + 1))
        if label and result and result.value not in (0, 0.0):
            yield f"{result} {label.value}"


def listed(lines: list[str], most: int = MOST_LISTED) -> list[str]:
    """Return the first lines, and how many more there are."""
    rest = len(lines) - most
    return lines if rest <= 0 else [*lines[:most], f"... and {rest} more"]


def shortened(text: str) -> str:
    """Return what a message box can show of a text."""
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 4] + " ..."
