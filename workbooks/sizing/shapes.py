"""Hourly loads: the shapes of public traces, or a CSV file of one's own."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from workbooks import tables

AZURE = "Azure LLM inference trace 2024, CC-BY-4.0"
SERVEGEN = "ServeGen, Apache-2.0"
SHAPES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "global-chat": ("conversations around the clock, one week", AZURE),
        "office-hours": ("code completion in office hours, one week", AZURE),
        "mixed-api": ("API of a large model, two weeks", SERVEGEN),
        "small-api": ("API of a small model, two weeks", SERVEGEN),
        "image-chat": ("questions about images, one day", SERVEGEN),
    }
)
"""What each shipped shape is, and where it comes from."""
FLAT = "flat"
LEAST_HOURS, MOST_HOURS = 24, 8784


def hourly(name: str) -> NDArray[np.float64]:
    """Return the load of each hour over the mean: a shipped shape, ``flat``, or a CSV file.

    Raises
    ------
    ValueError
        If it is neither, or a cell of the file is no load.

    Examples
    --------
    >>> hours = hourly("office-hours")
    >>> hours.size, round(hours.max(), 2)
    (168, 2.99)
    """
    if name == FLAT:
        return np.ones(LEAST_HOURS)
    if name in SHAPES:
        found = [row.load_over_mean for row in tables.load_shapes() if row.shape == name]
        return np.array(found)
    if not Path(name).is_file():
        raise ValueError(f"{name!r} is neither a file nor one of {', '.join([FLAT, *SHAPES])}")
    loads = own_hours(Path(name))
    return np.asarray(loads / loads.mean())


def own_hours(path: Path) -> NDArray[np.float64]:
    """Return the last number of each line: tokens or requests of one hour after the other.

    The first line may be a header. Whole days are needed, so that day and night weigh alike.

    Raises
    ------
    ValueError
        Naming the line and its value.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = [cells for cells in csv.reader(file) if any(cell.strip() for cell in cells)]
    loads = [_load(path, i, cells) for i, cells in enumerate(lines, 1)]
    hours = np.array([load for load in loads if load is not None])
    if hours.size % 24 or not LEAST_HOURS <= hours.size <= MOST_HOURS:
        raise ValueError(
            f"{path.name} has {hours.size} hours; it must have whole days of 24, up to a year"
        )
    if not hours.sum() > 0:
        raise ValueError(f"{path.name} has no load in any hour")
    return hours


def _load(path: Path, line: int, cells: list[str]) -> float | None:
    text = cells[-1].strip()
    try:
        load = float(text)
    except ValueError:
        if line == 1:
            return None
        load = math.nan
    if not 0 <= load < math.inf:
        raise ValueError(f"{path.name}, line {line}: {text!r} is not a load of at least 0")
    return load
