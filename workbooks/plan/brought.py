"""A plan with what its tables would say once a change of a folder is in them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from workbooks import tables
from workbooks.plan.foreign import rates_for
from workbooks.plan.plan import Plan
from workbooks.plan.shipped import Tables
from workbooks.rows import TokenPrice
from workbooks.scenario.scenario import Scenario

KEYS = {"accelerators": "hardware", "systems": "system", "models": "model"}


def known(day: date) -> Tables:
    """Return the tables of the folder in use, with the prices that hold on a day."""
    prices = [price for price in tables.token_prices() if price.holds_on(day)]
    rest = (tables.accelerators(), tables.throughputs(), tables.exchange_rates(), tables.models())
    return Tables(prices, *rest)


def brought(plan: Plan, before: Tables, after: Tables) -> Plan:
    """Return a plan whose tables have what two states of a folder differ in.

    A row that the plan's own workbook has and the change does not touch stays as it is.
    """
    prices = _changed(plan.tables.prices, "model", before.prices, after.prices)
    rest = {
        name: _changed(getattr(plan.tables, name), key, getattr(before, name), getattr(after, name))
        for name, key in KEYS.items()
    }
    rates = list(rates_for(plan, [*prices, *rest["accelerators"]]))
    known = {each.from_currency for each in rates}
    usable = [price for price in prices if price.currency in known]
    return replace(plan, tables=replace(plan.tables, prices=usable, rates=rates, **rest))


def _changed(
    ours: Sequence[Any], key: str, before: Sequence[Any], after: Sequence[Any]
) -> list[Any]:
    old = {getattr(row, key): row for row in before}
    new = {getattr(row, key): row for row in after}
    moved = {name: row for name, row in new.items() if _undated(old.get(name)) != _undated(row)}
    kept = [moved.pop(getattr(row, key), row) for row in ours]
    return [*kept, *moved.values()]


def _undated(row: Any) -> Any:
    """Return a price without its term, which says nothing of a plan at the prices of one day."""
    return replace(row, valid_from=None, valid_to=None) if isinstance(row, TokenPrice) else row


def effect(plan: Plan, changed: Plan) -> list[str]:
    """Return in words what a change does to the answer, an option a line, and the verdict."""
    old, new = plan.run("base"), changed.run("base")
    currency, lines = plan.scenario.currency, []
    for option in plan.options:
        was, now = (float(told[f"{option}_compared_cost"]) for told in (old, new))
        if f"{was:.0f}" != f"{now:.0f}":
            moved = f"{now - was:+,.0f}, {now / was - 1:+.1%}" if was else f"{now - was:+,.0f}"
            lines.append(f"{option}: {currency} {was:,.0f} -> {now:,.0f} ({moved})")
    if not lines:
        return ["The answer of budget.xlsx stays as it is."]
    turned = (
        str(old["verdict_text"]).partition(":")[0] != str(new["verdict_text"]).partition(":")[0]
    )
    return [*lines, f"{'The verdict turns' if turned else 'Verdict'}: {new['verdict_text']}"]


def later(
    rows: Iterable[TokenPrice], models: Collection[object], on: date, where: str = ""
) -> list[str]:
    """Name what begins on a later day than an update would take its prices of.

    Parameters
    ----------
    models
        Those that the plan is priced with.
    where
        Where in the workbook the price of each month stands.
    """
    return [
        f"{row.model}: {row.input_price_per_mtok:g} in and {row.output_price_per_mtok:g} out from "
        f"{row.valid_from} {f'to {row.valid_to - timedelta(1)}' if row.valid_to else 'on'}; the "
        f"plan's price steps in its months{where}"
        for row in rows
        if row.model in models and row.valid_from and row.valid_from > on
    ]


def hidden(rows: Iterable[TokenPrice], priced: Iterable[tuple[Scenario, str, str]]) -> list[str]:
    """Name the prices that an offer does not reach, for inputs have prices of their own.

    Parameters
    ----------
    priced
        Scenarios, which of their options pays by the token, and where its price is typed.
    """
    offered = {row.model for row in rows}
    return [
        f"{place} has a price of its own for {model}, {own:g} in, which counts and not the offer's"
        for scenario, option, place in priced
        if (model := scenario.entries[f"{option}_model"].base) in offered
        and (own := scenario.entries[f"{option}_input_price_per_mtok"].base) is not None
    ]
