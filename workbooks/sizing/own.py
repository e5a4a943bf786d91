"""Speeds that you measured: they rescale the model everywhere, and replace it where they were."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from costcore.machines.measured import MEASURED_COLUMNS, REACH
from costcore.machines.roofline import sized
from costcore.machines.sizing import case_of
from costcore.machines.spec_rows import precision
from workbooks import tables


@dataclass(frozen=True, slots=True)
class Measurement:
    """One measured speed of a copy, over what the model says of the same case."""

    hardware: str
    gpus: float
    precision: str
    input_tokens: float
    output_tokens: float
    output_tokens_per_second: float
    ratio: float


@dataclass(frozen=True, slots=True)
class Own:
    """Your measurements of one model."""

    rows: tuple[Measurement, ...] = ()

    @property
    def share(self) -> float:
        """Measured over modelled, mean of all: it holds for devices that were not measured."""
        ratios = [row.ratio for row in self.rows]
        return float(np.exp(np.mean(np.log(ratios)))) if ratios else 1.0

    def at(self, case: Mapping[str, Any]) -> tuple[float, Measurement | None]:
        """Return the share of a case, and the measurement it is of, or none.

        A measurement answers for its own device, GPUs and format, at lengths within a factor of
        two of its own.
        """
        near = [(far, row) for row in self.rows if (far := _distance(row, case)) < math.inf]
        if not near:
            return self.share, None
        _, best = min(near, key=lambda each: each[0])
        return best.ratio, best


def _distance(row: Measurement, case: Mapping[str, Any]) -> float:
    """Sum of the factors between lengths in logarithms; inf where it is of something else."""
    here = (case["hardware"], case["gpus_count"], case["weight_precision"])
    if (row.hardware, row.gpus, row.precision) != here:
        return math.inf
    steps = [
        abs(math.log(float(case[name]) / getattr(row, name)))
        for name in ("input_tokens", "output_tokens")
    ]
    return sum(steps) if max(steps) <= math.log(REACH) + 1e-9 else math.inf


def read(path: Path, model: str) -> Own:
    """Return the measurements of a model in a CSV file with the columns of `MEASURED_COLUMNS`.

    Raises
    ------
    ValueError
        Naming the file, the line, the value and the rule.
    OSError
        If the file cannot be read.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, restval="")
        try:
            header = reader.fieldnames or ()
            rows = [(reader.line_num, line) for line in reader if line.get("model") == model]
        except csv.Error as error:
            raise ValueError(f"{path.name} is not a CSV file: {error}") from None
    if missing := [name for name in MEASURED_COLUMNS if name not in header]:
        raise ValueError(f"{path.name} has no column {', '.join(missing)}")
    if not rows:
        raise ValueError(f"{path.name} has no measurement of {model}")
    return Own(tuple(_measurement(f"{path.name}, line {at}", line) for at, line in rows))


def _measurement(place: str, line: Mapping[str, str]) -> Measurement:
    try:
        accelerator = tables.accelerator(line["hardware"])
        bits = precision(line["weight_precision"])
    except (LookupError, ValueError) as error:
        raise ValueError(f"{place}: {error.args[0]}") from None
    gpus, prompt, answer, speed = (
        _above_0(place, name, line[name])
        for name in ("gpus", "input_tokens", "output_tokens", "output_tokens_per_second")
    )
    asked = line["concurrency"].strip()
    requests = math.nan if asked == "max" else _above_0(place, "concurrency", asked, " or max")
    model = asdict(tables.model(line["model"]))
    case = case_of(model, asdict(accelerator), gpus, bits)
    case |= {"input_tokens": prompt, "output_tokens": answer, "concurrency_count": requests}
    modelled = float(sized(case | {"chosen_replica_gpus": gpus})["output_tokens_per_second"])
    if not modelled > 0:
        copy = f"{line['model']} in {bits} on {gpus:g} x {accelerator.hardware}"
        raise ValueError(f"{place}: {copy} does not fit by the sizing model")
    name = accelerator.hardware
    return Measurement(name, gpus, bits, prompt, answer, speed, speed / modelled)


def _above_0(place: str, name: str, text: str | None, more: str = "") -> float:
    try:
        number = float(text or "")
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        raise ValueError(f"{place}: {name} is {text!r}; it must be a number above 0{more}")
    return number
