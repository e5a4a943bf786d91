"""What several contracts of a strategy come to together."""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from costcore.language.timeline import Line, Rule

if TYPE_CHECKING:
    from workbooks.plan.lines.owing.contracts import Deal


def held(deals: Sequence[Deal], now: Any, name: str, m: Any) -> Any:
    """Return the price of the month before, on the line of a `name`, where a deal holds it."""
    holds = functools.reduce(operator.or_, (deal.holds(m) for deal in deals))
    return np.where(holds, m.last(name), now)


def unserved_of(wanted: Rule, above: Sequence[Deal], m: Any) -> Any:
    """Return what the deals above leave to be served."""
    return wanted(m) - served_of(above, m)


def serving(deals: Sequence[Deal], wanted: Rule) -> Iterator[Line]:
    """Yield the lines of fees; `wanted` is what there is to serve."""
    for place, deal in enumerate(deals):
        yield from deal.capacity(functools.partial(unserved_of, wanted, deals[:place]))


def served_of(deals: Sequence[Deal], m: Any) -> Any:
    """Return the nodes or tokens that some deals serve."""
    return sum(
        deal.part(m, "served_nodes" if deal.of_nodes else "served_tokens_per_month")
        for deal in deals
    )


def used_of(deals: Sequence[Deal], m: Any) -> Any:
    """Return what is used of the fees of some deals."""
    return sum((deal.part(m, "used_per_month") for deal in deals), 0.0)


def rest_of(bill: Rule, deals: Sequence[Deal], m: Any) -> Any:
    """Return what the contracts above leave of a bill."""
    parts = ("used_per_month", "credited_per_month")
    return bill(m) - sum(deal.part(m, part) for deal in deals for part in parts)


def rate_of(deals: Sequence[Deal], m: Any) -> Any:
    """Return what a token beyond all minimums costs over the plan's price: the first that runs."""
    rate: Any = 1.0
    for deal in reversed(deals):
        runs = deal.part(m, "left_months") > 0
        rate = np.where(runs, deal.term(m, "overage_factor"), rate)
    return rate


def total_of(deals: Sequence[Deal], part: str) -> Rule:
    """Return the sum of a part of some deals."""
    return lambda m: sum((deal.part(m, f"{part}_per_month") for deal in deals), 0.0)
