"""What the sizing model says of the plan's node: memory, speed, and how it compares."""

from __future__ import annotations

from typing import Any

import numpy as np

from costcore.language.timeline import Line
from costcore.language.trace import amount, given, words
from costcore.machines.constants import BANDS, CONSTANTS, FEW_SPEEDS, MEMORY_RULES
from costcore.machines.roofline import SIZING_LINES
from costcore.machines.spec_rows import (
    ACCELERATOR_COLUMNS,
    MODEL_COLUMNS,
    NONE_MEANS_ZERO,
    TEXTS,
)
from costcore.machines.step import has_experts

_APART = {*TEXTS, "kv_heads", "hidden"}
MODEL_NUMBERS = (*(name for name in MODEL_COLUMNS if name not in _APART), "hidden")
"""What is computed with: heads of the cache are in its numbers, and a blank vector needs heads."""
ACCELERATOR_NUMBERS = tuple(name for name in ACCELERATOR_COLUMNS if name not in TEXTS)
SHARES = frozenset({"model_speed_share", "hardware_speed_share"})
RULES = {**CONSTANTS, **MEMORY_RULES}
"""The constants of the model, shown with their sources and open to change."""


def _model(column: str) -> Line:
    """Read a column of the plan's model; a dense model leaves some of them blank."""

    def rule(m: Any) -> Any:
        found = m.models.at(column, m.model_row_count)
        if column == "params_active_b":
            return given(found, m.params_total_b)
        if column == "hidden":
            return given(found, m.attn_heads * m.head_dim)
        if column in SHARES:
            return given(found, 1.0)
        return given(found, 0 if column in NONE_MEANS_ZERO else np.nan)

    return Line(column, f"Model: {column.replace('_', ' ')}", rule)


def _accelerator(column: str) -> Line:
    def rule(m: Any) -> Any:
        blank = 1.0 if column in SHARES else np.nan
        return given(m.accelerators.at(column, m.hardware_row_count), blank)

    return Line(column, f"Accelerator: {column.replace('_', ' ')}", rule)


SPECS = (
    Line(
        "model_row_count",
        "Row of the models table",
        lambda m: m.models.row(m.sizing_model),
        heading="What the tables say",
    ),
    *map(_model, MODEL_NUMBERS),
    *map(_accelerator, ACCELERATOR_NUMBERS),
    Line("form", "Accelerator: form", lambda m: m.accelerators.at("form", m.hardware_row_count)),
    Line("gpus_count", "Accelerators in a node", lambda m: m.gpus_per_node_count),
    Line("software_share", "Speed of the software against today's", lambda m: np.float64(1.0)),
    Line("chosen_replica_gpus", "Copies split over (blank: as serves most)", lambda m: np.nan),
)


def _measured(m: Any) -> Any:
    parts = (m.systems.at(part, m.system_row_count) for part in ("model", "weight_precision"))
    model, precision = parts
    return np.where(m.system_row_count > 0, words(model, " ", precision), "")


LENGTHS = ("input_tokens", "output_tokens")


def _length(part: str) -> Line:
    """Read a length that the system was measured at; 0 where none is named, or nobody says."""

    def rule(m: Any) -> Any:
        found = given(m.systems.at(part, m.system_row_count), 0)
        return np.where(m.system_row_count > 0, found, 0)

    label = f"Measured at: {part.replace('_', ' ')} of a request"
    return Line(f"measured_{part}", label, rule)


def _as_measured(m: Any) -> Any:
    prompt, answer = (getattr(m, part) == getattr(m, f"measured_{part}") for part in LENGTHS)
    return np.where(np.isnan(m.node_tokens_per_second) & prompt & answer, 1, 0)


def _unfit(m: Any) -> Any:
    """Where no model is named, or its size is open, nothing is said."""
    return np.where(m.sized_count == 1, np.where(m.tokens_per_second == 0, 1, 0), 0)


def _unfit_text(m: Any) -> Any:
    node = words(amount(m.gpus_per_node_count), " x ", m.hardware)
    told = words(m.sizing_model, " in ", m.weight_precision, " does not fit on ", node, ". ")
    return np.where(m.unfit_count == 1, told, "")


def _band(m: Any, end: int) -> Any:
    young, known = (
        np.where(has_experts(m), BANDS[f"modelled experts{few}"][end], BANDS[f"modelled{few}"][end])
        for few in (", few speeds", "")
    )
    return np.where(m.published_speeds_count < FEW_SPEEDS, young, known)


COMPARED = (
    Line(
        "modelled_low_tokens_per_second",
        "Low: size hardware on this",
        lambda m: m.tokens_per_second * _band(m, 0),
        heading="Against the plan",
    ),
    Line(
        "modelled_high_tokens_per_second",
        "High",
        lambda m: m.tokens_per_second * _band(m, 2),
    ),
    Line(
        "modelled_factor",
        "Modelled throughput over the one the plan uses",
        lambda m: m.tokens_per_second / m.node_speed_tokens_per_second,
    ),
    Line(
        "sized_count",
        "1 where a model and an accelerator are named",
        lambda m: np.where((m.sizing_model != "") & (m.hardware != ""), 1, 0),
    ),
    Line("unfit_count", "1 where the model does not fit", _unfit),
    Line("unfit_text", "Said of it", _unfit_text),
    Line("measured_model_text", "What the measured system runs", _measured),
    *map(_length, LENGTHS),
    Line("as_measured_count", "1 where its speed, at these lengths, is the plan's", _as_measured),
    Line(
        "lengths_output_share",
        "Output of the mean request, of its tokens",
        lambda m: m.output_tokens / (m.input_tokens + m.output_tokens),
    ),
)
LINES = (*SPECS, *SIZING_LINES, *COMPARED)
