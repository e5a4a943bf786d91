"""Draw inputs that are not known exactly, evenly and the same for the same seed.

A range is low, base and high. Its draws are quasi-random: point n of a Halton
sequence whose digits are shuffled by the seed, which fills the ranges far more
evenly than chance does. The same seed gives the same bytes, and more draws keep
the ones before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import NormalDist
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Draws: TypeAlias = NDArray[np.float64]

FINEST_SHARE = 2.0**-32
TABLE_STEPS = 4096


def halton(numbers: ArrayLike, inputs: int, seed: int) -> Draws:
    """Points of the unit cube, by number; each input has a prime base and shuffled digits.

    Returns
    -------
    ndarray of shape (inputs, numbers), shares between 0 and 1
        Ends excluded.

    Examples
    --------
    Of 4,096 points exactly half are in the lower half:

    >>> points = halton(np.arange(4096), inputs=3, seed=1)
    >>> int(np.sum(points[0] < 0.5))
    2048

    A second seed gives other points, as even as the first:

    >>> other = halton(np.arange(4096), inputs=3, seed=2)
    >>> np.array_equal(other, points), int(np.sum(other[0] < 0.5))
    (False, 2048)
    """
    wanted = np.asarray(numbers, np.int64)
    return np.stack([_shuffled(wanted, base, seed) for base in primes(inputs)])


def primes(count: int) -> list[int]:
    """Return the first primes.

    >>> primes(5)
    [2, 3, 5, 7, 11]
    """
    found: list[int] = []
    number = 2
    while len(found) < count:
        if all(number % each for each in found):
            found.append(number)
        number += 1
    return found


def _shuffled(numbers: NDArray[np.int64], base: int, seed: int) -> Draws:
    """Mirror the digits of the numbers at the point, each digit through its own shuffle."""
    chance = np.random.default_rng([seed, base])
    rest, weight = numbers, 1.0
    place: Any = np.zeros(numbers.shape)
    while weight > FINEST_SHARE:
        weight /= base
        rest, digits = np.divmod(rest, base)
        place += chance.permutation(base)[digits] * weight
        if not rest.any():
            rest = rest[:1]  # only leading zeros are left, the same for all
    return np.asarray(place + weight / 2)


def _fixed(share: Draws, low: float, base: float, high: float) -> Draws:
    return np.full(share.shape, base)


def _uniform(share: Draws, low: float, base: float, high: float) -> Draws:
    return low + share * (high - low)


def _triangular(share: Draws, low: float, base: float, high: float) -> Draws:
    rising = low + np.sqrt(share * (high - low) * (base - low))
    falling = high - np.sqrt((1 - share) * (high - low) * (high - base))
    return np.where(share * (high - low) < base - low, rising, falling)


def _pert(share: Draws, low: float, base: float, high: float) -> Draws:
    """Invert the beta distribution by table; in the angle its density has no corners."""
    rise = 1 + 4 * (base - low) / (high - low)
    half = np.linspace(0, np.pi / 2, TABLE_STEPS + 1)
    density = np.sin(half) ** (2 * rise - 1) * np.cos(half) ** (2 * (6 - rise) - 1)
    below = np.concatenate([[0.0], np.cumsum(density[1:] + density[:-1])])
    return np.asarray(low + (high - low) * np.interp(share, below / below[-1], np.sin(half) ** 2))


def _lognormal(share: Draws, low: float, base: float, high: float) -> Draws:
    if low <= 0:
        raise ValueError(f"a lognormal range is above 0, and its P10 is {low:g}")
    normal = NormalDist()
    steps = np.fromiter(map(normal.inv_cdf, share.ravel()), float, share.size)
    width = np.log(high / low) / (2 * normal.inv_cdf(0.9))
    return np.asarray(np.sqrt(low * high) * np.exp(width * steps.reshape(share.shape)))


SHAPES: Mapping[str, Callable[[Draws, float, float, float], Draws]] = MappingProxyType(
    {
        "pert": _pert,
        "triangular": _triangular,
        "uniform": _uniform,
        "lognormal": _lognormal,
        "fixed": _fixed,
    }
)


def spread(shares: Draws, low: float, base: float, high: float, shape: str = "pert") -> Draws:
    """Values of a range at some shares of its probability.

    ``pert`` counts the base four times as much as an end, ``triangular`` and
    ``uniform`` are what they say, ``lognormal`` takes low and high as P10 and P90,
    and ``fixed`` is always the base.

    Raises
    ------
    ValueError
        If the shape is unknown, low, base and high are out of order, or a
        lognormal range is not above 0.

    Examples
    --------
    >>> spread(np.array([0.1, 0.5, 0.9]), 0, 5, 10).round(2).tolist()
    [2.47, 5.0, 7.53]

    A lognormal has no ends, so a tenth of it lies beyond the high:

    >>> spread(np.array([0.1, 0.5, 0.9, 0.99]), 1, 2, 4, "lognormal").round(2).tolist()
    [1.0, 2.0, 4.0, 7.04]
    """
    if shape not in SHAPES:
        raise ValueError(f"shape is {shape!r}; it must be one of {', '.join(SHAPES)}")
    if not low <= base <= high:
        raise ValueError(f"low is {low:g}, base {base:g} and high {high:g}; they must not fall")
    return (SHAPES[shape] if low < high else _fixed)(shares, low, base, high)
