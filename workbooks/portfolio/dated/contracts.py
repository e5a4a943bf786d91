"""Read ``[[contract]]`` of a file with several engines: each is for one of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields as columns
from dataclasses import replace
from typing import Any

from workbooks.portfolio import fields
from workbooks.portfolio.terms import Agreement, Engine, Portfolio, Strategy
from workbooks.scenario.contracts import KEYS, NODES, SPEND
from workbooks.scenario.contracts import read as read_contracts
from workbooks.scenario.entries import shown
from workbooks.scenario.feasibility import exchange_rate
from workbooks.scenario.own_rows import Beside
from workbooks.scenario.scenario import Contract, Scenario, ScenarioError, check_settled

CONTRACT, DEDICATED = "contract", "dedicated"


def with_contracts(portfolio: Portfolio, content: Any) -> Portfolio:
    """Return a portfolio with its contracts, signed or only offered.

    Raises
    ------
    ScenarioError
        With the contract, its key, the value and the rule.
    """
    if not isinstance(content, list) or not all(isinstance(each, Mapping) for each in content):
        raise ScenarioError(f"contract is {shown(content)}; write each under [[contract]]")
    signers: dict[str, set[str]] = {}
    found = []
    for table in content:
        place = f"contract {str(table.get('name', ''))!r}: "
        fields.keys(table, (*KEYS, "engine"), place)
        engine = _engine(table, portfolio.engines, place)
        found.append({**_plain(table), "kind": _kind(table, engine, place)})
        for name in _strategies(table, portfolio.strategies, place):
            signers.setdefault(name, set()).add(table["name"])
    read = read_contracts(found, 1.0, portfolio.frame.currency)
    agreements = tuple(
        _agreement(each, table["engine"]) for each, table in zip(read, content, strict=True)
    )
    strategies = tuple(
        replace(each, signs=frozenset(signers.get(each.name, ()))) for each in portfolio.strategies
    )
    return agreed(replace(portfolio, strategies=strategies), agreements)


def agreed(portfolio: Portfolio, agreements: Sequence[Agreement]) -> Portfolio:
    """Return a portfolio with contracts; an engine knows those that hold its price.

    Raises
    ------
    ScenarioError
        If an engine cannot have its contract, or there is no rate of its currency.
    """
    frame = replace(portfolio.frame, contracts=tuple(agreements))
    for each in agreements:
        engine = next(engine for engine in portfolio.engines if engine.name == each.engine)
        _check(each, engine)
        exchange_rate(each.currency or frame.currency, frame, Beside(frame.rows))
        check_settled(each, frame)
    engines = tuple(_holding(each, agreements) for each in portfolio.engines)
    return replace(portfolio, frame=frame, engines=engines, contracts=tuple(agreements))


def _holding(engine: Engine, agreements: Iterable[Agreement]) -> Engine:
    held = (e for e in agreements if e.engine == engine.name and e.price_held == "yes")
    mine: tuple[Contract, ...] = tuple(replace(each, kind=engine.inputs) for each in held)
    scenario: Scenario = replace(engine.scenario, contracts=mine)
    return replace(engine, scenario=scenario)


def _check(each: Agreement, engine: Engine) -> None:
    """Refuse a minimum that is given twice, and capacity whose price falls with its tokens."""
    place = f"engine {engine.name!r}: the contract {each.contract!r}"
    if each.kind in SPEND:
        entry = engine.scenario.entries[f"{engine.inputs}_commit_per_month"]
        if any((entry.low, entry.base, entry.high)):
            rule = "commit_per_month must then be 0"
            raise ScenarioError(f"{place} says what is committed; {rule}")
    if each.kind == DEDICATED and engine.tier_tokens:
        raise ScenarioError(f"{place} serves tokens that its tiers would count; leave one of both")


def _engine(table: Mapping[str, Any], engines: Sequence[Engine], place: str) -> Engine:
    if "engine" not in table:
        names = ", ".join(each.name for each in engines)
        raise ScenarioError(f"{place}it says no engine; it must be one of {names}")
    named = fields.named(table["engine"], engines, "engine", place)
    return next(each for each in engines if each.name == named)


def _kind(table: Mapping[str, Any], engine: Engine, place: str) -> str:
    """Return what it is for: what its engine is, if nothing else is said."""
    allowed = NODES if engine.is_pool else (engine.kind, DEDICATED)
    kind = table.get("kind", allowed[0])
    if kind not in allowed:
        rule = f"on {engine.name!r} it must be {' or '.join(allowed)}"
        raise ScenarioError(f"{place}kind is {shown(kind)}; {rule}")
    return str(kind)


def _strategies(
    table: Mapping[str, Any], strategies: Sequence[Strategy], place: str
) -> tuple[str, ...]:
    """Return the names of those that sign an offer, a text or a list of texts."""
    given = table.get("strategy", [])
    listed = given if isinstance(given, list) else [given]
    found = tuple(fields.named(each, strategies, "strategy", place) for each in listed)
    signed = table.get("signed", True)
    if signed is False and not found:
        rule = "strategy must name those of [[strategy]] that sign it, for nobody else owes it"
        raise ScenarioError(f"{place}signed is false; {rule}")
    return found if signed is False else ()


def _plain(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if key not in ("engine", "strategy")}


def _agreement(each: Contract, engine: str) -> Agreement:
    """Return a contract on an engine."""
    known = {column.name: getattr(each, column.name) for column in columns(Contract)}
    return Agreement(**known, engine=engine)


def of_one(each: Contract, engines: Mapping[str, str]) -> Agreement:
    """Return a contract of a plan of one workload, on the engine that its kind is for.

    Raises
    ------
    ScenarioError
        If what it is for is not compared.
    """
    if each.kind not in engines:
        rule = "it is for what the plan does not compare"
        raise ScenarioError(f"contract {each.contract!r}: kind is {shown(each.kind)}; {rule}")
    return _agreement(each, engines[each.kind])
