"""Whole commands from a cold start: the best of seven fresh processes, in empty folders.

The workbook of the peer holds 3,000 formulas in one sheet, without formats or charts.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

from tests.bench.measure import Row, best, within

ROOT = Path(__file__).parents[2]
EVENPOINT = ("-m", "install.command")
OPENPYXL = """
import openpyxl
book = openpyxl.Workbook()
for row in range(1, 3001):
    book.active.cell(row, 1, f"=B{row}*C{row}/1000000")
book.save("peer.xlsx")
"""


def rows() -> Iterator[Row | str]:
    """The import under every worksheet function, and what is typed first."""
    ours, peer = best(
        python("-c", "import costcore.catalogue"), python("-c", "import numpy"), rounds=7
    )
    yield Row("import costcore.catalogue", ours, "import numpy", peer, within(0.2))
    if find_spec("install.command") is None:
        yield "evenpoint budget, evenpoint --help: skipped, there is no install.command"
        return
    ours, peer = best(python(*EVENPOINT, "--help"), python("-m", "pip", "--version"), rounds=7)
    yield Row("evenpoint --help", ours, "pip --version", peer, within(0.2))
    ours, peer = best(python(*EVENPOINT, "budget"), python("-c", OPENPYXL), rounds=7)
    yield Row("evenpoint budget", ours, "openpyxl: 3,000 formulas", peer, within(1))


def python(*arguments: str) -> Callable[[], object]:
    """A fresh interpreter run in an empty folder; its complaint is shown if it fails."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}

    def run() -> None:
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(
                [sys.executable, *arguments],
                cwd=folder,
                env=environment,
                check=True,
                stdout=subprocess.DEVNULL,
            )

    return run
