"""The kinds of claim that are published, each with its arithmetic and the traps on its way.

Each kind has two answers: what the inputs give by the arithmetic that such claims
use (on paper), and what they give when nothing is left out (ours).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from costcore.answers.breakeven import breakeven_tokens
from costcore.language.quantities import (
    HOURS_PER_MONTH,
    MONTHS_PER_YEAR,
    SECONDS_PER_HOUR,
    TOKENS_PER_MTOK,
)
from costcore.money.horizon import breakeven_months, tco_nyr
from costcore.nodes.capacity import whole_nodes
from costcore.nodes.hosting import rent_per_month
from costcore.tokens.api import blended_price, priced, routed_price

ABOVE_CAPACITY = "crossing above capacity"
PEOPLE = "people left out"
LOAD_AS_DUTY = "load used as duty"
THOUSAND = "per token, not per thousand"
RATES = "bill against rates"
CAPACITY_AS_VOLUME = "capacity taken for volume"
NAMED_COST = "a named cost left out"
FULL_LOAD = "full load assumed"
EXAMPLE = "example against claim"

Inputs = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Trap:
    """A mistake that claims share, and the sentence that shows it."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a claim's inputs give on paper and in full, with the traps on the way."""

    paper: float
    ours: float
    traps: tuple[Trap | None, ...] = ()
    is_ceiling: bool = False
    """Whether the claim is right up to the figure on paper."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind of claim takes, and in which unit it answers."""

    answer: Callable[[Inputs, float, float], Answer]
    unit: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()


def close(one: float, other: float, rounding: float) -> bool:
    """Say whether two figures are the same but for a share of rounding.

    >>> close(1_690, 1_687.5, 0.01), close(540, 690, 0.01)
    (True, False)
    """
    return one == other or abs(one - other) <= rounding * abs(one) * (1 + 1e-9)


def number(value: float) -> str:
    """Show a figure to four digits, or whole from a thousand.

    >>> number(1206.67), number(0.2291), number(0.0000047)
    ('1,207', '0.2291', '0.0000047')
    """
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{Decimal(f'{value:.4g}'):f}"


def _millions(tokens: float) -> str:
    return "no volume" if math.isinf(tokens) else f"{number(tokens / TOKENS_PER_MTOK)} M tokens"


def _people(m: Inputs, with_them: str) -> Trap | None:
    """Say that people are left out, or what they change where the claim names them."""
    if not m.get("labor_per_year"):
        return Trap(PEOPLE, "People are in none of its inputs.")
    return Trap(PEOPLE, with_them) if with_them else None


def _price(m: Inputs) -> float:
    """Price of an average token, however the claim gives it."""
    if {"shares", "prices_per_mtok"} <= m.keys():
        return routed_price(m["shares"], m["prices_per_mtok"])
    if {"input_price_per_mtok", "output_price_per_mtok", "output_share"} <= m.keys():
        names = ("input_price_per_mtok", "output_price_per_mtok", "output_share")
        return float(blended_price(*(m[name] for name in names)))
    if "api_price_per_mtok" not in m:
        raise ValueError("it needs a price: api_price_per_mtok, or input and output, or shares")
    return float(m["api_price_per_mtok"])


def _breakeven(m: Inputs, claimed: float, rounding: float) -> Answer:
    price, node = _price(m), m["node_cost_per_month"]
    capacity, people = m.get("capacity_tokens_per_month", math.inf), m.get("labor_per_year", 0.0)
    fixed = people / MONTHS_PER_YEAR
    bare = float(breakeven_tokens(price, node))
    peopled = float(breakeven_tokens(price, node, fixed_cost_per_month=fixed))
    ours = float(breakeven_tokens(price, node, capacity, fixed))
    above = math.isfinite(claimed) and claimed > capacity
    forgot = close(claimed, bare, rounding) and not close(claimed, peopled, rounding)
    paper = bare if forgot or math.isinf(claimed) else peopled  # on paper people cost nothing
    nodes = float(whole_nodes(claimed / capacity)) if above else 1.0
    crossing = (
        f"One node serves {_millions(capacity)}; {_millions(claimed)} take {nodes:.0f} nodes for "
        f"{number(nodes * node)}, and the API charges {number(priced(claimed, price))}."
    )
    met = (
        f"With the {number(fixed)} a month it names for people the bills meet at "
        f"{_millions(peopled)}."
    )
    needed = (node + fixed) / claimed * TOKENS_PER_MTOK
    rates = (
        f"At its own price of {number(price)} the bills meet at {_millions(paper)}; "
        f"{_millions(claimed)} would take a price of {number(needed)}."
    )
    contradicted = not any(close(claimed, each, rounding) for each in (paper, ours))
    traps = (
        Trap(ABOVE_CAPACITY, crossing) if above else None,
        _people(m, met if forgot else "") if math.isfinite(claimed) else None,
        Trap(RATES, rates) if contradicted else None,
    )
    return Answer(paper, ours, traps)


def _rent(m: Inputs, claimed: float, rounding: float) -> Answer:
    given = (m["rate_per_hour"], m.get("count", 1.0))
    hours = m.get("hours_per_month", HOURS_PER_MONTH)
    paper = MONTHS_PER_YEAR * float(rent_per_month(*given, m["load_share"], hours))
    ours = MONTHS_PER_YEAR * float(rent_per_month(*given, 1.0, hours))
    slip = close(claimed, paper, rounding) and m["load_share"] < 1
    why = (
        f"A load of {m['load_share']:.0%} changes the tokens, not the rent: idle hours are rented "
        f"too, and the year costs {number(ours)}."
    )
    return Answer(paper, ours, (Trap(LOAD_AS_DUTY, why) if slip else None,))


def _token(m: Inputs, claimed: float, rounding: float) -> Answer:
    tokens, bill = m["tokens_per_month"], m["api_cost_per_month"]
    most = bill / tokens
    why = (
        f"At {number(claimed)} a token {_millions(tokens)} cost {number(claimed * tokens)} a "
        f"month, {number(claimed * tokens / bill)} times the bill it replaces; per thousand "
        f"tokens it is {number(claimed * 1_000)} a million."
    )
    slip = claimed > most >= claimed / 1_000
    return Answer(most, most, (Trap(THOUSAND, why) if slip else None,), is_ceiling=True)


def _bill(m: Inputs, claimed: float, rounding: float) -> Answer:
    tokens, price = m["tokens_per_month"], _price(m)
    ours = float(priced(tokens, price))
    rates = m.get("prices_per_mtok") or [m.get("output_price_per_mtok", price)]
    dearest = float(priced(tokens, max(rates)))
    beyond = claimed > dearest > ours
    more = f"; even all of it at its dearest rate is {number(dearest)}" if beyond else ""
    why = (
        f"At its own rates {_millions(tokens)} cost {number(ours)}; the claim implies "
        f"{number(claimed / tokens * TOKENS_PER_MTOK)} per million{more}."
    )
    return Answer(ours, ours, (None if close(claimed, ours, rounding) else Trap(RATES, why),))


def _gain(m: Inputs, claimed: float, rounding: float) -> Answer:
    price, node = _price(m), m["node_cost_per_month"]
    capacity, factor = m["capacity_tokens_per_month"], m["capacity_factor"]
    before, after = (float(breakeven_tokens(price, node, c)) for c in (capacity, capacity * factor))
    ours = after / before if math.isfinite(before) else math.nan
    why = (
        f"The bills meet at cost over price, {_millions(after)} before and after; more capacity "
        "moves it only where less hardware is bought."
    )
    slip = close(claimed, 1 / factor, rounding) and not close(claimed, ours, rounding)
    return Answer(ours, ours, (Trap(CAPACITY_AS_VOLUME, why) if slip else None,))


def _tco(m: Inputs, claimed: float, rounding: float) -> Answer:
    labor = m.get("labor_per_year", 0.0)
    ours = float(
        tco_nyr(m["years"], m["capex"], m["opex_per_month"], labor, m.get("residual", 0.0))
    )
    return Answer(ours, ours, (_people(m, "") if m["capex"] else None,))


def _payback(m: Inputs, claimed: float, rounding: float) -> Answer:
    if not {"api_cost_per_month", "tokens_per_month"} & m.keys():
        raise ValueError("it needs api_cost_per_month or tokens_per_month")
    priced_bill = "tokens_per_month" in m
    bill = priced(m["tokens_per_month"], _price(m)) if priced_bill else m["api_cost_per_month"]
    running, left_out = m.get("own_cost_per_month", 0.0), m.get("left_out_per_month", 0.0)
    people = m.get("labor_per_year", 0.0) / MONTHS_PER_YEAR
    paper = float(breakeven_months(m["capex"], bill, running))
    ours = float(breakeven_months(m["capex"], bill, running + left_out + people))
    why = f"It names {number(left_out)} a month and leaves it out; with it: {number(ours)} months."
    traps = (
        Trap(NAMED_COST, why) if left_out else None,
        _people(m, ""),
        Trap(RATES, f"Its own prices give {number(paper)} months.")
        if not close(claimed, paper, rounding)
        else None,
    )
    return Answer(paper, ours, traps)


def _unit(m: Inputs, claimed: float, rounding: float) -> Answer:
    hourly = m["rate_per_hour"] * m.get("count", 1.0)
    full = hourly / (m["tokens_per_second"] * SECONDS_PER_HOUR) * TOKENS_PER_MTOK
    ours = full / m.get("load_share", 1.0)
    why = f"It holds when the machine is full in every hour; at a tenth it is {number(full * 10)}."
    return Answer(ours, ours, (None if "load_share" in m else Trap(FULL_LOAD, why),))


def _ratio(m: Inputs, claimed: float, rounding: float) -> Answer:
    larger, smaller = m["larger_cost"], m["smaller_cost"]
    ours = larger / smaller
    why = f"{number(larger)} over {number(smaller)} is {number(ours)}."
    return Answer(ours, ours, (None if close(claimed, ours, rounding) else Trap(EXAMPLE, why),))


def _saving(m: Inputs, claimed: float, rounding: float) -> Answer:
    larger, smaller = m["larger_cost"], m["smaller_cost"]
    ours = 1 - smaller / larger
    why = (
        f"From {number(larger)} to {number(smaller)} is {ours:.0%} less; {claimed:.0%} less would "
        f"be {number(larger * (1 - claimed))}."
    )
    return Answer(ours, ours, (None if close(claimed, ours, rounding) else Trap(EXAMPLE, why),))


PRICES = (
    "api_price_per_mtok",
    "input_price_per_mtok",
    "output_price_per_mtok",
    "output_share",
    "shares",
    "prices_per_mtok",
)
NODE = ("node_cost_per_month", "capacity_tokens_per_month")
RATE = ("count", "hours_per_month")
PAIR = ("larger_cost", "smaller_cost")
KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "breakeven": Kind(
            _breakeven, "tokens a month", NODE[:1], (*NODE[1:], *PRICES, "labor_per_year")
        ),
        "rent": Kind(_rent, "a year", ("rate_per_hour", "load_share"), RATE),
        "token price": Kind(_token, "a token", ("tokens_per_month", "api_cost_per_month")),
        "bill": Kind(_bill, "a month", ("tokens_per_month",), PRICES),
        "capacity gain": Kind(_gain, "of the volume", (*NODE, "capacity_factor"), PRICES),
        "total cost": Kind(
            _tco, "in all", ("years", "capex", "opex_per_month"), ("labor_per_year", "residual")
        ),
        "payback": Kind(
            _payback,
            "months",
            ("capex",),
            (
                "api_cost_per_month",
                "tokens_per_month",
                *PRICES,
                "own_cost_per_month",
                "left_out_per_month",
                "labor_per_year",
            ),
        ),
        "unit price": Kind(
            _unit,
            "per million tokens",
            ("rate_per_hour", "tokens_per_second"),
            ("count", "load_share"),
        ),
        "ratio": Kind(_ratio, "times", PAIR),
        "saving": Kind(_saving, "of the cost", PAIR),
    }
)
