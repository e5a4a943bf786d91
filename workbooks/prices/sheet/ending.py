"""Tell where a table ends: at a row whose price cells hold words, as a heading's do."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import Enum

from workbooks.prices.sheet.amounts import FREE, INCLUDED
from workbooks.prices.sheet.cells import said
from workbooks.prices.sheet.files import Value
from workbooks.prices.sheet.headings import Column, column

_LETTER, _DIGIT = re.compile(r"[A-Za-z]"), re.compile(r"\d")
_CODE = re.compile(r"[0-9a-f]{8}-?[0-9a-f-]{15,}", re.IGNORECASE)


class Row(Enum):
    """What a row of a table is."""

    PRICES, SAME_HEADING, END = range(3)


def row_kind(
    prices: Mapping[int, Column], cells: Mapping[int, Value], name: str, above: Sequence[Value]
) -> Row:
    """Return what a row is, by the cells where prices stand, its name and the row above.

    A heading that comes again goes on with the table. Other words end it where the name has no
    digit, as few models' names do, and where they differ from each other or follow a blank row;
    "ask us" in every cell is a remark.
    """
    filled = {at: str(cell) for at, cell in cells.items() if cell is not None}
    if not filled or any(_is_price(each) for each in filled.values()):
        return Row.PRICES
    meant = {at: column(each) for at, each in filled.items()}
    if all(each and each.rate == prices[at].rate for at, each in meant.items()):
        return Row.SAME_HEADING
    alone = not any(cell is not None for cell in above)
    return (
        Row.END
        if (alone or len(set(filled.values())) > 1) and not _DIGIT.search(name)
        else Row.PRICES
    )


def _is_price(text: str) -> bool:
    """Say whether a cell holds a number, or one of the words for a price that is none."""
    return bool(_DIGIT.search(text) or said(text)) or text.strip().casefold() in FREE | INCLUDED


def names_a_model(text: str) -> bool:
    """Say whether a cell of an id column is a name: a number or a long code is none.

    >>> names_a_model("openai/gpt-4o"), names_a_model("17")
    (True, False)
    """
    return bool(_LETTER.search(text)) and not _CODE.fullmatch(text)
