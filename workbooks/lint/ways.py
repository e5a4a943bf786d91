"""Ways through the filled cells of a sheet, each of which is made when it is asked for."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, ValuesView

from workbooks.file.cells import Value
from workbooks.lint.checks.style import Look
from workbooks.lint.stored import COLUMN_BITS, NUMBER, SHARED, TEXT, TRUTH, Cell, Columns

PLAIN = Look()


class Cells(Mapping[tuple[int, int], Cell]):
    """The filled cells by row and column, in reading order; each is made when it is asked for.

    Those of a sheet that is not large are kept once they are made.
    """

    def __init__(
        self, columns: Columns, strings: Mapping[int, str], looks: Sequence[Look], is_large: bool
    ) -> None:
        self._columns, self._strings, self._looks = columns, strings, looks
        self.is_large = is_large
        self._made: dict[int, Cell] = {}

    def __len__(self) -> int:
        return len(self._columns.places)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return (divmod(place, 1 << COLUMN_BITS) for place in self._columns.places)

    def __getitem__(self, place: tuple[int, int]) -> Cell:
        at = self._columns.position(*place)
        if at < 0:
            raise KeyError(place)
        return self.at(at)

    def values(self) -> ValuesView[Cell]:
        """Return all cells, one after the other."""
        return _Values(self)

    def at(self, at: int) -> Cell:
        """Return the cell at a position of the columns."""
        if made := self._made.get(at):
            return made
        held = self._columns
        row, column = divmod(held.places[at], 1 << COLUMN_BITS)
        style = held.styles[at]
        look = self._looks[style] if style < len(self._looks) else PLAIN
        cell = Cell(row, column, self._shown(at), held.formula(at), look)
        if not self.is_large:
            self._made[at] = cell
        return cell

    def _shown(self, at: int) -> Value:
        kind, number = self._columns.kinds[at], self._columns.numbers[at]
        if kind == NUMBER:
            return number
        if kind == SHARED:
            return self._strings.get(int(number))
        if kind == TRUTH:
            return bool(number)
        return self._columns.own_texts.get(at)

    def formulas(self) -> Iterator[Cell]:
        """Yield the cells with a formula."""
        return map(self.at, self._columns.formula_texts)

    def typed(self) -> Iterator[Cell]:
        """Yield the cells with a typed number or date."""
        held = self._columns
        numbers = (at for at, kind in enumerate(held.kinds) if kind == NUMBER)
        return (self.at(at) for at in numbers if at not in held.formula_texts)

    def texts(self) -> Iterator[Cell]:
        """Yield the cells that show text."""
        places = (at for at, kind in enumerate(self._columns.kinds) if kind in (SHARED, TEXT))
        cells = map(self.at, places)
        return (cell for cell in cells if isinstance(cell.shown, str) and cell.shown.strip())


class _Values(ValuesView[Cell]):
    _mapping: Cells

    def __iter__(self) -> Iterator[Cell]:
        return map(self._mapping.at, range(len(self._mapping)))


class Rows(Mapping[int, list[Cell]]):
    """The filled cells of each row, from left to right."""

    def __init__(self, cells: Cells, columns: Columns) -> None:
        self._cells, self._places = cells, columns.places

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __iter__(self) -> Iterator[int]:
        last = 0
        for place in self._places:
            if place >> COLUMN_BITS != last:
                last = place >> COLUMN_BITS
                yield last

    def __getitem__(self, row: int) -> list[Cell]:
        first, last = (bisect_left(self._places, each << COLUMN_BITS) for each in (row, row + 1))
        if first == last:
            raise KeyError(row)
        return list(map(self._cells.at, range(first, last)))


class Some(Iterable[Cell]):
    """Some cells of a sheet, made anew each time that somebody goes through them."""

    def __init__(self, cells: Callable[[], Iterator[Cell]]) -> None:
        self._cells = cells

    def __iter__(self) -> Iterator[Cell]:
        return self._cells()

    def __bool__(self) -> bool:
        return any(True for _ in self)
