"""Hourly loads: the shapes of public traces, or a CSV file of one's own."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from costcore.tokens.hours import ANY_DAY, DAYS_PER_WEEK, HOURS_PER_DAY
from workbooks import tables
from workbooks.headings import twin

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
FIRST_DAYS: Mapping[str, int] = MappingProxyType({"global-chat": 6, "office-hours": 4})
"""Day of the week, from Monday, 0, on which a trace begins: 12 and 10 May 2024, UTC."""
UNDATED = frozenset({"mixed-api", "small-api", "image-chat"})
"""Traces published without the day they begin on; their hours are taken as UTC."""
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
        rows = (row.load_over_mean for row in tables.load_shapes() if row.shape == name)
        found = np.fromiter(rows, float)  # rounded in the table, so their mean is not quite 1
        return np.asarray(found / found.mean())
    if not Path(name).is_file():
        raise ValueError(f"{name!r} is neither a file nor one of {', '.join([FLAT, *SHAPES])}")
    loads = own_hours(Path(name))
    return np.asarray(loads / loads.mean())


def clock(name: str, hours: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return hour of the day and day of the week of each hour of a load, in UTC.

    A load of whole weeks of one's own begins on Monday at midnight; one of single days stands
    for any day.

    >>> [part[:2].tolist() for part in clock("office-hours", 168)]
    [[0.0, 1.0], [4.0, 4.0]]
    >>> float(clock("flat", 24)[1][0])
    -1.0
    """
    at = np.arange(float(hours))
    weeks = hours % (HOURS_PER_DAY * DAYS_PER_WEEK) == 0 and name not in UNDATED
    day = (at // HOURS_PER_DAY + FIRST_DAYS.get(name, 0)) % DAYS_PER_WEEK
    return at % HOURS_PER_DAY, day if weeks else np.full(hours, ANY_DAY)


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
    if lines and (twice := twin(lines[0])) and _load(path, 1, lines[0]) is None:
        raise ValueError(f"{path.name}, line 1 has two columns {twice!r}; keep one")
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
