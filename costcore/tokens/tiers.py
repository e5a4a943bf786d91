"""Prices that fall with the tokens of a month: by tier, or for all of them at once."""

from __future__ import annotations

from typing import Any

import numpy as np

from costcore.language.elementwise import Numbers, as_numbers, explained
from costcore.language.quantities import QUANTITIES
from costcore.language.trace import Cell, weighted
from costcore.tokens.api import priced

MARGINAL, WHOLE = "marginal", "whole"
TIER_KINDS = (MARGINAL, WHOLE)


def tokens_off(tokens: Any, tier_tokens: Any, shares: Any) -> Any:
    """Tokens that are as good as free, where each tier takes a share off those above it.

    >>> float(tokens_off(4e9, [1e9, 3e9], [0.1, 0.2]))
    500000000.0
    """
    above = _beside(tier_tokens, tokens)
    return weighted((tokens > above) * (tokens - above), shares)


def share_off(tokens: Any, tier_tokens: Any, shares: Any) -> Any:
    """Share off all tokens, where each tier that is passed adds one.

    >>> round(float(share_off(4e9, [1e9, 3e9, 9e9], [0.1, 0.2, 0.5])), 9)
    0.3

    Tokens are whole: what adding them up leaves of one passes no tier.

    >>> float(share_off(1e9 + 1e-5, [1e9], [0.1]))
    0.0
    """
    return weighted((np.round(tokens, 0) > _beside(tier_tokens, tokens)) * 1, shares)


def tier_factor(tokens: Any, free_tokens: Any, off_share: Any) -> Any:
    """Price of an average token over the listed one.

    >>> float(tier_factor(4e9, 0.5e9, 0.0))
    0.875
    """
    return 1 - off_share - free_tokens / np.where(tokens > 0, tokens, 1)


def steps_off(discounts: Any, kind: str) -> tuple[Any, Any]:
    """What each tier takes off beside those before it: of the tokens above it, and of all.

    >>> [each.tolist() for each in steps_off([0.25, 0.75], "whole")]
    [[0.0, 0.0], [0.25, 0.5]]
    """
    steps = np.diff(discounts, prepend=0.0)
    return (steps, 0 * steps) if kind == MARGINAL else (0 * steps, steps)


def _beside(tiers: Any, tokens: Any) -> Any:
    """Give tiers an axis for what was drawn of the tokens."""
    if isinstance(tiers, Cell):
        return tiers
    rows = np.asarray(tiers, float)
    deep = max(np.ndim(tokens) + 1 - rows.ndim, 0)
    return rows.reshape(*rows.shape, *[1] * deep)


@explained
def tiered_cost(
    tokens_per_month: Numbers,
    api_price_per_mtok: Numbers,
    tier_tokens: Numbers,
    tier_discount_shares: Numbers,
    tier_kind: str = MARGINAL,
) -> float:
    """Monthly bill for tokens whose price falls with their number.

    Each tier has a discount on the listed price. Marginal tiers take it off the tokens above them
    alone, up to the next one; whole ones off all tokens of the month once it is passed.

    Returns
    -------
    float, money per month
        ``nan`` where a number is out of bounds, tiers do not rise, or discounts fall.

    Raises
    ------
    ValueError
        If there are not as many discounts as tiers, or the kind is none of the two.

    Examples
    --------
    4,000 M at 1.00, a tenth off above 1,000 M and 30 % off above 3,000 M:

    >>> round(tiered_cost(4e9, 1.0, [1e9, 3e9], [0.1, 0.3]), 6)
    3500.0

    Off the whole volume it is 30 % of all; a little less volume may then cost more:

    >>> round(tiered_cost(4e9, 1.0, [1e9, 3e9], [0.1, 0.3], "whole"), 6)
    2800.0
    >>> round(tiered_cost(3e9, 1.0, [1e9, 3e9], [0.1, 0.3], "Whole"), 6)
    2700.0
    """
    if (kind := str(tier_kind).lower()) not in TIER_KINDS:
        raise ValueError(f"tier_kind is {tier_kind!r}; it must be one of {', '.join(TIER_KINDS)}")
    tiers = as_numbers("tier_tokens", tier_tokens).ravel()
    discounts = as_numbers("tier_discount_shares", tier_discount_shares).ravel()
    if tiers.size != discounts.size:
        raise ValueError(f"{tiers.size} tiers but {discounts.size} discounts")
    tokens, price = (
        float(as_numbers(name, value))
        for name, value in (
            ("tokens_per_month", tokens_per_month),
            ("api_price_per_mtok", api_price_per_mtok),
        )
    )
    given = {"tokens_per_month": tokens, "api_price_per_mtok": price}
    bounds = all(QUANTITIES[n].admits(np.array(x)) & ~QUANTITIES[n].small(np.array(x))
                 for n, x in given.items())  # fmt: skip
    if not (bounds and rising(tiers, discounts)):
        return float("nan")
    free, off = steps_off(discounts, kind)
    factor = tier_factor(tokens, tokens_off(tokens, tiers, free), share_off(tokens, tiers, off))
    return float(priced(tokens, price) * factor)


def rising(tiers: Any, discounts: Any) -> bool:
    """Say whether tiers rise and discounts never fall, all of them shares.

    >>> rising([1e9, 3e9], [0.1, 0.3]), rising([3e9, 1e9], [0.1, 0.3])
    (True, False)
    """
    above, off = np.asarray(tiers, float), np.asarray(discounts, float)
    rises = (np.diff(above, prepend=-1.0) > 0).all() and (np.diff(off, prepend=0.0) >= 0).all()
    return bool(rises and (off <= 1).all() and np.isfinite(above).all())
