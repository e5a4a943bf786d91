"""The plan month by month: volume, nodes, cash, profit and loss, present value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from costcore.language.quantities import MONTHS_PER_YEAR
from costcore.language.timeline import Line
from costcore.language.trace import given
from costcore.tokens.api import grown, priced
from workbooks.plan.lines.hosted import Hosted
from workbooks.plan.lines.option import TITLES, Option


def _discount(m: Any, months: Any) -> Any:
    return (1 + m.discount_rate) ** (-months / MONTHS_PER_YEAR)


TIME = (
    Line("year_count", "Year of the plan", lambda m: np.floor((m.month - 1) / MONTHS_PER_YEAR) + 1),
    Line(
        "start_factor",
        "Discount factor: purchases, start of month",
        lambda m: _discount(m, m.month - 1),
    ),
    Line(
        "bill_factor",
        "Discount factor: bills, when they are paid",
        lambda m: _discount(m, m.month - 1 + m.payment_timing_share),
    ),
    Line("end_factor", "Discount factor: resale, end of month", lambda m: _discount(m, m.month)),
    Line(
        "volume_tokens_per_month",
        "Tokens",
        lambda m: given(
            m.forecast_tokens_per_month,
            grown(m.tokens_per_month, m.growth_per_year, m.month) * m.season_factor,
        ),
        sums=True,
        heading="Volume",
    ),
)


@dataclass(frozen=True, slots=True)
class Priced(Option):
    """An option that is billed by the token."""

    def _price(self, m: Any) -> Any:
        path = grown(self.get(m, "price_per_mtok"), self.get(m, "price_change_per_year"), m.month)
        return path * (m.api_price_factor if self.name == "api" else 1.0)

    def _usage(self, m: Any) -> Any:
        return priced(m.volume_tokens_per_month, self.get(m, "price_now_per_mtok"))

    def _bill(self, m: Any) -> Any:
        committed = m.api_commit_per_month if self.name == "api" else 0.0
        return np.maximum(self.get(m, "usage_per_month"), committed) + self.get(m, "fee_per_month")

    def lines(self, taxed: bool) -> tuple[Line, ...]:
        """Return the option's lines, with tax where it is paid."""

        def present(m: Any) -> Any:
            tax = self.get(m, "tax_saved_per_month") if taxed else 0.0
            return (self.get(m, "cash_per_month") - tax) * m.bill_factor

        tax = self.flow(
            "tax_saved_per_month",
            "tax saved",
            lambda m: self.get(m, "cash_per_month") * m.tax_rate_share,
        )
        value = "present value, after tax" if taxed else "present value"
        return (
            self.line("price_now_per_mtok", "price", self._price, heading=self.title),
            self.flow("usage_per_month", "tokens at that price", self._usage),
            self.flow("cash_per_month", "bill, with commitment and fee", self._bill),
            *((tax,) if taxed else ()),
            self.flow("present_per_month", value, present),
        )


def _cumulative(option: str) -> Line:
    title = TITLES[option]
    name = f"{option}_cumulative_cost"
    return Line(
        name,
        f"{title}: cash to date",
        lambda m: m.last(name) + getattr(m, f"{option}_cash_per_month"),
        heading="Cash to date" if option == "api" else "",
    )


def _owing(name: str, label: str, view: str) -> tuple[Line, Line]:
    """Saving to date, and the month as long as self-hosting has not caught up."""
    return (
        Line(
            f"{name}_cost",
            f"Saving of self-hosting to date, {label}",
            lambda m: (
                m.last(f"{name}_cost")
                + getattr(m, f"api_{view}_per_month")
                - getattr(m, f"own_{view}_per_month")
            ),
        ),
        Line(
            f"{name}_owed_months",
            f"Month, while it is still behind, {label}",
            lambda m: np.where(getattr(m, f"{name}_cost") < 0, m.month, 0),
        ),
    )


SHORT = Line(
    "own_short_tokens",
    "Self-hosted: tokens beyond the planned load of the nodes",
    lambda m: np.maximum(
        m.own_tokens_per_month
        - np.round((m.own_nodes - m.spare_nodes) * m.node_plan_tokens_per_month, 3),
        0,
    ),
    sums=True,
)


def _routed_bill(m: Any) -> Any:
    bought = m.volume_tokens_per_month * (1 - m.hybrid_share)
    return priced(bought, m.api_price_now_per_mtok) + m.api_fee_per_month


OWN = Hosted("own", lambda m: 1.0, lambda m: 0.0)
HYBRID = Hosted("hybrid", lambda m: m.hybrid_share, _routed_bill)


def monthly(options: tuple[str, ...], taxed: bool) -> tuple[Line, ...]:
    """Return the lines of a plan that compares these options."""
    return (
        *TIME,
        *Priced("api").lines(taxed),
        *(Priced("managed").lines(taxed) if "managed" in options else ()),
        *OWN.lines(taxed),
        SHORT,
        *(HYBRID.lines(taxed) if "hybrid" in options else ()),
        *(_cumulative(option) for option in options),
        *_owing("saved_cash", "cash", "cash"),
        *_owing("saved_present", "present value", "present"),
    )
