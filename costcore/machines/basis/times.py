"""What an answer time rests on: the copies, the load and the band, or why it is unknown."""

from __future__ import annotations

from typing import Any

import numpy as np

from costcore.language.arguments import arguments_of
from costcore.language.elementwise import one_row
from costcore.machines.times.queue import LARGEST_MODEL_B, LONGEST_PROMPT_TOKENS, Copy, unknown
from costcore.machines.times.worksheet import (
    copies_of,
    max_requests_per_minute,
    ttft_ms,
    user_speed,
)

TIME_BANDS = {"ttft": (0.9, 2.9), "speed": (0.3, 1.2), "requests": (0.75, 1.3)}
"""Four in five published first tokens, speeds at a load, and rates within limits lie inside."""


@one_row
@arguments_of(ttft_ms)
def ttft_ms_basis(requests_per_minute: float, latency_percentile: float, **asked: Any) -> str:
    """Whether a time to the first token is known, at what load, and its band.

    Returns
    -------
    str, one sentence

    Examples
    --------
    >>> from costcore.machines.examples import H100, LLAMA_70B
    >>> ttft_ms_basis(60, LLAMA_70B, H100, 2, "fp8", 1_500, 300)
    'Modelled: 1 x 2 H100 SXM with 7 answers in progress each; band 157 to 506 ms.'
    >>> ttft_ms_basis(600, LLAMA_70B, H100, 2, "fp8", 1_500, 300)
    'Overload: 1 x 2 H100 SXM answer at most 346 requests a minute.'
    """
    case, copy, copies = copies_of(**asked)
    time = float(copy.ttft_ms(requests_per_minute / 60 / copies, latency_percentile))
    return _told(case, copy, copies, requests_per_minute, _band("ttft", time, "ms"))


@one_row
@arguments_of(user_speed)
def user_speed_basis(requests_per_minute: float, latency_percentile: float, **asked: Any) -> str:
    """Whether the speed of an answer is known, at what load, and its band.

    Returns
    -------
    str, one sentence

    Examples
    --------
    >>> from costcore.machines.examples import H100, LLAMA_70B
    >>> user_speed_basis(60, LLAMA_70B, H100, 2, "fp8", 1_500, 300)
    'Modelled: 1 x 2 H100 SXM with 7 answers in progress each; band 13 to 50 tokens a second.'
    >>> user_speed_basis(60, LLAMA_70B, H100, 2, "fp8", 9_000, 300)
    'Unknown: published answer times are missed by more than 2x for prompts above 8,192 tokens.'
    """
    case, copy, copies = copies_of(**asked)
    each = requests_per_minute / 60 / copies
    speed = float(copy.user_tokens_per_second(each, latency_percentile))
    band = _band("speed", speed, "tokens a second")
    return _told(case, copy, copies, requests_per_minute, band)


@one_row
@arguments_of(max_requests_per_minute)
def max_requests_per_minute_basis(
    ttft_limit_ms: float, user_tokens_per_second: float, latency_percentile: float, **asked: Any
) -> str:
    """What the most requests within limits rest on, and the band.

    Returns
    -------
    str, one sentence

    Examples
    --------
    >>> from costcore.machines.examples import H100, LLAMA_70B
    >>> print(max_requests_per_minute_basis(500, 20, LLAMA_70B, H100, 2, "fp8", 1_500, 300))
    Modelled: 1 x 2 H100 SXM with 66 answers in progress each; band 224 to 388 requests a minute.
    >>> print(max_requests_per_minute_basis(100, 20, LLAMA_70B, H100, 2, "fp8", 1_500, 300))
    Not possible: alone, a request on 2 H100 SXM waits 144 ms and gets 46 tokens a second.
    """
    case, copy, copies = copies_of(**asked)
    limits = (ttft_limit_ms, user_tokens_per_second, latency_percentile)
    most = float(copy.most_within(*limits)) * 60 * copies
    if most == 0 and not _why_not(case, copy):
        return (
            f"Not possible: alone, a request on {_gpus(case)} waits "
            f"{float(copy.ttft_ms(1e-6, latency_percentile)):,.0f} ms and gets "
            f"{float(copy.user_tokens_per_second(1e-6, latency_percentile)):,.0f} tokens a second."
        )
    return _told(case, copy, copies, most, _band("requests", most, "requests a minute"))


def _band(kind: str, value: float, unit: str) -> str:
    low, high = TIME_BANDS[kind]
    return f"{value * low:,.0f} to {value * high:,.0f} {unit}"


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
