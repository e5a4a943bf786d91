"""The loss from data breaches that is expected of a strategy."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from costcore.language.timeline import Line
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
