"""From inputs to unit figures: prices, capacity, and what a node and the people cost."""

from __future__ import annotations

from typing import Any

import numpy as np

from costcore.api import blended_price
from costcore.capacity import capacity_tokens, planned
from costcore.hosting import (
    energy_per_month,
    rent_per_month,
    straight_line_per_month,
    support_per_month,
)
from costcore.quantities import MONTHS_PER_YEAR
from costcore.timeline import Line, Rule
from costcore.trace import given

RENTS = tuple(f"rent_{case}_reporting_per_gpu_hour" for case in ("low", "base", "high"))
PURCHASES = tuple(f"buy_{case}_reporting_per_gpu" for case in ("low", "base", "high"))


def _rate(column: str, label: str, currency: str) -> Line:
    """Exchange rate of a row's currency; a row without a price has neither."""

    def rule(m: Any) -> Any:
        code = getattr(m, currency)
        return np.where(code == "", np.nan, m.rates.at("rate", m.rates.row(code)))

    return Line(column, label, rule)


PRICE_COLUMNS = (
    _rate("exchange_rate", "Exchange rate", "currency"),
    Line(
        "input_reporting_per_mtok",
        "Input, reporting currency",
        lambda m: m.input_price_per_mtok * m.exchange_rate,
    ),
    Line(
        "cached_reporting_per_mtok",
        "Cached, reporting currency",
        lambda m: given(m.cached_price_per_mtok, m.input_price_per_mtok) * m.exchange_rate,
    ),
    Line(
        "output_reporting_per_mtok",
        "Output, reporting currency",
        lambda m: m.output_price_per_mtok * m.exchange_rate,
    ),
)
"""Calculated columns of the price table; an unlisted cached price is the input price."""


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
    _rate("rent_exchange_rate", "Exchange rate of the rent", "rent_currency"),
    _rate("buy_exchange_rate", "Exchange rate of the purchase", "buy_currency"),
    *(_reporting(column) for column in (*RENTS, *PURCHASES)),
)
"""Calculated columns of the hardware table."""


def _prices(option: str, title: str) -> tuple[Line, ...]:
    """Lines that look up, convert and blend the prices of an option's model."""

    def line(name: str, label: str, rule: Rule, heading: str = "") -> Line:
        return Line(f"{option}_{name}", f"{title}: {label}", rule, heading=heading)

    def get(m: Any, name: str) -> Any:
        return getattr(m, f"{option}_{name}")

    def listed(m: Any, component: str) -> Any:
        return m.prices.at(f"{component}_reporting_per_mtok", get(m, "row_count"))

    def price(component: str) -> Rule:
        return lambda m: given(get(m, f"{component}_price_per_mtok"), listed(m, component))

    def cached(m: Any) -> Any:
        known = np.where(get(m, "row_count") > 0, listed(m, "cached"), get(m, "input_per_mtok"))
        return given(get(m, "cached_price_per_mtok"), known)

    def blend(m: Any) -> Any:
        parts = [get(m, f"{part}_per_mtok") for part in ("input", "output", "cached")]
        return blended_price(*parts[:2], m.output_share, m.cached_share, parts[2])

    row = line(
        "row_count", "row of the price table", lambda m: m.prices.row(get(m, "model")), title
    )
    return (
        row,
        line("input_per_mtok", "input price", price("input")),
        line("cached_per_mtok", "cached input price", cached),
        line("output_per_mtok", "output price", price("output")),
        line("blend_per_mtok", "price of an average token", blend),
    )


API = (
    *_prices("api", "API"),
    Line(
        "api_price_per_mtok",
        "API: price you pay, after discounts",
        lambda m: (
            m.api_blend_per_mtok
            * (1 - m.batch_share * m.batch_discount_share)
            * (1 - m.api_discount_share)
        ),
    ),
)
MANAGED = (
    *_prices("managed", "Managed platform"),
    Line(
        "managed_price_per_mtok",
        "Managed platform: price you pay",
        lambda m: m.managed_blend_per_mtok,
    ),
)


def _bought(m: Any) -> Any:
    return m.acquisition_kind == "buy"


def _listed(m: Any, columns: tuple[str, ...]) -> Any:
    """Look a price of the live case up; there is none where no accelerator is named."""
    row = m.hardware_row_count
    price = m.accelerators.choice(columns, row, m.live_case)
    return np.where(row > 0, price, np.nan)


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
        lambda m: capacity_tokens(m.node_speed_tokens_per_second, m.duty_share, m.hours_per_month),
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
        lambda m: _listed(m, RENTS),
    ),
    Line(
        "gpu_rent_per_gpu_hour",
        "Rent of an accelerator",
        lambda m: np.where(_bought(m), 0, given(m.rent_per_gpu_hour, m.listed_rent_per_gpu_hour)),
    ),
    Line(
        "node_rent_per_month",
        "Rent of a node",
        lambda m: rent_per_month(
            m.gpu_rent_per_gpu_hour, m.gpus_per_node_count, m.duty_share, m.hours_per_month
        ),
    ),
    Line(
        "listed_capex_per_gpu",
        "Purchase of an accelerator in the table",
        lambda m: _listed(m, PURCHASES),
    ),
    Line(
        "gpu_capex_per_gpu",
        "Purchase of an accelerator with its share of the server",
        lambda m: np.where(_bought(m), given(m.capex_per_gpu, m.listed_capex_per_gpu), 0),
    ),
    Line("node_capex", "Purchase of a node", lambda m: m.gpus_per_node_count * m.gpu_capex_per_gpu),
    Line(
        "node_residual",
        "Resale of a node at the end of its life",
        lambda m: m.node_capex * m.residual_share,
    ),
    Line(
        "node_depreciation_per_month",
        "Depreciation of a node",
        lambda m: straight_line_per_month(m.node_capex, m.node_residual, m.life_months),
    ),
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
            _bought(m), m.gpus_per_node_count * given(m.power_kw_per_gpu, m.listed_kw_per_gpu), 0
        ),
    ),
    Line(
        "node_energy_per_month",
        "Electricity of a node",
        lambda m: energy_per_month(
            m.node_power_kw, m.price_per_kwh, m.pue, m.hours_per_month, m.power_use_share
        ),
    ),
    Line(
        "node_space_per_month",
        "Colocation and other cost of a node",
        lambda m: m.node_power_kw * m.colo_per_kw_month + m.node_opex_per_month,
    ),
    Line(
        "node_cost_per_month",
        "Cost of a node",
        lambda m: (
            m.node_rent_per_month
            + m.node_depreciation_per_month
            + m.node_support_per_month
            + m.node_energy_per_month
            + m.node_space_per_month
        ),
    ),
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


def drivers(managed: bool) -> tuple[Line, ...]:
    """Return the unit figures of a plan, with those of a managed platform if it has one."""
    return (*API, *(MANAGED if managed else ()), *NODE, *PEOPLE)
