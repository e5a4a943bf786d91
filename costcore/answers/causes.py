"""What each cause adds to the difference between two states of a plan, whatever their order.

A cause is swapped from one state to the other. What it adds depends on what was swapped before,
so it is averaged over all orders: the Shapley value, the only split that adds up, treats equal
causes equally and gives nothing to a cause that changes nothing.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection
from functools import cache
from math import factorial

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Costs = Callable[[frozenset[int]], Array]
"""Cost of one or more options with some causes swapped."""
EVERY_ORDER = 6
"""So many causes are swapped in every order; more of them one or two at a time, from both ends."""


def steps(count: int, costs: Costs, every_order: int = EVERY_ORDER) -> tuple[Array, Array]:
    """Return what each cause adds to each option, and what of it was spread in proportion.

    Up to `every_order` causes are swapped in every order, and nothing is spread. Of more causes
    the mean over orders is taken as an integral over how many are swapped, by Hermite's rule from
    its values and slopes at both ends. That is exact where no more than four causes act together;
    what is left of the difference is spread in proportion to the size of each step.

    Returns
    -------
    tuple of ndarray
        Steps of shape (causes, options), which add up to the difference, and the rest that was
        spread, of shape (options,).

    Examples
    --------
    Twice the volume at half the price: each of the two explains its half of the way.

    >>> def bill(swapped):
    ...     return np.array([(20.0 if 0 in swapped else 10.0) * (1.0 if 1 in swapped else 2.0)])
    >>> steps(2, bill)[0].tolist()
    [[15.0], [-15.0]]

    A cause that changes nothing adds nothing:

    >>> steps(3, bill)[0].round(9).tolist()
    [[15.0], [-15.0], [0.0]]
    """
    known = cache(costs)
    if count <= every_order:
        found = [_mean_of_orders(each, count, known) for each in range(count)]
        rest = np.zeros_like(known(frozenset()))
        return np.array(found).reshape(count, rest.size), rest
    return _from_both_ends(count, known)


def _mean_of_orders(one: int, count: int, costs: Costs) -> Array:
    others = [each for each in range(count) if each != one]
    total = np.zeros_like(costs(frozenset()))
    for size in range(count):
        weight = factorial(size) * factorial(count - size - 1) / factorial(count)
        for before in map(frozenset, itertools.combinations(others, size)):
            total = total + weight * (costs(before | {one}) - costs(before))
    return total


def _from_both_ends(count: int, costs: Costs) -> tuple[Array, Array]:
    everything = frozenset(range(count))
    none, all_ = costs(frozenset()), costs(everything)

    def swapped(*causes: int) -> Array:
        return costs(frozenset(causes))

    def kept(*causes: int) -> Array:
        return costs(everything - frozenset(causes))

    found = []
    for one in range(count):
        first, last = swapped(one) - none, all_ - kept(one)
        slope = np.zeros_like(none)
        for other in everything - {one}:
            early = swapped(one, other) - swapped(one) - swapped(other) + none
            late = all_ - kept(one) - kept(other) + kept(one, other)
            slope = slope + early - late
        found.append((first + last) / 2 + slope / 12)
    return _completed(np.array(found), all_ - none)


def _completed(found: Array, difference: Array) -> tuple[Array, Array]:
    """Spread what the steps leave of the difference in proportion to their sizes."""
    rest = difference - found.sum(axis=0)
    sizes = np.abs(found).sum(axis=0)
    shares = np.divide(
        np.abs(found), sizes, out=np.full_like(found, 1 / len(found)), where=sizes > 0
    )
    return found + shares * rest, rest


def to_the_cent(start: float, moved: Collection[float], end: float) -> list[float]:
    """Return steps in whole cents that lead from one rounded amount to the other.

    Cents that rounding leaves go to the steps that were cut most.

    >>> to_the_cent(0.0, [1 / 3, 1 / 3, 1 / 3], 1.0)
    [0.34, 0.33, 0.33]
    """
    amounts = np.array([*moved], float) * 100
    whole = np.floor(amounts)
    left = round(round(end, 2) * 100) - round(round(start, 2) * 100) - int(whole.sum())
    most = np.argsort(whole - amounts, kind="stable")
    for place in range(abs(left)):
        whole[most[place % len(most)]] += np.sign(left)
    return [float(each) / 100 for each in whole]
