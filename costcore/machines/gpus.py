"""How many GPUs a volume takes, in whole copies of the model."""

from __future__ import annotations

from typing import Any

import numpy as np

from costcore.language.arguments import arguments_of
from costcore.language.elementwise import Numbers, elementwise
from costcore.language.quantities import HOURS_PER_MONTH
from costcore.machines.constants import MEMORY_RULES
from costcore.machines.copies import COPY_GPUS, RACK_GPUS
from costcore.machines.sizing import tokens_per_second
from costcore.machines.spec_rows import Range, accelerator_inputs
from costcore.nodes.capacity import capacity_tokens, nodes_needed

REQUEST = (
    *("model_row", "accelerator_row", "weight_precision", "input_tokens", "output_tokens"),
    "measured_table",
)


def fewest_gpus(
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
) -> tuple[Numbers, Numbers]:
    """Return the fewest GPUs for a volume, and on how many of them each copy is."""
    found: list[Numbers] = []
    for gpus in copy_sizes(accelerator_row):
        speed = tokens_per_second(
            *(model_row, accelerator_row, gpus, weight_precision, input_tokens, output_tokens),
            speed_case=speed_case,
            measured_table=measured_table,
            replica_gpus=gpus,
        )
        month = capacity_tokens(speed * sla_share, hours_per_month=hours_per_month)
        plan = (peak_factor, max_load_share, spare_nodes)
        copies = nodes_needed(tokens_per_month, month, *plan)
        found.append(np.where(speed == 0, np.inf, gpus * copies))
    total = np.stack(np.broadcast_arrays(*found))
    least = np.min(total, axis=0)[()]
    best = np.where(np.isinf(least), -1, np.argmin(total, axis=0))
    return least, np.take(copy_sizes(accelerator_row), best)


@elementwise
@arguments_of(fewest_gpus)
def gpus_needed(**asked: Any) -> Numbers:
    """GPUs that serve a volume in its peak hour: whole copies of the model, spares included.

    Sized on the low case of the speed, because hardware that turns out too slow cannot be
    budgeted away.

    Returns
    -------
    float or ndarray, GPUs
        ``inf`` where the model fits on no number of them.

    Examples
    --------
    A 70B model in eight bits leaves one H100 little room for requests: three copies on one
    each serve 2.7 billion tokens a month at three times the mean load, and a spare makes it four:

    >>> from costcore.machines.examples import H100, LLAMA_70B
    >>> gpus_needed(2.7e9, LLAMA_70B, H100, "fp8", 1_500, 300, 3, spare_nodes=1)
    4.0

    Without the spare two would do for ten billion as well, if the load were flat:

    >>> gpus_needed(10e9, LLAMA_70B, H100, "fp8", 1_500, 300)
    2.0
    """
    gpus, _ = fewest_gpus(**asked)
    return gpus


def copy_sizes(accelerator_row: Range) -> list[float]:
    """Return the GPUs a copy may be on: 1, 2, 4, 8 in a server, up to 64 in a rack."""
    rack = accelerator_inputs(accelerator_row)["form"] == "rack"
    most = RACK_GPUS if rack else MEMORY_RULES["server_gpus"].value
    return [float(gpus) for gpus in COPY_GPUS if gpus <= most]
