"""A worksheet function as Excel on Windows calls it, pywin32 stood in, without the process hop.

The plain call is numpy's function on arrays; "with conversion" adds the rows to an array and
the answer to rows, which any host must do. xlwings' own path is the same function under
`xw.func` and `xw.arg` with numpy arrays, as its documents show. All three give the same numbers.
"""

import subprocess
import sys
from collections.abc import Iterator

import numpy as np

from costcore.answers.breakeven import breakeven_tokens
from tests.addin.windows import MISSING, xlwings_on_windows
from tests.bench.measure import Row, best, faster, no_slower, within

ROWS = 10_000
COLUMN = tuple((15.0 + row / ROWS,) for row in range(ROWS))
NODE = (5_400.0, 388.8e6, 3_000.0)
LEFT_OUT = (MISSING,) * 3
NAME = "BREAKEVEN_TOKENS"
IMPORT = """
import time; t = time.perf_counter(); import addin.excel.udfs; print(time.perf_counter() - t)
"""


def rows() -> Iterator[Row]:
    """One cell, ten thousand cells, and the start."""
    with xlwings_on_windows() as windows:
        server = windows.server

        def once(price: object) -> object:
            return server.CallUDF("addin.excel.udfs", NAME, (price, *NODE, *LEFT_OUT))

        windows.excel.PEER = _peer(windows.xlwings)

        def peer() -> object:
            return server.CallUDF("addin.excel.udfs", "PEER", (COLUMN, *NODE))

        prices = np.array(COLUMN)
        np.testing.assert_allclose(once(COLUMN), breakeven_tokens(prices, *NODE), rtol=1e-12)
        np.testing.assert_allclose(peer(), breakeven_tokens(prices, *NODE), rtol=1e-12)
        scalar, plain_scalar, theirs_scalar, array, plain, converted, theirs = best(
            lambda: [once(20.0) for _ in range(100)],
            lambda: [breakeven_tokens(20.0, *NODE) for _ in range(100)],
            lambda: [server.CallUDF("addin.excel.udfs", "PEER", (20.0, *NODE)) for _ in range(100)],
            lambda: once(COLUMN),
            lambda: breakeven_tokens(prices, *NODE),
            lambda: breakeven_tokens(np.array(COLUMN), *NODE).tolist(),
            peer,
            rounds=9,
        )
        one_by_one = best(lambda: [once(price) for (price,) in COLUMN], rounds=2)[0]
    yield Row("One cell", scalar / 100, "plain Python call", plain_scalar / 100, no_slower(10))
    yield Row("One cell", scalar / 100, "xlwings' own wrapper", theirs_scalar / 100, no_slower(2))
    conversion = f"numpy {plain * 1e3:.2f} ms, with conversion"
    yield Row("10,000 rows in one call", array, conversion, converted, no_slower(3))
    yield Row("10,000 rows in one call", array, "10,000 calls of one cell", one_by_one, faster(20))
    yield Row("10,000 rows in one call", array, "xlwings' own wrapper", theirs, faster(1))
    imported = _import_time()
    yield Row("Import of addin.excel.udfs", imported, "Excel waits for it once", 0.5, within(0.5))


def _peer(xw: object) -> object:
    """The same function as xlwings' documents would have it written."""

    @xw.func
    @xw.arg("price", np.array, ndim=2)
    def peer(price, node, capacity, fixed):
        return breakeven_tokens(price, node, capacity, fixed)

    return peer


def _import_time() -> float:
    command = [sys.executable, "-c", IMPORT]
    runs = [subprocess.run(command, check=True, capture_output=True, text=True) for _ in range(3)]
    return min(float(run.stdout) for run in runs)
