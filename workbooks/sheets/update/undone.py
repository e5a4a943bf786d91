"""What an update gives back: the cells that a receipt brought which has been taken back since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from workbooks import tables
from workbooks.folder.cells import values
from workbooks.folder.receipts import Receipt
from workbooks.plan.plan import Plan

FOLDS = {
    "hardware": (tables.accelerators, "accelerators"),
    "speed": (tables.throughputs, "systems"),
    "model": (tables.models, "models"),
}
"""Tables beside the prices: as the receipts now have them, and as a plan calls them."""


def given_back(
    back: Sequence[Receipt], table: str, key: str, kind: type[Any], plan: Plan
) -> dict[str, dict[str, Any]]:
    """Return what the rows of a table go back to, by their key; what was typed over since stays."""
    found: dict[str, dict[str, Any]] = {}
    fold, called = FOLDS[table]
    now = {getattr(row, key): row for row in fold()}
    held = {getattr(row, key): row for row in getattr(plan.tables, called)}
    for cells in (cells for receipt in back for cells in values(receipt, table, kind)):
        name = cells[key]
        if name in now and name in held:
            ours = (f for f, brought in cells.items() if getattr(held[name], f) == brought)
            found.setdefault(name, {}).update({f: getattr(now[name], f) for f in ours if f != key})
    return found


def left_over(back: Sequence[Receipt]) -> Iterator[str]:
    """Say which rows a receipt that was taken back had added: nothing else brings them now."""
    known: dict[str, tuple[str, set[str]]] = {
        "price": ("model", {row.model for row in tables.token_prices()}),
        "hardware": ("hardware", {row.hardware for row in tables.accelerators()}),
        "speed": ("system", {row.system for row in tables.throughputs()}),
        "model": ("model", {row.model for row in tables.models()}),
    }
    for table, (key, names) in known.items():
        said = {line.get(key, "") for receipt in back for line in receipt.of(table)}
        for name in sorted(said - names - {""}):
            yield f"{name} was taken back; its row stays in the table: take it out yourself."
