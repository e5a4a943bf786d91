"""The plan month by month: volume, nodes, cash, profit and loss, present value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from costcore.language.quantities import MONTHS_PER_YEAR
from costcore.language.timeline import Line, Rule
from costcore.language.trace import given
from costcore.tokens.api import grown, priced
from workbooks.plan.lines.hosted import Hosted
from workbooks.plan.lines.option import TITLES, Option
from workbooks.plan.lines.owing.currencies import NONE, Currencies, amount_of, foreign
from workbooks.plan.lines.owing.deals import Deals
from workbooks.plan.lines.owing.together import held
from workbooks.plan.lines.served import to_date
from workbooks.plan.lines.vintages import BY_AGE, TAX_YEARS, Holdings
from workbooks.scenario.contracts import NODES
from workbooks.scenario.scenario import Contract


def _discount(m: Any, months: Any) -> Any:
    return (1 + m.discount_rate) ** (-months / MONTHS_PER_YEAR)


def _level(m: Any) -> Any:
    """Go on from the month before; a month of the user's own sets the level anew."""
    own = np.isfinite(m.forecast_tokens_per_month) & (m.season_factor > 0)
    grew = m.last("level_tokens_per_month") * m.growth_factor
    path = np.where(m.month == 1, m.tokens_per_month, grew)
    return np.where(own, m.forecast_tokens_per_month / m.season_factor, path)


def _path(cost: str, label: str, change: str, price: str = "") -> Line:
    def moved(m: Any) -> Any:
        path = grown(1.0, getattr(m, change), m.month)
        return foreign(m, price, path) if price else path

    said = f"{label}: its price over that of the first month"
    return Line(f"{cost}_now_factor", f"{said}, with its exchange rate" if price else said, moved)


PATHS = (
    _path("rent", "Rent", "rent_change_per_year", "rent"),
    _path("support", "Support", "support_change_per_year", "buy"),
    _path("energy", "Electricity", "energy_price_change_per_year"),
    _path("space", "Colocation and other cost", "space_change_per_year"),
)
VOLUME = (
    Line(
        "growth_factor",
        "Growth from the month before, until it ends",
        lambda m: np.where(
            m.month <= m.growth_months, (1 + m.growth_per_year) ** (1 / MONTHS_PER_YEAR), 1
        ),
        heading="Volume",
    ),
    Line(
        "level_tokens_per_month",
        "Tokens without the season: your own, and from there on with growth",
        _level,
    ),
    Line(
        "volume_tokens_per_month",
        "Tokens",
        lambda m: given(m.forecast_tokens_per_month, m.level_tokens_per_month * m.season_factor),
        sums=True,
    ),
)
YEARS = (
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
)


def timed(others: Currencies = NONE, managed: bool = True) -> tuple[Line, ...]:
    """Return years, discounts, exchange rates and paths of prices, and the volume by month."""
    prices = ("api", *(("managed",) if managed else ()), "rent", "buy")
    served = to_date("volume_tokens_per_month", "Tokens to date")
    return (*YEARS, *others.by_month(prices), *PATHS, *VOLUME, served)


GAP = Line(
    "api_gap_per_month",
    "Cloud API: of that, what was billed beyond the prices (the gap)",
    lambda m: m.api_usage_per_month * np.where(m.api_gap_factor > 0, 1 - 1 / m.api_gap_factor, 0),
    sums=True,
)


@dataclass(frozen=True, slots=True)
class Priced(Option):
    """An option that is billed by the token; `others` have commitments it leaves unused."""

    deals: Deals
    others: tuple[str, ...] = ()

    def _path(self, m: Any) -> Any:
        path = grown(self.get(m, "price_per_mtok"), self.get(m, "price_change_per_year"), m.month)
        return path * self.get(m, "price_factor")

    def _price(self) -> tuple[Line, ...]:
        """Return the price of each month: that of its path, or of the contract that holds it."""
        if not (holding := self.deals.holding(self.name)):
            label, rule = "price", lambda m: foreign(m, self.name, self._path(m))
            return (self.line("price_now_per_mtok", label, rule, heading=self.title),)

        def kept(m: Any) -> Any:
            return held(holding, self.get(m, "path_per_mtok"), f"{self.name}_held_per_mtok", m)

        def price(m: Any) -> Any:
            return foreign(m, self.name, self.get(m, "held_per_mtok"))

        label = "price, held by contract until its end"
        return (
            self.line("path_per_mtok", "price, without contracts", self._path, heading=self.title),
            self.line("held_per_mtok", f"{label}, at today's rates", kept),
            self.line("price_now_per_mtok", label, price),
        )

    def _usage(self, m: Any) -> Any:
        served = self.deals.served(m, "dedicated") if self.name == "api" else 0.0
        return priced(m.volume_tokens_per_month - served, self.get(m, "price_now_per_mtok"))

    def _bill(self, m: Any) -> Any:
        committed = amount_of(m, f"{self.name}_commit_per_month")
        least = np.maximum(self.get(m, "usage_per_month"), committed)
        unused = sum(amount_of(m, f"{other}_commit_per_month") for other in self.others)
        moving = self.get(m, "moving_per_month") if self.name == "managed" else 0.0
        return least + amount_of(m, f"{self.name}_fee_per_month") + unused + moving

    def _moving(self) -> tuple[Line, ...]:
        """Return what moving to a managed platform costs; on the API you are already."""
        if self.name == "api":
            return ()
        once = self.flow(
            "moving_per_month",
            "moving there",
            lambda m: np.where(m.month == 1, amount_of(m, "managed_migration_cost"), 0),
        )
        return (once,)

    def _paid(self) -> tuple[Line, ...]:
        """Return usage and cash, and what contracts add to it."""

        def wanted(m: Any) -> Any:
            return m.volume_tokens_per_month if self.name == "api" else 0.0

        usage = (
            self.flow("usage_per_month", "tokens at that price", self._usage),
            *((GAP,) if self.name == "api" else ()),
        )
        if not self.deals.all:
            return (
                *usage,
                self.flow("cash_per_month", "bill, with commitment and fee", self._bill),
            )
        return (
            *self.deals.capacity(wanted, "dedicated"),
            *self.deals.capacity(lambda m: 0.0, *NODES),
            *usage,
            *self.deals.spend({self.name: lambda m: self.get(m, "usage_per_month")}),
            *self.deals.totals(),
            self.flow("bill_per_month", "bill, with fee", self._bill),
            self.flow(
                "cash_per_month",
                "cash: bill and contracts",
                lambda m: self.get(m, "bill_per_month") + self.get(m, "contracts_per_month"),
            ),
        )

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
            *self._price(),
            *self._moving(),
            *self._paid(),
            *((tax,) if taxed else ()),
            self.flow("present_per_month", value, present),
        )


def _cumulative(option: str, holdings: Holdings) -> Line:
    """Cash paid to date; what nodes would sell for when the plan ends is not paid."""
    title = TITLES[option]
    view = "paid" if holdings.buys and option in ("own", "hybrid") else "cash"
    name = f"{option}_cumulative_cost"
    return Line(
        name,
        f"{title}: cash to date",
        lambda m: m.last(name) + getattr(m, f"{option}_{view}_per_month"),
        heading="Cash to date" if option == "api" else "",
    )


def _owing(name: str, label: str, view: str) -> tuple[Line, Line]:
    """Saving to date, and the month as long as self-hosting has not caught up."""
    api = f"api_{'present' if view == 'present' else 'cash'}_per_month"
    return (
        Line(
            f"{name}_cost",
            f"Saving of self-hosting to date, {label}",
            lambda m: (
                m.last(f"{name}_cost") + getattr(m, api) - getattr(m, f"own_{view}_per_month")
            ),
        ),
        Line(
            f"{name}_owed_months",
            f"Month, while it is still behind, {label}",
            lambda m: np.where(getattr(m, f"{name}_cost") < 0, m.month, 0),
        ),
    )


def _short(deals: Deals) -> Line:
    def short(m: Any) -> Any:
        nodes = m.own_nodes + deals.served(m, *NODES) - m.spare_nodes
        served = np.round(nodes * m.node_plan_tokens_per_month, 3)
        return np.maximum(m.own_tokens_per_month - served, 0)

    label = "Self-hosted: tokens beyond the planned load of the nodes"
    return Line("own_short_tokens", label, short, sums=True)


def _hybrid(deals: Deals, holdings: Holdings, managed: bool) -> Hosted:
    unused = ("managed",) if managed and deals.rest == "api" else ()
    bill = _routed_bill(deals.rest)
    return Hosted("hybrid", lambda m: m.hybrid_share, bill, deals, holdings, unused)


def _routed_bill(option: str) -> Rule:
    """What an option takes for the rest of a hybrid."""

    def rule(m: Any) -> Any:
        price = getattr(m, f"{option}_price_now_per_mtok")
        least, fee = (amount_of(m, f"{option}_{part}_per_month") for part in ("commit", "fee"))
        usage = priced(m.volume_tokens_per_month * (1 - m.hybrid_share), price)
        return np.maximum(usage, least) + fee

    return rule


def monthly(
    options: tuple[str, ...],
    taxed: bool,
    holdings: Holdings,
    contracts: tuple[Contract, ...] = (),
    rest: str = "api",
    others: Currencies = NONE,
) -> tuple[Line, ...]:
    """Return the lines of a plan that compares these options, and what is owed by contract.

    `rest` is what a hybrid buys its rest from, `others` are the currencies beside the plan's.
    """
    deals = {o: Deals(o, contracts, rest if o == "hybrid" else "api", others) for o in options}
    managed = "managed" in options
    beside = ("managed",) if managed else ()
    kept = (lambda m: 1.0), (lambda m: amount_of(m, "api_commit_per_month"))
    own = Hosted("own", *kept, deals["own"], holdings, beside)
    return (
        *timed(others, managed),
        *Priced("api", deals["api"], beside).lines(taxed),
        *(Priced("managed", deals["managed"], ("api",)).lines(taxed) if managed else ()),
        *(BY_AGE if holdings.buys else ()),
        *(TAX_YEARS if holdings.buys and taxed else ()),
        *own.lines(taxed),
        _short(deals["own"]),
        *(_hybrid(deals["hybrid"], holdings, managed).lines(taxed) if "hybrid" in options else ()),
        *(_cumulative(option, holdings) for option in options),
        *_owing("saved_cash", "cash", "cash"),
        *(_owing("saved_paid", "cash without the terminal value", "paid") if holdings.buys else ()),
        *_owing("saved_present", "present value", "present"),
    )
