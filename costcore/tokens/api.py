"""What tokens cost from an API."""

from __future__ import annotations

import numpy as np

from costcore.language.elementwise import Numbers, as_numbers, elementwise, explained
from costcore.language.quantities import MONTHS_PER_YEAR, TOKENS_PER_MTOK


@elementwise
def blended_price(
    input_price_per_mtok: Numbers,
    output_price_per_mtok: Numbers,
    output_share: Numbers,
    cached_share: Numbers = 0.0,
    cached_price_per_mtok: Numbers = None,
    batch_share: Numbers = 0.0,
    batch_discount_share: Numbers = 0.0,
) -> Numbers:
    """Price of an average token: input, cached input and output in their shares.

    Returns
    -------
    float or ndarray, money per million tokens
        ``nan`` where a price is negative or a share is not between 0 and 1.

    Examples
    --------
    One output token to three of input, at 3 and 15 per million:

    >>> blended_price(3, 15, output_share=0.25)
    6.0

    A cache that serves 80 % of the input at a tenth of its price nearly halves
    the input part, but the output now is most of the bill:

    >>> round(blended_price(3, 15, 0.25, cached_share=0.8, cached_price_per_mtok=0.3), 2)
    4.38
    """
    cached = input_price_per_mtok if cached_price_per_mtok is None else cached_price_per_mtok
    read = input_price_per_mtok * (1 - cached_share) + cached * cached_share
    listed = read * (1 - output_share) + output_price_per_mtok * output_share
    return listed * (1 - batch_share * batch_discount_share)


def mixed_input_price(
    input_price_per_mtok: Numbers,
    long_price_per_mtok: Numbers,
    write_price_per_mtok: Numbers,
    long_context_share: Numbers,
    uncached_write_share: Numbers,
) -> Numbers:
    """Price of uncached input when some of it is long context and some is written to a cache.

    A long-context rate applies to a whole request; so the share of the traffic
    that it applies to is an input, and a monthly total never meets a threshold.

    >>> round(mixed_input_price(3.0, 6.0, 3.75, 0.10, 0.20), 9)
    3.45
    """
    read = surcharge(input_price_per_mtok, long_price_per_mtok, long_context_share)
    written = surcharge(input_price_per_mtok, write_price_per_mtok, uncached_write_share)
    return input_price_per_mtok + read + written


def surcharge(price_per_mtok: Numbers, other_price_per_mtok: Numbers, share: Numbers) -> Numbers:
    """What it adds to a price that a share of the tokens has another one.

    >>> round(surcharge(3.0, 6.0, 0.10), 9)
    0.3
    """
    return share * (other_price_per_mtok - price_per_mtok)


def batch_part(
    price_per_mtok: Numbers, cached_part_per_mtok: Numbers, cached_discount_factor: Numbers
) -> Numbers:
    """Return what of the price of an average token batch jobs take their discount off.

    `cached_part_per_mtok` is what the tokens read from a cache are in that price. The factor says
    how much of the discount they have: 1 as all others, 0 none.

    >>> batch_part(5.0, 1.0, 1.0), batch_part(5.0, 1.0, 0.0)
    (5.0, 4.0)
    """
    return price_per_mtok - cached_part_per_mtok * (1 - cached_discount_factor)


def batched_price(
    price_per_mtok: Numbers,
    batch_part_per_mtok: Numbers,
    batch_share: Numbers,
    batch_discount_share: Numbers,
) -> Numbers:
    """Price of an average token when some come in batch jobs.

    Half of the tokens in batch jobs, at half of all of the price and of four fifths of it:

    >>> batched_price(5.0, 5.0, 0.5, 0.5), batched_price(5.0, 4.0, 0.5, 0.5)
    (3.75, 4.0)
    """
    return price_per_mtok - batch_share * batch_discount_share * batch_part_per_mtok


def off_share(price_per_mtok: Numbers, base_per_mtok: Numbers) -> Numbers:
    """How much lower a price is than another one, of that one; 0 where that is nothing.

    >>> float(off_share(1.5, 3.0)), float(off_share(0.0, 0.0))
    (0.5, 0.0)
    """
    divisor = np.where(base_per_mtok > 0, base_per_mtok, 1)
    return np.where(base_per_mtok > 0, 1 - price_per_mtok / divisor, 0)


def over(part_share: Numbers, whole_share: Numbers) -> Numbers:
    """Return a discount over another one; 1 where there is none to compare with.

    >>> float(over(0.25, 0.5)), float(over(0.25, 0.0))
    (0.5, 1.0)
    """
    return np.where(whole_share > 0, part_share / np.where(whole_share > 0, whole_share, 1), 1)


def uncached_write_share(cache_write_share: Numbers, cached_share: Numbers) -> Numbers:
    """Tokens written to a cache, of the input that is not read from one.

    Written and cached tokens are disjoint shares of all input, as meters count them. Where 60 %
    is read from a cache, 20 % of all input are half of the rest:

    >>> round(float(uncached_write_share(0.20, 0.60)), 9)
    0.5
    """
    rest = np.maximum(1 - cached_share, cache_write_share)
    return cache_write_share / np.where(rest > 0, rest, 1)


def priced(tokens_per_month: Numbers, price_per_mtok: Numbers) -> Numbers:
    """Money for a volume of tokens at a price per million."""
    return tokens_per_month / TOKENS_PER_MTOK * price_per_mtok


def grown(today: Numbers, change_per_year: Numbers, month: Numbers) -> Numbers:
    """Return what `today` has become in a month; the first month is today.

    >>> round(grown(100.0, 0.21, 13), 9)
    121.0
    """
    return today * (1 + change_per_year) ** ((month - 1) / MONTHS_PER_YEAR)


def stepped(today: Numbers, change_per_year: Numbers, month: Numbers) -> Numbers:
    """Return what `today` has become when it changes once a year, as wages do.

    >>> stepped(100.0, 0.03, 12), stepped(100.0, 0.03, 13)
    (100.0, 103.0)
    """
    return today * (1 + change_per_year) ** np.floor((month - 1) / MONTHS_PER_YEAR)


@elementwise
def cache_breakeven_share(
    input_price_per_mtok: Numbers, write_price_per_mtok: Numbers, cached_price_per_mtok: Numbers
) -> Numbers:
    """Cache hit share above which prompt caching pays.

    What is not read from the cache is written to it; without caching all is plain input.

    Returns
    -------
    float or ndarray, share
        0 where any hit is a gain; ``inf`` where no hit is; ``nan`` where a price is negative.

    Examples
    --------
    Writing costs a quarter more than plain input, reading a tenth of it:

    >>> round(cache_breakeven_share(3.0, 3.75, 0.30), 4)
    0.2174

    Without a surcharge any hit is a gain, and no hit where a read costs what a write does:

    >>> cache_breakeven_share(3.0, 3.0, 0.30), cache_breakeven_share(3.0, 3.75, 3.75)
    (0.0, inf)
    """
    saved = write_price_per_mtok - cached_price_per_mtok
    dearer = np.maximum(write_price_per_mtok - input_price_per_mtok, 0)
    pays = dearer / np.where(saved > 0, saved, 1)
    return np.where(dearer == 0, 0, np.where(dearer < saved, pays, np.inf))


@explained
def routed_price(shares: Numbers, prices_per_mtok: Numbers) -> float:
    """Price of an average token when a router splits the volume between engines.

    Returns
    -------
    float, money per million tokens
        ``nan`` where the shares do not sum to 1, or one of them or a price is negative.

    Raises
    ------
    ValueError
        If there are not as many prices as shares.

    Examples
    --------
    Four fifths of the volume to a small model at 0.10, the rest to a large one:

    >>> round(routed_price([0.8, 0.2], [0.10, 0.75]), 4)
    0.23

    Shares that leave out a tenth of the volume have no average price:

    >>> routed_price([0.7, 0.2], [0.10, 0.75])
    nan
    """
    parts = as_numbers("shares", shares).ravel()
    prices = as_numbers("prices_per_mtok", prices_per_mtok).ravel()
    if parts.size != prices.size:
        raise ValueError(f"{parts.size} shares but {prices.size} prices")
    sums_to_one = abs(parts.sum() - 1) < 1e-9
    known = sums_to_one and (parts >= 0).all() and (prices >= 0).all()
    return float(parts @ prices) if known else float("nan")
