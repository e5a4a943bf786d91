"""How the cells of a workbook look: colour of text and fill, number format, locked or not."""

from __future__ import annotations

import re
from dataclasses import dataclass

from openpyxl.styles.colors import COLOR_INDEX
from openpyxl.styles.numbers import BUILTIN_FORMATS

from workbooks.file.cells import whole
from workbooks.file.markup import Node
from workbooks.prices.splice.book import Book

THEME = ("FFFFFF", "000000")
"""The first two colours of a theme: paper and ink; the others are never mistaken for them."""
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')


@dataclass(frozen=True, slots=True)
class Look:
    """The look of a cell; a colour that is not given is ""."""

    ink: str = ""
    fill: str = ""
    form: str = "General"
    locked: bool = True

    @property
    def is_date(self) -> bool:
        """Whether numbers in it are shown as dates or times."""
        return bool(re.search("[dmyhs]", _QUOTED.sub("", self.form).lower())) and (
            self.form != "General"
        )


def looks(book: Book) -> list[Look]:
    """Return the look of each style number."""
    parts = [r.target for r in book.relations.values() if r.kind == "styles"]
    if not parts or parts[0] not in book.package.entries:
        return [Look()]
    root = book.package.tree(parts[0])
    forms = {n.get("numFmtId"): n.get("formatCode") for n in root.all("numFmt")}
    inks = [_colour(font, "color") for font in _children(root, "fonts")]
    fills = [_fill(fill) for fill in _children(root, "fills")]
    return [_look(x, inks, fills, forms) for x in _children(root, "cellXfs")] or [Look()]


def _look(node: Node, inks: list[str], fills: list[str], forms: dict[str, str]) -> Look:
    number = node.get("numFmtId", "0")
    known = BUILTIN_FORMATS.get(whole(number))
    return Look(
        ink=_at(inks, node.get("fontId")),
        fill=_at(fills, node.get("fillId")),
        form=forms.get(number) or known or "General",
        locked=not any(p.get("locked") in {"0", "false"} for p in node.all("protection")),
    )


def _at(colours: list[str], number: str) -> str:
    at = whole(number)
    return colours[at] if 0 <= at < len(colours) else ""


def _children(root: Node, name: str) -> list[Node]:
    return next((node.children for node in root.children if node.local == name), [])


def _fill(fill: Node) -> str:
    solid = any(n.get("patternType") == "solid" for n in fill.all("patternFill"))
    return _colour(fill, "fgColor") if solid else ""


def _colour(node: Node, name: str) -> str:
    """Return a colour as six digits; "theme 4" for one that depends on the theme."""
    for each in node.all(name):
        if rgb := each.get("rgb"):
            return rgb[-6:].upper()
        if theme := each.get("theme"):
            plain = theme in {"0", "1"} and not each.get("tint")
            return THEME[int(theme)] if plain else f"theme {theme}"
        index = each.get("indexed")
        if 0 <= whole(index) < len(COLOR_INDEX):
            return str(COLOR_INDEX[whole(index)])[-6:].upper()
    return ""
