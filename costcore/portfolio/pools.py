"""A pool of equal nodes that several workloads share: what each hour needs, in nodes.

A node serves so many tokens of a workload in an hour; what an hour needs of it is a share of
that hour, and the needs of different workloads add. All hours stand for the same part of a month.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from costcore.language.elementwise import Numbers
from costcore.nodes.capacity import whole_nodes

Array = NDArray[np.float64]


def mean_nodes(
    tokens_per_month: Numbers, capacity_tokens_per_hour: Numbers, hours_per_month: Numbers
) -> Numbers:
    """Nodes that a workload fills in its mean hour.

    >>> mean_nodes(7.3e9, 10e6, 730)
    1.0
    """
    return tokens_per_month / hours_per_month / capacity_tokens_per_hour


def over_mean(load: Numbers, mean_load: Numbers) -> Numbers:
    """Load of an hour over that of the mean hour, in whatever it was counted; 0 where none is.

    >>> over_mean(np.array([3.0, 1.0]), 2.0).tolist(), over_mean(np.zeros(1), 0.0).tolist()
    ([1.5, 0.5], [0.0])
    """
    with np.errstate(all="ignore"):
        return np.where(mean_load > 0, load / mean_load, 0.0)


def pool_nodes(
    peak_nodes: Numbers,
    burst_factor: Numbers,
    max_load_share: Numbers,
    sla_share: Numbers,
    min_nodes: Numbers,
    spare_nodes: Numbers,
) -> Numbers:
    """Whole nodes of a pool that is built for its peak; none where nothing is sent to it.

    >>> float(pool_nodes(2.0, 1.2, 0.8, 0.9, min_nodes=1, spare_nodes=1))
    5.0
    >>> float(pool_nodes(0.0, 1.2, 0.8, 0.9, 1, 1))
    0.0
    """
    planned = whole_nodes(peak_nodes * burst_factor / (max_load_share * sla_share))
    return np.where(peak_nodes > 0, np.maximum(min_nodes, planned) + spare_nodes, 0.0)


def filled(hours: Array, movable_nodes: float) -> Array:
    """Need of each hour once movable work is poured where the rest is lowest.

    Parameters
    ----------
    hours
        What cannot be moved, in nodes.
    movable_nodes
        Movable work, in node-hours.

    Examples
    --------
    Like water: the valleys fill first, all to one level.

    >>> filled(np.array([1.0, 3.0, 2.0]), 3.0).tolist()
    [3.0, 3.0, 3.0]

    Too little to reach the second valley stays in the first:

    >>> filled(np.array([1.0, 3.0, 2.0]), 0.5).tolist()
    [1.5, 3.0, 2.0]
    """
    valleys = np.sort(hours)
    levels = (np.cumsum(valleys) + movable_nodes) / np.arange(1, hours.size + 1)
    level = levels[np.flatnonzero(levels >= valleys)[-1]]
    return np.asarray(np.maximum(hours, level))


def busiest_hours(factors: Array) -> Array:
    """Return the hours, as rows, that can be the busiest of all: none is below another one.

    >>> busiest_hours(np.array([[1.0, 2.0], [1.0, 1.5], [3.0, 0.0], [1.0, 2.0]])).tolist()
    [[1.0, 2.0], [3.0, 0.0]]
    """
    rows = np.unique(factors, axis=0)
    above = (rows[:, None] <= rows).all(axis=2) & ~np.eye(len(rows), dtype=bool)
    return np.asarray(rows[~above.any(axis=1)])


@dataclass(frozen=True)
class Pool:
    """The need of several workloads in every hour of a week or a day."""

    need: Array
    """Nodes, workloads x hours."""
    movable: NDArray[np.bool_]
    """Which workloads may run in any hour."""

    @property
    def hours(self) -> Array:
        """Need of each hour, all workloads together, movable work in the valleys."""
        fixed = self.need[~self.movable].sum(axis=0)
        return filled(fixed, float(self.need[self.movable].sum()))

    @property
    def peak(self) -> float:
        """Nodes' worth in the busiest hour."""
        return float(self.hours.max())

    @property
    def separate_peaks(self) -> Array:
        """Nodes' worth that each workload would fill in its busiest hour if it were alone."""
        peaks = np.where(self.movable, self.need.mean(axis=1), self.need.max(axis=1))
        return np.asarray(peaks)

    def kept(self, nodes: float, worth: Numbers) -> Array:
        """Mean nodes that each workload gets of a pool that may be too small.

        What is worth most for a node-hour is kept first: the overflow price less the own
        price, times the tokens that a node serves in an hour. No hourly plan is cheaper.

        Examples
        --------
        Two workloads with opposite hours on one node; the one worth less is bought elsewhere:

        >>> pool = Pool(np.array([[1.5, 0.5], [0.5, 1.5]]), np.array([False, False]))
        >>> pool.kept(1, worth=[2.0, 1.0]).tolist()
        [0.75, 0.25]

        Movable work makes way for what cannot be moved, though it is worth more:

        >>> Pool(pool.need, np.array([True, False])).kept(1, worth=[2.0, 1.0]).tolist()
        [1.0, 0.0]
        """
        kept = np.zeros(len(self.need))
        before, first = 0.0, np.zeros(len(self.need), dtype=bool)
        for workload in np.argsort(-np.asarray(worth, float), kind="stable"):
            first[workload] = True
            served = self._served(nodes, first)
            kept[workload], before = served - before, served
        return kept

    def _served(self, nodes: float, some: NDArray[np.bool_]) -> float:
        """Mean nodes that some of the workloads can fill together."""
        fixed = np.minimum(self.need[some & ~self.movable].sum(axis=0), nodes).mean()
        moved = self.need[some & self.movable].mean(axis=1).sum()
        return float(fixed + min(moved, nodes - fixed))


def pool_of(
    tokens_per_month: Numbers,
    shapes: Numbers,
    capacity_tokens_per_hour: Numbers,
    hours_per_month: float,
    movable: Numbers = False,
) -> Pool:
    """Return the need of workloads on a pool.

    Parameters
    ----------
    tokens_per_month, capacity_tokens_per_hour, movable
        One for each workload.
    shapes
        Load of each hour over the mean hour, workloads x hours.

    Examples
    --------
    Two loads that peak when the other rests need two nodes together, and two each alone:

    >>> pool = pool_of([7.3e9, 7.3e9], [[1.5, 0.5], [0.5, 1.5]], [10e6, 10e6], 730)
    >>> pool.peak, pool.separate_peaks.tolist()
    (2.0, [1.5, 1.5])
    """
    tokens = np.asarray(tokens_per_month, float)
    with np.errstate(all="ignore"):
        mean = np.where(
            tokens > 0, mean_nodes(tokens, capacity_tokens_per_hour, hours_per_month), 0
        )
    need = mean[:, None] * np.asarray(shapes, float)
    return Pool(need, np.broadcast_to(np.asarray(movable, bool), tokens.shape))
