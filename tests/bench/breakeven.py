"""Ten million staircase break-evens: draws of price, node cost, capacity and fixed cost.

The draws lie within half of the worked example (20 per Mtok, 5,400, 388.8 M, 3,000); in
28 % of them self-hosting never wins. The peers check the same bounds and give the same
answers, which is asserted first, with some rows out of bounds. The Python loop is timed on
100,000 rows, held as floats in lists, and scaled. The C loop writes to memory that is there
already, ours makes its own; both use one core. C itself is some 60 times faster than the
Python loop here, so 200 times is out of reach for one core.
"""

import ctypes
import math
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from costcore.answers.breakeven import breakeven_tokens
from tests.bench.measure import Row, best, faster, no_slower

ROWS, SAMPLE, CALLS = 10_000_000, 100_000, 2_000
EXAMPLE = (20.0, 5_400.0, 388.8e6, 3_000.0)

Columns = list[NDArray[np.float64]]


def rows() -> Iterator[Row | str]:
    """Against a Python loop, and against C where there is a compiler."""
    draws = np.random.default_rng(1)
    columns = [draws.uniform(0.5 * mean, 1.5 * mean, ROWS) for mean in EXAMPLE]
    sample = [column[:SAMPLE] for column in columns]
    lists = [column.tolist() for column in sample]
    assert_equal(python_loop, sample)
    ours, loop = best(lambda: breakeven_tokens(*columns), lambda: python_loop(*lists))
    scaled = loop * ROWS / SAMPLE
    yield Row("10 M break-evens", ours, "plain Python loop (scaled)", scaled, faster(200))
    few = [column[:CALLS] for column in lists]
    ours, calls = best(lambda: breakeven_tokens(*columns), lambda: one_by_one(*few))
    yield Row(
        "10 M break-evens", ours, "one call a row (scaled)", calls * ROWS / CALLS, faster(200)
    )
    if (compiled := c_loop()) is None:
        yield "10 M break-evens against C: skipped, there is no C compiler called cc"
        return
    assert_equal(compiled, sample)
    tokens = np.zeros(ROWS)
    ours, c = best(lambda: breakeven_tokens(*columns), lambda: compiled(*columns, tokens))
    yield Row("10 M break-evens", ours, "C loop, cc -O3", c, no_slower(4))


def assert_equal(peer: Callable[..., object], sample: Columns) -> None:
    """Ours and the peer's agree, also where one input in a hundred is negative or nan."""
    spoiled = [column.copy() for column in sample]
    for i, column in enumerate(spoiled):
        column[i::200], column[100 + i :: 200] = -1.0, np.nan
    for columns in (sample, spoiled):
        ours = breakeven_tokens(*columns)
        np.testing.assert_allclose(peer(*columns), ours, rtol=1e-12)
        assert np.isinf(ours).any()


def one_by_one(*columns: list[float]) -> list[float]:
    """Call the same function for one row after the other, as a sheet of single cells does."""
    return [float(breakeven_tokens(*row)) for row in zip(*columns, strict=True)]


def python_loop(*columns: list[float]) -> list[float]:
    """Price, node cost, capacity and fixed cost of one row after the other."""
    return [breakeven(*row) for row in zip(*columns, strict=True)]


def breakeven(
    price: float,
    node: float,
    capacity: float,
    fixed: float,
    own: float = 0.0,
    least: float = 1.0,
) -> float:
    """The staircase break-even of one row, as one writes it without numpy."""
    if not (price >= 0 and node >= 0 and capacity >= 0 and fixed >= 0 and own >= 0):
        return math.nan
    if not (least >= 1 and least == math.floor(least)):
        return math.nan
    saved = price - own
    margin = capacity / 1e6 * saved - node
    if not margin > 1e-12 * node:
        return math.inf
    nodes = max(least, math.ceil(round(fixed / margin, 9)))
    return (fixed + nodes * node) / saved * 1e6


def c_loop() -> Callable[..., NDArray[np.float64]] | None:
    """The loop of breakeven.c, compiled for this run."""
    if (cc := shutil.which("cc")) is None:
        return None
    source = Path(__file__).with_suffix(".c")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        library = Path(folder, "breakeven.so")
        command = [cc, "-O3", "-shared", "-fPIC", "-o", library, source, "-lm"]
        subprocess.run(command, check=True)
        compiled = ctypes.CDLL(str(library)).breakeven
    column = np.ctypeslib.ndpointer(float, flags="C_CONTIGUOUS")
    number = ctypes.c_double
    compiled.argtypes = [ctypes.c_long, *[column] * 4, number, number, column]
    compiled.restype = None

    def run(*columns: NDArray[np.float64]) -> NDArray[np.float64]:
        inputs, out = columns[:4], columns[4] if columns[4:] else np.empty_like(columns[0])
        compiled(out.size, *inputs, 0.0, 1.0, out)
        return out

    return run
