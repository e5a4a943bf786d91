"""Rows of nested records: pages of an API, JSON Lines, and cells that hold JSON."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from workbooks.usage.exports.layout import UsageError, folded, heading, known_columns

LARGEST_DOCUMENT_BYTES = 64 * 2**20
"""A page of an API is far smaller; JSON Lines are read line by line and may be of any size."""
DEEPEST = 20

Row = dict[str, str]


def json_rows(path: Path) -> Iterator[Row]:
    """Yield the flat rows of a JSON document or of JSON Lines, members joined by dots.

    Raises
    ------
    UsageError
        If it is no JSON, or too large a document.
    """
    with path.open(encoding="utf-8-sig") as file:
        first = file.readline(LARGEST_DOCUMENT_BYTES)
        if _is_whole(first) and file.readline(2):
            yield from _lines(path)
            return
    if path.stat().st_size > LARGEST_DOCUMENT_BYTES:
        raise UsageError(
            f"{path.name} is one JSON document of {path.stat().st_size / 2**20:.0f} MB; "
            "export it as JSON Lines or as CSV"
        )
    yield from _rows(_parsed(path, path.read_text(encoding="utf-8-sig"), ""))


def unpacked_csv(path: Path, delimiter: str) -> Iterator[Row]:
    """Yield the rows of a CSV file with the cells that are JSON objects taken apart."""
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file, delimiter=delimiter):
            yield dict(_flat({name: _cell(cell) for name, cell in row.items() if name}))


def write_csv(
    rows: Callable[[], Iterator[Row]], path: Path, stated: Iterable[str] = ()
) -> tuple[list[str], list[str]]:
    """Write the columns that are known or stated as CSV; return all names, and those."""
    known = known_columns() | {folded(name) for name in stated}
    names = list(dict.fromkeys(name for row in rows() for name in row))
    header = [name for name in names if heading(name) in known]
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, header, "", "ignore", lineterminator="\n")
        table.writeheader()
        table.writerows(rows())
    return names, header


def _lines(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8-sig") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                yield from _rows(_parsed(path, line, f", line {number},"))


def _is_whole(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _parsed(path: Path, text: str, place: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path.name}{place} is not JSON: {error}") from None


def _rows(node: Any, above: Row | None = None) -> Iterator[Row]:
    """Yield a row for each result of each bucket of each page, with the period of its bucket."""
    above = above or {}
    if isinstance(node, list):
        for each in node:
            yield from _rows(each, above)
    elif isinstance(node, dict) and _models_within(node):
        for model, part in _models_within(node).items():
            numbers = dict(_flat(part["metrics"]))
            yield {"date": str(node.get("date", "")), "model": model, **numbers}
    elif isinstance(node, dict):
        inner = next((node[name] for name in ("data", "results") if _is_rows(node, name)), None)
        if inner is None:
            yield {**above, **dict(_flat(node))}
            return
        period = above | dict(_flat(node))
        yield from _rows(inner, period) if inner or "data" in node else iter([period])


def _models_within(node: dict[str, Any]) -> dict[str, Any]:
    """Return the numbers by model that a day is broken down to."""
    parts = node.get("breakdown")
    models = parts.get("models") if isinstance(parts, dict) else None
    known = isinstance(models, dict) and all(
        isinstance(each, dict) and isinstance(each.get("metrics"), dict) for each in models.values()
    )
    return models if isinstance(models, dict) and known else {}


def _is_rows(node: dict[str, Any], name: str) -> bool:
    return isinstance(node.get(name), list)


def _flat(node: dict[str, Any], prefix: str = "", depth: int = 1) -> Iterator[tuple[str, str]]:
    for name, value in node.items():
        if isinstance(value, dict):
            if depth < DEEPEST:
                yield from _flat(value, f"{prefix}{name}.", depth + 1)
        elif not isinstance(value, list):
            yield f"{prefix}{name}", _text(value)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _cell(text: Any) -> Any:
    if not isinstance(text, str) or not text.startswith("{"):
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
