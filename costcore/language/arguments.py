"""What functions have in common: the arguments they take, and what each of those means."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar

from costcore.language.quantities import QUANTITIES, is_number, unit_of

Function = TypeVar("Function", bound=Callable[..., Any])

LEFT_OUT = {
    "cached_price_per_mtok": "default the input price",
    "as_of": "default the newest price",
}
"""What it means to leave out an argument whose default is None; "optional" for the others."""


def arguments_of(
    other: Callable[..., Any], without: Collection[str] = ()
) -> Callable[[Function], Function]:
    """Let a function's ``**rest`` stand for the arguments of another that it does not name.

    Those that only it has come before the other's, or after them if they have a default.
    What calls it must do so by name: `elementwise.explained` and its like do.

    Examples
    --------
    >>> def rent(rate_per_hour, count=1.0): ...
    >>> @arguments_of(rent, without=["count"])
    ... def rent_each(hours_per_month, life_months=36.0, **rest): ...
    >>> print(inspect.signature(rent_each))
    (hours_per_month, rate_per_hour, life_months=36.0)
    """
    theirs = {n: p for n, p in inspect.signature(other).parameters.items() if n not in without}

    def taking(function: Function) -> Function:
        signature = inspect.signature(function)
        own = [p for n, p in signature.parameters.items() if n not in theirs]
        named = [p for p in own if p.kind is not p.VAR_KEYWORD]
        first = [p for p in named if p.default is p.empty]
        last = [p for p in named if p.default is not p.empty]
        joined = signature.replace(parameters=[*first, *theirs.values(), *last])
        function.__signature__ = joined  # type: ignore[attr-defined]
        return function

    return taking


def documentation(function: Callable[..., Any], errors: Mapping[str, str]) -> str:
    """Return a function's docstring with its parameters, and the errors of all of its kind."""
    text = inspect.cleandoc(function.__doc__ or "")
    told = [
        _parameter(name, p.default) for name, p in inspect.signature(function).parameters.items()
    ]
    raised = [f"{error}\n    {when}" for error, when in errors.items()]
    text = text.replace(RETURNS, _section("Parameters", told) + RETURNS, 1)
    if not errors:
        return text
    if RAISES in text:
        return text.replace(RAISES, _section("Raises", raised).rstrip() + "\n", 1)
    return text.replace(EXAMPLES, _section("Raises", raised) + EXAMPLES, 1)


RETURNS = "Returns\n-------\n"
RAISES = "Raises\n------\n"
EXAMPLES = "Examples\n--------\n"


def _section(name: str, entries: Collection[str]) -> str:
    return "\n".join([name, "-" * len(name), *entries, "", ""])


def _parameter(name: str, default: object) -> str:
    left_out = "" if default is inspect.Parameter.empty else f", {default_in_words(name, default)}"
    rule = f" Must be {QUANTITIES[name].rule}." if is_number(name) else ""
    return f"{name} : {unit_of(name).label}{left_out}\n    {QUANTITIES[name].help}{rule}"


def default_in_words(name: str, default: object) -> str:
    """Return what an argument is when it is left out.

    >>> default_in_words("hours_per_month", 730.0)
    'default 730'
    """
    if default is None:
        return LEFT_OUT.get(name, "optional")
    if default == math.inf:
        return "default no limit"
    return f"default {default:g}" if isinstance(default, float) else f"default {default}"
