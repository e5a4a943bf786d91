"""How many nodes a month's tokens fill, and what one node more costs in that month."""

from __future__ import annotations

from typing import Any

import numpy as np

from costcore.language.timeline import Line
from costcore.nodes.capacity import capacity_tokens, planned
from costcore.tokens.api import priced
from workbooks.plan.lines.owing.currencies import amount_of


def _reach(m: Any) -> Any:
    """Tokens that the nodes in service were got for: what is rented may shrink again."""
    kept = np.maximum(m.last("own_reach_tokens_per_month"), m.own_tokens_per_month)
    return np.where(m.acquisition_kind == "rent", m.own_tokens_per_month, kept)


def _worth(m: Any) -> Any:
    """What 1 that is due in the month is worth at present, after tax."""
    return m.bill_factor * m.kept_share


BY_MONTH = (
    Line("own_reach_tokens_per_month", "Tokens that the nodes were got for", _reach),
    Line(
        "own_filled_count",
        "Nodes that they fill, in parts",
        lambda m: m.own_reach_tokens_per_month / m.node_plan_tokens_per_month,
    ),
    Line(
        "own_each_node_cost",
        "A node of that month, present value",
        lambda m: m.node_new_per_month * _worth(m),
        sums=True,
    ),
    Line(
        "both_count",
        "1 while both run",
        lambda m: np.where(m.month <= m.dual_run_months, 1, 0),
    ),
    Line(
        "alone_count",
        "1 where the rival's bill is not paid beside self-hosting too",
        lambda m: np.where(m.rival_count == 2, 1, 1 - m.both_count),
    ),
    Line(
        "rival_use_per_month",
        "Rival, where that counts: tokens at its price, present value",
        lambda m: (
            priced(m.volume_tokens_per_month, m.rival_price_per_mtok) * m.alone_count * _worth(m)
        ),
        sums=True,
    ),
    Line(
        "rival_least_per_month",
        "Rival, where that counts: commitment, present value",
        lambda m: m.rival_floor_per_month * m.alone_count * _worth(m),
        sums=True,
    ),
    Line(
        "both_use_per_month",
        "Cloud API, while both run and it is no rival: tokens at its price, present value",
        lambda m: (
            priced(m.volume_tokens_per_month, m.api_price_now_per_mtok)
            * (m.both_count * (m.rival_count == 2))
            * _worth(m)
        ),
        sums=True,
    ),
    Line(
        "both_least_per_month",
        "The same: commitment",
        lambda m: (
            amount_of(m, "api_commit_per_month") * (m.both_count * (m.rival_count == 2)) * _worth(m)
        ),
        sums=True,
    ),
)
EACH_SECOND = Line(
    "second_plan_tokens_per_month",
    "Planned load of a node for each token a second",
    lambda m: planned(
        capacity_tokens(m.capacity_factor, m.duty_share, m.hours_per_month) * m.sla_share,
        m.max_load_share,
        m.peak_factor,
    ),
)
