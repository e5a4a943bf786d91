"""Drop the stored results that a new price may have made wrong, so that nobody sees them.

A sheet is stale if a formula on it can reach the price table: by a sheet's, table's or defined
name, through other stale sheets and pivot tables, or by means that cannot be followed. Names
are looked for as plain text, which finds too much rather than too little.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from openpyxl.utils import FORMULAE

from workbooks.file.markup import Edit, Scan, prefix, set_attribute
from workbooks.file.sheet import Sheet
from workbooks.prices.splice.book import Book, Table

Owner = tuple[str, str]  # ("sheet", its name), ("name", a defined name) or ("pivot", its part)
_UNTRACEABLE = re.compile(r"\bindirect\(|\bevaluate\(|:[^!:,()]*!")  # the last: several sheets
_CALL = re.compile(r"(?<![\w.\\])([A-Za-z_\\][\w.]*)\(")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_TYPE = re.compile(rb"\s+t\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_NEWER = {"ENCODEURL", "SINGLE", "USDOLLAR", "NUMBERSTRING", "DATESTRING", "ROUNDBAHTUP", "CALL"}
_BUILT_IN = frozenset(FORMULAE) | _NEWER


class _Source(Scan):
    """The range or name that a pivot table summarises."""

    def __init__(self, data: bytes, label: str) -> None:
        super().__init__(data, label)
        self.words = ""
        self.root = -1
        self.run()

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        if self.root < 0:
            self.root = self.here
        if name.endswith(" worksheetSource"):
            sheet, named = attributes.get("sheet"), attributes.get("name", "")
            self.words = f"'{sheet}'! {named}" if sheet else named


def reached(book: Book, sheets: Mapping[str, Sheet], table: Table) -> tuple[set[str], set[str]]:
    """Return the sheets, and the parts of pivot tables' data, that may depend on a table."""
    texts: dict[Owner, list[str]] = {("sheet", n): list(s.formulas) for n, s in sheets.items()}
    texts |= {("name", node.get("name")): [node.text] for node in book.names}
    for part in _pivots(book):
        texts["pivot", part] = [_Source(book.package.read(part), book.package.label(part)).words]
    for name, part in book.sheets.items():
        texts.setdefault(("sheet", name), []).extend(_shown_pivots(book, part))
    found = _spread(book, texts, ("sheet", table.sheet))
    pivots = {name for kind, name in found if kind == "pivot"}
    return {name for kind, name in found if kind == "sheet"}, pivots


def _pivots(book: Book) -> list[str]:
    return [r.target for r in book.relations.values() if r.kind == "pivotCacheDefinition"]


def _shown_pivots(book: Book, sheet_part: str) -> Iterator[str]:
    for shown in book.package.relations(sheet_part).values():
        if shown.kind == "pivotTable":
            for data in book.package.relations(shown.target).values():
                yield data.target


def _spread(book: Book, texts: Mapping[Owner, Iterable[str]], first: Owner) -> set[Owner]:
    whole = {owner: "\n".join(lines).casefold() for owner, lines in texts.items()}
    found = {first, *(owner for owner, text in whole.items() if _UNTRACEABLE.search(text))}
    waiting = list(found)
    while waiting:
        words = [word.casefold() for word in _words(book, waiting.pop())]
        new = {o for o, text in whole.items() if o not in found and any(w in text for w in words)}
        found |= new
        waiting += new
    return found


def _words(book: Book, owner: Owner) -> list[str]:
    kind, name = owner
    if kind != "sheet":
        return [name]
    quoted = name.replace("'", "''")
    return [f"{quoted}!", f"{quoted}'!", *(t.name for t in book.tables if t.sheet == name)]


def dropped(data: bytes, sheet: Sheet) -> Iterator[Edit]:
    """Take the stored results out of a sheet; its formulas stay as they are."""
    for cell in sheet.computed:
        if cell.value_end:
            kind = _TYPE.search(data, cell.start, cell.open_end)
            if kind:
                yield Edit(*kind.span(), b"")
            yield Edit(cell.value_start, cell.value_end, b"")


def refreshed_on_load(data: bytes, label: str) -> Edit:
    """Have a pivot table read its data again when the workbook opens."""
    return set_attribute(data, _Source(data, label).root, "refreshOnLoad", "1")


def calls_add_in(formulas: Iterable[str]) -> str | None:
    """Return a function that only an add-in or a macro can compute, if there is one.

    >>> calls_add_in(["SUM(A1)", "_xlfn.XLOOKUP(A1,B:B,C:C)", '"f(x)"']), calls_add_in(["F_X(1)"])
    (None, 'F_X')
    """
    for formula in formulas:
        for name in _CALL.findall(_QUOTED.sub("", formula)):
            if (
                not name.startswith(("_xlfn.", "_xlws.", "_xlpm."))
                and name.upper() not in _BUILT_IN
            ):
                return str(name)
    return None


def computed_on_load(book: Book) -> Edit:
    """Have Excel compute every formula when it opens the workbook."""
    data = book.package.read(book.part)
    for node in book.root.children:
        if node.local == "calcPr":
            return set_attribute(data, node.start, "fullCalcOnLoad", "1")
    before = {"sheets", "functionGroups", "externalReferences", "definedNames"}
    at = max(node.end for node in book.root.children if node.local in before)
    p = prefix(data, book.root.start)
    return Edit(at, at, f'<{p}calcPr fullCalcOnLoad="1"/>'.encode())
