"""Kinds of token of a layout that has a column for each, and how its cached tokens stand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbooks.usage.exports.layout import TOKENS, Layout, UsageError

BLANK = {
    "requests": "requests",
    "input": "input tokens",
    "cache_read": "cached tokens",
    "cache_write_5m": "cache writes",
    "cache_write_1h": "cache writes for an hour",
    "output": "output tokens",
    "cost": "cost",
}
"""Columns that a reader must know to be blank in some rows, in words."""
ROUGHEST = 0.05
"""By how much of itself a rounded count may be off: 1.5M by a thirtieth."""


def wide(name: str, sums: pd.DataFrame, layout: Layout) -> dict[str, pd.Series]:
    """Return the kinds of token, where cached tokens are no part of the uncached.

    Raises
    ------
    UsageError
        If there are more cached tokens than input they are part of.
    """
    known = [role for role in (*TOKENS, "reasoning") if role in sums and sums[f"n_{role}"].any()]
    parts = {role: sums[role].fillna(0.0) for role in known}
    if not parts:
        return {}
    zero = pd.Series(0.0, index=sums.index)
    cached = sum((parts.get(role, zero) for role in TOKENS[1:4]), zero)
    given = parts.pop("input", zero)
    output, reasoning = parts.get("output", zero), parts.get("reasoning", zero)
    rest = totals(sums) - given - output
    inside = pd.Series(layout.cached == "inside", index=sums.index)
    if layout.cached == "total":
        inside, beside = _told_by(rest, cached, reasoning, layout.untold == "inside")
        parts["output"] = output + reasoning * beside
    if layout.cached == "written":
        written = parts["cache_write_5m"]
        gap = rest - parts.get("cache_read", zero) - written
        parts["cache_write_5m"] = written - given * _likeliest([gap.abs(), (gap + given).abs()])
    parts["uncached"] = given - cached * inside
    for hour, read, all_input in zip(sums.hour, cached, parts["uncached"], strict=True):
        if read > 0 and -read <= all_input < 0:  # a correction takes back more
            raise UsageError(
                f"{name}, {hour:%Y-%m-%d %H:00}: {read:,.0f} cached tokens are more than "
                "the input tokens, which should include them"
            )
    return parts


def apart(sums: pd.DataFrame) -> str:
    """Say how many tokens of another medium stand in columns of their own."""
    count = float(sums.apart.sum()) if "apart" in sums else 0.0
    return f"{count:,.0f} tokens of audio and images beside them are not counted" * bool(count)


def rough(name: str, sums: pd.DataFrame) -> str:
    """Say that counts stand as people round them, and by how much that may be off.

    Raises
    ------
    UsageError
        If it may be so much that what a token of a model cost would be anybody's guess.
    """
    said, models = [], sums.model if "model" in sums else pd.Series("", index=sums.index)
    for role in (each for each in BLANK if f"rough_{each}" in sums):
        both = sums[[role, f"rough_{role}"]].fillna(0.0).groupby(models.fillna("")).sum()
        count, gap = both[role], both[f"rough_{role}"]
        for model in count.index[gap > ROUGHEST * count.abs()]:
            raise UsageError(
                f"{name}: the {BLANK[role]} of {model or 'a model'}, {count[model]:,.0f}, may be "
                f"{gap[model]:,.0f} more or less as they are rounded, and so would be what one "
                "costs; write them out"
            )
        if gap.sum():
            said.append(f"{BLANK[role]} by up to {gap.sum() / count.sum():.1%}")
    return f"its counts are rounded as written (1.5M), {', '.join(said)}" * bool(said)


def totals(sums: pd.DataFrame) -> pd.Series:
    """Return what rows state as their total; nan where some row of a sum states none."""
    if "total" not in sums:
        return pd.Series(np.nan, index=sums.index)
    return sums.total.where(sums.n_total == sums.rows).astype(float)


def _told_by(
    rest: pd.Series, cached: pd.Series, reasoning: pd.Series, within: bool
) -> tuple[pd.Series, pd.Series]:
    """Say whether cached tokens are within the input, and reasoning beside the output.

    `rest` is what a total has more than input and output. Where no total tells, cached tokens
    stand as in the rows with one, and if there is none of those, `within` or not as given.
    """
    ways = [(inside, beside) for inside in (within, not within) for beside in (False, True)]
    gaps = [(rest - cached * (not inside) - reasoning * beside).abs() for inside, beside in ways]
    chosen = np.array(ways)[_likeliest(gaps)]
    return pd.Series(chosen[:, 0], rest.index), pd.Series(chosen[:, 1], rest.index)


def _likeliest(gaps: Sequence[pd.Series]) -> npt.NDArray[np.intp]:
    """Return the way that leaves the smallest gap in each row.

    Where ways are even, or gaps are nan, it is the one that leaves the smallest in all rows
    together, and if these are even too, the first.

    >>> unknown = [pd.Series([np.nan, 5.0, 0.0]), pd.Series([np.nan, 0.0, 0.0])]
    >>> list(_likeliest(unknown)), list(_likeliest([each[:1] for each in unknown]))
    ([1, 1, 1], [0])
    """
    each = np.array(gaps)
    order = np.argsort(np.nansum(each, axis=1), kind="stable")
    chosen: npt.NDArray[np.intp] = order[np.nan_to_num(each[order]).argmin(axis=0)]
    return chosen


def cache_rule(sums: pd.DataFrame, layout: Layout) -> str:
    """Say how cached tokens stand to input tokens."""
    if "input" not in sums:
        return ""
    if "cache_read" not in sums:
        return "it does not tell cached tokens from others"
    told = layout.cached
    if told == "total" and not totals(sums).notna().any():
        told = layout.untold
    return {
        "inside": "its input includes the cached tokens, so they were taken out",
        "beside": "its input leaves out the cached tokens, so they were added to it",
        "written": "its input leaves out the cached tokens, so they were added to it",
        "total": "whether its input includes the cached tokens was told by its total",
    }[told]


def blanks(sums: pd.DataFrame, layout: Layout) -> str:
    """Say which columns are blank in some rows, for these count as none of them.

    A word that the layout has for nothing is told by its note.
    """
    filled_cells = sums[[name for name in sums if str(name).startswith("n_")]]
    used = sums[filled_cells.gt(0).any(axis=1)]  # a day without use is blank throughout
    rows, told = int(used["rows"].sum()), []
    for role, words in BLANK.items():
        filled = int(used[f"n_{role}"].sum()) if role in used else 0
        if 0 < filled < rows and not (role == "cost" and layout.blanks):
            told.append(f"{words} in {rows - filled:,}")
    return f"of its {rows:,} rows, some are blank and count as none: {', '.join(told)}" * bool(told)
