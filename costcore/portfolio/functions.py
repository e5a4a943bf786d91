"""The catalogue's functions of portfolios: a shared peak, its overflow, the best mix, who pays."""

from __future__ import annotations

from typing import Any

import numpy as np

from costcore.language.elementwise import Numbers, as_numbers, explained
from costcore.language.quantities import HOURS_PER_MONTH, QUANTITIES, TOKENS_PER_MTOK
from costcore.language.sheet_function import Example, SheetFunction
from costcore.portfolio.allocation import CENTRAL, IDLE_KINDS, allocated
from costcore.portfolio.pools import Pool, pool_of
from costcore.portfolio.portfolio import Array
from costcore.portfolio.tables import best_mix


@explained
def pooled_peak(load_factors: Numbers, need_nodes: Numbers) -> float:
    """Nodes' worth that several workloads fill together in their busiest hour.

    Hours go down and workloads across: the load of each hour over the mean hour. The nodes that
    each workload fills in its mean hour stand in the same order.

    Returns
    -------
    float, nodes
        A fraction; ``nan`` where a number is negative or unknown.

    Raises
    ------
    ValueError
        If there are not as many workloads in the one range as in the other.

    Examples
    --------
    Two workloads of a node each, of which one peaks when the other rests:

    >>> pooled_peak([[1.5, 0.5], [0.5, 1.5]], [1.0, 1.0])
    2.0

    Apart, each would need one and a half, so two nodes each, twice as many:

    >>> pooled_peak([[1.5], [0.5]], [1.0])
    1.5
    """
    need = _need(load_factors, need_nodes)
    if not (need >= 0).all():
        return float("nan")
    return Pool(need, np.zeros(len(need), dtype=bool)).peak


def _need(load_factors: Numbers, need_nodes: Numbers) -> Array:
    """Return the need of each workload in each hour, workloads x hours."""
    means = np.atleast_1d(as_numbers("need_nodes", need_nodes)).ravel()
    factors = as_numbers("load_factors", load_factors)
    hours = factors.reshape(-1, 1) if means.size == 1 else np.atleast_2d(factors)
    if hours.shape[1] != means.size:
        raise ValueError(f"{hours.shape[1]} workloads have hours, but {means.size} have a need")
    return np.asarray(means[:, None] * hours.T)


@explained
def overflow_cost(
    load_factors: Numbers,
    tokens_per_month: Numbers,
    capacity_tokens_per_hour: Numbers,
    nodes: Numbers,
    api_price_per_mtok: Numbers,
    own_price_per_mtok: Numbers = 0.0,
    hours_per_month: Numbers = HOURS_PER_MONTH,
) -> float:
    """Monthly bill for what a pool of nodes cannot serve in the hours in which it is full.

    What is cheapest to buy for the node-hour that it frees is sent away first; no hourly plan is
    cheaper. Hours go down and workloads across; the other ranges have one cell a workload.

    Returns
    -------
    float, money per month
        ``nan`` where a number is out of bounds or unknown.

    Raises
    ------
    ValueError
        If there are not as many workloads in one range as in another.

    Examples
    --------
    1,825 M tokens of the first workload at 0.2, and 5,475 M of the second at 0.1:

    >>> shapes = [[1.5, 0.5], [0.5, 1.5]]
    >>> round(overflow_cost(shapes, [7.3e9, 7.3e9], [10e6, 10e6], 1, [0.2, 0.1]), 6)
    912.5

    Without nodes all is bought; a second node leaves nothing to buy:

    >>> round(overflow_cost(shapes, [7.3e9, 7.3e9], [10e6, 10e6], 0, [0.2, 0.1]), 6)
    2190.0
    >>> overflow_cost(shapes, [7.3e9, 7.3e9], [10e6, 10e6], 2, [0.2, 0.1])
    0.0
    """
    given = {
        "tokens_per_month": tokens_per_month,
        "capacity_tokens_per_hour": capacity_tokens_per_hour,
        "api_price_per_mtok": api_price_per_mtok,
        "own_price_per_mtok": own_price_per_mtok,
        "nodes": nodes,
        "hours_per_month": hours_per_month,
    }
    columns = {name: as_numbers(name, value).ravel() for name, value in given.items()}
    tokens, capacity, price, own = np.broadcast_arrays(*list(columns.values())[:4])
    _need(load_factors, tokens)
    bounds = [QUANTITIES[name].admits(column).all() for name, column in columns.items()]
    factors = as_numbers("load_factors", load_factors).reshape(-1, tokens.size).T
    if not (all(bounds) and (factors >= 0).all()):
        return float("nan")
    pool = pool_of(tokens, factors, capacity, columns["hours_per_month"].item())
    kept = pool.kept(columns["nodes"].item(), (price - own) * capacity)
    with np.errstate(all="ignore"):
        bought = np.where(tokens > 0, 1 - kept / pool.need.mean(axis=1), 0.0)
    return float((bought * tokens / TOKENS_PER_MTOK) @ price)


@explained
def allocated_cost(
    cost_per_month: Numbers, need_nodes: Numbers, nodes: Numbers, idle_kind: str = CENTRAL
) -> Any:
    """Cost of a pool of nodes, divided among its workloads by the node-hours they use.

    Returns
    -------
    ndarray, money per month
        One row for each workload and a last one for what is idle; they add up to the cost.
        ``nan`` where a number is negative or unknown.

    Raises
    ------
    ValueError
        If `idle_kind` is neither central nor spread.

    Examples
    --------
    Of two nodes one workload fills one and another a half; the rest is idle:

    >>> allocated_cost(4_000, [1.0, 0.5], 2).tolist()
    [[2000.0], [1000.0], [1000.0]]

    Spread over those who use the pool, the idle half costs them a third more:

    >>> allocated_cost(4_500, [1.0, 0.5], 2, "spread").tolist()
    [[3000.0], [1500.0], [0.0]]
    """
    if idle_kind not in IDLE_KINDS:
        raise ValueError(f"idle_kind is {idle_kind!r}; it must be one of {', '.join(IDLE_KINDS)}")
    cost, owned = (float(as_numbers("nodes", value)) for value in (cost_per_month, nodes))
    used = np.atleast_1d(as_numbers("need_nodes", need_nodes)).ravel()
    if not (cost >= 0 and owned >= 0 and (used >= 0).all()):
        return float("nan")
    return allocated(cost, used, owned, idle_kind)[:, None]


_OPPOSITE = ((1.5, 0.5), (0.5, 1.5))
_WORKLOADS = (("Chat", 7.3e9, 0.2, 10e6), ("Batch", 7.3e9, 0.1, 10e6))
_ENGINES = (("API", None), ("Nodes", 1_000.0))

PORTFOLIO_FUNCTIONS = (
    SheetFunction(
        pooled_peak,
        returns="nodes",
        example=Example((_OPPOSITE, (1.0, 1.0)), 2.0, "by hand: 1.5 + 0.5 in both hours"),
        answers="one number",
        traces=False,
    ),
    SheetFunction(
        overflow_cost,
        returns="cost_per_month",
        example=Example(
            (_OPPOSITE, (7.3e9, 7.3e9), (10e6, 10e6), 1.0, (0.2, 0.1)),
            912.5,
            "by hand: 1,825 M at 0.2 and 5,475 M at 0.1",
        ),
        answers="one number",
        traces=False,
    ),
    SheetFunction(
        best_mix,
        returns="text",
        example=Example(
            (_WORKLOADS, _ENGINES, _OPPOSITE),
            (
                ("Chat", "API", 0.25, 0.0),
                ("Chat", "Nodes", 0.75, 1.0),
                ("Batch", "API", 0.75, 0.0),
                ("Batch", "Nodes", 0.25, 1.0),
            ),
            "by hand: 1,000 + 912.5, against 2,190 without nodes and 2,000 with two",
        ),
        answers="a table",
        traces=False,
    ),
    SheetFunction(
        allocated_cost,
        returns="cost_per_month",
        example=Example(
            (4_000.0, (1.0, 0.5), 2.0),
            ((2_000.0,), (1_000.0,), (1_000.0,)),
            "by hand: 4,000 x 1 / 2, 4,000 x 0.5 / 2, and the rest",
        ),
        answers="a table",
        traces=False,
    ),
)
