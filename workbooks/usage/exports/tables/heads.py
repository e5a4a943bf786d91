"""Where the headings of a table stand in a file of text, in one row or in two."""

from __future__ import annotations

import csv
import gzip
import re
import sys
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import IO

from workbooks.usage.exports.layout import UsageError, detect, folded, heading, known_columns
from workbooks.usage.exports.reading import LONGEST_LINE_BYTES
from workbooks.usage.exports.stated import Stated

DELIMITERS = ",;\t|"
HEADER_LINES = 10
"""The header stands within the first lines; some exports put a title above it."""
QUALIFIES = re.compile(
    r"(?<![a-z])(?:thousands?|tausend|tsd|millions?|millionen|mio)(?![a-z])|cumulat|kumul"
    r"|^\s*(?:batch|flex|priority)\s*$",
    re.IGNORECASE,
)
LETTERED = re.compile(r"[^\W\d].*")  # a cell that may head a column
UNPACKED = ("usageDetails.input", "usageDetails.output")


def head(path: Path, stated: Stated) -> tuple[int, str, list[str]]:
    """Return where the header stands, what parts it, and its cells; of two rows, of the lower."""
    parted = [(delimiter, list(_first_rows(path, delimiter))) for delimiter in DELIMITERS]
    for delimiter, rows in parted:
        for at, (line, row) in enumerate(rows):
            if _tells(row, stated):
                _refuse_above(path.name, rows[:at])
                return line, delimiter, row
    for delimiter, rows in parted:
        for at, ((_, groups), (line, names)) in enumerate(pairwise(rows)):
            for row in (under(groups, names), under(groups, names, before=False)):
                if row and _tells(row, stated):
                    _refuse_above(path.name, rows[:at])
                    return line, delimiter, row
    every = ((line, delimiter, row) for delimiter, rows in parted for line, row in rows)
    return max(
        every, key=lambda each: len(LETTERED.findall("\n".join(each[2]))), default=(0, ",", [""])
    )


def _refuse_above(name: str, rows: Sequence[tuple[int, list[str]]]) -> None:
    """Raise a UsageError where a line above a table says that its numbers are no plain ones."""
    for line, row in rows:
        for cell in row:
            if QUALIFIES.search(cell):
                raise UsageError(
                    f"{name}, line {line + 1}: {cell[:60]!r} above the table says that its numbers "
                    "are in thousands or millions, added up or of a tier; say it in their headings"
                )


def _tells(row: list[str], stated: Stated) -> bool:
    """Whether a row is a header, by what is stated or else by a layout."""
    packed = any(folded(each) == "usagedetails" for each in row)
    named = {folded(each) for each in stated.of(row).columns.values()}
    if named:
        return named <= {folded(each) for each in row}
    return detect([*row, *UNPACKED] if packed else row) is not None


def under(groups: Sequence[str], names: Sequence[str], before: bool = True) -> list[str]:
    """Return the headings of two rows, of which the upper one heads groups of the lower one's.

    A group, which goes before or behind the name, holds until the next one; what is known by its
    own name, once, is in none.

    >>> under(["Day", "Input", "", "Output", ""], ["", "tokens", "cost", "tokens", "cost"])
    ['Day', 'Input tokens', 'Input cost', 'Output tokens', 'Output cost']
    >>> under(["Day", "Tokens", "", "Cost"], ["", "Input", "Output", ""], before=False)
    ['Day', 'Input Tokens', 'Output Tokens', 'Cost']
    """
    if len(groups) != len(names):
        return []
    group, both = "", []
    for above, name in zip(groups, map(str.strip, names), strict=True):
        group = above.strip() or group
        pair = f"{group} {name}" if before else f"{name} {group}"
        alone = list(map(str.strip, names)).count(name) == 1 and heading(name) in known_columns()
        joined = heading(pair) in known_columns() or not alone or QUALIFIES.search(group)
        both.append((pair if joined else name) if name and group else name or group)
    return both


def open_text(path: Path) -> IO[str]:
    """Open a text file, packed or not."""
    opened = gzip.open if path.suffix == ".gz" else open
    return opened(path, "rt", encoding="utf-8-sig", newline="")


def _first_rows(path: Path, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    try:
        with open_text(path) as file:
            for number in range(HEADER_LINES):
                line = file.readline(LONGEST_LINE_BYTES)
                if line.strip():
                    with suppress(csv.Error):
                        yield number, next(csv.reader([line], delimiter=delimiter))
    except UnicodeError:
        raise UsageError(f"{path.name} is not UTF-8 text; save it as CSV UTF-8") from None
    except (OSError, EOFError, zlib.error) as error:
        raise UsageError(f"{path.name} cannot be read: {error}") from None
