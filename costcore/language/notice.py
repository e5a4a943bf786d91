"""Values that a model could compute with and nobody means, such as a volume in millions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from costcore.language.quantities import QUANTITIES

SHARE_BESIDE = 1_000.0
"""A residual below 1 beside a purchase above this is a share typed where money belongs."""


class Notice(NamedTuple):
    """Where an argument holds what nobody means, and the sentence that says so."""

    where: NDArray[np.bool_]
    sentence: str


def notices(arguments: Mapping[str, object]) -> Iterator[Notice]:
    """Yield what is noticed on the arguments of a call; those that are no numbers are passed over.

    >>> [notice] = notices({"tokens_per_month": 500.0})
    >>> print(notice.sentence)
    tokens_per_month is 500; it must be 0 or at least 100000: it is in tokens, not in millions.
    >>> list(notices({"tokens_per_month": 500e6}))
    []
    """
    numbers = {n: np.asarray(v, dtype=float) for n, v in arguments.items() if _looked_at(n, v)}
    for name, column in numbers.items():
        if column.ndim == 0 and not 0 < column.item() < QUANTITIES[name].least:
            continue  # a spreadsheet asks so, in thousands of cells
        if (small := QUANTITIES[name].small(column)).any():
            yield Notice(small, _told(name, column, small, QUANTITIES[name].small_rule))
    if {"residual", "capex"} <= set(numbers):
        yield from _residual(numbers["residual"], numbers["capex"])


def _looked_at(name: str, value: object) -> bool:
    meant = name in ("residual", "capex") or bool(QUANTITIES[name].least)
    return meant and isinstance(value, int | float | np.ndarray)


def _residual(residual: NDArray[np.float64], capex: NDArray[np.float64]) -> Iterator[Notice]:
    residual, capex = np.broadcast_arrays(residual, capex)
    if (above := residual > capex).any():
        yield Notice(above, _told("residual", residual, above, "at most the purchase, capex"))
    share = (residual > 0) & (residual < 1) & (capex > SHARE_BESIDE)
    if share.any():
        rule = "money, not a share of the purchase"
        yield Notice(share, _told("residual", residual, share, rule))


def _told(name: str, column: NDArray[np.float64], where: NDArray[np.bool_], rule: str) -> str:
    return f"{name} is {column[where].flat[0]:g}; it must be {rule}."
