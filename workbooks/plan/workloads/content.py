"""Measured workloads as a plan: their engines are the models they use today, beside the others."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workbooks import tables
from workbooks.plan.workloads.measured import Measured
from workbooks.plan.workloads.rules import Part
from workbooks.portfolio.terms import API, MANAGED, MOST_ENGINES, MOST_WORKLOADS, NODES
from workbooks.scenario.inputs import SECTIONS
from workbooks.scenario.reading import HEADER
from workbooks.scenario.writing import toml
from workbooks.usage.exports.layout import UsageError

TODAY = "As today"
OWN, PLATFORM = "Own nodes", "Managed platform"
IDENTITY = ("hardware", "gpus_per_node_count", "system", "node_tokens_per_second")
"""What tells one pool from another; the rest holds for every pool."""
SIZED = {"sizing_model": "model", "weight_precision": "weight_precision"}
PATH = "api_price_change_per_year"
Content = dict[str, Any]


def several(parts: Sequence[Part], found: Sequence[Measured], base: Mapping[str, Any]) -> Content:
    """Return the plan of several workloads; what usage does not tell is as in a plan of one.

    Raises
    ------
    UsageError
        If there are more than a plan holds, or a model has no price.
    """
    shares = {part.name: models(part) for part in parts}
    names = list(dict.fromkeys(name for each in shares.values() for name in each))
    engines = [_api(name, parts, base) for name in names]
    engines += [*_platform(base, len(parts)), *_pool(base, len(parts))]
    for count, most, what in (
        (len(parts), MOST_WORKLOADS, "workloads"),
        (len(engines), MOST_ENGINES, "engines"),
    ):
        if count > most:
            rule = f"a plan holds {most}: let rules in workloads.toml take several models together"
            raise UsageError(f"the usage comes to {count} {what}, and {rule}")
    content: Content = {key: base[key] for key in (*HEADER, "people", "finance") if key in base}
    nodes = base.get("nodes", {})
    content["nodes"] = {key: nodes[key] for key in nodes if key not in IDENTITY}
    content["workload"] = [{"name": each.name, **each.entries} for each in found]
    content["engine"] = engines
    content["strategy"] = [{"name": TODAY, "routes": shares}]
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


def text(content: Mapping[str, Any], start: datetime.date | None = None) -> str:
    """Return a plan of several workloads as the file that reads back as the same."""
    header = {**{key: content[key] for key in HEADER if key in content}}
    header |= {"start_month": start} if start else {}
    lines = [f"{key} = {toml(value)}" for key, value in header.items()]
    for key, value in content.items():
        if isinstance(value, Mapping):
            lines += ["", f"[{key}]", *(f"{name} = {toml(each)}" for name, each in value.items())]
        elif isinstance(value, list):
            for table in value:
                rows = (f"{name} = {toml(each)}" for name, each in table.items())
                lines += ["", f"[[{key}]]", *rows]
    return "\n".join(lines) + "\n"
