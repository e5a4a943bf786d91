"""The cost of whole nodes against volume: the staircase as points, and its winning ranges."""

from __future__ import annotations

from typing import Any

import numpy as np

from costcore.answers.breakeven import crossing_tokens
from costcore.language.quantities import TOKENS_PER_MTOK
from costcore.language.timeline import Line
from costcore.language.trace import amount, given, words
from costcore.nodes.capacity import whole_nodes
from costcore.tokens.api import priced
from workbooks.plan.lines.breakeven.in_volume import own_bill, rival_bill, serving

BANDS_SHOWN = 12
"""Numbers of nodes whose winning range is listed."""


def _wins(m: Any) -> Any:
    return np.where(m.point_own_per_month < m.point_rival_per_month, m.point_top_per_month, 0)


def _is_busiest(m: Any) -> Any:
    """The point from which the busiest month is less than a step away."""
    steps = np.floor(m.busiest_mtok_count / m.point_step_count)
    return np.where(steps == m.point - 1, m.point_top_per_month, 0)


POINTS = (
    Line(
        "point_mtok_count",
        "Million tokens per month",
        lambda m: (m.point - 1) * m.point_step_count,
    ),
    Line(
        "point_nodes",
        "Nodes",
        lambda m: np.maximum(
            whole_nodes(m.point_mtok_count * TOKENS_PER_MTOK / m.node_plan_tokens_per_month),
            m.min_nodes,
        ),
    ),
    Line(
        "point_own_per_month",
        "Self-hosted",
        lambda m: own_bill(m, serving(m, m.point_nodes), m.point_mtok_count),
    ),
    Line(
        "point_rival_per_month",
        "Rival that counts",
        lambda m: rival_bill(m, m.point_mtok_count),
    ),
    Line("point_wins_per_month", "Shaded: self-hosting wins", _wins),
    Line("point_busiest_per_month", "Marked: busiest month", _is_busiest),
)


def _saved(m: Any, tokens: Any) -> Any:
    mtok = tokens / TOKENS_PER_MTOK
    return rival_bill(m, mtok) - m.band_own_per_month - mtok * m.own_token_per_mtok


def _crossing(m: Any) -> Any:
    """Where the bills meet, while the rival's grows with the volume."""
    cost = m.band_own_per_month - m.fee_per_month
    return crossing_tokens(1.0, m.price_per_mtok, cost, 0.0, m.own_token_per_mtok)


def _flat(m: Any) -> Any:
    nothing = m.floor_per_month + m.fee_per_month - m.band_own_per_month
    within = nothing / m.own_token_per_mtok * TOKENS_PER_MTOK
    return np.where(m.own_token_per_mtok > 0, within, np.inf)


def _last(m: Any) -> Any:
    """Where nodes that win at first lose: below the commitment, or beyond it."""
    flat = m.band_flat_tokens_per_month
    below = priced(given(flat, 0), m.price_per_mtok) < m.floor_per_month
    return np.where(np.isfinite(flat) & below, flat, m.band_crossing_tokens_per_month)


BANDS = (
    Line("band_nodes", "Nodes", lambda m: m.min_nodes + m.band - 1),
    Line(
        "band_start_tokens_per_month",
        "From",
        lambda m: np.where(m.band == 1, 0, (m.band_nodes - 1) * m.node_plan_tokens_per_month),
    ),
    Line(
        "band_end_tokens_per_month",
        "Nodes are full at",
        lambda m: m.band_nodes * m.node_plan_tokens_per_month,
    ),
    Line(
        "band_own_per_month",
        "Self-hosted, before a token",
        lambda m: m.fixed_per_month + serving(m, m.band_nodes),
    ),
    Line(
        "band_crossing_tokens_per_month",
        "Bills meet at",
        lambda m: np.where(m.price_per_mtok == m.own_token_per_mtok, np.inf, _crossing(m)),
    ),
    Line("band_flat_tokens_per_month", "Or, below the commitment, at", _flat),
    Line(
        "band_first_per_month",
        "Saved at the start",
        lambda m: _saved(m, m.band_start_tokens_per_month),
    ),
    Line(
        "band_full_per_month",
        "Saved when full",
        lambda m: _saved(m, m.band_end_tokens_per_month),
    ),
    Line("band_last_tokens_per_month", "Wins at the start until", _last),
    Line(
        "band_from_tokens_per_month",
        "Self-hosting wins from",
        lambda m: np.where(
            m.band_first_per_month > 0,
            m.band_start_tokens_per_month,
            np.where(m.band_full_per_month > 0, m.band_crossing_tokens_per_month, np.inf),
        ),
    ),
    Line(
        "band_to_tokens_per_month",
        "to",
        lambda m: np.where(
            m.band_full_per_month > 0,
            m.band_end_tokens_per_month,
            np.where(m.band_first_per_month > 0, m.band_last_tokens_per_month, np.inf),
        ),
    ),
    Line(
        "band_wins_text",
        "Self-hosting wins",
        lambda m: np.where(
            np.isfinite(m.band_to_tokens_per_month),
            words(
                "from ",
                amount(m.band_from_tokens_per_month / TOKENS_PER_MTOK),
                " to ",
                amount(m.band_to_tokens_per_month / TOKENS_PER_MTOK),
                " M",
            ),
            "never with these nodes",
        ),
    ),
)
"""Volumes from just above what one node less serves to what these nodes serve."""
