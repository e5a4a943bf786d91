"""The verdict of a plan, its reason and its scale, each a sentence."""

from __future__ import annotations

from typing import Any

import numpy as np

from costcore.answers.breakeven import has_margin
from costcore.answers.why import NO_TOKENS, dear_node_why, dear_token_why
from costcore.language.quantities import TOKENS_PER_MTOK
from costcore.language.timeline import Line
from costcore.language.trace import amount, given, words
from workbooks.plan.lines.option import TITLES

PHRASES = {
    "api": "Stay on the API",
    "managed": "Use the managed platform",
    "own": "Host it yourselves",
    "hybrid": "Go hybrid",
}


def _choice(options: tuple[str, ...]) -> Line:
    """The first of the cheapest options, in the order of least change."""

    def rule(m: Any) -> Any:
        phrase: Any = PHRASES[options[-1]]
        for option in reversed(options[:-1]):
            is_lowest = getattr(m, f"{option}_present_cost") <= m.lowest_cost
            phrase = np.where(is_lowest, PHRASES[option], phrase)
        return phrase

    return Line("choice_text", "Cheapest option", rule)


def _compared(options: tuple[str, ...]) -> Line:
    def rule(m: Any) -> Any:
        bills: list[Any] = []
        for option in options[1:]:
            cost = getattr(m, f"{option}_present_cost")
            bills += [f", {TITLES[option].lower()} ", amount(cost)]
        api = (" months: cloud API ", m.currency, " ", amount(m.api_present_cost))
        return words("Over ", amount(m.horizon_months), *api, *bills, " (present value).")

    return Line("compared_text", "Present value", rule)


def _first_pays(m: Any) -> Any:
    return words(
        "At today's prices self-hosting first pays at ",
        amount(given(m.first_tokens_per_month, 0) / TOKENS_PER_MTOK),
        " M tokens a month (nodes: ",
        amount(given(m.first_nodes, 0)),
        ").",
    )


def _never(m: Any) -> Any:
    dear_token = dear_token_why(m.own_price_per_mtok, m.api_price_per_mtok)
    serves = np.where(m.node_plan_tokens_per_month > 0, m.dear_node_text, NO_TOKENS)
    return np.where(m.api_price_per_mtok > m.own_price_per_mtok, serves, dear_token)


def _dear_node(m: Any) -> Any:
    return dear_node_why(
        given(m.full_node_per_mtok, 0),
        m.api_price_per_mtok,
        given(m.needed_tokens_per_month, 0),
        m.node_plan_tokens_per_month,
        m.needed_speed_text,
    )


def _needed_speed(m: Any) -> Any:
    return words(
        "measured at ",
        amount(given(m.needed_speed_tokens_per_second, 0)),
        " a second, before peak, answer times and headroom",
    )


def _reason(m: Any) -> Any:
    wins = has_margin(m.margin_per_month, m.node_cost_per_month)
    return np.where(wins, m.first_pays_text, m.never_text)


def _scale(m: Any) -> Any:
    return words(
        "You plan up to ",
        amount(m.busiest_tokens_per_month / TOKENS_PER_MTOK),
        " M tokens a month; one node is planned for ",
        amount(m.node_plan_tokens_per_month / TOKENS_PER_MTOK),
        " M.",
    )


def verdict(options: tuple[str, ...]) -> tuple[Line, ...]:
    """Return the sentences of a plan, parts first."""
    return (
        _choice(options),
        _compared(options),
        Line("verdict_text", "Verdict", lambda m: words(m.choice_text, ". ", m.compared_text)),
        Line("first_pays_text", "Reason if it pays", _first_pays),
        Line("needed_speed_text", "Speed from which a node pays", _needed_speed),
        Line("dear_node_text", "Reason if a full node is too dear", _dear_node),
        Line("never_text", "Reason if it never pays", _never),
        Line("reason_text", "Why", _reason),
        Line("scale_text", "Scale", _scale),
    )
