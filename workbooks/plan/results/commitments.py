"""What is promised beside what is used: committed API spend, reserved and spot rent."""

from __future__ import annotations

from typing import Any

import numpy as np

from costcore.language.timeline import Line

FROM_MONTHLY = ("api_usage_per_month", "own_rent_per_month")
"""Lines of the monthly plan that are read here."""


def _mixed(m: Any) -> Any:
    """Rent after discounts, for one of rent on demand."""
    reserved = m.reserved_share * m.reserved_discount_share
    return 1 - reserved - m.spot_share * m.spot_discount_share


LINES = (
    Line(
        "api_promised_per_month",
        "API spend committed",
        lambda m: m.api_commit_per_month,
        sums=True,
        heading="Committed API spend",
    ),
    Line(
        "api_used_per_month",
        "API tokens used, at their price",
        lambda m: m.api_usage_per_month,
        sums=True,
    ),
    Line(
        "api_shortfall_per_month",
        "Paid for and not used",
        lambda m: np.maximum(m.api_promised_per_month - m.api_used_per_month, 0),
        sums=True,
    ),
    Line(
        "api_overage_per_month",
        "Used beyond the commitment",
        lambda m: np.maximum(m.api_used_per_month - m.api_promised_per_month, 0),
        sums=True,
    ),
    Line(
        "api_left_cost",
        "Commitment of the whole plan not yet burnt",
        lambda m: (
            np.where(
                m.month == 1,
                m.api_commit_per_month * m.horizon_months,
                m.last("api_left_cost"),
            )
            - np.minimum(m.api_used_per_month, m.api_promised_per_month)
        ),
    ),
    Line(
        "reserved_per_month",
        "Reserved: paid whether used or not",
        lambda m: (
            m.own_rent_per_month * (m.reserved_share * (1 - m.reserved_discount_share) / _mixed(m))
        ),
        sums=True,
        heading="Rent of own nodes",
    ),
    Line(
        "spot_per_month",
        "Spot: may be taken away",
        lambda m: m.own_rent_per_month * (m.spot_share * (1 - m.spot_discount_share) / _mixed(m)),
        sums=True,
    ),
    Line(
        "on_demand_per_month",
        "On demand, or leased",
        lambda m: m.own_rent_per_month - m.reserved_per_month - m.spot_per_month,
        sums=True,
    ),
)
