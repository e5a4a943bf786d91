"""What is promised beside what is used: committed API spend, reserved and spot rent."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from costcore.language.timeline import Line
from costcore.tokens.api import priced
from workbooks.plan.lines.option import TITLES
from workbooks.plan.lines.owing.currencies import (
    COUNTS,
    Currencies,
    amount_of,
    at_rates,
    rate_factor,
)
from workbooks.plan.results.exposure import exposure, paid
from workbooks.scenario.scenario import Scenario

FROM_MONTHLY = (
    "volume_tokens_per_month",
    "api_price_now_per_mtok",
    "api_usage_per_month",
    "own_reserved_nodes",
    "own_flexible_nodes",
    "rent_now_factor",
    "own_rent_per_month",
)
"""Lines of the monthly plan that are read here."""


def _promised(m: Any) -> Any:
    return amount_of(m, "api_commit_per_month")


def _at_todays(m: Any, cost: Any) -> Any:
    """Return what is burnt of a commitment at the rate that the whole of it is told at."""
    return cost / at_rates(m, "api_commit_per_month", 1.0)


API = (
    Line(
        "api_promised_per_month",
        "API spend committed",
        _promised,
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
            - _at_todays(m, np.minimum(m.api_used_per_month, m.api_promised_per_month))
        ),
    ),
)
"""The minimum of the API, where it is given without a contract."""


def api(options: tuple[str, ...], committed: bool, mixed: bool) -> tuple[Line, ...]:
    """Return what is committed to the API, and what each strategy leaves of it unused.

    A hybrid burns some of it where it is `mixed` of own nodes and the API.
    """
    unused = (
        Line(
            f"{option}_unused_per_month",
            f"{TITLES[option]}: owed to the API and not used",
            functools.partial(_unused, option, option == "hybrid" and mixed),
            sums=True,
            heading="The same commitment under the other strategies" if place == 0 else "",
        )
        for place, option in enumerate(options[1:] if committed else ())
    )
    return (*API, *unused)


def _unused(option: str, mixed: bool, m: Any) -> Any:
    """Signed, so owed: what neither the months of dual running nor the rest of a mix burns."""
    if option == "managed":
        return _promised(m) + 0 * m.month
    rest = m.volume_tokens_per_month * (1 - (m.hybrid_share if mixed else 1.0))
    usage = priced(rest, m.api_price_now_per_mtok) if mixed else 0.0
    used = np.where(m.month <= m.dual_run_months, m.api_usage_per_month, usage)
    return np.maximum(_promised(m) - used, 0)


def _spot(m: Any) -> Any:
    rent = m.own_flexible_nodes * m.spot_nodes_share * m.node_on_demand_per_month
    return rent * (1 - m.spot_discount_share) * m.rent_now_factor


RENT = (
    Line(
        "reserved_per_month",
        "Reserved: paid whether used or not",
        lambda m: m.own_reserved_nodes * m.node_reserved_per_month * m.rent_now_factor,
        sums=True,
        heading="Rent of own nodes",
    ),
    Line(
        "spot_per_month",
        "Spot: may be taken away",
        _spot,
        sums=True,
    ),
    Line(
        "on_demand_per_month",
        "On demand, or leased",
        lambda m: m.own_rent_per_month - m.reserved_per_month - m.spot_per_month,
        sums=True,
    ),
)


@dataclass(frozen=True, slots=True)
class Commitments:
    """Lines of what is promised, and the lines of the monthly plan that they read."""

    lines: tuple[Line, ...]
    read: tuple[str, ...]


def beside(
    scenario: Scenario, buys: bool, told: Mapping[str, Any], others: Currencies
) -> Commitments:
    """Return what is promised where no contract is named, and the exposure to other currencies.

    `told` are the unit figures of the base case, `others` the currencies beside the plan's.
    """
    options, entry = scenario.options, scenario.entries["api_commit_per_month"]
    committed = any((entry.low, entry.base, entry.high))
    mixed = scenario.hybrid_rest == "api"
    lines = (*(() if scenario.contracts else api(options, committed, mixed)), *RENT)
    kept = (*FROM_MONTHLY, *(rate_factor(name) for name, _ in others.amounts))
    if not (any(told.get(name, 0) > 0 for name in COUNTS) or others.amounts):
        return Commitments(lines, FROM_MONTHLY)
    rest = scenario.hybrid_rest
    every = (flow for option in options for _, flow in paid(option, buys, rest, others))
    read = tuple(dict.fromkeys((*kept, *every)))
    return Commitments((*lines, *exposure(options, buys, rest, others)), read)
