"""What a strategy costs, reckoned hour by hour in plain loops, for comparison with the lines."""

import math


def strategy_costs(given, shares, dual_months=0):
    """Return the present value of each month; `shares` is workloads x (billed, then pools)."""
    months, workloads = given.tokens.shape
    owned = [float(n) for n in given.owned]
    costs = []
    for t in range(months):
        cost, used = 0.0, False
        bills = [0.0] * given.billed
        for w in range(workloads):
            pooled = sum(shares[w][given.billed :])
            for b in range(given.billed):
                share = shares[w][b] + (pooled if b == 0 and t < dual_months else 0.0)
                if share and math.isfinite(given.prices[t, w, b]):
                    bills[b] += given.tokens[t, w] / 1e6 * share * given.prices[t, w, b]
            cost += sum(
                given.moving[w, e] for e, share in enumerate(shares[w]) if share > 0 and t == 0
            )
        for b, bill in enumerate(bills):
            least = given.minimums[t, b]
            cost += max(bill, least) + given.fees[t, b] if bill > 0 else least * given.signed[b]
        for p in range(given.pools):
            nodes, own = _nodes(given, shares, t, p)
            cost += nodes * given.node_costs[t, p] + own
            used = used or nodes > 0
            if nodes > owned[p]:
                if not math.isnan(given.purchases[t, p]):
                    cost += (nodes - owned[p]) * given.purchases[t, p]
                owned[p] = nodes
        costs.append(cost + (given.people[t] if used else 0.0))
    return costs


def _nodes(given, shares, t, p):
    """Nodes of a pool, spares included, and what its tokens cost beside them."""
    hours, own = [0.0] * given.shapes.shape[1], 0.0
    movable = 0.0
    for w, share in enumerate(row[given.billed + p] for row in shares):
        tokens = given.tokens[t, w] * share
        if not tokens:
            continue
        own += tokens / 1e6 * given.own_prices[t, p]
        mean = tokens / given.hours_per_month / given.capacity[w, p]
        if given.movable[w]:
            movable += mean * len(hours)
        else:
            for hour in range(len(hours)):
                hours[hour] += mean * given.shapes[w, hour]
    peak = _poured(hours, movable)
    if peak == 0:
        return 0.0, own
    return max(given.least[p], math.ceil(round(peak, 9))) + given.spares[p], own


def _poured(hours, movable):
    """Level of the busiest hour once movable work is poured into the valleys, by halving."""
    low, high = 0.0, max(hours) + movable
    for _ in range(200):
        level = (low + high) / 2
        room = sum(max(level - hour, 0.0) for hour in hours)
        low, high = (low, level) if room >= movable else (level, high)
    return max(*hours, high if movable else 0.0)
