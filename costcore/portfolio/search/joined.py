"""Known months, joined to a plan: one of each, and purchases and moves that do for all of them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from costcore.portfolio.portfolio import Array, Flags, Portfolio
from costcore.portfolio.search.work import Row, Rules, UnsolvedError, Work, row_matrix

NODE_LIMIT = 2_000
"""Branches that are looked at: what is found is a plan, and nothing is proven by it."""


@dataclass(frozen=True)
class Known:
    """A month that was priced."""

    nodes: Array
    """Without spares, p."""
    opened: Flags
    """Which engines a workload might use, w x (k + p)."""
    used: Flags
    """Which it uses, w x (k + p)."""
    cost: float
    """All of it, but for purchases and moves."""

    @property
    def key(self) -> tuple[bytes, bytes]:
        """What it chooses, as no other does."""
        return self.nodes.tobytes(), self.opened.tobytes()

    def near(self, portfolio: Portfolio) -> Iterator[Known]:
        """Yield the months with a node more or less in one pool, that nobody has priced."""
        p = portfolio
        few_of_each = np.maximum(p.least, 1.0)
        for q in np.flatnonzero(few_of_each <= p.most):
            few = few_of_each[q]
            for count in (self.nodes[q] + 1, self.nodes[q] - 1):
                nodes, opened = self.nodes.copy(), self.opened.copy()
                nodes[q] = (
                    0.0 if count < self.nodes[q] < few + 1 else min(max(count, few), p.most[q])
                )
                still = opened[:, p.billed + q] | (p.moving[:, p.billed + q] == 0)
                opened[:, p.billed + q] = still & (nodes[q] > 0)
                yield Known(nodes, opened, opened, np.inf)


@dataclass(frozen=True)
class Joined:
    """A plan made of known months."""

    months: list[Known]
    bought: Array
    """Nodes bought in each month, t x p."""
    moved: Flags
    """Which workloads are moved, w x (k + p)."""


@dataclass
class Joining:
    """The program that chooses: a variable for each known month, each purchase and each move."""

    portfolio: Portfolio
    work: Work
    known: Sequence[Sequence[Known]]
    rows: list[Row] = field(default_factory=list)
    limits: list[tuple[float, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        p = self.portfolio
        first = np.cumsum([0, *map(len, self.known)])
        self.months = [np.arange(*ends) for ends in itertools.pairwise(first)]
        self.bought = first[-1] + np.arange(p.months * p.pools).reshape(p.months, p.pools)
        self.moved = first[-1] + self.bought.size + np.arange(p.moving.size).reshape(p.moving.shape)
        for t, each in enumerate(self.known):
            self._rules(t, each)

    def _rules(self, t: int, known: Sequence[Known]) -> None:
        """Take one month, that has its nodes and moves."""
        p, at = self.portfolio, self.months[t]
        self._add(at, np.ones(at.size), 1.0, 1.0)
        nodes = np.stack([each.nodes + p.spares * (each.nodes > 0) for each in known])
        for q in np.flatnonzero(p.bought):
            columns = np.concatenate([at, self.bought[: t + 1, q]])
            values = np.concatenate([nodes[:, q], -np.ones(t + 1)])
            self._add(columns, values, -np.inf, float(p.owned[q]))
        used = np.stack([each.used for each in known])
        for w, o in zip(*np.nonzero((p.moving > 0) & used.any(axis=0)), strict=True):
            columns = np.append(at, self.moved[w, o])
            self._add(columns, np.append(used[:, w, o].astype(float), -1.0), -np.inf, 0.0)

    def _add(self, columns: NDArray[np.intp], values: Array, low: float, high: float) -> None:
        self.rows.append((columns, values))
        self.limits.append((low, high))

    def solve(self, gap: float) -> Joined | None:
        """Return the cheapest plan of known months, or nothing where none was seen."""
        cost, (low, high) = self._costs(), zip(*self.limits, strict=True)
        matrix = row_matrix(self.rows, cost.size)
        rules = Rules(cost, matrix, low, high, np.ones(cost.size), self._highest())
        found = None
        with suppress(UnsolvedError):
            found = self.work.whole(rules, gap, NODE_LIMIT)
        if found is None:
            return None
        x = found.x
        months = [
            each[int(x[at].argmax())] for each, at in zip(self.known, self.months, strict=True)
        ]
        return Joined(months, x[self.bought], x[self.moved] > 0)

    def _costs(self) -> Array:
        p = self.portfolio
        months = [each.cost for known in self.known for each in known]
        purchases = np.where(p.bought, p.purchases, 0.0).ravel()
        return np.concatenate([months, purchases, p.moving.ravel()])

    def _highest(self) -> Array:
        """Buy no more than a known month has; take a month, and move, once."""
        p = self.portfolio
        highest = np.ones(self.moved.max(initial=self.bought.max(initial=0)) + 1)
        nodes = np.max([each.nodes for known in self.known for each in known], axis=0)
        highest[self.bought] = np.where(p.bought, nodes + p.spares, 0.0)
        return highest
