"""The loss from data breaches that is expected of a strategy, and of a mix that a search finds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from costcore.language.quantities import TOKENS_PER_MTOK
from costcore.language.timeline import Line
from costcore.portfolio.mix import Mix
from costcore.portfolio.portfolio import Array
from workbooks.plan.mixing.pooling import Pooled
from workbooks.plan.mixing.routing.staged import BEFORE, by_share, in_turn

if TYPE_CHECKING:
    from workbooks.plan.mixing.strategies import Strategic

LOSS = "expected loss from breaches, in present value alone"
PAIR = "w{w}_{e}_breach_per_month"


def lines(strategy: Strategic) -> Iterator[Line]:
    """Yield the loss of each month, after what overflows from pools and leaves with it."""
    for pool in _overflowing(strategy):
        for w, workload in enumerate(strategy.names.each_workload, start=1):
            label = f"{pool.title}: overflows, of {workload}"
            yield strategy.line(f"w{w}_p{pool.p}_gone_share", label, partial(_gone, pool, w), False)
    yield from in_turn(strategy, "loss_per_month", LOSS, partial(_loss, strategy))


def _overflowing(strategy: Strategic) -> list[Pooled]:
    return [pool for pool in strategy.pools if pool.overflow]


def _gone(pool: Pooled, w: int, m: Any) -> Any:
    tokens = getattr(m, f"w{w}_tokens_per_month")
    some = np.where(tokens > 0, tokens, 1)
    return np.where(tokens > 0, pool.get(m, "bought_tokens", w) / some, 0)


def _loss(strategy: Strategic, line: str, m: Any) -> Any:
    """Nothing is lost of a workload in months without tokens."""
    runs = (strategy.column(m, "w{w}_tokens_per_month") > 0) * 1
    found = by_share(strategy, m, runs, strategy.pairs(m, PAIR), line)
    if line.startswith(BEFORE):
        return found
    return found + strategy.overflowed(m, "gone_share", "breach_per_month")


def risks(lost: Array, tokens: Array, billed: int) -> Array:
    """Loss that a million tokens add on each token-billed engine, over the least anywhere.

    Parameters
    ----------
    lost
        Of a month of each workload on each engine, w x (k + p).
    tokens
        Per month, t x w.
    """
    mtok = tokens[..., None] / TOKENS_PER_MTOK
    more = (lost - lost.min(axis=1, keepdims=True))[:, :billed]
    return np.where(mtok > 0, more / np.where(mtok > 0, mtok, 1.0), 0.0)


def with_losses(mix: Mix, lost: Array, tokens: Array, paid: Array, billed: int) -> Mix:
    """Return a mix with the whole loss that is expected of it, where its search knew a part.

    A search counts what token-billed engines lose more than the best engine of a workload; no
    plan loses less than that one.
    """
    least = least_loss(lost, tokens, paid)
    shares = mix.shares
    whole = float(np.einsum("twe,we,t->", shares, lost, paid))
    more = (lost - lost.min(axis=1, keepdims=True))[:, :billed]
    known = float(np.einsum("twe,we,t->", shares[..., :billed], more, paid))
    return replace(mix, cost=mix.cost + whole - known, bound=mix.bound + least)


def least_loss(lost: Array, tokens: Array, paid: Array) -> float:
    """Present value of the loss on the engines that lose least, in months with tokens."""
    return float(paid @ (tokens > 0) @ lost.min(axis=1))
