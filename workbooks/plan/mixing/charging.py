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
from workbooks.plan.lines.owing.together import used_of
from workbooks.plan.mixing.pooling import Pooled
from workbooks.plan.mixing.routing import billing
from workbooks.plan.mixing.routing.billing import DEDICATED
from workbooks.plan.mixing.strategies import Strategic
from workbooks.scenario.contracts import KINDS

TOKENS, NODES, REST, IDLE = "Tokens", "Own nodes", "Fees and unused commitments", "Idle nodes"
"""Accounts that a strategy is charged to."""
FIRST = "b1"
"""The engine that is billed, while both run, for what pools take too."""


@dataclass(frozen=True, slots=True)
class Charge:
    """One line that somebody is charged; workload 0 is nobody."""

    line: Line
    workload: int
    engine: str
    account: str


def rates(strategy: Strategic) -> Iterator[Line]:
    """Yield what a pool costs in a month, with its part of the people, and for each node used."""
    names = strategy.names
    for w in names.workloads:
        if names.pools and (w, FIRST) not in names.forbidden:
            label = f"{names.each_workload[w - 1]}: {names.each_billed[0]}: share it bills"
            name = strategy.name(f"w{w}_{FIRST}_billed_share")
            yield Line(name, f"{strategy.title}: {label}", partial(_share, strategy, w))
    for pool in strategy.pools:
        label = f"{strategy.title}: {pool.title}"
        part = partial(_of_people, strategy, pool)
        yield Line(pool.name("people_per_month"), f"{label}: its part of the people", part, True)
        yield Line(
            pool.name("cost_per_month"),
            f"{label}: nodes and their part of the people",
            partial(_pool_cost, strategy, pool),
            True,
        )
        yield Line(pool.name("shared_nodes"), f"{label}: nodes that share it", partial(_base, pool))
        rate = partial(_rate, pool)
        yield Line(pool.name("rate_per_month"), f"{label}: for each node used", rate)
    for engine, title in names.engines:
        if names.bound(title, DEDICATED):
            label = f"{strategy.title}: {title}: share that is billed beside dedicated capacity"
            kept = partial(billing.kept, strategy, engine)
            yield Line(strategy.name(f"{engine}_kept_share"), label, kept)
            label = f"{strategy.title}: {title}: dedicated capacity, for a million tokens"
            name = strategy.name(f"{engine}_dedicated_per_mtok")
            yield Line(name, label, partial(_dedicated, strategy, engine))


def _dedicated(strategy: Strategic, engine: str, m: Any) -> Any:
    """What of the fee for dedicated capacity is used, over all tokens of its engine."""
    deals = strategy.deals.on(engine, DEDICATED)
    if not deals:
        return 0 * strategy.get(m, f"{engine}_usage_per_month")
    mtok = priced(strategy.get(m, f"{engine}_tokens_per_month"), 1.0)
    return np.where(mtok > 0, used_of(deals, m) / np.where(mtok > 0, mtok, 1), 0)


def _pool_cost(strategy: Strategic, pool: Pooled, m: Any) -> Any:
    """Return the expense of a pool: running, depreciation and losses on sales, people.

    Of contracts on its nodes it is what they are used for.
    """
    cost = pool.running(m) + used_of(pool.deals, m)
    if pool.p in strategy.names.bought:
        gone = pool.get(m, "written_off_per_month") - pool.get(m, "disposals_per_month")
        cost = cost + pool.get(m, "depreciation_per_month") + gone
    return cost + pool.get(m, "people_per_month")


def _of_people(strategy: Strategic, pool: Pooled, m: Any) -> Any:
    nodes, every = pool.whole(m), strategy.all_nodes(m)
    return strategy.get(m, "people_per_month") * nodes / np.where(every > 0, every, 1)


def _base(pool: Pooled, m: Any) -> Any:
    """Return the nodes there are, or, where idle nodes are spread, those used."""
    used = pool.get(m, "mean_nodes")
    return np.where(m.idle_kind == SPREAD, used, np.maximum(pool.paid(m), used))


def _rate(pool: Pooled, m: Any) -> Any:
    used, base = pool.get(m, "mean_nodes"), pool.get(m, "shared_nodes")
    return np.where(used > 0, pool.get(m, "cost_per_month") / np.where(base > 0, base, 1), 0)


def _share(strategy: Strategic, w: int, m: Any) -> Any:
    """Return what of a workload the first engine bills: what pools take too, while both run."""
    return 1.0 * strategy.sent(m, w, FIRST)


def _sent(strategy: Strategic, w: int, engine: str, m: Any) -> Any:
    """Return the tokens of a workload that a token-billed engine is sent."""
    said = engine == FIRST and strategy.names.pools
    share = strategy.get(m, f"w{w}_{FIRST}_billed_share") if said else None
    tokens = getattr(m, f"w{w}_tokens_per_month")
    return tokens * (strategy.sent(m, w, engine) if share is None else share)


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
            partial(_idle, pools[engine]) if engine in pools else partial(_beyond, strategy, engine)
        )
        account = IDLE if engine in pools else REST
        label = f"{strategy.title}: {title}: {account.lower()}"
        line = Line(strategy.name(f"{engine}_left_per_month"), label, rule, True)
        yield Charge(line, 0, title, account)
        if engine in pools and names.bound(title, *KINDS):
            yield _unused(strategy, engine, title)


def _unused(strategy: Strategic, engine: str, title: str) -> Charge:
    label = f"{strategy.title}: {title}: contracts, owed and not used"
    name, rule = strategy.name(f"{engine}_wasted_per_month"), partial(_wasted, strategy, engine)
    return Charge(Line(name, label, rule, True), 0, title, REST)


def _billed(strategy: Strategic, w: int, engine: str, full: Sequence[Pooled], m: Any) -> Any:
    """What a workload owes for a token-billed engine, with what full pools send there."""
    sent = (pool.get(m, "bought_tokens", w) for pool in full)
    tokens = sum(sent, start=_sent(strategy, w, engine, m))
    price = strategy.tiered(m, engine, getattr(m, f"w{w}_{engine}_price_per_mtok"))
    if strategy.names.bound(dict(strategy.names.engines)[engine], DEDICATED):
        kept = price * strategy.get(m, f"{engine}_kept_share")
        price = kept + strategy.get(m, f"{engine}_dedicated_per_mtok")
    return priced(tokens, price) + strategy.moved(m, w, engine)


def _on_pool(strategy: Strategic, pool: Pooled, w: int, m: Any) -> Any:
    """What a workload owes for a pool: its own tokens, and its part of nodes and people."""
    own = priced(pool.own_tokens(m, w), getattr(m, f"p{pool.p}_own_price_per_mtok"))
    part = pool.mean_nodes(m, w) * pool.get(m, "rate_per_month")
    return own + part + strategy.moved(m, w, f"p{pool.p}")


def _idle(pool: Pooled, m: Any) -> Any:
    used = pool.get(m, "mean_nodes") * pool.get(m, "rate_per_month")
    return pool.get(m, "cost_per_month") - used


def _beyond(strategy: Strategic, engine: str, m: Any) -> Any:
    bill, usage = (strategy.get(m, f"{engine}_{part}_per_month") for part in ("bill", "usage"))
    deals, dedicated = strategy.deals.on(engine), strategy.deals.on(engine, DEDICATED)
    owing = strategy.get(m, f"{engine}_owing_per_month") if deals else 0.0
    return bill - usage + owing - used_of(dedicated, m)


def _wasted(strategy: Strategic, engine: str, m: Any) -> Any:
    """What contracts on a pool cost beyond what its nodes of them are used for."""
    deals = strategy.deals.on(engine)
    if not deals:
        return 0 * strategy.get(m, f"{engine}_cost_per_month")
    return strategy.get(m, f"{engine}_owing_per_month") - used_of(deals, m)
