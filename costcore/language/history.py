"""Earlier periods of a line, as numbers or as cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from costcore.language.trace import Cell, excel


class History(Protocol):
    """Earlier periods, as numbers or as cells."""

    def last(self, name: str) -> Any:
        """One period earlier."""

    def ago(self, name: str, periods: Any) -> Any:
        """Some periods earlier."""

    def recent(self, name: str, periods: Any) -> Any:
        """Sum over the latest periods."""


class NumberHistory:
    """Earlier periods as numbers."""

    def __init__(self, rows: Mapping[str, list[Any]], now: Mapping[str, Any]) -> None:
        self._rows, self._now = rows, now

    def last(self, name: str) -> Any:
        """One period earlier."""
        return self._rows[name][-1] if self._rows[name] else 0.0

    def ago(self, name: str, periods: Any) -> Any:
        """Some periods earlier."""
        row = self._rows[name]
        # the arrays may be long: those of a period that no element asks for are left alone
        reach = range(max(0, len(row) - int(np.max(periods))), len(row) + 1 - int(np.min(periods)))
        return sum((np.where(len(row) - i == periods, row[i], 0.0) for i in reach), 0.0)

    def recent(self, name: str, periods: Any) -> Any:
        """Sum over the latest periods."""
        row = [*self._rows[name], self._now[name]]
        age, shortest = len(row) - 1, np.min(periods)
        return sum(
            (x if age - i < shortest else np.where(age - i < periods, x, 0.0))
            for i, x in enumerate(row)
        )


@dataclass(frozen=True, slots=True)
class CellHistory:
    """Earlier periods as cells, counted from this one."""

    at: Callable[[str, int], str]
    """Line and periods from here to a cell."""
    span: Callable[[str, int], str]
    """Line and periods from here to the range from before the first period to that one."""
    period: str
    """Name of the line that numbers the periods."""

    def last(self, name: str) -> Any:
        """One period earlier; the blank cell before the first counts as 0."""
        return Cell(f"N({self.at(name, -1)})")

    def ago(self, name: str, periods: Any) -> Any:
        """Some periods earlier."""
        wanted = excel(Cell(self.at(self.period, 0)) - periods)
        return Cell(f"SUMIF({self.span(self.period, -1)}, {wanted}, {self.span(name, -1)})")

    def recent(self, name: str, periods: Any) -> Any:
        """Sum over the latest periods."""
        oldest = excel(Cell(self.at(self.period, 0)) - periods)
        dates, row = self.span(self.period, 0), self.span(name, 0)
        return Cell(f'SUMIF({dates}, ">" & {oldest}, {row})')
