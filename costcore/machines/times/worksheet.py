"""Worksheet functions of answer times: first token, speed of an answer, requests within limits."""

from __future__ import annotations

from typing import Any

import numpy as np

from costcore.language.arguments import arguments_of
from costcore.language.elementwise import Numbers, elementwise
from costcore.machines.roofline import sized
from costcore.machines.sizing import case_of
from costcore.machines.spec_rows import Range
from costcore.machines.times.queue import Copy, copy_of, unknown


def copies_of(
    replica_gpus: Numbers, prompt_spread_factor: Numbers = 1.0, **asked: Any
) -> tuple[dict[str, Any], Copy, Numbers]:
    """Return the case, one copy of it, and how many there are on the GPUs."""
    case = case_of(**asked)
    best = sized(case)["replica_gpus"] if replica_gpus is None else replica_gpus
    case["chosen_replica_gpus"] = best
    return case, copy_of(case, prompt_spread_factor), np.floor(case["gpus_count"] / best)


@elementwise
def ttft_ms(
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
) -> Numbers:
    """Time to the first token at a rate of requests, that nine in ten do not exceed.

    Requests arrive at random. A first token waits for the running step, for its own prompt and
    for the prompts before it. Read it with its band, which `TTFT_MS_BASIS` states.

    Returns
    -------
    float or ndarray, milliseconds
        ``inf`` where requests come faster than they are answered; ``nan`` where published
        times are missed by more than twice: prompts above 8,192 tokens, models above 300 B.

    Examples
    --------
    >>> from costcore.machines.examples import H100, LLAMA_70B
    >>> round(ttft_ms(60, LLAMA_70B, H100, 2, "fp8", 1_500, 300))
    175

    At ten times the rate the queue never ends:

    >>> ttft_ms(600, LLAMA_70B, H100, 2, "fp8", 1_500, 300)
    inf
    """
    case, copy, copies = copies_of(
        *(replica_gpus, prompt_spread_factor),
        model_row=model_row,
        accelerator_row=accelerator_row,
        gpus_count=gpus_count,
        weight_precision=weight_precision,
        input_tokens=input_tokens,
        output_tokens=output_tokens,
    )
    found = copy.ttft_ms(requests_per_minute / 60 / copies, latency_percentile)
    return np.where(unknown(case), np.nan, found)


@elementwise
@arguments_of(ttft_ms, without=["prompt_spread_factor"])
def user_speed(requests_per_minute: Numbers, latency_percentile: Numbers, **asked: Any) -> Numbers:
    """Tokens a second of an answer at a rate of requests, that nine in ten users get at least.

    Returns
    -------
    float or ndarray, tokens per second
        0 where requests come faster than they are answered; ``nan`` as for ``TTFT_MS``.

    Examples
    --------
    >>> from costcore.machines.examples import H100, LLAMA_70B
    >>> speeds = user_speed([1, 60, 600], LLAMA_70B, H100, 2, "fp8", 1_500, 300)
    >>> speeds.round().tolist()
    [46.0, 42.0, 0.0]

    On one H100, which has little room beside the weights, it is half of that:

    >>> round(user_speed(60, LLAMA_70B, H100, 1, "fp8", 1_500, 300))
    24
    """
    case, copy, copies = copies_of(**asked)
    found = copy.user_tokens_per_second(requests_per_minute / 60 / copies, latency_percentile)
    return np.where(unknown(case), np.nan, found)


@elementwise
@arguments_of(ttft_ms, without=["requests_per_minute"])
def max_requests_per_minute(
    ttft_limit_ms: Numbers,
    user_tokens_per_second: Numbers,
    latency_percentile: Numbers,
    **asked: Any,
) -> Numbers:
    """Most requests a minute with first token and speed within limits, for nine in ten.

    Returns
    -------
    float or ndarray, requests per minute
        0 where not even one meets the limits, or the model does not fit; ``nan`` as for
        ``TTFT_MS``.

    Examples
    --------
    >>> from costcore.machines.examples import H100, LLAMA_70B
    >>> round(max_requests_per_minute(500, 20, LLAMA_70B, H100, 2, "fp8", 1_500, 300))
    299

    Below 100 ms to the first token, none:

    >>> max_requests_per_minute(100, 20, LLAMA_70B, H100, 2, "fp8", 1_500, 300)
    0.0
    """
    case, copy, copies = copies_of(**asked)
    found = copy.most_within(ttft_limit_ms, user_tokens_per_second, latency_percentile)
    return np.where(unknown(case), np.nan, found * 60 * copies)
