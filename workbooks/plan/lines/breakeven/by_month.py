"""The break-even of each month: what a node costs in it, and from which volume it pays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from costcore.answers.breakeven import crossing_tokens, first_winning_nodes, node_margin
from costcore.language.timeline import Line, Rule
from costcore.language.trace import given
from workbooks.plan.lines.owing.contracts import Deal
from workbooks.plan.lines.owing.currencies import amount_of, lease_of, running_of
from workbooks.plan.lines.vintages import Holdings


def _got(buys: bool) -> Rule:
    def rule(m: Any) -> Any:
        capital = m.own_node_capital_per_month if buys else 0.0
        return m.node_rent_per_month * m.rent_now_factor + lease_of(m) + capital

    return rule


def _run(m: Any, node: str) -> Any:
    """Support, power and space, each with its own change of price."""
    return sum(
        running_of(m, node, cost) * getattr(m, f"{cost}_now_factor")
        for cost in ("support", "energy", "space")
    )


def _new_node(buys: bool) -> tuple[Line, ...]:
    """What one more node costs in the month."""
    return (
        Line(
            "node_got_per_month",
            "A new node: rent, lease, or its purchase with the cost of capital",
            _got(buys),
            heading="Break-even at the prices of the month",
        ),
        Line(
            "node_hired_per_month",
            "Support, power and space of it",
            lambda m: _run(m, "node"),
        ),
        Line(
            "node_new_per_month",
            "A new node",
            lambda m: m.node_got_per_month + m.node_hired_per_month,
        ),
    )


def _owned_node(old: bool) -> tuple[Line, ...]:
    """What one that is owned already costs in the month, and how many there are."""
    return (
        Line(
            "node_old_per_month",
            "A node owned already: support, power and space",
            (lambda m: _run(m, "owned")) if old else (lambda m: m.node_new_per_month),
        ),
        Line(
            "month_old_nodes",
            "Nodes owned already",
            (lambda m: m.own_old_nodes) if old else (lambda m: m.existing_nodes),
        ),
    )


def _spares(m: Any) -> Any:
    new = np.maximum(m.later_spare_nodes - m.month_old_nodes, 0)
    old = np.minimum(m.later_spare_nodes, m.month_old_nodes)
    return new * m.node_new_per_month + old * m.node_old_per_month


def _mean_run(m: Any) -> Any:
    left = np.maximum(m.month_old_nodes - m.later_spare_nodes, 0)
    return m.node_old_per_month * left / np.maximum(m.month_kept_nodes, 1)


def _kept_node(old: bool, bound: Sequence[Deal]) -> tuple[Line, ...]:
    """What nodes that are there already cost more to run, those of contracts before owned ones.

    The fee of a contract is owed in any case. Where there are both kinds, a node costs their mean.
    """

    def held(m: Any) -> Any:
        runs = (
            np.where(deal.part(m, "left_months") > 0, deal.term(m, "committed_nodes"), 0)
            for deal in bound
        )
        return sum(runs, 0.0)

    both = _mean_run if old else (lambda m: np.float64(0))
    run: Rule = both if bound else (lambda m: m.node_old_per_month)
    there = "Nodes there already, beyond the spare ones"
    return (
        Line("month_bound_nodes", "Nodes of contracts, whose fee is owed in any case", held),
        Line(
            "later_spare_nodes",
            "Spare nodes that no contract has",
            lambda m: np.maximum(m.spare_nodes - m.month_bound_nodes, 0),
        ),
        Line("spares_due_per_month", "Spare nodes, those there already first", _spares),
        Line(
            "month_kept_nodes",
            there,
            lambda m: np.maximum(m.month_bound_nodes + m.month_old_nodes - m.spare_nodes, 0),
        ),
        Line("node_run_per_month", "One of them costs to run", run),
        Line(
            "node_extra_per_month",
            "A new node costs beyond it",
            lambda m: m.node_new_per_month - m.node_run_per_month,
        ),
    )


def _steady(due: str) -> Line:
    def rule(m: Any) -> Any:
        return getattr(m, due) - m.nodes_due_per_month - m.served_due_per_month

    return Line("own_steady_per_month", "People and tools, whatever the volume", rule)


def _nodes_due(m: Any) -> Any:
    old = np.minimum(m.month_old_nodes, m.own_nodes)
    return (m.own_nodes - old) * m.node_new_per_month + old * m.node_old_per_month


def _served_due(m: Any) -> Any:
    return m.own_marginal_per_month + m.own_migration_per_month + m.own_api_per_month


def _fixed(m: Any) -> Any:
    return m.own_steady_per_month + m.own_oneoff_per_month + m.spares_due_per_month


def _kept_first(m: Any) -> Any:
    """Nodes owned already bear no capital."""
    margin, run = m.kept_margin_per_month, m.node_run_per_month
    return first_winning_nodes(m.to_recover_per_month, margin, run, m.min_nodes)


def _new_first(m: Any) -> Any:
    margin, cost = m.new_margin_per_month, m.node_new_per_month
    return first_winning_nodes(m.left_to_recover_per_month, margin, cost, m.least_new_nodes)


def _least(m: Any) -> Any:
    new = np.maximum(m.min_nodes - m.month_kept_nodes, 0)
    nodes = m.min_nodes * m.node_run_per_month + new * m.node_extra_per_month
    return m.to_recover_per_month + nodes


def _first_nodes(m: Any) -> Any:
    kept = np.where(m.kept_first_nodes <= m.month_kept_nodes, m.kept_first_nodes, m.new_first_nodes)
    return np.where(m.at_once_count == 1, m.min_nodes, kept)


def _met(m: Any) -> Any:
    nodes = given(m.month_first_nodes, 0)
    extra = np.maximum(nodes - m.month_kept_nodes, 0) * m.node_extra_per_month
    return crossing_tokens(
        nodes,
        m.rival_price_per_mtok,
        m.node_run_per_month,
        m.to_recover_per_month + extra,
        amount_of(m, "own_price_per_mtok"),
    )


def _first_tokens(m: Any) -> Any:
    above = np.where(np.isfinite(m.month_first_nodes), m.month_met_tokens_per_month, np.inf)
    return np.where(m.at_once_count == 1, 0, above)


DUE = (
    Line("nodes_due_per_month", "Nodes in service, of contracts apart", _nodes_due),
    Line("served_due_per_month", "Cost per token, migration and bills", _served_due),
)
FIRST = (
    Line("own_fixed_per_month", "The same, with spare nodes and what is paid once", _fixed),
    Line(
        "to_recover_per_month",
        "Of it, beyond the rival's fee",
        lambda m: m.own_fixed_per_month - m.rival_fee_per_month,
    ),
    Line(
        "new_margin_per_month",
        "Margin of a full new node: the rival's bill less what it needs itself",
        lambda m: node_margin(
            m.rival_price_per_mtok,
            m.node_new_per_month,
            m.node_plan_tokens_per_month,
            amount_of(m, "own_price_per_mtok"),
        ),
    ),
    Line(
        "kept_margin_per_month",
        "The same of a node owned already",
        lambda m: m.new_margin_per_month + m.node_extra_per_month,
    ),
    Line("kept_first_nodes", "Nodes that win, if all are owned already", _kept_first),
    Line(
        "left_to_recover_per_month",
        "To recover, less what nodes there already save",
        lambda m: m.to_recover_per_month - m.month_kept_nodes * m.node_extra_per_month,
    ),
    Line(
        "least_new_nodes",
        "Fewest nodes with a new one",
        lambda m: np.maximum(m.min_nodes, m.month_kept_nodes + 1),
    ),
    Line("new_first_nodes", "Nodes that win, with new ones", _new_first),
    Line("least_due_per_month", "The fewest nodes without a token, beyond the fee", _least),
    Line(
        "at_once_count",
        "1 where the rival takes more than that for no token",
        lambda m: np.where(m.least_due_per_month < m.rival_floor_per_month, 1, 0),
    ),
    Line("month_first_nodes", "Nodes at the first break-even", _first_nodes),
    Line("month_met_tokens_per_month", "Volume at which their bills meet", _met),
    Line("month_first_tokens_per_month", "First break-even", _first_tokens),
)
"""Below the rival's price, fee and commitment."""


def by_month(
    holdings: Holdings, bound: Sequence[Deal] = (), due: str = "own_due_per_month"
) -> tuple[Line, ...]:
    """Return what a node costs in each month, and the first break-even at its prices.

    `bound` are the contracts for nodes that self-hosting owes, `due` is what a month of it costs.
    """
    old = holdings.owned_before
    nodes = (*_new_node(holdings.buys), *_owned_node(old), *_kept_node(old, bound))
    return (*nodes, *DUE, _steady(due), *FIRST)
