"""Which cell a name means in a filled-in workbook, and what to say where it means none."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from workbooks.file.cells import whole
from workbooks.file.sheet import Area
from workbooks.lint.formula import parse
from workbooks.lint.reading import PAGE_NAMES, Page, Workbook

LONGEST_SHOWN = 60


class Names:
    """The names of a workbook by what they stand for; those of one sheet alone stand apart.

    Whoever copies a sheet in Excel or LibreOffice copies its names too, as names of the copy.
    All other sheets go on with the first ones, so those of the copy are never read.
    """

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._texts: dict[str, list[str]] = defaultdict(list)
        self._sheets: dict[str, list[str]] = defaultdict(list)
        tabs = [tab.get("name") for tab in book.tabs]
        for node in book.book.names:
            name, of_sheet = node.get("name").lower(), node.get("localSheetId")
            if name.startswith(PAGE_NAMES):
                continue
            if not of_sheet:
                self._texts[name].append(node.text)
            elif 0 <= whole(of_sheet) < len(tabs):
                self._sheets[name].append(tabs[whole(of_sheet)])

    def __contains__(self, name: str) -> bool:
        """Say whether anything carries the name, if only a copy or a cell that is gone."""
        return name.lower() in self._texts or name.lower() in self._sheets

    def beginning(self, start: str) -> Iterator[str]:
        """Yield the names of the whole workbook that begin with a text, in small letters."""
        return (name for name in self._texts if name.startswith(start))

    def cell(self, name: str) -> tuple[Page, Area] | None:
        """Return the one cell that a name of the whole workbook stands for."""
        texts = self._texts.get(name.lower(), [])
        formula = parse(texts[0]) if len(texts) == 1 else None
        if formula is None or len(formula.tokens) != 1 or len(formula.references) != 1:
            return None
        one = formula.references[0]
        page = self._book.page(one.sheet)
        is_cell = (one.top, one.left) == (one.bottom, one.right)
        return (page, Area(one.top, one.left, one.bottom, one.right)) if page and is_cell else None

    def fault(self, name: str) -> str:
        """Say why a name stands for no cell."""
        texts, sheets = self._texts.get(name.lower(), []), self._sheets.get(name.lower(), [])
        if not texts:
            copies = f": only the copy {sheets[0]} has it" if sheets else ""
            return f"the name {name} is gone{copies}"
        if len(texts) > 1:
            return f"the name {name} stands for {len(texts)} things at once"
        held = texts[0].removeprefix("=")
        if "#REF!" in held:
            return f"the name {name} stands for nothing ({held[:LONGEST_SHOWN]})"
        return f"the name {name} stands for {held[:LONGEST_SHOWN]}, which is no one cell of it"

    def copies(self, names: list[str]) -> list[str]:
        """Return the sheets that have names of their own which the whole workbook has too."""
        found = (s for n in names if n in self._texts for s in self._sheets.get(n, []))
        return list(dict.fromkeys(found))


def copies_of(book: Workbook, sheet: str) -> list[str]:
    """Return the sheets whose names say that Excel or LibreOffice copied them from another."""
    like = re.compile(rf"{re.escape(sheet)}(?: ?\(\d+\)|_\d+)", re.IGNORECASE)
    return [page.name for page in book.pages if like.fullmatch(page.name)]
