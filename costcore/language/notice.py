"""Values that a model could compute with and nobody means, such as a volume in millions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from costcore.language.quantities import HOURS_PER_MONTH, QUANTITIES, TOKENS_PER_MTOK

SHARE_BESIDE = 1_000.0
"""A residual below 1 beside a purchase above this is a share typed where money belongs."""
PERCENT = 100.0
"""One up to this, and below a hundredth of the purchase, is a percentage."""
HOURS = (720.0, 730.0, 744.0, 8_760.0)
"""Hours of a month or a year, typed where machines are counted."""
BESIDE = ("residual", "capex", "node_cost_per_month", "hourly_tokens", "count")
"""What is looked at beside another argument."""
Given = Mapping[str, NDArray[np.float64]]


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
    if {"api_price_per_mtok", "node_cost_per_month"} <= set(numbers):
        yield from _swapped(numbers)
    if {"hourly_tokens", "capacity_tokens_per_hour"} <= set(numbers):
        yield from _hourly(numbers["hourly_tokens"])
    if "count" in numbers and "hours_per_month" not in arguments:
        yield from _hours(numbers["count"])


def _looked_at(name: str, value: object) -> bool:
    meant = name in BESIDE or bool(QUANTITIES[name].least)
    return meant and isinstance(value, int | float | np.ndarray)


def _residual(residual: NDArray[np.float64], capex: NDArray[np.float64]) -> Iterator[Notice]:
    residual, capex = np.broadcast_arrays(residual, capex)
    if (above := residual > capex).any():
        yield Notice(above, _told("residual", residual, above, "at most the purchase, capex"))
    share = (residual > 0) & (residual < 1) & (capex > SHARE_BESIDE)
    share |= (residual > 0) & (residual <= PERCENT) & (residual * PERCENT < capex)
    if share.any():
        rule = "money, not a share of the purchase"
        yield Notice(share, _told("residual", residual, share, rule))


def _swapped(numbers: Given) -> Iterator[Notice]:
    """Notice a node that costs less than 100,000 tokens: its price stands in their place."""
    name = "node_cost_per_month"
    price, node = np.broadcast_arrays(numbers["api_price_per_mtok"], numbers[name])
    swapped = (node > 0) & (node * TOKENS_PER_MTOK < price * QUANTITIES["tokens_per_month"].least)
    if swapped.any():
        rule = "0 or at least what 100,000 tokens cost: the price of tokens stands before it"
        yield Notice(swapped, _told(name, node, swapped, rule))


def _hourly(tokens: NDArray[np.float64]) -> Iterator[Notice]:
    month = np.asarray(np.mean(tokens) * HOURS_PER_MONTH if tokens.size else 0.0)
    small = QUANTITIES["tokens_per_month"].small(month)
    if small.any():
        rule = "in tokens, not in millions: they are fewer than 100,000 a month"
        yield Notice(small, f"hourly_tokens is {np.mean(tokens):g} on average; it must be {rule}.")


def _hours(count: NDArray[np.float64]) -> Iterator[Notice]:
    hours = np.isin(count, HOURS)
    if hours.any():
        rule = "machines, not the hours of a month: give hours_per_month, too, if it is meant"
        yield Notice(hours, _told("count", count, hours, rule))


def _told(name: str, column: NDArray[np.float64], where: NDArray[np.bool_], rule: str) -> str:
    return f"{name} is {column[where].flat[0]:g}; it must be {rule}."
