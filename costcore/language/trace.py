"""Read an Excel formula off the numpy code that computes its value.

A `Cell` stands for a cell address. Handed to a formula written with numpy
operators and functions, it records what would be computed, as Excel text; the
formula in a sheet and the number cached beside it are thus one line of Python.

>>> price, tokens = Cell("B2"), Cell("B3")
>>> np.where(tokens > 0, price * tokens / 1e6, np.inf)
=IF(B3 > 0, B2 * B3 / 1000000, NA())
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable
from typing import Any

import numpy as np

INFIX = {
    "add": ("+", 4),
    "subtract": ("-", 4),
    "multiply": ("*", 5),
    "divide": ("/", 5),
    "power": ("^", 7),
    "less": ("<", 2),
    "less_equal": ("<=", 2),
    "greater": (">", 2),
    "greater_equal": (">=", 2),
    "equal": ("=", 2),
    "not_equal": ("<>", 2),
}
JOINED = {
    "maximum": "MAX",
    "minimum": "MIN",
    "logical_and": "AND",
    "bitwise_and": "AND",
    "logical_or": "OR",
    "bitwise_or": "OR",
}
"""Functions of two that a sheet has for any number of arguments."""
CALLS = {
    "matmul": "MMULT({}, {})",
    "absolute": "ABS({})",
    "exp": "EXP({})",
    "log": "LN({})",
    "log10": "LOG10({})",
    "sqrt": "SQRT({})",
    "floor": "INT({})",
    "ceil": "ROUNDUP({}, 0)",
    "isfinite": "ISNUMBER({})",
}
OPPOSITES = {"logical_not": "{}", "invert": "{}", "isnan": "ISNUMBER({})"}
"""What each says the opposite of."""
REDUCTIONS = {np.sum: "SUM", np.max: "MAX", np.min: "MIN", np.mean: "AVERAGE"}
TRUTH_LEVEL, TEXT_LEVEL, SIGN_LEVEL, ATOM = 2, 3, 6, 9
ENDLESS = "1E+99"
"""Stands for infinity inside arithmetic, which a cell cannot hold."""
LONG = 12
"""Digits from which a fraction is easier to read as one: a twelfth, not 0.0833…"""


class Cell(np.lib.mixins.NDArrayOperatorsMixin):
    """A piece of Excel formula that numpy code can compute with."""

    __slots__ = ("binds", "text", "total")

    def __init__(self, text: str, binds: int = ATOM, total: str = "") -> None:
        self.text, self.binds, self.total = text, binds, total

    def __repr__(self) -> str:
        return f"={self.text}"

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        name = ufunc.__name__
        if method != "__call__" or options:
            return NotImplemented
        if name == "negative":
            return Cell(f"-{operand(inputs[0], ATOM)}", SIGN_LEVEL)  # -2^2 is 4 in Excel
        if name in INFIX:
            sign, level = INFIX[name]
            left, right = inputs
            if (bare := _unchanged(name, left, right)) is not None:
                return bare
            return Cell(f"{operand(left, level)} {sign} {operand(right, level + 1)}", level)
        return _called(name, inputs)

    def __array_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...], options: dict[str, Any]
    ) -> Any:
        if func is np.where:
            condition, *branches = args
            return _chosen(condition, tuple(branches))
        if func is np.round:
            return Cell(f"ROUND({excel(args[0])}, {args[1] if len(args) > 1 else 0})")
        if func is np.dot:
            return Cell(f"SUMPRODUCT({' * '.join(operand(side, 5) for side in args)})")
        return _reduced(func, args[0]) if func in REDUCTIONS else NotImplemented


class Call(Cell):
    """A call of a function, in parts, for what stands around it may be said without it."""

    __slots__ = ("function", "inside")

    def __init__(self, function: str, inside: str) -> None:
        super().__init__(f"{function}({inside})")
        self.function, self.inside = function, inside


def _called(name: str, inputs: tuple[Any, ...]) -> Any:
    """Return a call of the function that the sheet has for one of numpy's."""
    if name in JOINED:
        return _joined(JOINED[name], inputs)
    if name in OPPOSITES:
        return Call("NOT", OPPOSITES[name].format(excel(inputs[0])))
    if name in CALLS:
        return Cell(CALLS[name].format(*(operand(value, 0) for value in inputs)))
    return NotImplemented


def _reduced(func: Callable[..., Any], row: Any) -> Cell:
    """Return what a row comes to; its sum stands beside it already, where it has one."""
    if func is np.sum and isinstance(row, Cell) and row.total:
        return Cell(row.total)
    if isinstance(row, Cell) and row.binds != ATOM:
        raise TypeError(f"{row!r} inside {REDUCTIONS[func]}: make it a line of its own")
    return Cell(f"{REDUCTIONS[func]}({excel(row)})")


def _chosen(condition: Any, branches: tuple[Any, ...]) -> Any:
    """Return an IF; one that asks for the opposite has its branches the other way round."""
    if not isinstance(condition, Cell):
        return _settled(bool(condition), *branches)
    if isinstance(condition, Call) and condition.function == "NOT":
        condition, branches = Cell(condition.inside), branches[::-1]
    return Cell(f"IF({excel(condition)}, {', '.join(map(excel, branches))})")


def _joined(function: str, inputs: tuple[Any, ...]) -> Cell:
    """Return one call of a function for all its arguments, those of the same one inside it too."""
    same = (isinstance(each, Call) and each.function == function for each in inputs)
    pairs = zip(inputs, same, strict=True)
    return Call(
        function, ", ".join(each.inside if opened else operand(each, 0) for each, opened in pairs)
    )


def _settled(condition: bool, *branches: object) -> Any:
    """Return the branch that a condition without cells has chosen already."""
    chosen = branches[not condition]
    return np.float64(chosen) if isinstance(chosen, float | int) else chosen


def _unchanged(name: str, left: object, right: object) -> Cell | None:
    """Return the cell itself where adding 0 or multiplying by 1 would say nothing.

    Of a comparison it says something: a sheet adds up no truths, but ones and zeros.
    """
    if name in {"add", "multiply"} and _is(left, name):
        return _number(right)
    if name in {"add", "subtract", "multiply", "divide", "power"} and _is(right, name):
        return _number(left)
    return None


def _number(value: object) -> Cell | None:
    return value if isinstance(value, Cell) and value.binds != TRUTH_LEVEL else None


def _is(value: object, name: str) -> bool:
    neutral = 0.0 if name in {"add", "subtract"} else 1.0
    return isinstance(value, float | int) and not isinstance(value, bool) and value == neutral


def excel(value: object) -> str:
    """Return the text of a value inside a formula: nan is a blank, inf is ``NA()``."""
    if isinstance(value, Cell):
        return value.text
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value.item()
    if isinstance(value, bool | np.bool_):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return '"' + value.replace('"', '""') + '"'
    if isinstance(value, numbers.Real):
        return _constant(float(value))
    raise TypeError(f"no Excel text for {value!r}")


def _constant(value: float) -> str:
    if not np.isfinite(value):
        return '""' if np.isnan(value) else "NA()"
    whole = value.is_integer() and abs(value) < 1e15
    parts = round(1 / value) if value else 0
    if parts and 1 / parts == value and len(repr(value)) > LONG:
        return f"({'-' * (value < 0)}1 / {abs(parts)})"
    return repr(int(value)) if whole else repr(value).upper()


def operand(value: object, level: int) -> str:
    """Return the text of one side of an operator, bracketed where it must be."""
    if isinstance(value, float) and np.isposinf(value):
        return ENDLESS
    text = excel(value)
    binds = value.binds if isinstance(value, Cell) else SIGN_LEVEL if text[0] == "-" else ATOM
    return text if binds >= level else f"({text})"


def given(value: Any, otherwise: Any) -> Any:
    """Return a value where there is one, else another: a typed cell wins over a table.

    >>> float(given(np.nan, 2.5)), float(given(np.inf, 2.5)), float(given(0.0, 2.5))
    (2.5, 2.5, 0.0)
    >>> given(Cell("B2"), Cell("C2")), given(Cell("B2"), 0)
    (=IF(ISNUMBER(B2), B2, C2), =N(B2))
    """
    if isinstance(value, Cell) and value.binds == ATOM and _is(otherwise, "add"):
        return Cell(f"N({value.text})")
    if isinstance(value, Cell):
        return Cell(f"IF(ISNUMBER({value.text}), {value.text}, {excel(otherwise)})")
    return np.where(np.isfinite(np.asarray(value, float)), value, otherwise)


def in_array(value: Any) -> Any:
    """Let a cell compute with whole ranges, in programs that ask for it as in those that do not.

    >>> in_array(np.max(np.matmul(Cell("A1:B9"), Cell("D1:D2"))))
    =SUMPRODUCT(MAX(MMULT(A1:B9, D1:D2)))
    """
    return Cell(f"SUMPRODUCT({value.text})") if isinstance(value, Cell) else value


def worksheet(name: str, python: Callable[..., Any], *arguments: object) -> Any:
    """Call `python`, or record a call of the spreadsheet's own function of that meaning."""
    if any(isinstance(argument, Cell) for argument in arguments):
        return Cell(f"{name}({', '.join(map(excel, arguments))})")
    return python(*arguments)


def weighted(values: Any, weights: Any) -> Any:
    """Add up a value for each period, each times its weight; draws stay apart.

    >>> float(weighted(np.array([1.0, 2.0]), np.array([10.0, 0.5])))
    11.0
    >>> weighted(Cell("E2:H2"), Cell("E3:H3"))
    =SUMPRODUCT(E2:H2, E3:H3)
    """
    return worksheet("SUMPRODUCT", _weighted, values, weights)


def _weighted(values: Any, weights: Any) -> Any:
    return np.sum([value * weight for value, weight in zip(values, weights, strict=True)], axis=0)


def in_period(row: Any, period: Any) -> Any:
    """Return the value that a row has in a period, from 1.

    >>> float(in_period(np.array([5.0, 7.0]), 2.0))
    7.0
    >>> in_period(Cell("E2:H2"), Cell("B2"))
    =INDEX(E2:H2, 1, B2)
    """
    return worksheet("INDEX", _in_period, row, 1, period)


def _in_period(row: Any, _: int, period: Any) -> Any:
    return row[int(period) - 1]


def words(*parts: object) -> Any:
    """Join text and numbers already turned into text: a string, or an ``&`` formula.

    >>> words("costs ", amount(1234.5), " a month")
    'costs 1,235 a month'
    >>> words("costs ", amount(Cell("B2")), " a month")
    ="costs " & FIXED(B2, 0) & " a month"
    """
    if any(isinstance(part, Cell) for part in parts):
        return Cell(" & ".join(operand(part, TEXT_LEVEL) for part in parts), TEXT_LEVEL)
    return "".join(str(part) for part in parts)


def amount(number: object, decimals: int = 0) -> Any:
    """Return a number as grouped text, or the formula that does so in the reader's locale."""
    if isinstance(number, Cell):
        return Cell(f"FIXED({number.text}, {decimals})")
    # Excel rounds half away from zero; Python's format would round half to even
    if not np.isfinite(number):  # type: ignore[call-overload]
        return str(number)
    shifted = round(float(np.asarray(number)) * 10**decimals, 6)
    rounded = math.copysign(math.floor(abs(shifted) + 0.5), shifted) / 10**decimals
    return f"{rounded:,.{decimals}f}"
