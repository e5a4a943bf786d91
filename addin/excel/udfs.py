"""Offer the catalogue to Excel: one xlwings function for each entry.

xlwings keeps what Excel needs to know about a function beside it: name, category,
description, a help text for each argument. `addin.excel.vba` writes the add-in from that.

Python cannot hand Excel an error value, so errors travel as their text, ``"#N/A"``;
the add-in turns exactly these texts into real errors, which no SUM can skip.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from itertools import chain
from types import ModuleType
from typing import Any

from addin.arguments import Rows
from addin.cells import Answer, CellError, evaluate
from addin.help import help_for
from costcore.catalogue import CATEGORY, FUNCTIONS, SheetFunction

MOST_HELP_CHARACTERS = 255
CODES = {
    CellError.NULL: 2000,
    CellError.DIV0: 2007,
    CellError.VALUE: 2015,
    CellError.REF: 2023,
    CellError.NAME: 2029,
    CellError.NUM: 2036,
    CellError.NA: 2042,
    CellError.GETTING_DATA: 2043,
    CellError.SPILL: 2045,
    CellError.CONNECT: 2046,
    CellError.BLOCKED: 2047,
    CellError.UNKNOWN: 2048,
    CellError.FIELD: 2049,
    CellError.CALC: 2050,
}
"""What Excel calls each error, in ``CVErr`` and, less `FIRST_SCODE`, in what COM passes."""
FIRST_SCODE = -(2**31) + 0x000A0000
RECEIVED: dict[object, CellError] = {FIRST_SCODE + code: error for error, code in CODES.items()}
"""An error by the whole number COM passes; a number in a cell always is a float."""


def _xlwings() -> Any:
    """Import xlwings without pandas: our cells never become tables of it, and Excel waits."""
    if "pandas" in sys.modules:
        return import_module("xlwings")
    sys.modules["pandas"] = None  # type: ignore[assignment]  # "there is none"
    try:
        return import_module("xlwings")
    finally:
        del sys.modules["pandas"]


xlwings = _xlwings()
conversion = xlwings.conversion


class Cells(conversion.Accessor):  # type: ignore[misc, name-defined]
    """Rows of cells as COM passes them: xlwings' own cleaning forgets errors, and takes longer."""

    @classmethod
    def reader(cls, options: dict[str, object]) -> Any:
        """Return the steps from a range, or what the add-in read from it, to rows."""
        steps: Any = super().reader(options)
        steps.append(conversion.ReadValueFromRangeStage(options))
        steps.append(conversion.Ensure2DStage())
        return steps


def udfs(xw: ModuleType) -> dict[str, Callable[..., object]]:
    """Return every catalogue function, decorated by `xw` (xlwings), by its name in a sheet."""
    return {entry.name: _udf(xw, entry) for entry in FUNCTIONS}


def _udf(xw: ModuleType, entry: SheetFunction) -> Callable[..., object]:
    def udf(*cells: object) -> object:
        return _sent(evaluate(entry, [_received(given) for given in cells]))

    udf.__name__ = udf.__qualname__ = entry.name
    udf.__doc__ = entry.summary
    udf.__module__ = __name__
    udf.__signature__ = entry.signature  # type: ignore[attr-defined]
    decorated: Any = xw.ret("raw")(udf)
    for name in entry.quantities:
        decorated = xw.arg(name, Cells, ndim=2, doc=help_for(entry, name))(decorated)
    # outermost, as in xlwings' documents: arg and ret would set the category back
    return xw.func(category=CATEGORY)(decorated)  # type: ignore[no-any-return]


def _received(given: object) -> object:
    """Return rows with errors as errors; what is no rows is the default of an argument left out."""
    if not isinstance(given, list | tuple) or int not in _types(given):
        return given
    return [[RECEIVED.get(x, x) if type(x) is int else x for x in row] for row in given]


def _types(rows: Rows) -> set[type]:
    return set(map(type, chain.from_iterable(rows)))


def _sent(answer: Answer) -> Rows:
    """Return the rows that xlwings passes on; an error as its text."""
    rows = answer if isinstance(answer, list) else [[answer]]
    if CellError not in _types(rows):
        return rows
    return [[x.value if isinstance(x, CellError) else x for x in row] for row in rows]


globals().update(udfs(xlwings))
