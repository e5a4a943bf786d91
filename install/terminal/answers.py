"""How answers are printed: tables for people, JSON for programs."""

from __future__ import annotations

import datetime
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

NARROWEST_TEXT = 16


def print_json(answer: Mapping[str, Any]) -> None:
    """Print an answer as JSON, its keys in their own order; what never happens is null."""
    from workbooks.printable import STEERING

    text = json.dumps(plain(answer), indent=2, ensure_ascii=False)
    print(STEERING.sub(lambda found: json.dumps(found[0])[1:-1], text))


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


def print_table(titles: Mapping[str, bool], rows: Iterable[Sequence[str]]) -> None:
    """Print rows of text under titles; a title that maps to True is a column of numbers."""
    from rich.box import SIMPLE
    from rich.table import Table
    from rich.text import Text

    from install.terminal.screen import console

    table = Table(box=SIMPLE, pad_edge=False)
    texts, lines, needed = len(titles) - sum(titles.values()), [*rows], 0
    for column, (title, numbers) in enumerate(titles.items()):
        whole = numbers or (column == 0 and texts > 1)  # a name stays in one piece
        table.add_column(
            title, justify="right" if numbers else "left", overflow="fold", no_wrap=whole
        )
        width = max(map(len, [title, *(line[column] for line in lines)]))
        needed += (width if whole else min(width, NARROWEST_TEXT)) + len("  ")
    for line in lines:
        table.add_row(*map(Text, line))  # as text, so that no [name] is read as a style
    # a line longer than the screen goes on below; a number cut short says something else
    console(width=max(console().width, needed + 1)).print(table)


def millions(tokens: float) -> str:
    """Return a volume in words.

    >>> millions(690e6), millions(1_166.4e6), millions(50e3), millions(float("inf"))
    ('690 M tokens a month', '1,166.4 M tokens a month', '0.05 M tokens a month', 'never')
    """
    if math.isinf(tokens):
        return "never"
    digits = f"{tokens / 1e6:,.1f}".removesuffix(".0") if tokens >= 1e6 else f"{tokens / 1e6:.2g}"
    return f"{digits} M tokens a month"


def money(amount: float) -> str:
    """Return an amount, with cents where it is small.

    >>> money(273_200.0), money(13.888), money(float("inf"))
    ('273,200', '13.89', 'never')
    """
    if math.isinf(amount):
        return "never"
    return f"{amount:,.0f}" if abs(amount) >= 1_000 else f"{amount:,.2f}"
