"""Nodes that are owned: each purchase a vintage with a life, a value in the books and a market."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from costcore.language.history import Standing
from costcore.language.quantities import MONTHS_PER_YEAR
from costcore.language.timeline import Line, Rule, highest_ahead
from costcore.language.trace import worksheet
from costcore.money.assets import declining, depreciated, resale_share
from costcore.money.cashflow import MACRS_5_YEAR
from costcore.tokens.api import grown
from workbooks.plan.lines.option import Option
from workbooks.plan.lines.owing.currencies import foreign


@dataclass(frozen=True, slots=True)
class Holdings:
    """Which nodes a plan owns in any of its cases; of what it has not, it shows no line."""

    buys: bool = False
    owned_before: bool = False

    @property
    def any(self) -> bool:
        """Whether nodes are owned at all."""
        return self.buys or self.owned_before


BY_AGE = (
    Line(
        "before_age_share",
        "Value in the books before that month, of the price",
        lambda m: np.where(m.month == 1, 1, m.last("book_age_share")),
        heading="A node by its age: read the month as months since its purchase",
    ),
    Line(
        "declining_age_share",
        "By declining balance, where that is chosen",
        lambda m: np.where(
            m.depreciation_kind == "declining", declining(m.before_age_share, m.life_months), 0
        ),
    ),
    Line(
        "depreciation_age_share",
        "Depreciation of that month",
        lambda m: depreciated(
            m.before_age_share, m.book_end_share, m.month, m.life_months, m.declining_age_share
        ),
    ),
    Line(
        "book_age_share",
        "Value in the books after it",
        lambda m: m.before_age_share - m.depreciation_age_share,
    ),
    Line(
        "market_age_share",
        "What it sells for after that month, of the price",
        lambda m: resale_share(m.month, m.market_36_share, m.market_60_share),
    ),
    Line(
        "node_now_capex",
        "Price of a node bought in this month",
        lambda m: foreign(m, "buy", grown(m.node_capex, m.hardware_price_change_per_year, m.month)),
    ),
)


def _months_in_tax_years(m: Any) -> Any:
    """Months from the start of the tax year in which the plan begins."""
    began = worksheet("MONTH", _month, m.start_month) - m.fiscal_start_count
    return m.month + began + np.where(began < 0, MONTHS_PER_YEAR, 0)


def _month(day: float) -> int:
    return (date(1899, 12, 30) + timedelta(float(day))).month


def _macrs(m: Any) -> Any:
    years = enumerate(MACRS_5_YEAR, start=1)
    return sum((m.month == year) * share for year, share in years)


TAX_YEARS = (
    Line("tax_to_date_months", "Months of the tax years so far", _months_in_tax_years),
    Line(
        "tax_year_count",
        "Tax year of the plan",
        lambda m: np.floor((m.tax_to_date_months - 1) / MONTHS_PER_YEAR) + 1,
    ),
    Line(
        "tax_past_share",
        "Part of the tax year that is past at the end of the month",
        lambda m: m.tax_to_date_months / MONTHS_PER_YEAR - m.tax_year_count + 1,
    ),
    Line(
        "macrs_share",
        "MACRS, 5-year property, half-year convention: read the month as tax year of a node",
        _macrs,
    ),
    Line(
        "macrs_left_share",
        "Tax value left before that tax year, of the price",
        lambda m: np.where(m.month == 1, 1, m.last("macrs_left_share") - m.last("macrs_share")),
    ),
)


def at_end(line: str) -> Rule:
    """Take a line in the last month of the plan."""
    return lambda m: np.where(m.month == m.horizon_months, getattr(m, line), 0)


class Vintages(Option):
    """The vintages of an option; nodes bought first leave first, those owned before the plan first.

    A month begins with those that leave, sold at the market, then others are bought. Nodes owned
    before the plan have no price left: what they fetch belongs to no strategy.
    """

    def _named(self, line: str) -> str:
        return f"{self.name}_{line}"

    def _aged(self, m: Any) -> Any:
        old = np.where(m.month + m.existing_age_months > m.life_months, m.existing_nodes, 0)
        return np.maximum(m.ago(self._named("ever_nodes"), m.life_months), old)

    def _left(self, m: Any) -> Any:
        unneeded = self.get(m, "before_nodes") - self.get(m, "most_nodes")
        sold = np.where(m.unneeded_kind == "sell", unneeded, 0)
        aged = np.maximum(m.last(self._named("left_nodes")), self.get(m, "aged_nodes"))
        return np.maximum(aged, sold)

    def _bought(self, m: Any) -> Any:
        owned = self.get(m, "before_nodes") - self.get(m, "left_nodes")
        short = np.maximum(self.get(m, "needed_nodes") - owned, 0)
        return np.where(m.acquisition_kind == "buy", short, 0)

    def _old(self, m: Any) -> Any:
        return np.where(m.month + m.existing_age_months > m.life_months, 0, m.existing_nodes)

    def _old_left(self, m: Any) -> Any:
        return np.maximum(m.existing_nodes - self.get(m, "left_nodes"), 0)

    def nodes(self, holdings: Holdings) -> tuple[Line, ...]:
        """Return how many nodes are owned: bought, sold, at the end of their life."""
        rule = self._old_left if holdings.buys else self._old
        old = self.line("old_nodes", "nodes owned already, used first", rule)
        if not holdings.buys:
            return (old,)
        most, needed = self._named("most_nodes"), self._named("needed_nodes")
        label = f"{self.title}: most nodes needed from this month on"

        def financed(m: Any) -> Any:
            older = self.get(m, "old_nodes") if holdings.owned_before else 0.0
            return self.get(m, "owned_nodes") - older

        return (
            highest_ahead(most, label, needed),
            *self._owned(),
            *self._oldest(),
            *((old,) if holdings.owned_before else ()),
            self.line("financed_nodes", "nodes bought in the plan, of those owned", financed),
        )

    def _owned(self) -> tuple[Line, ...]:
        def before(m: Any) -> Any:
            return np.where(m.month == 1, m.existing_nodes, m.last(self._named("ever_nodes")))

        def ever(m: Any) -> Any:
            return self.get(m, "before_nodes") + self.get(m, "bought_nodes")

        def owned(m: Any) -> Any:
            return self.get(m, "ever_nodes") - self.get(m, "left_nodes")

        return (
            self.line("before_nodes", "nodes ever owned, before this month", before),
            self.line("aged_nodes", "nodes whose life has ended, to date", self._aged),
            self.line("left_nodes", "nodes that have left, to date", self._left),
            self.flow("bought_nodes", "nodes bought", self._bought),
            self.line("ever_nodes", "nodes ever owned, to date", ever),
            self.line("owned_nodes", "nodes owned", owned),
        )

    def _oldest(self) -> tuple[Line, ...]:
        def oldest(m: Any) -> Any:
            return m.reached(self._named("ever_nodes"), self.get(m, "left_nodes")) + 1

        def nodes(m: Any) -> Any:
            return m.at(self._named("bought_nodes"), self.get(m, "oldest_months"))

        return (
            self.line("oldest_months", "month of the oldest purchase in use", oldest),
            self.line("oldest_nodes", "nodes of that purchase", nodes),
            self.line("oldest_share", "share of it that is left", self._oldest_share),
        )

    def _oldest_share(self, m: Any) -> Any:
        bought, months = self.get(m, "oldest_nodes"), self.get(m, "oldest_months")
        kept = m.at(self._named("ever_nodes"), months) - self.get(m, "left_nodes")
        return np.where(bought > 0, np.minimum(kept / bought, 1), 0)

    def _worth(self, m: Any, by_age: str, new: float = 1.0, clock: str = "") -> Any:
        """What is left of the purchases, each times a share of its price by its age."""
        left = Standing(self.get(m, "oldest_months"), self.get(m, "oldest_share"), new, clock)
        return m.standing(self._named("purchases_per_month"), by_age, left)

    def assets(self) -> tuple[Line, ...]:
        """Return what the vintages are worth, in the books and in the market, and what leaves."""
        purchases = self.flow(
            "purchases_per_month",
            "purchases",
            lambda m: self.get(m, "bought_nodes") * m.node_now_capex,
        )
        return (purchases, *self._market(), *self._books())

    def _market(self) -> tuple[Line, ...]:
        market = self._named("market_residual")
        return (
            self.flow(
                "disposals_per_month",
                "nodes sold at the market",
                lambda m: m.last(market) - self._worth(m, "market_age_share", new=0),
            ),
            self.line(
                "market_residual",
                "market value at the end of the month",
                lambda m: self._worth(m, "market_age_share"),
            ),
            self.flow("resale_per_month", "terminal value, when the plan ends", at_end(market)),
        )

    def _books(self) -> tuple[Line, ...]:
        book = self._named("book_residual")
        return (
            self.flow(
                "written_off_per_month",
                "book value of nodes sold",
                lambda m: m.last(book) - self._worth(m, "book_age_share", new=0),
            ),
            self.flow(
                "depreciation_per_month",
                "depreciation",
                lambda m: self._worth(m, "depreciation_age_share"),
            ),
            self.line("book_residual", "book value", lambda m: self._worth(m, "book_age_share")),
            self.flow("kept_per_month", "book value at the end of the plan", at_end(book)),
        )

    def _tax_value(self, m: Any) -> Any:
        past = self.get(m, "tax_opening_residual") - m.tax_past_share * self.get(
            m, "macrs_per_year"
        )
        at_once = np.where(m.tax_depreciation_kind == "immediate", 0, self.get(m, "book_residual"))
        return np.where(m.tax_depreciation_kind == "macrs", past, at_once)

    def _tax_deduction(self, m: Any) -> Any:
        opened = m.last(self._named("tax_book_residual")) + self.get(m, "purchases_per_month")
        return opened - self.get(m, "tax_book_residual") - self.get(m, "disposals_per_month")

    def tax(self) -> tuple[Line, ...]:
        """Return the tax value of the vintages, and what may be deducted for its fall.

        In the year of a sale the half-year's deduction and the gain or loss that the rest makes
        add up to the tax value less the proceeds, which is what is deducted here.
        """
        year = "tax_year_count"
        return (
            self.line(
                "tax_opening_residual",
                "tax value by MACRS when the tax year began",
                lambda m: self._worth(m, "macrs_left_share", clock=year),
            ),
            self.line(
                "macrs_per_year",
                "MACRS of the tax year, for nodes not sold",
                lambda m: self._worth(m, "macrs_share", clock=year),
            ),
            self.line("tax_book_residual", "tax value", self._tax_value),
            self.flow(
                "tax_depreciation_per_month",
                "deducted: fall of it, less proceeds",
                self._tax_deduction,
            ),
            self.flow(
                "terminal_tax_per_month",
                "tax saved by a terminal value below the tax value",
                lambda m: np.where(
                    m.month == m.horizon_months,
                    (self.get(m, "tax_book_residual") - self.get(m, "resale_per_month"))
                    * m.tax_rate_share,
                    0,
                ),
            ),
        )
