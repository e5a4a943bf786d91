"""Colours, fonts and number formats, each decided once."""

from __future__ import annotations

from typing import IO, Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format

TITLE, FIGURE, VERDICT, HEADING, BODY = 16, 18, 14, 11, 10
"""The sizes of type, in points: there are no others."""

INK, MUTED, RULE = "#1F2933", "#616E7C", "#CBD2D9"
INPUT_INK, INPUT_FILL = "#0000FF", "#FFFBE6"
BAND, TITLE_BAND = "#EAF2F8", "#0B3C5D"
GOOD, BAD, STALE = "#1B7F4B", "#B42318", "#F5B041"

WINS, BUSIEST = "#DDEFD9", "#616E7C"
"""Grounds in charts: where own nodes win, and the plan's own volume."""

OPTION_COLOURS = {"api": "#0072B2", "managed": "#009E73", "own": "#D55E00", "hybrid": "#CC79A7"}
"""Okabe and Ito's colours, told apart by colour-blind readers too."""

HEADER = {
    "bold": True,
    "bg_color": TITLE_BAND,
    "font_color": "#FFFFFF",
    "text_wrap": True,
    "valign": "vcenter",
}
STRATEGY_COLOURS = (*OPTION_COLOURS.values(), "#E69F00", "#56B4E9", "#7A5195", INK)
"""Of the strategies of a portfolio, in their order; beyond the last they begin anew."""

KINDS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": TITLE, "font_color": TITLE_BAND},
    "note": {"font_color": MUTED, "italic": True},
    "heading": {"bold": True, "font_color": TITLE_BAND, "bottom": 1, "bottom_color": RULE},
    "header": HEADER,
    "figure header": HEADER | {"align": "right"},
    "text header": HEADER | {"indent": 1, "text_wrap": False},
    "label": {},
    "figure": {"bold": True, "font_size": FIGURE, "align": "left", "font_color": TITLE_BAND},
    "figure name": {"bold": True, "font_color": MUTED, "top": 2, "top_color": TITLE_BAND},
    "figure note": {"text_wrap": True, "valign": "top", "font_color": MUTED},
    "count": {"align": "left"},
    "unit": {"font_color": MUTED, "indent": 1},
    "number": {"align": "right"},
    "found": {"align": "right", "font_color": MUTED},
    "found wrap": {
        "align": "right",
        "valign": "top",
        "font_color": MUTED,
        "text_wrap": True,
    },
    "total": {"bold": True, "top": 1, "top_color": RULE},
    "input": {
        "font_color": INPUT_INK,
        "bg_color": INPUT_FILL,
        "locked": False,
        "border": 1,
        "border_color": RULE,
    },
    "input top": {
        "font_color": INPUT_INK,
        "bg_color": INPUT_FILL,
        "locked": False,
        "border": 1,
        "border_color": RULE,
        "valign": "top",
    },
    "input wrap": {
        "font_color": INPUT_INK,
        "bg_color": INPUT_FILL,
        "locked": False,
        "border": 1,
        "border_color": RULE,
        "text_wrap": True,
        "valign": "top",
    },
    "data": {"font_color": INPUT_INK, "locked": False},
    "data month": {"font_color": INPUT_INK, "locked": False, "align": "left"},
    "top name": {"valign": "top", "text_wrap": True},
    "folded": {"font_color": MUTED, "italic": True, "bottom": 1, "bottom_color": RULE},
    "number wrap": {"align": "right", "valign": "top", "text_wrap": True, "indent": 1},
    "data wrap": {
        "font_color": INPUT_INK,
        "locked": False,
        "text_wrap": True,
        "valign": "top",
    },
    "top": {"valign": "top", "bold": True},
    "unit wrap": {
        "font_color": MUTED,
        "text_wrap": True,
        "valign": "top",
        "align": "left",
        "indent": 1,
    },
    "number top": {"align": "right", "valign": "top", "indent": 1},
    "wrap": {"text_wrap": True, "valign": "top"},
    "warning": {"text_wrap": True, "valign": "top", "font_color": BAD, "bold": True},
    "verdict": {
        "bold": True,
        "font_size": VERDICT,
        "text_wrap": True,
        "valign": "vcenter",
        "bg_color": BAND,
        "font_color": TITLE_BAND,
        "indent": 1,
    },
    "link": {"font_color": "#0563C1", "underline": 1},
}


def new_book(content: IO[bytes]) -> Workbook:
    """Begin a workbook in which no text that is written becomes a formula or a link."""
    as_text = {"strings_to_formulas": False, "strings_to_urls": False}
    return Workbook(content, {"in_memory": True, **as_text})


def _computed(ink: str) -> str:
    """Return the ink of a formula: one step of blue from that of what is written, as nobody sees.

    What is typed over a formula keeps its ink, and so is told from what we have written.

    >>> _computed("#1F2933")
    '#1F2932'
    """
    return f"#{int(ink[1:], 16) ^ 1:06X}"


LOCKED = {k: look.get("font_color", INK) for k, look in KINDS.items() if look.get("locked", True)}
COMPUTED = frozenset(_computed(ink).removeprefix("#") for ink in LOCKED.values())
"""Inks of formulas."""


class Styles:
    """Formats of one workbook, made when first asked for."""

    def __init__(self, book: Workbook) -> None:
        self._book, self._made = book, dict[tuple[str, str, str], Format]()

    def __call__(self, kind: str, number_format: str = "") -> Format:
        """Return the format of a kind of cell, with a number format where it has one."""
        return self._format(kind, number_format, KINDS[kind].get("font_color", INK))

    def computed(self, kind: str, number_format: str = "") -> Format:
        """Return the format of a formula; one that may be typed over looks as any other input."""
        if kind not in LOCKED:
            return self(kind, number_format)
        return self._format(kind, number_format, _computed(LOCKED[kind]))

    def _format(self, kind: str, number_format: str, ink: str) -> Format:
        key = kind, number_format, ink
        if key not in self._made:
            look = {"font_name": "Calibri", "font_size": BODY} | KINDS[kind] | {"font_color": ink}
            look |= {"num_format": number_format} if number_format else {}
            self._made[key] = self._book.add_format(look)
        return self._made[key]
