"""Portfolios: 12 or 20 workloads on 12 engines, six of them pools, through a week of 168 hours.

Volumes from 0.2 to 8 B tokens a month grow apart, daily shapes peak at hours of their own, and a
pair in five is forbidden. The plain Python loop prices one plan, hour by hour, each hour's tokens
sent to the first engine in order of cost that has room: it finds nothing, it only adds up.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from costcore.portfolio.mix import cheapest_mix
from costcore.portfolio.pools import Pool
from costcore.portfolio.portfolio import Portfolio
from tests.bench.measure import Row, Target, best, faster, within

WORKLOADS, BILLED, POOLS, HOURS, MONTHS = 12, 6, 6, 168, 36
LARGEST = 20
MOVED = 0.3, 0.8
GAP = 1e-3


def rows() -> Iterator[Row | str]:
    """One month, 36 months with half of the pools bought, and the overflow of a full pool."""
    one, many = portfolio(1), portfolio(MONTHS)
    ours, loop = best(lambda: cheapest_mix(one, gap=0.0), lambda: added_up(one), rounds=2)
    yield Row("best mix of a month", ours, "loop that prices one plan", loop, within(5))
    for what, drawn in (("12 x 12", many), ("20 x 12", portfolio(MONTHS, LARGEST))):
        ours, loop = best(
            lambda p=drawn: cheapest_mix(p, GAP), lambda p=drawn: added_up(p), rounds=1
        )
        yield Row(
            f"best mix, {what} x 36, gap 0.1 %", ours, "loop that prices one plan", loop, within(60)
        )
    for what, drawn in (("12 x 12", many), ("20 x 12", portfolio(MONTHS, LARGEST))):
        for share in MOVED:
            yield from moved(f"best mix, {what} x 36, {share:.0%} of moves paid", drawn, share)
    yield from linear()
    draws = np.random.default_rng(1)
    pool = Pool(draws.uniform(0, 2, (WORKLOADS, HOURS)), np.zeros(WORKLOADS, dtype=bool))
    worth = draws.uniform(0.1, 9, WORKLOADS)
    shed = sum(pool.need[w].mean() - kept for w, kept in enumerate(pool.kept(5.0, worth)))
    assert abs(shed - loop_shed(pool, 5.0, worth)) < 1e-9
    ours, loop = best(lambda: pool.kept(5.0, worth), lambda: loop_shed(pool, 5.0, worth))
    yield Row("overflow of a pool, 168 hours", ours, "plain Python loop", loop, faster(5))


def moved(what: str, drawn: Portfolio, share: float) -> Iterator[Row | str]:
    """One-off costs of moving to a share of the engines; the gap that is proven stands beside."""
    given, found = with_moves(drawn, share), []
    calls = (lambda: found.append(cheapest_mix(given, GAP)), lambda: added_up(given))
    ours, loop = best(*calls, rounds=1)
    yield Row(what, ours, "loop that prices one plan", loop, within(60))
    verdict = "met" if found[-1].gap <= GAP else "MISSED"
    yield f"{what}: {found[-1].gap:.3%} of the cost is unproven, target <= {GAP:.1%} {verdict}"


def with_moves(given: Portfolio, share: float, seed: int = 2) -> Portfolio:
    """Draw one-off costs of 500 to 20,000 for a share of the pairs; the first engine has none."""
    draws = np.random.default_rng(seed)
    costs = draws.uniform(500, 20_000, given.moving.shape)
    costs *= draws.random(costs.shape) < share
    costs[:, 0] = 0.0
    return replace(given, moving=costs)


def linear() -> Iterator[Row]:
    """Twice the months, workloads or engines take about twice the time."""
    sizes = {"months": (6, 12, 12), "workloads": (12, 6, 12), "engines": (12, 12, 6)}
    whole = portfolio(12)
    for name, (months, workloads, engines) in sizes.items():
        half = portfolio(months, workloads, engines // 2, engines // 2)
        twice = Target(f"<= 3x for 2x {name}", lambda ours, peer: ours <= 3 * peer)
        calls = (lambda: cheapest_mix(whole, GAP), lambda p=half: cheapest_mix(p, GAP))
        ours, peer = best(*calls, rounds=1)
        yield Row("best mix, 12 x 12 x 12", ours, f"with half of the {name}", peer, twice)


def portfolio(
    months: int, workloads: int = WORKLOADS, billed: int = BILLED, pools: int = POOLS
) -> Portfolio:
    """Draw the workloads and engines; the same ones for any number of months."""
    draws = np.random.default_rng(1)
    base, growth = draws.uniform(0.2e9, 8e9, workloads), draws.uniform(-0.2, 1.0, workloads)
    day, hour = np.divmod(np.arange(HOURS), 24)
    peak, width = draws.uniform(0, 24, workloads), draws.uniform(2, 6, workloads)
    away = (hour - peak[:, None] + 12) % 24 - 12
    weekend = np.where(day >= 5, draws.uniform(0.1, 1, workloads)[:, None], 1.0)
    shapes = (0.1 + np.exp(-(away**2) / (2 * width[:, None] ** 2))) * weekend
    allowed = draws.random((workloads, billed + pools)) > 0.2
    allowed[:, 0] = True
    prices = np.where(allowed[:, :billed], draws.uniform(0.1, 5, (workloads, billed)), np.inf)
    capacity = draws.uniform(2e6, 2e7, (workloads, pools)) * allowed[:, billed:]
    cost, bought = draws.uniform(1_500, 8_000, pools), np.arange(pools) % 2 == 1
    left = np.arange(months, 0, -1)[:, None]

    def each_month(values: np.ndarray) -> np.ndarray:
        return np.repeat(np.asarray(values, float)[None], months, axis=0)

    return Portfolio(
        tokens=base * (1 + growth) ** (np.arange(months)[:, None] / 12),
        shapes=shapes / shapes.mean(axis=1, keepdims=True),
        hour_shares=np.full(HOURS, 1 / HOURS),
        prices=each_month(prices),
        losses=np.zeros((months, workloads, billed + pools)),
        capacity=capacity,
        node_costs=each_month(np.where(bought, 0.3, 1.0) * cost),
        pool_costs=each_month(draws.uniform(0, 2_000, pools)),
        people=np.full(months, 9_000.0),
        own_prices=np.zeros((months, pools)),
        purchases=np.where(bought, cost * 0.7 * left, np.nan),
        owned=np.zeros(pools),
        spares=np.ones(pools),
        least=np.ones(pools),
        most=np.full(pools, np.inf),
        fees=np.zeros((months, billed)),
        minimums=np.zeros((months, billed)),
        signed=np.zeros(billed, dtype=bool),
        moving=np.zeros((workloads, billed + pools)),
        movable=np.zeros(workloads, dtype=bool),
    )


def added_up(given: Portfolio) -> float:
    """Price a plan with two nodes of each pool: months, hours and workloads in plain loops."""
    tokens, shapes, prices = given.tokens.tolist(), given.shapes.tolist(), given.prices.tolist()
    capacity, cost = given.capacity.tolist(), 0.0
    for month in range(given.months):
        for hour in range(HOURS):
            room = [2.0] * given.pools
            for w in range(given.workloads):
                left = tokens[month][w] / 730 * shapes[w][hour]
                for pool in range(given.pools):
                    if capacity[w][pool]:
                        served = min(left, room[pool] * capacity[w][pool])
                        room[pool] -= served / capacity[w][pool]
                        left -= served
                cost += left / 1e6 * min(prices[month][w]) * 730 / HOURS
    return cost


def loop_shed(pool: Pool, nodes: float, worth: np.ndarray) -> float:
    """Mean nodes that a full pool sends away, hour by hour."""
    need, order = pool.need.tolist(), sorted(range(WORKLOADS), key=lambda w: -worth[w])
    shed = 0.0
    for hour in range(HOURS):
        left = nodes
        for w in order:
            kept = min(need[w][hour], left)
            left -= kept
            shed += need[w][hour] - kept
    return shed / HOURS
