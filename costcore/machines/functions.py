"""The catalogue's functions of capacity, each followed by the one that says what it rests on."""

from __future__ import annotations

import math

from costcore.language.sheet_function import Example, SheetFunction
from costcore.machines.basis.memory import fits_basis, kv_bytes_per_token_basis, vram_gb_basis
from costcore.machines.basis.speed import gpus_needed_basis, tokens_per_second_basis
from costcore.machines.basis.times import (
    max_requests_per_minute_basis,
    ttft_ms_basis,
    user_speed_basis,
)
from costcore.machines.examples import H100, LLAMA_70B
from costcore.machines.gpus import gpus_needed
from costcore.machines.sizing import (
    fits,
    kv_bytes_per_token,
    tokens_per_second,
    vram_gb,
)
from costcore.machines.spec_rows import ACCELERATOR_COLUMNS
from costcore.machines.times.worksheet import max_requests_per_minute, ttft_ms, user_speed

_LLAMA = ((*LLAMA_70B, "source"), (*LLAMA_70B.values(), "config.json"))
_H100 = (ACCELERATOR_COLUMNS[: len(H100)], H100)
_STATELESS = ("Nine", 9.0, 9.0, 10.0, 1024.0, 8.0, 8.0, 128.0, "none", 0.0, 0.0)
_ROUND = ("Round", "Example", "card", 100.0, 2.0, 1000.0, None, None)
_COPIES = (100e9, _STATELESS, _ROUND, "bf16", 1_000.0, 1_000.0, 1.0, 1.0, 1.0, 1.0)
_NEVER_FITS = "Does not fit: the weights take 141.1 GB, and 1 x H100 SXM can hold 74.3 GB."
_SUM = "by hand: 70.55 x 2 over 0.9 x 85.9 - 3"

SIZING_FUNCTIONS = (
    SheetFunction(
        kv_bytes_per_token,
        returns="bytes_per_token",
        example=Example((_LLAMA,), 327_680.0, "by hand: 80 x 2 x 8 x 128 x 2"),
        answers="one number",
        traces=False,
    ),
    SheetFunction(
        kv_bytes_per_token_basis,
        returns="text",
        example=Example(
            (_LLAMA,),
            "Computed: 80 layers that keep 2,048 numbers of each token; shape: config.json.",
            "by hand: 2 x 8 x 128",
        ),
        answers="text",
        traces=False,
    ),
    SheetFunction(
        vram_gb,
        returns="gb",
        example=Example(
            (_LLAMA, "bf16", 999.0, 1.0, 10.0, 2.0),
            (141.1 + 3.2768 + 6) / 0.9,
            "by hand: 70.55 x 2, 10 x 1,000 x 327,680 bytes, 2 x 3; over 0.9",
        ),
        traces=False,
    ),
    SheetFunction(
        vram_gb_basis,
        returns="text",
        example=Example(
            (_LLAMA, "bf16", 999.0, 1.0, 10.0, 2.0),
            "Computed: (141.1 GB of weights + 3.3 GB of cache for 10 requests + 6 GB) / 90 %; "
            "shape: config.json.",
            "the same",
        ),
        answers="text",
        traces=False,
    ),
    SheetFunction(
        fits,
        returns="count",
        example=Example((_LLAMA, _H100, 1.0, "bf16"), 0.0, _SUM),
        traces=False,
    ),
    SheetFunction(
        fits_basis,
        returns="text",
        example=Example((_LLAMA, _H100, 1.0, "bf16"), _NEVER_FITS, _SUM),
        answers="text",
        traces=False,
    ),
    SheetFunction(
        tokens_per_second,
        returns="tokens_per_second",
        example=Example(
            (_STATELESS, _ROUND, 1.0, "bf16", 1_000.0, 1_000.0, 1.0),
            2_000 / (18 / 1.382 + 0.001409024 / 1.382 + 0.75 + 3.64 * (1 - math.exp(-0.001))),
            "by hand: a step of 18 GB over 0.691 x 2 TB/s, activations of 2 x 10 x 1,024 x 4 x "
            "17.2 bytes, and 10 x (0.075 + 0.364 / 1,000) ms; 1 token in, 1 out",
        ),
        traces=False,
    ),
    SheetFunction(
        tokens_per_second_basis,
        returns="text",
        example=Example((_LLAMA, _H100, 1.0, "bf16", 1_000.0, 1_000.0), _NEVER_FITS, _SUM),
        answers="text",
        traces=False,
    ),
    SheetFunction(
        gpus_needed,
        returns="gpus",
        example=Example(
            _COPIES,
            3.0,
            "by hand: a step of 2 x 9 x 4,096 / 670 + 6.0 ms; 0.7 x 4,096 each are 65 B a month",
        ),
        traces=False,
    ),
    SheetFunction(
        gpus_needed_basis,
        returns="text",
        example=Example(
            _COPIES,
            "2 copies of 1 GPU for the load and 1 to spare, on the low case. Modelled: "
            "1 x 1 Round with 2,048 requests each, most time goes into arithmetic; "
            "band 0.7 to 1.35; data sheet: source not given.",
            "the same",
        ),
        answers="text",
        traces=False,
    ),
    SheetFunction(
        ttft_ms,
        returns="ms",
        example=Example(
            (0.0, _STATELESS, _ROUND, 1.0, "bf16", 1_000.0, 1_000.0, 0.5),
            18_000 / 670 + 0.704512 / 1.382 + 4.39,
            "by hand: 2 x 9 x 1,000 GFLOP over 670 TFLOPS, activations of 1,000 x 10 x 1,024 x 4 x "
            "17.2 bytes over 1.382 TB/s, and 10 x 0.439 ms; nobody waits before",
        ),
        traces=False,
    ),
    SheetFunction(
        ttft_ms_basis,
        returns="text",
        example=Example(
            (60.0, _STATELESS, _ROUND, 1.0, "bf16", 9_000.0, 1_000.0),
            "Unknown: published answer times are missed by more than 2x for prompts above "
            "8,192 tokens.",
            "9,000 tokens are more",
        ),
        answers="text",
        traces=False,
    ),
    SheetFunction(
        user_speed,
        returns="tokens_per_second",
        example=Example(
            (10_000.0, _STATELESS, _ROUND, 1.0, "bf16", 1_000.0, 1_000.0),
            0.0,
            "by hand: a step of 116 ms answers 2,048 tokens, so 1,059 requests a minute at most",
        ),
        traces=False,
    ),
    SheetFunction(
        user_speed_basis,
        returns="text",
        example=Example(
            (10_000.0, _STATELESS, _ROUND, 1.0, "bf16", 1_000.0, 1_000.0),
            "Overload: 1 x 1 Round answer at most 1,059 requests a minute.",
            "the same",
        ),
        answers="text",
        traces=False,
    ),
    SheetFunction(
        max_requests_per_minute,
        returns="requests_per_minute",
        example=Example(
            (10.0, 5.0, _STATELESS, _ROUND, 1.0, "bf16", 1_000.0, 1_000.0),
            0.0,
            "by hand: reading 18 GB of weights at 1.382 TB/s alone takes 13 ms",
        ),
        traces=False,
    ),
    SheetFunction(
        max_requests_per_minute_basis,
        returns="text",
        example=Example(
            (10.0, 5.0, _STATELESS, _ROUND, 1.0, "bf16", 1_000.0, 1_000.0),
            "Not possible: alone, a request on 1 Round waits 32 ms and gets 73 tokens a second.",
            "by hand: 26.9 + 0.5 + 4.4 ms, and 1,000 / (13.0 + 0.75)",
        ),
        answers="text",
        traces=False,
    ),
)
