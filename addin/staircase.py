"""The staircase behind a break-even cell, step by step, as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from addin.arguments import read
from costcore.answers.breakeven import breakeven_ranges
from costcore.catalogue import SheetFunction, function
from costcore.language.quantities import TOKENS_PER_MTOK
from costcore.language.trace import amount
from costcore.nodes.hosting import selfhost_cost
from costcore.tokens.api import priced

STEPS = 4
INPUTS = tuple(function("BREAKEVEN_RANGES").quantities)


def staircase(entry: SheetFunction, cells: Sequence[object]) -> str:
    """Return what each number of nodes serves and costs, and where it wins; empty for others.

    It begins just before the first step that wins, for a staircase may have a thousand.

    >>> print(staircase(function("BREAKEVEN_TOKENS"), [20.0, 5_400.0, 388.8e6, 3_000.0]))
    The staircase of whole nodes:
    1 node, up to 389 M tokens: 8,400 a month when full, the API 7,776; never wins.
    2 nodes, up to 778 M tokens: 13,800 a month when full, the API 15,552; wins from 690 M.
    3 nodes, up to 1,166 M tokens: 19,200 a month when full, the API 23,328; wins from 960 M.
    4 nodes, up to 1,555 M tokens: 24,600 a month when full, the API 31,104; wins from 1,230 M.
    From 1,230 M tokens on it always wins.
    """
    if tuple(entry.quantities)[: len(INPUTS)] != INPUTS:
        return ""
    given = read(entry, cells[: len(INPUTS)]).arguments
    one = {name: float(value) for name, value in given.items() if np.ndim(value) == 0}
    if len(one) < len(given) or not np.isfinite([one.get(INPUTS[2], np.inf), *one.values()]).all():
        return ""  # a range of cells, a blank or a node without an end has no one staircase
    return "\n".join(["The staircase of whole nodes:", *_steps(one)])


def _steps(given: Mapping[str, float]) -> Iterator[str]:
    wins = {int(row[2]): row for row in breakeven_ranges(**given).tolist()}
    least = int(given.get("min_nodes", 1))
    first = max(least, min(wins, default=least) - 1)
    for nodes in range(first, first + STEPS):
        won = wins.get(nodes)
        yield _step(nodes, given, won)
        if won and np.isinf(won[1]):
            yield f"From {_millions(won[0])} M tokens on it always wins."
            return
    yield "... and so on."


def _step(nodes: int, given: Mapping[str, float], won: Sequence[float] | None) -> str:
    price, node, capacity = (given[name] for name in INPUTS[:3])
    full = nodes * capacity
    rest: Mapping[str, Any] = {name: given[name] for name in INPUTS[3:] if name in given}
    cost = selfhost_cost(full, node, capacity, **rest)
    where = f"wins from {_millions(won[0])} M" if won else "never wins"
    noun = "node" if nodes == 1 else "nodes"
    return (
        f"{nodes} {noun}, up to {_millions(full)} M tokens: {amount(cost)} a month when full, "
        f"the API {amount(priced(full, price))}; {where}."
    )


def _millions(tokens: float) -> str:
    return str(amount(tokens / TOKENS_PER_MTOK))
