"""What only a plan of one workload reckons with: refused, never ignored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from workbooks.portfolio.terms import BUY, Engine
from workbooks.scenario.entries import shown
from workbooks.scenario.inputs import ENDS, INPUTS
from workbooks.scenario.scenario import ScenarioError

MOVED = "write moving_cost of each [[engine]], what moving a workload to it costs"
BESIDE = "developer hours lost are in no total of it"
UNPLANNED = MappingProxyType(
    {
        "opportunity_hours_per_month": BESIDE,
        "opportunity_value_per_hour": BESIDE,
        "opportunity_kind": BESIDE,
        "migration_cost": MOVED,
        "migration_life_months": MOVED,
        "borrowing_rate": "leases are planned as they are paid",
    }
)
"""Why each of them would change nothing."""
UNTAXED = MappingProxyType(
    dict.fromkeys(
        ("fiscal_start_count", "tax_depreciation_kind"), "no tax is paid; give a tax_rate_share"
    )
)
"""Why others would, where no tax is paid."""


def refuse(sections: Mapping[str, Any]) -> None:
    """Refuse what the plan would not count; an input that says as much as none may stand.

    >>> refuse({"people": {"migration_cost": 0.0}})

    Raises
    ------
    ScenarioError
        With the first one, its value, and what to do.
    """
    finance = sections.get("finance", {})
    rate = finance.get("tax_rate_share") if isinstance(finance, Mapping) else None
    taxed = rate.get("base") if isinstance(rate, Mapping) else rate
    reasons = UNPLANNED if taxed else {**UNPLANNED, **UNTAXED}
    for section, inputs in sections.items():
        for name in sorted(reasons.keys() & (inputs if isinstance(inputs, Mapping) else set())):
            value = inputs[name]
            ends = [value.get(end) for end in ENDS] if isinstance(value, Mapping) else [value]
            if any(end not in (None, INPUTS[name].default) for end in ends):
                raise ScenarioError(
                    f"[{section}] {name} is {shown(value)}; a plan of several workloads does not "
                    f"count it: {reasons[name]}"
                )


def check_owned(pools: Sequence[Engine]) -> None:
    """Refuse nodes owned already in a pool whose other nodes are rented or leased.

    Raises
    ------
    ScenarioError
        With the first such pool, and what to do.
    """
    for pool in pools:
        known = pool.scenario.entries
        owned, kind = float(known["existing_nodes"].base), known["acquisition_kind"].base
        if owned and kind != BUY:
            raise ScenarioError(
                f"engine {pool.name!r}: existing_nodes is {owned:g} where acquisition_kind is "
                f"{shown(kind)}; nodes owned already belong to a pool that buys, so make two pools "
                'of it, or say acquisition_kind = "buy"'
            )
