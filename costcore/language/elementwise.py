"""Let a formula written for one number take a whole column of them."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from costcore.language.arguments import documentation
from costcore.language.notice import notices
from costcore.language.quantities import QUANTITIES, Quantity, is_number
from costcore.language.trace import Cell

Numbers: TypeAlias = Any
"""A number, an array of numbers, or the cell that holds one."""
Returned = TypeVar("Returned")

ONE_ROW_ERRORS = {
    "TypeError": "If text stands where a number belongs.",
    "ValueError": "If an argument holds more than one number.",
}
COLUMN_ERRORS = {
    "TypeError": "If text stands where a number belongs; beyond its bounds the answer is nan.",
    "ValueError": "If the shapes of the arguments do not broadcast.",
}

BLOCK = 32_768
"""Elements computed at a time: intermediate results then stay in the cache."""
KEPT_BYTES = 2**24
"""Freed memory up to about this size stays with the process, once one such block was freed."""


def elementwise(formula: Callable[..., Any]) -> Callable[..., Any]:
    """Broadcast the arguments of `formula`, and keep each within its bounds.

    Every argument name must be in `quantities.QUANTITIES`. Where an input is
    nan, or outside the bounds given there, the answer is nan and the other
    elements are unaffected. Scalars in, scalar out. Handed a `trace.Cell`, the
    formula is recorded instead of computed.

    Raises
    ------
    TypeError
        On call, if an argument is not a number.
    ValueError
        On call, if the shapes of the arguments do not broadcast.
    """
    signature = inspect.signature(formula)
    numeric = {name for name in signature.parameters if is_number(name)}
    defaults = {name: p.default for name, p in signature.parameters.items()}
    required = {name for name, default in defaults.items() if default is inspect.Parameter.empty}

    @functools.wraps(formula)
    def wrapper(*args: object, **kwargs: object) -> Any:
        if not args and required <= kwargs.keys() <= defaults.keys():
            given = defaults | kwargs  # a spreadsheet calls like this, in thousands of cells
        else:
            bound = signature.bind(*args, **kwargs)
            bound.apply_defaults()
            given = bound.arguments
        if any(isinstance(value, Cell) for value in given.values()):
            return _recorded(formula, given)
        columns = {n: as_numbers(n, v) for n, v in given.items() if n in numeric and v is not None}
        return _computed(formula, columns, {n: v for n, v in given.items() if n not in columns})

    wrapper.__doc__ = documentation(formula, COLUMN_ERRORS)
    return wrapper


def as_numbers(name: str, value: object) -> NDArray[np.float64]:
    """Return `value` as floats; text that merely looks like a number is refused.

    Raises
    ------
    TypeError
        If it holds anything but numbers.
    """
    if type(value) is np.float64:  # as a spreadsheet hands it over: numpy is quicker so
        return value  # type: ignore[return-value]  # it has all that is asked of an array of one
    array = np.asarray(value)
    if array.dtype.kind not in "fiu":
        raise TypeError(f"{name} is {value!r}, which is not a number")
    return array.astype(float, copy=False)


def _recorded(formula: Callable[..., Any], given: dict[str, Any]) -> Any:
    """Numbers among the cells divide as numpy's do: by zero without an exception."""
    plain = {n: np.float64(v) if isinstance(v, int | float) else v for n, v in given.items()}
    with np.errstate(all="ignore"):
        return formula(**plain)


def _computed(
    formula: Callable[..., Any], columns: dict[str, NDArray[np.float64]], fixed: dict[str, object]
) -> Any:
    if not any(column.ndim for column in columns.values()):
        return _bounded(formula, columns, fixed)[()]
    shape = np.broadcast_shapes(*(column.shape for column in columns.values()))
    size = int(np.prod(shape))
    if size <= BLOCK:
        return _bounded(formula, columns, fixed)[()]
    flat = {n: c if c.ndim == 0 else _flat(c, shape) for n, c in columns.items()}
    # else glibc hands each intermediate result back to the system, and all takes twice as long
    np.empty(KEPT_BYTES, dtype=np.uint8)
    answer = np.empty(size)
    for start in range(0, size, BLOCK):
        block = slice(start, start + BLOCK)
        answer[block] = _bounded(
            formula, {n: c if c.ndim == 0 else c[block] for n, c in flat.items()}, fixed
        )
    return answer.reshape(shape)


def _flat(column: NDArray[np.float64], shape: tuple[int, ...]) -> NDArray[np.float64]:
    return np.broadcast_to(column, shape).reshape(-1)


def _bounded(
    formula: Callable[..., Any], columns: dict[str, NDArray[np.float64]], fixed: dict[str, object]
) -> NDArray[np.float64]:
    with np.errstate(all="ignore"):
        answer = np.asarray(formula(**columns, **fixed), dtype=float)
    for name, column in columns.items():
        if not _all_admitted(QUANTITIES[name], column):
            answer = np.where(QUANTITIES[name].admits(column), answer, np.nan)
    return answer


def _all_admitted(quantity: Quantity, column: NDArray[np.float64]) -> bool:
    """Whether the extremes are within the bounds; the extreme of a column with nan is nan."""
    low, high = quantity.low, quantity.high
    if column.ndim == 0:
        return low <= (value := column.item()) <= high and not (quantity.whole and value % 1)
    if quantity.whole:
        return bool(quantity.admits(column).all())
    return bool(column.min(initial=low) == low and column.max(initial=high) == high)


def in_words(formula: Callable[..., str]) -> Callable[..., Any]:
    """Call `formula` once for each element; sentences come back instead of numbers.

    One element gives a string, more give an object array of strings.
    """
    signature = inspect.signature(formula)

    @functools.wraps(formula)
    def wrapper(*args: object, **kwargs: object) -> Any:
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        columns = {n: as_numbers(n, v) for n, v in bound.arguments.items() if v is not None}
        shape = np.broadcast_shapes(*(column.shape for column in columns.values()))
        rows = {n: np.broadcast_to(c, shape).ravel() for n, c in columns.items()}
        size = int(np.prod(shape))
        said = [_sentence(formula, {n: float(r[i]) for n, r in rows.items()}) for i in range(size)]
        return np.array(said, dtype=object).reshape(shape) if shape else said[0]

    wrapper.__doc__ = documentation(formula, COLUMN_ERRORS)
    return wrapper


def _sentence(formula: Callable[..., str], values: dict[str, float]) -> str:
    for name, value in values.items():
        if not QUANTITIES[name].admits(np.asarray(value)):
            return f"{name} is {value:g}; it must be {QUANTITIES[name].rule}."
    noticed = next(notices(values), None)
    return noticed.sentence if noticed else formula(**values)


def explained(function: Callable[..., Returned]) -> Callable[..., Returned]:
    """Call `function` by the names of its arguments, and say in its docstring what they are."""
    return _by_name(function, lambda _, value: value, {})


def one_row(function: Callable[..., Returned]) -> Callable[..., Returned]:
    """Hand `function` the single number in each argument, for it answers one row of inputs."""
    return _by_name(function, _single, ONE_ROW_ERRORS)


def _by_name(
    function: Callable[..., Returned],
    read: Callable[[str, object], object],
    errors: Mapping[str, str],
) -> Callable[..., Returned]:
    signature = inspect.signature(function)

    @functools.wraps(function)
    def wrapper(*args: object, **kwargs: object) -> Returned:
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        return function(**{name: read(name, value) for name, value in bound.arguments.items()})

    wrapper.__doc__ = documentation(function, errors)
    return wrapper


def _single(name: str, value: object) -> object:
    if value is None or not is_number(name):
        return value
    numbers = as_numbers(name, value)
    if QUANTITIES[name].many:
        return numbers.ravel()
    if numbers.size != 1:
        raise ValueError(
            f"{name} has {numbers.size} numbers; this answers one row of inputs, not a range"
        )
    return numbers.item()
