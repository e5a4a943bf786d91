"""What would change the cheapest mix of one month, in figures and in words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from costcore.portfolio.answers import (
    CLOSE,
    LEAST_FACTOR,
    MOST_FACTOR,
    entry_factor,
    entry_price_share,
    is_used,
    runner_up,
)
from costcore.portfolio.mix import cheapest_mix
from costcore.portfolio.portfolio import Portfolio as Arrays
from workbooks.portfolio.terms import Engine, Portfolio

TENTHS = 1_000
"""Parts of a price that are told apart."""


def changes(portfolio: Portfolio, month: Arrays) -> dict[str, Any]:
    """Return what would change the mix of one month; nothing where it has no tokens."""
    if not month.tokens.any():
        return {}
    engines = (*portfolio.billed, *portfolio.pools)
    best = cheapest_mix(month, gap=0.0)
    seconds = {}
    for w, workload in enumerate(portfolio.workloads):
        if month.tokens[0, w] > 0:
            second = runner_up(month, best, w)
            name = engines[second.runner_up].name if second.runner_up >= 0 else None
            seconds[workload.name] = {
                "engine": engines[second.engine].name,
                "runner_up": name,
                "costs_more_per_month": second.cost,
            }
    entries = {
        engine.name: entry_price_share(month, best, e)
        for e, engine in enumerate(engines)
        if not is_used(best, e)
    }
    factor = entry_factor(month) if portfolio.pools else float("inf")
    return {"runner_ups": seconds, "entry_price_shares": entries, "own_nodes_from_factor": factor}


def sentences(
    portfolio: Portfolio, given: Arrays, answers: Mapping[str, Any], month: int
) -> Iterator[str]:
    """Yield what would change the mix of a month, given as arrays, in words."""
    if not answers:
        yield f"No workload has tokens in month {month}, so nothing would change its mix."
        return
    currency, lasts = portfolio.frame.currency, given.moving.any() or given.bought.any()
    part = ", with its part of what is bought or moved" if lasts else ""
    yield f"In month {month} alone, at present value{part}:"
    for name, second in answers["runner_ups"].items():
        if second["runner_up"] is None:
            yield f"{name}: nothing but {second['engine']} may serve it."
        else:
            more = f"{currency} {_whole(second['costs_more_per_month'])} more"
            yield f"{name}: {second['engine']}; next best {second['runner_up']}, {more}."
    for engine in (*portfolio.billed, *portfolio.pools):
        if engine.name in answers["entry_price_shares"]:
            share = answers["entry_price_shares"][engine.name]
            yield f"{engine.name} is not used{_entry(engine, share)}."
    yield f"Own nodes enter {_from(portfolio, answers['own_nodes_from_factor'])}."


def _entry(engine: Engine, share: float) -> str:
    if share == 0:
        return ", and would not be even for nothing"
    charged = "its nodes cost" if engine.is_pool else "it charged"
    return f"; it would be if {charged} {_less(share)} less"


def _from(portfolio: Portfolio, factor: float) -> str:
    if not portfolio.pools:
        return "at no volume, for no engine is a pool of them"
    if factor == 0:
        return "at any volume, for nothing else may serve all workloads"
    if factor == LEAST_FACTOR:
        return f"at {_times(factor)} times all volumes or less"
    if np.isinf(factor):
        return f"at no volume up to {MOST_FACTOR:,.0f} times all"
    return f"from {_times(factor)} times all volumes"


def _less(share: float) -> str:
    """Return how much lower a price must be, rounded up: at what is said the engine is used.

    >>> _less(0.55), _less(0.7281), _less(1.0), _less(0.0001)
    ('45%', '27.2%', '0.1%', 'over 99.9%')
    """
    tenths = max(1, math.ceil(round((1 - share) * TENTHS, 6)))
    return f"{tenths / TENTHS * 100:.4g}%" if tenths < TENTHS else "over 99.9%"


def _whole(cost: float) -> str:
    """Return a cost in whole units; what is something is not 0.

    >>> _whole(0.2), _whole(1_403.6), _whole(0.0)
    ('under 1', '1,404', '0')
    """
    return "under 1" if 0 < cost < 1 else f"{cost:,.0f}"


def _times(factor: float) -> str:
    """Return how many times all volumes, rounded up: at what is said, own nodes are in the mix.

    Below 1 it has two digits, for 0.00 says nothing.

    >>> _times(10.43), _times(1.2345), _times(0.00413), _times(0.50003)
    ('10.43', '1.24', '0.0042', '0.50')
    """
    digits = 2 if factor >= 1 else 1 - math.floor(math.log10(factor))
    return f"{math.ceil(factor * 10**digits * (1 - 2 * CLOSE)) / 10**digits:.{digits}f}"
