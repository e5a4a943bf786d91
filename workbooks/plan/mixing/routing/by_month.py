"""The best mix that a search found as a strategy: its routes and its nodes by month, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from operator import attrgetter
from typing import Any

import numpy as np

from costcore.language.timeline import values
from workbooks.plan.mixing.comparing import Compared, every_line, strategic
from workbooks.plan.mixing.starting import Inputs, names
from workbooks.plan.mixing.strategies import Strategic
from workbooks.portfolio.terms import Mixed, Portfolio, Strategy

BEST = "Best mix"


def by_month(portfolio: Portfolio, mix: Mixed, starting: Inputs) -> Compared:
    """Price a mix by the lines of every strategy, with its own shares and nodes in each month.

    A workload's move to an engine is paid in the first month that it sends tokens there. Nothing
    runs twice, for the search knows of no dual running.

    Raises
    ------
    ValueError
        If it routes tokens of a month nowhere.
    """
    called, months = names(portfolio), portfolio.frame.horizon_months
    series, fixed = starting
    strategy = Strategy(BEST, {w: _routes(mix, w) for w in called.each_workload})
    lines, moving = strategic(1, strategy, called), np.zeros(months)
    found = {"dual_run_months": np.zeros(months)}
    for w, workload in enumerate(called.each_workload, start=1):
        shares = {e: _values(mix.shares, (workload, title), months) for e, title in called.engines}
        if (lost := (series[f"w{w}_tokens_per_month"] > 0) & (_sum(shares, "") == 0)).any():
            raise ValueError(f"{workload} has tokens in month {np.argmax(lost) + 1} and no route")
        found |= {lines.name(f"w{w}_{e}_share"): share for e, share in shares.items()}
        found[lines.name(f"w{w}_pooled_share")] = _sum(shares, "p")
        for e, share in shares.items():
            moving[np.argmax(share > 0)] += fixed[f"w{w}_{e}_moving_cost"] * share.any()
    stands = {p.name("needed_nodes"): _values(mix.nodes, p.title, months) for p in lines.pools}
    given = {**stands, lines.name("moving_per_month"): moving}
    return Compared(strategy, lines, _told(lines, given, series | found, fixed) | found)


def _sum(shares: Mapping[str, Any], kind: str) -> Any:
    """Add up the shares of the engines of a kind, month by month."""
    return np.sum([each if e.startswith(kind) else 0 * each for e, each in shares.items()], axis=0)


def _routes(mix: Mixed, workload: str) -> dict[str, float]:
    """Return the mean share of each engine that ever serves a workload."""
    own = {engine: each for (name, engine), each in mix.shares.items() if name == workload}
    return {engine: float(np.mean(each)) for engine, each in own.items() if any(each)}


def _values(known: Mapping[Any, tuple[float, ...]], key: Any, months: int) -> Any:
    return np.array(known.get(key, (0.0,) * months))


def _told(
    lines: Strategic, given: Mapping[str, Any], series: Mapping[str, Any], fixed: Mapping[str, Any]
) -> dict[str, Any]:
    """Run the lines of a strategy, but for those that the mix gives."""
    own = [
        replace(line, rule=attrgetter(f"given_{line.name}")) if line.name in given else line
        for line in every_line(lines)
    ]
    known = {name: value for name, value in fixed.items() if name not in series}
    by_month = {**series, **{f"given_{name}": each for name, each in given.items()}}
    return values(own, known, len(next(iter(given.values()))), series=by_month)
