"""Read the cells of a formula's arguments; `addin.cells` says by which rules."""

from __future__ import annotations

import enum
import functools
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain, zip_longest
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from costcore.catalogue import SheetFunction
from costcore.language.quantities import is_number, unit_of

Rows: TypeAlias = Sequence[Sequence[object]]
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


class FaultyError(Exception):
    """An error value that makes the whole answer that error."""


@dataclass
class Given:
    """The arguments of one call, and which of their cells have an error or a blank."""

    arguments: dict[str, Any] = field(default_factory=dict)
    faults: list[NDArray[np.object_]] = field(default_factory=list)
    left_open: dict[str, NDArray[np.bool_]] = field(default_factory=dict)


class _Argument(NamedTuple):
    """What has to be known of an argument to read its cells."""

    name: str
    required: bool
    default: Any
    is_number: bool
    is_table: bool
    by_cell: bool


@functools.cache  # a formula is called in thousands of cells
def _arguments(call: Callable[..., object], answers: str) -> tuple[_Argument, ...]:
    return tuple(
        _Argument(
            parameter.name,
            required := parameter.default is parameter.empty,
            np.nan if required else parameter.default,
            is_number(parameter.name),
            unit_of(parameter.name).label == "table",
            is_number(parameter.name) and parameter.name not in WHOLE and answers in BY_CELL,
        )
        for parameter in inspect.signature(call).parameters.values()
    )


def read(entry: SheetFunction, cells: Sequence[object]) -> Given:
    """Return the arguments in `cells`, ready for the function."""
    given = Given()
    arguments = _arguments(entry.call, entry.answers)
    if len(cells) > len(arguments):
        raise TypeError(f"{entry.name} takes {len(arguments)} arguments, not {len(cells)}")
    for argument, cell in zip_longest(arguments, cells):
        if type(cell) is float and argument.is_number:  # most cells, so without detours
            given.arguments[argument.name] = np.float64(cell)
            continue
        rows = rows_of(cell)
        if not argument.required and _is_single_blank(rows):
            continue
        if not argument.by_cell:
            _refuse_errors(rows)
        if argument.is_number:
            _read_numbers(given, argument, rows)
        else:
            given.arguments[argument.name] = _read_text(argument, rows)
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
    for cell in chain.from_iterable(rows):
        if isinstance(cell, CellError):
            raise FaultyError(cell)


def _read_numbers(given: Given, argument: _Argument, rows: Rows) -> None:
    """Read cell by cell; what is no number is remembered as an error, to be shown in its place."""
    cells = list(chain.from_iterable(rows))
    if set(map(type, cells)) != {float}:
        blank = np.nan if argument.default is None else argument.default
        read = [number(cell, blank) for cell in cells]
        wrong = [value if isinstance(value, CellError) else None for value in read]
        if any(wrong):
            if not argument.by_cell:
                raise FaultyError(CellError.VALUE)
            given.faults.append(_shaped(np.array(wrong, dtype=object), rows))
        if argument.default is None and any(map(is_blank, cells)):
            open_cells = np.array([is_blank(cell) for cell in cells])
            given.left_open[argument.name] = _shaped(open_cells, rows)
        cells = [np.nan if isinstance(value, CellError) else value for value in read]
    given.arguments[argument.name] = _shaped(np.array(cells, dtype=float), rows)


def _shaped(values: NDArray[Any], rows: Rows) -> NDArray[Any]:
    return values.reshape(()) if values.size == 1 else values.reshape(len(rows), -1)


def _read_text(argument: _Argument, rows: Rows) -> object:
    """Return a table as its rows, and a text or a date as the one cell it is in."""
    name = argument.name
    if argument.is_table:
        if _is_single_blank(rows):
            raise TypeError(f"{name} is blank; it must be a range")
        return rows
    if len(rows) > 1 or len(rows[0]) > 1:
        raise TypeError(f"{name} is a range; it must be a single cell")
    ((cell,),) = rows
    if isinstance(cell, bool) or not (name == "as_of" or isinstance(cell, str | None)):
        raise TypeError(f"{name} is {cell!r}, which is not text")
    return "" if cell is None else cell


def _is_single_blank(rows: Rows) -> bool:
    return len(rows) == len(rows[0]) == 1 and is_blank(rows[0][0])
