"""Nodes are bought, written off, sold and replaced as an independent reckoning of them is."""

import numpy as np
import pytest

from tests.workbooks.assets.oracle import Oracle
from tests.workbooks.assets.plans import random_plan
from workbooks.plan.judgement.risk import Many

QUICK, ALL = 60, 500
FLOWS = {"running", "paid", "cash", "expense", "tax_saved", "present", "paid_present"}
BILLED = {f"{flow}_per_month" for flow in FLOWS}
"""What of a hybrid the bill of its API is part of, which the oracle does not know."""
ALWAYS = {"needed_nodes", "hired_nodes", *BILLED} - {"paid_per_month", "paid_present_per_month"}
"""What a plan shows that owns no node."""


def told_by_the_oracle(plan, option, share):
    """Lines of an option by month, of those that the plan shows."""
    rows = Oracle(plan.scenario, share).told().rows
    names = set(rows) if plan.holdings.buys else ALWAYS
    names -= set() if plan.taxed else {name for name in rows if "tax" in name}
    return {f"{option}_{name}": rows[name] for name in names - (BILLED if share < 1 else set())}


def differences(seed: int) -> list[str]:
    """Name every line of a plan that is not what the oracle says, to a billionth."""
    plan = random_plan(seed)
    found, wrong = plan.run(), []
    told = told_by_the_oracle(plan, "own", 1.0)
    if "hybrid" in plan.options:
        told |= told_by_the_oracle(plan, "hybrid", plan.scenario.entries["hybrid_share"].base)
    largest = max([1.0, *(max(map(abs, told[name])) for name in told if "purchases" in name)])
    for name, row in told.items():
        gaps = np.abs(np.asarray(row) - found[name])
        if not np.max(gaps) <= 1e-9 * max(largest, *np.abs(row)):
            at = int(np.argmax(gaps))
            wrong.append(f"plan {seed}, month {at + 1}, {name}: {found[name][at]}, not {row[at]}")
    return wrong


@pytest.mark.parametrize("seed", [1, 7, 9, 13])
def test_many_draws_at_once_are_what_each_is_alone(seed):
    """Arrays of volumes, lives, prices and nodes give the present value of each plan."""
    plan = random_plan(seed, nodes={"acquisition_kind": "buy"})
    drawn = {
        "tokens_per_month": np.array([1e9, 3e10, 3e10, 9e10]),
        "life_months": np.array([12.0, 24.0, 36.0, 60.0]),
        "existing_nodes": np.array([0.0, 3.0, 8.0, 1.0]),
        "resale_36_share": np.array([0.1, 0.2, 0.3, 0.4]),
        "resale_60_share": np.array([0.1, 0.1, 0.2, 0.2]),
    }
    found = Many(plan).outcomes(drawn)
    for i in range(4):
        one = {name: float(values[i]) for name, values in drawn.items()}
        nodes = {name: value for name, value in one.items() if name != "tokens_per_month"}
        workload = {"tokens_per_month": one["tokens_per_month"]}
        nodes["acquisition_kind"] = "buy"
        alone = random_plan(seed, nodes=nodes, workload=workload).run()
        for name in ("own_compared_cost", "own_cash_cost"):
            assert found[name][i] == pytest.approx(float(alone[name]), rel=1e-9), (name, i)


def test_vintages_are_what_an_independent_reckoning_says():
    """Every line of every month of 60 random plans, within a billionth."""
    assert [line for seed in range(QUICK) for line in differences(seed)] == []


@pytest.mark.slow
def test_many_more_vintages_are_what_an_independent_reckoning_says():
    """Every line of every month of 500 random plans, within a billionth."""
    assert [line for seed in range(QUICK, ALL) for line in differences(seed)] == []
