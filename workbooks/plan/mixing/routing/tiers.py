"""What a token-billed engine takes off its price for the tokens of a month."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from costcore.language.timeline import Line
from costcore.tokens.tiers import share_off, tier_factor, tokens_off

if TYPE_CHECKING:  # it asks for these lines
    from workbooks.plan.mixing.strategies import Strategic


def lines(way: Strategic, b: int, title: str) -> Iterator[Line]:
    """Yield the tokens that an engine bills, and its price over the listed one for so many."""
    overflowing = way.overflowing(b)

    def billed(m: Any) -> Any:
        shed = (pool.bought_tokens(m) for pool in overflowing)
        return way.sent_to(m, b) + both_tokens(way, b, m) + sum(shed, start=0.0)

    def tier(m: Any, shares: str) -> tuple[Any, Any, Any]:
        tokens = way.get(m, f"b{b}_billed_tokens")
        return tokens, getattr(m, f"b{b}_tier_tokens"), getattr(m, f"b{b}_{shares}_shares")

    def factor(m: Any) -> Any:
        tokens, *tiers = tier(m, "whole")
        return tier_factor(tokens, way.get(m, f"b{b}_free_tokens"), share_off(tokens, *tiers))

    yield way.line(f"b{b}_billed_tokens", f"{title}, tokens it bills", billed)
    label = f"{title}, as good as free: what tiers take off those above them"
    yield way.line(f"b{b}_free_tokens", label, lambda m: tokens_off(*tier(m, "above")))
    label = f"{title}, price of so many over the listed one"
    yield way.line(f"b{b}_tier_factor", label, factor, False)


def bills_twice(way: Strategic, b: int) -> bool:
    """Say whether an engine bills what pools take too, while both run."""
    return b == 1 and bool(way.names.pools) and not way.staged


def both_tokens(way: Strategic, b: int, m: Any) -> Any:
    """Return the tokens that an engine bills twice."""
    return way.get(m, f"b{b}_both_tokens_per_month") if bills_twice(way, b) else 0.0
