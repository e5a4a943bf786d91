"""The numbers the sizing model rests on: six constants of speed, the rules of memory, the bands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

FITTED = "fitted to the published speeds in throughput.csv; evenpoint sizing validate refits it"


@dataclass(frozen=True, slots=True)
class Constant:
    """A number the model rests on, what it means and where it comes from."""

    value: float
    help: str
    source: str


CONSTANTS: Mapping[str, Constant] = MappingProxyType(
    {
        "memory_speed_share": Constant(
            0.90, "Share of the data-sheet memory bandwidth that is reached.", FITTED
        ),
        "arithmetic_share": Constant(
            0.535, "Share of the dense data-sheet FLOPS that is reached.", FITTED
        ),
        "layer_overhead_ms": Constant(
            0.19, "Time each layer takes in each step, whatever it computes.", FITTED
        ),
        "expert_speed_share": Constant(
            0.39, "Speed left to a mixture of experts, whose work is in small pieces.", FITTED
        ),
        "pcie_speed_share": Constant(
            0.50, "Speed left to a replica of several cards that talk over PCIe.", FITTED
        ),
        "max_batch_count": Constant(
            2048.0,
            "Most requests that a serving engine works on at once.",
            "TensorRT-LLM, default of max_batch_size",
        ),
    }
)
"""The six constants of the speed."""

MEMORY_RULES: Mapping[str, Constant] = MappingProxyType(
    {
        "memory_use_share": Constant(
            0.90, "Share of the memory that a serving engine takes.", "vLLM, default setting"
        ),
        "memory_reserve_gb": Constant(
            3.0, "Memory of each GPU for workspace and buffers.", "judgement"
        ),
        "weights_share": Constant(
            0.75, "Most of that memory that weights may fill; the rest is the cache.", "judgement"
        ),
    }
)
"""What of a memory can hold a model."""

BANDS: Mapping[str, tuple[float, float, float]] = MappingProxyType(
    {"modelled": (0.7, 1.0, 1.35), "measured": (0.8, 1.0, 1.1)}
)
"""Low, base and high; four in five published speeds lie inside the band of the model."""

PRECISIONS = ("bf16", "fp8", "fp4")
WEIGHT_BYTES = {"bf16": 2.0, "fp8": 1.0, "fp4": 0.5625}
"""Bytes of a weight; fp4 has a scale for each block of weights."""
