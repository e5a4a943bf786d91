"""The break-even in words: each answer with its reason."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from costcore.answers.breakeven import FLOAT_DUST, KINDS, breakeven_ranges, breakeven_tokens
from costcore.language.arguments import arguments_of
from costcore.language.elementwise import Numbers, in_words
from costcore.language.quantities import HOURS_PER_MONTH, SECONDS_PER_HOUR, TOKENS_PER_MTOK
from costcore.language.trace import amount, words
from costcore.nodes.capacity import whole_nodes
from costcore.nodes.hosting import selfhost_cost
from costcore.tokens.api import priced


@in_words
@arguments_of(breakeven_ranges)
def breakeven_why(tokens_per_month: float | None = None, **given: float) -> str:
    """The break-even in one sentence, with the reason for it.

    Returns
    -------
    str, or object array of str

    Examples
    --------
    >>> print(breakeven_why(20, 5_400, 388.8e6, 3_000, tokens_per_month=800e6))
    Between two winning ranges: at 800 M tokens a month 3 nodes cost 19,200 and the API 16,000;
    self-hosting wins for good from 1,230 M.
    >>> print(breakeven_why(10, 5_400, 388.8e6))
    Never: a full node costs 13.89 per million tokens and the API charges 10.00; to pay, a node
    must serve 540 M tokens a month (205 a second), and it serves 389 M.
    """
    price, node, capacity, _, own, _ = given.values()
    first, sustained = (float(breakeven_tokens(**given, kind=kind)) for kind in KINDS[:2])
    if np.isinf(first):
        with np.errstate(all="ignore"):
            return str(never_why(*np.array([price, node, capacity, own])))
    if tokens_per_month is None:
        return _where(first, sustained, capacity)
    return _at(tokens_per_month, first, sustained, given)


def never_why(
    api_price_per_mtok: Numbers,
    node_cost_per_month: Numbers,
    capacity_tokens_per_month: Numbers,
    own_price_per_mtok: Numbers,
) -> Numbers:
    """Why self-hosting wins at no volume."""
    unit_cost = node_cost_per_month / capacity_tokens_per_month * TOKENS_PER_MTOK
    saved = api_price_per_mtok - own_price_per_mtok
    needed = node_cost_per_month / saved * TOKENS_PER_MTOK
    dear_node = dear_node_why(
        unit_cost + own_price_per_mtok,
        api_price_per_mtok,
        needed,
        capacity_tokens_per_month,
        words(amount(needed / (HOURS_PER_MONTH * SECONDS_PER_HOUR)), " a second"),
    )
    dear_token = dear_token_why(own_price_per_mtok, api_price_per_mtok)
    serves = np.where(capacity_tokens_per_month > 0, dear_node, NO_TOKENS)
    return np.where(saved > 0, serves, dear_token)


NO_TOKENS = "Never: a node serves no tokens."


def dear_node_why(
    full_node_per_mtok: Numbers,
    api_price_per_mtok: Numbers,
    needed_tokens_per_month: Numbers,
    capacity_tokens_per_month: Numbers,
    needed_speed_text: Numbers,
) -> Numbers:
    """Why, when a full node costs more than the API bill it avoids."""
    return words(
        "Never: a full node costs ",
        amount(full_node_per_mtok, 2),
        " per million tokens and the API charges ",
        amount(api_price_per_mtok, 2),
        "; to pay, a node must serve ",
        amount(needed_tokens_per_month / TOKENS_PER_MTOK),
        " M tokens a month (",
        needed_speed_text,
        "), and it serves ",
        amount(capacity_tokens_per_month / TOKENS_PER_MTOK),
        " M.",
    )


def dear_token_why(own_price_per_mtok: Numbers, api_price_per_mtok: Numbers) -> Numbers:
    """Why, when a self-hosted token costs more than the API's before its node."""
    return words(
        "Never: a self-hosted token costs ",
        amount(own_price_per_mtok, 2),
        " per million before any node is paid, and the API charges ",
        amount(api_price_per_mtok, 2),
        ".",
    )


def _where(first: float, sustained: float, capacity: float) -> str:
    if np.isinf(capacity):
        return (
            f"Price-only: the two bills meet at {_millions(first)} tokens a month; "
            "without a capacity nobody knows whether the nodes can serve that."
        )
    later = "" if sustained == first else f", with gaps until {_millions(sustained)}"
    return f"Self-hosting wins from {_millions(first)} tokens a month{later}."


def _at(tokens: float, first: float, sustained: float, given: Mapping[str, float]) -> str:
    price, node, capacity, fixed, own, least = given.values()
    own_bill = float(selfhost_cost(tokens, node, capacity, fixed, own, least))
    api_bill = float(priced(tokens, price))
    nodes = max(least, float(whole_nodes(tokens / capacity)))
    bills = (
        f"at {_millions(tokens)} tokens a month {nodes:,.0f} node{'s' * (nodes != 1)} "
        f"cost{'s' * (nodes == 1)} {amount(own_bill)} and the API {amount(api_bill)}"
    )
    if np.isinf(capacity):
        return f"Price-only, without a capacity: {bills}; they meet at {_millions(first)}."
    if tokens < first:
        return f"Below the first break-even: {bills}; self-hosting wins from {_millions(first)}."
    if own_bill > api_bill * (1 + FLOAT_DUST):
        return (
            f"Between two winning ranges: {bills}; "
            f"self-hosting wins for good from {_millions(sustained)}."
        )
    return f"Self-hosting wins: {bills}."


def _millions(tokens: float) -> str:
    return f"{amount(tokens / TOKENS_PER_MTOK, 0 if tokens >= 100e6 else 1)} M"
