"""Which workloads to move where for the whole plan, once node-hours have their prices."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from costcore.portfolio.portfolio import Array, Flags, Portfolio
from costcore.portfolio.search.bounds import option_costs
from costcore.portfolio.search.master import Chosen
from costcore.portfolio.search.month import Month

WORTH = 1e-9
"""Part of a workload's cost below which another set of moves is no better."""


def better_moves(portfolio: Portfolio, plan: Chosen, months: Sequence[Month]) -> Flags:
    """Move each workload as is cheapest for it at the prices that node-hours have in a plan.

    Parameters
    ----------
    months
        What was found for the plan.

    Returns
    -------
    ndarray of bool, w x (k + p)
        Which workloads may use which engines.
    """
    costs = costs_at(portfolio, plan, months)
    each = zip(costs.swapaxes(0, 1), portfolio.moving, plan.moved, strict=True)
    return np.stack([_moved(*workload) for workload in each])


def costs_at(portfolio: Portfolio, plan: Chosen, months: Sequence[Month]) -> Array:
    """Return what all tokens of an hour cost by option in a plan, t x w x (k + p) x g."""
    costs = np.stack([_costs(portfolio, t, month) for t, month in enumerate(months)])
    return np.where(plan.running[:, None, :, None], costs, np.inf)


def _costs(portfolio: Portfolio, month: int, found: Month) -> Array:
    """Cost of all tokens of an hour by option, w x (k + p) x g."""
    costs = option_costs(portfolio, month, found.node_hour_worth, found.bill_share)
    load = portfolio.load(month)[:, None, :]
    return np.where(load > 0, costs, 0.0) * load  # what is forbidden costs nothing of no tokens


def _moved(costs: Array, moving: Array, moved: Flags) -> Flags:
    """Move a workload once more, or once less, as long as that is cheaper."""

    def cost(chosen: Flags) -> float:
        least = np.where(chosen[:, None], costs, np.inf).min(axis=1)
        return float(least.sum() + moving[chosen].sum())

    best = cost(moved)
    while True:
        others = [moved ^ (np.arange(moving.size) == o) for o in np.flatnonzero(moving)]
        known = [cost(other) for other in others]
        if not known or not min(known) < best * (1 - WORTH):
            return moved
        best, moved = min(known), others[int(np.argmin(known))]
