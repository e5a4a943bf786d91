"""What a step of the engine takes: reading, arithmetic, activations, links and overhead."""

from __future__ import annotations

from typing import Any

import numpy as np

from costcore.language.timeline import Line
from costcore.language.trace import given
from costcore.machines.constants import SLOW_LINK_GB_PER_S
from costcore.machines.memory_fit import by_precision, cache_bytes


def has_experts(m: Any) -> Any:
    """Whether a token visits some of the experts only."""
    return m.experts > m.experts_per_token


def _attention_gflop(m: Any) -> Any:
    """Attention inside the prompt, for each output token."""
    prompts = m.input_tokens / m.output_tokens
    return prompts * (2 * m.kv_layers_full * m.attn_heads * m.head_dim * m.input_tokens / 1e9)


def _activation_gb(m: Any) -> Any:
    """Grows with every token, and with the experts it visits."""
    fan = np.where(has_experts(m), 1 + m.experts_per_token, 2.0)
    return m.visits_factor * m.layers * m.hidden * fan * (2 * m.activation_factor / 1e9)


REACHED_LINES = (
    Line(
        "reached_tflops",
        "Dense TFLOPS reached at the precision",
        lambda m: (
            m.arithmetic_share
            * by_precision(
                m,
                m.bf16_dense_tflops,
                given(m.fp8_dense_tflops, m.bf16_dense_tflops),
                given(m.fp4_dense_tflops, m.bf16_dense_tflops),
            )
        ),
        heading="What a GPU reaches",
    ),
    Line(
        "reached_tb_per_s",
        "Memory bandwidth",
        lambda m: m.bandwidth_tb_per_s * m.memory_speed_share,
    ),
    Line(
        "reached_gb_per_s",
        "Link to other GPUs",
        lambda m: given(m.link_gb_per_s, SLOW_LINK_GB_PER_S) * m.link_speed_share,
    ),
)
REQUEST_LINES = (
    Line(
        "visits_factor",
        "Tokens of a step for each request, prompts included",
        lambda m: 1 + m.input_tokens / m.output_tokens,
        heading="What a step takes on one GPU",
    ),
    Line(
        "expert_params_b",
        "Parameters of all experts",
        lambda m: np.where(
            has_experts(m),
            (m.params_total_b - m.params_active_b) / (1 - m.experts_per_token / m.experts),
            0.0,
        ),
    ),
    Line(
        "routed_params_b",
        "Of them, those a token visits",
        lambda m: np.where(
            has_experts(m), m.expert_params_b * m.experts_per_token / m.experts, 0.0
        ),
    ),
    Line("read_all_ms", "Read all weights", lambda m: m.weights_gb / m.reached_tb_per_s),
    Line(
        "read_experts_ms",
        "Of them, those of experts",
        lambda m: m.expert_params_b * m.weight_bytes / m.reached_tb_per_s,
    ),
    Line(
        "unvisited_factor",
        "Share of experts that a request leaves unvisited, logarithm",
        lambda m: np.where(
            has_experts(m), np.log(1 - m.experts_per_token / m.experts) - 1 / m.output_tokens, 0.0
        ),
    ),
    Line(
        "uneven_share",
        "Uneven products of experts, for each logarithm of GPUs",
        lambda m: np.where(has_experts(m), m.expert_uneven_share, 0.0),
    ),
    Line(
        "request_products_ms",
        "Each request: products with weights, those of experts at their pace",
        lambda m: (
            m.visits_factor
            * 2
            * (m.params_active_b - m.routed_params_b + m.routed_params_b / m.expert_speed_share)
            / m.reached_tflops
        ),
    ),
    Line(
        "request_cache_ms",
        "Each request: read the cache",
        lambda m: cache_bytes(m, m.input_tokens + m.output_tokens / 2) / 1e9 / m.reached_tb_per_s,
    ),
    Line(
        "request_attention_ms",
        "Each request: attention inside its prompt, in sixteen bits",
        lambda m: _attention_gflop(m) / (m.bf16_dense_tflops * m.arithmetic_share),
    ),
    Line(
        "request_activation_ms",
        "Each request: write and read activations",
        lambda m: _activation_gb(m) / m.reached_tb_per_s,
    ),
    Line(
        "request_exchange_ms",
        "Each request: share two sums of a layer over the link, were it on many GPUs",
        lambda m: m.visits_factor * m.layers * m.hidden * (8 / 1e6) / m.reached_gb_per_s,
    ),
    Line(
        "request_ms",
        "Each request: cache, attention and activations",
        lambda m: m.request_cache_ms + m.request_attention_ms + m.request_activation_ms,
    ),
    Line(
        "layers_ms",
        "Each step: overhead of the layers",
        lambda m: m.layers * m.layer_overhead_us / 1e3,
    ),
    Line(
        "launch_ms",
        "Each step: least time to launch the products of experts, whatever the hardware",
        lambda m: np.where(
            has_experts(m), m.layers * m.expert_launch_us / 1e3 * m.hardware_speed_share, 0.0
        ),
    ),
    Line(
        "prompts_ms",
        "Each step that reads a prompt: more of it",
        lambda m: m.layers * m.prompt_overhead_us / 1e3,
    ),
    Line(
        "asked_count",
        "Requests at once that are asked for; a billion is no limit",
        lambda m: given(m.concurrency_count, 1e9),
    ),
)
LOAD_LINES = (*REACHED_LINES, *REQUEST_LINES)
"""GB over TB per second, and GFLOP over TFLOPS, are milliseconds."""


def shrunk(logarithm: Any) -> Any:
    """A small share from its logarithm; LibreOffice calls what is too small for it an error."""
    return np.exp(np.maximum(logarithm, -700.0))


def read_weights_ms(m: Any, requests: Any) -> Any:
    """Weights but those of experts that no token of the step goes to, on one GPU.

    A step that also reads a prompt, one in `output_tokens` for each request, goes to all of them.
    """
    return m.read_all_ms - m.read_experts_ms * shrunk(requests * m.unvisited_factor)


def uneven_factor(m: Any, split_gpus: Any) -> Any:
    """Experts spread over GPUs are not asked alike: all wait for the GPU with most to multiply."""
    return 1 + m.uneven_share * np.log(split_gpus)


def weights_ms(m: Any, requests: Any, split_gpus: Any) -> Any:
    """Reading weights, or multiplying by them, whichever takes longer, as if on one GPU."""
    products = requests * m.request_products_ms * uneven_factor(m, split_gpus)
    return np.maximum(read_weights_ms(m, requests), products)


def overhead_ms(m: Any, requests: Any) -> Any:
    """Launching each layer, and more so where a prompt is read beside the answers."""
    return m.layers_ms + m.prompts_ms * (1 - shrunk(-1 * requests / m.output_tokens))


def step_ms(m: Any, split_gpus: Any, requests: Any, weights: Any) -> Any:
    """A step of a copy, or of all its stages one after the other, with so many requests in each.

    The GPUs work while the next products are launched; with few requests they wait for that.
    """
    shared = (weights + requests * m.request_ms) / split_gpus
    exchanged = requests * m.request_exchange_ms * (1 - 1 / split_gpus)
    return np.maximum(shared + exchanged + overhead_ms(m, requests), m.launch_ms)
