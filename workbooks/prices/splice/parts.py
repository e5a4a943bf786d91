"""Turn new cells and rows into the parts of the workbook that change, and only those."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from workbooks.file.markup import Edit, splice
from workbooks.file.rows import put
from workbooks.file.sheet import Sheet
from workbooks.prices.splice import append, stale
from workbooks.prices.splice.book import Book
from workbooks.prices.splice.records import Record
from workbooks.prices.splice.view import View

Cells = Mapping[int, Mapping[int, bytes]]  # row: column: the bytes of the cell


def changed_parts(view: View, cells: Cells, added: Sequence[Record]) -> dict[str, bytes]:
    """Return the parts of the file that change, as they will be, by name.

    Raises
    ------
    RefreshError
        If rows are to be added where something is in the way.
    """
    if not cells and not added:
        return {}
    edits: dict[str, list[Edit]] = defaultdict(list)
    sheets = _sheets(view)
    for number, row in cells.items():
        edits[view.table.sheet_part] += put(view.sheet, number, row)
    for part, edit in (*_added(view, sheets, added), *_computed(view.book, sheets, view)):
        edits[part].append(edit)
    old = {part: view.book.package.read(part) for part in edits}
    new = {part: splice(old[part], found) for part, found in edits.items()}
    return {part: data for part, data in new.items() if data != old[part]}


def _sheets(view: View) -> dict[str, Sheet]:
    """Read every sheet that has formulas or lists; the others depend on nothing."""
    package, found = view.book.package, {view.table.sheet: view.sheet}
    for name, part in view.book.sheets.items():
        if name not in found and part in package.entries and view.book.has_formulas(part):
            found[name] = Sheet(package.read(part), package.label(part))
    return found


def _added(
    view: View, sheets: Mapping[str, Sheet], added: Sequence[Record]
) -> Iterator[tuple[str, Edit]]:
    if not added:
        return
    table, package, count = view.table, view.book.package, len(added)
    append.check_room(view.book, table, view.sheet, count)
    rows = [{view.at[f]: view.stored(v) for f, v in r.items() if f in view.at} for r in added]
    for edit in append.new_rows(table, view.sheet, rows):
        yield table.sheet_part, edit
    for edit in append.longer_table(table, package.read(table.part), count):
        yield table.part, edit
    for edit in append.longer_names(table, view.book.names, count):
        yield view.book.part, edit
    for name, sheet in sheets.items():
        for edit in append.longer_ranges(table, sheet, name, count):
            yield view.book.sheets[name], edit


def _computed(book: Book, sheets: Mapping[str, Sheet], view: View) -> Iterator[tuple[str, Edit]]:
    """Drop what the new prices make wrong, and have it computed anew."""
    names, pivots = stale.reached(book, sheets, view.table)
    for name in names & set(sheets):
        for edit in stale.dropped(sheets[name].data, sheets[name]):
            yield book.sheets[name], edit
    for part in pivots:
        yield part, stale.refreshed_on_load(book.package.read(part), book.package.label(part))
    formulas = [formula for sheet in sheets.values() for formula in sheet.formulas]
    if formulas and not stale.calls_add_in([*formulas, *(node.text for node in book.names)]):
        yield book.part, stale.computed_on_load(book)
