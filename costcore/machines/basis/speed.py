"""Say in one sentence whether a speed is measured or modelled, with source, date and band."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from costcore.language.arguments import arguments_of
from costcore.language.elementwise import one_row
from costcore.machines.basis.memory import fit_sentence
from costcore.machines.basis.words import counted
from costcore.machines.constants import BANDS
from costcore.machines.gpus import REQUEST, fewest_gpus, gpus_needed
from costcore.machines.measured import REACH, measurements
from costcore.machines.memory_fit import FIT_LINES
from costcore.machines.roofline import sized
from costcore.machines.sizing import band_kind, best_known, case_of, tokens_per_second
from costcore.machines.spec_rows import ACCELERATOR_COLUMNS, Range, provenance


@one_row
@arguments_of(tokens_per_second)
def tokens_per_second_basis(
    gpus_count: float,
    speed_kind: str,
    speed_case: float,
    measured_table: Range | None,
    replica_gpus: float | None,
    **asked: Any,
) -> str:
    """Whether a speed is measured or modelled, with source, date and band.

    The kind and the case asked for do not change the sentence.

    Returns
    -------
    str, one sentence

    Examples
    --------
    >>> from costcore.machines.examples import H100, LLAMA_70B
    >>> print(tokens_per_second_basis(LLAMA_70B, H100, 2, "fp8", 1_000, 1_000))
    Modelled: 1 x 2 H100 SXM with 238 requests each, most time goes into arithmetic;
    band 0.7 to 1.35; data sheet: source not given.

    One H100 does not hold the model in sixteen bits, so there is no speed to speak of:

    >>> tokens_per_second_basis(LLAMA_70B, H100, 1, "bf16", 1_000, 1_000)
    'Does not fit: the weights take 141.1 GB, and 1 x H100 SXM can hold 74.3 GB.'
    """
    case = case_of(**asked, gpus_count=gpus_count, chosen_replica_gpus=replica_gpus)
    if np.isnan(case["params_active_b"]):
        return f"Unknown: the active parameters of {case['model']} are not given."
    lines = sized(case)
    if lines["fits_count"] != 1:
        return fit_sentence(case, sized(case | {"chosen_replica_gpus": gpus_count}, FIT_LINES))
    speed, place = best_known(measured_table, case, lines)
    if place >= 0 and measured_table is not None:
        return _measured(measurements(measured_table, case)[int(place)], float(speed))
    specs = provenance(asked["accelerator_row"], ACCELERATOR_COLUMNS)
    return f"{_modelled(case, lines, measured_table is not None)}; data sheet: {specs}."


def _measured(row: Mapping[str, Any], speed: float) -> str:
    low, _, high = BANDS["measured"]
    return (
        f"Measured: {row['output_tokens_per_second']:,.0f} output tokens a second at "
        f"{row['input_tokens']:,g} in and {row['output_tokens']:,g} out "
        f"({provenance(row, ())}), carried over to {speed:,.0f}; band {low:g} to {high:g}."
    )


def _modelled(case: Mapping[str, Any], lines: Mapping[str, Any], searched: bool) -> str:
    low, _, high = BANDS[band_kind(case)]
    held = counted(round(float(lines["batch_count"])), "request", "requests")
    why = f", no measurement within a factor of {REACH:g}" if searched else ""
    return (
        f"Modelled{why}: {lines['replica_count']:g} x {lines['replica_gpus']:g} "
        f"{case['hardware']} with {held} each, {_unpacked(case)}most time goes into "
        f"{_longest(lines)}; band {low:g} to {high:g}"
    )


def _unpacked(case: Mapping[str, Any]) -> str:
    """Say that the accelerator has no arithmetic of so few bits."""
    bits = case["weight_precision"]
    packed = np.isnan(case[f"{bits}_dense_tflops"])
    return f"{bits} weights multiplied in bf16, " if packed else ""


def _longest(lines: Mapping[str, Any]) -> str:
    weights, products = lines["read_weights_ms"], lines["multiply_ms"]
    launched = lines["step_ms"] <= lines["launch_ms"]
    parts = {
        "reading weights" if weights > products else "arithmetic": max(weights, products),
        "reading the cache": lines["read_cache_ms"],
        "attention in long prompts": lines["prompt_attention_ms"],
        "activations": lines["activation_ms"],
        "the link between GPUs": lines["exchange_ms"],
        "overhead": lines["overhead_ms"],
        "launching experts": np.where(launched, lines["launch_ms"], 0.0),
    }
    return max(parts, key=lambda part: float(parts[part]))


@one_row
@arguments_of(gpus_needed)
def gpus_needed_basis(**asked: Any) -> str:
    """How the GPUs are counted: copies for the load, spares, and what the speed rests on.

    Returns
    -------
    str, one sentence

    Examples
    --------
    >>> from costcore.machines.examples import H100, LLAMA_70B
    >>> print(gpus_needed_basis(2.7e9, LLAMA_70B, H100, "fp8", 1_500, 300, 3, spare_nodes=1))
    3 copies of 1 GPU for the load and 1 to spare, on the low case. Modelled: 1 x 1 H100 SXM ...

    The base case of the speed is what a budget quotes:

    >>> print(gpus_needed_basis(9e10, LLAMA_70B, H100, "fp8", 1_500, 300, speed_case=2))
    4 copies of 2 GPUs for the load and 0 to spare, on the base case. Modelled: 1 x 2 ...
    """
    gpus, copy = map(float, fewest_gpus(**asked))
    request = {name: asked[name] for name in REQUEST}
    speed = tokens_per_second_basis(**request, gpus_count=copy, replica_gpus=copy)
    if not np.isfinite(gpus):
        return speed
    case, spare = ("low", "base", "high")[int(asked["speed_case"]) - 1], asked["spare_nodes"]
    copies = counted(gpus / copy - spare, "copy", "copies")
    return (
        f"{copies} of {counted(copy, 'GPU', 'GPUs')} for the load and {spare:g} to spare, "
        f"on the {case} case. {speed}"
    )
