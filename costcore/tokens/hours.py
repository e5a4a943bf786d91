"""Prices by hour: the share of a load that falls into a provider's dearer hours."""

from __future__ import annotations

from typing import Any

import numpy as np

HOURS_PER_DAY, DAYS_PER_WEEK = 24, 7
ANY_DAY = -1.0
"""The day of the week of an hour that stands for that hour of every day."""


def peak_token_share(
    load: Any, hour: Any, day: Any, windows: tuple[Any, Any, Any, Any], days: Any
) -> Any:
    """Share of a load in the dearer hours, which recur on the first days of each week.

    Parameters
    ----------
    load, hour, day
        Of each hour: its load, its hour of the day, its day of the week from Monday, 0, or
        `ANY_DAY`. Hour and day are in the zone of the windows.
    windows
        Start and end of two spans of dearer hours that do not overlap and end by midnight; a
        blank one is none.
    days
        Days of the week they recur on, from Monday.

    Examples
    --------
    A flat load of one day, dearer from 1 to 4 and from 6 to 10 from Monday to Friday: 35 of
    168 hours.

    >>> hours = np.arange(24.0)
    >>> share = peak_token_share(np.ones(24), hours, np.full(24, ANY_DAY), (1, 4, 6, 10), 5)
    >>> round(float(share) * 168, 6)
    35.0

    Of a load that all comes on a Saturday, none is:

    >>> float(peak_token_share(np.ones(24), hours, np.full(24, 5.0), (1, 4, 6, 10), 5))
    0.0
    """
    first, last, second, final = windows
    inside = (hour >= first) * (hour < last) + (hour >= second) * (hour < final)
    of_any = (day <= ANY_DAY) * (1 - days / DAYS_PER_WEEK)
    return np.dot(load, inside * (day < days) * (1 - of_any)) / np.sum(load, axis=0)


def hours_factor(peak_share: Any, off_peak_price_share: Any) -> Any:
    """Price of an average token over that of the dearer hours.

    >>> round(hours_factor(35 / 168, 0.5), 3)
    0.604
    """
    return peak_share + (1 - peak_share) * off_peak_price_share
