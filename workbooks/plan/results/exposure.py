"""What each option pays at the rates of other currencies."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import numpy as np

from costcore.language.timeline import Line
from workbooks.plan.lines.option import TITLES
from workbooks.plan.lines.owing.currencies import SPACE, Currencies, amount_of

HEADING = "Exposure: paid at the rates of other currencies"
BILLED = ("api", "managed")
FLOWS = {
    "salary_per_year": "staff_per_month",
    "mlops_per_month": "tools_per_month",
    "incident_cost_per_hour": "incidents_per_month",
    "price_per_kwh": "power_per_month",
    "migration_cost": "migration_per_month",
    "lease_per_gpu_month": "rent_per_month",
}
"""Lines of own nodes that an amount is behind, alone."""
Paid = tuple[str, str]
"""What says which currency something is paid in, a price or an amount; and its line."""


def exposure(options: tuple[str, ...], buys: bool, rest: str, others: Currencies) -> Iterator[Line]:
    """Yield, for each option, what its prices in other currencies come to in the plan's."""
    heading = HEADING
    for option in options:
        flows = paid(option, buys, rest, others)
        for part, label, number in others.exposed():
            yield Line(
                f"{option}_{part}_per_month",
                f"{TITLES[option]}: in {label}",
                functools.partial(_exposed, option, flows, number, others),
                sums=True,
                heading=heading,
            )
            heading = ""


def paid(option: str, buys: bool, rest: str, others: Currencies) -> list[Paid]:
    """Return the lines of an option that are paid at a price or an amount, by its name."""
    if option in BILLED:
        moving = [("managed_migration_cost", "managed_moving_per_month")]
        usage = [(option, f"{option}_usage_per_month")]
        return usage + _among(moving if option == "managed" else [], others)
    bought = [("buy", f"{option}_purchases_per_month")] if buys else []
    mixed = option == "hybrid" and rest == "managed"
    platform = [("managed", f"{option}_managed_per_month")] if mixed else []
    own = [("api", f"{option}_api_per_month"), ("rent", f"{option}_rent_per_month")]
    amounts = [(name, f"{option}_{line}") for name, line in FLOWS.items()]
    codes = {dict(others.amounts).get(name, "") for name in SPACE}
    space = [(SPACE[0], f"{option}_space_per_month")] if len(codes) == 1 else []
    return own + platform + bought + _among(amounts + space, others)


def _among(flows: list[Paid], others: Currencies) -> list[Paid]:
    return [each for each in flows if each[0] in dict(others.amounts)]


def _exposed(option: str, flows: list[Paid], number: int, others: Currencies, m: Any) -> Any:
    """Add up what is paid in the currency of a number; of one alone, in any other."""
    found = sum(_in_currency(m, *each, number, others) for each in flows)
    if option not in BILLED:
        return found
    codes = dict(others.amounts)
    fee, least = (f"{option}_{part}_per_month" for part in ("fee", "commit"))
    if codes.get(fee) and others.place(codes[fee]) == number:
        found = found + amount_of(m, fee)
    if codes.get(least) and others.place(codes[least]) == number:
        usage = getattr(m, f"{option}_usage_per_month")
        found = found + np.maximum(amount_of(m, least) - usage, 0)
    return found


def _in_currency(m: Any, what: str, line: str, number: int, others: Currencies) -> Any:
    flow = getattr(m, line)
    if code := dict(others.amounts).get(what):
        mine = others.place(code) == number
        leased = what == "lease_per_gpu_month"
        return (
            flow * np.where(m.acquisition_kind == "lease", 1, 0) if mine and leased else flow * mine
        )
    count = getattr(m, f"{what}_foreign_count")
    flow = flow * (count == number) if others.apart else flow * count
    return flow * np.where(m.acquisition_kind == "lease", 0, 1) if what == "rent" else flow
