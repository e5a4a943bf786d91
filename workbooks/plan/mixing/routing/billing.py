"""What the token-billed engines of a strategy bill, and what it owes by contract beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from costcore.language.timeline import Line, Rule
from costcore.tokens.api import priced
from workbooks.plan.lines.owing.contracts import USES, Deal
from workbooks.plan.lines.owing.together import served_of, serving
from workbooks.plan.mixing.naming import multiplied
from workbooks.plan.mixing.routing import tiers
from workbooks.plan.mixing.routing.owing import routed
from workbooks.scenario.contracts import NODES, SPEND

if TYPE_CHECKING:  # it asks for these lines
    from workbooks.plan.mixing.strategies import Strategic

DEDICATED = "dedicated"


def lines(way: Strategic) -> Iterator[Line]:
    """Yield the usage and the bill of each engine, what its dedicated capacity serves before."""
    for b in way.names.billed:
        title, dedicated = way.names.each_billed[b - 1], way.deals.on(f"b{b}", DEDICATED)
        if tiers.bills_twice(way, b):
            label = f"{title}, of what pools take too, while both run"
            if dedicated or b in way.names.tiered:
                named, rule = f"b{b}_both_tokens_per_month", partial(_both, way, b, False)
                yield way.line(named, f"{label}, tokens", rule)
            yield way.line(f"b{b}_both_per_month", label, partial(_both, way, b, True))
        if b in way.names.tiered:
            yield from tiers.lines(way, b, title)
        usage = partial(_usage, way, b)
        if dedicated:
            label = f"{title}, tokens it serves"
            yield way.line(f"b{b}_tokens_per_month", label, partial(_tokens, way, b))
            yield from serving(dedicated, partial(_read, way, f"b{b}_tokens_per_month"))
            label = f"{title}, tokens, if none of its capacity were dedicated"
            yield way.line(f"b{b}_listed_per_month", label, usage)
            usage = partial(_rest, way, b)
        yield way.line(f"b{b}_usage_per_month", f"{title}, tokens", usage)
        yield way.line(f"b{b}_bill_per_month", f"{title}, bill", partial(_bill, way, b))


def owing(way: Strategic) -> Iterator[Line]:
    """Yield how contracts are burnt, what they add by engine, and all of them together."""
    deals = way.deals
    usage = {f"b{b}": partial(_read, way, f"b{b}_usage_per_month") for b in way.names.billed}
    yield from deals.spend(usage)
    for engine, title in way.names.engines:
        if on := deals.on(engine):
            label = f"{title}, contracts beside its bill"
            yield way.line(f"{engine}_owing_per_month", label, partial(_beside, way, engine, on))
    if deals.each:
        yield from deals.totals()


def _read(way: Strategic, name: str, m: Any) -> Any:
    return way.get(m, name)


def _prices(way: Strategic, b: int, m: Any) -> Any:
    return way.column(m, f"w{{w}}_b{b}_price_per_mtok")


def _both(way: Strategic, b: int, is_paid: bool, m: Any) -> Any:
    """Return the tokens that pools take as long as both run, or what they cost."""
    tokens, shares = (
        way.column(m, x) for x in ("w{w}_tokens_per_month", way.name("w{w}_pooled_share"))
    )
    moved = multiplied(tokens, shares, *([_prices(way, b, m)] if is_paid else []))
    return np.where(m.month <= m.dual_run_months, priced(moved, 1.0) if is_paid else moved, 0)


def _usage(way: Strategic, b: int, m: Any) -> Any:
    """Tokens at their prices: the first engine bills what pools take too, at first."""
    used = priced(way.sent_to(m, b, _prices(way, b, m)), 1.0)
    used = used + (way.get(m, f"b{b}_both_per_month") if tiers.bills_twice(way, b) else 0.0)
    used = used + sum((pool.overflow_bill(m) for pool in way.overflowing(b)), start=0.0)
    return way.tiered(m, f"b{b}", used)


def _tokens(way: Strategic, b: int, m: Any) -> Any:
    shed = (pool.bought_tokens(m) for pool in way.overflowing(b))
    return way.sent_to(m, b) + tiers.both_tokens(way, b, m) + sum(shed, start=0.0)


def _rest(way: Strategic, b: int, m: Any) -> Any:
    return way.get(m, f"b{b}_listed_per_month") * kept(way, f"b{b}", m)


def kept(way: Strategic, engine: str, m: Any) -> Any:
    """Share of tokens billed: dedicated capacity serves a part of every workload alike."""
    if not (dedicated := way.deals.on(engine, DEDICATED)):
        return 1.0
    tokens = way.get(m, f"{engine}_tokens_per_month")
    return (tokens - served_of(dedicated, m)) / np.where(tokens > 0, tokens, 1)


def _bill(way: Strategic, b: int, m: Any) -> Any:
    used = way.get(m, f"b{b}_usage_per_month")
    owed = np.maximum(used, getattr(m, f"b{b}_minimum_per_month"))
    owed = owed + getattr(m, f"b{b}_fee_per_month")
    return np.where(sent(way, b, m) > 0, owed, getattr(m, f"b{b}_owed_per_month"))


def sent(way: Strategic, b: int, m: Any) -> Any:
    """What its tokens cost by the list; above 0 it is in use."""
    part = "listed" if way.deals.on(f"b{b}", DEDICATED) else "usage"
    return way.get(m, f"b{b}_{part}_per_month")


def _beside(way: Strategic, engine: str, on: Sequence[Deal], m: Any) -> Any:
    """What contracts on an engine cost beside its bill: fees, shortfall less credit, exit."""

    def of(part: str, *kinds: str) -> Any:
        each = [deal for deal in on if deal.contract.kind in kinds]
        return sum((deal.part(m, f"{part}_per_month") for deal in each), 0.0)

    fees, short = of("owed", DEDICATED, *NODES), of("wasted", *SPEND) - of("credited", *SPEND)
    over = way.get(m, f"{engine}_overage_per_month") if engine in way.deals.groups() else 0.0
    return fees + short + of("exit", *USES) + over


def uses(way: Strategic, engine: str) -> Rule:
    """Return what is routed to an engine in a month: shares, billed twice or overflowing too."""
    share = partial(routed, way.name(), way.names)
    if engine.startswith("p"):
        return share(engine)

    def billed(m: Any) -> Any:
        found = share(engine)(m)
        if way.staged:
            found = found + share(f"{engine}_twice")(m)
        elif engine == "b1" and way.names.pools:
            found = found + np.where(m.month <= m.dual_run_months, share("pooled")(m), 0)
        shed = (share(f"p{pool.p}")(m) for pool in way.overflowing(int(engine[1:])))
        return found + sum(shed, start=0.0)

    return billed
