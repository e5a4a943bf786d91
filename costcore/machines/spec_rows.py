"""Read the row of a model or an accelerator that is passed as a range."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from costcore.language.units import day_of
from costcore.machines.constants import PRECISIONS

Range: TypeAlias = Sequence[Any] | Mapping[str, Any]

MODEL_COLUMNS = (
    "model",
    "params_total_b",
    "params_active_b",
    "layers",
    "hidden",
    "attn_heads",
    "kv_heads",
    "head_dim",
    "attention",
    "kv_layers_full",
    "kv_elems_per_layer",
    "window_layers",
    "window_tokens",
    "window_elems_per_layer",
    "experts",
    "experts_per_token",
    "model_speed_share",
    "published_speeds_count",
)
"""The first columns of the Models sheet; source and date follow, then what is for people."""

ACCELERATOR_COLUMNS = (
    "hardware",
    "vendor",
    "form",
    "memory_gb",
    "bandwidth_tb_per_s",
    "bf16_dense_tflops",
    "fp8_dense_tflops",
    "fp4_dense_tflops",
    "link_gb_per_s",
    "hardware_speed_share",
)
"""The first columns of the Hardware sheet; the source of the data sheet and its date follow."""

TEXTS = frozenset({"model", "hardware", "vendor", "form", "attention"})
NONE_MEANS_ZERO = frozenset(
    {
        *("window_layers", "window_tokens", "window_elems_per_layer"),
        *("experts", "experts_per_token", "published_speeds_count"),
    }
)
SPELLINGS = {
    "fp16": "bf16",
    "float16": "bf16",
    "bfloat16": "bf16",
    "int8": "fp8",
    "int4": "fp4",
    "awq": "fp4",
    "mxfp4": "fp4",
    "nvfp4": "fp4",
}
"""Formats with as many bits take as much memory; int4 computes as fp4 where there is fp4."""


def model_inputs(model_row: Range) -> dict[str, Any]:
    """Return the shape of a model; what a plain model leaves blank is filled in.

    A dense model has as many active as total parameters. All its layers attend to
    everything, and a layer stores a key and a value of `head_dim` numbers for each KV head.

    Raises
    ------
    ValueError
        If it is not one row, or one row below its header.
    TypeError
        If a cell that should hold a number holds text.

    Examples
    --------
    >>> shape = {"model": "Ours", "params_total_b": 8.0, "layers": 32, "attn_heads": 32,
    ...          "kv_heads": 8, "head_dim": 128}
    >>> model_inputs(shape)["kv_elems_per_layer"]
    2048.0
    """
    row = _read("model_row", model_row, MODEL_COLUMNS)
    if not row["experts"] > 0:
        _fill(row, "params_active_b", row["params_total_b"])
    _fill(row, "hidden", row["attn_heads"] * row["head_dim"])
    _fill(row, "model_speed_share", 1.0)
    _fill(row, "kv_layers_full", row["layers"] - row["window_layers"])
    _fill(row, "kv_elems_per_layer", 2 * row["kv_heads"] * row["head_dim"])
    if row["window_layers"] > 0 and row["window_elems_per_layer"] == 0:
        row["window_elems_per_layer"] = 2 * row["kv_heads"] * row["head_dim"]
    return row


def accelerator_inputs(accelerator_row: Range) -> dict[str, Any]:
    """Return what an accelerator can do; a precision it cannot compute with is nan.

    Raises
    ------
    ValueError
        If it is not one row, or one row below its header.
    TypeError
        If a cell that should hold a number holds text.

    Examples
    --------
    >>> accelerator_inputs(["A10", "NVIDIA", "PCIe", 24, 0.6, 125, None, None])["memory_gb"]
    24.0
    """
    row = _read("accelerator_row", accelerator_row, ACCELERATOR_COLUMNS)
    _fill(row, "hardware_speed_share", 1.0)
    return row


def precision(weight_precision: str) -> str:
    """Return bf16, fp8 or fp4 for the name of a weight format.

    Raises
    ------
    ValueError
        If it is none of them.

    Examples
    --------
    >>> precision("FP16"), precision("mxfp4")
    ('bf16', 'fp4')
    """
    plain = str(weight_precision).strip().lower()
    if (found := SPELLINGS.get(plain, plain)) not in PRECISIONS:
        raise ValueError(
            f"weight_precision is {weight_precision!r}; it must be {', '.join(PRECISIONS)}"
        )
    return found


def named(cells: Range, columns: Sequence[str]) -> list[dict[str, Any]]:
    """Return rows by column name: below a header row, or in the order of `columns`.

    A header may be written as in a sheet: "Memory gb" is ``memory_gb``.
    """
    if isinstance(cells, Mapping):
        return [dict(cells)]
    rows = [list(row) for row in cells] if _nested(cells) else [list(cells)]
    header = [_plain(cell) for cell in rows[0]]
    if columns[0] in header:
        return [dict(zip(header, row, strict=False)) for row in rows[1:]]
    return [dict(zip(columns, row, strict=False)) for row in rows]


def _read(argument: str, cells: Range, columns: Sequence[str]) -> dict[str, Any]:
    rows = named(cells, columns)
    if len(rows) != 1:
        raise ValueError(
            f"{argument} has {len(rows)} rows; pass one row, alone or below its header row"
        )
    return {name: _value(argument, name, rows[0].get(name)) for name in columns}


def provenance(cells: Range, columns: Sequence[str]) -> str:
    """Return source and date of a row, where its columns tell them.

    >>> provenance({"source": "config.json", "as_of": 46_283.0}, MODEL_COLUMNS)
    'config.json, 2026-09-18'
    """
    row = named(cells, (*columns, "source", "as_of"))[0]
    source, dated = (row.get(f"spec_{part}") or row.get(part) for part in ("source", "as_of"))
    told = (source, dated if isinstance(dated, str | None) else day_of(dated))
    return ", ".join(str(part) for part in told if part) or "source not given"


def _value(argument: str, column: str, cell: object) -> Any:
    if column in TEXTS:
        return "" if cell is None else str(cell)
    if cell is None or cell == "":
        return 0.0 if column in NONE_MEANS_ZERO else np.nan
    if isinstance(cell, bool | str):
        raise TypeError(f"{argument}: {column} is {cell!r}, which is not a number")
    return float(cell)  # type: ignore[arg-type]


def _fill(row: dict[str, Any], column: str, otherwise: float) -> None:
    if np.isnan(row[column]):
        row[column] = float(otherwise)


def _nested(cells: Sequence[Any]) -> bool:
    return bool(len(cells)) and isinstance(cells[0], list | tuple | np.ndarray)


def _plain(name: object) -> str:
    return str(name).strip().lower().replace(" ", "_")
