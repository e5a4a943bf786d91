"""How far the sizing model is from what was measured, and most of all from what it has not seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from costcore.machines.constants import FEW_SPEEDS
from workbooks import tables
from workbooks.sizing import answering
from workbooks.sizing.fitting import (
    START,
    Cases,
    Floats,
    Shares,
    cases,
    left_out_because,
    outdated,
    predicted,
    refit,
    share_of,
    shares,
    shipped_constants,
    unseen,
    usable,
)

FAMILIES = {
    "TensorRT-LLM": "TensorRT-LLM",
    "MLPerf": "MLPerf",
    "AccelMark": "AccelMark",
    "NVIDIA NIM": "NVIDIA NIM",
    "Google TPU": "Google TPU recipes",
}


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
    unseen: tuple[Score, ...]
    held_out: tuple[Score, ...]
    times: answering.Shares
    missed: tuple[tuple[str, float], ...]
    left_out: tuple[tuple[str, str], ...]
    constants: Mapping[str, float]
    refitted: Mapping[str, float]


def score(subset: str, ratio: Floats) -> Score:
    """Sum up predicted over measured.

    >>> score("all", np.array([0.5, 1.0, 1.25, 1.6])).within_1_5_share
    0.5
    """
    p10, median, p90 = np.quantile(ratio, (0.1, 0.5, 0.9))
    off = np.maximum(ratio, 1 / ratio)
    within = (float(np.mean(off <= 1.5)), float(np.mean(off <= 2.0)))
    return Score(subset, ratio.size, float(median), float(p10), float(p90), *within)


def fitted() -> Cases:
    """Return the speeds that constants and shares are fitted on."""
    return cases([row for row in tables.throughputs() if usable(row)])


def shipped_shares() -> Shares:
    """Return the shares that stand in the tables of models and accelerators."""
    return {
        "model": {row.model: float(np.log(row.model_speed_share)) for row in tables.models()},
        "family": {
            row.family: float(np.log(row.hardware_speed_share)) for row in tables.accelerators()
        },
    }


def ratio(known: Cases, constants: Mapping[str, float], learned: Shares) -> Floats:
    """Return predicted over measured."""
    return predicted(known, constants) * share_of(known, learned) / known.measured


def report() -> Report:
    """Compare with the speeds fitted on, those never fitted on, and each source left out."""
    known, new = fitted(), unseen()
    constants, learned = shipped_constants(), shipped_shares()
    seen, fresh = (ratio(each, constants, learned) for each in (known, new))
    left, held_out = _held_out(known)
    refitted = refit(known)
    skipped = [(row.system, why) for row in tables.throughputs() if (why := _skipped(row))]
    return Report(
        scores=(score("fitted on", seen), *_subsets(known, seen)),
        unseen=(score("never fitted on", fresh), *_subsets(new, fresh)),
        held_out=(score("each source left out", left), *held_out),
        times=answering.shares(),
        missed=tuple(_missed(new, fresh)),
        left_out=tuple(skipped),
        constants={name: constants[name] for name in START},
        refitted={name: refitted[name] for name in START},
    )


def _skipped(row: tables.Throughput) -> str:
    if why := left_out_because(row):
        return why
    return "software before 2025, several times slower" if outdated(row) else ""


def _subsets(known: Cases, found: Floats) -> list[Score]:
    experts = np.nan_to_num(known.inputs["experts"]) > 0
    young = known.inputs["published_speeds_count"] < FEW_SPEEDS
    families, ages = np.array(known.families), np.array(known.ages)
    parts: dict[str, NDArray[np.bool_]] = {
        "dense models": ~experts,
        "mixtures of experts": experts,
        f"models with fewer than {FEW_SPEEDS:g} speeds fitted": young,
        **{age: ages == age for age in sorted(set(known.ages))},
        **{str(name): families == name for name in sorted(set(known.families))},
    }
    return [score(name, found[part]) for name, part in parts.items() if part.any()]


def _held_out(known: Cases) -> tuple[Floats, list[Score]]:
    """Every source predicted with constants and shares that have not seen it."""
    publishers = np.array([_publisher(source) for source in known.sources])
    found, scores = np.empty(known.measured.size), []
    for publisher in sorted(set(publishers.tolist())):
        out = publishers == publisher
        rest, here = known.part(~out), known.part(out)
        constants = refit(rest)
        found[out] = ratio(here, constants, shares(rest, constants))
        scores.append(score(publisher, found[out]))
    return found, scores


def _missed(known: Cases, found: Floats) -> list[tuple[str, float]]:
    off = [i for i in np.argsort(found) if not 0.5 <= found[i] <= 2.0]
    return [(known.names[i], float(found[i])) for i in off]


def _publisher(source: str) -> str:
    return next((name for part, name in FAMILIES.items() if part in source), source)
