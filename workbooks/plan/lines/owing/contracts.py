"""What a strategy owes by contract, month by month: fees, minimums, shortfall, rollover, exit.

A contract belongs to the company: what is signed is owed under every strategy until it ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from costcore.language.timeline import Line, Rule
from workbooks.plan.lines.option import Option
from workbooks.plan.lines.owing.currencies import NONE, Currencies, owed_in
from workbooks.plan.lines.owing.terms import term_name
from workbooks.scenario.contracts import NODES, SPEND
from workbooks.scenario.scenario import Contract

USES = {
    "api": ("api",),
    "dedicated": ("api",),
    "managed": ("managed",),
    "reserved": ("own", "hybrid"),
    "lease": ("own", "hybrid"),
}
"""Strategies that go on using what a contract is for; a hybrid that of what it buys."""
NO_SUMS = ("room", "credit", "minimum")
FOR_TOKENS = ("api", "dedicated", "managed")


@dataclass(frozen=True, slots=True)
class Deal(Option):
    """A contract as one strategy has it; `name` is the strategy, `place` counts from 1."""

    place: int
    contract: Contract
    rest: str = "api"
    """What a hybrid buys its rest from."""
    others: Currencies = NONE
    """The currencies beside the plan's."""

    def term(self, m: Any, name: str) -> Any:
        """Read a term of the contract."""
        return getattr(m, term_name(self.place, name))

    def part(self, m: Any, name: str) -> Any:
        """Read a line of the deal."""
        return self.get(m, f"c{self.place}_{name}")

    def before(self, m: Any, name: str) -> Any:
        """Read a line of the deal a month earlier."""
        return m.last(f"{self.name}_c{self.place}_{name}")

    def each(self, name: str, label: str, rule: Rule, heading: str = "") -> Line:
        """Make one of the deal's lines; money and tokens add up over the months."""
        named = f"{self.title}, {self.contract.contract}"
        sums = name.endswith("_per_month") and name.removesuffix("_per_month") not in NO_SUMS
        return Line(f"{self.name}_c{self.place}_{name}", f"{named}: {label}", rule, sums, heading)

    @property
    def of_nodes(self) -> bool:
        """Whether it is for nodes, not for tokens."""
        return self.contract.kind in NODES

    def _last(self, m: Any) -> Any:
        return self.term(m, "first_month") + self.term(m, "term_months") - 1

    @property
    def is_used(self) -> bool:
        """Whether the strategy goes on using it; a hybrid buys its rest from one of two."""
        kind = self.contract.kind
        if self.name == "hybrid" and kind in FOR_TOKENS:
            return (kind == "managed") == (self.rest == "managed")
        return self.name in USES[kind]

    def _end(self, m: Any) -> Any:
        """Last month that is owed: that of the term, or of the notice where it is left."""
        return self.part(m, "last_count") if self.is_used else self.left(m)

    def left(self, m: Any) -> Any:
        """Return the last month owed where notice is given; without one it is that of the term."""
        last, notice = self.part(m, "last_count"), self.term(m, "notice_months")
        left = np.minimum(last, self.part(m, "noticed_count") + notice - 1)
        return np.where(np.isfinite(notice), left, last)

    def _noticed(self) -> tuple[Line, ...]:
        """Return the month in which it is left, where it is; what runs beside own nodes stays."""
        if self.is_used:
            return ()
        runs_beside = self.name != "managed" and self.contract.kind in ("api", "dedicated")
        return (self.noticed(lambda m: m.dual_run_months if runs_beside else 0),)

    def noticed(self, stays: Rule) -> Line:
        """Return the month in which it is left: the first after those that it `stays` in use."""

        def rule(m: Any) -> Any:
            return np.maximum(stays(m) + 1, self.term(m, "first_month"))

        return self.each("noticed_count", "month in which notice is given", rule)

    def _settles(self, m: Any) -> Any:
        settled = self.term(m, "first_month") + self.part(m, "period_months") - 1
        return np.minimum(np.minimum(self.part(m, "end_count"), m.horizon_months), settled)

    def _period(self, m: Any) -> Any:
        """Months of it when this month's minimum is settled; 0 and less before it begins."""
        settled, first = self.term(m, "settled_months"), self.term(m, "first_month")
        return (np.floor((m.month - first) / settled) + 1) * settled

    def _left_months(self, m: Any) -> Any:
        """Months to the settlement, this one included; 0 where the contract does not run."""
        first = self.term(m, "first_month")
        runs = (m.month >= first) & (m.month <= self.part(m, "end_count"))
        return np.where(runs, self.part(m, "settles_count") - m.month + 1, 0)

    def _minimum(self, m: Any) -> Any:
        """Minimum in the plan's currency."""
        return (self.part if self.contract.currency else self.term)(m, "minimum_per_month")

    def converted(self) -> tuple[Line, ...]:
        """Return the minimum at the rate of each month, where it is in another currency."""
        if not (code := self.contract.currency):
            return ()

        def rule(m: Any) -> Any:
            minimum = self.term(m, "minimum_per_month")
            owed = owed_in(m, code, minimum * self.term(m, "exchange_rate"))
            return owed if code in self.others.ranged else owed * self._shifted(m)

        return (self.each("minimum_per_month", f"minimum in {code}, at its rate", rule),)

    def _shifted(self, m: Any) -> Any:
        """Return the shift of month 1, which has none, where its settlement goes on.

        A minimum has one rate until it is settled: that of its later months.
        """
        settled, age = self.term(m, "settled_months"), m.month - self.term(m, "first_month")
        goes_on = np.floor((age + 1) / settled) == np.floor(age / settled)
        return np.where((m.month == 1) & goes_on, 1 + m.currency_shift_share, 1)

    def _owed(self, m: Any) -> Any:
        """Minimum or fee of a month; a ramp reaches it in equal steps, settlement by settlement."""
        minimum = self._minimum(m)
        if self.contract.kind in SPEND:
            age, ramp = self.part(m, "period_months"), self.term(m, "ramp_months")
            minimum = minimum * np.where(ramp > 0, np.minimum(age / ramp, 1), 1)
        return np.where(self.part(m, "left_months") > 0, minimum, 0)

    def _exit(self, m: Any) -> Any:
        left = self.part(m, "last_count") - self.part(m, "end_count")
        fee = self.term(m, "exit_share") * self._minimum(m) * left
        return np.where(m.month == self.part(m, "end_count") + 1, fee, 0)

    def holds(self, m: Any) -> Any:
        """Say whether the price of the month before still holds."""
        since = np.maximum(self.term(m, "first_month"), 1)
        return (m.month > since) & (m.month <= self._last(m))

    def frame(self) -> tuple[Line, ...]:
        """Return when it ends, what it owes, and what leaving it costs."""
        heading = f"{self.title}: {self.contract.contract}"
        return (
            self.each("last_count", "last month of its term", self._last, heading),
            *self._noticed(),
            self.each("end_count", "last month owed", self._end),
            self.each("period_months", "months of it until a settlement", self._period),
            self.each("settles_count", "month of its next settlement", self._settles),
            self.each("left_months", "months to its settlement", self._left_months),
            *self.converted(),
            self.each("owed_per_month", "owed", self._owed),
            self.each("exit_per_month", "early exit", self._exit),
        )

    def capacity(self, wanted: Rule) -> tuple[Line, ...]:
        """Return what is used of a fee; `wanted` are the nodes or tokens that it may serve."""
        unit = "nodes" if self.of_nodes else "tokens_per_month"

        def served(m: Any) -> Any:
            runs = self.part(m, "left_months") > 0
            return np.where(runs, np.minimum(wanted(m), self.term(m, f"committed_{unit}")), 0)

        def used(m: Any) -> Any:
            share = self.part(m, f"served_{unit}") / self.term(m, f"committed_{unit}")
            return self.part(m, "owed_per_month") * share

        def wasted(m: Any) -> Any:
            return self.part(m, "owed_per_month") - self.part(m, "used_per_month")

        return (
            *self.frame(),
            self.each(f"served_{unit}", f"{unit.partition('_')[0]} it serves", served),
            self.each("used_per_month", "used", used),
            self.each("wasted_per_month", "owed and not used", wasted),
        )

    def spend(self, available: Rule) -> tuple[Line, ...]:
        """Return how a minimum is burnt by the bill that is `available` to it."""

        def opens(m: Any) -> Any:
            return self.before(m, "left_months") <= 1

        def room(m: Any) -> Any:
            left = self.before(m, "room_per_month") - self.before(m, "used_per_month")
            whole = self.part(m, "owed_per_month") * self.part(m, "left_months")
            return np.where(self.part(m, "left_months") > 0, np.where(opens(m), whole, left), 0)

        def wasted(m: Any) -> Any:
            short = self.part(m, "room_per_month") - self.part(m, "used_per_month")
            return np.where(self.part(m, "left_months") == 1, short, 0)

        def credit(m: Any) -> Any:
            rolled = self.before(m, "wasted_per_month") * self.term(m, "rollover_share")
            left = self.before(m, "credit_per_month") - self.before(m, "credited_per_month")
            return np.where(self.part(m, "left_months") > 0, np.where(opens(m), rolled, left), 0)

        def credited(m: Any) -> Any:
            beyond = available(m) - self.part(m, "used_per_month")
            return np.minimum(beyond, self.part(m, "credit_per_month"))

        return (
            *self.frame(),
            self.each("room_per_month", "left of its minimum until the settlement", room),
            self.each(
                "used_per_month",
                "used",
                lambda m: np.minimum(available(m), self.part(m, "room_per_month")),
            ),
            self.each("wasted_per_month", "owed and not used, when it is settled", wasted),
            self.each("credit_per_month", "rolled over from the settlement before", credit),
            self.each("credited_per_month", "of that used beyond the minimum", credited),
        )
