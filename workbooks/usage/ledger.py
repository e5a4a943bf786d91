"""The canonical table of usage: what every layout comes down to, and what was understood."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from workbooks.meters.units import tokens_in_unit
from workbooks.usage.aggregate import Reading
from workbooks.usage.exports.charges import (
    LINES,
    SetAside,
    adds_up,
    apart,
    both_costs,
    currencies,
    kind_of_charge,
    money_read,
    of_no_currency,
    others,
    refuse_negative,
    refuse_two_currencies,
    says_yes,
    signs,
    swapped,
    texts,
)
from workbooks.usage.exports.layout import Layout, UsageError
from workbooks.usage.exports.metered import COUNTED, counted, is_batch, serve, units_told, words
from workbooks.usage.exports.spans import are_weeks, name_last_days, own_days, span_ends, spread
from workbooks.usage.exports.tables.periods import once
from workbooks.usage.exports.wide import apart as other_media
from workbooks.usage.exports.wide import blanks, cache_rule, rough, totals, wide

INPUT_KINDS = ("uncached", "cache_read", "cache_write_5m", "cache_write_1h")
TOKEN_KINDS = (*INPUT_KINDS, "output")
NUMBERS = ("requests", *TOKEN_KINDS, "reasoning", "undirected", "uncounted", "cost")
"""`reasoning` is part of `output`; `undirected` tokens are of no known kind;
`uncounted` are units that say tokens, but not how many."""

LAST_DAY = ("bis", "until", "ende", "enddate", "enddatum")
"""How the folded header of ends may end where they are last days, whoever named it."""


@dataclass(frozen=True)
class Export:
    """One file or table, on the canonical table: a row for each hour, model and way of sending.

    Columns of `rows`: hour, model, vendor, batch (nan where unknown), tier, context, project,
    medium (empty for language models), currency, and `NUMBERS`, which are nan throughout where the
    export does not have them.
    """

    name: str
    layout: Layout
    rows: pd.DataFrame
    hourly: bool
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())
    daily: bool = True
    """Whether every row is of one day at most."""
    rows_read: int = 0
    asides: tuple[SetAside, ...] = ()
    effective: tuple[tuple[str, float, float], ...] = ()
    """Currency, billed and effective cost of use, where the bill has both."""
    money: tuple[tuple[str, float], ...] = ()
    """Currency and cost of all rows that were read, as written."""
    names_requests: bool = False
    """Whether its rows have the id of a request, so that none was counted twice."""
    headers: tuple[str, ...] = ()
    """Of the file as it stands."""

    @property
    def has_tokens(self) -> bool:
        """Whether it counts tokens at all."""
        return bool(self.rows[list(TOKEN_KINDS)].notna().any(axis=None))

    @property
    def days(self) -> pd.DatetimeIndex:
        """Days of which it says something, be it that nothing was used."""
        return pd.DatetimeIndex(self.rows.hour.dt.normalize().unique()).sort_values()


def export(
    name: str,
    reading: Reading,
    sums: pd.DataFrame,
    left_out: Sequence[str] = (),
    notes: Iterable[str] = (),
) -> Export:
    """Return hourly sums on the canonical table, with notes on how they were understood.

    Raises
    ------
    UsageError
        If it has no rows, or more cached tokens than input they are part of.
    """
    layout = reading.layout
    said = [*notes, layout.note, cache_rule(sums, layout), *reading.passed_over]
    said.append(other_media(sums))
    if layout.keep and layout.is_long:
        sums = sums.assign(kept=sums.kept & serve(sums, layout, words(sums, layout)))
    asides = others(sums, reading)
    if left := sum(each.rows for each in asides):
        said.append(f"rows of {layout.others} left out: {left:,}")
    mine = sums[sums.kept & sums.hour.notna()].reset_index(drop=True)
    if mine.empty:
        raise UsageError(f"{name} has no rows of language models")
    refuse_two_currencies(name, mine, reading)
    rows = _table(name, mine, reading, said)
    both = both_costs(rows, mine)
    asides += swapped(both, rows)
    rows, bought = _used(name, rows)
    if reading.times == "offset":
        said.append("its times have offsets and were converted to UTC")
    said += [*signs(mine, reading), of_no_currency(rows)]
    refuse_negative(name, rows, TOKEN_KINDS)
    rows, by_hour, daily, within = _spanned(name, rows, mine, reading, said)
    notes = tuple(filter(None, said))
    read, money = int(sums.rows.sum()), money_read(sums, reading)
    asides = [*asides, *bought, *within]
    proof = (read, tuple(asides), both, money, "request" in reading.present)
    return Export(name, layout, rows, by_hour, tuple(left_out), notes, daily, *proof)


def _used(name: str, rows: pd.DataFrame) -> tuple[pd.DataFrame, list[SetAside]]:
    """Return the rows without purchases and replays; a file of nothing else is no use of a month.

    A file of which another holds every request adds nothing, and is no mistake.
    """
    used, bought = apart(rows, [each for each in NUMBERS if each != "cost"])
    if used.empty and not (rows.charge == "repeat").any():
        raise UsageError(f"{name} holds only {' and '.join({each.reason: 0 for each in bought})}")
    return used, bought


def _table(name: str, mine: pd.DataFrame, reading: Reading, said: list[str]) -> pd.DataFrame:
    """Return sums on the canonical columns, a row for each, with its kind of charge."""
    layout = reading.layout
    told = words(mine, layout)
    if layout.is_long:
        parts = _long(mine, layout, told, said)
    else:
        parts = wide(name, mine, layout)
        said += [blanks(mine, layout), rough(name, mine)]
    said += _gap(mine, parts)
    rows = pd.DataFrame(
        {
            "hour": mine.hour,
            "model": told.model.replace("", "(not named)"),
            "vendor": texts(mine, "provider").fillna(layout.vendor).str.lower(),
            "batch": is_batch(mine, told),
            "tier": told.tier.replace("batch", ""),
            "project": texts(mine, "project").fillna(""),
            **{name: told[name] for name in ("context", "medium", "kind")},
            "unit": texts(mine, "unit").fillna(""),
            "currency": currencies(mine, reading),
            **{column: parts.get(column, np.nan) for column in NUMBERS},
            "cost": _cost(mine, layout, parts),
            "requests": _requests(mine, reading, told),
            "lines": mine.rows,
            "line": mine.index,
            "charge": texts(mine, "charge").map(kind_of_charge),
        }
    )
    _tell_charges(rows, mine, layout)
    return rows


def _tell_charges(rows: pd.DataFrame, mine: pd.DataFrame, layout: Layout) -> None:
    """Let `charge` name corrections of tokens, totals, replays and what was counted before."""
    taken_back = rows[list(TOKEN_KINDS)].fillna(0.0).lt(0).any(axis=1)  # and not money alone
    rows.loc[rows.charge.isin(["refund", "adjustment"]) & taken_back, "charge"] = "usage"
    if not layout.is_metered:
        named = rows.model.map(kind_of_charge)
        bare = rows.charge.eq("usage") & rows[list(TOKEN_KINDS)].fillna(0.0).eq(0).all(axis=1)
        rows.loc[bare & named.isin(list(LINES)), "charge"] = named
        rows.loc[adds_up(rows.model, rows.model), "charge"] = "total"
    rows.loc[texts(mine, "replay").map(says_yes), "charge"] = "replay"
    if "again" in mine:
        rows.loc[mine.again.astype(bool), "charge"] = "repeat"


def _cost(sums: pd.DataFrame, layout: Layout, parts: dict[str, pd.Series]) -> pd.Series | float:
    """Return what rows cost; nan where they do not tell.

    A blank is nothing in a bill, and where money stands in rows of its own, beside the tokens.
    """
    if "cost" not in sums or not sums.n_cost.any():
        return np.nan
    cost = sums.cost.fillna(0.0) / layout.divisor
    idle = sum((part.abs() for part in parts.values()), pd.Series(0.0, index=sums.index)) == 0
    nothing = layout.yields == "bill" or layout.blanks or (idle & (cost != 0)).any()
    return cost if nothing else cost.where(sums.n_cost > 0)


def _spanned(
    name: str, rows: pd.DataFrame, sums: pd.DataFrame, reading: Reading, said: list[str]
) -> tuple[pd.DataFrame, bool, bool, list[SetAside]]:
    """Return rows of at most a day, whether all were of an hour, and of a day, and set asides."""
    if rows.empty:  # other files have them all
        return rows.drop(columns="line"), True, True, []
    used = rows[list(NUMBERS)].fillna(0).any(axis=1)
    starts = rows.hour[used]
    points = reading.rows_are_requests or starts.nunique() == 1  # and no days of another zone
    by_hour = starts.dt.hour.nunique() > 1 or bool(points and starts.dt.hour.any())
    named = "hour" if by_hour else _named(starts, reading)
    if named == "week":
        said.append("its dates stand a week apart, so that each is counted as the week it begins")
    told = _ends(name, rows, sums, reading, said) if reading.has_end else None
    begun, ends = own_days(rows.hour, span_ends(rows.hour, told, named))
    if not begun.equals(rows.hour):
        said.append("its days are those of another zone than UTC, and count as that zone's days")
    rows = rows.assign(hour=begun, until=ends)
    rows, within = once(name, rows, NUMBERS, TOKEN_KINDS, alone=reading.layout.general)
    try:
        rows = spread(rows, [*NUMBERS, "lines"])
    except OverflowError as error:
        raise UsageError(f"{name} has {error}; export it by day or by month") from None
    longest = rows.hours[rows[list(NUMBERS)].fillna(0).any(axis=1)].max()
    if longest > 24:
        said.append("its rows span more than a day and were spread over their days")
    by_hour = bool(longest <= 1) if reading.has_end else by_hour
    return rows.drop(columns=["line"]), by_hour, not longest > 24, within


def _ends(
    name: str, rows: pd.DataFrame, sums: pd.DataFrame, reading: Reading, said: list[str]
) -> pd.Series:
    """Return where rows say that they end, a last day included."""
    layout, told = reading.layout, sums.until.loc[rows.line].reset_index(drop=True)
    for day in rows.hour[told < rows.hour].dt.strftime("%Y-%m-%d"):
        raise UsageError(f"{name}: a row that begins on {day} ends before it")
    anyone = not layout.vendor and not layout.is_long  # no definition says what an end is
    ended = reading.header("end")
    called = ended in layout.places.get("last_day", ()) or ended.endswith(LAST_DAY)
    if layout.end_is_last_day or (anyone and name_last_days(rows.hour, told, called)):
        told = told + pd.Timedelta(days=1)
        said.append("its ends name the last day of a row, which counts whole")
    return told


def _named(starts: pd.Series, reading: Reading) -> str:
    """Return what dates without hours name: a day, a week or a month."""
    if not reading.has_end and _are_months(starts, reading):
        return "month"
    weeks = "week" in reading.header("start") or are_weeks(starts)
    return "week" if weeks and not reading.has_end else "day"


def _are_months(starts: pd.Series, reading: Reading) -> bool:
    """Whether dates name months: written or called so, or all the first of several months."""
    called = starts.nunique() > 1 or "month" in reading.header("start")
    return reading.times == "month" or bool(called and starts.dt.day.eq(1).all())


def _requests(sums: pd.DataFrame, reading: Reading, said: pd.DataFrame) -> pd.Series | float:
    if "requests" in sums and sums.n_requests.any():
        return sums.requests.fillna(0.0).where(sums.n_requests > 0)
    if reading.layout.unit:
        return sums.quantity.fillna(0.0).where(said.nothing == "requests", 0.0)
    return sums.rows.astype(float) if reading.rows_are_requests else np.nan


def _gap(sums: pd.DataFrame, parts: dict[str, pd.Series]) -> list[str]:
    """Say by how much the totals that the rows state are not what their parts add up to."""
    if "total" not in sums or not parts:
        return []
    added = sum(parts[each] for each in TOKEN_KINDS if each in parts)
    gap = float((totals(sums) - added).sum())
    return [f"its totals differ from its parts by {gap:+,.0f} tokens"] if abs(gap) >= 1 else []


def _long(
    sums: pd.DataFrame, layout: Layout, said: pd.DataFrame, notes: list[str]
) -> dict[str, pd.Series]:
    """Return the kinds of token of a layout that names them in words, one to a row."""
    tokens = counted(sums, layout, said).where(said.nothing.isin(COUNTED))
    known = said.kind != ""
    named = texts(sums, "unit")
    if layout.bare_units:  # such a unit may count anything, unless a word says that it is tokens
        tokens = tokens.where(known | named.fillna("").map(tokens_in_unit).notna())
    units = units_told(sums, said, tokens)
    unknown = known & (said.says_tokens | named.isna()) & tokens.isna() & (units != 0)
    if no_tokens := sorted(set(named[tokens.isna() & ~unknown & named.notna() & (units != 0)])):
        notes.append(f"it counts {', '.join(no_tokens[:4])} in some rows, which are no tokens")
    if not tokens.notna().any() and not unknown.any():
        return {}
    parts = {each: tokens.where(said.kind == each, 0.0) for each in TOKEN_KINDS}
    return {
        **{each: part.fillna(0.0) for each, part in parts.items()},
        "undirected": tokens.where(~known, 0.0).fillna(0.0),
        "uncounted": units.where(unknown, 0.0),
    }
