"""Own the base load and send what exceeds it to the API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from costcore.language.arguments import arguments_of
from costcore.language.elementwise import Numbers, as_numbers, explained, one_row
from costcore.language.quantities import HOURS_PER_MONTH, QUANTITIES
from costcore.nodes.capacity import whole_nodes
from costcore.tokens.api import priced


@explained
def spillover_cost(
    hourly_tokens: Numbers,
    nodes: Numbers,
    node_cost_per_month: Numbers,
    capacity_tokens_per_hour: Numbers,
    api_price_per_mtok: Numbers,
    fixed_cost_per_month: Numbers = 0.0,
    hours_per_month: Numbers = HOURS_PER_MONTH,
    own_price_per_mtok: Numbers = 0.0,
    min_nodes: Numbers = 1.0,
) -> Numbers:
    """Monthly cost of owning some nodes and buying the overflow of each hour.

    The hours given stand for a month; they are scaled to `hours_per_month`.
    Without nodes nobody is paid to run them: the fixed cost then is 0.

    Returns
    -------
    float or ndarray of the shape of the other arguments, money per month
        ``nan`` where an input is out of bounds, there are no hours, a node has no limit,
        or there are some nodes but too few to run the model.

    Examples
    --------
    Half of the hours need 1 M tokens, half of them 3 M; a node serves 1 M an hour:

    >>> spillover_cost([1e6, 3e6], 1, 800, 1e6, api_price_per_mtok=2)
    2260.0

    Owning the peak avoids every overflow, and costs more:

    >>> spillover_cost([1e6, 3e6], [0, 1, 2, 3], 800, 1e6, 2).tolist()
    [2920.0, 2260.0, 2330.0, 2400.0]

    People come with the first node, and a model that takes two nodes cannot run on one:

    >>> spillover_cost([1e6, 3e6], [0, 1, 2], 800, 1e6, 2, 500, min_nodes=2).tolist()
    [2920.0, nan, 2830.0]
    """
    hours = np.sort(as_numbers("hourly_tokens", hourly_tokens).ravel())
    given = {
        "nodes": nodes,
        "node_cost_per_month": node_cost_per_month,
        "capacity_tokens_per_hour": capacity_tokens_per_hour,
        "api_price_per_mtok": api_price_per_mtok,
        "fixed_cost_per_month": fixed_cost_per_month,
        "hours_per_month": hours_per_month,
        "own_price_per_mtok": own_price_per_mtok,
        "min_nodes": min_nodes,
    }
    columns = np.broadcast_arrays(*(as_numbers(name, value) for name, value in given.items()))
    owned, node_cost, capacity, price, fixed, month, own_price, least = columns
    with np.errstate(all="ignore"):  # no hours, or a node without limit: unknown, hence nan
        months = month / np.float64(hours.size)
        spilled = overflow_tokens(hours, owned * capacity) * months
        served = overflow_tokens(hours, np.zeros(owned.shape)) * months - spilled
    run = np.where(owned > 0, fixed, 0.0) + owned * node_cost + priced(served, own_price)
    admitted = [QUANTITIES[name].admits(each) for name, each in zip(given, columns, strict=True)]
    runs = (owned == 0) | (owned >= least)
    known = np.logical_and.reduce([*admitted, runs]) & bool((hours >= 0).all())
    return np.where(known, run + priced(spilled, price), np.nan)[()]


def overflow_tokens(
    sorted_hours: NDArray[np.float64], limit: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Tokens above a limit, summed over hours that are sorted from quiet to busy."""
    above = np.searchsorted(sorted_hours, limit, side="right")
    from_here = np.append(np.cumsum(sorted_hours[::-1])[::-1], 0.0)
    return np.asarray(from_here[above] - limit * (sorted_hours.size - above))


@one_row
@arguments_of(spillover_cost, without=["nodes"])
def spillover_nodes(**given: Any) -> float:
    """Whole number of nodes at which owning the base and buying the overflow is cheapest.

    Each node added takes less overflow off the bill than the one before, so the
    best number is the last node that still saves more than it costs; or none, where
    buying everything, with nobody paid to run nodes, is as cheap.

    Returns
    -------
    float, nodes
        0 where buying everything is cheapest; ``nan`` where an input is out of bounds.

    Examples
    --------
    >>> spillover_nodes([1e6, 3e6], 800, 1e6, api_price_per_mtok=2)
    1.0

    At twice the API price the overflow of the busy half alone pays for its nodes:

    >>> spillover_nodes([1e6, 3e6], 800, 1e6, api_price_per_mtok=4)
    3.0

    Fixed cost above what the nodes save makes the API alone the cheapest:

    >>> spillover_nodes([1e6, 3e6], 800, 1e6, 2, fixed_cost_per_month=700)
    0.0
    """
    hours, node_cost, capacity, price, _, month, own_price, least = given.values()
    bought = spillover_cost(**given, nodes=0)
    if np.isnan(bought) or capacity == 0:
        return float(bought * 0)
    scaled = (np.sort(hours), month / hours.size * (price - own_price), capacity)
    nodes = _last_that_pays(int(least), node_cost, *scaled)
    return float(nodes) if spillover_cost(**given, nodes=nodes) < bought else 0.0


def _last_that_pays(
    least: int, cost: float, hours: NDArray[np.float64], price: float, capacity: float
) -> int:
    """Nodes from the fewest that run up to the last that saves more than it costs."""
    low, high = least, max(least, int(whole_nodes(hours[-1] / capacity)))
    while low < high:  # the saving of each further node only falls
        middle = (low + high + 1) // 2
        pays = _saving(middle, hours, price, capacity) > cost
        low, high = (middle, high) if pays else (low, middle - 1)
    return low


def _saving(node: int, sorted_hours: NDArray[np.float64], price: float, capacity: float) -> float:
    """What the last of `node` nodes takes off the bills for tokens."""
    before, after = overflow_tokens(sorted_hours, np.array([node - 1, node]) * capacity)
    return float(priced(before - after, price))


@dataclass(frozen=True, slots=True)
class Spillover:
    """Owning the base and buying the rest, against buying or owning everything."""

    nodes: float
    cost_per_month: float
    spilled_share: float
    """Share of the tokens that goes to the API."""
    all_api_cost_per_month: float
    all_owned_nodes: float
    all_owned_cost_per_month: float
    """Without an API the fixed cost is paid too; with nodes for the busiest hour."""

    @property
    def saving_against_api(self) -> float:
        """Money a month; 0 where buying everything is best."""
        return self.all_api_cost_per_month - self.cost_per_month

    @property
    def saving_against_owned(self) -> float:
        """Money a month."""
        return self.all_owned_cost_per_month - self.cost_per_month


@one_row
@arguments_of(spillover_nodes)
def spillover(**given: Any) -> Spillover:
    """Best number of owned nodes with its cost, what is spilled, and both alternatives.

    Examples
    --------
    >>> best = spillover([1e6, 3e6], 800, 1e6, api_price_per_mtok=2)
    >>> best.nodes, best.cost_per_month, best.spilled_share
    (1.0, 2260.0, 0.5)
    >>> best.saving_against_api, best.saving_against_owned
    (660.0, 140.0)

    A fixed cost above what the node saves makes the API alone the best:

    >>> spillover([1e6, 3e6], 800, 1e6, 2, fixed_cost_per_month=700).nodes
    0.0
    """
    hours, _, capacity, *_, least = given.values()
    nodes = spillover_nodes(**given)
    peak = np.maximum(whole_nodes(hours.max() / np.float64(capacity)), least)
    cost, api, owned = map(float, spillover_cost(**given, nodes=[nodes, 0, peak]))
    above = overflow_tokens(np.sort(hours), np.array(nodes * capacity))
    spilled_share = float(above / hours.sum()) if nodes else 1.0
    return Spillover(nodes, cost, spilled_share, api, float(peak), owned)
