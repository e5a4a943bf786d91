"""Offer the catalogue to LibreOffice Calc: plain cells in, plain cells out, no UNO.

A number is a float, a text a str, a blank or left out None, a range rows of them, and an error
a whole number: Calc's own number for it. So they pass through a pipe as they are.
"""

from __future__ import annotations

import platform
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from itertools import chain

import numpy as np

from addin.cells import CellError, evaluate
from costcore.catalogue import FUNCTIONS
from costcore.language.quantities import is_number

CODES = {
    CellError.NULL: 521,
    CellError.DIV0: 532,
    CellError.VALUE: 519,
    CellError.REF: 524,
    CellError.NAME: 525,
    CellError.NUM: 503,
    CellError.NA: 32767,
}
"""What Calc calls each error; those that it has not are #VALUE!."""
RECEIVED: dict[object, CellError] = {code: error for error, code in CODES.items()}
TEXT = "text"
BY_NAME = {entry.name: entry for entry in FUNCTIONS}
TEXTS = {f.name: [i for i, n in enumerate(f.quantities) if not is_number(n)] for f in FUNCTIONS}
"""Where the arguments of each function stand that are no numbers."""


def call(name: str, cells: Sequence[object]) -> object:
    """Return what a worksheet function shows for its arguments.

    A blank cell reaches an add-in of Calc as 0, which for a text can be taken back. A text in a
    table equals no other text, so a function that answers with text answers one cell or not.

    >>> call("RENT_PER_MONTH", [2.0])
    1460.0
    >>> call("RENT_PER_MONTH", [((2.0,), ("",), (524,))])
    [[1460.0], [503], [524]]
    """
    given = [_received(cell) for cell in cells]
    for place in TEXTS[name]:
        if place < len(given) and given[place] == 0:
            given[place] = None
    answer = evaluate(BY_NAME[name], given)
    if isinstance(answer, list) and BY_NAME[name].answers == TEXT:
        return CODES[CellError.VALUE]
    if isinstance(answer, list):
        return [[_sent(cell) for cell in row] for row in answer]
    return _sent(answer)


def about() -> str:
    """Return which versions compute.

    >>> print(about())
    Evenpoint ... with Python 3... and numpy ...
    """
    try:
        ours = version("evenpoint")
    except PackageNotFoundError:  # run from its source, nowhere installed
        ours = "from source"
    return f"Evenpoint {ours} with Python {platform.python_version()} and numpy {np.__version__}"


def _received(cell: object) -> object:
    if type(cell) is int:
        return RECEIVED.get(cell, CellError.VALUE)
    if not isinstance(cell, list | tuple) or int not in set(map(type, chain.from_iterable(cell))):
        return cell
    return [[_received(x) for x in row] for row in cell]


def _sent(cell: object) -> object:
    return CODES.get(cell, CODES[CellError.VALUE]) if isinstance(cell, CellError) else cell
