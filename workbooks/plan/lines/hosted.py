"""The months of an option that runs on nodes of your own, rented, leased or bought."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from costcore.language.quantities import MONTHS_PER_YEAR
from costcore.language.timeline import Line, Rule
from costcore.money.cashflow import MACRS_5_YEAR
from costcore.nodes.capacity import nodes_needed
from costcore.nodes.hosting import idle_cost
from costcore.tokens.api import grown, priced, stepped
from workbooks.plan.lines.option import Option

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


@dataclass(frozen=True, slots=True)
class Hosted(Option):
    """An option that runs `share` of the volume on own nodes and buys the `rest`."""

    share: Rule
    rest: Rule

    def lines(self, taxed: bool) -> tuple[Line, ...]:
        """Return the option's lines, with tax where it is paid."""
        return (
            *self._nodes(),
            *self._assets(),
            *self._running(),
            *self._people(),
            *self._bills(),
            *(self._tax() if taxed else ()),
            *self._views(taxed),
        )

    def _previous_nodes(self, m: Any) -> Any:
        return np.where(m.month == 1, m.existing_nodes, m.last(f"{self.name}_nodes"))

    def _nodes_now(self, m: Any) -> Any:
        kept = np.maximum(self._previous_nodes(m), self.get(m, "needed_nodes"))
        return np.where(m.acquisition_kind == "rent", self.get(m, "needed_nodes"), kept)

    def _bought_nodes(self, m: Any) -> Any:
        replaced = m.ago(f"{self.name}_bought_nodes", m.life_months)
        added = self.get(m, "nodes") - self._previous_nodes(m) + replaced
        return np.where(m.acquisition_kind == "buy", added, 0)

    def _needed(self, m: Any) -> Any:
        return nodes_needed(
            self.get(m, "tokens_per_month"),
            m.node_capacity_tokens_per_month * m.sla_share,
            m.peak_factor,
            m.max_load_share,
            m.spare_nodes,
            m.min_nodes,
        )

    def _nodes(self) -> tuple[Line, ...]:
        def tokens(m: Any) -> Any:
            return m.volume_tokens_per_month * self.share(m)

        return (
            self.line("tokens_per_month", "tokens on own nodes", tokens, True, self.title),
            self.line("needed_nodes", "nodes needed", self._needed),
            self.line("nodes", "nodes in service", self._nodes_now),
            self.flow("bought_nodes", "nodes bought", self._bought_nodes),
        )

    def _purchases(self, m: Any) -> Any:
        price = grown(m.node_capex, m.hardware_price_change_per_year, m.month)
        return self.get(m, "bought_nodes") * price

    def _sold(self, m: Any) -> Any:
        return m.ago(f"{self.name}_purchases_per_month", m.life_months) * m.residual_share

    def _pool(self, m: Any) -> Any:
        bought = m.last(f"{self.name}_book_residual") + self.get(m, "purchases_per_month")
        return bought - self.get(m, "disposals_per_month")

    def _depreciation(self, m: Any) -> Any:
        in_use, pool = self.get(m, "in_use_capex"), self.get(m, "pool_residual")
        straight = in_use * (1 - m.residual_share) / m.life_months
        above = np.maximum(pool - in_use * m.residual_share, 0)
        declining = np.minimum(pool * 2 / m.life_months, above)
        return np.where(m.depreciation_kind == "declining", declining, straight)

    def _book(self, m: Any) -> Any:
        return self.get(m, "pool_residual") - self.get(m, "depreciation_per_month")

    def _assets(self) -> tuple[Line, ...]:
        purchases = f"{self.name}_purchases_per_month"
        return (
            self.flow("purchases_per_month", "purchases", self._purchases),
            self.flow("disposals_per_month", "resale of replaced nodes", self._sold),
            self.line(
                "in_use_capex",
                "purchase price of nodes in use",
                lambda m: m.recent(purchases, m.life_months),
            ),
            self.line("pool_residual", "book value before depreciation", self._pool),
            self.flow("depreciation_per_month", "depreciation", self._depreciation),
            self.line("book_residual", "book value", self._book),
            self.flow(
                "resale_per_month",
                "resale at the end of the plan, at book value",
                lambda m: np.where(m.month == m.horizon_months, self.get(m, "book_residual"), 0),
            ),
        )

    def _power(self, m: Any) -> Any:
        each = grown(m.node_energy_per_month, m.energy_price_change_per_year, m.month)
        return self.get(m, "nodes") * each

    def _rent(self, m: Any) -> Any:
        rent = grown(m.node_rent_per_month, m.rent_change_per_year, m.month)
        return self.get(m, "nodes") * np.where(
            m.acquisition_kind == "lease", m.node_lease_per_month, rent
        )

    def _running(self) -> tuple[Line, ...]:
        def each_node(cost: str) -> Rule:
            return lambda m: self.get(m, "nodes") * getattr(m, cost)

        def marginal(m: Any) -> Any:
            return priced(self.get(m, "tokens_per_month"), m.own_price_per_mtok)

        return (
            self.flow("rent_per_month", "rent or lease", self._rent),
            self.flow("support_per_month", "support", each_node("node_support_per_month")),
            self.flow("power_per_month", "electricity", self._power),
            self.flow("space_per_month", "colocation", each_node("node_space_per_month")),
            self.flow("marginal_per_month", "cost per token", marginal),
        )

    def _people(self) -> tuple[Line, ...]:
        def staff(m: Any) -> Any:
            return stepped(m.staff_per_month, m.wage_growth_per_year, m.month)

        return (
            self.flow("staff_per_month", "engineering labour", staff),
            self.flow("tools_per_month", "MLOps tools", lambda m: m.mlops_per_month),
            self.flow("incidents_per_month", "incident response", lambda m: m.incidents_per_month),
            self.flow(
                "opportunity_per_month",
                "opportunity cost (not paid: counted in present value only)",
                lambda m: m.opportunity_per_month,
            ),
        )

    def _bills(self) -> tuple[Line, ...]:
        def bill(m: Any) -> Any:
            return np.where(m.month <= m.dual_run_months, m.api_cash_per_month, self.rest(m))

        def running(m: Any) -> Any:
            return sum(self.get(m, f"{part}_per_month") for part in RUNNING)

        return (
            self.flow(
                "migration_per_month",
                "migration",
                lambda m: np.where(m.month == 1, m.migration_cost, 0),
            ),
            self.flow("api_per_month", "API bill, for the rest and while both run", bill),
            self.flow("running_per_month", "running cost", running),
        )

    def _macrs(self, m: Any) -> Any:
        shares = zip(range(len(MACRS_5_YEAR)), MACRS_5_YEAR, strict=True)
        return sum(self.get(m, f"aged_{year + 1}_capex") * share for year, share in shares)

    def _tax_depreciation(self, m: Any) -> Any:
        at_once = np.where(
            m.tax_depreciation_kind == "immediate",
            self.get(m, "purchases_per_month"),
            self.get(m, "depreciation_per_month"),
        )
        yearly = self.get(m, "macrs_per_year") / MONTHS_PER_YEAR
        return np.where(m.tax_depreciation_kind == "macrs", yearly, at_once)

    def _tax(self) -> tuple[Line, ...]:
        """Tax saved by what may be deducted; resale above the tax book value is taxed."""
        purchases = f"{self.name}_purchases_per_month"

        def aged(year: int) -> Line:
            def rule(m: Any) -> Any:
                older = m.recent(purchases, MONTHS_PER_YEAR * year) if year else 0.0
                return m.recent(purchases, MONTHS_PER_YEAR * (year + 1)) - older

            label = f"purchases in their tax year {year + 1}"
            return self.line(f"aged_{year + 1}_capex", label, rule)

        def tax_book(m: Any) -> Any:
            before = m.last(f"{self.name}_tax_book_residual")
            change = self.get(m, "purchases_per_month") - self.get(m, "tax_depreciation_per_month")
            return before + change - self.get(m, "disposals_per_month")

        def saved(m: Any) -> Any:
            left = self.get(m, "tax_book_residual") - self.get(m, "resale_per_month")
            written_off = np.where(m.month == m.horizon_months, left, 0)
            spent = self.get(m, "running_per_month") + self.get(m, "tax_depreciation_per_month")
            return (spent + written_off) * m.tax_rate_share

        return (
            *(aged(year) for year in range(len(MACRS_5_YEAR))),
            self.line(
                "macrs_per_year", "MACRS, 5-year property, half-year convention", self._macrs
            ),
            self.flow("tax_depreciation_per_month", "depreciation for tax", self._tax_depreciation),
            self.line("tax_book_residual", "tax book value", tax_book),
            self.flow("tax_saved_per_month", "tax saved", saved),
        )

    def _views(self, taxed: bool) -> tuple[Line, ...]:
        def cash(m: Any) -> Any:
            sold = self.get(m, "disposals_per_month") + self.get(m, "resale_per_month")
            return self.get(m, "purchases_per_month") - sold + self.get(m, "running_per_month")

        def expense(m: Any) -> Any:
            return self.get(m, "depreciation_per_month") + self.get(m, "running_per_month")

        def present(m: Any) -> Any:
            assets = self.get(m, "purchases_per_month") - self.get(m, "disposals_per_month")
            bills = self.get(m, "running_per_month") + self.get(m, "opportunity_per_month")
            after_tax = bills - (self.get(m, "tax_saved_per_month") if taxed else 0.0)
            resale = self.get(m, "resale_per_month") * m.end_factor
            return assets * m.start_factor + after_tax * m.bill_factor - resale

        def idle(m: Any) -> Any:
            capacity = self.get(m, "nodes") * m.node_capacity_tokens_per_month
            busy_share = self.get(m, "tokens_per_month") / capacity
            return idle_cost(m.node_cost_per_month, self.get(m, "nodes"), busy_share)

        value = "present value, after tax" if taxed else "present value"
        return (
            self.flow("cash_per_month", "cash", cash),
            self.flow("expense_per_month", "expense in profit and loss", expense),
            self.flow("present_per_month", value, present),
            self.flow("idle_per_month", "idle capacity (part of the cost above)", idle),
        )
