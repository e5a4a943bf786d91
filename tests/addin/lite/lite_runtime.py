"""What xlwings Lite does with a ``main.py``, so that one can be run without Excel.

Lite's own runtime is closed or not free for every use, so this is our reading of it: which
decorators and signatures it accepts, what a cell becomes as an argument, what a result becomes
in a cell. Everything it would refuse, or show as text where an error belongs, fails here.
"""

import ast
import inspect
import math
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import numpy as np

LONGEST_NAME, LONGEST_HELP = 128, 255
FUNC_OPTIONS = {"name", "namespace", "volatile", "cache", "help_url", "category"}
ARG_OPTIONS = {"ndim", "doc", "err_to_str", "dates", "empty", "numbers"}
ERROR_TYPES = {
    "#DIV/0!": "Div0",
    "#N/A": "NotAvailable",
    "#NAME?": "Name",
    "#NULL!": "Null",
    "#NUM!": "Num",
    "#REF!": "Ref",
    "#VALUE!": "Value",
}
CELL = re.compile(r"[A-Z]{1,3}[0-9]+|R[0-9]*C[0-9]*")


class XlwingsError(Exception):
    """The one exception whose message Excel shows."""


class Error(dict[str, str]):
    """An error value as Excel passes it to a function, and as it takes it back."""

    def __init__(self, text: str) -> None:
        super().__init__(type="Error", errorType=ERROR_TYPES.get(text, "?"), basicValue=text)


def func(function: Any = None, **options: Any) -> Any:
    """Register a function, bare or with options."""
    if unknown := set(options) - FUNC_OPTIONS:
        raise XlwingsError(f"unknown options {unknown}")

    def register(f: Any) -> Any:
        if not hasattr(f, "arguments"):
            f.arguments = {}
            for parameter in inspect.signature(f).parameters.values():
                if parameter.kind is not parameter.POSITIONAL_OR_KEYWORD:
                    raise XlwingsError("xlwings does not support UDFs with keyword arguments")
                f.arguments[parameter.name] = {}
        f.registered = True
        return f

    return register if function is None else register(function)


def arg(name: str, **options: Any) -> Any:
    """Set how one argument is read."""
    if unknown := set(options) - ARG_OPTIONS:
        raise XlwingsError(f"unknown options {unknown}")

    def describe(f: Any) -> Any:
        func(f).arguments[name].update(options)
        return f

    return describe


@contextmanager
def installed() -> Iterator[None]:
    """Let ``import xlwings`` find this module's decorators, and nothing of ours be found."""
    stand_in = ModuleType("xlwings")
    stand_in.func, stand_in.arg, stand_in.XlwingsError = func, arg, XlwingsError
    ours = dict.fromkeys(("costcore", "addin", "workbooks", "install"))
    hidden = [n for n in sys.modules if n.partition(".")[0] in {"xlwings", *ours}]
    before = {name: sys.modules.pop(name) for name in hidden}
    sys.modules.update(ours, xlwings=stand_in)  # None makes an import fail
    try:
        yield
    finally:
        for name in (*ours, "xlwings"):
            del sys.modules[name]
        sys.modules.update(before)


def load(code: str) -> ModuleType:
    """Run a ``main.py`` as Lite does: a module of its own, with only its own files at hand."""
    module = ModuleType("main")
    sys.modules["main"] = module
    with installed():
        exec(compile(code, "main.py", "exec"), module.__dict__)
    return module


def functions(module: ModuleType) -> dict[str, Any]:
    """Return the registered functions by the name Excel shows."""
    return {n.upper(): f for n, f in vars(module).items() if getattr(f, "registered", False)}


def call(module: ModuleType, name: str, *cells: Any) -> Any:
    """Call a function with cells as Excel sends them: rows for a range, None for left out."""
    f = functions(module)[name]
    parameters = list(inspect.signature(f).parameters.values())
    read = [_read(c, p, f.arguments[p.name]) for c, p in zip(cells, parameters, strict=False)]
    with installed():
        return _written(f(*read))


def _read(cells: Any, parameter: inspect.Parameter, options: dict[str, Any]) -> Any:
    rows = cells if isinstance(cells, list) else [[cells]]
    if rows == [[None]]:  # a blank cell cannot be told from an argument left out
        return None if parameter.default is parameter.empty else parameter.default
    values = [[_cell(cell, options) for cell in row] for row in rows]
    if options.get("ndim") == 2:
        return values
    return values[0][0] if len(values) == len(values[0]) == 1 else values


def _cell(cell: Any, options: dict[str, Any]) -> Any:
    if isinstance(cell, Error):
        return cell["basicValue"] if options.get("err_to_str") else None
    return None if cell == "" else cell


def _written(result: Any) -> list[list[Any]]:
    """Return what Excel gets; a value it cannot take is a failure of the whole call."""
    rows: Sequence[Any] = result if isinstance(result, list) else [[result]]
    assert all(isinstance(row, list) and len(row) == len(rows[0]) for row in rows), "jagged"
    return [[_sent(value) for value in row] for row in rows]


def _sent(value: Any) -> Any:
    if isinstance(value, str) and value in ERROR_TYPES:
        return Error(value)
    assert not (isinstance(value, str) and value.startswith("#")), "an error shown as text"
    assert isinstance(value, str | float | int | np.floating), value
    assert not isinstance(value, bool), value
    assert isinstance(value, str) or math.isfinite(value), "not JSON"
    return value


def lint(code: str) -> list[str]:
    """Return what in the functions of a ``main.py`` Lite refuses or would get wrong."""
    found = []
    for node in ast.parse(code).body:
        if isinstance(node, ast.FunctionDef) and (marks := _decorators(node)):
            found += [f"{node.name}: {fault}" for fault in _faults(node, marks)]
    return found


def _decorators(node: ast.FunctionDef) -> list[ast.Call]:
    calls = [d for d in node.decorator_list if isinstance(d, ast.Call)]
    return [c for c in calls if isinstance(c.func, ast.Name) and c.func.id in {"func", "arg"}]


def _faults(node: ast.FunctionDef, marks: list[ast.Call]) -> Iterator[str]:
    taken = node.args
    names = [a.arg for a in taken.args]
    if taken.vararg or taken.kwarg or taken.kwonlyargs or taken.posonlyargs:
        yield "only plain arguments"
    if node.returns or any(a.annotation for a in taken.args):
        yield "a type hint changes how a cell is read"
    if not all(isinstance(d, ast.Constant) for d in taken.defaults):
        yield "a default must be a plain value"
    if len(node.name) > LONGEST_NAME or not re.fullmatch(r"[A-Z][A-Z0-9_]*", node.name):
        yield "not a name for Excel"
    if CELL.fullmatch(node.name):
        yield "a cell has this name"
    if not ast.get_docstring(node):
        yield "no description"
    if [m.func.id for m in marks].count("func") != 1 or marks[0].func.id != "func":
        yield "@func must stand once, at the top"
    told = [m for m in marks if m.func.id == "arg"]
    if [m.args[0].value for m in told] != names:
        yield "@arg for each argument, in order"
    for mark in told:
        options = {k.arg: ast.literal_eval(k.value) for k in mark.keywords}
        if options.get("ndim") != 2 or options.get("err_to_str") is not True:
            yield "a range must come as rows, an error as its text"
        if not 0 < len(options.get("doc", "")) <= LONGEST_HELP:
            yield "help of 1 to 255 characters"
