"""How soon the plan's own nodes answer in the peak hour of its busiest month."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from costcore.answers.decisions import Between
from costcore.language.quantities import SECONDS_PER_HOUR
from costcore.machines.basis.times import TIME_BANDS, ttft_ms_basis, user_speed_basis
from costcore.machines.times.worksheet import ttft_ms, user_speed
from workbooks.plan.plan import Plan

FACTS = {"own_latency_ms": ("ttft", ttft_ms), "own_user_tokens_per_second": ("speed", user_speed)}
"""Each with its band and its function."""


def answer_times(plan: Plan) -> dict[str, Between]:
    """Return between what the first token and the speed of an answer lie that nine in ten get.

    ``inf`` and 0 where requests come faster than the nodes answer. Nothing is returned where
    no model is named to size, or published times are missed by more than twice: then the
    facts stay unknown.
    """
    found: dict[str, Between] = {}
    for name, (kind, function) in FACTS.items() if (asked := _asked(plan)) else ():
        time, (low, high) = float(function(**asked)), TIME_BANDS[kind]
        if not np.isnan(time):
            found[name] = Between(time * low, time * high)
    return found


def basis(plan: Plan) -> tuple[str, ...]:
    """Say what the two rest on, with their bands, or why they are unknown."""
    asked = _asked(plan)
    if not asked:
        return ()
    rate = f"{asked['requests_per_minute']:,.0f} requests a minute on each node"
    return (
        f"First token of your own nodes at {rate}. {ttft_ms_basis(**asked)}",
        f"Speed of an answer. {user_speed_basis(**asked)}",
    )


def _asked(plan: Plan) -> dict[str, Any]:
    """Return the arguments of the functions; empty where nothing is sized or nothing runs."""
    if not plan.sized:
        return {}
    told = plan.run()
    month = int(np.argmax(told["volume_tokens_per_month"]))
    nodes = told["own_nodes"][month] - told["spare_nodes"]
    tokens = told["input_tokens"] + told["output_tokens"]
    requests = told["volume_tokens_per_month"][month] * told["peak_factor"] / tokens
    if not nodes > 0 or not requests > 0:
        return {}
    models = {row.model: row for row in plan.tables.models}
    accelerators = {row.hardware: row for row in plan.tables.accelerators}
    per_minute = requests / told["hours_per_month"] / SECONDS_PER_HOUR * 60 / nodes
    return {
        "requests_per_minute": float(per_minute),
        "model_row": asdict(models[told["sizing_model"]]),
        "accelerator_row": asdict(accelerators[told["hardware"]]),
        "gpus_count": float(told["gpus_per_node_count"]),
        "weight_precision": str(told["weight_precision"]),
        "input_tokens": float(told["input_tokens"]),
        "output_tokens": float(told["output_tokens"]),
    }
