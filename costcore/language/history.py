"""What a rule sees: this period, and other periods of a line, as numbers or as cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from costcore.language.trace import Cell, excel


@dataclass(frozen=True, slots=True)
class Standing:
    """What is left of purchases of which the oldest leave first, and how their age is counted."""

    oldest: Any
    """Period of the oldest purchase of which some is left."""
    share: Any
    """Share of it that is left; of later purchases all is."""
    new: float = 1.0
    """Age of a purchase in its own period: 1 at the end of it, 0 at its start."""
    clock: str = ""
    """Line that counts the time; the periods themselves where there is none."""


class History(Protocol):
    """Other periods, as numbers or as cells."""

    def last(self, name: str) -> Any:
        """One period earlier."""

    def ago(self, name: str, periods: Any) -> Any:
        """Some periods earlier."""

    def at(self, name: str, period: Any) -> Any:
        """In a period up to this one."""

    def recent(self, name: str, periods: Any) -> Any:
        """Sum over the latest periods."""

    def reached(self, name: str, most: Any) -> Any:
        """Periods up to this one in which a line is at most as high."""

    def standing(self, name: str, by_age: str, left: Standing) -> Any:
        """Sum of what is left of a line, each period's times another line at its age."""

    def ahead(self, name: str) -> Any:
        """Highest value from this period on."""


class Period:
    """What a rule sees: ``m.name`` for inputs and for lines above in this period."""

    __slots__ = ("__dict__", "_history")

    def __init__(self, known: dict[str, Any], history: History) -> None:
        self.__dict__, self._history = known, history  # read more often than anything else

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"no input or earlier line is called {name!r}")

    def last(self, name: str) -> Any:
        """Return a line one period earlier; 0 before the first."""
        return self._history.last(name)

    def ago(self, name: str, periods: Any) -> Any:
        """Return a line some periods earlier; 0 before the first."""
        return self._history.ago(name, periods)

    def at(self, name: str, period: Any) -> Any:
        """Return a line in a period up to this one; 0 before the first and after this one."""
        return self._history.at(name, period)

    def recent(self, name: str, periods: Any) -> Any:
        """Sum a line over the latest periods, this one included."""
        return self._history.recent(name, periods)

    def reached(self, name: str, most: Any) -> Any:
        """Count the periods, this one included, in which a line is at most as high."""
        return self._history.reached(name, most)

    def standing(self, name: str, by_age: str, left: Standing) -> Any:
        """Sum what is left of a line, each period's times the line `by_age` at its age."""
        return self._history.standing(name, by_age, left)

    def ahead(self, name: str) -> Any:
        """Return the highest of a line from this period on; only for a line that says so."""
        return self._history.ahead(name)


class NumberHistory:
    """Other periods as numbers."""

    def __init__(self, rows: Mapping[str, list[Any]], now: Mapping[str, Any]) -> None:
        self._rows, self._now = rows, now

    def last(self, name: str) -> Any:
        """One period earlier."""
        return self._rows[name][-1] if self._rows[name] else 0.0

    def ago(self, name: str, periods: Any) -> Any:
        """Some periods earlier."""
        return _found(self._rows[name], len(self._rows[name]) - periods)

    def at(self, name: str, period: Any) -> Any:
        """In a period up to this one."""
        return _found(self._so_far(name), period - 1)

    def recent(self, name: str, periods: Any) -> Any:
        """Sum over the latest periods."""
        row = self._so_far(name)
        age, shortest = len(row) - 1, np.min(periods)
        return sum(
            (x if age - i < shortest else np.where(age - i < periods, x, 0.0))
            for i, x in enumerate(row)
        )

    def reached(self, name: str, most: Any) -> Any:
        """Periods up to this one in which a line is at most as high."""
        return sum(np.where(x <= most, 1.0, 0.0) for x in self._so_far(name))

    def standing(self, name: str, by_age: str, left: Standing) -> Any:
        """Sum of what is left of a line, each period's times another line at its age."""
        row, factors = self._so_far(name), self._so_far(by_age)
        times = self._so_far(left.clock) if left.clock else range(1, len(row) + 1)
        if not any(getattr(x, "ndim", 0) for x in (*row, *factors, left.oldest, left.share)):
            return _standing_alone(row, factors, times, left)
        kept = (
            (i, np.where(i + 1 > left.oldest, 1.0, np.where(i + 1 == left.oldest, left.share, 0.0)))
            for i, x in enumerate(row)
            if i + 1 >= np.min(left.oldest) and np.any(x)
        )
        return sum(
            (
                row[i] * share * _found(factors, times[-1] - times[i] + left.new - 1)
                for i, share in kept
            ),
            0.0,
        )

    def ahead(self, name: str) -> Any:
        """Highest value from this period on: nothing is known of it here; see `values`."""
        raise LookupError(f"{name} is not known ahead")

    def _so_far(self, name: str) -> list[Any]:
        return [*self._rows[name], self._now[name]]


def _standing_alone(row: Any, factors: Any, times: Any, left: Standing) -> np.float64:
    """Sum what is left where each period has one number: as above, in a tenth of the time."""
    total, oldest = 0.0, int(left.oldest)
    for i in range(max(oldest - 1, 0), len(row)):
        if (bought := float(row[i])) != 0:
            share = float(left.share) if i + 1 == oldest else 1.0
            age = int(times[-1] - times[i] + left.new) - 1
            factor = float(factors[age]) if 0 <= age < len(factors) else 0.0
            total += bought * share * factor
    return np.float64(total)


def _found(row: Sequence[Any], place: Any) -> Any:
    """Return the value at a place of a row, or where each element has another; 0 outside it."""
    if isinstance(place, float | int):
        return row[int(place)] if 0 <= int(place) < len(row) else 0.0
    # the arrays may be long: those of a period that no element asks for are left alone
    first, last = max(0, int(np.min(place))), min(len(row) - 1, int(np.max(place)))
    if np.ndim(place) == 0 and first == last:
        return row[first]
    return sum((np.where(i == place, row[i], 0.0) for i in range(first, last + 1)), 0.0)


@dataclass(frozen=True, slots=True)
class CellHistory:
    """Other periods as cells, counted from this one."""

    place: Callable[[str, str, int], str]
    """Kind of place, line and periods from here to text: a cell `at` a period, the `span` from
    before the first period to that one, or the `rest` from that one to the last."""
    period: str
    """Name of the line that numbers the periods."""

    def last(self, name: str) -> Any:
        """One period earlier; the blank cell before the first counts as 0."""
        return Cell(f"N({self.place('at', name, -1)})")

    def ago(self, name: str, periods: Any) -> Any:
        """Some periods earlier."""
        wanted = excel(Cell(self.place("at", self.period, 0)) - periods)
        dates, row = (self.place("span", each, -1) for each in (self.period, name))
        return Cell(f"SUMIF({dates}, {wanted}, {row})")

    def at(self, name: str, period: Any) -> Any:
        """In a period up to this one."""
        return Cell(f"SUMIF({self._span(self.period)}, {excel(period)}, {self._span(name)})")

    def recent(self, name: str, periods: Any) -> Any:
        """Sum over the latest periods."""
        oldest = excel(Cell(self.place("at", self.period, 0)) - periods)
        return Cell(f'SUMIF({self._span(self.period)}, ">" & {oldest}, {self._span(name)})')

    def reached(self, name: str, most: Any) -> Any:
        """Periods up to this one in which a line is at most as high."""
        return Cell(f'COUNTIF({self._span(name)}, "<=" & {excel(most)})')

    def standing(self, name: str, by_age: str, left: Standing) -> Any:
        """Sum of what is left of a line, each period's times another line at its age."""
        dates, clock = Cell(self._span(self.period)), left.clock or self.period
        whole = (dates > left.oldest) + (dates == left.oldest) * left.share
        ages = excel(Cell(self.place("at", clock, 0)) + left.new - Cell(self._span(clock)))
        factors = Cell(f"SUMIF({dates.text}, {ages}, {self._span(by_age)})")
        return Cell(f"SUMPRODUCT({excel(Cell(self._span(name)) * whole * factors)})")

    def ahead(self, name: str) -> Any:
        """Highest value from this period on."""
        return Cell(f"MAX({self.place('rest', name, 0)})")

    def _span(self, name: str) -> str:
        return self.place("span", name, 0)
