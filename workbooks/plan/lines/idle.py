"""What own nodes cost beyond what serves tokens: headroom, spares, and what truly idles."""

from __future__ import annotations

from typing import Any

import numpy as np

from costcore.language.timeline import Line, Rule
from workbooks.plan.lines.option import Option
from workbooks.plan.lines.owing.deals import Deals
from workbooks.scenario.contracts import NODES


def idle(option: Option, nodes: Rule, parts: tuple[str, ...], deals: Deals) -> tuple[Line, ...]:
    """Split the cost of the `nodes` of an option, each month at its own; `parts` make it up.

    What the nodes of contracts serve is left out, for their fee is told apart.

    Nodes are counted in the order of need: those that are busy, those that peaks and answer
    times take beside them, spares, and the rest. It is a view of that cost, never a further one.
    """

    def node(m: Any) -> Any:
        spent: Any = sum(option.get(m, f"{part}_per_month") for part in parts)
        return np.where(nodes(m) > 0, spent / nodes(m), 0)

    def tokens(m: Any) -> Any:
        if not deals.of(*NODES):
            return option.get(m, "tokens_per_month")
        served = deals.served(m, *NODES) * m.node_plan_tokens_per_month
        return np.maximum(option.get(m, "tokens_per_month") - served, 0)

    def busy(m: Any) -> Any:
        return tokens(m) / m.node_capacity_tokens_per_month

    def planned(m: Any) -> Any:
        return tokens(m) / m.node_plan_tokens_per_month

    def of(m: Any, name: str) -> Any:
        return option.get(m, f"{name}_count")

    def headroom(m: Any) -> Any:
        return (of(m, "planned") - of(m, "busy")) * option.get(m, "node_cost_per_month")

    def spares(m: Any) -> Any:
        beyond = np.maximum(nodes(m) - of(m, "planned"), 0)
        return np.minimum(m.spare_nodes, beyond) * option.get(m, "node_cost_per_month")

    def left(m: Any) -> Any:
        beyond = np.maximum(nodes(m) - of(m, "planned") - m.spare_nodes, 0)
        return beyond * option.get(m, "node_cost_per_month")

    return (
        option.line("busy_count", "nodes that the tokens keep busy, in parts", busy),
        option.line("planned_count", "nodes that they are planned to fill", planned),
        option.line("node_cost_per_month", "a node in this month, used or not", node),
        option.flow("headroom_per_month", "of that for peaks and answer times", headroom),
        option.flow("spare_per_month", "of that for spare nodes", spares),
        option.flow("idle_per_month", "of that truly idle: whole nodes, kept or owned", left),
    )
