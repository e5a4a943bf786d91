"""Tokens of a workload in a month: from its requests, along its life, and back."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from costcore.language.elementwise import Numbers

Array = NDArray[np.float64]

HOURS_PER_DAY = 24.0


def tokens_of_requests(
    requests_per_day: Numbers,
    input_tokens: Numbers,
    output_tokens: Numbers,
    hours_per_month: Numbers,
) -> Numbers:
    """Tokens per month of so many requests a day.

    >>> tokens_of_requests(50_000, 1_500, 300, hours_per_month=720)
    2700000000.0
    """
    return requests_per_day * hours_per_month / HOURS_PER_DAY * (input_tokens + output_tokens)


def requests_of_tokens(
    tokens_per_month: Numbers,
    input_tokens: Numbers,
    output_tokens: Numbers,
    hours_per_month: Numbers,
) -> Numbers:
    """Requests a day behind a volume of tokens.

    >>> requests_of_tokens(2.7e9, 1_500, 300, hours_per_month=720)
    50000.0
    """
    return tokens_per_month / (input_tokens + output_tokens) / (hours_per_month / HOURS_PER_DAY)


def token_shares(request_shares: Array, request_tokens: Array) -> Array:
    """Share of all tokens that each workload brings, from its share of all requests.

    A fifth of the requests, at 8,000 tokens beside 500, is most of the tokens:

    >>> token_shares(np.array([0.2, 0.8]), np.array([8_000, 500])).tolist()
    [0.8, 0.2]

    Where all are as long, the two shares are one:

    >>> token_shares(np.array([0.2, 0.8]), np.array([1_800, 1_800])).tolist()
    [0.2, 0.8]
    """
    tokens = request_shares * request_tokens
    return np.asarray(tokens / tokens.sum())


def request_shares(token_shares: Array, request_tokens: Array) -> Array:
    """Share of all requests that each workload makes, from its share of all tokens.

    >>> request_shares(np.array([0.8, 0.2]), np.array([8_000, 500])).round(9).tolist()
    [0.2, 0.8]
    """
    requests = token_shares / request_tokens
    return np.asarray(requests / requests.sum())


def service_share(
    month: Numbers, first_month: Numbers, last_month: Numbers, ramp_months: Numbers
) -> Numbers:
    """Share of its volume that a workload has in a month of the plan.

    It starts in its first month, climbs in equal steps from 0, and ends after its last.

    >>> service_share(np.arange(1, 7), 2, 5, ramp_months=2).tolist()
    [0.0, 0.5, 1.0, 1.0, 1.0, 0.0]

    Without a ramp it is all there at once:

    >>> service_share(np.arange(1, 4), 2, 36, ramp_months=0).tolist()
    [0.0, 1.0, 1.0]
    """
    climbed = (month - first_month + 1) / np.maximum(ramp_months, 1)
    return np.where(month <= last_month, np.minimum(np.maximum(climbed, 0.0), 1.0), 0.0)
