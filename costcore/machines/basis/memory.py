"""Say in one sentence what an answer about memory rests on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from costcore.language.arguments import arguments_of
from costcore.language.elementwise import explained, one_row
from costcore.machines.basis.words import counted
from costcore.machines.memory_fit import FIT_LINES
from costcore.machines.roofline import sized
from costcore.machines.sizing import (
    case_of,
    fits,
    kv_bytes_per_token,
    vram_gb,
    weights_and_cache_gb,
)
from costcore.machines.spec_rows import MODEL_COLUMNS, Range, model_inputs, provenance


@explained
@arguments_of(kv_bytes_per_token)
def kv_bytes_per_token_basis(model_row: Range, kv_precision: str) -> str:
    """What the cache of a token is computed from, and the source of the model's shape.

    Returns
    -------
    str, one sentence

    Examples
    --------
    >>> llama = {"model": "Llama-3.1-8B", "layers": 32, "kv_heads": 8, "head_dim": 128}
    >>> kv_bytes_per_token_basis(llama)
    'Computed: 32 layers that keep 2,048 numbers of each token; shape: source not given.'

    >>> kv_bytes_per_token_basis(llama | {"kv_layers_full": 8, "source": "config.json"})
    'Computed: 8 layers that keep 2,048 numbers of each token; shape: config.json.'
    """
    shape = model_inputs(model_row)
    if np.isnan(kv_bytes_per_token(model_row, kv_precision)):
        return f"Unknown: the row of {shape['model']} leaves the shape of the cache open."
    return (
        f"Computed: {shape['kv_layers_full']:g} layers that keep {shape['kv_elems_per_layer']:,g} "
        f"numbers of each token; shape: {provenance(model_row, MODEL_COLUMNS)}."
    )


@one_row
@arguments_of(vram_gb)
def vram_gb_basis(
    model_row: Range,
    input_tokens: float,
    output_tokens: float,
    concurrency_count: float,
    gpus_count: float,
    **formats: str,
) -> str:
    """What the memory consists of, and the source of the model's shape.

    Returns
    -------
    str, one sentence

    Examples
    --------
    >>> llama = {"model": "Llama-3.1-8B", "params_total_b": 8.03, "layers": 32, "kv_heads": 8,
    ...          "head_dim": 128}
    >>> print(vram_gb_basis(llama, "bf16", 1_000, 1_000, 10))
    Computed: (16.1 GB of weights + 2.6 GB of cache for 10 requests + 3 GB) / 90 %; shape: ...

    In four bits the cache of 200 requests outweighs the model:

    >>> print(vram_gb_basis(llama, "fp4", 1_000, 1_000, 200))
    Computed: (4.5 GB of weights + 52.4 GB of cache for 200 requests + 3 GB) / 90 %; shape: ...
    """
    tokens = input_tokens + output_tokens
    weights, cache = weights_and_cache_gb(model_row, tokens=tokens, **formats)
    if np.isnan(weights + cache):
        return f"Unknown: the row of {model_inputs(model_row)['model']} leaves its size open."
    return (
        f"Computed: ({weights:,.1f} GB of weights + {concurrency_count * cache:,.1f} GB of "
        f"cache for {counted(concurrency_count, 'request', 'requests')} + {3 * gpus_count:g} GB) "
        f"/ 90 %; "
        f"shape: {provenance(model_row, MODEL_COLUMNS)}."
    )


@one_row
@arguments_of(fits)
def fits_basis(gpus_count: float, concurrency_count: float, **asked: Any) -> str:
    """Why a model fits or not: its weights, the memory, and the requests there is room for.

    Returns
    -------
    str, one sentence

    Examples
    --------
    >>> from costcore.machines.examples import H100, LLAMA_70B
    >>> fits_basis(LLAMA_70B, H100, 1, "bf16")
    'Does not fit: the weights take 141.1 GB, and 1 x H100 SXM can hold 74.3 GB.'

    It fits on four, but two copies would take eight:

    >>> fits_basis(LLAMA_70B, H100, 4, "bf16", 1_500, 300)
    'Fits: beside weights of 141.1 GB, 4 x H100 SXM have room for 264 requests of 1,800 tokens.'
    """
    case = case_of(**asked, gpus_count=gpus_count, chosen_replica_gpus=gpus_count)
    return fit_sentence(case, sized(case, FIT_LINES), concurrency_count)


def fit_sentence(case: Mapping[str, Any], lines: Mapping[str, Any], requests: float = 1.0) -> str:
    """Say whether a sized case fits, or why not."""
    gpus = f"{float(lines['replica_gpus']):g} x {case['hardware']}"
    weights, room = float(lines["weights_gb"]), float(lines["room_count"])
    tokens = case["input_tokens"] + case["output_tokens"]
    if np.isnan(room):
        return f"Unknown: the row of {case['model']} leaves its size open."
    if lines["free_gb"] <= 0:
        held = float(lines["free_gb"]) + weights
        return (
            f"Does not fit: the weights take {weights:,.1f} GB, and {gpus} can hold {held:,.1f} GB."
        )
    verb = "Fits" if room >= requests else "Does not fit"
    return (
        f"{verb}: beside weights of {weights:,.1f} GB, {gpus} have room for "
        f"{counted(float(np.floor(room)), 'request', 'requests')} of "
        f"{counted(float(tokens), 'token', 'tokens')}."
    )
