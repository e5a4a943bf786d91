"""Sizing 100,000 systems, and the best number of owned nodes among 200 over 8,760 hours.

A system is a model of the table on an accelerator of the table, with its own precision, lengths
and concurrency. The peers are loops as one writes them without numpy; that they give the same
answers is asserted first. The sizing loop is timed on 2,000 systems and scaled.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from costcore.answers.hybrid import spillover_cost, spillover_nodes
from costcore.machines.roofline import DEFAULTS, sized
from costcore.machines.spec_rows import accelerator_inputs, model_inputs
from tests.bench.measure import Row, best, faster, within
from workbooks import tables

SYSTEMS, SAMPLE = 100_000, 2_000
HOURS, NODES = 8_760, 200


def rows() -> Iterator[Row]:
    """Both, against plain Python."""
    columns = systems(SYSTEMS)
    sample = {name: column[:SAMPLE] for name, column in columns.items()}
    cases = [
        dict(zip(sample, case, strict=True))
        for case in zip(*(column.tolist() for column in sample.values()), strict=True)
    ]
    ours = sized(sample)["output_tokens_per_second"]
    np.testing.assert_allclose(ours, [output_speed(case) for case in cases], rtol=1e-9)
    ours, loop = best(lambda: sized(columns), lambda: [output_speed(case) for case in cases])
    scaled = loop * SYSTEMS / SAMPLE
    yield Row("100,000 systems sized", ours, "plain Python loop (scaled)", scaled, faster(5))
    yield Row("100,000 systems sized", ours, "plain Python loop (scaled)", scaled, within(1))
    yield spillover_row()


def spillover_row() -> Row:
    """Every number of nodes priced over a year of hours."""
    draws = np.random.default_rng(2)
    load = draws.gamma(2.0, 50e6, HOURS)
    inputs = (5_400.0, 4e6, 3.0)
    listed = load.tolist()
    costs = spillover_cost(load, np.arange(NODES), *inputs)
    np.testing.assert_allclose(costs, looped_costs(listed, *inputs), rtol=1e-9)
    assert spillover_nodes(load, *inputs) == int(np.argmin(costs))
    ours, loop = best(
        lambda: spillover_cost(load, np.arange(NODES), *inputs),
        lambda: looped_costs(listed, *inputs),
        rounds=3,
    )
    return Row("8,760 hours x 200 nodes", ours, "plain Python loop", loop, faster(20))


def systems(count: int, seed: int = 1) -> dict[str, Any]:
    """Return columns of random systems from the shipped tables."""
    draws = np.random.default_rng(seed)
    known = [m for m in tables.models() if m.params_active_b is not None]
    models = [model_inputs(asdict(model)) for model in known]
    accelerators = [accelerator_inputs(asdict(row)) for row in tables.accelerators()]
    columns = drawn_rows(models, draws.integers(0, len(models), count))
    columns |= drawn_rows(accelerators, draws.integers(0, len(accelerators), count))
    requests = draws.integers(1, 4_096, count).astype(float)
    return columns | {
        "gpus_count": 2.0 ** draws.integers(0, 5, count),
        "weight_precision": draws.choice(["bf16", "fp8", "fp4"], count),
        "input_tokens": draws.integers(1, 32_000, count).astype(float),
        "output_tokens": draws.integers(1, 8_000, count).astype(float),
        "concurrency_count": np.where(draws.random(count) < 0.5, np.nan, requests),
    }


def drawn_rows(rows_of: Sequence[dict[str, Any]], places: Any) -> dict[str, Any]:
    """Return the drawn rows as columns."""
    return {name: np.array([row[name] for row in rows_of])[places] for name in rows_of[0]}


def output_speed(case: dict[str, Any]) -> float:
    """The output tokens a second of one system, as one writes it without numpy."""
    c = {**DEFAULTS, **case}
    most, best = 64 if c["form"] == "rack" else 8, 0.0
    gpus = 1
    while gpus <= min(most, c["gpus_count"]):
        copies = c["gpus_count"] // gpus
        asked = c["concurrency_count"]
        busy = copies if math.isnan(asked) else min(copies, asked)
        batch = requests_at_once(c, gpus, math.inf if math.isnan(asked) else asked / busy)
        if batch > 0:
            turns = [turn(c, gpus, 1, batch), turn(c, 1, gpus, batch)]
            best = max(best, busy * batch / min(turns) * 1000)
        gpus *= 2
    return best * c["model_speed_share"] * c["hardware_speed_share"] * c["software_share"]


def low_bits(c: dict[str, Any]) -> float:
    """Dense TFLOPS of the format, nan where the hardware does not compute with it."""
    bits = c["weight_precision"]
    return math.nan if bits == "bf16" else c[f"{bits}_dense_tflops"]


def weights_gb(c: dict[str, Any], params_b: float) -> float:
    """Parameters in the format."""
    return params_b * {"bf16": 2.0, "fp8": 1.0, "fp4": 0.5625}[c["weight_precision"]]


def cache_gb(c: dict[str, Any], tokens: float) -> float:
    """Cache of a request of so many tokens."""
    window = c["window_layers"] * c["window_elems_per_layer"] * min(c["window_tokens"], tokens)
    growing = c["kv_layers_full"] * c["kv_elems_per_layer"] * tokens
    return (growing + window) * (2 if math.isnan(low_bits(c)) else 1) / 1e9


def requests_at_once(c: dict[str, Any], gpus: int, asked: float) -> float:
    """Requests of a copy; 0 where none fits."""
    free = gpus * (c["memory_gb"] * 0.9 - 3) - weights_gb(c, c["params_total_b"])
    if free < cache_gb(c, c["input_tokens"] + c["output_tokens"]):
        return 0.0
    room = free / cache_gb(c, c["input_tokens"] + c["output_tokens"])
    return min(room, 2048.0 * gpus, asked)


def turn(c: dict[str, Any], split: int, stages: int, batch: float) -> float:
    """Milliseconds until each request has another token."""
    requests = max(batch / stages, 1)
    tokens = requests * (1 + c["input_tokens"] / c["output_tokens"])
    products, experts, fan, idle, uneven = c["params_active_b"], 0.0, 1.0, 0.0, 1.0
    least = 0.0
    if c["experts"] > c["experts_per_token"]:
        share = c["experts_per_token"] / c["experts"]
        experts = (c["params_total_b"] - c["params_active_b"]) / (1 - share)
        products += experts * share * (1 / c["expert_speed_share"] - 1)
        fan = c["experts_per_token"]
        idle = experts * (1 - share) ** requests * math.exp(-requests / c["output_tokens"])
        uneven += c["expert_uneven_share"] * math.log(split)
        least = c["layers"] * c["expert_launch_us"] / 1000 * c["hardware_speed_share"]
    read = split * c["bandwidth_tb_per_s"] * c["memory_speed_share"]
    plain = c["bf16_dense_tflops"]
    tflops = plain if math.isnan(low_bits(c)) else low_bits(c)
    reached = split * c["arithmetic_share"]
    weights = weights_gb(c, c["params_total_b"] - idle) / read
    time = max(weights, 2 * products * tokens / (tflops * reached) * uneven)
    time += requests * cache_gb(c, c["input_tokens"] + c["output_tokens"] / 2) / read
    attention = 2 * c["kv_layers_full"] * c["attn_heads"] * c["head_dim"] * c["input_tokens"] / 1e9
    time += (tokens - requests) * attention / (plain * reached)
    hidden = tokens * c["layers"] * c["hidden"] / 1e9
    time += hidden * (1 + fan) * 2 * c["activation_factor"] / read
    link = c["link_gb_per_s"] * c["link_speed_share"]
    time += hidden * 8 * (split - 1) / split / link * 1000
    prompts = 1 - math.exp(-requests / c["output_tokens"])
    time += c["layers"] * (c["layer_overhead_us"] + c["prompt_overhead_us"] * prompts) / 1000
    return float(max(time, least) * (1 + (stages - 1) * c["stage_idle_share"]))


def looped_costs(load: list[float], node: float, capacity: float, price: float) -> list[float]:
    """Each number of nodes in turn, and for each all hours."""
    costs = []
    for nodes in range(NODES):
        limit, spilled = nodes * capacity, 0.0
        for tokens in load:
            if tokens > limit:
                spilled += tokens - limit
        costs.append(nodes * node + spilled * 730 / len(load) / 1e6 * price)
    return costs
