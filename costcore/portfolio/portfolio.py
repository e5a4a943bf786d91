"""What there is to choose from: workloads, engines and their costs, month by month, as arrays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from costcore.language.elementwise import Numbers
from costcore.language.quantities import HOURS_PER_MONTH, TOKENS_PER_MTOK

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

DEAREST = 10.0
"""Price of a token that nobody serves, over what one can cost that is served."""


@dataclass(frozen=True)
class Portfolio:
    """Workloads w, token-billed engines k, pools p, months t and hours h.

    All money is worth what it is worth on one day: discount it before it is put in.
    """

    tokens: Array
    """Tokens per month, t x w."""
    shapes: Array
    """Load of each hour over the mean hour, w x h."""
    hour_shares: Array
    """Part of a month that each hour stands for, h; they add to 1."""
    prices: Array
    """Per million tokens, t x w x k; inf where the pair is forbidden."""
    losses: Array
    """Expected of a month with all of a workload on an engine, in no bill, t x w x (k + p)."""
    capacity: Array
    """Tokens an hour that a node is planned to serve, w x p; 0 where it cannot or may not."""
    node_costs: Array
    """Of a node that runs through a month, t x p: rent, or what a bought one takes to run."""
    pool_costs: Array
    """Of a month in which a pool is used, t x p, beside its nodes: people of its own."""
    people: Array
    """Cost of the people and tools that all pools share, in a month in which one is used, t."""
    own_prices: Array
    """Of a million tokens on a pool, beside its nodes, t x p."""
    purchases: Array
    """Of a node that is bought in a month, less what it is worth at the end, t x p; nan: rented."""
    owned: Array
    """Nodes that are there already, p; 0 for a rented pool."""
    spares: Array
    """Nodes beside those that are planned with, p."""
    least: Array
    """Fewest nodes of a pool that is used, p."""
    most: Array
    """Most nodes of a pool, p; inf where there is no limit."""
    fees: Array
    """Of a month in which a token-billed engine is used, t x k."""
    minimums: Array
    """The least that a token-billed engine bills, t x k."""
    signed: Flags
    """Whether the minimum is owed even if the engine is not used, k."""
    moving: Array
    """One-off cost of moving a workload to an engine, w x (k + p)."""
    movable: Flags
    """Whether a workload may run in any hour, w."""
    hours_per_month: float = HOURS_PER_MONTH

    @property
    def months(self) -> int:
        """How many there are."""
        return len(self.tokens)

    @property
    def workloads(self) -> int:
        """How many there are."""
        return len(self.shapes)

    @property
    def billed(self) -> int:
        """How many token-billed engines there are."""
        return int(self.prices.shape[2])

    @property
    def pools(self) -> int:
        """How many there are."""
        return int(self.capacity.shape[1])

    @property
    def bought(self) -> Flags:
        """Which pools are bought."""
        return np.asarray(~np.isnan(self.purchases[0]))

    @cached_property
    def distinct(self) -> Portfolio:
        """The same with hours that are alike taken together: no plan costs more or less."""
        shapes, of = np.unique(self.shapes, axis=1, return_inverse=True)
        return self.grouped(of.ravel(), shapes)

    def grouped(self, group: NDArray[np.intp], shapes: Array) -> Portfolio:
        """Return the same with hours taken together.

        Where the hours of a group differ and `shapes` are their means, no plan costs more for
        it: the cost of a load is convex, so the mean load costs at most the mean of the costs.
        """
        shares = np.bincount(group, weights=self.hour_shares, minlength=shapes.shape[1])
        return replace(self, shapes=shapes, hour_shares=shares.astype(float))

    @cached_property
    def worthwhile(self) -> Portfolio:
        """The same without token-billed engines that cost a workload no less than another one.

        One is left out where the other is as cheap in every month, and to move to, and where
        neither has a minimum or fee that makes more of the bill than tokens and moves.
        """
        p, plain = self, ~((self.minimums > 0) | (self.fees > 0)).any(axis=0)
        kept = np.asarray(np.isfinite(p.prices).any(axis=0))
        costs = np.stack([p.token_costs(month) for month in range(p.months)])
        for this in np.flatnonzero(plain)[::-1]:
            for other in np.flatnonzero(plain & (np.arange(p.billed) != this)):
                less = (costs[..., other] <= costs[..., this]).all(axis=0)
                less &= p.moving[:, other] <= p.moving[:, this]
                kept[:, this] &= ~(less & kept[:, other])
        return replace(p, prices=np.where(kept, p.prices, np.inf))

    def in_units(self, money: float) -> Portfolio:
        """Return the same with all money counted in a unit."""
        return replace(self, **{name: getattr(self, name) / money for name in MONEY})

    @property
    def size(self) -> float:
        """Money that is at stake, roughly: the tokens at a mean price, or else the nodes."""
        known = self.prices[np.isfinite(self.prices)]
        mean = known.mean() if known.size else 0.0
        billed = self.tokens.sum() / TOKENS_PER_MTOK * mean
        return float(billed or self.node_costs.sum() or 1.0)

    @cached_property
    def dearest(self) -> float:
        """Price of a token that nobody serves, which no plan pays if it can be helped."""
        p = self
        finite = p.prices[np.isfinite(p.prices)].max(initial=0.0)
        finite += max(p.token_losses(month).max(initial=0.0) for month in range(p.months))
        hour = np.where(
            p.capacity > 0, TOKENS_PER_MTOK / np.where(p.capacity > 0, p.capacity, 1), 0
        )
        bought = np.nan_to_num(p.purchases).max(axis=0) + p.node_costs.max(axis=0)
        nodes = (hour * bought).max(initial=0.0) * p.shapes.max() / p.hours_per_month
        fixed = p.pool_costs.sum() + p.people.sum() + p.fees.sum() + p.minimums.sum()
        fixed += p.moving.sum()
        fixed += ((p.spares + p.least) * bought).sum()
        least = p.tokens[p.tokens > 0].min(initial=p.tokens.max()) / TOKENS_PER_MTOK
        return float(DEAREST * (finite + nodes + fixed / max(least, 1.0)))

    @property
    def hours(self) -> Array:
        """Hours of a month that each hour of the shapes stands for, h."""
        return self.hour_shares * self.hours_per_month

    def load(self, month: int) -> Array:
        """Million tokens in each hour, as often as a month has it, w x h."""
        mtok = self.tokens[month][:, None] / TOKENS_PER_MTOK
        return np.asarray(mtok * self.shapes * self.hour_shares)

    def token_losses(self, month: int) -> Array:
        """Loss that is expected of a million tokens by engine, w x (k + p)."""
        mtok = self.tokens[month][:, None] / TOKENS_PER_MTOK
        return np.where(mtok > 0, self.losses[month] / np.where(mtok > 0, mtok, 1.0), 0.0)

    def token_costs(self, month: int) -> Array:
        """Cost of a million tokens with that loss, beside nodes; inf: forbidden, w x (k + p)."""
        own = np.tile(self.own_prices[month], (self.workloads, 1))
        return np.concatenate([self.prices[month], own], axis=1) + self.token_losses(month)

    def optional(self, month: int) -> Flags:
        """Which token-billed engines cost something beside their tokens once they are used."""
        offered = (self.minimums[month] > 0) & ~self.signed
        return np.asarray((self.fees[month] > 0) | offered)

    def standing(self, month: int, nodes: Array, opened: Flags) -> float:
        """Cost of a month beside its tokens, purchases and moves, with nodes without spares."""
        used, running = nodes > 0, nodes + self.spares * (nodes > 0)
        pools = (running * self.node_costs[month] + used * self.pool_costs[month]).sum()
        engines = opened[:, : self.billed].any(axis=0) & self.optional(month)
        return float(pools + used.any() * self.people[month] + self.fees[month][engines].sum())

    def month(self, month: int) -> Portfolio:
        """Return one month alone; what is bought, or moved, costs its part of the months left.

        A move counts in the months in which its workload has tokens.
        """
        runs = np.maximum((self.tokens[month:] > 0).sum(axis=0), 1)[:, None]
        purchases = self.purchases[month : month + 1] / (self.months - month)
        return replace(self.alone(month), purchases=purchases, moving=self.moving / runs)

    def alone(self, month: int) -> Portfolio:
        """Return one month alone, in which every node is rented."""
        cut = {name: getattr(self, name)[month : month + 1] for name in BY_MONTH}
        return replace(self, **{**cut, "purchases": cut["purchases"] * np.nan})

    def with_tokens(self, factor: float) -> Portfolio:
        """Return the same with so many times the tokens; what is lost at a breach stays."""
        return replace(self, tokens=self.tokens * factor)

    def priced_at(self, engine: int, factor: float) -> Portfolio:
        """Return the same with one engine at so many times its price; what is signed is owed."""
        scaled: dict[str, Array] = {}
        for name in ("prices", "fees", "minimums") if engine < self.billed else POOL_MONEY:
            place = engine if engine < self.billed else engine - self.billed
            if name == "minimums" and self.signed[place]:
                continue
            money = scaled[name] = getattr(self, name).copy()
            known = np.isfinite(money[..., place])  # a forbidden engine is not free
            money[..., place][known] *= factor
        return replace(self, **scaled)  # type: ignore[arg-type]  # mypy takes the fields in turn

    def without(self, workload: int, engine: int) -> Portfolio:
        """Return the same with one engine forbidden to a workload."""
        prices, capacity = self.prices.copy(), self.capacity.copy()
        if engine < self.billed:
            prices[:, workload, engine] = np.inf
        else:
            capacity[workload, engine - self.billed] = 0.0
        return replace(self, prices=prices, capacity=capacity)


POOL_MONEY = ("node_costs", "pool_costs", "purchases")
BY_MONTH = (
    "tokens",
    "prices",
    "losses",
    "node_costs",
    "pool_costs",
    "people",
    "own_prices",
    "purchases",
    "fees",
    "minimums",
)
MONEY = (*BY_MONTH[1:], "moving")


def one_month(
    tokens_per_month: Numbers,
    shapes: Numbers,
    prices: Numbers,
    capacity: Numbers,
    node_costs: Numbers,
    pool_costs: Numbers = 0.0,
    people: float = 0.0,
    spares: Numbers = 0.0,
    hours_per_month: float = HOURS_PER_MONTH,
) -> Portfolio:
    """Return a portfolio of one month, in which every node is rented.

    Parameters
    ----------
    prices, capacity
        A row for each workload: prices of the token-billed engines, inf where forbidden;
        tokens that a node of each pool serves in an hour, 0 where it cannot or may not.
    node_costs, pool_costs, spares
        One for each pool.
    """
    tokens = np.atleast_2d(np.asarray(tokens_per_month, float))
    hours = np.asarray(shapes, float)
    workloads = tokens.shape[1]
    billed = np.asarray(prices, float).reshape(workloads, -1)
    able = np.asarray(capacity, float).reshape(workloads, -1)
    engines, pools = np.zeros((1, billed.shape[1])), np.zeros(able.shape[1])
    return Portfolio(
        tokens=tokens,
        shapes=hours,
        hour_shares=np.full(hours.shape[1], 1 / hours.shape[1]),
        prices=billed[None],
        losses=np.zeros((1, workloads, engines.size + pools.size)),
        capacity=able,
        node_costs=(pools + np.asarray(node_costs, float))[None],
        pool_costs=(pools + np.asarray(pool_costs, float))[None],
        people=np.array([people], float),
        own_prices=pools[None],
        purchases=np.full((1, pools.size), np.nan),
        owned=pools,
        spares=pools + np.asarray(spares, float),
        least=pools + 1.0,
        most=np.full(pools.size, np.inf),
        fees=engines,
        minimums=engines,
        signed=np.zeros(engines.size, dtype=bool),
        moving=np.zeros((workloads, engines.size + pools.size)),
        movable=np.zeros(workloads, dtype=bool),
        hours_per_month=hours_per_month,
    )
