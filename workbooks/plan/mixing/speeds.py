"""Tokens that a node of a pool serves for a workload: measured, or modelled from its lengths."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from costcore.machines.basis.memory import fits_basis
from costcore.machines.sizing import fits, tokens_per_second
from costcore.machines.spec_rows import ACCELERATOR_COLUMNS, MODEL_COLUMNS
from costcore.nodes.capacity import capacity_tokens, planned
from workbooks.portfolio.terms import Engine, Workload
from workbooks.scenario.own_rows import Beside


def _base(scenario: Any, name: str) -> Any:
    return scenario.entries[name].base


def _on_hardware(workload: Workload, pool: Engine) -> tuple[Any, ...]:
    """Return what the sizing functions ask: model, accelerator, GPUs, precision and lengths."""
    known = Beside(pool.scenario.rows)
    model = known.model(_base(pool.scenario, "sizing_model"))
    card = known.accelerator(_base(pool.scenario, "hardware"))
    return (
        {name: getattr(model, name, None) for name in MODEL_COLUMNS},
        {name: getattr(card, name, None) for name in ACCELERATOR_COLUMNS},
        _base(pool.scenario, "gpus_per_node_count"),
        _base(pool.scenario, "weight_precision"),
        _base(workload.scenario, "input_tokens"),
        _base(workload.scenario, "output_tokens"),
    )


def too_large(workload: Workload, pool: Engine) -> str:
    """Why the pool's model does not fit on its nodes, or nothing; unknown is no reason."""
    entries = pool.scenario.entries
    if not (entries["sizing_model"].base and entries["hardware"].base):
        return ""
    asked = _on_hardware(workload, pool)
    if fits(*asked) == 0:
        return str(fits_basis(*asked)).rstrip(".")
    return ""


def node_tokens_per_second(workload: Workload, pool: Engine) -> float:
    """Tokens a second of a node: typed for the pair, typed, measured, or modelled.

    Returns
    -------
    float, tokens per second
        0 where the model does not fit.
    """
    if too_large(workload, pool):
        return 0.0
    if workload.name in pool.speeds:
        return float(pool.speeds[workload.name])
    entries = pool.scenario.entries
    if pool.modelled:
        found = float(tokens_per_second(*_on_hardware(workload, pool)))
        return found if math.isfinite(found) else 0.0
    if (typed := entries["node_tokens_per_second"].base) is not None:
        return float(typed)
    measured = Beside(pool.scenario.rows).system(entries["system"].base)
    return float(measured.tokens_per_second)


def planned_per_hour(
    workload: Workload, pool: Engine, burst_factor: Any, drawn: Mapping[str, Any] | None = None
) -> Any:
    """Tokens an hour that a node is planned for: answer times, headroom and bursts allowed for."""
    known = drawn or {}
    duty, sla, most = (
        known.get(name, _base(pool.scenario, name))
        for name in ("duty_share", "sla_share", "max_load_share")
    )
    speed: Any = node_tokens_per_second(workload, pool)
    if speed and not pool.modelled and workload.name not in pool.speeds:
        speed = known.get("node_tokens_per_second", speed)
    hour = capacity_tokens(speed, duty, hours_per_month=1.0)
    return planned(hour * sla, most, burst_factor)
