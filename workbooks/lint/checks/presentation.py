"""Rules on what a reader sees and prints: formats, panes, pages, charts, protection."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from workbooks.file.cells import reference, whole
from workbooks.file.markup import Node
from workbooks.lint.kinds import Fault, Model
from workbooks.lint.reading import Axis, Page

Pages = Sequence[Page]

CURRENCY = re.compile(
    r"\b(?:USD|EUR|GBP|JPY|CHF|CNY|INR|AUD|CAD|SEK|NOK|DKK|PLN|CZK|HUF|RON|BGN|TRY|BRL|MXN|ZAR|"
    r"SGD|HKD|KRW|NZD|THB|IDR|MYR|PHP|ILS|ISK)\b|[$€£¥]"
)
MONEY = re.compile(r"cost|price|cash|money|capex|opex|budget|saving|payback|present value", re.I)
WIDE, LONG = 12, 60
LANDSCAPE_FROM = 9
"""Columns from which a sheet is printed across."""


def currency(model: Model, pages: Pages) -> Iterator[Fault]:
    """Rule 25."""
    for page in pages:
        said = [str(cell.shown) for cell in page.texts]
        forms = {cell.look.form for cell in page.cells.values() if cell.is_number}
        if any(MONEY.search(text) for text in said) and not any(
            CURRENCY.search(text) for text in (*said, *forms)
        ):
            yield Fault(page.name, "A1", "it speaks of money and does not say in which currency")


def formats(model: Model, pages: Pages) -> Iterator[Fault]:
    """Rule 33."""
    for page in pages:
        for cell in page.cells.values():
            if isinstance(cell.shown, bool) or not isinstance(cell.shown, float):
                continue
            form = cell.look.form
            if cell.look.is_date or form == "@":
                continue
            if form == "General":
                if cell.formula and cell.shown % 1:
                    yield Fault(page.name, cell.name, "a computed number has no number format")
            elif (
                "%" not in form
                and abs(cell.shown) >= 10_000
                and "," not in form
                and "E" not in form
            ):
                yield Fault(page.name, cell.name, f"the format {form} parts no thousands")
            elif "%" in form and 0 < abs(cell.shown) < 0.001 and "0.0" not in form:
                yield Fault(page.name, cell.name, f"the format {form} shows a share as 0%")
            elif "$" in form and 0 < abs(cell.shown) < 0.01 and "0.00" not in form:
                yield Fault(page.name, cell.name, f"the format {form} shows a price as 0")


def view(model: Model, pages: Pages) -> Iterator[Fault]:
    """Rule 34."""
    for page in pages:
        width = max((cell.column for cell in page.cells.values()), default=0)
        height = max((cell.row for cell in page.cells.values()), default=0)
        listed = bool(page.tables or page.axis)
        if (width > WIDE or (height > LONG and listed)) and page.get("pane", "state") != "frozen":
            yield Fault(page.name, "A1", "the headers scroll out of sight: no panes are frozen")
        zoom = page.get("sheetView", "zoomScale", "100")
        if not 85 <= whole(zoom) <= 100:
            yield Fault(page.name, "A1", f"it opens at a zoom of {zoom}%")
        for selection in page.around.all("selection"):
            if selection.get("activeCell", "A1") != "A1" and not page.node("pane"):
                yield Fault(page.name, selection.get("activeCell"), "the cursor is not in A1")
    active = next((n.get("activeTab", "0") for n in model.book.book.root.all("workbookView")), "0")
    if active != "0":
        yield Fault("", "", "it does not open on its first sheet")


def printing(model: Model, pages: Pages) -> Iterator[Fault]:
    """Rule 35."""
    titled = _titled(model)
    for page in pages:
        if not page.cells:
            continue
        width = max(cell.column for cell in page.cells.values())
        if page.get("pageSetup", "orientation") != "landscape" and width >= LANDSCAPE_FROM:
            yield Fault(page.name, "A1", "it is wide and does not print across")
        if not page.get("pageSetup", "paperSize"):
            yield Fault(page.name, "A1", "no size of paper is set")
        footer = next((n.text for n in page.around.all("oddFooter")), "")
        if "&P" not in footer:
            yield Fault(page.name, "A1", "no footer numbers its pages")
        if page.axis and page.axis.last - page.axis.first >= 12:
            yield from _timeline(page, page.axis, titled)


def _titled(model: Model) -> set[str]:
    """Return the sheets whose header rows are printed on each page."""
    found = (n for n in model.book.book.names if n.get("name") == "_xlnm.Print_Titles")
    numbers = [n.get("localSheetId") for n in found]
    tabs = [tab.get("name") for tab in model.book.tabs]
    return {tabs[whole(n)] for n in numbers if 0 <= whole(n) < len(tabs)}


def _timeline(page: Page, axis: Axis, titled: set[str]) -> Iterator[Fault]:
    where = reference(axis.row, axis.first)
    if page.name not in titled:
        yield Fault(page.name, where, "labels and dates are not printed on each page")
    breaks = page.node("colBreaks")
    places = [at for n in breaks.all("brk") if (at := whole(n.get("id"))) >= 0] if breaks else []
    ends = range(axis.first + 11, axis.last, 12)
    if any(end not in places for end in ends):
        yield Fault(page.name, where, "no page ends after every 12 months")


def charts(model: Model, pages: Pages) -> Iterator[Fault]:
    """Rule 36."""
    for page in pages:
        for frame, part in _charts(model, page):
            where = _corner(frame)
            if not any(n.get("descr").strip() for n in frame.all("cNvPr")):
                yield Fault(page.name, where, "the chart has no text for those who cannot see it")
            yield from (Fault(page.name, where, wrong) for wrong in _faults(model, part))


def _charts(model: Model, page: Page) -> Iterator[tuple[Node, str]]:
    """Yield the place and the part of each chart on a sheet."""
    package = model.book.package
    for relation in package.relations(page.part).values():
        if relation.kind != "drawing" or relation.target not in package.entries:
            continue
        parts = package.relations(relation.target)
        drawing = package.tree(relation.target)
        for kind in ("twoCellAnchor", "oneCellAnchor", "absoluteAnchor"):
            for anchor in drawing.all(kind):
                for chart in anchor.all("chart"):
                    target = parts.get(chart.get("id"))
                    if target and target.kind == "chart" and target.target in package.entries:
                        yield anchor, target.target


def _corner(anchor: Node) -> str:
    start = next(anchor.all("from"), None)
    text = {n.local: n.text.strip() for n in start.children} if start else {}
    row, column = (whole(text.get(key, "0")) for key in ("row", "col"))
    return reference(row + 1, column + 1) if min(row, column) >= 0 else ""


def _faults(model: Model, part: str) -> Iterator[str]:
    chart = next(model.book.package.tree(part).all("chart"), None)
    if chart is None:
        return
    if not any(child.local == "title" for child in chart.children):
        yield "the chart has no title"
    axes = [n for kind in ("catAx", "valAx", "dateAx", "serAx") for n in chart.all(kind)]
    for axis in axes:
        parts = {child.local: child for child in axis.children}
        shown = "delete" not in parts or parts["delete"].get("val") in {"0", "false"}
        if shown and "title" not in parts:
            yield "an axis of the chart has no title"
            return


def protection(model: Model, pages: Pages) -> Iterator[Fault]:
    """Rule 37."""
    for page in pages:
        guard = page.node("sheetProtection")
        if guard and (guard.get("password") or guard.get("hashValue")):
            yield Fault(page.name, "A1", "a password keeps readers from looking into it")
        whole = bool(page.tables)
        locked = guard is not None and guard.get("sheet") in {"1", "true"}
        first = next(iter(page.formulas), None)
        if not locked and first and not whole:
            yield Fault(page.name, first.name, "its formulas can be typed over")
