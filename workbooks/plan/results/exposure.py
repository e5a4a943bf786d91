"""What each option pays at the rates of other currencies."""

from __future__ import annotations

import functools
from collections.abc import Container, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from costcore.language.timeline import Line, Rule
from workbooks.plan.lines.option import TITLES
from workbooks.plan.lines.owing.contracts import Deal
from workbooks.plan.lines.owing.currencies import SPACE, Currencies, amount_of
from workbooks.plan.lines.owing.deals import Deals
from workbooks.plan.lines.owing.usage import BILLED, NEVER, Usage
from workbooks.plan.lines.vintages import Holdings
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
    "own_price_per_mtok": "marginal_per_month",
}
"""Lines of own nodes that an amount is behind, alone."""
KINDS = {
    "hire": ("rent or lease of nodes", {"rent", "lease_per_gpu_month"}),
    "purchase": ("purchase and support of nodes", {"buy"}),
    "running": (
        "power, space and tokens of nodes",
        {*SPACE, "price_per_kwh", "own_price_per_mtok"},
    ),
    "people": (
        "people",
        {"salary_per_year", "mlops_per_month", "incident_cost_per_hour", "migration_cost"},
    ),
}
"""What own nodes take, in lines that fit the eye: what each is called, and what is behind it."""
APART = ("opex", "room")
"""Other cost of nodes and colocation, where they are paid in two currencies."""
SPLIT = ("nodes", "space_per_month")
"""What is read of each strategy with nodes to tell them apart."""
MOVE = "managed_migration_cost"
Paid = tuple[str, str]
"""What says which currency something is paid in, a price or an amount; and its line."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """What the options of a plan pay in which currency."""

    options: tuple[str, ...]
    holdings: Holdings
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
        for option in self.options:
            for line in self._space_apart(option):
                yield replace(line, heading=heading)
                heading = ""
            for part, label, number in self.others.exposed():
                title, parts = f"{TITLES[option]}: in {label}", self._parts(option, number)
                for name, text, rule in parts:
                    yield Line(name, f"{title}, {text}", rule, sums=True, heading=heading)
                    heading = ""
                whole = functools.partial(self._exposed, option, number)
                name = f"{option}_{part}_per_month"
                yield Line(name, title, whole, sums=True, heading=heading)
                heading = ""

    @property
    def _is_space_apart(self) -> bool:
        """Say whether colocation and other cost of a node are in two currencies."""
        return len({self.others.code_of.get(name, "") for name in SPACE}) > 1

    def _space_apart(self, option: str) -> Iterator[Line]:
        """Yield what space costs in two lines, where they are paid in two currencies."""
        if option in BILLED or not self._is_space_apart:
            return

        opex, room = (f"{option}_{part}_per_month" for part in APART)

        def other(m: Any) -> Any:
            each = amount_of(m, SPACE[1]) * m.space_now_factor
            return getattr(m, f"{option}_nodes") * each

        def rest(m: Any) -> Any:
            return getattr(m, f"{option}_space_per_month") - getattr(m, opex)

        yield Line(opex, f"{TITLES[option]}: other cost of nodes", other, sums=True)
        yield Line(room, f"{TITLES[option]}: colocation without it", rest, sums=True)

    def _parts(self, option: str, number: int) -> list[tuple[str, str, Rule]]:
        """Return what own nodes take in a currency, then people, and each engine beside them."""
        if option in BILLED:
            return []
        flows = functools.partial(self._flows, option, number)
        may_be = {what for what, _ in self._paid(option) if self._may_be(what, number)}
        rules: dict[str, tuple[str, Rule]] = {
            **{
                kind: (label, functools.partial(flows, behind=behind))
                for kind, (label, behind) in KINDS.items()
                if behind & may_be
            },
            **{
                engine: (TITLES[engine], functools.partial(self._bill, option, engine, number))
                for engine in BILLED
                if self._is_billed(option, engine, number)
            },
        }
        return [(part_name(option, part, number), *told) for part, told in rules.items()]

    def _is_billed(self, option: str, engine: str, number: int) -> bool:
        """Say whether an option may pay anything for an engine in a currency."""
        codes = self.others.code_of
        owed = [codes.get(f"{engine}_{part}_per_month", "") for part in ("fee", "commit")]
        beside = number in map(self.others.place, filter(None, owed))
        used = self.usage.is_bought(option, engine) or engine in self._groups(option)
        return engine in self.options and (used or beside)

    def _groups(self, option: str) -> Any:
        return Deals(option, self.contracts, self.rest).groups()

    @property
    def read(self) -> tuple[str, ...]:
        """Lines of the monthly plan that they read."""
        flows = (each for x in self.options for each in (*self._paid(x), *self._over(x)))
        apart = {line.name for x in self.options for line in self._space_apart(x)}
        paid = (line for _, line in flows if line not in apart)
        split = (f"{x}_{line}" for x in self.options for line in SPLIT if x not in BILLED)
        space = ("space_now_factor", *split) if apart else ()
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
        moved = ("managed_moving_per_month",) if MOVE in self.others.code_of else ()
        return (*paid, *space, *owed, *bought, *moved)

    def _deals(self, option: str) -> list[Deal]:
        """Return the contracts in another currency that an option owes."""
        every = Deals(option, self.contracts, self.rest).all
        return [deal for deal in every if deal.contract.currency]

    def _paid(self, option: str) -> list[Paid]:
        """Return the lines that are paid at a price or an amount, by its name."""
        if option in BILLED:
            return [(option, f"{option}_usage_per_month"), *self._over(option)]
        bought = [("buy", f"{option}_purchases_per_month")] if self.holdings.buys else []
        bought += [("buy", f"{option}_support_per_month")] if self.holdings.any else []
        own = [("rent", f"{option}_rent_per_month")]
        amounts = [(name, f"{option}_{line}") for name, line in FLOWS.items()]
        parts = zip(reversed(SPACE), APART, strict=True)
        apart = [(name, f"{option}_{part}_per_month") for name, part in parts]
        space = apart if self._is_space_apart else [(SPACE[0], f"{option}_space_per_month")]
        return own + bought + _among(amounts + space, self.others)

    def _over(self, option: str) -> list[Paid]:
        """Return what is paid beyond minimums, at the price of their tokens."""
        return [(each, f"{option}_{each}_overage_per_month") for each in self._groups(option)]

    def _exposed(self, option: str, number: int, m: Any) -> Any:
        """Add up what is paid in the currency of a number; of one alone, in any other."""
        if option in BILLED:
            every = (self._beside(option, x, number, m) for x in BILLED if x in self.options)
            found = sum(every, start=self._flows(option, number, m))
        else:
            found = sum(getattr(m, name) for name, *_ in self._parts(option, number))
        for deal in self._deals(option):
            if self.others.place(deal.contract.currency) == number:
                found = added(found, deal, m)
        return found

    def _bill(self, option: str, engine: str, number: int, m: Any) -> Any:
        """Add up what own nodes buy from an engine, its fee, and what its minimum lacks."""
        found = self._beside(option, engine, number, m)
        if self.usage.is_bought(option, engine):
            used = self.usage.shown(option, engine, m)
            found = _in_currency(m, engine, used, number, self.others) + found
        for what, line in self._over(option):
            if what == engine:
                found = _in_currency(m, what, getattr(m, line), number, self.others) + found
        return found

    def _flows(self, option: str, number: int, m: Any, behind: Container[str] = ()) -> Any:
        """Add up lines that are paid at one price or amount each, or at some of them alone."""
        paid: dict[str, Any] = {}
        for what, line in self._paid(option):
            if self._may_be(what, number) and (not behind or what in behind):
                paid[what] = paid[what] + getattr(m, line) if what in paid else getattr(m, line)
        mine = (_in_currency(m, *each, number, self.others) for each in paid.items())
        return sum(mine, start=0.0)

    def _may_be(self, what: str, number: int) -> bool:
        """Say whether an amount is in a currency, or a price may be: its table says which."""
        return what not in self.others.code_of or self._is_in(what, number)

    def _is_in(self, what: str, number: int) -> bool:
        """Say whether an amount is in the currency of a number."""
        code = self.others.code_of.get(what, "")
        return bool(code) and self.others.place(code) == number

    def _moves(self, option: str, engine: str) -> bool:
        """Say whether an option moves to the platform: for all, or for a hybrid's rest."""
        return engine == "managed" and self.usage.is_bought(option, engine)

    def _beside(self, option: str, engine: str, number: int, m: Any) -> Any:
        """Return fee, move and what the minimum of an engine lacks, each in its own currency."""
        found: Any = 0.0
        fee, least = (f"{engine}_{part}_per_month" for part in ("fee", "commit"))
        share = self.usage.fee_share(option, engine, m)
        if self._is_in(fee, number) and share is not NEVER:
            found = amount_of(m, fee) * share
        if self._is_in(MOVE, number) and self._moves(option, engine):
            found = found + m.managed_moving_per_month
        if self._is_in(least, number):
            used = self.usage.shown(option, engine, m)
            found = found + np.maximum(amount_of(m, least) - used, 0)
        return found


def part_name(option: str, part: str, number: int) -> str:
    """Return the name of what an option pays for a part in the currency of a number."""
    return f"{option}_{part}_in_{number}_per_month"


def added(found: Any, deal: Deal, m: Any) -> Any:
    """Add what a contract costs beside the bills."""
    for part, sign in beside_bills(deal.contract.kind).items():
        owed = deal.part(m, f"{part}_per_month")
        found = found + owed if sign > 0 else found - owed
    return found


def beside_bills(kind: str) -> dict[str, int]:
    """Return what a contract of a kind costs beside the bills at the prices of tokens, signed.

    Its fee, or what a minimum lacks less what is credited of it, and what leaving it costs.
    """
    owed = {"wasted": 1, "credited": -1} if kind in SPEND else {"owed": 1}
    return {**owed, "exit": 1}


def _among(flows: list[Paid], others: Currencies) -> list[Paid]:
    return [each for each in flows if each[0] in others.code_of]


def _in_currency(m: Any, what: str, flow: Any, number: int, others: Currencies) -> Any:
    if what in others.code_of:
        leased = what == "lease_per_gpu_month"
        return flow * np.where(m.acquisition_kind == "lease", 1, 0) if leased else flow
    count = getattr(m, f"{what}_foreign_count")
    flow = flow * (count == number) if others.apart else flow * count
    return flow * np.where(m.acquisition_kind == "lease", 0, 1) if what == "rent" else flow
