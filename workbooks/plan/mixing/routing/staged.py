"""Shares by month of a strategy whose workloads come to their routes later, or in steps."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from costcore.language.timeline import Line
from costcore.portfolio.volume import service_share
from workbooks.plan.mixing.naming import alike, beside, paired

if TYPE_CHECKING:
    from workbooks.plan.mixing.strategies import Strategic

BEFORE = "before_"
"""What lines of workloads begin with that are yet to move."""


def lines(strategy: Strategic) -> Iterator[Line]:
    """Yield the shares of each month, and what is billed twice; none where all stand at once."""
    names = strategy.names
    workloads = names.workloads if strategy.staged else ()
    for w in workloads:
        label = f"{names.each_workload[w - 1]}: moved, of all"
        yield strategy.line(f"w{w}_live_share", label, partial(_live, strategy, w), False)
    for engine, title in names.engines:
        for w in workloads:
            rule = partial(_share, strategy, w, engine)
            label = f"{names.each_workload[w - 1]} on {title}"
            yield strategy.line(f"w{w}_{engine}_share", label, rule, False)
    for b, title in enumerate(names.each_billed, start=1):
        for w in workloads:
            label = f"{names.each_workload[w - 1]} on {title}, billed twice"
            rule = partial(_twice, strategy, w, b)
            yield strategy.line(f"w{w}_b{b}_twice_share", label, rule, False)


def _live(strategy: Strategic, w: int, m: Any) -> Any:
    first, ramp = (strategy.get(m, f"w{w}_{part}_months") for part in ("first", "ramp"))
    return service_share(m.month, first, m.horizon_months, ramp)


def _share(strategy: Strategic, w: int, engine: str, m: Any) -> Any:
    goal, before = (strategy.get(m, f"w{w}_{engine}_{part}_share") for part in ("goal", "before"))
    return before + (goal - before) * strategy.get(m, f"w{w}_live_share")


def _twice(strategy: Strategic, w: int, b: int, m: Any) -> Any:
    """What has left an engine is billed there too, as long as both run."""
    first, dual = (strategy.get(m, f"w{w}_{part}_months") for part in ("first", "dual"))
    before, share = (strategy.get(m, f"w{w}_b{b}_{part}") for part in ("before_share", "share"))
    both = (m.month >= first) & (m.month < first + dual)
    return np.where(both, np.maximum(before - share, 0), 0)


def starting(strategy: Strategic) -> Iterator[Line]:
    """Yield what moving costs in the first month: to where workloads are then, to move on or not.

    A plan that stays there pays it too, so that a move later is held against that alone.
    """
    if strategy.staged:
        label = "moving workloads to where they are in month 1"
        yield strategy.line("starting_per_month", label, partial(_starting, strategy))


def _starting(strategy: Strategic, m: Any) -> Any:
    goal, before = strategy.routed(m, "goal_share"), strategy.routed(m, "before_share")
    live = beside(strategy.column(m, strategy.name("w{w}_live_share")), goal)
    shares = before * (1 - live) + goal * live
    there = paired(1.0, strategy.pairs(m, "w{w}_{e}_moving_cost"), shares > 0)
    return np.where(m.month == 1, there, 0)


def by_share(strategy: Strategic, m: Any, weights: Any, each: Any, line: str) -> Any:
    """Add up a block of workloads and engines by the share that each engine takes.

    Parameters
    ----------
    weights
        Of the workloads.
    line
        Which of the lines that `in_turn` yields is asked for.
    """
    if not strategy.staged:
        return paired(weights, strategy.routed(m), each)
    weights, live = alike(weights, strategy.column(m, strategy.name("w{w}_live_share")))
    if line.startswith(BEFORE):
        return paired(weights * (1 - live), strategy.routed(m, "before_share"), each)
    moved = paired(weights * live, strategy.routed(m, "goal_share"), each)
    return strategy.get(m, f"{BEFORE}{line}") + moved


def in_turn(strategy: Strategic, line: str, label: str, rule: Any) -> Iterator[Line]:
    """Yield what all routes come to; where workloads move later, after what is yet to move."""
    if strategy.staged:
        before = f"{BEFORE}{line}"
        yield strategy.line(before, f"{label}, of what is yet to move", partial(rule, before))
    yield strategy.line(line, label, partial(rule, line))
