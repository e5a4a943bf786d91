"""What would change the cheapest mix of a month: a runner-up, a lower price, a larger volume."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from costcore.portfolio.mix import Mix, cheapest_mix
from costcore.portfolio.portfolio import Portfolio
from costcore.portfolio.search.rounds import EXACT

LEAST_FACTOR, MOST_FACTOR = 1 / 64, 1024.0
CLOSE = 0.01
"""Of a factor on all volumes: how near it is found."""
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
    except ValueError:
        return RunnerUp(main, -1, np.inf)
    second = int(np.argmax(other.shares[0, workload]))
    return RunnerUp(main, second, round(other.cost - mix.cost, 9))


def is_used(mix: Mix, engine: int) -> bool:
    """Say whether any workload goes to an engine in any month."""
    return bool((mix.shares[..., engine] > UNUSED).any())


def entry_price_share(portfolio: Portfolio, mix: Mix, engine: int) -> float:
    """Part of its price at which an unused engine would come into the cheapest mix of a month.

    The cost of the best mix is the least of many straight lines in that price. Each line found
    says where it crosses the cost without the engine; the next one is looked for there.

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
        at_full_price = _paid(portfolio, found, engine)
        rest = found.cost - share * at_full_price
        share = (mix.cost - rest) / at_full_price


def _paid(portfolio: Portfolio, mix: Mix, engine: int) -> float:
    """What a mix pays to an engine at its full price."""
    if engine >= portfolio.billed:
        pool = engine - portfolio.billed
        nodes = mix.nodes[0, pool]
        return float(nodes * portfolio.node_costs[0, pool] + portfolio.pool_costs[0, pool])
    prices = portfolio.prices[0, :, engine]
    bill = np.where(np.isinf(prices), 0.0, prices) @ mix.mtok[0, :, engine]
    return float(max(bill, portfolio.minimums[0, engine]) + portfolio.fees[0, engine])


def entry_factor(portfolio: Portfolio) -> float:
    """Smallest factor on all volumes of a month at which own nodes are in the cheapest mix.

    It is looked for by doubling, and then within the last doubling, to a hundredth.

    Returns
    -------
    float, ratio
        Below 1 where they are in it already; inf where they never are.

    Examples
    --------
    A node that costs 1,000 pays from 500 M tokens at 2 per million:

    >>> from costcore.portfolio.portfolio import one_month
    >>> one = one_month([1e9], [[1.0]], prices=[[2.0]], capacity=[[5e6]], node_costs=[1_000])
    >>> round(entry_factor(one), 2)
    0.5
    """

    def enters(factor: float) -> bool:
        return cheapest_mix(portfolio.with_tokens(factor)).first_month < np.inf

    factor = LEAST_FACTOR
    while not enters(factor):
        factor *= 2
        if factor > MOST_FACTOR:
            return np.inf
    low, high = factor / 2, factor
    while high > low * (1 + CLOSE) and factor > LEAST_FACTOR:
        middle = (low * high) ** 0.5
        low, high = (low, middle) if enters(middle) else (middle, high)
    return high
