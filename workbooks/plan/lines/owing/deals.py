"""The contracts of a strategy together: each takes what those above it leave."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from costcore.language.timeline import Line, Rule
from workbooks.plan.lines.option import TITLES, Option
from workbooks.plan.lines.owing.contracts import USES, Deal
from workbooks.plan.lines.owing.currencies import NONE, Currencies
from workbooks.plan.lines.owing.together import rate_of, rest_of, served_of, serving, total_of
from workbooks.scenario.contracts import NODES, SPEND
from workbooks.scenario.scenario import Contract


@dataclass(frozen=True, slots=True)
class Deals(Option):
    """The contracts that a strategy owes, in their order: each takes what those above leave."""

    contracts: tuple[Contract, ...]
    rest: str = "api"
    """What a hybrid buys its rest from."""
    others: Currencies = NONE
    """The currencies beside the plan's."""

    def of(self, *kinds: str) -> list[Deal]:
        """Return those of some kinds."""
        return [
            Deal(self.name, place, each, self.rest, self.others)
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
        yield from serving(self.of(*kinds), wanted)

    def served(self, m: Any, *kinds: str) -> Any:
        """Nodes or tokens that the contracts serve."""
        return served_of(self.of(*kinds), m)

    def groups(self) -> dict[str, tuple[str, Sequence[Deal]]]:
        """Return those that owe a minimum, by what their bill is called, with its title."""
        return {kind: (TITLES[kind], deals) for kind in SPEND if (deals := self.of(kind))}

    def spend(self, usage: Mapping[str, Rule]) -> Iterator[Line]:
        """Yield the lines of minimums; `usage` is the bill of each group at the plan's prices."""
        for group, (title, deals) in self.groups().items():
            bill = usage.get(group, lambda _: 0.0)
            for place, deal in enumerate(deals):
                yield from deal.spend(functools.partial(rest_of, bill, deals[:place]))
            beyond = f"{title} beyond all minimums"
            yield self.line(
                f"{group}_overage_factor",
                f"{beyond}: its rate over the plan's price",
                functools.partial(rate_of, deals),
            )
            yield self.flow(
                f"{group}_overage_per_month",
                f"{beyond}, above the plan's price",
                functools.partial(self._overage, group, bill, deals),
            )

    def _overage(self, group: str, bill: Rule, deals: Sequence[Deal], m: Any) -> Any:
        return rest_of(bill, deals, m) * (self.get(m, f"{group}_overage_factor") - 1)

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
        over = [self.get(m, f"{group}_overage_per_month") for group in self.groups()]
        parts = (self.get(m, f"{part}_per_month") for part in ("fees", "settled", "exit"))
        return sum([*parts, *over])
