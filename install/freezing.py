"""Replace the formulas that call our functions by the values stored with them, byte by byte."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from addin.calc.spellings import PREFIXES
from costcore.catalogue import FUNCTIONS
from workbooks.file.cells import LAST_ROW, Cell, Value, index, place, reference, value
from workbooks.file.markup import Edit, Node, prefix, set_attribute, splice, tree
from workbooks.file.package import Package
from workbooks.file.refusal import RefreshError
from workbooks.file.sheet import Sheet, area
from workbooks.file.swap import check_whole, read
from workbooks.prices.splice.book import Book

FORMULA = re.compile(rb"<(?:\w+:)?f\b[^>]*?(?:/>|>.*?</(?:\w+:)?f\s*>)", re.DOTALL)
CALLED = re.compile(rb"(?<![\w.])([A-Za-z_][\w.]*)\s*\(")
COMPUTED = re.compile(rb"(?:</(?:\w+:)?f\s*>|<(?:\w+:)?f\b[^>]*/>)\s*<(?:\w+:)?v\s*>[^<]")
METADATA = re.compile(rb"\s+cm\s*=\s*(?:\"[^\"]*\"|'[^']*')")
BEFORE_VALIDATIONS = (
    *("sheetData", "sheetCalcPr", "sheetProtection", "protectedRanges", "scenarios", "autoFilter"),
    *("sortState", "dataConsolidate", "customSheetViews", "mergeCells", "phoneticPr"),
    "conditionalFormatting",
)
"""Elements of a sheet that come before its validations, in the order of the standard."""
LONGEST_NOTE = 250
TITLE = "Frozen by evenpoint"


@dataclass(frozen=True, slots=True)
class FrozenCell:
    """A cell whose formula became its value."""

    sheet: str
    cell: str
    formula: str
    shown: Value


@dataclass(frozen=True, slots=True)
class Frozen:
    """The copy, what was frozen in it, and what calls the add-in still."""

    content: bytes
    cells: tuple[FrozenCell, ...]
    left: tuple[str, ...]


@cache
def _ours() -> re.Pattern[str]:
    names = "|".join(sorted((each.name for each in FUNCTIONS), key=len, reverse=True))
    return re.compile(rf"(?<![\w.!]){PREFIXES}(?:{names})\s*\(", re.IGNORECASE)


def calls_ours(formula: str) -> bool:
    """Say whether a formula calls a worksheet function of the add-in, in any spelling.

    >>> calls_ours("[1]!TCO_3YR(A1)"), calls_ours('"TCO_3YR(" & A1'), calls_ours("MY_TCO_3YR(A1)")
    (True, False, False)
    """
    return bool(_ours().search(re.sub(r'"[^"]*"', '""', formula)))


def frozen(path: Path) -> Frozen:
    """Return a workbook with our functions replaced by the values stored with them.

    Raises
    ------
    RefreshError
        If a value is missing or was computed without the add-in, or the file cannot be read.
    """
    real, content = read(path)
    book = Book(Package(real, content))
    parts: dict[str, bytes] = {}
    cells: list[FrozenCell] = []
    dropped: dict[str, set[str]] = {}
    mentioned = [_mentions_ours(book, part) for part in book.sheets.values()]
    computed = any(mentioned) and _is_computed(book)  # else the program stores empty values
    for (name, part), mentions in zip(book.sheets.items(), mentioned, strict=True):
        sheet = _Formulas(book.package.read(part), book.package.label(part)) if mentions else None
        found = [c for c in sheet.cells.values() if calls_ours(_text(sheet, c))] if sheet else []
        if sheet and found:
            cells += _stored(book, name, sheet, found, computed)
            dropped[name] = {reference(cell.row, cell.column) for cell in found}
            parts[part] = splice(
                sheet.data, [*_values(sheet, found), *_notes(book, part, sheet, found)]
            )
    parts |= _chain(book, dropped)
    done = book.package.rebuilt(parts)
    check_whole(real, done, parts)
    return Frozen(done, tuple(cells), tuple(_left(book)))


class _Formulas(Sheet):
    """A sheet of whose cells only those with a formula are kept."""

    def __init__(self, data: bytes, label: str) -> None:
        super().__init__(data, label, 1, LAST_ROW)

    def keeps(self, cell: Cell) -> bool:
        """Say whether a cell has a formula."""
        return cell.formula is not None


def _mentions_ours(book: Book, part: str) -> bool:
    """Say whether a part may call a function of ours; most parts are not read any further."""
    ours = tuple(each.name.encode() for each in FUNCTIONS)
    if not book.has_formulas(part):
        return False
    for data in book.package.windows(part):
        called = {name.upper() for name in set(CALLED.findall(data))}
        spelled = any(name.endswith(ours) for name in called)  # after any prefix
        if spelled or b"&#" in data:  # a letter may be written as a number
            return True
    return False


def _is_computed(book: Book) -> bool:
    return any(
        COMPUTED.search(each)
        for part in book.sheets.values()
        for each in book.package.windows(part)
    )


def _text(sheet: Sheet, cell: Cell) -> str:
    """Return the text of a cell's formula, which it may share with others."""
    if cell.formula is None:
        return ""
    return cell.formula or (sheet.patterns[cell.shared][2] if cell.shared in sheet.patterns else "")


def _stored(
    book: Book, name: str, sheet: Sheet, found: list[Cell], computed: bool
) -> Iterator[FrozenCell]:
    """Yield what each cell shows; refuse where nothing worth keeping is stored."""
    strings = book.strings({index(cell) for cell in found} - {-1})
    for cell in found:
        where = f"{book.package.name}, {name}!{reference(cell.row, cell.column)}"
        shown, text = value(cell, strings), _text(sheet, cell)
        if cell.content is None or not (cell.content or computed):
            rule = "open it in Excel with the add-in, recalculate and save"
            raise RefreshError(f"{where}: the formula {text[:80]} has no stored value; {rule}")
        if cell.kind == "e" and shown == "#NAME?":
            rule = "it was last computed without the add-in; open it in Excel with the add-in first"
            raise RefreshError(f"{where}: the formula {text[:80]} shows #NAME?; {rule}")
        yield FrozenCell(name, reference(cell.row, cell.column), f"={text}", shown)


def _values(sheet: Sheet, found: list[Cell]) -> Iterator[Edit]:
    """Take the formulas out; the stored values stay where they are."""
    for cell in found:
        formula = FORMULA.search(sheet.data, cell.open_end, cell.end)
        if formula:
            yield Edit(*formula.span(), b"")
        if metadata := METADATA.search(sheet.data, cell.start, cell.open_end):
            yield Edit(*metadata.span(), b"")


def _notes(book: Book, part: str, sheet: Sheet, found: list[Cell]) -> Iterator[Edit]:
    """Show the old formula to whoever selects the cell, unless the cell says something else."""
    root = tree(_hollow(sheet), book.package.label(part))
    taken = [area(each) for n in root.all("dataValidation") for each in _ranges(n)]
    p = prefix(sheet.data, sheet.root)
    notes = [
        _note(p, reference(cell.row, cell.column), f"={_text(sheet, cell)}")
        for cell in found
        if not any(block.meets(area(reference(cell.row, cell.column))) for block in taken)
    ]
    if not notes:
        return
    there = next((n for n in root.children if n.local == "dataValidations"), None)
    if there and there.close < there.end:
        count = len([n for n in there.children if n.local == "dataValidation"]) + len(notes)
        yield set_attribute(sheet.data, there.start, "count", str(count))
        yield Edit(there.close, there.close, "".join(notes).encode())
        return
    at = max(n.end for n in root.children if n.local in BEFORE_VALIDATIONS)
    text = f'<{p}dataValidations count="{len(notes)}">{"".join(notes)}</{p}dataValidations>'
    yield Edit(at, at, text.encode())


def _hollow(sheet: Sheet) -> bytes:
    """Return a sheet with blanks in the place of its cells, so that all else stands as it did."""
    data, first, last = sheet.data, sheet.data_open, sheet.data_close
    return data[:first] + b" " * (last - first) + data[last:]


def _ranges(validation: Node) -> list[str]:
    text = validation.get("sqref") or " ".join(n.text for n in validation.all("sqref"))
    return [each for each in text.split() if _is_block(each)]


def _is_block(text: str) -> bool:
    try:
        place(text.partition(":")[0])
        area(text)
    except RefreshError:  # whole rows or columns
        return False
    return True


def _note(p: str, cell: str, formula: str) -> str:
    text = formula if len(formula) <= LONGEST_NOTE else f"{formula[: LONGEST_NOTE - 3]}..."
    said = html.escape(f"{text}")
    return (
        f'<{p}dataValidation allowBlank="1" showInputMessage="1" promptTitle="{TITLE}" '
        f'prompt="{said}" sqref="{cell}"/>'
    )


def _chain(book: Book, dropped: dict[str, set[str]]) -> dict[str, bytes]:
    """Take the cells out of the order of calculation; Excel repairs a file that lists others."""
    part = next((r.target for r in book.relations.values() if r.kind == "calcChain"), "")
    if not dropped or part not in book.package.entries:
        return {}
    numbers = {n.get("sheetId"): n.get("name") for n in book.root.all("sheet")}
    data = book.package.read(part)
    edits, sheet, kept = [], "", 0
    for node in book.package.tree(part).all("c"):
        sheet = node.get("i") or sheet
        if node.get("r") in dropped.get(numbers.get(sheet, ""), ()):
            edits.append(Edit(node.start, node.end, b""))
            continue
        kept += 1
        if not node.get("i"):  # it is that of the cell before, which may be gone
            edits.append(set_attribute(data, node.start, "i", sheet))
    if kept:
        return {part: splice(data, edits)}
    return _without(book, part)


def _without(book: Book, part: str) -> dict[str, bytes]:
    """Return the lists of parts without one; nothing then leads to it."""
    folder, _, base = book.part.rpartition("/")
    found = {}
    for name, element, attribute in (
        (f"{folder}/_rels/{base}.rels".lstrip("/"), "Relationship", "Target"),
        ("[Content_Types].xml", "Override", "PartName"),
    ):
        root = book.package.tree(name)
        gone = [n for n in root.all(element) if n.get(attribute).endswith("calcChain.xml")]
        edits = [Edit(n.start, n.end, b"") for n in gone]
        found[name] = splice(book.package.read(name), edits)
    return found


def _left(book: Book) -> Iterator[str]:
    """Yield what still needs the add-in: names, and the link to the add-in itself."""
    for node in book.names:
        if calls_ours(node.text):
            yield f"the name {node.get('name')}, which stands for {node.text[:80]}"
    if any(name.startswith("xl/externalLinks/externalLink") for name in book.package.entries):
        yield "a link to another file; Data, Edit Links, Break Link removes it if nothing needs it"
