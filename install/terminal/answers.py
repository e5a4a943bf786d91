"""How answers are printed: tables for people, JSON for programs."""

from __future__ import annotations

import datetime
import json
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from shlex import quote
from typing import Any

UNKNOWN = "-"  # in a column of numbers
SIZES = {1e12: " T", 1e9: " B", 1e6: " M"}


def print_json(answer: Mapping[str, Any]) -> None:
    """Print an answer as JSON, its keys in their own order; what never happens is null."""
    from install.terminal.screen import print_whole
    from workbooks.printable import STEERING

    text = json.dumps(plain(answer), indent=2, ensure_ascii=False)
    print_whole(STEERING.sub(lambda found: json.dumps(found[0])[1:-1], text))


def plain(value: Any) -> Any:
    """Return a value as JSON has it; what never happens is None."""
    if isinstance(value, Mapping):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple) or getattr(value, "ndim", 0) > 0:
        return [plain(each) for each in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if hasattr(value, "item"):
        return plain(value.item())
    return value.isoformat() if isinstance(value, datetime.date) else value


def print_table(
    titles: Mapping[str, bool], rows: Iterable[Sequence[str]], spare: Sequence[str] = ()
) -> None:
    """Print rows of text under titles; a title that maps to True is a column of numbers.

    On a terminal too narrow for all of it, columns of `spare` are left out, the first of them
    first, and a line says so; where that is not enough, each row is a record of its own. What is
    not printed on a terminal is printed whole.
    """
    from install.terminal import screen, table
    from workbooks.printable import printable

    cells = [[printable(each) for each in row] for row in rows]
    columns = [
        table.Column(title, numbers, tuple(row[place] for row in cells))
        for place, (title, numbers) in enumerate(titles.items())
    ]
    room = screen.width(sys.stdout)
    kept, left_out = table.chosen(columns, spare, room) if room else (columns, [])
    print()
    if room and not kept:
        return print(*table.records(columns, room), sep="\n", end="\n\n")
    shown = table.table(kept, room)
    ample = max(room or 0, table.measured(kept)) + 1  # rich takes one off on an old Windows
    screen.console(width=ample, height=len(cells)).print(shown)
    if left_out:
        told = ", ".join(left_out)
        print(f"Left out at {room} columns: {told}. A wider window or --json shows them.")
    print()


def short(number: float) -> str:
    """Return a number as people write it: four digits, and M, B or T for what is large.

    >>> short(690e6), short(1_166.4e6), short(5e10), short(50e3), short(0.25), short(1.2e-5)
    ('690 M', '1.166 B', '50 B', '50,000', '0.25', '0.000012')
    >>> short(float("inf")), short(float("nan"))
    ('never', 'unknown')
    """
    if not math.isfinite(number):
        return "unknown" if math.isnan(number) else "never"
    if 1e3 <= abs(number) < 1e6:
        return f"{number:,.0f}"
    size = next((each for each in SIZES if abs(number) >= each), 1.0)
    return f"{Decimal(f'{number / size:.4g}'):,f}{SIZES.get(size, '')}"


def print_next(why: str, *command: object) -> None:
    """Print what to type next, as the last line of an answer, which can be copied whole.

    The first part of the command is printed as it is; what follows is a name, such as that of a
    file, and quoted where a shell would take it apart.
    """
    from install.terminal.screen import print_whole

    typed, *names = map(str, command)
    print(f"Next, {why}:")
    print_whole(f"  {' '.join(['evenpoint', typed, *map(quote, names)])}")


def money(amount: float) -> str:
    """Return an amount, with cents where it is small.

    >>> money(273_200.0), money(13.888), money(float("inf"))
    ('273,200', '13.89', 'never')
    """
    if math.isinf(amount):
        return "never"
    return f"{amount:,.0f}" if abs(amount) >= 1_000 else f"{amount:,.2f}"


def print_failing(count: float) -> None:
    """Say how many checks of a workbook fail.

    >>> print_failing(1), print_failing(3)
    1 check fails: see the sheet Checks.
    3 checks fail: see the sheet Checks.
    (None, None)
    """
    print(f"{count:.0f} check{'s fail' if count > 1 else ' fails'}: see the sheet Checks.")
