"""Rules on what is typed in: inputs, their range and their source, and the switch of cases."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from workbooks.file.sheet import Area
from workbooks.lint.kinds import Fault, Kind, Model
from workbooks.lint.reading import Page
from workbooks.lint.stored import Cell

Pages = Sequence[Page]

BLUE = {"0000FF", "0563C1", "0070C0", "0000CC", "1F4EFF"}
COLUMNS = {
    "low": r"\blow|\bmin|pessimist|worst",
    "base": r"\bbase|expected|likely|central",
    "high": r"\bhigh|\bmax|optimist|best",
    "source": r"source|reference|evidence",
    "date": r"as[ -]of|date|valid",
    "owner": r"owner|responsible|who",
}
ESTIMATE = re.compile(
    r"illustrat|estimat|assum|default|dummy|placeholder|guess|quote", re.IGNORECASE
)
SWITCH = re.compile(r"(?:live|active|scenario|case|selected)_?\w*", re.IGNORECASE)


def marked(model: Model, pages: Pages) -> Iterator[Fault]:
    """Rule 26."""
    for page in pages:
        guarded = page.get("sheetProtection", "sheet") in {"1", "true"}
        checked = [a for _, areas in page.areas("dataValidation") for a in areas]
        for cell in _inputs(page):
            if cell.look.ink not in BLUE:
                yield Fault(page.name, cell.name, "the input is not in blue")
            if not cell.look.fill and not page.in_table(cell):
                yield Fault(page.name, cell.name, "the input has no coloured ground")
            if guarded and cell.look.locked:
                yield Fault(page.name, cell.name, "the input is locked")
            if cell.is_number and not any(a.meets(_place(cell)) for a in checked):
                yield Fault(page.name, cell.name, "the input takes any value: it has no validation")


def _inputs(page: Page) -> Iterator[Cell]:
    """Yield the typed numbers and dates that are no numbering of rows."""
    for cell in page.typed:
        header = page.axis and abs(cell.row - page.axis.row) <= 1
        if (cell.row, cell.column) not in page.numbering and not header:
            yield cell


def _place(cell: Cell) -> Area:
    return Area(cell.row, cell.column, cell.row, cell.column)


def register(model: Model, pages: Pages) -> Iterator[Fault]:
    """Rule 27."""
    listed = [p for p in pages if not p.axis and model.kinds[p.name] is Kind.INPUTS]
    for page in listed[:1]:
        header = _header(page)
        for what, pattern in COLUMNS.items():
            if not any(re.search(pattern, text, re.IGNORECASE) for text in header.values()):
                yield Fault(page.name, "A1", f"the assumptions have no column for {what}")
    yield from _tables([p for p in pages if model.kinds[p.name] is Kind.TABLE])


def _tables(pages: Pages) -> Iterator[Fault]:
    """Yield the tables of data without a source or a day."""
    for page in pages:
        for table in page.tables:
            text = " ".join(table.headings)
            for what in ("source", "date"):
                if not re.search(COLUMNS[what], text, re.IGNORECASE):
                    first = page.cells.get(table.area[:2])
                    wrong = f"the table {table.name} has no column for {what}"
                    yield Fault(page.name, first.name if first else "", wrong)


def _header(page: Page) -> dict[int, str]:
    """Return the texts of the row that names the columns: the one with most of them."""
    best: dict[int, str] = {}
    for cells in islice(page.rows.values(), 40):
        texts = {c.column: str(c.shown) for c in cells if isinstance(c.shown, str)}
        known = sum(
            any(re.search(p, text, re.IGNORECASE) for text in texts.values())
            for p in COLUMNS.values()
        )
        if known >= 2 and len(texts) > len(best):
            best = texts
    return best


def sourced(model: Model, pages: Pages) -> Iterator[Fault]:
    """Rule 30."""
    for page in pages:
        header = _header(page)
        column = next((c for c, t in header.items() if re.search("source", t, re.IGNORECASE)), 0)
        top = next(
            (c.row for c in page.texts if c.column == column and c.shown in header.values()), 0
        )
        for row, cells in page.rows.items():
            if not column or row <= top:
                continue
            typed = [c for c in cells if isinstance(c.shown, float) and not c.formula]
            said = " ".join(str(c.shown) for c in cells if isinstance(c.shown, str))
            named = any(c.column >= column and isinstance(c.shown, str) for c in cells)
            if typed and not named and not ESTIMATE.search(said):
                wrong = "the figure has no source, and is not marked as an estimate"
                yield Fault(page.name, typed[0].name, wrong)


def switch(model: Model, pages: Pages) -> Iterator[Fault]:
    """Rule 28."""
    for name in model.book.names:
        place = model.book.named(name) if SWITCH.fullmatch(name) else None
        if not place:
            continue
        page, block = place
        cell = page.cells.get(block[:2])
        if cell and isinstance(cell.shown, float | str) and not cell.formula:
            checked = [a for _, areas in page.areas("dataValidation") for a in areas]
            if not any(a.meets(block) for a in checked):
                yield Fault(page.name, cell.name, f"the switch {name} takes anything")
            return
    yield Fault("", "", "no named cell switches between cases, or between strategies")
