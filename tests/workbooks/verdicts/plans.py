"""Random plans, asked of the oracle and of the product alike."""

import datetime
import random

from tests.workbooks.verdicts.oracle import GATES, Question
from workbooks.plan.plan import Plan, plan
from workbooks.scenario.reading import parse


def question(seed: int) -> Question:
    """Return a random question; about one in two is decided by self-hosting."""
    dice = random.Random(seed)
    kind = dice.choice(("rent", "rent", "lease", "buy"))
    managed = dice.choice((None, dice.uniform(0.1, 3.0)))
    gates = list(GATES)
    dice.shuffle(gates)
    failed = dice.choice((0, 0, 0, 1))
    return Question(
        months=dice.choice((12, 24, 36, 48)),
        tokens=10 ** dice.uniform(8.5, 10.8),
        growth=dice.choice((0.0, dice.uniform(-0.4, 1.0))),
        api_price=10 ** dice.uniform(-0.7, 1.0),
        api_change=dice.choice((0.0, dice.uniform(-0.5, 0.1))),
        api_fee=dice.choice((0.0, 0.0, dice.uniform(0, 30_000))),
        api_commit=dice.choice((0.0, 0.0, dice.uniform(0, 60_000))),
        managed_price=managed,
        managed_change=dice.choice((0.0, dice.uniform(-0.4, 0.1))),
        managed_fee=dice.choice((0.0, dice.uniform(0, 5_000))),
        speed=float(dice.randint(500, 30_000)),
        peak=dice.choice((1.0, dice.uniform(1.2, 4.0))),
        sla=dice.uniform(0.5, 1.0),
        max_load=dice.uniform(0.6, 0.9),
        kind=kind,
        node=dice.uniform(30_000, 300_000) if kind == "buy" else dice.uniform(500, 20_000),
        space=dice.choice((0.0, dice.uniform(0, 800))),
        spare=dice.choice((0, 1, 2)),
        least=dice.choice((1, 1, 2)),
        own_price=dice.choice((0.0, 0.0, dice.uniform(0, 0.3))),
        staff=dice.choice((0.0, dice.uniform(2_000, 30_000))),
        wage_growth=dice.choice((0.0, 0.03)),
        opportunity=dice.choice((0.0, dice.uniform(0, 8_000))),
        counted=dice.random() < 0.5,
        migration=dice.choice((0.0, dice.uniform(0, 80_000))),
        dual=dice.choice((0, 0, 1, 3)),
        hybrid=dice.choice((0.0, 0.0, dice.uniform(0.2, 0.9))),
        rate=dice.choice((0.0, 0.08, 0.15)),
        timing=dice.choice((0.0, 0.5, 1.0)),
        tax=dice.choice((0.0, 0.25)) if kind != "buy" else 0.0,
        failed=tuple(gates[:failed]),
        passed=tuple(gates[failed : failed + dice.randint(0, 5)]),
    )


def asked(q: Question, **changed: float) -> Plan:
    """Return the plan that a question describes, in the product's own words."""
    nodes = {
        "acquisition_kind": q.kind,
        "hardware": "H100 SXM",
        "node_tokens_per_second": q.speed,
        "power_kw_per_gpu": 0.0,
        "price_per_kwh": 0.0,
        "colo_per_kw_month": 0.0,
        "node_opex_per_month": q.space,
        "support_share_per_year": 0.0,
        "hours_per_month": q.hours,
        "sla_share": q.sla,
        "max_load_share": q.max_load,
        "min_nodes": q.least,
        "spare_nodes": q.spare,
        "own_price_per_mtok": q.own_price,
        "life_months": 60,
        "residual_share": 0.0,
        "resale_36_share": 0.4,
        "resale_60_share": 0.0,
        "unneeded_kind": "keep",
        "rent_change_per_year": 0.0,
        **changed,
    }
    money = {"rent": "rent_per_gpu_hour", "lease": "lease_per_gpu_month", "buy": "capex_per_gpu"}
    nodes[money[q.kind]] = q.node / q.hours if q.kind == "rent" else q.node
    prices = ("input", "output")
    content = {
        "horizon_months": q.months,
        "as_of": datetime.date(2026, 11, 9),
        "currency": "USD",
        "workload": {
            "tokens_per_month": q.tokens,
            "growth_per_year": q.growth,
            "peak_factor": q.peak,
        },
        "api": {
            **{f"api_{part}_price_per_mtok": q.api_price for part in prices},
            "api_price_change_per_year": q.api_change,
            "api_fee_per_month": q.api_fee,
            "api_commit_per_month": q.api_commit,
        },
        "nodes": nodes,
        "people": {
            "staff_fte": 1.0,
            "salary_per_year": q.staff * 12,
            "wage_growth_per_year": q.wage_growth,
            "mlops_per_month": 0.0,
            "incidents_per_year": 0.0,
            "opportunity_hours_per_month": 1.0,
            "opportunity_value_per_hour": q.opportunity,
            "opportunity_kind": "in" if q.counted else "out",
            "migration_cost": q.migration,
            "dual_run_months": q.dual,
        },
        "hybrid": {"hybrid_share": q.hybrid},
        "gates": {**dict.fromkeys(q.failed, "no"), **dict.fromkeys(q.passed, "yes")},
        "finance": {
            "discount_rate": q.rate,
            "payment_timing_share": q.timing,
            "tax_rate_share": q.tax,
        },
    }
    if q.managed_price is not None:
        content["managed"] = {
            **{f"managed_{part}_price_per_mtok": q.managed_price for part in prices},
            "managed_price_change_per_year": q.managed_change,
            "managed_fee_per_month": q.managed_fee,
        }
    return plan(parse(content, "random.toml"))
