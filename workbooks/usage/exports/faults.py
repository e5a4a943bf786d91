"""Where in a file something is wrong, in words that a person can follow."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from workbooks.usage.exports.layout import folded
from workbooks.usage.exports.source import Source
from workbooks.usage.exports.tables.heads import open_text


def header(source: Source, role: str) -> str:
    """Return the header of the first column that holds a role."""
    names = source.layout.columns[role]
    here = {source.layout.key(each): each for each in source.headers}
    return next((here[folded(name)] for name in names if folded(name) in here), names[0])


def told(source: Source, columns: Sequence[str], role: str, rows: Any, wrong: str) -> str:
    """Return the place, header and value of the first of some rows that break a rule.

    Of several columns of a role it is the first filled one.
    """
    cells = {f"cell_{at}": rows[name].cast("string") for at, name in enumerate(columns)}
    first = rows.select("record", **cells).order_by("record").limit(1).execute().iloc[0]
    filled = (at for at in range(len(columns)) if isinstance(first[f"cell_{at}"], str))
    at = next(filled, -1)
    value = "a blank" if at < 0 else repr(first[f"cell_{at}"][:60])
    names = [each for each in source.headers if source.layout.key(each) == source.key(columns[at])]
    heading = names[0] if names and at >= 0 else header(source, role)
    return f"{source.name}, {place(source, int(first.record))}, {heading}: {value} {wrong}"


def place(source: Source, record: int) -> str:
    """Return the line of a record, as a text editor counts lines."""
    if source.csv is None:
        return f"record {record}"
    for line, row in _rows(source, source.csv):
        record -= bool(row)
        if record < 0:  # the header came first
            return f"line {line}"
    return "at its end"


def unreadable(source: Source, error: Exception) -> str:
    """Say in one sentence why an engine could not read a file."""
    why = _fault(source, source.csv) if source.csv else ""
    return f"{source.name}, {why}" if why else f"{source.name}: {first_line(error)}"


def first_line(error: Exception) -> str:
    """Return the first line of an error."""
    return (str(error).splitlines() or [type(error).__name__])[0]


def _fault(source: Source, path: Path) -> str:
    line, width = source.skip, 0
    try:
        for line, row in _rows(source, path):
            width = width or len(row)
            if row and len(row) != width:
                return f"line {line}: {len(row)} cells where the header has {width}"
    except UnicodeError:
        return f"after line {line}: not UTF-8 text; save it as CSV UTF-8"
    except csv.Error as error:
        return f"after line {line}: {error}"
    return ""


def _rows(source: Source, path: Path) -> Iterator[tuple[int, Any]]:
    with open_text(path) as file:
        for _ in range(source.skip):
            file.readline()
        rows = csv.reader(file, delimiter=source.delimiter, strict=True)
        for row in rows:
            yield source.skip + rows.line_num, row
