"""What each option pays at the rates of other currencies."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from costcore.language.timeline import Line
from workbooks.plan.lines.option import TITLES
from workbooks.plan.lines.owing.contracts import Deal
from workbooks.plan.lines.owing.currencies import SPACE, Currencies, amount_of
from workbooks.plan.lines.owing.deals import Deals
from workbooks.plan.lines.owing.usage import BILLED, Usage
from workbooks.scenario.contracts import SPEND
from workbooks.scenario.scenario import Contract

HEADING = "Exposure: paid at the rates of other currencies"
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


@dataclass(frozen=True, slots=True)
class Exposure:
    """What the options of a plan pay in which currency."""

    options: tuple[str, ...]
    buys: bool
    rest: str
    """What a hybrid buys its rest from."""
    others: Currencies
    contracts: tuple[Contract, ...] = ()

    @property
    def usage(self) -> Usage:
        """What is bought by the token."""
        return Usage(self.rest, bool(self.contracts))

    def lines(self) -> Iterator[Line]:
        """Yield, for each option, what its prices in other currencies come to in the plan's."""
        heading = HEADING
        for option, engine in self._apart():
            yield Line(
                bought_name(option, engine),
                f"{TITLES[option]}: tokens bought, {TITLES[engine]}",
                functools.partial(self.usage.of, option, engine),
                sums=True,
                heading=heading,
            )
            heading = ""
        for option in self.options:
            for part, label, number in self.others.exposed():
                yield Line(
                    f"{option}_{part}_per_month",
                    f"{TITLES[option]}: in {label}",
                    functools.partial(self._exposed, option, number),
                    sums=True,
                    heading=heading,
                )
                heading = ""

    def _apart(self) -> list[tuple[str, str]]:
        """Return what is bought from what that no line of the plan by month says."""
        pairs = ((option, engine) for option in self.options for engine in BILLED)
        return [pair for pair in pairs if self._is_apart(*pair)]

    def _is_apart(self, option: str, engine: str) -> bool:
        is_bought = engine in self.options and self.usage.is_bought(option, engine)
        return is_bought and not self.usage.line(option, engine)

    def _used(self, option: str, engine: str, m: Any) -> Any:
        if self._is_apart(option, engine):
            return getattr(m, bought_name(option, engine))
        return self.usage.of(option, engine, m)

    @property
    def read(self) -> tuple[str, ...]:
        """Lines of the monthly plan that they read."""
        paid = (line for option in self.options for _, line in self._paid(option))
        owed = (
            f"{deal.name}_c{deal.place}_{part}_per_month"
            for option in self.options
            for deal in self._deals(option)
            for part in beside_bills(deal.contract.kind)
        )
        bought = (
            name
            for option in self.options
            for engine in BILLED
            if engine in self.options
            for name in (self.usage.line(option, engine), f"{engine}_price_now_per_mtok")
            if name
        )
        return (*paid, *owed, *bought)

    def _deals(self, option: str) -> list[Deal]:
        """Return the contracts in another currency that an option owes."""
        every = Deals(option, self.contracts, self.rest).all
        return [deal for deal in every if deal.contract.currency]

    def _paid(self, option: str) -> list[Paid]:
        """Return the lines that are paid at a price or an amount, by its name."""
        groups = Deals(option, self.contracts, self.rest).groups()
        over = [(each, f"{option}_{each}_overage_per_month") for each in groups]
        if option in BILLED:
            moving = [("managed_migration_cost", "managed_moving_per_month")]
            usage = [(option, f"{option}_usage_per_month"), *over]
            return usage + _among(moving if option == "managed" else [], self.others)
        bought = [("buy", f"{option}_purchases_per_month")] if self.buys else []
        own = [("rent", f"{option}_rent_per_month")]
        amounts = [(name, f"{option}_{line}") for name, line in FLOWS.items()]
        codes = {dict(self.others.amounts).get(name, "") for name in SPACE}
        space = [(SPACE[0], f"{option}_space_per_month")] if len(codes) == 1 else []
        return own + bought + over + _among(amounts + space, self.others)

    def _exposed(self, option: str, number: int, m: Any) -> Any:
        """Add up what is paid in the currency of a number; of one alone, in any other."""
        others = self.others
        paid = ((what, getattr(m, line)) for what, line in self._paid(option))
        found = sum(_in_currency(m, *each, number, others) for each in paid)
        for deal in self._deals(option):
            if others.place(deal.contract.currency) == number:
                for part, sign in beside_bills(deal.contract.kind).items():
                    found = found + sign * deal.part(m, f"{part}_per_month")
        if option in BILLED:
            return found + self._beside(option, option, number, m)
        for engine in (each for each in BILLED if each in self.options):
            if self.usage.is_bought(option, engine):
                used = self._used(option, engine, m)
                found = found + _in_currency(m, engine, used, number, others)
            found = found + self._beside(option, engine, number, m)
        return found

    def _beside(self, option: str, engine: str, number: int, m: Any) -> Any:
        """Return the fee of an engine and what its minimum lacks, each in its own currency."""
        found: Any = 0.0
        codes = dict(self.others.amounts)
        fee, least = (f"{engine}_{part}_per_month" for part in ("fee", "commit"))
        if codes.get(fee) and self.others.place(codes[fee]) == number:
            found = amount_of(m, fee) * self.usage.fee_share(option, engine, m)
        if codes.get(least) and self.others.place(codes[least]) == number:
            used = self._used(option, engine, m)
            found = found + np.maximum(amount_of(m, least) - used, 0)
        return found


def bought_name(option: str, engine: str) -> str:
    """Return the name of what an option buys from an engine by the token."""
    return f"{option}_{engine}_bought_per_month"


def beside_bills(kind: str) -> dict[str, int]:
    """Return what a contract of a kind costs beside the bills at the prices of tokens, signed.

    Its fee, or what a minimum lacks less what is credited of it, and what leaving it costs.
    """
    owed = {"wasted": 1, "credited": -1} if kind in SPEND else {"owed": 1}
    return {**owed, "exit": 1}


def _among(flows: list[Paid], others: Currencies) -> list[Paid]:
    return [each for each in flows if each[0] in dict(others.amounts)]


def _in_currency(m: Any, what: str, flow: Any, number: int, others: Currencies) -> Any:
    if code := dict(others.amounts).get(what):
        mine = others.place(code) == number
        leased = what == "lease_per_gpu_month"
        return (
            flow * np.where(m.acquisition_kind == "lease", 1, 0) if mine and leased else flow * mine
        )
    count = getattr(m, f"{what}_foreign_count")
    flow = flow * (count == number) if others.apart else flow * count
    return flow * np.where(m.acquisition_kind == "lease", 0, 1) if what == "rent" else flow
