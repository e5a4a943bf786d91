"""What a strategy pays in which other currency, month by month, in the plan's own money."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from costcore.language.timeline import Line
from workbooks.plan.mixing.routing import billing
from workbooks.plan.results.exposure import added

if TYPE_CHECKING:  # it asks for these lines
    from workbooks.plan.mixing.strategies import Strategic

WORDS = "paid at the rates of its months"


def lines(way: Strategic) -> Iterator[Line]:
    """Yield, by currency, what is paid in it; what nodes sell for is left out."""
    for code in way.names.codes:
        label = f"in {code}, {WORDS}"
        yield way.line(f"{code.lower()}_per_month", label, partial(_paid, way, code))


def _paid(way: Strategic, code: str, m: Any) -> Any:
    found: Any = 0.0
    for b in way.names.billed:
        found = found + _billed(way, code, b, m)
    for pool in way.pools:
        if way.names.pays(f"p{pool.p}", code):
            found = found + pool.running(m, f"{code.lower()}_")
        if way.names.pays(f"p{pool.p}_buy", code):
            found = found + pool.get(m, "purchases_per_month")
        if way.names.pays(f"p{pool.p}_own", code):
            found = found + way.own_tokens(m, pool)
    if way.names.pays("people", code):
        own = getattr(m, f"{code.lower()}_people_per_month")
        found = found + np.where(way.all_nodes(m) > 0, own, 0)
    for deal in way.deals.each:
        if way.names.pays(f"contract{deal.place}", code):
            found = added(found, deal, m)
    return found


def _billed(way: Strategic, code: str, b: int, m: Any) -> Any:
    """Tokens at the price's currency; a fee, and what a minimum lacks, each at its own."""
    found: Any = 0.0
    used = way.get(m, f"b{b}_usage_per_month")
    if way.names.pays(f"b{b}", code):
        over = f"b{b}_overage_per_month"
        found = used + (way.get(m, over) if f"b{b}" in way.deals.groups() else 0.0)
    sent = billing.sent(way, b, m)
    if way.names.pays(f"b{b}_fee", code):
        found = found + np.where(sent > 0, getattr(m, f"b{b}_fee_per_month"), 0)
    if way.names.pays(f"b{b}_commit", code):
        short = np.maximum(getattr(m, f"b{b}_minimum_per_month") - used, 0)
        found = found + np.where(sent > 0, short, getattr(m, f"b{b}_owed_per_month"))
    return found
