"""How far the sizing model is from what was measured, also where it has not seen the source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from costcore.machines.constants import CONSTANTS
from costcore.machines.roofline import sized
from costcore.machines.spec_rows import accelerator_inputs, model_inputs
from workbooks import tables

FREE_CONSTANTS = (
    "memory_speed_share",
    "arithmetic_share",
    "layer_overhead_ms",
    "expert_speed_share",
    "pcie_speed_share",
)
"""What is fitted; the sixth constant is a documented setting of an engine."""
LIMITS = {"memory_speed_share": 0.9, "arithmetic_share": 0.9}
"""No engine reaches more of a data sheet."""
OLD_SOFTWARE_SHARE = 0.39
"""Speed of vLLM before 2025, of that of 2025; fitted to the four speeds there are."""
MEAN_OF_100_REQUESTS = 70.0
"""Requests in progress on average while a set of 100 is worked off."""

FAMILIES = {
    "TensorRT-LLM": "TensorRT-LLM",
    "MLPerf": "MLPerf",
    "AccelMark": "AccelMark",
    "NVIDIA NIM": "NVIDIA NIM",
    "Google TPU": "Google TPU recipes",
}
REASONS = {
    "8x H200 SXM | Mixtral-8x7B": "its 8 large experts lose less than many small ones",
    "8x H200 SXM | Llama-3.1-8B": "needs 78 % of the data-sheet FLOPS at the stated prompt length, "
    "which is quoted from memory",
    "DeepSeek-V3/R1 fp4 | 800/3880": "answers of up to 20,000 tokens: the batch is probably "
    "not full",
    "8x H100 SXM | Llama-3.1-405B fp8 | 2048/2048": "vLLM of 2024 lagged more on this system than "
    "the stated 0.39 allows",
}
"""Why a speed is missed by more than half; a part of the name of the measured system."""


@dataclass(frozen=True, slots=True)
class Cases:
    """Measured speeds and the inputs of the model for each, as columns."""

    rows: tuple[tables.Throughput, ...]
    inputs: Mapping[str, NDArray[Any]]
    old_software: NDArray[np.bool_]
    measured: NDArray[np.float64]

    @property
    def families(self) -> NDArray[np.str_]:
        """Who published each speed; rows of one source share its habits."""
        return np.array([_family(row.source) for row in self.rows])


@dataclass(frozen=True, slots=True)
class Score:
    """Predicted over measured for a set of speeds; 1 is exact."""

    subset: str
    count: int
    median: float
    p10: float
    p90: float
    within_1_5_share: float
    within_2_share: float


@dataclass(frozen=True, slots=True)
class Report:
    """All that the command prints."""

    scores: tuple[Score, ...]
    held_out: tuple[Score, ...]
    missed: tuple[tuple[str, float, str], ...]
    left_out: tuple[tuple[str, str], ...]
    constants: Mapping[str, float]
    refitted: Mapping[str, float]


def cases() -> Cases:
    """Return the shipped speeds that state what the model needs to know."""
    rows = tuple(row for row in tables.throughputs() if not left_out_because(row))
    columns = [_inputs(row) for row in rows]
    inputs = {name: np.array([column[name] for column in columns]) for name in columns[0]}
    old = np.array([row.engine.startswith("vLLM") and row.as_of.year < 2025 for row in rows])
    speeds = np.array([row.output_tokens_per_second for row in rows], float)
    return Cases(rows, inputs, old, speeds)


def left_out_because(row: tables.Throughput) -> str:
    """Return why a speed says nothing about the model; empty if it does."""
    if row.output_tokens_per_second is None or not row.input_tokens or not row.output_tokens:
        return "lengths or output speed not published"
    if row.concurrency == "SLA":
        return "slowed down on purpose to answer in time"
    return ""


def _inputs(row: tables.Throughput) -> dict[str, Any]:
    """A published deployment is one copy on all its GPUs; MLPerf runs as many as there is room."""
    of_100 = row.measure == "offline, 100 requests"
    stated = MEAN_OF_100_REQUESTS if of_100 else row.concurrency
    return (
        model_inputs(asdict(tables.model(row.model)))
        | accelerator_inputs(asdict(tables.accelerator(row.hardware)))
        | {
            "gpus_count": row.gpus,
            "weight_precision": row.weight_precision,
            "input_tokens": row.input_tokens,
            "output_tokens": row.output_tokens,
            "concurrency_count": np.nan if stated == "max" else float(stated),
            "chosen_replica_gpus": np.nan if row.engine.startswith("MLPerf") else row.gpus,
        }
    )


def predicted(known: Cases, constants: Mapping[str, float]) -> NDArray[np.float64]:
    """Return the output speed the model gives for each case."""
    lag = np.where(known.old_software, constants["old_software_share"], 1.0)
    lines = sized({**known.inputs, **constants, "software_share": lag})
    return np.asarray(lines["output_tokens_per_second"], float)


def shipped_constants() -> dict[str, float]:
    """Return the constants the product computes with."""
    values = {name: constant.value for name, constant in CONSTANTS.items()}
    return values | {"old_software_share": OLD_SOFTWARE_SHARE}


def refit(known: Cases, used: NDArray[np.bool_]) -> dict[str, float]:
    """Return the constants that fit best to the used cases alone.

    The loss is quadratic for small errors in the logarithm and linear beyond a third, so that
    no single speed pulls. Each constant is moved up and down by a step that is halved when
    none helps; the start is not near the shipped values.
    """
    start = {"memory_speed_share": 0.8, "arithmetic_share": 0.5, "layer_overhead_ms": 0.12}
    start |= {"expert_speed_share": 0.5, "pcie_speed_share": 0.5, "old_software_share": 0.4}
    best = shipped_constants() | start
    least, step = _loss(known, used, best), 0.4
    while step > 0.004:
        moved = False
        for name in start:
            for factor in (1 + step, 1 / (1 + step)):
                tried = best | {name: min(best[name] * factor, LIMITS.get(name, np.inf))}
                if (loss := _loss(known, used, tried)) < least - 1e-9:
                    best, least, moved = tried, loss, True
        step = step if moved else step / 2
    return best


def _loss(known: Cases, used: NDArray[np.bool_], constants: Mapping[str, float]) -> float:
    error = np.abs(np.log(predicted(known, constants) / known.measured))[used]
    return float(np.mean(np.where(error < 0.3, error**2 / 0.6, error - 0.15)))


def score(subset: str, ratio: NDArray[np.float64]) -> Score:
    """Sum up predicted over measured.

    >>> score("all", np.array([0.5, 1.0, 1.25, 1.6])).within_1_5_share
    0.5
    """
    p10, median, p90 = np.quantile(ratio, (0.1, 0.5, 0.9))
    off = np.maximum(ratio, 1 / ratio)
    shares = (float(np.mean(off <= 1.5)), float(np.mean(off <= 2.0)))
    return Score(subset, ratio.size, float(median), float(p10), float(p90), *shares)


def report() -> Report:
    """Compare the model with every usable speed, and refit it without each source in turn."""
    known = cases()
    ratio = predicted(known, shipped_constants()) / known.measured
    unseen, held_out = _held_out(known)
    refitted = refit(known, np.ones(ratio.size, dtype=bool))
    skipped = [(row.system, why) for row in tables.throughputs() if (why := left_out_because(row))]
    return Report(
        scores=tuple(_subsets(known, ratio)),
        held_out=(score("every source held out", unseen), *held_out),
        missed=tuple(_missed(known.rows, ratio)),
        left_out=tuple(skipped),
        constants=shipped_constants(),
        refitted=refitted,
    )


def _subsets(known: Cases, ratio: NDArray[np.float64]) -> list[Score]:
    experts = known.inputs["experts"] > 0
    full = np.isnan(known.inputs["concurrency_count"])
    parts = {
        "all speeds": np.ones(ratio.size, dtype=bool),
        "dense models": ~experts,
        "mixtures of experts": experts,
        "full load": full,
        "stated concurrency": ~full,
    }
    return [score(name, ratio[part]) for name, part in parts.items()]


def _held_out(known: Cases) -> tuple[NDArray[np.float64], list[Score]]:
    unseen, scores = np.empty(known.measured.size), []
    for family in sorted(set(known.families)):
        out = known.families == family
        ratio = predicted(known, refit(known, ~out)) / known.measured
        unseen[out] = ratio[out]
        scores.append(score(str(family), ratio[out]))
    return unseen, scores


def _missed(
    rows: Sequence[tables.Throughput], ratio: NDArray[np.float64]
) -> list[tuple[str, float, str]]:
    off = [i for i in np.argsort(ratio) if not 1 / 1.5 <= ratio[i] <= 1.5]
    return [(rows[i].system, float(ratio[i]), reason(rows[i].system)) for i in off]


def reason(system: str) -> str:
    """Return why the model misses a system, or that nobody knows."""
    known = (why for part, why in REASONS.items() if part in system)
    return next(known, "no reason known")


def _family(source: str) -> str:
    return next((name for part, name in FAMILIES.items() if part in source), source)
