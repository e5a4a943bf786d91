"""Rules on the workbook as a whole: its sheets, names, tables, links and log."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from workbooks.file.cells import reference, whole
from workbooks.lint.formula import parse
from workbooks.lint.kinds import Fault, Kind, Model
from workbooks.lint.reading import Page
from workbooks.lint.stored import Cell

Pages = Sequence[Page]

COVER_SAYS = {
    "what it is for": r"decide|decision|purpose|compare|answer|plan|budget",
    "its owner": r"owner|author|prepared by|contact",
    "its version": r"version|made by",
    "the day its figures hold": r"as[ -]of|date",
    "how to use it": r"change|how to|fill in|yellow",
    "its colour key": r"colou?rs?\b",
    "its sign convention": r"positive|negative|sign",
    "its currency": r"currenc",
    "whether amounts are in thousands": r"single units|thousand|million|denominat",
    "when amounts are paid or discounted": r"discount|paid|end of",
    "what it leaves out": r"cannot|limit|left out|not include",
}
ORDER = (Kind.COVER, Kind.INPUTS, Kind.CALCULATION, Kind.OUTPUT, Kind.CHECKS, Kind.LOG)
SAME_PLACE = {
    Kind.BOARD: Kind.COVER,
    Kind.TABLE: Kind.INPUTS,
    Kind.RECORD: Kind.OUTPUT,
}
PLAIN_TAB = re.compile(r"(?:sheet|tabelle|feuil|hoja|foglio|blad|chart|table)\s*\d+", re.IGNORECASE)
BAD_R1C1 = re.compile(r"(?:[Rr]\d+|[Cc]\d+)\w*|[Rr]|[Cc]|[Rr][Cc]", re.ASCII)
BAD_A1 = re.compile(r"[A-Za-z]{1,3}[1-9]\d{0,6}", re.ASCII)
WORDS_OF_A_SENTENCE = 8
NAMED_BY_EXCEL = re.compile(r"(?:table|tabelle|tableau|tabla)_?\d+", re.IGNORECASE)
HEADED_BY_EXCEL = re.compile(r"(?:column|spalte|colonne|columna)\s?\d+", re.IGNORECASE)


def cover(model: Model, pages: Pages) -> Iterator[Fault]:
    """Rule 1."""
    first = model.book.pages[0]
    if model.kinds[first.name] is not Kind.COVER:
        yield Fault(first.name, "A1", "the first sheet is no cover")
        return
    about = model.pages(Kind.COVER)
    said = "\n".join(str(cell.shown) for page in about for cell in page.texts)
    for what, pattern in COVER_SAYS.items():
        if not re.search(pattern, said, re.IGNORECASE):
            yield Fault(first.name, "A1", f"the cover does not say {what}")


def order(model: Model, pages: Pages) -> Iterator[Fault]:
    """Rule 2."""
    latest = 0
    for page in pages:
        kind = model.kinds[page.name]
        place = SAME_PLACE.get(kind, kind)
        if place in ORDER:
            if ORDER.index(place) < latest:
                yield Fault(page.name, "", f"{kind} stands behind {ORDER[latest]}")
            latest = max(latest, ORDER.index(place))
        if not page.node("tabColor"):
            yield Fault(page.name, "", "the tab has no colour")


def separation(model: Model, pages: Pages) -> Iterator[Fault]:
    """Rule 3."""
    for page in pages:
        entered = model.kinds[page.name] is Kind.INPUTS
        for cell in page.formulas if entered else page.typed:
            if entered and not _is_selector(page, cell):
                yield Fault(page.name, cell.name, "a calculation stands among the inputs")
            if not entered and not cell.look.locked:
                yield Fault(page.name, cell.name, "an input stands among the calculations")


def _is_selector(page: Page, cell: Cell) -> bool:
    """Say whether a formula only picks the live case, dates an axis, or shows another cell."""
    if page.axis and abs(cell.row - page.axis.row) <= 2:
        return True
    formula = cell.formula
    assert formula is not None
    called, reads = set(formula.functions), formula.kind("range", "table", "whole")
    shows = called <= {"IF"} and len(set(reads)) == 1  # or a blank, where the other is blank
    return bool({"INDEX", "CHOOSE"} & called) or not reads or not called or shows


def external(model: Model, pages: Pages) -> Iterator[Fault]:
    """Rule 17."""
    parts = model.book.package.entries
    if any(name.startswith("xl/externalLinks/") and name.endswith(".xml") for name in parts):
        yield Fault("", "", "it is linked to another workbook")
    said = " ".join(str(cell.shown) for page in pages[:2] for cell in page.texts)
    if "xl/vbaProject.bin" in parts and not re.search("macro", said, re.IGNORECASE):
        yield Fault("", "", "it has macros that its first sheets do not explain")
    for page in pages:
        for cell in page.formulas:
            assert cell.formula is not None
            if re.search(r"\[\d+\]|\.xls[xmb]?\]", cell.formula.text):
                yield Fault(page.name, cell.name, "the formula reads another workbook")


def hidden(model: Model, pages: Pages) -> Iterator[Fault]:
    """Rule 18."""
    for tab in model.book.tabs:
        if tab.get("state", "visible") != "visible":
            yield Fault(tab.get("name"), "", "the sheet is hidden")
    for page in pages:
        for row in page.columns.hidden_rows:
            yield Fault(page.name, f"A{row}", "the row is hidden")
        if page.node("sheetProtection"):
            told = "the row is folded, and a protected sheet does not unfold it"
            yield from (Fault(page.name, f"A{row}", told) for row in page.columns.folded_rows)
        for column in page.around.all("col"):
            if column.get("hidden") in {"1", "true"} and (at := whole(column.get("min"))) > 0:
                yield Fault(page.name, reference(1, at), "the column is hidden")
        for cell in page.cells.values():
            if cell.look.ink and cell.look.ink == (cell.look.fill or "FFFFFF"):
                yield Fault(page.name, cell.name, "the text has the colour of its ground")


def log(model: Model, pages: Pages) -> Iterator[Fault]:
    """Rule 29."""
    if not model.pages(Kind.LOG):
        yield Fault("", "", "it has no log of versions and changes")
    parts = model.book.package.entries
    properties = (
        model.book.package.tree("docProps/core.xml") if "docProps/core.xml" in parts else None
    )
    for name, what in (("title", "title"), ("description", "comment on what made it")):
        if not (properties and any(node.text.strip() for node in properties.all(name))):
            yield Fault("", "", f"its properties have no {what}")


def names(model: Model, pages: Pages) -> Iterator[Fault]:
    """Rule 31."""
    used = _used(model)
    for name, text in model.book.names.items():
        sheet, cell = _home(model, name)
        if "#REF!" in text:
            yield Fault(sheet, cell, f"the name {name} stands for nothing: {text[:60]}")
            continue
        if BAD_A1.fullmatch(name) or BAD_R1C1.fullmatch(name):
            yield Fault(sheet, cell, f"the name {name} reads like a cell")
        place = model.book.named(name)
        if place and place[1].top * place[1].bottom and place[1][:2] != place[1][2:]:
            yield Fault(sheet, cell, f"the name {name} stands for more than one cell")
        elif place and name.lower() not in used and place[1][:2] not in place[0].cells:
            yield Fault(sheet, cell, f"the name {name} is of an empty cell, and nothing uses it")


def _home(model: Model, name: str) -> tuple[str, str]:
    place = model.book.named(name)
    return (place[0].name, reference(place[1].top, place[1].left)) if place else ("", "")


def _used(model: Model) -> set[str]:
    formulas = (cell.formula for page in model.book.pages for cell in page.formulas)
    found = {name for formula in formulas if formula for name in formula.names}
    for page in model.book.pages:
        for mark in page.columns.marks:
            found |= parse(mark.text).names
    return found


def tables(model: Model, pages: Pages) -> Iterator[Fault]:
    """Rule 32."""
    for table in model.book.tables:
        top = reference(table.area.top, table.area.left)
        if NAMED_BY_EXCEL.fullmatch(table.name):
            yield Fault(table.sheet, top, f"the table has no name of its own but {table.name}")
        for column, heading in enumerate(table.headings, table.area.left):
            if not heading.strip() or HEADED_BY_EXCEL.fullmatch(heading.strip()):
                where = reference(table.area.top, column)
                yield Fault(table.sheet, where, f"column {heading!r} of {table.name} has no header")
    for page in pages:
        for merged in page.around.all("mergeCell"):
            top = merged.get("ref").partition(":")[0]
            if not _is_sentence(page, merged.get("ref")):
                yield Fault(page.name, top, "cells are merged")


def _is_sentence(page: Page, merged: str) -> bool:
    """Say whether cells of one row are merged for a text that is too long for one of them."""
    one = parse(merged).references
    if not one or one[0].top != one[0].bottom:
        return False
    cell = page.cells.get((one[0].top, one[0].left))
    if cell is None or isinstance(cell.shown, float):
        return False
    return bool(cell.formula) or len(str(cell.shown).split()) >= WORDS_OF_A_SENTENCE


def navigation(model: Model, pages: Pages) -> Iterator[Fault]:
    """Rule 38."""
    start = model.cover
    if start is None:
        return
    linked = {name for page in model.pages(Kind.COVER) for name in _linked(page)}
    for page in pages:
        if page is start:
            continue
        if page.name.lower() not in linked:
            yield Fault(start.name, "A1", f"the cover has no link to {page.name}")
        if start.name.lower() not in _linked(page):
            yield Fault(page.name, "A1", "the sheet has no link back to the cover")


def _linked(page: Page) -> set[str]:
    """Return the sheets that links on a sheet lead to."""
    places = [node.get("location") for node in page.around.all("hyperlink")]
    places += [c.formula.text for c in page.formulas if c.formula and "HYPERLINK" in c.formula.text]
    return {
        found.strip("#'\" ").replace("''", "'").lower()
        for place in places
        for found in re.findall(r"#?'?([^'\"#!]+)'?!", place)
    }


def tab_names(model: Model, pages: Pages) -> Iterator[Fault]:
    """Rule 40."""
    for tab in model.book.tabs:
        name = tab.get("name")
        if len(name) > 31 or re.search(r"[\[\]:*?/\\]|^'|'$", name):
            yield Fault(name, "", "the name is longer or stranger than Excel allows")
        if PLAIN_TAB.fullmatch(name.strip()):
            yield Fault(name, "", "the name does not say what the sheet is for")
