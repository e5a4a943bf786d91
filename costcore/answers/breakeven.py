"""Where self-hosting beats the API, given that a node serves only so much.

The cost of self-hosting is a staircase: a fixed part, whole nodes, and a price
per token. With n nodes it wins from the volume at which their cost equals the
API's bill up to what n nodes can serve. Between two such ranges it may lose.

A node leaves a *margin* when the API's price for all it can serve exceeds its
own cost. Without a margin more nodes only lose more, and the answer is never.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from costcore.language.arguments import arguments_of
from costcore.language.elementwise import Numbers, elementwise, one_row
from costcore.language.quantities import TOKENS_PER_MTOK
from costcore.nodes.capacity import whole_nodes
from costcore.nodes.hosting import selfhost_price
from costcore.tokens.api import priced

KINDS = ("first", "sustained", "price-only")
FLOAT_DUST = 1e-12
"""A margin below this share of the node's own cost is floating-point noise, hence a tie."""
MOST_ROWS = 1_048_575


@elementwise
def breakeven_tokens(
    api_price_per_mtok: Numbers,
    node_cost_per_month: Numbers,
    capacity_tokens_per_month: Numbers = np.inf,
    fixed_cost_per_month: Numbers = 0.0,
    own_price_per_mtok: Numbers = 0.0,
    min_nodes: Numbers = 1.0,
    kind: str = "first",
) -> Numbers:
    """Monthly volume from which self-hosting costs less than the API.

    ``first`` is where it first wins, ``sustained`` where it never loses again,
    ``price-only`` what articles print: it forgets that a node is finite. Without
    a capacity every kind is price-only.

    Returns
    -------
    float or ndarray, tokens per month
        ``inf`` where self-hosting never wins.

    Raises
    ------
    ValueError
        If `kind` is not one of the three.

    Examples
    --------
    A server for 5,400 a month that serves 388.8 M tokens, and 3,000 for people:

    >>> breakeven_tokens(20, 5_400, 388.8e6, fixed_cost_per_month=3_000)
    690000000.0
    >>> breakeven_tokens(20, 5_400, 388.8e6, 3_000, kind="sustained")
    1230000000.0

    At half that price the bills still "meet", at a volume that server cannot serve:

    >>> breakeven_tokens(10, 5_400, 388.8e6, kind="price-only")
    540000000.0
    >>> breakeven_tokens(10, 5_400, 388.8e6)
    inf
    """
    kind = kind.lower()
    if kind not in KINDS:
        raise ValueError(f"kind is {kind!r}; it must be one of {', '.join(KINDS)}")
    if kind == "price-only":
        capacity_tokens_per_month, min_nodes = np.inf, 1.0
    margin = node_margin(
        api_price_per_mtok, node_cost_per_month, capacity_tokens_per_month, own_price_per_mtok
    )
    spread = node_cost_per_month if kind == "sustained" else 0.0
    nodes = winning_nodes(fixed_cost_per_month + spread, margin, min_nodes)
    tokens = crossing_tokens(
        nodes, api_price_per_mtok, node_cost_per_month, fixed_cost_per_month, own_price_per_mtok
    )
    return np.where(has_margin(margin, node_cost_per_month), tokens, np.inf)


def node_margin(
    api_price_per_mtok: Numbers,
    node_cost_per_month: Numbers,
    capacity_tokens_per_month: Numbers,
    own_price_per_mtok: Numbers,
) -> Numbers:
    """What one full node saves in a month beyond its own cost."""
    saved = priced(capacity_tokens_per_month, api_price_per_mtok - own_price_per_mtok)
    return saved - node_cost_per_month


def has_margin(margin: Numbers, node_cost_per_month: Numbers) -> Numbers:
    """Say whether a full node saves more than it costs; a tie is not a win."""
    return margin > FLOAT_DUST * node_cost_per_month


def winning_nodes(to_recover: Numbers, margin: Numbers, min_nodes: Numbers) -> Numbers:
    """Fewest nodes whose margins together pay for `to_recover`.

    With the fixed cost to recover, it is the first number of nodes that wins at
    all; with one node more to recover, the first after which no added node ever
    makes the sum a loss again.
    """
    return np.maximum(min_nodes, whole_nodes(to_recover / margin))


def first_winning_nodes(
    to_recover: Numbers, margin: Numbers, node_cost_per_month: Numbers, least_nodes: Numbers
) -> Numbers:
    """Fewest nodes, from `least_nodes` on, that win at their planned load; ``inf`` for never.

    What is to recover is less than nothing where the rival takes a fee that self-hosting does
    not pay. Nodes without a margin then win while they are few.
    """
    more = winning_nodes(to_recover, margin, least_nodes)
    few = np.where(to_recover < least_nodes * margin, least_nodes, np.inf)
    return np.where(has_margin(margin, node_cost_per_month), more, few)


def crossing_tokens(
    nodes: Numbers,
    api_price_per_mtok: Numbers,
    node_cost_per_month: Numbers,
    fixed_cost_per_month: Numbers,
    own_price_per_mtok: Numbers,
) -> Numbers:
    """Volume at which the API's bill equals the cost of `nodes` nodes."""
    cost = fixed_cost_per_month + nodes * node_cost_per_month
    return cost / (api_price_per_mtok - own_price_per_mtok) * TOKENS_PER_MTOK


@one_row
@arguments_of(breakeven_tokens, without=["kind"])
def breakeven_ranges(**given: float) -> NDArray[np.float64]:
    """Every range of volumes in which self-hosting wins: from, to, nodes.

    Returns
    -------
    ndarray of shape (ranges, 3): tokens per month, tokens per month, nodes
        The last range ends at ``inf``; its nodes are those at its start. No rows
        where self-hosting never wins; ``nan`` where an input is out of bounds.

    Raises
    ------
    ValueError
        If a sheet has too few rows for the ranges.

    Examples
    --------
    >>> breakeven_ranges(20, 5_400, 388.8e6, 3_000).tolist()  # doctest: +NORMALIZE_WHITESPACE
    [[690000000.0, 777600000.0, 2.0],
     [960000000.0, 1166400000.0, 3.0],
     [1230000000.0, inf, 4.0]]
    >>> breakeven_ranges(10, 5_400, 388.8e6).tolist()
    []
    """
    price, node, capacity, fixed, own, least = given.values()
    sustained = breakeven_tokens(**given, kind="sustained")
    if not np.isfinite(sustained):
        return np.full((int(np.isnan(sustained)), 3), np.nan)
    margin = node_margin(price, node, capacity, own)
    first, last = (winning_nodes(recover, margin, least) for recover in (fixed, fixed + node))
    if last - first >= MOST_ROWS:
        raise ValueError(
            f"there are {last - first + 1:,.0f} winning ranges, more than a sheet holds"
        )
    nodes = np.arange(first, last + 1)
    start = crossing_tokens(nodes, price, node, fixed, own)
    end = np.append(nodes[:-1] * capacity, np.inf)
    return np.column_stack([start, end, nodes])


@elementwise
@arguments_of(selfhost_price)
def breakeven_price(**given: Numbers) -> Numbers:
    """API price below which the API stays cheaper at a volume.

    It is the cost of a self-hosted million tokens, seen from the other side.

    Returns
    -------
    float or ndarray, money per million tokens
        ``inf`` at no volume: there any API is cheaper.

    Examples
    --------
    >>> breakeven_price(500e6, 5_400, 388.8e6)
    21.6

    More volume can raise it, when the volume needs one more node:

    >>> breakeven_price([388.8e6, 400e6], 5_400, 388.8e6).round(2).tolist()
    [13.89, 27.0]
    """
    return selfhost_price(**given)


@elementwise
def breakeven_load(
    api_price_per_mtok: Numbers,
    node_cost_per_month: Numbers,
    capacity_tokens_per_month: Numbers,
    fixed_cost_per_month: Numbers = 0.0,
    own_price_per_mtok: Numbers = 0.0,
) -> Numbers:
    """Share of one node that must be busy for it to pay.

    Returns
    -------
    float or ndarray, share
        Above 1 where even a full node does not pay; ``inf`` where the API is no
        dearer than a self-hosted token before its node.

    Examples
    --------
    >>> round(breakeven_load(20, 5_400, 388.8e6), 3)
    0.694

    A published "70 % utilisation pays" on the same server at a price of 10:

    >>> round(breakeven_load(10, 5_400, 388.8e6), 3)
    1.389
    """
    saved = api_price_per_mtok - own_price_per_mtok
    cost = node_cost_per_month + fixed_cost_per_month
    return np.where(saved > 0, cost / priced(capacity_tokens_per_month, saved), np.inf)
