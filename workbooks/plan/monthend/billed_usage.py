"""Imported usage and bills as one bill for each month, model and currency."""

from __future__ import annotations

import datetime
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from workbooks.plan.monthend.bills import BILLED, LISTED, SPREAD, ActualsError, Bill
from workbooks.plan.workloads.rules import Rule, names_of

if TYPE_CHECKING:
    import pandas as pd

    from workbooks.usage.actuals import Actuals as Usage

KEYS = ["month", "vendor", "name", "workload"]
Key = tuple[str, str, str, str]
"""Month as text, vendor, model, and the workload that a rule says."""
Listed = dict[Key, tuple[str, float]]
"""Currency and cost at list."""


def imported(usage: Usage, rules: Sequence[Rule] = ()) -> list[Bill]:
    """Return imported usage as bills, one for each month, model, workload and currency.

    A cost without tokens is spread over the workloads of its model, or else over the models of
    its vendor and month, that have tokens and no cost of their own; where there is none, it stays
    a cost that no token explains. Where nothing was billed, be it for some of the tokens, the list
    price of the day counts, and the bill says so.

    Raises
    ------
    ActualsError
        If tokens have neither a bill nor a list price.
    """
    sums = _sums(usage, rules)
    tokens, costs = sums.tokens, sums.costs
    spread: dict[Key, list[tuple[str, float]]] = defaultdict(list)
    for depth in (3, 2):  # within a model, then within a vendor's month
        groups: dict[tuple[str, ...], list[Key]] = defaultdict(list)
        for key in sorted({*tokens, *costs}):
            groups[key[:depth]].append(key)
        for keys in groups.values():
            unpriced = [k for k in keys if k in tokens and k not in costs and k not in spread]
            stray = [key for key in keys if key in costs and key not in tokens] if unpriced else []
            shares = _shares(unpriced, tokens, sums.listed)
            for key in stray:
                for currency, cost in costs.pop(key).items():
                    for each, share in zip(unpriced, shares, strict=True):
                        spread[each].append((currency, cost * share))
    return list(_bills(sums, spread))


def _shares(
    keys: Sequence[Key], tokens: Mapping[Key, Any], listed: Mapping[Key, tuple[str, float]]
) -> list[float]:
    """Return the share that each has of a cost: by list price, or by tokens where one has none."""
    weights = [listed[key][1] if key in listed else math.nan for key in keys]
    if not sum(weights) > 0:  # nor is any of them nan
        weights = [float(tokens[key]["tokens"]) for key in keys]
    return [weight / sum(weights) for weight in weights]


def last_whole(usage: Usage) -> datetime.date:
    """Return the last month that the exports have to its end; monthly rows are whole.

    Raises
    ------
    ActualsError
        If there is none.
    """
    first, last = usage.first.replace(day=1), usage.last.replace(day=1)
    after = usage.last + datetime.timedelta(1)
    monthly = usage.rows.hour.dt.day.eq(1).all()
    if after.day == 1 or (monthly and first < last):
        return last
    if first == last:
        raise ActualsError(
            f"the exports end on {usage.last}, before their month does; "
            f"--closed {last:%Y-%m} takes it as closed all the same"
        )
    return (last - datetime.timedelta(1)).replace(day=1)


class _Sums(NamedTuple):
    """Tokens, costs by currency, and costs at list: of all tokens, and of those without a cost."""

    tokens: dict[Key, Any]
    costs: dict[Key, dict[str, float]]
    listed: Listed
    unbilled: Listed


def _sums(usage: Usage, rules: Sequence[Rule]) -> _Sums:
    rows = usage.rows.assign(
        month=usage.rows.hour.dt.strftime("%Y-%m"),
        name=usage.rows.list_name.where(usage.rows.list_name.notna(), usage.rows.model),
        vendor=usage.rows.vendor.fillna(""),
        workload=_workloads(usage.rows, rules),
        list_cost=usage.rows.list_cost.where(usage.rows.list_missing == ""),
        input=usage.rows[["uncached", "cache_write_5m", "cache_write_1h"]].sum(axis=1),
        tokens=usage.tokens + usage.rows.undirected.fillna(0.0),
    )
    used = rows[rows.tokens > 0]
    groups = used.groupby(KEYS)
    sums = groups[["input", "cache_read", "output", "undirected", "tokens"]].sum()
    for column in ("requests", "list_cost"):  # nan where any row does not tell
        known = groups[column].count() == groups[column].size()
        sums[column] = groups[column].sum().where(known)
    tokens: dict[Key, Any] = {_key(key): row for key, row in sums.iterrows()}
    currencies = groups.list_currency.max().to_dict()
    listed = {
        key: (str(currencies[key]), float(row.list_cost))
        for key, row in tokens.items()
        if row.list_cost >= 0
    }
    return _Sums(tokens, _costs(rows), listed, _unbilled(rows))


def _workloads(rows: pd.DataFrame, rules: Sequence[Rule]) -> Any:
    """Return the workload of each row by the rules; blank where none takes it."""
    if not rules:
        return ""
    named = names_of(rows, rules)
    return named.where(named.isin([rule.name for rule in rules]), "")


def _costs(rows: pd.DataFrame) -> dict[Key, dict[str, float]]:
    billed = rows[rows.cost.notna() & ((rows.cost != 0) | (rows.tokens > 0))]
    sums: dict[Any, float] = billed.groupby([*KEYS, "currency"]).cost.sum().to_dict()
    costs: dict[Key, dict[str, float]] = defaultdict(dict)
    for (*key, currency), cost in sums.items():
        costs[_key(key)][currency] = float(cost)
    return costs


def _unbilled(rows: pd.DataFrame) -> Listed:
    """Return what tokens without a cost are at list, nan where unknown, beside others with one.

    Where money stands in rows without tokens, it is theirs.
    """
    counts, told = rows.tokens > 0, rows.cost.notna()
    keys = [rows[name] for name in KEYS]
    priced = (counts & told).groupby(keys).transform("any")
    apart = (~counts & rows.cost.fillna(0.0).ne(0)).groupby(keys).transform("any")
    left = rows[priced & ~apart & counts & ~told]
    sums = left.groupby(KEYS).agg({"list_cost": ["sum", "count", "size"], "list_currency": "max"})
    return {
        _key(key): (str(currency), float(cost) if known == size else math.nan)
        for key, cost, known, size, currency in sums.itertuples(name=None)
    }


def _key(key: Any) -> Key:
    month, vendor, name, workload = map(str, key)
    return month, vendor, name, workload


def _bills(sums: _Sums, spread: Mapping[Key, Iterable[tuple[str, float]]]) -> Iterator[Bill]:
    for key in sorted({*sums.tokens, *sums.costs}):
        month, _, name, workload = key
        day = datetime.date.fromisoformat(f"{month}-01")
        for place, (currency, cost, basis) in enumerate(_paid(key, sums, spread.get(key, ()))):
            row = sums.tokens.get(key) if place == 0 else None
            kinds = (
                [row.input, row.cache_read, row.output, row.undirected] if row is not None else []
            )
            yield Bill(
                day,
                name,
                *(map(float, kinds) if kinds else (0.0,) * 4),  # type: ignore[misc]
                billed=cost,
                requests=math.nan if row is None else float(row.requests),
                currency="" if currency == "?" else currency,
                basis=basis,
                workload=workload,
            )


def _paid(
    key: Key, sums: _Sums, spread: Iterable[tuple[str, float]]
) -> list[tuple[str, float, str]]:
    """Return what was paid for a key: by currency, cost and where the cost is from."""
    month, _, name, _ = key
    known = [(currency, cost, BILLED) for currency, cost in sums.costs.get(key, {}).items()]
    known += [(currency, cost, SPREAD) for currency, cost in spread]
    known += [(*sums.unbilled[key], LISTED)] if key in sums.unbilled else []
    if any(math.isnan(cost) for _, cost, _ in known):
        raise ActualsError(
            f"{name} in {month} has tokens without a cost beside others with one, and no list "
            "price; give the bill too, or a CSV with month, model, tokens and cost"
        )
    if not known and key not in sums.listed:
        raise ActualsError(
            f"{name} in {month} has {sums.tokens[key].tokens:,.0f} tokens but neither a bill nor a "
            "list price; give the bill too, or a CSV with month, model, tokens and cost"
        )
    return known or [(*sums.listed[key], LISTED)]
