"""From inputs to unit figures: prices, capacity, and what a node and the people cost."""

from __future__ import annotations

from typing import Any

import numpy as np

from costcore.language.quantities import MONTHS_PER_YEAR
from costcore.language.timeline import Line
from costcore.language.trace import given
from costcore.money.cashflow import annual_factor
from costcore.nodes.capacity import capacity_tokens, planned
from costcore.nodes.hosting import (
    energy_per_month,
    rent_per_month,
    support_per_month,
)
from workbooks.plan.lines.listed_prices import exchange_rate
from workbooks.plan.lines.owing.currencies import NONE, Currencies
from workbooks.plan.lines.owned import OWNED, WORTH, bought, listed
from workbooks.plan.lines.token_prices import API, MANAGED

RENTS = tuple(f"rent_{case}_reporting_per_gpu_hour" for case in ("low", "base", "high"))
PURCHASES = tuple(f"buy_{case}_reporting_per_gpu" for case in ("low", "base", "high"))


def _reporting(column: str) -> Line:
    """Give a hardware price in the reporting currency; low and high default to base."""
    listed = column.replace("_reporting", "")
    middle = listed.replace("_low_", "_base_").replace("_high_", "_base_")
    rate = f"{listed.partition('_')[0]}_exchange_rate"

    def rule(m: Any) -> Any:
        base = getattr(m, middle)
        return np.where(np.isnan(base), np.nan, given(getattr(m, listed), base) * getattr(m, rate))

    return Line(column, column, rule)


HARDWARE_COLUMNS = (
    exchange_rate("rent_exchange_rate", "rent_currency"),
    exchange_rate("buy_exchange_rate", "buy_currency"),
    *(_reporting(column) for column in (*RENTS, *PURCHASES)),
)
"""Calculated columns of the hardware table."""


def _rent_paid(m: Any) -> Any:
    """Share of the rent on demand that is paid, with what is reserved and spot."""
    reserved = m.reserved_share * m.reserved_discount_share
    return 1 - reserved - (1 - m.reserved_share) * m.spot_nodes_share * m.spot_discount_share


def _rented(m: Any) -> Any:
    return m.acquisition_kind == "rent"


def _spot(m: Any) -> Any:
    rest = 1 - m.reserved_share
    return np.where(rest > 0, np.minimum(m.spot_share / np.where(rest > 0, rest, 1), 1), 0)


NODE = (
    Line(
        "hardware_row_count",
        "Row of the hardware table",
        lambda m: m.accelerators.row(m.hardware),
        heading="A node",
    ),
    Line("system_row_count", "Row of the throughput table", lambda m: m.systems.row(m.system)),
    Line(
        "node_speed_tokens_per_second",
        "Throughput of a node",
        lambda m: given(
            m.node_tokens_per_second, m.systems.at("tokens_per_second", m.system_row_count)
        ),
    ),
    Line(
        "node_capacity_tokens_per_month",
        "Capacity of a node",
        lambda m: (
            capacity_tokens(m.node_speed_tokens_per_second, m.duty_share, m.hours_per_month)
            * m.capacity_factor
        ),
    ),
    Line(
        "node_plan_tokens_per_month",
        "Planned load of a node, peaks and answer times allowed for",
        lambda m: planned(
            m.node_capacity_tokens_per_month * m.sla_share, m.max_load_share, m.peak_factor
        ),
    ),
    Line(
        "listed_rent_per_gpu_hour",
        "Rent of an accelerator in the table",
        lambda m: listed(m, RENTS, 4 - m.live_case),
    ),
    Line(
        "gpu_rent_per_gpu_hour",
        "Rent of an accelerator, on demand",
        lambda m: np.where(_rented(m), given(m.rent_per_gpu_hour, m.listed_rent_per_gpu_hour), 0),
    ),
    Line(
        "node_on_demand_per_month",
        "Rent of a node, on demand",
        lambda m: rent_per_month(
            m.gpu_rent_per_gpu_hour, m.gpus_per_node_count, m.duty_share, m.hours_per_month
        ),
    ),
    Line(
        "node_reserved_per_month",
        "Rent of a reserved node",
        lambda m: m.node_on_demand_per_month * (1 - m.reserved_discount_share),
    ),
    Line("spot_nodes_share", "Spot, of the nodes that are not reserved", _spot),
    Line(
        "node_flexible_per_month",
        "Rent of a node that is not reserved: on demand and spot in their shares",
        lambda m: m.node_on_demand_per_month * (1 - m.spot_nodes_share * m.spot_discount_share),
    ),
    Line("rent_paid_share", "Of that what is paid, reserved and spot in their shares", _rent_paid),
    Line(
        "node_rent_per_month",
        "Rent of a node, reserved and spot in their shares",
        lambda m: m.node_on_demand_per_month * m.rent_paid_share,
    ),
    Line(
        "node_lease_per_month",
        "Lease of a node",
        lambda m: np.where(
            m.acquisition_kind == "lease", m.gpus_per_node_count * m.lease_per_gpu_month, 0
        ),
    ),
    Line(
        "listed_capex_per_gpu",
        "Purchase of an accelerator in the table",
        lambda m: listed(m, PURCHASES, 4 - m.live_case),
    ),
    Line(
        "gpu_capex_per_gpu",
        "Purchase of an accelerator with its share of the server",
        lambda m: np.where(bought(m), given(m.capex_per_gpu, m.listed_capex_per_gpu), 0),
    ),
    Line("node_capex", "Purchase of a node", lambda m: m.gpus_per_node_count * m.gpu_capex_per_gpu),
    *WORTH,
    Line(
        "node_support_per_month",
        "Support of a node",
        lambda m: support_per_month(m.node_capex, m.support_share_per_year),
    ),
    Line(
        "listed_kw_per_gpu",
        "Power of an accelerator in the table",
        lambda m: np.where(
            m.hardware_row_count > 0,
            m.accelerators.at("server_power_kw_per_gpu", m.hardware_row_count),
            np.nan,
        ),
    ),
    Line(
        "node_power_kw",
        "Nameplate power of a node (rent includes it)",
        lambda m: np.where(
            _rented(m), 0, m.gpus_per_node_count * given(m.power_kw_per_gpu, m.listed_kw_per_gpu)
        ),
    ),
    Line(
        "node_energy_per_month",
        "Electricity of a node",
        lambda m: energy_per_month(
            m.node_power_kw,
            m.price_per_kwh,
            m.pue,
            m.hours_per_month * m.duty_share,
            m.power_use_share,
        ),
    ),
    Line(
        "node_space_per_month",
        "Colocation and other cost of a node",
        lambda m: m.node_power_kw * m.colo_per_kw_month + m.node_opex_per_month,
    ),
    Line(
        "node_running_per_month",
        "Support, electricity, colocation and other cost of a node",
        lambda m: m.node_support_per_month + m.node_energy_per_month + m.node_space_per_month,
    ),
    Line(
        "node_cost_per_month",
        "Cost of a node",
        lambda m: (
            m.node_rent_per_month
            + m.node_lease_per_month
            + m.node_capital_per_month
            + m.node_running_per_month
        ),
    ),
)


def _annual(m: Any) -> Any:
    return annual_factor(m.discount_rate, m.horizon_months / MONTHS_PER_YEAR)


YEAR = Line(
    "annual_factor",
    "Equal yearly payment that is worth 1 at present",
    _annual,
    heading="Time",
)
PEOPLE = (
    Line(
        "staff_per_month",
        "Engineering labour",
        lambda m: m.staff_fte * m.salary_per_year / MONTHS_PER_YEAR,
        heading="People and other fixed cost",
    ),
    Line(
        "incidents_per_month",
        "Incident response",
        lambda m: (
            m.incidents_per_year * m.incident_hours * m.incident_cost_per_hour / MONTHS_PER_YEAR
        ),
    ),
    Line(
        "opportunity_per_month",
        "Opportunity cost",
        lambda m: m.opportunity_hours_per_month * m.opportunity_value_per_hour,
    ),
    Line(
        "spares_per_month",
        "Spare nodes",
        lambda m: m.spare_nodes * m.node_cost_per_month,
    ),
    Line(
        "migration_per_month",
        "Migration, spread over the plan",
        lambda m: m.migration_cost / m.horizon_months,
    ),
    Line(
        "fixed_cost_per_month",
        "Fixed cost, whatever the volume",
        lambda m: (
            m.staff_per_month
            + m.mlops_per_month
            + m.incidents_per_month
            + m.opportunity_per_month
            + m.spares_per_month
            + m.migration_per_month
        ),
    ),
)


def drivers(managed: bool, owned: bool, others: Currencies = NONE) -> tuple[Line, ...]:
    """Return the unit figures of a plan, with a managed platform and owned nodes if it has them.

    `others` are the currencies that it has beside its own.
    """
    api, platform = (*API, *others.counts("api")), (*MANAGED, *others.counts("managed"))
    nodes = (*NODE, *others.counts("rent", "buy"))
    return (YEAR, *api, *(platform if managed else ()), *nodes, *(OWNED if owned else ()), *PEOPLE)
