"""The numbers the sizing model rests on: constants of speed, the rules of memory, the bands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

FITTED = "fitted to the published speeds in throughput.csv; evenpoint sizing validate refits it"
JUDGED = "judgement: published speeds of single users, and of stages, hardly tell it"


@dataclass(frozen=True, slots=True)
class Constant:
    """A number the model rests on, what it means and where it comes from."""

    value: float
    help: str
    source: str


CONSTANTS: Mapping[str, Constant] = MappingProxyType(
    {
        "memory_speed_share": Constant(
            0.691, "Share of the data-sheet memory bandwidth that is reached.", FITTED
        ),
        "arithmetic_share": Constant(
            0.67, "Share of the dense data-sheet FLOPS that is reached.", FITTED
        ),
        "expert_speed_share": Constant(
            0.412, "Of that, share left to the products of experts, done in small pieces.", FITTED
        ),
        "expert_uneven_share": Constant(
            0.0878,
            "Time more for the fullest GPU, times the logarithm of those that share experts.",
            FITTED,
        ),
        "activation_factor": Constant(
            17.2, "Times a token's hidden vector goes through memory in a layer.", FITTED
        ),
        "prompt_overhead_us": Constant(
            364.0, "Time a layer takes more in a step that also reads a prompt.", FITTED
        ),
        "link_speed_share": Constant(
            0.734, "Share of the link to other GPUs that is reached when sums are shared.", FITTED
        ),
        "layer_overhead_us": Constant(
            75.0, "Time each layer takes in each step, whatever it computes.", JUDGED
        ),
        "expert_launch_us": Constant(
            200.0,
            "Time each layer of experts takes at least, however few requests there are.",
            "judgement: 210 to 360 in published times a token of MiniMax-M2.5 and Mixtral on H200 "
            "and H20 at 1 to 8 requests (answer_times.csv); newer software takes less",
        ),
        "stage_idle_share": Constant(
            0.08, "Time lost for each stage more that a copy is cut into.", JUDGED
        ),
        "max_batch_count": Constant(
            2048.0,
            "Most requests that a serving engine works on at once, for each GPU.",
            "TensorRT-LLM, default of max_batch_size",
        ),
    }
)
"""The constants of the speed."""

MEMORY_RULES: Mapping[str, Constant] = MappingProxyType(
    {
        "memory_use_share": Constant(
            0.90, "Share of the memory that a serving engine takes.", "vLLM, default setting"
        ),
        "memory_reserve_gb": Constant(
            3.0, "Memory of each GPU for workspace and buffers.", "judgement"
        ),
        "server_gpus": Constant(
            8.0, "Most GPUs of a copy outside a rack.", "HGX, OAM and PCIe servers have eight"
        ),
    }
)
"""What of a memory can hold a model, and how many GPUs share a copy."""

BANDS: Mapping[str, tuple[float, float, float]] = MappingProxyType(
    {
        "modelled": (0.75, 1.0, 1.2),
        "modelled experts": (0.73, 1.0, 1.35),
        "modelled, few speeds": (0.7, 1.0, 1.35),
        "modelled experts, few speeds": (0.67, 1.0, 1.45),
        "measured": (0.8, 1.0, 1.1),
    }
)
"""Low, base and high; four in five speeds never fitted on lie inside the bands of the model.

Young software has few published speeds; a model without any is as far off as each of those that
have some, fitted without it.
"""

FEW_SPEEDS = 5.0
"""Published speeds below which the software of a model is taken to be young."""

PRECISIONS = ("bf16", "fp8", "fp4")
WEIGHT_BYTES = {"bf16": 2.0, "fp8": 1.0, "fp4": 0.5625}
"""Bytes of a weight; fp4 has a scale for each block of weights."""
SLOW_LINK_GB_PER_S = 32.0
"""Where no link is stated: PCIe 4.0, sixteen lanes, one way."""
