"""What a strategy owes by contract, month by month: fees, minimums, shortfall, rollover, exit.

A contract belongs to the company: what is signed is owed under every strategy until it ends.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from costcore.language.timeline import Line, Rule
from workbooks.plan.lines.option import TITLES, Option
from workbooks.plan.lines.owing.currencies import owed_in
from workbooks.plan.lines.owing.terms import term_name
from workbooks.plan.lines.owing.together import rate_of, rest_of, served_of, total_of, unserved_of
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
        named = f"{TITLES[self.name]}, {self.contract.contract}"
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
        last = self.part(m, "last_count")
        if self.is_used:
            return last
        notice = self.term(m, "notice_months")
        left = np.minimum(last, self.part(m, "noticed_count") + notice - 1)
        return np.where(np.isfinite(notice), left, last)

    def _noticed(self) -> tuple[Line, ...]:
        """Return the month in which it is left, where it is; what runs beside own nodes stays."""
        if self.is_used:
            return ()
        runs_beside = self.name != "managed" and self.contract.kind in ("api", "dedicated")

        def noticed(m: Any) -> Any:
            stays = m.dual_run_months if runs_beside else 0
            return np.maximum(stays + 1, self.term(m, "first_month"))

        return (self.each("noticed_count", "month in which notice is given", noticed),)

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

    def _converted(self) -> tuple[Line, ...]:
        """Return the minimum at the rate of each month, where it is in another currency."""
        if not (code := self.contract.currency):
            return ()

        def rule(m: Any) -> Any:
            minimum = self.term(m, "minimum_per_month")
            return owed_in(m, code, minimum * self.term(m, "exchange_rate"))

        return (self.each("minimum_per_month", f"minimum in {code}, at its rate", rule),)

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
        heading = f"{TITLES[self.name]}: {self.contract.contract}"
        return (
            self.each("last_count", "last month of its term", self._last, heading),
            *self._noticed(),
            self.each("end_count", "last month owed", self._end),
            self.each("period_months", "months of it until a settlement", self._period),
            self.each("settles_count", "month of its next settlement", self._settles),
            self.each("left_months", "months to its settlement", self._left_months),
            *self._converted(),
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


@dataclass(frozen=True, slots=True)
class Deals(Option):
    """The contracts that a strategy owes, in their order: each takes what those above leave."""

    contracts: tuple[Contract, ...]
    rest: str = "api"
    """What a hybrid buys its rest from."""

    def of(self, *kinds: str) -> list[Deal]:
        """Return those of some kinds."""
        return [
            Deal(self.name, place, each, self.rest)
            for place, each in enumerate(self.contracts, 1)
            if each.owed_by(self.name) and each.kind in kinds
        ]

    @property
    def all(self) -> list[Deal]:
        """Return all of them."""
        return self.of(*USES)

    def holding(self, kind: str) -> list[Deal]:
        """Return those that hold a price until they end."""
        return [deal for deal in self.of(kind) if deal.contract.price_held == "yes"]

    def capacity(self, wanted: Rule, *kinds: str) -> Iterator[Line]:
        """Yield the lines of fees; `wanted` is what there is to serve."""
        deals = self.of(*kinds)
        for place, deal in enumerate(deals):
            yield from deal.capacity(functools.partial(unserved_of, wanted, deals[:place]))

    def served(self, m: Any, *kinds: str) -> Any:
        """Nodes or tokens that the contracts serve."""
        return served_of(self.of(*kinds), m)

    def spend(self, usage: Mapping[str, Rule]) -> Iterator[Line]:
        """Yield the lines of minimums; `usage` is the bill of each kind at the plan's prices."""
        for kind, deals in ((kind, self.of(kind)) for kind in SPEND):
            bill = usage.get(kind, lambda _: 0.0)
            for place, deal in enumerate(deals):
                yield from deal.spend(functools.partial(rest_of, bill, deals[:place]))
            if deals:
                beyond = f"{TITLES[kind]} beyond all minimums"
                yield self.line(
                    f"{kind}_overage_factor",
                    f"{beyond}: its rate over the plan's price",
                    functools.partial(rate_of, deals),
                )
                yield self.flow(
                    f"{kind}_overage_per_month",
                    f"{beyond}, above the plan's price",
                    functools.partial(self._overage, kind, bill, deals),
                )

    def _overage(self, kind: str, bill: Rule, deals: Sequence[Deal], m: Any) -> Any:
        return rest_of(bill, deals, m) * (self.get(m, f"{kind}_overage_factor") - 1)

    def totals(self) -> Iterator[Line]:
        """Yield what the strategy owes, uses and wastes, and what it pays beside its bills."""
        sums = {"owed": "owed", "used": "used", "wasted": "owed and not used", "exit": "early exit"}
        heading = f"{self.title}: all contracts"
        for part, label in sums.items():
            rule = total_of(self.all, part)
            yield self.line(f"{part}_per_month", f"contracts, {label}", rule, True, heading)
            heading = ""
        fees = total_of(self.of("dedicated", *NODES), "owed")
        yield self.flow("fees_per_month", "contracts, fees whatever is used", fees)
        yield self.flow("settled_per_month", "minimums settled, less credit", self._settled)
        yield self.flow("contracts_per_month", "contracts, beside the bills", self._paid)

    def _settled(self, m: Any) -> Any:
        spends = self.of(*SPEND)
        credited = sum((deal.part(m, "credited_per_month") for deal in spends), 0.0)
        return sum((deal.part(m, "wasted_per_month") for deal in spends), 0.0) - credited

    def _paid(self, m: Any) -> Any:
        over = [self.get(m, f"{kind}_overage_per_month") for kind in SPEND if self.of(kind)]
        parts = (self.get(m, f"{part}_per_month") for part in ("fees", "settled", "exit"))
        return sum([*parts, *over])
