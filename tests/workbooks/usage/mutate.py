"""Mutate exports by the thousand: `python -m tests.workbooks.usage.mutate 20000`.

A change of form (order, case of headers, delimiter, encoding, a note above the table, a number
written otherwise) must change nothing, or be refused. A change of content must be refused, change
nothing, or show: in the rows, tokens and money of the proof by totals, or in a check or a note.
"""

from __future__ import annotations

import csv
import io
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.workbooks.usage.connection import one_connection
from tests.workbooks.usage.exports import DATA
from workbooks.usage.actuals import Actuals
from workbooks.usage.exports.layout import UsageError, detect
from workbooks.usage.importing import import_usage
from workbooks.usage.ledger import NUMBERS
from workbooks.usage.report import by_month, sentences

Table = list[list[str]]
Chance = random.Random
Change = Callable[[Table, Chance], Table]
Figures = dict[tuple[str, ...], tuple[float, ...]]
KEYS = ["model", "currency"]
CENT = 0.01
TEXTS = (
    *("", "-", "n/a", "0", "-1", "1e3", "12", "1.5", "1,5", "1.234,50", "1,234", "€3", "$3"),
    *("1K", "1M Tokens", "Hours", "Units", "EUR", "USD", "batch", "flex", "TRUE", "Tax"),
    *("3 ct", "Purchase", "2026-08-01", "2026-13-45", "1/8/2026", "08/2026", "gpt-4o", "output"),
    *("cached input", "x"),
)


def header(table: Table) -> int:
    """The row of a table's header."""
    return next(at for at, row in enumerate(table) if detect([*row, *PACKED]))


PACKED = ("usageDetails.input", "usageDetails.output")


def shuffled_columns(table: Table, chance: Chance) -> Table:
    """Every column elsewhere."""
    at, width = header(table), max(map(len, table))
    order = chance.sample(range(width), width)
    told = [row + [""] * (width - len(row)) for row in table[at:]]
    return table[:at] + [[row[place] for place in order] for row in told]


def shuffled_rows(table: Table, chance: Chance) -> Table:
    """Every row elsewhere."""
    below = header(table) + 1
    return table[:below] + chance.sample(table[below:], len(table) - below)


def other_case(table: Table, chance: Chance) -> Table:
    """Headers in capitals, small, or with underscores."""
    at = header(table)
    bend = chance.choice([str.upper, str.lower, lambda text: text.replace(" ", "_")])
    return [*table[:at], [bend(each) for each in table[at]], *table[at + 1 :]]


def another_column(table: Table, chance: Chance) -> Table:
    """A column that says nothing of usage."""
    at = header(table)
    return [*table[:at], [*table[at], "Remark"], *([*row, "seen"] for row in table[at + 1 :])]


def a_title(table: Table, chance: Chance) -> Table:
    """A line above the table."""
    return [["Usage of the month"], *table]


def trailing_spaces(table: Table, chance: Chance) -> Table:
    """Spaces behind a cell."""
    return _with_cell(table, chance, lambda text: f"{text} ")


def other_notation(table: Table, chance: Chance) -> Table:
    """A number as people and programs write it, its value the same."""
    ways = ("{:,.0f}", "{:.2f}", "{:,.2f}", "{:e}", "{:+.0f}", "{:,.0f} ", "{:_.0f}")

    def other(text: str) -> str:
        try:
            value = float(text)
        except ValueError:
            return text
        way = chance.choice(ways)
        made = way.format(value)
        return made if float(made.replace(",", "").replace("_", "").strip()) == value else text

    return _with_cell(table, chance, other)


def other_text(table: Table, chance: Chance) -> Table:
    """A cell with something else in it."""
    return _with_cell(table, chance, lambda text: chance.choice(TEXTS))


def other_digit(table: Table, chance: Chance) -> Table:
    """A digit more, less or other."""

    def other(text: str) -> str:
        at = chance.randrange(len(text)) if text else 0
        return text[:at] + chance.choice("0123456789.,-") + text[at + chance.choice((0, 1)) :]

    return _with_cell(table, chance, other)


def without_row(table: Table, chance: Chance) -> Table:
    """A row less."""
    at = chance.randrange(header(table) + 1, len(table))
    return table[:at] + table[at + 1 :]


def row_twice(table: Table, chance: Chance) -> Table:
    """A row again."""
    at = chance.randrange(header(table) + 1, len(table))
    return [*table[:at], table[at], *table[at:]]


def without_column(table: Table, chance: Chance) -> Table:
    """A column less."""
    at = header(table)
    place = chance.randrange(len(table[at]))
    return table[:at] + [row[:place] + row[place + 1 :] for row in table[at:]]


def renamed_column(table: Table, chance: Chance) -> Table:
    """A column under another name."""
    at = header(table)
    heads = list(table[at])
    heads[chance.randrange(len(heads))] = chance.choice(["Other", "value", "tokens", "cost_net"])
    return [*table[:at], heads, *table[at + 1 :]]


def a_total(table: Table, chance: Chance) -> Table:
    """A row of sums below the table."""
    row = [text if _is_number(text) else "" for text in table[-1]]
    row[0] = "Total"
    return [*table, row]


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _with_cell(table: Table, chance: Chance, other: Callable[[str], str]) -> Table:
    at = chance.randrange(header(table) + 1, len(table))
    row = list(table[at])
    if row:
        place = chance.randrange(len(row))
        row[place] = other(row[place])
    return [*table[:at], row, *table[at + 1 :]]


FORM = (
    *(shuffled_columns, shuffled_rows, other_case, another_column, a_title, trailing_spaces),
    *(other_notation, other_notation),
)
CONTENT = (
    *(other_text, other_text, other_digit, other_digit, without_row, row_twice, without_column),
    *(renamed_column, a_total),
)


def samples() -> dict[Path, Table]:
    """The exports that are tables."""
    folders = (DATA, DATA.parent / "public")
    paths = [path for folder in folders for path in sorted(folder.iterdir())]
    return {path: _table(path) for path in paths if path.suffix in (".csv", ".tsv")}


def _table(path: Path) -> Table:
    text = path.read_text(encoding="utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=_delimiter(path)))


def _delimiter(path: Path) -> str:
    text = (DATA.parent / path.parent.name / path.name).read_text(encoding="utf-8-sig")
    return max(",;\t", key=text.count)


def written(table: Table, path: Path, chance: Chance, plain: bool) -> None:
    """Write a table; unless plain, as one of the programs that people use would."""
    encoding = "utf-8" if plain else chance.choice(["utf-8", "utf-8-sig", "utf-16"])
    end = "\n" if plain else chance.choice(["\n", "\r\n"])
    quoting = csv.QUOTE_MINIMAL if plain else chance.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
    path.parent.mkdir(exist_ok=True)
    with path.open("w", encoding=encoding, newline="") as file:
        made = csv.writer(file, delimiter=_delimiter(path), lineterminator=end, quoting=quoting)
        made.writerows(table)


def figures(found: Actuals) -> Figures:
    """Every number of the answer, by what tells it apart."""
    sums = found.rows.groupby(KEYS, dropna=False)[list(NUMBERS)].sum()
    plain = {tuple(map(str, key)): tuple(map(float, row)) for key, row in sums.T.items()}
    plain["days",] = (found.first.toordinal(), found.last.toordinal(), found.days_with_data)
    return {key: row for key, row in plain.items() if max(map(abs, row)) >= CENT / 2}


def same(one: Figures, other: Figures) -> bool:
    """Whether all figures are the same to the cent, which is what a sentence shows."""
    pairs = ((one[key], other[key]) for key in one if key in other)
    near = all(abs(a - b) < CENT for rows in pairs for a, b in zip(*rows, strict=True))
    return near and one.keys() == other.keys()


def proof(found: Actuals) -> tuple[object, ...]:
    """What an import says of what it read: the sources, checks, totals, and months by model."""
    return (*sentences(found), *by_month(found))


class Before(NamedTuple):
    """What an export said before it was mutated."""

    figures: Figures
    proof: tuple[object, ...]


def outcomes(times: int, seed: int) -> Iterator[str]:
    """Import mutated exports and yield what became of each, a fault with how to make it."""
    with tempfile.TemporaryDirectory() as folder, one_connection():
        tables, plain = samples(), dict[Path, Before]()
        for number in range(times):
            chance = Chance(f"{seed}-{number}")
            path = chance.choice(list(tables))
            if path not in plain:
                plain[path] = _original(path, tables[path], Path(folder))
            yield _one(path, tables[path], plain[path], Path(folder), chance)


def run(times: int, seed: int) -> Counter[str]:
    """Return how many mutations came to what."""
    return Counter(outcomes(times, seed))


def _original(path: Path, table: Table, folder: Path) -> Before:
    copy = folder / path.parent.name / path.name
    written(table, copy, Chance(0), plain=True)
    found = import_usage([copy])
    return Before(figures(found), proof(found))


def _one(path: Path, table: Table, before: Before, folder: Path, chance: Chance) -> str:
    form = chance.random() < 0.4
    change, made = _changed(table, chance, FORM if form else CONTENT)
    copy = folder / path.parent.name / path.name
    written(made, copy, chance, plain=not form)
    try:
        after = import_usage([copy])
    except UsageError:
        return "refused"
    except Exception:
        return f"TRACEBACK {change.__name__} {path.name}: {traceback.format_exc()[-300:]}"
    if same(figures(after), before.figures):
        return "nothing changed"
    if not form and proof(after) != before.proof:
        return "shown"
    return f"SILENT {change.__name__} {path.name}: {_difference(table, made)}"


def _changed(
    table: Table, chance: Chance, changes: Sequence[Change], tries: int = 5
) -> tuple[Change, Table]:
    """Draw a change until it changes something, and return it and what it made."""
    for _ in range(tries):
        change = chance.choice(changes)
        made = change(table, chance)
        if made != table:
            break
    return change, made


def _difference(table: Table, made: Table) -> str:
    rows = [pair for pair in zip(table, made, strict=False) if pair[0] != pair[1]]
    if not rows or len(rows[0][0]) != len(rows[0][1]):
        return ""
    return "; ".join(f"{a!r} to {b!r}" for a, b in zip(*rows[0], strict=True) if a != b)[:200]


if __name__ == "__main__":
    started, found = time.monotonic(), Counter[str]()
    for outcome in outcomes(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 2026):
        found[outcome] += 1
        if outcome.startswith(("SILENT", "TRACEBACK")):
            print(outcome, flush=True)
        if found.total() % 500 == 0:
            print(f"{found.total():,} in {time.monotonic() - started:.0f} s", flush=True)
    for what, how_many in found.most_common(40):
        print(how_many, what)
