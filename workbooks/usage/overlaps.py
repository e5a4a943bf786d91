"""Exports of one account whose days overlap: what stands in both counts once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from workbooks.usage.exports.charges import SetAside
from workbooks.usage.ledger import NUMBERS, TOKEN_KINDS, Export

SAME = "rows of days that another export of the same account has"
ASKED = (
    "all of it is in another export, too, and counts once; if it is of another account, add a "
    "column project to both files that says so, and both count"
)
MOST_DIFFERENCE = 0.05
"""Between the tokens of a bill and of usage; more is another account, or a part of it."""
TOLD_BY = ("hour", "model", "vendor", "tier", "project", "currency")


def once(exports: Sequence[Export]) -> list[Export]:
    """Return exports without the days that an earlier one of their layout has, row for row.

    Such days are of one account; so the day on which the shorter of both was taken, before the day
    was over, counts as the export has it in which it is more.
    """
    kept: list[Export] = []
    for export in exports:
        for place, other in enumerate(kept):
            if other.layout.title == export.layout.title and not export.names_requests:
                same = _same_days(export, other)
                mine = without(export, same, other.name)
                if same and (day := _running_day(mine, other)):
                    more = _amount(mine, day) > _amount(other, day)
                    kept[place] = without(other, [day] * more, mine.name)
                    mine = without(mine, [day] * (not more), other.name)
                export = _asked(mine, export, other)  # noqa: PLW2901
        kept.append(export)
    return kept


def _asked(left: Export, whole: Export, other: Export) -> Export:
    """Return what is left of an export, asking whose it is where it is another's twin."""
    is_twin = left.rows.empty and whole.days.equals(other.days)
    if is_twin and _projects(whole) == {""}:
        return replace(left, notes=(*left.notes, ASKED))
    return left


def _running_day(one: Export, other: Export) -> pd.Timestamp | None:
    """Return the last day of the export that ends first, where both have it."""
    last = [each.days[-1] for each in (one, other) if len(each.days)]
    shared = len(last) == 2 and min(last) in one.days.intersection(other.days)
    return min(last) if shared else None


def _amount(export: Export, day: pd.Timestamp) -> float:
    rows = export.rows[export.rows.hour.dt.normalize() == day]
    return float(rows[list(NUMBERS)].fillna(0.0).to_numpy().sum())


def without(export: Export, days: Sequence[pd.Timestamp], other: str) -> Export:
    """Return an export without some days, which are set aside."""
    if not len(days):
        return export
    gone = export.rows.hour.dt.normalize().isin(days)
    left = export.rows[gone]
    asides = tuple(
        SetAside(f"{SAME} ({other})", round(part.lines.sum()), str(name), float(part.cost.sum()))
        for name, part in left.groupby("currency")
    )
    return replace(export, rows=export.rows[~gone], asides=(*export.asides, *asides))


def _same_days(one: Export, other: Export) -> list[pd.Timestamp]:
    """Return the days on which two exports have the same rows, some of which count something."""
    mine, theirs = _by_day(one), _by_day(other)
    return [day for day, rows in mine.items() if rows and rows == theirs.get(day)]


def _by_day(export: Export) -> dict[pd.Timestamp, list[tuple[object, ...]]]:
    used = export.rows[export.rows[list(NUMBERS)].fillna(0.0).any(axis=1)]
    numbers = used[["batch", *NUMBERS]].fillna(-1.0).round(6)
    rows = pd.concat([used[list(TOLD_BY)].astype(str), numbers], axis=1)
    days = rows.groupby(used.hour.dt.normalize(), sort=False)
    return {
        pd.Timestamp(str(day)): sorted(part.itertuples(index=False, name=None), key=repr)
        for day, part in days
    }


def twice(exports: Sequence[Export]) -> list[str]:
    """Return what may have been counted twice, or once though it is of two accounts."""
    notes = [f"{each.name}: {ASKED}" for each in exports if ASKED in each.notes]
    for place, one in enumerate(exports):
        for other in exports[place + 1 :]:
            shared = one.days.intersection(other.days)
            if len(shared) and _may_repeat(one, other):
                notes.append(
                    f"{one.name} and {other.name} both have {len(shared)} days from "
                    f"{shared[0]:%Y-%m-%d}: if they are of one account, they count twice"
                )
    counting = [export for export in exports if export.has_tokens]
    if len({export.layout.gateway for export in counting}) > 1:
        notes.append(
            "a gateway's log and a vendor's export are both here: requests that went "
            "through the gateway count twice"
        )
    return notes


def _projects(export: Export) -> set[str]:
    """Return whose use it is; blank where a row does not say."""
    return set(export.rows.project.fillna("").astype(str))


def _may_repeat(one: Export, other: Export) -> bool:
    """Whether two exports may hold the same use: in one layout, or tokens of one model in two."""
    if one.layout.title == other.layout.title:
        return bool(_projects(one) & _projects(other))
    parted = {one.layout.yields, other.layout.yields} == {"bill", "usage"}  # told elsewhere
    vendors = one.layout.vendor == other.layout.vendor
    models = set(one.rows.model) & set(other.rows.model)
    return vendors and not parted and one.has_tokens and other.has_tokens and bool(models)


def beside_usage(export: Export, exports: Sequence[Export]) -> tuple[pd.DataFrame, list[str]]:
    """Return the rows of an export, a bill's without tokens on days that usage of its vendor has.

    And what a reader must know of it: also where the bill counts other tokens than the usage.
    """
    vendor, rows = export.layout.vendor, export.rows
    users = [
        each.rows
        for each in exports
        if each.layout.yields == "usage" and each.has_tokens and each.layout.vendor == vendor
    ]
    if export.layout.yields != "bill" or not vendor or not users or not export.has_tokens:
        return rows, []
    covered = pd.Series(False, index=rows.index)
    for used in users:
        covered |= rows.hour.dt.normalize().between(
            used.hour.min().normalize(), used.hour.max().normalize()
        )
    told = [f"{export.name}: only its cost counts, its tokens are in the usage export"]
    if not covered.all():
        told = [f"{told[0]} on the days that one has; on others its tokens count"]
    days = rows.hour[covered].dt.normalize()
    ours = sum(_tokens(used[used.hour.dt.normalize().isin(days)]) for used in users)
    bill = _tokens(rows[covered])
    if abs(bill - ours) > MOST_DIFFERENCE * max(bill, ours):
        told.append(f"{export.name} counts {bill:,.0f} tokens there, and the usage {ours:,.0f}")
    counts = (*TOKEN_KINDS, "undirected")
    return rows.assign(**{name: rows[name].mask(covered) for name in counts}), told


def _tokens(rows: pd.DataFrame) -> float:
    return float(rows[list(TOKEN_KINDS)].sum().sum())
