"""How busy the nodes of a pool are, and how many they would be if none were shared."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from costcore.language.timeline import Line
from costcore.language.trace import in_array
from costcore.portfolio.pools import pool_nodes
from workbooks.plan.mixing.naming import column

if TYPE_CHECKING:  # it asks for these lines
    from workbooks.plan.mixing.pooling import Pooled


def idle(pool: Pooled) -> Iterator[Line]:
    """Yield what part of the nodes is idle, and what the quietest hour keeps busy."""
    yield pool.line("idle_share", "idle, of the nodes", partial(_idle, pool))
    yield pool.line("trough_nodes", "nodes' worth in the quietest hour", partial(_trough, pool))
    yield pool.line("trough_share", "busy in it, of the nodes", partial(_share, pool))


def _idle(pool: Pooled, m: Any) -> Any:
    paid = pool.paid(m)
    return np.where(paid > 0, 1 - pool.get(m, "mean_nodes") / np.where(paid > 0, paid, 1), 0)


def _trough(pool: Pooled, m: Any) -> Any:
    """Movable work, which is poured into the quietest hours, is left out: so many at least."""
    quiet = in_array(np.min(np.matmul(m.fixed_factors, pool.need(m)), axis=0))
    return np.minimum(quiet, pool.whole(m))


def _share(pool: Pooled, m: Any) -> Any:
    nodes = pool.whole(m)
    return np.where(nodes > 0, pool.get(m, "trough_nodes") / np.where(nodes > 0, nodes, 1), 0)


def apart(pool: Pooled) -> Iterator[Line]:
    """Yield the nodes if each workload that may use the pool had its own."""
    names = pool.names
    alone = [w for w in names.workloads if (w, f"p{pool.p}") not in names.forbidden]
    for w in alone:
        label = f"nodes if {pool.called(w)} had its own"
        yield pool.line("alone_nodes", label, partial(_alone, pool, w), w)
    label = "nodes if each workload had its own"
    rule = partial(_separate, pool, alone) if alone else lambda m: 0.0
    yield pool.line("separate_nodes", label, rule)


def _alone(pool: Pooled, w: int, m: Any) -> Any:
    """Nodes of a pool for a workload alone, its busiest hour over its mean."""
    least, spare = (getattr(m, f"p{pool.p}_{part}_nodes") for part in ("min", "spare"))
    peak = pool.get(m, "used_nodes", w) * getattr(m, f"w{w}_shape_factor")
    return pool_nodes(peak, 1.0, 1.0, 1.0, least, spare)


def _separate(pool: Pooled, alone: list[int], m: Any) -> Any:
    return np.sum(column(m, [pool.name("alone_nodes", w) for w in alone]), axis=0)
