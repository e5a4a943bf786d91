"""What finance asks beside the totals: yearly equivalents, returns, financing, outcomes."""

from __future__ import annotations

from typing import Any

import numpy as np

from costcore.answers.outcome import (
    carried_cost,
    expected_attempts,
    failed_attempts,
    failed_share,
    repaired_cost,
    tried_cost,
)
from costcore.language.quantities import MONTHS_PER_YEAR, TOKENS_PER_MTOK
from costcore.language.timeline import Line, Rule
from costcore.language.trace import given
from costcore.nodes.hosting import energy_per_month, rent_per_month
from workbooks.plan.lines.option import TITLES, Option
from workbooks.plan.lines.owing.currencies import rate_factor
from workbooks.plan.lines.owned import consumed, months_of_life


def _each_year(option: str) -> Line:
    """The equal yearly payment that is worth the option's present value."""

    def rule(m: Any) -> Any:
        return getattr(m, f"{option}_present_cost") * m.annual_factor

    return Line(f"{option}_annual_per_year", f"{TITLES[option]}: equivalent annual cost", rule)


def annual(options: tuple[str, ...]) -> tuple[Line, ...]:
    """Return the equivalent annual cost of each option."""
    return tuple(map(_each_year, options))


def _known(price: Any, value: Any) -> Any:
    """Value of a quote, where there is one; a blank quote gives a blank, not 0."""
    return np.where(np.isfinite(price), value, np.nan)


def _yearly(change: str) -> Rule:
    """Step from a month to the next, discounted, of what changes so much in a year."""
    return lambda m: (1 + getattr(m, change)) ** (1 / MONTHS_PER_YEAR) * m.month_factor


def _buy(m: Any) -> Any:
    taken = m.life_taken_share + m.life_support_share
    return _known(m.quoted_capex, m.quoted_capex * taken + m.site_life_cost)


def _lease(m: Any) -> Any:
    paid = m.quoted_lease_per_month * m.life_factor
    return _known(m.quoted_lease_per_month, paid + m.site_life_cost)


FINANCING = (
    Line(
        "quoted_rent_per_gpu_hour",
        "Rent quoted or listed",
        lambda m: given(m.rent_per_gpu_hour, m.listed_rent_per_gpu_hour),
        heading="One node over its life: rent, lease or buy (present value, before tax)",
    ),
    Line(
        "quoted_rent_per_month",
        "Rent of a node, reserved and spot in their shares",
        lambda m: _known(
            m.quoted_rent_per_gpu_hour,
            rent_per_month(
                m.quoted_rent_per_gpu_hour, m.gpus_per_node_count, m.duty_share, m.hours_per_month
            )
            * m.rent_paid_share,
        ),
    ),
    Line(
        "quoted_lease_per_month",
        "Lease of a node",
        lambda m: _known(m.lease_per_gpu_month, m.lease_per_gpu_month * m.gpus_per_node_count),
    ),
    Line(
        "quoted_capex_per_gpu",
        "Purchase quoted or listed",
        lambda m: given(m.capex_per_gpu, m.listed_capex_per_gpu),
    ),
    Line(
        "quoted_capex",
        "Purchase of a node",
        lambda m: _known(m.quoted_capex_per_gpu, m.quoted_capex_per_gpu * m.gpus_per_node_count),
    ),
    Line(
        "quoted_kw",
        "Nameplate power of a node",
        lambda m: m.gpus_per_node_count * given(m.power_kw_per_gpu, given(m.listed_kw_per_gpu, 0)),
    ),
    Line("rent_step_factor", "Rent: a month over the last", _yearly("rent_change_per_year")),
    *months_of_life("rent_life", "Rent: months of today's rent", "rent_step_factor"),
    Line(
        "energy_step_factor",
        "Electricity: a month over the last",
        _yearly("energy_price_change_per_year"),
    ),
    *months_of_life("energy_life", "Electricity: months of today's cost", "energy_step_factor"),
    Line("space_step_factor", "Space: a month over the last", _yearly("space_change_per_year")),
    *months_of_life("space_life", "Space: months of today's cost", "space_step_factor"),
    Line(
        "support_step_factor", "Support: a month over the last", _yearly("support_change_per_year")
    ),
    *months_of_life("support_life", "Support: months of today's cost", "support_step_factor"),
    Line(
        "site_energy_per_month",
        "Electricity of a node that stands with you",
        lambda m: energy_per_month(
            m.quoted_kw,
            m.price_per_kwh,
            m.pue,
            m.hours_per_month * m.duty_share,
            m.power_use_share,
        ),
    ),
    Line(
        "site_life_cost",
        "Electricity, space and other cost of it over its life",
        lambda m: (
            m.site_energy_per_month * m.energy_life_factor
            + (m.quoted_kw * m.colo_per_kw_month + m.node_opex_per_month) * m.space_life_factor
        ),
    ),
    Line(
        "rent_life_cost",
        "Rented",
        lambda m: _known(
            m.quoted_rent_per_month,
            m.quoted_rent_per_month * m.rent_life_factor
            + m.node_opex_per_month * m.space_life_factor,
        ),
    ),
    Line("lease_life_cost", "Leased", _lease),
    Line("life_taken_share", "Of a price, what a life takes", consumed),
    Line(
        "life_support_share",
        "Of a price, support over that life",
        lambda m: m.support_share_per_year / MONTHS_PER_YEAR * m.support_life_factor,
    ),
    Line("buy_life_cost", "Bought, with support, sold at the end of its life", _buy),
)


def _at_mean_rate(name: str, label: str) -> Line:
    """What a task takes, at the rates of the months in which the plan's tokens are served."""

    def rule(m: Any) -> Any:
        if (moves := getattr(m, rate_factor(name), None)) is None:
            return getattr(m, name)
        tokens = m.volume_tokens_per_month
        served = np.sum(tokens, axis=0)
        return getattr(m, name) * np.where(served > 0, np.dot(tokens, moves) / served, 1)

    return Line(f"mean_{name}", label, rule)


MENDING = (
    _at_mean_rate("repair_cost", "A person's repair, at the rates of the plan's tokens"),
    _at_mean_rate("debug_cost", "Looking into a failed attempt, at those rates"),
)


class Outcome(Option):
    """What a successful outcome costs with one option."""

    def _attempt(self, m: Any) -> Any:
        each = self.get(m, "each_per_mtok")
        return _known(each, each * m.task_tokens / TOKENS_PER_MTOK)

    def _failed(self, m: Any) -> Any:
        return failed_share(self.get(m, "success_share"), m.max_attempts)

    def _failures(self, m: Any) -> Any:
        return failed_attempts(self.get(m, "attempts"), self.get(m, "failed_share"))

    def lines(self) -> tuple[Line, ...]:
        """Return the cost of an outcome, step by step."""

        def attempts(m: Any) -> Any:
            success, failed = self.get(m, "success_share"), self.get(m, "failed_share")
            return expected_attempts(success, m.max_attempts, failed)

        def tried(m: Any) -> Any:
            attempt, failures = self.get(m, "attempt_cost"), self.get(m, "failed_attempts")
            tried = tried_cost(attempt, self.get(m, "attempts"), failures, m.mean_debug_cost)
            return _known(attempt, tried)

        def carried(m: Any) -> Any:
            shares = self.get(m, "success_share"), self.get(m, "failed_share")
            return _known(
                self.get(m, "tried_cost"), carried_cost(self.get(m, "tried_cost"), *shares)
            )

        def settled(m: Any) -> Any:
            tried, failed = self.get(m, "tried_cost"), self.get(m, "failed_share")
            repaired = _known(tried, repaired_cost(tried, failed, m.mean_repair_cost))
            return np.where(m.mean_repair_cost > 0, repaired, self.get(m, "carried_cost"))

        return (
            self.line(
                "attempt_cost", "one attempt", self._attempt, heading=f"{self.title}: outcome"
            ),
            self.line("failed_share", "tasks that all attempts fail", self._failed),
            self.line("attempts", "attempts a task takes", attempts),
            self.line("failed_attempts", "of these, those that fail", self._failures),
            self.line("tried_cost", "attempts and debugging of a task", tried),
            self.line("carried_cost", "a success, where it carries the tasks that fail", carried),
            self.line("outcome_cost", "a successful outcome", settled),
        )


OUTCOMES = (*MENDING, *Outcome("api").lines(), *Outcome("own").lines())
