"""Send shares of a volume to several engines: an API, a brokered platform, own nodes."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from costcore.nodes.hosting import selfhost_cost


@dataclass(frozen=True, slots=True)
class Engine:
    """Somewhere tokens can be sent, what that costs, and what a gate asks about it.

    An API or a brokered platform has a price per million tokens and perhaps a fixed fee;
    own nodes have a cost and a capacity each. All amounts are of one month and one currency.
    """

    name: str
    price_per_mtok: float = 0.0
    fixed_cost_per_month: float = 0.0
    node_cost_per_month: float = 0.0
    capacity_tokens_per_month: float = math.inf
    regions: frozenset[str] = field(default_factory=frozenset)
    """Where it may process data; empty where that is not known."""
    latency_ms: float = math.nan
    """Time to the first token; nan where that is not known."""

    def cost(self, tokens_per_month: float) -> float:
        """Return the monthly cost of a volume; an engine that gets nothing is not run."""
        if tokens_per_month == 0:
            return 0.0
        nodes = self.node_cost_per_month, self.capacity_tokens_per_month
        fixed, price = self.fixed_cost_per_month, self.price_per_mtok
        return float(selfhost_cost(tokens_per_month, *nodes, fixed, price))


@dataclass(frozen=True, slots=True)
class Route:
    """A volume divided among engines, against sending all of it to one."""

    cost_per_month: float
    price_per_mtok: float
    engine_costs: tuple[float, ...]
    alone: tuple[float, ...]
    """What each engine would cost if it took everything."""
    savings: tuple[float, ...]
    """What the router saves against each of these; negative where it costs more."""
    pays_above_share: float
    """Share of the volume sent away from the first engine above which that always saves."""


def routed(tokens_per_month: float, engines: Sequence[Engine], shares: Sequence[float]) -> Route:
    """Cost of sending shares of a volume to engines; the first is what you have today.

    Returns
    -------
    Route
        `pays_above_share` is ``inf`` where not even the full division saves; a smaller one
        keeps the proportions of the other engines.

    Raises
    ------
    ValueError
        If the shares are not as many as the engines, not from 0 to 1, or do not sum to 1.

    Examples
    --------
    A fifth stays with the frontier API, the rest goes to a brokered platform and own nodes:

    >>> engines = (Engine("API", 10.0), Engine("Broker", 1.0),
    ...            Engine("Own", node_cost_per_month=2_000, capacity_tokens_per_month=1e9))
    >>> mix = routed(1e9, engines, (0.2, 0.3, 0.5))
    >>> mix.cost_per_month, mix.savings
    (4300.0, (5700.0, -3300.0, -2300.0))

    The nodes cost the same for any share, so below a fifth diverted nothing is saved:

    >>> round(mix.pays_above_share, 3)
    0.208
    """
    _check(engines, shares)
    costs = tuple(e.cost(tokens_per_month * s) for e, s in zip(engines, shares, strict=True))
    alone = tuple(engine.cost(tokens_per_month) for engine in engines)
    total = math.fsum(costs)
    price = total / tokens_per_month * 1e6 if tokens_per_month else math.nan
    savings = tuple(cost - total for cost in alone)
    pays = _pays_above(tokens_per_month, engines, shares)
    return Route(total, price, costs, alone, savings, pays)


def _check(engines: Sequence[Engine], shares: Sequence[float]) -> None:
    if len(engines) != len(shares):
        raise ValueError(f"there are {len(engines)} engines and {len(shares)} shares")
    if not all(0 <= share <= 1 for share in shares):
        raise ValueError(f"shares are {shares!r}; each must be from 0 to 1")
    if abs(math.fsum(shares) - 1) > 1e-9:
        raise ValueError(f"shares sum to {math.fsum(shares):g}; they must sum to 1")


def _pays_above(tokens: float, engines: Sequence[Engine], shares: Sequence[float]) -> float:
    """Walk down from all that is diverted; between two node counts the cost is a straight line."""
    away = math.fsum(shares[1:])
    if not tokens or not away:
        return math.inf

    def saving(part: float) -> float:
        kept = 1 - part * away
        rest = zip(engines[1:], shares[1:], strict=True)
        mixed = math.fsum(engine.cost(tokens * part * share) for engine, share in rest)
        return engines[0].cost(tokens) - engines[0].cost(tokens * kept) - mixed

    lowest = math.inf
    for low, high in _segments(tokens, engines, shares, away):
        quarter = (high - low) / 4
        first, last = saving(low + quarter), saving(high - quarter)
        start, end = first - (last - first) / 2, last + (last - first) / 2
        if end < 0:
            break
        if start < 0:
            return (high - (high - low) * end / (end - start)) * away
        lowest = low
    return lowest * away


def _segments(
    tokens: float, engines: Sequence[Engine], shares: Sequence[float], away: float
) -> list[tuple[float, float]]:
    """Return the stretches of the diverted part with constant node counts, last one first."""
    steps = {0.0, 1.0}
    for i, (engine, share) in enumerate(zip(engines, shares, strict=True)):
        capacity = engine.capacity_tokens_per_month
        if not 0 < capacity < math.inf or (i and not share):
            continue
        full = [n * capacity / tokens for n in range(1, int(tokens / capacity) + 1)]
        steps |= {(1 - part) / away if i == 0 else part / share for part in full}
    inner = sorted({round(step, 12) for step in steps if 0 <= step <= 1})
    return list(itertools.pairwise(inner))[::-1]
