"""Rows of nested records: pages of an API, JSON Lines, and cells that hold JSON."""

from __future__ import annotations

import csv
import gzip
import json
import math
import shutil
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from workbooks.usage.exports.layout import UsageError, folded, heading, known_columns

LARGEST_DOCUMENT_BYTES = 64 * 2**20
"""A page of an API is far smaller; JSON Lines are read line by line and may be of any size."""
DEEPEST = 20

Row = dict[str, str]
ROWS = (
    *("data", "results", "result", "usageEvents", "usageEventsDisplay"),
    *("daily", "monthly", "sessions", "session"),
)
"""Members that hold the rows of a page; a weekly report has no rows, as it names no end of them."""
DAYS = ("date", "month", "firstActivity", "lastActivity", "metadata.lastActivity", "period")
"""Members that name the day or month of numbers that are broken down by model."""
LISTED = ("modelBreakdowns", "model_breakdown", "usage")
"""Members that list the models of a day."""
AMOUNTS = ("usage.amount", "usage.amount_in_pricing_units")
NAMES = {"model", "modelName"}


def plain(path: Path, scratch: Path) -> Path:
    """Return a file that is not packed: itself, or a copy of its content.

    Raises
    ------
    UsageError
        If it breaks off.
    """
    if path.suffix != ".gz":
        return path
    target = scratch / path.name
    try:
        with gzip.open(path) as packed, target.open("wb") as copy:
            shutil.copyfileobj(packed, copy)
    except (EOFError, zlib.error) as error:
        raise UsageError(f"{path.name} cannot be read: {error}") from None
    return target


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
    elif isinstance(node, dict):
        yield from _records(node, above)


def _records(node: dict[str, Any], above: Row) -> Iterator[Row]:
    """Yield the rows of a page, of a bucket, of a report by project or of a day, or the node's."""
    inner = next((node[name] for name in ROWS if isinstance(node.get(name), list)), None)
    if inner is not None:
        period = above | dict(_flat(node))
        yield from _rows(inner, period) if inner or "data" in node else iter([period])
    elif node.get("projects") and _holds(node["projects"], list):
        yield from _rows(list(node["projects"].values()))
    elif (parts := _parts(node)) is not None:
        yield from _by_model(node, parts)
    else:
        yield from _with_credits({**above, **dict(_flat(node))}, node.get("credits"))


def _with_credits(row: Row, told: Any) -> Iterator[Row]:
    """Yield a row of a bill, and what was credited for it as a row of its own.

    Raises
    ------
    ArithmeticError
        If a credit is no number.
    """
    yield row
    credits_ = [each for each in told if isinstance(each, dict)] if isinstance(told, list) else []
    try:
        amount = math.fsum(float(each.get("amount") or 0) for each in credits_)
    except (TypeError, ValueError) as error:
        raise ArithmeticError(f"a credit is not a number: {error}") from None
    if "cost" in row and amount:
        yield row | {"cost": str(amount), "cost_type": "credit"} | dict.fromkeys(AMOUNTS, "")


def _holds(node: Any, kind: type) -> bool:
    return isinstance(node, dict) and all(isinstance(each, kind) for each in node.values())


def _parts(node: dict[str, Any]) -> list[dict[str, Any]] | None:
    """Return the numbers of each model that a day is broken down to; None where it is not."""
    listed = (node[name] for name in LISTED if isinstance(node.get(name), list))
    if told := next(listed, None):
        named = all(isinstance(each, dict) and NAMES & set(each) for each in told)
        return [dict(_members(each)) for each in told] if named else None
    for models, name in ((node.get("breakdown"), "model"), (node, "modelName")):
        inner = models.get("models") if isinstance(models, dict) else None
        if inner and _holds(inner, dict):
            numbers = {model: _own(each) for model, each in inner.items()}
            return [{name: model} | dict(_members(each)) for model, each in numbers.items()]
    return None


def _own(node: dict[str, Any]) -> dict[str, Any]:
    """Return the member that holds a node's numbers, or the node itself."""
    metrics = node.get("metrics")
    return metrics if isinstance(metrics, dict) else node


def _by_model(node: dict[str, Any], parts: list[dict[str, Any]]) -> Iterator[Row]:
    """Yield a row for each model, and one without a model for what the day has beyond them.

    Raises
    ------
    ArithmeticError
        If the models add up to more than their day.
    """
    flat = dict(_members(node))
    day = next((_text(flat[name]).partition("T")[0] for name in DAYS if flat.get(name)), "")
    rest = _rest(dict(_members(_own(node))), parts)
    if over := next((name for name, left in rest.items() if left < 0), ""):
        raise ArithmeticError(f"the models of {day} add up to more {over} than the day has")
    if len(parts) == 1 and "cost" in rest and "cost" not in parts[0]:
        parts = [parts[0] | {"cost": rest.pop("cost")}]
    for part in [*parts, rest] if rest else parts:
        yield {"date": day} | {name: _text(each) for name, each in part.items()}


def _rest(whole: dict[str, Any], parts: list[dict[str, Any]]) -> dict[str, float]:
    """Return by how much the numbers of a day are more than those of its models."""
    rest = {}
    for told_as, number in whole.items():
        own = any(told_as in part for part in parts)
        name = "cost" if told_as in ("totalCost", "costUSD") and not own else told_as
        counts = own or not folded(name).startswith("total")
        if _is_number(number) and counts and folded(name) in known_columns():
            told = [part[name] for part in parts if _is_number(part.get(name))]
            left = math.fsum([number, *(-each for each in told)])
            if abs(left) > 1e-6 * abs(number) * any(isinstance(n, float) for n in (number, *told)):
                rest[name] = left
    return rest


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _flat(node: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in _members(node):
        yield name, _text(value)


def _members(node: dict[str, Any], prefix: str = "", depth: int = 1) -> Iterator[tuple[str, Any]]:
    """Yield every member that is one value, those within others joined to them by dots."""
    for name, value in node.items():
        if isinstance(value, dict):
            if depth < DEEPEST:
                yield from _members(value, f"{prefix}{name}.", depth + 1)
        elif not isinstance(value, list):
            yield f"{prefix}{name}", value


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
