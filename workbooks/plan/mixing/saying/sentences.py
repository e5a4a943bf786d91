"""What the first page of a portfolio says: which strategy costs least, by how much, how sure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from costcore.language.timeline import Line
from costcore.language.trace import amount, given, words, worksheet
from workbooks.plan.lines.served import TRILLIONTH
from workbooks.plan.mixing.naming import column
from workbooks.plan.mixing.strategies import Strategic
from workbooks.plan.results.verdict.wording import percent

MOVED = "not known, for inputs moved since the draws"


def at(column: Any, place: Any) -> Any:
    """Return what stands at a place of a column, from 1.

    >>> float(at(np.array([5.0, 7.0]), 2.0))
    7.0
    """
    return worksheet("INDEX", lambda rows, n: rows[int(n) - 1], column, place)


def _first(value: Any, column: Any, _: int) -> Any:
    return float(np.flatnonzero(np.asarray(column) == value)[0] + 1)


def _count(m: Any) -> Any:
    least = np.min(m.strategy_costs, axis=0)
    return worksheet("MATCH", _first, least, m.strategy_costs, 0)


RANKED = (
    Line("cheapest_count", "Number of the strategy with the least present value", _count),
    Line(
        "cheapest_text",
        "It is called",
        lambda m: at(m.strategy_titles, m.cheapest_count),
    ),
    Line("cheapest_cost", "It costs", lambda m: at(m.strategy_costs, m.cheapest_count)),
)
"""Read from the strategies side by side."""


ODDS = (
    Line(
        "odds_hold_count",
        "Whether the draws hold (1)",
        lambda m: np.where((m.draws_count > 0) & (m.moved_count == 0), 1, 0),
    ),
    Line(
        "now_sure_share",
        "Chance that it is the cheapest",
        lambda m: np.where(
            m.odds_hold_count == 1, at(m.strategy_wins_shares, m.cheapest_count), np.nan
        ),
    ),
)
"""How sure that is, as long as inputs stay what they were when they were drawn."""


def _runner(m: Any) -> Any:
    least = np.min(m.other_costs, axis=0)
    return worksheet("MATCH", _first, least, m.other_costs, 0)


def _unsure(m: Any) -> Any:
    """Say it where draws hold and it is the cheapest in too few of them."""
    told = words(" and the cheapest in ", m.chance_text, " of the draws")
    return np.where((m.odds_hold_count == 1) & (m.now_sure_share < m.least_sure_share), told, "")


def _close(m: Any) -> Any:
    close = (m.margin_cost <= m.tie_share * m.runner_cost) | (m.unsure_text != "")
    return np.where(close, ", which is too close to call", "")


def _apart(m: Any) -> Any:
    """What lies between them; that it is little, or unsure, is said with it."""
    told = words(amount(m.margin_cost), " less than ", m.runner_text, m.unsure_text)
    return words(told, m.close_text)


def _spent(m: Any) -> Any:
    cost = words(m.currency, " ", amount(m.cheapest_cost), " in present value")
    return words(cost, " over ", amount(m.horizon_months), " months")


def _verdict(m: Any) -> Any:
    least = words(m.cheapest_text, " costs least of the strategies: ")
    return words(least, m.spending_text, ", ", m.apart_text, ".")


RIVALS = (
    Line("runner_count", "Number of the next", _runner),
    Line("runner_text", "The next is called", lambda m: at(m.strategy_titles, m.runner_count)),
    Line("runner_cost", "The next costs", lambda m: at(m.strategy_costs, m.runner_count)),
    Line("margin_cost", "Between them", lambda m: m.runner_cost - m.cheapest_cost),
    Line("chance_share", "Chance, 0 if not known", lambda m: given(m.now_sure_share, 0)),
    Line("chance_number_text", "In percent", lambda m: amount(m.chance_share * 100, 1)),
    Line("chance_text", "Chance", lambda m: percent(m.chance_share, 1, m.chance_number_text)),
    Line("unsure_text", "If it is the cheapest in few draws", _unsure),
    Line("close_text", "If it is too close to call", _close),
    Line("apart_text", "Margin in words", _apart),
    Line("spending_text", "What the cheapest costs, in words", _spent),
    Line("verdict_text", "Verdict", _verdict),
)


def _alone(m: Any) -> Any:
    cost = words(m.currency, " ", amount(m.cheapest_cost), " in present value.")
    return words(m.cheapest_text, " is the only strategy that is possible: ", cost)


ALONE = (Line("verdict_text", "Verdict", _alone),)
"""Said instead where there is one strategy."""


def _saved_share(m: Any) -> Any:
    known = np.isfinite(m.today_cost) & (m.today_cost > 0)
    return np.where(known, m.today_saving_cost / m.today_cost, 0)


def _saved_part(m: Any) -> Any:
    less = words(amount(m.saved_share * 100), " % of what ", m.today_text, " costs")
    return np.where(m.today_cost > 0, less, words(m.today_text, " costs nothing"))


def _saved(m: Any) -> Any:
    gated = words("a gate rules out ", m.today_text)
    told = np.where(np.isfinite(m.today_cost), m.saved_part_text, gated)
    return np.where(m.cheapest_count == 1, "it is the first that is listed", told)


def _turns(m: Any) -> Any:
    """Month from which the cash to date stays below today's to the end; never if it does not."""
    found = proven(m.behind_months, m.horizon_months)
    return np.where(m.cheapest_count == 1, np.nan, found)


def proven(behind_months: Any, horizon_months: Any) -> Any:
    """Month after the last one behind; inf where that is not within the plan.

    Each month behind has its number, and the others 0.

    >>> proven(np.array([1.0, 2.0, 0.0]), 3).tolist(), proven(np.array([0.0, 2.0]), 2).tolist()
    (3.0, inf)
    """
    after = np.max(behind_months, axis=0) + 1
    return np.where(after > horizon_months, np.inf, after)


def _turns_text(m: Any) -> Any:
    stays = words("from then on it has cost less to date than ", m.today_text)
    never = words("within the plan it never has cost less to date than ", m.today_text)
    told = np.where(np.isfinite(m.turns_months), stays, never)
    return np.where(m.cheapest_count == 1, "nothing is changed", told)


def _drawn(costs: str) -> Any:
    """What the cheapest may cost, as drawn; nan where nothing was."""

    def rule(m: Any) -> Any:
        return np.where(m.draws_count > 0, at(getattr(m, costs), m.cheapest_count), np.nan)

    return rule


def _range(m: Any) -> Any:
    told = words("its cost, P10 to P90: ", amount(m.low_cost), " to ", amount(m.high_cost))
    unsure = np.where(m.draws_count > 0, MOVED, "not drawn: evenpoint risk draws every range")
    return np.where(m.odds_hold_count == 1, told, unsure)


def _mix(m: Any) -> Any:
    """What the best mix was found to cost; whether that still holds."""
    cost = words(m.currency, " ", amount(m.mix_cost))
    less = words(amount(m.cheapest_cost - m.mix_cost), " less than ", m.cheapest_text)
    lower = words("The best mix that a search found costs ", cost, ", ", less, "; see Best mix.")
    found = np.where(m.mix_cost < m.cheapest_cost, lower, "No mix that a search found costs less.")
    gone = "The best mix was found on other inputs: evenpoint mix searches again."
    return np.where(m.moved_count > 0, gone, np.where(m.mix_cost > 0, found, NOT_SOUGHT))


LEAD = "Cash to date: the cheapest has paid less than "
NOT_SOUGHT = "No better mix was searched for: evenpoint mix does."
FRONT = (
    Line("today_cost", "The first that is listed costs", lambda m: at(m.strategy_costs, 1)),
    Line("today_text", "The first that is listed is called", lambda m: at(m.strategy_titles, 1)),
    Line(
        "today_saving_cost",
        "Saved against it",
        lambda m: np.where(np.isfinite(m.today_cost), m.today_cost - m.cheapest_cost, np.nan),
    ),
    Line("turns_months", "Month from which it has cost less to date", _turns),
    Line(
        "spent_text",
        "Of the cost",
        lambda m: words(m.cheapest_text, f", at present value, {m.basis_text}"),
    ),
    Line("saved_share", "Saved, of what the first costs", _saved_share),
    Line("saved_part_text", "The same in words", _saved_part),
    Line("saved_text", "Of the saving", _saved),
    Line("turns_text", "Of the month", _turns_text),
    Line("low_cost", "The cheapest: P10 as drawn", _drawn("strategy_p10_costs")),
    Line("high_cost", "The cheapest: P90 as drawn", _drawn("strategy_p90_costs")),
    Line("range_text", "Of how sure", _range),
    Line("mix_text", "Best mix", _mix),
    TRILLIONTH,
    Line("conditions_text", "Conditions", lambda m: at(m.strategy_conditions, m.cheapest_count)),
    Line(
        "mark_months", "Marked in the chart: month (-1: none)", lambda m: given(m.turns_months, -1)
    ),
    Line(
        "cash_text",
        "Title of the chart of cash",
        lambda m: np.where(
            m.mark_months > 0,
            words(LEAD, m.today_text, " from month ", amount(m.mark_months)),
            "Cash to date by strategy",
        ),
    ),
)
"""Everything else that the first page shows."""


def to_date(strategies: Sequence[Strategic]) -> tuple[Line, ...]:
    """Return the cash paid to date by each strategy, and as long as the cheapest is behind."""
    names = [strategy.name("cumulative_cost") for strategy in strategies]

    def cheapest(m: Any) -> Any:
        return at(column(m, names), m.cheapest_count)

    def still(m: Any) -> Any:
        return behind(m, m.cheapest_cumulative_cost, getattr(m, names[0]))

    return (
        *map(paid_to_date, strategies),
        Line("cheapest_cumulative_cost", "The cheapest: cash to date", cheapest),
        Line("behind_months", "Month, while it has not cost less to date than the first", still),
    )


def behind(m: Any, own: Any, other: Any) -> Any:
    """Number of the month while as much was paid as with another; else 0. Alike proves nothing."""
    return np.where(own >= other, m.month, 0)


def paid_to_date(strategy: Strategic) -> Line:
    """Return the cash paid by a strategy: what nodes would sell for at the end is not paid."""
    name = strategy.name("cumulative_cost")

    def rule(m: Any) -> Any:
        rest = strategy.get(m, "resale_per_month") if strategy.names.bought else 0.0
        return m.last(name) + strategy.get(m, "cash_per_month") + rest

    return Line(name, f"{strategy.title}: cash to date", rule)
