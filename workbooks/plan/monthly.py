"""The plan month by month: volume, nodes, cash, profit and loss, present value."""

from __future__ import annotations

from typing import Any

import numpy as np

from costcore.api import grown, priced, stepped
from costcore.capacity import nodes_needed
from costcore.quantities import MONTHS_PER_YEAR
from costcore.timeline import Line
from costcore.trace import given

OPTION_TITLES = {
    "api": "Cloud API",
    "managed": "Managed platform",
    "own": "Self-hosted",
    "hybrid": "Hybrid",
}


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


def _priced_option(option: str) -> tuple[Line, ...]:
    """Lines of an option that is billed by the token."""
    title = OPTION_TITLES[option]

    def get(m: Any, name: str) -> Any:
        return getattr(m, f"{option}_{name}")

    return (
        Line(
            f"{option}_price_now_per_mtok",
            f"{title}: price",
            lambda m: (
                grown(get(m, "price_per_mtok"), get(m, "price_change_per_year"), m.month)
                * (m.api_price_factor if option == "api" else 1.0)
            ),
            heading=title,
        ),
        Line(
            f"{option}_cash_per_month",
            f"{title}: bill",
            lambda m: (
                priced(m.volume_tokens_per_month, get(m, "price_now_per_mtok"))
                + get(m, "fee_per_month")
            ),
            sums=True,
        ),
        _present(option, lambda m: get(m, "cash_per_month") * m.bill_factor),
    )


def _present(option: str, rule: Any) -> Line:
    title = OPTION_TITLES[option]
    return Line(f"{option}_present_per_month", f"{title}: present value", rule, sums=True)


def _hosted_option(option: str, share: Any, rest: Any) -> tuple[Line, ...]:
    """Lines of an option that runs `share` of the volume on own nodes and buys the `rest`."""
    title = OPTION_TITLES[option]

    def get(m: Any, name: str) -> Any:
        return getattr(m, f"{option}_{name}")

    def line(name: str, label: str, rule: Any, sums: bool = True, heading: str = "") -> Line:
        return Line(f"{option}_{name}", f"{title}: {label}", rule, sums, heading)

    def previous_nodes(m: Any) -> Any:
        return np.where(m.month == 1, m.existing_nodes, m.last(f"{option}_nodes"))

    def nodes(m: Any) -> Any:
        bought = np.maximum(previous_nodes(m), get(m, "needed_nodes"))
        return np.where(m.acquisition_kind == "buy", bought, get(m, "needed_nodes"))

    def bought_nodes(m: Any) -> Any:
        replaced = m.ago(f"{option}_bought_nodes", m.life_months)
        added = get(m, "nodes") - previous_nodes(m) + replaced
        return np.where(m.acquisition_kind == "buy", added, 0)

    def sold(m: Any) -> Any:
        return m.ago(f"{option}_purchases_per_month", m.life_months) * m.residual_share

    def depreciation(m: Any) -> Any:
        in_use = m.recent(f"{option}_purchases_per_month", m.life_months)
        return in_use * (1 - m.residual_share) / m.life_months

    def book(m: Any) -> Any:
        before = m.last(f"{option}_book_residual")
        change = get(m, "purchases_per_month") - get(m, "depreciation_per_month")
        return before + change - get(m, "disposals_per_month")

    def power(m: Any) -> Any:
        each = grown(m.node_energy_per_month, m.energy_price_change_per_year, m.month)
        return get(m, "nodes") * each

    def idle(m: Any) -> Any:
        capacity = get(m, "nodes") * m.node_capacity_tokens_per_month
        busy_share = get(m, "tokens_per_month") / capacity
        return get(m, "nodes") * m.node_cost_per_month * (1 - busy_share)

    running = ("rent", "support", "power", "space", "marginal", "staff", "tools", "incidents")
    one_off = ("opportunity", "migration", "api")
    return (
        line(
            "tokens_per_month",
            "tokens on own nodes",
            lambda m: m.volume_tokens_per_month * share(m),
            heading=title,
        ),
        line(
            "needed_nodes",
            "nodes needed",
            lambda m: nodes_needed(
                get(m, "tokens_per_month"),
                m.node_capacity_tokens_per_month * m.sla_share,
                m.peak_factor,
                m.max_load_share,
                m.spare_nodes,
                m.min_nodes,
            ),
            sums=False,
        ),
        line("nodes", "nodes in service", nodes, sums=False),
        line("bought_nodes", "nodes bought", bought_nodes),
        line(
            "purchases_per_month",
            "purchases",
            lambda m: (
                get(m, "bought_nodes")
                * grown(m.node_capex, m.hardware_price_change_per_year, m.month)
            ),
        ),
        line("disposals_per_month", "resale of replaced nodes", sold),
        line("depreciation_per_month", "depreciation", depreciation),
        line("book_residual", "book value", book, sums=False),
        line(
            "resale_per_month",
            "resale at the end of the plan, at book value",
            lambda m: np.where(m.month == m.horizon_months, get(m, "book_residual"), 0),
        ),
        line(
            "rent_per_month",
            "rent",
            lambda m: (
                get(m, "nodes") * grown(m.node_rent_per_month, m.rent_change_per_year, m.month)
            ),
        ),
        line("support_per_month", "support", lambda m: get(m, "nodes") * m.node_support_per_month),
        line("power_per_month", "electricity", power),
        line(
            "space_per_month",
            "colocation and other",
            lambda m: get(m, "nodes") * m.node_space_per_month,
        ),
        line(
            "marginal_per_month",
            "cost per token",
            lambda m: priced(get(m, "tokens_per_month"), m.own_price_per_mtok),
        ),
        line(
            "staff_per_month",
            "engineering labour",
            lambda m: stepped(m.staff_per_month, m.wage_growth_per_year, m.month),
        ),
        line("tools_per_month", "MLOps tools", lambda m: m.mlops_per_month),
        line("incidents_per_month", "incident response", lambda m: m.incidents_per_month),
        line("opportunity_per_month", "opportunity cost", lambda m: m.opportunity_per_month),
        line(
            "migration_per_month",
            "migration",
            lambda m: np.where(m.month == 1, m.migration_cost, 0),
        ),
        line(
            "api_per_month",
            "API bill, for the rest and while both run",
            lambda m: np.where(m.month <= m.dual_run_months, m.api_cash_per_month, rest(m)),
        ),
        line(
            "running_per_month",
            "running cost",
            lambda m: sum(get(m, f"{part}_per_month") for part in (*running, *one_off)),
        ),
        line(
            "cash_per_month",
            "cash",
            lambda m: (
                get(m, "purchases_per_month")
                - get(m, "disposals_per_month")
                - get(m, "resale_per_month")
                + get(m, "running_per_month")
            ),
        ),
        line(
            "expense_per_month",
            "expense in profit and loss",
            lambda m: get(m, "depreciation_per_month") + get(m, "running_per_month"),
        ),
        _present(
            option,
            lambda m: (
                (get(m, "purchases_per_month") - get(m, "disposals_per_month")) * m.start_factor
                + get(m, "running_per_month") * m.bill_factor
                - get(m, "resale_per_month") * m.end_factor
            ),
        ),
        line("idle_per_month", "idle capacity (part of the cost above)", idle),
    )


def _cumulative(option: str) -> Line:
    title = OPTION_TITLES[option]
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


def monthly(options: tuple[str, ...]) -> tuple[Line, ...]:
    """Return the lines of a plan that compares these options."""
    own = _hosted_option("own", lambda m: 1.0, lambda m: 0.0)
    hybrid = _hosted_option("hybrid", lambda m: m.hybrid_share, _routed_bill)
    return (
        *TIME,
        *_priced_option("api"),
        *(_priced_option("managed") if "managed" in options else ()),
        *own,
        SHORT,
        *(hybrid if "hybrid" in options else ()),
        *(_cumulative(option) for option in options),
        *_owing("saved_cash", "cash", "cash"),
        *_owing("saved_present", "present value", "present"),
    )
