"""How a load moves through the day, and what hardware that takes: peaks, troughs, spares, failures.

The peak hour decides how much is bought, the mean how much of it is used.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from costcore.language.elementwise import Numbers, as_numbers
from costcore.language.quantities import HOURS_PER_MONTH, MONTHS_PER_YEAR, SECONDS_PER_HOUR
from costcore.language.timeline import Line, figures
from costcore.language.trace import worksheet
from costcore.nodes.capacity import peak_factor, whole_nodes

HEADROOM = ((3, 0.75), (7, 0.80), (math.inf, 0.85))
"""Up to so many copies, how busy they may be: the more there are, the less do requests queue."""
QUIET_HOURS = 6


@dataclass(frozen=True, slots=True)
class Shape:
    """How far a load strays from its mean."""

    peak_factor: float
    """Busiest hour over the mean hour."""
    p95_factor: float
    """The hour that only one in twenty exceeds, over the mean hour."""
    trough_factor: float
    """The quietest six hours of the average day, over the mean hour."""

    @property
    def mean_load_share(self) -> float:
        """Use of hardware that the busiest hour just fills."""
        return 1 / self.peak_factor


def shape_of(hourly_tokens: Numbers) -> Shape:
    """Sum up the hours of whole days.

    Returns
    -------
    Shape
        ``nan`` where there is no load, or an hour is negative or unknown.

    Raises
    ------
    ValueError
        If the hours are not whole days.

    Examples
    --------
    A working day of eight hours, and a tenth of that outside it:

    >>> day = shape_of([1] * 8 + [10] * 8 + [1] * 8)
    >>> day.peak_factor, day.trough_factor
    (2.5, 0.25)

    Hardware for its busiest hour idles more than half of the time:

    >>> day.mean_load_share
    0.4
    """
    hours = as_numbers("hourly_tokens", hourly_tokens).ravel()
    if hours.size % 24 or not hours.size:
        raise ValueError(f"there are {hours.size} hours; give whole days of 24 hours")
    peak, mean = peak_factor(hours), hours.mean()
    day = hours.reshape(-1, 24).mean(axis=0)
    quiet = min(np.roll(day, -start)[:QUIET_HOURS].mean() for start in range(24))
    if math.isnan(peak):
        return Shape(peak, peak, peak)
    return Shape(peak, float(np.quantile(hours, 0.95) / mean), float(quiet / mean))


def _copies(m: Any) -> Any:
    """Fewest copies whose headroom holds the peak: a few more are allowed to be busier."""
    few, some, many = (
        np.maximum(1.0, whole_nodes(m.peak_tokens_per_second / (m.plan_tokens_per_second * busy)))
        for _, busy in HEADROOM
    )
    (most_few, _), (most_some, _), _ = HEADROOM
    some, many = np.maximum(some, most_few + 1.0), np.maximum(many, most_some + 1.0)
    return np.where(few <= most_few, few, np.where(some <= most_some, some, many))


def headroom(load: Mapping[str, Any]) -> float:
    """Return how busy the copies of a load may be, as one share that needs as many of them.

    >>> found = provisioned(tokens_per_month=2.6e9, input_tokens=1, output_tokens=1,
    ...                     low_tokens_per_second=1_000, base_tokens_per_second=1_000)
    >>> found["needed_count"], headroom(found)
    (2.0, 0.75)
    """
    copies = load["peak_tokens_per_second"] / load["plan_tokens_per_second"]
    shares = [share for _, share in HEADROOM if whole_nodes(copies / share) == load["needed_count"]]
    return shares[0] if shares else HEADROOM[-1][1]


def _at_most(failed: Numbers, of: Numbers, share: Numbers, _: bool) -> Numbers:
    """Probability that at most some of the copies have failed, each with the same probability."""
    term = (1 - share) ** of
    total = term
    for i in range(int(np.nanmax(failed))):
        term = term * (of - i) / (i + 1) * share / (1 - share)
        total = total + np.where(i < failed, term, 0.0)
    return total


LOAD_LINES = (
    Line(
        "mean_tokens_per_second",
        "Tokens in the mean second",
        lambda m: m.tokens_per_month / (m.hours_per_month * SECONDS_PER_HOUR),
        heading="Load",
    ),
    Line(
        "peak_tokens_per_second",
        "Tokens in the busiest second planned for",
        lambda m: m.mean_tokens_per_second * m.peak_factor * m.burst_factor,
    ),
    Line(
        "mean_requests_per_minute",
        "Requests in the mean minute",
        lambda m: m.mean_tokens_per_second * 60 / (m.input_tokens + m.output_tokens),
    ),
    Line(
        "peak_requests_per_minute",
        "Requests in a minute of the peak hour",
        lambda m: m.mean_requests_per_minute * m.peak_factor,
    ),
    Line(
        "plan_tokens_per_second",
        "Speed of a copy, low case, answers in time",
        lambda m: m.low_tokens_per_second * m.sla_share,
        heading="Hardware",
    ),
    Line("needed_count", "Copies for the peak", _copies),
    Line(
        "all_count",
        "Copies, spares included",
        lambda m: m.needed_count + m.spare_nodes,
    ),
    Line("all_gpus", "GPUs", lambda m: m.all_count * m.replica_gpus),
    Line(
        "mean_load_share",
        "Mean use of all copies",
        lambda m: m.mean_tokens_per_second / (m.all_count * m.base_tokens_per_second),
    ),
    Line(
        "trough_load_share",
        "Use of two GPUs in the quietest hours",
        lambda m: (
            m.mean_tokens_per_second
            * m.trough_factor
            / (2 * m.base_tokens_per_second / m.replica_gpus)
        ),
    ),
    Line(
        "failures_count",
        "Failures in a year",
        lambda m: m.all_count * m.failures_per_node_year,
        heading="Reliability",
    ),
    Line(
        "up_share",
        "Time a copy works",
        lambda m: (
            1
            / (1 + m.failures_per_node_year * m.repair_hours / (HOURS_PER_MONTH * MONTHS_PER_YEAR))
        ),
    ),
    Line(
        "served_share",
        "Time in which enough copies work for the peak",
        lambda m: worksheet(
            "BINOMDIST", _at_most, m.spare_nodes, m.all_count, 1 - m.up_share, True
        ),
    ),
)
"""From a volume and its shape to copies of the model, their use and how often they fail."""

LOAD_DEFAULTS: Mapping[str, float] = {
    "hours_per_month": HOURS_PER_MONTH,
    "peak_factor": 1.0,
    "burst_factor": 1.2,
    "trough_factor": 1.0,
    "sla_share": 0.85,
    "spare_nodes": 1.0,
    "replica_gpus": 1.0,
    "failures_per_node_year": 1.4,
    "repair_hours": 48.0,
}
"""Minute over hour as in the Azure traces; failures of an 8-GPU node as in the Llama 3 report."""


def provisioned(**inputs: Numbers) -> dict[str, Any]:
    """Compute `LOAD_LINES`: copies, mean use, trough and failures of a load on some hardware.

    Parameters
    ----------
    inputs
        `tokens_per_month`, `input_tokens`, `output_tokens` of a mean request,
        `low_tokens_per_second` and `base_tokens_per_second` of one copy of the model;
        what `LOAD_DEFAULTS` holds may be left out. Numbers, or arrays that broadcast.

    Returns
    -------
    dict of float or ndarray, one for each line

    Examples
    --------
    50,000 requests of 1,800 tokens a day, three times as many in the busiest hour:

    >>> load = provisioned(tokens_per_month=50_000 * 1_800 * 30, hours_per_month=720,
    ...                    input_tokens=1_500, output_tokens=300, peak_factor=3,
    ...                    trough_factor=0.5, low_tokens_per_second=6_000,
    ...                    base_tokens_per_second=8_500, replica_gpus=2)
    >>> round(load["mean_requests_per_minute"], 1), round(load["peak_requests_per_minute"], 1)
    (34.7, 104.2)

    One copy would do, the spare doubles it; even two GPUs are hardly used at night:

    >>> load["needed_count"], load["all_gpus"], round(load["trough_load_share"], 3)
    (1.0, 4.0, 0.061)
    """
    known = {name: np.asarray(value, float)[()] for name, value in inputs.items()}
    return figures(LOAD_LINES, {**LOAD_DEFAULTS, **known})
