"""A budget that was signed anew: a closed month stays against the one it was closed against."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from workbooks.plan.monthend.actuals import comes_once, month_end, months_of
from workbooks.plan.monthend.bills import Bill
from workbooks.plan.monthend.signed.rows import Budgeted, Signed

PACE = "held against the budget signed last"


@dataclass(frozen=True)
class Earlier:
    """A budget that was signed before the one of now."""

    signed: Signed
    months: tuple[datetime.date, ...]
    """Last days of the months that were closed against it."""
    told: str
    """Who signed it, and when."""


def held(now: Signed, told: str, before: Sequence[Earlier]) -> Signed:
    """Return the budget of now, with those that months were closed against in these months.

    Months to come are those of now, and so is what comes once and is late: of an earlier budget
    it is late where that of now has it in a month that was closed before, too.

    Parameters
    ----------
    told
        Who signed the budget of now, and when.
    """
    planned = months_of(now.plan)
    kept = {month: each for each in before for month in each.months if month in planned}
    if not kept:
        return now
    past = [row for row in now.rows if row.month in kept]
    due = {(row.engine, row.model) for row in past if comes_once(row.model)}
    rows = [row for row in now.rows if row.month not in kept]
    for month, each in kept.items():
        theirs = (row for row in each.signed.rows if row.month == month)
        rows += [replace(row, is_settled=(row.engine, row.model) not in due) for row in theirs]
    workloads = [name for each in (now, *(e.signed for e in before)) for name in each.workloads]
    ours = replace(
        now,
        rows=tuple(rows),
        placed=_placed(kept, now),
        workloads=tuple(dict.fromkeys(workloads)),
        earlier={month: each.signed.plan for month, each in kept.items()},
        notes=(*now.notes, *_notes(before, kept, now, told), *_dropped(past, rows, kept)),
    )
    last = max(kept)
    return ours if now.since and now.since > last else replace(ours, since=last, pace=PACE)


def _placed(kept: dict[datetime.date, Earlier], now: Signed) -> Callable[[Bill], Bill]:
    def placed(bill: Bill) -> Bill:
        month = month_end(bill.month)
        return (kept[month].signed if month in kept else now).placed(bill)

    return placed


def _notes(
    before: Sequence[Earlier], kept: dict[datetime.date, Earlier], now: Signed, told: str
) -> Iterator[str]:
    for each in before:
        months = ", ".join(f"{month:%Y-%m}" for month in each.months if month in kept)
        option = each.signed.option
        run = f", run as {option}" if option != now.option else ""
        if months:
            yield (
                f"{months}: held against the budget that {each.told}, in force when closed{run}; "
                f"the run-rate and the months to come are of the one that {told}"
            )


def _dropped(
    past: Sequence[Budgeted], rows: Sequence[Budgeted], kept: dict[datetime.date, Earlier]
) -> Iterator[str]:
    """Say what comes once, by the budget of now alone, in months that were closed before it."""
    known = {(row.engine, row.model) for row in rows if row.month in kept}
    for row in past:
        if comes_once(row.model) and (row.engine, row.model) not in known:
            yield (
                f"{row.model}: {row.cost:,.2f} that the budget signed last has in "
                f"{row.month:%Y-%m}, closed before it, is in no forecast"
            )
