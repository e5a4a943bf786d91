"""A node of your own: what it sells for, what its capital costs, what it costs to run."""

from __future__ import annotations

from typing import Any

import numpy as np

from costcore.language.quantities import MONTHS_PER_YEAR
from costcore.language.timeline import Line
from costcore.language.trace import given
from costcore.money.assets import SOLD_AT, resale_share
from costcore.money.horizon import level_sum, settled_sum
from costcore.nodes.hosting import energy_per_month, support_per_month

RESALES = {
    age: tuple(f"resale_{age}_{case}_share" for case in ("low", "base", "high")) for age in SOLD_AT
}


def bought(m: Any) -> Any:
    """Say whether nodes are bought."""
    return m.acquisition_kind == "buy"


def listed(m: Any, columns: tuple[str, ...], place: Any) -> Any:
    """Look up what fits the live case: `place` of low, base and high; none without a name."""
    row = m.hardware_row_count
    return np.where(row > 0, m.accelerators.choice(columns, row, place), np.nan)


def _resale(age: int) -> tuple[Line, Line]:
    """What a node of an age sells for: typed, or else listed."""
    typed, table = f"resale_{age}_share", f"listed_resale_{age}_share"
    label = f"Resale {age} months after the purchase"
    return (
        Line(table, f"{label}, in the table", lambda m: listed(m, RESALES[age], m.live_case)),
        Line(f"market_{age}_share", label, lambda m: given(getattr(m, typed), getattr(m, table))),
    )


def consumed(m: Any) -> Any:
    """Share of the price that a life takes: all but the value today of the resale."""
    return 1 - m.life_end_share * m.month_factor**m.life_months


def months_of_life(name: str, label: str, step: str) -> tuple[Line, ...]:
    """Return a node's life in months of today's price, each paid when bills are.

    `step` is from one month to the next: of the price, discounted.
    """

    def level(m: Any) -> Any:
        return level_sum(getattr(m, step), m.life_months)

    def started(m: Any) -> Any:
        return settled_sum(getattr(m, step), m.life_months, getattr(m, f"{name}_level_factor"))

    def paid(m: Any) -> Any:
        return getattr(m, f"{name}_started_factor") * m.month_factor**m.payment_timing_share

    return (
        Line(f"{name}_level_factor", f"{label}, where nothing changes", level),
        Line(f"{name}_started_factor", f"{label}, paid when a month starts", started),
        Line(f"{name}_factor", label, paid),
    )


WORTH = (
    *(line for age in SOLD_AT for line in _resale(age)),
    Line(
        "life_end_share",
        "Resale of a node at the end of its life, of its price",
        lambda m: resale_share(m.life_months, m.market_36_share, m.market_60_share),
    ),
    Line(
        "book_end_share",
        "What the books keep of a node at the end of its life, of its price",
        lambda m: given(m.residual_share, m.life_end_share),
    ),
    Line(
        "month_factor",
        "Discount of a month",
        lambda m: (1 + m.discount_rate) ** (-1 / MONTHS_PER_YEAR),
    ),
    *months_of_life("life", "Months of a node's life", "month_factor"),
    Line(
        "node_capital_per_month",
        "Purchase of a node less its resale, as equal payments with the cost of capital",
        lambda m: np.where(bought(m), m.node_capex * consumed(m) / m.life_factor, 0),
    ),
)
OWNED = (
    Line(
        "owned_support_per_month",
        "Support of it",
        lambda m: support_per_month(
            m.gpus_per_node_count * given(m.capex_per_gpu, m.listed_capex_per_gpu),
            m.support_share_per_year,
        ),
        heading="A node that you own",
    ),
    Line(
        "owned_power_kw",
        "Nameplate power of it",
        lambda m: m.gpus_per_node_count * given(m.power_kw_per_gpu, m.listed_kw_per_gpu),
    ),
    Line(
        "owned_energy_per_month",
        "Electricity of it",
        lambda m: energy_per_month(
            m.owned_power_kw,
            m.price_per_kwh,
            m.pue,
            m.hours_per_month * m.duty_share,
            m.power_use_share,
        ),
    ),
    Line(
        "owned_space_per_month",
        "Colocation and other cost of it",
        lambda m: m.owned_power_kw * m.colo_per_kw_month + m.node_opex_per_month,
    ),
    Line(
        "owned_cost_per_month",
        "Running cost of a node owned already: support, electricity and space",
        lambda m: m.owned_support_per_month + m.owned_energy_per_month + m.owned_space_per_month,
    ),
)
