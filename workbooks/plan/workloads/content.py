"""Measured workloads as a plan: their engines are the models they use today, beside the others."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from workbooks import tables
from workbooks.portfolio.dated.rates import FACTOR, converting
from workbooks.portfolio.reading import is_portfolio
from workbooks.portfolio.terms import API, MANAGED, MOST_ENGINES, MOST_WORKLOADS, NODES
from workbooks.portfolio.unplanned import UNPLANNED
from workbooks.scenario.inputs import SECTIONS
from workbooks.scenario.reading import HEADER
from workbooks.scenario.writing import toml
from workbooks.usage.exports.layout import UsageError

if TYPE_CHECKING:  # measuring takes pandas, which not everybody has
    from workbooks.plan.workloads.measured import Measured
    from workbooks.plan.workloads.rules import Part

TODAY = "As today"
OWN, PLATFORM = "Own nodes", "Managed platform"
IDENTITY = ("hardware", "gpus_per_node_count", "system", "node_tokens_per_second")
"""What tells one pool from another; the rest holds for every pool."""
SIZED = {"sizing_model": "model", "weight_precision": "weight_precision"}
OUT = "out"
"""Where hours that developers lose are in no total."""
PATH = "api_price_change_per_year"
VOLUME = (
    *("tokens_per_month", "requests_per_day", "users", "user_requests_per_day"),
    *("growth_per_year", "growth_months", "season_factor", "forecast_tokens_per_month"),
    *("first_month", "ramp_months"),
)
"""What a measured volume takes the place of."""
Content = dict[str, Any]


def measured_content(
    parts: Sequence[Part], found: Sequence[Measured], base: Mapping[str, Any]
) -> Content:
    """Return what usage says of a plan: its workloads, the models they use, and who uses which.

    Raises
    ------
    UsageError
        If a model has no price.
    """
    shares = {part.name: models(part) for part in parts}
    names = list(dict.fromkeys(name for each in shares.values() for name in each))
    return {
        "workload": [{"name": each.name, **each.entries} for each in found],
        "engine": [_api(name, parts, base) for name in names],
        "strategy": [{"name": TODAY, "routes": shares}],
    }


def framed(measured: Content, base: Mapping[str, Any]) -> Content:
    """Return the plan of several workloads; what usage does not tell is as in the plan it joins.

    Raises
    ------
    UsageError
        If there are more workloads or engines than a plan holds.
    """
    content = _joined(measured, base) if is_portfolio(base) else _begun(measured, base)
    for key, most in (("workload", MOST_WORKLOADS), ("engine", MOST_ENGINES)):
        if (count := len(content[key])) > most:
            rule = f"a plan holds {most}: let rules in workloads.toml take several models together"
            raise UsageError(f"the usage comes to {count} {key}s, and {rule}")
    return content


def _begun(measured: Content, base: Mapping[str, Any]) -> Content:
    """Make a plan of one workload a plan of several, with its platform, nodes and people."""
    content: Content = {key: base[key] for key in HEADER if key in base}
    series = {key: each for key, each in base.get("series", {}).items() if key == FACTOR}
    content |= converting({**base, "series": series})
    nodes, count = base.get("nodes", {}), len(measured["workload"])
    content["nodes"] = {key: nodes[key] for key in nodes if key not in IDENTITY}
    left = set(_left_out(measured, base))
    for section in ("people", "finance"):
        given = base.get(section, {})
        content[section] = {key: given[key] for key in given if key not in left}
    others = [*_platform(base, count), *_pool(base, count)]
    return {**content, **measured, "engine": [*measured["engine"], *others]}


def _left_out(measured: Content, base: Mapping[str, Any]) -> Iterator[str]:
    """Yield the inputs that a plan of several workloads has no use for."""
    if is_one(measured):  # it stays in its plan, which counts them; here its months are priced
        yield from UNPLANNED
        return
    yield "migration_cost"  # the cost of moving to an engine
    if _value(base.get("people", {}).get("opportunity_kind")) in (None, OUT):
        yield from (name for name in UNPLANNED if name.startswith("opportunity_"))


def _joined(measured: Content, base: Mapping[str, Any]) -> Content:
    """Put measured workloads in the place of those of their name; the others stay."""
    content = copy.deepcopy(dict(base))
    old = {each["name"]: each for each in content["workload"]}
    for each in measured["workload"]:
        kept = {k: v for k, v in old.get(each["name"], {}).items() if k not in VOLUME}
        old[each["name"]] = {**kept, **each}
    content["workload"] = list(old.values())
    known = {each["name"] for each in content["engine"]}
    content["engine"] += [each for each in measured["engine"] if each["name"] not in known]
    (today,) = measured["strategy"]
    own = {each["name"]: each for each in content.get("strategy", [])}
    begun = own.get(TODAY, {"name": TODAY, "routes": {}})
    engine = next(iter(today["routes"].values()))
    routes = {name: begun["routes"].get(name, engine) for name in old} | today["routes"]
    for each in own.values():
        each["routes"] = {**routes, **each["routes"]}
    own[TODAY] = {**begun, "routes": routes}
    content["strategy"] = list(own.values())
    return content


def models(part: Part) -> dict[str, float]:
    """Return the models of a workload as the price table calls them, with their shares of tokens.

    Raises
    ------
    UsageError
        If one has no price.
    """
    rows, volume = part.actuals.language, part.actuals.volume
    if lacks := rows.model[rows.list_name.isna() & (volume > 0)].unique().tolist():
        rule = "add its price sheet first: evenpoint add SHEET"
        raise UsageError(f"{part.name}: no price is known of {lacks[0]}; {rule}")
    tokens = volume.groupby(rows.list_name).sum().sort_values(ascending=False)
    shares = {str(name): float(each / tokens.sum()) for name, each in tokens.items() if each > 0}
    first, *others = shares
    return {first: 1 - sum(shares[name] for name in others), **{n: shares[n] for n in others}}


def _api(name: str, parts: Sequence[Part], base: Mapping[str, Any]) -> Content:
    """Return a model as an engine; what was agreed for the model of the plan goes with it."""
    terms = base.get("api", {})
    mine = _value(terms.get("api_model")) == name
    kept = terms if mine else {key: terms[key] for key in (PATH,) if key in terms}
    bill = ("api_model", "last_bill_per_month", "last_bill_tokens_per_month")
    engine = {k.removeprefix("api_"): v for k, v in kept.items() if k not in bill}
    last = max(part.actuals.last for part in parts)
    row = tables.price_on(name, last)
    if row.batch_input_price_per_mtok and row.input_price_per_mtok:
        share = 1 - row.batch_input_price_per_mtok / row.input_price_per_mtok
        engine["batch_discount_share"] = {"base": round(share, 6), "source": row.source}
    model = {"base": name, "source": "used today", "as_of": str(last)}
    return {"name": name, "kind": API, "model": model, **engine}


def _platform(base: Mapping[str, Any], count: int) -> Iterator[Content]:
    terms = base.get("managed", {})
    if not _value(terms.get("managed_model")):
        return
    known = {each.name.removeprefix("api_") for each in SECTIONS["api"]}
    own = {key.removeprefix("managed_"): value for key, value in terms.items()}
    cost = _value(base.get("people", {}).get("managed_migration_cost")) or 0.0
    engine = {key: value for key, value in own.items() if key in known}
    yield {"name": PLATFORM, "kind": MANAGED, **engine, "moving_cost": cost / count}


def _pool(base: Mapping[str, Any], count: int) -> Iterator[Content]:
    nodes, sizing = base.get("nodes", {}), base.get("sizing", {})
    own = {key: nodes[key] for key in IDENTITY if key in nodes and _value(nodes[key]) is not None}
    model = {SIZED[key]: sizing[key] for key in SIZED if _value(sizing.get(key))}
    cost = _value(base.get("people", {}).get("migration_cost")) or 0.0
    yield {"name": OWN, "kind": NODES, **own, **model, "moving_cost": cost / count}


def _value(given: Any) -> Any:
    return given.get("base") if isinstance(given, Mapping) else given


def is_one(measured: Mapping[str, Any]) -> bool:
    """Say whether it is one workload on one model, which a plan of one workload can hold."""
    routes = measured["strategy"][0]["routes"]
    return len(routes) == 1 and len(next(iter(routes.values()))) == 1


def text(content: Mapping[str, Any]) -> str:
    """Return a plan of several workloads as the file that reads back as the same."""
    header = {key: content[key] for key in HEADER if key in content}
    lines = [f"{key} = {toml(value)}" for key, value in header.items()]
    for key, value in content.items():
        if isinstance(value, Mapping):
            lines += ["", f"[{key}]", *(f"{name} = {toml(each)}" for name, each in value.items())]
        elif isinstance(value, list):
            for table in value:
                rows = (f"{name} = {toml(each)}" for name, each in table.items())
                lines += ["", f"[[{key}]]", *rows]
    return "\n".join(lines) + "\n"
