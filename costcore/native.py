"""A whole sheet function as Excel text: on the cells of a sheet, or as a LAMBDA with a name."""

from __future__ import annotations

import inspect
import math
from collections.abc import Mapping

import numpy as np

from costcore.answers.breakeven import KINDS
from costcore.catalogue import SheetFunction
from costcore.language.quantities import QUANTITIES, is_number
from costcore.language.trace import ENDLESS, Cell, excel

CHOICES = {"kind": KINDS}
"""Arguments that are one of a few words; each word has a formula of its own."""


def native(function: SheetFunction, given: Mapping[str, object]) -> str:
    """Return the formula that computes `function` from cells; the rest keep their defaults.

    It does not check the bounds of its inputs, as the function does.

    >>> from costcore.catalogue import function
    >>> native(function("rent_per_month"), {"rate_per_hour": Cell("B2"), "count": Cell("B3")})
    'B2 * B3 * 730'
    """
    for name, words in CHOICES.items():
        if isinstance(cell := given.get(name), Cell):
            each = {word: native(function, {**given, name: word}) for word in words}
            return _chosen(cell, each)
    return excel(function.call(**given))


def _chosen(cell: Cell, each: Mapping[str, str]) -> str:
    formula = "#VALUE!"
    for word, text in reversed(list(each.items())):
        formula = f"IF({excel(cell == word)}, {text}, {formula})"
    return formula


def as_lambda(function: SheetFunction) -> str:
    """Return the function as an Excel 365 LAMBDA, to be given its name in the Name Manager.

    Arguments left out take their defaults, an input out of bounds gives #NUM!, and "never" is
    #N/A, as in the function itself. Each argument is one cell.

    >>> from costcore.catalogue import function
    >>> print(as_lambda(function("rent_per_month")))
    LAMBDA(rate_per_hour, [count], ..., LET(count_, IF(ISOMITTED(count), 1, count), ...

    Raises
    ------
    LookupError
        If it has no formula of its own, because it looks up, loops or answers with a table.
    """
    if not function.traces:
        raise LookupError(f"{function.name} cannot be one formula; it needs the add-in")
    parameters = function.signature.parameters
    cells = {name: Cell(_inner(p)) for name, p in parameters.items()}
    bounds = ", ".join(b for n in cells if is_number(n) for b in _broken(n, cells[n].text))
    body = f"IF(OR({bounds}), #NUM!, {_body(function, cells)})"
    taken = ", ".join(_outer(p) for p in parameters.values())
    bound = ", ".join(_binding(p) for p in parameters.values() if _optional(p))
    return f"LAMBDA({taken}, LET({bound}, {body}))" if bound else f"LAMBDA({taken}, {body})"


def _body(function: SheetFunction, cells: Mapping[str, Cell]) -> str:
    """Return the formula; an argument that means something else when left out has two."""
    for name, parameter in function.signature.parameters.items():
        if parameter.default is None:
            without = native(function, {n: c for n, c in cells.items() if n != name})
            return f"IF(ISOMITTED({name}), {without}, {native(function, cells)})"
    return native(function, cells)


def _optional(parameter: inspect.Parameter) -> bool:
    return parameter.default is not inspect.Parameter.empty


def _outer(parameter: inspect.Parameter) -> str:
    return f"[{parameter.name}]" if _optional(parameter) else parameter.name


def _inner(parameter: inspect.Parameter) -> str:
    """Return the name of a value inside: LET must not give an argument's own name again."""
    return f"{parameter.name}_" if _optional(parameter) else parameter.name


def _binding(parameter: inspect.Parameter) -> str:
    name = parameter.name
    return f"{_inner(parameter)}, IF(ISOMITTED({name}), {_default(parameter)}, {name})"


def _default(parameter: inspect.Parameter) -> str:
    value = 0.0 if parameter.default is None else parameter.default
    return ENDLESS if value == np.inf else excel(value)


def _broken(name: str, cell: str) -> list[str]:
    """Return the conditions under which an input is out of its bounds."""
    rule = QUANTITIES[name]
    above = [] if math.isinf(rule.high) else [f"{cell} > {rule.high:g}"]
    small = [f"AND({cell} > 0, {cell} < {rule.least:g})"] if rule.least else []
    whole = [f"{cell} <> INT({cell})"] if rule.whole else []
    return [f"{cell} < {rule.low:g}", *above, *small, *whole]
