"""What self-hosting costs in a month."""

from __future__ import annotations

import numpy as np

from costcore.language.arguments import arguments_of
from costcore.language.elementwise import Numbers, elementwise
from costcore.language.quantities import HOURS_PER_MONTH, MONTHS_PER_YEAR, TOKENS_PER_MTOK
from costcore.nodes.capacity import whole_nodes
from costcore.tokens.api import priced

POWER_USE_SHARE = 0.73
"""Wall power under LLM load over nameplate: 10.4 of 14.3 kW, MLPerf Inference v5.1 (2025-09)."""


@elementwise
def rent_per_month(
    rate_per_hour: Numbers,
    count: Numbers = 1.0,
    duty_share: Numbers = 1.0,
    hours_per_month: Numbers = HOURS_PER_MONTH,
) -> Numbers:
    """Rent of machines that are billed by the hour, busy or idle.

    Returns
    -------
    float or ndarray, money per month

    Examples
    --------
    >>> rent_per_month(1.875, count=4, hours_per_month=720)
    5400.0

    Only hours in which the machine is handed back save money; a machine that is
    kept but idle costs what a busy one costs:

    >>> rent_per_month(1.65, duty_share=0.7), rent_per_month(1.65)
    (843.15, 1204.5)
    """
    return rate_per_hour * count * hours_per_month * duty_share


@elementwise
def own_per_month(
    capex: Numbers,
    life_months: Numbers,
    residual: Numbers = 0.0,
    support_share_per_year: Numbers = 0.0,
    power_kw: Numbers = 0.0,
    price_per_kwh: Numbers = 0.0,
    pue: Numbers = 1.0,
    colo_per_kw_month: Numbers = 0.0,
    hours_per_month: Numbers = HOURS_PER_MONTH,
) -> Numbers:
    """Monthly cost of a machine you own: straight line, support, power and space.

    Energy is billed on 73 % of the nameplate power, space on all of it.

    Returns
    -------
    float or ndarray, money per month

    Examples
    --------
    >>> own_per_month(15_000, 36)
    416.6666666666667

    For a server, power and space cost as much as a third of the purchase:

    >>> round(own_per_month(300_000, 60, power_kw=10.2, price_per_kwh=0.10, pue=1.54))
    5837
    """
    return (
        straight_line_per_month(capex, residual, life_months)
        + support_per_month(capex, support_share_per_year)
        + energy_per_month(power_kw, price_per_kwh, pue, hours_per_month)
        + power_kw * colo_per_kw_month
    )


def straight_line_per_month(capex: Numbers, residual: Numbers, life_months: Numbers) -> Numbers:
    """Purchase less resale, in equal parts over the life."""
    return (capex - residual) / life_months


def support_per_month(capex: Numbers, support_share_per_year: Numbers) -> Numbers:
    """Hardware support, a share of the purchase each year."""
    return capex * support_share_per_year / MONTHS_PER_YEAR


def energy_per_month(
    power_kw: Numbers,
    price_per_kwh: Numbers,
    pue: Numbers,
    hours_per_month: Numbers,
    power_use_share: Numbers = POWER_USE_SHARE,
) -> Numbers:
    """Electricity of a machine and of the cooling it needs."""
    return power_kw * power_use_share * pue * hours_per_month * price_per_kwh


def annuity_per_month(
    capex: Numbers, life_months: Numbers, discount_rate: Numbers, residual: Numbers = 0.0
) -> Numbers:
    """Purchase less the value today of its resale, as equal payments at month's end.

    >>> round(float(annuity_per_month(100_000, 48, 0.10)), 2)
    2515.61

    Without interest it is the straight line:

    >>> float(annuity_per_month(48_000, 48, 0.0))
    1000.0
    """
    rate = np.asarray(1 + discount_rate) ** (1 / MONTHS_PER_YEAR) - 1
    today = capex - residual * (1 + rate) ** -life_months
    with np.errstate(all="ignore"):
        factor = np.where(rate == 0, 1 / life_months, rate / (1 - (1 + rate) ** -life_months))
    return today * factor


@elementwise
def selfhost_cost(
    tokens_per_month: Numbers,
    node_cost_per_month: Numbers,
    capacity_tokens_per_month: Numbers = np.inf,
    fixed_cost_per_month: Numbers = 0.0,
    own_price_per_mtok: Numbers = 0.0,
    min_nodes: Numbers = 1.0,
) -> Numbers:
    """Monthly cost of serving a volume on as many whole nodes as it takes.

    Returns
    -------
    float or ndarray, money per month
        ``inf`` where a node serves nothing.

    Examples
    --------
    >>> selfhost_cost(500e6, 5_400, capacity_tokens_per_month=388.8e6)
    10800.0

    One token too many for a node costs a whole node:

    >>> selfhost_cost([388.8e6, 388.9e6], 5_400, 388.8e6).tolist()
    [5400.0, 10800.0]
    """
    nodes = np.maximum(min_nodes, whole_nodes(tokens_per_month / capacity_tokens_per_month))
    served = priced(tokens_per_month, own_price_per_mtok)
    return fixed_cost_per_month + nodes * node_cost_per_month + served


@elementwise
@arguments_of(selfhost_cost)
def selfhost_price(tokens_per_month: Numbers, **nodes: Numbers) -> Numbers:
    """Cost of a self-hosted million tokens at a volume.

    Returns
    -------
    float or ndarray, money per million tokens
        ``inf`` at no volume: the nodes cost money and serve nothing.

    Examples
    --------
    One server filled to the brim, as published (13.89), and with the engineer
    the same article names but leaves out:

    >>> round(selfhost_price(388.8e6, 5_400, 388.8e6), 2)
    13.89
    >>> round(selfhost_price(388.8e6, 5_400, 388.8e6, fixed_cost_per_month=80_000 / 12), 2)
    31.04
    """
    cost = selfhost_cost(tokens_per_month=tokens_per_month, **nodes)
    return cost / (tokens_per_month / TOKENS_PER_MTOK)


def idle_cost(node_cost_per_month: Numbers, nodes: Numbers, load_share: Numbers) -> Numbers:
    """Part of the node cost that serves nobody: a view of it, never a further cost.

    >>> idle_cost(5_400, 2, 0.25)
    8100.0
    """
    return node_cost_per_month * nodes * (1 - load_share)
