"""The known total: the measured months, planned at their own prices, come to what was billed."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from workbooks import tables
from workbooks.plan.mixing.starting import inputs
from workbooks.plan.workloads.content import Content, models
from workbooks.plan.workloads.rules import Part
from workbooks.portfolio.reading import parse_portfolio
from workbooks.portfolio.terms import GATES
from workbooks.scenario.scenario import ScenarioError
from workbooks.usage.exports.layout import UsageError

TOLERANCE_SHARE, DAY = 0.02, datetime.timedelta(1)


@dataclass(frozen=True)
class Total:
    """What one workload was billed in the measured months, and what the plan makes of them."""

    name: str
    planned: float
    billed: float

    @property
    def gap(self) -> float:
        """Planned less billed."""
        return self.planned - self.billed


class NoRateError(ValueError):
    """A currency of a bill has no rate on the day."""


def known_total(parts: Sequence[Part], content: Content, currency: str) -> str:
    """Return in words what the measured months come to, planned and billed.

    What was billed in a currency without a rate is not compared, and the words say so.

    Raises
    ------
    UsageError
        If they differ by more than 2 % of the bill; with where the difference is.
    """
    try:
        totals = list(_totals(parts, content, currency))
    except NoRateError as error:
        return f"What was billed is not held against the plan in {currency}: {error}"
    billed, planned = (sum(getattr(t, n) for t in totals) for n in ("billed", "planned"))
    told = f"The measured months come to {currency} {planned:,.2f} as planned, {billed:,.2f}"
    if sum(abs(each.gap) for each in totals) <= TOLERANCE_SHARE * billed:
        return f"{told} as billed."
    worst = sorted(totals, key=lambda each: -abs(each.gap))[:3]
    where = "; ".join(f"{t.name} {t.planned:,.2f} planned, {t.billed:,.2f} billed" for t in worst)
    raise UsageError(
        f"{told} as billed, which is more than 2 % apart: {where}. Add the contract or price "
        "sheet that was billed by first, or the exports that are missing"
    )


def _totals(parts: Sequence[Part], content: Content, currency: str) -> Iterator[Total]:
    prices = _Prices(parts, content)
    months = sorted({day.replace(day=1) for part in parts for day in _days(part)})
    spans = [span for month in months for span in prices.spans(month)]
    for part in parts:
        billed = sum(_bill(_within(part, m, _end(m)), currency, _end(m)) for m in months)
        planned = 0.0
        for span in spans:
            rows = _within(part, *span)
            tokens = part.actuals.volume[rows.index].groupby(rows.list_name).sum()
            priced = ((n, prices.of(part.name, str(n), span[1])) for n in tokens[tokens > 0].index)
            planned += sum(float(tokens[name]) * price / 1e6 for name, price in priced)
        yield Total(part.name, planned, billed)


def _within(part: Part, first: datetime.date, last: datetime.date) -> pd.DataFrame:
    days = part.actuals.language.hour.dt.date
    found: pd.DataFrame = part.actuals.language[(days >= first) & (days <= last)]
    return found


def _days(part: Part) -> Iterable[datetime.date]:
    return set(part.actuals.language.hour.dt.date)


def _end(month: datetime.date) -> datetime.date:
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def _bill(rows: pd.DataFrame, currency: str, day: datetime.date) -> float:
    """Return what was billed; tokens that no export has a cost of are at list."""
    tokens = rows[["uncached", "cache_read", "cache_write_5m", "cache_write_1h", "output"]]
    counts = tokens.sum(axis=1) > 0
    sums = [_converted(rows.cost, rows.currency, currency, day)]
    if not (~counts & rows.cost.fillna(0).ne(0)).any():
        free = rows[counts & rows.cost.isna()]
        sums.append(_converted(free.list_cost, free.list_currency, currency, day))
    return sum(sums)


def _converted(cost: pd.Series, codes: pd.Series, currency: str, day: datetime.date) -> float:
    sums = cost.groupby(codes).sum()
    known = {str(code): float(each) for code, each in sums.items() if each}
    return sum(
        each if code in ("", currency) else each * _rate(code, currency, day)
        for code, each in known.items()
    )


def _rate(code: str, currency: str, day: datetime.date) -> float:
    try:
        return tables.exchange_rate(code, currency, day)[0]
    except LookupError as error:
        raise NoRateError(*error.args) from None


class _Prices:
    """What the plan charges each workload for a token of each model, on the days of a price."""

    def __init__(self, parts: Sequence[Part], content: Content) -> None:
        self.content = content
        self.workloads = [part.name for part in parts]
        self.names = list(dict.fromkeys(name for part in parts for name in models(part)))
        self.known: dict[Any, Mapping[str, Any]] = {}
        self.by_day = any(day.day > 1 for part in parts for day in _days(part))

    def spans(self, month: datetime.date) -> Iterator[tuple[datetime.date, datetime.date]]:
        """Yield first and last days, within a month, between which no price changes.

        Where exports have whole months, so is the only span, at the mean price of its days.
        """
        first, last = month, _end(month)
        while self.by_day and first <= last:
            end = next(day for day in _from(first, last) if self._changes_after(day, last))
            yield first, end
            first = end + DAY
        if not self.by_day:
            yield first, last

    def _changes_after(self, day: datetime.date, last: datetime.date) -> bool:
        return day == last or any(_row(n, day) != _row(n, day + DAY) for n in self.names)

    def of(self, workload: str, model: str, day: datetime.date) -> float:
        sold = {name: row for name in self.names if (row := _row(name, day))}
        if model not in sold:
            raise UsageError(f"{model} has no price in {day:%Y-%m}; add the sheet that had it")
        key = day, *sold.values()
        if key not in self.known:
            self.known[key] = self._priced(sold, day)
        w, b = self.workloads.index(workload) + 1, list(sold).index(model) + 1
        return float(self.known[key][f"w{w}_b{b}_price_per_mtok"][0])

    def _priced(self, sold: Mapping[str, Any], day: datetime.date) -> Mapping[str, Any]:
        by_name = {each["name"]: each for each in self.content["engine"]}
        then = {key: value for key, value in self.content.items() if key != "strategy"}
        then |= {
            "as_of": day,
            "start_month": day.replace(day=1),
            "engine": [by_name[name] for name in sold],
        }
        then["workload"] = [_at(each) for each in self.content["workload"]]
        try:
            measured = parse_portfolio(then, "the measured months")
            engines = (replace(each, has_all_steps=self.by_day) for each in measured.engines)
            return inputs(replace(measured, engines=tuple(engines)))[0]
        except ScenarioError as error:
            raise UsageError(f"in {day:%Y-%m}, {str(error).rstrip('.')}") from None


def _from(first: datetime.date, last: datetime.date) -> Iterator[datetime.date]:
    return (first + DAY * n for n in range((last - first).days + 1))


def _row(name: str, day: datetime.date) -> Any:
    try:
        return tables.price_on(name, day)
    except LookupError:
        return None


def _at(workload: Mapping[str, Any]) -> dict[str, Any]:
    """Return a workload as it was: gates say where it may go, not where it went."""
    return {key: value for key, value in workload.items() if key not in GATES}
