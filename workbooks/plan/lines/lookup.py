"""Tables that a rule looks things up in: rows of numbers, or the cells of a sheet's table."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from costcore.language.timeline import Line, figures
from costcore.language.trace import Cell, excel
from costcore.language.units import EXCEL_EPOCH


@dataclass(frozen=True, slots=True)
class Rows:
    """Records as numbers; a blank is nan."""

    key: str
    records: Sequence[Any]

    def row(self, key: str) -> int:
        """Return the position of a key, from 1; 0 for an empty key."""
        names = [getattr(record, self.key) for record in self.records]
        return names.index(key) + 1 if key else 0

    def at(self, column: str, row: int) -> Any:
        """Return a column's value in a row; of none, what a blank of the column is."""
        found = number(getattr(self.records[int(row) - 1], column)) if self.records else None
        blank = "" if isinstance(found, str) else float("nan")
        return found if row else blank

    def choice(self, columns: tuple[str, ...], row: int, place: float) -> Any:
        """Return the value of one of several neighbouring columns, from 1."""
        return self.at(columns[int(place) - 1], row)


@dataclass(frozen=True, slots=True)
class TableCells:
    """The same table as it stands in a sheet, by structured reference."""

    key: str
    name: str

    def row(self, key: Any) -> Cell:
        """Return the position of a key, from 1; 0 for an empty key."""
        match = f"MATCH({excel(key)}, {self.name}[{header(self.key)}], 0)"
        return Cell(f'IF({excel(key)} = "", 0, {match})')

    def at(self, column: str, row: Any) -> Cell:
        """Return a column's value in a row."""
        return Cell(f"INDEX({self.name}[{header(column)}], {excel(row)})")

    def choice(self, columns: tuple[str, ...], row: Any, place: Any) -> Cell:
        """Return the value of one of several neighbouring columns, from 1."""
        span = f"[{header(columns[0])}]:[{header(columns[-1])}]"
        return Cell(f"INDEX({self.name}[{span}], {excel(row)}, {excel(place)})")


def header(column: str) -> str:
    """Return the heading of a column in a sheet.

    >>> header("input_price_per_mtok")
    'Input price per mtok'
    """
    return column.replace("_", " ").capitalize()


def number(value: Any) -> Any:
    """Return a record's value as a cell holds it: blanks are nan, dates are serial numbers."""
    if value is None:
        return float("nan")
    if isinstance(value, datetime.date):
        return float((value - EXCEL_EPOCH).days)
    return value


class _Record:
    """A row of a table with its calculated columns beside its own, computed when asked for."""

    def __init__(self, row: Any, columns: Mapping[str, Line], shared: Mapping[str, Any]) -> None:
        self._row, self._columns, self._shared = row, columns, shared

    def __getattr__(self, name: str) -> Any:
        return self._calculated[name] if name in self._columns else getattr(self._row, name)

    @cached_property
    def _calculated(self) -> dict[str, Any]:
        cells = {name: getattr(self._row, name) for name in type(self._row).__slots__}
        known = {name: np.nan if cell is None else cell for name, cell in cells.items()}
        return figures(tuple(self._columns.values()), known | dict(self._shared))


def converted(
    key: str, rows: Sequence[Any], columns: Sequence[Line], shared: Mapping[str, Any]
) -> Rows:
    """Return a table with its calculated columns; `shared` is what they read outside a row."""
    by_name = {line.name: line for line in columns}
    return Rows(key, [_Record(row, by_name, shared) for row in rows])
