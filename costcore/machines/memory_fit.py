"""Whether a model and its requests fit in the memory of accelerators, line by line."""

from __future__ import annotations

from typing import Any

import numpy as np

from costcore.language.timeline import Line
from costcore.machines.constants import WEIGHT_BYTES


def by_precision(m: Any, bf16: Any, fp8: Any, fp4: Any) -> Any:
    """Return the value that belongs to the format of the weights."""
    return np.where(
        m.weight_precision == "fp4", fp4, np.where(m.weight_precision == "fp8", fp8, bf16)
    )


def cache_bytes(m: Any, tokens: Any) -> Any:
    """Cache of a request: full-attention layers grow with it, windows only up to their size."""
    window = m.window_layers * m.window_elems_per_layer * np.minimum(m.window_tokens, tokens)
    return m.kv_bytes_per_token * tokens + window * m.kv_bytes


CACHE_LINES = (
    Line(
        "kv_bytes",
        "Bytes of a cache element",
        lambda m: by_precision(
            m,
            2.0,
            np.where(np.isnan(m.fp8_dense_tflops), 2.0, 1.0),
            np.where(np.isnan(m.fp4_dense_tflops), 2.0, 1.0),
        ),
        heading="Memory",
    ),
    Line(
        "kv_bytes_per_token",
        "Cache of a token",
        lambda m: m.kv_layers_full * m.kv_elems_per_layer * m.kv_bytes,
    ),
)
"""The cache holds 8-bit numbers where the accelerator computes with them, else 16-bit."""

MEMORY_LINES = (
    Line("weight_bytes", "Bytes of a weight", lambda m: by_precision(m, *WEIGHT_BYTES.values())),
    Line("weights_gb", "Weights", lambda m: m.params_total_b * m.weight_bytes),
    Line(
        "usable_gb",
        "Memory of a GPU that can be filled",
        lambda m: m.memory_gb * m.memory_use_share - m.memory_reserve_gb,
    ),
    Line(
        "request_gb",
        "Cache of a whole request",
        lambda m: cache_bytes(m, m.input_tokens + m.output_tokens) / 1e9,
    ),
)
"""What a model takes, and what a GPU has."""

ROOM_LINES = (
    Line(
        "replica_count",
        "Copies on these GPUs",
        lambda m: np.floor(m.gpus_count / m.replica_gpus),
    ),
    Line(
        "free_gb",
        "Memory of a copy left for the cache",
        lambda m: m.replica_gpus * m.usable_gb - m.weights_gb,
    ),
    Line(
        "room_count",
        "Requests that fit beside the weights",
        lambda m: np.maximum(m.free_gb, 0.0) / m.request_gb,
    ),
    Line(
        "fits_count",
        "Runs (1) or not (0)",
        lambda m: np.where(np.isnan(m.room_count), np.nan, np.where(m.room_count >= 1, 1.0, 0.0)),
    ),
)
"""Whether a copy fits on its GPUs, and for how many requests at once."""

_ON_CHOSEN = (Line("replica_gpus", "GPUs that hold one copy", lambda m: m.chosen_replica_gpus),)
FIT_LINES = (*CACHE_LINES, *MEMORY_LINES, *_ON_CHOSEN, *ROOM_LINES)
"""For a copy whose GPUs are given."""
