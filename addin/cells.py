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

import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from addin.arguments import CellError, FaultyError, read
from addin.log import log_failure
from costcore.catalogue import SheetFunction
from costcore.language.notice import notices

__all__ = ["Answer", "CellError", "Value", "answer", "evaluate"]
Answer: TypeAlias = "Value | list[list[Value]]"
Value: TypeAlias = float | str | CellError


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
    except FaultyError as fault:
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
    if not entry.name.endswith("_WHY"):  # that says it in its own words
        shown = _noticed(entry, shown, given.arguments)
    for fault in reversed(given.faults):  # the first argument's error is laid on last
        shown = np.where(fault.astype(bool), fault, shown)
    return shown


def _noticed(
    entry: SheetFunction, shown: NDArray[np.object_], arguments: Mapping[str, object]
) -> NDArray[np.object_]:
    """Return the cells with #NUM! where an argument holds what nobody means."""
    for notice in notices(arguments):
        by_cell = entry.answers in ("one for each cell", "text")
        refused = np.array(CellError.NUM, dtype=object)
        shown = np.where(notice.where if by_cell else notice.where.any(), refused, shown)
    return shown


def _shown(result: object) -> NDArray[np.object_]:
    if isinstance(result, float):
        return np.array(_shown_number(float(result)), dtype=object)
    given = np.asarray(result)
    cells: NDArray[np.object_] = given.astype(object)
    numbers = given if given.dtype.kind == "f" else _numbers_among(cells)
    cells[~np.isfinite(numbers)] = CellError.NUM
    cells[numbers == np.inf] = CellError.NA
    return cells


def _shown_number(number: float) -> Value:
    if math.isfinite(number):
        return number
    return CellError.NA if number == math.inf else CellError.NUM


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
