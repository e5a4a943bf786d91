"""Other views of the same profit and loss: migration capitalised, leases as rights of use.

None of them changes what is paid or what the verdict compares. ASC 350-40 lets the cost of a
migration be spread over the life of what it made. IFRS 16 turns a lease into an asset and a debt,
written off and borne with interest; under ASC 842 an operating lease stays an expense as paid, and
its debt is the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from costcore.language.quantities import MONTHS_PER_YEAR
from costcore.language.timeline import Line
from costcore.language.trace import given, worksheet
from costcore.money.assets import annuity
from workbooks.plan.lines.option import Option
from workbooks.plan.lines.owing.contracts import Deal
from workbooks.plan.lines.owing.deals import Deals
from workbooks.plan.results.comparison import HOSTED
from workbooks.scenario.inputs import ENDS
from workbooks.scenario.scenario import Scenario

SHORT_MONTHS = 12
"""A lease of no more stays an expense under either standard."""
RATE = Line(
    "lease_month_rate",
    "Rate a month at which leases are borrowed",
    lambda m: (1 + given(m.borrowing_rate, m.discount_rate)) ** (1 / MONTHS_PER_YEAR) - 1,
)


EARLY = Line(
    "lease_early_factor",
    "Interest that is saved where a bill is paid before the end of its month",
    lambda m: (1 + m.lease_month_rate) ** (1 - m.payment_timing_share),
)


def _worth(m: Any, months: Any) -> Any:
    """Present value of 1 a month, paid when bills are paid, over so many months."""
    return worksheet("PV", annuity, m.lease_month_rate, months, -1) * m.lease_early_factor


WORTH = (
    RATE,
    EARLY,
    Line(
        "right_factor",
        "Worth of 1 a month from this month to the end of the plan",
        lambda m: _worth(m, m.horizon_months - m.month + 1),
    ),
    Line(
        "rest_factor",
        "The same from the next month on",
        lambda m: _worth(m, m.horizon_months - m.month),
    ),
)
PARTS = ("lease_paid", "right_written", "lease_interest")


@dataclass(frozen=True, slots=True)
class Books(Option):
    """A strategy with nodes of its own, as its books may show it."""

    deals: tuple[Deal, ...]
    leases: bool
    """Whether the plan leases nodes in any case; their leases last until it ends."""

    def _leased(self) -> tuple[Line, ...]:
        def paid(m: Any) -> Any:
            return np.where(m.acquisition_kind == "lease", self.get(m, "rent_per_month"), 0)

        def written(m: Any) -> Any:
            name = f"{self.name}_plan_lease_paid_per_month"
            signed = (self.get(m, "plan_lease_paid_per_month") - m.last(name)) * m.right_factor
            before = m.last(f"{self.name}_plan_right_written_per_month")
            return before + signed / (m.horizon_months - m.month + 1)

        def interest(m: Any) -> Any:
            return self.get(m, "plan_lease_paid_per_month") * (1 + m.rest_factor - m.right_factor)

        return (
            self.flow("plan_lease_paid_per_month", "leases, paid until the plan ends", paid),
            self.flow("plan_right_written_per_month", "rights of use, written off", written),
            self.flow("plan_lease_interest_per_month", "interest of their debt", interest),
            self.line(
                "plan_lease_owed_residual",
                "debt at the end of the month",
                lambda m: self.get(m, "plan_lease_paid_per_month") * m.rest_factor,
            ),
        )

    def _held(self, deal: Deal) -> tuple[Line, ...]:
        """Return the same of a lease that the company signed; a short one stays as paid."""

        def left(m: Any, since: int) -> Any:
            end = deal.term(m, "first_month") + deal.term(m, "term_months")
            return np.maximum(end - m.month - since, 0)

        def paid(m: Any) -> Any:
            fee = deal.part(m, "owed_per_month")
            return np.where(deal.term(m, "term_months") > SHORT_MONTHS, fee, 0)

        def written(m: Any) -> Any:
            term = deal.term(m, "term_months")
            return deal.part(m, "lease_paid_per_month") * _worth(m, term) / term

        def owed(m: Any) -> Any:
            return deal.part(m, "lease_paid_per_month") * _worth(m, left(m, 1))

        def interest(m: Any) -> Any:
            opened = deal.part(m, "lease_paid_per_month") * _worth(m, left(m, 0))
            closed = deal.part(m, "lease_owed_residual")
            return deal.part(m, "lease_paid_per_month") + closed - opened

        return (
            deal.each("lease_paid_per_month", "lease, paid", paid),
            deal.each("right_written_per_month", "right of use, written off", written),
            deal.each("lease_owed_residual", "debt at the end of the month", owed),
            deal.each("lease_interest_per_month", "interest of the debt", interest),
        )

    def _sums(self, m: Any, part: str) -> Any:
        plan = self.get(m, f"plan_{part}_per_month") if self.leases else 0.0
        return sum((deal.part(m, f"{part}_per_month") for deal in self.deals), plan)

    def _part(self, m: Any) -> Any:
        """What a month bears of a migration, at the rates of the month that it was paid in."""
        paid, life = self.get(m, "migration_per_month"), m.migration_life_months
        before = m.last(f"{self.name}_migration_part_per_month")
        return np.maximum(paid / np.where(life > 0, life, 1), before)

    def _migrated(self, m: Any) -> Any:
        life, part = m.migration_life_months, self.get(m, "migration_part_per_month")
        spread = np.where(m.month <= life, part, 0)
        return np.where(life > 0, spread, self.get(m, "migration_per_month"))

    def _seen(self) -> tuple[Line, ...]:
        def lifted(m: Any) -> Any:
            once = np.where(m.migration_life_months > 0, self.get(m, "migration_per_month"), 0)
            return once + self._sums(m, "lease_paid")

        def expense(m: Any) -> Any:
            moved = self.get(m, "written_migration_per_month") - self.get(m, "migration_per_month")
            leases = self._sums(m, "right_written") + self._sums(m, "lease_interest")
            return self.get(m, "expense_per_month") + moved + leases - self._sums(m, "lease_paid")

        return (
            self.line("migration_part_per_month", "migration, the part of a month", self._part),
            self.flow("written_migration_per_month", "migration, written off", self._migrated),
            self.flow("lifted_per_month", "operating cost taken out, which EBITDA gains", lifted),
            self.flow("books_per_month", "expense in this view", expense),
        )

    def lines(self) -> tuple[Line, ...]:
        """Return what is written off, the interest and the debt, and what the expense becomes."""
        held = (line for deal in self.deals for line in self._held(deal))
        first, *rest = (*(self._leased() if self.leases else ()), *held, *self._seen())
        heading = f"{self.title}: migration spread (ASC 350-40), leases as rights of use (IFRS 16)"
        return (Line(first.name, first.label, first.rule, first.sums, heading), *rest)


def books(scenario: Scenario) -> tuple[Line, ...]:
    """Return the other views of profit and loss, of a plan that they would change in any case."""
    kinds, lives = (
        scenario.entries[name] for name in ("acquisition_kind", "migration_life_months")
    )
    leases = any(getattr(kinds, end) == "lease" for end in ENDS)
    spread = any(getattr(lives, end) > 0 for end in ENDS)
    hosted = [option for option in scenario.options if option in HOSTED]
    deals = {option: tuple(Deals(option, scenario.contracts).of("lease")) for option in hosted}
    if not (leases or spread or any(deals.values())):
        return ()
    shown = (line for option in hosted for line in Books(option, deals[option], leases).lines())
    return (*WORTH, *shown)


def read_by_books(scenario: Scenario) -> Iterator[str]:
    """Yield the lines of the monthly plan that are read."""
    for option in scenario.options:
        if option in HOSTED:
            for line in ("rent_per_month", "migration_per_month", "expense_per_month"):
                yield f"{option}_{line}"
            for deal in Deals(option, scenario.contracts).of("lease"):
                yield f"{option}_c{deal.place}_owed_per_month"
