"""What exports leave in the budget folder: their use and bills by month, and what was stated."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from workbooks.folder import place, receipts
from workbooks.folder.receipts import Line
from workbooks.folder.standing import USAGE
from workbooks.usage.actuals import Actuals
from workbooks.usage.exports.stated import ROLES, Kept, Stated, together

COLUMNS = "columns"
"""Of a receipt: what was stated of a file; nothing in it is of what the columns hold."""


def usage_lines(found: Actuals) -> list[Line]:
    """Return a line for each month and model; unknown is blank, never 0."""
    layouts = ", ".join(dict.fromkeys(each.layout.title for each in found.exports))
    lines: list[Line] = []
    months: Any = found.by_month().iterrows()
    for (month, model), row in months:
        numbers = {str(name): float(each) for name, each in row.items()}
        known = {name: each for name, each in numbers.items() if not math.isnan(each)}
        lines.append({"table": USAGE, "month": month, "model": model, "export": layouts, **known})
    return lines


def kept() -> tuple[Kept, ...]:
    """Return what was stated before in the budget folder, the oldest first."""
    return tuple(
        Kept(
            line["headers"],
            {name: line[name] for name in ROLES if name in line},
            "day_first" in line,
            line.get("costs_in", ""),
            receipt.when.date().isoformat(),
            receipt.name,
        )
        for receipt in place.changes()
        for line in receipt.of(COLUMNS)
    )


def keep(stated: Stated, tables: Iterable[Sequence[str]]) -> None:
    """Keep what was stated for files with the headers of these tables, in the budget folder.

    Raises
    ------
    FolderError
        If the folder cannot be written.
    """
    known = {each.headers: (each.columns, each.day_first, each.currency) for each in kept()}
    lines: dict[str, Line] = {}
    for headers in tables:
        now, name = stated.of(headers), together(headers)
        if known.get(name) != (dict(now.columns), now.day_first, now.currency):
            first = {"day_first": 1} if now.day_first else {}
            money = {"costs_in": now.currency} if now.currency else {}
            lines[name] = {"table": COLUMNS, "headers": name, **now.columns, **first, **money}
    if lines and (folder := place.current()):
        receipts.write(folder, list(lines.values()))
        place.forget()


def with_kept(stated: Stated) -> Stated:
    """Return what a user states now, and knows from before where no columns are stated now."""
    return stated if stated.columns else replace(stated, kept=kept())
