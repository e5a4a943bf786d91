"""One comparison: what each strategy costs over the plan and in each month, and the rival."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from costcore.language.timeline import Line, Rule
from costcore.language.trace import in_period, weighted, words
from workbooks.plan.lines.option import NAMED, Option
from workbooks.plan.lines.owing.usage import BILLED
from workbooks.plan.lines.served import TRILLIONTH
from workbooks.plan.lines.vintages import Holdings

HOSTED = ("own", "hybrid")
DUST = 1e-12
"""Less than this part of a cost is no saving."""
ONE_OFF = ("migration", "api")
"""What self-hosting pays once: the migration, and the bills while both run."""


@dataclass(frozen=True, slots=True)
class Billed(Option):
    """A strategy whose every cost is a bill of its month."""

    def figures(self) -> tuple[Line, ...]:
        """Return what is compared: its present value."""

        def compared(m: Any) -> Any:
            return self.get(m, "present_cost")

        return (self.line("compared_cost", "what is compared, present value", compared),)

    def lines(self) -> tuple[Line, ...]:
        """Return what a month costs."""

        def due(m: Any) -> Any:
            return self.get(m, "cash_per_month")

        return (self.flow("due_per_month", "cost of the month", due),)


@dataclass(frozen=True, slots=True)
class Capital(Option):
    """A strategy with nodes, whose purchases are spread over the months they serve.

    Each node-month bears the same share, with the cost of capital, so that the months add up
    to the present value of the plan: less resale, and after tax.
    """

    holdings: Holdings

    def _opportunity(self, m: Any) -> Any:
        return np.where(m.opportunity_kind == "in", self.get(m, "lost_cost"), 0)

    def _assets(self, m: Any) -> Any:
        running = weighted(self.get(m, "running_per_month"), m.bill_factor)
        return self.get(m, "present_cost") - running * m.kept_share

    def _node_capital(self, m: Any) -> Any:
        """As the plan's purchases bear it; where it has none, as one does over its life."""
        months = self.get(m, "financed_months")
        taxed = months * m.kept_share
        return np.where(taxed > 0, self.get(m, "assets_cost") / taxed, m.node_capital_per_month)

    def _financed(self, m: Any) -> Any:
        return weighted(self.get(m, "financed_nodes"), m.bill_factor)

    def _bears(self) -> tuple[Line, ...]:
        return (
            self.line("assets_cost", "purchases less resale, present value", self._assets),
            self.line("financed_months", "months of bought nodes, discounted", self._financed),
            self.line(
                "node_capital_per_month",
                "what a bought node bears a month, with cost of capital",
                self._node_capital,
            ),
        )

    def figures(self) -> tuple[Line, ...]:
        """Return what is compared, and what a month of a bought node bears."""

        def lost(m: Any) -> Any:
            return weighted(self.get(m, "opportunity_per_month"), m.bill_factor) * m.kept_share

        def compared(m: Any) -> Any:
            return self.get(m, "present_cost") + self._opportunity(m)

        return (
            self.line("lost_cost", "opportunity cost, present value (not cash)", lost),
            self.line("compared_cost", "what is compared, present value", compared),
            *(self._bears() if self.holdings.buys else ()),
        )

    def lines(self) -> tuple[Line, ...]:
        """Return what a month costs."""

        def due(m: Any) -> Any:
            lost = np.where(m.opportunity_kind == "in", self.get(m, "opportunity_per_month"), 0)
            bills = self.get(m, "running_per_month") + lost
            if not self.holdings.buys:
                return bills
            return bills + self.get(m, "financed_nodes") * self.get(m, "node_capital_per_month")

        return (self.flow("due_per_month", "cost of the month, with its capital", due),)


def _strategy(option: str, holdings: Holdings) -> Billed | Capital:
    return Capital(option, holdings) if option in HOSTED else Billed(option)


def of_rival(m: Any, options: tuple[str, ...], name: str) -> Any:
    """Return the rival's own line, of the same name in every token-billed option."""
    api = getattr(m, f"api_{name}")
    if "managed" not in options:
        return api
    return np.where(m.rival_count == 2, getattr(m, f"managed_{name}"), api)


def _name(option: str) -> Line:
    """Call a token-billed option, with the model where one is named."""

    def rule(m: Any) -> Any:
        model = getattr(m, f"{option}_model")
        named = words(NAMED[option], " (", model, ")")
        return np.where(model == "", NAMED[option], named)

    return Line(f"{option}_named_text", f"{NAMED[option].capitalize()}, by name", rule)


def _rival(options: tuple[str, ...]) -> Rule:
    """Place of the cheapest token-billed option that fails no gate; 0 where all do."""

    def rule(m: Any) -> Any:
        api = np.where(m.api_out_count > 0, 0, 1)
        if "managed" not in options:
            return api
        cheaper = (m.managed_compared_cost < m.api_compared_cost) | (m.api_out_count > 0)
        return np.where((m.managed_out_count == 0) & cheaper, 2, api)

    return rule


def _worth(m: Any, *lines: str) -> Any:
    return sum(weighted(getattr(m, line), m.bill_factor) for line in lines)


def _spread(m: Any, worth: Any) -> Any:
    """Return equal months that are worth as much at present."""
    return worth / np.sum(m.bill_factor, axis=0)


def _once(m: Any) -> Any:
    return _worth(m, *(f"own_{part}_per_month" for part in ONE_OFF))


def _rival_one_off(options: tuple[str, ...]) -> Rule:
    """Only moving to a managed platform is paid once."""

    def rule(m: Any) -> Any:
        moving = "managed_moving_per_month"
        moved = _spread(m, _worth(m, moving)) if "managed" in options else 0
        return np.where(m.rival_count == 2, moved, 0)

    return rule


ONCE = (
    Line("own_once_cost", "Self-hosted: paid once, present value", _once),
    Line(
        "own_oneoff_per_month",
        "Self-hosted: paid once, spread over the plan",
        lambda m: _spread(m, m.own_once_cost),
    ),
    Line(
        "busiest_tokens_per_month",
        "Volume of the busiest month of the plan",
        lambda m: np.max(m.volume_tokens_per_month, axis=0),
    ),
)


def _kept(m: Any) -> Any:
    terminal = m.own_paid_present_cost - m.own_present_cost
    return m.api_compared_cost - m.own_compared_cost - terminal


KEPT = (
    Line(
        "saving_paid_cost",
        "Net present value against the API, no terminal value",
        _kept,
    ),
)


def figures(options: tuple[str, ...], holdings: Holdings) -> tuple[Line, ...]:
    """Return what is compared, the rival that counts, and what self-hosting bears a month."""
    billed = (option for option in BILLED if option in options)
    places = "Rival that counts: 1 the API, 2 the managed platform, 0 none"
    return (
        Line("kept_share", "Share of a cost that tax leaves", lambda m: 1 - m.tax_rate_share),
        *(line for option in options for line in _strategy(option, holdings).figures()),
        *map(_name, billed),
        Line("rival_count", places, _rival(options)),
        Line("rival_text", "By name", lambda m: of_rival(m, options, "named_text")),
        Line(
            "rival_cost",
            "What it costs, present value",
            lambda m: of_rival(m, options, "compared_cost"),
        ),
        Line(
            "saving_cost",
            "Saved by self-hosting against the rival, present value",
            lambda m: m.rival_cost - m.own_compared_cost,
        ),
        *(KEPT if holdings.buys else ()),
        Line(
            "rival_oneoff_per_month",
            "Rival: paid once, spread over the plan",
            _rival_one_off(options),
        ),
        *ONCE,
    )


def _saves(m: Any) -> Any:
    return m.rival_due_per_month - m.own_due_per_month


def by_month(options: tuple[str, ...], holdings: Holdings) -> tuple[Line, ...]:
    """Return what each strategy costs in a month, and whether self-hosting costs less then."""
    return (
        *(line for option in options for line in _strategy(option, holdings).lines()),
        Line(
            "rival_due_per_month",
            "Rival that counts: cost of the month",
            lambda m: of_rival(m, options, "due_per_month"),
            sums=True,
            heading="Self-hosting against the rival that counts",
        ),
        Line(
            "ahead_count",
            "1 where self-hosting costs less",
            lambda m: np.where(_saves(m) > m.rival_due_per_month * DUST, 1, 0),
            sums=True,
        ),
        Line(
            "behind_months",
            "Month, while it does not",
            lambda m: np.where(m.ahead_count == 1, 0, m.month),
        ),
        Line(
            "busiest_months",
            "Month, where it is the busiest",
            lambda m: np.where(m.volume_tokens_per_month == m.busiest_tokens_per_month, m.month, 0),
        ),
    )


TIME = (
    Line(
        "ahead_months",
        "Months in which self-hosting costs less than the rival",
        lambda m: np.sum(m.ahead_count, axis=0),
    ),
    Line(
        "behind_last_months",
        "Last month in which it does not",
        lambda m: np.max(m.behind_months, axis=0),
    ),
    Line(
        "pays_from_months",
        "Month from which it costs less until the end of the plan",
        lambda m: np.where(
            m.behind_last_months < m.horizon_months, m.behind_last_months + 1, np.inf
        ),
    ),
    Line(
        "busiest_month_count",
        "Busiest month (the last of several)",
        lambda m: np.max(m.busiest_months, axis=0),
    ),
    Line(
        "busiest_ahead_count",
        "1 where it costs less in that month",
        lambda m: in_period(m.ahead_count, m.busiest_month_count),
    ),
    TRILLIONTH,
)
"""When self-hosting costs less, over the months."""
