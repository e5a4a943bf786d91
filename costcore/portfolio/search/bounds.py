"""What a month costs at least, whatever nodes are chosen: the cuts of a Benders decomposition.

Give every node-hour a price. Then each token goes where it is cheapest at these prices, and what
that costs, less the price of the node-hours that there are, is never more than the month costs.
Which prices make that bound tight for some nodes, the linear program of the month says.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from costcore.language.quantities import TOKENS_PER_MTOK
from costcore.portfolio.portfolio import Array, Flags, Portfolio

SEED = 0
COARSE = 24
"""Hours that a first, rough look takes all hours of the week together to."""


@dataclass(frozen=True)
class Bound:
    """cost >= constant + engines·used - opened·open - nodes·n, for whatever is chosen."""

    constant: float
    engines: Array
    """Of each token-billed engine once it is used: what its minimum adds."""
    opened: Array
    """What a workload saves at most where an engine is open to it, w x (k + p)."""
    nodes: Array
    """What a node saves at most, p."""


def option_costs(portfolio: Portfolio, month: int, worth: Array, bill_share: Array) -> Array:
    """Cost of a million tokens by option at given prices of node-hours, w x (k + p) x g."""
    priced = np.isfinite(portfolio.prices[month])
    bought = np.where(priced, portfolio.prices[month], 0.0) * bill_share
    lost = portfolio.token_losses(month)[:, : portfolio.billed]
    bought = np.where(priced, bought + lost, np.inf)
    able = portfolio.capacity > 0
    taken = TOKENS_PER_MTOK / np.where(able, portfolio.capacity, 1.0)
    own = portfolio.token_costs(month)[:, portfolio.billed :, None] + taken[..., None] * worth
    own = np.where(able[..., None], own, np.inf)
    costs = np.concatenate([np.repeat(bought[..., None], worth.shape[1], axis=2), own], axis=1)
    least = np.broadcast_to(costs.min(axis=2, keepdims=True), costs.shape)
    return np.where(portfolio.movable[:, None, None], least, costs)


def always_open(portfolio: Portfolio, month: int) -> Flags:
    """Which engines a workload can use without anything beside its tokens, w x (k + p)."""
    free = np.zeros((portfolio.workloads, portfolio.billed + portfolio.pools), dtype=bool)
    free[:, : portfolio.billed] = ~portfolio.optional(month)
    return np.asarray(free & (portfolio.moving == 0))


def bound(
    portfolio: Portfolio,
    month: int,
    worth: Array,
    bill_share: Array,
    opened: Flags,
    lift: Array | float = 0.0,
) -> Bound:
    """Return the bound at some prices of node-hours; it is tight where just `opened` is open.

    Parameters
    ----------
    lift
        What a million tokens of an hour pays beside for the moves that are rented, w x h.
    """
    costs = option_costs(portfolio, month, worth, bill_share)
    free = always_open(portfolio, month)
    level = lowest(portfolio, month, costs, opened) + lift
    level = np.minimum(level, lowest(portfolio, month, costs, np.zeros_like(opened)))
    load = portfolio.load(month)
    saved = (np.maximum(level[:, None, :] - costs, 0.0) * load[:, None, :]).sum(axis=2)
    minimum = (1 - bill_share) * portfolio.minimums[month]
    owed = float(minimum[portfolio.signed].sum())
    return Bound(
        float((level * load).sum()) + owed,
        np.where(portfolio.signed, 0.0, minimum),
        np.where(free, 0.0, saved),
        worth @ portfolio.hours,
    )


def lowest(portfolio: Portfolio, month: int, costs: Array, opened: Flags) -> Array:
    """Return the cheapest cost of a million tokens among what is open, w x h."""
    usable = (opened | always_open(portfolio, month))[..., None]
    level = np.where(usable, costs, np.inf).min(axis=1)
    return np.asarray(np.minimum(level, portfolio.dearest))


def first_worth(
    portfolio: Portfolio, month: int, worth: Array, bill_share: Array, opened: Flags
) -> Array:
    """Price a node-hour of each pool at what the first one would save, p x h."""
    level = lowest(portfolio, month, option_costs(portfolio, month, worth, bill_share), opened)
    saving = level[:, None, :] - portfolio.token_costs(month)[:, portfolio.billed :, None]
    gained = (saving * portfolio.capacity[..., None] / TOKENS_PER_MTOK).max(axis=0)
    return np.asarray(np.maximum(gained, 0.0))


def alone_worth(portfolio: Portfolio, month: int, nodes: Array) -> Array:
    """Price a node-hour of each pool at what it is worth with so many nodes and no other pool.

    Parameters
    ----------
    nodes
        Of each pool.

    Returns
    -------
    ndarray, p x g
    """
    bought, own = np.split(portfolio.token_costs(month), [portfolio.billed], axis=1)
    price = np.where(always_open(portfolio, month)[:, : portfolio.billed], bought, np.inf)
    level = np.minimum(price.min(axis=1, initial=np.inf), portfolio.dearest)
    shapes = portfolio.shapes
    worth = np.zeros((portfolio.pools, shapes.shape[1]))
    for pool in range(portfolio.pools):
        capacity = portfolio.capacity[:, pool] / TOKENS_PER_MTOK
        value = (level - own[:, pool]) * capacity
        order = np.argsort(-value, kind="stable")
        order = order[(value[order] > 0)]
        mean = portfolio.tokens[month][order] / TOKENS_PER_MTOK / portfolio.hours_per_month
        full = np.cumsum((mean / capacity[order])[:, None] * shapes[order], axis=0)
        marginal = (full <= nodes[pool]).sum(axis=0)
        worth[pool] = np.append(value[order], 0.0)[marginal]
    return worth


def coarse(portfolio: Portfolio, most: int = COARSE) -> tuple[Portfolio, NDArray[np.intp]]:
    """Take hours together that are nearly alike, and say which."""
    if portfolio.hours.size <= most:
        return portfolio, np.arange(portfolio.hours.size)
    from scipy.cluster.vq import kmeans2  # noqa: PLC0415  # most questions need no solver

    _, group = kmeans2(portfolio.shapes.T, most, minit="++", rng=SEED, missing="warn")
    _, group = np.unique(group, return_inverse=True)
    weights = portfolio.hour_shares
    shares = np.bincount(group, weights)
    means = np.stack([np.bincount(group, weights * row) / shares for row in portfolio.shapes])
    return portfolio.grouped(group, means), group
