"""A workbook of published claims: their figure, ours, and the trap between them."""

from __future__ import annotations

import datetime
import io
from collections.abc import Sequence

from xlsxwriter.worksheet import Worksheet

from workbooks.plan.judgement.claimbook import Claim, ClaimFile
from workbooks.sheets import paper
from workbooks.sheets.pen import shown
from workbooks.sheets.style import Styles, new_book

HEADERS = ("Claim", "Counts", "Theirs", "On paper", "Ours", "Follows", "Trap", "Why")
WIDTHS = (64, 26, 18, 18, 18, 10, 28, 90)
FIGURE = "[>=100]#,##0;[<=-100]-#,##0;0.00##"
MADE = datetime.datetime(2026, 1, 1)  # same inputs, same bytes


def claims(files: Sequence[ClaimFile]) -> bytes:
    """Return a workbook with a sheet for each publication."""
    content = io.BytesIO()
    book = new_book(content)
    book.set_properties({"title": "Published claims, recomputed", "created": MADE})
    style = Styles(book)
    for file in files:
        _sheet(book.add_worksheet(file.name[:31]), style, file)
    paper.settle(book.worksheets())
    book.close()
    return content.getvalue()


def _sheet(sheet: Worksheet, style: Styles, file: ClaimFile) -> None:
    sheet.hide_gridlines(2)
    paper.working(sheet, "&A")
    sheet.repeat_rows(4)
    sheet.write_string(0, 0, file.title, style("title"))
    sheet.write_string(1, 0, file.source, style("note"))
    sheet.write_string(2, 0, file.url, style("note"))
    for column, (title, width) in enumerate(zip(HEADERS, WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write(4, column, title, style("header"))
    for row, claim in enumerate(file.claims, start=5):
        _row(sheet, style, row, claim)


def _row(sheet: Worksheet, style: Styles, row: int, claim: Claim) -> None:
    found = claim.found
    sheet.write_string(row, 0, claim.says, style("wrap"))
    sheet.write_string(row, 1, claim.unit, style("unit"))
    for column, value in enumerate((found.claimed, found.paper, found.ours), start=2):
        sheet.write(row, column, shown(value), style("number", FIGURE))
    sheet.write_string(row, 5, "yes" if found.follows else "NO", style("label"))
    sheet.write_string(row, 6, "; ".join(trap.name for trap in found.traps), style("wrap"))
    sheet.write_string(row, 7, " ".join(trap.why for trap in found.traps), style("wrap"))
