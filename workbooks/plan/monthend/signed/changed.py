"""A budget of which another option or strategy was run in some months than now."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from workbooks.plan.monthend.actuals import comes_once, month_end, months_of
from workbooks.plan.monthend.bills import Bill
from workbooks.plan.monthend.signed.rows import Budgeted, Signed

Months = Mapping[datetime.date, str]


def ran(bills: Sequence[Bill], usual: Callable[[Sequence[Bill]], str]) -> dict[datetime.date, str]:
    """Return what was run in each billed month, by its last day: as was said last, or as usual.

    What was said of a month holds for those after it, until something else is said.
    """
    told, said = {}, ""
    for month in sorted({month_end(each.month) for each in bills}):
        ours = [each for each in bills if month_end(each.month) == month]
        said = next((each.option for each in reversed(ours) if each.option), said)
        told[month] = said or usual(ours)
    return told


def changed(told: Months, signed: Callable[[str], Signed]) -> Signed:
    """Return the budget of what was run in each month; later months are those of the last.

    What one of them has once, in a month in which another was run, comes in its next own month.
    """
    called = {option: signed(option) for option in dict.fromkeys(told.values())}
    now = called[told[max(told)]]
    every = list({each.option: each for each in called.values()}.values())  # capitals aside
    if len(every) == 1:
        return now
    run = {month: called[told[month]] if month in told else now for month in months_of(now.plan)}
    rows = [row for each in every for row in _rows(each, run)]
    others = [month for month, each in run.items() if each.option != now.option]
    notes = (*_notes(run, now, max(told)), *_moved(every, run))
    since = max((month for month in others if month <= max(told)), default=None)
    ours = replace(now, rows=tuple(rows), placed=_placed(run, now), notes=notes)
    return replace(ours, since=since, pace=f"run as {now.option}")


def _placed(run: Mapping[datetime.date, Signed], now: Signed) -> Callable[[Bill], Bill]:
    def placed(bill: Bill) -> Bill:
        return run.get(month_end(bill.month), now).placed(bill)

    return placed


def _rows(ours: Signed, run: Mapping[datetime.date, Signed]) -> Iterator[Budgeted]:
    """Yield the rows of one option in its own months, and what it has once in the others."""
    for row in ours.rows:
        if (month := _counts_in(row, ours, run)) is not None:
            yield replace(row, month=month)


def _counts_in(
    row: Budgeted, ours: Signed, run: Mapping[datetime.date, Signed]
) -> datetime.date | None:
    mine = (month for month, each in run.items() if each.option == ours.option)
    if comes_once(row.model):
        return next((month for month in mine if month >= row.month), None)
    return row.month if row.month in mine else None


def _notes(run: Mapping[datetime.date, Signed], now: Signed, last: datetime.date) -> Iterator[str]:
    spans: dict[str, list[str]] = {}
    for month, each in run.items():
        if month <= last:
            spans.setdefault(each.option, []).append(f"{month:%Y-%m}")
    for option, months in spans.items():
        if option != now.option:
            yield (
                f"{', '.join(months)} was run as {option}, and is held against its budget; the run-"
                f"rate and the months to come are those of {now.option}"
            )


def _moved(every: Sequence[Signed], run: Mapping[datetime.date, Signed]) -> Iterator[str]:
    for ours in every:
        for row in filter(lambda each: comes_once(each.model), ours.rows):
            month = _counts_in(row, ours, run)
            if month not in (None, row.month):
                yield (
                    f"{row.model}: {row.cost:,.2f} that {ours.option} has in {row.month:%Y-%m} "
                    f"counts in {month:%Y-%m}, for something else was run before"
                )
