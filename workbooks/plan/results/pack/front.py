"""What one page to sign says beside the verdict: four figures, three thresholds, the sources."""

from __future__ import annotations

from typing import Any

import numpy as np

from costcore.language.timeline import Line
from costcore.language.trace import amount, given, in_period, words
from workbooks.plan.lines.option import NAMED
from workbooks.plan.lines.vintages import Holdings
from workbooks.plan.results.pack.provenance import provenance
from workbooks.plan.results.pack.thresholds import THRESHOLDS, if_rival
from workbooks.plan.results.verdict.ranking import chosen
from workbooks.plan.results.verdict.wording import percent

MOVED = "not known, for inputs moved since the draws"


def _figures(options: tuple[str, ...], holdings: Holdings) -> tuple[Line, ...]:
    """Return what the recommended strategy costs and saves, and when self-hosting turns."""

    def of_cheapest(name: str, label: str, each: str, heading: str = "") -> Line:
        def rule(m: Any) -> Any:
            each_option = {o: getattr(m, each.format(o)) for o in options}
            return chosen(m.cheapest_count, options, each_option, np.nan)

        return Line(name, label, rule, heading=heading)

    def caught_up(m: Any) -> Any:
        return m.payback_paid_months if holdings.buys else m.payback_cash_months

    return (
        of_cheapest("today_saving_cost", "Saved against today", "{}_npv_cost", "On the cover"),
        of_cheapest("low_cost", "Recommended: P10 as drawn", "{}_p10_cost"),
        of_cheapest("high_cost", "Recommended: P90 as drawn", "{}_p90_cost"),
        Line("caught_up_months", "Month in which the cash paid is back", caught_up),
        *TOLD,
    )


def _sure(m: Any) -> Any:
    return np.where(m.odds_hold_count == 1, m.sure_share, np.nan)


def _today_share(m: Any) -> Any:
    known = (m.api_compared_cost > 0) & (m.left_count > 0)
    return np.where(known, m.today_saving_cost / m.api_compared_cost, 0)


def _saved_part(m: Any) -> Any:
    """Only a gate lets a strategy be recommended that costs more than the API."""
    share = m.today_percent_text
    less = words(share, " of what staying on the API costs")
    more = words("it costs ", share, " more than the API, which a gate rules out")
    return np.where(m.today_share < 0, more, less)


def _saved(m: Any) -> Any:
    told = np.where(m.api_compared_cost > 0, m.saved_part_text, "staying on the API costs nothing")
    today = np.where(m.cheapest_text == NAMED["api"], "it is what you do today", told)
    return np.where(m.left_count > 0, today, "no strategy passes the gates")


def _cash_back(m: Any) -> Any:
    month = amount(given(m.caught_up_months, 0))
    back = words("; against the API the cash it takes is back in month ", month)
    never = "; against the API the cash it takes is not back by then"
    return np.where(np.isfinite(m.caught_up_months), back, never)


def _not_to_the_end(m: Any) -> Any:
    some = words("it costs less than its rival ", m.some_text)
    return np.where(m.ahead_months > 0, some, "it costs more than its rival in every month")


def _turns_in(m: Any) -> Any:
    return m.pays_from_months


def _turns(m: Any) -> Any:
    lasting = "from then on it costs less than its rival, to the end"
    lasting = words(lasting, m.in_all_text, m.cash_back_text)
    return np.where(np.isfinite(m.pays_from_months), lasting, m.not_to_the_end_text)


def _range(m: Any) -> Any:
    ends = words("its cost, P10 to P90: ", amount(m.low_cost), " to ", amount(m.high_cost))
    drawn = np.where(m.low_cost == m.high_cost, "nothing that moves its cost has a range", ends)
    unsure = np.where(m.draws_count > 0, MOVED, "not drawn")
    return np.where(m.odds_hold_count == 1, drawn, unsure)


TOLD = (
    Line("now_sure_share", "Chance that it is the cheapest", _sure),
    Line(
        "spent_text",
        "Of the cost",
        lambda m: words(
            m.cheapest_text, ", over ", amount(m.horizon_months), " months, at present value"
        ),
    ),
    Line("today_share", "What that is of the API", _today_share),
    Line("part_share", "The same, more or less", lambda m: np.absolute(m.today_share)),
    Line("today_percent_text", "In percent", lambda m: percent(m.part_share)),
    Line("saved_part_text", "The same, in words", _saved_part),
    Line("saved_text", "Of the saving", _saved),
    Line("cash_back_text", "When its cash is back", _cash_back),
    Line("not_to_the_end_text", "If it does not turn", _not_to_the_end),
    Line("turns_months", "Month in which it turns", if_rival(_turns_in, np.nan)),
    Line("turns_text", "Of the month", if_rival(_turns, "no token-billed rival passes the gates")),
    Line("range_text", "Of how sure", _range),
    Line(
        "mark_months",
        "Marked in the chart of cash: month (-1: none)",
        lambda m: given(m.caught_up_months, -1),
    ),
    Line(
        "mark_cost",
        "Marked there: cash of self-hosting",
        lambda m: np.where(
            m.mark_months > 0,
            in_period(m.own_cumulative_cost, np.maximum(m.mark_months, 1)),
            -1,
        ),
    ),
    Line(
        "mark_text",
        "Mark",
        lambda m: np.where(m.mark_months > 0, words("month ", amount(m.mark_months)), ""),
    ),
)


def _swing(m: Any) -> Any:
    most = words(
        "What moves the saving most: ", m.decider_text, ", by up to ", amount(m.decider_cost)
    )
    return np.where(m.decider_text == "", "No range of an input moves the saving", most)


def _decides(m: Any) -> Any:
    return np.where(m.moved_count == 0, m.swing_text, words(m.swing_text, " (before inputs moved)"))


def _stairs(m: Any) -> Any:
    first = m.first_mtok_text
    pays = words("Own nodes first pay at ", first, " M tokens a month", m.reaches_text)
    never = "Own nodes pay at no volume, at the prices of the busiest month"
    return np.where(np.isfinite(m.first_tokens_per_month), pays, never)


def _reaches(m: Any) -> Any:
    return words("; the plan reaches ", amount(m.busiest_mtok_count), " M")


def _monthly(m: Any) -> Any:
    month = amount(given(m.pays_from_months, 0))
    pays = words("Own nodes cost less a month from month ", month, m.in_all_text)
    return np.where(np.isfinite(m.pays_from_months), pays, m.some_monthly_text)


def _some_monthly(m: Any) -> Any:
    some = words("Own nodes cost less ", m.some_text)
    return np.where(m.ahead_months > 0, some, "Own nodes cost more in every month of the plan")


def _fan(m: Any) -> Any:
    ends = (amount(m.saved_p10_cost), " to ", amount(m.saved_p90_cost))
    return words("Cash that own nodes save by the end: ", *ends, ", P10 to P90")


TITLES = (
    Line("swing_text", "What moves most", _swing, heading="Titles of charts"),
    Line("decides_text", "What decides", _decides),
    Line("reaches_text", "What the plan reaches", _reaches),
    Line("stairs_text", "Staircase", if_rival(_stairs)),
    Line("some_monthly_text", "Cost of a month, if own nodes do not turn", _some_monthly),
    Line("monthly_text", "Cost of a month", if_rival(_monthly)),
    Line(
        "present_text",
        "Present value",
        lambda m: words("Present value: ", m.cheapest_text, " costs least"),
    ),
    Line("fan_text", "Cash saved to date", _fan),
)


def front(options: tuple[str, ...], holdings: Holdings) -> tuple[Line, ...]:
    """Return every line that the pages for a board show beside those of the plan."""
    sources = provenance(options, holdings)
    return (*_figures(options, holdings), *THRESHOLDS, *TITLES, *sources)
