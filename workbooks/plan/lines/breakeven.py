"""The break-even of a plan: figures, the staircase as points, and its winning ranges."""

from __future__ import annotations

from typing import Any

import numpy as np

from costcore.answers.breakeven import (
    breakeven_load,
    crossing_tokens,
    has_margin,
    node_margin,
    winning_nodes,
)
from costcore.language.quantities import TOKENS_PER_MTOK
from costcore.language.timeline import Line
from costcore.language.trace import amount, given, words
from costcore.nodes.capacity import whole_nodes
from costcore.nodes.hosting import selfhost_cost
from costcore.tokens.api import priced

STEPS = 6
"""Steps of the staircase that are drawn."""
BANDS_SHOWN = 12
"""Numbers of nodes whose winning range is listed."""


def _crossing(m: Any, nodes: Any) -> Any:
    return crossing_tokens(
        nodes,
        m.api_price_per_mtok,
        m.node_cost_per_month,
        m.fixed_cost_per_month,
        m.own_price_per_mtok,
    )


def _first(m: Any, nodes: Any) -> Any:
    wins = has_margin(m.margin_per_month, m.node_cost_per_month)
    return np.where(wins, _crossing(m, nodes), np.inf)


def _nodes(m: Any, to_recover: Any) -> Any:
    wins = has_margin(m.margin_per_month, m.node_cost_per_month)
    needed = winning_nodes(to_recover, m.margin_per_month, m.min_nodes)
    return np.where(wins, needed, np.inf)


FIGURES = (
    Line(
        "margin_per_month",
        "Margin of a full node: API bill avoided less its own cost",
        lambda m: node_margin(
            m.api_price_per_mtok,
            m.node_cost_per_month,
            m.node_plan_tokens_per_month,
            m.own_price_per_mtok,
        ),
        heading="Break-even at today's prices",
    ),
    Line(
        "full_node_per_mtok",
        "Cost per million tokens of a full node",
        lambda m: (
            m.node_cost_per_month / (m.node_plan_tokens_per_month / TOKENS_PER_MTOK)
            + m.own_price_per_mtok
        ),
    ),
    Line(
        "first_nodes",
        "Nodes at the first break-even",
        lambda m: _nodes(m, m.fixed_cost_per_month),
    ),
    Line(
        "first_tokens_per_month",
        "First break-even",
        lambda m: _first(m, m.first_nodes),
    ),
    Line(
        "sustained_nodes",
        "Nodes from which self-hosting always wins",
        lambda m: _nodes(m, m.fixed_cost_per_month + m.node_cost_per_month),
    ),
    Line(
        "sustained_tokens_per_month",
        "Break-even for good",
        lambda m: _first(m, m.sustained_nodes),
    ),
    Line(
        "price_only_tokens_per_month",
        "Price-only break-even (ignores that a node is finite)",
        lambda m: np.where(m.api_price_per_mtok > m.own_price_per_mtok, _crossing(m, 1.0), np.inf),
    ),
    Line(
        "breakeven_load_share",
        "Load of one node that pays for it, people left out",
        lambda m: breakeven_load(
            m.api_price_per_mtok,
            m.node_cost_per_month,
            m.node_plan_tokens_per_month,
            own_price_per_mtok=m.own_price_per_mtok,
        ),
    ),
    Line(
        "needed_tokens_per_month",
        "Planned load at which a node would pay, people left out",
        lambda m: np.where(
            np.isfinite(m.breakeven_load_share),
            m.node_plan_tokens_per_month * m.breakeven_load_share,
            np.inf,
        ),
    ),
    Line(
        "needed_speed_tokens_per_second",
        "Measured speed from which a node pays, people left out",
        lambda m: np.where(
            np.isfinite(m.breakeven_load_share),
            np.floor(m.node_speed_tokens_per_second * m.breakeven_load_share) + 1,
            np.inf,
        ),
    ),
    Line(
        "busiest_tokens_per_month",
        "Volume of the busiest month of the plan",
        lambda m: np.max(m.volume_tokens_per_month, axis=0),
    ),
    Line(
        "busiest_mtok_count",
        "The same in million tokens",
        lambda m: m.busiest_tokens_per_month / TOKENS_PER_MTOK,
    ),
    Line(
        "busiest_api_per_month",
        "API bill of that month at today's price",
        lambda m: priced(m.busiest_tokens_per_month, m.api_price_per_mtok) + m.api_fee_per_month,
    ),
    Line(
        "busiest_own_per_month",
        "Self-hosting that month at today's cost",
        lambda m: selfhost_cost(
            m.busiest_tokens_per_month,
            m.node_cost_per_month,
            m.node_plan_tokens_per_month,
            m.fixed_cost_per_month,
            m.own_price_per_mtok,
            m.min_nodes,
        ),
    ),
    Line(
        "first_mtok_count",
        "First break-even in million tokens; 0 for never",
        lambda m: given(m.first_tokens_per_month, 0) / TOKENS_PER_MTOK,
    ),
    Line(
        "first_bill_per_month",
        "Bill at the first break-even; 0 for never",
        lambda m: priced(given(m.first_tokens_per_month, 0), m.api_price_per_mtok),
    ),
    Line(
        "step_nodes",
        "Nodes in each step shown below",
        lambda m: np.maximum(1, whole_nodes((_reach_nodes(m) - m.min_nodes) / (STEPS - 1))),
    ),
)


def _reach_nodes(m: Any) -> Any:
    """Nodes worth showing: a little past the plan's busiest month and the break-even."""
    planned = m.busiest_tokens_per_month / m.node_plan_tokens_per_month
    return np.maximum(planned, given(m.sustained_nodes, 0)) + 2


def _is_end(m: Any) -> Any:
    """Odd points open a step, even ones close it."""
    return m.point - 2 * np.floor(m.point / 2) == 0


STAIRCASE = (
    Line(
        "point_nodes",
        "Nodes",
        lambda m: (
            m.min_nodes
            + np.floor((m.point - 1) / 2) * m.step_nodes
            - np.where(_is_end(m), 0, np.where(m.point == 1, 0, m.step_nodes - 1))
        ),
    ),
    Line(
        "point_tokens_per_month",
        "Tokens per month",
        lambda m: np.where(
            m.point == 1,
            0,
            (m.point_nodes - np.where(_is_end(m), 0, 1)) * m.node_plan_tokens_per_month,
        ),
    ),
    Line(
        "point_mtok_count",
        "Million tokens per month",
        lambda m: m.point_tokens_per_month / TOKENS_PER_MTOK,
    ),
    Line(
        "point_own_per_month",
        "Self-hosted",
        lambda m: (
            m.fixed_cost_per_month
            + m.point_nodes * m.node_cost_per_month
            + priced(m.point_tokens_per_month, m.own_price_per_mtok)
        ),
    ),
    Line(
        "point_api_per_month",
        "Cloud API",
        lambda m: priced(m.point_tokens_per_month, m.api_price_per_mtok) + m.api_fee_per_month,
    ),
)

BANDS = (
    Line("band_nodes", "Nodes", lambda m: m.min_nodes + m.band - 1),
    Line(
        "band_crossing_tokens_per_month",
        "Bills meet at",
        lambda m: np.where(
            m.api_price_per_mtok > m.own_price_per_mtok, _crossing(m, m.band_nodes), np.inf
        ),
    ),
    Line(
        "band_end_tokens_per_month",
        "Nodes are full at",
        lambda m: m.band_nodes * m.node_plan_tokens_per_month,
    ),
    Line(
        "band_wins_text",
        "Self-hosting wins",
        lambda m: np.where(
            m.band_crossing_tokens_per_month <= m.band_end_tokens_per_month,
            words(
                "from ",
                amount(m.band_crossing_tokens_per_month / TOKENS_PER_MTOK),
                " to ",
                amount(m.band_end_tokens_per_month / TOKENS_PER_MTOK),
                " M",
            ),
            "never with these nodes",
        ),
    ),
)
