"""The load hour by hour, what own nodes serve of it, and how many of them pay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from costcore.language.timeline import Line, figures, values
from costcore.language.trace import amount, words, worksheet
from costcore.nodes.capacity import whole_nodes
from costcore.tokens.api import priced

STEPS = 25
"""Numbers of nodes that are compared, none among them."""

TYPED = (
    Line(
        "typed_mean_factor",
        "Mean of the loads typed below, which count over it",
        lambda m: np.mean(m.load_factors, axis=0),
        heading="The shape",
    ),
)


def _tokens(m: Any) -> Any:
    """Tokens of an hour; whatever mean is typed, the hours serve the volume of the month."""
    over_mean = np.where(m.typed_mean_factor > 0, m.load_factor / m.typed_mean_factor, 0)
    return over_mean * m.tokens_per_month / m.hours_per_month


HOURS = (Line("load_tokens", "Tokens", _tokens),)
SHAPE = (
    Line(
        "hours_tokens_per_month",
        "Tokens of the month that the hours stand for",
        lambda m: (
            np.dot(m.load_tokens > 0, m.load_tokens)
            * m.hours_per_month
            / worksheet("COUNT", len, m.load_tokens)
        ),
    ),
    Line(
        "shape_peak_factor",
        "Peak hour over mean hour of this shape",
        lambda m: np.where(
            np.max(m.load_tokens, axis=0) > 0,
            np.max(m.load_tokens, axis=0) / np.mean(m.load_tokens, axis=0),
            np.inf,
        ),
    ),
    Line(
        "shape_use_share",
        "Mean use of nodes that its peak hour fills",
        lambda m: np.where(np.isfinite(m.shape_peak_factor), 1 / m.shape_peak_factor, 0),
    ),
    Line(
        "node_hour_tokens",
        "Tokens a node serves in an hour, answer times and headroom allowed for",
        lambda m: (
            m.node_capacity_tokens_per_month * m.sla_share * m.max_load_share / m.hours_per_month
        ),
    ),
    Line(
        "peak_nodes",
        "Nodes that serve the peak hour",
        lambda m: np.maximum(
            whole_nodes(np.max(m.load_tokens, axis=0) / m.node_hour_tokens), m.min_nodes
        ),
    ),
    Line(
        "spill_step_nodes",
        "Nodes between the numbers compared",
        lambda m: np.maximum(1, whole_nodes((m.peak_nodes - m.min_nodes) / (STEPS - 2))),
    ),
)


def _nodes(m: Any, choice: Any) -> Any:
    """None is compared first, then the fewest that run the model, and more in steps."""
    return np.where(choice > 1, m.min_nodes + (choice - 2) * m.spill_step_nodes, 0)


def _spilled(m: Any) -> Any:
    """Tokens beyond what the nodes serve, in the month that the hours stand for."""
    above = np.dot(m.load_tokens > m.limit_tokens, m.load_tokens - m.limit_tokens)
    return above * m.hours_per_month / worksheet("COUNT", len, m.load_tokens)


def _cost(m: Any) -> Any:
    fixed = np.where(m.spill_nodes > 0, m.fixed_cost_per_month, 0)
    owned = fixed + m.spill_nodes * m.node_cost_per_month
    tokens = priced(m.spill_served_tokens_per_month, m.own_price_per_mtok)
    return owned + tokens + priced(m.spilled_tokens_per_month, m.api_price_per_mtok)


def _spill_served(m: Any) -> Any:
    return m.hours_tokens_per_month - m.spilled_tokens_per_month


NODES = (
    Line("spill_nodes", "Own nodes", lambda m: _nodes(m, m.choice)),
    Line("limit_tokens", "They serve in an hour", lambda m: m.spill_nodes * m.node_hour_tokens),
    Line("spilled_tokens_per_month", "Bought from the API, tokens", _spilled),
    Line("spill_served_tokens_per_month", "Served by the nodes, tokens", _spill_served),
    Line("spill_cost_per_month", "Cost per month", _cost),
)


def _place(least: Any, costs: Any, _: Any) -> Any:
    """Position of a value, from 1."""
    return float(np.argmax(np.asarray(costs) == least) + 1)


def _best(m: Any) -> Any:
    cost = amount(m.best_cost_per_month)
    nodes = words("Cheapest with own nodes: ", amount(m.best_nodes))
    return words(nodes, ", at ", m.currency, " ", cost, " a month")


def _against(m: Any) -> Any:
    alone = words(", against ", amount(m.all_api_per_month), " from the API alone")
    return words(alone, " and ", amount(m.own_peak_per_month), " for nodes that serve every peak.")


BEST = (
    Line(
        "best_cost_per_month",
        "Lowest cost: own the base, buy the peaks",
        lambda m: np.min(m.spill_cost_per_month, axis=0),
        heading="Own the base load, buy the peaks",
    ),
    Line(
        "best_choice_count",
        "Its place in the numbers compared",
        lambda m: worksheet("MATCH", _place, m.best_cost_per_month, m.spill_cost_per_month, 0),
    ),
    Line(
        "best_nodes",
        "Nodes at that cost",
        lambda m: _nodes(m, m.best_choice_count),
    ),
    Line(
        "all_api_per_month",
        "Everything from the API",
        lambda m: priced(m.hours_tokens_per_month, m.api_price_per_mtok),
    ),
    Line(
        "own_peak_per_month",
        "Own the peak",
        lambda m: (
            m.fixed_cost_per_month
            + m.peak_nodes * m.node_cost_per_month
            + priced(m.hours_tokens_per_month, m.own_price_per_mtok)
        ),
    ),
    Line(
        "spill_saving_per_month",
        "Saved against everything from the API",
        lambda m: m.all_api_per_month - m.best_cost_per_month,
    ),
    Line(
        "peak_saving_per_month",
        "Saved against owning the peak",
        lambda m: m.own_peak_per_month - m.best_cost_per_month,
    ),
    Line("best_text", "Cheapest number of nodes", _best),
    Line("against_text", "What else would cost", _against),
    Line("spill_text", "In words", lambda m: words(m.best_text, m.against_text)),
    Line(
        "served_text",
        "Title of the chart of hours",
        lambda m: words(
            "Own nodes (", amount(m.best_nodes), ") serve the base, the API what is above it"
        ),
    ),
    Line(
        "owned_best_text",
        "Title of the chart of nodes",
        lambda m: words(
            "A month costs least with own nodes: ",
            amount(m.best_nodes),
            ", ",
            m.currency,
            " ",
            amount(m.best_cost_per_month),
        ),
    ),
)


SERVED = (
    Line(
        "served_tokens",
        "Served by the best number of own nodes",
        lambda m: np.minimum(m.load_tokens, m.best_nodes * m.node_hour_tokens),
    ),
    Line(
        "bought_tokens",
        "Bought from the API",
        lambda m: m.load_tokens - m.served_tokens,
    ),
    Line(
        "owned_tokens",
        "What those nodes can serve",
        lambda m: m.best_nodes * m.node_hour_tokens,
    ),
)


def by_hour(known: Mapping[str, Any], factors: Sequence[float]) -> dict[str, Any]:
    """Compute the load of each hour, and what each number of own nodes costs with it."""
    found = {**known, "load_factors": np.array(factors)}
    found |= figures(TYPED, found)
    found |= values(HOURS, found, len(factors), period="hour", series={"load_factor": factors})
    found |= figures(SHAPE, found)
    found |= values(NODES, found, STEPS, period="choice")
    found |= figures(BEST, found)
    tokens = {"load_tokens": found["load_tokens"]}
    return found | values(SERVED, found, len(factors), period="hour", series=tokens)
