"""Read ``[[workload]]``, ``[[engine]]`` and ``[[strategy]]`` of a scenario file.

Each workload and each engine is read as a scenario of its own, so what may be written of it, its
bounds, ranges and sources are those of the file with one of each.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from workbooks.portfolio import fields
from workbooks.portfolio.dated.contracts import CONTRACT, with_contracts
from workbooks.portfolio.dated.rates import LISTED, STEP, converting
from workbooks.portfolio.dated.stepping import of_engines
from workbooks.portfolio.dividing import VOLUME, divided
from workbooks.portfolio.flat import DAYS, LISTS, NAMED, OWN
from workbooks.portfolio.one_workload import as_portfolio
from workbooks.portfolio.privacy import PRIVACY, privacy
from workbooks.portfolio.routes import strategy
from workbooks.portfolio.terms import (
    GATES,
    KINDS,
    MANAGED,
    MOST_ENGINES,
    MOST_POOLS,
    MOST_STRATEGIES,
    MOST_WORKLOADS,
    NODES,
    Engine,
    Portfolio,
    Workload,
)
from workbooks.portfolio.unplanned import check_owned, refuse
from workbooks.portfolio.volumes import request_tokens, with_volume
from workbooks.scenario.entries import check_keys, checked_text, shown
from workbooks.scenario.inputs import INPUTS, SECTIONS
from workbooks.scenario.reading import HEADER, parse
from workbooks.scenario.reading import ready as ready_scenarios
from workbooks.scenario.scenario import Scenario, ScenarioError

SHARED = ("people", "finance")
STAND_IN: Mapping[str, Any] = {
    "workload": {"tokens_per_month": 1e9},
    "api": {"api_input_price_per_mtok": 1.0, "api_output_price_per_mtok": 1.0},
    "nodes": {"node_tokens_per_second": 1.0, "rent_per_gpu_hour": 1.0},
}
"""What stands for the parts that a workload or an engine alone does not have."""
NO_DISCOUNT = {
    "base": INPUTS["managed_batch_discount_share"].default,
    "source": "a managed platform that says no discount on batch jobs",
}
OUTCOME = ("task_tokens", "max_attempts", "repair_cost", "debug_cost")
WORKLOAD_KEYS = (
    "name",
    "cost_centre",
    "load_shape",
    "movable",
    "first_month",
    "last_month",
    "ramp_months",
    *GATES,
    "records_share",
    "forecast_tokens_per_month",
    "season_factor",
    "load_factor",
    "requests_per_day",
    "users",
    "user_requests_per_day",
    "input_tokens",
    "output_tokens",
    *OUTCOME,
)


def is_portfolio(content: Mapping[str, Any]) -> bool:
    """Say whether a file lists workloads or engines, instead of describing one of each."""
    return any(isinstance(content.get(key), list) for key in LISTS)


def lists_several(file: Traversable) -> bool:
    """Say whether a file can be read and lists workloads or engines."""
    try:
        return is_portfolio(tomllib.loads(file.read_bytes().decode("utf-8-sig")))
    except (OSError, ValueError, RecursionError):
        return False


def ready() -> dict[str, Traversable]:
    """Return the ready portfolios by name, and the ready scenarios with one workload."""
    folder = files("workbooks.data") / "portfolios"
    toml = (file for file in folder.iterdir() if file.name.endswith(".toml"))
    ours = {file.name.removesuffix(".toml"): file for file in sorted(toml, key=lambda f: f.name)}
    return {**ready_scenarios(), **ours}


def load(file: Traversable) -> Portfolio:
    """Read a portfolio, or a scenario with one workload as one.

    Raises
    ------
    ScenarioError
        With the file, what is wrong there, and the rule.
    OSError
        If the file cannot be read.
    """
    try:
        content = tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ScenarioError(f"{file.name} is not a TOML file: {error}") from None
    try:
        return parse_portfolio(content, file.name)
    except ScenarioError as error:
        raise ScenarioError(f"{file.name}: {error}") from None


def parse_portfolio(content: Mapping[str, Any], origin: str) -> Portfolio:
    """Turn the content of a file into a checked portfolio."""
    if not is_portfolio(content):
        return as_portfolio(parse(content, origin))
    check_keys(
        content,
        (*HEADER, *NAMED, *SHARED, *LISTED, "series", "nodes", VOLUME, PRIVACY),
        "is neither a setting nor a section",
    )
    refuse({name: content[name] for name in SHARED if name in content})
    header = {name: content[name] for name in (*HEADER, *SHARED, *OWN) if name in content}
    header |= converting(content)
    nodes = content.get("nodes", {})
    frame = _scenario(header, origin, {"nodes": {**STAND_IN["nodes"], **nodes}}, "")
    hours = float(frame.entries["hours_per_month"].base)
    workloads = divided(_all(content, "workload", MOST_WORKLOADS), content.get(VOLUME), hours)
    read_workloads = tuple(_workload(each, header, origin, hours) for each in workloads)
    engines = _all(content, "engine", MOST_ENGINES)
    steps = of_engines(content.get(STEP, []), engines)
    read_engines = tuple(
        _engine(each, {**header, STEP: steps.get(each["name"].strip(), [])}, nodes, origin)
        for each in engines
    )
    known = privacy(content, workloads)
    portfolio = Portfolio(frame, read_workloads, read_engines, privacy=known)
    _check_pools(portfolio)
    strategies = _all(content, "strategy", MOST_STRATEGIES) if "strategy" in content else []
    read = tuple(strategy(each, portfolio) for each in strategies)
    days = {name: getattr(frame, name) for name in DAYS}  # prices of that day count
    routed = replace(portfolio, strategies=read, content={**days, **content})
    return with_contracts(routed, content.get(CONTRACT, []))


def _all(content: Mapping[str, Any], kind: str, most: int) -> list[Mapping[str, Any]]:
    """Return the sections of a kind, each with a name that no other one has."""
    found = content.get(kind)
    if not isinstance(found, list) or not found:
        raise ScenarioError(f"there is no {kind}; write each under [[{kind}]]")
    if len(found) > most:
        raise ScenarioError(f"there are {len(found)} of [[{kind}]]; a plan holds at most {most}")
    names: list[str] = []
    for number, each in enumerate(found, start=1):
        if not isinstance(each, Mapping) or not str(each.get("name", "")).strip():
            raise ScenarioError(f"[[{kind}]] number {number} has no name; give it one")
        name = checked_text(f"name of {kind} {number}", each["name"])
        if name.strip().lower() in names:
            raise ScenarioError(
                f"the name {name!r} is given to two of [[{kind}]]; each has its own"
            )
        names.append(name.strip().lower())
    return found


def _scenario(
    header: Mapping[str, Any], origin: str, parts: Mapping[str, Any], place: str
) -> Scenario:
    """Read a part as a scenario of its own; what is wrong is told with its place."""
    try:
        return parse({**header, **STAND_IN, **parts}, origin)
    except ScenarioError as error:  # an engine's inputs are written without their prefix
        told = str(error).replace("api_", "").replace("sizing_", "")
        raise ScenarioError(f"{place}{told}") from None


def _workload(
    table: Mapping[str, Any], header: Mapping[str, Any], origin: str, hours: float
) -> Workload:
    place = f"workload {table['name']!r}: "
    inputs = [each.name for each in SECTIONS["workload"]]
    fields.keys(table, (*inputs, *WORKLOAD_KEYS), place)
    try:
        described = with_volume(table, hours)
    except ScenarioError as error:
        raise ScenarioError(f"{place}{error}") from None
    part: dict[str, Any] = {"workload": {n: v for n, v in described.items() if n in inputs}}
    part["sizing"] = {n: table[n] for n in ("input_tokens", "output_tokens") if n in table}
    part["outcome"] = {n: table[n] for n in OUTCOME if n in table}
    series = ("forecast_tokens_per_month", "season_factor", "load_factor")
    own = {name: table[name] for name in series if name in table}
    part["series"] = {**header.get("series", {}), **own}
    shape = {"load_shape": table["load_shape"]} if "load_shape" in table else {}
    scenario = _scenario({**header, **shape}, origin, part, place)
    months = scenario.horizon_months
    first = fields.month(table, "first_month", 1, months, place)
    return Workload(
        name=table["name"].strip(),
        scenario=scenario,
        cost_centre=checked_text(f"{place}cost_centre", table.get("cost_centre", "")),
        request_tokens=request_tokens(table),
        movable=fields.yes(table, "movable", place) or False,
        first_month=first,
        last_month=fields.month(table, "last_month", months, months, place, first),
        ramp_months=fields.month(table, "ramp_months", 0, months, place, 0),
        **_gates(table, place),
    )


def _gates(table: Mapping[str, Any], place: str) -> dict[str, Any]:
    """Return what a workload asks of the engines that may serve it, and what it holds."""
    limits = {"least_accuracy_share": 1.0, "records_share": 1.0}
    limits |= dict.fromkeys(("ttft_limit_ms", "least_user_tokens_per_second"), math.inf)
    numbers = {name: fields.number(table, name, place, most) for name, most in limits.items()}
    flags = ("stays_inside", "needs_fine_tuning")
    return {
        **numbers,
        **{name: fields.yes(table, name, place) or False for name in flags},
        "allowed_regions": fields.texts(table, "allowed_regions", place),
        "records_share": numbers["records_share"] or 0.0,
    }


def _engine(
    table: Mapping[str, Any], header: Mapping[str, Any], nodes: Mapping[str, Any], origin: str
) -> Engine:
    place = f"engine {table['name']!r}: "
    kind = table.get("kind")
    if kind not in KINDS:
        rule = f"it must be one of {', '.join(KINDS)}"
        raise ScenarioError(f"{place}kind is {shown(kind)}; {rule}")
    own = {n: v for n, v in table.items() if n not in fields.OF_ENGINE}
    part = _pool(own, nodes, place) if kind == NODES else _billed(own, kind, place)
    return Engine(
        name=table["name"].strip(),
        kind=kind,
        scenario=_scenario(header, origin, part, place),
        region=checked_text(f"{place}region", table.get("region", "")),
        leaves_network=fields.yes(table, "leaves_network", place),
        accuracy_share=fields.number(table, "accuracy_share", place, 1.0),
        ttft_ms=fields.number(table, "ttft_ms", place, math.inf),
        user_tokens_per_second=fields.number(table, "user_tokens_per_second", place, math.inf),
        allows_fine_tuning=fields.yes(table, "allows_fine_tuning", place),
        signed=fields.yes(table, "signed", place) or False,
        successes=fields.shares(table, "success_share", place),
        moving_cost=fields.number(table, "moving_cost", place, math.inf) or 0.0,
        speeds=fields.speeds(table, "speeds", place),
        modelled=kind == NODES and _modelled(own),
        for_workloads=fields.texts(table, "for_workloads", place),
        **fields.tiers(table, kind == NODES, place),
    )


def _billed(own: Mapping[str, Any], kind: str, place: str) -> dict[str, Any]:
    """Return the section of a token-billed engine; its inputs are written without ``api_``."""
    inputs = {each.name.removeprefix("api_"): each.name for each in SECTIONS["api"]}
    fields.keys(own, inputs, place)
    usual = {"batch_discount_share": NO_DISCOUNT} if kind == MANAGED else {}
    return {"api": {**usual, **{inputs[name]: value for name, value in own.items()}}}


def _pool(own: Mapping[str, Any], nodes: Mapping[str, Any], place: str) -> dict[str, Any]:
    """Return the sections of a pool: its nodes, the model they run, and people of its own."""
    sizing = {"model": "sizing_model", "weight_precision": "weight_precision"}
    inputs = [each.name for each in SECTIONS["nodes"]]
    fields.keys(own, (*inputs, *sizing), place)
    known = {name: value for name, value in own.items() if name in inputs}
    if _modelled(own):
        known["node_tokens_per_second"] = STAND_IN["nodes"]["node_tokens_per_second"]
    model = {sizing[name]: value for name, value in own.items() if name in sizing}
    return {"nodes": {**nodes, **known}, "sizing": model}


def _modelled(own: Mapping[str, Any]) -> bool:
    return "model" in own and "system" not in own and "node_tokens_per_second" not in own


def _check_pools(portfolio: Portfolio) -> None:
    if (count := len(portfolio.pools)) > MOST_POOLS:
        raise ScenarioError(f"{count} engines are nodes; a plan holds at most {MOST_POOLS} pools")
    check_owned(portfolio.pools)
    for engine in portfolio.engines:
        successes = engine.successes if isinstance(engine.successes, Mapping) else ()
        for name in (*engine.speeds, *successes, *engine.for_workloads):
            fields.named(name, portfolio.workloads, "workload", f"engine {engine.name!r}: ")
