"""What would change the answer: the rival's price, the volume, and the load of the nodes."""

from __future__ import annotations

from typing import Any

import numpy as np

from costcore.answers.breakeven import crossing_tokens
from costcore.language.timeline import Line, Rule
from costcore.language.trace import amount, given, words
from costcore.tokens.api import priced
from workbooks.plan.results.verdict.wording import apart


def if_rival(told: Rule, none: Any = None) -> Rule:
    """Say something where self-hosting has a rival, else that it has none."""
    return lambda m: np.where(m.rival_count > 0, told(m), m.no_rival_text if none is None else none)


def _paying_price(m: Any) -> Any:
    """The rival's price at which the bills of the busiest month meet; 0 where its fees decide."""
    beyond = m.busiest_due_per_month
    met = np.where(m.busiest_mtok_count > 0, beyond / m.busiest_mtok_count, np.inf)
    return np.where(beyond < m.floor_per_month, 0, met)


def _met(m: Any) -> Any:
    nodes = m.busiest_serving_per_month
    return crossing_tokens(1.0, m.token_margin_per_mtok, nodes, m.recover_per_month, 0.0)


def _paying_load(m: Any) -> Any:
    """Load of the planned nodes at which the bills meet."""
    above = np.where(m.load_met_per_month < m.floor_per_month, 0, m.load_met_share)
    return np.where(m.token_margin_per_mtok > 0, above, np.inf)


def _price_met(m: Any) -> Any:
    finer = amount(given(m.paying_price_per_mtok, 0), 4)
    price = apart(m.price_paying_text, m.price_now_text, finer)
    return words(" charges more than ", m.currency, " ", price, " per million tokens")


def _price_meets(m: Any) -> Any:
    meets = words("self-hosting costs less where ", m.rival_text, m.price_met_text)
    always = "self-hosting costs less at any price, for its rival's fees alone are more"
    some = np.where(m.paying_price_per_mtok > 0, meets, always)
    return np.where(np.isfinite(m.paying_price_per_mtok), some, "there are no tokens to be priced")


def _charged(m: Any) -> Any:
    finer = amount(m.price_per_mtok, 4)
    price = apart(m.price_now_text, m.price_paying_text, finer)
    return words("; it charges ", price, " then", m.uneven_text, ".")


def _price_told(m: Any) -> Any:
    month = words("In month ", amount(m.busiest_month_count), " ")
    return words(month, m.price_meets_text, m.charged_text)


def _volume_told(m: Any) -> Any:
    month = amount(m.busiest_month_count)
    start = words("Self-hosting: at the prices of month ", month, " ")
    return words(start, m.pays_or_not_text, m.reached_text)


def _reached(m: Any) -> Any:
    plan = words("; the plan has ", amount(m.busiest_mtok_count), " M then")
    return words(plan, m.uneven_text, ".")


def _load_full(m: Any) -> Any:
    finer = amount(given(m.paying_load_share, 0) * 100, 2)
    load = apart(m.load_paying_text, m.load_now_text, finer)
    return words("pay when ", load, " % full")


def _load_pays(m: Any) -> Any:
    pays = m.load_full_text
    always = np.where(m.paying_load_share > 0, pays, "pay even when empty")
    some = np.where(m.paying_load_share > 1, "do not pay even when full", always)
    return np.where(np.isfinite(m.paying_load_share), some, "pay at no load")


def _busiest_nodes(m: Any) -> Any:
    month, nodes = amount(m.busiest_month_count), amount(m.busiest_nodes)
    return words("The nodes of month ", month, " (", nodes, ") ")


def _filled(m: Any) -> Any:
    finer = amount(m.busiest_load_share * 100, 2)
    load = apart(m.load_now_text, m.load_paying_text, finer)
    return words("; the plan fills ", load, " % of what they are planned for", m.uneven_text, ".")


def _load_told(m: Any) -> Any:
    return words(m.busiest_nodes_text, m.load_pays_text, m.filled_text)


READ = (
    Line(
        "price_paying_text",
        "Price at which bills meet, as read",
        lambda m: amount(given(m.paying_price_per_mtok, 0), 2),
    ),
    Line(
        "price_now_text",
        "Price of the rival, as read",
        lambda m: amount(m.price_per_mtok, 2),
    ),
    Line(
        "load_paying_text",
        "Load at which bills meet, as read",
        lambda m: amount(given(m.paying_load_share, 0) * 100),
    ),
    Line(
        "load_now_text",
        "Load in the plan, as read",
        lambda m: amount(m.busiest_load_share * 100),
    ),
)
"""Two numbers that are compared, and may read alike."""
THRESHOLDS = (
    Line(
        "busiest_due_per_month",
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
    Line(
        "load_met_share",
        "That volume, of what they are planned for",
        lambda m: m.load_met_tokens_per_month / m.busiest_plan_tokens_per_month,
    ),
    Line("paying_load_share", "Load of its nodes at which the bills meet", _paying_load),
    Line(
        "busiest_load_share",
        "Load of its nodes in the plan",
        lambda m: m.busiest_tokens_per_month / m.busiest_plan_tokens_per_month,
    ),
    *READ,
    Line("price_met_text", "At what price", _price_met),
    Line("price_meets_text", "If there is a price", _price_meets),
    Line("load_full_text", "At what load", _load_full),
    Line("load_pays_text", "If there is a load", _load_pays),
    Line("busiest_nodes_text", "Which nodes", _busiest_nodes),
    Line("filled_text", "How full they are", _filled),
    Line("charged_text", "What it charges then", _charged),
    Line("reached_text", "What the plan has then", _reached),
    Line("price_told_text", "Price", if_rival(_price_told)),
    Line("volume_told_text", "Volume", if_rival(_volume_told)),
    Line("load_told_text", "Utilisation", if_rival(_load_told)),
)
