"""Measured workloads as lines of a receipt, and back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from workbooks.folder.receipts import Line, Receipt
from workbooks.plan.workloads.content import Content
from workbooks.portfolio.flat import RANGE, Row, content, rows

TABLE = "input"
ENDS = ("low", "base", "high")


def lines(measured: Content) -> list[Line]:
    """Return a line for each value; numbers, texts and lists are told apart by how they stand."""
    return [
        {"table": TABLE, "section": row.section, "name": row.name, "key": row.key, **_text(row)}
        for row in rows(measured)
    ]


def _text(row: Row) -> dict[str, Any]:
    held = {name: value for name, value in row.known.items() if value is not None}
    return {name: _cell(v) if name in ENDS else v for name, v in held.items()}


def _cell(value: Any) -> Any:
    """Return a number as itself, which no spreadsheet takes for a formula."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number else json.dumps(value)


def newest(receipts: Iterable[Receipt]) -> Content | None:
    """Return what the last receipt that says it has of the workloads: it was read with all before.

    >>> newest([]) is None
    True
    """
    said = (found for receipt in receipts if (found := measured(receipt)))
    return next(iter(list(said)[-1:]), None)


def measured(receipt: Receipt) -> Content | None:
    """Return what a receipt says of the workloads of a plan; None where it says nothing."""
    found = [
        Row(line["section"], line.get("name", ""), line.get("key", ""), _known(line))
        for line in receipt.of(TABLE)
    ]
    return content(found) if found else None


def _known(line: Mapping[str, str]) -> dict[str, Any]:
    held = {name: line[name] for name in RANGE if name in line}
    return {name: json.loads(text) if name in ENDS else text for name, text in held.items()}
