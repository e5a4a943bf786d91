"""What xlwings Lite hands over and takes back: rows of plain cells, an error as its text."""

from __future__ import annotations

from xlwings import XlwingsError

from addin.cells import CellError, answer, evaluate
from costcore.catalogue import SheetFunction, function

ERRORS = {error.value: error for error in CellError}
REAL = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"})
"""Texts that Lite turns into error values; it would leave any other as text, which SUM skips."""
NO_NUMBER = "An argument holds text, a date, TRUE or FALSE where a number belongs."


def answered(name: str, *cells: object) -> list[list[object]]:
    """Return the rows that Excel shows.

    Raises
    ------
    XlwingsError
        If the answer is a lone #VALUE!: Excel shows that error, and the reason with it.

    Examples
    --------
    >>> answered("RENT_PER_MONTH", [[1.5]], None, None, [[720]])
    [[1080.0]]
    >>> answered("RENT_PER_MONTH", [[1.5], ["#REF!"]], None, None, [[720]])
    [[1080.0], ['#REF!']]
    """
    entry, given = function(name), [_received(cell) for cell in cells]
    shown = evaluate(entry, given)
    if shown is CellError.VALUE:
        raise XlwingsError(_reason(entry, given))
    rows = shown if isinstance(shown, list) else [[shown]]
    return [[_sent(value) for value in row] for row in rows]


def _received(cell: object) -> object:
    if isinstance(cell, list | tuple):
        return [_received(item) for item in cell]
    return ERRORS.get(cell, cell) if isinstance(cell, str) else cell


def _sent(value: object) -> object:
    if isinstance(value, CellError):
        return value.value if value.value in REAL else CellError.VALUE.value
    return value


def _reason(entry: SheetFunction, given: list[object]) -> str:
    """Say why there is no answer, where the function said it."""
    try:
        answer(entry, given)
    except (TypeError, ValueError) as error:
        return f"{entry.name}: {error}."
    except Exception:  # an error that was passed in, or a fault that is in the log
        return f"{entry.name}: an argument is an error, or the function failed."
    return f"{entry.name}: {NO_NUMBER}"
