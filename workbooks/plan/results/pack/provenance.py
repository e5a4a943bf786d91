"""Where the figures that a plan takes from its tables come from, and how old they are."""

from __future__ import annotations

from typing import Any

import numpy as np

from costcore.language.timeline import Line
from costcore.language.trace import given, words
from workbooks.plan.lines.vintages import Holdings


def _source(
    what: str, label: str, table: str, column: str, row: str, typed: str
) -> tuple[Line, ...]:
    """Return where a figure of a table is from, and how many days before the plan."""

    def at(m: Any, name: str) -> Any:
        return getattr(m, table).at(name, getattr(m, row))

    def listed(m: Any) -> Any:
        return (getattr(m, row) > 0) & ~np.isfinite(getattr(m, typed))

    def day(m: Any) -> Any:
        return np.where(listed(m), given(at(m, f"{column}as_of"), 0), 0)

    def age(m: Any) -> Any:
        day = getattr(m, f"{what}_as_of")
        return np.where(day > 0, m.as_of_day - day, np.nan)

    def source(m: Any) -> Any:
        return np.where(listed(m), words(at(m, f"{column}source")), "your own figure, in Inputs")

    return (
        Line(f"{what}_source_text", f"{label}: source", source),
        Line(f"{what}_as_of", f"{label}: as of", day),
        Line(f"{what}_age_days", f"{label}: age", age),
    )


SOURCES = {
    "api_price": (
        *("API price", "prices", "", "api_row_count"),
        "api_input_price_per_mtok",
    ),
    "managed_price": (
        *("Managed platform price", "prices", "", "managed_row_count"),
        "managed_input_price_per_mtok",
    ),
    "rent": (
        *("Accelerator rent", "accelerators", "rent_", "hardware_row_count"),
        "rent_per_gpu_hour",
    ),
    "purchase": (
        *("Accelerator purchase", "accelerators", "buy_", "hardware_row_count"),
        "capex_per_gpu",
    ),
    "speed": (
        *("Node throughput", "systems", "", "system_row_count"),
        "node_tokens_per_second",
    ),
}
"""What a table has: how it is called, the table, how its columns begin, the row that is used,
and what is typed instead."""


def used(options: tuple[str, ...], holdings: Holdings) -> dict[str, tuple[str, ...]]:
    """Return the figures that a plan takes from its tables."""
    unused = {"managed_price"} if "managed" not in options else set()
    unused |= {"rent"} if holdings.buys else {"purchase"}
    return {what: each for what, each in SOURCES.items() if what not in unused}


def provenance(options: tuple[str, ...], holdings: Holdings) -> tuple[Line, ...]:
    """Return source, day and age of each."""
    return tuple(
        line for what, each in used(options, holdings).items() for line in _source(what, *each)
    )
