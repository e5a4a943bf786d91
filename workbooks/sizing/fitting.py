"""Fit the constants of the sizing model, and the shares of models and hardware families."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from costcore.machines.constants import CONSTANTS
from costcore.machines.roofline import sized
from costcore.machines.spec_rows import accelerator_inputs, model_inputs
from workbooks import tables

Floats = NDArray[np.float64]
START = {
    "memory_speed_share": 0.8,
    "arithmetic_share": 0.5,
    "expert_speed_share": 0.5,
    "expert_uneven_share": 0.05,
    "activation_factor": 10.0,
    "prompt_overhead_us": 200.0,
    "link_speed_share": 0.4,
}
"""What is fitted, and where a fit starts."""
MOST_SHARE, MOST_LINK_SHARE = 0.92, 0.8
"""No engine reaches more of a data sheet; sums over eight H100 reach 360 of 450 GB/s."""
HELD_BACK_ROWS = 4.0
"""Rows that agree with the model a share is held back by."""
SLOWER_THAN = (
    *(("Ampere", "Ada"), ("Ampere", "Hopper"), ("Ada", "Hopper"), ("GeForce", "Hopper")),
    *(("GeForce", "Blackwell RTX"), ("Hopper", "Blackwell"), ("Blackwell RTX", "Blackwell")),
    ("Ada", "Blackwell RTX"),
)
"""Families whose devices the other's better: their share is never the larger one."""
MEAN_OF_100_REQUESTS = 70.0
"""Requests in progress on average while a set of 100 is worked off."""


@dataclass(frozen=True, slots=True)
class Cases:
    """Measured speeds and the inputs of the model for each, as columns."""

    names: tuple[str, ...]
    sources: tuple[str, ...]
    engines: tuple[str, ...]
    ages: tuple[str, ...]
    """Version or year of the software."""
    families: tuple[str, ...]
    inputs: Mapping[str, NDArray[Any]]
    measured: Floats

    def part(self, used: NDArray[np.bool_]) -> Cases:
        """Return some of the cases."""

        def kept(texts: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(np.array(texts)[used].tolist())

        return Cases(
            names=kept(self.names),
            sources=kept(self.sources),
            engines=kept(self.engines),
            ages=kept(self.ages),
            families=kept(self.families),
            inputs={name: column[used] for name, column in self.inputs.items()},
            measured=self.measured[used],
        )

    @property
    def groups(self) -> dict[str, Sequence[str]]:
        """What may make a speed differ from the model: the software only accounts for itself."""
        models = self.inputs["model"].tolist()
        return {"model": models, "family": self.families, "engine": self.engines}

    @property
    def weights(self) -> Floats:
        """Rows of one source, model and accelerator share its habits: n weigh as the root of n."""
        hardware = self.inputs["hardware"].tolist()
        key = list(zip(self.sources, self.inputs["model"].tolist(), hardware, strict=True))
        counted = Counter(key)
        return np.array([counted[each] ** -0.5 for each in key])


Shares = Mapping[str, Mapping[str, float]]
"""Logarithms of measured over modelled, of each model, family and engine."""


def cases(rows: Sequence[tables.Throughput]) -> Cases:
    """Return published speeds as cases; each deployment is one copy, MLPerf as many as serve most.

    Their shares are left at 1, because they are what is learned.
    """
    requests = [_requests(row) for row in rows]
    copies = [np.nan if row.engine.startswith("MLPerf") else row.gpus for row in rows]
    columns = [_columns(row, n, c) for row, n, c in zip(rows, requests, copies, strict=True)]
    software = [(engine(row.engine), f"software of {row.as_of.year}") for row in rows]
    return _cases([row.system for row in rows], rows, columns, software)


def unseen() -> Cases:
    """Return the speeds at full load that nothing was fitted on."""
    rows = tables.unseen_throughputs()
    names = [f"{r.gpus:g}x {r.hardware} | {r.model} {r.weight_precision}" for r in rows]
    named = [
        f"{name} | {row.input_tokens:g}/{row.output_tokens:g}"
        for name, row in zip(names, rows, strict=True)
    ]
    columns = [_columns(row, np.nan, row.gpus) for row in rows]
    return _cases(named, rows, columns, [(engine(row.source), row.source) for row in rows])


def _requests(row: tables.Throughput) -> float:
    if row.measure == "offline, 100 requests":
        return MEAN_OF_100_REQUESTS
    return np.nan if row.concurrency == "max" else float(row.concurrency)


def _columns(
    row: tables.Throughput | tables.UnseenThroughput, requests: float, copy: float
) -> dict[str, Any]:
    return (
        model_inputs(asdict(tables.model(row.model)))
        | accelerator_inputs(asdict(tables.accelerator(row.hardware)))
        | {"gpus_count": row.gpus, "weight_precision": row.weight_precision}
        | {"input_tokens": row.input_tokens, "output_tokens": row.output_tokens}
        | {"concurrency_count": requests, "chosen_replica_gpus": copy}
        | {"model_speed_share": 1.0, "hardware_speed_share": 1.0}
    )


def _cases(
    names: Sequence[str],
    rows: Sequence[Any],
    columns: Sequence[Any],
    software: Sequence[tuple[str, str]],
) -> Cases:
    inputs = {name: np.array([column[name] for column in columns]) for name in columns[0]}
    return Cases(
        names=tuple(names),
        sources=tuple(row.source for row in rows),
        engines=tuple(name for name, _ in software),
        ages=tuple(age for _, age in software),
        families=tuple(tables.accelerator(row.hardware).family for row in rows),
        inputs=inputs,
        measured=np.array([row.output_tokens_per_second for row in rows], float),
    )


def engine(name: str) -> str:
    """Return the software that a published name is about.

    >>> engine("NIM 1.8.0 (TensorRT-LLM)"), engine("vLLM-TPU"), engine("MLPerf closed")
    ('TensorRT-LLM', 'vLLM TPU', 'MLPerf')
    """
    if name.startswith("MLPerf"):
        return "MLPerf"
    if name.startswith(("TensorRT", "NVIDIA NIM", "NIM")):
        return "TensorRT-LLM"
    return "vLLM TPU" if "TPU" in name else "vLLM"


def shipped_constants() -> dict[str, float]:
    """Return the constants the product computes with."""
    return {name: constant.value for name, constant in CONSTANTS.items()}


def predicted(known: Cases, constants: Mapping[str, float]) -> Floats:
    """Return the output speed the model gives for each case, before any share."""
    lines = sized({**known.inputs, **constants})
    return np.asarray(lines["output_tokens_per_second"], float)


def refit(known: Cases) -> dict[str, float]:
    """Return the constants that fit the cases best.

    The loss is quadratic for small errors in the logarithm and linear beyond a third, so that
    no single speed pulls. Each constant is moved up and down by a step that is halved when
    none helps; the start is not near the shipped values.
    """
    best: dict[str, float] = shipped_constants() | START
    least, step = _loss(known, best), 0.4
    while step > 0.004:
        moved = False
        for name in START:
            for factor in (1 + step, 1 / (1 + step)):
                most = _most(name)
                tried = best | {name: min(best[name] * factor, most)}
                if (loss := _loss(known, tried)) < least - 1e-9:
                    best, least, moved = tried, loss, True
        step = step if moved else step / 2
    return best


def _most(name: str) -> float:
    if not name.endswith("share"):
        return np.inf
    return MOST_LINK_SHARE if name == "link_speed_share" else MOST_SHARE


def _loss(known: Cases, constants: Mapping[str, float]) -> float:
    error = np.abs(np.log(predicted(known, constants) / known.measured))
    return float(
        np.average(np.where(error < 0.3, error**2 / 0.6, error - 0.15), weights=known.weights)
    )


def shares(known: Cases, constants: Mapping[str, float]) -> Shares:
    """Return what of the error is the model's, the family's and the software's, each pulled to 0.

    A ridge in logarithms. Families are then pooled in order: one whose devices another's
    dominate never has the larger share, so no order can be turned round by them.
    """
    keys = [(group, name) for group, names in known.groups.items() for name in sorted(set(names))]
    at = {key: i for i, key in enumerate(keys)}
    design = np.zeros((known.measured.size, len(keys)))
    for group, names in known.groups.items():
        for row, name in enumerate(names):
            design[row, at[group, name]] = 1
    error = np.log(known.measured / predicted(known, constants))
    pulled = design.T @ (design * known.weights[:, None]) + HELD_BACK_ROWS * np.eye(len(keys))
    found = np.linalg.solve(pulled, design.T @ (known.weights * error))
    told: dict[str, dict[str, float]] = {group: {} for group in known.groups}
    for (group, name), i in at.items():
        told[group][name] = float(found[i])
    return told | {"family": pooled(told["family"], Counter(known.families))}


def pooled(family: Mapping[str, float], rows: Mapping[str, int]) -> dict[str, float]:
    """Return the shares with every pair that is out of order at its common mean.

    >>> pooled({"Hopper": 0.2, "Blackwell": -0.1}, {"Hopper": 1, "Blackwell": 2})
    {'Hopper': 0.0, 'Blackwell': 0.0}
    """
    found = dict(family)
    for _ in range(100):
        for low, high in SLOWER_THAN:
            if low in found and high in found and found[low] > found[high] + 1e-9:
                weights = [rows[low], rows[high]]
                mean = float(np.average([found[low], found[high]], weights=weights))
                found[low] = found[high] = mean
    return found


def share_of(known: Cases, learned: Shares) -> Floats:
    """Return the shares of the model and the family of each case; 1 where nothing is known."""
    both = [
        learned["model"].get(model, 0.0) + learned["family"].get(family, 0.0)
        for model, family in zip(known.groups["model"], known.families, strict=True)
    ]
    return np.asarray(np.exp(np.array(both)), float)


def usable(row: tables.Throughput) -> bool:
    """Say whether a speed tells about the model: lengths known, not slowed, not outdated."""
    return not (left_out_because(row) or outdated(row))


def left_out_because(row: tables.Throughput) -> str:
    """Return why a speed says nothing about the model; empty if it does."""
    if row.output_tokens_per_second is None or not row.input_tokens or not row.output_tokens:
        return "lengths or output speed not published"
    if row.concurrency == "SLA":
        return "slowed down on purpose to answer in time"
    return ""


def outdated(row: tables.Throughput) -> bool:
    """Say whether a speed is of vLLM before 2025, which was several times slower."""
    return row.engine.startswith("vLLM") and row.as_of.year < 2025
