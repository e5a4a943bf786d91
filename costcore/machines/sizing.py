"""What hardware a model fits on, and how fast it answers there."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np

from costcore.language.elementwise import Numbers, elementwise, explained
from costcore.machines.constants import BANDS, FEW_SPEEDS, MEMORY_RULES, WEIGHT_BYTES
from costcore.machines.measured import measurements, nearest
from costcore.machines.memory_fit import FIT_LINES
from costcore.machines.roofline import sized
from costcore.machines.spec_rows import Range, accelerator_inputs, model_inputs, precision
from costcore.machines.step import has_experts

SPEED_KINDS = {
    "total": "tokens_per_second",
    "output": "output_tokens_per_second",
    "user": "user_tokens_per_second",
}


@explained
def kv_bytes_per_token(model_row: Range, kv_precision: str = "bf16") -> float:
    """Bytes of cache that one more token of context takes.

    Only layers that attend to everything grow with the context; a sliding window, a linear
    or a state-space layer keeps a constant amount.

    Returns
    -------
    float, bytes per token
        ``nan`` where the row leaves the shape of the cache open.

    Examples
    --------
    Llama 3.1 70B has 80 layers of 8 KV heads with 128 numbers, each a key and a value:

    >>> from costcore.machines.examples import LLAMA_70B
    >>> kv_bytes_per_token(LLAMA_70B)
    327680.0

    In Qwen3.5 397B only one layer in four does, so 15 of 60; counting all of them would
    give four times as much:

    >>> qwen = {"model": "Qwen3.5-397B-A17B", "layers": 60, "kv_heads": 2, "head_dim": 256,
    ...         "kv_layers_full": 15}
    >>> kv_bytes_per_token(qwen)
    30720.0
    """
    shape = model_inputs(model_row)
    return float(shape["kv_layers_full"] * shape["kv_elems_per_layer"] * _cache_width(kv_precision))


def _cache_width(kv_precision: str) -> float:
    return max(1.0, WEIGHT_BYTES[precision(kv_precision)])


@elementwise
def vram_gb(
    model_row: Range,
    weight_precision: str,
    input_tokens: Numbers = 0.0,
    output_tokens: Numbers = 1.0,
    concurrency_count: Numbers = 1.0,
    gpus_count: Numbers = 1.0,
    kv_precision: str = "bf16",
) -> Numbers:
    """Memory that a model and the requests in progress take, all GPUs together.

    Weights, a cache for each request at its full length and 3 GB of workspace on each GPU,
    over the 90 % of the memory that a serving engine uses.

    Returns
    -------
    float or ndarray, GB

    Examples
    --------
    70 billion weights of two bytes need most of the 172 GB of two H100:

    >>> from costcore.machines.examples import LLAMA_70B
    >>> round(vram_gb(LLAMA_70B, "bf16", gpus_count=2), 1)
    163.4

    Fifty requests of 8,000 tokens nearly double that:

    >>> round(vram_gb(LLAMA_70B, "bf16", 7_000, 1_000, 50, gpus_count=4), 1)
    315.7
    """
    weights, cache = weights_and_cache_gb(
        model_row, weight_precision, input_tokens + output_tokens, kv_precision
    )
    reserve = MEMORY_RULES["memory_reserve_gb"].value * gpus_count
    use = MEMORY_RULES["memory_use_share"].value
    return (weights + concurrency_count * cache + reserve) / use


def weights_and_cache_gb(
    model_row: Range, weight_precision: str, tokens: Numbers, kv_precision: str
) -> tuple[float, Numbers]:
    """Return the GB of the weights, and of the cache of one request of so many tokens."""
    shape = model_inputs(model_row)
    window = shape["window_layers"] * shape["window_elems_per_layer"]
    kept = shape["kv_layers_full"] * shape["kv_elems_per_layer"] * tokens
    kept = kept + window * np.minimum(shape["window_tokens"], tokens)
    weights = shape["params_total_b"] * WEIGHT_BYTES[precision(weight_precision)]
    return weights, kept * _cache_width(kv_precision) / 1e9


@elementwise
def fits(
    model_row: Range,
    accelerator_row: Range,
    gpus_count: Numbers,
    weight_precision: str,
    input_tokens: Numbers = 0.0,
    output_tokens: Numbers = 1.0,
    concurrency_count: Numbers = 1.0,
) -> Numbers:
    """1 where one copy of a model and its requests fit in some GPUs together, else 0.

    Returns
    -------
    float or ndarray, 1 or 0
        ``nan`` where the size of the model is not known.

    Examples
    --------
    >>> from costcore.machines.examples import H100, LLAMA_70B
    >>> fits(LLAMA_70B, H100, 1, "fp8")  # 80 GiB are 85.9 GB
    1.0

    On two, 50 requests of 5,500 tokens fit beside it, but not 100:

    >>> fits(LLAMA_70B, H100, 2, "fp8", 5_000, 500, [50, 100]).tolist()
    [1.0, 0.0]
    """
    case = case_of(
        *(model_row, accelerator_row, gpus_count, weight_precision),
        chosen_replica_gpus=gpus_count,
        input_tokens=input_tokens,
        output_tokens=output_tokens,
    )
    lines = sized(case, FIT_LINES)
    enough = np.where(lines["room_count"] >= concurrency_count, 1.0, 0.0)
    return np.where(np.isnan(lines["room_count"]), np.nan, enough)


@elementwise
def tokens_per_second(
    model_row: Range,
    accelerator_row: Range,
    gpus_count: Numbers,
    weight_precision: str,
    input_tokens: Numbers,
    output_tokens: Numbers,
    concurrency_count: Numbers = np.inf,
    speed_kind: str = "total",
    speed_case: Numbers = 2.0,
    measured_table: Range | None = None,
    replica_gpus: Numbers = None,
    software_share: Numbers = 1.0,
) -> Numbers:
    """Tokens a second that some GPUs serve, at stated lengths and concurrency.

    Measured where `measured_table` has the same model, GPUs and precision at lengths within
    a factor of two, scaled to yours; else modelled. With `replica_gpus` left out, copies are
    split over 1, 2, 4, 8 … GPUs, whichever serves most.

    Returns
    -------
    float or ndarray, tokens per second
        0 where the model does not fit; ``nan`` where its active parameters are not known.

    Examples
    --------
    Two H100 with a 70B model in eight bits, prompts of 1,000 and answers of 1,000 tokens
    (8,410 were measured):

    >>> from costcore.machines.examples import H100, LLAMA_70B
    >>> round(tokens_per_second(LLAMA_70B, H100, 2, "fp8", 1_000, 1_000))
    8099

    Four people at a time get a 22nd of that, at the same cost:

    >>> round(tokens_per_second(LLAMA_70B, H100, 2, "fp8", 1_000, 1_000, 4), -1)
    370.0
    """
    if speed_kind not in SPEED_KINDS:
        raise ValueError(f"speed_kind is {speed_kind!r}; it must be {', '.join(SPEED_KINDS)}")
    case = case_of(
        *(model_row, accelerator_row, gpus_count, weight_precision),
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        concurrency_count=concurrency_count,
        software_share=software_share,
        chosen_replica_gpus=replica_gpus,
    )
    modelled = sized(case)
    speed, place = best_known(measured_table, case, modelled)
    change = speed / modelled["output_tokens_per_second"]
    change = np.where(place < 0, 1.0, change)
    return modelled[SPEED_KINDS[speed_kind]] * change * _band(case, place, speed_case)


def best_known(
    measured_table: Range | None, case: Mapping[str, Any], modelled: Mapping[str, Numbers]
) -> tuple[Numbers, Numbers]:
    """Return the output speed, and the place of the measurement it rests on or -1."""
    none = np.full(np.shape(modelled["output_tokens_per_second"]), -1)[()]
    if measured_table is None or np.size(case["gpus_count"]) > 1:
        return modelled["output_tokens_per_second"], none
    speed, place = nearest(measurements(measured_table, case), case, modelled)
    return np.where(place < 0, modelled["output_tokens_per_second"], speed), place


def band_kind(case: Mapping[str, Any]) -> str:
    """Say which band a modelled speed has: experts and young software are harder to tell."""
    kind = "modelled experts" if has_experts(SimpleNamespace(**case)) else "modelled"
    return f"{kind}, few speeds" if case["published_speeds_count"] < FEW_SPEEDS else kind


def _band(case: Mapping[str, Any], place: Numbers, speed_case: Numbers) -> Numbers:
    """What a low, base or high case makes of a speed, measured or modelled."""
    column = np.nan_to_num(np.clip(np.asarray(speed_case), 1, 3)).astype(int) - 1
    measured, modelled = (np.array(BANDS[kind])[column] for kind in ("measured", band_kind(case)))
    return np.where(np.asarray(place) < 0, modelled, measured)


def case_of(
    model_row: Range,
    accelerator_row: Range,
    gpus_count: Numbers,
    weight_precision: str,
    **numbers: Numbers,
) -> dict[str, Any]:
    """Return the inputs of `roofline.sized` for a model on some accelerators; nan: not chosen."""
    return (
        model_inputs(model_row)
        | accelerator_inputs(accelerator_row)
        | {"gpus_count": gpus_count, "weight_precision": precision(weight_precision)}
        | {name: np.nan if value is None else value for name, value in numbers.items()}
    )
