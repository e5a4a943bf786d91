"""What debugging and repair cost beside a plan, and what the rates of a month make of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from costcore.answers.outcome import expected_attempts, failed_share
from costcore.language.quantities import TOKENS_PER_MTOK
from workbooks.plan.mixing import amounts
from workbooks.plan.plan import Plan
from workbooks.portfolio.terms import Workload
from workbooks.scenario.scenario import ScenarioError

PAID = ("repair_cost", "debug_cost")


def of_mtok(known: Mapping[str, Any], share: float) -> tuple[float, float]:
    """Return the outcomes of a million tokens, and their debugging and repair at today's rates."""
    size, most, repair, debug = (
        float(known[name]) for name in ("task_tokens", "max_attempts", *PAID)
    )
    failed = failed_share(share, most)
    with np.errstate(invalid="ignore"):  # where none succeeds, all attempts are made
        attempts = expected_attempts(share, most, failed)
    tasks = TOKENS_PER_MTOK / size / attempts
    done = tasks if repair > 0 else tasks * (1 - failed)
    return float(done), float(tasks * (repair * failed + debug * (attempts - (1 - failed))))


def foreign(workload: Workload) -> dict[str, str]:
    """Return what of a workload's is paid in another currency than the plan's, and in which."""
    entries = {name: workload.scenario.entries[name] for name in PAID}
    return {name: each.currency for name, each in entries.items() if each.currency and each.base}


def moved(workload: Workload, ours: Plan) -> Any:
    """Return what they cost in each month over what they cost at today's rates.

    Raises
    ------
    ScenarioError
        If budget rates move one of the two apart from the other.
    """
    codes, months = foreign(workload), np.ones(ours.scenario.horizon_months)
    paid = [name for name in PAID if workload.scenario.entries[name].base]
    rates = [amounts.rates(ours, name) if name in codes else months for name in paid] or [months]
    if not np.allclose(rates[0], rates[-1]):
        each = " and ".join(f"{n} is in {codes.get(n, ours.scenario.currency)}" for n in paid)
        rule = "budget rates move them apart: give both in one currency"
        raise ScenarioError(f"workload {workload.name!r}: {each}; {rule}")
    return rates[0]
