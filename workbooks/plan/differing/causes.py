"""What may change between two budgets, by cause, and a plan that has some of them changed."""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from workbooks.plan.plan import Plan
from workbooks.plan.shipped import Tables
from workbooks.rows import PROVENANCE
from workbooks.scenario.entries import is_money
from workbooks.scenario.inputs import ENDS, INPUTS, SECTIONS
from workbooks.scenario.own_rows import TABLES, beside


@dataclass(frozen=True, slots=True)
class Cause:
    """Inputs, settings and tables that change together."""

    title: str
    inputs: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    """Fields of a scenario."""
    tables: tuple[str, ...] = ()
    """Fields of `Tables`."""
    costs: bool = True
    """Whether any cost follows from it."""


def _of(section: str, *without: str) -> tuple[str, ...]:
    return tuple(each.name for each in SECTIONS[section] if each.name not in without)


VOLUME = ("tokens_per_month", "growth_per_year", "growth_months")
NODE = (
    *("acquisition_kind", "hardware", "gpus_per_node_count", "system", "node_tokens_per_second"),
    "capacity_factor",
    *("existing_nodes", "existing_age_months", "unneeded_kind", "life_months"),
)
SERVING = (
    *("hours_per_month", "duty_share", "sla_share", "max_load_share", "min_nodes", "spare_nodes"),
)
SITE = (
    *("power_use_share", "pue", "price_per_kwh", "colo_per_kw_month"),
    *("node_opex_per_month", "own_price_per_mtok", "space_change_per_year"),
    "energy_price_change_per_year",
)
RATES = ("currency_rates", "currency_rates_of")
MOVING = ("migration_cost", "dual_run_months")
CAUSES = (
    Cause("Volume", VOLUME, ("forecast", "seasons")),
    Cause("Mix of tokens", _of("workload", *VOLUME, "peak_factor")),
    Cause("Load over the day", ("peak_factor",), ("load_shape", "load_factors")),
    Cause("Cloud API: model and terms", _of("api")),
    Cause("Managed platform: model and terms", _of("managed")),
    Cause("Token prices and their steps", (), ("api_steps", "managed_steps"), ("prices",)),
    Cause("Choice of nodes", NODE + _of("sizing")),
    Cause("Headroom and spares", SERVING),
    Cause("Node prices and terms", _of("nodes", *NODE, *SERVING, *SITE)),
    Cause("Hardware table", tables=("accelerators",)),
    Cause("Throughput table", tables=("systems",)),
    Cause("Electricity and space", SITE),
    Cause("People and tools", _of("people", *MOVING)),
    Cause("Moving", MOVING),
    Cause("Share of the hybrid", _of("hybrid")),
    Cause("Contracts", (), ("contracts",)),
    Cause("Exchange rates", ("currency_shift_share",), RATES, ("rates",)),
    Cause("Cost of capital and tax", _of("finance", "currency_shift_share")),
    Cause("First month and length", (), ("start_month", "horizon_months")),
    Cause("Gates and outcomes", _of("gates") + _of("outcome"), costs=False),
)
"""Every input of a plan belongs to one of them."""


TOGETHER = ("Choice of nodes", "Node prices and terms", "Hardware table", "Throughput table")
"""Causes of which one may have no cost without the other: a purchase without a price."""


def joined(causes: Sequence[Cause]) -> list[Cause]:
    """Return causes with those that belong together as one."""
    nodes = [cause for cause in causes if cause.title in TOGETHER]
    if len(nodes) < 2:
        return list(causes)
    parts: dict[str, Any] = {
        name: tuple(each for cause in nodes for each in getattr(cause, name))
        for name in ("inputs", "settings", "tables")
    }
    one = Cause("Nodes: choice, prices and tables", **parts)
    kept = [one if cause is nodes[0] else cause for cause in causes]
    return [cause for cause in kept if cause not in nodes]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is not the same in both budgets."""

    name: str
    before: Any
    after: Any

    @property
    def label(self) -> str:
        """What it is called in the workbook."""
        return INPUTS[self.name].label if self.name in INPUTS else self.name.replace("_", " ")


def changes(cause: Cause, one: Plan, other: Plan, case: str) -> Iterator[Change]:
    """Yield what a cause changes of the numbers of a case, from one plan to the other."""
    for name in cause.inputs:
        end = INPUTS[name].end(case)
        entries = [each.scenario.entries[name] for each in (one, other)]
        pair = [getattr(entry, end) for entry in entries]
        codes = [entry.currency for entry in entries]
        if codes[0] != codes[1]:
            pair = [f"{c} {x:,g}" if c and x else x for c, x in zip(codes, pair, strict=True)]
        if not _same(*pair):
            yield Change(name, *pair)
    for name in cause.settings:
        pair = [getattr(each.scenario, name) for each in (one, other)]
        if not _same(*pair):
            yield Change(name, *pair)
    for part in cause.tables:
        yield from _rows(part, one, other)


def _same(one: Any, other: Any) -> bool:
    """Say whether two values are one: a cell keeps 16 digits of 17."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-12)
    if isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        return all(itertools.starmap(_same, zip(one, other, strict=True)))
    if isinstance(one, Mapping) and isinstance(other, Mapping) and one.keys() == other.keys():
        return all(_same(one[key], other[key]) for key in one)
    return bool(one == other)


def _rows(part: str, one: Plan, other: Plan) -> Iterator[Change]:
    """Yield the cells of rows that both tables have and one of the plans reads."""
    key = KEYS[part]
    before, after = (
        {getattr(r, key): r for r in getattr(each.tables, part)} for each in (one, other)
    )
    for name in sorted(before.keys() & after.keys()):
        for column in fields(before[name]):
            pair = [getattr(rows[name], column.name) for rows in (before, after)]
            number = column.type in (float, float | None) or column.name.endswith("currency")
            counts = number and column.name not in PROVENANCE  # no number depends on those
            if counts and not _same(*pair):
                yield Change(f"{name}: {column.name}", *pair)


KEYS = {table.part: table.key for table in TABLES.values()}
READ_BY = {"prices": ("api_model", "managed_model"), "accelerators": ("hardware",)}
READ_BY |= {"systems": ("system",), "models": ("sizing_model",)}


def trimmed(one: Plan, other: Plan, agreed: Collection[str] = ()) -> tuple[Plan, Plan]:
    """Return two plans whose tables have only the rows that either of them reads.

    Parameters
    ----------
    agreed
        Currencies that prices of later days are in.
    """
    entries = (one.scenario.entries, other.scenario.entries)
    named = {
        part: {getattr(each[name], end) for each in entries for name in names for end in ENDS}
        for part, names in READ_BY.items()
    }

    def fewer(plan: Plan) -> Plan:
        parts = {
            part: [row for row in getattr(plan.tables, part) if getattr(row, KEYS[part]) in names]
            for part, names in named.items()
        }
        codes = {plan.scenario.currency, *agreed, *(r.currency for r in parts["prices"])}
        codes |= {c for r in parts["accelerators"] for c in (r.rent_currency, r.buy_currency)}
        codes |= {c for each in (one, other) for c in each.currencies.codes}
        parts["rates"] = [row for row in plan.tables.rates if row.from_currency in codes]
        return Plan(plan.scenario, replace(plan.tables, **parts))

    return fewer(one), fewer(other)


def mixed(one: Plan, other: Plan, causes: Collection[Cause]) -> Plan:
    """Return the plan with some causes as in the other one.

    A row that only one of two tables has comes with what names it.
    """
    scenario = one.scenario
    entries = dict(scenario.entries)
    settings: dict[str, Any] = {}
    tables: dict[str, Sequence[Any]] = {
        part: beside(getattr(one.tables, part), getattr(other.tables, part), key)
        for part, key in KEYS.items()
    }
    for cause in causes:
        entries |= {name: other.scenario.entries[name] for name in cause.inputs}
        settings |= {name: getattr(other.scenario, name) for name in cause.settings}
        for part in cause.tables:
            rows = getattr(other.tables, part), getattr(one.tables, part)
            tables[part] = beside(*rows, KEYS[part])
    return Plan(replace(scenario, entries=entries, **settings), Tables(**tables))


def restated(plan: Plan, currency: str, rate: float) -> Plan:
    """Return a plan in another currency, at one rate for all that it holds."""
    scenario = plan.scenario
    if currency == scenario.currency:
        return plan
    entries = {
        name: _times(name, entry, rate, currency) for name, entry in scenario.entries.items()
    }
    owed = tuple(
        replace(each, currency="" if each.currency == currency else each.currency)
        if each.currency
        else replace(each, minimum_per_month=each.minimum_per_month * rate)
        for each in scenario.contracts
    )
    rates = [_on(row, currency, rate) for row in plan.tables.rates]
    moved = replace(scenario, entries=entries, contracts=owed, currency=currency)
    return Plan(moved, replace(plan.tables, rates=rates))


def _on(row: Any, currency: str, rate: float) -> Any:
    """Return a rate to another currency; that of the currency itself is 1."""
    if row.from_currency == currency:
        return replace(row, to_currency=currency, rate=1.0, low_rate=None, high_rate=None)
    known = {name: getattr(row, name) for name in ("rate", "low_rate", "high_rate")}
    known = {name: x if x is None else x * rate for name, x in known.items()}
    return replace(row, to_currency=currency, **known)


def _times(name: str, entry: Any, rate: float, currency: str) -> Any:
    if not is_money(INPUTS[name]):
        return entry
    if entry.currency:
        return replace(entry, currency="" if entry.currency == currency else entry.currency)
    ends: Mapping[str, Any] = {end: getattr(entry, end) for end in ENDS}
    return replace(entry, **{e: None if x is None else x * rate for e, x in ends.items()})
