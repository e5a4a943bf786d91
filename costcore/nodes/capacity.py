"""What hardware serves in a month, and how many nodes a volume needs."""

from __future__ import annotations

import numpy as np

from costcore.language.elementwise import Numbers, as_numbers, elementwise, explained
from costcore.language.quantities import HOURS_PER_MONTH, SECONDS_PER_HOUR


@elementwise
def capacity_tokens(
    tokens_per_second: Numbers,
    load_share: Numbers = 1.0,
    hours_per_month: Numbers = HOURS_PER_MONTH,
) -> Numbers:
    """Tokens one node serves in a month.

    Returns
    -------
    float or ndarray, tokens per month

    Examples
    --------
    150 tokens a second through a month of 720 hours:

    >>> capacity_tokens(150, hours_per_month=720)
    388800000.0

    A node that is busy a third of the time serves a third, and costs the same:

    >>> capacity_tokens(150, load_share=1/3, hours_per_month=720)
    129600000.0
    """
    return tokens_per_second * SECONDS_PER_HOUR * hours_per_month * load_share


@elementwise
def nodes_needed(
    tokens_per_month: Numbers,
    capacity_tokens_per_month: Numbers,
    peak_factor: Numbers = 1.0,
    max_load_share: Numbers = 1.0,
    spare_nodes: Numbers = 0.0,
    min_nodes: Numbers = 1.0,
) -> Numbers:
    """Whole nodes that serve a volume in its peak hour, spares included.

    Returns
    -------
    float or ndarray, nodes
        ``inf`` where a node serves nothing.

    Examples
    --------
    >>> nodes_needed(500e6, 388.8e6)
    2.0

    The same average, but three times as much in the busiest hour and a quarter
    of headroom, takes six; and one more in case one fails:

    >>> nodes_needed(500e6, 388.8e6, peak_factor=3, max_load_share=0.75, spare_nodes=1)
    7.0
    """
    plan = planned(capacity_tokens_per_month, max_load_share, peak_factor)
    return np.maximum(min_nodes, whole_nodes(tokens_per_month / plan)) + spare_nodes


def planned(capacity: Numbers, max_load_share: Numbers, peak_factor: Numbers) -> Numbers:
    """Average load that a node may be planned for, so that its peak hour still fits."""
    return capacity * max_load_share / peak_factor


def whole_nodes(nodes: Numbers) -> Numbers:
    """Round up to whole nodes; dust from floating point buys no machine.

    >>> whole_nodes(2.0000000001), whole_nodes(2.1)
    (2.0, 3.0)
    """
    return np.ceil(np.round(nodes, 9))


@explained
def peak_factor(hourly_tokens: Numbers) -> float:
    """Busiest hour over the mean hour of a load.

    Returns
    -------
    float, ratio
        ``nan`` where there is no load, or an hour is negative or unknown.

    Examples
    --------
    >>> peak_factor([10, 20, 60, 30])
    2.0

    A perfectly flat load has no peak, not a peak of zero:

    >>> peak_factor([5, 5, 5])
    1.0
    """
    hours = as_numbers("hourly_tokens", hourly_tokens)
    known = hours.size and (hours >= 0).all() and hours.sum() > 0
    return float(hours.max() / hours.mean()) if known else float("nan")
