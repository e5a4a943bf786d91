"""What one page to sign says beside the verdict: four figures, three thresholds, the sources."""

from __future__ import annotations

from typing import Any

import numpy as np

from costcore.answers.breakeven import crossing_tokens
from costcore.language.quantities import TOKENS_PER_MTOK
from costcore.language.timeline import Line
from costcore.language.trace import amount, given, in_period, words
from costcore.tokens.api import priced
from workbooks.plan.lines.vintages import Holdings
from workbooks.plan.results.pack.provenance import provenance
from workbooks.plan.results.verdict.ranking import chosen

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


def _saved(m: Any) -> Any:
    share = m.today_saving_cost / m.api_compared_cost
    less = words(amount(share * 100), " % of what staying on the API costs")
    told = np.where(m.api_compared_cost > 0, less, "staying on the API costs nothing")
    return np.where(m.cheapest_text == "the cloud API", "it is what you do today", told)


def _turns(m: Any) -> Any:
    back = words("; the cash it takes is back in month ", amount(given(m.caught_up_months, 0)))
    later = np.where(
        np.isfinite(m.caught_up_months), back, "; the cash it takes is not back by then"
    )
    return words("from then on it costs less than its rival, to the end", later)


def _range(m: Any) -> Any:
    drawn = words("its cost, P10 to P90: ", amount(m.low_cost), " to ", amount(m.high_cost))
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
    Line("saved_text", "Of the saving", _saved),
    Line("turns_text", "Of the month", _turns),
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


def _paying_price(m: Any) -> Any:
    """The rival's price at which the bills of the busiest month meet; 0 where its fees decide."""
    beyond = m.busiest_beyond_per_month
    each = beyond / (m.busiest_tokens_per_month / TOKENS_PER_MTOK)
    met = np.where(m.busiest_tokens_per_month > 0, each, np.inf)
    return np.where(beyond < m.floor_per_month, 0, met)


def _met(m: Any) -> Any:
    nodes = m.busiest_serving_per_month
    return crossing_tokens(1.0, m.token_margin_per_mtok, nodes, m.recover_per_month, 0.0)


def _paying_load(m: Any) -> Any:
    """Load of the planned nodes at which the bills meet."""
    share = m.load_met_tokens_per_month / m.busiest_plan_tokens_per_month
    above = np.where(m.load_met_per_month < m.floor_per_month, 0, share)
    return np.where(m.token_margin_per_mtok > 0, above, np.inf)


def _price_meets(m: Any) -> Any:
    meets = words(
        "self-hosting costs less where ",
        m.rival_text,
        " charges more than ",
        m.currency,
        " ",
        amount(given(m.paying_price_per_mtok, 0), 2),
        " per million tokens",
    )
    always = "self-hosting costs less at any price, for its rival's fees alone are more"
    some = np.where(m.paying_price_per_mtok > 0, meets, always)
    return np.where(np.isfinite(m.paying_price_per_mtok), some, "there are no tokens to be priced")


def _price_told(m: Any) -> Any:
    now = words("; it charges ", amount(m.price_per_mtok, 2), " then.")
    return words("In month ", amount(m.busiest_month_count), " ", m.price_meets_text, now)


def _volume_told(m: Any) -> Any:
    plan = words(
        "; the plan has ",
        amount(m.busiest_tokens_per_month / TOKENS_PER_MTOK),
        " M then.",
    )
    never = np.where(np.isfinite(m.some_tokens_per_second), m.never_text, m.dear_token_text)
    paid = np.where(np.isfinite(m.first_tokens_per_month), m.pays_text, never)
    month = amount(m.busiest_month_count)
    return words("Self-hosting: at the prices of month ", month, " ", paid, plan)


def _load_pays(m: Any) -> Any:
    pays = words("pay when ", amount(given(m.paying_load_share, 0) * 100), " % full")
    some = np.where(m.paying_load_share > 1, "do not pay even when full", pays)
    return np.where(np.isfinite(m.paying_load_share), some, "pay at no load")


def _load_told(m: Any) -> Any:
    return words(
        "The nodes of month ",
        amount(m.busiest_month_count),
        " (",
        amount(m.busiest_nodes),
        ") ",
        m.load_pays_text,
        "; the plan fills ",
        amount(m.busiest_load_share * 100),
        " % of what they are planned for.",
    )


def _if_rival(told: Any) -> Any:
    none = "No token-billed option passes the gates, so self-hosting has no rival."
    return lambda m: np.where(m.rival_count > 0, told(m), none)


THRESHOLDS = (
    Line(
        "busiest_beyond_per_month",
        "Self-hosting in the busiest month, beyond the rival's fee",
        lambda m: m.busiest_own_per_month - m.fee_per_month,
        heading="What would change the answer",
    ),
    Line(
        "paying_price_per_mtok",
        "Rival's price at which bills meet in the busiest month",
        _paying_price,
    ),
    Line(
        "busiest_plan_tokens_per_month",
        "What the nodes of the busiest month are planned for",
        lambda m: m.busiest_nodes * m.node_plan_tokens_per_month,
    ),
    Line("load_met_tokens_per_month", "Volume at which its nodes and the rival meet", _met),
    Line(
        "load_met_per_month",
        "Rival: its tokens there",
        lambda m: priced(m.load_met_tokens_per_month, m.price_per_mtok),
    ),
    Line("paying_load_share", "Load of its nodes at which the bills meet", _paying_load),
    Line(
        "busiest_load_share",
        "Load of its nodes in the plan",
        lambda m: m.busiest_tokens_per_month / m.busiest_plan_tokens_per_month,
    ),
    Line("price_meets_text", "If there is a price", _price_meets),
    Line("load_pays_text", "If there is a load", _load_pays),
    Line("price_told_text", "Price", _if_rival(_price_told)),
    Line("volume_told_text", "Volume", _if_rival(_volume_told)),
    Line("load_told_text", "Utilisation", _if_rival(_load_told)),
)


def _decides(m: Any) -> Any:
    swing = words(m.decider_text, " moves the saving most, by up to ", amount(m.decider_cost))
    drawn = np.where(m.decider_text == "", "No range of an input moves the saving", swing)
    return np.where(m.moved_count == 0, drawn, words(drawn, " (before inputs moved)"))


def _stairs(m: Any) -> Any:
    pays = words(
        "Own nodes first pay at ",
        amount(given(m.first_tokens_per_month, 0) / TOKENS_PER_MTOK),
        " M tokens a month; the plan reaches ",
        amount(m.busiest_tokens_per_month / TOKENS_PER_MTOK),
        " M",
    )
    never = "Own nodes pay at no volume, at the prices of the busiest month"
    return np.where(np.isfinite(m.first_tokens_per_month), pays, never)


def _monthly(m: Any) -> Any:
    pays = words("Own nodes cost less a month from month ", amount(given(m.pays_from_months, 0)))
    some = words("Own nodes cost less in ", amount(m.ahead_months), " months, not in the last")
    never = np.where(m.ahead_months > 0, some, "Own nodes cost more in every month of the plan")
    return np.where(np.isfinite(m.pays_from_months), pays, never)


def _fan(m: Any) -> Any:
    ends = (amount(m.saved_p10_cost), " to ", amount(m.saved_p90_cost))
    return words("Cash that own nodes save by the end: ", *ends, ", P10 to P90")


TITLES = (
    Line("decides_text", "What decides", _decides, heading="Titles of charts"),
    Line("stairs_text", "Staircase", _stairs),
    Line("monthly_text", "Cost of a month", _monthly),
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
