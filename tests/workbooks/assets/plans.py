"""Random plans of nodes that are rented, leased, bought, or owned before."""

import datetime
import random
from typing import Any

from workbooks.plan.plan import Plan, plan
from workbooks.scenario.reading import parse


def content(seed: int) -> dict[str, Any]:
    """Return a scenario of a few nodes; every tenth one is no plan that anybody would follow."""
    draw = random.Random(seed)
    kind = draw.choice(["buy", "buy", "buy", "rent", "lease"])
    months = draw.randint(12, 60)
    taxed = draw.random() < 0.6
    nodes: dict[str, Any] = {
        "acquisition_kind": kind,
        "hardware": draw.choice(["H200 SXM", "H100 SXM", ""]),
        "gpus_per_node_count": draw.choice([1, 2, 8]),
        "node_tokens_per_second": draw.uniform(2_000, 20_000),
        "capex_per_gpu": draw.uniform(5_000, 60_000),
        "power_kw_per_gpu": draw.uniform(0.3, 2),
        "rent_per_gpu_hour": draw.uniform(1, 8),
        "lease_per_gpu_month": draw.uniform(500, 3_000),
        "reserved_share": draw.choice([0.0, 0.5, 1.0]),
        "reserved_discount_share": draw.uniform(0, 0.6),
        "existing_nodes": draw.choice([0, 0, 1, 4, 12]),
        "existing_age_months": draw.choice([0, 12, 24, 47, 80]),
        "life_months": draw.choice([12, 18, 24, 36, 48, 60, 72]),
        "depreciation_kind": draw.choice(["straight", "declining"]),
        "unneeded_kind": draw.choice(["sell", "keep"]),
        "min_nodes": draw.choice([1, 1, 3]),
        "spare_nodes": draw.choice([0, 1, 2]),
        "hardware_price_change_per_year": draw.choice([0.0, -0.2, 0.1]),
        "energy_price_change_per_year": draw.choice([0.0, 0.05]),
        "rent_change_per_year": draw.choice([0.0, -0.3, 0.2]),
        "node_opex_per_month": draw.choice([0.0, 250.0]),
        "own_price_per_mtok": draw.choice([0.0, 0.05]),
    }
    if draw.random() < 0.5:
        nodes["residual_share"] = draw.choice([0.0, 0.1, 0.5, 1.0])
    if draw.random() < 0.5 or not nodes["hardware"]:
        nodes["resale_36_share"] = draw.choice([0.0, 0.25, 0.6])
        nodes["resale_60_share"] = draw.choice([0.0, 0.1, 0.7])
    found: dict[str, Any] = {
        "horizon_months": months,
        "as_of": datetime.date(2026, 11, 9),
        "start_month": datetime.date(2027, draw.randint(1, 12), 1),
        "workload": {
            "tokens_per_month": draw.choice([1e8, 2e9, 2e10, 8e10]),
            "growth_per_year": draw.choice([0.0, 1.0, 0.3, -0.5, -0.9]),
            "growth_months": draw.choice([1, 9, 60]),
            "peak_factor": draw.choice([1.0, 2.4, 4.0]),
        },
        "api": {"api_input_price_per_mtok": 2.0, "api_output_price_per_mtok": 9.0},
        "nodes": nodes,
        "people": {
            "migration_cost": draw.choice([0.0, 20_000.0]),
            "opportunity_hours_per_month": draw.choice([0.0, 15.0]),
            "opportunity_value_per_hour": 90.0,
        },
        "hybrid": {"hybrid_share": draw.choice([0.0, 0.0, 0.6])},
        "finance": {
            "discount_rate": draw.choice([0.0, 0.1, 0.25]),
            "payment_timing_share": draw.choice([0.0, 0.5, 1.0]),
            "tax_rate_share": draw.uniform(0.1, 0.4) if taxed else 0.0,
            "tax_depreciation_kind": draw.choice(["book", "macrs", "immediate"]),
            "fiscal_start_count": draw.choice([1, 4, 10]),
        },
        "series": {},
    }
    if draw.random() < 0.4:
        found["series"]["season_factor"] = [draw.uniform(0.3, 2) for _ in range(12)]
    if draw.random() < 0.2:
        volumes = [draw.uniform(0, 4e10) for _ in range(draw.randint(1, months))]
        found["series"]["forecast_tokens_per_month"] = volumes
    return found


def random_plan(seed: int, **changed: dict[str, Any]) -> Plan:
    """Return the plan of a seed, with some inputs replaced: ``nodes={"life_months": 36}``."""
    found = content(seed)
    for section, inputs in changed.items():
        found[section] = {**found[section], **inputs}
    return plan(parse(found, f"plan {seed}"))
