"""The break-even in volume, against the rival that counts, at the prices of the busiest month."""

from __future__ import annotations

from typing import Any

import numpy as np

from costcore.answers.breakeven import breakeven_load, crossing_tokens, has_margin
from costcore.language.quantities import TOKENS_PER_MTOK
from costcore.language.timeline import Line
from costcore.language.trace import given, in_period
from costcore.nodes.capacity import whole_nodes
from costcore.tokens.api import priced
from workbooks.plan.lines.owing.currencies import rate_factor

POINTS_SHOWN = 120
"""Volumes at which the staircase is drawn."""


def serving(m: Any, nodes: Any) -> Any:
    """What some nodes cost in the busiest month: those there already run, new ones beyond it."""
    new = np.maximum(nodes - m.kept_nodes, 0)
    return nodes * m.run_per_month + new * m.extra_per_month


def _serving(which: str, label: str) -> Line:
    return Line(
        f"{which}_serving_per_month", label, lambda m: serving(m, getattr(m, f"{which}_nodes"))
    )


def _meant(name: str, label: str, row: str, heading: str = "") -> Line:
    def rule(m: Any) -> Any:
        return in_period(getattr(m, row), m.busiest_month_count)

    return Line(name, label, rule, heading=heading)


def _sustained_new(m: Any) -> Any:
    return whole_nodes(np.maximum(m.lasting_recover_per_month / m.margin_per_month, 0))


def _sustained_kept(m: Any) -> Any:
    needed = (m.recover_per_month + m.run_per_month) / m.lasting_margin_per_month
    return np.minimum(whole_nodes(np.maximum(needed, 0)), m.kept_nodes)


def _sustained_nodes(m: Any) -> Any:
    """From them on every node more wins, from the first token it adds; owned ones come first."""
    wins = has_margin(m.margin_per_month, m.full_node_per_month)
    return np.where(wins, np.maximum(m.min_nodes, m.sustained_either_nodes), np.inf)


def _sustained_either(m: Any) -> Any:
    new, kept = m.sustained_new_nodes, m.sustained_kept_nodes
    return np.where(new >= m.kept_nodes, new, kept)


def _sustained_tokens(m: Any) -> Any:
    """Where they meet below the commitment, the rival's bill is that and self-hosting wins at 0."""
    met = m.sustained_met_tokens_per_month
    above = np.where(m.sustained_met_per_month < m.floor_per_month, 0, met)
    return np.where(np.isfinite(m.sustained_nodes), above, np.inf)


SUSTAINED = (
    Line(
        "lasting_recover_per_month",
        "To recover, with one new node more",
        lambda m: m.recover_per_month - m.kept_nodes * m.extra_per_month + m.full_node_per_month,
    ),
    Line(
        "lasting_margin_per_month",
        "Margin of a full node there already",
        lambda m: m.margin_per_month + m.extra_per_month,
    ),
    Line("sustained_new_nodes", "Nodes after which each new one wins", _sustained_new),
    Line("sustained_kept_nodes", "Nodes after which each owned one wins", _sustained_kept),
    Line("sustained_either_nodes", "The one of them that counts", _sustained_either),
    Line("sustained_nodes", "Nodes from which self-hosting always wins", _sustained_nodes),
    Line("lasting_nodes", "The same; 0 for never", lambda m: given(m.sustained_nodes, 0)),
    _serving("lasting", "What they cost"),
    Line(
        "sustained_met_tokens_per_month",
        "Volume at which their bills meet",
        lambda m: crossing_tokens(
            1.0, m.token_margin_per_mtok, m.lasting_serving_per_month, m.recover_per_month, 0.0
        ),
    ),
    Line(
        "sustained_met_per_month",
        "Rival: its tokens there",
        lambda m: priced(m.sustained_met_tokens_per_month, m.price_per_mtok),
    ),
    Line("sustained_tokens_per_month", "Break-even for good", _sustained_tokens),
)


def rival_bill(m: Any, mtok: Any) -> Any:
    """What the rival takes for a volume in the busiest month."""
    return np.maximum(mtok * m.price_per_mtok, m.floor_per_month) + m.fee_per_month


def own_bill(m: Any, nodes_per_month: Any, mtok: Any) -> Any:
    """What self-hosting costs with nodes that cost so much, spare ones beside them."""
    return m.fixed_per_month + nodes_per_month + mtok * m.own_token_per_mtok


def _own_token(m: Any) -> Any:
    """Return the cost per token at the rate of the busiest month, where rates move it."""
    name = "own_price_per_mtok"
    moves = getattr(m, rate_factor(name), None)
    factor = 1.0 if moves is None else in_period(moves, m.busiest_month_count)
    return getattr(m, name) * factor


def _full_share(m: Any) -> Any:
    """Part of a node's planned load that would pay for it at the rival's price."""
    return m.full_node_per_month / priced(m.node_plan_tokens_per_month, m.token_margin_per_mtok)


MEANT = (
    _meant(
        "price_per_mtok",
        "Rival: price",
        "rival_price_per_mtok",
        "Against the rival that counts, at the prices of the busiest month",
    ),
    _meant("fee_per_month", "Rival: fee", "rival_fee_per_month"),
    _meant("floor_per_month", "Rival: commitment", "rival_floor_per_month"),
    Line("own_token_per_mtok", "A self-hosted token, beside its node", _own_token),
    _meant("run_per_month", "A node there already", "node_run_per_month"),
    _meant("full_node_per_month", "A new node, with its capital", "node_new_per_month"),
    _meant("extra_per_month", "A new node costs beyond it", "node_extra_per_month"),
    _meant("kept_nodes", "Nodes there already, beyond the spare ones", "month_kept_nodes"),
    _meant("fixed_per_month", "Self-hosting, whatever the volume", "own_fixed_per_month"),
    _meant("recover_per_month", "Of it, beyond the rival's fee", "to_recover_per_month"),
    _meant("margin_per_month", "Margin of a full new node", "new_margin_per_month"),
    Line(
        "full_node_per_mtok",
        "Cost per million tokens of a full new node",
        lambda m: (
            m.full_node_per_month / (m.node_plan_tokens_per_month / TOKENS_PER_MTOK)
            + m.own_token_per_mtok
        ),
    ),
    Line(
        "token_margin_per_mtok",
        "Rival's price beyond the cost of a self-hosted token",
        lambda m: m.price_per_mtok - m.own_token_per_mtok,
    ),
    Line("full_share", "Part of its planned load that pays for it at that price", _full_share),
    Line(
        "some_tokens_per_second",
        "Measured speed from which some volume pays",
        lambda m: np.where(
            m.price_per_mtok > m.own_token_per_mtok,
            np.floor(m.node_speed_tokens_per_second * m.full_share) + 1,
            np.inf,
        ),
    ),
    _meant("first_nodes", "Nodes at the first break-even, spares beside them", "month_first_nodes"),
    _meant("first_tokens_per_month", "First break-even", "month_first_tokens_per_month"),
    *SUSTAINED,
    Line(
        "busiest_nodes",
        "Nodes that serve that month, spares beside them",
        lambda m: np.maximum(
            whole_nodes(m.busiest_tokens_per_month / m.node_plan_tokens_per_month), m.min_nodes
        ),
    ),
    Line(
        "busiest_mtok_count",
        "Million tokens of that month",
        lambda m: m.busiest_tokens_per_month / TOKENS_PER_MTOK,
    ),
    Line(
        "busiest_rival_per_month",
        "Rival: bill of that month",
        lambda m: rival_bill(m, m.busiest_mtok_count),
    ),
    _serving("busiest", "What those nodes cost"),
    Line(
        "busiest_own_per_month",
        "Self-hosting: cost of that month",
        lambda m: own_bill(m, m.busiest_serving_per_month, m.busiest_mtok_count),
    ),
)


def _price_only(m: Any) -> Any:
    margin = m.printed_margin_per_mtok
    crossing = crossing_tokens(1.0, margin, m.node_cost_per_month, m.fixed_cost_per_month, 0.0)
    return np.where(margin > 0, crossing, np.inf)


PRINTED = (
    Line(
        "printed_margin_per_mtok",
        "Cloud API: price beyond the cost of a self-hosted token",
        lambda m: m.api_price_per_mtok - m.own_price_per_mtok,
        heading="As articles print it: one node and the cloud API, at its first price",
    ),
    Line(
        "price_only_tokens_per_month",
        "Price-only break-even (ignores that a node is finite)",
        _price_only,
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
)


def _reach_nodes(m: Any) -> Any:
    """Nodes worth showing: a little past the busiest month and the break-even."""
    return np.maximum(m.busiest_nodes, m.lasting_nodes) + 2


def _step(m: Any) -> Any:
    reach = _reach_nodes(m) * m.node_plan_tokens_per_month / TOKENS_PER_MTOK
    return reach / POINTS_SHOWN


def _rounded(m: Any) -> Any:
    """Some times the half of a power of ten, so that the axis counts as people do."""
    half = 10 ** np.floor(np.log10(m.point_raw_count)) / 2
    return half * np.ceil(m.point_raw_count / half)


CHART = (
    Line(
        "point_raw_count",
        "Million tokens between two points, to reach past both",
        _step,
        heading="In the chart",
    ),
    Line("point_step_count", "The same, as a round number", _rounded),
    Line(
        "reach_tokens_per_month",
        "Where the chart ends",
        lambda m: m.point_step_count * POINTS_SHOWN * TOKENS_PER_MTOK,
    ),
    Line(
        "reach_nodes",
        "Nodes that serve it",
        lambda m: np.maximum(
            whole_nodes(m.reach_tokens_per_month / m.node_plan_tokens_per_month), m.min_nodes
        ),
    ),
    _serving("reach", "What they cost"),
    Line(
        "reach_own_per_month",
        "Self-hosting there",
        lambda m: own_bill(
            m, m.reach_serving_per_month, m.reach_tokens_per_month / TOKENS_PER_MTOK
        ),
    ),
    Line(
        "point_top_per_month",
        "Height of what is shaded",
        lambda m: np.maximum(
            m.reach_own_per_month, rival_bill(m, m.reach_tokens_per_month / TOKENS_PER_MTOK)
        ),
    ),
)
FIGURES = (*MEANT, *PRINTED, *CHART)
