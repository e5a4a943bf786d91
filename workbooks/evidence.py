"""The columns of the tables that the sizing model is held against, one dataclass per table."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class UnseenThroughput:
    """One published speed at full load that no constant was fitted on."""

    hardware: str
    gpus: float
    model: str
    weight_precision: str
    input_tokens: float
    output_tokens: float
    output_tokens_per_second: float
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerTime:
    """One published load with its time to the first token and between tokens.

    `load` is what `load_kind` says: requests at once, or a second. A limit is the one the
    measurement was held to.
    """

    source: str
    source_url: str
    date: date
    hardware: str
    gpus: float
    model: str
    precision: str
    engine: str
    input_tokens: float
    output_tokens: float
    load_kind: str
    load: float
    requests_per_second: float | None
    output_tokens_per_second: float | None
    ttft_ms_mean: float | None
    ttft_ms_p50: float | None
    ttft_ms_p90: float | None
    ttft_ms_p99: float | None
    tpot_ms_mean: float | None
    tpot_ms_p50: float | None
    tpot_ms_p90: float | None
    tpot_ms_p99: float | None
    user_tokens_per_second: float | None
    ttft_limit_ms: float | None
    tpot_limit_ms: float | None
    limit_met: str
    note: str
