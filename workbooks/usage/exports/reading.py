"""How a query engine reads a file of text: every cell as it stands, or numbers at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from workbooks.usage.exports.layout import MEASURES, Layout, known_members

BLANKS = ("", "NULL", "null", "None", "none", "n/a", "N/A", "-", "\u2013", "\u2014")
"""What exports write for nothing."""
BEGUN = 5
"""Letters of a key that are looked for in an object; many keys begin alike, and each look costs."""
LONGEST_LINE_BYTES = 8 * 2**20
"""Logs of requests may hold whole conversations."""


def read_csv(
    path: Path, width: int, blanks: Sequence[str], delimiter: str = ",", skip: int = 0
) -> str:
    """Return a file of text as SQL, its columns named c0, c1 and so on."""
    types = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(width))
    return (
        f"read_csv({literal(path)}, auto_detect=false, columns={{{types}}}, header=true, "
        f"skip={skip}, delim='{delimiter}', quote='\"', escape='\"', "
        f"max_line_size={LONGEST_LINE_BYTES}, buffer_size={LONGEST_LINE_BYTES}, "
        f"nullstr={[*BLANKS, *blanks]})"
    )


def with_members(sql: str, members: Mapping[str, str]) -> str:
    """Return SQL with a column m0, m1 and so on for each member of an object in a cell, as text.

    Of a cell that is no JSON, every member is blank.
    """
    if not members:
        return sql
    paths: dict[str, list[str]] = {}
    columns = []
    for place, (name, cell) in enumerate(members.items()):
        mine = paths.setdefault(cell, [])
        mine.append(f"$.{name.partition('.')[2]}")
        columns.append(f"of_{cell}[{len(mine)}] AS m{place}")
    objects = (f"{_object(cell, mine)} AS of_{cell}" for cell, mine in paths.items())
    once = f"SELECT *, {', '.join(objects)} FROM {sql}"  # taking an object apart is what costs
    return f"(SELECT *, {', '.join(columns)} FROM ({once}))"


def _object(cell: str, paths: Sequence[str]) -> str:
    """Return the members of a cell; one that has no such key, as most rows, is not taken apart."""
    begun = sorted({path.rpartition(".")[2][:BEGUN] for path in paths})
    spelled = (*begun, "\\u")  # a key may be written in escapes
    has = " OR ".join(f"contains({cell}, '{part}')" for part in spelled)
    return f"CASE WHEN {has} THEN TRY(json_extract_string({cell}, {[*paths]})) END"


def with_inner(
    names: Iterable[str], kinds: Iterable[Any], packed: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    """Yield the columns of a Parquet file, and the members of its records, with their SQL.

    Which keys a map has no schema says: it has those that some layout reads of `packed` columns.
    """
    for name, kind in zip(names, kinds, strict=True):
        cell = quoted(name)
        yield name, cell
        if kind.id == "struct":
            yield from ((f"{name}.{each}", f"{cell}.{quoted(each)}") for each, _ in kind.children)
        if kind.id == "map":
            mine = (each for each in known_members(packed) if each.startswith(f"{name}."))
            yield from ((each, f"{cell}['{each.partition('.')[2]}']") for each in mine)


def literal(path: Path) -> str:
    """Return a path as SQL text in which no character is a wildcard."""
    text = re.sub(r"([*?\[])", r"[\1]", str(path)).replace("'", "''")
    return f"'{text}'"


def quoted(name: str) -> str:
    """Return a name as SQL takes any name."""
    return '"' + name.replace('"', '""') + '"'


def quick(sql: str, layout: Layout, columns: Mapping[str, str]) -> str:
    """Return what parses numbers as it reads them, and takes only empty cells for blank.

    A third faster, and what logs are like. A cell that is no number makes the query fail.
    A word for nothing stays one where it would hide another column or be kept as text.
    """
    told = [name for names in layout.places.values() for name in names]
    for role in MEASURES:
        for name in layout.places.get(role, ()):
            if told.count(name) == 1:
                cell = columns.get(name)
                sql = sql.replace(f"'{cell}': 'VARCHAR'", f"'{cell}': 'DOUBLE'")
    several = any(
        sum(name in columns for name in names) > 1
        for role, names in layout.places.items()
        if role not in ("start", "kind")
    )
    words = several or layout.keep or layout.blanks
    return sql if words else sql.replace(f"nullstr={list(BLANKS)}", "nullstr=['']")
