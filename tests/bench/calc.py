"""Worksheet functions in a real LibreOffice Calc, beside native formulas in the same document.

A new number in the cell that all rows of a block share makes Calc compute that block again. Both
blocks give the same numbers. Through the bridge, Evenpoint's own Python computes, which is how
it works where LibreOffice's has no numpy.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import quoteattr

import numpy as np

from addin.calc import package as calc_package
from costcore.catalogue import function
from costcore.language.trace import Cell
from costcore.native import native
from install.calc import profile as calc_profile
from tests.addin.office import Office, missing, running
from tests.bench.measure import Row, no_slower, within

ROWS, FIRST = 10_000, 5
LAST = FIRST + ROWS - 1
BREAKEVEN = function("BREAKEVEN_TOKENS")
BLOCKS = CELLS, NATIVE, ARRAY, RENTS, NATIVE_RENTS = range(0, 10, 2)
"""The column of each block: what its rows share and its prices; the answers are beside it."""
TRIES = 3
SERVICE = calc_package.SERVICE.upper()
EMPTY = "<c/>"
ROWS_SPANNED = f' table:number-matrix-columns-spanned="1" table:number-matrix-rows-spanned="{ROWS}"'
DOCUMENT = """<?xml version="1.0" encoding="UTF-8"?>
<office:document office:version="1.3"
 office:mimetype="application/vnd.oasis.opendocument.spreadsheet"
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2"><office:body><office:spreadsheet>
<table:table table:name="Sheet1">{}</table:table>
</office:spreadsheet></office:body></office:document>
"""


def rows() -> Iterator[Row | str]:
    """Ten thousand cells and one call on ten thousand rows, in process and through the bridge."""
    if why := missing():
        yield f"Calc: skipped, {why}"
        return
    inside, outside = _times(bridge=False), _times(bridge=True)
    native_cells = "10,000 native formulas"
    for how, times, slower in ("", inside, 200.0), (" by bridge", outside, 600.0):
        yield Row(
            f"10,000 cells{how}", times[CELLS], native_cells, times[NATIVE], no_slower(slower)
        )
        yield Row(f"10,000 cells{how}", times[CELLS], "what one waits for", 4.0, within(4))
        what, time = f"10,000 rows, one call{how}", times[ARRAY]
        yield Row(what, time, native_cells, times[NATIVE], no_slower(20))
        what, time = f"10,000 rents, one call{how}", times[RENTS]
        yield Row(what, time, "native array formula", times[NATIVE_RENTS], no_slower(60))


def _times(bridge: bool) -> list[float]:
    """Return the shortest time of each block, by its column."""
    place = calc_profile.place(bridge)
    with running(calc_profile.package(place)) as office, TemporaryDirectory() as folder:
        document = Path(folder, "blocks.fods")
        document.write_text(_document(), encoding="utf-8")
        office.ask("open", str(document))
        times = [np.inf] * 10
        for turn in range(TRIES):
            for block in BLOCKS:
                shared = 5_400.0 + turn if block <= ARRAY else 1.0 + turn
                times[block] = min(times[block], office.ask("change", block, 0, shared))
        _assert_equal(office)
    return times


def _document() -> str:
    """Return the blocks as a document: entering so many formulas one by one takes a minute."""
    shared = [[5_400.0] * 3 + [1.0] * 2, [388.8e6] * 3, [3_000.0] * 3, []]
    head = [_row([x for value in values for x in (_number(value), EMPTY)]) for values in shared]
    body = [_row(_cells(row)) for row in range(FIRST, LAST + 1)]
    return DOCUMENT.format("\n".join(head + body))


def _cells(row: int) -> Iterator[str]:
    """Yield a price and its answer for every block; an array stands in its first row."""
    answers = {CELLS: _call("A", f"[.A{row}]"), NATIVE: _native(row)}
    if row == FIRST:
        answers[ARRAY] = _call("E", f"[.E{FIRST}:.E{LAST}]")
        answers[RENTS] = f"{SERVICE}.RENTPERMONTH([.G{FIRST}:.G{LAST}];[.G$1])"
        answers[NATIVE_RENTS] = f"[.I{FIRST}:.I{LAST}]*[.I$1]*1*730"
    for block in BLOCKS:
        yield _number(15 + (row - FIRST) / ROWS)
        kind = ROWS_SPANNED if block in {ARRAY, RENTS, NATIVE_RENTS} else ""
        formula = answers.get(block)
        yield f"<c{kind} table:formula={quoteattr(f'of:={formula}')}/>" if formula else EMPTY


def _call(column: str, prices: str) -> str:
    return f"{SERVICE}.BREAKEVENTOKENS({prices};[.{column}$1];[.{column}$2];[.{column}$3])"


def _native(row: int) -> str:
    inputs = map(Cell, (f"[.C{row}]", "[.C$1]", "[.C$2]", "[.C$3]"))
    cells = dict(zip(BREAKEVEN.quantities, inputs, strict=False))
    return native(BREAKEVEN, cells).replace(",", ";")


def _number(value: float) -> str:
    return f'<c office:value-type="float" office:value="{value!r}"/>'


def _row(cells: Iterable[str]) -> str:
    row = "".join(cells).replace("<c", "<table:table-cell")
    return f"<table:table-row>{row}</table:table-row>"


def _assert_equal(office: Office) -> None:
    cells = office.ask("read")["Sheet1"]
    column = {
        block: np.array([cells[f"{block + 1},{row - 1}"] for row in range(FIRST, LAST + 1)])
        for block in BLOCKS
    }
    np.testing.assert_allclose(column[CELLS], column[NATIVE], rtol=1e-12)
    np.testing.assert_allclose(column[ARRAY], column[NATIVE], rtol=1e-12)
    np.testing.assert_allclose(column[RENTS], column[NATIVE_RENTS], rtol=1e-12)
