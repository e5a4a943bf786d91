"""Turn the text of cells into the rows of a table, and read the tables that are shipped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from workbooks.folder.receipts import FolderError, Receipt

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Row = TypeVar("Row", bound="DataclassInstance")

READERS: dict[object, Callable[[str], Any]] = {
    str: str,
    float: float,
    date: date.fromisoformat,
    float | None: lambda text: float(text) if text else None,
    date | None: lambda text: date.fromisoformat(text) if text else None,
}
"""How the text of a cell is read, by the type of its column."""


@cache
def shipped(kind: type[Row], name: str) -> tuple[Row, ...]:
    """Return the rows of a shipped table, read once; nothing else reads one."""
    import csv  # noqa: PLC0415  # half the time it takes to import this module
    from importlib.resources import files  # noqa: PLC0415

    readers = {field.name: READERS[field.type] for field in fields(kind)}
    with (files("workbooks.data") / name).open(encoding="utf-8") as table:
        return tuple(
            kind(**{column: readers[column](cell) for column, cell in line.items()})
            for line in csv.DictReader(table)
        )


def values(receipt: Receipt, table: str, kind: type[Any]) -> Iterator[dict[str, Any]]:
    """Yield what the lines of a table in a receipt say, by column; blank cells are left out.

    Raises
    ------
    FolderError
        If a cell is none of its column: nothing of a damaged receipt counts.
    """
    readers = {field.name: READERS[field.type] for field in fields(kind)}
    for line in receipt.of(table):
        try:
            yield {name: readers[name](cell) for name, cell in line.items() if name != "table"}
        except (KeyError, ValueError) as error:
            raise FolderError(f"{receipt.name} has a line of {table} amiss: {error}") from None


def overlaid(
    rows: Iterable[Row], key: tuple[str, ...], receipts: Iterable[Receipt], table: str
) -> tuple[Row, ...]:
    """Return a table in which the cells of later lines stand over those of the same key.

    Raises
    ------
    FolderError
        If a line is no row of the table, and there is none that it could amend.
    """
    kept = {tuple(getattr(row, name) for name in key): row for row in rows}
    kind = type(next(iter(kept.values())))
    for receipt in receipts:
        for cells in values(receipt, table, kind):
            name = tuple(cells.get(each) for each in key)
            known: Mapping[str, Any] = {}
            if name in kept:
                known = {field.name: getattr(kept[name], field.name) for field in fields(kind)}
            kept[name] = _row(kind, {**known, **cells}, receipt, table)
    return tuple(kept.values())


def _row(kind: type[Row], cells: Mapping[str, Any], receipt: Receipt, table: str) -> Row:
    blank: dict[object, Any] = {str: ""}
    empty = {f.name: blank.get(f.type) for f in fields(kind) if f.name not in cells}
    needed = [f.name for f in fields(kind) if f.name in empty and f.type in {float, date}]
    if needed:
        raise FolderError(f"{receipt.name} has a line of {table} without {needed[0]}")
    return kind(**cells, **empty)
