"""Scenarios for workbook tests, from every corner of what a plan can be."""

import datetime
from pathlib import Path

from tests.books import formulas, names
from workbooks.plan.plan import Plan, plan
from workbooks.scenario.reading import parse

RENTED = {
    "title": "Rented nodes, everything compared",
    "currency": "EUR",
    "as_of": datetime.date(2026, 11, 9),
    "horizon_months": 36,
    "workload": {
        "tokens_per_month": {"low": 1e9, "base": 3e9, "high": 8e9},
        "growth_per_year": 0.4,
        "cached_share": 0.3,
        "cache_write_share": 0.1,
        "cache_write_1h_share": 0.4,
        "long_context_share": 0.05,
        "second_long_context_share": 0.3,
        "batch_share": 0.2,
        "peak_factor": 2.0,
    },
    "api": {"api_model": "openai/gpt-4o", "api_price_change_per_year": -0.2},
    "managed": {"managed_model": "groq/llama-3.3-70b-versatile", "managed_fee_per_month": 250.0},
    "nodes": {
        "hardware": "H100 SXM",
        "gpus_per_node_count": 2,
        "system": "2x H100 SXM | Llama-3.3-70B fp8 | 5000/500",
        "own_price_per_mtok": 0.02,
        "rent_change_per_year": 0.05,
    },
    "sizing": {"sizing_model": "Llama-3.3-70B", "input_tokens": 5_000.0, "output_tokens": 500.0},
    "people": {"migration_cost": 20_000.0, "dual_run_months": 2},
    "hybrid": {"hybrid_share": 0.8},
    "finance": {"payment_timing_share": 0.5},
}
BOUGHT = {
    "title": "Bought nodes, replaced inside the plan",
    "horizon_months": 60,
    "as_of": datetime.date(2026, 11, 9),
    "workload": {"tokens_per_month": 5e9, "growth_per_year": 1.0, "peak_factor": 3.0},
    "api": {"api_input_price_per_mtok": 2.0, "api_output_price_per_mtok": 9.0},
    "nodes": {
        "acquisition_kind": "buy",
        "hardware": "H100 SXM",
        "node_tokens_per_second": 4_000.0,
        "gpus_per_node_count": 4,
        "capex_per_gpu": {"low": 30_000.0, "base": 38_750.0, "high": 45_000.0},
        "life_months": 30,
        "existing_nodes": 1,
        "depreciation_kind": "declining",
        "hardware_price_change_per_year": -0.1,
        "energy_price_change_per_year": 0.03,
    },
    "series": {
        "api_price_factor": [1.0] * 24 + [0.7] * 36,
        "forecast_tokens_per_month": [1e9, 2e9, 0.0, 4.5e9],
        "season_factor": [1.0, 0.9, 1.1, 1.0, 1.0, 1.2, 0.8, 0.7, 1.0, 1.1, 1.1, 1.1],
    },
}
LEASED = {
    "title": "Leased nodes, tax, and a committed API bill",
    "currency": "USD",
    "horizon_months": 24,
    "as_of": datetime.date(2026, 11, 9),
    "workload": {"tokens_per_month": 6e9, "growth_per_year": -0.3},
    "api": {"api_model": "openai/o3", "api_commit_per_month": 16_000.0, "api_discount_share": 0.1},
    "nodes": {
        "acquisition_kind": "lease",
        "hardware": "H100 SXM",
        "node_tokens_per_second": 3_000.0,
        "lease_per_gpu_month": 900.0,
        "capex_per_gpu": 30_000.0,
        "existing_nodes": 1,
        "existing_age_months": 50,
    },
    "people": {"opportunity_hours_per_month": 20.0, "opportunity_value_per_hour": 120.0},
    "finance": {"tax_rate_share": 0.25, "tax_depreciation_kind": "macrs", "fiscal_start_count": 4},
}
NEVER = {
    "title": "A node that costs more than it saves",
    "horizon_months": 12,
    "as_of": datetime.date(2026, 11, 9),
    "workload": {"tokens_per_month": 0.0},
    "api": {"api_input_price_per_mtok": 0.1, "api_output_price_per_mtok": 0.1},
    "nodes": {"node_tokens_per_second": 150.0, "rent_per_gpu_hour": 7.5, "spare_nodes": 0},
    "finance": {"discount_rate": 0.0},
}
BOUND = {
    **RENTED,
    "title": "Bound by contracts of every kind",
    "currency": "USD",
    "nodes": {
        **RENTED["nodes"],
        "reserved_share": 0.5,
        "reserved_discount_share": 0.3,
        "spot_share": 0.2,
        "spot_discount_share": 0.6,
    },
    "people": {**RENTED["people"], "migration_life_months": 24},
    "contract": [
        {
            "name": "Frontier API",
            "kind": "api",
            "with": "the lab",
            "term_months": 24,
            "minimum_per_year": 120_000,
            "ramp_months": 24,
            "overage_factor": 1.1,
            "rollover_share": 0.5,
            "price_held": True,
        },
        {
            "name": "Older API",
            "kind": "api",
            "first_month": -3,
            "term_months": 12,
            "minimum_per_month": 1_000,
            "notice_months": 2,
            "exit_share": 0.5,
        },
        {
            "name": "Provisioned",
            "kind": "dedicated",
            "signed": False,
            "first_month": 4,
            "term_months": 12,
            "minimum_per_month": 3_000,
            "committed_tokens_per_month": 1e9,
        },
        {
            "name": "Hosted open model",
            "kind": "managed",
            "signed": False,
            "term_months": 60,
            "minimum_per_month": 900,
            "settled_months": 3,
        },
        {
            "name": "Reserved pair",
            "kind": "reserved",
            "term_months": 18,
            "minimum_per_month": 5_000,
            "committed_nodes": 2,
            "notice_months": 3,
        },
        {
            "name": "Leased node",
            "kind": "lease",
            "first_month": -5,
            "term_months": 30,
            "minimum_per_month": 2_400,
            "committed_nodes": 1,
        },
    ],
}
EITHER = {
    **LEASED,
    "title": "Leased nodes, or bought in the high case",
    "nodes": {
        **LEASED["nodes"],
        "acquisition_kind": {"low": "lease", "base": "lease", "high": "buy"},
        "rent_per_gpu_hour": 2.0,
    },
}
CORNERS = {
    "rented": RENTED,
    "bought": BOUGHT,
    "leased": LEASED,
    "either": EITHER,
    "never": NEVER,
    "bound": BOUND,
}


def corner(name: str, **sections: dict) -> Plan:
    """Return the plan of a corner, with some inputs replaced: ``api={"api_model": …}``."""
    content = dict(CORNERS[name])
    for section, inputs in sections.items():
        content[section] = {**content.get(section, {}), **inputs}
    return plan(parse(content, f"{name}.toml"))


def write(folder: Path, name: str, content: bytes) -> Path:
    """Write a workbook and return its path."""
    path = folder / f"{name}.xlsx"
    path.write_bytes(content)
    return path


OF_THE_DRAWS = (
    *("sure_share", "odds_hold_count", "tie_count", "moved_count", "deciding_text"),
    *("choice_text", "margin_text", "sure_text", "verdict_text", "conditions_text"),
    *("speed_text", "scale_text", "low_cost", "high_cost", "now_sure_share", "range_text"),
    *("swing_text", "decides_text", "fan_text", "drawn_text"),
)
"""What an edited sheet cannot know before it is made anew: how sure the verdict is, and what
was searched beside the draws."""


def of_the_draws(path):
    """Return the cells of ``OF_THE_DRAWS`` and those that show one, a value as made or a source."""
    kept = {name for name, (sheet, _) in names(path).items() if sheet == "Risk"}
    shown = {f"={name}" for name in (*OF_THE_DRAWS, *kept)}
    showing = {
        (sheet, ref)
        for sheet, read in formulas(path).items()
        for ref, text in read.items()
        if text in shown or text.startswith("=Scenarios!") or "Inputs!$G$" in text
    }
    return {names(path)[name] for name in OF_THE_DRAWS} | showing
