"""Portfolios drawn at random, and what each costs by trying every number of nodes."""

import itertools

import numpy as np
from scipy.optimize import linprog

from costcore.portfolio.portfolio import Portfolio


def drawn(seed, months=1, most=3, bought=False):
    """Three workloads, two token-billed engines and two pools, with all that may come with them."""
    rng = np.random.default_rng(seed)
    w, k, p, h = 3, 2, 2, 4
    shapes = rng.uniform(0.2, 2, (w, h))
    prices = rng.uniform(0.1, 5, (w, k))
    prices[0, 0] = np.inf
    capacity = rng.uniform(2e6, 2e7, (w, p)) * (rng.random((w, p)) > 0.2)
    rented = np.array([True, not bought])
    node_costs = rng.uniform(500, 6000, p)
    spend = np.where(rented, np.nan, node_costs * rng.uniform(0.5, 2.0))
    moving = rng.uniform(0, 3000, (w, k + p)) * (rng.random((w, k + p)) > 0.7)
    moving[:, 1] = 0.0
    return Portfolio(
        tokens=rng.uniform(0.2e9, 8e9, (months, w)),
        shapes=shapes / shapes.mean(axis=1, keepdims=True),
        hour_shares=np.full(h, 1 / h),
        prices=np.repeat(prices[None], months, axis=0),
        capacity=capacity,
        node_costs=np.repeat(np.where(rented, 1.0, 0.3) * node_costs[None], months, axis=0),
        pool_costs=rng.uniform(0, 800, (months, p)),
        people=np.full(months, rng.uniform(0, 3000)),
        own_prices=rng.uniform(0, 0.1, (months, p)),
        purchases=np.repeat(spend[None], months, axis=0) * np.linspace(1, 0.5, months)[:, None],
        owned=np.zeros(p),
        spares=rng.integers(0, 2, p).astype(float),
        least=rng.integers(1, 3, p).astype(float),
        most=np.full(p, float(most)),
        fees=np.repeat(np.array([[rng.choice([0.0, 700.0]), 0.0]]), months, axis=0),
        minimums=np.repeat(np.array([[0.0, rng.choice([0.0, 6000.0])]]), months, axis=0),
        signed=np.array([False, True]),
        moving=moving,
        movable=rng.random(w) > 0.7,
        hours_per_month=730.0,
        losses=rng.uniform(0, 2000, (months, w, k + p)) * rng.choice([0.0, 1.0]),
    )


def tokens_cost(p, month, nodes, opened):
    """Cheapest bills of a month, all tokens of all hours in one dense linear program."""
    w, k, q, h = p.workloads, p.billed, p.pools, p.shapes.shape[1]
    load = p.tokens[month][:, None] / 1e6 * p.shapes * p.hour_shares
    x = np.arange(w * k * h).reshape(w, k, h)
    y = x.size + np.arange(w * q * h).reshape(w, q, h)
    bills = x.size + y.size + np.arange(k)
    size = x.size + y.size + k
    cost, upper = np.zeros(size), np.full(size, np.inf)
    cost[bills] = 1.0
    lost = p.losses[month] / (p.tokens[month][:, None] / 1e6)
    cost[x] = lost[:, :k, None]
    cost[y] = (p.own_prices[month] + lost[:, k:])[..., None]
    equal, total, below, limit = [], [], [], []
    for i in range(w):
        for j in range(k):
            if not (opened[i, j] and np.isfinite(p.prices[month, i, j])):
                upper[x[i, j]] = 0.0
        for j in range(q):
            if not (opened[i, k + j] and p.capacity[i, j]):
                upper[y[i, j]] = 0.0
        hours = [slice(None)] if p.movable[i] else range(h)
        for hour in hours:
            row = np.zeros(size)
            row[x[i, :, hour].ravel()] = row[y[i, :, hour].ravel()] = 1.0
            equal.append(row)
            total.append(load[i, hour].sum())
    for j, hour in np.ndindex(q, h):
        row = np.zeros(size)
        able = np.flatnonzero(p.capacity[:, j])
        row[y[able, j, hour]] = 1e6 / p.capacity[able, j]
        below.append(row)
        limit.append(nodes[j] * p.hour_shares[hour] * p.hours_per_month)
    for j in range(k):
        row = np.zeros(size)
        row[x[:, j]] = np.where(np.isfinite(p.prices[month, :, j]), p.prices[month, :, j], 0)[
            :, None
        ]
        row[bills[j]] = -1.0
        below.append(row)
        limit.append(0.0)
    lower = np.zeros(size)
    lower[bills] = p.minimums[month]
    bounds = np.column_stack([lower, upper])
    found = linprog(cost, A_ub=below, b_ub=limit, A_eq=equal, b_eq=total, bounds=bounds)
    return found.fun if found.success else np.inf


def fixed_cost(p, month, nodes, used):
    """Nodes with their spares, pools, people and fees of a month."""
    running = np.where(nodes > 0, nodes + p.spares, 0.0)
    pools = (running * p.node_costs[month] + (nodes > 0) * p.pool_costs[month]).sum()
    return pools + (nodes > 0).any() * p.people[month] + (used * p.fees[month]).sum()


def choices(p):
    """Every number of nodes of each pool, and every set of engines with a fee."""
    counts = [
        [0.0, *np.arange(least, most + 1)] for least, most in zip(p.least, p.most, strict=True)
    ]
    engines = itertools.product(*[[True, False] if fee else [True] for fee in p.fees[0]])
    return list(itertools.product(itertools.product(*counts), engines))


def brute(p):
    """The cheapest month by trying everything; moves must cost nothing."""
    best = np.inf
    for count, used in choices(p):
        nodes, engines = np.array(count), np.array(used)
        opened = np.concatenate([engines, nodes > 0])[None].repeat(p.workloads, axis=0)
        fixed = fixed_cost(p, 0, nodes, engines)
        if fixed < best:
            best = min(best, fixed + tokens_cost(p, 0, nodes, opened))
    return best
