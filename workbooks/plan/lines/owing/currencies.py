"""Prices that stand in another currency: which they are, and what they become month by month."""

from __future__ import annotations

from typing import Any

import numpy as np

from costcore.language.timeline import Line, Rule
from workbooks.plan.lines.option import TITLES

FACTOR = Line(
    "foreign_factor",
    "Other currencies: budget rate over today's, with their shift",
    lambda m: m.currency_factor * np.where(m.month == 1, 1, 1 + m.currency_shift_share),
)


def foreign(m: Any, price: str, flow: Any) -> Any:
    """Return money at the rate of its month, where the price behind it is in another currency."""
    return flow * np.where(getattr(m, f"{price}_foreign_count") == 1, m.foreign_factor, 1)


def _of_table(table: str, column: str, row: str, typed: str) -> Rule:
    """Say that a price is the table's, and the table's in another currency than the plan's."""

    def rule(m: Any) -> Any:
        place = getattr(m, row)
        other = getattr(m, table).at(column, place) != m.currency
        listed = np.where(np.isnan(getattr(m, typed)), np.where(other, 1, 0), 0)
        return np.where(place > 0, listed, 0)

    return rule


def _token(option: str) -> Line:
    rule = _of_table("prices", "currency", f"{option}_row_count", f"{option}_input_price_per_mtok")
    label = f"{TITLES[option]}: 1 where that price is in another currency"
    return Line(f"{option}_foreign_count", label, rule)


API, MANAGED = _token("api"), _token("managed")
HARDWARE = (
    Line(
        "rent_foreign_count",
        "1 where that rent is in another currency",
        _of_table("accelerators", "rent_currency", "hardware_row_count", "rent_per_gpu_hour"),
    ),
    Line(
        "buy_foreign_count",
        "1 where that purchase is in another currency",
        _of_table("accelerators", "buy_currency", "hardware_row_count", "capex_per_gpu"),
    ),
)
COUNTS = ("api_foreign_count", "managed_foreign_count", "rent_foreign_count", "buy_foreign_count")
