"""The cheapest mix of engines: which workload goes where, on how many nodes, from which month.

HiGHS solves every program of the search, and its bounds prove how far from the best any plan can
still be. The plan that is found is priced on all hours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from costcore.portfolio.portfolio import Array, Portfolio
from costcore.portfolio.search.rounds import EXACT, GAP, SOLVER, Rounds
from costcore.portfolio.search.work import MOST_WORK, SpentError, UnsolvedError, Work


@dataclass(frozen=True)
class Mix:
    """The best plan that was found, and how good any other could still be."""

    cost: float
    bound: float
    """No plan costs less than this; that is proven."""
    nodes: Array
    """Of each pool in each month, spares included, t x p."""
    bought: Array
    """Nodes bought in each month, t x p."""
    mtok: Array
    """Million tokens, t x w x (k + p)."""
    tokens_cost: Array
    """What the tokens of each month cost: bills, the own price of pools, and losses, t."""
    stopped: bool = False
    """Whether somebody stopped the search before it was done."""
    spent: bool = False
    """Whether the search came to the end of the work it may do."""

    @property
    def gap(self) -> float:
        """Part of the cost that another plan could at most save."""
        return max(0.0, self.cost - self.bound) / abs(self.cost) if self.cost else 0.0

    @property
    def shares(self) -> Array:
        """Of a workload's tokens in a month, t x w x (k + p); 0 where it has none."""
        total = self.mtok.sum(axis=2, keepdims=True)
        return np.where(total > 0, self.mtok / np.where(total > 0, total, 1.0), 0.0)

    @property
    def first_month(self) -> float:
        """First month, from 1, in which own nodes are used; inf where none are."""
        used = (self.nodes > 0).any(axis=1)
        return float(np.argmax(used) + 1) if used.any() else np.inf


def cheapest_mix(
    portfolio: Portfolio,
    gap: float = GAP,
    told: Callable[[float, float], None] | None = None,
    work: float = MOST_WORK,
) -> Mix:
    """Find the cheapest plan, up to a proven gap.

    Parameters
    ----------
    gap
        Part of the cost that may be left unproven; at 0 the best plan is found.
    told
        Is called after each round with the cost of the best plan so far, inf where none serves
        all, and its gap. KeyboardInterrupt stops the search after the round it came in.
    work
        The search ends after so much of it, counted in seconds that programs of their sizes take
        on one core; it is not timed, so the same portfolio ends alike on every machine. Only on
        one that needs twice as long a clock ends it.

    Returns
    -------
    Mix
        The same one for the same portfolio; `stopped` where the search was interrupted, `spent`
        where its work was at an end.

    Raises
    ------
    UnservedError
        If no engine can serve a workload.
    UnsolvedError
        If the best plan was asked for, and is not known because the solver failed.

    Examples
    --------
    Two workloads that peak when the other rests; one node, and the API for what is above it:

    >>> from costcore.portfolio.portfolio import one_month
    >>> two = one_month([7.3e9, 7.3e9], [[1.5, 0.5], [0.5, 1.5]], prices=[[0.2], [0.1]],
    ...                 capacity=[[10e6], [10e6]], node_costs=[1_000])
    >>> mix = cheapest_mix(two)
    >>> round(mix.cost, 6), mix.nodes.tolist()
    (1912.5, [[1.0]])

    Where people come with the first node, it no longer pays:

    >>> mix = cheapest_mix(one_month([7.3e9, 7.3e9], [[1.5, 0.5], [0.5, 1.5]], [[0.2], [0.1]],
    ...                          [[10e6], [10e6]], [1_000], people=500))
    >>> round(mix.cost, 6), mix.nodes.tolist()
    (2190.0, [[0.0]])
    """
    search, stopped = Rounds(portfolio, Work()), False
    failed: UnsolvedError | None = None
    search.work.more(work)  # a first plan is priced in any case
    try:
        for _ in search.rounds(max(gap, EXACT)):
            if told:
                told(search.cost, search.gap)
    except SpentError:
        search.finish()
    except UnsolvedError as error:
        failed = error
        search.finish()
    except KeyboardInterrupt:
        if not np.isfinite(search.cost):
            raise
        stopped = True
    if failed and not np.isfinite(search.cost):
        raise failed
    plan = search.best()
    bound = min(search.least * search.unit, plan.cost)
    found = plan.nodes, plan.bought, plan.mtok, plan.tokens_cost
    mix = Mix(plan.cost, bound, *found, stopped, search.spent)
    if failed and gap < SOLVER < mix.gap:
        raise failed
    return mix
