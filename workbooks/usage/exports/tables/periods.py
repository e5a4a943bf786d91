"""Rows of one table whose spans overlap: a month beside its own weeks repeats what they say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from workbooks.usage.exports.charges import SetAside
from workbooks.usage.exports.layout import UsageError

HOUR, DAY = pd.Timedelta(hours=1), pd.Timedelta(days=1)
WITHIN = "rows of a longer time, which repeat those of the days or weeks within it"
WHOSE = (
    *("model", "vendor", "batch", "tier", "project", "context", "medium", "kind", "unit"),
    "currency",
)
"""Columns that tell whose use a row is; spans of others may overlap."""
MOST_DIFFERENCE = 0.005
"""Between a row and the sum of those within it: what people round."""


def once(
    name: str, rows: pd.DataFrame, numbers: Sequence[str], counts: Sequence[str], alone: bool
) -> tuple[pd.DataFrame, list[SetAside]]:
    """Return rows without those that shorter ones within their span add up to, and those.

    Raises
    ------
    UsageError
        If others overlap that count tokens, or money `alone`.
    """
    gone = repeated(rows, numbers)
    refuse_overlaps(name, rows[~gone], counts, alone)
    asides = [
        SetAside(WITHIN, int(part.lines.sum()), str(currency), float(part.cost.sum()))
        for currency, part in rows[gone].groupby("currency")
    ]
    return rows[~gone].reset_index(drop=True), asides


def repeated(rows: pd.DataFrame, numbers: Sequence[str]) -> pd.Series:
    """Whether the figures of a row are those of the shorter ones within its span, added up.

    Rows have `hour` and `until`, and `WHOSE` they are; a row of a day at least may repeat others.

    >>> days = pd.to_datetime(["2026-11-01", "2026-11-01", "2026-11-16"])
    >>> ends = pd.to_datetime(["2026-12-01", "2026-11-16", "2026-12-01"])
    >>> rows = pd.DataFrame({"hour": days, "until": ends, **dict.fromkeys(WHOSE, "")})
    >>> list(repeated(rows.assign(cost=[9.0, 4.0, 5.0]), ["cost"]))
    [True, False, False]
    """
    told = pd.Series(False, index=rows.index)
    for part in _overlapping(rows):
        spans = part.groupby(["hour", "until"], as_index=False)[list(numbers)].sum()
        begun, ends = spans.hour.to_numpy(), spans.until.to_numpy()
        for at in np.flatnonzero(spans.until - spans.hour >= DAY - HOUR):
            inside = (begun >= begun[at]) & (ends <= ends[at])
            inside[at] = False
            if _adds_up(spans[inside], spans.iloc[int(at)], numbers):
                same = (part.hour == begun[at]) & (part.until == ends[at])
                told[part.index[same]] = True
    return told


def refuse_overlaps(name: str, rows: pd.DataFrame, counts: Sequence[str], alone: bool) -> None:
    """Refuse days of one model that two rows have whose spans differ; money `alone`, too.

    Raises
    ------
    UsageError
        With both spans, and how to tell them apart.
    """
    counted = rows[list(counts)].fillna(0.0).any(axis=1) | alone
    used = rows[counted & ~rows.model.str.startswith("(")]
    for part in _overlapping(used[_are_whole_days(used)]):
        spans = part[["hour", "until"]].drop_duplicates().reset_index(drop=True)
        latest = spans.until.cummax().shift()
        at = int((spans.hour < latest).to_numpy().argmax())
        before = spans[:at][spans.until[:at] > spans.hour[at]].iloc[0]
        spans_told = " and ".join(map(_told, (before, spans.loc[at])))
        raise UsageError(
            f"{name}: rows of {part.model.iloc[0]} overlap, {spans_told}, and nothing tells "
            "whether one is part of the other; keep one of them, or say in a column project "
            "whose each is"
        )


def _told(span: pd.Series) -> str:
    last = span.until - pd.Timedelta(1)
    return f"{span.hour:%Y-%m-%d} to {last:%Y-%m-%d}"


def _are_whole_days(rows: pd.DataFrame) -> pd.Series:
    begun, ends = rows.hour, rows.until
    return begun.eq(begun.dt.normalize()) & ends.eq(ends.dt.normalize()) & (ends - begun >= DAY)


def _overlapping(rows: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield the rows of each of `WHOSE` of which spans that differ overlap, the longest first."""
    lengths = rows.until - rows.hour
    if rows.empty or lengths.max() < DAY - HOUR or lengths.nunique() == 1:
        return
    whose = rows.groupby(list(WHOSE), dropna=False, sort=False).ngroup().rename("whose")
    rows = rows.assign(whose=whose, late=-rows.until.astype("int64"))
    rows = rows.sort_values(["whose", "hour", "late"], kind="stable")
    spans = rows.drop_duplicates(["whose", "hour", "until"])
    latest = spans.groupby("whose").until.cummax().groupby(spans.whose).shift()
    twice = spans.whose[(spans.hour < latest).to_numpy()].unique()
    found = rows[rows.whose.isin(twice)].drop(columns="late")
    for _, part in found.groupby("whose"):
        yield part


def _adds_up(inside: pd.DataFrame, whole: pd.Series, numbers: Sequence[str]) -> bool:
    """Whether those of the rows inside that are in no other of them add up to the whole."""
    if inside.empty:
        return False
    inside = inside.sort_values(["hour", "until"], ascending=[True, False], kind="stable")
    outer = inside[~(inside.until <= inside.until.cummax().shift())]
    sums, told = outer[list(numbers)].sum(), whole[list(numbers)].astype(float)
    return bool(told.any() and ((sums - told).abs() <= MOST_DIFFERENCE * told.abs() + 1e-9).all())
