"""Answer times of the sizing model against published loads, and of the hardware for a demand."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from costcore.machines.gpus import copy_sizes
from costcore.machines.sizing import case_of
from costcore.machines.times.queue import Copy, copy_of, unknown
from workbooks import tables
from workbooks.sizing.choices import caveats, default_precision
from workbooks.sizing.demand import Demand
from workbooks.sizing.own import Own
from workbooks.sizing.rents import in_usd

CHAT_SPREAD_FACTOR = 4.0
"""Longest prompt over the mean in ShareGPT-like sets."""
MLPERF_SPREAD_FACTORS = {
    "Llama-2-70B": 3.5,
    "Llama-3.1-8B": 3.2,
    "Llama-3.1-405B": 2.1,
    "DeepSeek-V3/R1": 3.9,
    "Mixtral-8x7B": 3.5,
}
"""Longest prompt over the mean of each data set, from its published limits."""
USUAL_LIMIT_MS = 500.0
CLOSE = (0.8, 1.25)
"""What is this near a limit is too near to tell."""
REASONS = {
    "meets": "a quarter to spare",
    "close": "with limits a quarter wider",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What nine in ten requests must keep."""

    requests_per_minute: float
    ttft_ms: float = math.inf
    user_tokens_per_second: float = 0.0
    percentile: float = 0.9
    spread_factor: float = 1.0

    def eased(self) -> Limits:
        """Return limits a quarter wider, which is as near as answer times are known."""
        low, high = CLOSE
        first, speed = self.ttft_ms * high, self.user_tokens_per_second * low
        return replace(self, ttft_ms=first, user_tokens_per_second=speed)


@dataclass(frozen=True, slots=True)
class Answer:
    """One accelerator for a rate of requests: meets, close, misses or unknown, and why."""

    hardware: str
    precision: str
    verdict: str
    why: str
    replica_gpus: float = math.nan
    copies: float = math.nan
    most_per_minute: float = math.nan
    """Of one copy, within the limits."""
    ttft_ms: float = math.nan
    user_tokens_per_second: float = math.nan
    cost_per_month: float = math.nan


@dataclass(frozen=True, slots=True)
class Shares:
    """How often the answer was right, over published loads."""

    steady_count: int
    steady_right_share: float
    server_count: int
    server_within_1_5_share: float
    server_median: float


def shares() -> Shares:
    """Hold the answers against steady loads, and against what servers were submitted with."""
    right = Counter(map(_right, _steady()))
    ratios = np.array([_most(row) / row.load for row in _served()])
    within = float(np.mean((ratios <= 1.5) & (ratios >= 1 / 1.5)))
    count = right[True] + right[False]
    return Shares(count, right[True] / count, ratios.size, within, float(np.median(ratios)))


def _known() -> list[tables.AnswerTime]:
    hardware = {row.hardware for row in tables.accelerators()}
    models = {row.model for row in tables.models()}
    formats = {"bf16", "fp8", "fp4"}
    return [
        row
        for row in tables.answer_times()
        if row.hardware in hardware and row.model in models and row.precision in formats
    ]


def _steady() -> list[tables.AnswerTime]:
    """Loads at random times that lasted three times as long as an answer, and fit."""
    return [
        row
        for row in _known()
        if row.source.startswith("AccelMark online")
        and row.tpot_ms_p50
        and _sent(row) / row.load >= 3 * row.output_tokens * row.tpot_ms_p50 / 1000
        and copy_of(_case(row, row.gpus)).most_requests >= 1
    ]


def _sent(row: tables.AnswerTime) -> float:
    """Requests of the suite a load belongs to."""
    return 200.0 if "suite_B" in row.source_url or "suite_D" in row.source_url else 300.0


def _right(row: tables.AnswerTime) -> bool:
    spread = CHAT_SPREAD_FACTOR if row.input_tokens < 1000 else 1.0
    found = copy_of(_case(row, row.gpus), spread).ttft_ms(row.load, 0.99)
    met = bool(found <= (row.ttft_limit_ms or USUAL_LIMIT_MS))
    return met == (row.limit_met == "yes")


def _served() -> list[tables.AnswerTime]:
    """Loads of servers with dense models and experts below 100 B, as submitted."""
    return [
        row
        for row in _known()
        if row.source.startswith("MLPerf") and tables.model(row.model).params_total_b < 100
    ]


def _most(row: tables.AnswerTime) -> float:
    """Requests a second within the limits, over every size of a copy."""
    speed = 1000 / row.tpot_limit_ms if row.tpot_limit_ms else 0.0
    found = [0.0]
    for gpus in (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0):
        if gpus <= row.gpus and row.gpus % gpus == 0:
            copy = copy_of(_case(row, gpus), MLPERF_SPREAD_FACTORS[row.model])
            most = copy.most_within(row.ttft_limit_ms or math.inf, speed, 0.99)
            found.append(float(most) * row.gpus / gpus)
    return max(found)


def _case(row: tables.AnswerTime, gpus: float) -> dict[str, Any]:
    model, accelerator = tables.model(row.model), tables.accelerator(row.hardware)
    case = case_of(asdict(model), asdict(accelerator), gpus, row.precision)
    lengths = {"input_tokens": row.input_tokens, "output_tokens": row.output_tokens}
    return case | lengths | {"chosen_replica_gpus": gpus}


def answers(
    demand: Demand, limits: Limits, hardware: Sequence[str] = (), own: Own | None = None
) -> list[Answer]:
    """Return the accelerators that serve a rate within limits, cheapest first; then the others."""
    chosen = [tables.accelerator(name) for name in hardware] or list(tables.accelerators())
    found = [_answer(demand, limits, accelerator, own or Own()) for accelerator in chosen]
    order = {"meets": 0, "close": 1, "misses": 2, "unknown": 3}
    return sorted(found, key=lambda a: (order[a.verdict], _last(a.cost_per_month), a.hardware))


def _last(cost: float) -> float:
    return math.inf if math.isnan(cost) else cost


def _answer(demand: Demand, limits: Limits, accelerator: tables.Accelerator, own: Own) -> Answer:
    """The copies that take the fewest GPUs; `meets` is said with a quarter of the rate to spare."""
    row, model = asdict(accelerator), tables.model(demand.model)
    precision = demand.precision or default_precision(model, accelerator)
    lengths = {"input_tokens": demand.input_tokens, "output_tokens": demand.output_tokens}
    case = case_of(asdict(model), row, 1.0, precision) | lengths
    if bool(unknown(case)):
        why = "published answer times of such prompts or models are missed by more than 2x"
        return Answer(accelerator.hardware, precision, "unknown", why)
    sizes = np.array(copy_sizes(row))
    shares = np.array([own.at({**case, "gpus_count": gpus})[0] for gpus in sizes])
    sized = {**case, "chosen_replica_gpus": sizes, "software_share": shares}
    copy = copy_of(sized, limits.spread_factor)
    for verdict, held in (("meets", limits), ("close", limits.eased())):
        if best := _fewest(demand, held, copy, sizes):
            told = REASONS[verdict] + caveats(demand, model, accelerator, precision)
            return _priced(accelerator, precision, (verdict, told), best)
    return Answer(accelerator.hardware, precision, "misses", _reason(limits, case, row))


def _fewest(
    demand: Demand, limits: Limits, copy: Copy, sizes: NDArray[np.float64]
) -> tuple[float, float, float, float, float] | None:
    """Most a minute of a copy, its GPUs, all GPUs, and first token and speed at the rate."""
    kept = (limits.ttft_ms, limits.user_tokens_per_second, limits.percentile)
    most = 60 * copy.most_within(*kept)
    if not np.any(most > 0):
        return None
    with np.errstate(divide="ignore"):
        asked = np.ceil(limits.requests_per_minute * CLOSE[1] / most - 1e-9)
    every = (asked + demand.spare_nodes) * sizes
    best = int(np.argmin(np.where(most > 0, every, np.inf)))
    rate = limits.requests_per_minute / 60 / asked[best]
    first, speed = (
        float(found(rate, limits.percentile)[best])
        for found in (copy.ttft_ms, copy.user_tokens_per_second)
    )
    return (float(most[best]), float(sizes[best]), float(every[best]), first, speed)


def _priced(
    accelerator: tables.Accelerator,
    precision: str,
    told: tuple[str, str],
    best: tuple[float, float, float, float, float],
) -> Answer:
    most, gpus, everything, first, speed = best
    rent = in_usd(accelerator)
    return Answer(
        hardware=accelerator.hardware,
        precision=precision,
        verdict=told[0],
        why=told[1],
        replica_gpus=gpus,
        copies=everything / gpus,
        most_per_minute=most,
        ttft_ms=first,
        user_tokens_per_second=speed,
        cost_per_month=math.nan if rent is None else everything * rent * 730,
    )


def _reason(limits: Limits, case: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    """Say what a request alone would get on the largest copy."""
    gpus = copy_sizes(row)[-1]
    copy = copy_of({**case, "chosen_replica_gpus": gpus}, limits.spread_factor)
    if float(copy.most_requests) < 1:
        return f"the model does not fit {gpus:g} GPUs of one server"
    first = float(copy.ttft_ms(1e-6, limits.percentile))
    speed = float(copy.user_tokens_per_second(1e-6, limits.percentile))
    return f"alone, a request waits {first:,.0f} ms and gets {speed:,.0f} tokens a second"
