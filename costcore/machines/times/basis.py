"""What an answer time rests on: the copies, the load and the band, or why it is unknown."""

from __future__ import annotations

from typing import Any

import numpy as np

from costcore.language.elementwise import Numbers, one_row
from costcore.machines.spec_rows import Range
from costcore.machines.times.queue import LARGEST_MODEL_B, LONGEST_PROMPT_TOKENS, Copy, unknown
from costcore.machines.times.worksheet import copies_of

TIME_BANDS = {"ttft": (0.9, 2.9), "speed": (0.3, 1.2), "requests": (0.75, 1.3)}
"""Four in five published first tokens, speeds at a load, and rates within limits lie inside."""


def ttft_ms_basis(
    requests_per_minute: Numbers,
    model_row: Range,
    accelerator_row: Range,
    gpus_count: Numbers,
    weight_precision: str,
    input_tokens: Numbers,
    output_tokens: Numbers,
    latency_percentile: Numbers = 0.9,
    replica_gpus: Numbers = None,
    prompt_spread_factor: Numbers = 1.0,
) -> str:
    """Whether a time to the first token is known, at what load, and its band.

    Takes the arguments of ``TTFT_MS``.

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
    >>> ttft_ms_basis(60, llama, h100, 2, "fp8", 1_500, 300)
    'Modelled: 1 x 2 H100 SXM with 7 answers in progress each; band 161 to 519 ms.'
    >>> ttft_ms_basis(600, llama, h100, 2, "fp8", 1_500, 300)
    'Overload: 1 x 2 H100 SXM answer at most 341 requests a minute.'
    """
    rate, share = one_row(requests_per_minute, latency_percentile)
    asked = (gpus_count, weight_precision, input_tokens, output_tokens, replica_gpus)
    case, copy, copies = _one((model_row, accelerator_row), *asked, prompt_spread_factor)
    time = float(copy.ttft_ms(rate / 60 / copies, share))
    low, high = TIME_BANDS["ttft"]
    return _told(case, copy, copies, rate, f"{time * low:,.0f} to {time * high:,.0f} ms")


def user_speed_basis(
    requests_per_minute: Numbers,
    model_row: Range,
    accelerator_row: Range,
    gpus_count: Numbers,
    weight_precision: str,
    input_tokens: Numbers,
    output_tokens: Numbers,
    latency_percentile: Numbers = 0.9,
    replica_gpus: Numbers = None,
) -> str:
    """Whether the speed of an answer is known, at what load, and its band.

    Takes the arguments of ``USER_SPEED``.

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
    >>> user_speed_basis(60, llama, h100, 2, "fp8", 1_500, 300)
    'Modelled: 1 x 2 H100 SXM with 7 answers in progress each; band 12 to 49 tokens a second.'
    >>> user_speed_basis(60, llama, h100, 2, "fp8", 9_000, 300)
    'Unknown: published answer times are missed by more than 2x for prompts above 8,192 tokens.'
    """
    rate, share = one_row(requests_per_minute, latency_percentile)
    asked = (gpus_count, weight_precision, input_tokens, output_tokens, replica_gpus)
    case, copy, copies = _one((model_row, accelerator_row), *asked, 1.0)
    speed = float(copy.user_tokens_per_second(rate / 60 / copies, share))
    low, high = TIME_BANDS["speed"]
    return _told(
        case, copy, copies, rate, f"{speed * low:,.0f} to {speed * high:,.0f} tokens a second"
    )


def max_requests_per_minute_basis(
    ttft_limit_ms: Numbers,
    user_tokens_per_second: Numbers,
    model_row: Range,
    accelerator_row: Range,
    gpus_count: Numbers,
    weight_precision: str,
    input_tokens: Numbers,
    output_tokens: Numbers,
    latency_percentile: Numbers = 0.9,
    replica_gpus: Numbers = None,
    prompt_spread_factor: Numbers = 1.0,
) -> str:
    """What the most requests within limits rest on, and the band.

    Takes the arguments of ``MAX_REQUESTS_PER_MINUTE``.

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
    >>> print(max_requests_per_minute_basis(500, 20, llama, h100, 2, "fp8", 1_500, 300))
    Modelled: 1 x 2 H100 SXM with 65 answers in progress each; band 220 to 381 requests a minute.
    >>> print(max_requests_per_minute_basis(100, 20, llama, h100, 2, "fp8", 1_500, 300))
    Not possible: alone, a request on 2 H100 SXM waits 146 ms and gets 46 tokens a second.
    """
    limit, speed, share = one_row(ttft_limit_ms, user_tokens_per_second, latency_percentile)
    asked = (gpus_count, weight_precision, input_tokens, output_tokens, replica_gpus)
    case, copy, copies = _one((model_row, accelerator_row), *asked, prompt_spread_factor)
    most = float(copy.most_within(limit, speed, share)) * 60 * copies
    if most == 0 and not _why_not(case, copy):
        return (
            f"Not possible: alone, a request on {_gpus(case)} waits "
            f"{float(copy.ttft_ms(1e-6, share)):,.0f} ms and gets "
            f"{float(copy.user_tokens_per_second(1e-6, share)):,.0f} tokens a second."
        )
    low, high = TIME_BANDS["requests"]
    band = f"{most * low:,.0f} to {most * high:,.0f} requests a minute"
    return _told(case, copy, copies, most, band)


def _one(
    rows: tuple[Range, Range],
    gpus_count: Numbers,
    weight_precision: str,
    input_tokens: Numbers,
    output_tokens: Numbers,
    replica_gpus: Numbers,
    prompt_spread_factor: Numbers,
) -> tuple[dict[str, Any], Copy, float]:
    gpus, prompt, answer, spread = one_row(
        gpus_count, input_tokens, output_tokens, prompt_spread_factor
    )
    chosen = None if replica_gpus is None else one_row(replica_gpus)[0]
    case, copy, copies = copies_of(rows, gpus, weight_precision, (prompt, answer), chosen, spread)
    return case, copy, float(copies)


def _gpus(case: dict[str, Any]) -> str:
    return f"{float(case['chosen_replica_gpus']):g} {case['hardware']}"


def _why_not(case: dict[str, Any], copy: Copy) -> str:
    """Say why no answer time is told; empty where one is."""
    if np.isnan(case["params_active_b"]):
        return f"Unknown: the active parameters of {case['model']} are not given."
    if bool(unknown(case)):
        long = case["input_tokens"] > LONGEST_PROMPT_TOKENS
        which = (
            f"prompts above {LONGEST_PROMPT_TOKENS:,.0f} tokens"
            if long
            else f"models above {LARGEST_MODEL_B:g} B parameters"
        )
        return f"Unknown: published answer times are missed by more than 2x for {which}."
    if not float(copy.most_requests) > 0:
        return f"Does not fit: {case['model']} on {_gpus(case)}."
    return ""


def _told(case: dict[str, Any], copy: Copy, copies: float, per_minute: float, band: str) -> str:
    if why := _why_not(case, copy):
        return why
    held = float(copy.settled(per_minute / 60 / copies))
    if np.isnan(held):
        most = float(copy.most_per_second) * 60 * copies
        return f"Overload: {copies:g} x {_gpus(case)} answer at most {most:,.0f} requests a minute."
    return (
        f"Modelled: {copies:g} x {_gpus(case)} with {held:,.0f} answers in progress each; "
        f"band {band}."
    )
