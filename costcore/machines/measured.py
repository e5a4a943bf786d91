"""Published and own measurements: which one answers a question, and how it is carried over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from costcore.language.elementwise import Numbers
from costcore.machines.roofline import sized
from costcore.machines.spec_rows import Range, named, precision

MEASURED_COLUMNS = (
    "model",
    "hardware",
    "gpus",
    "weight_precision",
    "input_tokens",
    "output_tokens",
    "concurrency",
    "output_tokens_per_second",
)
"""Columns a table of measurements must have; `source` and `as_of` are shown where there are any."""

REACH = 2.0
"""A measurement answers for lengths, their ratio and a batch within this factor of its own."""


def measurements(cells: Range, case: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the measurements of the same model, accelerators and precision, in table order.

    A row without a length or a speed, or with a concurrency that is neither a number nor
    ``max``, cannot be carried over and is left out.

    Raises
    ------
    LookupError
        If the table lacks a column.
    """
    rows = named(cells, MEASURED_COLUMNS)
    if rows and (missing := [column for column in MEASURED_COLUMNS if column not in rows[0]]):
        raise LookupError(f"measured_table has no column {', '.join(missing)}")
    return [row for row in rows if _usable(row) and _same(row, case)]


def nearest(
    rows: list[dict[str, Any]], case: Mapping[str, Any], modelled: Mapping[str, Numbers]
) -> tuple[Numbers, Numbers]:
    """Return the speed carried over from the nearest measurement, and its place in `rows`.

    The measured speed is scaled by modelled(case) over modelled(row), which cancels most of
    what the model gets wrong. Beyond `REACH` in a length, in their ratio or in the batch the
    answer is refused.

    Returns
    -------
    output tokens per second, and place
        ``nan`` and -1 where no measurement is near enough.
    """
    shape = np.shape(modelled["output_tokens_per_second"])
    speed, place, best = np.full(shape, np.nan), np.full(shape, -1), np.full(shape, np.inf)
    for i, row in enumerate(rows):
        there = sized({**case, **_request(row)})
        distance = _distance(case, modelled, _request(row), there)
        carried = row["output_tokens_per_second"] * (
            modelled["output_tokens_per_second"] / there["output_tokens_per_second"]
        )
        closer = (distance < best) & np.isfinite(carried)
        speed, place = np.where(closer, carried, speed), np.where(closer, i, place)
        best = np.where(closer, distance, best)
    return speed[()], place[()]


def _distance(
    case: Mapping[str, Any],
    here: Mapping[str, Numbers],
    row: Mapping[str, Any],
    there: Mapping[str, Numbers],
) -> Numbers:
    """Sum of the factors in logarithms; inf where one is out of reach."""
    asked, read = (np.asarray(case[name], float) for name in ("output_tokens", "input_tokens"))
    output, prompt = asked / row["output_tokens"], read / row["input_tokens"]
    batch = here["batch_count"] / there["batch_count"]
    steps = [np.abs(np.log(factor)) for factor in (output, prompt, prompt / output, batch)]
    within = np.logical_and.reduce(
        np.broadcast_arrays(*(step <= np.log(REACH) + 1e-9 for step in steps))
    )
    return np.where(within, sum(steps), np.inf)


def _request(row: Mapping[str, Any]) -> dict[str, float]:
    concurrency = row["concurrency"]
    return {
        "input_tokens": float(row["input_tokens"]),
        "output_tokens": float(row["output_tokens"]),
        "concurrency_count": np.nan if concurrency == "max" else float(concurrency),
    }


def _usable(row: Mapping[str, Any]) -> bool:
    numbers = [row[name] for name in ("input_tokens", "output_tokens", "output_tokens_per_second")]
    known = all(isinstance(n, int | float) and n > 0 for n in numbers)
    return known and (row["concurrency"] == "max" or _is_number(row["concurrency"]))


def _is_number(cell: object) -> bool:
    try:
        return float(cell) > 0  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False


def _same(row: Mapping[str, Any], case: Mapping[str, Any]) -> bool:
    return (
        _plain(row["model"]) == _plain(case["model"])
        and _plain(row["hardware"]) == _plain(case["hardware"])
        and precision(str(row["weight_precision"])) == case["weight_precision"]
        and float(row["gpus"]) == case["gpus_count"]
    )


def _plain(name: object) -> str:
    """Return a name as it is compared."""
    return str(name).strip().lower()
