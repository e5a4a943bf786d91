"""Which strategy is cheapest, which comes next, by how much, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from costcore.language.timeline import Line
from costcore.language.trace import worksheet
from workbooks.plan.results.comparison import HOSTED


def chosen(count: Any, options: tuple[str, ...], texts: Mapping[str, Any], none: Any) -> Any:
    """Return the text, or the number, of the option at a place, from 1; at 0 there is none."""
    return worksheet("CHOOSE", _chosen, count + 1, none, *(texts[option] for option in options))


def _chosen(place: float, *found: Any) -> Any:
    return found[int(place) - 1]


def _place(least: Any, costs: Any, _: int) -> Any:
    found = np.flatnonzero(np.asarray(costs) == least)
    return float(found[0] + 1) if found.size else np.nan


def _least(row: str) -> Any:
    """The lowest of a row, and where it stands; 0 where no option is left."""

    def rule(m: Any) -> Any:
        costs = getattr(m, row)
        place = worksheet("MATCH", _place, np.min(costs, axis=0), costs, 0)
        return np.where(m.left_count > 0, place, 0)

    return rule


def standing(options: tuple[str, ...]) -> tuple[Line, ...]:
    """Return what each strategy costs, if it fails no gate."""

    def line(option: str) -> Line:
        def rule(m: Any) -> Any:
            cost = getattr(m, f"{option}_compared_cost")
            return np.where(getattr(m, f"{option}_out_count") > 0, np.inf, cost)

        return Line(f"{option}_standing_cost", "Compared, if it fails no gate", rule)

    return tuple(map(line, options))


def turned(options: tuple[str, ...]) -> tuple[Line, ...]:
    """Return the same with opportunity cost in where it is out, and out where it is in."""

    def line(option: str) -> Line:
        def rule(m: Any) -> Any:
            lost = getattr(m, f"{option}_lost_cost") if option in HOSTED else 0.0
            other = np.where(m.opportunity_kind == "in", 0, lost)
            cost = getattr(m, f"{option}_present_cost") + other
            return np.where(getattr(m, f"{option}_out_count") > 0, np.inf, cost)

        label = "The same, with opportunity cost the other way (in or out)"
        return Line(f"{option}_turned_cost", label, rule)

    return tuple(map(line, options))


def others(options: tuple[str, ...]) -> tuple[Line, ...]:
    """Return what all but the cheapest cost."""

    def other(option: str) -> Line:
        place = options.index(option) + 1

        def rule(m: Any) -> Any:
            cost = getattr(m, f"{option}_standing_cost")
            return np.where(m.cheapest_count == place, np.inf, cost)

        return Line(f"{option}_other_cost", "All but the cheapest", rule)

    return tuple(map(other, options))


LEAST = (
    Line(
        "left_count",
        "Strategies that fail no gate",
        lambda m: worksheet("COUNT", _finite, m.standing_costs),
    ),
    Line("cheapest_count", "Cheapest strategy, by its place", _least("standing_costs")),
    Line(
        "turned_count",
        "Cheapest with opportunity cost the other way",
        _least("turned_costs"),
    ),
)


def _finite(costs: Any) -> float:
    return float(np.isfinite(np.asarray(costs, float)).sum())


def _runner(m: Any) -> Any:
    place = worksheet("MATCH", _place, np.min(m.other_costs, axis=0), m.other_costs, 0)
    return np.where(m.left_count > 1, place, 0)


def _margin_share(m: Any) -> Any:
    return np.where((m.left_count > 1) & (m.runner_cost > 0), m.margin_cost / m.runner_cost, 1)


def _is_tie(m: Any) -> Any:
    unsure = (m.odds_hold_count == 1) & (m.sure_share < m.least_sure_share)
    return (m.left_count > 1) & ((m.margin_share <= m.tie_share) | unsure)


def _smallest(row: str, fewest: int) -> Any:
    """The least of a row of costs that so many options stand in; 0 where they do not."""
    return lambda m: np.where(m.left_count > fewest, np.min(getattr(m, row), axis=0), 0)


def margin(options: tuple[str, ...]) -> tuple[Line, ...]:
    """Return who is cheapest, who comes next, by how much and how sure."""

    def sure(m: Any) -> Any:
        wins = {option: getattr(m, f"{option}_wins_share") for option in options}
        return chosen(m.cheapest_count, options, wins, np.nan)

    return (
        Line("runner_count", "Runner-up, by its place", _runner),
        Line("cheapest_cost", "Cheapest: present value", _smallest("standing_costs", 0)),
        Line("runner_cost", "Runner-up: present value", _smallest("other_costs", 1)),
        Line("margin_cost", "The cheapest saves", lambda m: m.runner_cost - m.cheapest_cost),
        Line("margin_share", "Of the runner-up's cost", _margin_share),
        Line("sure_share", "Draws in which it is cheapest", sure),
        Line(
            "odds_hold_count",
            "1 where the draws are of these inputs",
            lambda m: np.where(np.isfinite(m.sure_share) & (m.moved_count == 0), 1, 0),
        ),
        Line("tie_count", "1 where it is too close to call", lambda m: np.where(_is_tie(m), 1, 0)),
    )
