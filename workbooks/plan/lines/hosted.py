"""The months of an option that runs on nodes of your own, rented, leased or bought."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from costcore.language.timeline import Line, Rule
from costcore.nodes.capacity import nodes_needed
from costcore.tokens.api import grown, priced, stepped
from workbooks.plan.lines.idle import idle
from workbooks.plan.lines.option import Option
from workbooks.plan.lines.owing.bought import bought
from workbooks.plan.lines.owing.currencies import amount_of, at_rates, lease_of, running_of
from workbooks.plan.lines.owing.deals import Deals
from workbooks.plan.lines.vintages import Holdings, Vintages
from workbooks.scenario.contracts import NODES

RUNNING = (
    "rent",
    "support",
    "power",
    "space",
    "marginal",
    "staff",
    "tools",
    "incidents",
    "migration",
    "api",
)
"""What is paid month by month; opportunity cost is lost, not paid."""
COMPUTE = ("rent", "support", "power", "space")
"""What nodes cost, busy or not, beside the depreciation of those bought."""


def running_parts(deals: Deals) -> tuple[str, ...]:
    """Return what is paid month by month, what only some plans pay included."""
    platform = ("managed",) if deals.rest == "managed" else ()
    return (*RUNNING, *platform, *(("contracts",) if deals.all else ()))


@dataclass(frozen=True, slots=True)
class Hosted(Option):
    """An option that runs `share` of the volume on own nodes and buys the `rest`."""

    share: Rule
    rest: Rule
    deals: Deals
    holdings: Holdings
    others: tuple[str, ...] = ()
    """Platforms beside the one it buys from whose commitments are left unused."""

    def lines(self, taxed: bool) -> tuple[Line, ...]:
        """Return the option's lines, with tax where it is paid."""
        vintages = Vintages(self.name)
        return (
            *self._need(),
            *(vintages.nodes(self.holdings) if self.holdings.any else ()),
            *self._nodes(),
            *(vintages.assets() if self.holdings.buys else ()),
            *self._running(),
            *self._people(),
            *self._bills(),
            *(vintages.tax() if taxed and self.holdings.buys else ()),
            *((self._tax_saved(),) if taxed else ()),
            *self._cash(),
            *self._values(taxed),
            *idle(self, self._kept, self._compute, self.deals),
        )

    @property
    def _compute(self) -> tuple[str, ...]:
        """What the nodes cost, busy or not."""
        return (*COMPUTE, "depreciation") if self.holdings.buys else COMPUTE

    def _needed(self, m: Any) -> Any:
        return nodes_needed(
            self.get(m, "tokens_per_month"),
            m.node_plan_tokens_per_month,
            spare_nodes=m.spare_nodes,
            min_nodes=m.min_nodes,
        )

    def _needed_nodes(self) -> Iterator[Line]:
        """Yield the nodes needed: all, or with contracts those beyond what they serve."""
        if not self.deals.all:
            yield self.line("needed_nodes", "nodes needed", self._needed)
            return

        def beyond(m: Any) -> Any:
            return self.get(m, "all_nodes") - self.deals.served(m, *NODES)

        yield self.line("all_nodes", "nodes needed, with those of contracts", self._needed)
        yield from self.deals.capacity(lambda m: self.get(m, "all_nodes"), *NODES)
        yield self.line("needed_nodes", "nodes needed beyond contracts", beyond)

    def _need(self) -> tuple[Line, ...]:
        def tokens(m: Any) -> Any:
            return m.volume_tokens_per_month * self.share(m)

        return (
            self.line("tokens_per_month", "tokens on own nodes", tokens, True, self.title),
            *self._needed_nodes(),
        )

    def _owned(self, m: Any) -> Any:
        if not self.holdings.any:
            return 0.0
        return self.get(m, "owned_nodes" if self.holdings.buys else "old_nodes")

    def _hired(self, m: Any) -> Any:
        short = np.maximum(self.get(m, "needed_nodes") - self._owned(m), 0)
        kept = np.maximum(short, m.last(f"{self.name}_hired_nodes"))
        return np.where(m.acquisition_kind == "lease", kept, short)

    def _kept(self, m: Any) -> Any:
        """Nodes that are paid for, in service or not."""
        hired = self.get(m, "reserved_nodes") + self.get(m, "flexible_nodes")
        return hired + self._owned(m)

    def _used(self, m: Any) -> Any:
        return np.minimum(self._owned(m), self.get(m, "needed_nodes"))

    def _nodes(self) -> tuple[Line, ...]:
        return (
            self.line("hired_nodes", "nodes rented or leased", self._hired),
            self.line(
                "nodes", "nodes in service", lambda m: self.get(m, "hired_nodes") + self._used(m)
            ),
        )

    def _of_nodes(self, m: Any, cost: str) -> Any:
        """What the nodes in service cost: each as it was got, owned ones as such."""
        hired = self.get(m, "hired_nodes") * running_of(m, "node", cost)
        if not self.holdings.any:
            return hired
        used = self.get(m, "nodes") - self.get(m, "hired_nodes")
        return hired + used * running_of(m, "owned", cost)

    def _run(self, cost: str) -> Rule:
        return lambda m: self._of_nodes(m, cost) * getattr(m, f"{cost}_now_factor")

    def _reserved(self, m: Any) -> Any:
        """A reservation does not shrink with demand; it names no end, so it lasts."""
        now = np.where(
            m.acquisition_kind == "rent", self.get(m, "hired_nodes") * m.reserved_share, 0
        )
        return np.maximum(m.last(f"{self.name}_reserved_nodes"), now)

    def _flexible(self, m: Any) -> Any:
        return np.maximum(self.get(m, "hired_nodes") - self.get(m, "reserved_nodes"), 0)

    def _rent(self, m: Any) -> Any:
        reserved = self.get(m, "reserved_nodes") * m.node_reserved_per_month
        rent = reserved + self.get(m, "flexible_nodes") * m.node_flexible_per_month
        leased = self.get(m, "hired_nodes") * lease_of(m)  # one of the two is 0
        return leased + rent * m.rent_now_factor

    def _running(self) -> tuple[Line, ...]:
        def marginal(m: Any) -> Any:
            price = amount_of(m, "own_price_per_mtok")
            return priced(self.get(m, "tokens_per_month"), price)

        return (
            self.line("reserved_nodes", "nodes reserved, paid whether used or not", self._reserved),
            self.line("flexible_nodes", "nodes hired that are not reserved", self._flexible),
            self.flow("rent_per_month", "rent or lease", self._rent),
            self.flow("support_per_month", "support", self._run("support")),
            self.flow("power_per_month", "electricity", self._run("energy")),
            self.flow("space_per_month", "colocation", self._run("space")),
            self.flow("marginal_per_month", "cost per token", marginal),
        )

    def _people(self) -> tuple[Line, ...]:
        def hours(cost: str, value: str) -> Rule:
            def rule(m: Any) -> Any:
                return at_rates(m, value, grown(getattr(m, cost), m.hour_change_per_year, m.month))

            return rule

        def staff(m: Any) -> Any:
            paid = stepped(m.staff_per_month, m.wage_growth_per_year, m.month)
            return at_rates(m, "salary_per_year", paid)

        def tools(m: Any) -> Any:
            paid = grown(m.mlops_per_month, m.tools_change_per_year, m.month)
            return at_rates(m, "mlops_per_month", paid)

        return (
            self.flow("staff_per_month", "engineering labour", staff),
            self.flow("tools_per_month", "MLOps tools", tools),
            self.flow(
                "incidents_per_month",
                "incident response",
                hours("incidents_per_month", "incident_cost_per_hour"),
            ),
            self.flow(
                "opportunity_per_month",
                "opportunity cost (not paid)",
                hours("opportunity_per_month", "opportunity_value_per_hour"),
            ),
        )

    def _bills(self) -> tuple[Line, ...]:
        parts = running_parts(self.deals)

        def running(m: Any) -> Any:
            return sum(self.get(m, f"{part}_per_month") for part in parts)

        return (
            self.flow(
                "migration_per_month",
                "migration",
                lambda m: np.where(m.month == 1, amount_of(m, "migration_cost"), 0),
            ),
            *bought(self, self.share, self.rest, self.deals, self.others),
            self.flow("running_per_month", "running cost", running),
        )

    def _tax_saved(self) -> Line:
        def saved(m: Any) -> Any:
            spent = self.get(m, "running_per_month") * m.tax_rate_share
            if not self.holdings.buys:
                return spent
            deducted = self.get(m, "tax_depreciation_per_month") * m.tax_rate_share
            return spent + deducted + self.get(m, "terminal_tax_per_month")

        return self.flow("tax_saved_per_month", "tax saved", saved)

    def _cash(self) -> tuple[Line, ...]:
        """Cash with the terminal value and without, and the expense; without vintages one flow."""
        if not self.holdings.buys:
            running = "running_per_month"
            return (
                self.flow("cash_per_month", "cash", lambda m: self.get(m, running)),
                self.flow("expense_per_month", "expense", lambda m: self.get(m, running)),
            )

        def paid(m: Any) -> Any:
            bought = self.get(m, "purchases_per_month") - self.get(m, "disposals_per_month")
            return bought + self.get(m, "running_per_month")

        def expense(m: Any) -> Any:
            gone = self.get(m, "written_off_per_month") - self.get(m, "disposals_per_month")
            return self.get(m, "depreciation_per_month") + gone + self.get(m, "running_per_month")

        return (
            self.flow("paid_per_month", "cash, without the terminal value", paid),
            self.flow(
                "cash_per_month",
                "cash, with the terminal value",
                lambda m: self.get(m, "paid_per_month") - self.get(m, "resale_per_month"),
            ),
            self.flow("expense_per_month", "expense, with loss on sales less gains", expense),
        )

    def _billed(self, taxed: bool) -> Line:
        """What counts when bills are paid: running cost, after tax."""

        def rule(m: Any) -> Any:
            bills = self.get(m, "running_per_month")
            return bills - self.get(m, "tax_saved_per_month") if taxed else bills

        label = "running cost" + (", after tax" if taxed else ", when bills are paid")
        return self.flow("billed_per_month", label, rule)

    def _values(self, taxed: bool) -> tuple[Line, ...]:
        """Present value; with vintages that of the terminal value too, and what is left of it."""
        label = "present value, after tax" if taxed else "present value"
        if not self.holdings.buys:

            def bills(m: Any) -> Any:
                return self.get(m, "billed_per_month") * m.bill_factor

            return (self._billed(taxed), self.flow("present_per_month", label, bills))

        def terminal(m: Any) -> Any:
            sold = self.get(m, "resale_per_month") * m.end_factor
            return sold + self.get(m, "terminal_tax_per_month") * m.bill_factor if taxed else sold

        def present(m: Any) -> Any:
            assets = self.get(m, "purchases_per_month") - self.get(m, "disposals_per_month")
            bills = self.get(m, "billed_per_month") * m.bill_factor
            sold = self.get(m, "resale_per_month") * m.end_factor
            return assets * m.start_factor + bills - sold

        def kept(m: Any) -> Any:
            return self.get(m, "present_per_month") + self.get(m, "terminal_present_per_month")

        return (
            self._billed(taxed),
            self.flow("present_per_month", label, present),
            self.flow("terminal_present_per_month", f"{label} of the terminal value", terminal),
            self.flow("paid_present_per_month", f"{label} without the terminal value", kept),
        )
