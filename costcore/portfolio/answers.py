"""What would change the cheapest mix of a month: a runner-up, a lower price, a larger volume."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from costcore.portfolio.mix import Mix, cheapest_mix
from costcore.portfolio.portfolio import Portfolio
from costcore.portfolio.search.rounds import EXACT
from costcore.portfolio.search.search import UnservedError

LEAST_FACTOR, MOST_FACTOR = 1 / 1024, 1024.0
CLOSE = 1e-4
"""Part of a factor on all volumes: how near it is found."""
UNUSED = 1e-6
"""Of a workload's tokens: what an engine that is not used may take."""


@dataclass(frozen=True)
class RunnerUp:
    """Where a workload goes if not to the engine that takes most of it."""

    engine: int
    """The one that takes most of it."""
    runner_up: int
    """The one that would; -1 where nothing else can serve it."""
    cost: float
    """What the mix of the month then costs more; inf where nothing else can."""


def runner_up(portfolio: Portfolio, mix: Mix, workload: int) -> RunnerUp:
    """Return the second choice for a workload, with all others free to move.

    Parameters
    ----------
    portfolio, mix
        Of one month.

    Examples
    --------
    >>> from costcore.portfolio.portfolio import one_month
    >>> two = one_month([1e9], [[1.0]], prices=[[2.0, 3.0]], capacity=[[0.0]], node_costs=[9e9])
    >>> runner_up(two, cheapest_mix(two, 0), 0)
    RunnerUp(engine=0, runner_up=1, cost=1000.0)
    """
    main = int(np.argmax(mix.shares[0, workload]))
    try:
        other = cheapest_mix(portfolio.without(workload, main), gap=0.0)
    except UnservedError:
        return RunnerUp(main, -1, np.inf)
    second = int(np.argmax(other.shares[0, workload]))
    return RunnerUp(main, second, max(0.0, round(other.cost - mix.cost, 9)))


def is_used(mix: Mix, engine: int) -> bool:
    """Say whether any workload goes to an engine in any month."""
    return bool((mix.shares[..., engine] > UNUSED).any())


def entry_price_share(portfolio: Portfolio, mix: Mix, engine: int) -> float:
    """Part of its price at which an unused engine would come into the cheapest mix of a month.

    The price is all that it charges: for tokens and by month, and at least; of a pool, its nodes.
    What is owed to it anyway stays. Each mix found at a lower price says up to which price it is
    cheaper than the mix without the engine; the next one is looked for there.

    Returns
    -------
    float, share
        1 where it is used already; 0 where it is not worth using for nothing.

    Examples
    --------
    >>> from costcore.portfolio.portfolio import one_month
    >>> two = one_month([1e9], [[1.0]], prices=[[2.0, 3.0]], capacity=[[0.0]], node_costs=[9e9])
    >>> round(entry_price_share(two, cheapest_mix(two, 0), engine=1), 9)
    0.666666667
    """
    if is_used(mix, engine):
        return 1.0
    share = 0.0
    while True:
        found = cheapest_mix(portfolio.priced_at(engine, share), gap=0.0)
        if found.cost >= mix.cost * (1 - EXACT) or not is_used(found, engine):
            return share
        bill, fee, owed = _paid(portfolio, found, engine)
        room = mix.cost - found.cost + max(share * bill, owed) + share * fee
        above = (room - owed) / fee if fee else np.inf
        share = min(1.0, room / (bill + fee), above) if bill + fee else 1.0


def _paid(portfolio: Portfolio, mix: Mix, engine: int) -> tuple[float, float, float]:
    """What a mix pays to an engine at its full price: by use, beside it, and what is owed anyway.

    The bill takes in what is owed anyway where it is larger.
    """
    p = portfolio
    if engine >= p.billed:
        q = engine - p.billed
        once = float(mix.bought[0, q] * np.nan_to_num(p.purchases[0, q]))
        return float(mix.nodes[0, q] * p.node_costs[0, q]) + once, float(p.pool_costs[0, q]), 0.0
    prices, least = p.prices[0, :, engine], float(p.minimums[0, engine])
    bill = float(np.where(np.isinf(prices), 0.0, prices) @ mix.mtok[0, :, engine])
    fee = float(p.fees[0, engine])
    return (bill, fee, least) if p.signed[engine] else (max(bill, least), fee, 0.0)


def entry_factor(portfolio: Portfolio) -> float:
    """Smallest factor on all volumes of a month at which own nodes are in the cheapest mix.

    It is looked for by doubling, and then within the last doubling.

    Returns
    -------
    float, ratio
        At which they are in it, and a ten-thousandth below are not. 0 where something has no other
        engine, `LEAST_FACTOR` where they are in it even then; inf where not at `MOST_FACTOR`.

    Examples
    --------
    A node that costs 1,000 pays from 500 M tokens at 2 per million:

    >>> from costcore.portfolio.portfolio import one_month
    >>> one = one_month([1e9], [[1.0]], prices=[[2.0]], capacity=[[5e6]], node_costs=[1_000])
    >>> round(entry_factor(one), 3)
    0.5
    """
    only_nodes = np.isinf(portfolio.prices[0]).all(axis=1)
    if portfolio.tokens[0][only_nodes].any():
        return 0.0
    low, high = 0.0, LEAST_FACTOR
    while not enters(portfolio, high):
        low, high = high, high * 2
        if high > MOST_FACTOR:
            return np.inf
    while low and high > low * (1 + CLOSE):
        middle = (low * high) ** 0.5
        low, high = (low, middle) if enters(portfolio, middle) else (middle, high)
    return high


def enters(portfolio: Portfolio, factor: float) -> bool:
    """Say whether own nodes are in the cheapest mix of a month at so many times all volumes."""
    return cheapest_mix(portfolio.with_tokens(factor), gap=0.0).first_month < np.inf
