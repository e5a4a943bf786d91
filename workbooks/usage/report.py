"""What was consumed, as sentences, a table of months, and figures by name."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from workbooks.printable import printable
from workbooks.usage.actuals import Actuals
from workbooks.usage.exports.layout import UsageError
from workbooks.usage.ledger import INPUT_KINDS, Export
from workbooks.usage.reconcile import Ratio, money, ratios, reconciliation
from workbooks.usage.workload import SHARES, refuse_without_tokens

UNKNOWN = "-"
MONTH_COLUMNS = (
    "Month", "Model", "Requests", "Input", "Cached", "Output", "At list", "As billed"
)  # fmt: skip


def by_month(actuals: Actuals) -> list[tuple[str, ...]]:
    """Return the head and the lines of a table of months and models; unknown is a dash."""
    lines: list[tuple[str, ...]] = [MONTH_COLUMNS]
    for (month, model), row in _months(actuals):
        fresh = row[list(INPUT_KINDS)].sum(min_count=1)
        counts = (_count(each) for each in (row.requests, fresh, row.cache_read, row.output))
        money = (_money(each) for each in (row.list_cost, row.cost))
        lines.append((month, printable(model)[:60], *counts, *money))
    return lines


def _months(actuals: Actuals) -> Iterator[tuple[tuple[str, str], Any]]:
    months: Any = actuals.by_month().iterrows()
    yield from months


def sentences(actuals: Actuals) -> Iterator[str]:
    """Yield what a reader must know, one sentence each."""
    yield from map(printable, _sentences(actuals))


def _sentences(actuals: Actuals) -> Iterator[str]:
    yield _volume(actuals)
    yield from _sources(actuals)
    if actuals.days_with_data < actuals.days:
        yield (
            f"{actuals.days - actuals.days_with_data} of {actuals.days} days have no data: "
            "a gap in the export makes every average too low."
        )
    for note in actuals.notes:
        yield f"Check: {note}."
    for medium, tokens in actuals.apart.items():
        yield f"Apart from the volume of language models: {tokens:,.0f} tokens of {medium}."
    if not _why_unknown(actuals):
        yield from _course(actuals)
    yield from _costs(actuals)
    yield from reconciliation(actuals)


def _sources(actuals: Actuals) -> Iterator[str]:
    for export in actuals.exports:
        days = export.days
        if days.empty:
            yield f"{export.name}: {export.layout.title}, all of it is in another export too."
            continue
        whole = (days[-1] - days[0]).days + 1
        yield (
            f"{export.name}: {export.layout.title}, {days[0]:%Y-%m-%d} to {days[-1]:%Y-%m-%d}, "
            f"{len(days)} of {whole} days have data"
            + "".join(f"; {note}" for note in export.notes)
            + "."
        )
        if export.left_out:
            yield f"  Not read, because they may be about persons: {', '.join(export.left_out)}."


def _volume(actuals: Actuals) -> str:
    if why := _why_unknown(actuals):
        return f"Volume: unknown: {why}."
    low, base, high = actuals.tokens_per_month or (math.nan,) * 3
    return f"Volume: {base:,.0f} tokens a month (low {low:,.0f}, high {high:,.0f})."


def _why_unknown(actuals: Actuals) -> str:
    try:
        refuse_without_tokens(actuals)
    except UsageError as error:
        return str(error)
    return ""


def _course(actuals: Actuals) -> Iterator[str]:
    """Say what the volume consists of, and how it moves in the year, the week and the day."""
    names = {"output_share": "output", "cached_share": "cached (input)", "batch_share": "batch"}
    mix = (f"{_share(getattr(actuals, name))} {label}" for name, label in names.items())
    yield f"Mix: {', '.join(mix)}."
    growth, peak, season = actuals.growth_per_year, actuals.peak_factor, actuals.season_factors
    if growth:
        months = f"the trend of {len(actuals.full_months)} whole months"
        yield f"Growth: {growth[1]:+.0%} a year ({growth[0]:+.0%} to {growth[2]:+.0%}), {months}."
    else:
        yield "Growth: unknown, it takes three whole months."
    if season:
        yield f"Seasons: the months lie between {min(season):.2f} and {max(season):.2f} of a mean."
    else:
        yield "Seasons: unknown, they take twelve whole months."
    if days := actuals.weekday_factors:
        yield f"Week: Monday to Sunday {', '.join(f'{each:.2f}' for each in days)} of a mean day."
    if peak:
        yield f"Peak: the busiest hour is {peak:.2f} times the mean hour."
    else:
        yield "Peak: unknown, not every export has hours."


def _costs(actuals: Actuals) -> Iterator[str]:
    billed = ", ".join(f"{each:,.2f} {name}" for name, each in actuals.billed.items())
    yield f"As billed: {billed or 'unknown, no export has a cost'}."
    listed = ", ".join(f"{each:,.2f} {name}" for name, each in actuals.listed.items())
    names = sorted(actuals.rows.list_name.dropna().unique())
    if actuals.list_missing and listed:
        yield f"The cost at list is a lower bound, without {'; '.join(actuals.list_missing[:8])}."
    elif actuals.cached_share is None and listed:
        yield "The cost at list is an upper bound, for not every export tells cached tokens."
    yield f"At list: {listed or 'unknown'}" + (f", as {', '.join(names)}." if names else ".")
    if unlisted := [name[:60] for name in actuals.unlisted]:
        more = f" and {len(unlisted) - 8} more" if len(unlisted) > 8 else ""
        yield f"Without a list price: {', '.join(unlisted[:8])}{more}."


def figures(actuals: Actuals) -> dict[str, Any]:
    """Return every figure by name; None is unknown."""
    names = ("low", "base", "high")
    volume, growth = actuals.tokens_per_month, actuals.growth_per_year
    return {
        "first_day": actuals.first,
        "last_day": actuals.last,
        "days": actuals.days,
        "days_with_data": actuals.days_with_data,
        "tokens_per_month": dict(zip(names, volume, strict=True)) if volume else None,
        "undirected_tokens": float(actuals.language.undirected.sum()),
        "tokens_apart": actuals.apart,
        **{name: getattr(actuals, name) for name in SHARES},
        "growth_per_year": dict(zip(names, growth, strict=True)) if growth else None,
        "season_factor": actuals.season_factors,
        "weekday_factor": actuals.weekday_factors,
        "peak_factor": actuals.peak_factor,
        "billed": {name: round(each, 6) for name, each in actuals.billed.items()},
        "listed": {name: round(each, 6) for name, each in actuals.listed.items()},
        "unlisted_models": actuals.unlisted,
        "list_is_lower_bound_without": actuals.list_missing,
        "list_over_billed": [_ratio(each) for each in ratios(actuals)],
        "months": [
            {"month": month, "model": model, **{name: _rounded(each) for name, each in row.items()}}
            for (month, model), row in _months(actuals)
        ],
        "exports": [_described(export) for export in actuals.exports],
        "notes": list(actuals.notes),
    }


def _described(export: Export) -> dict[str, Any]:
    return {
        "file": export.name,
        "layout": export.layout.title,
        "days_with_data": len(export.days),
        "columns_not_read": list(export.left_out),
        "notes": list(export.notes),
        "rows_read": export.rows_read,
        "set_aside": [asdict(each) for each in export.asides],
        "money": [{**asdict(each), "balances": each.balances} for each in money(export)],
        "billed_and_effective": [list(each) for each in export.effective],
    }


def _ratio(each: Ratio) -> dict[str, Any]:
    return {**asdict(each), "ratio": each.ratio, "cause": each.cause}


def _rounded(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 6)


def _count(value: float) -> str:
    return UNKNOWN if math.isnan(value) else f"{value:,.0f}"


def _money(value: float) -> str:
    return UNKNOWN if math.isnan(value) else f"{value:,.2f}"


def _share(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.1%}"
