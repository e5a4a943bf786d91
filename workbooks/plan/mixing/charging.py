"""Who pays for a strategy: each workload for its tokens and node-hours, and what nobody uses."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from costcore.language.timeline import Line
from costcore.tokens.api import priced
from workbooks.plan.mixing.strategies import Strategic


def charges(strategy: Strategic) -> Iterator[Line]:
    """Yield what each workload is charged in a month, and the rest: idle nodes and shortfalls.

    Tokens are charged at their price, nodes and the people who run them by the node-hours used;
    what is left of the strategy's cost is idle capacity, and what commitments bill beyond tokens.
    All lines add up to that cost.
    """
    sizes = strategy.sizes
    names = []
    for w in range(1, sizes.workloads + 1):
        names.append(strategy.name(f"w{w}_charged_per_month"))
        label = f"{strategy.title}: charged to {sizes.each_workload[w - 1]}"
        yield Line(names[-1], label, partial(_charged, strategy, w), True)

    def rest(m: Any) -> Any:
        return getattr(m, strategy.name("present_per_month")) - sum(getattr(m, n) for n in names)

    label = f"{strategy.title}: idle nodes and unused commitments"
    yield Line(strategy.name("idle_per_month"), label, rest, True)


def _charged(strategy: Strategic, w: int, m: Any) -> Any:
    """Tokens at their price, and the part of each pool and of the people that it uses."""
    sizes = strategy.sizes
    tokens = getattr(m, f"w{w}_tokens_per_month")
    billed = sum(
        priced(tokens * strategy.sent(m, w, b), getattr(m, f"w{w}_b{b}_price_per_mtok"))
        for b in range(1, sizes.billed + 1)
    )
    pools = range(1, sizes.pools + 1)
    own = sum((_on_pool(strategy, m, w, p) for p in pools), start=0.0)
    return billed + own + strategy.moved(m, w)


def _on_pool(strategy: Strategic, m: Any, w: int, p: int) -> Any:
    """What a workload owes for a pool: its own tokens, and its part of nodes and people."""
    nodes = getattr(m, strategy.name(f"p{p}_nodes"))
    every = sum(getattr(m, strategy.name(f"p{q + 1}_nodes")) for q in range(strategy.sizes.pools))
    used = getattr(m, strategy.name(f"w{w}_p{p}_used_nodes"))
    bought = getattr(m, strategy.name(f"p{p}_bought_nodes")) * getattr(m, f"p{p}_capital_cost")
    cost = nodes * getattr(m, f"p{p}_running_per_month") + bought
    cost = cost + m.people_per_month * np.where(every > 0, nodes / every, 0)
    sent = getattr(m, f"w{w}_tokens_per_month") * getattr(m, strategy.name(f"w{w}_p{p}_share"))
    own = priced(sent, getattr(m, f"p{p}_own_price_per_mtok"))
    return own + np.where(nodes > 0, cost * used / nodes, 0)
