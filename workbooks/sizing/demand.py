"""What is to be served, and what hardware makes of it."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What is to be served, and how cautiously."""

    model: str
    tokens_per_month: float
    input_tokens: float = 1400.0
    output_tokens: float = 160.0
    concurrency: float = math.inf
    """Most requests a copy works on at once: fewer make each of them faster."""
    user_tokens_per_second: float = 10.0
    """Least speed of an answer: people read 5 to 10 tokens a second."""
    load: str = "global-chat"
    precision: str = ""
    """Empty: the published format, or fp8 where the hardware computes with it."""
    spare_nodes: float = 1.0
    api_price_per_mtok: float = math.nan
    peak_factor: float = math.nan
    """Peak that is planned for over the mean, bursts included; nan: that of the load."""
    sla_share: float = math.nan
    """Capacity at your answer times; nan: as assumed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One accelerator for a demand; speeds and cost are nan where it does not serve it."""

    hardware: str
    precision: str
    replica_gpus: float
    fits: bool
    why: str = ""
    """What the speed rests on, or why the model does not run."""
    base_tokens_per_second: float = math.nan
    """Of one copy, input and output together."""
    low_tokens_per_second: float = math.nan
    """The same in the low case, which hardware is sized on."""
    max_load_share: float = math.nan
    """How busy so many copies may be in the peak."""
    gpu_tokens_per_second: float = math.nan
    """The same for each GPU: what can be compared."""
    measured_gpu_tokens_per_second: float = math.nan
    """As published for this copy, carried over to these lengths, at full load."""
    user_tokens_per_second: float = math.nan
    """Output of one request at full load."""
    concurrency: float = math.nan
    """Requests a copy works on at once, so that each is fast enough."""
    copies: float = math.nan
    gpus: float = math.nan
    mean_load_share: float = math.nan
    trough_load_share: float = math.nan
    peak_requests_per_minute: float = math.nan
    served_share: float = math.nan
    cost_per_month: float = math.nan
    price_per_mtok: float = math.nan
    verdict: str = ""
    own_share: float = 1.0
    """What your measurements made of the model's speed."""
