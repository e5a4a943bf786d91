"""Two inputs moved at once: what self-hosting then saves against the rival, by formulas alone.

The cell where nothing is moved is the plan itself. Elsewhere each node more or less counts as one
of its month does in the plan, which is exact where all are rented or leased as they are needed. A
plan whose nodes are bought, reserved or bound shows only what is exact for it, too: the row that
moves no node.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from costcore.language.timeline import Line, Rule
from costcore.language.trace import weighted
from workbooks.scenario.inputs import ENDS
from workbooks.scenario.scenario import Scenario

VOLUMES = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)
PRICES = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0)
SPEEDS = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0)
PEOPLE = (0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0)
DUST = 5e-10
"""Less than this part of a node buys no machine."""
ROWS = {
    "filled_counts": "own_filled_count",
    "each_node_costs": "own_each_node_cost",
    "rival_uses": "rival_use_per_month",
    "rival_floors": "rival_least_per_month",
    "both_uses": "both_use_per_month",
    "both_floors": "both_least_per_month",
    "bill_factors": "bill_factor",
}
"""Rows by month that are read whole."""


def _nodes(m: Any, filled: Any) -> Any:
    """Present value of the nodes beyond the fewest, when those in `filled` parts are needed."""
    more = -np.floor(DUST - filled) - m.least_nodes
    return weighted((filled > m.least_nodes) * more, m.each_node_costs)


def _above(m: Any, use: str, factor: Any) -> Any:
    """What is used above the commitment, at some times the use; all of it is present value."""
    used, floors = getattr(m, f"{use}_uses") * factor, getattr(m, f"{use}_floors")
    return np.dot(used > floors, used - floors)


def _present(row: str) -> Rule:
    return lambda m: weighted(getattr(m, row), m.bill_factors) * m.kept_share


FIGURES = (
    Line(
        "least_nodes",
        "Fewest nodes, spares beside them",
        lambda m: np.maximum(m.min_nodes, m.existing_nodes - m.spare_nodes),
        heading="What moves with them, present value",
    ),
    Line("planned_use_cost", "Rival: use above it", lambda m: _above(m, "rival", 1.0)),
    Line("planned_both_cost", "API: use above it", lambda m: _above(m, "both", 1.0)),
    Line(
        "planned_nodes_cost",
        "Self-hosting: nodes beyond the fewest",
        lambda m: _nodes(m, m.filled_counts),
    ),
    Line(
        "planned_tokens_cost",
        "Self-hosting: cost per token",
        _present("own_marginal_per_month"),
    ),
    Line(
        "planned_people_cost",
        "Self-hosting: engineering labour",
        _present("own_staff_per_month"),
    ),
    Line(
        "unmoved_saving_cost",
        "Saved, but for what moves with volume and price",
        lambda m: (
            m.saving_cost
            - m.planned_use_cost
            + m.planned_both_cost
            + m.planned_nodes_cost
            + m.planned_tokens_cost
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Table:
    """Two factors moved at once: one down the rows, one across the columns."""

    title: str
    factor: str
    steps: tuple[float, ...]
    across: str
    columns: tuple[float, ...]
    lines: tuple[Line, ...]


def _by_price(place: int) -> Line:
    """Saved at the price of one column, and the volume of the row."""

    def rule(m: Any) -> Any:
        factor = getattr(m, f"price_{place}_factor") * m.volume_factor
        return _above(m, "rival", factor) - m.moved_own_cost

    return Line(f"saved_price_{place}_cost", f"Saved at rival price {place}", rule)


def _by_people(place: int) -> Line:
    name = f"people_{place}_factor"

    def rule(m: Any) -> Any:
        return m.fast_saving_cost - m.planned_people_cost * getattr(m, name)

    return Line(f"saved_people_{place}_cost", f"Saved with staff {place}", rule)


BY_VOLUME = (
    Line(
        "moved_both_cost",
        "API: use above its commitment at that volume",
        lambda m: _above(m, "both", m.volume_factor),
    ),
    Line(
        "moved_nodes_cost",
        "Self-hosting: nodes at that volume",
        lambda m: _nodes(m, m.filled_counts * m.volume_factor),
    ),
    Line(
        "moved_own_cost",
        "Self-hosting, less what does not move",
        lambda m: (
            m.moved_nodes_cost
            + m.planned_tokens_cost * m.volume_factor
            + m.moved_both_cost
            - m.unmoved_saving_cost
        ),
    ),
    *(_by_price(place) for place in range(1, len(PRICES) + 1)),
)
BY_SPEED = (
    Line(
        "fast_nodes_cost",
        "Self-hosting: nodes of that speed",
        lambda m: _nodes(m, m.filled_counts / m.speed_factor),
    ),
    Line(
        "fast_saving_cost",
        "Saved, but for people",
        lambda m: m.saving_cost + m.planned_people_cost + m.planned_nodes_cost - m.fast_nodes_cost,
    ),
    *(_by_people(place) for place in range(1, len(PEOPLE) + 1)),
)
TABLES = (
    Table(
        "Volume, down, against the rival's price, across",
        "volume_factor",
        VOLUMES,
        "price",
        PRICES,
        BY_VOLUME,
    ),
    Table(
        "Measured speed of a node, down, against staff, across",
        "speed_factor",
        SPEEDS,
        "people",
        PEOPLE,
        BY_SPEED,
    ),
)
STILL = (1.0,)


def tables(scenario: Scenario, owned: bool) -> tuple[Table, ...]:
    """Return what is exact for a plan: of one whose nodes are kept, only the row of its own.

    Of one with contracts no price either, for a minimum is settled over months.
    """
    reserved, owing = scenario.entries["reserved_share"], bool(scenario.contracts)
    kept = owned or owing or any(getattr(reserved, end) > 0 for end in ENDS)
    shown = TABLES[1:] if owing else TABLES
    return tuple(replace(table, steps=STILL) for table in shown) if kept else shown


FACTORS = {
    f"{table.across}_{place}_factor": factor
    for table in TABLES
    for place, factor in enumerate(table.columns, start=1)
}
"""The factors across, each in a cell of its own."""
