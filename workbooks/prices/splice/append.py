"""Add models below a price table, with all that ends at its last row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from openpyxl.formula.translate import Translator

from workbooks.file.cells import (
    LAST_ROW,
    Cell,
    Value,
    reference,
    with_formula,
    written,
)
from workbooks.file.markup import Edit, Node, set_attribute, shown
from workbooks.file.refusal import RefreshError
from workbooks.file.rows import put
from workbooks.file.sheet import Area, Mark, Sheet, area
from workbooks.prices.splice.book import Book, Table

_BLOCK = re.compile(
    r"(?<![\w.$])(?:('(?:[^']|''){1,62}'|[^\W\d][\w.]*)!)?(\$?[A-Z]{1,3}\$?\d{1,7}:\$?[A-Z]{1,3}\$?)(\d{1,7})(?![\w(])"
)


def check_room(book: Book, table: Table, sheet: Sheet, count: int) -> None:
    """Refuse to add rows where something is in the way.

    Raises
    ------
    RefreshError
        If the table has a totals row or no data, or cells, a merged range, another table or
        the end of the sheet are below it.
    """
    where = f"{book.package.name}, sheet {table.sheet}"
    if table.totals:
        raise RefreshError(f"{where}: table {table.name} has a totals row; switch it off first")
    if table.last < table.first or table.last + count > LAST_ROW:
        raise RefreshError(f"{where}: table {table.name} has no row to continue, or no room")
    new = Area(table.last + 1, table.area.left, table.last + count, table.area.right)
    for cell in sheet.cells.values():
        if cell.filled and new.meets(Area(cell.row, cell.column, cell.row, cell.column)):
            name = reference(cell.row, cell.column)
            raise RefreshError(f"{where}: cell {name} is in the way of {count} new rows")
    for mark in sheet.marks:
        if mark.name == "mergeCell" and new.meets(area(mark.attributes.get("ref", ""))):
            raise RefreshError(
                f"{where}: the merged cells {mark.attributes['ref']} are in the way of new rows"
            )
    for other in book.tables:
        if other.sheet == table.sheet and other.part != table.part and new.meets(other.area):
            raise RefreshError(f"{where}: table {other.name} is in the way of {count} new rows")


def new_rows(table: Table, sheet: Sheet, rows: Sequence[Mapping[int, Value]]) -> Iterator[Edit]:
    """Write one row for each model, like the last: same styles, formulas carried on."""
    for number, values in enumerate(rows, table.last + 1):
        cells = {
            column: _cell(table, sheet, number, column, values)
            for column in range(table.area.left, table.area.right + 1)
        }
        yield from put(sheet, number, cells, like=table.last)


def _cell(
    table: Table, sheet: Sheet, number: int, column: int, values: Mapping[int, Value]
) -> bytes:
    last = sheet.cells.get((table.last, column))
    style = last.style if last else ""
    if formula := _formula(table, sheet, last, number, column):
        return with_formula(sheet.data, sheet.root, number, column, style, formula)
    return written(sheet.data, sheet.root, number, column, style, values.get(column))


def _formula(table: Table, sheet: Sheet, last: Cell | None, number: int, column: int) -> str | None:
    """Return the formula of a new cell: that of the cell above it, moved down."""
    if last is None or last.formula is None:
        nodes = list(table.node.all("tableColumn"))
        inner = nodes[column - table.area.left].all("calculatedColumnFormula")
        return next((node.text for node in inner), None)
    row, from_column, text = last.row, last.column, last.formula
    if not text and last.shared:
        row, from_column, text = sheet.patterns.get(last.shared, (0, 0, ""))
    if not text:
        raise RefreshError(
            f"sheet {table.sheet}: {reference(last.row, column)} is part of an array formula, "
            "which cannot be carried on to new rows"
        )
    moved = Translator(f"={text}", origin=reference(row, from_column))
    return str(moved.translate_formula(reference(number, column)))[1:]


def longer_table(table: Table, data: bytes, count: int) -> Iterator[Edit]:
    """Make a table and its filter reach over the new rows."""
    for node in (table.node, *table.node.children):
        if node.local in {"table", "autoFilter"} and area(node.get("ref")) == table.area:
            ref = _range(table.area._replace(bottom=table.area.bottom + count))
            yield set_attribute(data, node.start, "ref", ref)


def longer_ranges(table: Table, sheet: Sheet, name: str, count: int) -> Iterator[Edit]:
    """Make everything on a sheet that ends at the table's last row end at the new one.

    That is validations, conditional formats and the used range on its own sheet, and lists of
    validations on every sheet.
    """
    for mark in sheet.marks:
        here = name == table.sheet
        if mark.name in {"formula1", "formula2"} or (here and mark.name == "sqref"):
            yield from _text_edit(mark, _reaching(mark.text, table, name, count))
        elif here and "sqref" in mark.attributes:
            old = mark.attributes["sqref"]
            if (new := _reaching(old, table, name, count)) != old:
                yield set_attribute(sheet.data, mark.start, "sqref", new)
        elif here and mark.name == "dimension":
            used, last = area(mark.attributes.get("ref", "A1")), table.last + count
            if used.bottom < last:
                new = _range(used._replace(bottom=last))
                yield set_attribute(sheet.data, mark.start, "ref", new)


def longer_names(table: Table, names: Sequence[Node], count: int) -> Iterator[Edit]:
    """Make the defined names that end at the table's last row, such as a print area, longer."""
    for node in names:
        new = _reaching(node.text, table, "", count)
        if new != node.text:
            yield Edit(node.open_end, node.close, shown(new).encode())


def _text_edit(mark: Mark, new: str) -> Iterator[Edit]:
    if new != mark.text:
        yield Edit(mark.open_end, mark.close, shown(new).encode())


def _reaching(text: str, table: Table, sheet: str, count: int) -> str:
    def longer(found: re.Match[str]) -> str:
        named = found[1].strip("'").replace("''", "'") if found[1] else sheet
        try:
            block = area(f"{found[2]}{found[3]}")
        except RefreshError:
            return found[0]
        if named.lower() != table.sheet.lower() or not _ends_with(block, table):
            return found[0]
        return f"{found[0].removesuffix(found[3])}{table.last + count}"

    return _BLOCK.sub(longer, text)


def _ends_with(block: Area, table: Table) -> bool:
    return block.bottom == table.last and block.meets(table.area)


def _range(block: Area) -> str:
    return f"{reference(block.top, block.left)}:{reference(block.bottom, block.right)}"
