"""What limits a model on an accelerator: memory, reading, arithmetic, overhead; line by line.

The lines compute numbers and whole arrays of cases, and their rules read off as sheet formulas.
All that a step reads is shared by the requests in it: a token is dear when few are served.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from costcore.language.timeline import Line, values
from costcore.machines.constants import CONSTANTS, MEMORY_RULES
from costcore.machines.copies import COPY_LINES, busy_count, room_count, staged_count, staged_ms
from costcore.machines.memory_fit import CACHE_LINES, MEMORY_LINES, ROOM_LINES
from costcore.machines.step import (
    LOAD_LINES,
    overhead_ms,
    read_weights_ms,
    step_ms,
    uneven_factor,
    weights_ms,
)

SPEED_LINES = (
    Line(
        "busy_replica_count",
        "Copies in use",
        lambda m: busy_count(m, m.replica_gpus),
        heading="Speed",
    ),
    Line(
        "batch_count",
        "Requests a copy works on at once",
        lambda m: np.minimum(
            room_count(m, m.replica_gpus), m.asked_count / np.maximum(m.busy_replica_count, 1.0)
        ),
    ),
    Line(
        "whole_weights_ms",
        "Weights, each layer split over the copy",
        lambda m: weights_ms(m, m.batch_count, m.replica_gpus),
    ),
    Line(
        "whole_ms",
        "A step, each layer split over the copy",
        lambda m: step_ms(m, m.replica_gpus, m.batch_count, m.whole_weights_ms),
    ),
    Line(
        "stage_requests_count",
        "Requests in each stage, if it is cut into stages",
        lambda m: staged_count(m.batch_count, m.replica_gpus),
    ),
    Line(
        "staged_weights_ms",
        "Their weights",
        lambda m: weights_ms(m, m.stage_requests_count, 1.0),
    ),
    Line(
        "staged_ms",
        "A step, if it is cut into stages",
        lambda m: staged_ms(m, m.replica_gpus, m.stage_requests_count, m.staged_weights_ms),
    ),
    Line(
        "split_gpus",
        "GPUs each layer is split over, whichever is faster",
        lambda m: np.where(m.staged_ms < m.whole_ms, 1.0, m.replica_gpus),
    ),
    Line(
        "step_requests_count",
        "Requests in a step",
        lambda m: np.where(m.staged_ms < m.whole_ms, m.stage_requests_count, m.batch_count),
    ),
    Line(
        "uneven_factor",
        "Products of the fullest GPU over the mean",
        lambda m: uneven_factor(m, m.split_gpus),
    ),
    Line(
        "read_weights_ms",
        "Read the weights",
        lambda m: read_weights_ms(m, m.step_requests_count) / m.split_gpus,
    ),
    Line(
        "multiply_ms",
        "Multiply by the weights",
        lambda m: m.step_requests_count * m.request_products_ms * m.uneven_factor / m.split_gpus,
    ),
    Line(
        "read_cache_ms",
        "Read the cache",
        lambda m: m.step_requests_count * m.request_cache_ms / m.split_gpus,
    ),
    Line(
        "prompt_attention_ms",
        "Attention inside the prompts",
        lambda m: m.step_requests_count * m.request_attention_ms / m.split_gpus,
    ),
    Line(
        "activation_ms",
        "Write and read activations",
        lambda m: m.step_requests_count * m.request_activation_ms / m.split_gpus,
    ),
    Line(
        "exchange_ms",
        "Share sums over the link",
        lambda m: m.step_requests_count * m.request_exchange_ms * (1 - 1 / m.split_gpus),
    ),
    Line("overhead_ms", "Overhead of the layers", lambda m: overhead_ms(m, m.step_requests_count)),
    Line(
        "step_ms",
        "A step: each request gets one token",
        lambda m: np.minimum(m.whole_ms, m.staged_ms),
    ),
    Line(
        "speed_share",
        "Measured over modelled, of model, hardware and software",
        lambda m: m.model_speed_share * m.hardware_speed_share * m.software_share,
    ),
    Line(
        "output_tokens_per_second",
        "Output tokens",
        lambda m: np.where(
            m.fits_count == 0,
            0.0,
            m.busy_replica_count * m.batch_count / m.step_ms * 1000 * m.speed_share,
        ),
    ),
    Line(
        "tokens_per_second",
        "Input and output tokens",
        lambda m: m.output_tokens_per_second * m.visits_factor,
    ),
    Line(
        "user_tokens_per_second",
        "Output tokens of one request",
        lambda m: np.where(
            m.fits_count == 0,
            0.0,
            m.output_tokens_per_second / (m.busy_replica_count * m.batch_count),
        ),
    ),
)
"""One step of the engine: it answers every request by a token, and reads new prompts meanwhile."""

SIZING_LINES = (
    *(*CACHE_LINES, *MEMORY_LINES, *LOAD_LINES, *COPY_LINES),
    *(*ROOM_LINES, *SPEED_LINES),
)
DEFAULTS = MappingProxyType(
    {name: each.value for name, each in {**CONSTANTS, **MEMORY_RULES}.items()}
    | {"chosen_replica_gpus": np.nan, "concurrency_count": np.nan, "software_share": 1.0}
    | {"model_speed_share": 1.0, "hardware_speed_share": 1.0}
)
"""Inputs that are not asked: blank means the model decides."""


def sized(inputs: Mapping[str, Any], lines: tuple[Line, ...] = SIZING_LINES) -> dict[str, Any]:
    """Compute the lines for one case, or for arrays of cases that broadcast.

    Parameters
    ----------
    inputs
        The columns of a model and an accelerator, `gpus_count`, `weight_precision`,
        `input_tokens`, `output_tokens`; what `DEFAULTS` holds may be left out.

    Returns
    -------
    dict of float or ndarray, one for each line
        ``nan`` where the row leaves open what the line needs.
    """
    known = {**DEFAULTS, **inputs}
    floats = {name: v if _is_text(v) else np.asarray(v, float)[()] for name, v in known.items()}
    return {name: row[0] for name, row in values(lines, floats, 1).items()}


def _is_text(value: Any) -> bool:
    return np.asarray(value).dtype.kind in "UO"
