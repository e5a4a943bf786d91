"""The span of each row: where it ends, and what of it each day has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

HOUR, DAY = pd.Timedelta(hours=1), pd.Timedelta(days=1)
MOST_ROWS = 4_000_000
"""Rows after spreading; far more than models times days of any bill."""


def span_ends(start: pd.Series, told: pd.Series | None, named: str) -> pd.Series:
    """Return where rows end: where they say so, else after the hour, day or month they name."""
    lengths: dict[str, Any] = {
        "hour": HOUR,
        "day": DAY,
        "week": 7 * DAY,
        "month": pd.offsets.MonthBegin(1),
    }
    guess: pd.Series = start + lengths[named]
    if told is None:
        return guess
    ends = told.where(told.notna(), guess)
    least = start + (DAY if _are_days(start, ends) else HOUR)
    return ends.where(ends > start, least)


def _are_days(start: pd.Series, ends: pd.Series) -> bool:
    """Whether every span begins and ends at midnight."""
    both = pd.concat([start, ends])
    return bool((both == both.dt.normalize()).all())


def name_last_days(start: pd.Series, ends: pd.Series, called: bool = False) -> bool:
    """Whether ends are the last days of spans: of the day itself, or of the month it begins.

    They are, too, where other spans begin on the days after them, and none on themselves; or where
    they are `called` so, and are no first of a month or Monday, as the days after would be.

    >>> days = ("2026-08-01", "2026-08-31", "2026-09-01")
    >>> first, last, next_ = (pd.Series([pd.Timestamp(day)]) for day in days)
    >>> [name_last_days(first, end, called=True) for end in (last, next_, first + 14 * DAY)]
    [True, False, True]
    >>> name_last_days(first, next_), name_last_days(first, first + 14 * DAY)
    (False, False)
    """
    told = ends.notna()
    if not _are_days(start, ends[told]):
        return False
    whole = (start.dt.day == 1) & (ends == start + pd.offsets.MonthEnd(1))
    if ((ends == start) | whole).any():
        return True
    months = (start.dt.day == 1) & (ends.dt.day == 1)
    weeks = (start.dt.day_of_week == 0) & (ends.dt.day_of_week == 0)
    if ends.isin(start).any() or (months | weeks)[told].all():
        return False
    return called or bool((ends + DAY).isin(start).any())


def own_days(start: pd.Series, ends: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return spans of whole days in another zone as the days that they are there.

    They begin and end at one hour, or at two beside each other where clocks change; the midnight
    that is nearest is the zone's own. Other spans stay as they are.

    >>> first, last = (pd.Series([pd.Timestamp(f"2026-{day}")]) for day in ("07-31T22", "08-01T22"))
    >>> [str(each[0]) for each in own_days(first, last)]
    ['2026-08-01 00:00:00', '2026-08-02 00:00:00']
    """
    hours = sorted(set(pd.concat([start, ends]).dt.hour))
    first, last = ((each + DAY / 2 - pd.Timedelta(1)).dt.normalize() for each in (start, ends))
    whole = (last > first) & ((last - first - (ends - start)).abs() <= HOUR)
    if hours == [0] or hours[-1] - hours[0] > 1 or not whole.all():
        return start, ends
    return first, last


def are_weeks(start: pd.Series) -> bool:
    """Whether dates stand a week apart each, three at least."""
    days = pd.Series(start.dt.normalize().unique()).sort_values()
    return len(days) > 2 and bool((days.diff().dropna() == 7 * DAY).all())


def spread(rows: pd.DataFrame, numbers: Sequence[str]) -> pd.DataFrame:
    """Return rows of `hour` and `until` as rows of at most one day, numbers shared by time.

    The column `hours` keeps how long the row was, for a day of a month is not a day that was told.

    >>> rows = pd.DataFrame({"hour": [pd.Timestamp("2026-08-31")], "cost": [4.0]})
    >>> list(spread(rows.assign(until=pd.Timestamp("2026-09-02")), ["cost"]).cost)
    [2.0, 2.0]
    """
    first = rows.hour.dt.normalize()
    days = ((rows.until - pd.Timedelta(1)).dt.normalize() - first) // DAY + 1
    rows = rows.assign(hours=(rows.until - rows.hour).dt.total_seconds() / 3600)
    if days.max() <= 1:
        return rows.drop(columns="until")
    if days.sum() > MOST_ROWS:
        raise OverflowError(f"rows that span {days.max():,.0f} days")
    each = np.repeat(np.arange(len(rows)), days)
    day = first.iloc[each] + np.concatenate([np.arange(n) for n in days]) * DAY
    parts = rows.iloc[each]
    begin, end = np.maximum(parts.hour, day), np.minimum(parts.until, day + DAY)
    share = ((end - begin).dt.total_seconds() / 3600 / parts.hours).to_numpy()
    parts = parts.assign(hour=begin, **{name: parts[name] * share for name in numbers})
    return parts.drop(columns="until").reset_index(drop=True)
