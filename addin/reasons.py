"""Say in words what a worksheet function found, or why it shows an error."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress

import numpy as np

from addin.arguments import Rows, is_blank, number, read, rows_of
from addin.cells import CellError, answer, evaluate
from costcore.answers.breakeven import breakeven_ranges
from costcore.catalogue import SheetFunction, function
from costcore.language.notice import notices
from costcore.language.quantities import is_number

Cells = Sequence[object]


def reason(entry: SheetFunction, cells: Cells) -> str:
    """Return a sentence or a few on the answer that `cells` give.

    Of a range of answers the first error is explained.

    >>> print(reason(function("RENT_PER_MONTH"), [2.0, "four"]))
    RENT_PER_MONTH shows #VALUE!: count is the text 'four'; it must be a number.
    >>> print(reason(function("BREAKEVEN_TOKENS"), [10, 5_400, 0.0]))
    BREAKEVEN_TOKENS shows #N/A: Never: a node serves no tokens.
    """
    shown = evaluate(entry, cells)
    if isinstance(shown, list):
        faults = [x for row in shown for x in row if isinstance(x, CellError)]
        if not faults:
            return f"{entry.name}: {entry.summary} It shows {len(shown)} x {len(shown[0])} cells."
        single = _first_fault(entry, cells, shown)
        return (
            f"{entry.name}: {len(faults)} of {sum(map(len, shown))} cells show an error. {single}"
        )
    if not isinstance(shown, CellError):
        value = f"{shown:,.10g}" if isinstance(shown, float) else shown
        return f"{entry.name}: {entry.summary} It shows {value}.\n\n{_inputs(entry, cells)}"
    why = next(_wrong_inputs(entry, cells), None) or _refusal(entry, cells)
    return f"{entry.name} shows {shown.value}: {why or _by_answer(entry, cells, shown)}"


def _first_fault(entry: SheetFunction, cells: Cells, shown: Sequence[Sequence[object]]) -> str:
    """Explain the first error in a block as if its cell stood alone, where it can."""
    i, j = next(
        (i, j) for i, row in enumerate(shown) for j, x in enumerate(row) if isinstance(x, CellError)
    )
    alone = [
        _at(rows_of(cell), i, j) if is_number(name) else cell
        for name, cell in zip(entry.quantities, cells, strict=False)
    ]
    if isinstance(evaluate(entry, alone), CellError):
        return f"The first: {reason(entry, alone)}"
    return f"{_returned(entry)}"


def _at(rows: Rows, i: int, j: int) -> object:
    """Return the cell that an element of the answer comes from; single rows serve all."""
    row = rows[i if len(rows) > 1 else 0]
    return row[j if len(row) > 1 else 0]


def _wrong_inputs(entry: SheetFunction, cells: Cells) -> Iterator[str]:
    """Yield what is wrong with the cells themselves."""
    for name, (quantity, _) in entry.quantities.items():
        given = dict(zip(entry.quantities, cells, strict=False)).get(name)
        required = entry.signature.parameters[name].default is inspect.Parameter.empty
        for cell in (cell for row in rows_of(given) for cell in row):
            if isinstance(cell, CellError):
                yield f"{name} has {cell.value}, and an error goes through."
            elif not is_number(name):
                continue
            elif is_blank(cell):
                if required:
                    yield f"{name} is blank, which is unknown and not 0."
            elif isinstance(value := number(cell, np.nan), CellError):
                what = f"the text {cell!r}" if isinstance(cell, str) else repr(cell)
                yield f"{name} is {what}; it must be a number."
            elif not quantity.admits(np.asarray(value)):
                yield f"{name} is {value:g}; it must be {quantity.rule}."
    with suppress(Exception):
        yield from (notice.sentence for notice in notices(read(entry, cells).arguments))


def _refusal(entry: SheetFunction, cells: Cells) -> str:
    try:
        answer(entry, cells)
    except Exception as error:
        return f"{error}."
    return ""


def _by_answer(entry: SheetFunction, cells: Cells, shown: CellError) -> str:
    same_inputs = list(inspect.signature(breakeven_ranges).parameters)
    if shown is CellError.NA and list(entry.quantities)[: len(same_inputs)] == same_inputs:
        return str(evaluate(function("BREAKEVEN_WHY"), cells[: len(same_inputs)]))
    return _returned(entry)


def _returned(entry: SheetFunction) -> str:
    """Return what the function's documentation says on its answer, the markup left out."""
    text = inspect.getdoc(entry.call) or ""
    found = re.search(r"Returns\n-+\n[^\n]*\n((?: .*\n?|\n(?= ))+)", text)
    said = " ".join(found[1].split()) if found else entry.summary
    return said.replace("``inf``", "#N/A").replace("``nan``", "#NUM!").replace("`", "")


def _inputs(entry: SheetFunction, cells: Cells) -> str:
    """List the arguments that were given, each with its unit."""
    lines = []
    for (name, (_, unit)), cell in zip(entry.quantities.items(), cells, strict=False):
        rows = rows_of(cell)
        if len(rows) > 1 or len(rows[0]) > 1:
            lines.append(f"{name}: {len(rows)} x {len(rows[0])} cells [{unit.label}]")
        elif not is_blank(rows[0][0]):
            value = rows[0][0]
            shown = f"{value:,.10g}" if isinstance(value, float) else value
            lines.append(f"{name}: {shown} [{unit.label}]")
    return "\n".join(lines)
