"""What holds for the cells of anybody's workbook, whoever reads a table out of it."""

import io
import warnings
import zipfile
from pathlib import Path

import xlsxwriter

from tests.workbooks.usage.exports import totals
from workbooks.file.values import opened
from workbooks.usage.importing import import_usage

ROWS = (
    ("Date", "Model", "Input Tokens", "Output Tokens"),
    *[(f"2026-01-0{day}", "openai/gpt-4o", 100, 10) for day in (1, 2, 3)],
)
"""A workspace's export: a row is a request."""


def bars(*, claimed: str = "A1:D4") -> io.BytesIO:
    """Return a workbook with data bars, which openpyxl would lose, that claims to be of a size."""
    content, told = io.BytesIO(), io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(ROWS):
            sheet.write_row(number, 0, row)
        sheet.conditional_format("C2:D4", {"type": "data_bar", "data_bar_2010": True})
    with zipfile.ZipFile(content) as before, zipfile.ZipFile(told, "w") as after:
        for name in before.namelist():
            part = before.read(name).replace(b'ref="A1:D4"', f'ref="{claimed}"'.encode())
            after.writestr(name, part)
    return told


def test_what_would_be_lost_in_saving_is_not_remarked() -> None:
    """The workbook is only read, and whoever asks for a price or a bill cannot mend it."""
    with warnings.catch_warnings(record=True) as said, opened(bars()) as book:
        read = list(book.worksheets[0].iter_rows(values_only=True))
    assert tuple(read) == ROWS
    assert said == []


def test_a_sheet_is_as_large_as_its_cells_whatever_it_claims(tmp_path: Path) -> None:
    """A real one of 145 kB claims every cell there is, 17 billion, and was read for minutes."""
    lying = bars(claimed="A1:XFD1048576")
    with opened(lying) as book:
        assert [len(row) for row in book.worksheets[0].iter_rows()] == [4, 4, 4, 4]
    path = tmp_path / "bill.xlsx"
    path.write_bytes(lying.getvalue())
    assert totals(import_usage([path])) == {"uncached": 300, "output": 30}
