"""What was measured of one workload, as entries of a plan, and what no export tells of it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from costcore.tokens.api import grown
from workbooks import tables
from workbooks.plan.workloads.rules import Part
from workbooks.scenario.inputs import ENDS, INPUTS
from workbooks.usage.actuals import Actuals
from workbooks.usage.workload import lengths

MOST_GROWTH_MONTHS, DAYS_FOR_WEEK, HOURS_PER_WEEK = 60, 28, 168
SHARES = ("output_share", "cached_share", "cache_write_share", "batch_share")
PRICED = {
    "cached_share": "cached_price_per_mtok",
    "cache_write_share": "cache_write_price_per_mtok",
    "batch_share": "batch_input_price_per_mtok",
}
"""Shares that change a bill only where the model has such a price."""
VOLUME = {"tokens_per_month", "requests_per_day", "users"}
PATH = ("growth_per_year", "forecast_tokens_per_month")


@dataclass(frozen=True)
class Measured:
    """One workload of a plan."""

    name: str
    entries: Mapping[str, Any]
    asked: tuple[str, ...]
    """Names of entries that nobody has told; a default would be a guess in a measurement."""
    months_since: float = 0.0
    """From the month that the level is of to the plan's first; 0 where a trend leads on."""


def measured(part: Part, start: datetime.date) -> Measured:
    """Return what is known of a workload in a plan that begins in a month.

    What a rule states stands in the place of what was measured.
    """
    found, stated = part.actuals, part.rule.stated
    ahead = "growth_per_year" in stated and found.trend is not None and found.since(start) > 0
    level = _volume(found, found.last_whole if ahead else start)
    if ahead:  # the trend ends with what was measured: how it goes on is stated, and for how long
        level.pop("growth_months", None)
    entries = {**level, **dict(_shares(found)), **lengths(found), **_load(found)}
    if seasons := found.season_factors:
        turn = (start.month - found.next_month.month) % len(seasons)
        entries["season_factor"] = [round(s, 4) for s in (*seasons[turn:], *seasons[:turn])]
    if set(stated) & (VOLUME | {"forecast_tokens_per_month"}):
        for name in ("tokens_per_month", "growth_per_year", "growth_months", "season_factor"):
            entries.pop(name, None)
    entries |= stated
    in_time = found.first.replace(day=1) <= start <= found.last
    led = found.level(start) or in_time or set(stated) & VOLUME
    since = float(found.since(start)) if ahead else 0.0 if led else found.since_middle(start)
    return Measured(part.name, entries, tuple(_asked(found, entries)), since)


def brought(one: Measured, start: datetime.date) -> Measured:
    """Return a workload whose level was brought to the plan's first month, by its growth.

    Without a trend the mean of what was measured is a level of the past; whoever states how the
    volume grows has said what became of it since.
    """
    volume, growth = (one.entries.get(name) for name in ("tokens_per_month", "growth_per_year"))
    if not one.months_since or not isinstance(volume, Mapping) or growth is None:
        return one
    rates = growth if isinstance(growth, Mapping) else {"base": growth}
    ends = [end for end in ENDS if end in volume or end in rates]
    pairs = ((volume.get(end, volume["base"]), rates.get(end, rates["base"])) for end in ends)
    now = (grown(level, rate, 1 + one.months_since) for level, rate in pairs)
    level = dict(zip(ends, (float(f"{each:.6g}") for each in now), strict=True))
    told = f"; brought to {start:%Y-%m}, {one.months_since:.3g} months on, by growth_per_year"
    found = {**volume, **level, "source": f"{volume['source']}{told}"}
    return replace(one, entries={**one.entries, "tokens_per_month": found})


def _volume(found: Actuals, start: datetime.date) -> dict[str, Any]:
    """Return the level of the first month, by the trend, and how long the trend goes on."""
    assert found.tokens_per_month
    covered = f"{found.days_with_data} of {found.days} days have data"
    trend = found.level(start)
    if not trend:
        return {"tokens_per_month": entry(found.tokens_per_month, found, f"; {covered}")}
    months = len(found.full_months)
    told = f"trend of {months} whole months"
    volume = entry(trend, found, f"; {covered}; in {start:%Y-%m} by the {told}")
    growth, ends = found.growth_per_year, INPUTS["growth_per_year"].quantity
    if not growth or growth[0] < ends.low or growth[2] > ends.high:
        return {"tokens_per_month": volume}
    left = float(min(max(months - found.since(start) + 1, 1), MOST_GROWTH_MONTHS))
    end = f"; {told}, low and high by its error: judge it"
    last = "as many months after the last as were measured: judge it"
    return {
        "tokens_per_month": volume,
        "growth_per_year": entry(growth, found, end),
        "growth_months": {"base": left, "source": last, "as_of": str(found.last)},
    }


def _shares(found: Actuals) -> Iterator[tuple[str, dict[str, Any]]]:
    for name in SHARES:
        if (share := getattr(found, name)) is not None:
            yield name, entry((share,) * 3, found)
    long = float(found.volume[found.language.context == "long"].sum())
    if long:
        yield "long_context_share", entry((long / float(found.volume.sum()),) * 3, found)


def _load(found: Actuals) -> dict[str, Any]:
    """Return the busiest hour, and the hours of a mean week from Monday on, in UTC."""
    if (peak := found.peak_factor) is None:
        return {}
    entries: dict[str, Any] = {"peak_factor": entry((peak,) * 3, found)}
    if found.days >= DAYS_FOR_WEEK:
        end = pd.Timestamp(found.last) + pd.Timedelta(hours=23)
        hours = pd.date_range(found.first, end, freq="h")
        used = found.volume.groupby(found.language.hour).sum().reindex(hours, fill_value=0.0)
        week = used.groupby([hours.day_of_week, hours.hour]).mean()
        entries["load_factor"] = [round(each, 4) for each in (week / week.mean()).tolist()]
    return entries


def _asked(found: Actuals, entries: Mapping[str, Any]) -> Iterator[str]:
    """Yield what nobody told; a share is asked only where some model has a price of its own."""
    if not set(entries) & {"peak_factor", "load_shape"}:
        yield "peak_factor"
    if not set(entries) & set(PATH):
        yield "growth_per_year"
    names = {str(name) for name in found.rows.list_name.dropna()}
    rows = [row for row in tables.token_prices() if row.model in names]
    for name, column in PRICED.items():
        if name not in entries and any(getattr(row, column) is not None for row in rows):
            yield name


def entry(cases: tuple[float, ...], found: Actuals, told: str = "") -> dict[str, Any]:
    """Return low, base and high, or base alone, with the exports they are from."""
    low, base, high = (float(f"{round(each, 9):.6g}") for each in cases)
    names = ", ".join(export.name for export in found.exports if export.has_tokens)
    source = f"{shortened(names)}, {found.first} to {found.last}{told}"
    known = {"base": base} if low == base == high else {"low": low, "base": base, "high": high}
    return {**known, "source": source, "as_of": str(found.last)}


def shortened(names: str) -> str:
    """Return a list of files that is readable in a cell.

    >>> shortened("2026-08.csv, 2026-09.csv, 2026-10.csv, 2026-11.csv")
    '2026-08.csv and 3 more'
    """
    first, *others = names.split(", ")
    return f"{first} and {len(others)} more" if len(others) > 2 else names
