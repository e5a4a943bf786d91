"""What the plan comes to: totals of every option, by year, and the six drains."""

from __future__ import annotations

from typing import Any

import numpy as np

from costcore.language.criteria import sum_if
from costcore.language.quantities import MONTHS_PER_YEAR, TOKENS_PER_MTOK
from costcore.language.timeline import Line, total
from costcore.language.trace import amount, given, words, worksheet
from costcore.money.cashflow import spreadsheet_npv
from workbooks.plan.lines.option import TITLES
from workbooks.plan.lines.vintages import Holdings
from workbooks.plan.results.comparison import HOSTED

VIEWS = {"cash": "cash", "expense": "profit and loss", "present": "present value"}
WITHOUT_TERMINAL = {
    "paid": "cash without the terminal value",
    "paid_present": "present value without the terminal value",
}
"""Views of a plan that buys nodes, which sell for something when it ends."""


BILLED = {"expense": "cash", "paid": "cash", "paid_present": "present"}


def views(holdings: Holdings) -> dict[str, str]:
    """Return how a plan is looked at, with and without what its nodes sell for at its end."""
    return VIEWS | (WITHOUT_TERMINAL if holdings.buys else {})


def monthly_name(option: str, view: str) -> str:
    """Line of the monthly plan behind a view; a bill is an expense when it is paid."""
    kept = view if option in HOSTED else BILLED.get(view, view)
    return f"{option}_{kept}_per_month"


def _total(option: str, view: str) -> Line:
    title = f"{TITLES[option]}: {(VIEWS | WITHOUT_TERMINAL)[view]}, whole plan"
    source = monthly_name(option, view)
    return total(f"{option}_{view}_cost", title, source)


def _each_token(option: str) -> Line:
    def rule(m: Any) -> Any:
        mtok = np.sum(m.volume_tokens_per_month, axis=0) / TOKENS_PER_MTOK
        return np.where(mtok > 0, getattr(m, f"{option}_cash_cost") / mtok, np.inf)

    return Line(f"{option}_each_per_mtok", f"{TITLES[option]}: cash per Mtok", rule)


def _against_api(option: str) -> Line:
    def rule(m: Any) -> Any:
        api, own = m.api_present_cost, getattr(m, f"{option}_present_cost")
        return np.where(api > 0, own / api, np.inf)

    title = f"{TITLES[option]}: present value against the API"
    return Line(f"{option}_ratio_factor", title, rule)


def totals(options: tuple[str, ...], holdings: Holdings) -> tuple[Line, ...]:
    """Return the totals of each option in each view, and what is compared."""
    return (
        *(_total(option, view) for view in views(holdings) for option in options),
        *(_each_token(option) for option in options),
        *(_against_api(option) for option in options),
        *(WITHOUT if holdings.buys else ()),
        *(OWNED_FIRST if holdings.owned_before else ()),
        Line("sheet_npv_cost", "API bills by the sheet's own NPV, before tax", _sheet_npv),
        _payback("cash", "Month in which the cash is back, against the API"),
        _payback("present", "Month in which the present value is back, against the API"),
        *_crossover(holdings),
    )


def _sheet_npv(m: Any) -> Any:
    return at_present(m, m.api_cash_per_month)


def at_present(m: Any, bills: Any) -> Any:
    """Discount bills by the sheet's own NPV.

    It takes every bill at the end of its month; ours may come earlier.
    """
    monthly = (1 + m.discount_rate) ** (1 / MONTHS_PER_YEAR) - 1
    early = (1 + m.discount_rate) ** ((1 - m.payment_timing_share) / MONTHS_PER_YEAR)
    return worksheet("NPV", spreadsheet_npv, monthly, bills) * early


def _crossover(holdings: Holdings) -> tuple[Line, Line]:
    def month(m: Any) -> Any:
        return m.payback_paid_months if holdings.buys else m.payback_cash_months

    def caught_up(m: Any) -> Any:
        return words("catches up with the API in month ", amount(given(month(m), 0)))

    def rule(m: Any) -> Any:
        never = "does not catch up with the API in this plan"
        told = np.where(np.isfinite(month(m)), m.caught_up_text, never)
        return words("Cash paid to date: self-hosting ", told)

    return (
        Line("caught_up_text", "When it catches up", caught_up),
        Line("crossover_text", "Title of the chart", rule),
    )


def _payback(view: str, label: str) -> Line:
    """The month after the last one in which self-hosting was behind."""

    def rule(m: Any) -> Any:
        behind = np.max(getattr(m, f"saved_{view}_owed_months"), axis=0)
        return np.where(behind < m.horizon_months, behind + 1, np.inf)

    return Line(f"payback_{view}_months", label, rule)


def _owned(m: Any) -> Any:
    at = words(m.currency, " ", amount(m.owned_cost_per_month))
    nodes = amount(m.existing_nodes)
    return words("Nodes owned already (", nodes, ") are used first, at ", at)


OWNED_FIRST = (
    Line("owned_cost_text", "Nodes owned already: what they cost", _owned),
    Line(
        "owned_text",
        "Nodes owned already",
        lambda m: words(
            m.owned_cost_text,
            " a month for support, power and space; what they would sell for is left out.",
        ),
    ),
)
WITHOUT = (_payback("paid", "Month in which the cash is back, no terminal value"),)


def _decay(holdings: Holdings) -> Line:
    """Depreciation and what a sale brings less than the books; what is rented has neither."""

    def lost(m: Any) -> Any:
        flows = (m.own_depreciation_per_month, m.own_written_off_per_month)
        return sum(np.sum(flow, axis=0) for flow in flows) - np.sum(
            m.own_disposals_per_month, axis=0
        )

    title = "3 Hardware decay: depreciation and loss on sales"
    return Line("drain_decay_cost", title, lost if holdings.buys else lambda m: np.float64(0))


def drains(holdings: Holdings) -> tuple[Line, ...]:
    """Return the six drains, and what they come to beside raw compute."""
    return (*DRAINS[:2], _decay(holdings), *DRAINS[2:])


DRAINS = (
    total("drain_staff_cost", "1 Engineering labour", "own_staff_per_month"),
    total("drain_tools_cost", "2 MLOps infrastructure", "own_tools_per_month"),
    total("drain_incidents_cost", "4 Incident response", "own_incidents_per_month"),
    total("drain_opportunity_cost", "5 Opportunity cost", "own_opportunity_per_month"),
    total(
        "drain_idle_cost",
        "6 Idle capacity: whole nodes (part of the node cost, not added)",
        "own_idle_per_month",
    ),
    total("spare_cost", "Beside it: spare nodes", "own_spare_per_month"),
    total("headroom_cost", "Beside it: peaks and answer times", "own_headroom_per_month"),
    Line(
        "raw_compute_cost",
        "Raw compute: rent or depreciation, power, space, support",
        lambda m: (
            m.drain_decay_cost
            + np.sum(m.own_rent_per_month, axis=0)
            + np.sum(m.own_support_per_month, axis=0)
            + np.sum(m.own_power_per_month, axis=0)
            + np.sum(m.own_space_per_month, axis=0)
        ),
    ),
    Line(
        "overhead_factor",
        "All of self-hosting over raw compute (one article says 3 to 5)",
        lambda m: np.where(m.raw_compute_cost > 0, m.own_expense_cost / m.raw_compute_cost, np.inf),
    ),
)


def yearly(options: tuple[str, ...], holdings: Holdings) -> tuple[Line, ...]:
    """Return cash by plan year; the period is the year."""

    def line(option: str, view: str) -> Line:
        source = monthly_name(option, view)

        def rule(m: Any) -> Any:
            return sum_if(m.year_count, m.year, getattr(m, source))

        title = f"{TITLES[option]}: {(VIEWS | WITHOUT_TERMINAL)[view]}"
        return Line(f"{option}_{view}_per_year", title, rule, sums=True)

    return tuple(line(option, view) for view in views(holdings) for option in options)
