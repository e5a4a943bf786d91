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
from costcore.language.trace import given
from costcore.machines.constants import CONSTANTS, MEMORY_RULES
from costcore.machines.memory_fit import FIT_LINES, by_precision, cache_bytes


def _has_experts(m: Any) -> Any:
    return m.experts > m.experts_per_token


def _seen(m: Any) -> Any:
    """Tokens a request has on average while it is being answered."""
    return m.input_tokens + m.output_tokens / 2


def _read_ms(m: Any, gb: Any) -> Any:
    """GB over TB per second are milliseconds."""
    speed = m.replica_gpus * m.bandwidth_tb_per_s * m.memory_speed_share
    return gb / (speed * m.slowdown_factor)


def _compute_ms(m: Any, gflop: Any) -> Any:
    """GFLOP over TFLOPS are milliseconds."""
    speed = m.replica_gpus * m.compute_tflops * m.arithmetic_share
    return gflop / (speed * m.slowdown_factor)


def _idle_experts_gb(m: Any, tokens: Any) -> Any:
    """Weights of the experts that none of the tokens of a step goes to."""
    unused = 1 - m.experts_per_token / m.experts
    experts = (m.params_total_b - m.params_active_b) / unused * m.weight_bytes
    return np.where(_has_experts(m), experts * unused**tokens, 0.0)


SPEED_LINES = (
    Line(
        "busy_replica_count",
        "Copies in use",
        lambda m: np.minimum(m.replica_count, given(m.concurrency_count, m.replica_count)),
        heading="Speed",
    ),
    Line(
        "batch_count",
        "Requests a copy works on at once",
        lambda m: np.minimum(
            np.minimum(m.room_count, m.max_batch_count),
            np.where(
                np.isnan(m.concurrency_count),
                m.max_batch_count,
                m.concurrency_count / m.busy_replica_count,
            ),
        ),
    ),
    Line(
        "step_count",
        "Tokens of a step, prompts included",
        lambda m: m.batch_count * (1 + m.input_tokens / m.output_tokens),
    ),
    Line(
        "compute_tflops",
        "Dense TFLOPS at the precision",
        lambda m: by_precision(
            m,
            m.bf16_dense_tflops,
            given(m.fp8_dense_tflops, m.bf16_dense_tflops),
            given(m.fp4_dense_tflops, m.bf16_dense_tflops),
        ),
    ),
    Line(
        "slowdown_factor",
        "Speed left by experts and PCIe",
        lambda m: (
            np.where(_has_experts(m), m.expert_speed_share, 1.0)
            * np.where(
                np.logical_and(
                    m.replica_gpus > 1, np.logical_or(m.form == "PCIe", m.form == "PCIe pair")
                ),
                m.pcie_speed_share,
                1.0,
            )
        ),
    ),
    Line(
        "read_weights_ms",
        "Read the weights",
        lambda m: _read_ms(m, m.weights_gb - _idle_experts_gb(m, m.step_count)),
    ),
    Line(
        "multiply_ms",
        "Multiply by the weights",
        lambda m: _compute_ms(m, 2 * m.params_active_b * m.step_count),
    ),
    Line(
        "read_cache_ms",
        "Read the cache",
        lambda m: _read_ms(m, m.batch_count * cache_bytes(m, _seen(m)) / 1e9),
    ),
    Line(
        "prompt_attention_ms",
        "Attention inside the prompts",
        lambda m: _compute_ms(
            m,
            (m.step_count - m.batch_count)
            * (2 * m.kv_layers_full * m.attn_heads * m.head_dim * m.input_tokens / 1e9),
        ),
    ),
    Line("overhead_ms", "Overhead of the layers", lambda m: m.layer_overhead_ms * m.layers),
    Line(
        "step_ms",
        "A step: each request gets one token",
        lambda m: (
            np.maximum(m.read_weights_ms, m.multiply_ms)
            + m.read_cache_ms
            + m.prompt_attention_ms
            + m.overhead_ms
        ),
    ),
    Line(
        "output_tokens_per_second",
        "Output tokens",
        lambda m: np.where(
            m.fits_count == 0,
            0.0,
            m.busy_replica_count * m.batch_count / m.step_ms * 1000 * m.software_share,
        ),
    ),
    Line(
        "tokens_per_second",
        "Input and output tokens",
        lambda m: m.output_tokens_per_second * (1 + m.input_tokens / m.output_tokens),
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

PHASE_LINES = (
    Line(
        "prompt_tokens_per_second",
        "Reading prompts only",
        lambda m: (
            m.replica_count
            * 1000
            * m.software_share
            / _compute_ms(
                m,
                2 * m.params_active_b
                + 2 * m.kv_layers_full * m.attn_heads * m.head_dim * m.input_tokens / 1e9,
            )
        ),
        heading="The two phases alone",
    ),
    Line(
        "answer_step_ms",
        "A step without prompts",
        lambda m: (
            np.maximum(
                _read_ms(m, m.weights_gb - _idle_experts_gb(m, m.batch_count)),
                _compute_ms(m, 2 * m.params_active_b * m.batch_count),
            )
            + m.read_cache_ms
            + m.overhead_ms
        ),
    ),
    Line(
        "answer_tokens_per_second",
        "Writing answers only",
        lambda m: m.busy_replica_count * m.batch_count / m.answer_step_ms * 1000 * m.software_share,
    ),
)
"""Prefill, limited by arithmetic, and decode, limited by reading: for understanding, not sums."""

SIZING_LINES = (*FIT_LINES, *SPEED_LINES)
DEFAULTS = MappingProxyType(
    {name: each.value for name, each in {**CONSTANTS, **MEMORY_RULES}.items()}
    | {"chosen_replica_gpus": np.nan, "concurrency_count": np.nan, "software_share": 1.0}
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
