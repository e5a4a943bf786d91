"""Nodes that are paid for until the plan ends, needed or not: leased, or reserved in part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from costcore.portfolio.portfolio import Array
from workbooks.plan.lines.hosted import COMPUTE
from workbooks.plan.mixing.naming import alike
from workbooks.scenario.scenario import Scenario

Known = Mapping[str, Any]


def stays(scenario: Scenario) -> bool:
    """Say whether nodes are paid for until the plan ends, once they were needed: some, or all.

    A share that is 0 in the base case but not in its range may reserve some in a draw.
    """
    known = scenario.entries
    reserved = known["acquisition_kind"].base == "rent" and (known["reserved_share"].high or 0) > 0
    return leased(scenario) or (reserved and not known["existing_nodes"].base)


def reserves(scenario: Scenario) -> bool:
    """Say whether a part of the nodes, and not all, stays paid for in the base case."""
    some = float(scenario.entries["reserved_share"].base or 0) > 0
    return stays(scenario) and some and not leased(scenario)


def leased(scenario: Scenario) -> bool:
    """Say whether all nodes are."""
    known = scenario.entries
    return known["acquisition_kind"].base == "lease" and not known["existing_nodes"].base


def staying(told: Known) -> dict[str, Any]:
    """Return the part of the nodes that stays, what one of them costs, and one that need not.

    A node that runs costs both in their shares, whatever the pool alone has reserved before.
    """
    if told["acquisition_kind"] == "lease":
        running = told["running_per_month"]
        return {"stays_share": 1.0, "stays_per_month": running, "flexes_per_month": running * 0}
    share, reserved, flexible = (
        np.expand_dims(told[name], 0)
        for name in ("reserved_share", "node_reserved_per_month", "node_flexible_per_month")
    )
    rent, share, reserved, flexible, beside, nodes = alike(
        *(told["rent_now_factor"], share, reserved, flexible),
        *(added(told, COMPUTE[1:]), np.asarray(told["own_nodes"])),
    )
    hired = (share * reserved + (1 - share) * flexible) * rent
    return {
        "running_per_month": hired + beside / nodes,
        "stays_share": told["reserved_share"],
        "stays_per_month": reserved * rent,
        "flexes_per_month": flexible * rent,
    }


def added(told: Known, parts: Sequence[str]) -> Array:
    """Add parts up by month; one that was not drawn is the same in all draws."""
    each = alike(*(np.asarray(told[f"own_{part}_per_month"], float) for part in parts))
    return np.asarray(sum(each))
