"""A second opinion on the break-even: walk the staircase node by node and compare the bills.

Nothing here comes from costcore. Between two steps both bills are straight lines, so a band is
won from where the lines cross to its end, and the crossing is read off the two ends.
"""

from dataclasses import astuple, dataclass

import numpy as np

BANDS = 170  # enough for every case below: each wins for good within 160 nodes, or never
DUST = 1e-9  # as a share of what a node gains: far above rounding, far below what matters


@dataclass(frozen=True)
class Cases:
    """One column for each argument of the break-even functions, in their order."""

    price: np.ndarray
    node: np.ndarray
    capacity: np.ndarray
    fixed: np.ndarray
    own: np.ndarray
    least: np.ndarray

    @property
    def columns(self):
        """Return the arguments for one call on all cases."""
        return astuple(self)

    def rows(self, step=1):
        """Return the arguments for a call on each case."""
        return list(zip(*(column[::step].tolist() for column in self.columns), strict=True))


def walk(cases):
    """Return, for each case and band: nodes, lower edge, where it wins from (nan: nowhere), end."""
    number = np.arange(BANDS)
    price, node, capacity, fixed, own, least = (c[:, None] for c in cases.columns)
    endless = np.isinf(capacity)
    nodes = np.where(endless, least, least + number)
    # without a capacity there are no steps; powers of two then bracket the crossing instead
    upper = np.where(endless, 2.0 ** (number - 70), nodes * np.where(endless, 0, capacity))
    lower = np.hstack([np.zeros((len(upper), 1)), upper[:, :-1]])

    def gain(volume):
        return (price - own) * volume / 1e6 - fixed - nodes * node

    at_lower, at_upper = gain(lower), gain(upper)
    dust = DUST * np.abs((price - own) * np.where(endless, 0, capacity) / 1e6 - node)
    dust = np.where(endless, 0, dust)
    with np.errstate(all="ignore"):
        crossing = lower + (upper - lower) * -at_lower / (at_upper - at_lower)
    start = np.where(at_lower >= -dust, lower, crossing)
    somewhere = (at_upper > dust).any(axis=1, keepdims=True)  # a tie alone is no win
    return nodes, lower, np.where((at_upper >= -dust) & somewhere, start, np.nan), upper


def first(cases):
    """Return the lowest volume at which self-hosting wins, inf where it never does."""
    start = walk(cases)[2]
    return np.where(np.isnan(start), np.inf, start).min(axis=1)


def sustained(cases):
    """Return the volume after which it never loses, inf where it always will again."""
    _, lower, start, _ = walk(cases)
    lost = np.isnan(start) | (start > lower * (1 + DUST))
    last_lost = lost.shape[1] - 1 - np.argmax(lost[:, ::-1], axis=1)
    row = np.arange(len(lost))
    after = lower[row, np.minimum(last_lost + 1, BANDS - 1)]
    from_there = start[row, last_lost]
    answer = np.where(np.isnan(from_there), after, from_there)
    return np.where(~lost.any(axis=1), start[:, 0], np.where(lost[:, -1], np.inf, answer))


def ranges(cases):
    """Return, for each case, its winning ranges as rows from, to, nodes; adjoining ones joined."""
    nodes, lower, start, upper = walk(cases)
    won = ~np.isnan(start)
    joined = won & np.roll(won, 1, axis=1) & (start <= lower * (1 + DUST))
    joined[:, 0] = False
    ends = won & ~np.roll(joined, -1, axis=1)
    ends[:, -1] = False
    rows = []
    for i, begins in enumerate(won & ~joined):
        closed = np.append(upper[i, ends[i]], np.inf)[: begins.sum()]
        rows.append(np.column_stack([start[i, begins], closed, nodes[i, begins]]))
    return rows


def random_cases(rng, size):
    """Return `size` cases of every sort: ordinary, tied, never won, dust beside whole nodes."""
    sorts = (ordinary, ordinary, small_and_large, tied, dear_node, dear_token, whole, endless, free)
    share = -(-size // len(sorts))
    made = [np.vstack(np.broadcast_arrays(*sort(rng, share))) for sort in sorts]
    return Cases(*np.hstack(made)[:, :size])


def _case(rng, size, revenue_share, fixed_nodes, digits=3.0):
    """Draw a node by its revenue when full, the cost as a share of it, and the fixed cost."""
    capacity, saved = (10 ** rng.uniform(low, low + digits, size) for low in (7, -1))
    own = np.where(rng.random(size) < 0.5, 0, saved * rng.uniform(0, 5, size))
    revenue = capacity / 1e6 * saved
    node = revenue * revenue_share
    fixed = fixed_nodes * np.abs(revenue - node)
    return saved + own, node, capacity, fixed, own, rng.choice([1.0, 1.0, 1.0, 2.0, 7.0], size)


def ordinary(rng, size):
    """A full node leaves a margin, and up to 50 of them pay for the fixed cost."""
    fixed_nodes = np.where(rng.random(size) < 0.2, 0, rng.uniform(0, 50, size))
    return _case(rng, size, rng.uniform(0.01, 0.99, size), fixed_nodes)


def small_and_large(rng, size):
    """The same over thirty powers of ten."""
    return _case(rng, size, rng.uniform(0.01, 0.98, size), rng.uniform(0, 50, size), digits=15)


def tied(rng, size):
    """A full node costs exactly what the API charges for its tokens; half with a fixed cost."""
    capacity, saved = rng.integers(1, 1000, (2, size))
    own = rng.integers(0, 5, size)
    fixed = rng.integers(0, 2, size) * 1000
    return saved + own, capacity * saved, capacity * 1e6, fixed, own, rng.integers(1, 4, size)


def dear_node(rng, size):
    """A full node costs more than the API charges for its tokens; some serve none at all."""
    case = list(_case(rng, size, rng.uniform(1.001, 20, size), rng.uniform(0, 3, size)))
    case[2] = np.where(rng.random(size) < 0.1, 0, case[2])
    return case


def dear_token(rng, size):
    """The API is no dearer than a self-hosted token, or costs nothing."""
    case = list(ordinary(rng, size))
    case[4] = np.where(rng.random(size) < 0.3, case[0], case[0] * rng.uniform(1, 3, size))
    case[0] = np.where(rng.random(size) < 0.2, 0, case[0])
    return case


def whole(rng, size):
    """The fixed cost takes a whole number of nodes, give or take dust or a visible trifle."""
    capacity, saved = rng.integers(2, 1000, (2, size))
    node = np.floor(capacity * saved * rng.uniform(0.05, 0.95, size))
    trifle = rng.choice([0, 0, 1e-11, -1e-11, 1e-6, -1e-6], size)
    fixed = (capacity * saved - node) * (rng.integers(1, 50, size) + trifle)
    return saved, node, capacity * 1e6, fixed, 0, rng.integers(1, 4, size)


def endless(rng, size):
    """No capacity is given."""
    case = list(ordinary(rng, size))
    case[2] = np.full(size, np.inf)
    return case


def free(rng, size):
    """A node costs nothing, as one already paid for; half without a fixed cost either."""
    case = list(_case(rng, size, 0, rng.integers(0, 2, size) * rng.uniform(0, 50, size)))
    return case
