"""Who pays for a strategy: each workload for its tokens and node-hours, and what nobody uses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from costcore.language.timeline import Line
from costcore.portfolio.allocation import SPREAD
from costcore.tokens.api import priced
from workbooks.plan.mixing.pooling import Pooled
from workbooks.plan.mixing.strategies import Strategic

TOKENS, NODES, REST, IDLE = "Tokens", "Own nodes", "Fees and unused commitments", "Idle nodes"
"""Accounts that a strategy is charged to."""


@dataclass(frozen=True, slots=True)
class Charge:
    """One line that somebody is charged; workload 0 is nobody."""

    line: Line
    workload: int
    engine: str
    account: str


def rates(strategy: Strategic) -> Iterator[Line]:
    """Yield what a pool costs in a month, with its part of the people, and for each node used."""
    for pool in strategy.pools:
        label = f"{strategy.title}: {pool.title}"
        yield Line(
            pool.name("cost_per_month"),
            f"{label}: nodes and their part of the people",
            partial(_pool_cost, strategy, pool),
            True,
        )
        rate = partial(_rate, strategy, pool)
        yield Line(pool.name("rate_per_month"), f"{label}: for each node used", rate)


def _pool_cost(strategy: Strategic, pool: Pooled, m: Any) -> Any:
    """Return the expense of a pool: running, depreciation and losses on sales, people."""
    nodes, every = pool.get(m, "needed_nodes"), strategy.all_nodes(m)
    cost = pool.running(m)
    if pool.p in strategy.names.bought:
        gone = pool.get(m, "written_off_per_month") - pool.get(m, "disposals_per_month")
        cost = cost + pool.get(m, "depreciation_per_month") + gone
    some = np.where(every > 0, every, 1)
    return cost + strategy.get(m, "people_per_month") * nodes / some


def _rate(strategy: Strategic, pool: Pooled, m: Any) -> Any:
    """Divide by the nodes there are, or, where idle nodes are spread, by those used."""
    used = pool.get(m, "mean_nodes")
    base = np.where(m.idle_kind == SPREAD, used, np.maximum(pool.standing(m), used))
    return np.where(used > 0, pool.get(m, "cost_per_month") / np.where(base > 0, base, 1), 0)


def charges(strategy: Strategic) -> Iterator[Charge]:
    """Yield what each workload is charged for each engine in a month, and what is left.

    Tokens are charged at their price, nodes and the people who run them by the node-hours used;
    what is left are idle nodes, fees, and what commitments bill beyond tokens. All lines add up
    to the strategy's expense.
    """
    names, pools = strategy.names, {f"p{pool.p}": pool for pool in strategy.pools}
    titles = dict(names.engines)
    overflow = {
        engine: [pool for pool in strategy.pools if f"b{pool.overflow}" == engine]
        for engine in titles
    }
    for w in names.workloads:
        for engine, title in names.pairs(w):
            rule = (
                partial(_on_pool, strategy, pools[engine], w)
                if engine in pools
                else partial(_billed, strategy, w, engine, overflow[engine])
            )
            label = f"{strategy.title}: {names.each_workload[w - 1]}: {title}"
            line = Line(strategy.name(f"w{w}_{engine}_charged_per_month"), label, rule, True)
            yield Charge(line, w, title, NODES if engine in pools else TOKENS)
    for engine, title in titles.items():
        rule = (
            partial(_idle, strategy, pools[engine])
            if engine in pools
            else partial(_beyond, strategy, engine)
        )
        account = IDLE if engine in pools else REST
        label = f"{strategy.title}: {title}: {account.lower()}"
        line = Line(strategy.name(f"{engine}_left_per_month"), label, rule, True)
        yield Charge(line, 0, title, account)


def _billed(strategy: Strategic, w: int, engine: str, full: Sequence[Pooled], m: Any) -> Any:
    """What a workload owes for a token-billed engine, with what full pools send there."""
    tokens = getattr(m, f"w{w}_tokens_per_month") * strategy.sent(m, w, engine)
    used = priced(tokens, getattr(m, f"w{w}_{engine}_price_per_mtok"))
    bought = sum((pool.overflow_usage(m, w) for pool in full), start=0.0)
    return strategy.tiered(m, engine, used + bought) + strategy.moved(m, w, engine)


def _on_pool(strategy: Strategic, pool: Pooled, w: int, m: Any) -> Any:
    """What a workload owes for a pool: its own tokens, and its part of nodes and people."""
    own = priced(pool.own_tokens(m, w), getattr(m, f"p{pool.p}_own_price_per_mtok"))
    part = pool.mean_nodes(m, w) * pool.get(m, "rate_per_month")
    return own + part + strategy.moved(m, w, f"p{pool.p}")


def _idle(strategy: Strategic, pool: Pooled, m: Any) -> Any:
    used = sum(pool.mean_nodes(m, w) for w in strategy.names.workloads)
    return pool.get(m, "cost_per_month") - used * pool.get(m, "rate_per_month")


def _beyond(strategy: Strategic, engine: str, m: Any) -> Any:
    bill, usage = (strategy.get(m, f"{engine}_{part}_per_month") for part in ("bill", "usage"))
    return bill - usage
