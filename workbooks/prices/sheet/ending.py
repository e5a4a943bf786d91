"""Tell where a table ends, and what holds for a part of it: a tier, or another thing than text.

It ends at a row whose price cells hold words, as a heading's do. A part begins below a row with
one cell, such as "Batch API" or "Fine-tuning"; a title or the sheet's name may say the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import NamedTuple

from workbooks.prices.offers import Doubt, shown
from workbooks.prices.sheet.amounts import FREE, INCLUDED
from workbooks.prices.sheet.cells import said
from workbooks.prices.sheet.files import Sheet, Value
from workbooks.prices.sheet.headings import MONEY, NAMING, Column, Heading, column

_LETTER, _DIGIT, _AMOUNT = re.compile(r"[A-Za-z]"), re.compile(r"\d"), re.compile(r"\W*\d")
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
    heads = _heads_names(name) and not any(_AMOUNT.match(each) for each in filled.values())
    if not filled or not (heads or not any(_is_price(each) for each in filled.values())):
        return Row.PRICES
    meant = {at: column(each) for at, each in filled.items()}
    if all(each and each.rate == prices[at].rate for at, each in meant.items()):
        return Row.SAME_HEADING
    if heads:
        return Row.END
    alone = not any(cell is not None for cell in above)
    return (
        Row.END
        if (alone or len(set(filled.values())) > 1) and not _DIGIT.search(name)
        else Row.PRICES
    )


def _heads_names(name: str) -> bool:
    """Say whether a name is what heads a column of names, such as "Model"."""
    found = column(name)
    return bool(found and found.role in NAMING)


def _is_price(text: str) -> bool:
    """Say whether a cell holds a number, or one of the words for a price that is none."""
    return bool(_DIGIT.search(text) or said(text)) or text.strip().casefold() in FREE | INCLUDED


def names_a_model(text: str) -> bool:
    """Say whether a cell of an id column is a name: a number or a long code is none.

    >>> names_a_model("openai/gpt-4o"), names_a_model("17")
    (True, False)
    """
    return bool(_LETTER.search(text)) and not _CODE.fullmatch(text)


def is_of_text(modality: str) -> bool:
    """Say whether the cell of a column of modalities names text, among others or not; or nothing.

    >>> is_of_text("Text, image"), is_of_text(""), is_of_text("Audio"), is_of_text("Text-to-speech")
    (True, True, False, False)
    """
    told = re.split(r"[/,+&;]|\b(?:and|und)\b", modality.casefold())
    return any(each.strip() in _LANGUAGE for each in told)


_LANGUAGE = {"", "-", "text", "all", "alle", "any", "multimodal", "language", "chat", "llm"}
_PRICED = (
    r"(?: (?:api|processing|tier|mode|pricing|prices?|rates?|inference|jobs?|models?|tokens?))*"
)
_IN_TIER = re.compile(rf"(?:api |service )?(standard|batch|flex|priority){_PRICED}")
_OF_TEXT = re.compile(
    r"\b(?:text|chat|language|llms?|flagship|latest|reasoning|frontier|legacy|other) ?"
    r"(?:models?|tokens?|generation)?\b"
)
_OF_OTHERS = re.compile(
    r"(?:(?:image|images|audio|video|realtime|speech|transcription|text to speech|tts|moderation"
    r"|fine tuning|fine tuned|training|hosting|storage|built in|tools?|search)"
    r"(?: and |, | )?)+(?:generation)?" + _PRICED
)


class Part(NamedTuple):
    """What holds for the rows of a part: a service tier, or what they are of but text tokens."""

    tier: str = ""
    other: str = ""


def part(title: str) -> Part | None:
    """Return what a title says of the rows below it; None where it says nothing of their prices.

    >>> part("Batch API pricing").tier, part("Fine-tuning").other, part("Our prices")
    ('batch', 'Fine-tuning', None)
    """
    words = " ".join(re.sub(r"[-_/&:]", " ", title.casefold()).split())
    if found := _IN_TIER.fullmatch(words):
        return Part(tier=found[1].replace("standard", ""))
    if _OF_OTHERS.fullmatch(words):
        return Part(other=title)
    return Part() if _OF_TEXT.match(words) else None


def parts(name: str, rows: Sequence[Sequence[Value]], below: int, end: int) -> dict[int, Part]:
    """Return what holds for each row of a table, by the sheet's name, titles and single cells."""
    now = part(name) or Part()
    for row in range(below - 1):
        if is_note(rows[row]):
            now = _told(rows[row]) or now
        elif any(cell is not None for cell in rows[row]):
            now = part(name) or Part()  # what stood above another table is none of this one's
    found = {}
    for row in range(below, end):
        if is_note(rows[row]):
            now = _told(rows[row]) or now
        found[row] = now
    return found


def is_note(row: Sequence[Value]) -> bool:
    """Say whether a row has one cell."""
    return sum(cell is not None for cell in row) == 1


def around(rows: Sequence[Sequence[Value]], heading: Heading, end: int) -> list[str]:
    """Return the texts of titles above a table and of notes below it.

    What the heading of another table says is of that table alone.
    """
    heads = {each.heading for each in heading.columns.values()}
    outside = [
        row
        for at, row in enumerate(rows)
        if is_note(row) or (not heading.below <= at < end and not _heads_prices(row))
    ]
    cells = [cell for row in outside for cell in row[:20] if isinstance(cell, str)]
    return [each for each in cells[:200] if each not in heads]


def _heads_prices(row: Sequence[Value]) -> bool:
    """Say whether a row heads a table: one cell says model, and another what it costs."""
    columns = [column(cell) for cell in row if isinstance(cell, str) and len(cell) < 120]
    roles = {each.role for each in columns if each}
    return bool(roles & {"rate", "price"}) and bool(roles & set(NAMING))


def left_out(columns: Mapping[int, Column], at: int) -> list[int]:
    """Return the columns that hold a price, too, of what a column holds, and are not read."""
    ours = columns[at]
    same = [place for place, each in columns.items() if each._replace(heading=ours.heading) == ours]
    return [each for each in same if each != at and MONEY.search(columns[each].heading)]


def later_bands(sheet: Sheet, heading: Heading) -> Iterator[Doubt]:
    """Yield what is told of columns whose prices begin beyond the first long context."""
    starts = {each.long_from for each in heading.prices.values()} - {0}
    for at, each in heading.columns.items():
        if starts and each.long_from > max(starts):
            place, said_so = sheet.place(heading.below - 1, at), shown(each.heading)
            reason = f"the price table holds one long-context price, from {max(starts):,} on"
            yield Doubt(place, "", each.rate, said_so, reason)


def _told(row: Sequence[Value]) -> Part | None:
    return part(next(str(cell) for cell in row if cell is not None))
