"""Say in one sentence whether a speed is measured or modelled, with source, date and band."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from costcore.language.elementwise import Numbers, one_row
from costcore.language.quantities import HOURS_PER_MONTH
from costcore.machines.constants import BANDS
from costcore.machines.gpus import fewest_gpus
from costcore.machines.measured import REACH, measurements
from costcore.machines.memory_basis import fit_sentence
from costcore.machines.memory_fit import FIT_LINES
from costcore.machines.roofline import sized
from costcore.machines.sizing import band_kind, best_known, case_of
from costcore.machines.spec_rows import ACCELERATOR_COLUMNS, Range, provenance


def tokens_per_second_basis(
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
) -> str:
    """Whether a speed is measured or modelled, with source, date and band.

    Takes the arguments of ``TOKENS_PER_SECOND``; its kind and case do not change the sentence.

    Returns
    -------
    str, one sentence

    Raises
    ------
    ValueError
        If an argument holds more than one number.

    Examples
    --------
    >>> llama = {"model": "Llama-3.3-70B", "params_total_b": 70.55, "layers": 80,
    ...          "attn_heads": 64, "kv_heads": 8, "head_dim": 128}
    >>> h100 = ["H100 SXM", "NVIDIA", "SXM5", 85.9, 3.35, 989, 1979, None, 450]
    >>> print(tokens_per_second_basis(llama, h100, 2, "fp8", 1_000, 1_000))
    Modelled: 1 x 2 H100 SXM with 272 requests each, most time goes into reading weights;
    band 0.75 to 1.2; data sheet: source not given.

    One H100 does not hold the model in sixteen bits, so there is no speed to speak of:

    >>> tokens_per_second_basis(llama, h100, 1, "bf16", 1_000, 1_000)
    'Does not fit: the weights take 141.1 GB, and 1 x H100 SXM can hold 74.3 GB.'
    """
    gpus, prompt, answer, requests, software = one_row(
        gpus_count, input_tokens, output_tokens, concurrency_count, software_share
    )
    case = case_of(model_row, accelerator_row, gpus, weight_precision)
    case |= {"input_tokens": prompt, "output_tokens": answer, "concurrency_count": requests}
    case |= {"software_share": software}
    case["chosen_replica_gpus"] = np.nan if replica_gpus is None else one_row(replica_gpus)[0]
    if np.isnan(case["params_active_b"]):
        return f"Unknown: the active parameters of {case['model']} are not given."
    lines = sized(case)
    if lines["fits_count"] != 1:
        return fit_sentence(case, sized(case | {"chosen_replica_gpus": gpus}, FIT_LINES))
    speed, place = best_known(measured_table, case, lines)
    if place >= 0 and measured_table is not None:
        return _measured(measurements(measured_table, case)[int(place)], float(speed))
    specs = provenance(accelerator_row, ACCELERATOR_COLUMNS)
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
    why = f", no measurement within a factor of {REACH:g}" if searched else ""
    return (
        f"Modelled{why}: {lines['replica_count']:g} x {lines['replica_gpus']:g} "
        f"{case['hardware']} with {lines['batch_count']:,.0f} requests each, most time goes into "
        f"{_longest(lines)}; band {low:g} to {high:g}"
    )


def _longest(lines: Mapping[str, Any]) -> str:
    weights, products = lines["read_weights_ms"], lines["multiply_ms"]
    parts = {
        "reading weights" if weights > products else "arithmetic": max(weights, products),
        "reading the cache": lines["read_cache_ms"],
        "attention in long prompts": lines["prompt_attention_ms"],
        "activations": lines["activation_ms"],
        "the link between GPUs": lines["exchange_ms"],
        "overhead": lines["overhead_ms"],
    }
    return max(parts, key=lambda part: float(parts[part]))


def gpus_needed_basis(
    tokens_per_month: Numbers,
    model_row: Range,
    accelerator_row: Range,
    weight_precision: str,
    input_tokens: Numbers,
    output_tokens: Numbers,
    peak_factor: Numbers = 1.0,
    sla_share: Numbers = 1.0,
    max_load_share: Numbers = 1.0,
    spare_nodes: Numbers = 0.0,
    speed_case: Numbers = 1.0,
    measured_table: Range | None = None,
    hours_per_month: Numbers = HOURS_PER_MONTH,
) -> str:
    """How the GPUs are counted: copies for the load, spares, and what the speed rests on.

    Takes the arguments of ``GPUS_NEEDED``.

    Returns
    -------
    str, one sentence

    Raises
    ------
    ValueError
        If an argument holds more than one number.

    Examples
    --------
    >>> llama = {"model": "Llama-3.3-70B", "params_total_b": 70.55, "layers": 80,
    ...          "attn_heads": 64, "kv_heads": 8, "head_dim": 128}
    >>> h100 = ["H100 SXM", "NVIDIA", "SXM5", 85.9, 3.35, 989, 1979, None, 450]
    >>> print(gpus_needed_basis(2.7e9, llama, h100, "fp8", 1_500, 300, 3, spare_nodes=1))
    3 copies of 1 GPU for the load and 1 to spare, on the low case. Modelled: 1 x 1 H100 SXM ...

    The base case of the speed is what a budget quotes:

    >>> print(gpus_needed_basis(9e10, llama, h100, "fp8", 1_500, 300, speed_case=2))
    4 copies of 2 GPUs for the load and 0 to spare, on the base case. Modelled: 1 x 2 ...
    """
    volume, prompt, answer, peak, sla, load, spare, level, hours = one_row(
        tokens_per_month,
        input_tokens,
        output_tokens,
        peak_factor,
        sla_share,
        max_load_share,
        spare_nodes,
        speed_case,
        hours_per_month,
    )
    request = (model_row, accelerator_row, weight_precision, prompt, answer)
    pace, plan = (sla, level, measured_table, hours), (peak, load, spare)
    gpus, copy = map(float, fewest_gpus(volume, request, pace, plan))
    speed = tokens_per_second_basis(
        *(model_row, accelerator_row, copy, weight_precision, prompt, answer),
        measured_table=measured_table,
        replica_gpus=copy,
    )
    if not np.isfinite(gpus):
        return speed
    case = ("low", "base", "high")[int(level) - 1]
    copies = _counted(gpus / copy - spare, "copy", "copies")
    return (
        f"{copies} of {_counted(copy, 'GPU', 'GPUs')} for the load and {spare:g} to spare, "
        f"on the {case} case. {speed}"
    )


def _counted(number: float, one: str, many: str) -> str:
    return f"{number:g} {one if number == 1 else many}"
