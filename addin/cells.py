"""Turn cell values into arguments and answers into cell values, alike in every spreadsheet.

One call on ten thousand rows gives what ten thousand calls on one row give:

==============================  =================================================
In a cell                       What the function sees, or the cell then shows
==============================  =================================================
argument left out, blank cell   the default where there is one; else a number is
                                unknown and a text is empty
blank cell inside a range       the same, for that cell alone
``""``                          a blank
text where a number belongs     ``#VALUE!``; "5,400" is not guessed at
``TRUE`` or ``FALSE``           ``#VALUE!``; a switch is not a 1
date where a number belongs     ``#VALUE!``, where the host says it is a date
an error                        the same error
range                           cell by cell in its own shape; a row against a
                                column is a grid; shapes that do not fit together
                                are ``#VALUE!``
hours, shares, tables           used whole: one error in them is the answer
==============================  =================================================

==============================  =================================================
Answer                          What the cell shows
==============================  =================================================
``inf``: never                  ``#N/A``
``nan``: unknown, out of bounds ``#NUM!``
no rows                         ``#N/A``
no such model, price, option    ``#N/A``
wrong type, shape or word       ``#VALUE!``
a fault of this program         ``#VALUE!``, and its cause in `addin.log`
==============================  =================================================
"""

from __future__ import annotations

import enum
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from addin.log import log_failure
from costcore.catalogue import SheetFunction
from costcore.quantities import is_number

Rows: TypeAlias = Sequence[Sequence[object]]
Answer: TypeAlias = "Value | list[list[Value]]"
WHOLE = frozenset({"hourly_tokens", "shares", "prices_per_mtok"})
"""Numbers that belong together: one load, one split. The others are taken cell by cell."""
BY_CELL = frozenset({"one for each cell", "text"})


class CellError(enum.Enum):
    """An error value, as a spreadsheet shows it."""

    NULL = "#NULL!"
    DIV0 = "#DIV/0!"
    VALUE = "#VALUE!"
    REF = "#REF!"
    NAME = "#NAME?"
    NUM = "#NUM!"
    NA = "#N/A"
    GETTING_DATA = "#GETTING_DATA"
    SPILL = "#SPILL!"
    CONNECT = "#CONNECT!"
    BLOCKED = "#BLOCKED!"
    UNKNOWN = "#UNKNOWN!"
    FIELD = "#FIELD!"
    CALC = "#CALC!"


Value: TypeAlias = float | str | CellError


class _FaultyError(Exception):
    """An error value that makes the whole answer that error."""


@dataclass
class Given:
    """The arguments of one call, and which of their cells have an error or a blank."""

    arguments: dict[str, Any] = field(default_factory=dict)
    faults: list[NDArray[np.object_]] = field(default_factory=list)
    left_open: dict[str, NDArray[np.bool_]] = field(default_factory=dict)


def evaluate(entry: SheetFunction, cells: Sequence[object]) -> Answer:
    """Call a catalogue function on raw cell values; never raise, never return nan.

    Parameters
    ----------
    entry
        The catalogue entry.
    cells
        For each argument a value or rows of values: number, text, bool, date, `CellError`;
        None where it is blank or left out.

    Returns
    -------
    float, str, CellError, or a list of rows of them

    Examples
    --------
    >>> from costcore.catalogue import function
    >>> evaluate(function("BREAKEVEN_TOKENS"), [20, 5_400, 388.8e6, 3_000])
    690000000.0
    >>> evaluate(function("BREAKEVEN_TOKENS"), [[(20,), (10,), (None,)], 5_400, 388.8e6, 3_000])
    [[690000000.0], [<CellError.NA: '#N/A'>], [<CellError.NUM: '#NUM!'>]]
    """
    try:
        return _rows_or_value(answer(entry, cells))
    except _FaultyError as fault:
        return CellError(fault.args[0])
    except (TypeError, ValueError, OverflowError):
        return CellError.VALUE
    except Exception as error:
        if type(error) is LookupError:  # not KeyError or IndexError, which would be our mistake
            return CellError.NA
        log_failure(entry.name)
        return CellError.VALUE


def answer(entry: SheetFunction, cells: Sequence[object]) -> NDArray[np.object_]:
    """Return the cells of an answer; raise what the function raises."""
    given = read(entry, cells)
    result: Any = entry.call(**given.arguments)
    for name, blank in given.left_open.items():
        rest = {n: value for n, value in given.arguments.items() if n != name}
        without: Any = entry.call(**rest)
        result = np.where(blank, without, result)
    shown = _shown(result)
    for fault in reversed(given.faults):  # the first argument's error is laid on last
        shown = np.where(fault.astype(bool), fault, shown)
    return shown


def read(entry: SheetFunction, cells: Sequence[object]) -> Given:
    """Return the arguments in `cells`, ready for the function."""
    given = Given()
    bound = entry.signature.bind(*cells).arguments
    for name, parameter in entry.signature.parameters.items():
        rows = rows_of(bound.get(name))
        required = parameter.default is parameter.empty
        if not required and len(rows) == len(rows[0]) == 1 and is_blank(rows[0][0]):
            continue
        if name in WHOLE or entry.answers not in BY_CELL or not is_number(name):
            _refuse_errors(rows)
        if is_number(name):
            _read_numbers(entry, given, name, rows, np.nan if required else parameter.default)
        else:
            given.arguments[name] = _read_text(entry, name, rows)
    return given


def rows_of(cells: object) -> Rows:
    """Return a value, a row of values or rows of values as rows."""
    if not isinstance(cells, list | tuple):
        return ((cells,),)
    return cells if cells and isinstance(cells[0], list | tuple) else (cells,)


def is_blank(cell: object) -> bool:
    """Say whether a cell holds nothing; an empty text counts as nothing."""
    return cell is None or (isinstance(cell, str) and not cell)


def number(cell: object, blank: float) -> float | CellError:
    """Return the number in a cell, or the error it stands for."""
    if is_blank(cell):
        return blank
    if isinstance(cell, CellError):
        return cell
    if isinstance(cell, bool) or not isinstance(cell, int | float | Decimal):
        return CellError.VALUE
    return float(cell)


def _refuse_errors(rows: Rows) -> None:
    for cell in itertools.chain.from_iterable(rows):
        if isinstance(cell, CellError):
            raise _FaultyError(cell)


def _read_numbers(
    entry: SheetFunction, given: Given, name: str, rows: Rows, default: float | None
) -> None:
    """Read cell by cell; what is no number is remembered as an error, to be shown in its place."""
    cells = list(itertools.chain.from_iterable(rows))
    blank = np.nan if default is None else default
    if set(map(type, cells)) != {float}:
        read = [number(cell, blank) for cell in cells]
        wrong = [value if isinstance(value, CellError) else None for value in read]
        if any(wrong):
            if name in WHOLE or entry.answers not in BY_CELL:
                raise _FaultyError(CellError.VALUE)
            given.faults.append(_shaped(np.array(wrong, dtype=object), rows))
        if default is None and any(map(is_blank, cells)):
            given.left_open[name] = _shaped(np.array([is_blank(cell) for cell in cells]), rows)
        cells = [np.nan if isinstance(value, CellError) else value for value in read]
    given.arguments[name] = _shaped(np.array(cells, dtype=float), rows)


def _shaped(values: NDArray[Any], rows: Rows) -> NDArray[Any]:
    return values.reshape(()) if values.size == 1 else values.reshape(len(rows), -1)


def _read_text(entry: SheetFunction, name: str, rows: Rows) -> object:
    """Return a table as its rows, and a text or a date as the one cell it is in."""
    if entry.quantities[name][1].label == "table":
        return rows
    if len(rows) > 1 or len(rows[0]) > 1:
        raise TypeError(f"{name} is a range; it must be a single cell")
    ((cell,),) = rows
    if isinstance(cell, bool) or not (name == "as_of" or isinstance(cell, str | None)):
        raise TypeError(f"{name} is {cell!r}, which is not text")
    return "" if cell is None else cell


def _shown(result: object) -> NDArray[np.object_]:
    given = np.asarray(result)
    cells: NDArray[np.object_] = given.astype(object)
    numbers = given if given.dtype.kind == "f" else _numbers_among(cells)
    cells[~np.isfinite(numbers)] = CellError.NUM
    cells[numbers == np.inf] = CellError.NA
    return cells


def _numbers_among(texts: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return the numbers among texts, and 0 for each text; nan is a text that is unknown."""
    flat = [value if isinstance(value, float) else 0.0 for value in texts.ravel()]
    return np.array(flat).reshape(texts.shape)


def _rows_or_value(cells: NDArray[np.object_]) -> Answer:
    if cells.size == 0:
        return CellError.NA
    if cells.ndim == 0:
        value: Value = cells.item()
        return value
    rows: list[list[Value]] = np.atleast_2d(cells).tolist()
    return rows
