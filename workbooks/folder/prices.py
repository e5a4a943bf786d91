"""The token prices of a budget folder: what is shipped, and what its receipts say."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import date
from typing import Any

from workbooks.folder.cells import values
from workbooks.folder.receipts import FolderError, Receipt
from workbooks.folder.timeline import CONTRACT, INPUT, OUTPUT, timeline
from workbooks.rows import TokenPrice

PRICE, CONFIRMED = "price", "confirmed"
Rows = dict[str, list[TokenPrice]]  # by model, in the order they were written in


def written(shipped: Iterable[TokenPrice], receipts: Iterable[Receipt]) -> Rows:
    """Return every row by its model, the shipped ones first.

    Raises
    ------
    FolderError
        If a receipt has a line that is no price.
    """
    found: Rows = {}
    for row in shipped:
        found.setdefault(row.model, []).append(row)
    for receipt in receipts:
        for cells in values(receipt, PRICE, TokenPrice):
            row = _row(cells, receipt)
            found.setdefault(row.model, []).append(row)
        for line in receipt.of(CONFIRMED):
            _confirm(found, line)
    return found


def folded(rows: Mapping[str, list[TokenPrice]]) -> tuple[TokenPrice, ...]:
    """Return the price table: one row for each model and time, ordered by model and date."""
    every = [row for model in sorted(rows) for row in timeline(rows[model])]
    return tuple(sorted(every, key=lambda row: (row.model, row.valid_from or date.min)))


def _row(cells: Mapping[str, Any], receipt: Receipt) -> TokenPrice:
    """Return a line as a row; a contract may leave input or output out."""
    blank: dict[str, Any] = {f.name: "" if f.type is str else None for f in fields(TokenPrice)}
    given = {**blank, **cells}
    for column in (INPUT, OUTPUT):
        if given[column] is None and given["origin"] == CONTRACT:
            given[column] = math.nan
    needed = (INPUT, OUTPUT, "as_of", "model", "origin", "currency")
    if missing := [name for name in needed if given[name] in {None, ""}]:
        raise FolderError(f"{receipt.name} has a price without {missing[0]}")
    return TokenPrice(**given)


def _confirm(found: Rows, line: Mapping[str, str]) -> None:
    """Let the rows that a list has said once more be as of the day it was read."""
    try:
        day = date.fromisoformat(line["as_of"])
    except (KeyError, ValueError) as error:
        raise FolderError(f"a receipt confirms prices without a day: {error}") from None
    kind, read = line.get("as_of_kind", ""), line.get("source_sha256", "")
    for model in line.get("models", "").split():
        rows = found.get(model, [])
        begun = [at for at, row in enumerate(rows) if row.origin != CONTRACT and _begun(row, day)]
        last = max(begun, key=lambda at: (rows[at].valid_from or date.min, at), default=None)
        if last is not None and rows[last].as_of < day:
            rows[last] = replace(rows[last], as_of=day, as_of_kind=kind, source_sha256=read)


def _begun(row: TokenPrice, day: date) -> bool:
    return (row.valid_from or date.min) <= day
