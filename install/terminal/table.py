"""How the rows of every command are laid out: whole at any width, or a line says what is not."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import JustifyMethod
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from rich.table import Column as RichColumn
from rich.table import Table
from rich.text import Text

from install.terminal.screen import console, indent, wrapped

GAP = 2  # what stands between two columns
NARROWEST = 20  # in less, text has a word or two on a line
MOST_LINES = 3  # of a cell, where there is room


@dataclass(frozen=True)
class Column:
    """A column of texts, or of numbers, which stand on the right and in one piece."""

    title: str
    is_number: bool
    cells: tuple[str, ...]

    @property
    def whole(self) -> int:
        """Width at which nothing is wrapped."""
        return max(map(cell_len, (self.title, *self.cells)))

    @property
    def least(self) -> int:
        """Width below which a word or a number would break, or a text become a tower of words."""
        words = [word for text in (self.title, *self.cells) for word in text.split()]
        if self.is_number:
            return max(map(cell_len, (*self.title.split(), *self.cells)), default=0)
        longest = max((len(indent(each)) for each in self.cells), default=0)
        longest += max(map(cell_len, words), default=0)
        return max(longest, min(self.whole, max(NARROWEST, self.whole // MOST_LINES)))


def chosen(
    columns: Sequence[Column], spare: Sequence[str], width: int
) -> tuple[list[Column], list[str]]:
    """Return the columns that fit and the titles left out, the first of `spare` first.

    Without a column where none of that is enough: then every row is a record of its own.
    """
    for count in range(len(spare) + 1):
        kept = [each for each in columns if each.title not in spare[:count]]
        if _needed(kept) <= width:
            return kept, [each.title for each in columns if each not in kept]
    return [], []


def table(columns: Sequence[Column], width: int | None) -> Table:
    """Return columns beside each other, in a width or, without one, each as wide as it is."""
    shown = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    widths = _widths(columns, width)
    for column, room in zip(columns, widths, strict=True):
        side: JustifyMethod = "right" if column.is_number else "left"
        shown.add_column(Text(column.title), justify=side, width=room, overflow="fold")
    for row in zip(*(each.cells for each in columns), strict=True):
        cells = zip(row, widths, strict=True)
        shown.add_row(
            *(Text("\n".join(wrapped(cell, room)) if width else cell) for cell, room in cells)
        )
    return shown


def records(columns: Sequence[Column], width: int) -> Iterator[str]:
    """Yield the lines of each row as a record: its name, and below it each figure by its title."""
    names = max(cell_len(each.title) for each in columns[1:])
    for number, row in enumerate(zip(*(each.cells for each in columns), strict=True)):
        yield from ([""] if number else [])
        yield from wrapped(row[0], width)
        for column, cell in zip(columns[1:], row[1:], strict=True):
            first, *others = wrapped(cell.strip(), width - names - 2 * GAP)
            if cell:
                yield f"{'':{GAP}}{column.title:{names}}{'':{GAP}}{first}".rstrip()
                yield from (f"{'':{names + 2 * GAP}}{line}" for line in others)


def measured(columns: Sequence[Column]) -> int:
    """Return the width of columns that are each as wide as they are."""
    return sum(each.whole for each in columns) + GAP * (len(columns) - 1)


def progress() -> Progress:
    """Return bars of progress on stderr, whose names wrap; without a terminal there are none."""
    name = TextColumn("{task.description}", markup=False, table_column=RichColumn(overflow="fold"))
    return Progress(
        TaskProgressColumn(),
        BarColumn(bar_width=20),
        name,
        console=console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )


def _needed(columns: Sequence[Column]) -> int:
    return sum(each.least for each in columns) + GAP * (len(columns) - 1)


def _widths(columns: Sequence[Column], width: int | None) -> list[int]:
    """Return how wide each column is: short texts whole before long ones, headings last."""
    if width is None:
        return [each.whole for each in columns]
    widths, left = [each.least for each in columns], width - _needed(columns)
    order = sorted(range(len(columns)), key=lambda i: (columns[i].is_number, columns[i].whole))
    for place in order:
        more = min(columns[place].whole - widths[place], left)
        widths[place], left = widths[place] + more, left - more
    return widths
