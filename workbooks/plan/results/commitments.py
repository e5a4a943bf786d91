"""What is promised beside what is used: committed API spend, reserved and spot rent."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from costcore.language.timeline import Line, Rule
from workbooks.plan.lines.option import TITLES
from workbooks.plan.lines.owing.currencies import (
    COUNTS,
    Currencies,
    amount_of,
    at_rates,
    rate_factor,
)
from workbooks.plan.lines.owing.usage import Usage
from workbooks.plan.lines.vintages import Holdings
from workbooks.plan.results.exposure import Exposure
from workbooks.scenario.scenario import Scenario

FROM_MONTHLY = (
    "volume_tokens_per_month",
    "own_reserved_nodes",
    "own_flexible_nodes",
    "rent_now_factor",
    "own_rent_per_month",
)
"""Lines of the monthly plan that are read here."""


CALLED = {"api": "API", "managed": "Managed platform"}


@dataclass(frozen=True, slots=True)
class Minimum:
    """The minimum of what is billed by the token, where it is given without a contract."""

    engine: str
    options: tuple[str, ...]
    usage: Usage
    committed: bool

    def lines(self) -> tuple[Line, ...]:
        """Return what is committed, and what each strategy leaves of it unused."""
        others = [x for x in self.options if x != self.engine] if self.committed else []
        unused = (self._unused(x, place == 0) for place, x in enumerate(others))
        return (*self._own(), *unused)

    @property
    def read(self) -> tuple[str, ...]:
        """Lines of the monthly plan that they read."""
        every = (self.usage.line(option, self.engine) for option in self.options)
        used = (each for each in every if each)
        return (f"{self.engine}_price_now_per_mtok", *used)

    def get(self, m: Any, part: str) -> Any:
        """Read one of its lines, or an input."""
        return getattr(m, f"{self.engine}_{part}")

    def _promised(self, m: Any) -> Any:
        return amount_of(m, f"{self.engine}_commit_per_month")

    def _own(self) -> Iterator[Line]:
        called = CALLED[self.engine]

        def line(name: str, label: str, rule: Rule, heading: str = "", sums: bool = True) -> Line:
            return Line(f"{self.engine}_{name}", f"{called}: {label}", rule, sums, heading)

        def left(m: Any) -> Any:
            whole = self.get(m, "commit_per_month") * m.horizon_months
            before = np.where(m.month == 1, whole, m.last(f"{self.engine}_left_cost"))
            burnt = np.minimum(self.get(m, "burnt_per_month"), self.get(m, "promised_per_month"))
            # at the rate that the whole of it is told at
            return before - burnt / at_rates(m, f"{self.engine}_commit_per_month", 1.0)

        def gap(one: str, other: str) -> Rule:
            return lambda m: np.maximum(self.get(m, one) - self.get(m, other), 0)

        burnt, promised = "burnt_per_month", "promised_per_month"
        yield line(promised, "spend committed", self._promised, f"Committed: {called}")
        used = f"{self.engine}_usage_per_month"
        yield line(burnt, "tokens used, at their price", lambda m: getattr(m, used))
        yield line("shortfall_per_month", "paid for and not used", gap(promised, burnt))
        yield line("overage_per_month", "used beyond the commitment", gap(burnt, promised))
        yield line("left_cost", "commitment of the whole plan not yet burnt", left, sums=False)

    def _unused(self, option: str, is_first: bool) -> Line:
        part = "unused" if self.engine == "api" else f"{self.engine}_unused"
        return Line(
            f"{option}_{part}_per_month",
            f"{TITLES[option]}: owed to the {CALLED[self.engine]} and not used",
            functools.partial(self._left_by, option),
            sums=True,
            heading="The same commitment under the other strategies" if is_first else "",
        )

    def _left_by(self, option: str, m: Any) -> Any:
        """Signed, so owed: what neither the months of dual running nor the rest of a mix burns."""
        used = self.usage.shown(option, self.engine, m)
        left = np.maximum(self._promised(m) - used, 0)
        return left if self.usage.is_bought(option, self.engine) else left + 0 * m.month


def _spot(m: Any) -> Any:
    rent = m.own_flexible_nodes * m.spot_nodes_share * m.node_on_demand_per_month
    return rent * (1 - m.spot_discount_share) * m.rent_now_factor


RENT = (
    Line(
        "reserved_per_month",
        "Reserved: paid whether used or not",
        lambda m: m.own_reserved_nodes * m.node_reserved_per_month * m.rent_now_factor,
        sums=True,
        heading="Rent of own nodes",
    ),
    Line(
        "spot_per_month",
        "Spot: may be taken away",
        _spot,
        sums=True,
    ),
    Line(
        "on_demand_per_month",
        "On demand, or leased",
        lambda m: m.own_rent_per_month - m.reserved_per_month - m.spot_per_month,
        sums=True,
    ),
)


@dataclass(frozen=True, slots=True)
class Commitments:
    """Lines of what is promised, and the lines of the monthly plan that they read."""

    lines: tuple[Line, ...]
    read: tuple[str, ...]


def beside(
    scenario: Scenario, holdings: Holdings, told: Mapping[str, Any], others: Currencies
) -> Commitments:
    """Return what is promised outside of contracts, and the exposure to other currencies.

    `told` are the unit figures of the base case, `others` the currencies beside the plan's.
    """
    rest, bound = scenario.hybrid_rest, bool(scenario.contracts)
    every = [
        Minimum(each, scenario.options, Usage(rest, bound), is_committed(scenario, each))
        for each in CALLED
        if each in scenario.options
    ]
    shown = [x for x in every if x.committed or (x.engine == "api" and not bound)]
    foreign = others.code_of or any(each.currency for each in scenario.contracts)
    is_exposed = bool(foreign) or any(told.get(name, 0) > 0 for name in COUNTS)
    bought = [x.engine for x in every if x.committed or is_exposed]
    first = Usage(rest, bound).bought(scenario.options, bought)
    lines = (*first, *(line for each in shown for line in each.lines()), *RENT)
    kept = (*FROM_MONTHLY, *(name for each in shown for name in each.read))
    kept = (*kept, *(rate_factor(name) for name, _ in others.amounts))
    if is_exposed:
        exposed = Exposure(scenario.options, holdings, rest, others, scenario.contracts)
        lines, kept = (*lines, *exposed.lines()), (*kept, *exposed.read)
    return Commitments(lines, tuple(dict.fromkeys(kept)))


def is_committed(scenario: Scenario, engine: str) -> bool:
    """Say whether any case has a minimum of an engine outside of contracts."""
    entry = scenario.entries[f"{engine}_commit_per_month"]
    return any((entry.low, entry.base, entry.high))
