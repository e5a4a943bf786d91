"""Tokens that a node of a pool serves for a workload: measured, or modelled from its lengths."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from costcore.machines.basis.memory import fits_basis
from costcore.machines.sizing import fits, tokens_per_second
from costcore.machines.spec_rows import ACCELERATOR_COLUMNS, MODEL_COLUMNS
from costcore.nodes.capacity import capacity_tokens, planned
from workbooks.portfolio.terms import Engine, Workload
from workbooks.rows import Throughput
from workbooks.scenario.own_rows import Beside

HIGH = 3
"""Case of a speed: low, base or high."""


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
    return float(measured.tokens_per_second) * _carried(workload, pool, measured)


def _carried(workload: Workload, pool: Engine, measured: Throughput) -> float:
    """How much faster the workload's lengths are than those measured, by the sizing model.

    1 where a workload says no lengths, or nobody knows the model of the system.
    """
    lengths = measured.input_tokens, measured.output_tokens
    if workload.request_tokens is None or None in lengths:
        return 1.0
    known = Beside(pool.scenario.rows)
    try:
        rows = known.model(measured.model), known.accelerator(measured.hardware)
    except LookupError:
        return 1.0
    node = (*(asdict(row) for row in rows), measured.gpus, measured.weight_precision)
    told = measured.concurrency
    busy = float(told) if told.replace(".", "", 1).isdecimal() else math.inf  # max, or a limit
    ours = (_base(workload.scenario, f"{part}_tokens") for part in ("input", "output"))
    here, there = (float(tokens_per_second(*node, *each, busy)) for each in (ours, lengths))
    return here / there if math.isfinite(here) and there > 0 else 1.0


def most_tokens_per_second(workload: Workload, pool: Engine) -> float:
    """Most that the sizing model believes of a node whose speed is typed; inf: nothing to say."""
    entries = pool.scenario.entries
    named = entries["sizing_model"].base and entries["hardware"].base
    typed = not pool.modelled and entries["node_tokens_per_second"].base is not None
    if not (typed or workload.name in pool.speeds) or not named or too_large(workload, pool):
        return math.inf
    high = float(tokens_per_second(*_on_hardware(workload, pool), speed_case=HIGH))
    return high if math.isfinite(high) else math.inf


def too_fast(workloads: Sequence[Workload], pools: Sequence[Engine]) -> Iterator[str]:
    """Yield each typed speed that is above the high of the sizing model, in a sentence."""
    for pool in pools:
        for workload in workloads:
            speed, most = (
                asked(workload, pool) for asked in (node_tokens_per_second, most_tokens_per_second)
            )
            if speed > most:
                yield (
                    f"A node of {pool.name} is planned at {speed:,.0f} tokens a second of "
                    f"{workload.name}; the sizing model's high is {most:,.0f}: measure it."
                )


def planned_per_hour(
    workload: Workload, pool: Engine, burst_factor: Any, drawn: Mapping[str, Any] | None = None
) -> Any:
    """Tokens an hour that a node is planned for: answer times, headroom and bursts allowed for."""
    known = drawn or {}
    duty, sla, most, factor = (
        known.get(name, _base(pool.scenario, name))
        for name in ("duty_share", "sla_share", "max_load_share", "capacity_factor")
    )
    speed: Any = node_tokens_per_second(workload, pool)
    if speed and not pool.modelled and workload.name not in pool.speeds:
        speed = known.get("node_tokens_per_second", speed)
    return _planned(speed * factor, duty, sla, most, burst_factor)


def _planned(speed: Any, duty: Any, sla: Any, most: Any, burst_factor: Any) -> Any:
    return planned(capacity_tokens(speed, duty, hours_per_month=1.0) * sla, most, burst_factor)


def most_per_hour(workload: Workload, pool: Engine, burst_factor: float) -> float:
    """Most tokens an hour that the sizing model lets a node be planned for; inf: any."""
    names = ("duty_share", "sla_share", "max_load_share", "capacity_factor")
    duty, sla, most, factor = (_base(pool.scenario, name) for name in names)
    speed = most_tokens_per_second(workload, pool)
    return float(_planned(speed * factor, duty, sla, most, burst_factor))
