"""The known total: the measured months, planned at their own prices, come to what was billed."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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

TOLERANCE_SHARE = 0.02


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


def known_total(parts: Sequence[Part], content: Content, currency: str) -> str:
    """Return in words what the measured months come to, planned and billed.

    Raises
    ------
    UsageError
        If they differ by more than 2 % of the bill; with where the difference is.
    """
    totals = list(_totals(parts, content, currency))
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
    months = sorted({month for part in parts for month in _months(part).unique()})
    prices = _Prices(parts, content)
    for part in parts:
        planned = billed = 0.0
        of_month = _months(part)
        for month in months:
            rows = part.actuals.language[of_month == month]
            end = _end(month)
            billed += _bill(rows, currency, end)
            tokens = part.actuals.volume[rows.index].groupby(rows.list_name).sum()
            priced = ((n, prices.of(part.name, str(n), end)) for n in tokens[tokens > 0].index)
            planned += sum(float(tokens[name]) * price / 1e6 for name, price in priced)
        yield Total(part.name, planned, billed)


def _months(part: Part) -> Any:
    return part.actuals.language.hour.dt.strftime("%Y-%m")


def _end(month: str) -> datetime.date:
    year, number = map(int, month.split("-"))
    return datetime.date(year, number, calendar.monthrange(year, number)[1])


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
        each if code in ("", currency) else each * tables.exchange_rate(code, currency, day)[0]
        for code, each in known.items()
    )


class _Prices:
    """What the plan charges each workload for a token of each model, on the days of a price."""

    def __init__(self, parts: Sequence[Part], content: Content) -> None:
        self.content = content
        self.workloads = [part.name for part in parts]
        self.names = list(dict.fromkeys(name for part in parts for name in models(part)))
        self.known: dict[Any, Mapping[str, Any]] = {}

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
            return inputs(parse_portfolio(then, "the measured months"))[0]
        except ScenarioError as error:
            raise UsageError(f"in {day:%Y-%m}, {str(error).rstrip('.')}") from None


def _row(name: str, day: datetime.date) -> Any:
    try:
        return tables.price_on(name, day)
    except LookupError:
        return None


def _at(workload: Mapping[str, Any]) -> dict[str, Any]:
    """Return a workload as it was: gates say where it may go, not where it went."""
    return {key: value for key, value in workload.items() if key not in GATES}
