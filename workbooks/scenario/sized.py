"""A node that nobody has measured: what the sizing model says of it, as inputs of the plan."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from workbooks.scenario.entries import peak_of_load
from workbooks.scenario.inputs import INPUTS
from workbooks.scenario.own_rows import Beside
from workbooks.scenario.scenario import Entry, Scenario, ScenarioError
from workbooks.sizing.choices import choices
from workbooks.sizing.demand import Choice, Demand

SOURCE = "sizing model, its low case, which hardware is sized on; high: as modelled"


def sized(entries: Mapping[str, Entry], scenario: Scenario) -> dict[str, Entry]:
    """Return GPUs, speed, headroom and peak of the node that serves the plan's model.

    Nothing is returned where a speed or a measured system is given, or no model or accelerator.

    Raises
    ------
    ScenarioError
        If the model does not run on the accelerator, with the reason.
    """
    if _given(entries, "system") or _given(entries, "node_tokens_per_second"):
        return {}
    if not (_given(entries, "sizing_model") and _given(entries, "hardware")):
        return {}
    demand, hardware = demand_of(entries, scenario), str(entries["hardware"].base)
    known = Beside(scenario.rows)
    for name, look_up in (("hardware", known.accelerator), ("sizing_model", known.model)):
        try:
            look_up(entries[name].base)
        except LookupError as error:
            raise ScenarioError(f"{name}: {error.args[0]}") from None
    try:
        (found,) = choices(demand, (hardware,), known=known)
    except ValueError as error:
        raise ScenarioError(str(error)) from None
    if not found.fits:
        raise ScenarioError(f"{demand.model} on {hardware}: {found.why.rstrip('.')}")
    usual = {
        "max_load_share": _same(found.max_load_share, "headroom of so many copies"),
        "weight_precision": _same(found.precision, "as the model is usually served there"),
        "peak_factor": peak_of_load(scenario.load_shape, scenario.load_factors),
    }
    absent = {name: entry for name, entry in usual.items() if name not in entries}
    return _node(found, entries) | absent


def as_measured(entries: Mapping[str, Entry], scenario: Scenario) -> dict[str, Entry]:
    """Return the format that the system was measured in, where a file says none."""
    if "weight_precision" in entries or not _given(entries, "system"):
        return {}
    try:
        system = Beside(scenario.rows).system(str(entries["system"].base))
    except LookupError:  # told where the whole scenario is checked
        return {}
    return {"weight_precision": _same(system.weight_precision, "as the system was measured")}


def of_lengths(entries: Mapping[str, Entry]) -> dict[str, Entry]:
    """Return the output share of a mean request, where a file gives its lengths and no share."""
    lengths = [entries[name].base for name in ("input_tokens", "output_tokens") if name in entries]
    if "output_share" in entries or len(lengths) != 2 or not sum(map(float, lengths)):
        return {}
    prompt, answer = map(float, lengths)
    return {"output_share": _same(answer / (prompt + answer), "the mean request's output")}


def replaced(entries: Mapping[str, Entry], typed: Mapping[str, Any]) -> list[str]:
    """Return what was measured on hardware, or of a model, that what is typed replaces."""
    model = typed.get("sizing_model") or (
        entries["sizing_model"].base if "sizing_model" in entries else ""
    )
    moved = [name for name in ("hardware", "sizing_model") if _moves(entries, typed, name)]
    if not model or not moved or "system" in typed:
        return []
    measured = ("system", "node_tokens_per_second", "gpus_per_node_count", "max_load_share")
    more = ("weight_precision",) if "sizing_model" in moved else ()
    return [name for name in (*measured, *more) if name not in typed]


def _moves(entries: Mapping[str, Entry], typed: Mapping[str, Any], name: str) -> bool:
    return name in typed and (name not in entries or entries[name].base != typed[name])


def demand_of(entries: Mapping[str, Entry], scenario: Scenario) -> Demand:
    """Return what a plan asks of its nodes in the first month."""

    def base(name: str) -> Any:
        return entries[name].base if name in entries else INPUTS[name].default

    most = base("concurrency_count")
    return Demand(
        model=str(base("sizing_model")),
        tokens_per_month=float(base("tokens_per_month")),
        input_tokens=float(base("input_tokens")),
        output_tokens=float(base("output_tokens")),
        concurrency=math.inf if most is None else float(most),
        load=scenario.load_shape,
        precision=str(base("weight_precision")) if "weight_precision" in entries else "",
        spare_nodes=float(base("spare_nodes")),
        **{
            name: float(entries[name].base)
            for name in ("peak_factor", "sla_share")
            if name in entries
        },
    )


def _given(entries: Mapping[str, Entry], name: str) -> bool:
    return name in entries and entries[name].base not in (None, "")


def _same(value: Any, source: str) -> Entry:
    return Entry(value, value, value, source)


def _node(found: Choice, entries: Mapping[str, Entry]) -> dict[str, Entry]:
    """Return a node of one copy, or of as many as the accelerators that it is said to have."""
    copy, speeds = found.replica_gpus, (found.low_tokens_per_second, found.base_tokens_per_second)
    said = entries.get("gpus_per_node_count")
    gpus = float(said.base) if said else copy
    if gpus % copy:
        rule = f"a copy of the model takes {copy:g} {found.hardware}"
        raise ScenarioError(f"gpus_per_node_count is {gpus:g}; {rule}")
    low, base = (speed * gpus / copy for speed in speeds)
    node = {"node_tokens_per_second": Entry(low, low, base, SOURCE)}
    one = _same(copy, "sizing model: a copy of the model")
    return node if said else node | {"gpus_per_node_count": one}
