"""The values of a workbook's cells, for those who read a table out of anybody's workbook."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import IO, Any


@contextmanager
def opened(source: Path | IO[bytes]) -> Iterator[Any]:
    """Open a workbook to read; what openpyxl says it would lose in saving is kept quiet.

    What a sheet says of its own size may be a lie, so rows are as long as their last cell.
    """
    import openpyxl  # noqa: PLC0415  # only a workbook pays for it

    # a file that turns out to be no workbook is left open by openpyxl
    held = source.open("rb") if isinstance(source, Path) else nullcontext(source)
    with held as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with closing(openpyxl.load_workbook(file, read_only=True, data_only=True)) as book:
            for sheet in book.worksheets:
                sheet.reset_dimensions()
            yield book
